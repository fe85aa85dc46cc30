#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""camwatch dashboard against a real redis-server: every endpoint, live events, and what goes wrong."""
import gzip
import json
import os
import re
import socket
import stat
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import PROGRAM, SOURCE, STREAMS, WAIT, Dashboard, Live, Redis, folder, until  # noqa: E402

# what docs/dashboard.md tells operators to give the dashboard's user
with open(os.path.join(SOURCE, "docs", "dashboard.md"), encoding="utf-8") as manual:
    ACL = re.search(r"^ACL (SETUSER dashboard .*)$", manual.read(), re.M).group(1)


class Served(unittest.TestCase):
    """A server and a dashboard whose Redis user has the rights of docs/dashboard.md and no more."""

    arguments = ()

    def setUp(self):
        self.folder = folder(self)
        self.redis = Redis(self.folder)
        self.addCleanup(self.redis.kill)
        self.allow()
        self.dashboard = self.start(*self.arguments)

    def allow(self):
        self.redis.ask("ACL", *ACL.replace("PASSWORD", "secret").split())

    def start(self, *arguments, **more):
        dashboard = Dashboard("--redis", f"unix://dashboard@{self.redis.socket}", *arguments,
                              env={"CAMWATCH_REDIS_PASSWORD": "secret"}, **more)
        self.addCleanup(self.end, dashboard)
        return dashboard

    def end(self, dashboard):
        """Stopping is clean every time; sanitizers make it another status."""
        self.assertEqual(dashboard.stop(), 0, dashboard.says)

    def follow(self, *sensors, **more):
        live = self.dashboard.follow(*sensors, **more)
        self.addCleanup(live.close)
        return live

    def begin(self, live):
        """The browser has its place: from here on nothing is missed."""
        until("the first place", lambda: live.last)
        return live

    def device(self, n, **fields):
        id = f"mac:00-00-5E-00-{n // 256:02X}-{n % 256:02X}"
        values = {"camwatch.device.id": id, "camwatch.device.kind": "camera", "camwatch.confidence": "90",
                  "camwatch.device.ip": "192.0.2.1,2001:db8::1", "camwatch.device.model": "", **fields}
        words = [word for pair in values.items() for word in pair]
        return [["HSET", f"camwatch:{{lab}}:device:{id}", *words],
                ["ZADD", "camwatch:{lab}:index", 1000 + n, id]]


