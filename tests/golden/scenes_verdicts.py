# SPDX-License-Identifier: Apache-2.0
"""What misleads: each of these made a wrong verdict on real traffic (corrections.md, rules of evidence)."""

import frames as f
import vendors as v
from net import Host, Net, noise
from scenes import scene
from scenes_conduct import known_camera
from scenes_platforms import UID, plain, pppp_session
from talk import dhcp, http, lines, resolve, rtsp, tls

CDN = "104.16.20.10"  # arbitrary global addresses; nobody's
CLOUD = "47.91.80.30"
RENDEZVOUS = "47.88.10.40"
MAKERS_PREFIX = "44:19:b6:00:53:01"  # registered to Hikvision


def resolver():
    """A new one for each scene: hosts count their packets."""
    return Host("9.9.9.9")


@scene("gateway.pcap")
def gateway():
    """The router has the prefix of a maker of cameras. Its own ARP comes first, then what it forwards."""
    net = Net(gateway_mac=MAKERS_PREFIX)
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    net.ask_arp(pc, net.gateway)
    dhcp(net, pc)
    resolve(net, pc, net.gateway, "www.example.com", [CDN])
    tls(net, pc, Host(CDN), "www.example.com").close()
    net.wait(5)
    net.ask_arp(pc, net.gateway)
    return net


@scene("phone-app.pcap")
def phone_app():
    """A phone with the apps of makers finds cameras, and watches one from outside."""
    net = Net()
    phone = Host("192.168.10.71", "00:00:5e:00:53:71")
    dhcp(net, phone, "phone")
    port = phone.port()
    for group, where, search in (("239.255.255.250", 37020, v.sadp_probe()),
                                 ("239.255.255.251", 37810, v.dhip_search()),
                                 ("239.255.255.250", 3702, v.wsd_probe())):
        net.udp(phone, port, net.group(group), where, search)
    for name in ("api.hik-connect.com", "push.hik-connect.com", "app.imou.com", "apis.reolink.com"):
        resolve(net, phone, resolver(), name, [CLOUD])
        tls(net, phone, Host(CLOUD), name).close()
    server, port = Host(CLOUD), phone.port()
    net.udp(phone, port, server, 8800, v.dahua_request("DHGET", "/probe/device/6L0A1B2PAG00042", 1, "cba1b29e32cb17aa46b8ff9e73c7f40b"))
    net.udp(server, 8800, phone, port, v.dahua_answer(1, "<body><US>47.91.80.31:8803</US></body>"))
    camera, port = Host("86.160.10.40"), phone.port()
    for message in (0x20, 0x26):
        net.udp(phone, port, server, 32100, v.pppp(message, UID + bytes(20)))
        net.udp(server, 32100, phone, port, v.pppp(0x21, bytes(4)))
    pppp_session(net, camera, 51000, phone, port, 7, plain)
    return net


@scene("browser.pcap")
def browser():
    """Somebody reads the makers' pages, fetches firmware and looks at a camera of the house."""
    net = Net()
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    dhcp(net, pc)
    for name in ("www.hikvision.com", "www.dahuasecurity.com", "www.uniview.com", "reolink.com", "www.ezviz.com"):
        resolve(net, pc, resolver(), name, [CDN])
        tls(net, pc, Host(CDN), name).close()
    camera = known_camera(net)
    http(net, pc, camera, "/doc/page/login.asp", camera.ip,
         lines("HTTP/1.1 200 OK", "Server: App-webs/", "Content-Type: text/html", body="<html></html>"),
         agent="Mozilla/5.0 (X11; Linux x86_64) NKPlayer-1.00").close()
    return net


@scene("many-behind.pcap")
def many_behind():
    """2,000 hosts of other networks behind one router. Its prefix is a maker's; one of them is a camera."""
    net = Net("10.0.0.1", MAKERS_PREFIX)
    server = Host("10.0.0.9", "00:00:5e:00:53:09")
    net.announce(server)
    net.snaplen = 42
    for i in range(2000):
        net.udp(Host(f"10.{20 + i // 250}.0.{1 + i % 250}", ttl=62), 40000, server, 9, b"")
    net.snaplen = 262144
    camera = Host("10.20.0.21", ttl=62)
    net.udp(camera, 37020, server, 37020,
            v.sadp_match(Host(camera.ip, "00:00:5e:00:53:21"), "DS-2CD2143G2-I", "DS-2CD2143G2-I20240102AAWRE00000021", "V5"))
    return net


@scene("other-answers.pcap")
def other_answers():
    """A camera searches; another one answers to its port."""
    net = Net()
    asker, other = Host("192.168.10.22", "00:00:5e:00:53:22"), Host("192.168.10.23", "00:00:5e:00:53:23")
    dhcp(net, asker)
    dhcp(net, other)
    net.udp(asker, 37810, net.group("239.255.255.251"), 37810, v.dhip_search())
    net.udp(other, 37810, asker, 37810,
            v.dhip_notify(other, "Dahua", "IPC", "IPC-HFW2831T", "6L0A1B2PAG00023", "2.8", "porch"))
    net.udp(asker, 3702, net.group("239.255.255.250"), 3702, v.wsd_probe())
    net.udp(other, 3702, asker, 3702, v.wsd_match(other, v.onvif_scopes("Dahua", "IPC-HFW2831T")))
    return net


