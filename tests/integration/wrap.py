#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""wrap.py vxlan|gre IN OUT: puts each Ethernet frame of a pcap into a tunnel between two fixed hosts, as a switch
mirrors to a remote sensor (RFC 7348; RFC 2784 with the protocol type of RFC 1701 for bridged Ethernet)."""

import struct
import sys

OUTER_MACS = bytes.fromhex("020000000b02020000000b01")
SOURCE, DESTINATION = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip(proto, payload, number):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), number & 0xffff, 0, 64, proto, 0, SOURCE, DESTINATION)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def wrap(kind, frame, number):
    if kind == "vxlan":  # UDP without a checksum, as RFC 7348 has it
        inner = bytes([8, 0, 0, 0, 0, 0, 42, 0]) + frame
        return ip(17, struct.pack(">HHHH", 50000 + number % 16, 4789, 8 + len(inner), 0) + inner, number)
    return ip(47, struct.pack(">HH", 0, 0x6558) + frame, number)


def main():
    kind, path, out_path = sys.argv[1:]
    with open(path, "rb") as source, open(out_path, "wb") as out:
        head = source.read(24)
        order = "<" if head[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
        out.write(head)
        number = 0
        while record := source.read(16):
            seconds, fraction, captured, length = struct.unpack(order + "IIII", record)
            frame = OUTER_MACS + b"\x08\x00" + wrap(kind, source.read(captured), number)
            out.write(struct.pack(order + "IIII", seconds, fraction, len(frame), len(frame) + length - captured) + frame)
            number += 1


main()
