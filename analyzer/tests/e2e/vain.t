#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Attempts in vain, in every format: of a trace of Debian's own 7.3 that khugepaged passed over five times, and of what is
# left of that trace when parts of it are missing.
. "$(dirname "$0")/../support/tap.sh"

command -v jq >/dev/null || skip_all "jq is not installed"
sample=analyzer/tests/data/samples/churn.mthp
export LC_ALL=C.UTF-8
unset NO_COLOR TERM

q() { # FILTER: of the last report as JSON
	jq -r "$1" "$tmp/json"
}

report() { # ARG...
	run "$MTHPTOP" report --format json "$@"
	cp "$tmp/.out" "$tmp/json"
}

# What each row of the events says, counted by another program: attempts at the same block, from scan to scan.
counted() { # TRACE: "one folio, same, unknown"
	"$MTHPTOP" script "$1" | awk '
	function value(name,   i) {
		for (i = 5; i <= NF; i++)
			if (index($i, name "=") == 1)
				return substr($i, length(name) + 2)
		return ""
	}
	function folio(block, joined,   nr, part, ends, i) {
		nr = split(joined, part, ",")
		for (i = 1; i <= nr; i++) {
			if (split(part[i], ends, "-") < 2)
				ends[2] = ends[1]
			if (ends[1] <= 16 * block + 1 && ends[2] >= 16 * block + 15)
				return 1
		}
		return 0
	}
	# All addresses of the sample begin with 7f22; the last six digits are below 2^53 in any awk.
	function range(addr) { return substr(addr, 1, length(addr) - 6) int(hex(substr(addr, length(addr) - 5)) / 2097152) }
	function hex(s,   i, n) {
		for (i = 1; i <= length(s); i++)
			n = 16 * n + index("0123456789abcdef", substr(s, i, 1)) - 1
		return n
	}
	$3 == "mthp_scan" {
		r = range(value("addr"))
		bits = value("present_bits") "|" value("blocked_bits") "|" value("joined_bits")
		first[r] = !(r in last)
		if (last[r] != bits)
			age[r]++
		last[r] = bits
		joined[r] = value("joined_bits")
	}
	$3 == "mthp_collapse" {
		addr = value("addr")
		r = range(addr)
		# The columns move with the length of the process name: the result follows the size.
		for (i = 5; $i != "64K"; i++)
			;
		result = $(i + 1)
		was = end[addr]
		end[addr] = age[r] " " result
		if (result == "succeeded")
			end[addr] = ""
		else if (result == "pte_mapped_hugepage" && folio(int(hex(substr(addr, length(addr) - 5)) % 2097152 / 65536), joined[r]))
			one++
		else if (was == age[r] " " result)
			same++
		else if (first[r])
			unknown++
	}
	END { print one + 0, same + 0, unknown + 0 }'
}

report "$sample"
is "$status$err" 0 "the sample is read"
is "$(q '"\([.vain[].collapsed] | add) \([.vain[] | .vain - .collapsed] | add) \([.vain[].unknown] | add)"')" "$(counted "$sample")" \
	"every verdict is that of the events"
is "$(q '.summary | "\(.vain) \(.vain_unknown)"')" "1236 20" "the summary has them"
is "$(q '[.processes[].vain] | add')" 1236 "the process has them"
is "$(q '[.stalls[].count] | add')" "$("$MTHPTOP" script "$sample" | grep -c ' mthp_collapse .* stall_ns=')" "every stall is in the table"
is "$(q '.stalls[0].max_ns')" "$("$MTHPTOP" script "$sample" | sed -n 's/.* mthp_collapse .* stall_ns=\([0-9]*\).*/\1/p' | sort -n | tail -n 1)" \
	"the longest stall is the longest of the events"
is "$(q '.passes[0].passes')" "$(q '.counters[] | select(.name == "full_scans").delta')" "the passes are those that the kernel counted"

# The same line everywhere.
line=$(q .summary.headline)
like "$line" '^khugepaged works in vain: 1236 of 1500 attempts were .*\(most: 64K, pte_mapped_hugepage\)$' "the headline says it"
run "$MTHPTOP" report "$sample"
is "$(sed -n '1s/^Failing: //p' <<<"$out")" "$line" "text: the first line"
run "$MTHPTOP" report --format csv -t summary "$sample"
is "$(head -c 17 <<<"$out")" verdict,headline, "CSV: the first columns"
run "$MTHPTOP" report --format html "$sample"
like "$out" "<h1><span class=.failing.>Failing</span>: khugepaged works in vain: 1236 of 1500 " "page: the title"
like "$out" 'data-table="vain"' "page: the table"
like "$out" '<h3>Does khugepaged try in vain what has just failed\?</h3><p><strong>1236 attempts</strong> Of 1276 failures: ' \
	"page: the answer"
