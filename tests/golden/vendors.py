# SPDX-License-Identifier: Apache-2.0
"""Messages of makers and platforms, written from published descriptions of their formats; the place
is named at each. Nothing here comes from a capture, and no credential is real."""

import ipaddress
import json
import struct
import zlib

from frames import mac
from net import noise
from talk import lines

# ---- Dahua (protocols_seed_vendors.md 1; corrections.md 2 and 3) ----


def dhip(message, session=0, request=0):
    """DHIP: 32-byte header, JSON that ends with a newline."""
    body = json.dumps(message, separators=(",", ":")).encode() + b"\n"
    head = struct.pack("<I4sII", 0x20, b"DHIP", session, request)
    return head + struct.pack("<IIII", len(body), 0, len(body), 0) + body


def dhip_search():
    return dhip({"method": "DHDiscover.search", "params": {"mac": "", "uni": 1}})


def dhip_notify(host, vendor, device_class, device_type, serial, version, name=""):
    info = {
        "AlarmInputChannels": 0, "DeviceClass": device_class, "DeviceType": device_type,
        "HttpPort": 80,
        "IPv4Address": {"DefaultGateway": "192.168.10.1", "DhcpEnable": True, "IPAddress": host.ip,
                        "SubnetMask": "255.255.255.0"},
        "MachineName": name, "Port": 37777, "SerialNo": serial, "Vendor": vendor, "Version": version,
    }
    return dhip({"mac": host.mac, "method": "client.notifyDevInfo", "params": {"deviceInfo": info}})


def dahua_request(verb, path, cseq, user="", body=""):
    """HTTP-shaped, over UDP; POST has an empty Content-Type."""
    head = [f"{verb} {path} HTTP/1.1", f"CSeq: {cseq}"]
    if user:
        head += ['Authorization: WSSE profile="UsernameToken"',
                 f'X-WSSE: UsernameToken Username="{user}", PasswordDigest="AAAA", Nonce="1", '
                 'Created="2026-03-02T09:00:00Z"']
    if verb.endswith("POST"):
        head.append("Content-Type: ")
    return lines(*head, body=body)


def dahua_answer(cseq, body="", status="200 OK"):
    return lines(f"HTTP/1.1 {status}", f"CSeq: {cseq}", body=body)


def dahua_heartbeat(serial):
    return f"GET /heartbeat/device/{serial} HTTP/1.1\r\n\r\n".encode()


def _inverted(data):
    return bytes(x ^ 0xFF for x in data)


def dahua_stun(kind, ip, port, label):
    """44 octets of STUN form, every bit inverted."""
    plain = struct.pack("!HH", 0x0101 if kind == "answer" else 0x0001, 24) + noise(label, 16)
    plain += struct.pack("!HH", 0x8029 if kind == "answer" else 0x802A, 8) + noise("id" + label, 8)
    plain += struct.pack("!HHHH", 4, 8, 1, port) + ipaddress.ip_address(ip).packed
    return _inverted(plain)


def _ptcp(sent, received, packet, local, remote, body=b""):
    return b"PTCP" + struct.pack("!IIIII", sent, received, packet, local, remote) + body


def ptcp_syn():
    return _ptcp(0, 0, 0x0002FFFF, 0, 0, b"\x00\x03\x01\x00")


def ptcp_ack(n=24):
    return _ptcp(n, n, 0xFFFF - 1, 1, 1)


def ptcp_bind(port):
    return _ptcp(24, 24, 0xFFF0, 1, 1, struct.pack("!IIIII", 0x11000000, 0x36EF034A, 0, port, 0x7F000001))


def ptcp_data(i, size):
    """Header of a data packet of size octets in all; the rest is the tunnelled stream."""
    return _ptcp(24 + i, 24, i & 0x7FFF, i, 1,
                 struct.pack("!III", 0x10000000 | (size - 36), 0x36EF034A, 0))


def dvrip_login():
    """Realm request with the fixed user block of public keys left zero."""
    return bytes.fromhex("a0010000" + "00" * 20 + "050201010000a1aa")


