# SPDX-License-Identifier: GPL-2.0-only
"""fit.py FORMAT FILE: is the file fit to print, and of its format? FORMAT: text, csv, json (or lines of it), html,
xml, ktap."""
import csv
import json
import re
import sys
import unicodedata

KTAP = r'(    )*(KTAP version 1$|1\.\.\d+|(not )?ok \d+|#|Bail out!)'


def printable(text):
    for i, c in enumerate(text):
        if c != '\n' and unicodedata.category(c) in ('Cc', 'Cf', 'Zl', 'Zp', 'Cs'):
            sys.exit('U+%04X in %r' % (ord(c), text[max(0, i - 40):i + 10]))


def no_formula(text):
    for row in csv.reader(text.splitlines()):
        for cell in row:
            number = re.fullmatch(r'-[\d.]+', cell)
            if cell[:1] in ('=', '+', '-', '@', '\uff1d', '\uff0b', '\uff0d', '\uff20') and not number:
                sys.exit('a formula: %r' % cell)


def is_json(text):
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        _, at = decoder.raw_decode(text, at)


def is_ktap(text):
    for line in text.splitlines():
        if not re.match(KTAP, line):
            sys.exit('not KTAP: %r' % line)


def main():
    form, data = sys.argv[1], open(sys.argv[2], 'rb').read()
    try:
        text = data.decode('utf-8')
    except UnicodeDecodeError as e:
        sys.exit('invalid UTF-8: %r' % data[max(0, e.start - 30):e.start + 10])
    printable(text)
    {'csv': no_formula, 'json': is_json, 'ktap': is_ktap}.get(form, len)(text)


main()
