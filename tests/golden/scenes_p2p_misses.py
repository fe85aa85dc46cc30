# SPDX-License-Identifier: Apache-2.0
"""What looks like the protocols of scenes_pppp, _tutk, _things and _transport and is none, and what of them is
seen on a span that shows one direction. Port 20000 + a number of its own for each."""

import struct

import frames
import vendors as v
from net import Host, Net, noise
from scenes import scene
from scenes_pppp import UID, data
from scenes_things import HELLO, bc_data, miio, tuya66, v380_login, v720, v720_json
from scenes_transport import attribute, gutes, kcp, mtp, quvii, stun
from scenes_tutk import cc51, dtls, tutk_dtls, with_uid
from talk import client_hello, dhcp, lines

SERVER = "104.16.20.10"


def quic(first, version, size, label):
    """A long header (RFC 9000 17.2): connection ids of 8 octets, the rest noise."""
    head = bytes([first]) + struct.pack("!I", version) + b"\x08" + noise("dcid" + label, 8) + b"\x08"
    return (head + noise("quic" + label, size))[:size]


def wireguard(kind, size, label):
    return (struct.pack("<III", kind, 0x1234, 0x5678) + noise("wg" + label, size))[:size]


def utp(kind, number, size=0):
    """BitTorrent's uTP (BEP 29): version 1, no extension."""
    head = struct.pack("!BBHIIIHH", kind << 4 | 1, 0, 4711, 1000 + number, 0, 1 << 20, number, 7)
    return head + noise(f"utp{number}", size)


def rtp(first, kind, number, size=160):
    return struct.pack("!BBHII", first, kind, number, number * 160, 0x11223344) + noise(f"rtp{number}", size)


def raknet_ack(*numbers):
    """RakNet's ACK begins with C0, as MTP does."""
    records = b"".join(b"\x01" + struct.pack("<I", n)[:3] for n in numbers)
    return b"\xc0" + struct.pack("!H", len(numbers)) + records


def broken(message, at, octet=0x5A):
    return message[:at] + bytes([message[at] ^ octet]) + message[at + 1:]


def tpkt(size):
    """TPKT and COTP: begins with 03 as RTMP does."""
    return (b"\x03\0" + struct.pack("!H", size) + b"\x02\xf0\x80" + noise("tpkt", size))[:size]


