#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many short conversations of TCP, one after another, each with a message that is never whole: what was kept of
one that both sides closed is free for the next one. Left open, they use up the buffers, and that is counted."""

import os
import sys
import tempfile

import captures
import frames
from captures import run

CONVERSATIONS = 6000  # more than there are buffers (inspect/stream.h)
SYN, ACK, FIN, PSH = 2, 16, 1, 8
CAMERA, GATEWAY = "02:00:00:00:00:01", "02:00:00:00:00:02"
HALF_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32)  # RFC 8446 4.1.2, the rest does not come


def conversation(number, is_closed):
    ends = ("192.0.2.10", 1024 + number, "203.0.113.5", 443)
    back = (ends[2], ends[3], ends[0], ends[1])
    after = 1 + len(HALF_HELLO)
    steps = [(ends, 0, 0, SYN, b""), (back, 0, 1, SYN | ACK, b""), (ends, 1, 1, ACK | PSH, HALF_HELLO)]
    if is_closed:
        steps += [(ends, after, 1, FIN | ACK, b""), (back, 1, after + 1, FIN | ACK, b"")]
    for way, seq, ack, flags, data in steps:
        packet = frames.ip_packet(way[0], way[2], frames.TCP, frames.tcp(*way, seq, ack, flags, data))
        src, dst = (CAMERA, GATEWAY) if way is ends else (GATEWAY, CAMERA)
        yield frames.ether(src, dst, frames.ETHER_IPV4, packet)


def without_buffer(program, is_closed):
    packets, time_ns = [], 1_767_225_600 * 10**9
    for number in range(CONVERSATIONS):
        for frame in conversation(number, is_closed):
            packets.append((time_ns, frame, len(frame)))
            time_ns += 20_000
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "many.pcap")
        with open(path, "wb") as out:
            out.write(frames.pcap(packets))
        stats = [e for e in run.parse(run.replay(program, [path], [])) if e["event.action"] == "sensor-stats"]
    drops = dict(item.split("=") for item in stats[-1].get("camwatch.stats.drops", []))
    return int(drops.get("stream-buffer", 0))


def main():
    closed, opened = (without_buffer(run.find_program(), x) for x in (True, False))
    print(f"{CONVERSATIONS} conversations without a buffer: {closed} of the closed ones, {opened} of the open ones")
    sys.exit(closed != 0 or opened == 0)


main()
