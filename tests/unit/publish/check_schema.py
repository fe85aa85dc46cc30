#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hold sample events of every kind against the JSON Schema, and see that the schema refuses what it must.

usage: check_schema.py TOOL    (tests/unit/publish/schema_tool)
"""
import copy
import json
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: no python3-jsonschema on this machine")
    sys.exit(77)


def run(what):
    return subprocess.run([sys.argv[1], what], check=True, capture_output=True).stdout.decode("utf-8")


def flaws(base, **changes):
    """A copy of an event with fields changed; None takes one out."""
    event = copy.deepcopy(base)
    for name, value in changes.items():
        if value is None:
            event.pop(name, None)
        else:
            event[name] = value
    return event


def bad_events(by_kind):
    flow, device, stats = by_kind["flow-end"], by_kind["device-new"], by_kind["sensor-stats"]
    alert = by_kind["policy-alert"]
    yield "unknown field", flaws(flow, **{"camwatch.surprise": "x"})
    yield "field of another stream", flaws(stats, **{"source.ip": "192.0.2.1"})
    yield "delta in an alert", flaws(alert, **{"camwatch.delta.bytes_in": 1})
    yield "required field missing", flaws(flow, **{"source.ip": None})
    yield "no kind", flaws(flow, **{"event.action": None})
    yield "kind out of the vocabulary", flaws(flow, **{"event.action": "flow-start"})
    yield "role out of the vocabulary", flaws(flow, **{"camwatch.service.role": "server"})
    yield "number as text", flaws(flow, **{"source.bytes": "12"})
    yield "negative number", flaws(flow, **{"source.bytes": -1})
    yield "number too large", flaws(flow, **{"source.bytes": 2**63})
    yield "list as text", flaws(device, **{"camwatch.device.ip": "192.0.2.1"})
    yield "empty text", flaws(flow, **{"message": ""})
    yield "time without nanoseconds", flaws(flow, **{"@timestamp": "2023-11-14T22:13:20Z"})
    yield "MAC with colons", flaws(flow, **{"source.mac": "00:00:5e:00:53:01"})
    yield "no address", flaws(flow, **{"source.ip": "example.com"})
    yield "dataset of another stream", flaws(flow, **{"event.dataset": "camwatch.stats"})


def check_events(validator):
    by_kind = {}
    for line in run("samples").splitlines():
        event = json.loads(line)
        by_kind[event["event.action"]] = event
        for error in validator.iter_errors(event):
            sys.exit(f"{event['event.action']}: {error.message}")
    kinds = set(validator.schema["properties"]["event.action"]["enum"])
    if set(by_kind) != kinds:
        sys.exit(f"no sample of {kinds - set(by_kind)}")
    for what, event in bad_events(by_kind):
        if validator.is_valid(event):
            sys.exit(f"the schema lets pass: {what}")


def check_elastic(names):
    mappings = json.loads(run("elastic"))["template"]["mappings"]["properties"]
    if list(mappings) != names:
        sys.exit("the template's fields are not those of the schema")
    for name in names:  # an object cannot also be a value
        if any(other.startswith(name + ".") for other in names):
            sys.exit(f"{name} is both a field and a prefix of fields")
    expected = {"source.ip": "ip", "source.geo.location": "geo_point", "event.duration": "long",
                "@timestamp": "date", "camwatch.device.ip": "ip", "message": "match_only_text"}
    for name, kind in expected.items():
        if mappings[name]["type"] != kind:
            sys.exit(f"{name} is {mappings[name]['type']}, not {kind}")


def main():
    schema = json.loads(run("json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    check_events(validator)
    check_elastic(list(schema["properties"]))
    print("schema and events agree")


main()
