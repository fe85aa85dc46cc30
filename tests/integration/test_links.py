#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same camera however it was captured: each capture of cameras/ and the golden ones of makers and platforms
as Linux cooked (SLL, SLL2), raw IP, decrypted Wi-Fi behind radiotap, pcapng with two interfaces, and cut at 96
octets. The devices keep brand, maker and kind; where the link layer keeps MACs of senders, also their ids."""

import os
import struct
import sys
import tempfile

import capfile
import captures
from captures import run

ETHERNET, RAW, RADIOTAP, SLL, SLL2, CUT = 1, 101, 127, 113, 276, 96
GOLDEN = ("hikvision dahua imou lorex uniview onvif pppp kalay xiongmai reolink tuya-bulb viewer nvr dual-stack "
          "near-names near-magics near-ports near-sip").split()


def ip_type(data):
    return data[12:14] in (b"\x08\x00", b"\x86\xdd")


def as_sll(data):
    kind = 1 if data[:6] == b"\xff" * 6 else 2 if data[0] & 1 else 0
    return struct.pack("!HHH", kind, 1, 6) + data[6:12] + b"\0\0" + data[12:]


def as_sll2(data):
    kind = 1 if data[:6] == b"\xff" * 6 else 2 if data[0] & 1 else 0
    return data[12:14] + struct.pack("!HIHBB", 0, 1, 1, kind, 6) + data[6:12] + b"\0\0" + data[14:]


def as_radiotap(data):
    """Radiotap without fields, a data frame from the access point, LLC/SNAP (IEEE 802.11, RFC 1042)."""
    head = struct.pack("<BBHI", 0, 0, 8, 0)
    wifi = b"\x08\x02\0\0" + data[:6] + b"\x02\0\0\0\0\x99" + data[6:12] + b"\0\0"
    return head + wifi + b"\xaa\xaa\x03\0\0\0" + data[12:]


def changed(packets, change):
    found = []
    for p in packets:
        data = change(p.data)
        if data is not None:
            found.append(capfile.Packet(p.time_ns, data, p.wire_len - len(p.data) + len(data)))
    return found


def cut(packets):
    return [capfile.Packet(p.time_ns, p.data[:CUT], p.wire_len) for p in packets]


def block(kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def write_two_interfaces(path, packets):
    """pcapng; the second interface has other ticks, another snap length and another link type."""
    with open(path, "wb") as file:
        file.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        file.write(block(1, struct.pack("<HHI", ETHERNET, 0, 0) + struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)))
        file.write(block(1, struct.pack("<HHI", SLL, 0, 65535)))
        for i, p in enumerate(packets):
            ticks = p.time_ns // 1000 if i % 2 else p.time_ns
            data = as_sll(p.data) if i % 2 else p.data
            wire = p.wire_len + len(data) - len(p.data)
            file.write(block(6, struct.pack("<5I", i % 2, ticks >> 32, ticks & 0xFFFFFFFF, len(data), wire) + data))


FORMS = {
    "sll": lambda path, x: capfile.write(path, SLL, changed(x, as_sll)),
    "sll2": lambda path, x: capfile.write(path, SLL2, changed(x, as_sll2)),
    "raw": lambda path, x: capfile.write(path, RAW, changed(x, lambda d: d[14:] if ip_type(d) else None)),
    "radiotap": lambda path, x: capfile.write(path, RADIOTAP, changed(x, as_radiotap)),
    "two": write_two_interfaces,
    "cut": lambda path, x: capfile.write(path, ETHERNET, cut(x)),
}


def devices(program, path, options):
    """What was said last of each device."""
    found = {}
    for e in run.parse(run.replay(program, [path], options)):
        if e["event.action"].startswith("device-"):
            found[e["camwatch.device.id"]] = {x: e.get("camwatch." + x) for x in (
                "device.brand", "device.maker", "device.kind", "device.serial", "device.model", "band")}
    return found


def kinds(found):
    return {x["device.kind"] for x in found.values()}


def compare(form, whole, other):
    """Cut messages say less, and never more. Without MACs a camera is still a camera, and nobody else is one."""
    if form == "cut":
        return [f"{x} is new" for x in other if x not in whole]
    if form == "raw":
        return [f"kinds {kinds(whole)}, here {kinds(other)}"] if kinds(other) - kinds(whole) - {"unknown"} else \
            ["no device"] if whole and not other else []
    wrong = [f"{x} is missing" for x in whole if x not in other] + [f"{x} is new" for x in other if x not in whole]
    for name in whole:
        wrong += [f"{name}: {key} {whole[name][key]}, here {other[name][key]}" for key in whole[name]
                  if name in other and whole[name][key] != other[name][key]]
    return wrong


def main():
    program, wrong = run.find_program(), []
    options = {c: o for _, c, o, _ in run.cases()}
    files = [(os.path.join(run.HERE, x + ".pcap"), options.get(x + ".pcap", [])) for x in GOLDEN]
    if captures.has("cameras"):
        files += [(x, []) for x in captures.folder("cameras")]
    for path, extra in files:
        link, packets = capfile.read(path)
        whole = devices(program, path, extra)
        with tempfile.TemporaryDirectory() as folder:
            for form, write in FORMS.items() if link == ETHERNET else ():
                other = os.path.join(folder, form + (".pcapng" if form == "two" else ".pcap"))
                write(other, packets)
                found = devices(program, other, extra)
                wrong += [f"{os.path.basename(path)}: {form}: {x}" for x in compare(form, whole, found)]
    return captures.report(wrong, len(files), "captures in other forms")


if __name__ == "__main__":
    sys.exit(main())
