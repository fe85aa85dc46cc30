#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What span ports do to traffic: each capture of cameras/ seen twice, with a VLAN tag on one side, cut by the snap
length, one way only, joined in the middle of its sessions and without its first third. Whatever is missing, nothing false
is said: no device that was not there, no other brand, maker or kind. Where the evidence is still there, all of it is said."""

import os
import struct
import sys
import tempfile

import capfile
import captures
from captures import run

ETHERNET, IPV4, IPV6, TCP, UDP = 1, 0x0800, 0x86DD, 6, 17
SAID = ("brand", "maker", "kind", "model", "serial")
SLOW_MOST = 160 * 1024  # bytes of a capture that is tried with sanitizers
JOINED_AFTER = 4        # packets of each TCP session that are not seen

AMCREST = ("amcrest-boot.pcap", "amcrest-intercepted-1.pcap", "amcrest-intercepted-6.pcap")

# What a view takes away with the evidence: "capture: fields", of the device whose identity stood in what is not
# there any more; "device": nothing is left that makes it one. Everything else has to stay.
MAY_LACK = {
    "snap 128": {  # ONVIF, SSDP and the heads of HTTP are text, longer than that; the second camera spoke once, in ONVIF
        **{x: "device kind model" for x in AMCREST},
        "edimax-ic3115w-setup.pcap": "device", "jvc-ptz-http.pcap": "device"},
    "snap 96": {  # names in DNS answers and TLS hellos too
        **{x: "device kind model" for x in AMCREST},
        "blink-hub-boot.pcap": "device", "dlink-dcs935l-setup.pcap": "device", "edimax-ic3115w-setup.pcap": "device",
        "jvc-ptz-http.pcap": "device", "zmodo-doorbell-boot.pcap": "device"},
    "openers only": {  # the server is the device, or its names come from DNS answers
        "blink-hub-boot.pcap": "device", "jvc-ptz-http.pcap": "device", "reolink-baichuan-login.pcapng": "device"},
    "answers only": {  # what servers send says nothing of who gets it
        **{x: "device maker serial" for x in AMCREST},
        "blink-hub-boot.pcap": "device", "naxclow-v720.pcapng": "device", "xiaomi-y2-idle_remote.pcap": "device",
        "xiaomi-y2-speak_local.pcap": "device", "xiaomi-y2-update.pcap": "device", "yi-boot.pcap": "brand maker",
        "yi-intercepted-4.pcap": "brand maker", "zmodo-doorbell-boot.pcap": "device"},
    "joined": {"naxclow-v720.pcapng": "device"},  # its registration is in the second segment of the session
    "late": {  # what is said once at the start: ONVIF, registration, the picture's HTTP answer, DNS
        **{x: "device kind model" for x in AMCREST},
        "jvc-ptz-http.pcap": "device", "naxclow-v720.pcapng": "device", "xiaomi-y2-setup.pcap": "maker"},
}


def flow_of(data):
    """Both ends of a frame of TCP or UDP over IP, unordered, and the one that sent it; None of others."""
    kind, at = int.from_bytes(data[12:14], "big"), 14
    if kind == IPV4 and len(data) >= at + 20:
        size, proto, first, n = (data[at] & 15) * 4, data[at + 9], at + 12, 4
    elif kind == IPV6 and len(data) >= at + 40:
        size, proto, first, n = 40, data[at + 6], at + 8, 16
    else:
        return None
    ports = data[at + size:at + size + 4]
    if proto not in (TCP, UDP) or len(ports) < 4:
        return None
    source = (data[first:first + n], ports[:2])
    target = (data[first + n:first + 2 * n], ports[2:])
    return (proto, *sorted((source, target))), source


def is_to_group(data):
    return data[0] & 1


def copy(packet, time_ns=None, data=None):
    return capfile.Packet(packet.time_ns if time_ns is None else time_ns,
                          packet.data if data is None else data, packet.wire_len)


# ---- views ----


def twice(packets):
    """Each frame again half a millisecond later."""
    both = [p for one in packets for p in (one, copy(one, one.time_ns + 500_000))]
    return sorted(both, key=lambda p: p.time_ns)


def tagged(packets):
    """A VLAN tag on what one side of each pair of stations sends."""
    out = []
    for p in packets:
        is_tagged = p.data[6:12] < p.data[0:6]
        data = p.data[:12] + struct.pack("!HH", 0x8100, 40) + p.data[12:] if is_tagged else p.data
        out.append(capfile.Packet(p.time_ns, data, p.wire_len + len(data) - len(p.data)))
    return out


def snapped(most):
    return lambda packets: [copy(p, data=p.data[:most]) for p in packets]


def one_way(wanted):
    """What openers (True) or those who answer (False) send; groups and what is no flow stay."""
    def view(packets):
        openers, out = {}, []
        for p in packets:
            flow = flow_of(p.data)
            if flow:
                opener = openers.setdefault(flow[0], flow[1])
            if not flow or is_to_group(p.data) or (opener == flow[1]) == wanted:
                out.append(p)
        return out
    return view


def joined(packets):
    """No TCP session from its start."""
    seen, out = {}, []
    for p in packets:
        flow = flow_of(p.data)
        key = flow[0] if flow and flow[0][0] == TCP else None
        seen[key] = seen.get(key, 0) + 1
        if key is None or seen[key] > JOINED_AFTER:
            out.append(p)
    return out


def late(packets):
    return packets[len(packets) // 3:]


VIEWS = {"twice": twice, "tagged": tagged, "snap 128": snapped(128), "snap 96": snapped(96),
         "openers only": one_way(True), "answers only": one_way(False), "joined": joined, "late": late}


# ---- what is said ----


def devices(events):
    """What was said last of each device that was announced."""
    found = {}
    for e in events:
        if e["event.action"].startswith("device-"):
            found[e["camwatch.device.id"]] = {x: e.get("camwatch.device." + x, "") for x in SAID}
    return found


def is_known(field, value):
    """A group stands for a maker where nothing says which of its makers it is."""
    return value != "" and not (field == "kind" and value == "unknown") and \
        not (field == "maker" and value.endswith(" group"))


def complaints(name, view, whole, seen):
    may_lack = MAY_LACK.get(view, {}).get(name, "").split()
    wrong = [f"{x} is a device" for x in seen if x not in whole]
    for device, said in whole.items():
        if device not in seen:
            wrong += [] if "device" in may_lack else [f"{device} is missing"]
            continue
        for field, value in said.items():
            now = seen[device][field]
            is_lost = is_known(field, value) and not is_known(field, now)
            if is_lost and field not in may_lack:
                wrong.append(f"{device}: {field} {value} is missing")
            if is_known(field, now) and now != value and is_known(field, value):
                wrong.append(f"{device}: {field} {value} is {now}")
    return [f"{name}, {view}: {x}" for x in wrong]


def check(program, path):
    link, packets = capfile.read(path)
    name, wrong = os.path.basename(path), []
    whole = devices(run.parse(run.replay(program, [path])))
    for view, change in VIEWS.items():
        with tempfile.TemporaryDirectory() as folder:
            changed = os.path.join(folder, name + ".pcap")
            capfile.write(changed, link, change(packets))
            seen = devices(run.parse(run.replay(program, [changed])))
        wrong += complaints(name, view, whole, seen)
    return wrong


def main():
    program, wrong, n = run.find_program(), [], 0
    for path in captures.folder("cameras"):
        if captures.is_slow_build() and os.path.getsize(path) > SLOW_MOST:
            continue
        if capfile.read(path)[0] == ETHERNET:
            wrong += check(program, path)
            n += 1
    return captures.report(wrong, n, "captures of cameras as span ports show them")


if __name__ == "__main__":
    sys.exit(main())
