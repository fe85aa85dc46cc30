#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""camwatch live --metrics: the format that Prometheus reads, the numbers of what was sent, and a process that has
nothing to lose. On a veth pair in a network namespace of its own."""
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE, BUILD = os.environ["CAMWATCH_SOURCE"], os.environ["CAMWATCH_BUILD"]
PROGRAM = os.path.join(BUILD, "host", "camwatch")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(SOURCE, "tests", "golden"))
import frames as f  # noqa: E402

PORT = 9478
SENSOR = 'cell "7"'
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9.e+]+|NaN|[+-]Inf)$")


def check_format(text):
    """What promtool checks of the text form 0.0.4: {name: (type, {labels: value})}; raises on a fault."""
    metrics, helped, current = {}, set(), None
    assert text.endswith("\n"), "no line feed at the end"
    for number, line in enumerate(text.splitlines(), 1):
        where = f"line {number}: {line}"
        if line.startswith("# HELP "):
            _, _, name, words = line.split(" ", 3)
            assert re.fullmatch(NAME, name) and name not in helped, where
            assert words and not re.search(r"\\(?![\\n])", words), where
            helped.add(name)
            current = name
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == current and name not in metrics and kind in ("counter", "gauge"), where
            assert (kind == "counter") == name.endswith("_total"), where
            metrics[name] = (kind, {})
        else:
            match = SAMPLE.match(line)
            assert match and match.group(1) == current and current in metrics, where
            labels = tuple((m.group(1), m.group(2)) for m in re.finditer(LABEL, match.group(2) or ""))
            assert len({name for name, _ in labels}) == len(labels), where
            samples = metrics[current][1]
            assert labels not in samples, where
            samples[labels] = float(match.group(match.lastindex))
            assert samples[labels] >= 0, where
    assert helped == set(metrics), helped ^ set(metrics)
    return metrics


class Format(unittest.TestCase):
    def test_the_check_itself_finds_faults(self):
        good = '# HELP a_total x\n# TYPE a_total counter\na_total{b="c\\"d"} 1\n'
        check_format(good)
        for bad in (good[:-1], good.replace("a_total", "a"), good.replace("counter", "gauge"), good + good,
                    good + 'a_total{b="c\\"d"} 2\n', good.replace('\\"', '"'), good.replace("} 1", "} x"),
                    "a 1\n", good.replace("# HELP a_total x\n", ""), good.replace("# TYPE a_total counter\n", "")):
            with self.assertRaises(AssertionError, msg=bad):
                check_format(bad)


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.environ.get("CAMWATCH_IN_NAMESPACE") != "1":
            raise unittest.SkipTest("this system does not let us make network namespaces")
        cls.folder = tempfile.mkdtemp(prefix="camwatch-test-")
        cls.textfile = os.path.join(cls.folder, "camwatch.prom")
        for command in ("ip link set lo up", "ip link add span0 type veth peer name span1",
                        "ip link set span0 arp off up", "ip link set span1 arp off up"):
            subprocess.run(command.split(), check=True)
        cls.log = open(os.path.join(cls.folder, "log"), "w+", encoding="utf-8")
        cls.live = subprocess.Popen(
            [PROGRAM, "live", "--user", "root", "--config", "/dev/null",
             "--run-dir", os.path.join(cls.folder, "run"), "--stats", "1", "--drain", "120",
             "--bpf", "udp port 7777", "--sensor", SENSOR, "--json", os.path.join(cls.folder, "events"), "--metrics",
             str(PORT), "--metrics-file", cls.textfile, "span1"], stderr=cls.log,
            env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))  # which needs calls that the filters forbid
        cls.wait_for("watching")

    @classmethod
    def tearDownClass(cls):
        cls.live.terminate()
        status = cls.live.wait(timeout=180)
        cls.log.close()
        subprocess.run(["ip", "link", "del", "span0"], check=True)
        shutil.rmtree(cls.folder)
        assert status == 0, f"SIGTERM ended it with {status}"

    @classmethod
    def wait_for(cls, text):
        for _ in range(1800):
            with open(cls.log.name, encoding="utf-8") as log:
                found = log.read()
            if text in found:
                return
            assert cls.live.poll() is None, found
            time.sleep(0.1)
        raise AssertionError(f"no line '{text}' in the log: {found}")

    def get(self, path="/metrics", method="GET", body=None):
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            answer.text = answer.read().decode()
        finally:
            connection.close()
        return answer

    def scrape(self):
        answer = self.get()
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        return check_format(answer.text)

    def value(self, name, **labels):
        return self.scrape()["camwatch_" + name][1].get(tuple(labels.items()))

    def wait_until(self, what, seconds=180):
        end = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), end, "did not come about")
            time.sleep(0.2)

    def pid(self):
        for line in subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(self.live.pid)], capture_output=True,
                                   text=True, check=True).stdout.splitlines():
            pid, name = line.split(None, 1)
            if name == "metrics":
                return int(pid)
        return None

    def test_numbers_are_those_of_what_was_sent(self):
        self.wait_until(lambda: self.get().status == 200)
        before = self.value("frames_total")
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
            out.bind(("span0", 0))
            for i in range(123):
                body = f.udp("192.168.1.2", 5000 + i, "192.168.1.3", 7777, b"data")
                out.send(f.ether("00:00:5e:00:53:01", "00:00:5e:00:53:02", f.ETHER_IPV4,
                                 f.ip_packet("192.168.1.2", "192.168.1.3", f.UDP, body)))
        self.wait_until(lambda: self.value("frames_total") == before + 123)
        metrics = self.scrape()
        frames = sum(metrics["camwatch_frames_total"][1].values())
        self.assertEqual(metrics["camwatch_frames_parsed_total"][1][()], frames)
        self.assertEqual(metrics["camwatch_bytes_total"][1][()], frames * 46)
        self.assertGreater(metrics["camwatch_output_events_total"][1][(("output", "ndjson"), ("result", "delivered"))], 0)
        self.assertEqual(metrics["camwatch_output_pending_events"][1][(("output", "ndjson"),)], 0)

    def test_names_are_those_of_the_docs_and_reasons_those_of_the_list(self):
        self.wait_until(lambda: self.get().status == 200)
        metrics = self.scrape()
        with open(os.path.join(SOURCE, "docs", "metrics.md"), encoding="utf-8") as file:
            rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", file.read(), flags=re.M)
        self.assertEqual(dict(rows), {name: kind for name, (kind, _) in metrics.items()})
        with open(os.path.join(SOURCE, "docs", "drops.md"), encoding="utf-8") as file:
            reasons = set(re.findall(r"^\| `([a-z0-9-]+)` \|", file.read(), flags=re.M))
        self.assertEqual({labels[0][1] for labels in metrics["camwatch_drops_total"][1]}, reasons)

    def test_textfile_is_the_same(self):
        self.wait_until(lambda: os.path.exists(self.textfile))
        def same():
            with open(self.textfile, encoding="utf-8") as file:
                return file.read() == self.get().text
        self.wait_until(same)
        with open(self.textfile, encoding="utf-8") as file:
            check_format(file.read())

    def test_labels_are_escaped(self):
        self.wait_until(lambda: self.get().status == 200)
        ((labels, value),) = self.scrape()["camwatch_info"][1].items()
        self.assertEqual((dict(labels)["sensor"], value), (SENSOR.replace('"', '\\"'), 1))

    def test_other_requests(self):
        self.assertEqual(self.get("/").status, 404)
        self.assertEqual(self.get("/metrics/../../etc/passwd").status, 404)
        answer = self.get(method="POST", body=b"x" * 100000)
        self.assertEqual((answer.status, answer.headers["Allow"]), (405, "GET, HEAD"))
        self.wait_until(lambda: self.get().status == 200)
        head = self.get(method="HEAD")
        self.assertEqual((head.status, head.text), (200, ""))
        self.assertGreater(int(head.headers["Content-Length"]), 100)

    def test_nonsense_and_slow_clients(self):
        before = self.pid()
        slow = [socket.create_connection(("127.0.0.1", PORT)) for _ in range(12)]
        for client in slow:
            client.sendall(b"GET /metrics HTTP/1.1\r\n")
        for nonsense in (b"\0" * 5000, b"GET " + b"/" * 100000 + b" HTTP/1.1\r\n\r\n", b"\r\n" * 1000,
                         b"GET /metrics HTTP/9.9\r\n\r\n", b"GET /metrics HTTP/1.1\r\n" + b"a: b\r\n" * 5000):
            with socket.create_connection(("127.0.0.1", PORT)) as client:
                client.settimeout(10)
                try:
                    client.sendall(nonsense)
                    client.recv(100)
                except OSError:
                    pass
        def answers():
            try:
                return self.get().status == 200
            except (OSError, http.client.HTTPException):
                return False
        self.wait_until(answers)  # those that are slow are cut off by time
        for client in slow:
            client.close()
        self.assertEqual(self.pid(), before)

    def test_has_nothing_to_lose(self):
        with open(f"/proc/{self.pid()}/status", encoding="utf-8") as file:
            status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
        self.assertEqual({status[c] for c in ("CapEff", "CapPrm", "CapInh", "CapAmb")}, {"0" * 16})
        self.assertEqual((status["Seccomp"], status["NoNewPrivs"], status["Threads"]), ("2", "1", "1"))
        folder = f"/proc/{self.pid()}/fd"
        held = [os.readlink(os.path.join(folder, fd)) for fd in os.listdir(folder) if int(fd) > 2]
        files = [name for name in held if name.startswith("/") and not name.startswith("/dev/null")]
        self.assertEqual(files, [], held)

    def test_comes_back(self):
        self.wait_until(lambda: self.get().status == 200)
        before, pid = self.value("restarts_total"), self.pid()
        os.kill(pid, signal.SIGKILL)
        self.wait_until(lambda: self.pid() not in (None, pid))
        def counted():
            try:
                return self.value("restarts_total") == before + 1
            except (OSError, http.client.HTTPException):
                return False
        self.wait_until(counted)

    def test_listens_on_this_machine_only(self):
        lines = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True).stdout
        self.assertRegex(lines, rf"127\.0\.0\.1:{PORT}\b")
        self.assertNotRegex(lines, rf"(0\.0\.0\.0|\*|\[::\]):{PORT}\b")

    def test_address_that_is_taken_or_wrong(self):
        for where, status, what in ((str(PORT), 4, "--metrics 9478: Address already in use"),
                                    ("nowhere:1", 2, "none of PORT")):
            done = subprocess.run([PROGRAM, "live", "--user", "root", "--config", "/dev/null", "--run-dir",
                                   os.path.join(self.folder, "second"), "--metrics", where, "span1"],
                                  capture_output=True, text=True, timeout=180, check=False,
                                  env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertIn(what, done.stderr)


if __name__ == "__main__":
    can = all(map(shutil.which, ("unshare", "ip", "ss", "ps"))) and not subprocess.run(
        ["unshare", "-n", "true"], capture_output=True, check=False).returncode
    if can and "CAMWATCH_IN_NAMESPACE" not in os.environ:
        os.environ["CAMWATCH_IN_NAMESPACE"] = "1"
        os.execvp("unshare", ["unshare", "-n", sys.executable, os.path.abspath(__file__)])
    unittest.main(argv=sys.argv[:1])