class Replayed(Served):
    """What a real replay writes."""

    def setUp(self):
        super().setUp()
        subprocess.run([PROGRAM, "replay", os.path.join(SOURCE, "tests", "golden", "demo.pcap"), "--redis",
                        self.redis.url, "--sensor", "demo", "--rules", os.path.join(SOURCE, "rules")],
                       check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=WAIT)

    def hash(self, key):
        words = self.redis.ask("HGETALL", key)
        return dict(zip(words[::2], words[1::2]))

    def test_state_says_what_redis_holds(self):
        state = self.dashboard.get("/api/state?sensor=demo")
        ids = [id.decode() for id in self.redis.ask("ZREVRANGE", "camwatch:{demo}:index", 0, -1)]
        self.assertGreater(len(ids), 2)
        self.assertEqual([d["camwatch.device.id"] for d in state["devices"]], ids)
        self.assertEqual(state["total"], len(ids))
        self.assertIsNone(state["next"])
        for device in state["devices"]:
            held = self.hash(f"camwatch:{{demo}}:device:{device['camwatch.device.id']}")
            self.assertEqual(set(device), {k.decode() for k, v in held.items() if v})
            self.assertEqual(device["camwatch.confidence"], int(held[b"camwatch.confidence"]))
            if b"camwatch.device.ip" in held and held[b"camwatch.device.ip"]:
                self.assertEqual(device["camwatch.device.ip"], held[b"camwatch.device.ip"].decode().split(","))
        for stream in STREAMS:
            length = self.redis.ask("XLEN", f"camwatch:{{demo}}:{stream}")
            self.assertEqual(state["streams"][stream]["length"], length)
            if length:
                first = self.redis.ask("XRANGE", f"camwatch:{{demo}}:{stream}", "-", "+", "COUNT", 1)
                self.assertEqual(state["streams"][stream]["first_id"], first[0][0].decode())
        self.assertEqual(state["stats"]["event.action"], "sensor-stats")
        self.assertIsInstance(state["stats"]["camwatch.stats.packets"], int)

    def test_events_page_through_a_stream(self):
        held = [entry[0].decode() for entry in self.redis.ask("XRANGE", "camwatch:{demo}:flows", "-", "+")]
        self.assertGreater(len(held), 5)
        seen, place = [], "0"
        while place:
            page = self.dashboard.get(f"/api/events?sensor=demo&stream=flows&from={place}&count=3")
            seen += [event["id"] for event in page["events"]]
            place = page["next"]
        self.assertEqual(seen, held)
        latest = self.dashboard.get("/api/events?sensor=demo&stream=flows&count=2")["events"]
        self.assertEqual([event["id"] for event in latest], held[-2:])
        before = self.dashboard.get(f"/api/events?sensor=demo&stream=flows&before={held[-2]}&count=2")["events"]
        self.assertEqual([event["id"] for event in before], held[-4:-2])
        for event in latest:
            self.assertNotIn("", event.values())
            self.assertIsInstance(event["source.port"], int)

    def test_sensors_are_found_and_stale_ones_kept(self):
        self.redis.add("other.sensor", "flows", {"message": "x"})
        self.redis.ask("SET", "camwatch:{bad name}:flows", "x")
        sensors = {s["name"]: s for s in self.dashboard.get("/api/sensors")["sensors"]}
        self.assertEqual(set(sensors), {"demo", "other.sensor"})
        self.assertFalse(sensors["demo"]["stale"])
        self.assertEqual(sensors["demo"]["heartbeat"]["observer.name"], "demo")
        self.assertTrue(sensors["other.sensor"]["stale"])
        self.redis.ask("DEL", "camwatch:{demo}:sensor")
        sensors = {s["name"]: s for s in self.dashboard.get("/api/sensors")["sensors"]}
        self.assertTrue(sensors["demo"]["stale"])
        self.assertEqual(sensors["demo"]["heartbeat"]["observer.name"], "demo", "the last that it said")

    def test_live_brings_a_replay(self):
        live = self.begin(self.follow("second"))
        subprocess.run([PROGRAM, "replay", os.path.join(SOURCE, "tests", "golden", "camera.pcapng"), "--redis",
                        self.redis.url, "--sensor", "second", "--rules", os.path.join(SOURCE, "rules")],
                       check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=WAIT)
        for stream in STREAMS:
            n = self.redis.ask("XLEN", f"camwatch:{{second}}:{stream}")
            if n:
                held = [e[0].decode() for e in self.redis.ask("XRANGE", f"camwatch:{{second}}:{stream}", "-", "+")]
                self.assertEqual([e["id"] for e in live.wait_for(stream, n)], held)


