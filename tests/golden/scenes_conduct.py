# SPDX-License-Identifier: Apache-2.0
"""What devices and viewers do: blocked, exposed, relayed, watched, pulled by a recorder."""

import struct

import frames as f
import vendors as v
from net import Host, Net
from scenes import scene
from scenes_platforms import HOME, UID, plain, pppp_register, pppp_session
from talk import NXDOMAIN, dhcp, http, interleaved, lines, resolve, rtsp, tls

CLOUD = "47.91.80.10"  # arbitrary global addresses; nobody's
RELAY = "47.91.80.20"
RESOLVER = Host("9.9.9.9")
SERIAL = "6L0A1B2PAG00042"


def known_camera(net, ip="192.168.10.21", hardware="00:00:5e:00:53:21"):
    """A Hikvision camera that has announced itself."""
    camera = Host(ip, hardware)
    dhcp(net, camera)
    net.udp(camera, 37020, net.group("239.255.255.250"), 37020,
            v.sadp_match(camera, "DS-2CD2143G2-I", "DS-2CD2143G2-I20240102AAWRE" + ip.split(".")[3].zfill(8), "V5"))
    return camera


def try_syn(net, camera, server, port, answer=None):
    """Three SYNs of one socket, 1 and 2 s apart; answer(connection) after each."""
    c = net.tcp(camera, server, port)
    start = c.seq[0]
    for pause in (1, 2, 1):
        c.seq[0] = start
        c.send(0, f.SYN)
        if answer:
            answer(c)
        net.wait(pause)


@scene("blocked.pcap")
def blocked():
    net = Net()
    camera = known_camera(net)
    resolve(net, camera, RESOLVER, "litedev.hik-connect.com", [CLOUD])
    for _ in range(3):
        try_syn(net, camera, Host(CLOUD), 8666)
    return net


@scene("refused.pcap")
def refused():
    net = Net()
    camera = known_camera(net)
    resolve(net, camera, RESOLVER, "litedev.hik-connect.com", [CLOUD])
    try_syn(net, camera, Host(CLOUD), 8666, lambda c: c.reset(1))
    port = camera.port()
    net.udp(camera, port, Host(RELAY), 8800, v.dahua_request("DHGET", "/probe/p2psrv", 1))
    quoted = f.ip_packet(camera.ip, RELAY, f.UDP, f.udp(camera.ip, port, RELAY, 8800, b"x" * 20))[:28]
    net.ip(net.gateway, camera, f.ICMP, f.icmp(3, 13, bytes(4), quoted))
    net.wait(5)
    return net


@scene("sinkhole.pcap")
def sinkhole():
    net = Net()
    camera = known_camera(net)
    resolve(net, camera, RESOLVER, "litedev.hik-connect.com", ["0.0.0.0"])
    net.wait(1)
    resolve(net, camera, RESOLVER, "dev.hik-connect.com", [], NXDOMAIN)
    net.wait(1)
    return net


@scene("exposed.pcap")
def exposed():
    """Somebody outside is let in: RTSP and HTTP, by a forwarded port."""
    net = Net()
    camera = known_camera(net)
    stranger = Host("185.220.10.10")  # arbitrary
    c = rtsp(net, stranger, camera, "rtsp://198.51.100.7/Streaming/Channels/101", sport=50000)
    c.stream(1, 6, head=interleaved(1396), size=1400)
    http(net, stranger, camera, "/doc/page/login.asp", "198.51.100.7",
         lines("HTTP/1.1 200 OK", "Server: App-webs/", "Content-Type: text/html", body="<html></html>")).close()
    scan = net.tcp(stranger, camera, 23)
    scan.send(0, f.SYN)
    return net


def dahua_registers(net, camera):
    server, port = Host(CLOUD), camera.port()
    net.udp(camera, port, server, 8800, v.dahua_request("DHGET", f"/online/p2psrv/{SERIAL}", 1, SERIAL))
    net.udp(server, 8800, camera, port, v.dahua_answer(1, f"<body><DS>{CLOUD}:8802</DS></body>"))
    net.udp(camera, port, server, 8802, v.dahua_request("DHGET", f"/setup/device/{SERIAL}", 2, SERIAL))
    net.udp(server, 8802, camera, port, v.dahua_answer(2, "<body></body>"))
    return server, port


def tunnel(net, camera, port, peer, peer_port):
    net.udp(camera, port, peer, peer_port, v.ptcp_syn())
    net.udp(peer, peer_port, camera, port, v.ptcp_syn())
    net.media(camera, port, peer, peer_port, 8, head=v.ptcp_data, back=v.ptcp_ack())


@scene("lineage.pcap")
def lineage():
    """A rendezvous introduces an address that nobody knows; the video goes there straight."""
    net = Net()
    camera = Host("192.168.10.22", "00:00:5e:00:53:22")
    dhcp(net, camera)
    server, port = dahua_registers(net, camera)
    net.udp(server, 8802, camera, port, v.dahua_request(
        "DHPOST", f"/device/{SERIAL}/p2p-channel", 3, "", f"<body><PubAddr>{HOME.ip}:51000</PubAddr></body>"))
    net.udp(camera, port, server, 8802, v.dahua_answer(3, f"<body><LocalAddr>{camera.ip}:{port}</LocalAddr></body>"))
    net.udp(camera, port, HOME, 51000, v.dahua_stun("request", camera.ip, port, "a"))
    net.udp(HOME, 51000, camera, port, v.dahua_stun("answer", HOME.ip, 51000, "a"))
    tunnel(net, camera, port, HOME, 51000)
    return net


