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

# Events that cost nothing to write, in a file that claims thousands for each byte; and packed ones.
python3 - <<'END'
import struct, zlib
def block(kind, seq, body, events=0, before=0):
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    stored = z.compress(body) + z.flush()
    head = struct.pack('<IHHIIIIQI', 0xb10c4d54, kind, 1, len(stored), len(body), seq, events, before, zlib.crc32(stored))
    return head + struct.pack('<I', zlib.crc32(head)) + stored
head = b'\x89MTHP\r\n\x1a' + struct.pack('<HHIIII', 1, 0, 0x01020304, 32, 0, 0)
head += struct.pack('<I', zlib.crc32(head))
# EVENTS: 4096 records of 156 bytes without an owner, all equal: kind, then a mask of bytes that are not zero.
events = struct.pack('<IHHIIQ', 4096, 156, 40, 0, 0, 1) + bytes([1]) * 4096 + bytes(20) + bytes(20)
blocks = [block(1, 0, b'release=forged\npage_size=4096\npmd_order=9\nstart_ns=1\n')]
blocks += [block(2, i + 1, events, 4096, i * 4096) for i in range(20000)]
blocks += [block(5, 20001, b'end_ns=1000\ncomplete=1\nevents=%d\n' % (20000 * 4096), 0, 20000 * 4096)]
open('dense', 'wb').write(head + b''.join(blocks))
blocks = blocks[:1]
for i in range(450):
    blocks.append(block(6, i + 1, b''.join(b'%d=/%s\n' % (i * 16 + j + 1, b'x' * 4000) for j in range(16))))
blocks.append(block(5, 451, b'end_ns=1000\ncomplete=1\nevents=0\n'))
open('paths', 'wb').write(head + b''.join(blocks))
END
for cmd in "report dense --format json" "whatif dense" "check -f rules dense"; do
	# shellcheck disable=SC2086
	run timeout 30 prlimit --as=$((512 << 20)) "$m" $cmd
	((status < 5))
	ok $? "$cmd: 82 million events in a small file end within seconds" || echo "# status $status"
done
run "$m" report dense --format json
like "$err" 'more than 8 events for each byte: .*the rest is not read' "it is said what was given up"
is "$(jq '.summary.events + .summary.lost, .summary.events > 1000000, .summary.lost > 50000000' <<<"$out" | paste -sd' ')" \
	"$((20000 * 4096)) true true" "and what was not read is counted as lost"
run prlimit --as=$((128 << 20)) "$m" report paths
is "$status" 0 "7200 cgroups with paths of 4000 bytes are too many"
like "$err" '^mthptop: warning: too many cgroups: paths: 4[0-9]{3} have a path' "and this is said"
line='  khugepaged-40 [001] 100.000000: mm_khugepaged_scan_pmd: mm=00000000abc, scan_pfn=0x1, referenced=1, none_or_zero=3, status=succeeded, unmapped=0'
yes "$line" | head -c 200000000 | gzip -9 >bomb.gz
run timeout 20 "$m" report bomb.gz --format json
is "$status $(jq .summary.complete <<<"$out")" "4 false" "a text that is packed by 250 to 1 is not read to its end"
like "$err" 'packed by more than 100 to 1: what comes behind [0-9]+ MiB is not read' "and this is said"
yes "$line" | head -c 20000000 | gzip -9 >text.gz
run "$m" report text.gz --format json
is "$status $(jq .summary.events <<<"$out")" "4 $((20000000 / (${#line} + 1)))" "one of 20 MB is read, but for its last line without an end"

