#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every wire signature has its golden cases: fails when one has not.

For each signature of the program's table the expectations of CASES must hold
    positive     a line "wire" that is due at least once, for it
    phase=P      such a line for each phase that it can tell
    sender=S     such a line for each sender that it can tell
    near         a look-alike that is not taken for it
    oneway       a message of it on a span that shows one direction
That the lines are true is what golden.cases shows. MISSING lists what is not there, a line SIGNATURE WHAT each,
with the reason; what is listed there and is not missing fails too.

    coverage.py           compare
    coverage.py --list    what is missing now
"""

import os
import sys

sys.dont_write_bytecode = True

import run  # noqa: E402
import wire  # noqa: E402


def is_due(words):
    """A line "wire" that asks for one message at least."""
    low, _, _ = run.limits(words[0], words[1:])
    return low > 0


def told_by(words):
    """Signature and what a line shows of it."""
    if words[0] in ("near", "oneway"):
        return words[1], {words[0]}
    if words[0] != "wire" or not is_due(words[1:]):
        return None, set()
    said = dict(x.split("=", 1) for x in words[2:] if "=" in x)
    shown = {f"{key}={said[key]}" for key in ("phase", "sender") if said.get(key)}
    return said.get("signature"), shown | {"positive"}


def shown():
    """What the expectations show, by signature."""
    found = {}
    for name, _, _, _ in run.cases():
        for _, words in run.expectation(name):
            if words:
                signature, what = told_by(words)
                found.setdefault(signature, set()).update(what)
    return found


def due_of(signature):
    due = ["positive", "near", "oneway"]
    due += ["phase=" + x for x in signature["phases"]]
    return due + ["sender=" + x for x in signature["senders"]]


def missing():
    """Lines "SIGNATURE WHAT", in the order of the table."""
    have = shown()
    return [f"{s['name']} {what}" for s in wire.table() for what in due_of(s)
            if what not in have.get(s["name"], set())]


def excused():
    with open(os.path.join(run.HERE, "MISSING"), encoding="utf-8") as lines:
        return [text for text in (" ".join(x.split("#", 1)[0].split()) for x in lines) if text]


def main(arguments):
    lacks = missing()
    if "--list" in arguments:
        print("\n".join(lacks))
        return 0
    known = excused()
    wrong = [f"{x}: no golden case" for x in lacks if x not in known]
    wrong += [f"{x}: listed in MISSING, and there" for x in known if x not in lacks]
    print("\n".join(wrong) if wrong else
          f"{len(wire.table())} signatures; {len(lacks)} parts without a golden case, each with its reason")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
