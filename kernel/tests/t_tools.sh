#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The tracepoints of the series in other tools: as text from tracefs, and as a file of trace-cmd, which has
# to understand their formats. t_seen.sh tests the arguments that BPF programs get through BTF.
#
# with: collapse

OUT=${OUT:-.output}
work=$OUT/kernel/tests/w_collapse
t=/sys/kernel/tracing
. kernel/tests/ktap.sh

# has FILE REGEX TIMES TEXT
has() {
	local n
	n=$(grep -cE "$2" "$1")
	[[ $n = "$3" ]]
	ok $? "$4" || { echo "# $n times instead of $3: $2"; grep mthp "$1" | cut -c 1-500 | head -n 5 | sed 's/^/# /'; }
}

hex='0x[0-9a-f]+' num='[0-9]+'
scan_text="address=$hex, requester=khugepaged, orders=0x50, max_ptes_none=0, rule=$num"
bits="present_bits=[^=]+ blocked_bits=[^=]+ referenced_bits=[^=]+ joined_bits=[^=]+ plan_bits=[^=]+$"

# check FILE TOOL: checks the lines of the one pass of khugepaged in w_collapse.
check() {
	has "$1" "mm_mthp_scan: +mm=\S+, $scan_text, present=512, none=0, .*referenced=512, planned=8, planned_fill=0, status=succeeded, " \
		1 "$2: the scan of a full range"
	has "$1" "mm_mthp_scan: .* present=256, none=256, .* planned=4, .* status=succeeded, " \
		1 "$2: the scan of a half full one"
	has "$1" "mm_mthp_scan: .* present=1, none=511, .* planned=0, .* status=exceed_none_pte, blocked_status=succeeded, duration_ns=$num, $bits" \
		1 "$2: the scan of an empty one, with its bitmaps"
	has "$1" "mm_mthp_collapse: +mm=\S+, address=$hex, order=6, requester=khugepaged, filled=0, sources=64, node=0, status=succeeded" \
		12 "$2: a line for each block"
	has "$1" "mm_mthp_batch: +mm=\S+, address=$hex, requester=khugepaged, tried=8, done=8, locked_ns=$num" \
		1 "$2: the commit of the full range"
	has "$1" "mm_mthp_batch: .* tried=4, done=4, " 1 "$2: the commit of the other one"
	has "$1" "mm_collapse_huge_page: .* order=6" 12 "$2: the order in the old event"
}

events=(mm_mthp_scan mm_mthp_collapse mm_mthp_batch mm_collapse_huge_page)
for e in "${events[@]}"; do
	echo 1 >"$t/events/huge_memory/$e/enable"
done
"$work"
ok $? "ftrace: the program ran"
cat "$t/trace" >"$tmp/text"
echo 0 >"$t/events/enable"
echo >"$t/trace"
check "$tmp/text" ftrace

if command -v trace-cmd >/dev/null; then
	trace-cmd record -q -o "$tmp/dat" "${events[@]/#/-ehuge_memory:}" "$work" >"$tmp/log" 2>&1
	ok $? "trace-cmd: records" || sed 's/^/# /' "$tmp/log"
	trace-cmd report -i "$tmp/dat" >"$tmp/text" 2>"$tmp/err"
	has "$tmp/err" 'mthp' 0 "trace-cmd: has nothing against the formats" || sed 's/^/# /' "$tmp/err"
	check "$tmp/text" trace-cmd
else
	nr=$((nr + 1))
	echo "ok $nr trace-cmd # SKIP trace-cmd is not installed"
fi
echo "1..$nr"
exit "$bad"