# number, transport, messages each way
NEAR = [
    # PPPP: a length that is off, no DID, no mark, QUIC, a counter in LE32
    (1, "udp", [v.pppp(0x41, UID) + b"z", v.pppp(0x41, noise("did", 20))]),
    (2, "udp", [b"\xf1\xd0\x00\x10" + noise("nomark", 16), v.pppp(0x10, noise("login", 40))]),
    (3, "udp", [quic(0xF1, 1, 1200, "a"), quic(0xF1, 0xFF00001D, 1200, "b"), quic(0xF1, 0x6B3343CF, 600, "c")]),
    (4, "udp", [struct.pack("<I", 0xF1), struct.pack("<I", 0xF2), struct.pack("<I", 0xF3)]),
    (5, "udp", [v.pppp(0x55), v.pppp(0x41, UID.lower()), v.pppp(0xD1, b"\xd1\0\0\x03\0\1")]),
    # PPPP under a key: its first octets in front of RTP and noise
    (6, "udp", [rtp(0xB1, 96, 1), rtp(0xB1, 96, 2), rtp(0x9F, 96, 3), rtp(0x9F, 96, 4)]),
    (7, "udp", [b"\x2c" + noise("keyed", 43), b"\x28" + noise("keyed2", 23), b"\x9f" + noise("keyed3", 3)]),
    (8, "udp", [broken(v.cs2_encrypt("camera", v.pppp(0x41, UID)), 3)]),
    # PPPP over TCP: TLS, the mark with a wrong length, a chain that leads nowhere
    (9, "tcp", [client_hello("www.example.com")]),
    (10, "tcp", [struct.pack("!HH", 44, 0x6800) + noise("cs2tcp", 48)]),
    (11, "tcp", [v.pppp_over_tcp(v.pppp(0xE0)) + noise("after", 60)]),
    # TUTK: DTLS and noise on its port, a length that is off, an unknown type, no UID
    (12, "udp", [dtls(22, noise("hello", 60)), noise("port 10001", 60)]),
    (13, "udp", [v.tutk(b"\x01\x06\x21", with_uid(88)) + b"z", v.tutk(b"\x77\x06\x21", with_uid(88))]),
    (14, "udp", [v.tutk(b"\x01\x06\x21", bytes(72)), v.tutk(b"\x01\x04\x33", noise("nouid", 36)),
                 v.tutk(b"\x01\x06\x21", with_uid(88), version=0x30)]),
    (15, "udp", [cc51(0x1002, 0, bytes(8) + noise("h", 21)), cc51(0x1003, 0, bytes(24)),
                 broken(cc51(0x1502, 0, bytes(4) + dtls(23, noise("d", 40))), 28)]),
    # Tuya: a wrong end, no command, a length that is off
    (16, "udp", [v.tuya(0x13, noise("t", 64))[:-4] + b"\0\0\x55\xaa", v.tuya(0, noise("t", 64)), tuya66(0x13, 200)[:-1]]),
    (17, "udp", [b"\0\0\x55\xaa" + noise("55aa", 60)]),
    # Reolink: the magic with another class, a length, a tag, a checksum that does not fit
    (18, "tcp", [b"\xf0\xde\xbc\x0a" + noise("class", 40)]),
    (19, "tcp", [v.baichuan(5000, b"", 0, 0x6414), v.baichuan(1, b"", 0, 0x1234)]),
    (20, "udp", [broken(v.bc_udp("<P2P><C2M_Q><uid>A</uid></C2M_Q></P2P>", 7), 30), v.bc_udp("<X><C2M_Q/></X>", 7)]),
    (21, "udp", [broken(bc_data(1, noise("p", 40)), 16), b"\x20\xcf\x87\x2a" + noise("ack", 24)]),
    # Xiongmai: Telnet, a number out of range, another body
    (22, "tcp", [b"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27" + bytes(12)]),
    (23, "tcp", [v.xm(4000, {"a": 1}), v.xm(1000, None)[:14] + struct.pack("<HI", 1000, 40) + b"\x80" * 40]),
    (24, "udp", [v.xm(1530, None) + b"zz", v.xm(999, None)]),
    (25, "udp", [bytes.fromhex("1220d007") + noise("xmip", 100), bytes.fromhex("1220d008") + noise("xmip", 108)]),
    # Quvii, V380, miIO
    (26, "udp", [quvii(100, 1, 1) + b"zz", broken(bytes.fromhex("c1efabff0700000f0000000101000000010000000009ffff6cf71c00"), 24)]),
    (27, "udp", [b"NVDEVSEARCH100".ljust(40, b"\0"), b"NVDEVRESULTS^1", b"NVRSEARCH^100" + bytes(10)]),
    (28, "tcp", [v380_login(7, 1), v380_login(1022, 1)[:200]]),
    (29, "udp", [HELLO + b"zz", miio(1, b"12345"), b"\x21\x31\0\x20" + noise("miio", 28)]),
    # Naxclow: a length that is off, no code, small numbers
    (30, "udp", [v720_json(100, uid="1")[:-1], v720(0, b'{"cmd":1}'), v720(100, b"x"), v720(1, b"x" * 40)]),
    (31, "tcp", [struct.pack("<IIIII", 200, 1, 0, 0, 0) + bytes(200)]),
    # Gwell: QUIC, RakNet, a checksum, a type without its size; ASCII that begins with ~
    (32, "udp", [quic(0xC0, 1, 1200, "d"), quic(0xC0, 0x6B3343CF, 539, "e")]),
    (33, "udp", [raknet_ack(1), raknet_ack(2, 3), raknet_ack(4, 5, 6), raknet_ack(*range(7))]),
    (34, "udp", [broken(mtp(0, kcp(1, 81, bytes(40))), 5), mtp(0, kcp(1, 81, bytes(40)))[:-1]]),
    (35, "udp", [gutes(0x15, 44, 1), gutes(0x01, 40, 2), gutes(0x0C, 60, 3), gutes(0xA0, 60, 4)[:-2]]),
    (36, "udp", [b"~x" + noise("tilde", 38), b"~~~~" + noise("tilde", 200)]),
    # numbers that do not go on
    (49, "udp", [gutes(0x15, 40, 1), gutes(0xA0, 60, 5000), gutes(0x01, 68, 90000), gutes(0x17, 44, 80000)]),
    # STUN: classic, without the cookie; a length that is off; TURN over it
    (37, "udp", [struct.pack("!HHI", 1, 0, 0x11111111) + noise("old", 12), stun(1, "x")[:-2], stun(1, "x", attribute(6, b"ab"))[:-3]]),
    (38, "udp", [stun(0x0003, "x", attribute(0x19, b"\x11\0\0\0"))[:-1], struct.pack("!HHI", 3, 0, 0x2112A443) + noise("t", 12)]),
    # KCP: segments that do not fill the datagram, an ACK with a body, another command
    (39, "udp", [kcp(1, 81, b"abc") + b"z", kcp(1, 82, b"abc"), kcp(1, 85), kcp(1, 81) + kcp(2, 81)]),
    # RTMP: RDP and S7 begin with 03; random after it
    (40, "tcp", [tpkt(1200)]), (41, "tcp", [b"\x03" + noise("c1", 1536)]),
    # a mapping taken away, asked of nobody's port, PCP announce; another SOAP action
    (42, "udp", [struct.pack("!BBHHHI", 0, 1, 0, 554, 554, 7200)]),
    (43, "tcp", [lines("POST /ctl HTTP/1.1", "Host: a", 'SOAPAction: "urn:x#GetExternalIPAddress"', body="<NewInternalPort>1</NewInternalPort>")]),
    # VPNs, torrents, calls, games
    (44, "udp", [wireguard(1, 148, "i"), wireguard(2, 92, "r"), wireguard(4, 128, "d"), wireguard(4, 256, "e")]),
    (45, "udp", [utp(4, 1), utp(2, 2), utp(0, 3, 300), utp(0, 4, 200), utp(1, 5)]),
    (46, "udp", [rtp(0x80, 111, n) for n in range(4)] + [rtp(0x90, 96, n) for n in range(4)]),
    (47, "udp", [bytes([5, 0x10, 1, 0, n]) + noise(f"zoom{n}", 300) for n in range(4)]),
    (48, "udp", [b"\xff\xff\xff\xffTSource Engine Query\0", b"\xff\xff\xff\xffI" + noise("source", 90)]),
]


