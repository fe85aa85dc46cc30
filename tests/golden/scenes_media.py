# SPDX-License-Identifier: Apache-2.0
"""Media in frames of TCP, what devices say over SNMP, and the marks of brands on Dahua's devices
(protocols_seed_vendors.md 1.3, 2.3, 2.5, 5 and 6; vendors.md 3; RFC 4571; RFC 3416 and 3418)."""

import struct

import vendors as v
from exchange import both_ways, both_ways_tcp, datagrams, lan, only_from, segments
from net import Host, noise
from scenes import scene
from scenes_hikvision import cas, sdk_session
from scenes_standards import UPPER, pack, rtp
from talk import http, lines, rtsp

SYSTEM = (1, 3, 6, 1, 2, 1, 1)
HIKVISION, HIKVISION_NVR, DAHUA = ((1, 3, 6, 1, 4, 1, n) for n in (39165, 50001, 1004849))


# ---- media ----


def sdk_frame(i, size):
    """'$', channel, little-endian length of all of it."""
    return struct.pack("<BBH", 0x24, 1, size) + noise(f"sdk{i}", size - 4)


def rtp_frame(i, size):
    """RFC 2326 10.12."""
    return b"$\0" + struct.pack("!H", size) + rtp(i, 7, noise(f"rtp{i}", size - 12))


def framed(*packets):
    """RFC 4571."""
    return b"".join(struct.pack("!H", len(x)) + x for x in packets)


@scene("media-frames.pcap")
def media_frames():
    """A live picture over the SDK, one over EZVIZ's port, and GB/T 28181 over TCP; then the same without what
    names them."""
    net, pc, camera = lan(60, 21)
    c = sdk_session(net, pc, camera)
    c.say(0, v.sdk(0x63000000, 0x00030000, bytes(32), 0x11223344)).say(1, v.sdk(1, 0, bytes(24), 1))
    for i in range(4):
        c.say(1, sdk_frame(i, 600) + sdk_frame(i + 10, 300))
    c = segments(net, pc, camera, 9020, cas(0x3105, noise("ask", 128)), cas(0x3106, noise("answer", 64), status=0))
    for i in range(4):
        c.say(1, rtp_frame(i, 700) + rtp_frame(i + 10, 400))
    c = net.tcp(camera, UPPER, 30000, 15060).open()
    for i in range(4):
        c.say(0, framed(rtp(100 + i, 102000001, pack(400))))
    c = net.tcp(camera, UPPER, 30002, 15062).open()
    c.say(0, framed(rtp(1, 5, pack(200)), rtp(2, 5, noise("more", 200)), rtp(3, 5, noise("more2", 200))))
    c = net.tcp(pc, camera, 8000, 41001).open(skip_syn=True)
    c.skip(0, 9000)
    c.skip(1, 90000)
    for i in range(4):
        c.say(1, sdk_frame(i, 800), ack=True)
    return net


# ---- SNMP ----


def ber(tag, body):
    n = len(body)
    size = bytes([n]) if n < 128 else b"\x81" + bytes([n]) if n < 256 else b"\x82" + n.to_bytes(2, "big")
    return bytes([tag]) + size + body


def oid(*arcs):
    out = bytes([40 * arcs[0] + arcs[1]])
    for arc in arcs[2:]:
        part = [arc & 127]
        while arc > 127:
            arc >>= 7
            part.append(arc & 127 | 128)
        out += bytes(reversed(part))
    return ber(6, out)


def snmp(kind, *bindings, version=1):
    """A message of the community "public"; bindings are (arcs, value)."""
    rows = b"".join(ber(0x30, oid(*arcs) + value) for arcs, value in bindings)
    pdu = ber(kind, ber(2, b"\x11\x22") + ber(2, b"\0") + ber(2, b"\0") + ber(0x30, rows))
    return ber(0x30, ber(2, bytes([version])) + ber(4, b"public") + pdu)


