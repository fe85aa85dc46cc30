#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much of a vendor's traffic is called the vendor's: bytes of the flows of named_flows.txt that the events
name rightly, by capture and in all. At least 99 of 100 are due in each."""

import os
import sys

import captures
from captures import run

LEAST = 99


class Row:
    """One line of the truth: which flows, and what they may be called."""

    def __init__(self, number, line):
        transport, address, port, names = line.split("#")[0].split(None, 3)
        self.number, self.transport, self.address, self.port = number, transport, address, port
        self.names = set(names.strip().split("|"))

    def is_of(self, event):
        ends = [(event.get(x + ".ip"), str(event.get(x + ".port"))) for x in ("source", "destination")]
        return event["network.transport"] == self.transport and any(
            ip == self.address and self.port in ("*", port) for ip, port in ends)

    def is_named(self, event):
        said = (event.get("camwatch.service.vendor"), event.get("camwatch.service.platform"))
        return bool(self.names.intersection(said))


def read_truth():
    """capture name -> rows"""
    truth, names = {}, []
    with open(os.path.join(captures.HERE, "named_flows.txt"), encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith("["):
                names = line.strip().strip("[]").split()
            elif not line.startswith("#"):
                for name in names:
                    truth.setdefault(name, []).append(Row(number, line))
    return truth


def measure(events, rows):
    """Bytes of the flows, those named rightly, and complaints."""
    total, named, wrong, seen = 0, 0, [], set()
    for event in events:
        row = next((x for x in rows if event["event.action"] == "flow-end" and x.is_of(event)), None)
        if not row:
            continue
        n = event["source.bytes"] + event["destination.bytes"]
        total, named = total + n, named + (n if row.is_named(event) else 0)
        seen.add(row.number)
        if not row.is_named(event):
            wrong.append(f"  {n} bytes not named: {event['message'][:110]}")
    missing = [f"named_flows.txt:{x.number}: no such flow" for x in rows if x.number not in seen]
    return total, named, wrong, missing


def main():
    files = {os.path.basename(x): x for x in captures.folder("cameras")}
    program, complaints, sums = run.find_program(), [], [0, 0]
    truth = read_truth()
    for name, rows in sorted(truth.items()):
        events = run.parse(run.replay(program, [files[name]], ["--flows", "all"]))
        total, named, unnamed, missing = measure(events, rows)
        sums = [sums[0] + total, sums[1] + named]
        print(f"{name:32} {named:8} of {total:8} bytes named: {100 * named / max(total, 1):6.2f} %")
        complaints += [f"{name}: {x}" for x in missing]
        if total == 0 or 100 * named < LEAST * total:
            complaints += [f"{name}: under {LEAST} %"] + unnamed
    print(f"{'all':32} {sums[1]:8} of {sums[0]:8} bytes named: {100 * sums[1] / max(sums[0], 1):6.2f} %")
    return captures.report(complaints, len(truth), "captures with a vendor's traffic")


if __name__ == "__main__":
    sys.exit(main())