# A whole trace with a hole in it.
python3 - "$samples/demo.mthp" <<'END'
import sys
data = bytearray(open(sys.argv[1], 'rb').read())
data[len(data) // 2] ^= 0xff
open('hole', 'wb').write(data)
END
run "$m" report hole --format json
is "$status" 4 "a damaged trace is reported, with status 4"
like "$err" "^mthptop: warning: trace is damaged: hole: [1-9][0-9]* events kept, $(jq .summary.lost <<<"$out") events or blocks missing\$" \
	"what is missing is said once, with the number that the report has"

# Rules that would be judged too often.
for i in {1..400}; do echo 'for every 1ms: occupancy bimodal'; done >many
run timeout 20 "$m" check -f many "$samples/demo.mthp"
is "$status" 2 "400 rules in 4096 windows are refused"
like "$err" '400 rules in so many windows and processes are [0-9]+ judgements' "and this is said"
head -n 100 many >fewer
run timeout 20 "$m" check -f fewer "$samples/demo.mthp"
is "$status" 1 "100 are judged"

# More pages of a range than it has: unknown, not more than all of the memory.
python3 - <<'END'
import struct, zlib
def block(kind, seq, body, events=0, before=0):
    head = struct.pack('<IHHIIIIQI', 0xb10c4d54, kind, 0, len(body), len(body), seq, events, before, zlib.crc32(body))
    return head + struct.pack('<I', zlib.crc32(head)) + body
head = b'\x89MTHP\r\n\x1a' + struct.pack('<HHIIII', 1, 0, 0x01020304, 32, 0, 0)
head += struct.pack('<I', zlib.crc32(head))
def trace(filled):
    record = bytearray(156)
    struct.pack_into('<I', record, 40, 1 << 9)        # known: filled
    record[52], record[54], record[55] = 9, 9, 2      # mthp_collapse, 2M, succeeded
    struct.pack_into('<I', record, 60 + 9 * 4, filled)
    mask = bytes(sum((1 << b) for b in range(8) if i * 8 + b < 156 and record[i * 8 + b]) for i in range(20))
    values = bytes(b for i, b in enumerate(record) if b and i != 52)
    mask = bytearray(mask); mask[52 // 8] &= ~(1 << 52 % 8)
    body = struct.pack('<IHHIIQ', 1, 156, 40, 0, 0, 1) + bytes([9]) + bytes(mask) + bytes(20) + values
    meta = b'release=forged\npage_size=4096\npmd_order=9\nstart_ns=1\ndetail=plans\nresult.2=succeeded\n'
    return head + block(1, 0, meta) + block(2, 1, body, 1) + block(5, 2, b'end_ns=1000\ncomplete=1\nevents=1\n', 0, 1)
for n in (512, 513):
    open('filled%d' % n, 'wb').write(trace(n))
END
is "$("$m" report filled512 --format json | jq -c '[.summary.events, .summary.filled_bytes]')" "[1,2097152]" "a collapse that filled all pages of its range"
is "$("$m" report filled513 --format json | jq -c '[.summary.events, .summary.filled_bytes]')" "[1,null]" "one that filled more has filled an unknown number"

# More processes than the table has: their number is unknown in every answer, and more than those with a row.
python3 - <<'END'
import struct, zlib
def block(kind, seq, body, events=0, before=0):
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    stored = z.compress(body) + z.flush()
    head = struct.pack('<IHHIIIIQI', 0xb10c4d54, kind, 1, len(stored), len(body), seq, events, before, zlib.crc32(stored))
    return head + struct.pack('<I', zlib.crc32(head)) + stored
head = b'\x89MTHP\r\n\x1a' + struct.pack('<HHIIII', 1, 0, 0x01020304, 32, 0, 0)
head += struct.pack('<I', zlib.crc32(head))
N, BLOCKS = 4096, 17
meta = b'release=forged\npage_size=4096\npmd_order=9\nstart_ns=1\nresult.2=succeeded\n'
blocks = [block(1, 0, meta)]
for i in range(BLOCKS):
    owners = b''.join(struct.pack('<QQII16s', 1 + i * N + j, 0, 1 + i * N + j, 0, b'many') for j in range(N))
    given, vary = bytearray(20), bytearray(20)
    for at in (44, 45, 54, 55):
        given[at // 8] |= 1 << at % 8
    for at in (44, 45):
        vary[at // 8] |= 1 << at % 8
    numbers = range(1, N + 1)
    values = bytes(n & 255 for n in numbers) + bytes(n >> 8 for n in numbers) + bytes([9, 2])
    body = struct.pack('<IHHIIQ', N, 156, 40, N, 0, 1) + owners + bytes([1]) * N + bytes(given) + bytes(vary) + values
    blocks.append(block(2, i + 1, body, N, i * N))
blocks.append(block(5, BLOCKS + 1, b'end_ns=1000\ncomplete=1\nevents=%d\n' % (N * BLOCKS), 0, N * BLOCKS))
open('many.mthp', 'wb').write(head + b''.join(blocks))
END
is "$("$m" report many.mthp --format json | jq -c '.summary | [.events, .processes, .lost, .lost_rows]')" "[69632,null,0,4096]" \
	"69,632 processes: their number is unknown"
for form in text html json csv; do
	unlike "$("$m" report many.mthp --format $form)" '18446744073709551615|18446744[.0-9]*[A-Z]' "report --format $form shows no number that is none"
done
like "$("$m" report many.mthp --format html)" 'more than 65[,.]?536 processes' "and says how many there are at least"
tap_done
