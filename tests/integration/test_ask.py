#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""camwatch status, devices, alerts, counters: each form of each answer, from a socket that answers as a running
camwatch does (host/control.h)."""
import csv
import io
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

PROGRAM = os.path.join(os.environ["CAMWATCH_BUILD"], "host", "camwatch")

ANSWERS = {
    "status": [["what", "value"], ["sensor", "cell-7"], ["frames", "469"]],
    "counters": [["counter", "value"], ["frames", "123456789"], ["drop l4-other", "7"]],
    "devices": [["id", "address", "kind", "brand", "maker", "model", "band", "confidence", "last seen"],
                ["mac:00-00-5E-00-53-21", "2001:db8:1234:5678:9abc:def0:1234:5678", "access-control", "Examplé, \"Vision\"",
                 "A Maker with a Name that is Long Enough to be Cut Off Somewhere Co. Ltd", "DS-2CD2143G2-I-AND-MORE",
                 "confirmed", "99", "2026-11-22 00:47:25"],
                ["ip:default:0:192.168.10.22", "192.168.10.22", "camera", "", "", "\x1b[31mred", "likely", "60",
                 "2026-11-22 00:47:26"]],
    "alerts": [["time", "kind", "severity", "rule", "device", "message"],
               ["2026-03-02T09:02:11.177500000Z", "policy-alert", "3", "streams-to-unlisted-country",
                "mac:00-00-5E-00-53-21", "a camera streams to where no camera should stream to: " + "word " * 30]],
}


class Ask(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="cw-ask-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = socket.socket(socket.AF_UNIX)
        self.addCleanup(self.server.close)
        self.server.bind(os.path.join(self.folder, "control"))
        self.server.listen()
        self.answers = dict(ANSWERS)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            with client:
                question = client.recv(64).decode().strip()
                answer = self.answers[question]
                text = answer if isinstance(answer, str) else "".join("\t".join(row) + "\n" for row in answer)
                client.sendall(text.encode())

    def ask(self, *arguments, width=80, lang="C.UTF-8"):
        return subprocess.run([PROGRAM, arguments[0], "--run-dir", self.folder, *arguments[1:]], capture_output=True,
                              timeout=60, check=False, env=dict(os.environ, COLUMNS=str(width), LC_ALL=lang))

    def test_csv_has_everything(self):
        for question, rows in ANSWERS.items():
            done = self.ask(question, "--csv")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(list(csv.reader(io.StringIO(done.stdout.decode(), newline=""))), rows)

    def test_json_has_everything(self):
        for question, rows in ANSWERS.items():
            lines = [json.loads(line) for line in self.ask(question, "--json").stdout.decode().splitlines()]
            self.assertEqual(lines, [dict(zip(rows[0], row)) for row in rows[1:]])

    def test_tables_fit(self):
        for question in ANSWERS:
            for width in (80, 100, 160):
                text = self.ask(question, width=width).stdout.decode()
                self.assertEqual(len(text.splitlines()), len(ANSWERS[question]), text)
                for line in text.splitlines():
                    self.assertLessEqual(len(line), width, line)
                self.assertNotIn("\x1b", text)

    def test_what_a_table_shows(self):
        narrow, wide = (self.ask("devices", width=width).stdout.decode() for width in (80, 160))
        self.assertIn("192.168.10.22", narrow)
        self.assertNotIn("maker", narrow.splitlines()[0])
        self.assertIn("maker", wide.splitlines()[0])
        self.assertIn("mac:00-00-5E", wide)
        self.assertIn("2026-03-02 09:02:11 ", self.ask("alerts").stdout.decode())
        self.assertIn(r"\x1B[31mred", wide.replace(r"\x1b", r"\x1B"))
        self.assertTrue(self.ask("devices", lang="C").stdout.isascii())

    def test_nothing_so_far(self):
        self.answers["devices"] = [ANSWERS["devices"][0]]
        self.assertEqual(self.ask("devices").stdout, b"none so far\n")
        self.assertEqual(self.ask("devices", "--json").stdout, b"")
        self.assertEqual(len(self.ask("devices", "--csv").stdout.splitlines()), 1)

    def test_answer_that_is_cut(self):
        for cut in ("", "id\taddress", "id\taddress\nmac:"):
            self.answers["devices"] = cut
            done = self.ask("devices")
            self.assertEqual((done.returncode, done.stdout), (4, b""))
            self.assertIn(b"the answer is cut", done.stderr)

    def test_nobody_is_there(self):
        self.server.shutdown(socket.SHUT_RDWR)  # whoever waits in accept() ends
        self.server.close()
        done = self.ask("status")
        self.assertEqual(done.returncode, 4)
        self.assertIn(b"does 'camwatch live' run", done.stderr)
        os.remove(os.path.join(self.folder, "control"))
        self.assertIn(b"does 'camwatch live' run", self.ask("status").stderr)

    def test_wrong_command_lines(self):
        for arguments in (("status", "more"), ("status", "--json", "--csv")):
            self.assertEqual(self.ask(*arguments).returncode, 2)


if __name__ == "__main__":
    unittest.main()
