# SPDX-License-Identifier: Apache-2.0
"""Protocols of one maker's firmware on the local network and to its servers: Xiongmai, Reolink, Tuya, Xiaomi
miIO, V380 and Naxclow V720 (protocols_p2p.md 3 to 7), message by message."""

import base64
import json
import struct

import vendors as v
from net import BROADCAST, Host, noise
from scenes import scene
from scenes_pppp import SECRET, SERVER, lan

EVERYBODY = Host("255.255.255.255", BROADCAST)


# ---- Xiongmai (3) ----


def xm_media(start, size=900):
    body = bytes.fromhex(start) + noise("xm" + start, size)
    return struct.pack("<BBHIIBBHI", 0xFF, 1, 0, 1, 0, 0, 0, 1412, len(body)) + body


def xm_base64(message, from_device):
    body = base64.b64encode(noise("icsee", 60)) + b"\n\0"
    return struct.pack("<BBHIIBBHI", 0xFF, 1 if from_device else 0, 0, 1, 0, 0, 0, message, len(body)) + body


@scene("xiongmai-messages.pcap")
def xiongmai_messages():
    """Search, log-in, request and answer, media, alarm; newer firmware with its JSON in base64; the cloud's UDP."""
    net, camera, phone = lan()
    common = {"HostIP": "0x150AA8C0", "HostName": "yard", "MAC": camera.mac, "SN": "0a1b2c3d4e5f6071",
              "TCPPort": 34567, "Version": "V5.00.R02"}
    net.udp(phone, 34569, EVERYBODY, 34569, v.xm(1530, None))
    net.udp(camera, 34569, EVERYBODY, 34569, v.xm(1531, {"NetWork.NetCommon": common, "Ret": 100}, True))
    c = net.tcp(phone, camera, 34567).open()
    c.say(0, v.xm(1000, {"EncryptType": "MD5", "PassWord": SECRET.decode(), "UserName": "user"}))
    c.say(1, v.xm(1001, {"Ret": 100, "SessionID": "0x00000001"}, True, 1))
    c.say(0, v.xm(1413, {"Name": "OPMonitor", "SessionID": "0x00000001"}, False, 1))
    c.say(1, v.xm(1414, {"Name": "OPMonitor", "Ret": 100, "SessionID": "0x00000001"}, True, 1))
    c.say(1, xm_media("000001fc")).say(1, xm_media("000001fd")).say(1, v.xm(1504, {"Name": "AlarmInfo"}, True, 1))
    d = net.tcp(phone, camera, 34567, 40100).open()
    d.say(0, xm_base64(1000, False)).say(1, xm_base64(1001, True))
    port = camera.port()
    for i, size in enumerate((112, 120, 148, 184)):
        net.udp(camera, port, SERVER, 30010, bytes.fromhex("1220d007") + noise(f"xmip{i}", size - 4))
        net.udp(SERVER, 30010, camera, port, bytes.fromhex("1220d007") + noise(f"xmip back{i}", size - 4))
    return net


# ---- Reolink (4) ----


def bc(tag, inner="", transaction=77):
    return v.bc_udp(f"<P2P><{tag}>{inner}</{tag}></P2P>", transaction)


def bc_data(packet, payload):
    return struct.pack("<IIIII", 0x2A87CF10, 0x50, 0, packet, len(payload)) + payload


def bc_ack(packet):
    return struct.pack("<IIIIIII", 0x2A87CF20, 0x50, 0, 0, packet, 0, 0)


BC_UID = "<uid>95270000ABCDEFGH</uid>"
# (port, who, tag, what is inside): who sends it stands in the tag as well
BC_SIGNALS = [
    (2015, "v", "C2D_S", "<to><port>40001</port></to>"), (2018, "v", "C2D_C", BC_UID + "<cli><port>40001</port></cli>"),
    (20001, "d", "D2C_C_R", "<rsp>0</rsp><cid>82000</cid><did>80</did>"),
    (9999, "v", "C2M_Q", BC_UID + "<p>MAC</p>"),
    (20002, "s", "M2C_Q_R", "<reg><ip>47.88.40.20</ip><port>58200</port></reg>"
                            "<relay><ip>47.88.40.21</ip><port>58100</port></relay>"),
    (58200, "v", "C2R_C", BC_UID + "<cid>82000</cid>"),
    (20003, "s", "R2C_T", "<dmap><ip>86.160.10.10</ip><port>40100</port></dmap>"
                          "<dev><ip>192.168.10.21</ip><port>40001</port></dev><cid>82000</cid>"),
    (20004, "s", "R2C_C_R", "<relay><ip>47.88.40.21</ip><port>51134</port></relay><rsp>0</rsp>"),
    (20005, "v", "C2D_T", "<conn>map</conn><cid>82000</cid>"), (20006, "d", "D2C_T", "<conn>map</conn><cid>82000</cid>"),
    (20007, "d", "D2C_CFM", "<conn>local</conn>"), (20008, "v", "C2D_A", "<conn>map</conn>"),
    (20009, "v", "C2R_CFM", "<conn>relay</conn>"), (20010, "v", "C2D_HB", "<cid>82000</cid>"),
    (20011, "d", "D2C_HB", "<did>80</did>"), (20012, "v", "C2D_DISC", "<cid>82000</cid>"),
]


