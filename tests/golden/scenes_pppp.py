# SPDX-License-Identifier: Apache-2.0
"""PPPP: every message of protocols_p2p.md 2 in a flow of its own, and a camera of each dialect. Sides are those
of corrections.md 4. What looks like a key, a token or a password is made up, and must never be told."""

import struct

import vendors as v
from net import BROADCAST, Host, Net, noise
from scenes import scene
from talk import dhcp

SERVER = Host("47.88.10.10")
PEER = Host("86.160.10.10")
UID = v.did("TNPUSAA", 123456, "BCDEF")
SECRET = b"DONOTTELLTHISKEY"
ALIVE, ALIVE_ACK = v.pppp(0xE0), v.pppp(0xE1)


def sockaddr(host, port):
    return v.pppp_sockaddr(host.ip, port)


def login_crc(uid, host, port):
    """Type 12: the first six octets masked (corrections.md 4, captures xiaomi-y2-*)."""
    mask = bytes.fromhex("cc2af2a4b028") + bytes(14)
    masked = bytes(a ^ b for a, b in zip(uid, mask))
    return v.pppp(0x12, masked + bytes.fromhex("00050008") + sockaddr(host, port) + SECRET[:4])


def relay_list(hosts):
    return v.pppp(0x69, struct.pack("<I", len(hosts)) + b"".join(sockaddr(h, 32100) for h in hosts))


def data(channel, size, head=b"", index=0):
    """A DRW message with size octets behind its own header."""
    return v.pppp_drw(channel, index, size + 8) + head + noise(f"drw{channel}{index}", size - len(head))


