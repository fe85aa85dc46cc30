#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""camwatch survey: each reality of a span port, on captures made for it, and on a veth pair."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = os.environ["CAMWATCH_SOURCE"]
PROGRAM = os.path.join(os.environ["CAMWATCH_BUILD"], "host", "camwatch")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(SOURCE, "tests", "golden"))
import frames as f  # noqa: E402

MS, SECOND = 10**6, 10**9
ROUTER, CAMERA, OTHER = "00:00:5e:00:53:01", "00:00:5e:00:53:21", "00:00:5e:00:53:22"
HOME, HOME2, CLOUD, CLOUD2 = "192.168.10.21", "192.168.10.22", "198.51.100.7", "203.0.113.9"
START = 1_700_000_000 * SECOND
ESP = 50


class Span:
    """Frames with a time of their own, 10 ms apart."""

    def __init__(self):
        self.packets = []
        self.now = START
        self.ident = 0

    def put(self, frame, after=10 * MS, length=None):
        self.now += after
        self.packets.append((self.now, frame, length or len(frame)))
        return frame

    def ip(self, src_mac, src, dst_mac, dst, proto, body, **how):
        self.ident += 1
        kind = f.ETHER_IPV6 if f.is_v6(src) else f.ETHER_IPV4
        return f.ether(src_mac, dst_mac, kind, f.ip_packet(src, dst, proto, body, ident=self.ident, **how))

    def conversation(self, n=10, port=40000, out=True, back=True, home=HOME, home_mac=CAMERA, far=CLOUD, shape=None,
                     **how):
        shape = shape or (lambda frame, is_out: frame)
        for i in range(n):
            if out:
                body = f.tcp(home, port, far, 443, 1 + i, 1 + i, f.ACK | f.PSH, b"question")
                self.put(shape(self.ip(home_mac, home, ROUTER, far, f.TCP, body, **how), True))
            if back:
                body = f.tcp(far, 443, home, port, 1 + i, 9 + i, f.ACK | f.PSH, b"answer")
                self.put(shape(self.ip(ROUTER, far, home_mac, home, f.TCP, body), False))
        return self

    def datagram(self, src_mac, src, sport, dst_mac, dst, dport, data=b"data", **how):
        self.put(self.ip(src_mac, src, dst_mac, dst, f.UDP, f.udp(src, sport, dst, dport, data), **how))
        return self


