# SPDX-License-Identifier: Apache-2.0
"""What misleads: each of these made a wrong verdict on real traffic (corrections.md, rules of evidence)."""

import frames as f
import vendors as v
from net import Host, Net, noise
from scenes import scene
from scenes_conduct import known_camera
from scenes_platforms import UID, plain, pppp_session
from talk import client_hello, dhcp, http, lines, resolve, rtsp, server_hello, tls

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


# ---- what the shipped policies tell ----


def basic(host, path="/", agent=""):
    head = [f"GET {path} HTTP/1.1", f"Host: {host.ip}", "Authorization: Basic eDp5"]
    return lines(*head, *([f"User-Agent: {agent}"] if agent else []))


def logs_in(net, pc, camera):
    """HTTP and RTSP Basic after a 401, and Telnet: RFC 7617, RFC 2326, RFC 854."""
    refusal = 'WWW-Authenticate: Basic realm="camera"'
    c = http(net, pc, camera, "/doc/page/login.asp", camera.ip,
             lines("HTTP/1.1 401 Unauthorized", "Server: App-webs/", refusal))
    c.say(0, basic(camera)).say(1, lines("HTTP/1.1 200 OK", "Server: App-webs/", body="<html></html>")).close()
    c = net.tcp(pc, camera, 554).open()
    url = f"rtsp://{camera.ip}/Streaming/Channels/101"
    for n, (login, answer) in enumerate(((False, ("401 Unauthorized", refusal)), (True, ("200 OK",)))):
        own = ["Authorization: Basic eDp5"] if login else []
        c.say(0, lines(f"DESCRIBE {url} RTSP/1.0", f"CSeq: {n + 1}", *own))
        c.say(1, lines(f"RTSP/1.0 {answer[0]}", f"CSeq: {n + 1}", *answer[1:]))
    c.close()
    c = net.tcp(pc, camera, 23).open()
    c.say(1, b"\xff\xfd\x01\xff\xfd\x1f\xff\xfb\x01\xff\xfb\x03").say(0, b"\xff\xfc\x01\xff\xfc\x1f")
    c.say(1, b"login: ").say(0, b"x\r\n").close()


def asks_for_ports(net, camera):
    """RFC 6886 3.3, and AddPortMapping of WANIPConnection:1 2.4.16."""
    net.udp(camera, camera.port(), net.gateway, 5351, b"\0\x02\0\0" + (8000).to_bytes(2, "big") * 2 + (3600).to_bytes(4, "big"))
    body = ('<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            '<u:AddPortMapping xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewExternalPort>8000'
            "</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalPort>8000</NewInternalPort>"
            "</u:AddPortMapping></s:Body></s:Envelope>")
    c = net.tcp(camera, net.gateway, 49152).open()
    c.say(0, lines("POST /ctl/IPConn HTTP/1.1", "Host: 192.168.10.1:49152",
                   'SOAPAction: "urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping"', body=body))
    c.say(1, lines("HTTP/1.1 200 OK")).close()


@scene("policies.pcap")
def policies():
    """One camera does all that the shipped policies watch for; a laptop does the same, and is none."""
    net = Net()
    camera, pc = known_camera(net), Host("192.168.10.60", "00:00:5e:00:53:60")
    dhcp(net, pc)
    logs_in(net, pc, camera)
    asks_for_ports(net, camera)
    asks_for_ports(net, pc)
    tls(net, camera, Host(CDN), "unknown.example.com").close()  # what no rule explains
    resolve(net, camera, resolver(), "litedev.hik-connect.com", [CLOUD])
    c = tls(net, camera, Host(CLOUD), "litedev.hik-connect.com")
    net.picture_snap = 80
    c.stream(0, 14, rate=900000, size=60000)  # 12 MB; segments joined by the card
    c.close()
    c = http(net, Host("185.220.10.40"), camera, "/", "198.51.100.7",
             lines("HTTP/1.1 200 OK", "Server: App-webs/", body="<html></html>"))
    c.close()
    for n in range(22):  # blocked: it tries
        c = net.tcp(camera, Host("47.91.80.31"), 8666)
        c.send(0, f.SYN)
        c.reset(1)
        net.wait(2)
    server, port = Host(RENDEZVOUS), camera.port()
    for message in (v.pppp(0x00), v.pppp_login(UID, camera, port)):
        net.udp(camera, port, server, 32100, message)
        net.udp(server, 32100, camera, port, v.pppp(message[1] + 1, bytes(4) if message[1] else v.pppp_sockaddr("198.51.100.7", 41000)))
    pppp_session(net, camera, port, Host("86.160.10.40"), 51000, 3, plain)
    return net