@scene("lineage-pppp.pcap")
def lineage_pppp():
    net = Net()
    camera = Host("192.168.10.22", "00:00:5e:00:53:22")
    dhcp(net, camera)
    port = camera.port()
    pppp_register(net, camera, port, plain)
    net.udp(Host("47.88.10.10"), 32100, camera, port, v.pppp(0x40, v.pppp_sockaddr(HOME.ip, 51000)))
    pppp_session(net, camera, port, HOME, 51000, 7, plain)
    return net


@scene("relay.pcap")
def relay():
    """No way straight: both sides meet at an agent of the maker."""
    net = Net()
    camera = Host("192.168.10.22", "00:00:5e:00:53:22")
    dhcp(net, camera)
    server, port = dahua_registers(net, camera)
    agent = Host(RELAY)
    net.udp(camera, port, agent, 8803, v.dahua_request("DHGET", "/relay/agent", 4, SERIAL))
    net.udp(agent, 8803, camera, port, v.dahua_answer(4, "<body><Token>0</Token></body>"))
    net.udp(camera, port, agent, 8803, v.dahua_request("DHPOST", "/relay/start/0123", 5, SERIAL, "<body></body>"))
    net.udp(agent, 8803, camera, port, v.dahua_answer(5, "<body></body>"))
    tunnel(net, camera, port, agent, 8803)
    return net


@scene("streaming.pcap")
def streaming():
    """Quiet, then a stream, then quiet again, in one connection."""
    net = Net()
    camera = known_camera(net)
    resolve(net, camera, RESOLVER, "litedev.hik-connect.com", [CLOUD])
    c = tls(net, camera, Host(CLOUD), "litedev.hik-connect.com")
    for _ in range(3):
        net.wait(6)
        c.say(0, b"\x17\x03\x03\0\x10" + bytes(16))
    c.stream(0, 12, size=1400)
    for _ in range(4):
        net.wait(6)
        c.say(0, b"\x17\x03\x03\0\x10" + bytes(16))
    c.close()
    return net


@scene("viewer.pcap")
def viewer():
    """A phone with the apps of four makers."""
    net = Net()
    phone = Host("192.168.10.71", "00:00:5e:00:53:71")
    dhcp(net, phone, "phone")
    for name in ("api.hik-connect.com", "apiieu.ezvizlife.com", "openapi-fk.easy4ip.com", "app.imou.com"):
        resolve(net, phone, RESOLVER, name, [CLOUD])
        tls(net, phone, Host(CLOUD), name).close()
    return net


@scene("nvr.pcap")
def nvr():
    """One host takes the pictures of two cameras."""
    net = Net()
    recorder = Host("192.168.10.31", "00:00:5e:00:53:31")
    dhcp(net, recorder)
    for n in (21, 22):
        camera = known_camera(net, f"192.168.10.{n}", f"00:00:5e:00:53:{n}")
        c = rtsp(net, recorder, camera, f"rtsp://{camera.ip}/Streaming/Channels/101")
        c.stream(1, 6, head=interleaved(1396), size=1400)
    return net


@scene("dual-stack.pcap")
def dual_stack():
    """One camera under IPv4, a unique local and a global IPv6 address."""
    net = Net()
    camera = known_camera(net)
    gateway6 = Host("fd00:10::1", net.gateway.mac)
    for ip in ("fd00:10::21", "2001:db8:10::21"):
        own = Host(ip, camera.mac)
        target = struct.pack("!I", 0) + f.ipaddress.ip_address(gateway6.ip).packed + b"\x01\x01" + f.mac(own.mac)
        node = Host("ff02::1:ff00:1")
        own.ttl = 255
        net.ip(own, node, f.ICMP6, f.icmp6(own.ip, node.ip, 135, target))
        own.ttl = 64
        resolve(net, own, gateway6, "litedev.hik-connect.com", ["2a02:26f0:10::10"])
        tls(net, own, Host("2a02:26f0:10::10"), "litedev.hik-connect.com").close()
    return net


@scene("behind-router.pcap")
def behind_router():
    """A camera two hops away: every frame bears the router's MAC, which looks like a camera's."""
    net = Net("10.0.0.1", "44:19:b6:00:53:01")
    pc = Host("10.0.0.60", "00:00:5e:00:53:60")
    net.announce(pc)
    for n in range(4):
        tls(net, pc, Host(f"104.16.10.{n + 1}"), "www.example.com").close()
    camera = Host("10.99.0.21", ttl=62)
    http(net, pc, camera, "/", camera.ip,
         lines("HTTP/1.1 200 OK", "Server: App-webs/", "Content-Type: text/html", body="<html></html>")).close()
    return net


@scene("dns-only.pcap")
def dns_only():
    """TLS without SNI: only the answer to this device names the server. Another host that goes to
    the same address asked for something else."""
    net = Net()
    camera = Host("192.168.10.21", "00:00:5e:00:53:21")
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    dhcp(net, camera)
    dhcp(net, pc)
    resolve(net, camera, RESOLVER, "litedev.hik-connect.com", [CLOUD])
    resolve(net, pc, RESOLVER, "www.example.com", [CLOUD])
    tls(net, camera, Host(CLOUD)).close()
    tls(net, pc, Host(CLOUD)).close()
    return net


@scene("names-disagree.pcap")
def names_disagree():
    """Two names of two makers live at one address: neither is said."""
    net = Net()
    host = Host("192.168.10.50", "00:00:5e:00:53:50")
    dhcp(net, host)
    resolve(net, host, RESOLVER, "litedev.hik-connect.com", [CLOUD])
    resolve(net, host, RESOLVER, "p2p.reolink.com", [CLOUD])
    tls(net, host, Host(CLOUD)).close()
    return net
