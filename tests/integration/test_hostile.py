#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cut, malformed and fuzzed captures: no crash, no hang, no report of a sanitizer. A file that libpcap
itself refuses ends with an error that says so."""

import os
import subprocess
import sys
import tempfile

import captures
from captures import run

SECONDS = 20


def try_one(program, path, out):
    command = [program, "replay", "--quiet", "--rules", os.path.join(captures.SOURCE, "rules"), "--json", out, path]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"still runs after {SECONDS} s"
    text = done.stderr.decode(errors="replace")
    if done.returncode < 0 or "Sanitizer" in text or "runtime error:" in text:
        return f"exit {done.returncode}: {text[-800:]}"
    if done.returncode != 0 and not text.strip():
        return f"exit {done.returncode} without a word"
    return None


def main():
    files = captures.folder("hostile")
    program, wrong = run.find_program(), []
    with tempfile.TemporaryDirectory() as place:
        for path in files:
            problem = try_one(program, path, os.path.join(place, "x.ndjson"))
            if problem:
                wrong.append(f"{os.path.basename(path)}: {problem}")
    return captures.report(wrong, len(files), "hostile captures")


if __name__ == "__main__":
    sys.exit(main())