def near_lan():
    net = Net()
    pc, other = Host("192.168.10.60", "00:00:5e:00:53:60"), Host("192.168.10.61", "00:00:5e:00:53:61")
    dhcp(net, pc)
    dhcp(net, other)
    return net, pc, other


def say_both_ways(net, pc, other, port, transport, messages):
    if transport == "tcp":
        for message in messages:
            c = net.tcp(pc, other, port).open()
            c.say(0, message).say(1, message)
        return
    own = pc.port()
    for message in messages:
        net.udp(pc, own, other, port, message)
        net.udp(other, port, pc, own, message)


@scene("p2p-near.pcap")
def p2p_near():
    net, pc, other = near_lan()
    for number, transport, messages in NEAR:
        say_both_ways(net, pc, other, 20000 + number, transport, messages)
    # on the protocols' own ports
    for port in (32100, 32108, 32761, 10001, 10240, 34569, 9999, 6667, 54321, 10008, 8053, 5351, 3478):
        say_both_ways(net, pc, other, port, "udp", [noise(f"own{port}{n}", 40 + 4 * n) for n in range(3)])
    net.udp(pc, 40990, other, 5351, struct.pack("!BBHHHI", 0, 1, 0, 554, 554, 0))
    net.udp(pc, 40991, other, 5351, struct.pack("!BBHI", 2, 0, 0, 0) + bytes(16))
    return net