def dvrip_answer(text):
    body = text.encode()
    head = b"\xb0\x00\x00\x78" + struct.pack("<I", len(body)) + b"\x01\x0e\x01\x00" + bytes(12)
    return head + bytes.fromhex("0600f90000000002") + body


def dvrip_property(code, text=""):
    """a4 asks, b4 answers: 0x07 serial number, 0x08 firmware, 0x0b model."""
    if not text:
        return b"\xa4\0\0\0" + bytes(4) + struct.pack("<I", code) + bytes(20)
    return b"\xb4\0\0\x78" + struct.pack("<II", len(text), code) + bytes(20) + text.encode()


# ---- Hikvision and EZVIZ (protocols_seed_vendors.md 2) ----


def sadp_probe():
    return (b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>13A888A9-F1B1-4020-AE9F-05607682D23B'
            b"</Uuid><Types>inquiry</Types></Probe>")


def sadp_match(host, model, serial, version, hardware=None):
    address = (hardware or host.mac).replace(":", "-")
    return "\r\n".join([
        '<?xml version="1.0" encoding="UTF-8" ?>', "<ProbeMatch>",
        "<Uuid>13A888A9-F1B1-4020-AE9F-05607682D23B</Uuid>", "<Types>inquiry</Types>",
        "<DeviceType>185</DeviceType>", f"<DeviceDescription>{model}</DeviceDescription>",
        f"<DeviceSN>{serial}</DeviceSN>", "<CommandPort>8000</CommandPort>",
        "<HttpPort>80</HttpPort>", f"<MAC>{address}</MAC>", f"<IPv4Address>{host.ip}</IPv4Address>",
        "<IPv4SubnetMask>255.255.255.0</IPv4SubnetMask>",
        "<IPv4Gateway>192.168.10.1</IPv4Gateway>", "<DHCP>true</DHCP>",
        f"<SoftwareVersion>{version}</SoftwareVersion>", "<Activated>true</Activated>",
        "</ProbeMatch>", ""]).encode()


def sadp_ether(host, command=4):
    """EtherType 0x8033: 21 01 01 f6, counter, 06 04, command, checksum, source MAC and address."""
    head = bytes.fromhex("210101f6") + struct.pack("!I", 7) + b"\x06\x04" + bytes([command, 0]) + b"\0\0"
    body = head + mac(host.mac) + ipaddress.ip_address(host.ip).packed + b"\xff" * 6 + b"\xff" * 4
    return body + b"\xff\xff\xff\0" + bytes(28)


def sdk(word, command, body=b"", auth=0):
    return struct.pack("!IIII", 16 + len(body), word, auth, command) + body


def sdk_login():
    body = bytes.fromhex("05013d4b00000001") + bytes(4) + bytes.fromhex("0000000000006f00")
    body += b"user".ljust(48, b"\0")
    key = bytes.fromhex("30818902818100") + noise("rsa", 128) + bytes.fromhex("0203010001")
    return sdk(0x5A000000, 0x00010000, body + key)


def sdk_serial(serial):
    """Second log-in answer: session, serial number padded to 44."""
    return sdk(1, 0, b"\x22\x33\x44\x55" + serial.encode().ljust(44, b"\0") + bytes(16), 1)


def lbs_refresh(serial):
    """LBS command 7: 01 01 00, serial, 32-byte id, 16-byte block."""
    body = b"\x01\x01\x00" + bytes([len(serial)]) + serial.encode() + b"\x20"
    body += noise("id" + serial, 32) + noise("block" + serial, 16)
    return bytes([0x70, len(body)]) + body


def lbs_answer():
    return bytes([0x80, 36]) + b"\x01\x01\x00\x00" + noise("lbs", 32)


def das_connect(serial):
    """MQTT 3.1.1 CONNECT; the will topic has 128 octets."""
    def text(x):
        return struct.pack("!H", len(x)) + x
    topic = f"/Basic/pu2cenplt/{serial}/breakconnect".encode().ljust(128, b"\0")
    payload = text(noise("das" + serial, 32)) + text(topic) + text(noise("will", 64))
    payload += text(serial.encode()) + text(b"test")
    body = text(b"MQTT") + b"\x04\xee" + struct.pack("!H", 60) + payload
    n = len(body)
    return b"\x10" + bytes([n & 127 | 128, n >> 7]) + body


