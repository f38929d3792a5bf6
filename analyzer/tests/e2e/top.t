#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The live view without a terminal: text, JSON lines and single screens, of a trace and of this kernel; and its
# errors if it cannot run or gets wrong options.
#
# MTHP_GOLDEN_UPDATE=1 writes the golden screens of the sample trace anew.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

sample=$top/analyzer/tests/data/samples/demo.mthp
golden=analyzer/tests/data/golden
export LC_ALL=C.UTF-8
unset NO_COLOR TERM

# golden NAME ARG...: compares the screen that a replay of the sample draws with the golden file. The tabs, its
# second line, have a golden file of their own (unit/tui/test_screens.c).
golden() {
	local name=$1
	shift
	run "$MTHPTOP" replay demo.mthp "$@"
	sed -i 2d "$tmp/.out"
	[[ $MTHP_GOLDEN_UPDATE ]] && cp "$tmp/.out" "$top/$golden/$name.txt"
	diff -u "$top/$golden/$name.txt" "$tmp/.out" >"$tmp/diff"
	ok $? "golden screen $name" || {
		sed 's/^/# /' "$tmp/diff"
		echo "# (after a new sample, or a wanted change: MTHP_GOLDEN_UPDATE=1 $0)"
	}
}

cd "$top/analyzer/tests/data/samples" || exit 1
for size in 80x24 200x60; do
	for screen in overview processes outcomes occupancy events process; do
		golden "sample-$screen-$size" --dump-screen "$screen" --size "$size"
	done
done
golden sample-processes-sorted --dump-screen processes --sort filled_bytes --filter demo:half
LC_ALL=C golden sample-overview-ascii --dump-screen overview
golden sample-overview-pid --dump-screen overview -p "$(
	"$MTHPTOP" report -f json demo.mthp | jq '.processes[0].tgid')"
cd "$top" || exit 1

# A replay and a report give the same numbers.
want=$("$MTHPTOP" report -f json "$sample" | jq -cS 'del(.timeline, .answers)')
run "$MTHPTOP" replay --json "$sample"
is "$status" 0 "replay --json"
is "$(jq -cS "del(.verdict_now)" <<<"$out")" "$want" "replay gives the numbers of report, except the timeline and the answers"
run "$MTHPTOP" replay --json -d 2 "$sample"
is "$(tail -n 1 <<<"$out" | jq -cS "del(.verdict_now)")" "$want" "with -d, the last interval gives them, too"
is "$(jq -s '[.[].summary.events] == ([.[].summary.events] | sort)' <<<"$out")" true \
	"intervals only add"
is "$(wc -l <<<"$out")" "$(jq -s '.[-1].summary.duration_ns / 2e9 | ceil' <<<"$out")" \
	"an interval of a replay is two seconds of the trace"
run "$MTHPTOP" replay --json -d 2 -n 3 "$sample"
is "$(wc -l <<<"$out")" 3 "-n ends it"
run "$MTHPTOP" replay "$sample"
like "$out" '^Outcomes' "without a terminal: text"
is "$out" "$("$MTHPTOP" report "$sample")" "the text of report"

start=$EPOCHREALTIME
run "$MTHPTOP" replay --batch -d 4 --speed 20 -n 3 "$sample"
ms=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
((ms >= 590 && ms < 5000))
ok $? "12 s of trace at speed 20 take 0.6 s" || echo "# $ms ms"

# An error is one line that quotes the wrong word.
bad() {
	local name=$1 code=$2 text=$3
	shift 3
	run "$MTHPTOP" "$@"
	is "$status" "$code" "$name: exit status"
	is "$(wc -l <"$tmp/.err")" 1 "$name: one line"
	like "$err" "^mthptop: $text" "$name: what is wrong"
}
bad "screen" 2 'unknown screen: nix \(use one of: overview' replay --dump-screen nix "$sample"
bad "size" 2 'bad value for --size: 80: ' replay --size 80 "$sample"
bad "size too large" 2 'bad value for --size: 80x9999: ' replay --size 80x9999 "$sample"
bad "sort" 2 'bad value for --sort: nix: no column' replay --sort nix "$sample"
bad "speed" 2 'bad value for --speed: -1: ' replay --speed -1 "$sample"
bad "speed nan" 2 'bad value for --speed: nan: ' replay --speed nan "$sample"
bad "delay 0" 2 'bad value for --delay: 0: not a number from 0.1' replay -d 0 "$sample"
bad "delay" 2 'bad value for --delay: 1e99: ' replay -d 1e99 "$sample"
bad "count" 2 'bad value for --count: 0: ' replay -n 0 "$sample"
bad "filter" 2 'bad value for --filter: text of 100 bytes: too long' \
	replay --filter "$(printf '%0100d' 0)" "$sample"
