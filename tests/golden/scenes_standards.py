# SPDX-License-Identifier: Apache-2.0
"""Uniview, Tiandy and the standards, message by message (protocols_seed_vendors.md 3 to 7): what their signatures
have to tell of phase and side, what only looks so, and what one direction of it is worth."""

import struct

import vendors as v
from exchange import CLOUD, both_ways, both_ways_tcp, datagrams, lan, only_from, segments
from net import Host, noise
from scenes import scene
from talk import dhcp, dns_name, http, interleaved, lines, rtsp

DEVICE, PLATFORM, REALM = "34020000001320000042", "34020000002000000001", "3402000000"
UPPER = Host("203.0.113.28")  # a platform; nobody's
SOAP = "application/soap+xml"
UNIVIEW = ("IPC3614SB-ADF28KM", "210235C3LN3000000042", "IPC_G6107-B0001")


# ---- messages ----


def uniview_probe():
    return v.wsd_probe().replace(b"d:Probe>", b"tns:UniviewProbe>")


def soap(body):
    return ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
            f'xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><s:Body>{body}</s:Body></s:Envelope>')


def onvif_information(serial):
    return lines("HTTP/1.1 200 OK", f"Content-Type: {SOAP}", body=soap(
        "<tds:GetDeviceInformationResponse><tds:Manufacturer>Example</tds:Manufacturer><tds:Model>EX-1000</tds:Model>"
        f"<tds:FirmwareVersion>1.2.3</tds:FirmwareVersion><tds:SerialNumber>{serial}</tds:SerialNumber>"
        "</tds:GetDeviceInformationResponse>"))


def onvif_request(host):
    return lines("POST /onvif/device_service HTTP/1.1", f"Host: {host.ip}", f"Content-Type: {SOAP}",
                 body=soap("<tds:GetDeviceInformation/>"))


def invite(ssrc="0102000001"):
    y = f"y={ssrc}\r\n" if ssrc else ""
    return lines(f"INVITE sip:{DEVICE}@{REALM} SIP/2.0", f"Via: SIP/2.0/UDP {UPPER.ip}:5060;branch=z9hG4bK20",
                 f"From: <sip:{PLATFORM}@{REALM}>;tag=7", f"To: <sip:{DEVICE}@{REALM}>", "Call-ID: 200001",
                 "CSeq: 20 INVITE", f"Subject: {DEVICE}:{ssrc},{PLATFORM}:0", "Content-Type: application/sdp",
                 body=f"v=0\r\no={PLATFORM} 0 0 IN IP4 {UPPER.ip}\r\ns=Play\r\nc=IN IP4 {UPPER.ip}\r\nt=0 0\r\n"
                      f"m=video 30000 RTP/AVP 96\r\na=recvonly\r\na=rtpmap:96 PS/90000\r\n{y}")


def rtp(sequence, ssrc, body, kind=96):
    """RFC 3550."""
    return struct.pack("!BBHII", 0x80, kind, sequence, 3600 * sequence, ssrc) + body


def pack(n):
    """MPEG-2 pack header (ISO/IEC 13818-1 2.5.3.3) and n octets of stream."""
    return bytes.fromhex("000001ba44000400040100032bf8") + b"\0\0\x01\xe0" + noise("ps", n)


def description(model="DCS-935L", kind="urn:schemas-upnp-org:device:Basic:1", about="Wireless Network Camera"):
    return lines("HTTP/1.1 200 OK", "Content-Type: text/xml", body=(
        '<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>'
        f"<deviceType>{kind}</deviceType><friendlyName>Hall</friendlyName><manufacturer>Example</manufacturer>"
        f"<modelDescription>{about}</modelDescription><modelName>{model}</modelName>"
        "<serialNumber>EX0042</serialNumber></device></root>"))


def notify(server, kind, usn):
    return lines("NOTIFY * HTTP/1.1", "HOST: 239.255.255.250:1900", f"NT: {kind}", "NTS: ssdp:alive", f"USN: {usn}",
                 f"SERVER: {server}", "LOCATION: http://192.168.10.21:80/rootDesc.xml")


