#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the first inputs of the fuzz targets: seeds.py FOLDER, one folder a target below it.

They come from what the tests hold already: messages of published formats in tests/golden, and the strings
and byte tables of the unit tests. Nothing is random: the same sources give the same files.
"""

import hashlib
import os
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TESTS, "golden"))

import scenes  # noqa: E402
import scenes_demo  # noqa: E402,F401

MOST = 16 * 1024
LINK_TYPES = 19  # fuzz_link_type
ESCAPES = {"n": 10, "r": 13, "t": 9, "\\": 92, '"': 34, "a": 7, "b": 8, "f": 12, "v": 11, "'": 39, "?": 63}

folder = ""


def put(target, data):
    if 0 < len(data) <= MOST:
        place = os.path.join(folder, target)
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, hashlib.sha1(data).hexdigest()[:16]), "wb") as out:
            out.write(data)


def piece(data):
    return struct.pack("!H", len(data)) + data


# ---- what the unit tests hold ----


def unescape(text):
    out, at = bytearray(), 0
    while at < len(text):
        if text[at] != "\\":
            out += text[at].encode()
            at += 1
            continue
        number = re.compile(r"x([0-9a-fA-F]+)|([0-7]{1,3})").match(text, at + 1)
        if number:
            out.append((int(number[1], 16) if number[1] else int(number[2], 8)) & 0xFF)
            at = number.end()
        else:
            out.append(ESCAPES.get(text[at + 1], 63))
            at += 2
    return bytes(out)


def literals(stage, start="test_"):
    """Strings (joined as the compiler does; written-out hexadecimal as bytes) and tables of bytes."""
    place = os.path.join(TESTS, "unit", stage)
    for name in sorted(os.listdir(place)):
        if not name.startswith(start) or not name.endswith((".c", ".h")):
            continue
        with open(os.path.join(place, name), encoding="utf-8") as source:
            text = re.sub(r"^#[^\n]*$|/\*.*?\*/", "", source.read(), flags=re.S | re.M)
        for run in re.finditer(r'"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*', text):
            data = b"".join(unescape(x[1:-1]) for x in re.findall(r'"(?:\\.|[^"\\\n])*"', run[0]))
            digits = re.sub(rb"[\s:]", b"", data)
            if re.fullmatch(rb"(?:[0-9a-fA-F]{2}){4,}", digits):
                data = bytes.fromhex(digits.decode())
            if len(data) >= 4:
                yield data
        for table in re.finditer(r"\{((?:\s*(?:0x[0-9a-fA-F]{1,2}|\d{1,3}|'.')\s*,){3,}[^{}]*)\}", text):
            numbers = re.findall(r"0x[0-9a-fA-F]{1,2}|\b\d{1,3}\b|'.'", table[1])
            values = [ord(x[1]) if x[0] == "'" else int(x, 0) for x in numbers]
            if all(x < 256 for x in values):
                yield bytes(values)


# ---- what the constructed captures hold ----


def frames_of(capture):
    at = 24
    while at + 16 <= len(capture):
        length = struct.unpack_from("<I", capture, at + 8)[0]
        yield capture[at + 16:at + 16 + length]
        at += 16 + length


def payload_of(frame):
    """(is TCP, source port, destination port, payload) of IPv4 over Ethernet, or None."""
    if frame[12:14] != b"\x08\0" or frame[23] not in (6, 17):
        return None
    at = 14 + (frame[14] & 15) * 4
    end = 14 + struct.unpack_from("!H", frame, 16)[0]
    ports = struct.unpack_from("!HH", frame, at)
    body = at + (8 if frame[23] == 17 else (frame[at + 12] >> 4) * 4)
    return frame[23] == 6, ports[0], ports[1], frame[body:end]


def flow_of(frame):
    a, b = frame[26:30] + frame[34:36], frame[30:34] + frame[36:38]
    return frame[23], min(a, b), max(a, b)


def from_capture(capture):
    flows = {}
    frames = list(frames_of(capture))
    for frame in frames:
        for link in (0, 16):
            put("decode", bytes([link, 0]) + frame)
        put("decode", b"\3\0" + frame[14:])
        found = payload_of(frame)
        if found and found[3]:
            flows.setdefault(flow_of(frame), []).append((frame, found))
    for i in range(0, len(frames), 8):
        put("decode_sequence", b"".join(piece(b"\0\1" + x) for x in frames[i:i + 8]))
        put("monitor", capture[:24] + b"".join(
            struct.pack("<IIII", i + n, 0, len(x), len(x)) + x for n, x in enumerate(frames[i:i + 8])))
    for messages in flows.values():
        from_flow(messages[:12])


def from_flow(messages):
    first = messages[0][1][1]
    wire, raw, stream = b"", b"", b"\1"
    for frame, (is_tcp, source, target, data) in messages:
        way = int(source != first)
        head = struct.pack("!BHHB", is_tcp | way << 2 | 8, source, target, 0)
        put("wire_tests", head + data)
        wire += piece(head + data)
        raw += piece(bytes([way]) + frame)
        stream += piece(struct.pack("<BH", 4 | way, 2000 + len(stream) % 700) + data)
        if is_tcp:
            put("http" if data[:1].isalpha() else "tls", data)
        if 53 in (source, target):
            put("dns", b"\0" + piece(data))
    put("wire", wire)
    put("ndpi", raw)
    put("stream", stream)
    put("monitor", scenes_frames([x[0] for x in messages]))


def scenes_frames(frames):
    head = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)
    return head + b"".join(struct.pack("<IIII", n, 0, len(x), len(x)) + x for n, x in enumerate(frames))


# ---- the targets ----


def write_packets():
    for name in sorted(scenes.SCENES):
        if name.endswith(".pcap"):
            from_capture(scenes.SCENES[name]())
    for data in literals("decode"):
        for link in range(LINK_TYPES):
            put("decode", bytes([link, 0]) + data)
        put("decode_sequence", piece(b"\0\1" + data) * 2)
    for data in literals("inspect", "test_dns"):
        for kind in range(3):
            put("dns", bytes([kind]) + piece(data) * 2)
    for name in ("tls", "http"):
        for data in literals("inspect", "test_" + name):
            put(name, data)
    for data in literals("wire"):
        for flags in (0, 9, 3, 0x23):
            head = struct.pack("!BHHB", flags, 40000, 8000, 0)
            put("wire_tests", head + data)
            put("wire", piece(head + data) + piece(bytes([flags ^ 4]) + head[1:] + data + b"\0"))


def write_texts():
    root = os.path.dirname(TESTS)
    for place, _, names in sorted(os.walk(os.path.join(root, "rules"))) + \
            sorted(os.walk(os.path.join(HERE, "rules"))):
        for name in sorted(names):
            if name.endswith(".yaml"):
                with open(os.path.join(place, name), "rb") as source:
                    put("rules_yaml", source.read())
    whole = b""
    for place, _, names in sorted(os.walk(os.path.join(HERE, "rules"))):
        for name in sorted(names):
            with open(os.path.join(place, name), "rb") as source:
                whole += b"---\n" + source.read()
    put("rules_yaml", whole)
    for data in literals("rules"):
        put("rules_yaml", data)
        put("rules_yaml", b"brand: Acme\n" + data)
    for data in literals("inventory", "test_assets"):
        put("assets", data)
        put("assets", b"mac,ip,serial,name,site,owner,sanctioned\n" + data + b"\n")
    done = b"+OK\r\n" + b"+QUEUED\r\n" * 4 + b"*4\r\n" + b"$3\r\n1-1\r\n" * 4
    last = b"*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$8\r\nevent.id\r\n$1\r\nx\r\n"
    for text in (done, done + last, done + b"*0\r\n", b"+OK\r\n-OOM x\r\n" * 3 + b"-EXECABORT\r\n",
                 b"+OK\r\n" + b"+QUEUED\r\n" * 4 + b"*4\r\n-WRONGTYPE x\r\n$-1\r\n:1\r\n*-1\r\n", b"-NOAUTH\r\n"):
        put("redis", text)
    for data in literals("sink", "test_redis"):
        put("redis", done + data)
        put("redis", data)


def write_patches():
    """Offsets all over the head of the block, and small and large numbers."""
    for at in range(0, 512, 8):
        for value in (b"\1\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\x80", b"\x40\0\0\0\0\0\0\0"):
            patch = at.to_bytes(3, "big") + bytes([len(value)]) + value
            put("rules_image", patch)
            put("ring", patch)


def main():
    global folder
    folder = sys.argv[1]
    write_packets()
    write_texts()
    write_patches()


if __name__ == "__main__":
    main()