@scene("shared-address.pcap")
def shared_address():
    """One address of a CDN serves two makers' names and a shop."""
    net = Net()
    camera, pc = known_camera(net), Host("192.168.10.60", "00:00:5e:00:53:60")
    other = Host("192.168.10.61", "00:00:5e:00:53:61")
    dhcp(net, pc)
    dhcp(net, other)
    resolve(net, camera, resolver(), "litedev.hik-connect.com", [CDN])
    tls(net, camera, Host(CDN), "litedev.hik-connect.com").close()
    resolve(net, pc, resolver(), "shop.example.com", [CDN])
    tls(net, pc, Host(CDN), "shop.example.com").close()
    tls(net, other, Host(CDN)).close()                     # asked nobody here, names nobody
    tls(net, camera, Host(CDN), "p2p.reolink.com").close()  # what it says goes before what it asked
    return net


def torrent(net, host, port, peer, peer_port):
    """DHT (BEP 5) and uTP (BEP 29)."""
    ping = b"d1:ad2:id20:" + noise("id", 20) + b"e1:q4:ping1:t2:aa1:y1:qe"
    pong = b"d1:rd2:id20:" + noise("di", 20) + b"e1:t2:aa1:y1:re"
    net.udp(host, port, peer, peer_port, ping)
    net.udp(peer, peer_port, host, port, pong)
    connection = 0x1234
    syn = b"\x41\0" + connection.to_bytes(2, "big") + noise("utp", 4) + bytes(4) + b"\0\x10\0\0\0\x01\0\0"
    net.udp(host, port, peer, peer_port, syn)
    net.udp(peer, peer_port, host, port, b"\x21" + syn[1:])
    handshake = b"\x13BitTorrent protocol" + bytes(8) + noise("hash", 40)
    net.udp(host, port, peer, peer_port, b"\x01" + syn[1:] + handshake)
    net.media(host, port, peer, peer_port, 12, head=b"\x01" + syn[1:], back=b"\x21" + syn[1:])


@scene("torrent.pcap")
def torrent_reuses():
    """The socket of a rendezvous serves a torrent later: other peers, and the very same far end."""
    net = Net()
    camera = Host("192.168.10.22", "00:00:5e:00:53:22")
    dhcp(net, camera)
    port = camera.port()
    server = Host(RENDEZVOUS)
    for message in (v.pppp(0x00), v.pppp_login(UID, camera, port)):
        net.udp(camera, port, server, 32100, message)
        net.udp(server, 32100, camera, port, v.pppp(message[1] + 1, bytes(4) if message[1] else v.pppp_sockaddr("198.51.100.7", 41000)))
    torrent(net, camera, port, Host("86.160.10.20"), 51413)  # nobody introduced it
    for _ in range(6):
        net.wait(50)
        net.announce(camera)
    torrent(net, camera, port, server, 32100)
    return net


@scene("address-moves.pcap")
def address_moves():
    """DHCP gives a camera's address to a laptop, and a phone's to another camera."""
    net = Net()
    camera = known_camera(net)
    resolve(net, camera, resolver(), "litedev.hik-connect.com", [CLOUD])
    tls(net, camera, Host(CLOUD), "litedev.hik-connect.com").close()
    phone = Host("192.168.10.71", "00:00:5e:00:53:71")
    dhcp(net, phone, "phone")
    resolve(net, phone, resolver(), "api.hik-connect.com", [CLOUD])
    tls(net, phone, Host(CLOUD), "api.hik-connect.com").close()
    net.wait(900)
    laptop = Host(camera.ip, "00:00:5e:00:53:72")
    dhcp(net, laptop, "laptop")
    resolve(net, laptop, resolver(), "www.example.com", [CDN])
    tls(net, laptop, Host(CDN), "www.example.com").close()
    tls(net, laptop, Host(CLOUD)).close()                   # the camera's name of it is not the laptop's
    known_camera(net, phone.ip, "00:00:5e:00:53:23")
    return net


@scene("nat.pcap")
def nat():
    """A router of another network hides a camera and a laptop behind one address of this one: its
    own packets start at 64, what it forwards has one hop less (RFC 791 3.2)."""
    net = Net()
    router = Host("192.168.10.50", "44:19:b6:00:53:50")
    dhcp(net, router, "router")
    hidden = Host(router.ip, router.mac, ttl=63)
    hidden.next_port = 50000
    resolve(net, hidden, resolver(), "www.example.com", [CDN])
    tls(net, hidden, Host(CDN), "www.example.com").close()
    resolve(net, hidden, resolver(), "litedev.hik-connect.com", [CLOUD])
    tls(net, hidden, Host(CLOUD), "litedev.hik-connect.com").close()
    tls(net, hidden, Host(CDN), "www.example.com").close()
    return net
