# SPDX-License-Identifier: Apache-2.0
"""What the long runs of camwatch live share: a span of their own in a namespace of their own, the program, its
processes and their memory, traffic, and the table with the verdict at the end.

Expects CAMWATCH_BUILD; ends with 77 where a run cannot be, 1 where its verdict is bad."""

import collections
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.environ.get("CAMWATCH_BUILD", "")
SOURCE = os.environ.get("CAMWATCH_SOURCE", os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
PROGRAM = os.path.join(BUILD, "host/camwatch")
TRAFFIC = os.path.join(BUILD, "tests/soak/traffic")
ACCOUNT = re.compile(r"(\S[^:]*): received (\d+) frames = handled (\d+) \+ dropped by the kernel (\d+)(?: \+ lost with it (\d+))?; "
                     r"handled = parsed (\d+) \+ dropped with a reason (\d+)")


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def memory_factor():
    """A build with AddressSanitizer takes several times the memory."""
    with open(PROGRAM, "rb") as program:
        return 4 if b"__asan_init" in program.read() else 1


def enter():
    """Run this script again in a network namespace of its own, with a veth pair: span0 in, span1 watched."""
    if not os.path.exists(PROGRAM) or not os.path.exists(TRAFFIC):
        skip("CAMWATCH_BUILD has no program or no tests/soak/traffic")
    if not os.environ.get("CAMWATCH_IN_NAMESPACE"):
        if not shutil.which("unshare") or not shutil.which("ip"):
            skip("unshare and ip are needed")
        if subprocess.run(["unshare", "-n", "true"], stderr=subprocess.DEVNULL).returncode:
            skip("this system does not let us make network namespaces")
        os.environ["CAMWATCH_IN_NAMESPACE"] = "1"
        os.execvp("unshare", ["unshare", "-n", sys.executable] + sys.argv)
    os.environ["ASAN_OPTIONS"] = "detect_leaks=0"  # a confined process is not traced
    subprocess.run("ip link add span0 type veth peer name span1 && for i in span0 span1; do "
                   "echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6; ip link set $i arp off up; done",
                   shell=True, check=True)


class Work:
    """A folder that goes with the run."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="camwatch-soak-")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def __call__(self, name):
        return os.path.join(self.path, name)


WORDS = ("watching", "rules are in use", "stays in use", "refuses", "it starts again", "kernel-drops: ", "error")
PATIENCE = 180  # s: what a slow and busy machine may take for what is sure to come; it is no claim about speed


def wait_until(is_so, seconds=PATIENCE, pause=0.02):
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


class Live:
    """camwatch live on span1. Its log is read as it comes; the latest lines are kept."""

    def __init__(self, work, *arguments, stats=1):
        self.work = work
        self.accounts, self.counts = [], collections.Counter()
        self.tail = collections.deque(maxlen=2000)
        self.arrived = threading.Condition()
        self.process = subprocess.Popen(
            [PROGRAM, "live", "--user", "root", "--stats", str(stats), "--run-dir", work("run"), "--drain", "120",
             *arguments, "span1"],
            stderr=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.wait_for("watching")

    def read(self):
        for line in self.process.stderr:
            with self.arrived:
                account = ACCOUNT.search(line)
                if account:
                    self.accounts.append([int(n or 0) for n in account.groups()[1:]])
                for word in WORDS:
                    self.counts[word] += word in line
                self.tail.append(line.rstrip())
                self.arrived.notify_all()

    def wait_for(self, word, count=1, seconds=PATIENCE):
        with self.arrived:
            if not self.arrived.wait_for(lambda: self.counts[word] >= count, seconds):
                self.fail(f"{seconds} s without '{word}' ({self.counts[word]} of {count})")

    def fail(self, why):
        print("FAILED:", why, "\n    " + "\n    ".join(list(self.tail)[-20:]))
        self.process.kill()
        sys.exit(1)

    def pids(self):
        """Name of each process: its number."""
        found = {"supervisor": self.process.pid}
        listed = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(self.process.pid)],
                                capture_output=True, text=True).stdout
        for line in listed.splitlines():
            pid, name = line.split(None, 1)
            found[name.strip()] = int(pid)
        return found

    def stop(self):
        """SIGTERM: what is on its way is still told, however long that takes. Returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.fail(f"{PATIENCE} s after SIGTERM it still runs")
        self.reader.join(PATIENCE)
        return status

    def account(self):
        """Sums over all monitors: received, handled, kernel, lost, parsed, dropped."""
        sums = [sum(column) for column in zip(*self.accounts)] or [0] * 6
        return dict(zip(("received", "handled", "kernel", "lost", "parsed", "dropped"), sums))


def memory(pid, field="VmRSS"):
    """KiB, 0 where the process is gone."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith(field + ":")), 0)
    except OSError:
        return 0


def private(pid):
    """KiB that are the process's own: what a leak grows, without shared rings and files."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            return sum(int(line.split()[1]) for line in rollup if line.startswith(("Private_Dirty:", "Private_Clean:")))
    except OSError:
        return 0


def descriptors(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def traffic(*arguments, stdout=None):
    """Start it; finish() gives what it says."""
    return subprocess.Popen([TRAFFIC, *[str(a) for a in arguments]], stderr=subprocess.PIPE, stdout=stdout, text=True)


def finish(process):
    said = process.communicate()[1]
    if process.returncode:
        print("FAILED: traffic:", said)
        sys.exit(1)
    return {name: int(value) for name, value in (line.split() for line in said.splitlines())}


def events(path):
    with open(path) as lines:
        for line in lines:
            yield json.loads(line)


def last_stats(path):
    """Of the last sensor-stats: counters, and drops by reason."""
    stats = {}
    for event in events(path):
        if event["event.action"] == "sensor-stats":
            stats = event
    drops = dict(item.split("=") for item in stats.get("camwatch.stats.drops", []))
    return stats, {name: int(n) for name, n in drops.items()}


class Table:
    """Rows of what, value, what is due and whether it is so; the verdict is all of them."""

    def __init__(self, title):
        self.rows, self.is_good, self.begin = [], True, time.monotonic()
        self.title = title

    def tell(self, what, value):
        self.rows.append((what, value, "", ""))

    def check(self, what, value, due, is_good):
        self.rows.append((what, value, due, "ok" if is_good else "BAD"))
        self.is_good = self.is_good and bool(is_good)

    def end(self):
        texts = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in self.rows]
        widths = [max(len(row[i]) for row in texts) for i in range(4)]
        print(f"\n{self.title}")
        for row in texts:
            print("  " + row[0].ljust(widths[0]), row[1].rjust(widths[1]), row[2].ljust(widths[2]), row[3], sep="  ")
        print(f"verdict: {'good' if self.is_good else 'BAD'} ({time.monotonic() - self.begin:.0f} s)")
        sys.exit(0 if self.is_good else 1)
