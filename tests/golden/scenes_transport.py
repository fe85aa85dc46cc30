# SPDX-License-Identifier: Apache-2.0
"""Transports that several platforms share (protocols_p2p.md 7 and 8): Quvii, Gwell, STUN and TURN, KCP, RTMP,
port mappings, and PPPP under a key that nobody published."""

import ipaddress
import struct

import vendors as v
from net import Host, noise
from scenes import scene
from scenes_pppp import PEER, SECRET, SERVER, lan
from talk import lines

COOKIE = 0x2112A442


# ---- Quvii (7q) ----


def quvii(size, source, target, body=b""):
    return struct.pack("<IIIIIIHH", 0xFFABEFC1, source, target, 1, 1, 0, 0x1234, size) + body.ljust(size - 28, b"\0")


def quvii_opener(is_reply, host, port):
    body = bytearray(136)
    body[0:5] = b"\xff\xff\xff\xff\x88"
    body[18] = 1 if is_reply else 0
    body[40:56] = SECRET
    body[112:128] = host.ip.encode().ljust(16, b"\0")
    body[128:130] = struct.pack("<H", port)
    return quvii(164, 0x88, 0, bytes(body))


QUVII_ACK = bytes.fromhex("c1efabff0700000f0000000101000000010000000009ffff6cf71c00")  # published


@scene("quvii-messages.pcap")
def quvii_messages():
    """Openers to the server and to the device's addresses, acknowledgements, data."""
    net, camera, _ = lan()
    port, away = camera.port(), Host("86.160.60.10")
    for server, server_port in ((SERVER, 15017), (away, 50100)):
        net.udp(camera, port, server, server_port, quvii_opener(False, camera, port))
        net.udp(server, server_port, camera, port, quvii_opener(True, away, 50100))
    net.udp(away, 50100, camera, port, QUVII_ACK)
    for i in range(3):
        net.udp(camera, port, away, 50100, quvii(500, 7, 1, b"\xff\xff\xff\xff" + noise(f"quvii{i}", 460)))
    return net


# ---- Gwell (7g) ----


def gutes(kind, size, sequence, session=False, mode=2):
    """mode 0 is clear: the XOR of the words stands in the header."""
    head = struct.pack("<BBH", 0x7E if session else 0x7F, kind, size) + noise("gwell id", 8)
    head += struct.pack("<I", sequence)
    body, flags = noise(f"gutes{kind}{sequence}", size - 24), mode << 16 | 5
    total = flags & 0xFFFFFF
    for (word,) in struct.iter_unpack("<I", head + (body if size % 4 == 0 else b"")):
        total ^= word
    return head + struct.pack("<II", total if mode == 0 else 0x1234 + sequence, flags) + body


GUTES = [(0x15, 40), (0x16, 176), (0x01, 68), (0x02, 56), (0x17, 44), (0x0C, 164), (0x0C, 72), (0x0C, 48), (0x0C, 32),
         (0x0D, 164), (0xA0, 60), (0xA2, 122), (0xA4, 128), (0xCA, 52), (0xCB, 52)]


def mtp(flags, payload):
    header = 14 if flags & 0x60 else 6
    size = header + len(payload)
    frame = bytearray(struct.pack("<BBBBH", 0xC0, flags, size & 7, size >> 3, 0) + noise("tid", header - 6) + payload)
    total = 0
    for i in range(12):
        word = int.from_bytes(bytes(frame[6 + 2 * i:8 + 2 * i]).ljust(2, b"\0"), "little")
        total ^= (word << i | word >> (16 - i)) & 0xFFFF
    frame[4:6] = struct.pack("<H", total ^ (frame[2] | frame[3] << 8))
    return bytes(frame)


@scene("gwell-messages.pcap")
def gwell_messages():
    """GUTES: port 20000 + number, three of each, for it is weak; one in clear is enough. MTP direct and relayed."""
    net, camera, _ = lan()
    for i, (kind, size) in enumerate(GUTES):
        own = camera.port()
        for sequence in range(3):
            message = gutes(kind, size, 100 + sequence)
            if kind in (0x16, 0x02):
                net.udp(SERVER, 20000 + i, camera, own, message)
            else:
                net.udp(camera, own, SERVER, 20000 + i, message)
    net.udp(camera, camera.port(), SERVER, 51701, gutes(0x15, 40, 1, mode=0))
    for port, flags in ((20100, 0), (20101, 0x20)):
        own = camera.port()
        for i in range(3):
            net.udp(camera, own, PEER, port, mtp(flags, kcp(7, 81, noise(f"mtp{i}", 300), i)))
    return net


# ---- KCP (8k) ----


def kcp(conversation, command, payload=b"", number=0):
    return struct.pack("<IBBHIIII", conversation, command, 0, 128, 1000 + number, number, 0, len(payload)) + payload


