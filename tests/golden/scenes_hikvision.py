# SPDX-License-Identifier: Apache-2.0
"""Hikvision and EZVIZ, message by message (protocols_seed_vendors.md 2): what its signatures have to tell of phase
and side, what only looks so, and what one direction of it is worth."""

import struct
import zlib

import vendors as v
from exchange import CLOUD, RELAY, RESOLVER, both_ways, both_ways_tcp, datagrams, lan, only_from, segments
from frames import ether
from net import BROADCAST, Host, noise
from scenes import scene
from talk import http, interleaved, lines, resolve, rtsp

MODEL = "DS-2CD2143G2-I"
SERIAL = MODEL + "20240102AAWRE12345678"
SHORT = "G12345678"
HTTPDNS = Host("119.29.29.29")
PLATFORM = Host("203.0.113.60")  # somebody's own
VIDEO = 1380


# ---- messages ----


def ehome(inner, encoding="GB2312"):
    return (f'<?xml version="1.0" encoding="{encoding}"?>\r\n<PPVSPMessage>\r\n<Version>2.0</Version>\r\n'
            f"<Sequence>1</Sequence>\r\n{inner}</PPVSPMessage>\r\n").encode()


def ehome_register(host, serial=SERIAL):
    return ehome("<CommandType>REQUEST</CommandType>\r\n<Method>REGISTER</Method>\r\n<Command>REGISTER</Command>\r\n"
                 f"<Params>\r\n<DeviceID>gate7</DeviceID>\r\n<FirmwareVersion>V5.4.5</FirmwareVersion>\r\n"
                 f"<LocalIP>{host.ip}</LocalIP>\r\n<LocalPort>7660</LocalPort>\r\n<DevType>1</DevType>\r\n"
                 f"<SerialNumber>{serial}</SerialNumber>\r\n</Params>\r\n")


def ehome_alive():
    return ehome("<CommandType>REQUEST</CommandType>\r\n<Command>KEEPALIVE</Command>\r\n<Params>\r\n"
                 "<DeviceID>gate7</DeviceID>\r\n</Params>\r\n")


def ehome_answer(what):
    return ehome(f"<CommandType>RESPONSE</CommandType>\r\n<WhichCommand>{what}</WhichCommand>\r\n<Status>200</Status>\r\n")


def ehome_question():
    return ehome("<CommandType>REQUEST</CommandType>\r\n<Command>GETDEVICECONFIG</Command>\r\n<Params>\r\n"
                 "<ConfigCmd>SERVERINFO</ConfigCmd>\r\n</Params>\r\n")


def cas(command, body, sequence=0x15, status=0xFFFFFFFF, version=0x01000000):
    """32-byte header, body, then 32 hexadecimal digits."""
    head = struct.pack("!IIIIIIII", 0x9EBAACE9, version, sequence, 0, command, status, len(body), 0)
    return head + body + noise("md5", 16).hex().encode()


def lbs_auth(serial, first=0x10):
    """Command 1: 01 02 00, mode, serial, blocks of a cipher."""
    body = b"\x01\x02\x00\x01" + bytes([len(serial)]) + serial.encode() + noise("auth" + serial, 48)
    return bytes([first, len(body)]) + body


def lbs_session(first=0x20):
    return bytes([first, 34]) + b"\x01\x00" + noise("session", 32)


def rendezvous(kind, body, sequence=5):
    """The format of 2.8, known from a disassembly only."""
    head = struct.pack("!IIIIIIII", 0x9E5335E9, 0x01000000, sequence, 0, kind, 0, 0, len(body))
    return head + body + struct.pack("!I", zlib.crc32(body))


def mqtt_publish(topic, body):
    payload = struct.pack("!H", len(topic)) + topic + body
    return b"\x30" + bytes([len(payload)]) + payload


def alert(host):
    return ('<EventNotificationAlert version="1.0" xmlns="http://www.hikvision.com/ver10/XMLSchema">'
            f"<ipAddress>{host.ip}</ipAddress><portNo>80</portNo><macAddress>{host.mac}</macAddress>"
            "<channelID>1</channelID><eventType>VMD</eventType></EventNotificationAlert>")