def asked(*arcs):
    return snmp(0xA0, *[(x, b"\x05\0") for x in arcs])


def text(words):
    return ber(4, words.encode())


def describes(words, own=None):
    """sysDescr.0 and sysObjectID.0."""
    rows = [((*SYSTEM, 1, 0), text(words))]
    if own:
        rows.append(((*SYSTEM, 2, 0), oid(*own, 1)))
    return snmp(0xA2, *rows)


@scene("snmp.pcap")
def snmp_answers():
    """A manager asks: a camera by its description, one by its maker's table, a recorder by its number, a switch of
    the same maker, a device of Dahua's that does not say what it is, and somebody else's server."""
    net, manager, a, b, c, d, e, other = lan(60, 21, 22, 23, 24, 25, 61)
    question = asked((*SYSTEM, 1, 0), (*SYSTEM, 2, 0))
    own = asked(*[(*HIKVISION, 1, n, 0) for n in (1, 3, 4)])
    for host, ask, answer in (
            (a, question, describes("Hikvision DS-2CD7A26G0/P ANPR Camera V5.7.2", HIKVISION)),
            (b, own, snmp(0xA2, ((*HIKVISION, 1, 1, 0), text("DS-2DF8C832MX-ZDK")),
                          ((*HIKVISION, 1, 3, 0), text("V5.10.0 build 260519")), ((*HIKVISION, 1, 4, 0), text(b.mac)))),
            (c, question, describes("Linux", HIKVISION_NVR)),
            (d, question, describes("Hikvision DS-3E0526P-E switch")),
            (e, question, describes("none", (*DAHUA, 3, 2))),
            (other, question, describes("Linux server 6.1", (1, 3, 6, 1, 4, 1, 8072)))):
        datagrams(net, manager, manager.port(), host, 161, ask, answer)
    return net


# ---- marks of brands ----


@scene("brand-marks.pcap")
def brand_marks():
    """Vendor says nothing; firmware, model or serial number does."""
    net, pc, a, b, c, d = lan(60, 21, 22, 23, 24)
    for host, model, serial, version in ((a, "IPC-X", "ND01234567890", "2.420.00LR002.0"),
                                         (b, "LNB8005-C", "ND01234567891", "2.800.0000000.1.R"),
                                         (c, "IP2M-841", "AMC01234567892", "2.520.AC02.15.R"),
                                         (d, "IPC-HFW1431S", "6L0A1B2PAG00042", "2.800.0000004.0.R")):
        datagrams(net, pc, 50000, host, 37810, v.dhip_search(),
                  v.dhip_notify(host, "General", "IPC", model, serial, version))
    info = "deviceType=31\r\nprocessor=S3L\r\nserialNumber=ND01234567893\r\nupdateSerial=LNE8964AB\r\n"
    door = Host("192.168.10.25", "00:00:5e:00:53:25")
    net.announce(door)
    http(net, pc, door, "/cgi-bin/magicBox.cgi?action=getSystemInfo", door.ip,
         lines("HTTP/1.1 200 OK", "Content-Type: text/plain", body=info)).close()
    return net


DESCRIPTIONS = (  # as Dahua's, Uniview's and Reolink's write them, and who passes the second's stream on
    "s=Media Server\r\nt=0 0\r\na=control:*\r\na=packetization-supported:DH\r\na=rtppayload-supported:DH\r\n"
    "a=range:npt=now-\r\nm=video 0 RTP/AVP 96\r\na=control:trackID=0\r\n",
    "s=VCP IPC Realtime stream\r\nm=video 0 RTP/AVP 105\r\na=control:rtsp://192.0.2.8/media/video1/video\r\n"
    "a=rtpmap:105 H264/90000\r\na=recvonly\r\n",
    "s=Session streamed by \"preview\"\r\ni=0\r\nt=0 0\r\na=tool:BC Streaming Media v202210012022.10.01\r\n"
    "m=video 0 RTP/AVP 96\r\na=control:track1\r\n",
    "s=VCP IPC Realtime stream\r\nt=0 0\r\na=tool:libavformat 58.76.100\r\nm=video 0 RTP/AVP 96\r\n"
    "a=control:streamid=0\r\n")


