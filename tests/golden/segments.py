#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""TCP signatures do not depend on where segments begin.

Takes every conversation over TCP that a signature is confirmed for in the captures of CASES, and replays it again
    split K      the first message of each direction in two, after K octets, for every K up to 128
    pieces N     all of it in pieces of N octets, where those fit into the packets that are inspected of a flow
    late         after a segment of noise each way, so that its start is not the stream's: "a magic at a later
                 segment start"
    cut K        without the first K packets: "a session joined in the middle"
and fails when the program says something else of a flow than of the whole one. Split, pieces and late are due
always; a cut conversation is due what the messages that are left confirm (wire.py), and without its SYN as if it
had it. What is not due is named in is_excused, with the reason.
"""

import os
import struct
import sys
import tempfile

sys.dont_write_bytecode = True

import frames as f  # noqa: E402
import run  # noqa: E402
import wire  # noqa: E402
from net import noise  # noqa: E402

SPLITS = 128
PIECES = (4, 8, 16, 32, 64, 128, 256, 536)
INSPECTED = 24  # payload packets of a flow (--inspect-packets)
MOST = 60  # frames of a conversation that are taken
KEYS = ("network.protocol", "camwatch.service.vendor")

# their frames are shaped by what the case shows, so a conversation is not whole; or the same as others
SKIPPED = ("demo", "vlan-one-side", "double", "snaplen", "one-way")


# ---- captures ----


def read_pcap(path):
    """(time, frame, length) of an Ethernet capture with nanoseconds; nothing of others."""
    data = open(path, "rb").read()
    if data[:4] != b"\x4d\x3c\xb2\xa1":
        return
    at = 24
    while at < len(data):
        seconds, ns, kept, length = struct.unpack_from("<IIII", data, at)
        yield seconds * 10**9 + ns, data[at + 16:at + 16 + kept], length
        at += 16 + kept


class Segment:
    """One whole TCP segment over IPv4 and untagged Ethernet."""

    def __init__(self, time, frame):
        self.time, self.ether, ip = time, frame[:14], frame[14:]
        self.src, self.dst = (".".join(map(str, ip[n:n + 4])) for n in (12, 16))
        tcp = ip[20:int.from_bytes(ip[2:4], "big")]
        self.sport, self.dport, self.seq, self.ack, offset, self.flags = struct.unpack_from("!HHIIBB", tcp)
        self.data = tcp[(offset >> 4) * 4:]

    def key(self):
        return frozenset([(self.src, self.sport), (self.dst, self.dport)])

    def frame(self, port, client, data, seq):
        """Of these octets, with another port of the client."""
        sport, dport = (port, self.dport) if self.src == client else (self.sport, port)
        body = f.tcp(self.src, sport, self.dst, dport, seq, self.ack, self.flags, data)
        return self.ether + f.ip_packet(self.src, self.dst, f.TCP, body, seq & 0xFFFF or 1)


def is_segment(frame, length):
    return len(frame) == length and frame[12:14] == b"\x08\0" and frame[14:15] == b"\x45" and frame[23] == f.TCP


def conversations(path):
    """Segments of each connection, from its SYN (or the first one that is there)."""
    found = {}
    for time, frame, length in read_pcap(path):
        if is_segment(frame, length):
            segment = Segment(time, frame)
            found.setdefault(segment.key(), []).append(segment)
    return {key: segments[:MOST] for key, segments in found.items()}


# ---- what is due ----


def end_key(event):
    return frozenset([(event["source.ip"], event["source.port"]), (event["destination.ip"], event["destination.port"])])


def said(events):
    return {end_key(e): {k: e[k] for k in KEYS if k in e} for e in events
            if e["event.action"] == "flow-end" and e["network.transport"] == "tcp"}


def confirmed(path, experimental=False):
    """What the messages of each connection confirm, each taken as it stands."""
    found = {}
    for m in wire.messages(path, experimental):
        if m["transport"] == "tcp" and m.get("confirmed") == "yes":
            key = frozenset([(m["source.ip"], m["source.port"]), (m["destination.ip"], m["destination.port"])])
            one = found.setdefault(key, {"network.protocol": m["signature"]})
            if m.get("vendor") and m["signature"] == one["network.protocol"]:
                one["camwatch.service.vendor"] = m["vendor"]
    return found


def templates(program, names):
    """(case, options, segments, what is said of the whole one), of each recognised conversation."""
    for name, capture, options, _ in run.cases():
        path = os.path.join(run.HERE, capture)
        if (names and name not in names) or not capture.endswith(".pcap") or name in SKIPPED:
            continue
        sure = confirmed(path, "--experimental" in options)
        all_of_it = conversations(path)
        wanted = [key for key in all_of_it if key in sure]
        if wanted:
            due = said(run.parse(run.replay(program, [path], [*options, "--flows", "all"])))
            for key in wanted:
                if due.get(key, {}).get("network.protocol") == sure[key]["network.protocol"]:
                    yield name, options, all_of_it[key], due[key]


# ---- variants ----


def split(segments, after):
    """Pieces of the first message of each direction; None where none is longer."""
    seen, pieces = set(), []
    for s in segments:
        cut = s.data and s.src not in seen and len(s.data) > after
        seen |= {s.src} if s.data else set()
        pieces += [(s, s.data[:after], 0), (s, s.data[after:], after)] if cut else [(s, s.data, 0)]
    return pieces if len(pieces) > len(segments) else None


def in_pieces(segments, size):
    """None where the first message of each direction does not fit into what is inspected."""
    first = {}
    for s in segments:
        if s.data:
            first.setdefault(s.src, len(s.data))
    if sum(-(-n // size) for n in first.values()) > INSPECTED:
        return None
    return [(s, s.data[at:at + size], at) for s in segments for at in range(0, max(len(s.data), 1), size)]


def late(segments):
    """Noise in front, of both sides; the connection is known."""
    out, sides = [], set()
    for s in segments:
        if s.data and s.src not in sides:
            sides.add(s.src)
            out.append((s, noise("late" + s.src, 700), -700))
        out.append((s, s.data, 0))
    return out


def variants(segments):
    n_data = sum(bool(s.data) for s in segments)
    for after in range(1, SPLITS + 1):
        yield f"split {after}", split(segments, after)
    for size in PIECES:
        yield f"pieces {size}", in_pieces(segments, size)
    if segments[0].flags & f.SYN:
        yield "cut 3", [(s, s.data, 0) for s in segments[3:]]
    yield "late", late(segments)
    for n in range(1, n_data):
        keep = [i for i, s in enumerate(segments) if s.data][n]
        yield f"cut {3 + n}", [(s, s.data, 0) for s in segments[keep:]]


def write(path, made):
    """One capture of all variants; made: (port, segments). Returns nothing; times go on."""
    packets, now = [], None
    for port, client, pieces in made:
        now = now or pieces[0][0].time
        for s, data, shift in pieces:
            now += 10**6
            frame = s.frame(port, client, data, s.seq + shift)
            packets.append((now, frame, len(frame)))
    with open(path, "wb") as out:
        out.write(f.pcap(packets))


def is_excused(signature, variant, segments):
    """Command 1 of LBS, and ISUP 5 like it, prove nothing but at the start of a stream (2.7): its few octets may
    stand anywhere in another. A handshake of RTMP stands nowhere else. A session description is read where it begins in
    the segment of its answer's head, as servers send it: after OPTIONS, RTSP is known and joined no more."""
    if signature == "rtmp":
        return variant == "late"
    described = any(b"\r\nv=0\r\n" in s.data and b"\r\ns=Media Presentation\r\n" not in s.data for s in segments)
    if signature == "rtsp" and described:
        return variant in ("pieces 64", "pieces 128")
    first = next(s.data for s in segments if s.data)
    return signature in ("ezviz-lbs", "hikvision-isup5") and first[0] >> 4 == 1 and variant in ("cut 3", "late")


