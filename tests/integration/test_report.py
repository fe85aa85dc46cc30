#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The files that `camwatch replay` writes to keep or mail, held against each other and their schema."""
import csv
import json
import os
import re
import subprocess
import tempfile
import unittest

try:
    import jsonschema
except ImportError:
    jsonschema = None

SOURCE = os.environ["CAMWATCH_SOURCE"]
PROGRAM = os.path.join(os.environ["CAMWATCH_BUILD"], "host", "camwatch")
DEMO = os.path.join(SOURCE, "tests", "golden", "demo.pcap")
COLUMNS = ["device", "brand", "maker", "band", "evidence", "list", "status_then", "status_now", "list_date",
           "source", "verified_on", "first_seen", "last_seen", "site"]


def replay(*arguments):
    return subprocess.run([PROGRAM, "replay", DEMO, "--quiet", *arguments], capture_output=True, text=True,
                          timeout=120, check=False)


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="camwatch-test-")
        cls.addClassCleanup(cls.folder.cleanup)
        path = lambda name: os.path.join(cls.folder.name, name)  # noqa: E731
        cls.path = staticmethod(path)
        done = replay("--report", path("a.json"), "--report", path("a.html"), "--inventory", path("a.csv"),
                      "--json", path("events.ndjson"))
        assert done.returncode == 0, done.stderr
        with open(path("a.json"), encoding="utf-8") as file:
            cls.model = json.load(file)
        with open(path("a.html"), encoding="utf-8") as file:
            cls.page = file.read()
        with open(path("events.ndjson"), encoding="utf-8") as file:
            cls.events = [json.loads(line) for line in file]

    def serials(self):
        return {e["camwatch.device.serial"] for e in self.events if "camwatch.device.serial" in e}

    @unittest.skipIf(jsonschema is None, "no jsonschema")
    def test_the_model_is_as_its_schema_says(self):
        with open(os.path.join(SOURCE, "docs", "report.schema.json"), encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(self.model)

    def test_bytes_are_those_of_the_events(self):
        ends = [e for e in self.events if e["event.action"] == "flow-end"]
        rows = self.model["conversations"]
        for device in self.model["devices"]:
            index = self.model["devices"].index(device)
            told = sum(e["source.bytes"] + e["destination.bytes"] for e in ends
                       if e.get("camwatch.device.id") == device["id"])
            own = sum(r["bytes_out"] + r["bytes_in"] for r in rows if r.get("device") == index)
            self.assertEqual(own, told, device["title"])

    def test_the_timeline_adds_up_to_the_conversations(self):
        steps = sum(sum(s["out"]) + sum(s["in"]) for s in self.model["timeline"]["series"])
        rows = sum(r["bytes_out"] + r["bytes_in"] for r in self.model["conversations"] if "device" in r)
        self.assertEqual(steps, rows)
        self.assertTrue(all(len(s["out"]) == self.model["timeline"]["steps"]
                            for s in self.model["timeline"]["series"]))

    def test_coverage_closes_and_says_so(self):
        c = self.model["coverage"]
        lost = sum(d["count"] for d in c["drops"] if d["is_frames"])
        self.assertEqual(c["frames"], c["parsed"] + lost)
        self.assertIs(c["closes"], True)

    def test_evidence_can_be_found_in_the_capture(self):
        for device in self.model["devices"]:
            self.assertTrue(device["evidence"])
            self.assertIn("wireshark", device)
            for evidence in device["evidence"]:
                self.assertEqual(evidence["file"], "demo.pcap")
                self.assertLessEqual(evidence["frame"], self.model["coverage"]["frames"])

    def test_ids_are_masked_everywhere(self):
        self.assertTrue(self.serials())
        with open(self.path("a.csv"), encoding="utf-8") as file:
            texts = [self.page, json.dumps(self.model, ensure_ascii=False), file.read()]
        for serial in self.serials():
            for text in texts:
                self.assertNotIn(serial.lower(), text.lower())

    def test_ids_are_whole_when_asked_for(self):
        replay("--report", self.path("b.json"), "--reveal-ids")
        with open(self.path("b.json"), encoding="utf-8") as file:
            text = file.read()
        self.assertEqual([s for s in self.serials() if s not in text], [])

    def test_viewers_are_networks_or_names_or_whole(self):
        peers = {e["camwatch.peer.ip"] for e in self.events if e.get("camwatch.path") == "p2p-direct"}
        self.assertTrue(peers)
        for how, is_shown in (("truncate", False), ("hash", False), ("full", True)):
            replay("--report", self.path("c.json"), "--viewers", how)
            with open(self.path("c.json"), encoding="utf-8") as file:
                text = file.read()
            for peer in peers:
                self.assertEqual(re.search(rf"(?<![\d.]){re.escape(peer)}(?![\d])", text) is not None, is_shown)

    def test_the_page_holds_the_data_and_loads_nothing(self):
        data = re.search(r'<script type="application/json" id="data">(.*?)</script>', self.page, re.S).group(1)
        self.assertNotIn("<", data)
        self.assertEqual([d["title"] for d in json.loads(data)["devices"]],
                         [d["title"] for d in self.model["devices"]])
        self.assertIn("default-src 'none'; script-src 'sha256-", self.page)
        self.assertIsNone(re.search(r"<(link|img|iframe|script src|object|embed)\b", self.page))

    def test_the_inventory_has_its_columns_and_a_row_a_listing(self):
        with open(self.path("a.csv"), encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(list(rows[0])[:len(COLUMNS)], COLUMNS)
        listed = sum(max(1, len(d["lists"])) for d in self.model["devices"])
        self.assertEqual(len(rows), listed)
        for row in rows:
            if row["list"]:
                self.assertIn(row["status_then"].split(",")[0], ("named", "not named"))
                self.assertTrue(row["verified_on"])

    def test_a_name_without_a_known_end_is_refused(self):
        done = replay("--report", self.path("report.txt"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("neither NAME.html nor NAME.json", done.stderr)

    def test_a_report_that_cannot_be_written_is_an_error(self):
        for option in "--report", "--inventory":
            done = subprocess.run([PROGRAM, "replay", DEMO, option, self.path("no/such/folder/a.html")],
                                  capture_output=True, text=True, timeout=120, check=False)
            self.assertEqual((done.returncode, done.stdout), (4, ""))  # before captures are read, not hours later
            self.assertIn("cannot be written", done.stderr)

    def test_passwords_are_not_in_the_command(self):
        done = replay("--report", self.path("d.json"), "--redis-password-file", "/dev/null", "--redis",
                      "redis://camwatch@127.0.0.1:1/0")
        self.assertNotEqual(done.returncode, 0)  # nobody listens there, and nothing is written
        self.assertFalse(os.path.exists(self.path("d.json")))


if __name__ == "__main__":
    unittest.main()
