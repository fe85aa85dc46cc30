#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What camwatch live tells systemd (sd_notify(3)), with a socket of our own in its place: ready, the watchdog at half
its period and only while the supervisor runs, reloads with their time, the stop. A monitor or a publisher that hangs
does not take the watchdog along: it alone is killed and started anew."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.path.join(os.environ["CAMWATCH_BUILD"], "host/camwatch")
SOURCE = os.environ["CAMWATCH_SOURCE"]
PERIOD = 1.0  # s, of the watchdog
HANG = 10  # s; a healthy process is not kept from its work for so long on a slow machine either
LIMIT = 120  # s, for anything that has to come


class Notify(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="camwatch-notify-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.rules = os.path.join(self.folder, "rules")
        shutil.copytree(os.path.join(SOURCE, "rules"), self.rules)
        path = os.path.join(self.folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(path)
        self.log = open(os.path.join(self.folder, "log"), "w+", encoding="utf-8")
        self.addCleanup(self.log.close)
        self.live = subprocess.Popen(
            [PROGRAM, "live", "--user", "root", "--config", "/dev/null", "--run-dir", os.path.join(self.folder, "run"),
             "--rules", self.rules, "--json", os.path.join(self.folder, "events"), "--hang", str(HANG), "lo"],
            stderr=self.log, env=dict(os.environ, NOTIFY_SOCKET=path, WATCHDOG_USEC=str(int(PERIOD * 1e6)),
                                      ASAN_OPTIONS="detect_leaks=0"))
        self.addCleanup(self.end)

    def end(self):
        if self.live.poll() is None:
            self.live.send_signal(signal.SIGCONT)
            self.live.kill()
            self.live.wait()

    def told(self):
        with open(self.log.name, encoding="utf-8") as log:
            return log.read()

    def receive(self, seconds=LIMIT):
        """The next datagram as a dictionary; None: nothing came."""
        self.socket.settimeout(seconds)
        try:
            lines = self.socket.recv(4096).decode().splitlines()
        except (socket.timeout, BlockingIOError):
            return None
        return dict(line.split("=", 1) for line in lines)

    def wait_for(self, name):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            state = self.receive()
            if state and name in state:
                return state
        self.fail(f"no {name} in {LIMIT} s: {self.told()}")

    def pid_of(self, name):
        listed = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(self.live.pid)], capture_output=True, text=True,
                                check=False).stdout
        return next((int(line.split(None, 1)[0]) for line in listed.splitlines()
                     if line.split(None, 1)[1].strip() == name), None)

    def reload(self, what):
        before = time.monotonic_ns() // 1000
        self.live.send_signal(signal.SIGHUP)
        began = int(self.wait_for("RELOADING")["MONOTONIC_USEC"])
        self.assertTrue(before <= began <= time.monotonic_ns() // 1000)
        self.assertEqual(self.wait_for("READY")["READY"], "1")
        self.assertIn(what, self.told())

    def hang(self, name):
        """Stopped: the watchdog goes on, the process is replaced."""
        before = self.pid_of(name)
        os.kill(before, signal.SIGSTOP)
        end = time.monotonic() + LIMIT
        while self.pid_of(name) in (before, None):
            self.assertLess(time.monotonic(), end, self.told())
            self.wait_for("WATCHDOG")
        self.assertIn(f"{name} has not been at work for {HANG} s: it is killed", self.told())

    def pause_all(self):
        """As by Ctrl-Z or a freezer: longer than --hang, and nobody is to blame for it."""
        everyone = [self.live.pid, self.pid_of("monitor 0"), self.pid_of("publisher")]
        before = self.told().count("it is killed")
        for pid in reversed(everyone):
            os.kill(pid, signal.SIGSTOP)
        while self.receive(2 * PERIOD):  # what was on its way
            pass
        time.sleep(HANG + 1)
        for pid in everyone:
            os.kill(pid, signal.SIGCONT)
        for _ in range(3):
            self.wait_for("WATCHDOG")
        self.assertEqual(self.told().count("it is killed"), before)

    def test_a_life(self):
        self.assertIn("watching 1 interface", self.wait_for("READY")["STATUS"])
        self.wait_for("WATCHDOG")
        begin = time.monotonic()
        for _ in range(4):
            self.assertEqual(self.wait_for("WATCHDOG")["WATCHDOG"], "1")
        self.assertGreater(time.monotonic() - begin, 4 * PERIOD / 2 * 0.7)  # at half the period, not at each turn

        self.reload("the new rules are in use")
        with open(os.path.join(self.rules, "vendors/broken.yaml"), "w", encoding="utf-8") as rules:
            rules.write("nonsense: here\n")
        self.reload("the old set stays in use")
        os.remove(os.path.join(self.rules, "vendors/broken.yaml"))

        self.hang("monitor 0")
        self.hang("publisher")

        self.live.send_signal(signal.SIGSTOP)
        while self.receive(2 * PERIOD):  # what was on its way
            pass
        self.assertIsNone(self.receive(2 * PERIOD))
        self.live.send_signal(signal.SIGCONT)
        self.wait_for("WATCHDOG")

        self.pause_all()

        self.live.send_signal(signal.SIGTERM)
        self.assertEqual(self.wait_for("STOPPING")["STOPPING"], "1")
        self.assertEqual(self.live.wait(LIMIT), 0, self.told())


if __name__ == "__main__":
    if not os.environ.get("CAMWATCH_IN_NAMESPACE"):
        if not shutil.which("unshare") or subprocess.run(["unshare", "-n", "true"], stderr=subprocess.DEVNULL,
                                                         check=False).returncode:
            print("skipped: this system does not let us make network namespaces")
            sys.exit(77)
        os.environ["CAMWATCH_IN_NAMESPACE"] = "1"
        os.execvp("unshare", ["unshare", "-n", sys.executable] + sys.argv)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    unittest.main()
