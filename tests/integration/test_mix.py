#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adding ordinary traffic changes nothing that is said of a camera: each capture of cameras/, alone and among
ordinary captures drawn with a fixed seed. Their times are spread over the camera's, and their addresses and
MACs that occur in the camera's capture are replaced."""

import ipaddress
import os
import random
import sys
import tempfile

import capfile
import captures
from captures import run

SEED, OTHERS, MOST_PACKETS, ETHERNET = 28181, 6, 3000, 1
OF_DEVICE = ("id", "brand", "maker", "kind", "scope", "model", "serial", "mac", "uid", "name", "firmware", "ip")
OF_FLOW = ("camwatch.service.vendor", "camwatch.service.platform", "camwatch.service.role", "camwatch.band",
           "camwatch.side", "camwatch.path", "camwatch.peer.domain", "camwatch.outcome", "network.protocol",
           "camwatch.device.id")
COUNTS = ("source.bytes", "destination.bytes", "source.packets", "destination.packets")
ENDS = ("network.transport", "source.ip", "source.port", "destination.ip", "destination.port", "event.start")
AT = {0x0800: ((26, 4), (30, 4)), 0x86DD: ((22, 16), (38, 16)), 0x0806: ((28, 4), (38, 4))}


def places(data):
    """Where the addresses of a frame stand: MACs, then IPs; none of a kind that is not rewritten here."""
    ips = AT.get(int.from_bytes(data[12:14], "big"), ())
    macs = ((0, 6), (6, 6)) + (((22, 6), (32, 6)) if data[12:14] == b"\x08\x06" else ())
    return [x for x in macs + ips if x[0] + x[1] <= len(data)]


def is_own(value):
    """Of one host: neither a group nor nobody, and no server that anybody may ask."""
    if len(value) == 6:
        return not value[0] & 1 and any(value)
    address = ipaddress.ip_address(value)
    return address.is_private and not address.is_unspecified and value[-1] != 255


def addresses(packets):
    return {p.data[at:at + n] for p in packets for at, n in places(p.data) if is_own(p.data[at:at + n])}


def other(value):
    """Another address of the same kind."""
    if len(value) == 4:
        return bytes((10, 200 + value[1] % 50, value[2], value[3]))
    return bytes((value[0] ^ 0x40 if len(value) == 6 else value[0], value[1] ^ 0x55)) + value[2:]


def rewritten(packets, taken):
    for p in packets:
        data = bytearray(p.data)
        for at, n in places(p.data):
            value = p.data[at:at + n]
            if value in taken:
                data[at:at + n] = other(value)
        p.data = bytes(data)
    return packets


def spread(packets, start, end):
    """In their order, over the time of the camera."""
    for i, p in enumerate(packets):
        p.time_ns = start + (end - start) * (i + 1) // (len(packets) + 1)
    return packets


def draw(name, files):
    """Captures of Ethernet that are not too long."""
    dice, chosen = random.Random(f"{SEED} {name}"), []
    for path in dice.sample(files, len(files)):
        try:
            link, packets = capfile.read(path)
        except ValueError:
            continue
        if link == ETHERNET and 0 < len(packets) <= MOST_PACKETS and len(chosen) < OTHERS:
            chosen.append((path, packets))
    return chosen


def is_group(address):
    address = ipaddress.ip_address(address)
    return address.is_multicast or address == ipaddress.ip_address("255.255.255.255")


def of_flow(event):
    """What was said of a flow. A radio cell repeats what goes to a group: alone such a capture is a span that
    shows every packet twice, and copies are dropped; among others it is none (flow/duplicate.h)."""
    keys = OF_FLOW if is_group(event["destination.ip"]) else OF_FLOW + COUNTS
    return {x: event.get(x) for x in keys}


def said(events, devices):
    """What was said last of each device, and of each of its flows."""
    found = {}
    for e in events:
        if e.get("camwatch.device.id") not in devices:
            continue
        if e["event.action"].startswith("device-"):
            what = {x: e.get("camwatch.device." + x) for x in OF_DEVICE} | {"band": e.get("camwatch.band")}
            found[e["camwatch.device.id"]] = what
        elif e["event.action"] == "flow-end":
            key = " ".join(str(e.get(x, "")) for x in ENDS)
            found[key] = of_flow(e)
    return found


def differences(alone, mixed):
    wrong = [f"{x} is missing" for x in alone if x not in mixed]
    wrong += [f"{x} is new" for x in mixed if x not in alone]
    wrong += [f"{x}: {key} {alone[x][key]}, mixed {mixed[x][key]}" for x in alone if x in mixed
              for key in alone[x] if alone[x][key] != mixed[x][key]]
    return wrong


def check(program, path, ordinary):
    link, packets = capfile.read(path)
    if link != ETHERNET:
        return [f"{os.path.basename(path)}: not Ethernet"]
    times, taken = [p.time_ns for p in packets], addresses(packets)
    alone = run.parse(run.replay(program, [path]))
    devices = {e["camwatch.device.id"] for e in alone if e["event.action"] == "device-new"}
    everything, names = list(packets), []
    for other_path, others in draw(os.path.basename(path), ordinary):
        everything += spread(rewritten(others, taken), min(times), max(times))
        names.append(os.path.basename(other_path))
    everything.sort(key=lambda p: p.time_ns)
    with tempfile.TemporaryDirectory() as folder:
        mix = os.path.join(folder, "mix.pcap")
        capfile.write(mix, link, everything)
        mixed = run.parse(run.replay(program, [mix]))
    wrong = differences(said(alone, devices), said(mixed, devices))
    return [f"{os.path.basename(path)} with {' '.join(names)}: {x}" for x in wrong]


def main():
    program, wrong = run.find_program(), []
    cameras, ordinary = captures.folder("cameras"), captures.folder("ordinary")
    for path in cameras:
        wrong += check(program, path, ordinary)
    return captures.report(wrong, len(cameras), "captures of cameras among ordinary ones")


if __name__ == "__main__":
    sys.exit(main())
