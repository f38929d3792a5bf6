#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a recording has in its file after each way to end, and where in the file it is. docs/trace-format.md has a
# sentence for each of these.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP t=$tmp/t.mthp
# Times of a replay. Every sample: it rises, and not in one step at the end.
for sample in analyzer/tests/data/samples/*.mthp; do
	secs=$("$m" report "$sample" --format json | jq '.summary.duration_ns / 1e9 | floor')
	((secs >= 3)) || continue
	run "$m" replay "$sample" --json -d 0.1 --speed $((secs * 2))
	like "$(jq -s '[.[].summary.events] | (. == sort) and ([.[] | select(. > 0)] | unique | length) > 1' <<<"$out")" \
		'^true$' "replay of ${sample##*/} rises step by step" ||
		jq -c '[.summary.duration_ns, .summary.events]' <<<"$out" | sed 's/^/# /'
done

[[ $(id -u) = 0 ]] || { skip "recordings" "needs root"; tap_done; }
run "$m" record -o "$t" -d 0.1
[[ $status = 0 ]] || { skip "recordings" "this machine cannot be observed: $err"; tap_done; }
${CC:-gcc} -O2 -o "$tmp/collapse" bpf/tests/collapse.c || exit 1
"$tmp/collapse" >/dev/null
[[ $? != 3 ]] || { skip "recordings" "this kernel has no MADV_COLLAPSE"; tap_done; }
kernel_lock

# attached PID: waits until its programs see events. On a busy machine it takes a while to verify them.
attached() {
	for ((i = 0; i < 200; i++)); do
		ls -l "/proc/$1/fd" 2>/dev/null | grep -q bpf_link && break
		sleep 0.1
	done
	sleep 0.7
}

# begin FILE: a recording into it, in the background.
begin() {
	rm -f "$1"
	"$m" record -o "$1" ${2:+"$2"} >"$tmp/out" 2>"$tmp/err" &
	recorder=$!
	attached "$recorder"
}

ended() {
	wait "$recorder" 2>/dev/null
	status=$? err=$(cat "$tmp/err")
}

collapse() {
	"$tmp/collapse" full "$1" >/dev/null || exit 1
}

# lines FILE: events that name `collapse`. khugepaged may work on other processes meanwhile.
lines() {
	"$m" script "$1" 2>/dev/null | grep -c ' collapse/[0-9]'
}

begin "$t"
collapse 7
kill "$recorder"
ended
"$m" script "$t" >"$tmp/script"
per=$(($(grep -c . "$tmp/script") / 7)) named=$(($(lines "$t") / 7))
((per >= 3 && named >= 2))
ok $? "a recording that ends in order has the events of 7 collapses" || head -5 "$tmp/script" | sed 's/^/# /'

# count FILE: events of `collapse`, by the name of the process.
count() {
	"$m" report "$1" --format json 2>/dev/null | jq '[.processes[] | select(.comm == "collapse") | .collapses] | add // 0'
}

# Killed: what happened a second before is there, whatever the ring holds.
for how in KILL "STOP KILL"; do
	begin "$t"
	collapse 9
	sleep 2
	for sig in $how; do kill -s "$sig" "$recorder"; sleep 0.2; done
	ended
	is "$(count "$t") $(lines "$t")" "9 $((9 * named))" "SIG$how: all events of 2 s before are in the file"
	run "$m" report "$t"
	is "$status" 4 "SIG$how: the file says that it is not whole"
done
# Stopped before they happened, and killed: nothing of that, and what came before.
begin "$t"
collapse 4
sleep 2
kill -STOP "$recorder"
collapse 5
kill -KILL "$recorder"
ended
is "$(count "$t")" 4 "stopped and killed: what happened before is in the file"

# The OOM killer's signal is the same; what it leaves behind is no memory to write with.
run "$m" record -o "$t" -d 0.1
limit=$(awk '/^VmData/ { print $2 * 1024 }' /proc/self/status)
begin "$t"
prlimit --pid "$recorder" --data="$limit"
collapse 6
sleep 2
kill -9 "$recorder"
ended
is "$(count "$t")" 6 "no memory is needed to write what happened"

