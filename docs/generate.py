#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of docs/ that come from the lists of the public headers.

    generate.py           write docs/drops.md and the tables in docs/evidence.md
    generate.py --check   exit 1 when they are not current
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
INCLUDE = os.path.join(os.path.dirname(HERE), "include", "camwatch")
ROW = re.compile(r"X\((\w+), \"([^\"]*)\",\s*(?:(\d+),\s*)?((?:\"[^\"]*\"\s*\\?\s*)+)\)")


def rows(header, name):
    """(text, points or "", help) of an X-macro list."""
    with open(os.path.join(INCLUDE, header), encoding="utf-8") as source:
        text = source.read()
    start = text.index(f"#define {name}(X)")
    block = text[start:].split("\n\n", 1)[0]
    found = []
    for _, word, points, help_text in ROW.findall(block):
        found.append((word, points, "".join(re.findall(r"\"([^\"]*)\"", help_text))))
    assert found, f"{name} has no rows"
    return found


def table(heads, lines):
    out = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    out += ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join(out) + "\n"


def words(header, name):
    return table(["value", "meaning"], [(f"`{w}`", h) for w, _, h in rows(header, name) if w])


def drops():
    return f"""<!-- SPDX-License-Identifier: Apache-2.0 -->
# Why something did not come through

Written by `docs/generate.py` from `include/camwatch/drops.h`. Each reason is counted, published in
`camwatch.stats.drops` (those above 0) and shown in the summary.

## Frames

Each frame is parsed or has exactly one of these reasons: frames = parsed + the sum of these.

{table(["reason", "meaning"], [(f"`{w}`", h) for w, _, h in rows("drops.h", "CAMWATCH_PACKET_DROPS")])}
## Everything else

Things that are not frames, or frames that were parsed all the same. No part of that account.

{table(["reason", "meaning"], [(f"`{w}`", h) for w, _, h in rows("drops.h", "CAMWATCH_OTHER_DROPS")])}"""


def fill(text):
    """Every <!-- table NAME --> ... <!-- end --> anew."""
    def one(match):
        name = match.group(1)
        if name == "EVIDENCE_KINDS":
            body = table(["kind", "points", "what it is"], [
                (f"`{w}`", p, h) for w, p, h in rows("terms.h", "CAMWATCH_EVIDENCE_KINDS") if w])
        else:
            body = words("terms.h", "CAMWATCH_" + name)
        return f"<!-- table {name} -->\n{body}<!-- end -->"
    return re.sub(r"<!-- table (\w+) -->\n.*?<!-- end -->", one, text, flags=re.S)


def main():
    evidence = os.path.join(HERE, "evidence.md")
    with open(evidence, encoding="utf-8") as source:
        wanted = {os.path.join(HERE, "drops.md"): drops(), evidence: fill(source.read())}
    stale = []
    for path, text in wanted.items():
        old = open(path, encoding="utf-8").read() if os.path.exists(path) else None
        if old == text:
            continue
        stale.append(os.path.basename(path))
        if "--check" not in sys.argv:
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
    if stale:
        print(("not current, run docs/generate.py: " if "--check" in sys.argv else "written: ") + " ".join(stale))
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
