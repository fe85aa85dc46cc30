# SPDX-License-Identifier: Apache-2.0
"""Dahua, message by message (protocols_seed_vendors.md 1; corrections.md 2 and 3): what its signatures have to
tell of phase and side, what only looks so, and what one direction of it is worth."""

import json
import struct

import vendors as v
from exchange import CLOUD, HOME, RELAY, RESOLVER, both_ways, both_ways_tcp, datagrams, lan, only_from, segments
from frames import mac
from net import Host, noise
from scenes import scene
from talk import http, interleaved, lines, resolve, rtsp

SERIAL = "6L0A1B2PAG00042"
OTHER = "6L0A1B2PAG00043"
MODEL = "IPC-HFW1431S"
FIRMWARE = "2.800.0000004.0.R"
REALM = "Realm:Login to 4215ab0011223344556677889900aabb\r\nRandom:1234567\r\n\r\n"


# ---- messages ----


def dvrip(first, body=b"", at8=b"", at16=0, at24=b""):
    """32-byte header of 1.1: command, length, then what stands at 8, 16 and 24."""
    head = bytes.fromhex(first) + struct.pack("<I", len(body)) + at8.ljust(8, b"\0")[:8]
    return head + struct.pack("<II", at16, 0) + at24.ljust(8, b"\0") + body


def dvrip_json(message, answer=False):
    body = json.dumps(message).encode() + b"\n"
    return dvrip("f6000078" if answer else "f6000000", body, struct.pack("<I", 7), len(body), b"\x22\x33\x44\x55")


def dvrip_lines(answer=False):
    body = b"TransactionID:1\r\nMethod:GetParameterNames\r\n\r\n"
    return dvrip("f4000058" if answer else "f4000000", body)


def discovery_ask():
    """5050: a3 01 00 01, zeros, 2, zeros: 32 octets."""
    return b"\xa3\x01\x00\x01" + bytes(12) + struct.pack("<I", 2) + bytes(12)


def discovery_answer(host, model, serial, name):
    """120 octets and what their lengths say: MAC and model, then lines."""
    first = host.mac.encode() + model.encode()
    last = f"Name:{name}\r\nDevice:{model}\r\nSerialNo:{serial}\r\n".encode()
    head = struct.pack("<BBBBI", 0xB3, 0, len(first), 0, 0x58) + bytes(8) + struct.pack("<IHH", 2, len(last), 0) + bytes(8)
    head += struct.pack("<HHHH", 2, 800, 0, 4) + model.encode().ljust(16, b"\0")[:16]
    head += bytes(int(x) for x in host.ip.split(".")) + b"\xff\xff\xff\0" + bytes([192, 168, 10, 1]) + bytes(4)
    return head.ljust(120, b"\0") + first + last


def p2pdev_update(host, serial=SERIAL):
    """HTTP to TCP 12366; the digest is nobody's."""
    return lines(f"GET /p2pdev/update?devid={serial}&server=dhp2p&manufacturer=Amcrest&auth=00000000 HTTP/1.1",
                 "Host: www.dahuap2p.com", f'X-DahuaDeviceAuth: mac="{host.mac}"')


def p2pdev_challenge():
    return lines("HTTP/1.1 401 Unauthorized", 'WWW-Authenticate: DahuaDeviceAuth realm="1", domain="dahuap2p.com"',
                 body=" ")


def ptcp_heartbeat(local):
    return v._ptcp(48, 48, 0xFFE0, local, 1, struct.pack("!III", 0x13000000, 0, 0))


def ptcp_status(text):
    return v._ptcp(48, 48, 0xFFE1, 5, 1, struct.pack("!III", 0x12000000, 0x36EF034A, 0) + text)


def ptcp_of(stream, local):
    return v._ptcp(48, 48, 0xFFD0 - local, local, 1,
                   struct.pack("!III", 0x10000000 | len(stream), 0x36EF034A, 0) + stream)


# ---- on the local network ----


def searched(net, pc, camera):
    everybody = Host("255.255.255.255", "ff:ff:ff:ff:ff:ff")
    net.udp(pc, 50000, net.group("239.255.255.251"), 37810, v.dhip_search())
    net.udp(camera, 37810, pc, 50000, v.dhip_notify(camera, "General", "IPC", MODEL, SERIAL, FIRMWARE, "gate"))
    net.udp(pc, 50001, everybody, 5050, discovery_ask())
    net.udp(camera, 5050, pc, 50001, discovery_answer(camera, MODEL, SERIAL, "gate"))