class State(Served):
    def test_a_thousand_devices_in_pages(self):
        self.redis.pipeline([command for n in range(1500) for command in self.device(n)])
        seen, offset = [], 0
        while offset is not None:
            page = self.dashboard.get(f"/api/state?sensor=lab&count=700&offset={offset}")
            self.assertEqual(page["total"], 1500)
            seen += [device["camwatch.device.id"] for device in page["devices"]]
            offset = page["next"]
        self.assertEqual(len(seen), 1500)
        self.assertEqual(len(set(seen)), 1500)
        self.assertEqual(seen[0], "mac:00-00-5E-00-05-DB", "the latest seen first")

    def test_tops_and_minutes_are_summed_over_boots_and_hours(self):
        hour = 487999  # 2025-09-02T07:00Z
        for where, field, n in (("top:countries:%d" % hour, "SG|a", 5), ("top:countries:%d" % hour, "SG|b", 6),
                                ("top:countries:%d" % (hour - 24), "SG|a", 100), ("top:countries:%d" % hour, "HK|a", 7),
                                ("top:countries:%d" % (hour - 25), "HK|a", 1000),
                                ("top:services:%d" % hour, "a|b|c", 1), ("top:services:%d" % hour, "none", 1),
                                ("minute:%d" % (hour * 60), "events|a", 3), ("minute:%d" % (hour * 60), "events|b", 4),
                                ("minute:%d" % (hour * 60), "bytes_out|a", 10)):
            self.redis.ask("HINCRBY", f"camwatch:{{lab}}:{where}", field, n)
        self.redis.add("lab", "stats", {"@timestamp": "2025-09-02T07:30:00.000000000Z"})
        state = self.dashboard.get("/api/state?sensor=lab")
        self.assertEqual(state["tops"], {"countries": {"SG": 111, "HK": 7}, "services": {"a|b": 1}, "devices": {}})
        self.assertEqual(list(state["tops"]["countries"]), ["SG", "HK"], "the highest first")
        self.assertEqual(state["minutes"], [{"minute": hour * 60, "events": 7, "alerts": 0, "bytes_out": 10,
                                             "bytes_in": 0}])

    def test_an_unknown_sensor_is_empty(self):
        state = self.dashboard.get("/api/state?sensor=nobody")
        self.assertEqual((state["devices"], state["total"], state["stats"]), ([], 0, {}))
        self.assertEqual(state["streams"]["flows"], {"length": 0, "first_id": "", "last_id": ""})

    def test_hostile_values_are_harmless_json(self):
        hostile = b"</script><img src=x onerror=alert(1)>\"\\\n\r\x00\x1b[31m\xff\xc0\x80\xe2\x80\xa8\xe2\x80\xae&"
        self.redis.pipeline(self.device(1, **{"camwatch.device.name": hostile, "camwatch.confidence": "12x",
                                              "camwatch.device.maker_confidence": "007",
                                              "camwatch.device.lists": b'a"],[,b', "unknown.field": "x",
                                              "__proto__": "x"}))
        status, headers, body = self.dashboard.request("/api/state?sensor=lab")
        self.assertEqual(status, 200)
        for bad in (b"<", b">", b"&", b"\n", b"\r", b"\0", b"\x1b", b"\xff", "\u2028".encode()):
            self.assertNotIn(bad, body)
        device = json.loads(body.decode("utf-8"))["devices"][0]
        self.assertEqual(device["camwatch.device.name"],
                         "</script><img src=x onerror=alert(1)>\"\\\n\r\0\x1b[31m\ufffd\ufffd\ufffd\u2028\u202e&")
        self.assertEqual(device["camwatch.confidence"], "12x", "no number: as text")
        self.assertEqual(device["camwatch.device.maker_confidence"], "007")
        self.assertEqual(device["camwatch.device.lists"], ['a"]', "[", "b"])
        self.assertNotIn("unknown.field", device)
        live = self.begin(self.follow("lab"))
        self.redis.add("lab", "devices", {"camwatch.device.name": hostile + b"\n\ndata: {}\n\nevent: alerts\n\n"})
        event = live.wait_for("devices")[0]
        self.assertTrue(event["camwatch.device.name"].endswith("event: alerts\n\n"))
        self.assertEqual(live.of("alerts"), [])


