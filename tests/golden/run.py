#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Replays the captures of CASES and holds the events against what is due.

    run.py              all cases
    run.py NAME...      only these
    run.py --list       their names, and why each exists

expect/NAME.txt is written by hand from what the formats and the rules say. One assertion a line:
    one  KEY=VALUE...   exactly one event has all of these     some  at least one     none  no event
    count N KEY=VALUE.. exactly N; N.. at least, ..N at most
KEY~VALUE: contains. KEY!VALUE: is not. KEY>N, KEY<N: as numbers. KEY= alone: is not known. A key may
be written without "camwatch."; a list has a value when one of its items is it. Lines on single messages
(wire, near, oneway): wire.py.

The program is CAMWATCH_PROGRAM, else CAMWATCH_BUILD/host/camwatch. Exit 77: it is not built.
"""

import functools
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

import wire

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
TIMEOUT = 120


def find_program():
    program = os.environ.get("CAMWATCH_PROGRAM")
    if not program:
        program = os.path.join(os.environ.get("CAMWATCH_BUILD", SOURCE + "/build/release"), "host", "camwatch")
    if not os.access(program, os.X_OK):
        print(f"skipped: no program at {program}")
        sys.exit(77)
    return program


def replay(program, captures, options=(), timeout=TIMEOUT):
    """NDJSON of a replay, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "events.ndjson")
        command = [program, "replay", "--quiet", "--rules", os.path.join(SOURCE, "rules"), "--sensor", "golden",
                   "--json", out, *options, *captures]
        environment = {k: v for k, v in os.environ.items() if k != "CAMWATCH_GEO_DIR"}
        done = subprocess.run(command, capture_output=True, timeout=timeout, env=environment, check=False)
        if done.returncode not in (0,):
            raise RuntimeError(f"exit {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
        with open(out, "rb") as events:
            return events.read()


# ---- assertions ----


def value_of(event, key):
    return event.get(key, event.get("camwatch." + key))


def condition(text):
    key, sign, wanted = re.match(r"([@\w.]+)([=~!<>])(.*)$", text, re.S).groups()

    def check(event):
        value = value_of(event, key)
        items = value if isinstance(value, list) else [] if value in (None, "") else [value]
        texts = [str(x) for x in items]
        if sign == "=":
            return wanted in texts if wanted else not texts
        if sign == "~":
            return any(wanted in x for x in texts)
        if sign == "!":
            return wanted not in texts
        numbers = [float(x) for x in items]
        return any(x > float(wanted) if sign == ">" else x < float(wanted) for x in numbers)
    return check


def limits(word, rest):
    if word == "one":
        return 1, 1, rest
    if word == "some":
        return 1, None, rest
    if word == "none":
        return 0, 0, rest
    low, dots, high = re.match(r"(\d*)(\.\.)?(\d*)$", rest[0]).groups()
    if not dots:
        return int(low), int(low), rest[1:]
    return int(low or 0), int(high) if high else None, rest[1:]


def meets(conditions, events):
    checks = [condition(x) for x in conditions]
    return [e for e in events if all(check(e) for check in checks)]


def judge_count(words, events):
    """None, or how many there are instead."""
    low, high, conditions = limits(words[0], words[1:])
    n = len(meets(conditions, events))
    return f"there are {n}" if n < low or (high is not None and n > high) else None


def judge_line(words, events, messages):
    """None, or what is wrong; messages() are those of the capture, classes those of the signatures."""
    if not words:
        return None
    if words[0] not in wire.WORDS:
        return judge_count(words, events)
    found, classes = messages()
    if words[0] == "wire":
        return judge_count(words[1:], found)
    if words[1] not in classes:
        return "no such signature"
    if words[0] == "near":
        return wire.judge_near(words[1], words[2:], found, meets)
    return wire.judge_oneway(words[1], words[2:], found, meets, classes)


def expectation(name):
    """Lines of an expectation, in words, with their numbers."""
    with open(os.path.join(HERE, "expect", name + ".txt"), encoding="utf-8") as lines:
        return [(number, shlex.split(line, comments=True)) for number, line in enumerate(lines, 1)]


def judge(name, events, messages):
    """Lines of the expectation that do not hold."""
    wrong = []
    for number, words in expectation(name):
        what = judge_line(words, events, messages)
        if what:
            wrong.append(f"{name}.txt:{number}: {what}: {' '.join(words)}")
    return wrong


# ---- what holds of every replay ----


def parse(data):
    return [json.loads(line) for line in data.decode().splitlines()]


def flow_totals(events):
    """Deltas of a flow add up to its totals."""
    wrong, sums, last = [], {}, {}
    for e in events:
        if not e["event.action"].startswith("flow-") or "camwatch.delta.bytes_out" not in e:
            continue
        flow = e["camwatch.flow.id"]
        out, into = sums.get(flow, (0, 0))
        sums[flow] = (out + e["camwatch.delta.bytes_out"], into + e["camwatch.delta.bytes_in"])
        last[flow] = e
    for flow, e in last.items():
        total = e["source.bytes"] + e["destination.bytes"]
        if sum(sums[flow]) != total:
            wrong.append(f"flow {flow}: deltas sum to {sum(sums[flow])}, its total is {total}")
    return wrong


def validator_of(program):
    """What each event is held against; None, and why not."""
    try:
        import jsonschema
    except ImportError:
        return None, "; not held against the schema: python3-jsonschema is missing"
    done = subprocess.run([program, "schema"], capture_output=True, timeout=TIMEOUT, check=True)
    return jsonschema.Draft202012Validator(json.loads(done.stdout)), ""


def schema_errors(validator, events):
    return [f"{e['event.action']}: {x.message}" for e in events for x in validator.iter_errors(e)]


def cases():
    with open(os.path.join(HERE, "CASES"), encoding="utf-8") as rows:
        for row in rows:
            if row.strip() and not row.startswith("#"):
                name, capture, options, why = [x.strip() for x in row.split("|", 3)]
                yield name, capture, shlex.split(options), why


def reader(path, options):
    """Reads the messages of a capture at the first call only: most expectations have no use for them."""
    @functools.lru_cache(maxsize=None)
    def read():
        classes = {s["name"]: s["class"] for s in wire.table()}
        return wire.messages(path, "--experimental" in options), classes
    return read


def run_case(program, validator, case):
    name, capture, options, _ = case
    path = os.path.join(HERE, capture)
    data = replay(program, [path], options)
    events = parse(data)
    wrong = judge(name, events, reader(path, options)) + flow_totals(events)
    if data != replay(program, [path], options):
        wrong.append("the same capture twice does not give the same bytes")
    if validator:
        wrong += schema_errors(validator, events)
    return wrong


def main(arguments):
    listed = list(cases())
    if "--list" in arguments:
        for name, _, _, why in listed:
            print(f"{name:18} {why}")
        return 0
    program, failed = find_program(), 0
    validator, note = validator_of(program)
    chosen = [c for c in listed if not arguments or c[0] in arguments]
    for case in chosen:
        wrong = run_case(program, validator, case)
        print(f"{'failed' if wrong else 'ok':7}{case[0]}")
        for line in wrong:
            print("       " + line)
        failed += bool(wrong)
    print(f"{len(chosen) - failed} of {len(chosen)} cases hold{note}")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
