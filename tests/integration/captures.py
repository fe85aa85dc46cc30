# SPDX-License-Identifier: Apache-2.0
"""Real captures, made by others, for tests on machines that have them: CAMWATCH_CAPTURES, by default
../shared/pcaps beside the sources. They are no part of the project."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(SOURCE, "tests", "golden"))
sys.dont_write_bytecode = True

import run  # noqa: E402


def _path(name):
    root = os.environ.get("CAMWATCH_CAPTURES", os.path.join(SOURCE, "..", "shared", "pcaps"))
    return os.path.join(root, name)


def has(name):
    """Are there captures of this folder?"""
    return os.path.isdir(_path(name))


def folder(name):
    """Captures of a folder, sorted; leaves with 77 where they are not."""
    path = _path(name)
    if not os.path.isdir(path):
        print(f"skipped: no captures at {path}")
        sys.exit(77)
    return [os.path.join(path, x) for x in sorted(os.listdir(path)) if ".pcap" in x or ".cap" in x]


def is_slow_build():
    """Built with sanitizers: fewer files."""
    return "asan" in os.environ.get("CAMWATCH_BUILD", "") or "tsan" in os.environ.get("CAMWATCH_BUILD", "")


def report(wrong, n, what):
    for line in wrong:
        print(line)
    print(f"{n} {what}, {len(wrong)} complaints")
    return 1 if wrong or n == 0 else 0