@scene("reolink-messages.pcap")
def reolink_messages():
    """BcUDP: each signal in a flow of its own; a session of data and acknowledgements. Baichuan over TCP."""
    net, camera, phone = lan()
    for port, who, tag, inner in BC_SIGNALS:
        src, dst = {"v": (phone, camera), "d": (camera, phone), "s": (SERVER, phone)}[who]
        net.udp(src, src.port() if src is not SERVER else 9998, dst, port, bc(tag, inner))
    away, port = Host("86.160.40.10"), camera.port()
    stream = v.baichuan(3, noise("bc", 400), 200, 0x6414)
    for i in range(3):
        net.udp(camera, port, away, 40500, bc_data(i, stream[i * 100:i * 100 + 100]))
        net.udp(away, 40500, camera, port, bc_ack(i))
    c = net.tcp(phone, camera, 9000).open()
    c.say(0, v.baichuan(1, SECRET * 2, 0xDC01))
    c.say(1, v.baichuan(1, v.baichuan_xml("<?xml version=\"1.0\" ?><body><Encryption><nonce>x</nonce></Encryption></body>"),
                        0xDD01, 0x6614))
    c.say(0, v.baichuan(114, b"", 0, 0x6414))
    c.say(1, v.baichuan(114, v.baichuan_xml("<?xml version=\"1.0\" ?><body><Uid><uid>95270000ABCDEFGH</uid></Uid></body>"),
                        200, 0x6414))
    c.say(0, v.baichuan(3, v.baichuan_xml("<?xml version=\"1.0\" ?><body><Preview/></body>"), 0, 0x6414))
    c.say(1, v.baichuan(3, noise("video", 1000), 200, 0x6414))
    return net


# ---- Tuya (5) ----


def tuya66(command, size, sequence=0):
    body = noise(f"6699{command}", size)
    return struct.pack("!IHIII", 0x00006699, 0, sequence, command, len(body)) + body + struct.pack("!I", 0x00009966)


def tuya_hmac(command, payload, sequence=0):
    """Version 3.4: an HMAC of 32 octets in the place of the CRC."""
    frame = struct.pack("!IIII", 0x000055AA, sequence, command, len(payload) + 36) + payload
    return frame + noise("hmac", 32) + struct.pack("!I", 0x0000AA55)


@scene("tuya-messages.pcap")
def tuya_messages():
    """Announcements of all versions, an app's question, control on TCP 6668."""
    net, thing, phone = lan()
    plain = {"ip": thing.ip, "gwId": "bf0123456789abcdefgh", "active": 2, "productKey": "keyabcdefghijklm", "version": "3.1"}
    net.udp(thing, 49154, EVERYBODY, 6666, v.tuya(0x13, bytes(4) + json.dumps(plain).encode()))
    net.udp(thing, 49155, EVERYBODY, 6667, v.tuya(0x13, bytes(4) + noise("gw", 156), 1))
    net.udp(thing, 49156, EVERYBODY, 6667, tuya_hmac(0x23, bytes(4) + noise("gw34", 156), 1))
    net.udp(thing, 49156, EVERYBODY, 6667, tuya_hmac(0x23, bytes(4) + noise("gw34b", 156), 2))
    net.udp(thing, 49157, EVERYBODY, 6667, tuya66(0x13, 200, 1))
    net.udp(thing, 49157, EVERYBODY, 6667, tuya66(0x13, 210, 2))
    net.udp(phone, 49158, EVERYBODY, 7000, tuya66(0x25, 90, 1))
    net.udp(phone, 49158, EVERYBODY, 7000, tuya66(0x25, 94, 2))
    c = net.tcp(phone, thing, 6668).open()
    c.say(0, v.tuya(0x0A, b"3.3" + bytes(12) + noise("ask", 48), 1))
    c.say(1, v.tuya(0x0A, bytes(4) + noise("tell", 96), 1))
    d = net.tcp(phone, thing, 6668, 40101).open()
    d.say(0, tuya66(3, 60, 1)).say(1, tuya66(4, 90, 1)).say(0, tuya66(5, 76, 2))
    return net