def vtm(code, body, sequence=1, channel=0):
    return struct.pack("!BBHHH", 0x24, channel, len(body), sequence, code) + body


def vtm_request(host, serial):
    url = f"ysproto://{host}:8554/live?dev={serial}&chn=1&stream=1".encode()
    return vtm(0x13B, b"\x0a" + bytes([len(url)]) + url + b"\x12\x05v3.6.")


def ezviz_beacon(host):
    body = host.ip.encode().ljust(16, b"\0") + struct.pack("<I", 848) + b"\x0c\xbd"
    body += b"/discover/2.0.3/req/4097" + bytes.fromhex("00020032")
    return (body + bytes(177) + noise("beacon", 384))[:611]


# ---- ONVIF, Uniview (WS-Discovery; protocols_seed_vendors.md 3.1 and 7) ----

_SOAP = ('<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
         'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
         'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" '
         'xmlns:dn="http://www.onvif.org/ver10/network/wsdl">')


def wsd_probe(types="dn:NetworkVideoTransmitter"):
    return (_SOAP + "<s:Header><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>"
            "<a:MessageID>urn:uuid:0a6dc791-2be6-4991-9af1-454778a1917a</a:MessageID></s:Header><s:Body>"
            f"<d:Probe><d:Types>{types}</d:Types></d:Probe></s:Body></s:Envelope>").encode()


def wsd_match(host, scopes, types="dn:NetworkVideoTransmitter", element="ProbeMatches", path="/onvif/device_service"):
    uuid = "00010010-0001-1020-8000-" + host.mac.replace(":", "")
    return (_SOAP + f"<s:Header><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/{element}</a:Action>"
            "<a:RelatesTo>urn:uuid:0a6dc791-2be6-4991-9af1-454778a1917a</a:RelatesTo></s:Header><s:Body>"
            f"<d:{element}><d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:{uuid}</a:Address>"
            f"</a:EndpointReference><d:Types>{types}</d:Types><d:Scopes>{scopes}</d:Scopes>"
            f"<d:XAddrs>http://{host.ip}{path}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
            f"</d:ProbeMatch></d:{element}></s:Body></s:Envelope>").encode()


def onvif_scopes(name, hardware, *more):
    base = "onvif://www.onvif.org/"
    rows = [f"name/{name}", f"hardware/{hardware}", "Profile/Streaming", "type/video_encoder", *more]
    return " ".join(base + row for row in rows)


def uniview_scopes(host, model, serial, version):
    return onvif_scopes(model, model, f"version/{version}", f"serial/{serial}",
                        "macaddr/" + host.mac.replace(":", ""), "manufacturer/UNIVIEW", "type/IPC",
                        "register_status/offline", "register_server/0.0.0.0:5060")


def uniview_match(host, model, serial, version):
    return wsd_match(host, uniview_scopes(host, model, serial, version), element="UniviewProbeMatches")


# ---- Tiandy (protocols_seed_vendors.md 4.1) ----


def tiandy(text, sequence=1, from_device=False):
    data = text.encode() + b"\n\n\n"
    head = struct.pack("<4sHH", b"\xf1\xf5\xea\xf5", sequence, len(data) + 20)
    if from_device:
        return head + bytes(10) + struct.pack("<H", len(data)) + data
    return head + bytes(8) + struct.pack("<I", len(data)) + data


def tiandy_media(host, size=200):
    data = b"NVS\0" + noise("nvs", size)
    return (b"\xf1\xf5\xea\xf9" + struct.pack("<I", 1) + ipaddress.ip_address(host.ip).packed[::-1] +
            struct.pack("<HHI", 0, len(data) + 20, 1) + data)


# ---- GB/T 28181 (protocols_seed_vendors.md 6) ----