@scene("own-words.pcap")
def own_words():
    """Cameras that name nobody but by the form of what they write: session descriptions, the agent of SIP. The
    fourth host is no camera."""
    net, pc, *hosts = lan(60, 21, 22, 23, 24)
    for host, sdp in zip(hosts, DESCRIPTIONS):
        rtsp(net, pc, host, f"rtsp://{host.ip}/live", sdp=sdp).close()
    platform, realm = "34020000002000000001", "3402000000"
    for last, device, agent in ((31, "34020000001320000031", "SIP UAS V3.0.0.675168"),
                                (32, "34020000001180000032", "Embedded Net DVR/NVR/DVS"),
                                (33, "34020000001320000033", "Hikvision"),
                                (34, "34020000001320000034", "IP Camera")):
        camera, server = Host(f"192.168.10.{last}", f"00:00:5e:00:53:{last}"), Host("203.0.113.28")
        net.announce(camera)
        net.udp(camera, 5060, server, 5060,
                v.gb_message("REGISTER", device, platform, realm, 1, camera, server, "", agent))
        net.udp(server, 5060, camera, 5060, v.gb_answer("200 OK", "REGISTER", device, realm, 1, camera))
    return net


# ---- look-alikes, one way ----


@scene("media-near.pcap")
def media_near():
    net, pc, other = lan(60, 61)
    rtsp_picture = b"$\0" + struct.pack("!H", 1200) + noise("x", 1200)
    for port, message in ((41001, rtsp_picture), (41002, sdk_frame(1, 600)[:-7]), (41003, b"$1\x04")):
        c = net.tcp(pc, other, 8000, port).open()
        for _ in range(4):
            c.say(1, message)
    for port, message in ((41004, rtp_frame(1, 600)[:-3]), (41005, b"$\0\x02\x58" + bytes(600))):
        c = net.tcp(pc, other, 9020, port).open()
        for _ in range(4):
            c.say(1, message)
    c = net.tcp(pc, other, 8123, 41006).open()
    for i in range(4):
        c.say(1, sdk_frame(i, 600))
    broken = framed(rtp(1, 5, pack(200)), rtp(7, 5, noise("gap", 200)))
    foreign = framed(rtp(1, 5, pack(200)), rtp(2, 6, noise("ssrc", 200)))
    both_ways_tcp(net, pc, other, 30000, broken, 41011)
    both_ways_tcp(net, pc, other, 30000, foreign, 41012)
    both_ways_tcp(net, pc, other, 30000, framed(rtp(1, 5, noise("h264", 300))), 41013)
    both_ways(net, pc, other, 161, describes("Linux printer 2"), 41021)
    both_ways(net, pc, other, 161, describes("Hikvision")[:-1], 41022)
    both_ways(net, pc, other, 161, asked((*HIKVISION, 1, 1, 0)), 41023)
    both_ways(net, pc, other, 161, describes("maker is not Hikvision"), 41024)
    both_ways(net, pc, other, 161, describes("x", (1, 3, 6, 1, 4, 1, 39166)), 41025)
    return net


@scene("media-oneway.pcap")
def media_oneway():
    net, camera, one = lan(21, 22)
    only_from(net, camera, one)
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    c = net.tcp(pc, camera, 8000, 41001).open()
    c.say(1, sdk_frame(1, 600)).say(1, sdk_frame(2, 600))
    c = net.tcp(camera, UPPER, 30000, 41002).open()
    c.say(0, framed(rtp(1, 5, pack(200)))).say(0, framed(rtp(9, 5, pack(200))))
    net.udp(one, 161, pc, 41003, describes("Hikvision DS-7608NI-K2", HIKVISION_NVR))
    return net