# A pipe: events flow.
mkfifo "$tmp/pipe"
"$m" record -o - 2>/dev/null >"$tmp/pipe" &
recorder=$!
"$m" script - <"$tmp/pipe" >"$tmp/flow" 2>/dev/null &
reader=$!
attached $recorder
collapse 3
sleep 2.5
is "$(grep -c ' collapse/[0-9]' "$tmp/flow")" $((3 * named)) "a pipe: events arrive within a second or two"
kill "$recorder"
wait "$recorder" "$reader" 2>/dev/null

# The order in the file: events before the settings and counters that came after them.
setting=/sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
old=$(cat "$setting")
tap_cleanup() { echo "$old" >"$setting"; }
begin "$t"
collapse 2
sleep 1.3
echo 7 >"$setting"
sleep 1.3
collapse 2
sleep 1.3
kill "$recorder"
ended
echo "$old" >"$setting"
# Blocks of the file: E and the number of events, M where the new setting begins.
blocks=$(python3 - "$t" <<-'END'
	import struct, sys, zlib
	data, at, out = open(sys.argv[1], 'rb').read(), 32, []
	while at < len(data):
	    kind, flags, stored, _, _, events = struct.unpack_from('<4xHHIIII', data, at)
	    body = data[at + 40:at + 40 + stored]
	    body = zlib.decompress(body, -15) if flags & 1 else body
	    if kind == 2:
	        out.append('E%d' % events)
	    if kind == 1 and b'setting.max_ptes_none=7' in body:
	        out.append('M')
	    at += 40 + stored
	print(*out)
	END
)
# At least those with a name: khugepaged may have worked on other processes, too.
awk -v least=$((2 * named)) '{ for (i = 1; i <= NF; i++) if ($i == "M") m = 1; else n[m + 0] += substr($i, 2) }
	END { exit !(n[0] >= least && n[1] >= least) }' <<<"$blocks"
ok $? "events stand before the settings that came after them" ||
	echo "# $blocks"

# Removed, and cut off.
begin "$t"
collapse 2
sleep 1.2
rm "$t"
sleep 1.2
kill "$recorder"
ended
is "$status" 4 "the file is removed: status 4"
like "$err" "^mthptop: cannot write trace: $t: it was removed" "this is said"
unlike "$err" 'nothing lost' "and not that nothing is lost"
for at in 0 100 3000; do
	begin "$t"
	collapse 3
	sleep 1.2
	truncate -s "$at" "$t"
	sleep 1.2
	collapse 2
	kill "$recorder"
	ended
	is "$status" 4 "cut off to $at bytes: status 4"
	like "$err" "^mthptop: cannot write trace: $t: somebody cut it off" "cut off to $at bytes: this is said"
	got=$(count "$t")
	((got == 2 || got == 5))
	ok $? "cut off to $at bytes: what came afterwards can be read" || echo "# $got"
done

# A full disk: whole blocks up to there, and what comes when there is room again.
mkdir "$tmp/small"
if mount -t tmpfs -o size=64k none "$tmp/small" 2>/dev/null; then
	tap_cleanup() { umount "$tmp/small"; }
	begin "$tmp/small/t"
	collapse 3
	sleep 1.2
	head -c 1M /dev/zero >"$tmp/small/rest" 2>/dev/null
	"$tmp/collapse" again 3000 >/dev/null
	sleep 1.5
	rm "$tmp/small/rest"
	sleep 1.2
	collapse 2
	sleep 1.2
	kill "$recorder"
	ended
	got=$(count "$tmp/small/t")
	((got >= 5))
	ok $? "a full disk: what came before and after is there" || echo "# $got"
	umount "$tmp/small"
	tap_cleanup() { :; }
fi

# Two recordings and a live view count the same.
begin "$t"
one=$recorder
begin "$tmp/u.mthp"
"$m" --json -d 4 -n 1 >"$tmp/live" 2>/dev/null &
live=$!
attached $live
collapse 11
wait "$live"
kill "$one" "$recorder"
wait "$one" "$recorder" 2>/dev/null
is "$(count "$t") $(count "$tmp/u.mthp") $(jq -s '[.[-1].processes[] | select(.comm == "collapse") | .collapses] | add // 0' "$tmp/live")" \
	"11 11 11" "two recordings and a live view count the same"
tap_done