bad "filter of no column" 2 'bad value for --filter: foo: no column' replay --filter foo=bar "$sample"
run "$MTHPTOP" replay --sort nix "$sample"
is "$(sed 's/.*(use one of: //; s/)$//; s/, /\n/g' <<<"$err" | sort | uniq -d)" "" \
	"columns to sort by are listed once"
for filter in comm=demo PID=1; do
	run "$MTHPTOP" replay --dump-screen processes --filter "$filter" "$sample"
	is "$status$err" 0 "filter $filter"
done
run "$MTHPTOP" replay --dump-screen events --filter none=508 "$sample"
is "$status$err" 0 "lines of events are filtered by any text"
bad "option" 2 'unknown option: --nix' replay --nix "$sample"
bad "operand" 2 'missing operand' replay
bad "two operands" 2 'unexpected word: b' replay a b
bad "file" 3 'cannot open trace: /nonexistent: No such file' replay /nonexistent
run "$MTHPTOP" replay /dev/null
is "$status" 4 "an empty file is no trace"
head -c 9000 "$sample" >"$tmp/cut.mthp"
run "$MTHPTOP" replay --json "$tmp/cut.mthp"
is "$status" 4 "a trace that was cut off: exit status"
is "$(jq .summary.complete <<<"$out")" false "an incomplete trace is shown and marked as incomplete"
like "$err" '^mthptop: warning: ' "a warning reports the incomplete trace"

run bash -c '"$0" replay --json -d 0.1 "$1" | head -n 1 | jq .schema_version' "$MTHPTOP" "$sample"
is "$status$out$err" "02" "a reader that goes away is no error"
run bash -c '"$0" replay --json "$1" >/dev/full' "$MTHPTOP" "$sample"
is "$status" 3 "a full disk: exit status"
is "$err" "mthptop: cannot write: standard output: No space left on device" "the write error is printed once"

# This kernel.
run as_user "$MTHPTOP" --json -n 1 -d 0.1
if [[ $status = 0 ]]; then
	skip "without permission" "an ordinary user may observe here"
else
	is "$status" 3 "without permission: exit status"
	is "$(wc -l <"$tmp/.err")" 1 "without permission: one line"
	like "$err" '^mthptop: cannot .*: ' "without permission: the error names the missing part"
fi

run "$MTHPTOP" --json -n 1 -d 0.1
if [[ $status != 0 ]]; then
	for name in json batch screen "dead pid" ended terminal; do
		skip "live: $name" "${err#mthptop: }"
	done
	tap_done
fi
is "$(jq .schema_version <<<"$out")" 2 "live: a line of JSON"
if strace -o "$tmp/strace" true 2>/dev/null; then
	strace -f -e trace=bpf -o "$tmp/strace" "$MTHPTOP" --json -n 1 -d 0.1 >/dev/null
	is "$(grep LOOKUP_BATCH "$tmp/strace" | grep -o 'count=[0-9]*, map_fd' | sort -u)" \
		"count=256, map_fd" "live: rows of maps are read by hundreds"
	# From one of the last calls on, so that loading succeeds.
	calls=$(grep -c 'bpf(' "$tmp/strace")
	run strace -f -o "$tmp/strace" -e trace=bpf -e inject=bpf:error=EIO:when=$((calls - 2))+ \
		"$MTHPTOP" --json -n 3 -d 0.1
	is "$status $(wc -l <<<"$out") $err" "3 3 mthptop: cannot read BPF maps: Input/output error" \
		"live: maps that cannot be read are reported once, and the view goes on"
else
	skip "live: rows of maps are read by hundreds" "strace is not there or may not trace"
	skip "live: maps that cannot be read are reported" "strace is not there or may not trace"
fi
start=$EPOCHREALTIME
run "$MTHPTOP" --json -n 3 -d 0.3
ms=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
is "$(jq -s length <<<"$out")" 3 "live: three intervals, three lines"
((ms >= 890 && ms < 5000))
ok $? "live: of 0.3 s each" || echo "# $ms ms"
is "$(jq -s '[.[].summary.duration_ns] | .[0] >= 3e8 and .[2] > .[1]' <<<"$out")" true \
	"live: time goes on"
run "$MTHPTOP" --batch -n 2 -d 0.1
is "$(grep -c '^Summary' <<<"$out")" 2 "live: text at each interval"
run "$MTHPTOP" --dump-screen overview -d 0.1 --size 100x40
like "$out" '^mthptop  LIVE 0.1s .* detail (totals|sizes|plans) ' "live: a screen"
sleep 0.01 &
dead=$!
wait
bad "dead pid" 3 "cannot watch process: $dead: no such process" -p "$dead" -n 1
timeout -s INT 4 "$MTHPTOP" --json -d 60 >"$tmp/int" 2>&1
is "$(jq .schema_version "$tmp/int")" 2 "live: Ctrl-C ends with the numbers up to then"
tap_done