# number, transport, messages; sent once, never answered
ONE_WAY = [
    (1, "udp", [v.pppp(0x00)] * 3),
    (2, "udp", [v.cs2_encrypt("camera", v.pppp(0x30))] * 3),
    (3, "tcp", [v.pppp_over_tcp(v.pppp(0xE0))]),
    (4, "udp", [cc51(0x1002, 0, bytes(8) + noise("h", 20))] * 2),
    (5, "udp", [tuya66(0x13, 200)] * 2),
    (6, "tcp", [v.baichuan(1, b"", 0xDC01)]),
    (7, "udp", [bc_data(1, noise("p", 40))] * 2),
    (8, "tcp", [v.xm(1000, {"LoginType": "DVRIP-Web"})]),
    (9, "udp", [bytes.fromhex("1220d007") + noise("xmip", 108)] * 2),
    (10, "udp", [quvii(500, 7, 1, noise("q", 400))] * 2),
    (11, "tcp", [v380_login(1022, 31234567)]),
    (12, "udp", [miio(123456789, noise("m", 32))] * 2),
    (13, "udp", [v.tutk(b"\x04\x01\x14", noise("reg", 44))] * 2),
    (14, "udp", [v720(100, packet=1)] * 2),
    (15, "udp", [mtp(0, kcp(7, 81, noise("m", 300)))] * 2),
    (16, "udp", [gutes(0xA0, 60, 1), gutes(0xA0, 60, 2)]),
    (17, "udp", [stun(0x0003, "x", attribute(0x19, b"\x11\0\0\0"))] * 2),
    (18, "udp", [stun(0x0001, "x")] * 2),
    (19, "udp", [kcp(7, 81, noise("k", 100))] * 2),
    (20, "tcp", [b"\x03" + struct.pack("!II", 1234, 0) + noise("c1", 1528)]),
    # more than one message, and still of one side
    (21, "udp", [v.tutk(b"\x04\x05\x24", noise(f"r{n}", 60), n) for n in range(3)]),
    (32100, "udp", [v.cs2_encrypt("nobody knows this one", v.pppp(0x18, UID))] * 2),
]


@scene("p2p-oneway.pcap")
def p2p_oneway():
    """From a camera that nothing else tells of."""
    net, pc, _ = near_lan()
    server = Host(SERVER)
    for number, transport, messages in ONE_WAY:
        port = number if number > 20000 else 20000 + number
        if transport == "tcp":
            c = net.tcp(pc, server, port)
            c.send(0, frames.SYN)
            for m in messages:
                c.say(0, m, ack=False)
            continue
        own = pc.port()
        for m in messages:
            net.udp(pc, own, server, port, m)
    return net


@scene("p2p-alone.pcap")
def p2p_alone():
    """What is enough in one direction: a DID, a checksum, a search, a port mapping."""
    net, camera, phone = near_lan()
    server = Host(SERVER)
    net.udp(camera, 40101, server, 20001, v.pppp(0x18, UID))
    net.udp(phone, 40102, server, 20002, v.bc_udp("<P2P><C2M_Q><uid>95270000ABCDEFGH</uid></C2M_Q></P2P>", 7))
    net.udp(phone, 10009, Host("255.255.255.255", "ff:ff:ff:ff:ff:ff"), 10008, b"NVDEVSEARCH^100")
    net.udp(camera, 40104, net.gateway, 5351, struct.pack("!BBHHHI", 0, 1, 0, 554, 554, 7200))
    u = net.tcp(camera, net.gateway, 5000).open(skip_syn=True)
    u.say(0, lines("POST /ctl HTTP/1.1", "Host: r", 'SOAPAction: "urn:x:WANIPConnection:1#AddPortMapping"',
                   body="<NewProtocol>UDP</NewProtocol><NewInternalPort>37777</NewInternalPort>"), ack=False)
    # two of one side: pictures over PPPP, chained messages
    for i in range(2):
        net.udp(camera, 40106, server, 20006, data(2, 1024, index=i))
    net.udp(camera, 40107, server, 20007, tutk_dtls(b"\x08\x04\x12", dtls(23, noise("v", 200)), 1))
    net.udp(camera, 40107, server, 20007, tutk_dtls(b"\x08\x04\x12", dtls(23, noise("w", 200)), 2))
    return net
