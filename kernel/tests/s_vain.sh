#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Attempts in vain on a stock kernel. From 7.2 on khugepaged tries at every pass each block again that it collapsed to a
# size below 2M: as many vain attempts a pass as the workload (s_pattern.c) has such blocks. Kernels that collapse to 2M
# only make no attempt in vain.
#
# kernels: 6.18 7.2 7.3
# by name: 6.1

. ./ktap.sh
thp=/sys/kernel/mm/transparent_hugepage
passes=3
echo madvise >$thp/enabled && echo 100000000 >$thp/khugepaged/scan_sleep_millisecs
ok $? "khugepaged is at rest"

is() { # GOT WANT TEXT
	[[ $1 = "$2" ]]
	ok $? "$3" || printf '# wanted: %q\n# got: %q\n' "$2" "$1"
}

record() { # SEED FILL ORDERS
	mthptop record --json -o "$tmp/trace.mthp" -- ./s_pattern "$@" $passes >"$tmp/both" 2>"$tmp/err"
	ok $? "$what: recorded" || sed 's/^/# /' "$tmp/err"
	grep -q 'nothing lost$' "$tmp/err"
	ok $? "$what: nothing lost" || sed 's/^/# /' "$tmp/err"
	# The workload's words come first; the sums of the live kernel are the object behind them.
	sed '/^{/,$d' "$tmp/both" >"$tmp/out"
	sed -n '/^{/,$p' "$tmp/both" >"$tmp/live"
	mthptop report --format json "$tmp/trace.mthp" >"$tmp/json"
	mthptop script "$tmp/trace.mthp" >"$tmp/script"
}

sum() { # FILTER FIELD: over rows of the table vain
	jq "[.vain[] | select($1).$2] | add // 0" "$tmp/json"
}

# Of the blocks of 64K: those that were (part of) one folio before the first pass, and those that were part of a larger one.
folios() {
	awk '/^scan / {
		sub(/.*joined_bits=/, "")
		split("", joined)
		nr = $0 == "-" ? 0 : split($0, part, ",")
		for (i = 1; i <= nr; i++) {
			if (split(part[i], ends, "-") < 2)
				ends[2] = ends[1]
			for (k = ends[1] + 0; k <= ends[2] + 0; k++)
				joined[k]
		}
		for (i = 0; i < 512; i += 16) {
			for (k = i + 1; k < i + 16 && (k in joined); k++)
				;
			one += k == i + 16
			larger += k == i + 16 && ((i in joined) || (k in joined))
		}
	}
	END { print one + 0, larger + 0 }' "$tmp/out"
}

# What must be true of each recording.
agrees() {
	cmp "$tmp/live" "$tmp/json"
	ok $? "$what: the live kernel's sums are those of the trace, to the byte"
	is "$(jq '[.vain[] | .vain > .failures or .collapsed > .vain or .vain + .unknown > .failures] | any' "$tmp/json")" false \
		"$what: no part is larger than its whole"
	is "$(sum true failures)" "$(jq '[.outcomes[] | select(.kind == "mthp_collapse" and .result != "succeeded").count] | add // 0' \
		"$tmp/json")" "$what: every failure is in a row"
	is "$(sum true vain)" "$(jq .summary.vain "$tmp/json")" "$what: the summary is the sum of the rows"
	is "$(jq '[.processes[].vain] | add' "$tmp/json")" "$(sum true vain)" "$what: so are the processes"
	is "$(jq '[.stalls[].count] | add // 0' "$tmp/json")" "$(grep -c ' mthp_collapse .* stall_ns=' "$tmp/script")" \
		"$what: every stall is counted"
	is "$(jq '.passes[0].passes' "$tmp/json")" "$(jq '.counters[] | select(.name == "full_scans").delta' "$tmp/json")" \
		"$what: passes, as the kernel counts them"
}

what="2M only"
record 8 511 0x200
agrees
is "$(sum true vain)" 0 "$what: no attempt is vain"
mthptop report -t summary "$tmp/trace.mthp" | grep -q "in vain"
[[ $? = 1 ]]
ok $? "$what: no headline says so"
[[ ! -e $thp/hugepages-64kB/stats/collapse_alloc ]] || {
	what="64K"
	record 6 511 0x10
	agrees
	blocks=$(grep -c '^left ' "$tmp/out")
	[[ $blocks -gt 1000 ]]
	ok $? "$what: many blocks are one folio"
	folios >"$tmp/folios"
	read -r one larger <"$tmp/folios"
	echo "# $blocks blocks are folios of 64K; before the first pass $one were one folio, $larger of them part of a larger one"
	# Each pass tries the blocks that were one folio before it. Another one may have begun before it was stopped.
	got=$(sum '.result == "pte_mapped_hugepage"' collapsed) want=$((one + (passes - 1) * (blocks + larger)))
	((got >= want && got - want < blocks / 10))
	ok $? "$what: the vain attempts of a pass are as many as the blocks" || echo "# $got of $want"
	is "$(sum '.vain > 0' flushes)" "$(sum true vain)" "$what: each vain attempt flushed the TLB"
	is "$(sum '.requester != "khugepaged"' vain)" 0 "$what: nobody else works in vain"
	mthptop report -t summary "$tmp/trace.mthp" | sed -n 's/^ *headline *//p' >"$tmp/headline"
	sed 's/^/# /' "$tmp/headline"
	grep -q '^khugepaged works in vain: .*(\(most: \)\?64K, pte_mapped_hugepage)$' "$tmp/headline"
	ok $? "$what: the headline says so"
	mthptop report -t vain "$tmp/trace.mthp" | sed 's/^/# /'
	mthptop report -t stalls "$tmp/trace.mthp" | sed 's/^/# /'
	mthptop report -t passes "$tmp/trace.mthp" | sed 's/^/# /'
	mthptop replay "$tmp/trace.mthp" --dump-screen overview --size 120x40 | sed 's/^/# /'
}
echo "1..$nr"
exit "$bad"
