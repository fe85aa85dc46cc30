# SPDX-License-Identifier: Apache-2.0
"""Frames from published formats: Ethernet, ARP, IPv4, IPv6, UDP, TCP, ICMP, and the tunnels and
capture files around them. Nothing here knows a camera. Standard library only."""

import ipaddress
import struct

ETHER_ARP, ETHER_IPV4, ETHER_IPV6, ETHER_VLAN = 0x0806, 0x0800, 0x86DD, 0x8100
TCP, UDP, ICMP, ICMP6, GRE = 6, 17, 1, 58, 47
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def mac(text):
    return bytes.fromhex(text.replace(":", "").replace("-", ""))


def checksum(data):
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ether(src, dst, ethertype, body):
    return mac(dst) + mac(src) + struct.pack("!H", ethertype) + body


def with_vlan(frame, vlan):
    """IEEE 802.1Q tag in front of the EtherType."""
    return frame[:12] + struct.pack("!HH", ETHER_VLAN, vlan) + frame[12:]


def arp(op, src_mac, src_ip, dst_mac, dst_ip):
    """RFC 826."""
    target = mac(dst_mac) if dst_mac else bytes(6)
    body = struct.pack("!HHBBH", 1, ETHER_IPV4, 6, 4, op)
    body += mac(src_mac) + ipaddress.ip_address(src_ip).packed
    body += target + ipaddress.ip_address(dst_ip).packed
    return ether(src_mac, dst_mac or "ff:ff:ff:ff:ff:ff", ETHER_ARP, body)


def is_v6(ip):
    return ipaddress.ip_address(ip).version == 6


def ip_packet(src, dst, proto, body, ident=0, ttl=64, fragment=0):
    """IPv4 (fragment: flags and offset as in the header) or IPv6."""
    a, b = ipaddress.ip_address(src).packed, ipaddress.ip_address(dst).packed
    if len(a) == 16:
        return struct.pack("!IHBB", 0x60000000, len(body), proto, ttl) + a + b + body
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), ident, fragment, ttl, proto, 0) + a + b
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def _with_sum(src, dst, proto, segment, at):
    a, b = ipaddress.ip_address(src).packed, ipaddress.ip_address(dst).packed
    pseudo = a + b + struct.pack("!IHBB", len(segment), 0, 0, proto)
    total = checksum(pseudo + segment) or 0xFFFF
    return segment[:at] + struct.pack("!H", total) + segment[at + 2:]


def udp(src, sport, dst, dport, data):
    """RFC 768."""
    head = struct.pack("!HHHH", sport, dport, 8 + len(data), 0)
    return _with_sum(src, dst, UDP, head + data, 6)


def tcp(src, sport, dst, dport, seq, ack, flags, data=b"", options=b""):
    """RFC 9293."""
    options += b"\0" * (-len(options) % 4)
    offset = (20 + len(options)) // 4 << 4
    head = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, offset, flags,
                       64240, 0, 0)
    return _with_sum(src, dst, TCP, head + options + data, 16)


def icmp(kind, code, rest, body):
    """RFC 792."""
    head = struct.pack("!BBH", kind, code, 0) + rest
    total = checksum(head + body)
    return head[:2] + struct.pack("!H", total) + head[4:] + body


def icmp6(src, dst, kind, body):
    """RFC 4443; body follows the checksum."""
    return _with_sum(src, dst, ICMP6, struct.pack("!BBH", kind, 0, 0) + body, 2)


def vxlan(frame, vni):
    """RFC 7348."""
    return struct.pack("!II", 0x08000000, vni << 8) + frame


def gre(payload, protocol=ETHER_IPV4):
    """RFC 2784."""
    return struct.pack("!HH", 0, protocol) + payload


def erspan(frame, session, sequence):
    """ERSPAN type II (draft-foschiano-erspan): GRE with a sequence number, then 8 octets."""
    head = struct.pack("!HHI", 0x1000, 0x88BE, sequence)
    return head + struct.pack("!HHI", 0x1000, session, 0) + frame


# ---- capture files ----


def pcap(packets, snaplen=262144):
    """libpcap file with nanoseconds; packets are (time_ns, bytes, length on the wire)."""
    out = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, snaplen, 1)]
    for time_ns, data, length in packets:
        out.append(struct.pack("<IIII", time_ns // 10**9, time_ns % 10**9, len(data), length) + data)
    return b"".join(out)


def _block(kind, body):
    body += b"\0" * (-len(body) % 4)
    size = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + size + body + size


def pcapng(packets, snaplen=262144):
    """One section, one Ethernet interface, nanoseconds (draft-ietf-opsawg-pcapng)."""
    out = [_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]
    resolution = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)
    out.append(_block(1, struct.pack("<HHI", 1, 0, snaplen) + resolution))
    for time_ns, data, length in packets:
        head = struct.pack("<IIIII", 0, time_ns >> 32, time_ns & 0xFFFFFFFF, len(data), length)
        out.append(_block(6, head + data))
    return b"".join(out)
