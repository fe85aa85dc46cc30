# SPDX-License-Identifier: Apache-2.0
"""Oddities of span ports, around one camera that registers by EZVIZ LBS, TCP 8666."""

import frames as f
import vendors as v
from net import SECOND, Host, Net
from scenes import scene
from scenes_conduct import CLOUD, RESOLVER, known_camera
from talk import dhcp, lines, resolve, tls

SERIAL = "G12345678"


def newcomer(net):
    camera = Host("192.168.10.21", "00:00:5e:00:53:21")
    dhcp(net, camera)
    return camera


def registers(net, camera, **how):
    c = net.tcp(camera, Host(CLOUD), 8666, **how).open()
    c.say(0, v.lbs_refresh(SERIAL)).say(1, v.lbs_answer())
    c.close()
    return c


@scene("one-way.pcap")
def one_way():
    """Only what the camera sends: the answers take another cable."""
    net = Net()
    net.shape = lambda frame, src, dst: frame if src is not None and src.ip == "192.168.10.21" else None
    camera = Host("192.168.10.21", "00:00:5e:00:53:21")
    net.announce(camera)
    port = camera.port()
    for cseq in (1, 2):
        net.udp(camera, port, Host(CLOUD), 5060, v.gb_message(
            "REGISTER", "34020000001320000042", "34020000002000000001", "3402000000", cseq, camera, Host(CLOUD)))
    c = net.tcp(camera, Host("47.91.80.30"), 443).open()
    c.say(0, b"\x17\x03\x03\0\x20" + bytes(32))
    return net


@scene("lost-syn.pcap")
def lost_syn():
    net = Net()
    camera = newcomer(net)
    c = net.tcp(camera, Host(CLOUD), 8666).open(skip_syn=True)
    c.say(0, v.lbs_refresh(SERIAL)).say(1, v.lbs_answer())
    c.close()
    return net


@scene("segmented.pcap")
def segmented():
    """A registration in pieces of 16 octets; a web server's head in pieces of 10."""
    net = Net()
    camera = newcomer(net)
    registers(net, camera, mss=16)
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    other = Host("192.168.10.24", "00:00:5e:00:53:24")
    net.announce(other)
    c = net.tcp(pc, other, 80, mss=10).open()
    c.say(0, lines("GET / HTTP/1.1", f"Host: {other.ip}"))
    c.say(1, lines("HTTP/1.1 200 OK", "Server: DNVRS-Webs", "Content-Type: text/html", body="<html></html>"))
    return net


@scene("late-magic.pcap")
def late_magic():
    """A message that starts in a later segment, after others that say nothing."""
    net = Net()
    camera = newcomer(net)
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    c = net.tcp(pc, camera, 9000).open()
    c.say(0, v.noise("before", 700)).say(1, v.noise("before2", 900))
    c.say(0, v.baichuan(80, b"", 0, 0x6414))
    c.say(1, v.baichuan(80, v.baichuan_xml("<?xml version=\"1.0\"?><body><VersionInfo><name>Garage</name>"
                                          "<serialNumber>00000000000042</serialNumber></VersionInfo></body>"),
                        200, 0x6414))
    return net


@scene("joined-middle.pcap")
def joined_middle():
    """The capture starts while a session runs: video first, then a command."""
    net = Net()
    camera = newcomer(net)
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    c = net.tcp(pc, camera, 37777).open(skip_syn=True)
    c.skip(0, 5000)
    c.skip(1, 900000)
    c.say(1, v.noise("middle", 1400))
    for code, text in ((0x0B, "IPC-HFW1431S"), (0x07, "6L0A1B2PAG00042")):
        c.say(0, v.dvrip_property(code)).say(1, v.dvrip_property(code, text))
    return net


@scene("vlan-one-side.pcap")
def vlan_one_side():
    """The port tags what goes out, not what comes in."""
    net = Net()
    net.shape = lambda frame, src, dst: f.with_vlan(frame, 42) if src and src.ip == "192.168.10.21" else frame
    registers(net, newcomer(net))
    return net


@scene("double.pcap")
def double():
    """Every frame twice, half a millisecond apart: the span copies both ports."""
    net = Net()
    camera = known_camera(net)
    resolve(net, camera, RESOLVER, "litedev.hik-connect.com", [CLOUD])
    for _ in range(6):
        tls(net, camera, Host(CLOUD), "litedev.hik-connect.com").close()
    net.packets = sorted(net.packets + [(t + 500000, data, n) for t, data, n in net.packets], key=lambda p: p[0])
    return net


@scene("snaplen.pcap")
def snaplen():
    """96 octets of each frame: enough for TLS to be seen, not for its name; DNS gives that."""
    net = Net()
    net.snaplen = 96
    camera = Host("192.168.10.21", "00:00:5e:00:53:21")
    net.announce(camera)
    resolve(net, camera, RESOLVER, "litedev.ys7.com", [CLOUD])
    tls(net, camera, Host(CLOUD), "litedev.ys7.com", 8666).close()
    return net


@scene("fragments.pcap")
def fragments():
    """An answer larger than a frame: the later fragment has no ports."""
    net = Net()
    camera = newcomer(net)
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    answer = v.uniview_match(camera, "IPC3614SB-ADF28KM", "210235C3LN3000000042", "IPC_G6107-B0001")
    net.udp_fragments(camera, 3702, pc, 50000, answer + b"<!--" + b"x" * 1200 + b"-->")
    orphan = f.ip_packet(camera.ip, pc.ip, f.UDP, b"y" * 400, 999, 64, 185)
    net.put(f.ether(camera.mac, pc.mac, f.ETHER_IPV4, orphan))
    return net


def tunnelled(outer):
    net = Net()
    a, b = Host("10.1.1.1", "00:00:5e:00:53:a1"), Host("10.1.1.2", "00:00:5e:00:53:a2")
    net.shape = lambda frame, src, dst: f.ether(a.mac, b.mac, f.ETHER_IPV4, outer(a, b, frame))
    registers(net, newcomer(net))
    return net


@scene("vxlan.pcap")
def vxlan():
    return tunnelled(lambda a, b, frame: f.ip_packet(
        a.ip, b.ip, f.UDP, f.udp(a.ip, 50000, b.ip, 4789, f.vxlan(frame, 42)), 1))


@scene("gre.pcap")
def gre():
    """Transparent Ethernet bridging in GRE."""
    return tunnelled(lambda a, b, frame: f.ip_packet(a.ip, b.ip, f.GRE, f.gre(frame, 0x6558), 1))


@scene("erspan.pcap")
def erspan():
    return tunnelled(lambda a, b, frame: f.ip_packet(a.ip, b.ip, f.GRE, f.erspan(frame, 7, 1), 1))


@scene("clock.pcap")
def clock():
    """One frame stamped 2106, and a clock that is set back by an hour half way."""
    net = Net()
    camera = newcomer(net)
    registers(net, camera)
    kept = net.now
    net.now = 4294967290 * SECOND
    net.announce(camera)
    net.now = kept
    registers(net, camera)
    net.now -= 3600 * SECOND
    for _ in range(3):
        registers(net, camera)
    return net


@scene("camera.pcapng")
def camera_pcapng():
    """The other file format."""
    net = Net()
    registers(net, newcomer(net))
    return net