def ends_of(segments):
    """Who opened it (without a SYN: the end with the higher port), and the other."""
    first = segments[0]
    ends = [(first.src, first.sport), (first.dst, first.dport)]
    return ends if first.flags & f.SYN or first.sport > first.dport else ends[::-1]


def due_of(variant, pieces, whole, left, classes):
    """What is due of a variant; left: what its messages confirm as they stand."""
    if variant.startswith("cut ") and variant != "cut 3":
        return {k: value for k, value in left.items() if k in whole}
    if sum(bool(data) for _, data, _ in pieces) > INSPECTED:  # later messages are not inspected
        takes_three = classes[whole["network.protocol"]].startswith("three")
        return {} if takes_three else {"network.protocol": whole["network.protocol"]}
    return whole


def judge(program, folder, template):
    """Lines of what is not as it is of the whole conversation, and the number of variants."""
    name, options, segments, whole = template
    (client, _), other = ends_of(segments)
    path = os.path.join(folder, "variants.pcap")
    made = [(variant, 20000 + i, pieces) for i, (variant, pieces) in enumerate(variants(segments)) if pieces]
    write(path, [(port, client, pieces) for _, port, pieces in made])
    told = said(run.parse(run.replay(program, [path], [*options, "--flows", "all"])))
    left, wrong = confirmed(path, "--experimental" in options), []
    classes = {s["name"]: s["class"] for s in wire.table()}
    for variant, port, pieces in made:
        key = frozenset([(client, port), other])
        due = due_of(variant, pieces, whole, left.get(key, {}), classes)
        has = {k: told.get(key, {}).get(k) for k in due}
        if has != due and not is_excused(whole["network.protocol"], variant, segments):
            wrong.append(f"{name}: {variant}: {has} and not {due}")
    return wrong, len(made)


def main(names):
    program, wrong, n, kinds = run.find_program(), [], 0, set()
    with tempfile.TemporaryDirectory() as folder:
        for template in templates(program, names):
            lines, made = judge(program, folder, template)
            wrong += lines
            n += made
            kinds.add(template[3]["network.protocol"])
    print("\n".join(wrong))
    print(f"{n} variants of conversations under {len(kinds)} signatures; {len(wrong)} wrong")
    return 1 if wrong or not n else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