def mdns(name, target, flags=0x8400, questions=0):
    """RFC 6762: a PTR record of _http._tcp.local."""
    service = dns_name("_http._tcp.local")
    data = bytes([len(name)]) + name.encode() + b"\xc0\x0c"
    records = service + struct.pack("!HHIH", 12, 1, 120, len(data)) + data
    host = dns_name(target + ".local")
    srv = struct.pack("!HHH", 0, 0, 80) + host
    records += bytes([len(name)]) + name.encode() + b"\xc0\x0c" + struct.pack("!HHIH", 33, 0x8001, 120, len(srv)) + srv
    return struct.pack("!HHHHHH", 0, flags, questions, 2, 0, 0) + records


# ---- Uniview, Tiandy ----


@scene("uniview-tiandy.pcap")
def uniview_tiandy():
    net, pc, camera, nvs = lan(60, 21, 22)
    net.udp(pc, 50000, net.group("239.255.255.250"), 3702, uniview_probe())
    net.udp(camera, 3702, pc, 50000, v.uniview_match(camera, *UNIVIEW))
    http(net, pc, camera, "/LAPI/V1.0/System/DeviceInfo", camera.ip, lines(
        "HTTP/1.1 200 OK", "Content-Type: application/json",
        body='{"Response":{"ResponseURL":"/LAPI/V1.0/System/DeviceInfo","StatusCode":0,"Data":{}}}')).close()
    c = rtsp(net, pc, camera, f"rtsp://{camera.ip}/unicast/c1/s0/live", realm="00005e005321", agent="IMCP")
    c.stream(1, 6, head=interleaved(1396), size=1400)
    c = segments(net, pc, nvs, 3001, v.tiandy(f"{pc.ip}\tIP\tUSER\tLOGON\tdXNlcg==\tcGFzcw==\t\t1\tUTF-8\t805306367\t1"),
                 v.tiandy(f"{nvs.ip}\tIP\tUSER\tLOGONFAILED\t3", from_device=True))
    c.say(0, v.tiandy(f"{pc.ip}\tIP\tCMD\tGETDEVTYPE\t", 2)).say(1, v.tiandy_media(nvs)).close()
    return net


# ---- ONVIF and what a device says of itself ----


@scene("standards-lan.pcap")
def standards_lan():
    net, pc, camera, cube = lan(60, 21, 23)
    dhcp(net, cube, "DCS-935L", "dlink")
    net.udp(pc, 50000, net.group("239.255.255.250"), 3702, v.wsd_probe())
    net.udp(camera, 3702, pc, 50000, v.wsd_match(camera, v.onvif_scopes("Example", "EX-1000")))
    segments(net, pc, camera, 80, onvif_request(camera), onvif_information("EX1000S42")).close()
    usn = "uuid:28107bff-0000-1000-8000-00005e005323::urn:schemas-upnp-org:device:DCS-935L:1"
    net.udp(cube, 1900, net.group("239.255.255.250"), 1900, notify(
        "Linux/2.6 UPnP/1.0 Network Camera/1.0", "urn:schemas-upnp-org:device:DCS-935L:1", usn))
    http(net, pc, cube, "/rootDesc.xml", cube.ip, description()).close()
    net.udp(cube, 5353, net.group("224.0.0.251"), 5353, mdns("D-Link DCS-935L Configuration Utility", "DCS-935L"))
    return net


# ---- GB/T 28181 ----


@scene("gb28181-media.pcap")
def gb28181_media():
    """Registration, question, alarm, a stream that the platform asks for, and the stream: datagrams to the one
    port, RFC 4571 to the other."""
    net, camera = lan(21)
    up, down = (camera, 5060, UPPER, 5060), (UPPER, 5060, camera, 5060)

    def message(method, cseq, xml=""):
        return v.gb_message(method, DEVICE, PLATFORM, REALM, cseq, camera, UPPER, xml, "IP Camera")
    net.udp(*up, message("REGISTER", 1))
    net.udp(*down, v.gb_answer("200 OK", "REGISTER", DEVICE, REALM, 1, camera))
    net.udp(*up, message("MESSAGE", 2, v.manscdp("Notify", "Keepalive", DEVICE, "<Status>OK</Status>\r\n")))
    net.udp(*down, v.gb_message("MESSAGE", PLATFORM, DEVICE, REALM, 3, UPPER, camera,
                                v.manscdp("Query", "Catalog", DEVICE)))
    net.udp(*down, invite())
    for i in range(4):
        net.udp(camera, 15060, UPPER, 30000, rtp(100 + i, 102000001, pack(400)))
    return net


