#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mthptop advise from end to end: a survey of this machine and of a file, the same answer from both, its rules, bad input.
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
samples=$top/analyzer/tests/data/samples

# bad NAME STATUS REGEX ARG...
bad() {
	run "$m" advise "${@:4}"
	is "$status" "$2" "$1: exit status"
	like "$err" "^mthptop: .*$3" "$1: says why"
	is "$out" "" "$1: no advice"
}
for b in '' -1% 5%% nan 1e3 0x5 '5 %' 100001% $'\e[31m5'; do
	bad "budget ${b@Q}" 2 'bad value for --budget: ' "$samples/creep.mthp" --budget "$b"
done
bad "a trace without ranges" 3 'detail totals' "$samples/demo.mthp"
bad "an unknown table" 2 'unknown table: nowhere' "$samples/creep.mthp" -t nowhere
bad "no such file" 3 '' "$tmp/nothing"
printf 'not a trace' >"$tmp/junk"
bad "not a trace" 4 '' "$tmp/junk"

for b in 0 0.5% 5% 1000% unlimited; do
	run "$m" advise "$samples/creep.mthp" --budget "$b" --json
	is "$status" 0 "budget $b"
	is "$(jq -c '[.budgets[] | select(.filled_ppm != null and .verdict == "set") |
		(.budget | rtrimstr("%")) as $b | select($b != "unlimited" and .filled_ppm > ($b | tonumber) * 10000)]' <<<"$out")" \
		"[]" "budget $b: nothing that is advised fills more"
done
is "$(jq -r '.budgets[].budget' <<<"$out" | paste -sd' ')" "now present 0% 1% 5% 20% unlimited" "the usual budgets have a row"
run "$m" advise "$samples/creep.mthp" --budget 7% -t budgets
like "$out" '^ *7% ' "and the one that is asked for"

head -c $(($(stat -c %s "$samples/creep.mthp") / 2)) "$samples/creep.mthp" >"$tmp/cut.mthp"
run "$m" advise "$tmp/cut.mthp"
is "$status" 4 "a trace cut off is gone through as far as it goes"
like "$out" 'Budgets' "and its advice shown"

run "$m" advise "$samples/guard.mthp" --rules "$tmp/rules" -o "$tmp/out.json"
is "$status" 0 "rules are written beside the advice"
is "$(jq '.budgets | length' "$tmp/out.json")" 7 "the output's name says its format"
run "$m" check -f "$tmp/rules" "$samples/creep.mthp"
is "$status" 1 "a trace that creeps breaks the rules"
like "$out" 'failed *creep.steps == 0' "because of the creep"

if [ "$(id -u)" = 0 ] && [ -e /sys/kernel/mm/transparent_hugepage/enabled ]; then
	before=$(cat /sys/kernel/mm/transparent_hugepage/{enabled,khugepaged/max_ptes_none})
	python3 -c '
import mmap, sys, time
m = mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for i in range(0, 64 << 20, 4096):
	if i // 4096 % 32 < 16:
		m[i] = 1
print("ready", flush=True)
sys.stdin.read()' < <(sleep 60) >"$tmp/ready" &
	pid=$!
	tap_cleanup() { kill "$pid"; }
	until grep -q ready "$tmp/ready"; do
		kill -0 "$pid" || break
		sleep 0.1
	done
	run "$m" advise -p "$pid" --budget unlimited --json
	is "$status" 0 "a process is surveyed"
	live=$out
	is "$(jq '.summary.memory_bytes >= 32 * 1048576' <<<"$live")" true "its memory is seen"
	run "$m" survey -p "$pid" --record "$tmp/s.mthp" -o "$tmp/s.txt"
	run "$m" advise "$tmp/s.mthp" --budget unlimited --json
	is "$(jq -c '[.budgets, .commands, .summary.sizes]' <<<"$out")" "$(jq -c '[.budgets, .commands, .summary.sizes]' <<<"$live")" \
		"a recorded survey gives the same advice"
	is "$(cat /sys/kernel/mm/transparent_hugepage/{enabled,khugepaged/max_ptes_none})" "$before" "no setting was changed"
	run "$m" advise -p 4194303
	is "$status" 3 "a process that does not exist"
	is "$out" "" "gets no advice"
else
	skip "a process is surveyed" "needs root and huge pages"
fi
tap_done
