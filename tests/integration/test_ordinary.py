#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ordinary traffic: no surveillance device and no service of a maker of cameras is due. RTSP may be
called RTSP; platforms for everything (Tuya, TP-Link, Xiaomi) may be named. With sanitizers, every
8th file only."""

import os
import sys

import captures
from captures import run

KINDS = {"camera", "recorder", "doorbell", "access-control", "intercom", "encoder", "hub"}
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
    return None


def main():
    files = captures.folder("ordinary")
    program = run.find_program()
    if captures.is_slow_build():
        files = files[::8]
    wrong = []
    for name in files:
        try:
            data = run.replay(program, [name])
        except RuntimeError as problem:
            wrong.append(f"{os.path.basename(name)}: {problem}")
            continue
        wrong += [x for x in map(complaint, run.parse(data)) if x]
    return captures.report(wrong, len(files), "ordinary captures")


if __name__ == "__main__":
    sys.exit(main())
