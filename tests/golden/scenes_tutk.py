# SPDX-License-Identifier: Apache-2.0
"""TUTK Kalay: every message of protocols_p2p.md 1 in a flow of its own, a session under DTLS, and the framing
of newer Wyze cameras (1w). Tokens and keys are made up and must never be told."""

import struct

import vendors as v
from net import Host, noise
from scenes import scene
from scenes_pppp import PEER, SECRET, SERVER, lan

UID = b"ABCDEFGHJKLMNPQRST11"

def record(ip, port):
    """Family, 0, port, IPv4."""
    return b"\x02\0" + struct.pack("!H", port) + bytes(int(x) for x in ip.split(".")) + bytes(8)


def with_uid(size):
    """A body of a datagram of size octets that begins with the UID."""
    return (UID + SECRET).ljust(size - 16, b"\0")[:size - 16]


# (number, who, type, body): who as in scenes_pppp.py
FORMS = [
    (1, "v", "010621", with_uid(88)), (2, "v", "010621", with_uid(68)), (3, "d", "020612", with_uid(200)),
    (4, "v", "071018", with_uid(54)),
    (5, "s", "081083", bytes(20) + record("47.88.50.1", 3478) + record("86.160.10.10", 40000)),
    (6, "v", "03803f", noise("txn", 8)), (7, "s", "04804f", record("86.160.10.10", 40000)),
    (8, "v", "140224", with_uid(48)), (9, "s", "270242", noise("challenge", 32)), (10, "s", "150242", bytes(16)),
    (11, "v", "040824", with_uid(544)), (12, "v", "030234", with_uid(112)), (13, "v", "030234", with_uid(288)),
    (14, "v", "0a0224", with_uid(64)), (15, "v", "090224", with_uid(60)),
    (16, "s", "010343", UID + record("192.168.10.21", 40001) + record("86.160.10.10", 40000)),
    (17, "p", "010433", with_uid(52)), (18, "p", "020433", with_uid(44)), (19, "p", "020433", with_uid(52)),
    (20, "p", "040433", with_uid(52)),
    (21, "s", "030343", bytes(40)), (22, "v", "0c0324", with_uid(44)),
    (23, "v", "040524", noise("relayed", 60)), (24, "s", "030542", noise("relayed", 60)),
    (25, "v", "070421", b"\x0c\0\0\0" + noise("token", 8) + noise("ask", 40)),
    (26, "d", "080412", b"\x0c\0\0\0" + noise("token", 8) + noise("answer", 400)),
    (27, "d", "280412", noise("alive", 8)), (28, "v", "270421", noise("alive", 8)),
    (29, "d", "040114", noise("register", 44)), (30, "d", "040114", noise("register", 272)),
    (31, "d", "050114", noise("register", 44)), (32, "d", "050114", noise("register", 272)),
    (33, "s", "060141", noise("registered", 44)), (34, "s", "070141", noise("registered", 44)),
]


RELAYED = (15, 21, 22, 23, 24)  # want a message each way


def say(net, camera, phone, port, who, filler, message, is_relayed):
    src, dst = {"d": (camera, SERVER), "v": (phone, SERVER), "s": (SERVER, camera), "p": (camera, PEER)}[who]
    own = (phone if who == "v" else camera).port()
    ports = (port, own) if src is SERVER else (own, port)
    if is_relayed:
        net.udp(dst, ports[1], src, ports[0], filler)
    else:
        net.udp(src, ports[0], dst, ports[1], filler)
    net.udp(src, ports[0], dst, ports[1], message)


@scene("tutk-messages.pcap")
def tutk_messages():
    """Port 20000 + number. Before each one that either side sends."""
    net, camera, phone = lan()
    for number, who, kind, body in FORMS:
        filler = b"\x01\x04\x33" if kind != "010433" else b"\x04\x04\x33"
        messages = v.tutk(filler, with_uid(52), 7), v.tutk(bytes.fromhex(kind), body, 8)
        say(net, camera, phone, 20000 + number, who, *messages, number in RELAYED)
    return net