def forms(camera, phone):
    """(number, who, message): number is the type, more than 255 for another size of it. Who sends it: d the
    device, v the viewer, s the server, p either."""
    own, far = sockaddr(camera, 41000), sockaddr(PEER, 42000)
    return [
        (0x00, "p", v.pppp(0x00)), (0x100, "d", v.pppp(0x00, UID + bytes(4))),
        (0x01, "s", v.pppp(0x01, far)), (0x02, "p", v.pppp(0x02, own + far)), (0x03, "p", v.pppp(0x03)),
        (0x10, "d", v.pppp_login(UID, camera, 41000)), (0x110, "d", v.pppp(0x10, UID + bytes(132))),
        (0x11, "s", v.pppp(0x11, bytes(4))),
        (0x12, "d", login_crc(UID, camera, 41000)), (0x13, "s", v.pppp(0x13, bytes(8))),
        (0x14, "d", v.pppp(0x14, UID + bytes(4) + own + SECRET + bytes(48))), (0x15, "s", v.pppp(0x15, bytes(4))),
        (0x16, "d", v.pppp(0x16, UID + bytes(4) + own + SECRET)),
        (0x18, "d", v.pppp(0x18, UID)), (0x19, "s", v.pppp(0x19, bytes(8))),
        (0x20, "v", v.pppp(0x20, UID + sockaddr(phone, 43000))), (0x120, "v", v.pppp(0x20, UID + bytes(132))),
        (0x21, "s", v.pppp(0x21, bytes(4))),
        (0x26, "v", v.pppp(0x26, UID + sockaddr(phone, 43000) + SECRET + bytes(12))),
        (0x30, "v", v.pppp(0x30)), (0x31, "d", v.pppp(0x31, UID)), (0x32, "p", v.pppp(0x32)),
        (0x132, "p", v.pppp(0x32, UID)), (0x33, "p", v.pppp(0x33, noise("ext", 52))),
        (0x40, "s", v.pppp(0x40, far)),
        (0x41, "p", v.pppp(0x41, UID)), (0x141, "p", v.pppp(0x41, UID + bytes(4))),
        (0x241, "v", v.pppp(0x41, UID + bytes(3))),
        (0x42, "p", v.pppp(0x42, UID)), (0x142, "p", v.pppp(0x42, UID + bytes(4))),
        (0x43, "p", v.pppp(0x43)), (0x143, "p", v.pppp(0x43, UID + own + bytes(8))),
        (0x60, "p", v.pppp(0x60, noise("rs", 28))), (0x61, "s", v.pppp(0x61, bytes(4))),
        (0x62, "p", v.pppp(0x62, noise("rs2", 44))), (0x63, "s", v.pppp(0x63, bytes(4))),
        (0x67, "p", v.pppp(0x67, UID)), (0x68, "p", v.pppp(0x68)), (0x69, "s", relay_list([SERVER, PEER])),
        (0x6A, "v", v.pppp(0x6A, UID + SECRET + bytes(8))),
        (0x70, "p", v.pppp(0x70)), (0x71, "s", v.pppp(0x71)), (0x72, "p", v.pppp(0x72)),
        (0x73, "s", v.pppp(0x73, struct.pack("!IHH", 7, 8100, 0))), (0x78, "p", v.pppp(0x78, bytes(4))),
        (0x76, "p", v.pppp(0x76, noise("port", 264))), (0x77, "p", v.pppp(0x77, noise("req", 288))),
        (0xC0, "p", v.pppp(0xC0, noise("vgw", 24))), (0xC3, "p", v.pppp(0xC3, UID)), (0xC4, "p", v.pppp(0xC4, bytes(4))),
        (0xC5, "p", v.pppp(0xC5)), (0xC6, "p", v.pppp(0xC6, UID)),
        (0x300, "p", b"\xa1\x04\0\x14" + UID), (0x301, "p", b"\xf2\x10\0\0"),
        (0x80, "p", v.pppp(0x80, UID + far + SECRET[:4])), (0x180, "p", v.pppp(0x80, UID + bytes(140))),
        (0x81, "s", v.pppp(0x81, bytes(4))), (0x82, "s", v.pppp(0x82, far + bytes(4))),
        (0x83, "p", v.pppp(0x83, bytes(4) + UID + bytes(4))), (0x84, "p", v.pppp(0x84, UID)),
        (0xA0, "v", v.pppp(0xA0, noise("report", 40))), (0xA2, "v", v.pppp(0xA2, noise("report2", 60))),
        (0xAA, "v", v.pppp(0xAA, SECRET + bytes(4))), (0x1AA, "v", v.pppp(0xAA, SECRET + bytes(1204))),
        (0xAB, "s", v.pppp(0xAB, bytes(24))), (0x1AB, "s", v.pppp(0xAB, bytes(72))),
        (0xAC, "v", v.pppp(0xAC, SECRET + bytes(4))),
        (0xD0, "p", data(0, 40)), (0x1D0, "d", data(2, 1024)), (0x2D0, "p", data(1, 60, bytes.fromhex("55aa15a8"))),
        (0xD1, "p", v.pppp_ack(0, 3)), (0xD8, "p", v.pppp(0xD8, bytes(8))),
        (0xE0, "p", ALIVE), (0xE1, "p", ALIVE_ACK), (0xE5, "p", v.pppp(0xE5, bytes(8))),
        (0xF0, "p", v.pppp(0xF0)), (0xF1, "p", v.pppp(0xF1)), (0xF9, "p", v.pppp(0xF9, noise("ready", 84))),
    ]


def lan():
    """A camera and a phone; the hosts outside start anew, so that each capture stands alone."""
    for host in (SERVER, PEER):
        host.ident, host.next_port = 1, 40000
    net = Net()
    camera = Host("192.168.10.21", "00:00:5e:00:53:21")
    phone = Host("192.168.10.71", "00:00:5e:00:53:71")
    dhcp(net, camera)
    dhcp(net, phone, "phone")
    return net, camera, phone


def ends(who, camera, phone):
    """From whom to whom."""
    return {"d": (camera, SERVER), "v": (phone, SERVER), "s": (SERVER, camera), "p": (camera, PEER)}[who]


def say_form(net, camera, phone, port, who, *messages):
    """Messages in one flow; the server's side has the port."""
    src, dst = ends(who, camera, phone)
    own = (phone if who == "v" else camera).port()
    for message in messages:
        net.udp(src, port if src is SERVER else own, dst, own if src is SERVER else port, message)


def fillers(message):
    return [x for x in (ALIVE, ALIVE_ACK, v.pppp(0x70)) if x != message][:2]


