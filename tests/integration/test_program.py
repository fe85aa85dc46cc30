#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program camwatch, driven as a person or a script would."""
import csv
import fcntl
import gzip
import io
import json
import os
import pty
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import constructed as captures  # noqa: E402

SOURCE = os.environ["CAMWATCH_SOURCE"]
PROGRAM = os.path.join(os.environ["CAMWATCH_BUILD"], "host", "camwatch")
OK, FINDINGS, USAGE, INPUT, SETUP, ACCOUNT = range(6)


def environment(**more):
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "CAMWATCH_GEO_DIR")}
    env.update(LC_ALL="C.UTF-8", TERM="xterm-256color", **more)
    return env


def run(*arguments, stdin=b"", **more):
    done = subprocess.run([PROGRAM, *arguments], input=stdin, capture_output=True, env=environment(**more),
                          timeout=120, check=False)
    done.out, done.err = done.stdout.decode(), done.stderr.decode()
    return done


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="camwatch-test-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.camera = self.write("camera.pcap", captures.pcap(captures.camera_frames()))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def events(self, *arguments, **more):
        done = run("replay", "--json", "-", *arguments, **more)
        return [json.loads(line) for line in done.stdout.splitlines()], done

    def frames_of(self, *arguments, **more):
        events, done = self.events(*arguments, **more)
        stats = [e for e in events if e["event.action"] == "sensor-stats"]
        return stats[-1]["camwatch.stats.packets"] if stats else 0, done


