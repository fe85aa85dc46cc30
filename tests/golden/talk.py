# SPDX-License-Identifier: Apache-2.0
"""Protocols that everybody speaks, from their RFCs: DNS, DHCP, TLS, HTTP, RTSP, SIP, STUN, RTP."""

import ipaddress
import struct

import frames as f
from net import BROADCAST, Host, noise

NXDOMAIN = 3


# ---- DNS, RFC 1035 ----


def dns_name(name):
    return b"".join(bytes([len(x)]) + x.encode() for x in name.split(".")) + b"\0"


def dns_record(ip, ttl=300):
    packed = ipaddress.ip_address(ip).packed
    return b"\xc0\x0c" + struct.pack("!HHIH", 28 if len(packed) == 16 else 1, 1, ttl, len(packed)) + packed


def resolve(net, client, resolver, name, answers=(), rcode=0, server_answers=True):
    """Question and answer; answers are addresses."""
    net.queries += 1
    ident, port = net.queries, client.port()
    qtype = 28 if answers and f.is_v6(answers[0]) else 1
    question = dns_name(name) + struct.pack("!HH", qtype, 1)
    net.udp(client, port, resolver, 53, struct.pack("!HHHHHH", ident, 0x0100, 1, 0, 0, 0) + question)
    if server_answers:
        head = struct.pack("!HHHHHH", ident, 0x8180 | rcode, 1, len(answers), 0, 0)
        net.udp(resolver, 53, client, port, head + question + b"".join(map(dns_record, answers)))


# ---- DHCP, RFC 2131 and 2132 ----


def _dhcp(op, xid, chaddr, ciaddr, yiaddr, options):
    packed = [ipaddress.ip_address(x).packed for x in (ciaddr, yiaddr, "0.0.0.0", "0.0.0.0")]
    head = struct.pack("!BBBBIHH", op, 1, 6, 0, xid, 0, 0) + b"".join(packed)
    head += f.mac(chaddr) + bytes(10) + bytes(192) + b"\x63\x82\x53\x63"
    for code, value in options:
        head += bytes([code, len(value)]) + value
    return head + b"\xff"


def dhcp(net, host, hostname="", vendor_class=""):
    """Request and acknowledgement: which address is at which MAC, and what the host calls itself."""
    xid = int.from_bytes(noise(host.mac, 4), "big")
    wants = [(53, b"\x03"), (50, ipaddress.ip_address(host.ip).packed)]
    if hostname:
        wants.append((12, hostname.encode()))
    if vendor_class:
        wants.append((60, vendor_class.encode()))
    nobody, everybody = Host("0.0.0.0", host.mac), Host("255.255.255.255", BROADCAST)
    net.udp(nobody, 68, everybody, 67, _dhcp(1, xid, host.mac, "0.0.0.0", "0.0.0.0", wants))
    server = net.gateway
    gives = [(53, b"\x05"), (54, ipaddress.ip_address(server.ip).packed), (51, b"\0\0\x1c\x20")]
    net.udp(server, 67, host, 68, _dhcp(2, xid, host.mac, "0.0.0.0", host.ip, gives))
    net.announce(host)


# ---- TLS, RFC 5246 and 6066 ----


def _tls(kind, body):
    return struct.pack("!BHH", kind, 0x0303, len(body)) + body


