# SPDX-License-Identifier: Apache-2.0
"""Short conversations for the scenes that show single messages: one each way, or one way only."""

from net import Host, Net
from talk import dhcp

CLOUD = Host("47.91.80.10")  # arbitrary global addresses; nobody's
RELAY = Host("47.91.80.20")
HOME = Host("86.160.10.10")
RESOLVER = Host("9.9.9.9")


def lan(*last):
    """A network and hosts 192.168.10.N with MAC 00:00:5e:00:53:N (in hexadecimal digits as written)."""
    net = Net()
    hosts = [Host(f"192.168.10.{n}", f"00:00:5e:00:53:{n:02d}") for n in last]
    for host in hosts:
        dhcp(net, host)
    return (net, *hosts)


def datagrams(net, a, sport, b, dport, forth, back=b""):
    """forth from a, then back from b; empty: not sent."""
    if forth:
        net.udp(a, sport, b, dport, forth)
    if back:
        net.udp(b, dport, a, sport, back)


def segments(net, a, b, dport, *messages, sport=None, **how):
    """A connection on which a and b speak in turn; empty: says nothing. Returns it, open."""
    c = net.tcp(a, b, dport, sport, **how).open()
    for i, message in enumerate(messages):
        if message:
            c.say(i % 2, message)
    return c


def both_ways(net, a, b, dport, message, sport):
    """The same datagram each way: what needs both directions has them."""
    datagrams(net, a, sport, b, dport, message, message)


def both_ways_tcp(net, a, b, dport, message, sport):
    segments(net, a, b, dport, message, message, sport=sport).close()


def only_from(net, *hosts):
    """From here on the span shows only what these send."""
    shown = {host.ip for host in hosts}
    net.shape = lambda frame, src, dst: frame if src is not None and src.ip in shown else None
