# SPDX-License-Identifier: Apache-2.0
"""Small captures, made from published formats, for tests of the program.

A camera 192.168.1.64 with a MAC of Hikvision (rules/vendors/hikvision.yaml) asks DNS for a name of its
vendor and opens a TLS session to the answer (TCP port 443 with a ClientHello that names it).
"""
import struct

CAMERA_MAC = bytes.fromhex("c056e3010203")
ROUTER_MAC = bytes.fromhex("00005e005301")
CAMERA, ROUTER, SERVER = "192.168.1.64", "192.168.1.1", "198.51.100.7"
NAME = "litedev.hik-connect.com"
START = 1700000000


def address(text):
    return bytes(int(part) for part in text.split("."))


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(source, destination, kind, payload):
    return destination + source + struct.pack("!H", kind) + payload


def ip4(source, destination, protocol, payload):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, address(source),
                       address(destination))
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return head + payload


def udp(source, destination, payload):
    return struct.pack("!HHHH", source, destination, 8 + len(payload), 0) + payload


def tcp(source, destination, sequence, acknowledged, flags, payload=b""):
    return struct.pack("!HHIIBBHHH", source, destination, sequence, acknowledged, 0x50, flags, 65535, 0,
                       0) + payload


def dns_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def dns(number, name, answer=None):
    question = dns_name(name) + struct.pack("!HH", 1, 1)
    head = struct.pack("!HHHHHH", number, 0x8180 if answer else 0x0100, 1, 1 if answer else 0, 0, 0)
    if not answer:
        return head + question
    return head + question + b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 300, 4) + address(answer)


def client_hello(name):
    host = name.encode()
    entry = b"\0" + struct.pack("!H", len(host)) + host
    names = struct.pack("!H", len(entry)) + entry
    extension = struct.pack("!HH", 0, len(names)) + names
    body = (b"\x03\x03" + bytes(32) + b"\0" + struct.pack("!H", 2) + b"\x13\x01" + b"\x01\0" +
            struct.pack("!H", len(extension)) + extension)
    hello = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack("!H", len(hello)) + hello


def from_camera(payload_ip):
    return ethernet(CAMERA_MAC, ROUTER_MAC, 0x0800, payload_ip)


def to_camera(payload_ip):
    return ethernet(ROUTER_MAC, CAMERA_MAC, 0x0800, payload_ip)


def camera_frames():
    hello = client_hello(NAME)
    return [
        from_camera(ip4(CAMERA, ROUTER, 17, udp(40000, 53, dns(7, NAME)))),
        to_camera(ip4(ROUTER, CAMERA, 17, udp(53, 40000, dns(7, NAME, SERVER)))),
        from_camera(ip4(CAMERA, SERVER, 6, tcp(50000, 443, 100, 0, 0x02))),
        to_camera(ip4(SERVER, CAMERA, 6, tcp(443, 50000, 900, 101, 0x12))),
        from_camera(ip4(CAMERA, SERVER, 6, tcp(50000, 443, 101, 901, 0x10))),
        from_camera(ip4(CAMERA, SERVER, 6, tcp(50000, 443, 101, 901, 0x18, hello))),
        to_camera(ip4(SERVER, CAMERA, 6, tcp(443, 50000, 901, 101 + len(hello), 0x10))),
        from_camera(ip4(CAMERA, SERVER, 6, tcp(50000, 443, 101 + len(hello), 901, 0x11))),
        to_camera(ip4(SERVER, CAMERA, 6, tcp(443, 50000, 901, 102 + len(hello), 0x11))),
    ]


def office_frames():
    """An ordinary host that asks for an ordinary name."""
    mac = bytes.fromhex("00005e005302")
    return [
        ethernet(mac, ROUTER_MAC, 0x0800, ip4("192.168.1.9", ROUTER, 17, udp(41000, 53, dns(9, "www.example.org")))),
        ethernet(ROUTER_MAC, mac, 0x0800,
                 ip4(ROUTER, "192.168.1.9", 17, udp(53, 41000, dns(9, "www.example.org", "198.51.100.9")))),
    ]


def pcap(frames, start=START, link=1, step=0.1):
    """Classic pcap, microseconds, little endian."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link)
    for i, frame in enumerate(frames):
        time = start + i * step
        out += struct.pack("<IIII", int(time), int(round((time % 1) * 1e6)) % 1000000, len(frame), len(frame)) + frame
    return out


def block(kind, body):
    body += bytes(-len(body) % 4)
    size = 12 + len(body)
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def pcapng(frames_of_links, start=START):
    """One section with an interface a link type; frames_of_links: [(link, frames)]."""
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    number = 0
    for i, (link, frames) in enumerate(frames_of_links):
        out += block(1, struct.pack("<HHI", link, 0, 262144))
        for frame in frames:
            micro = int((start + number * 0.1) * 1000000)
            number += 1
            out += block(6, struct.pack("<IIIII", i, micro >> 32, micro & 0xFFFFFFFF, len(frame), len(frame)) + frame)
    return out