class Survey(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="camwatch-test-")
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, span, **how):
        path = os.path.join(self.folder, "span.pcap")
        with open(path, "wb") as file:
            file.write(f.pcap(span.packets, **how))
        return path

    def run_it(self, *arguments, **how):
        return subprocess.run([PROGRAM, "survey", *arguments], capture_output=True, text=True, timeout=60,
                              check=False, **how)

    def survey(self, span, *arguments, status=0):
        done = self.run_it("--json", *arguments, self.write(span))
        self.assertEqual(done.returncode, status, done.stderr)
        result = json.loads(done.stdout)
        self.assertEqual(result["frames"], result["parsed"] + sum(result["drops"].values()))
        return result, {finding["id"]: finding for finding in result["findings"]}

    def test_an_absent_capture_is_no_interface(self):
        done = subprocess.run([PROGRAM, "survey", "absent.pcap"], capture_output=True, text=True, timeout=60, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("absent.pcap: cannot be opened: No such file", done.stderr)
        self.assertNotIn("interface", done.stderr)

    def test_both_directions(self):
        span = Span().conversation(port=40000).conversation(port=40001, home=HOME2, home_mac=OTHER)
        result, found = self.survey(span)
        self.assertEqual((result["conversations"], result["one_way"]), (2, 0))
        self.assertEqual(found["directions"]["state"], "good")
        self.assertEqual(result["frames"], 40)
        self.assertEqual(result["bytes"], sum(length for _, _, length in span.packets))

    def test_one_direction(self):
        result, found = self.survey(Span().conversation(port=40000).conversation(port=40001, back=False)
                                    .conversation(port=40002, out=False))
        self.assertEqual((result["conversations"], result["one_way"]), (3, 2))
        self.assertEqual(found["directions"]["state"], "warning")
        self.assertIn("67 %", found["directions"]["text"])
        self.assertIn("both directions", found["directions"]["advice"])

    def test_syn_without_an_answer_is_no_one_way_conversation(self):
        span = Span()
        for i in range(9):
            span.put(span.ip(CAMERA, HOME, ROUTER, CLOUD, f.TCP, f.tcp(HOME, 40000, CLOUD, 443, 1, 0, f.SYN)))
        result, found = self.survey(span)
        self.assertEqual(result["conversations"], 0)
        self.assertEqual(found["directions"]["state"], "note")

    def test_every_packet_twice(self):
        span = Span().conversation()
        packets, span.packets = span.packets, []
        for at, frame, length in packets:
            routed = frame[:22] + bytes([frame[22] - 1]) + frame[23:]  # one hop later: TTL
            span.packets += [(at, frame, length), (at + MS // 2, routed, length)]
        result, found = self.survey(span)
        self.assertEqual(result["copies"], 20)
        self.assertEqual(found["duplicates"]["state"], "note")
        self.assertIn("0.500 ms", found["duplicates"]["text"])

    def test_some_packets_twice_and_retransmissions(self):
        span = Span().conversation()
        for at, frame, length in span.packets[:3]:
            span.packets.append((at + MS, frame, length))
        at, frame, length = span.packets[5]
        span.packets.append((at + 200 * MS, frame, length))  # comes again, and is no copy
        span.packets.sort()
        result, found = self.survey(span)
        self.assertEqual(result["copies"], 3)
        self.assertEqual(found["duplicates"]["state"], "warning")

    def test_vlans(self):
        tagged = Span().conversation(shape=lambda frame, _: f.with_vlan(frame, 42))
        tagged.conversation(port=40001, shape=lambda frame, _: f.with_vlan(f.with_vlan(frame, 7), 100))
        result, found = self.survey(tagged)
        self.assertEqual(result["vlans"], {"42": 20, "100": 20})
        self.assertEqual((result["double_tagged"], result["tag_one_side"]), (20, 0))
        self.assertEqual(found["vlans"]["state"], "good")

    def test_tag_in_one_direction_only(self):
        result, found = self.survey(
            Span().conversation(shape=lambda frame, is_out: f.with_vlan(frame, 42) if is_out else frame))
        self.assertEqual((result["tag_one_side"], result["one_way"]), (1, 0))
        self.assertIn("one direction only", found["vlans"]["text"])
        self.assertIn("--vlan-key", found["vlans"]["advice"])

    def test_home_networks(self):
        span = Span()
        for i, far in enumerate((CLOUD, "198.51.100.8", "198.51.100.9")):
            span.conversation(home="203.0.113.21", far=far, port=41000 + i)
            span.conversation(home="203.0.113.22", home_mac=OTHER, far=far, port=42000 + i)
        result, found = self.survey(span)
        self.assertEqual(result["home"], 0)
        self.assertIn("--home", found["home"]["advice"])
        result, found = self.survey(span, "--home", "203.0.113.0/24")
        self.assertEqual(result["home"], result["ip"])
        self.assertEqual(found["home"]["state"], "good")

    def test_outside_of_the_translation(self):
        span = Span()
        for i in range(5):
            span.conversation(home="203.0.113.21", far=f"198.51.100.{i + 1}", port=41000 + i)
        _, found = self.survey(span)
        self.assertIn("outside the address translation", found["home"]["advice"])
        self.assertIn("203.0.113.21", found["home"]["text"])

    def test_one_host_only(self):
        result, found = self.survey(Span().conversation().conversation(port=40001, far=CLOUD2))
        self.assertEqual(found["span"]["state"], "warning")
        self.assertEqual((result["busiest"], result["busiest_frames"]), (HOME, 40))

    def test_no_mirror(self):
        span = Span()
        for i in range(30):
            span.put(f.arp(1, CAMERA, HOME, None, f"192.168.10.{i + 1}"))
        result, found = self.survey(span)
        self.assertEqual((result["arp"], result["unicast"]), (30, 0))
        self.assertIn("no mirror", found["span"]["text"])

    def ask(self, span, clients, resolver="192.168.10.1", questions=True, answers=True):
        for n in range(clients):
            client, mac = f"192.168.10.{30 + n}", f"00:00:5e:00:53:{30 + n}"
            if questions:
                span.datagram(mac, client, 5000, ROUTER, resolver, 53)
            if answers:
                span.datagram(ROUTER, resolver, 53, mac, client, 5000)
        return span

    def test_dns(self):
        result, found = self.survey(self.ask(Span().conversation(), 3))
        self.assertEqual((result["dns_queries"], result["dns_answers"], result["dns_clients"]), (3, 3, 3))
        self.assertEqual(found["dns"]["state"], "good")
        _, found = self.survey(self.ask(Span().conversation(), 3, answers=False))
        self.assertEqual(found["dns"]["text"], "questions without answers")
        _, found = self.survey(self.ask(Span().conversation(), 3, questions=False))
        self.assertEqual(found["dns"]["text"], "answers without questions")
        _, found = self.survey(Span().conversation())
        self.assertEqual((found["dns"]["state"], found["dns"]["text"]), ("warning", "none"))

    def test_dns_of_the_resolver_only(self):
        span = Span()
        for i in range(6):
            span.conversation(home=f"192.168.10.{50 + i}", home_mac=f"00:00:5e:00:53:{50 + i}")
            span.datagram(OTHER, HOME2, 5000 + i, ROUTER, "9.9.9.9", 53)
            span.datagram(ROUTER, "9.9.9.9", 53, OTHER, HOME2, 5000 + i)
        result, found = self.survey(span)
        self.assertEqual(result["dns_clients"], 1)
        self.assertIn("resolver", found["dns"]["advice"])

    def test_dns_over_tls(self):
        span = Span().conversation()
        for _ in range(4):
            span.put(span.ip(CAMERA, HOME, ROUTER, "9.9.9.9", f.TCP, f.tcp(HOME, 4444, "9.9.9.9", 853, 1, 1, f.ACK)))
        _, found = self.survey(span)
        self.assertIn("not in clear (4 packets over TLS)", found["dns"]["text"])

    def test_dhcp_and_local_chatter(self):
        span = Span().conversation()
        span.datagram(CAMERA, "0.0.0.0", 68, "ff:ff:ff:ff:ff:ff", "255.255.255.255", 67)
        span.datagram(CAMERA, HOME, 5353, "01:00:5e:00:00:fb", "224.0.0.251", 5353)
        span.datagram(CAMERA, HOME, 3702, "01:00:5e:7f:ff:fa", "239.255.255.250", 3702)
        result, found = self.survey(span)
        self.assertEqual((result["dhcp"], result["discovery"]), (1, 2))
        self.assertEqual((found["dhcp"]["state"], found["local"]["state"]), ("good", "good"))
        _, found = self.survey(Span().conversation())
        self.assertEqual((found["dhcp"]["state"], found["local"]["state"]), ("note", "note"))

    def test_routers(self):
        span = Span()
        for i in range(3):
            span.conversation(far=f"198.51.100.{i + 1}", port=40000 + i)
        span.datagram(CAMERA, "0.0.0.0", 68, "ff:ff:ff:ff:ff:ff", "255.255.255.255", 67)  # nobody yet
        span.datagram(CAMERA, "0.0.0.1", 68, "ff:ff:ff:ff:ff:ff", "255.255.255.255", 67)
        for i in range(9):  # an inner router: many at home behind one MAC
            span.datagram(OTHER, f"192.168.20.{i + 1}", 5000, CAMERA, HOME, 80)
        result, found = self.survey(span)
        self.assertEqual(result["router"], [{"mac": "00-00-5E-00-53-22", "outside": 0, "inside": 9},
                                            {"mac": "00-00-5E-00-53-01", "outside": 3, "inside": 0}])
        self.assertIn("inner router", found["routers"]["advice"])

    def test_nothing_leaves(self):
        span = Span()
        for _ in range(30):
            span.datagram(CAMERA, HOME, 5000, OTHER, HOME2, 6000)
        _, found = self.survey(span)
        self.assertIn("mirror the uplink", found["routers"]["advice"])

    def test_translation_suspected(self):
        span = Span().conversation(n=10, ttl=63).conversation(n=10, ttl=64, home=HOME2, home_mac=OTHER)
        result, found = self.survey(span)
        self.assertEqual(result["nat"], [{"address": HOME, "ttl": 63, "frames": 10}])
        self.assertEqual(found["nat"]["state"], "warning")
        span = Span()  # behind a router a TTL of 63 is what is due
        for i in range(9):
            span.conversation(n=10, ttl=63, home=f"192.168.20.{i + 1}")
        self.assertEqual(self.survey(span)[0]["nat"], [])

    def test_tunnels(self):
        def wrap(frame, _):
            outer = f.udp("192.168.1.1", 40000, "192.168.1.2", 4789, f.vxlan(frame, 7))
            return f.ether(OTHER, ROUTER, f.ETHER_IPV4, f.ip_packet("192.168.1.1", "192.168.1.2", f.UDP, outer))
        result, found = self.survey(Span().conversation(shape=wrap))
        self.assertEqual(result["tunnels"], {"vxlan": 20})
        self.assertEqual(result["conversations"], 1)
        self.assertIn("vxlan 100 %", found["tunnels"]["text"])

    def test_encrypted(self):
        span = Span().conversation()
        for _ in range(10):
            span.put(span.ip(CAMERA, HOME, ROUTER, CLOUD2, ESP, bytes(40)))
        result, found = self.survey(span)
        self.assertEqual(result["encrypted"], 10)
        self.assertIn("before it is encrypted", found["encrypted"]["advice"])

    def test_giant_and_truncated_frames(self):
        span = Span().conversation()
        body = f.tcp(CLOUD, 443, HOME, 40000, 1, 1, f.ACK, bytes(20000))
        span.put(span.ip(ROUTER, CLOUD, CAMERA, HOME, f.TCP, body))
        result, found = self.survey(span)
        self.assertEqual((result["giant"], result["longest"]), (1, 20054))
        self.assertIn("gro off", found["giant"]["advice"])
        span = Span().conversation()
        span.packets = [(at, frame[:60], len(frame) + 100) for at, frame, _ in span.packets]
        result, found = self.survey(span)
        self.assertEqual((result["truncated"], result["captured_most"]), (20, 60))
        self.assertIn("at 60 bytes", found["truncated"]["text"])

    def test_rate(self):
        span = Span()
        for second in range(4):
            span.now = START + second * SECOND
            for _ in range(50 if second == 2 else 5):
                span.put(span.ip(CAMERA, HOME, ROUTER, CLOUD, f.UDP, f.udp(HOME, 5, CLOUD, 6, bytes(958))), after=MS)
        result, _ = self.survey(span)
        self.assertEqual((result["peak_frames"], result["peak_bytes"]), (50, 50 * 1000))
        self.assertIn("peak 400 kbit/s", self.run_it(self.write(span)).stdout)

    def test_ip6(self):
        span = Span().conversation(home="fd00::21", far="2001:db8::7")
        result, _ = self.survey(span)
        self.assertEqual((result["ip6"], result["home"], result["conversations"]), (20, 20, 1))

    def test_seconds_and_filter(self):
        span = Span()
        for _ in range(10):
            span.datagram(CAMERA, HOME, 5000, ROUTER, CLOUD, 53)
            span.now += SECOND
            span.datagram(ROUTER, CLOUD, 53, CAMERA, HOME, 5000)
        self.assertEqual(self.survey(span, "--seconds", "3")[0]["frames"], 5)
        self.assertEqual(self.survey(span, "--bpf", "udp dst port 53")[0]["frames"], 10)

    def test_nothing_at_all(self):
        _, found = self.survey(Span())
        self.assertEqual(found["span"]["text"], "not a single frame")

    def test_faulty_captures(self):
        path = self.write(Span().conversation())
        with open(path, "r+b") as file:
            file.truncate(os.path.getsize(path) - 5)
        done = self.run_it("--json", path)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(json.loads(done.stdout)["frames"], 19)
        self.assertIn("packet 20", done.stderr)
        with open(path, "wb") as file:
            file.write(b"no capture at all, but text\n" * 9)
        done = self.run_it(path)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn("neither pcap nor pcapng", done.stderr)

    def test_wrong_command_lines(self):
        for arguments, what in (((), "one interface, or one capture"), (("a", "b"), "one interface, or one capture"),
                                (("--snaplen", "1", "a"), "--snaplen"), (("--home", "x", "a"), "home network"),
                                (("--bpf", "nonsense at", "/dev/null"), None)):
            done = self.run_it(*arguments)
            self.assertIn(done.returncode, (2, 3), arguments)
            if what:
                self.assertIn(what, done.stderr)

    def test_text_fits_the_width(self):
        span = Span().conversation(ttl=63, back=False, shape=lambda frame, _: f.with_vlan(frame, 42))
        path = os.path.basename(self.write(span))
        for width in (80, 160):
            env = dict(os.environ, COLUMNS=str(width), LC_ALL="C.UTF-8")
            text = self.run_it("./" + path, env=env, cwd=self.folder).stdout
            self.assertLessEqual(max(len(line) for line in text.splitlines()), width)
            self.assertIn("What camwatch cannot see here, and what to do", text)
        plain = self.run_it("./" + path, env=dict(os.environ, LC_ALL="C"), cwd=self.folder).stdout
        self.assertTrue(plain.isascii())


class Veth(Survey):
    """An interface, frames sent into its other end; in a network namespace of its own."""

    def setUp(self):
        super().setUp()
        if os.environ.get("CAMWATCH_IN_NAMESPACE") != "1":
            self.skipTest("this system does not let us make network namespaces")
        for command in ("ip link add span0 type veth peer name span1", "ip link set span0 arp off up",
                        "ip link set span1 arp off up"):
            subprocess.run(command.split(), check=True)
        self.addCleanup(subprocess.run, ["ip", "link", "del", "span0"], check=True)

    def listening(self, process):
        """Until its socket takes frames: the kernel lists those that do (the column R) in /proc/net/packet."""
        for _ in range(1200):
            with open("/proc/net/packet", encoding="ascii") as sockets:
                if any(line.split()[5] == "1" for line in sockets.readlines()[1:]):
                    time.sleep(0.5)  # the filter is set behind it
                    return
            self.assertIsNone(process.poll(), "it ended")
            time.sleep(0.1)
        self.fail("it does not listen")

    def send(self, span):
        import socket
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
            out.bind(("span0", 0))
            for _, frame, _ in span.packets:
                out.send(frame)

    def test_interface(self):
        span = Span().conversation(n=100).conversation(n=50, port=40001, back=False)
        process = subprocess.Popen([PROGRAM, "survey", "--json", "--seconds", "10", "--bpf", "tcp", "span1"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.listening(process)
        self.send(span)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, err)
        result = json.loads(out)
        self.assertEqual((result["frames"], result["conversations"], result["one_way"]), (250, 2, 1))
        self.assertEqual(result["kernel_drops"], 0)

    def test_interface_that_is_not_there(self):
        done = self.run_it("span7")
        self.assertEqual((done.returncode, done.stdout), (4, ""))
        self.assertIn("no such interface", done.stderr)

    def test_ends_early_on_a_signal(self):
        process = subprocess.Popen([PROGRAM, "survey", "span1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        self.listening(process)
        process.terminate()
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, err)
        self.assertRegex(out, r"^span1\n\d+ frames in \d+\.\d s: ")


for name in [n for n in dir(Survey) if n.startswith("test_") and n not in vars(Veth)]:
    setattr(Veth, name, None)  # those of captures run once

if __name__ == "__main__":
    can = shutil.which("unshare") and shutil.which("ip") and not subprocess.run(
        ["unshare", "-n", "true"], capture_output=True, check=False).returncode
    if can and "CAMWATCH_IN_NAMESPACE" not in os.environ:
        os.environ["CAMWATCH_IN_NAMESPACE"] = "1"
        os.execvp("unshare", ["unshare", "-n", sys.executable, os.path.abspath(__file__)])
    unittest.main(argv=sys.argv[:1])