def device_info(host):
    return ('<?xml version="1.0" encoding="UTF-8"?><DeviceInfo version="2.0" '
            'xmlns="http://www.hikvision.com/ver20/XMLSchema"><deviceName>gate</deviceName>'
            f"<model>{MODEL}</model><serialNumber>{SERIAL}</serialNumber><macAddress>{host.mac}</macAddress>"
            "<firmwareVersion>V5.7.15</firmwareVersion></DeviceInfo>")


# ---- on the local network ----


def sdk_session(net, pc, camera):
    c = segments(net, pc, camera, 8000, v.sdk_login(), v.sdk(1, 0, bytes(192), 1))
    c.say(0, v.sdk(0x5A000000, 0x00010000, bytes(64), 0x11223344)).say(1, v.sdk_serial(SERIAL))
    c.say(0, v.sdk(0x63000000, 0x00111050, bytes(16), 0x11223344)).say(1, v.sdk(1, 0, bytes(32), 1))
    return c


@scene("hikvision-lan.pcap")
def hikvision_lan():
    """Search with and without IP, log-in, ISAPI, RTSP, and EZVIZ's own commands."""
    net, pc, camera = lan(60, 21)
    everybody = net.group("239.255.255.250")
    net.udp(pc, 37020, everybody, 37020, v.sadp_probe())
    net.udp(camera, 37020, everybody, 37020, v.sadp_match(camera, MODEL, SERIAL, "V5.7.15"))
    asks = bytes.fromhex("210201420000000706040200") + b"\0\0" + v.mac(pc.mac) + bytes([192, 168, 10, 60])
    net.put(ether(pc.mac, BROADCAST, 0x8033, asks + b"\xff" * 10 + bytes(32)), pc)
    net.put(ether(camera.mac, BROADCAST, 0x8033, v.sadp_ether(camera)), camera)
    net.put(ether(camera.mac, BROADCAST, 0x8D8D, v.ezviz_beacon(camera)), camera)
    sdk_session(net, pc, camera).close()
    http(net, pc, camera, "/ISAPI/System/deviceInfo", camera.ip,
         lines("HTTP/1.1 200 OK", "Content-Type: application/xml", body=device_info(camera))).close()
    c = segments(net, camera, pc, 8090, lines("POST /alarm HTTP/1.1", f"Host: {pc.ip}", "Content-Type: application/xml",
                                              body=alert(camera)), lines("HTTP/1.1 200 OK"))
    c.close()
    c = rtsp(net, pc, camera, f"rtsp://{camera.ip}/Streaming/Channels/101", realm="00005e005321",
             agent="NKPlayer-1.00.00.081112")
    c.stream(1, 6, head=interleaved(1396), size=1400)
    phone = Host("192.168.10.71", "00:00:5e:00:53:71")
    segments(net, phone, camera, 9010, cas(0x2011, noise("ask", 128)), cas(0x2012, noise("answer", 64), status=0),
             sport=10101).close()
    return net


# ---- to the cloud ----


@scene("hikvision-cloud.pcap")
def hikvision_cloud():
    """A camera reports to EZVIZ and to somebody's platform; the platform asks it."""
    net, camera = lan(21)
    ask = lines(f"GET /d?dn=litedev.eu.ezvizlife.com&ip={camera.ip} HTTP/1.1", f"Host: {HTTPDNS.ip}")
    segments(net, camera, HTTPDNS, 80, ask, lines("HTTP/1.1 200 OK", "Content-Type: text/html", body=CLOUD.ip)).close()
    segments(net, camera, CLOUD, 8666, lbs_auth(SHORT), lbs_session()).close()
    segments(net, camera, CLOUD, 8666, v.lbs_refresh(SHORT), v.lbs_answer()).close()
    segments(net, camera, CLOUD, 8820, v.das_connect(SHORT), b"\x20\x02\0\0")
    port = camera.port()
    datagrams(net, camera, port, PLATFORM, 7660, ehome_register(camera), ehome_answer("REGISTER"))
    datagrams(net, camera, port, PLATFORM, 7660, ehome_alive(), ehome_answer("KEEPALIVE"))
    net.udp(PLATFORM, 7660, camera, port, ehome_question())
    return net


