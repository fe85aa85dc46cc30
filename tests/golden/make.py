#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the captures of this folder from published formats.

    make.py             write all that changed
    make.py NAME...     only these
    make.py --check     say whether the files here are what this script makes; exit 1 if not
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import scenes  # noqa: E402
import scenes_brands  # noqa: E402,F401
import scenes_dahua  # noqa: E402,F401
import scenes_demo  # noqa: E402,F401
import scenes_conduct  # noqa: E402,F401
import scenes_hikvision  # noqa: E402,F401
import scenes_makers  # noqa: E402,F401
import scenes_media  # noqa: E402,F401
import scenes_misses  # noqa: E402,F401
import scenes_p2p_misses  # noqa: E402,F401
import scenes_platforms  # noqa: E402,F401
import scenes_pppp  # noqa: E402,F401
import scenes_things  # noqa: E402,F401
import scenes_transport  # noqa: E402,F401
import scenes_tutk  # noqa: E402,F401
import scenes_span  # noqa: E402,F401
import scenes_verdicts  # noqa: E402,F401
import scenes_standards  # noqa: E402,F401
import vendors  # noqa: E402

LIMIT = 64 * 1024
LARGE = {"many-behind.pcap": 128 * 1024}  # what it shows is a number


def self_test():
    """The scramblers against the published vectors of protocols_p2p.md 1 and 2."""
    def header(key, kind, n):
        return vendors.cs2_encrypt(key, bytes([0xF1, kind, 0, n])).hex()
    assert header("camera", 0x30, 0) == "2cba5f5d" and header("camera", 0x10, 40) == "2c9a54c5"
    assert header("SHIX", 0x41, 20) == "9fd030f8" and header("SSD@cs2-network.", 0xE0, 0) == "b176202e"
    assert vendors.tutk_scramble(bytes(16)).hex() == "6e2e8d8c40d040ca2d6d280c40e4cad8"
    assert vendors.tutk_scramble(bytes(8)) == bytes.fromhex("206c726168656943")


def main(arguments):
    self_test()
    check = "--check" in arguments
    names = [x for x in arguments if not x.startswith("--")] or sorted(scenes.SCENES)
    wrong = []
    for name in names:
        path, data = os.path.join(HERE, name), scenes.SCENES[name]()
        limit = LARGE.get(name, LIMIT)
        assert len(data) <= limit, f"{name} has {len(data)} octets; at most {limit}"
        old = open(path, "rb").read() if os.path.exists(path) else None
        if old == data:
            continue
        wrong.append(name)
        if not check:
            with open(path, "wb") as out:
                out.write(data)
            print(f"{name}: {len(data)} octets")
    if check and wrong:
        print("not what make.py makes: " + " ".join(wrong))
    elif check:
        print(f"{len(names)} captures are what make.py makes")
    return 1 if check and wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