def gb_message(method, device, server, realm, cseq, src, dst, xml="", user_agent=""):
    head = [f"{method} sip:{server}@{realm} SIP/2.0",
            f"Via: SIP/2.0/UDP {src.ip}:5060;rport;branch=z9hG4bK{cseq}",
            f"From: <sip:{device}@{realm}>;tag=1001", f"To: <sip:{device}@{realm}>",
            f"Call-ID: {cseq}0001", f"CSeq: {cseq} {method}", f"Contact: <sip:{device}@{src.ip}:5060>",
            "Max-Forwards: 70"]
    if user_agent:
        head.append(f"User-Agent: {user_agent}")
    if method == "REGISTER":
        head.append("Expires: 3600")
    if xml:
        head.append("Content-Type: Application/MANSCDP+xml")
    else:
        head.append("Content-Length: 0")
    return lines(*head, body=xml)


def gb_answer(status, method, device, realm, cseq, src):
    return lines(f"SIP/2.0 {status}", f"Via: SIP/2.0/UDP {src.ip}:5060;rport=5060;branch=z9hG4bK{cseq}",
                 f"From: <sip:{device}@{realm}>;tag=1001", f"To: <sip:{device}@{realm}>;tag=2",
                 f"Call-ID: {cseq}0001", f"CSeq: {cseq} {method}", "Content-Length: 0")


def manscdp(root, kind, device, inner=""):
    return (f'<?xml version="1.0" encoding="GB2312"?>\r\n<{root}>\r\n<CmdType>{kind}</CmdType>\r\n<SN>1</SN>\r\n'
            f"<DeviceID>{device}</DeviceID>\r\n{inner}</{root}>\r\n")


# ---- PPPP (protocols_p2p.md 2; corrections.md 1, 4 and the cipher) ----

_T = bytes.fromhex(
    "7c9ce84a13dedcb22f2123e4307b3d8cbc0b270c3cf79ae7087196009785efc1"
    "1fc4dba1c2ebd901faba3b05b81587832872d18b5ad6da9358feaacc6e1bf0a3"
    "88ab43c00db545384f502266207f075b14981d9ba72ab9a8cbf1fc4947063eb1"
    "0e043a945eee541134dd4df9ecc7c9e3781a6f706ba4bda95dd5f8e5bb26af42"
    "37d8e1020aae5f1cc573094e6924906d12b319ad748a2940f52dbea559e0f479"
    "d24bce8982488425c6912ba2fb8fe9a6b09e3f65f603312eac0f952c5ced39b7"
    "336c567eb4a0fd7a815351868d9f77ff6a80dfe2bf10d775645776f355cdd0c8"
    "18e6364162cf99f2324c67606192cad3ea637d16b68ed46835c3529d46441e17")