# ---- Xiaomi miIO (6) ----


def miio(device, body=b"", stamp=4711):
    return struct.pack("!HHIII", 0x2131, 32 + len(body), 0, device, stamp) + noise("digest", 16) + body


HELLO = bytes.fromhex("21310020") + b"\xff" * 28


@scene("miio-messages.pcap")
def miio_messages():
    """Hello and answer, a command, and the same framing to the cloud, with its own hello."""
    net, thing, phone = lan()
    own, port = phone.port(), thing.port()
    net.udp(phone, own, thing, 54321, HELLO)
    net.udp(thing, 54321, phone, own, miio(123456789))
    net.udp(phone, own, thing, 54321, miio(123456789, noise("command", 64)))
    net.udp(thing, 54321, phone, own, miio(123456789, noise("answer", 48), 4712))
    cloud = bytes.fromhex("21310020") + b"\xff" * 8 + struct.pack("!I", 4711) + noise("hello", 16)
    for i, server_port in enumerate((8053, 80)):
        net.udp(thing, port + i, SERVER, server_port, cloud)
        net.udp(SERVER, server_port, thing, port + i, miio(123456789, noise("registered", 32)))
        net.udp(thing, port + i, SERVER, server_port, miio(123456789, noise("alive", 32), 4713))
    return net


# ---- V380 (7h) ----


def v380(command, *words):
    """256 octets: the command, then (offset, octets)."""
    out = bytearray(struct.pack("<I", command).ljust(256, b"\0"))
    for at, octets in words:
        out[at:at + len(octets)] = octets
    return bytes(out)


def v380_login(how, device):
    return v380(1167, (4, struct.pack("<I", how)), (13, struct.pack("<I", device)), (49, b"someuser"), (81, SECRET))


@scene("v380-messages.pcap")
def v380_messages():
    """Search; log-in direct, by server and through a relay; a stream."""
    net, camera, phone = lan()
    fields = ["NVDEVRESULT", "100", camera.mac, camera.ip, "255.255.255.0", "192.168.10.1", "", "", "", "", "", "",
              "31234567", "1"]
    net.udp(phone, 10009, EVERYBODY, 10008, b"NVDEVSEARCH^100".ljust(123, b"\0"))
    net.udp(camera, 10008, phone, 10009, "^".join(fields).encode())
    relay = Host("47.88.60.10")
    for server, how, port in ((camera, 1022, 40201), (relay, 120, 40202), (relay, 1002, 40203)):
        c = net.tcp(phone, server, 8800, port).open()
        c.say(0, v380_login(how, 31234567))
        c.say(1, v380(1168, (13, struct.pack("<I", 99)))[:64])
        c.say(0, v380(301, (4, struct.pack("<I", 31234567)), (12, b"\x14\0")))
        c.say(1, v380(401)[:40])
        c.say(0, v380(303))
    return net


# ---- Naxclow V720 (7n) ----


def v720(command, body=b"", flag=0, packet=0, forward=b"\xff" * 8):
    return struct.pack("<IHBB", len(body), command, flag, 0) + forward + struct.pack("<I", packet) + body


def v720_json(code, flag=0xFF, **more):
    return v720(0, json.dumps({"code": code, **more}, separators=(",", ":")).encode(), flag)


@scene("naxclow-messages.pcap")
def naxclow_messages():
    """Codes in flows of their own, port 20000 + code; heartbeats and pictures."""
    net, camera, phone = lan()
    uid = "0800c001abcdef01"
    c = net.tcp(camera, SERVER, 29940).open()
    c.say(0, v720_json(100, uid=uid, token=SECRET.decode(), domain="v720.naxclow.com"))
    c.say(1, v720_json(101, status=200))
    c.say(0, v720(100)).say(1, v720(100, packet=1)).say(0, v720(101, packet=2)).say(1, v720(102, packet=3))
    for code, src, dst in ((20, camera, SERVER), (21, SERVER, camera), (10, SERVER, camera), (11, camera, SERVER),
                           (50, phone, camera), (51, camera, phone), (301, SERVER, camera), (501, phone, camera),
                           (502, camera, phone), (299, phone, camera)):
        net.udp(src, src.port() if src is not SERVER else 53221, dst, 20000 + code, v720_json(code, content={"code": 1}))
        net.udp(src, src.next_port if src is not SERVER else 53221, dst, 20000 + code, v720_json(code, content={"code": 2}))
    port, away = camera.port(), Host("86.160.50.10")
    for i, flag in enumerate((250, 251, 252)):
        net.udp(camera, port, away, 40600, v720(1, noise(f"jpeg{i}", 1000), flag, i, bytes(8)))
    return net
