#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of docs/ that come from the lists of the public headers.

    generate.py           write docs/drops.md, docs/metrics.md and the tables in docs/evidence.md
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


def metrics():
    """docs/metrics.md from host/metrics_list.h."""
    with open(os.path.join(os.path.dirname(HERE), "host", "metrics_list.h"), encoding="utf-8") as source:
        text = source.read().replace("\\\n", " ")
    plain, labelled = text.split("#define CW_METRICS_LABELLED", 1)
    lines = [(f"`camwatch_{n}`", kind, "", h) for n, kind, h in re.findall(
        r'X\(\s*"(\w+)",\s*"(\w+)",\s*"([^"]*)",', plain)]
    lines += [(f"`camwatch_{n}`", kind, labels, h) for n, kind, h, labels in re.findall(
        r'X\(\s*\w+,\s*"(\w+)",\s*"(\w+)",\s*"([^"]*)",\s*"([^"]*)"\s*\)', labelled)]
    assert len(lines) > 12, lines
    return f"""<!-- SPDX-License-Identifier: Apache-2.0 -->
# Metrics

Written by `docs/generate.py` from `host/metrics_list.h`. `camwatch live --metrics ADDRESS:PORT` serves them over HTTP
at `/metrics`, `--metrics-file FILE` writes the same for the textfile collector of the node exporter. They change with
each `sensor-stats` (`--stats`, 10 s).

{table(["name", "type", "labels", "meaning"], lines)}
## Who serves them

A process of its own, `metrics`. Whoever may connect can send it anything, so it is the process with the least to
lose: it holds the listening socket and a page of memory with the text, which it can only read. It sees no packet, no
event and no password, has no file and no capability, and a filter of system calls under which it can open neither
files nor sockets. The publisher would have been simpler; it holds what camwatch has to keep. When it ends it is
started again, and `camwatch_restarts_total` counts that.

A port alone is one of 127.0.0.1. There is no password and no TLS: for others than this machine name an address that
only the scraper reaches, or put a proxy in front.
"""


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
        wanted = {os.path.join(HERE, "drops.md"): drops(), evidence: fill(source.read()),
                  os.path.join(HERE, "metrics.md"): metrics()}
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
