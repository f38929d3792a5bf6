# SPDX-License-Identifier: GPL-2.0-only
"""schema.py SCHEMA: checks JSON lines of standard input against a JSON Schema of few words, those below. Prints what
does not fit, at most five of it. Exit status 0: all fits, 1: not, 2: the schema has another word."""
import json
import re
import sys

TYPES = {"object": dict, "string": str, "integer": int, "boolean": bool, "null": type(None)}


def is_type(value, name):
    return isinstance(value, TYPES[name]) and not (name == "integer" and isinstance(value, bool))


WORDS = {
    "$schema": None, "$comment": None, "title": None, "description": None,
    "type": lambda v, w: any(is_type(v, t) for t in (w if isinstance(w, list) else [w])),
    "const": lambda v, w: type(v) is type(w) and v == w,
    "pattern": lambda v, w: not isinstance(v, str) or re.search(w, v),
    "minLength": lambda v, w: not isinstance(v, str) or len(v) >= w,
    "minimum": lambda v, w: not is_type(v, "integer") or v >= w,
    "maximum": lambda v, w: not is_type(v, "integer") or v <= w,
    "required": lambda v, w: not isinstance(v, dict) or all(key in v for key in w),
    "properties": None,
}


def wrong(value, schema, where):
    for word, wanted in schema.items():
        if word not in WORDS:
            print(f"the schema says {word}, which schema.py does not know")
            sys.exit(2)
        if WORDS[word] and not WORDS[word](value, wanted):
            yield f"{where}: {json.dumps(value)[:100]}: not of {word} {json.dumps(wanted)[:100]}"
    for key, part in schema.get("properties", {}).items():
        if isinstance(value, dict) and key in value:
            yield from wrong(value[key], part, f"{where}.{key}")


with open(sys.argv[1], encoding="utf-8") as f:
    top = json.load(f)
found = 0
for number, line in enumerate(sys.stdin.buffer, 1):
    for what in wrong(json.loads(line), top, f"line {number}"):
        found += 1
        if found <= 5:
            print(what)
sys.exit(found > 0)
