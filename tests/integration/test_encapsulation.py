#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tunnels and link types: the inner conversation of encapsulation.txt is seen; and frames = parsed +
drops by reason, on every capture."""

import ipaddress
import os
import sys

import captures
from captures import run

DROPS = os.path.join(captures.SOURCE, "include", "camwatch", "drops.h")


def packet_reasons():
    """Texts of CAMWATCH_PACKET_DROPS: reasons that take a frame away."""
    with open(DROPS, encoding="utf-8") as header:
        text = header.read()
    rows = text[text.index("CAMWATCH_PACKET_DROPS(X)"):text.index("CAMWATCH_OTHER_DROPS(X)")]
    return {row.split('"')[1] for row in rows.splitlines() if '"' in row}


def drops_of(stats):
    return {k: int(n) for k, n in (x.split("=") for x in stats.get("camwatch.stats.drops", []))}


def has_flow(events, a, b, port):
    wanted = {str(ipaddress.ip_address(a)), str(ipaddress.ip_address(b))}
    for e in events:
        if e["event.action"] != "flow-end":
            continue
        ends = {str(ipaddress.ip_address(e["source.ip"])), str(ipaddress.ip_address(e["destination.ip"]))}
        ports = {str(e.get("source.port")), str(e.get("destination.port"))}
        if ends == wanted and (port == "-" or port in ports):
            return True
    return False


def complaints(events, row):
    stats = [e for e in events if e["event.action"] == "sensor-stats"][-1]
    drops, taken = drops_of(stats), packet_reasons()
    lost = sum(n for reason, n in drops.items() if reason in taken)
    if stats["camwatch.stats.packets"] != stats["camwatch.stats.parsed"] + lost:
        yield f"{stats['camwatch.stats.packets']} frames, {stats['camwatch.stats.parsed']} parsed, drops {drops}"
    if row and not has_flow(events, *row):
        yield f"no flow {' '.join(row)}; drops {drops}"


def main():
    files = captures.folder("encapsulation")
    program, wrong = run.find_program(), []
    with open(os.path.join(captures.HERE, "encapsulation.txt"), encoding="utf-8") as lines:
        rows = {x.split()[0]: x.split()[1:] for x in lines if x.strip() and not x.startswith("#")}
    for path in files:
        name = os.path.basename(path)
        events = run.parse(run.replay(program, [path], ["--flows", "all"]))
        wrong += [f"{name}: {x}" for x in complaints(events, rows.get(name))]
        wrong += [f"{name}: {x}" for x in run.flow_totals(events)]
    return captures.report(wrong, len(files), "captures of tunnels and link types")


if __name__ == "__main__":
    sys.exit(main())
