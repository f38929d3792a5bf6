#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each fuzzer against inputs that were found before, and against new ones for some seconds.
#
# run: long
. "$(dirname "$0")/../support/tap.sh"

# fuzz TARGET SECONDS WHAT LIMIT...
fuzz() {
	local target=$1 secs=$2 what=$3 execs
	shift 3
	run "$OUT/analyzer/tests/fuzz/$target" -rss_limit_mb=512 "$@" analyzer/tests/data/corpus/"$target"/*
	ok "$status" "$what that were found before" || tail -n 30 <<<"$err" | sed 's/^/# /'
	FUZZ_VERBOSITY=0 run nice analyzer/tests/fuzz/run "$secs" "$target"
	ok "$status" "$secs s of new $what" || tail -n 40 <<<"$err" | sed 's/^/# /'
	execs=$(sed -n 's/^stat::number_of_executed_units: *//p' <<<"$err")
	# A fuzzer first runs the inputs of the corpus: further runs are new inputs, on a slow machine, too.
	[ "${execs:-0}" -gt "$(ls analyzer/tests/data/corpus/"$target" | wc -l)" ]
	ok $? "the fuzzer of $what got somewhere" || echo "# runs: ${execs:-none}"
}

fuzz trace 30 "traces" -timeout=5
fuzz text 30 "texts to import" -timeout=20
fuzz dat 30 "trace.dat" -timeout=20 -malloc_limit_mb=1000000
fuzz rules 10 "rules" -timeout=5
fuzz names 20 "names" -timeout=30

# Requests to the exporter, over real sockets. What was found before is in export.t.
if "$OUT/san/mthptop" export --help 2>/dev/null | grep -q -- --listen; then
	run nice analyzer/tests/fuzz/run 20 http
	ok "$status" "20 s of broken requests" || tail -n 40 <<<"$err" | sed 's/^/# /'
	[ "$(sed -n 's/^stat::number_of_executed_units: *//p' <<<"$err")" -gt 20 ]
	ok $? "the fuzzer of requests got somewhere"
else
	skip "20 s of broken requests" "$OUT/san/mthptop is not built"
fi
tap_done
