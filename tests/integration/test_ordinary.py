#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ordinary traffic: no surveillance device and no service of a maker of cameras is due. RTSP may be
called RTSP; platforms for everything (Tuya, TP-Link, Xiaomi) may be named. With sanitizers, every
8th file only."""

import os
import subprocess
import sys
import tempfile

import captures
from captures import run

KINDS = {"camera", "recorder", "doorbell", "access-control", "intercom", "encoder", "hub"}
PLATFORMS = {"Tuya", "Xiaomi miIO"}  # of everything, not of cameras
GENERAL = {"Tuya", "TP-Link", "Xiaomi", "Amazon", "Ring", "D-Link", "Nest", "Google", "Ubiquiti"}


def complaint(event):
    capture = os.path.basename(event.get("camwatch.capture.file", "?"))
    frame = event.get("camwatch.capture.frame", "?")
    band = event.get("camwatch.band")
    if event["event.action"].startswith("device-") and band in ("likely", "confirmed"):
        if event.get("camwatch.device.kind") in KINDS or event.get("camwatch.device.maker") not in GENERAL:
            return f"{capture} frame {frame}: {event['message']}: {event.get('camwatch.evidence')}"
    vendor = event.get("camwatch.service.vendor")
    if event["event.action"] == "flow-end" and vendor and vendor not in GENERAL:
        return f"{capture} frame {frame}: {event['message']}: {event.get('camwatch.evidence')}"
    platform = event.get("camwatch.service.platform")
    if event["event.action"] == "flow-end" and platform and platform not in PLATFORMS:
        return f"{capture} frame {frame}: {event['message']}: {event.get('camwatch.evidence')}"
    return None


def replay_all(program, files, folder):
    """One process for all of them, each on its own; its exit status tells of inputs with faults."""
    command = [program, "replay", "--quiet", "--rules", os.path.join(captures.SOURCE, "rules"), "--separate",
               "--json", folder, *files]
    done = subprocess.run(command, capture_output=True, timeout=1400, check=False)
    return done.returncode, done.stderr.decode(errors="replace")


def main():
    files = captures.folder("ordinary")
    program, wrong, n = run.find_program(), [], 0
    if captures.is_slow_build():
        files = files[::8]
    with tempfile.TemporaryDirectory() as folder:
        status, text = replay_all(program, files, folder)
        if status not in (0, 3) or "Sanitizer" in text:
            wrong.append(f"exit {status}: {text[-2000:]}")
        for name in sorted(os.listdir(folder)):
            n += 1
            with open(os.path.join(folder, name), "rb") as events:
                wrong += [x for x in map(complaint, run.parse(events.read())) if x]
    if n != len(files):
        wrong.append(f"{len(files)} captures, but {n} files of events")
    return captures.report(wrong, n, "ordinary captures")


if __name__ == "__main__":
    sys.exit(main())
