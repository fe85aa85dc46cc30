# SPDX-License-Identifier: Apache-2.0
"""Reads pcap and pcapng and writes pcap, as much as these tests want of it. Standard library only."""

import struct

NG, NS = 0x0A0D0D0A, 10**9


class Packet:
    """A frame as captured."""

    def __init__(self, time_ns, data, wire_len):
        self.time_ns, self.data, self.wire_len = time_ns, data, wire_len


def _read_pcap(data):
    magic = data[:4]
    order = "<" if magic in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    unit = 1 if magic in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d") else 1000
    link, at, packets = struct.unpack(order + "I", data[20:24])[0] & 0xFFFF, 24, []
    while at + 16 <= len(data):
        seconds, part, have, wire = struct.unpack(order + "4I", data[at:at + 16])
        packets.append(Packet(seconds * NS + part * unit, data[at + 16:at + 16 + have], wire))
        at += 16 + have
    return link, packets


def _resolution(options, order):
    """Ticks of a second (if_tsresol, option 9)."""
    while len(options) >= 4:
        code, size = struct.unpack(order + "HH", options[:4])
        if code == 9:
            value = options[4]
            return 2 ** (value & 0x7F) if value & 0x80 else 10**value
        options = options[4 + (size + 3) // 4 * 4:]
    return 10**6


def _read_pcapng(data):
    at, order, links, ticks, packets = 0, "<", [], [], []
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            links, ticks = [], []
        kind, size = struct.unpack(order + "II", data[at:at + 8])
        body = data[at + 8:at + size - 4]
        if kind == 1:
            links.append(struct.unpack(order + "H", body[:2])[0])
            ticks.append(_resolution(body[8:], order))
        elif kind == 6:
            interface, high, low, have, wire = struct.unpack(order + "5I", body[:20])
            time_ns = ((high << 32) | low) * NS // ticks[interface]
            packets.append(Packet(time_ns, body[20:20 + have], wire))
        at += size
    if len(set(links)) != 1:
        raise ValueError("more than one link type")
    return links[0], packets


def read(path):
    """Link type and packets of a capture."""
    with open(path, "rb") as file:
        data = file.read()
    return _read_pcapng(data) if struct.unpack("<I", data[:4])[0] == NG else _read_pcap(data)


def write(path, link, packets):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHIIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, link))
        for p in packets:
            file.write(struct.pack("<4I", p.time_ns // NS, p.time_ns % NS, len(p.data), p.wire_len) + p.data)