@scene("pppp-messages.pcap")
def pppp_messages():
    """Port 20000 + number. Before each two that say nothing, for such messages count half."""
    net, camera, phone = lan()
    for number, who, message in forms(camera, phone):
        say_form(net, camera, phone, 20000 + number, who, *fillers(message), message)
    return net


# For each key one of each phase and side, with no gap between the keys.
KEYS = ["camera", "SHIX", "SSD@cs2-network.", "aqarakr19kn"]
SHORT = [0x01, 0x10, 0x20, 0x30, 0x40, 0x41, 0x42, 0x69, 0x80, 0x1D0, 0xE1]


@scene("pppp-keyed-messages.pcap")
def pppp_keyed_messages():
    """Port 21000 + number, and 1000 more for each key."""
    net, camera, phone = lan()
    for i, key in enumerate(KEYS):
        for number, who, message in forms(camera, phone):
            if number in SHORT:
                messages = [v.cs2_encrypt(key, m) for m in fillers(message) + [message]]
                say_form(net, camera, phone, 21000 + 1000 * i + number, who, *messages)
    return net


@scene("pppp-tcp-messages.pcap")
def pppp_tcp_messages():
    """Port 20000 + number; each message with a key of its own."""
    net, camera, phone = lan()
    for number, who, message in forms(camera, phone):
        if number not in SHORT + [0x12, 0x13]:
            continue
        c = net.tcp(phone if who == "v" else camera, SERVER, 20000 + number).open()
        for r, m in ((0x21, ALIVE), (0x43, message)):
            c.say(1 if who == "s" else 0, v.pppp_over_tcp(m, r, number & 0xFF))
    two = v.pppp_over_tcp(ALIVE) + v.pppp_over_tcp(v.pppp_login(UID, camera, 41000), 1, 2)
    net.tcp(camera, SERVER, 24000).open().say(0, two)
    return net


# ---- dialects ----

# brand or program, prefix and code of its DIDs, key, what its data messages begin with
DIALECTS = [
    ("cs2", "ABCD", "GHJKL", None, b""),
    ("ilnk", "WXYZ", "ABCDE", None, bytes.fromhex("110a")),
    ("yi", "TNPUSAC", "KLMNP", None, b""),
    ("eufy", "EUPRAKM", "PRSTU", None, b"XZYH"),
    ("vstarcam", "VSTA", "VWXYZ", None, bytes.fromhex("010a0000")),
    ("camhi", "AAFF", "BCDFG", None, bytes.fromhex("99999999")),
    ("xiaomi", "XMSYAB", "HJKLM", None, b""),
    ("a9", "DGOK", "NPRST", "SHIX", bytes.fromhex("060aa080")),
]


def login_of(name, uid, camera, port):
    """How a camera of this dialect reports, and what is answered."""
    if name == "xiaomi":
        return login_crc(uid, camera, port), v.pppp(0x13, bytes(8))
    if name == "yi":
        return v.pppp(0x14, uid + bytes(4) + sockaddr(camera, port) + SECRET + bytes(48)), v.pppp(0x15, bytes(4))
    if name == "eufy":
        return v.pppp(0x16, uid + bytes(4) + sockaddr(camera, port) + SECRET), None
    return v.pppp_login(uid, camera, port), v.pppp(0x11, bytes(4))


def lookup_of(name, uid, phone, port):
    """How its app asks for it."""
    if name == "eufy":
        return v.pppp(0x26, uid + sockaddr(phone, port) + SECRET + bytes(12))
    return v.pppp(0x20, uid + sockaddr(phone, port))


def search_of(name, uid):
    """LAN search and its answer."""
    if name in ("ilnk", "vstarcam"):
        return v.pppp(0x32), v.pppp(0x41, uid)
    if name == "yi":
        return v.pppp(0x30), v.pppp(0x41, uid + bytes(4))
    return v.pppp(0x30), v.pppp(0x41, uid)