# ---- STUN and TURN (RFC 8489, RFC 8656) ----


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def xor_address(kind, ip, port):
    packed = int(ipaddress.ip_address(ip)) ^ COOKIE
    return attribute(kind, struct.pack("!BBHI", 0, 1, port ^ COOKIE >> 16, packed))


def stun(kind, label, *attributes):
    body = b"".join(attributes)
    return struct.pack("!HHI", kind, len(body), COOKIE) + noise("txn" + label, 12) + body


@scene("transport-messages.pcap")
def transport_messages():
    """A relay is allocated, a peer allowed, a channel bound; KCP, RTMP and each kind of port mapping."""
    net, camera, phone = lan()
    own = camera.port()
    for label, ask, tell, inner in (
            ("bind", (0x0001,), (0x0101, xor_address(0x0020, "198.51.100.7", 41000)), None),
            ("allocate", (0x0003, attribute(0x0019, b"\x11\0\0\0")),
             (0x0103, xor_address(0x0016, "47.88.70.20", 50010), xor_address(0x0020, "198.51.100.7", 41000),
              attribute(0x000D, struct.pack("!I", 600))), None),
            ("permit", (0x0008, xor_address(0x0012, "86.160.70.10", 50200), attribute(0x0006, SECRET)), (0x0108,), None),
            ("channel", (0x0009, attribute(0x000C, b"\x40\0\0\0"), xor_address(0x0012, "86.160.70.10", 50200)),
             (0x0109,), None),
            ("refresh", (0x0004, attribute(0x000D, bytes(4))), (0x0104, attribute(0x000D, bytes(4))), None)):
        server_port = 3478 if label != "bind" else 3479
        net.udp(camera, own, SERVER, server_port, stun(ask[0], label, *ask[1:]))
        net.udp(SERVER, server_port, camera, own, stun(tell[0], label, *tell[1:]))
    c = net.tcp(camera, SERVER, 5349).open()
    c.say(0, stun(0x0003, "tcp", attribute(0x0019, b"\x06\0\0\0")))
    c.say(1, stun(0x0103, "tcp", xor_address(0x0016, "47.88.70.20", 50011)))
    for i in range(3):
        net.udp(camera, own, PEER, 20200, kcp(3, 81, noise(f"kcp{i}", 200), i) + kcp(3, 82, number=i))
    r = net.tcp(camera, SERVER, 1935).open()
    r.say(0, b"\x03" + struct.pack("!II", 1234, 0) + noise("c1", 1528))
    r.say(1, b"\x03" + struct.pack("!II", 99, 0x03050101) + noise("s1", 1528) + noise("s2", 1536))
    for opcode in (1, 2):
        net.udp(camera, 40900 + opcode, net.gateway, 5351, struct.pack("!BBHHHI", 0, opcode, 0, 554, 554, 7200))
        net.udp(net.gateway, 5351, camera, 40900 + opcode,
                struct.pack("!BBHIHHI", 0, 128 + opcode, 0, 99, 554, 554, 7200))
    address = bytes(10) + b"\xff\xff" + ipaddress.ip_address(camera.ip).packed
    pcp = struct.pack("!BBHI", 2, 1, 0, 7200) + address + noise("nonce", 12)
    pcp += struct.pack("!BxxxHH", 6, 8000, 0) + bytes(16)
    net.udp(camera, 40903, net.gateway, 5351, pcp)
    body = ('<?xml version="1.0"?><s:Envelope><s:Body><u:AddPortMapping><NewRemoteHost></NewRemoteHost>'
            "<NewExternalPort>34567</NewExternalPort><NewProtocol>TCP</NewProtocol>"
            f"<NewInternalPort>34567</NewInternalPort><NewInternalClient>{camera.ip}</NewInternalClient>"
            "</u:AddPortMapping></s:Body></s:Envelope>")
    head = ["POST /ctl/IPConn HTTP/1.1", f"Host: {net.gateway.ip}:5000",
            'SOAPAction: "urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping"', "Content-Type: text/xml"]
    u = net.tcp(camera, net.gateway, 5000).open()
    u.say(0, lines(*head, body=body)).say(1, lines("HTTP/1.1 200 OK", "Ext:"))
    return net


@scene("pppp-unkeyed.pcap")
def pppp_unkeyed():
    """A key that no tool names: header, type and sizes still have the form. A hint, and no more."""
    net, camera, _ = lan()
    port, uid = camera.port(), v.did("ABCD", 1, "GHJKL")
    seal = lambda m: v.cs2_encrypt("nobody knows this one", m)  # noqa: E731
    for i in range(3):
        net.udp(camera, port, SERVER, 32100, seal(v.pppp(0x00)))
        net.udp(SERVER, 32100, camera, port, seal(v.pppp(0x01, v.pppp_sockaddr("198.51.100.7", 41000))))
        net.udp(camera, port, SERVER, 32100, seal(v.pppp_login(uid, camera, port)))
        net.udp(SERVER, 32100, camera, port, seal(v.pppp(0x11, bytes(4))))
        net.wait(5)
    return net