# ---- look-alikes ----


def text_near(net, pc, other):
    """Documents and headers that hold half of what is asked for."""
    match = v.wsd_match(other, "ldap:///ou=printers", "wprt:PrintDeviceType")
    both_ways(net, pc, other, 3702, match, 41001)
    both_ways(net, pc, other, 3702, b"<onvif>onvif://www.onvif.org/ NetworkVideoTransmitter</onvif>" + b" " * 200, 41002)
    both_ways(net, pc, other, 3702, uniview_probe().replace(b"UniviewProbe", b"UnivjewProbe").replace(
        b"NetworkVideoTransmitter", b"Printer"), 41003)
    both_ways(net, pc, other, 3702, b"UniviewProbeMatches" + b" " * 120, 41004)
    segments(net, pc, other, 80, lines("POST /onvifx/device_service HTTP/1.1", "Host: x", body=soap("<a/>")),
             lines("HTTP/1.1 200 OK", "Content-Type: text/html", body=soap("<a/>")), sport=41011).close()
    segments(net, pc, other, 80, lines("GET /cgi-bin/magicBox.cgi HTTP/1.1", "Host: x"),
             lines("HTTP/1.1 200 OK", "Server: Webs", "Content-Type: text/html", body="<DeviceInfo/>"), sport=41012).close()
    segments(net, pc, other, 80, lines("GET / HTTP/1.1", "Host: x"),
             lines("HTTP/1.1 401 Unauthorized", 'WWW-Authenticate: Digest realm="Login to x"'), sport=41013).close()
    both_ways_tcp(net, pc, other, 554, b"DESCRIBE rtsp://x/ RTSQ/1.0\r\nCSeq: 1\r\n\r\n", 41021)
    both_ways_tcp(net, pc, other, 554, lines("GET / HTTP/1.1", "Host: x"), 41022)
    both_ways_tcp(net, pc, other, 80, description().replace(b"device-1-0", b"service-1-0"), 41031)
    both_ways_tcp(net, pc, other, 80, lines("HTTP/1.1 200 OK", "Content-Type: text/xml", body="<root><device/></root>"), 41032)
    segments(net, pc, other, 80, b"", description("LP-1", "urn:schemas-upnp-org:device:Printer:1", "Laser printer"),
             sport=41033).close()


def binary_near(net, pc, other):
    log_in = v.tiandy("192.0.2.1\tIP\tUSER\tLOGON\t\t\t\t1\tUTF-8\t805306367\t1")
    both_ways_tcp(net, pc, other, 3001, log_in[:6] + b"\x15" + log_in[7:], 41041)
    both_ways_tcp(net, pc, other, 3001, v.tiandy("no fields in this text"), 41042)
    both_ways_tcp(net, pc, other, 3001, v.tiandy_media(other).replace(b"NVS\0", b"NVR\0"), 41043)
    for i in range(4):
        both_ways(net, pc, other, 30000, rtp(i, 7, pack(60).replace(b"\xba\x44", b"\xba\x04")), 41051)  # no MPEG-2
        both_ways(net, pc, other, 30000, rtp(i, 7, pack(60), 97), 41052)      # another payload type
        both_ways(net, pc, other, 30000, rtp(i, 7, noise("h264", 80)), 41053)