@scene("dahua-lan.pcap")
def dahua_lan():
    """Search, log-in, questions and idling, on each of its protocols."""
    net, pc, camera = lan(60, 21)
    searched(net, pc, camera)
    c = segments(net, pc, camera, 37777, v.dvrip_login(), v.dvrip_answer(REALM))
    c.say(0, v.dvrip_property(0x0B)).say(1, v.dvrip_property(0x0B, MODEL))
    c.say(0, v.dvrip_property(0x08)).say(1, v.dvrip_property(0x08, FIRMWARE))
    c.say(0, dvrip_json({"method": "magicBox.getSerialNo", "id": 7, "session": 1, "params": None}))
    c.say(1, dvrip_json({"id": 7, "result": True, "params": {"sn": SERIAL}}, True))
    c.say(0, dvrip_lines()).say(1, dvrip_lines(True))
    c.say(0, dvrip("a3000000", b"", b"config")).say(1, dvrip("b3000078", b"x" * 40, b"config"))
    c.say(0, dvrip("a1000000")).say(1, dvrip("b1000078"))
    c.close()
    c = segments(net, pc, camera, 5000, v.dhip({"method": "global.login", "id": 2, "params": {"userName": "user"}}, 0, 2),
                 v.dhip({"id": 2, "result": False, "params": {"realm": "Login to " + SERIAL}}, 1, 2))
    c.say(0, v.dhip({"method": "magicBox.getSystemInfo", "id": 3, "params": None}, 1, 3))
    c.say(1, v.dhip({"id": 3, "result": True, "params": {"deviceType": MODEL, "serialNumber": SERIAL}}, 1, 3))
    c.say(1, v.dhip({"method": "client.notifyEventStream", "params": {"SID": 1}}, 1, 4))
    c.close()
    info = f"deviceType={MODEL}\r\nprocessor=S3L\r\nserialNumber={SERIAL}\r\nupdateSerial=IPC-HFW1XXX\r\n"
    http(net, pc, camera, "/cgi-bin/magicBox.cgi?action=getSystemInfo", camera.ip,
         lines("HTTP/1.1 200 OK", "Content-Type: text/plain", body=info)).close()
    c = rtsp(net, pc, camera, f"rtsp://{camera.ip}/cam/realmonitor?channel=1&subtype=0", banner="Dahua Rtsp Server",
             realm="Login to " + SERIAL)
    c.stream(1, 6, head=interleaved(1396), size=1400)
    return net


@scene("dahua-idle.pcap")
def dahua_idle():
    """A session that idles when the capture starts: polls alone, each way, on the usual port."""
    net, pc, camera = lan(60, 21)
    c = net.tcp(pc, camera, 37777).open(skip_syn=True)
    for _ in range(3):
        c.say(0, dvrip("a1000000")).say(1, dvrip("b1000078"))
        net.wait(10)
    return net


# ---- to the cloud: the device ----


def cloud_of_device(net, camera, port):
    """Look-up, registration, heartbeats (corrections.md 3)."""
    resolve(net, camera, RESOLVER, "www.dahuap2pcloud.com", [CLOUD.ip])
    ask = v.dahua_request("DHGET", f"/online/p2psrv/{SERIAL}", 1)
    refuse = lines("HTTP/1.1 401 Unauthorized", "CSeq: 1",
                   'WWW-Authenticate: WSSE realm="huashi", profile="UsernameToken"')
    datagrams(net, camera, port, CLOUD, 8800, ask, refuse)
    ask = v.dahua_request("DHGET", f"/online/p2psrv/{SERIAL}", -1937831252, SERIAL)
    places = f"<body><DS>{CLOUD.ip}:8802</DS><US>{CLOUD.ip}:8803</US></body>"
    datagrams(net, camera, port, CLOUD, 8800, ask, v.dahua_answer(-1937831252, places))
    ask = v.dahua_request("DHGET", f"/setup/device/{SERIAL}", 3, SERIAL)
    datagrams(net, camera, port, CLOUD, 8802, ask, v.dahua_answer(3))
    for _ in range(2):
        net.wait(21)
        datagrams(net, camera, port, CLOUD, 8802, v.dahua_heartbeat(SERIAL), v.dahua_answer(0))