class Replay(Program):
    def test_says_in_one_sentence_what_it_found(self):
        done = run("replay", self.camera)
        self.assertEqual(done.returncode, OK, done.err)
        self.assertIn("1 surveillance device, confirmed; it talks to 1 service", done.out)
        self.assertIn("Hikvision", done.out)
        self.assertIn(captures.CAMERA, done.out)
        self.assertRegex(done.out, r"9 frames = 9 parsed \+ 0 dropped; \d+ events = \d+ to summary: closes")

    def test_says_none_seen_and_never_none_present(self):
        office = self.write("office.pcap", captures.pcap(captures.office_frames(), step=300))
        done = run("replay", office)
        self.assertIn("No surveillance device seen in 5 min 0 s of traffic.", done.out)
        self.assertEqual(done.returncode, OK)

    def test_same_input_same_bytes(self):
        first, second = (run("replay", "--json", "-", "--flows", "all", self.camera) for _ in range(2))
        self.assertEqual(first.stdout, second.stdout)
        self.assertGreater(len(first.stdout), 0)
        for line in first.stdout.splitlines():
            json.loads(line)

    def test_events_of_a_file_and_of_standard_output_agree(self):
        run("replay", "--json", self.path("out.ndjson"), self.camera)
        with open(self.path("out.ndjson"), "rb") as file:
            self.assertEqual(file.read(), run("replay", "--json", "-", self.camera).stdout)

    def test_packed_captures_read_as_plain_ones(self):
        data = captures.pcap(captures.camera_frames())
        cut = len(data) // 2
        two_members = self.write("members.pcap.gz", gzip.compress(data[:cut]) + gzip.compress(data[cut:]))
        no_suffix = self.write("no-suffix", gzip.compress(data) + bytes(512))  # padding as on tapes
        for path in (two_members, no_suffix):
            frames, done = self.frames_of(path)
            self.assertEqual((frames, done.returncode), (9, OK), done.err)
        if not shutil.which("zstd"):
            self.skipTest("no zstd(1): Zstandard is tested by unit.test_unpack")
        packed = [subprocess.run(["zstd", "-qc"], input=part, capture_output=True, check=True).stdout
                  for part in (data[:cut], data[cut:])]
        frames, done = self.frames_of(self.write("frames.zst", b"".join(packed)))
        self.assertEqual((frames, done.returncode), (9, OK), done.err)

    def test_standard_input(self):
        for data in (captures.pcap(captures.camera_frames()),
                     gzip.compress(captures.pcapng([(1, captures.camera_frames())]))):
            frames, done = self.frames_of("-", stdin=data)
            self.assertEqual((frames, done.returncode), (9, OK), done.err)

    def test_events_flow_out_while_standard_input_is_open(self):
        data = captures.pcap(captures.camera_frames())
        process = subprocess.Popen([PROGRAM, "replay", "--json", "-", "-"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment())
        self.addCleanup(process.stdout.close)
        process.stdin.write(data)
        process.stdin.flush()
        first = process.stdout.readline()  # would hang if events waited for the end of the input
        self.assertIsNone(process.poll())
        self.assertIn("event.action", json.loads(first))
        process.stdin.close()
        process.stdout.read()
        self.assertEqual(process.wait(30), OK)

    def test_several_captures_are_one_timeline(self):
        frames = captures.camera_frames()
        odd = self.write("in/b/odd.pcap", captures.pcap(frames[1::2], captures.START + 0.1, step=0.2))
        even = self.write("in/even.pcap.gz", gzip.compress(captures.pcap(frames[::2], step=0.2)))
        self.write("in/notes.txt", b"no capture")
        merged, done = self.events(self.path("in"))
        self.assertEqual(done.returncode, OK, done.err)
        ends = [e for e in merged if e["event.action"] == "flow-end" and e.get("camwatch.peer.ip") == captures.SERVER]
        self.assertEqual([(e["source.packets"], e["destination.packets"]) for e in ends], [(4, 3)])
        self.assertEqual(ends[0]["camwatch.outcome"], "established")
        self.assertEqual({e["camwatch.capture.file"] for e in merged if "camwatch.capture.file" in e} - {odd, even},
                         set())

    def test_more_captures_than_may_be_open_at_once(self):
        for i, frame in enumerate(captures.camera_frames() * 10):
            self.write("many/%03d.pcap" % i, captures.pcap([frame], captures.START + i))
        frames, done = self.frames_of(self.path("many"))
        self.assertEqual((frames, done.returncode), (90, OK), done.err)

    def test_separate(self):
        other = self.write("office.pcap", captures.pcap(captures.office_frames()))
        os.mkdir(self.path("out"))
        done = run("replay", "--separate", "--json", self.path("out"), self.camera, other)
        self.assertEqual(done.returncode, OK, done.err)
        self.assertIn("1 surveillance device", done.out)
        self.assertIn("No surveillance device seen", done.out)
        self.assertEqual(sorted(os.listdir(self.path("out"))), ["001-camera.pcap.ndjson", "002-office.pcap.ndjson"])
        self.assertEqual(run("replay", "--separate", "--json", self.path("x"), self.camera).returncode, USAGE)

    def test_cut_anywhere_reports_what_came_before_and_where_the_fault_is(self):
        data = captures.pcap(captures.camera_frames())
        ends, at = [24], 24
        for frame in captures.camera_frames():
            at += 16 + len(frame)
            ends.append(at)
        for cut in [24, 25, 39, 40, 41, ends[1] - 1, ends[1], ends[3] + 16, ends[3] + 17, len(data) - 1]:
            whole = sum(end <= cut for end in ends) - 1
            frames, done = self.frames_of(self.write("cut.pcap", data[:cut]))
            self.assertEqual(frames, whole, "cut at %d" % cut)
            if cut in ends:
                self.assertEqual(done.returncode, OK)
            else:
                self.assertEqual(done.returncode, INPUT, "cut at %d" % cut)
                self.assertIn("cut.pcap: packet %d: " % (whole + 1), done.err)

    def test_damaged_captures(self):
        data = bytearray(captures.pcap(captures.camera_frames()))
        data[24 + 8:24 + 12] = b"\xff\xff\xff\x7f"  # length of the first packet
        done = run("replay", self.write("long.pcap", bytes(data)))
        self.assertEqual(done.returncode, INPUT)
        self.assertIn("long.pcap: packet 1: ", done.err)
        done = run("replay", self.write("text.pcap", b"this is no capture"))
        self.assertEqual(done.returncode, INPUT)
        self.assertIn("neither pcap nor pcapng", done.err)
        packed = gzip.compress(captures.pcap(captures.camera_frames()))
        done = run("replay", self.write("cut.gz", packed[:len(packed) - 9]))
        self.assertEqual(done.returncode, INPUT)
        self.assertIn("gzip data ends in the middle", done.err)
        self.assertEqual(run("replay", self.path("absent.pcap")).returncode, INPUT)
        self.assertEqual(run("replay", self.write("empty.pcap", b"")).returncode, INPUT)

    def test_a_faulty_capture_does_not_keep_the_others_from_being_read(self):
        frames, done = self.frames_of(self.write("text.pcap", b"no capture at all"), self.camera)
        self.assertEqual((frames, done.returncode), (9, INPUT))

    def test_interfaces_of_different_link_types(self):
        raw = [frame[14:] for frame in captures.camera_frames()]
        path = self.write("mixed.pcapng", captures.pcapng([(1, captures.camera_frames()), (101, raw)]))
        frames, done = self.frames_of(path)
        self.assertEqual((frames, done.returncode), (18, OK), done.err)

    def test_captures_of_different_link_types_together(self):
        raw = self.write("raw.pcap", captures.pcap([f[14:] for f in captures.camera_frames()], link=101))
        frames, done = self.frames_of(self.camera, raw)
        self.assertEqual((frames, done.returncode), (18, OK), done.err)

    def test_a_state_that_cannot_be_saved_is_no_success(self):
        done = run("replay", "--state", self.path("absent/devices.state"), self.camera)
        self.assertEqual((done.returncode, done.out), (SETUP, ""))  # said before captures are read
        self.assertIn("devices.state: its folder cannot be written", done.err)
        os.mkdir(self.path("devices.state.new"))  # where a new one is written first
        done = run("replay", "--state", self.path("devices.state"), self.camera)
        self.assertEqual(done.returncode, SETUP)
        self.assertIn("devices.state: cannot be saved", done.err)
        self.assertIn("1 surveillance device", done.out)

    def test_what_is_no_capture_gets_its_error_and_no_report(self):
        text = self.write("text.pcap", b"hello, this is text\n")
        empty = self.write("empty.pcap", b"")
        for path in (text, empty):
            report = self.path("report.html")
            done = run("replay", "--report", report, path)
            self.assertEqual(done.returncode, INPUT)
            self.assertEqual(done.out, "")
            self.assertEqual(done.err.count("\n"), 1, done.err)
            self.assertIn(path + ": ", done.err)
            self.assertFalse(os.path.exists(report))
        self.assertIn("the file is empty", done.err)
        done = run("replay", text, self.camera)
        self.assertEqual(done.returncode, INPUT)
        self.assertIn("1 surveillance device", done.out)

    def test_a_capture_of_no_packets_is_no_fault(self):
        done = run("replay", self.write("none.pcap", captures.pcap([])))
        self.assertEqual(done.returncode, OK, done.err)
        self.assertIn("0 frames = 0 parsed + 0 dropped", done.out)

    def test_filter_keeps_frame_numbers(self):
        events, done = self.events("--flows", "all", "--bpf", "tcp", self.camera)
        self.assertEqual(done.returncode, OK, done.err)
        flow = [e for e in events if e["event.action"] == "flow-end"][0]
        self.assertEqual(flow["camwatch.capture.frame"], 3)
        self.assertIn("--bpf left out 2 frames", done.err)
        self.assertEqual(run("replay", "--bpf", "no such filter", self.camera).returncode, USAGE)

    def test_fail_on(self):
        office = self.write("office.pcap", captures.pcap(captures.office_frames()))
        for what in ("hint", "likely", "confirmed", "listed"):
            self.assertEqual(run("replay", "--quiet", "--fail-on", what, self.camera).returncode, FINDINGS, what)
            self.assertEqual(run("replay", "--quiet", "--fail-on", what, office).returncode, OK, what)
        self.assertEqual(run("replay", "--fail-on", "sometimes", office).returncode, USAGE)

    def wait_for_read(self, process):
        """Until the pipe is empty and whoever reads it sleeps."""
        for _ in range(1200):
            waiting = struct.unpack("i", fcntl.ioctl(process.stdin, termios.FIONREAD, bytes(4)))[0]
            with open(f"/proc/{process.pid}/stat", encoding="utf-8") as stat:
                state = stat.read().rsplit(")", 1)[1].split()[0]
            if waiting == 0 and state == "S":
                return
            time.sleep(0.1)
        self.fail("it does not read")

    def test_interrupt_reports_what_was_read(self):
        process = subprocess.Popen([PROGRAM, "replay", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=environment())
        process.stdin.write(captures.pcap(captures.camera_frames()))
        process.stdin.flush()
        self.wait_for_read(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, OK, err)
        self.assertIn(b"9 frames = 9 parsed", out)

    def test_output_that_fails(self):
        done = run("replay", "--json", "/dev/full", self.camera)
        self.assertEqual(done.returncode, ACCOUNT, done.err)
        self.assertIn("DOES NOT CLOSE", done.out)
        done = run("replay", "--json", self.path("no/such/folder"), self.camera)
        self.assertEqual(done.returncode, SETUP)

    def test_reader_that_goes_away(self):
        process = subprocess.Popen([PROGRAM, "replay", "--json", "-", self.camera], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=environment())
        process.stdout.close()
        err = process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(60), ACCOUNT, err)  # no signal, and no silence

    def test_csv(self):
        done = run("replay", "--csv", self.camera)
        self.assertTrue(done.stdout.endswith(b"\r\n"))
        rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
        self.assertEqual(len(rows[0]), 38)
        self.assertFalse(any(None in row or None in row.values() for row in rows))  # as many cells as titles
        to_server = [row for row in rows if row["peer_ip"] == captures.SERVER and row["transport"] == "tcp"]
        self.assertEqual(len(to_server), 1)
        self.assertEqual(to_server[0]["device_mac"], "C0-56-E3-01-02-03")
        self.assertEqual(to_server[0]["outcome"], "established")
        self.assertEqual(to_server[0]["flows"], "1")
        sent = [f for f in captures.camera_frames()[2:] if f[6:12] == captures.CAMERA_MAC]
        self.assertEqual(int(to_server[0]["bytes_out"]), sum(len(f) for f in sent))
        self.assertEqual(run("replay", "--csv", "--json", "-", self.camera).returncode, USAGE)

    def test_rules_with_errors(self):
        self.write("rules/vendors/x.yaml", b"brand: X\nnonsense: 1\n")
        done = run("replay", "--rules", self.path("rules"), self.camera)
        self.assertEqual(done.returncode, SETUP)
        self.assertRegex(done.err, r"vendors/x\.yaml:2")


class Device(Program):
    def test_chain_of_evidence(self):
        done = run("replay", "--explain", "c0:56:e3:01:02:03", self.camera)
        self.assertEqual(done.returncode, OK, done.err)
        self.assertIn("mac-camera-maker", done.out)
        self.assertRegex(done.out, r"rules/vendors/hikvision\.yaml:\d+, .*camera\.pcap frame 1\n")
        self.assertRegex(done.out, r"frame\.number in \{1(, \d+)*\}")
        self.assertIn("eth.addr == c0:56:e3:01:02:03 || ip.addr == 192.168.1.64", done.out)
        self.assertIn("the model: it did not say it in clear", done.out)

    def test_by_a_start_and_not_by_nothing(self):
        self.assertEqual(run("replay", "--explain", "c056e3", self.camera).returncode, OK)
        self.assertEqual(run("replay", "--explain", "192.168.1.64", self.camera).returncode, OK)
        done = run("replay", "--explain", "10.9.9.9", self.camera)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("no device '10.9.9.9' was seen", done.err)

    def test_extract(self):
        both = self.write("both.pcap", captures.pcap(captures.camera_frames() + captures.office_frames()))
        out = self.path("device.pcap")
        arguments = ("replay", "--quiet", "--extract", "192.168.1.64", out)
        self.assertEqual(run(*arguments, both).returncode, OK)
        frames, done = self.frames_of(out)
        self.assertEqual((frames, done.returncode), (9, OK))
        with open(out, "rb") as file:
            headers = file.read()
        self.assertNotIn(captures.NAME.encode(), headers)  # headers only: no server name
        done = run(*arguments[:1], *arguments[2:], both)
        self.assertEqual((done.returncode, done.out), (SETUP, ""))  # never over a file, and said at once
        self.assertIn("is there already", done.err)
        self.assertEqual(run(*arguments, "--force", "--payload", both).returncode, OK)
        with open(out, "rb") as file:
            self.assertIn(captures.NAME.encode(), file.read())


class Kept(Program):
    """What the operator knows of his devices, and what the last run knew."""

    def golden(self, name):
        return os.path.join(SOURCE, "tests", "golden", name)

    def test_assets_name_devices(self):
        assets = self.write("assets.csv", b"site,mac,name\nHQ,c0-56-e3-01-02-03,Lobby\nHQ,00-00-5E-00-53-99,Roof\n")
        events, done = self.events("--assets", assets, self.camera)
        self.assertEqual(done.returncode, OK, done.err)
        new = [e for e in events if e["event.action"] == "device-new"]
        flows = [e for e in events if e["event.action"] == "flow-end" and "camwatch.device.id" in e]
        self.assertEqual(len(new), 1)
        self.assertTrue(flows)
        for event in new + flows:
            self.assertEqual((event["camwatch.device.asset.name"], event["camwatch.device.asset.site"]), ("Lobby", "HQ"))
        wrong = self.write("wrong.csv", b"mac,name\nc0-56-e3-01-02,Lobby\n")
        done = run("replay", "--assets", wrong, self.camera)
        self.assertEqual(done.returncode, SETUP)
        self.assertIn("wrong.csv:2:", done.err)

    def test_recorders_and_what_is_behind_them(self):
        """Names of every list, also of one in many segments; the camera that was seen itself stands once."""
        out = run("replay", "--top", "0", self.golden("recorder-lists.pcap")).out
        said = [" ".join(part.split()) for part in out.split("records ")[1:]]
        self.assertEqual(len(said), 3, out)
        texts = {text.split(":")[0]: text for text in said}
        self.assertEqual(set(texts), {"9 cameras", "3 cameras", "2 cameras"})
        for n in range(2, 10):
            self.assertIn("Floor %d (192.168.254.%d)" % (n, n), texts["9 cameras"])
        self.assertIn("Hall (192.168.10.21)", texts["9 cameras"])  # by the recorder's list, under its own serial number
        self.assertIn("Yard 0 (192.168.11.40), Yard 1 (192.168.11.41), Yard 2 (192.168.11.42)", texts["3 cameras"])
        self.assertIn("Gate 1, Gate 2", texts["2 cameras"])
        self.assertNotIn("operator", out)  # the log-ins that stand in the lists
        self.assertIn("records 2 cameras: ", run("replay", self.golden("nvr.pcap")).out)

    LISTS = {  # what assets.csv says of the camera: its status in events, words of the summary, policy that alerts
        b"mac,name\nc0-56-e3-01-02-03,Lobby\n": ("listed", None, None),
        b"mac,name,maker\nc0-56-e3-01-02-03,Lobby,Hikvision\n": ("listed", None, None),
        b"ip,name\n192.168.1.65,Roof\n": ("not-listed", "not listed", "device-not-listed"),
        b"mac,sanctioned\nc0-56-e3-01-02-03,no\n": ("not-sanctioned", "not sanctioned", "device-not-as-listed"),
        b"mac,maker\nc0-56-e3-01-02-03,Axis\n": ("other-maker", "another maker", "device-not-as-listed"),
    }

    def test_assets_against_what_was_seen(self):
        for text, (status, words, policy) in self.LISTS.items():
            assets = self.write("assets.csv", text)
            events, done = self.events("--assets", assets, self.camera)
            self.assertEqual(done.returncode, OK, done.err)
            told = {e.get("camwatch.device.asset.status") for e in events if e.get("camwatch.device.id")}
            self.assertEqual(told, {status}, text)
            alerts = {e["rule.id"] for e in events if e["event.action"] == "policy-alert"}
            self.assertEqual({a for a in alerts if a.startswith("device-not-")}, {policy} - {None}, text)
            out = run("replay", "--assets", assets, self.camera).out
            if words:
                self.assertRegex(out, "By the list of assets\n.*\n  %s +C0-56-E3-01-02-03" % words)
            else:
                self.assertNotIn("By the list of assets", out)
        events, _ = self.events(self.camera)  # no list, nothing to say
        self.assertFalse([e for e in events if "camwatch.device.asset.status" in e])

    def test_assets_never_seen(self):
        assets = self.write("assets.csv", b"mac,ip,serial,name,site,owner\nc0-56-e3-01-02-03,,,Lobby,HQ,ops\n"
                                          b",,DS-2CD20420140101AAWR123456789,Roof,HQ,ops\n,192.168.1.99,,Gate,,\n")
        out = run("replay", "--assets", assets, self.camera).out
        self.assertRegex(out, r"\n  never seen +DS-2\S+ +Roof +HQ\n  never seen +192\.168\.1\.99 +Gate")
        self.assertNotIn("123456789", out)  # a serial can open a camera
        report = self.path("report.json")
        self.assertEqual(run("replay", "--quiet", "--report", report, "--assets", assets, self.camera).returncode, OK)
        with open(report, encoding="utf-8") as file:
            report = json.load(file)
        self.assertEqual([row["name"] for row in report["assets_never_seen"]], ["Roof", "Gate"])
        self.assertEqual(report["assets_never_seen"][1], {"address": "192.168.1.99", "name": "Gate"})
        self.assertEqual(report["devices"][0]["asset_status"], "listed")
        self.assertIn("By the list of assets: 2 in it and never seen.", report["findings"])

    def test_assets_and_state_together(self):
        """What an earlier run saw is no longer "never seen"; the list speaks of what that run knew."""
        state = self.path("state")
        assets = self.write("assets.csv", b"mac,name\nc0-56-e3-01-02-03,Lobby\n00-00-5E-00-53-99,Roof\n")
        self.assertEqual(run("replay", "--quiet", "--state", state, self.camera).returncode, OK)
        office = self.write("office.pcap", captures.pcap(captures.office_frames()))
        out = run("replay", "--state", state, "--assets", assets, office).out
        self.assertRegex(out, r"\n  never seen +00-00-5E-00-53-99 +Roof")
        self.assertNotRegex(out, r"never seen +C0-56-E3-01-02-03")
        events, done = self.events("--state", state, "--assets", assets, self.camera)
        self.assertEqual(done.returncode, OK, done.err)
        self.assertNotIn("device-new", [e["event.action"] for e in events])
        flows = [e for e in events if e["event.action"] == "flow-end" and "camwatch.device.id" in e]
        self.assertTrue(flows)
        self.assertEqual({e["camwatch.device.asset.status"] for e in flows}, {"listed"})

    def test_state_is_gone_on_from(self):
        state = self.path("state")
        kinds = []
        for _ in range(2):
            events, done = self.events("--state", state, self.golden("demo.pcap"))
            self.assertEqual(done.returncode, OK, done.err)
            kinds.append([e["event.action"] for e in events])
            self.assertTrue(any("camwatch.device.id" in e for e in events if e["event.action"] == "flow-end"))
        self.assertEqual((kinds[0].count("device-new"), kinds[1].count("device-new")), (3, 0))
        self.assertEqual(os.stat(state).st_mode & 0o777, 0o600)
        with open(state, "r+b") as file:  # torn: kept aside and said, and all is new again
            file.truncate(os.path.getsize(state) // 2)
        events, done = self.events("--state", state, self.golden("demo.pcap"))
        self.assertEqual([e["event.action"] for e in events].count("device-new"), 3)
        self.assertTrue(os.path.exists(state + ".bad"))
        self.assertIn("state.bad", done.err)

    def test_extract_through_tags_and_tunnels(self):
        """The device's frames and no others, as they were on the wire: what was said of it is said again."""
        for name in ("vlan-one-side", "vxlan", "gre", "erspan"):
            out = self.path(name + ".pcap")
            done = run("replay", "--quiet", "--payload", "--extract", "00-00-5E-00-53-21", out,
                       self.golden(name + ".pcap"))
            self.assertEqual(done.returncode, OK, name + done.err)
            whole, _ = self.events(self.golden(name + ".pcap"))
            part, _ = self.events(out)
            said = [[e["camwatch.device.id"] for e in events if e["event.action"] == "device-new"]
                    for events in (whole, part)]
            self.assertEqual(said[0], said[1], name)
            ends = [sorted(e["source.bytes"] + e["destination.bytes"] for e in events
                           if e["event.action"] == "flow-end" and e.get("camwatch.device.id") == "mac:00-00-5E-00-53-21")
                    for events in (whole, part)]
            self.assertEqual(ends[0], ends[1], name)


class Appearance(Program):
    def in_terminal(self, *arguments, **more):
        """Output and errors on a terminal of 100 columns."""
        import fcntl
        import struct
        import termios
        parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        process = subprocess.Popen([PROGRAM, *arguments], stdin=subprocess.DEVNULL, stdout=child, stderr=child,
                                   env=environment(**more))
        os.close(child)
        out = b""
        while True:
            try:
                piece = os.read(parent, 65536)
            except OSError:
                break
            if not piece:
                break
            out += piece
        process.wait(60)
        os.close(parent)
        return out.decode()

    def test_colours_on_a_terminal_only(self):
        self.assertIn("\033[", self.in_terminal("replay", self.camera))
        self.assertNotIn("\033[1", self.in_terminal("replay", self.camera, NO_COLOR="1"))
        self.assertNotIn("\033[1", self.in_terminal("replay", "--no-color", self.camera))
        done = run("replay", self.camera)
        self.assertNotIn(b"\033", done.stdout + done.stderr)

    def test_fits_the_terminal(self):
        out = self.in_terminal("replay", "--no-color", self.camera)
        for line in out.replace("\r", "").split("\n"):
            self.assertLessEqual(len(line), 100, line)

    def test_plain_ascii_where_the_locale_asks(self):
        run("replay", self.camera).stdout.decode("utf-8")
        done = subprocess.run([PROGRAM, "replay", self.camera], capture_output=True, check=True,
                              env={**environment(), "LC_ALL": "C"})
        done.stdout.decode("ascii")


CAPTURES = os.environ.get("CAMWATCH_CAPTURES", os.path.join(SOURCE, "..", "shared", "pcaps"))


class RealCaptures(Program):
    def capture(self, name):
        path = os.path.join(CAPTURES, name)
        if not os.path.exists(path):
            self.skipTest("no capture " + name)
        return path

    def test_ids_are_masked_unless_asked_for(self):
        yi = self.capture("cameras/yi-boot.pcap")
        self.assertIn("UID TNPU\u2026", run("replay", yi).out)
        whole = run("replay", "--reveal-ids", yi).out.split("UID ")[1].split()[0]
        self.assertGreater(len(whole), 12)
        for arguments in ((), ("--explain", "192.168.10.220"), ("--csv",)):
            done = run("replay", *arguments, yi)
            self.assertNotIn(whole, done.out + done.err)

    def test_folder_as_one_timeline_closes_its_account(self):
        done = run("replay", self.capture("cameras"))
        self.assertEqual(done.returncode, OK, done.err)
        self.assertRegex(done.out, r": closes\n")


class Commands(Program):
    def test_help_and_version(self):
        self.assertEqual(run("help").returncode, OK)
        self.assertIn("camwatch 0.", run("--version").out)
        for command in ("replay", "check", "explain", "schema", "geo"):
            done = run("help", command)
            self.assertEqual(done.returncode, OK)
            self.assertIn("usage: camwatch " + command, done.out)
            self.assertEqual(done.out, run(command, "--help").out)
        self.assertEqual(run().returncode, USAGE)

    def test_did_you_mean(self):
        done = run("repaly")
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("did you mean 'replay'?", done.err)
        done = run("replay", "--jsno", "x", self.camera)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("did you mean --json?", done.err)
        self.assertEqual(run("replay").returncode, USAGE)
        self.assertEqual(run("replay", "--top", "-1", self.camera).returncode, USAGE)
        self.assertEqual(run("replay", "--memory-flows", "1X", self.camera).returncode, USAGE)
        self.assertEqual(run("replay", "--tunnels-off", "gre,wormhole", self.camera).returncode, USAGE)
        self.assertEqual(run("replay", "--redis").returncode, USAGE)

    def test_an_error_in_the_settings_file_is_told_by_its_line(self):
        for text, line, what in (("shards: 2\nshardz: 2\n", 2, "unknown setting 'shardz': did you mean 'shards'?"),
                                 ("# none\nno-dpi: maybe\n", 2, "no-dpi: true or false"),
                                 ("json: x\n\nshards: 100\n", 3, "--shards: 1 to 64")):
            path = self.write("camwatch.yaml", text.encode())
            done = run("live", "--config", path, "nowhere0")
            self.assertEqual(done.returncode, SETUP)
            self.assertEqual(done.err, f"camwatch live: {path}:{line}: {what}\n")
        done = run("live", "--config", path, "--shards", "200", "nowhere0")
        self.assertEqual(done.returncode, USAGE)  # the fault of the command line
        self.assertIn("usage:", done.err)
        done = run("live", "--config", self.path("absent.yaml"), "nowhere0")
        self.assertEqual(done.returncode, SETUP)
        self.assertEqual(done.err, f"camwatch live: {self.path('absent.yaml')}: No such file or directory\n")

    def test_check(self):
        done = run("check")
        self.assertEqual(done.returncode, OK, done.out)
        self.assertRegex(done.out, r"(?m)^ok     rules in .*: version [0-9a-f]{16}, ")
        self.write("rules/vendors/x.yaml", b"brand: X\nnonsense: 1\nmac: [{prefix: \"zz\"}]\n")
        done = run("check", "--rules", self.path("rules"))
        self.assertEqual(done.returncode, SETUP)
        self.assertGreaterEqual(done.out.count("error"), 3)  # every error, not only the first
        done = run("check", "--geo", self.camera)
        self.assertIn("camera.pcap", done.out)
        self.assertIn("warn", done.out)
        self.assertEqual(run("check", "--home", "10.0.0.0/99").returncode, SETUP)
        done = run("check", "--redis", "unix://" + self.path("no.sock"))
        self.assertEqual(done.returncode, SETUP)

    def test_explain(self):
        done = run("explain", captures.NAME)
        self.assertEqual(done.returncode, OK)
        self.assertRegex(done.out, r"rules/vendors/hikvision\.yaml:\d+")
        self.assertIn("does not follow: the brand; Hikvision group serves several", done.out)
        self.assertIn("us-ndaa-889", done.out)
        self.assertIn("mac", run("explain", "C0-56-E3-01-02-03").out.lower())
        self.assertIn("no rule speaks of it", run("explain", "www.example.org").out)
        self.assertEqual(run("explain").returncode, USAGE)

    def test_schema(self):
        schema = json.loads(run("schema").out)
        properties = set(schema["properties"])
        for event in self.events("--flows", "all", self.camera)[0]:
            self.assertEqual(set(event) - properties, set())
        json.loads(run("schema", "--elastic").out)
        self.assertIn("camwatch.device.id", run("schema", "--markdown").out)
        self.assertEqual(run("schema", "--elastic", "--markdown").returncode, USAGE)

    def test_exit_statuses_are_documented_as_they_are(self):
        with open(os.path.join(SOURCE, "docs", "exit-status.md"), encoding="utf-8") as file:
            rows = [line.split("|")[1:3] for line in file if line.startswith("| ") and line[2].isdigit()]
        text = run("help").out.split("Exit status:\n")[1]
        shown = [line.split(None, 1) for line in text.strip().split("\n")]
        self.assertEqual([[a.strip(), b.strip()] for a, b in rows], shown)


if __name__ == "__main__":
    if not os.path.exists(PROGRAM):
        print("the program is not built: skipped")
        sys.exit(77)
    unittest.main(verbosity=1)