@scene("hikvision-viewer.pcap")
def hikvision_viewer():
    """A phone takes pictures of somebody else's camera through the relay."""
    net, phone = lan(71)
    c = segments(net, phone, RELAY, 8554, v.vtm_request(RELAY.ip, SHORT), v.vtm(0x13C, b"\x08\x00\x12\x04abcd"))
    c.stream(1, 6, head=b"\x24\x01" + struct.pack("!HHH", 1392, 2, 0), size=1400)
    return net


# ---- formats that no capture has confirmed: off by default ----


@scene("hikvision-unproven.pcap")
def hikvision_unproven():
    net, camera, other = lan(21, 22)
    segments(net, camera, PLATFORM, 7660, lbs_auth(SHORT), lbs_session(), sport=41001).close()
    datagrams(net, camera, 41002, CLOUD, 6000, rendezvous(0x0C01, noise("tlv", 40)), rendezvous(0x0C02, noise("tlv2", 60)))
    bad = lbs_auth(SHORT)
    segments(net, camera, PLATFORM, 7660, bad[:1] + bytes([bad[1] + 1]) + bad[2:], lbs_session(), sport=41011).close()
    segments(net, camera, PLATFORM, 7660, noise("7660", 64), noise("7660b", 64), sport=41012).close()
    short = rendezvous(0x0C01, noise("tlv", 40))[:-2]
    datagrams(net, camera, 41013, CLOUD, 6000, short, short)
    datagrams(net, camera, 41014, CLOUD, 6000, noise("6000", 76), noise("6000b", 76))
    segments(net, other, PLATFORM, 7660, lbs_auth("G87654321"), sport=41021)
    net.udp(other, 41022, CLOUD, 6000, rendezvous(0x0C01, noise("tlv3", 40)))
    return net


# ---- look-alikes ----


def vtm_near(net, pc, other):
    both_ways_tcp(net, pc, other, 8554, v.vtm(0x13B, b"\x0a\x10http://x.example"), 41061)
    picture = b"$\0" + struct.pack("!H", 60) + b"\x80\x60\x01\x3b" + noise("rtp", 56)
    both_ways_tcp(net, pc, other, 8554, picture, 41062)  # RTSP, sequence number 013b
    both_ways_tcp(net, pc, other, 8554, v.vtm(0x13C, b"\x08\0")[:-1], 41063)


def lbs_near(net, pc, other):
    whole = v.lbs_refresh(SHORT)
    both_ways_tcp(net, pc, other, 8666, whole[:1] + bytes([whole[1] - 1]) + whole[2:], 41071)
    both_ways_tcp(net, pc, other, 8666, whole.replace(SHORT.encode(), b"g12345678"), 41072)
    both_ways_tcp(net, pc, other, 8666, whole.replace(b"\x20", b"\x21", 1), 41073)
    both_ways_tcp(net, pc, other, 8666, b"\x10\x0f\0\x04MQTT\x04\x02\0\x3c\0\x03abc", 41074)