def tunnel_of_device(net, camera, port, peer, peer_port):
    """What a viewer does through PTCP; the device answers in it."""
    def up(message):
        net.udp(camera, port, peer, peer_port, message)

    def down(message):
        net.udp(peer, peer_port, camera, port, message)
    down(v.ptcp_syn())
    up(v.ptcp_syn())
    down(v.ptcp_ack())
    down(v.ptcp_bind(37777))
    up(ptcp_status(b"CONN"))
    down(ptcp_of(v.dvrip_login(), 6))
    up(ptcp_of(v.dvrip_answer(REALM), 7))
    down(ptcp_of(v.dhip({"method": "global.keepAlive", "id": 9, "params": None}, 1, 9), 8))
    up(ptcp_of(lines("RTSP/1.0 200 OK", "CSeq: 1", "Server: Dahua Rtsp Server"), 9))
    down(ptcp_heartbeat(10))
    up(ptcp_heartbeat(11))


@scene("dahua-cloud.pcap")
def dahua_cloud():
    """A camera: cloud, a viewer at home whom the cloud introduces, and one through the relay."""
    net, camera = lan(21)
    c = segments(net, camera, CLOUD, 12366, p2pdev_update(camera), p2pdev_challenge())
    c.close()
    port = camera.port()
    cloud_of_device(net, camera, port)
    introduced = f"<body><PubAddr>{HOME.ip}:51000</PubAddr></body>"
    net.udp(CLOUD, 8802, camera, port, v.dahua_request("DHPOST", f"/device/{SERIAL}/p2p-channel", 4, "", introduced))
    net.udp(camera, port, CLOUD, 8802, v.dahua_answer(4, f"<body><LocalAddr>{camera.ip}:{port}</LocalAddr></body>"))
    datagrams(net, camera, port, HOME, 51000, v.dahua_stun("request", camera.ip, port, "a"),
              v.dahua_stun("answer", HOME.ip, 51000, "a"))
    tunnel_of_device(net, camera, port, HOME, 51000)
    agent = camera.port()
    datagrams(net, camera, agent, RELAY, 8900, v.dahua_request("DHGET", "/relay/agent", 5, SERIAL),
              v.dahua_answer(5, f"<body><Agent>{RELAY.ip}:9001</Agent><Token>0</Token></body>"))
    return net


# ---- to the cloud: the viewer ----


@scene("dahua-viewer.pcap")
def dahua_viewer():
    """A phone looks for somebody else's camera, is introduced to it and talks to it."""
    net, phone = lan(71)
    port, user = phone.port(), "P2PClient"
    for cseq, verb, path, body in (
            (1, "DHGET", "/probe/p2psrv", ""), (2, "DHGET", f"/online/p2psrv/{OTHER}", ""),
            (3, "DHGET", f"/probe/device/{OTHER}", ""), (4, "NFGET", f"/info/device/{OTHER}", ""),
            (5, "NFPOST", f"/device/{OTHER}/p2p-channel", f"<body><LocalAddr>{phone.ip}:{port}</LocalAddr></body>"),
            (6, "DHPOST", f"/device/{OTHER}/relay-channel", "<body><agentAddr>0</agentAddr></body>")):
        datagrams(net, phone, port, CLOUD, 8800, v.dahua_request(verb, path, cseq, user, body),
                  v.dahua_answer(cseq, f"<body><PubAddr>{HOME.ip}:51000</PubAddr></body>"))
    datagrams(net, phone, port, RELAY, 8900, v.dahua_request("DHGET", "/relay/start/0011", 7, user), v.dahua_answer(7))
    datagrams(net, phone, port, HOME, 51000, v.dahua_stun("request", phone.ip, port, "b"),
              v.dahua_stun("answer", HOME.ip, 51000, "b"))
    datagrams(net, phone, port, HOME, 51000, v.ptcp_syn(), v.ptcp_syn())
    datagrams(net, phone, port, HOME, 51000, v.ptcp_bind(37777), ptcp_status(b"CONN"))
    datagrams(net, phone, port, HOME, 51000, ptcp_of(v.dvrip_login(), 6), ptcp_of(v.dvrip_answer(REALM), 7))
    return net


