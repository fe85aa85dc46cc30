# SPDX-License-Identifier: Apache-2.0
"""What the wire signatures say of each message of a capture, and the assertions on it.

In expect/NAME.txt, beside those on events (run.py):

    wire one|some|none|count N  KEY=VALUE...   so many messages have all of these
    near SIGNATURE KEY=VALUE...    a look-alike: such messages are there, and none is taken for SIGNATURE
    oneway SIGNATURE KEY=VALUE...  such messages went one way only. They are confirmed if the class is "one
                                   message"; of any other class they are seen, and stay a hint

KEY is one of frame, transport, source.ip, source.port, destination.ip, destination.port, ethertype, size; and
where a signature matched signature, phase, sender, role, vendor, detail, confirmed, camera, origin, brand,
maker, model, serial, uid, firmware, name, kind, candidates. flow=PORT: one of its ports.

The reader is CAMWATCH_BUILD/tests/golden/wire_messages.
"""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
TIMEOUT = 120
WORDS = ("wire", "near", "oneway")


def find_reader():
    """The path of the reader, or exit 77: not built."""
    build = os.environ.get("CAMWATCH_BUILD", SOURCE + "/build/release")
    path = os.path.join(build, "tests", "golden", "wire_messages")
    if not os.access(path, os.X_OK):
        print(f"skipped: no program at {path}")
        sys.exit(77)
    return path


def _lines(*command):
    done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=True)
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return [{k: v for k, v in row.items() if v != ""} for row in rows]


def table():
    """The signatures: name, class, phases, senders, tcp, off."""
    return _lines(find_reader(), "--table")


def _ends(message):
    if message["transport"] == "ether":
        return None
    ends = [(message[end + ".ip"], message[end + ".port"]) for end in ("source", "destination")]
    return message["transport"], frozenset(ends)


def messages(capture, experimental=False):
    """All messages of a capture; "ways" is of their flow, "flow" its ports."""
    found = _lines(find_reader(), *["--experimental"] * experimental, capture)
    sources = {}
    for m in found:
        if _ends(m):
            sources.setdefault(_ends(m), set()).add((m["source.ip"], m["source.port"]))
            m["flow"] = [m["source.port"], m["destination.port"]]
    for m in found:
        m["ways"] = len(sources[_ends(m)]) if _ends(m) else 1
        m.setdefault("signature", "")
    return found


def judge_near(name, rest, found, meets):
    """None, or what is wrong."""
    such = meets(rest, found)
    taken = [m for m in such if m["signature"] == name]
    if not such:
        return "no such message"
    return f"{len(taken)} of {len(such)} are taken for it" if taken else None


def judge_oneway(name, rest, found, meets, classes):
    """None, or what is wrong."""
    such = [m for m in meets(rest, found) if m["signature"] == name]
    if not such:
        return "not recognised"
    if any(m["ways"] == 2 for m in such):
        return "its flow goes both ways"
    due = "yes" if classes[name] == "one" else "no"
    wrong = [m for m in such if m["confirmed"] != due]
    return f"{len(wrong)} of {len(such)}: confirmed is not {due}" if wrong else None