def _handshake(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def client_hello(server_name=""):
    extensions = b""
    if server_name:
        name = server_name.encode()
        entry = b"\0" + struct.pack("!H", len(name)) + name
        entry = struct.pack("!H", len(entry)) + entry
        extensions += struct.pack("!HH", 0, len(entry)) + entry
    extensions += struct.pack("!HHHH", 10, 4, 2, 29)              # supported_groups: x25519
    extensions += struct.pack("!HHBB", 11, 2, 1, 0)               # ec_point_formats: uncompressed
    extensions += struct.pack("!HHHHH", 13, 6, 4, 0x0403, 0x0804)  # signature_algorithms
    suites = struct.pack("!HHH", 0xC02F, 0xC030, 0x009C)
    body = b"\x03\x03" + noise("client" + server_name, 32) + b"\0"
    body += struct.pack("!H", len(suites)) + suites + b"\x01\0"
    return _tls(22, _handshake(1, body + struct.pack("!H", len(extensions)) + extensions))


def server_hello(certificate=None):
    """TLS 1.2, with a certificate where one is given."""
    hello = b"\x03\x03" + noise("server", 32) + b"\0" + struct.pack("!HB", 0xC02F, 0)
    out = _handshake(2, hello)
    if certificate:
        entry = len(certificate).to_bytes(3, "big") + certificate
        out += _handshake(11, len(entry).to_bytes(3, "big") + entry)
    return _tls(22, out + _handshake(14, b""))


def tls(net, client, server, name="", port=443, certificate=None, up=400, down=900):
    """A whole conversation; returns the connection, still open."""
    c = net.tcp(client, server, port).open()
    c.say(0, client_hello(name))
    c.say(1, server_hello(certificate))
    c.say(0, _tls(22, noise("key" + name, 70)) + _tls(20, b"\x01") + _tls(22, noise("fin", 40)))
    c.say(1, _tls(20, b"\x01") + _tls(22, noise("fin2", 40)))
    c.say(0, _tls(23, noise("up" + name, up)))
    c.say(1, _tls(23, noise("down" + name, down)))
    return c


# ---- X.509, just enough of it (RFC 5280); the signature is noise ----


def _der(tag, body):
    n = len(body)
    size = bytes([n]) if n < 128 else bytes([0x81, n]) if n < 256 else b"\x82" + n.to_bytes(2, "big")
    return bytes([tag]) + size + body


def _dn(organisation, common_name):
    def one(oid, text):
        return _der(0x31, _der(0x30, _der(6, bytes.fromhex(oid)) + _der(0x0C, text.encode())))
    return _der(0x30, one("55040a", organisation) + one("550403", common_name))


def certificate(organisation, common_name):
    rsa = _der(0x30, _der(6, bytes.fromhex("2a864886f70d01010b")) + _der(5, b""))
    key = _der(0x30, _der(0x30, _der(6, bytes.fromhex("2a864886f70d010101")) + _der(5, b"")) +
               _der(3, b"\0" + _der(0x30, _der(2, b"\0" + noise("modulus", 128)) + _der(2, b"\x01\0\x01"))))
    valid = _der(0x30, _der(0x17, b"240101000000Z") + _der(0x17, b"340101000000Z"))
    name = _dn(organisation, common_name)
    tbs = _der(0x30, _der(0xA0, _der(2, b"\x02")) + _der(2, b"\x01") + rsa + name + valid + name + key)
    return _der(0x30, tbs + rsa + _der(3, b"\0" + noise("signature", 128)))


# ---- text ----


def lines(*text, body=""):
    data = body if isinstance(body, bytes) else body.encode()
    head = list(text)
    if data:
        head.append(f"Content-Length: {len(data)}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + data


def http(net, client, server, path, host, answer, port=80, agent="", request_body=""):
    """One request and its answer; returns the connection, still open."""
    c = net.tcp(client, server, port).open()
    head = [f"{'POST' if request_body else 'GET'} {path} HTTP/1.1", f"Host: {host}"]
    if agent:
        head.append(f"User-Agent: {agent}")
    c.say(0, lines(*head, "Accept: */*", body=request_body))
    c.say(1, answer)
    return c


def rtsp(net, client, server, url, port=554, banner="", realm="", agent="", sport=None, sdp=""):
    """RFC 2326 up to PLAY, interleaved; returns the connection, on which the server may stream."""
    c = net.tcp(client, server, port, sport).open()
    sequence = 0

    def ask(method, *headers, answer=()):
        nonlocal sequence
        sequence += 1
        extra = [f"User-Agent: {agent}"] if agent else []
        c.say(0, lines(f"{method} {url} RTSP/1.0", f"CSeq: {sequence}", *extra, *headers))
        status, *rest = answer or ["200 OK"]
        own = [f"Server: {banner}"] if banner else []
        body = ""
        if rest and rest[-1].startswith("v=0"):
            body = rest.pop()
            rest.append("Content-Type: application/sdp")
        c.say(1, lines(f"RTSP/1.0 {status}", f"CSeq: {sequence}", *own, *rest, body=body))

    ask("OPTIONS", answer=["200 OK", "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"])
    if realm:
        ask("DESCRIBE", answer=["401 Unauthorized",
                                f'WWW-Authenticate: Digest realm="{realm}", nonce="00", stale="FALSE"'])
    sdp = sdp or ("s=Media Presentation\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                  "a=control:trackID=1\r\n")
    ask("DESCRIBE", "Accept: application/sdp", answer=["200 OK", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n" + sdp])
    ask("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1",
        answer=["200 OK", "Session: 12345678;timeout=60",
                "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"])
    ask("PLAY", "Session: 12345678", answer=["200 OK", "Session: 12345678"])
    return c


def interleaved(n):
    """RTP version 2 in an RTSP stream: '$', channel, length."""
    return b"$\0" + struct.pack("!H", n) + b"\x80\x60"
