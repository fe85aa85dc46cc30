# SPDX-License-Identifier: Apache-2.0
"""A redis-server of a test's own, the dashboard in front of it, and what a browser does with both."""
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

SOURCE = os.environ["CAMWATCH_SOURCE"]
PROGRAM = os.path.join(os.environ["CAMWATCH_BUILD"], "host", "camwatch")
STREAMS = ("alerts", "devices", "flows", "stats")
WAIT = 30  # seconds until a test gives up: sanitizers on a busy machine are slow

if not shutil.which("redis-server"):
    print("skipped: there is no redis-server")
    sys.exit(77)


def until(what, test, seconds=WAIT):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = test()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


class RedisError(Exception):
    pass


class Client:
    """One connection to Redis (RESP2)."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(WAIT)
        try:
            self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise
        self.file = self.socket.makefile("rb")

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, words):
        words = [w if isinstance(w, bytes) else str(w).encode() for w in words]
        parts = [b"*%d\r\n" % len(words)] + [b"$%d\r\n%s\r\n" % (len(w), w) for w in words]
        self.socket.sendall(b"".join(parts))

    def reply(self):
        line = self.file.readline()[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.reply() for _ in range(int(rest))]
        return rest

    def ask(self, *words):
        self.send(words)
        return self.reply()

    def pipeline(self, commands):
        for words in commands:
            self.send(words)
        return [self.reply() for _ in commands]


class Redis:
    def __init__(self, folder):
        self.folder = folder
        self.socket = os.path.join(folder, "redis.sock")
        self.url = "unix://" + self.socket
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.folder, "--save", "",
             "--appendonly", "yes", "--appendfsync", "always"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("redis-server answers", self.answers)

    def answers(self):
        try:
            return os.path.exists(self.socket) and self.ask("PING") == b"PONG"
        except (OSError, RedisError, ValueError):
            return False

    def ask(self, *words):
        client = Client(self.socket)
        try:
            return client.ask(*words)
        finally:
            client.close()

    def pipeline(self, commands):
        client = Client(self.socket)
        try:
            return client.pipeline(commands)
        finally:
            client.close()

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    # what a sensor writes, with the fields that a test looks at
    def add(self, sensor, stream, fields, id="*"):
        words = ["XADD", f"camwatch:{{{sensor}}}:{stream}", id]
        for name, value in fields.items():
            words += [name, value]
        return self.ask(*words).decode()

    def add_many(self, sensor, stream, n, first=0):
        return [id.decode() for id in self.pipeline(
            [["XADD", f"camwatch:{{{sensor}}}:{stream}", "*", "message", f"m{i}", "source.port", i + 1, "event.id",
              f"boot-{i}"] for i in range(first, first + n)])]


class Dashboard:
    def __init__(self, *arguments, env=None, listen="127.0.0.1:0"):
        self.process = subprocess.Popen([PROGRAM, "dashboard", "--listen", listen, *arguments],
                                        stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
        self.says = ""
        while "camwatch dashboard: http" not in self.says and "camwatch dashboard: /" not in self.says:
            line = self.process.stderr.readline()
            if not line:
                raise AssertionError(f"did not start: {self.says}")
            self.says += line
        self.address = self.says.strip().split("camwatch dashboard: ")[-1]
        self.port = int(self.address.rsplit(":", 1)[1].rstrip("/")) if self.address.startswith("http") else None
        # what sanitizers say must not fill the pipe
        self.reader = threading.Thread(target=self.drain, daemon=True)
        self.reader.start()

    def drain(self):
        for line in self.process.stderr:
            self.says += line

    def stop(self):
        """Ends it as systemd does; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(WAIT)
        finally:
            self.process.kill()
        self.reader.join(WAIT)
        self.process.stderr.close()
        return status

    def connect(self):
        if self.port:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        connection = http.client.HTTPConnection("localhost", timeout=WAIT)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(WAIT)
        connection.sock.connect(self.address)
        return connection

    def request(self, path, method="GET", headers=None, body=None):
        connection = self.connect()
        try:
            connection.request(method, path, headers=headers or {}, body=body)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def get(self, path, status=200):
        got, _, body = self.request(path)
        if got != status:
            raise AssertionError(f"{path}: {got}, not {status}: {body[:300]!r}")
        return json.loads(body)

    def memory_kb(self, field="VmRSS"):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(field + ":"))

    def follow(self, *sensors, last=None, query=""):
        return Live(self, sensors, last, query)


class Live:
    """An EventSource."""

    def __init__(self, dashboard, sensors, last, query):
        path = "/api/live?" + "&".join(f"sensor={s}" for s in sensors) + query
        self.connection = dashboard.connect()
        self.connection.request("GET", path, headers={"Last-Event-ID": last} if last else {})
        self.response = self.connection.getresponse()
        if self.response.status != 200:
            self.connection.close()
            raise AssertionError(f"{path}: {self.response.status} {self.response.read()[:300]!r}")
        self.last = last
        self.events = []  # (event, data, id)
        self.retry = None
        self.beats = 0
        self.is_ended = self.is_clean = False
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        until("first bytes", lambda: self.retry or self.is_ended)

    def run(self):
        event = id = None
        data = []
        try:
            for line in self.response:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    event = value
                elif name == "id":
                    id = value
                elif name == "data":
                    data.append(value)
                elif name == "retry":
                    self.retry = int(value)
                elif name.startswith(":"):
                    self.beats += 1
                elif name == "":
                    with self.lock:
                        self.last = id or self.last
                        if event:
                            self.events.append((event, json.loads("\n".join(data)), id))
                    event = id = None
                    data = []
            self.is_clean = True
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass
        self.is_ended = True

    def of(self, *kinds):
        with self.lock:
            return [data for event, data, _ in self.events if event in kinds]

    def wait_for(self, kind, n=1, seconds=WAIT):
        return until(f"{n} events {kind}, has {len(self.of(kind))}", lambda: len(self.of(kind)) >= n and self.of(kind),
                     seconds)

    def close(self):
        try:
            self.response.fp.raw._sock.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            pass
        self.thread.join(WAIT)
        self.connection.close()


def folder(test):
    path = tempfile.mkdtemp(prefix="camwatch-dashboard-")
    test.addCleanup(shutil.rmtree, path, ignore_errors=True)
    return path
