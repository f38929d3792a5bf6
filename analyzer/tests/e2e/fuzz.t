#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The trace reader against inputs that were found before, and against new ones for half a minute.
#
# run: long
. "$(dirname "$0")/../support/tap.sh"

fuzzer=$OUT/analyzer/tests/fuzz/trace
run "$fuzzer" -timeout=5 -rss_limit_mb=512 analyzer/tests/data/corpus/trace/*
ok "$status" "inputs that were found before" || tail -n 30 <<<"$err" | sed 's/^/# /'

FUZZ_VERBOSITY=0 run nice analyzer/tests/fuzz/run 30 trace
ok "$status" "30 s of new inputs" || tail -n 40 <<<"$err" | sed 's/^/# /'
execs=$(sed -n 's/^stat::number_of_executed_units: *//p' <<<"$err")
# A fuzzer first runs the inputs of the corpus: further runs are new inputs, on a slow machine, too.
[ "${execs:-0}" -gt "$(ls analyzer/tests/data/corpus/trace | wc -l)" ]
ok $? "the fuzzer got somewhere" || echo "# runs: ${execs:-none}"

for target in text dat; do
	run "$OUT/analyzer/tests/fuzz/$target" -timeout=20 -rss_limit_mb=512 -malloc_limit_mb=1000000 \
		analyzer/tests/data/corpus/$target/*
	ok "$status" "imports ($target) that were found before" || tail -n 30 <<<"$err" | sed 's/^/# /'
	FUZZ_VERBOSITY=0 run nice analyzer/tests/fuzz/run 30 $target
	ok "$status" "30 s of new imports ($target)" || tail -n 40 <<<"$err" | sed 's/^/# /'
	execs=$(sed -n 's/^stat::number_of_executed_units: *//p' <<<"$err")
	[ "${execs:-0}" -gt "$(ls analyzer/tests/data/corpus/$target | wc -l)" ]
	ok $? "the fuzzer of imports ($target) got somewhere" || echo "# runs: ${execs:-none}"
done

run "$OUT/analyzer/tests/fuzz/rules" -timeout=5 -rss_limit_mb=512 analyzer/tests/data/corpus/rules/*
ok "$status" "rules that were found before" || tail -n 30 <<<"$err" | sed 's/^/# /'
FUZZ_VERBOSITY=0 run nice analyzer/tests/fuzz/run 10 rules
ok "$status" "10 s of new rules" || tail -n 40 <<<"$err" | sed 's/^/# /'
execs=$(sed -n 's/^stat::number_of_executed_units: *//p' <<<"$err")
[ "${execs:-0}" -gt "$(ls analyzer/tests/data/corpus/rules | wc -l)" ]
ok $? "the fuzzer of rules got somewhere" || echo "# runs: ${execs:-none}"
tap_done
