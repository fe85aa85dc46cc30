# SPDX-License-Identifier: Apache-2.0
"""A small network that talks: hosts, a gateway, a span port with its oddities.

Addresses are documentation addresses where nothing depends on them (RFC 5737, 3849), MACs
00:00:5E:00:53:xx (RFC 7042) except where a registered prefix is the thing tested.
"""

import hashlib
import ipaddress

import frames as f

MS = 10**6
SECOND = 10**9
START = 1772442000 * SECOND  # 2026-03-02 09:00:00 UTC
BROADCAST = "ff:ff:ff:ff:ff:ff"


def noise(label, n):
    """n octets that look random and are the same each time."""
    return hashlib.shake_128(label.encode()).digest(n)


class Host:
    """On-link (with a MAC) or outside (behind the gateway)."""

    def __init__(self, ip, mac=None, name="", ttl=None):
        self.ip, self.mac, self.name = ip, mac, name
        self.ttl = ttl if ttl else 64 if mac else 50
        self.next_port = 40000
        self.ident = 1

    def port(self):
        self.next_port += 1
        return self.next_port


class Net:
    """Collects what the span port shows."""

    def __init__(self, gateway_ip="192.168.10.1", gateway_mac="00:00:5e:00:53:01"):
        self.gateway = Host(gateway_ip, gateway_mac)
        self.now = START
        self.packets = []
        self.snaplen = 262144
        self.picture_snap = 96  # of media only these many octets are kept: files stay small
        self.shape = None  # function(frame, src, dst) -> frame, or None to lose it
        self.queries = 0x1000

    # ---- time and the span port ----

    def wait(self, seconds):
        self.now += int(seconds * SECOND)

    def put(self, frame, src=None, dst=None):
        """One frame, 1 ms after the one before."""
        self.now += MS
        if self.shape:
            frame = self.shape(frame, src, dst)
        if frame is not None:
            self.packets.append((self.now, frame[:self.snaplen], len(frame)))

    # ---- IP ----

    def macs(self, src, dst):
        """Next hops: what is outside is behind the gateway."""
        a = src.mac or self.gateway.mac
        ip = ipaddress.ip_address(dst.ip)
        if ip == ipaddress.ip_address("255.255.255.255"):
            return a, BROADCAST
        if ip.is_multicast and ip.version == 4:
            low = int(ip) & 0x7FFFFF
            return a, "01:00:5e:%02x:%02x:%02x" % (low >> 16, low >> 8 & 255, low & 255)
        if ip.is_multicast:
            return a, "33:33:" + ":".join("%02x" % x for x in ip.packed[12:])
        return a, dst.mac or self.gateway.mac

    def ip(self, src, dst, proto, body, fragment=0, ident=None):
        src.ident += 1
        packet = f.ip_packet(src.ip, dst.ip, proto, body, ident or src.ident & 0xFFFF, src.ttl, fragment)
        a, b = self.macs(src, dst)
        kind = f.ETHER_IPV6 if f.is_v6(src.ip) else f.ETHER_IPV4
        self.put(f.ether(a, b, kind, packet), src, dst)

    def udp(self, src, sport, dst, dport, data):
        self.ip(src, dst, f.UDP, f.udp(src.ip, sport, dst.ip, dport, data))

    def udp_fragments(self, src, sport, dst, dport, data, size=1480):
        """RFC 791: only the first fragment has ports."""
        body = f.udp(src.ip, sport, dst.ip, dport, data)
        src.ident += 1
        ident = src.ident
        for at in range(0, len(body), size):
            more = 0x2000 if at + size < len(body) else 0
            self.ip(src, dst, f.UDP, body[at:at + size], more | at // 8, ident)

    def tcp(self, src, dst, dport, sport=None, mss=1460):
        return Tcp(self, src, sport or src.port(), dst, dport, mss)

    def group(self, ip):
        return Host(ip)

    # ---- what hosts do when they arrive ----

    def announce(self, host):
        """Gratuitous ARP, RFC 5227."""
        self.put(f.arp(1, host.mac, host.ip, None, host.ip), host)

    def ask_arp(self, host, target):
        self.put(f.arp(1, host.mac, host.ip, None, target.ip), host)
        self.put(f.arp(2, target.mac, target.ip, host.mac, host.ip), target)

    # ---- pictures ----

    def media(self, src, sport, dst, dport, seconds, rate=16000, size=1400, head=b"", back=None):
        """Datagrams of head + noise at about rate octets a second; back: short answer each second."""
        step, kept = size / rate, self.snaplen
        self.snaplen = min(kept, self.picture_snap)
        for i in range(int(seconds / step)):
            start = head(i, size) if callable(head) else head
            self.udp(src, sport, dst, dport, start + noise(f"media{i}", size - len(start)))
            self.now += int(step * SECOND) - MS
            if back and i % max(1, int(1 / step)) == 0:
                self.udp(dst, dport, src, sport, back)
        self.snaplen = kept


class Tcp:
    """One connection. sequence numbers come from the ports, so that files stay the same."""

    def __init__(self, net, a, aport, b, bport, mss):
        self.net, self.mss = net, mss
        self.ends = [(a, aport), (b, bport)]
        self.seq = [aport * 1009, bport * 2003 + aport]

    def send(self, end, flags, data=b"", options=b""):
        (src, sport), (dst, dport) = self.ends[end], self.ends[1 - end]
        ack = self.seq[1 - end] if flags & f.ACK else 0
        segment = f.tcp(src.ip, sport, dst.ip, dport, self.seq[end], ack, flags, data, options)
        self.net.ip(src, dst, f.TCP, segment)
        self.seq[end] += len(data) + (1 if flags & (f.SYN | f.FIN) else 0)

    def open(self, skip_syn=False):
        if skip_syn:
            self.seq = [s + 1 for s in self.seq]
            return self
        options = b"\x02\x04" + self.mss.to_bytes(2, "big")
        self.send(0, f.SYN, options=options)
        self.send(1, f.SYN | f.ACK, options=options)
        self.send(0, f.ACK)
        return self

    def say(self, end, data, ack=True):
        for at in range(0, len(data), self.mss):
            self.send(end, f.PSH | f.ACK, data[at:at + self.mss])
        if ack:
            self.send(1 - end, f.ACK)
        return self

    def skip(self, end, n):
        """n octets that the span port did not show."""
        self.seq[end] += n

    def stream(self, end, seconds, rate=16000, head=b"", size=None):
        """Segments of noise at about rate octets a second, acknowledged now and then."""
        size = size or self.mss
        net, step = self.net, size / rate
        kept, net.snaplen = net.snaplen, min(net.snaplen, net.picture_snap)
        for i in range(int(seconds / step)):
            self.send(end, f.PSH | f.ACK, head + noise(f"stream{i}", size - len(head)))
            net.now += int(step * SECOND) - MS
            if i % 8 == 7:
                self.send(1 - end, f.ACK)
        net.snaplen = kept

    def close(self):
        self.send(0, f.FIN | f.ACK)
        self.send(1, f.FIN | f.ACK)
        self.send(0, f.ACK)

    def reset(self, end=1):
        self.send(end, f.RST | f.ACK)
