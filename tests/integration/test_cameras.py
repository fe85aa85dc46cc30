#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real cameras: each capture of cameras/ against cameras.txt."""

import os
import shlex
import sys

import captures
from captures import run


def read_due():
    """capture name -> [(line number, assertion)]"""
    due, names = {}, []
    with open(os.path.join(captures.HERE, "cameras.txt"), encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith("["):
                names = line.strip().strip("[]").split()
                continue
            for name in names:
                due.setdefault(name, []).append((number, line.strip()))
    return due


def main():
    files = {os.path.basename(x): x for x in captures.folder("cameras")}
    program, wrong, due = run.find_program(), [], read_due()
    for name, assertions in due.items():
        if name not in files:
            wrong.append(f"{name}: not there")
            continue
        events = run.parse(run.replay(program, [files[name]]))
        wrong += [f"{name}: {x}" for x in run.flow_totals(events)]
        for number, line in assertions:
            words = shlex.split(line, comments=True)
            what = run.judge_count(words, events) if words else None
            if what:
                wrong.append(f"{name}: cameras.txt:{number}: {what}: {line}")
    wrong += [f"{name}: nothing is said of it in cameras.txt" for name in files if name not in due]
    return captures.report(wrong, len(due), "captures of cameras")


if __name__ == "__main__":
    sys.exit(main())