@scene("hikvision-near.pcap")
def hikvision_near():
    """The right first octets with a length, a field or a form that does not fit; other protocols on the ports."""
    net, pc, other = lan(60, 61)
    match = v.sadp_match(other, MODEL, SERIAL, "V5")
    both_ways(net, pc, other, 37020, match.replace(b"Uuid>", b"Guid>"), 41001)
    both_ways(net, pc, other, 37020, v.wsd_probe("dn:Printer"), 41002)
    both_ways(net, pc, other, 37020, noise("37020", 200), 41003)
    foreign = Host(other.ip, "00:00:5e:00:53:99")
    net.put(ether(other.mac, BROADCAST, 0x8033, v.sadp_ether(foreign)), other)
    net.put(ether(other.mac, BROADCAST, 0x8033, v.sadp_ether(other)[:30]), other)
    both_ways(net, pc, other, 7660, ehome_alive().replace(b"PPVSPMessage>", b"PPVSMessages>"), 41011)
    both_ways(net, pc, other, 7660, b"<!--" + b" " * 80 + b"-->" + ehome_alive(), 41012)
    both_ways_tcp(net, pc, other, 8000, struct.pack("!I", 20) + v.sdk_login()[4:], 41021)
    both_ways_tcp(net, pc, other, 8123, v.sdk(0x63000000, 0x00111050, bytes(16), 7), 41022)
    both_ways_tcp(net, pc, other, 8000, lines("GET / HTTP/1.1", "Host: x"), 41023)
    both_ways_tcp(net, pc, other, 8000, struct.pack("!IIII", 48, 1, 1, 5) + bytes(32), 41024)
    both_ways_tcp(net, pc, other, 9010, cas(0x2011, b"x" * 16, version=0x02000000), 41031)
    both_ways_tcp(net, pc, other, 9010, cas(0x12011, b"x" * 16), 41032)
    both_ways_tcp(net, pc, other, 9020, noise("9020", 120), 41033)
    both_ways_tcp(net, pc, other, 8820, v.das_connect(SHORT).replace(b"pu2cenplt", b"pu2cenplx"), 41041)
    both_ways_tcp(net, pc, other, 8820, mqtt_publish(b"/Basic/pu2cenplt/" + SHORT.encode(), b"x" * 40), 41042)
    net.put(ether(other.mac, BROADCAST, 0x8D8D, v.ezviz_beacon(other).replace(b"/discover/", b"/discower/")), other)
    net.put(ether(other.mac, BROADCAST, 0x8D8D, b"not.an.address\0\0" + v.ezviz_beacon(other)[16:]), other)
    for port, name in ((41051, "www.ezvizlife.com"), (41052, "litedev.example.com"),
                       (41053, "litedev.eu.ezvizlife.com.evil.example")):
        both_ways_tcp(net, pc, other, 80, lines(f"GET /d?dn={name}&ip=192.0.2.1 HTTP/1.1", "Host: 119.29.29.29"), port)
    vtm_near(net, pc, other)
    lbs_near(net, pc, other)
    return net


# ---- one way ----


@scene("hikvision-oneway.pcap")
def hikvision_oneway():
    """What needs an answer and shows none."""
    net, camera, phone = lan(21, 71)
    only_from(net, camera, phone)
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    segments(net, pc, camera, 8000, v.sdk_login(), v.sdk_serial(SERIAL), sport=41001)
    segments(net, camera, CLOUD, 8666, lbs_auth(SHORT), sport=41002)
    segments(net, phone, RELAY, 8554, v.vtm_request(RELAY.ip, SHORT), sport=41003)
    return net


@scene("hikvision-alone.pcap")
def hikvision_alone():
    """One message of one direction that is enough: each from a host of its own."""
    net, a, b, c, d, e, g, h = lan(21, 22, 23, 24, 25, 26, 27)
    only_from(net, a, b, c, d, e, g, h)
    net.udp(a, 37020, net.group("239.255.255.250"), 37020, v.sadp_match(a, "DS-7608NI-K2", "DS-7608NI-K20123456789", "V4"))
    net.put(ether(b.mac, BROADCAST, 0x8033, v.sadp_ether(b)), b)
    net.udp(c, 50000, PLATFORM, 7660, ehome_register(c, "DS-2CD2T4720200101AAWR000000001"))
    segments(net, d, CLOUD, 8820, v.das_connect("G22222222"))
    net.put(ether(e.mac, BROADCAST, 0x8D8D, v.ezviz_beacon(e)), e)
    segments(net, g, HTTPDNS, 80, lines("GET /d?dn=litedev.eu.ezvizlife.com HTTP/1.1", "Host: 119.29.29.29"))
    phone = Host("192.168.10.71", "00:00:5e:00:53:71")
    segments(net, phone, h, 9010, b"", cas(0x2012, noise("answer", 64), status=0))
    return net
