#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A capture cut in two and replayed in order gives the same devices: each capture of cameras/ and each golden
one, cut in the middle, the former also at places drawn with a fixed seed, replayed as two files of one run and as two runs
with the inventory between them."""

import os
import random
import sys
import tempfile

import capfile
import captures
from captures import run

SEED = 28181
# What two runs do not carry over: the inventory stays, what half a conversation has shown does not.
LOST = {
    "dns-only.pcap": "the answer that names the far end is in the first run, the connection in the second",
    "nat.pcap": "that others hide behind an address is learnt again",
    "nvr.pcap": "the recorder took pictures of one camera in each run",
    "segmented.pcap": "the message itself is cut",
}
SAID = ("id", "brand", "maker", "kind", "scope", "model", "serial", "mac", "uid")


def devices(events, known=None):
    """What was said last of each device."""
    found = dict(known or {})
    for event in events:
        if event["event.action"].startswith("device-"):
            said = {x: event.get("camwatch.device." + x) for x in SAID}
            said["band"] = event.get("camwatch.band")
            found[said["id"]] = said
    return found


def differences(what, whole, cut):
    wrong = [f"{what}: {x} is missing" for x in whole if x not in cut]
    wrong += [f"{what}: {x} is new" for x in cut if x not in whole]
    for name in whole:
        wrong += [f"{what}: {name}: {key} {whole[name][key]}, cut {cut[name][key]}"
                  for key in whole[name] if name in cut and whole[name][key] != cut[name][key]]
    return wrong


def check_cut(program, options, whole, link, packets, at):
    """Complaints on one place of cutting."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = os.path.join(folder, "1.pcap"), os.path.join(folder, "2.pcap")
        capfile.write(first, link, packets[:at])
        capfile.write(second, link, packets[at:])
        one_run = devices(run.parse(run.replay(program, [first, second], options)))
        state = ["--state", os.path.join(folder, "state")]
        before = devices(run.parse(run.replay(program, [first], [*options, *state])))
        two_runs = devices(run.parse(run.replay(program, [second], [*options, *state])), before)
    return differences(f"cut at {at}, one run", whole, one_run) + \
        differences(f"cut at {at}, two runs", whole, two_runs)


def places(name, n, often):
    """The middle, and some more."""
    drawn = random.Random(f"{SEED} {name}")
    return sorted({n // 2, *(drawn.randrange(1, n) for _ in range(often))})


def check(program, path, options, often):
    link, packets = capfile.read(path)
    if len(packets) < 2:
        return []
    whole = devices(run.parse(run.replay(program, [path], options)))
    wrong = []
    name = os.path.basename(path)
    for at in places(name, len(packets), often):
        wrong += check_cut(program, options, whole, link, packets, at)
    return [f"{name}: {x}" for x in wrong if name not in LOST or ", two runs" not in x]


def main():
    program = run.find_program()
    golden = {c: options for _, c, options, _ in run.cases()}
    files = [(os.path.join(run.HERE, c), options) for c, options in sorted(golden.items())]
    if captures.has("cameras"):
        files += [(x, []) for x in captures.folder("cameras")]
    wrong = []
    for path, options in files:
        is_golden = os.path.dirname(path) == run.HERE
        wrong += check(program, path, options, 0 if is_golden or captures.is_slow_build() else 2)
    return captures.report(wrong, len(files), "captures cut in two")


if __name__ == "__main__":
    sys.exit(main())