def cs2_key(text):
    octets = text.encode()
    total, mixed = sum(octets), 0
    for x in octets:
        mixed ^= x
    return [total & 255, -total & 255, sum(x // 3 for x in octets) & 255, mixed]


def cs2_encrypt(key, plain):
    k, out, c = cs2_key(key), bytearray(), 0
    for x in plain:
        c = x ^ _T[(k[c & 3] + c) & 255]
        out.append(c)
    return bytes(out)


def did(prefix, number, code):
    return prefix.encode().ljust(8, b"\0") + struct.pack("!I", number) + code.encode().ljust(8, b"\0")


def pppp(kind, body=b""):
    return struct.pack("!BBH", 0xF1, kind, len(body)) + body


def pppp_sockaddr(ip, port):
    """The little form: family, port LE, address reversed."""
    return b"\0\x02" + struct.pack("<H", port) + ipaddress.ip_address(ip).packed[::-1] + bytes(8)


def pppp_login(uid, host, port):
    return pppp(0x10, uid + bytes(4) + pppp_sockaddr(host.ip, port))


def pppp_drw(channel, index, size):
    """Header of a data message of size octets in all."""
    return struct.pack("!BBHBBH", 0xF1, 0xD0, size - 4, 0xD1, channel, index & 0xFFFF)


def pppp_ack(channel, index):
    return pppp(0xD1, struct.pack("!BBHH", 0xD1, channel, 1, index & 0xFFFF))


def pppp_over_tcp(message, r0=0x86, r1=0x1A):
    key = "%02X%02X" % (r0, r1)
    return struct.pack("!HBBBBBB", len(message), 0x68, 0, r0, r1, 0x3F, 0x64) + cs2_encrypt(key, message)


# ---- TUTK Kalay (protocols_p2p.md 1) ----

_TUTK_KEY = b"Charlie is the designer of P2P!!"
_TUTK_P = [11, 9, 8, 15, 13, 10, 12, 14, 2, 1, 5, 0, 6, 4, 7, 3]
_TUTK_TAIL = {2: [1, 0], 4: [2, 3, 0, 1], 8: [7, 4, 3, 2, 1, 6, 5, 0]}


def _rotate_right(block, by):
    words = struct.unpack("<IIII", block)
    return struct.pack("<IIII", *(((w >> n) | (w << (32 - n))) & 0xFFFFFFFF for w, n in zip(words, by)))


def tutk_scramble(plain):
    out = b""
    for at in range(0, len(plain) - 15, 16):
        block = _rotate_right(plain[at:at + 16], (1, 5, 9, 13))
        block = bytes(x ^ k for x, k in zip(block, _TUTK_KEY))
        mixed = bytearray(16)
        for i, p in enumerate(_TUTK_P):
            mixed[p] = block[i]
        out += _rotate_right(bytes(mixed), (3, 7, 11, 15))
    tail = plain[len(out):]
    tail = bytes(x ^ k for x, k in zip(tail, _TUTK_KEY))
    order = _TUTK_TAIL.get(len(tail))
    if order:
        mixed = bytearray(len(tail))
        for i, p in enumerate(order):
            mixed[p] = tail[i]
        tail = bytes(mixed)
    return out + tail


def tutk(kind, body, sequence=0, mode=2, version=0x19, session=bytes(4)):
    plain = bytes([4, 2, version, mode]) + struct.pack("<HH", len(body), sequence) + kind + b"\0" + session
    return tutk_scramble(plain + body)


# ---- Xiongmai (protocols_p2p.md 3) ----


def xm(message, body, from_device=False, session=0):
    data = json.dumps(body).encode() + b"\n\0" if body else b""
    return struct.pack("<BBHIIBBHI", 0xFF, 1 if from_device else 0, 0, session, 0, 0, 0, message,
                       len(data)) + data


# ---- Reolink (protocols_p2p.md 4) ----

_BAICHUAN_KEY = bytes.fromhex("1f2d3c4b5a6978ff")
_BC_UDP_KEY = [0x1F2D3C4B, 0x5A6C7F8D, 0x38172E4B, 0x8271635A, 0x863F1A2B, 0xA5C6F7D8, 0x8371E1B4, 0x17F2D3A5]


def baichuan(message, body, encrypt, kind=0x6514):
    head = struct.pack("<IIIIHH", 0x0ABCDEF0, message, len(body), 0x01000000, encrypt, kind)
    if kind not in (0x6514, 0x6614):
        head += struct.pack("<I", 0)
    return head + body


def baichuan_xml(text):
    return bytes(x ^ _BAICHUAN_KEY[i % 8] for i, x in enumerate(text.encode()))


def bc_udp(xml, transaction):
    stream = b"".join(struct.pack("<I", (w + transaction) & 0xFFFFFFFF) for w in _BC_UDP_KEY)
    body = bytes(x ^ stream[i % 32] for i, x in enumerate(xml.encode()))
    crc = zlib.crc32(body, 0xFFFFFFFF) ^ 0xFFFFFFFF
    return struct.pack("<IIIII", 0x2A87CF3A, len(body), 1, transaction, crc) + body


# ---- Tuya (protocols_p2p.md 5) ----


def tuya(command, payload, sequence=0):
    frame = struct.pack("!IIII", 0x000055AA, sequence, command, len(payload) + 8) + payload
    return frame + struct.pack("!II", zlib.crc32(frame), 0x0000AA55)
