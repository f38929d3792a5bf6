#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What counts as lost: events that are in no number. Not rows of a table that was full, nor blocks of a newer format.
# And what wrong and hostile traces may cost (docs/trace-format.md).
. "$(dirname "$0")/../support/tap.sh"
. "$top/analyzer/tests/support/forge.sh"

m=$MTHPTOP
samples=$top/analyzer/tests/data/samples
cd "$tmp" || exit 1
echo 'scans >= 1' >rules

# sums FILE: events, complete, lost, as JSON has them; and the status of check.
sums() {
	local one
	one=$("$m" report "$1" --format json 2>/dev/null | jq -r '[.summary.events, .summary.complete, .summary.lost, .summary.lost_rows] | join(" ")')
	"$m" check -f rules "$1" >/dev/null 2>&1
	echo "$one, check $?"
}

# Traces one behind the other.
a=$("$m" report "$samples/creep.mthp" --format json | jq .summary.events)
b=$("$m" report "$samples/guard.mthp" --format json | jq .summary.events)
cat "$samples/creep.mthp" "$samples/guard.mthp" >two
is "$(sums two)" "$((a + b)) true 0 0, check 0" "two traces in one file are read on"
is "$("$m" script two | wc -l)" $((a + b)) "script has the events of both"
cat two two >four
is "$(sums four)" "$((2 * (a + b))) true 0 0, check 0" "and of four"
size=$(stat -c %s "$samples/creep.mthp")
for at in 5000 $((size - 30)) $((size - 5)); do
	{ head -c "$at" "$samples/creep.mthp"; cat "$samples/guard.mthp"; } >cut
	run "$m" report cut --format json
	is "$status $(jq '.summary.complete, (.summary.events + .summary.lost >= '$((a + b))' or .summary.events >= '"$b"')' <<<"$out" | paste -sd' ')" \
		"4 false true" "the first one is cut at $at bytes: the second is read, and the file is not whole"
done
{ cat "$samples/creep.mthp"; echo garbage; } >garbage
is "$(sums garbage)" "$a true 1 0, check 4" "something else behind the end is damage"
{ cat "$samples/creep.mthp"; forge_trace 16384 11; } >other
run "$m" report other
is "$status" 4 "a second trace of a machine with other pages is not added"
like "$err" 'other page sizes' "and this is said"

# LOST, forged: running totals. A name that this version does not know counts with the source's.
forge() {
	forge_head 1 $((0x01020304))
	printf 'release=forged\npage_size=4096\npmd_order=9\nstart_ns=1\n' | forge_block 1 0
	seq=1
	for lines; do
		printf '%b' "$lines" | forge_block 4 $seq
		seq=$((seq + 1))
	done
	printf 'end_ns=1000000000\ncomplete=1\nevents=0\n' | forge_block 5 $seq
}
lost() {
	forge "$@" >forged
	"$m" report forged --format json 2>/dev/null | jq '.summary.lost'
}
is "$(lost 'flux=5\n' 'flux=5\n' 'flux=5\n')" 5 "an unknown loss is a running total"
is "$(lost 'source=3\nflux=5\n' 'source=3\nflux=7\n')" 10 "beside the source's own"
is "$(lost 'procs=9984\n')" 0 "rows of the recorder's live table are no events"
is "$(lost 'tables=9984\n')" 0 "nor is what its tables had no room for"
lost 'ring=18446744073709551614\n' 'ring=18446744073709551615\nprobes=3\n' >/dev/null
like "$("$m" report forged --format json)" '"lost": 9223372036854775807,' "sums do not wrap"
forge 'ring=18446744073709551614\n' >forged
is "$("$m" report forged --format csv -t summary | tail -n 1 | grep -c 9223372036854775807) $("$m" report forged | grep -c 9223372036854775807)" \
	"1 2" "all formats have the same number"
"$m" check -f rules forged >/dev/null 2>&1
is $? 4 "and check refuses"
forge 'procs=9984\n' >forged
like "$("$m" report forged)" '^  lost +0' "a report of lost rows of the recorder says that nothing is lost"

# Blocks of a newer format are skipped, not looked at. Here: each would be 4 MiB.
python3 - <<'END'
import struct, zlib
z = zlib.compressobj(9, zlib.DEFLATED, -15)
body = z.compress(bytes(4 << 20)) + z.flush()
def block(kind, seq, body, flags=0, raw=None, events=0, before=0):
    head = struct.pack('<IHHIIIIQI', 0xb10c4d54, kind, flags, len(body), raw or len(body), seq, events, before, zlib.crc32(body))
    return head + struct.pack('<I', zlib.crc32(head)) + body
head = b'\x89MTHP\r\n\x1a' + struct.pack('<HHIIII', 1, 0, 0x01020304, 32, 0, 0)
head += struct.pack('<I', zlib.crc32(head))
meta = block(1, 0, b'release=forged\npage_size=4096\npmd_order=9\nstart_ns=1\n')
open('newer', 'wb').write(head + meta + b''.join(block(77, i + 1, body, 1, 4 << 20) for i in range(1000)) +
                          block(5, 1001, b'end_ns=1000\ncomplete=1\nevents=0\n'))
z = zlib.compressobj(9, zlib.DEFLATED, -15)
lines = z.compress(b'\n' * (4 << 20)) + z.flush()
open('lines', 'wb').write(head + meta + b''.join(block(1, i + 1, lines, 1, 4 << 20) for i in range(1000)) +
                          block(5, 1001, b'end_ns=1000\ncomplete=1\nevents=0\n'))
END
for cmd in "report newer" "script newer" "check -f rules newer" "whatif newer" "report newer --format html" "report lines" "script lines"; do
	# shellcheck disable=SC2086
	run timeout 10 prlimit --as=$((512 << 20)) "$m" $cmd
	((status < 5))
	ok $? "$cmd: ends within seconds" || echo "# status $status"
done
is "$("$m" report newer --format json | jq -c '[.summary.lost, .summary.complete]')" "[0,true]" "nothing is lost by skipping them"
is "$("$m" report lines --format json 2>/dev/null | jq -c '.summary.lost')" 1000 "descriptions that no writer makes are counted as lost"
tap_done