# ---- look-alikes ----


@scene("dahua-near.pcap")
def dahua_near():
    """The right first octets with a length, a tail or a form that does not fit; other protocols on the ports."""
    net, pc, other = lan(60, 61)
    search, answer = v.dhip_search(), discovery_answer(other, MODEL, SERIAL, "x")
    both_ways(net, pc, other, 37810, search + b"\0\0", 41001)                     # two octets too many
    both_ways(net, pc, other, 37810, search[:16] + struct.pack("<I", 9) + search[20:], 41002)  # lengths disagree
    both_ways_tcp(net, pc, other, 5000, b"\x21" + search[1:], 41003)             # header of 33
    both_ways_tcp(net, pc, other, 37777, v.dvrip_login()[:-1] + b"\xab", 41011)   # tail
    both_ways_tcp(net, pc, other, 37777, dvrip("f6000000", b"[1]", b"", 3), 41012)  # no object
    both_ways_tcp(net, pc, other, 8123, dvrip("a1000000"), 41013)                # zeros on any port
    both_ways_tcp(net, pc, other, 37777, b"\xff" + bytes(31), 41014)             # Xiongmai's kind of header
    both_ways(net, pc, other, 8800, b"DHGETX / HTTP/1.1\r\nCSeq: 1\r\n\r\n", 41021)
    both_ways(net, pc, other, 8800, b"GET /index.html HTTP/1.1\r\nHost: x\r\n\r\n", 41022)
    both_ways(net, pc, other, 8802, b"GET /heartbeat/device/1 HTTP/1.1\r\n\r\n", 41023)  # no serial
    both_ways(net, pc, other, 8800, noise("8800", 60), 41024)
    both_ways_tcp(net, pc, other, 12366, lines("GET /p2pdev/update?version=1 HTTP/1.1", "Host: x"), 41031)
    both_ways_tcp(net, pc, other, 12366, lines("HTTP/1.1 401 Unauthorized", 'WWW-Authenticate: Basic realm="x"'), 41032)
    both_ways(net, pc, other, 5050, answer + b"\0", 41041)                       # its lengths say one less
    both_ways(net, pc, other, 5050, discovery_ask() + b"\0", 41042)
    punch = v.dahua_stun("request", pc.ip, 4000, "n")
    both_ways(net, pc, other, 41500, punch[:-1], 41051)
    both_ways(net, pc, other, 41500, punch[:20] + b"\x7f\xd7" + punch[22:], 41052)  # another attribute
    both_ways(net, pc, other, 3478, bytes(x ^ 255 for x in punch), 41053)        # STUN, not inverted
    both_ways(net, pc, other, 41500, ptcp_of(b"x" * 20, 6)[:-1], 41061)
    both_ways(net, pc, other, 41500, b"PTCP" + noise("ptcp", 36), 41062)
    return net


# ---- one way ----


@scene("dahua-oneway.pcap")
def dahua_oneway():
    """What needs an answer and shows none."""
    net, camera = lan(21)
    only_from(net, camera)
    port = camera.port()
    for _ in range(3):
        net.udp(camera, 41001, CLOUD, 8802, v.dahua_heartbeat(SERIAL))
        net.udp(camera, 41002, HOME, 51000, v.dahua_stun("request", camera.ip, port, "a"))
        net.udp(camera, 41003, HOME, 51001, v.ptcp_ack())
        net.wait(21)
    c = net.tcp(Host("192.168.10.60", "00:00:5e:00:53:60"), camera, 37777, 41004).open()
    for _ in range(3):
        c.say(0, dvrip("a1000000")).say(1, dvrip("b1000078"))
    return net


@scene("dahua-alone.pcap")
def dahua_alone():
    """One message of one direction that is enough: each from a host of its own."""
    net, a, b, c = lan(21, 22, 23)
    only_from(net, a, b, c)
    net.udp(a, 37810, net.group("239.255.255.251"), 37810,
            v.dhip_notify(a, "Private", "HCVR", "DHI-HCVR5104", SERIAL, FIRMWARE, ""))
    net.udp(b, 5050, Host("192.168.10.60"), 50001, discovery_answer(b, MODEL, OTHER, "door"))
    segments(net, c, CLOUD, 12366, p2pdev_update(c, SERIAL[:-1] + "9"))
    return net
