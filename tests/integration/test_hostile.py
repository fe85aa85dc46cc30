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

SECONDS = 20  # for each file
BATCH = 26


def replay(program, paths, out):
    """What is wrong with it, or None. out is a folder where there are several."""
    command = [program, "replay", "--quiet", "--rules", os.path.join(captures.SOURCE, "rules")]
    command += ["--separate"] if len(paths) > 1 else []
    try:
        done = subprocess.run(command + ["--json", out, *paths], capture_output=True,
                              timeout=SECONDS * len(paths), check=False)
    except subprocess.TimeoutExpired:
        return f"still runs after {SECONDS * len(paths)} s"
    text = done.stderr.decode(errors="replace")
    if done.returncode < 0 or "Sanitizer" in text or "runtime error:" in text:
        return f"exit {done.returncode}: {text[-800:]}"
    if done.returncode != 0 and not text.strip():
        return f"exit {done.returncode} without a word"
    return None


def replay_batch(program, paths):
    """Together first, which is quick; one by one where that goes wrong, to name the file."""
    with tempfile.TemporaryDirectory() as place:
        problem = replay(program, paths, place)
        if not problem:
            return []
        alone = []
        for path in paths:
            why = replay(program, [path], os.path.join(place, "alone.ndjson"))
            alone += [f"{os.path.basename(path)}: {why}"] if why else []
        return alone or [f"{os.path.basename(paths[0])} and {len(paths) - 1} more: {problem}"]


def main():
    files = captures.folder("hostile")
    program, wrong = run.find_program(), []
    for at in range(0, len(files), BATCH):
        wrong += replay_batch(program, files[at:at + BATCH])
    return captures.report(wrong, len(files), "hostile captures")


if __name__ == "__main__":
    sys.exit(main())