def talk_dialect(net, camera, phone, server, dialect):
    """Reports, is looked for, is punched to by a phone outside, sends pictures, closes."""
    name, prefix, code, key, magic = dialect
    uid = v.did(prefix, 654321, code)
    seal = (lambda m: v.cs2_encrypt(key, m)) if key else (lambda m: m)
    port, away = camera.port(), Host("86.160.20." + camera.ip.rsplit(".", 1)[1])
    everybody = Host("255.255.255.255", BROADCAST)
    login, answer = login_of(name, uid, camera, port)
    net.udp(camera, port, server, 32100, seal(v.pppp(0x00)))
    net.udp(server, 32100, camera, port, seal(v.pppp(0x01, sockaddr(PEER, 41000))))
    net.udp(camera, port, server, 32100, seal(login))
    if answer:
        net.udp(server, 32100, camera, port, seal(answer))
    if name == "yi":
        net.udp(camera, port, everybody, 32108, v.pppp(0x31, uid))
    search, found = search_of(name, uid)
    looker = phone.port()
    net.udp(phone, looker, everybody, 32108, seal(search))
    net.udp(camera, 32108, phone, looker, seal(found))
    net.udp(phone, looker, server, 32100, seal(lookup_of(name, uid, phone, looker)))
    net.udp(server, 32100, camera, port, seal(v.pppp(0x40, sockaddr(away, 50000))))
    net.udp(camera, port, away, 50000, seal(v.pppp(0x41, uid)))
    net.udp(away, 50000, camera, port, seal(v.pppp(0x41, uid + (bytes(3) if name == "eufy" else b""))))
    net.udp(camera, port, away, 50000, seal(v.pppp(0x42, uid)))
    net.udp(away, 50000, camera, port, seal(data(0, 40, magic)))
    kept, net.snaplen = net.snaplen, net.picture_snap
    for i in range(6):
        net.udp(camera, port, away, 50000, seal(data(2, 1024, magic, i)))
    net.snaplen = kept
    net.udp(away, 50000, camera, port, seal(v.pppp_ack(2, 5)))
    net.udp(away, 50000, camera, port, seal(v.pppp(0xF0)))


@scene("pppp-dialects.pcap")
def pppp_dialects():
    """Cameras .31 to .38, servers 47.88.31.x."""
    net, phone = Net(), Host("192.168.10.71", "00:00:5e:00:53:71")
    dhcp(net, phone, "phone")
    for i, dialect in enumerate(DIALECTS):
        camera = Host(f"192.168.10.{31 + i}", f"00:00:5e:00:53:{31 + i}")
        dhcp(net, camera)
        talk_dialect(net, camera, phone, Host(f"47.88.31.{31 + i}"), dialect)
        net.wait(1)
    return net


@scene("pppp-relay.pcap")
def pppp_relay():
    """No hole could be punched: a relay is listed, asked for a port, and carries the session."""
    net, camera, _ = lan()
    relay, port = Host("47.99.10.10"), camera.port()
    net.udp(camera, port, SERVER, 32100, v.pppp_login(UID, camera, port))
    net.udp(SERVER, 32100, camera, port, v.pppp(0x11, bytes(4)))
    net.udp(camera, port, SERVER, 32100, v.pppp(0x67, UID))
    net.udp(SERVER, 32100, camera, port, relay_list([relay]))
    net.udp(camera, port, relay, 32100, v.pppp(0x70))
    net.udp(relay, 32100, camera, port, v.pppp(0x71))
    net.udp(camera, port, relay, 32100, v.pppp(0x72))
    net.udp(relay, 32100, camera, port, v.pppp(0x73, struct.pack("!IHH", 7, 8100, 0)))
    net.udp(camera, port, relay, 8100, v.pppp(0x83, bytes(4) + UID + bytes(4)))
    net.udp(relay, 8100, camera, port, v.pppp(0x84, UID))
    kept, net.snaplen = net.snaplen, net.picture_snap
    for i in range(90):
        net.udp(camera, port, relay, 8100, data(2, 1024, index=i))
        if i % 10 == 0:
            net.udp(relay, 8100, camera, port, v.pppp_ack(2, i))
        net.wait(0.07)
    net.snaplen = kept
    return net
