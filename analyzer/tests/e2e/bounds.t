#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# No input of 1 MB takes more than 2 s or 64 MiB, or it is said what was given up: the fuzzers' corpora, repeated, and
# inputs that are many of one kind, through a build without sanitizers.
#
# run: long
. "$(dirname "$0")/../support/tap.sh"

python3 analyzer/tests/fuzz/bounds.py "$MTHPTOP" "$tmp" 8