def sip_near(net, pc, other):
    phone = "4921155501"
    both_ways(net, pc, other, 5060, v.gb_message("REGISTER", phone, "sip", "sip.example", 1, pc, other), 41061)
    both_ways(net, pc, other, 5060, v.gb_message("REGISTER", DEVICE[:19], PLATFORM, REALM, 1, pc, other), 41062)
    both_ways(net, pc, other, 5060, invite(""), 41063)
    both_ways(net, pc, other, 5060, v.gb_message("MESSAGE", DEVICE, PLATFORM, REALM, 1, pc, other, "<Notify/>").replace(
        b"MANSCDP", b"MANSCDQ"), 41064)


def names_near(net, pc, other):
    """Announcements of what is no camera; searches; and DHCP from a client that says nothing."""
    group = net.group("239.255.255.250")
    search = lines("M-SEARCH * HTTP/1.1", "HOST: 239.255.255.250:1900", "ST: urn:schemas-upnp-org:device:DCS-935L:1")
    net.udp(pc, 41071, group, 1900, search)
    net.udp(pc, 41072, group, 1900, notify("x", "y", "z").replace(b"USN", b"USM"))
    net.udp(pc, 41073, net.group("224.0.0.251"), 5353, mdns("DCS-935L", "DCS-935L"))      # not from port 5353
    net.udp(pc, 5353, net.group("224.0.0.251"), 5353, mdns("DCS-935L", "DCS-935L", 0, 1))  # a question
    relayed = bytearray(b"\x01\x01\x06" + bytes(233) + b"\x63\x82\x53\x63" + b"\x0c\x08DCS-935L\xff")
    relayed[24:28], relayed[28:34] = bytes([192, 168, 10, 60]), bytes.fromhex("00005e005377")
    net.udp(pc, 41082, other, 67, bytes(relayed))  # a relay's, of another
    net.udp(pc, 41081, other, 67, b"\x01\x01\x06" + bytes(233) + b"\x63\x82\x53\x64" + b"\x0c\x08DCS-935L\xff")


@scene("standards-near.pcap")
def standards_near():
    net, pc, other = lan(60, 61)
    text_near(net, pc, other)
    binary_near(net, pc, other)
    sip_near(net, pc, other)
    names_near(net, pc, other)
    return net


# ---- one way ----


@scene("standards-oneway.pcap")
def standards_oneway():
    """What needs an answer, or more of it, and shows none."""
    net, camera, nvs = lan(21, 22)
    only_from(net, camera, nvs)
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    segments(net, pc, nvs, 3001, b"", v.tiandy_media(nvs), sport=41001)
    net.udp(camera, 3702, pc, 41002, v.wsd_match(camera, "", path="/x"))
    segments(net, camera, pc, 80, onvif_request(pc), sport=41003)
    segments(net, camera, pc, 80, lines("GET /ISAPI/System/deviceInfo HTTP/1.1", f"Host: {pc.ip}"), sport=41004)
    net.udp(camera, 41005, UPPER, 5060, v.gb_message("REGISTER", DEVICE, PLATFORM, REALM, 1, camera, UPPER))
    segments(net, pc, camera, 554, b"", lines("RTSP/1.0 200 OK", "CSeq: 1", "Server: Example"), sport=41006)
    net.udp(camera, 41007, UPPER, 30000, rtp(100, 102000001, pack(400)))
    net.udp(camera, 41007, UPPER, 30000, rtp(101, 102000001, pack(400)))
    return net


@scene("standards-alone.pcap")
def standards_alone():
    """One message of one direction that is enough: each from a host of its own."""
    net, a, b, c, d, e = lan(21, 22, 23, 24, 25)
    dhcp(net, e, "DCS-5222L")  # its 5-tuple has no other direction
    only_from(net, a, b, c, d, e)
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    net.udp(a, 3702, pc, 50000, v.uniview_match(a, *UNIVIEW))
    net.udp(b, 1900, net.group("239.255.255.250"), 1900, notify(
        "Linux UPnP/1.0 Network Camera/1.0", "upnp:rootdevice", "uuid:28107bff-0000-1000-8000-00005e005322"))
    segments(net, pc, c, 80, b"", description())
    net.udp(d, 5353, net.group("224.0.0.251"), 5353, mdns("D-Link DCS-942L", "DCS-942L"))
    return net
