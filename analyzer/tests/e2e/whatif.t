#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mthptop whatif from end to end: traces of older kernels, bad input, and the four formats.
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
demo=$top/analyzer/tests/data/samples/demo.mthp

# The demo's trace has detail totals: collapses to PMD size, distinguished by their filled pages.
run "$m" whatif "$demo" --max-ptes-none 0,256,511 --format json
is "$status" 0 "a trace of detail totals can be replayed for PMD size"
is "$(jq -c '[.settings[].max_ptes_none]' <<<"$out")" "[511,0,256,511]" "each value has a row, below the recorded setting"
recorded=$("$m" report "$demo" --format json |
	jq '[.outcomes[] | select(.kind == "collapse" and .requester == "khugepaged" and .result == "succeeded") | .count] | add')
is "$(jq '.settings[0].collapses' <<<"$out")" "$recorded" "the first row has khugepaged's collapses"
is "$(jq '.settings[3].collapses' <<<"$out")" "$recorded" "511 allows them all"
is "$(jq '.settings[1].filled_bytes' <<<"$out")" 0 "0 fills nothing"
is "$(jq '.settings | map(.filled_bytes) | .[1] <= .[2] and .[2] <= .[3]' <<<"$out")" true "more is filled the more is allowed"
is "$(jq -c '[.settings[1] | .creep_steps, .tlb_entries, .ranges_exact_ppm]' <<<"$out")" "[null,null,null]" "unknown is null"
is "$(jq '.settings[1].exact_ppm == 1000000 and .settings[3].exact_ppm < 1000000' <<<"$out")" true "scans that gave up early are not settled for larger values"
run "$m" whatif "$demo" --explain
like "$out" 'The best setting is unknown' "nor can it be explained"

for f in text csv html; do
	run "$m" whatif "$demo" --format "$f" -o "$tmp/o.$f"
	is "$status" 0 "format $f"
	ok "$([ -s "$tmp/o.$f" ]; echo $?)" "writes something"
done
is "$(stat -c %a "$tmp/o.html")" 600 "for its owner only"
if command -v xmllint >/dev/null; then
	ok "$(xmllint --noout "$tmp/o.html" 2>&1 | grep -c .)" "the page is well-formed"
else
	skip "the page is well-formed" "no xmllint"
fi

# bad NAME STATUS REGEX ARG...
bad() {
	run "$m" whatif "${@:4}"
	is "$status" "$2" "$1: exit status"
	like "$err" "^mthptop: .*$3" "$1: says why"
	is "$(wc -l <"$tmp/.err")" 1 "$1: in one line"
}
bad "no file" 2 'missing operand' --rule guard
bad "too large" 2 'max-ptes-none: 512: not a number from 0 to 511' "$demo" -m 512
bad "negative" 2 'max-ptes-none: -1: ' "$demo" -m -1
bad "nothing between commas" 2 'max-ptes-none: : ' "$demo" -m 1,,2
bad "no size" 2 'orders: 3K: not a size from 16K to 2M' "$demo" --orders 64K,3K
bad "too small" 2 'orders: 8K: ' "$demo" --orders 8K
bad "unknown rule" 2 'rule: nice: unknown rule \(guard, scaled, two-value\)' "$demo" --rule guard,nice
bad "unknown table" 2 'unknown table: nowhere \(use one of: summary' "$demo" -t nowhere
bad "sizes on detail totals" 3 'cannot try 64K: the trace has detail totals' "$demo" --orders 64K,2M
bad "too many settings" 2 'too many settings: ' "$demo" -m "$(seq -s, 0 100)" --orders 2M --rule guard,scaled,two-value
bad "no such trace" 3 '' "$tmp/nothing"
printf 'not a trace' >"$tmp/junk"
bad "not a trace" 4 '' "$tmp/junk"
head -c 3000 "$demo" >"$tmp/cut"
run "$m" whatif "$tmp/cut" -t settings
is "$status" 4 "a trace cut off is gone through as far as it goes"
like "$out" 'recorded' "and shown"
tap_done
