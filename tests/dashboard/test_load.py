#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""50 browsers, 1,000 devices, 100,000 events in the streams, 500 events/s: memory, delay, nothing missed.

What is measured is printed. Not for a build with sanitizers: their memory is not the program's."""
import os
import re
import select
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import PROGRAM, SOURCE, WAIT, Dashboard, Redis, folder, until  # noqa: E402

BROWSERS, DEVICES, HISTORY, RATE, SECONDS = 50, 1000, 100000, 500, 10
MEMORY_KB = 64 * 1024


class Browser:
    """Reads as fast as it can, and counts."""

    def __init__(self, dashboard):
        self.connection = dashboard.connect()
        self.connection.request("GET", "/api/live?sensor=lab")
        self.response = self.connection.getresponse()
        assert self.response.status == 200
        self.socket = self.response.fp.raw._sock
        self.tail = b""
        self.ids = []
        self.is_placed = b"id: " in self.read(self.response.fp.peek())

    def read(self, data):
        data = self.tail + data
        *lines, self.tail = data.split(b"\n")
        self.ids += [m.group(1) for m in (re.match(rb'data: \{"id":"([0-9-]+)"', line) for line in lines) if m]
        return data


class Load(unittest.TestCase):
    def setUp(self):
        self.redis = Redis(folder(self))
        self.addCleanup(self.redis.kill)
        self.redis.ask("CONFIG", "SET", "appendonly", "no")
        subprocess.run([PROGRAM, "replay", os.path.join(SOURCE, "tests", "golden", "demo.pcap"), "--redis",
                        self.redis.url, "--sensor", "demo", "--rules", os.path.join(SOURCE, "rules")],
                       check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=WAIT)
        self.flow = self.redis.ask("XREVRANGE", "camwatch:{demo}:flows", "+", "-", "COUNT", 1)[0][1]
        device = self.redis.ask("XREVRANGE", "camwatch:{demo}:devices", "+", "-", "COUNT", 1)[0][1]
        at = device.index(b"camwatch.device.id") + 1
        for n in range(DEVICES):
            device[at] = b"mac:00-00-5E-%02X-%02X-%02X" % (n >> 16 & 255, n >> 8 & 255, n & 255)
            self.redis.pipeline([["HSET", b"camwatch:{lab}:device:" + device[at], *device],
                                 ["ZADD", "camwatch:{lab}:index", n, device[at]]])
        for _ in range(HISTORY // 1000):
            self.add(1000)
        self.dashboard = Dashboard("--redis", self.redis.url)
        self.addCleanup(lambda: self.assertEqual(self.dashboard.stop(), 0, self.dashboard.says))

    def add(self, n):
        return self.redis.pipeline([["XADD", "camwatch:{lab}:flows", "*", *self.flow] for _ in range(n)])

    def write(self, ids):
        start = time.monotonic()
        for tick in range(SECONDS * 10):
            ids += self.add(RATE // 10)
            time.sleep(max(0, start + (tick + 1) / 10 - time.monotonic()))

    def test_fifty_browsers(self):
        begin = time.monotonic()
        state = self.dashboard.get(f"/api/state?sensor=lab&count={DEVICES}")
        first_answer = time.monotonic() - begin
        self.assertEqual(len(state["devices"]), DEVICES)
        before = self.dashboard.memory_kb()
        browsers = [Browser(self.dashboard) for _ in range(BROWSERS)]
        by_socket = {browser.socket: browser for browser in browsers}

        def take():
            for ready in select.select(list(by_socket), [], [], 0.05)[0]:
                browser = by_socket[ready]
                browser.is_placed = b"id: " in browser.read(ready.recv(1 << 20)) or browser.is_placed
            return all(browser.is_placed for browser in browsers)

        until("every browser has its place", take)
        ids = []
        writer = threading.Thread(target=self.write, args=(ids,))
        cpu = self.cpu()
        writer.start()
        while writer.is_alive():
            take()
        last = time.monotonic()
        until("every browser has everything", lambda: take() and all(len(b.ids) >= len(ids) for b in browsers))
        delay = time.monotonic() - last
        used = self.cpu() - cpu
        for browser in browsers:
            self.assertEqual(browser.ids, ids)
        peak = self.dashboard.memory_kb("VmHWM")
        clients = sum(b"name=" in c and b"cmd=ping" not in c for c in self.redis.ask("CLIENT", "LIST").split(b"\n"))
        for browser in browsers:
            browser.connection.close()
        print(f"\n{BROWSERS} browsers, {DEVICES} devices, {HISTORY} entries, {len(ids) / SECONDS:.0f} events/s of "
              f"{sum(map(len, self.flow))} bytes for {SECONDS} s: memory {before / 1024:.1f} MB before, "
              f"{peak / 1024:.1f} MB at its peak; first answer with all devices {first_answer * 1000:.0f} ms; "
              f"all had the last event {delay * 1000:.0f} ms after it was written; CPU {used / SECONDS * 100:.0f} % "
              f"of a core; {clients - 1} connections to Redis")
        self.assertLess(peak, MEMORY_KB)
        self.assertLess(first_answer, 1)
        self.assertLess(delay, 1)
        self.assertLessEqual(clients - 1, 3)

    def cpu(self):
        with open(f"/proc/{self.dashboard.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    unittest.main(verbosity=1)
