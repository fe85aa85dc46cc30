#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Grafana's dashboard names only streams, keys and fields that camwatch writes, and panels do not overlap."""
import json
import os
import re
import unittest

SOURCE = os.environ["CAMWATCH_SOURCE"]
BITS = {"A": "alerts", "D": "devices", "F": "flows", "S": "stats"}


def fields():
    with open(os.path.join(SOURCE, "include", "camwatch", "fields.h"), encoding="utf-8") as file:
        rows = re.findall(r'X\(\w+, "([^"]+)", \w+, ([ADFS]+),', file.read())
    return {stream: {name for name, bits in rows if bit in bits} for bit, stream in BITS.items()}


class Grafana(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(SOURCE, "dashboard", "grafana", "camwatch.json"), encoding="utf-8") as file:
            self.panels = json.load(file)["panels"]

    def test_every_key_and_field_exists(self):
        known = fields()
        self.assertGreater(len(known["flows"]), 50)
        for panel in self.panels:
            for target in panel["targets"]:
                key = re.fullmatch(r"camwatch:\{\$\{sensor\}\}:(\w+)", target["keyName"]).group(1)
                stream = "stats" if key == "sensor" else key
                self.assertEqual(target["command"] == "hgetall", key == "sensor", panel["title"])
                for change in panel.get("transformations", []):
                    names = set(change["options"]["include"]["names"]) - {"$time"}
                    self.assertEqual(names - known[stream], set(), panel["title"])

    def test_panels_do_not_overlap(self):
        cells = [(x, y) for p in self.panels for g in [p["gridPos"]] for x in range(g["x"], g["x"] + g["w"])
                 for y in range(g["y"], g["y"] + g["h"])]
        self.assertEqual(len(cells), len(set(cells)))
        self.assertTrue(all(x < 24 for x, _ in cells))
        self.assertEqual(len({p["id"] for p in self.panels}), len(self.panels))


if __name__ == "__main__":
    unittest.main(verbosity=1)
