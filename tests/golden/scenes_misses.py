# SPDX-License-Identifier: Apache-2.0
"""What looks like a camera and is none. Nothing is due on these."""

import vendors as v
from net import Host, Net, noise
from scenes import scene
from scenes_conduct import RESOLVER
from talk import dhcp, http, lines, resolve, tls

SERVER = "104.16.10.10"  # arbitrary


def office():
    net = Net()
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    other = Host("192.168.10.61", "00:00:5e:00:53:61")
    dhcp(net, pc)
    dhcp(net, other)
    return net, pc, other


@scene("near-names.pcap")
def near_names():
    """Names that contain a maker's, end like it or start like it."""
    net, pc, _ = office()
    for name in ("www.nothik-connect.com", "hik-connect.com.example.net", "ezvizlife.com.evil.example",
                 "litedev-hik-connect.com", "myeasy4ipcloud.com", "easy4ipcloud.co", "p2preolink.com"):
        resolve(net, pc, RESOLVER, name, [SERVER])
        tls(net, pc, Host(SERVER), name).close()
    return net


@scene("near-magics.pcap")
def near_magics():
    """The right first octets with a length, a checksum or a form that does not fit."""
    net, pc, other = office()
    def both(port, message, back=None):
        own = pc.port()
        net.udp(pc, own, other, port, message)
        net.udp(other, port, pc, own, back or message)
    both(32100, v.pppp(0x41, v.did("ABC", 1, "BCDEF")) + b"z")           # length one short
    both(32100, b"\xf1\x00\x00\x04" + b"\0\0\0\0")                       # HELLO has no body of 4
    both(32108, v.pppp(0x41, noise("did", 20)))                         # no DID in it
    both(37810, b"\x20\0\0\0DHIP" + bytes(8) + b"\x10\0\0\0" + bytes(4) + b"\x20\0\0\0" + bytes(4) + b"{" * 16)
    both(5050, b"\xb3\0\x18\0\x58\0\0\0" + bytes(8) + b"\x02\0\0\0" + noise("b3", 99))
    both(37020, b"<?xml version=\"1.0\"?><Probe><Types>inquiry</Types></Probe>" + b" " * 20)
    both(9999, v.bc_udp("<P2P><C2M_Q/></P2P>", 7)[:-1] + b"?")           # checksum
    both(6667, v.tuya(0x13, noise("t", 64))[:-8] + b"\0\0\0\0\0\0\xaa\x55")
    both(50000, b"PTCP" + noise("ptcp", 40))
    both(50001, b"\xff\xfe\xff\xe7" + noise("stun", 40))
    both(3702, b"UniviewProb" + noise("uv", 100))
    return net


@scene("near-ports.pcap")
def near_ports():
    """Other protocols on the ports of cameras."""
    net, pc, other = office()
    for port in (554, 8000, 8554, 37777, 34567, 9000, 3001, 8666):
        http(net, pc, other, "/", other.ip, lines("HTTP/1.1 200 OK", "Server: nginx", body="hello"), port).close()
        tls(net, pc, other, "intranet.example", port).close()
    for port in (8800, 32100, 32108, 37020, 10001, 32761, 34569, 5050):
        net.udp(pc, pc.port(), other, port, noise(f"up{port}", 48))
        net.udp(other, port, pc, pc.next_port, noise(f"down{port}", 60))
    for source in (554, 37777, 34567, 8000):
        c = net.tcp(pc, Host(SERVER), 443, source).open()
        c.say(0, noise("x", 100)).say(1, noise("y", 200)).close()
    return net


@scene("near-sip.pcap")
def near_sip():
    """Telephones: REGISTER with few digits, a call."""
    net, pc, _ = office()
    server = Host("203.0.113.28")
    for method in ("REGISTER", "OPTIONS"):
        net.udp(pc, 5060, server, 5060, v.gb_message(method, "4921155501", "sip", "sip.example", 1, pc, server))
        net.udp(server, 5060, pc, 5060, v.gb_answer("200 OK", method, "4921155501", "sip.example", 1, pc))
    return net