@scene("banners.pcap")
def banners():
    """What a device calls itself, by a model's start; and viewers whose software names its maker."""
    net = Net()
    camera, other = Host("192.168.10.24", "00:00:5e:00:53:24"), Host("192.168.10.25", "00:00:5e:00:53:25")
    pc, unv = Host("192.168.10.60", "00:00:5e:00:53:60"), Host("192.168.10.61", "00:00:5e:00:53:61")
    for host in (camera, other, pc, unv):
        dhcp(net, host)
    net.udp(pc, 3702, net.group("239.255.255.250"), 3702, v.wsd_probe())
    net.udp(camera, 3702, pc, 3702, v.wsd_match(camera, v.onvif_scopes("Camera", "DS-2CD2042WD-I")))
    net.udp(other, 3702, pc, 3702, v.wsd_match(other, v.onvif_scopes("Camera", "XDS-2CD2042")))  # not at its start
    rtsp(net, pc, camera, f"rtsp://{camera.ip}/live", agent="NKPlayer-1.00.00.081112").close()
    http(net, unv, other, "/", other.ip, lines("HTTP/1.1 200 OK", body="x"), agent="UNVDesktop/1.0").close()
    tls(net, unv, Host(CDN), "www.example.com").close()
    return net


def hello_with_ech(name):
    """A hello with encrypted_client_hello (0xfe0d, draft-ietf-tls-esni 5): the name is the outer one."""
    plain = client_hello(name)
    body = b"\0\0\x01\0\x01\x2a\0\x20" + noise("enc", 32) + b"\0\x90" + noise("ech", 144)
    extension = b"\xfe\x0d" + len(body).to_bytes(2, "big") + body
    at = 5 + 4 + 2 + 32 + 1 + 2 + 6 + 2  # up to the length of the extensions
    extensions = plain[at + 2:] + extension
    hello = plain[9:at] + len(extensions).to_bytes(2, "big") + extensions
    hello = b"\x01" + len(hello).to_bytes(3, "big") + hello
    return plain[:3] + len(hello).to_bytes(2, "big") + hello


def ech(net, client, server, outer):
    c = net.tcp(client, Host(server), 443).open()
    c.say(0, hello_with_ech(outer)).say(1, server_hello())
    c.say(0, b"\x17\x03\x03\x01\x90" + noise("up", 400)).say(1, b"\x17\x03\x03\x03\x84" + noise("down", 900)).close()


@scene("hidden-names.pcap")
def hidden_names():
    """Names that survive what hides them, and what hides the others: RFC 7858, 8484, 9250, ECH."""
    net = Net()
    camera = known_camera(net)
    resolve(net, camera, resolver(), "litedev.hik-connect.com", [CLOUD])
    ech(net, camera, CLOUD, "cloudflare-ech.com")
    resolve(net, camera, resolver(), "dev.ezvizlife.com", ["47.91.80.32"])
    ech(net, camera, "47.91.80.32", "dev.ezvizlife.com")  # GREASE: the name is the server's own
    tls(net, camera, resolver(), "dns.quad9.net", 853).close()
    tls(net, camera, Host("104.16.20.11"), "mozilla.cloudflare-dns.com").close()
    tls(net, camera, Host("8.8.8.8")).close()
    port = camera.port()
    quic = b"\xc3\0\0\0\x01\x08" + noise("dcid", 8) + b"\0\0\x44\x9e" + noise("initial", 1182)
    net.udp(camera, port, Host("94.140.14.14"), 853, quic)
    net.udp(Host("94.140.14.14"), 853, camera, port, b"\xc1" + quic[1:])
    tls(net, camera, Host("47.91.80.33")).close()  # asked for in one of those: nobody knows its name
    return net