run "$MTHPTOP" replay "$sample" --dump-screen overview --size 200x50
like "$(sed -n 3p <<<"$out")" '^Failing: khugepaged works in vain: 1236 of 1500 attempts were at ranges that had not changed' "screen: the first line"
run "$MTHPTOP" replay "$sample" --dump-screen vain --size 140x30
like "$out" '^In vain: 1236 of 1276 failed attempts, which took 1.68s · unknown of 20$' "screen 7"
run "$MTHPTOP" report -t vain "$sample"
cat >"$tmp/want" <<'END'
Failures, and how many were vain
  requester   size  result                failures  vain  share  one folio  unknown    took  flushes  stalled
  khugepaged   64K  pte_mapped_hugepage       1211  1197  98.8%       1176        7   1.62s     1197    264ms
  khugepaged   64K  lack_referenced_page        65    39  60.0%          0       13  53.8ms       39   21.0ms
END
is "$out" "$(cat "$tmp/want")" "text: the table"

# A rule can ask for it.
echo 'summary.vain == 0 if known' >"$tmp/rules"
run "$MTHPTOP" check -f "$tmp/rules" "$sample"
is "$status" 1 "check: a rule fails on it"
run "$MTHPTOP" check -f "$tmp/rules" analyzer/tests/data/samples/demo.mthp
is "$status" 0 "check: it is skipped where it is unknown"

cat >"$tmp/rules" <<'END'
vain(result = pte_mapped_hugepage).share <= 10%
vain(64K, khugepaged, result = lack_referenced_page).vain == 39
stalls(64K).max <= 21.2ms
passes.mean <= 700ms
vain(result = pte_maped_hugepage).vain == 0
END
run "$MTHPTOP" check -f "$tmp/rules" "$sample"
is "$(sed -n 's/^  \([a-z ]*[a-z]\)  .*\(<=\|==\).*/\1/p' <<<"$out" | tr '\n' ' ')" "failed passed passed passed wrong rule " \
	"check: rows and values of the tables" || sed 's/^/# /' <<<"$out"

# Below detail ranges it is unknown, in every format.
report analyzer/tests/data/samples/demo.mthp
is "$(q '[.summary.vain, .vain, .stalls, .processes[0].vain, .passes[0].vain] | unique[]')" null "unknown is null"
is "$(q .summary.headline)" "at least 59.9M of the 200M collapsed was empty before, and was filled with zeroes (30.0%)" "and no headline says otherwise"
is "$(q '.passes[0] | .passes > 0 and .mean_ns > 0')" true "passes are known at every level"
run "$MTHPTOP" replay analyzer/tests/data/samples/demo.mthp --dump-screen vain --size 100x10
like "$out" 'unknown: needs detail ranges' "screen 7 says so"
# The series of fixes makes no attempt twice.
report analyzer/tests/data/samples/creep.mthp
is "$(q .summary.vain)" 0 "a kernel with the series: none"

# A trace cut anywhere claims no more than the whole one, and of what it has only what is true.
size=$(stat -c %s "$sample")
for part in 3 5 6 7; do
	head -c $((size * part / 8)) "$sample" >"$tmp/cut.mthp"
	report "$tmp/cut.mthp"
	is "$(q '"\([.vain[].collapsed] | add // 0) \([.vain[] | .vain - .collapsed] | add // 0) \([.vain[].unknown] | add // 0)"')" \
		"$(counted "$tmp/cut.mthp" 2>/dev/null)" "cut after $part eighths: every verdict is that of the events"
done
# A process that is not there.
report -p 1 "$sample"
is "$(q '.summary.vain')" 0 "another process: none"
is "$(q .summary.headline)" "Nothing was scanned" "another process: no headline says so"
# Twice the same trace is the same memory twice: what fell back to single pages is not tried in vain.
cat "$sample" "$sample" >"$tmp/twice.mthp"
report "$tmp/twice.mthp"
is "$(q '[.vain[].collapsed] | add')" $((2 * 1176)) "two traces in a file: blocks of one folio"
is "$(q '.summary | .vain + .vain_unknown <= .failures')" true "two traces in a file: no more than failures"
tap_done
