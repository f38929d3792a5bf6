#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Writer and reader under valgrind: the round trip tests, built without sanitizers, and the commands.
. "$(dirname "$0")/../support/tap.sh"

command -v valgrind >/dev/null || skip_all "valgrind is not installed"

vg() {
	run valgrind -q --error-exitcode=99 --leak-check=full --track-fds=no \
		--show-leak-kinds=definite,indirect,possible "$@"
}

for t in roundtrip output; do
	vg "$OUT/analyzer/tests/unit/trace/plain_$t"
	ok "$status" "test_$t" || tail -n 30 <<<"$out$err" | sed 's/^/# /'
done

# From the corpus: a whole trace, one without an end, one damaged in the middle.
cp analyzer/tests/data/corpus/trace/d2 "$tmp/whole.mthp"
head -c 6000 "$tmp/whole.mthp" >"$tmp/cut.mthp"
{
	head -c 4000 "$tmp/whole.mthp"
	printf '\377\377\377\377'
	tail -c +4005 "$tmp/whole.mthp"
} >"$tmp/damaged.mthp"
for cmd in "report" "report --format json" "script"; do
	for f in whole:0 cut:4 damaged:4; do
		# shellcheck disable=SC2086
		vg "$MTHPTOP" $cmd "$tmp/${f%:*}.mthp"
		is "$status" "${f#*:}" "$cmd of a ${f%:*} trace" || tail -n 20 <<<"$err" | sed 's/^/# /'
	done
done
vg "$MTHPTOP" diff "$tmp/whole.mthp" "$tmp/damaged.mthp"
[ "$status" != 99 ]
ok $? "diff" || tail -n 20 <<<"$err" | sed 's/^/# /'
tap_done