class Http(Served):
    def test_headers_are_strict(self):
        for path in ("/", "/api/sensors", "/api/state?sensor=lab", "/nothing", "/api/nothing"):
            _, headers, _ = self.dashboard.request(path)
            policy = headers["Content-Security-Policy"]
            self.assertTrue(policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; "), path)
            self.assertIn("connect-src 'self'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertNotIn("Access-Control-Allow-Origin", headers)

    def test_the_page_comes_from_memory(self):
        folder = os.path.join(SOURCE, "dashboard", "dist")
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as file:
                held = file.read()
            path = "/" if name == "index.html" else "/" + name
            status, headers, body = self.dashboard.request(path)
            if name == "report.html":  # of camwatch replay --report
                self.assertEqual(status, 404)
                continue
            self.assertEqual((status, body), (200, held), path)
            status, again, body = self.dashboard.request(path, headers={"If-None-Match": headers["ETag"]})
            self.assertEqual((status, body), (304, b""))
            _, packed, body = self.dashboard.request(path, headers={"Accept-Encoding": "br, gzip"})
            self.assertEqual(gzip.decompress(body) if "Content-Encoding" in packed else body, held)
            self.assertEqual(len(held) > 2000, packed.get("Content-Encoding") == "gzip", path)
        page = self.dashboard.request("/")[2].decode()
        self.assertEqual(re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|https?://", page), [])

    def test_only_get_and_head(self):
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "NONSENSE"):
            status, headers, body = self.dashboard.request("/api/sensors", method, body=b"x" * 10)
            self.assertEqual(status, 405, method)
            self.assertEqual(headers["Allow"], "GET, HEAD")
            self.assertEqual(set(json.loads(body)), {"error", "what_to_do"})
        for path in ("/api/sensors", "/api/live?sensor=lab"):
            status, _, body = self.dashboard.request(path, "HEAD")
            self.assertEqual((status, body), (200, b""))

    def test_a_foreign_host_is_refused(self):
        port = self.dashboard.port
        for host in ("evil.example", f"evil.example:{port}", "localhost.evil.example", "127.0.0.1.evil.example",
                     "127.0.0.1@evil.example", "localhost:80x", "", "10.0.0.1", "[::2]"):
            for path in ("/", "/api/sensors", "/api/live?sensor=lab"):
                status, _, body = self.dashboard.request(path, headers={"Host": host})
                self.assertIn(status, (400, 421), f"{host} {path}")
        for host in ("localhost", f"LOCALHOST:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"):
            self.assertEqual(self.dashboard.request("/api/sensors", headers={"Host": host})[0], 200, host)
        status, _, _ = self.dashboard.request("/api/sensors", headers={"Sec-Fetch-Site": "cross-site"})
        self.assertEqual(status, 403)

    def test_bad_questions_are_explained(self):
        for path in ("/api/state", "/api/state?sensor=", "/api/state?sensor=a%7Db", "/api/state?sensor=" + "x" * 129,
                     "/api/state?sensor=lab&count=0", "/api/state?sensor=lab&count=1001",
                     "/api/state?sensor=lab&offset=-1", "/api/events?sensor=lab", "/api/events?sensor=lab&stream=x",
                     "/api/events?sensor=lab&stream=flows&from=x", "/api/events?sensor=lab&stream=flows&from=1-",
                     "/api/events?sensor=lab&stream=flows&from=99999999999999999999-0",
                     "/api/events?sensor=lab&stream=flows&count=99999", "/api/live", "/api/live?sensor=a%20b",
                     "/api/live?sensor=lab&from=1-0", "/api/live?sensor=lab&from=1-0_1-0_1-0_x",
                     "/api/live?sensor=lab&from=1-0_1-0_1-0_1-0~1-0_1-0_1-0_1-0",
                     "/api/live?" + "&".join(f"sensor=s{n}" for n in range(17))):
            answer = self.dashboard.get(path, 400)
            self.assertEqual(set(answer), {"error", "what_to_do"}, path)
        self.dashboard.get("/api/other", 404)
        self.dashboard.get("/../../etc/passwd", 404)

    def test_garbage_does_no_harm(self):
        for data in (b"\0" * 2000, b"GET", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100000 + b"\r\n\r\n",
                     b"GET " + b"/" * 60000 + b" HTTP/1.1\r\n\r\n", b"GET /api/state?" + b"a&" * 9000 + b" HTTP/1.0\r\n\r\n",
                     b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"):
            with socket.create_connection(("127.0.0.1", self.dashboard.port), WAIT) as connection:
                connection.settimeout(0.5)  # half a request is waited for, and then closed
                try:
                    connection.sendall(data)
                    connection.recv(4096)
                except OSError:
                    pass
        self.dashboard.get("/api/sensors")

    def test_the_user_of_the_manual_can_read_and_nothing_else(self):
        refused = [["XADD", "camwatch:{lab}:flows", "*", "a", "b"], ["SET", "x", "y"], ["DEL", "camwatch:{lab}:flows"],
                   ["FLUSHALL"], ["GET", "other"], ["CONFIG", "GET", "*"], ["ACL", "LIST"], ["KEYS", "*"]]
        for words in refused:
            answer = self.redis.ask("ACL", "DRYRUN", "dashboard", *words)
            self.assertIn(b"has no permissions", answer, words)
        with open(f"/proc/{self.dashboard.process.pid}/cmdline", encoding="utf-8") as file:
            self.assertNotIn("secret", file.read())

    def test_it_has_given_up_its_rights(self):
        with open(f"/proc/{self.dashboard.process.pid}/status", encoding="ascii") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        self.assertEqual(status["NoNewPrivs"], "1")
        for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
            self.assertEqual(int(status[name], 16), 0, name)


class Limits(Served):
    arguments = ("--max-browsers", "3", "--max-connections", "12")

    def test_browsers_and_connections_are_limited(self):
        lives = [self.follow("lab") for _ in range(3)]
        status, _, body = self.dashboard.request("/api/live?sensor=lab")
        self.assertEqual(status, 503)
        self.assertIn("--max-browsers", json.loads(body)["what_to_do"])
        idle = []
        for _ in range(40):
            connection = socket.create_connection(("127.0.0.1", self.dashboard.port), WAIT)
            self.addCleanup(connection.close)
            idle.append(connection)
        self.begin(lives[0])
        self.redis.add("lab", "alerts", {"message": "all the same"})
        lives[0].wait_for("alerts")
        for connection in idle:
            connection.close()
        until("connections are free again", lambda: self.answers())
        lives[0].close()
        until("a browser's place is free again", self.is_free)

    def answers(self):
        try:
            return self.dashboard.request("/api/sensors")[0] == 200
        except OSError:
            return False

    def is_free(self):
        self.redis.add("lab", "stats", {"message": "x"})  # who has gone is noticed when written to
        try:
            self.dashboard.follow("lab").close()
            return True
        except AssertionError:
            return False


class Places(Served):
    def test_another_address_is_refused(self):
        for where in ("0.0.0.0:0", "[::]:0", "192.0.2.1:80", "8470", "127.0.0.1", "127.0.0.1:70000", "unix:relative", ""):
            done = subprocess.run([PROGRAM, "dashboard", "--listen", where], capture_output=True, text=True,
                                  timeout=WAIT, check=False)
            self.assertEqual(done.returncode, 2, where)
            self.assertIn("listening on", done.stderr)

    def test_a_socket_of_the_owner_and_its_group(self):
        path = os.path.join(self.folder, "dashboard.sock")
        dashboard = self.start(listen="unix:" + path)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o660)
        self.assertEqual(dashboard.request("/api/sensors", headers={"Host": "cameras.example"})[0], 200)
        busy = subprocess.run([PROGRAM, "dashboard", "--listen", "unix:" + path], capture_output=True, text=True,
                              timeout=WAIT, check=False)
        self.assertEqual(busy.returncode, 4)
        dashboard.process.kill()  # its socket is left behind
        dashboard.stop()
        dashboard.stop = lambda: 0
        again = self.start(listen="unix:" + path)
        self.assertEqual(again.request("/api/sensors")[0], 200)
        self.assertEqual(again.stop(), 0)
        self.assertFalse(os.path.exists(path))

    def test_named_sensors_and_hosts(self):
        self.redis.add("lab", "flows", {"message": "x"})
        dashboard = self.start("--sensor", "attic", "--host", "cameras.example")
        names = [s["name"] for s in dashboard.get("/api/sensors")["sensors"]]
        self.assertEqual(names, ["attic"])
        self.assertEqual(dashboard.request("/api/sensors", headers={"Host": "cameras.example"})[0], 200)


class Events(Served):
    def test_each_stream_comes_as_its_own_event(self):
        live = self.begin(self.follow("lab"))
        self.assertEqual(live.retry, 2000)
        for stream in STREAMS:
            id = self.redis.add("lab", stream, {"message": stream, "event.severity": "3", "event.reason": ""})
            event = live.wait_for(stream)[-1]
            self.assertEqual(event["id"], id)
            self.assertEqual(event["sensor"], "lab")
            self.assertEqual(event["event.severity"], 3)
            self.assertNotIn("event.reason", event)

    def test_an_event_is_there_within_a_second(self):
        live = self.begin(self.follow("lab"))
        start = time.monotonic()
        self.redis.add("lab", "alerts", {"message": "now"})
        live.wait_for("alerts")
        self.assertLess(time.monotonic() - start, 1)

    def test_resumes_exactly_once(self):
        live = self.begin(self.follow("lab"))
        ids = {stream: self.redis.add_many("lab", stream, 40) for stream in STREAMS}
        for stream in STREAMS:
            live.wait_for(stream, 40)
        # from every place that the browser ever had: what follows it, each once, in order
        places = [(n, id) for n, (_, _, id) in enumerate(live.events)]
        for n, place in places[::17] + places[-1:]:
            known = {stream: [d["id"] for e, d, _ in live.events[:n + 1] if e == stream] for stream in STREAMS}
            again = self.follow("lab", last=place)
            for stream in STREAMS:
                rest = [id for id in ids[stream] if id not in known[stream]]
                if rest:
                    self.assertEqual([e["id"] for e in again.wait_for(stream, len(rest))], rest)
            self.assertEqual(again.of("gap"), [])
            again.close()

    def test_resumes_after_the_dashboard_was_restarted(self):
        live = self.begin(self.follow("lab"))
        ids = self.redis.add_many("lab", "flows", 300)
        live.wait_for("flows", 300)
        self.assertEqual(self.dashboard.stop(), 0)
        until("the stream ends in order", lambda: live.is_ended)
        self.assertTrue(live.is_clean)
        missed = self.redis.add_many("lab", "flows", 900, 300)
        self.dashboard = self.start()
        again = self.follow("lab", last=live.last)
        later = self.redis.add_many("lab", "flows", 50, 1200)
        seen = [e["id"] for e in again.wait_for("flows", 950)]
        self.assertEqual(seen, missed + later)
        self.assertEqual(len(ids) + len(seen), 1250)
        self.assertEqual(again.of("gap"), [])

    def test_state_and_live_meet_without_a_gap(self):
        self.redis.add_many("lab", "flows", 10)
        state = self.dashboard.get("/api/state?sensor=lab")
        missed = self.redis.add_many("lab", "flows", 5, 10)
        live = self.follow("lab", query="&from=" + state["live"])
        self.assertEqual([e["id"] for e in live.wait_for("flows", 5)], missed)

    def test_several_sensors_over_one_connection(self):
        self.redis.add("quiet", "flows", {"message": "x"})
        live = self.begin(self.follow("lab", "attic"))
        a = self.redis.add_many("lab", "flows", 20)
        b = self.redis.add_many("attic", "flows", 20)
        self.redis.add("quiet", "flows", {"message": "not asked for"})
        flows = live.wait_for("flows", 40)
        self.assertEqual([e["id"] for e in flows if e["sensor"] == "lab"], a)
        self.assertEqual([e["id"] for e in flows if e["sensor"] == "attic"], b)
        live.close()
        c, d = self.redis.add_many("attic", "alerts", 3), self.redis.add_many("lab", "alerts", 3)
        again = self.follow("lab", "attic", last=live.last)
        alerts = again.wait_for("alerts", 6)
        self.assertEqual([e["id"] for e in alerts if e["sensor"] == "attic"], c)
        self.assertEqual([e["id"] for e in alerts if e["sensor"] == "lab"], d)

    def test_a_trimmed_gap_is_told(self):
        live = self.begin(self.follow("lab"))
        self.redis.add_many("lab", "flows", 5)
        live.wait_for("flows", 5)
        last = live.of("flows")[-1]["id"]
        live.close()
        self.dashboard.stop()
        ids = self.redis.add_many("lab", "flows", 50, 5)
        self.redis.ask("XTRIM", "camwatch:{lab}:flows", "MAXLEN", 10)
        self.dashboard = self.start()
        again = self.follow("lab", last=live.last)
        self.assertEqual([e["id"] for e in again.wait_for("flows", 10)], ids[-10:])
        self.assertEqual(again.of("gap"), [{"sensor": "lab", "stream": "flows", "reason": "trimmed", "after": last,
                                            "before": ids[-10]}])

    def test_a_stream_that_begins_anew_is_told(self):
        self.redis.add("lab", "flows", {"message": "old"}, "9000000000000-0")
        live = self.follow("lab", query="&from=0-0_0-0_0-0_0-0")
        live.wait_for("flows")
        place = live.last
        self.redis.ask("DEL", "camwatch:{lab}:flows")
        ids = self.redis.add_many("lab", "flows", 3)
        self.assertEqual([e["id"] for e in live.wait_for("flows", 4)], ["9000000000000-0"] + ids)
        self.assertEqual([g["reason"] for g in live.of("gap")], ["reset"])
        again = self.follow("lab", last=place)
        self.assertEqual([e["id"] for e in again.wait_for("flows", 3)], ids)
        self.assertEqual([g["reason"] for g in again.of("gap")], ["reset"])

    def test_a_slow_browser_is_ended_and_catches_up(self):
        live = self.begin(self.follow("lab"))
        place = live.last
        slow = self.dashboard.connect()
        self.addCleanup(slow.close)
        slow.request("GET", "/api/live?sensor=lab", headers={"Last-Event-ID": place})
        response = slow.getresponse()
        text = "x" * 3000
        n = 6000  # 18 MB: more than the ring and all buffers hold
        ids = []
        for _ in range(n // 500):
            ids += self.redis.pipeline([["XADD", "camwatch:{lab}:flows", "*", "message", text] for _ in range(500)])
        live.wait_for("flows", n, 120)
        self.assertFalse(live.is_ended, "one slow browser holds no other up")
        body = response.read()  # until its end: a chunked body that is cut raises
        got = [json.loads(line[6:])["id"] for line in body.decode().splitlines() if line.startswith('data: {"id"')]
        self.assertLess(len(got), n)
        last = [line[4:] for line in body.decode().splitlines() if line.startswith("id: ")][-1]
        again = Live(self.dashboard, ("lab",), last, "")
        self.addCleanup(again.close)
        got += [e["id"] for e in again.wait_for("flows", n - len(got), 120)]
        self.assertEqual(got, [id.decode() for id in ids])
        self.assertEqual(again.of("gap"), [])


class Away(Served):
    def test_redis_killed_and_restarted(self):
        live = self.begin(self.follow("lab"))
        first = self.redis.add_many("lab", "flows", 20)
        live.wait_for("flows", 20)
        self.redis.kill()
        away = live.wait_for("redis-away")[0]
        self.assertEqual(set(away), {"error", "what_to_do"})
        answer = self.dashboard.get("/api/state?sensor=lab", 503)
        self.assertEqual(set(answer), {"error", "what_to_do"})
        self.dashboard.get("/api/sensors", 503)
        late = self.follow("attic")  # 200 all the same: an EventSource gives up on any other status
        late.wait_for("redis-away")
        resumed = self.follow("lab", last=live.last)
        resumed.wait_for("redis-away")
        self.redis.start()
        self.allow()
        live.wait_for("redis-back")
        late.wait_for("redis-back")
        until("questions are answered again", lambda: self.dashboard.request("/api/state?sensor=lab")[0] == 200)
        second = self.redis.add_many("lab", "flows", 20, 20)
        self.assertEqual([e["id"] for e in live.wait_for("flows", 40)], first + second)
        self.assertEqual([e["id"] for e in resumed.wait_for("flows", 20)], second)
        self.assertEqual(live.of("gap"), [])
        self.begin(late)

    def test_starts_without_redis(self):
        self.redis.kill()
        dashboard = self.start()
        status, headers, body = dashboard.request("/api/sensors")
        self.assertEqual(status, 503)
        self.assertEqual(headers["Retry-After"], "2")
        self.assertIn(self.redis.socket, json.loads(body)["error"])
        self.redis.start()
        self.allow()
        until("answers", lambda: dashboard.request("/api/sensors")[0] == 200)

    def test_what_redis_refuses_is_explained(self):
        self.redis.ask("ACL", "SETUSER", "dashboard", "-scan")
        answer = self.dashboard.get("/api/sensors", 502)
        self.assertIn("SCAN refused (NOPERM)", answer["error"])
        self.redis.ask("SET", "camwatch:{odd}:index", "x")
        self.assertIn("WRONGTYPE", self.dashboard.get("/api/state?sensor=odd", 502)["error"])
        self.dashboard.get("/api/state?sensor=lab")


class Beats(Served):
    def test_a_quiet_connection_is_kept(self):
        live = self.follow("lab")
        until("a heartbeat", lambda: live.beats > 0, 40)
        self.assertFalse(live.is_ended)


if __name__ == "__main__":
    unittest.main(verbosity=1)