def tutk_dtls(kind, record_of_dtls, sequence):
    """Mode 0B: only the first 64 octets are scrambled."""
    body = b"\x0c\0\0\0" + noise("token", 8) + record_of_dtls
    plain = b"\x04\x02\x1c\x0b" + struct.pack("<HH", len(body), sequence) + kind + b"\0" + bytes([1, 2, 0, 1]) + body
    return v.tutk_scramble(plain[:64]) + plain[64:]


def dtls(kind, body):
    return struct.pack("!BHHIHH", kind, 0xFEFD, 0, 0, 1, len(body)) + body


@scene("tutk-dtls.pcap")
def tutk_with_dtls():
    """A phone finds a camera, punches to it and talks DTLS inside; the account travels in clear behind octet 64."""
    net, camera, _ = lan()
    away, port = Host("86.160.30.10"), camera.port()
    for i in range(2):
        net.udp(camera, port, SERVER, 10001, v.tutk(b"\x04\x01\x14", noise(f"reg{i}", 44), i))
        net.udp(SERVER, 10001, camera, port, v.tutk(b"\x06\x01\x41", noise(f"ack{i}", 44), i))
    net.udp(camera, port, away, 40100, v.tutk(b"\x01\x04\x33", with_uid(52), 1))
    net.udp(away, 40100, camera, port, v.tutk(b"\x02\x04\x33", with_uid(52), 1))
    net.udp(camera, port, away, 40100, v.tutk(b"\x04\x04\x33", with_uid(52), 2))
    net.udp(away, 40100, camera, port, tutk_dtls(b"\x07\x04\x21", dtls(22, noise("hello", 120)), 1))
    net.udp(camera, port, away, 40100, tutk_dtls(b"\x08\x04\x12", dtls(22, noise("hello2", 90)), 1))
    exchange = noise("handshake", 40) + b"AUTHPWD_admin" + SECRET
    net.udp(away, 40100, camera, port, tutk_dtls(b"\x07\x04\x21", dtls(22, exchange), 2))
    kept, net.snaplen = net.snaplen, net.picture_snap
    for i in range(90):
        net.udp(camera, port, away, 40100, tutk_dtls(b"\x08\x04\x12", dtls(23, noise(f"video{i}", 1200)), i + 2))
        net.wait(0.07)
    net.snaplen = kept
    return net


def cc51(command, sequence, body, direction=0):
    """protocols_p2p.md 1w: magic, command, length, direction, sequence, ticket, session, the rest."""
    rest = struct.pack("<HH", sequence, 7) + noise("session", 8) + body
    return b"\x51\xcc\0\0" + struct.pack("<HHHH", command, len(rest), direction, 0) + rest


@scene("tutk-cc51.pcap")
def cc51_session():
    """LAN search at 32761, keep-alive, DTLS; a flow each and all in one."""
    net, camera, phone = lan()
    hmac = noise("hmac", 20)
    found = [cc51(0x1002, 0, b"\0\x08\x03\x04" + bytes(4) + hmac),
             cc51(0x1002, 1, b"\0\x08\x03\x04" + bytes(4) + hmac, 0xFFFF)]
    own, port = phone.port(), camera.port()
    net.udp(phone, own, camera, 32761, found[0])
    net.udp(camera, 32761, phone, own, found[1])
    net.udp(phone, own, camera, 32761, cc51(0x1202, 2, bytes(4) + hmac))
    net.udp(camera, 32761, phone, own, cc51(0x1202, 2, bytes(4) + hmac, 0xFFFF))
    away = Host("86.160.30.11")
    net.udp(camera, port, away, 40200, cc51(0x1502, 0x10, noise("pad", 4)[:4] + dtls(22, noise("h", 90)) + hmac))
    for i in range(3):
        net.udp(away, 40200, camera, port, cc51(0x1502, 0x10 + i, bytes(4) + dtls(23, noise(f"a{i}", 60)) + hmac, 0xFFFF))
    return net
