#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The sample traces of detail plans, recorded in a guest on the series' kernel (docs/creep.md). This build must
# give the numbers that mthptop showed in the guest, from the maps, while it recorded, and the chains that the
# page map showed. Each view must show such a trace.
. "$(dirname "$0")/../support/tap.sh"

command -v jq >/dev/null || skip_all "jq is not installed"
dir=analyzer/tests/data/samples

# The tables and fields that the guest's report had (later ones are left out), as one line. A setting that changed had
# its last value then.
of_guest() {
	jq -cn --slurpfile a "$dir/$1.json" --slurpfile b "$tmp/$1.json" '
		def cut($l):
			if ($l | type) == "object" and type == "object" then
				. as $o | reduce ($l | keys[]) as $k ({}; .[$k] = ($o[$k] | cut($l[$k])))
			elif ($l | type) == "array" and ($l | length) > 0 and type == "array" then
				map(cut($l[0]))
			else . end;
		$b[0] | cut($a[0])' | jq -S .
}

q() { # NAME FILTER
	jq -r "$2" "$tmp/$1.json"
}

for name in creep guard mixed fork pinned; do
	run as_user "$MTHPTOP" report "$dir/$name.mthp" --format json
	is "$status$err" 0 "$name: read"
	cp "$tmp/.out" "$tmp/$name.json"
	diff <(jq -S 'del(.orders[]?.enabled)' "$dir/$name.json") <(of_guest "$name" | jq -S 'del(.orders[]?.enabled)') >"$tmp/diff"
	ok $? "$name: the same numbers as in the guest" || head -n 20 "$tmp/diff" | sed 's/^/# /'
	is "$(q "$name" '[.summary.detail, .summary.complete, .summary.lost] | map(tostring) | join(" ")')" \
		"plans true 0" "$name: detail plans, whole, nothing lost"
done

# The chains that the page map showed between passes: address, order, steps, bytes.
is "$(q creep '.chains[] | "chain \(.addr) \(.order) \(.steps) \(.filled_bytes)"' | sort)" \
	"$(sort $dir/creep.chains)" "creep: the chains of the page map, and none else"
is "$(q creep '[.creep[].untouched] | add')" "$(q creep .summary.creep_steps)" "creep: the process touched nothing between"
for name in guard mixed fork pinned; do
	is "$(q $name '"\(.summary.creep_steps) \(.chains | length) \(.summary.collapses > 0)"')" \
		"0 0 true" "$name: collapses and no creep"
done
for name in mixed fork pinned; do
	is "$(q $name '.orders[] | select(.collapses > 0) | "\(.order) \(.collapses)"')" "$(<$dir/$name.made)" \
		"$name: blocks of each size, as many as the page map showed"
done
blocked() { # NAME RESULT: scans
	q "$1" ".blocked[] | select(.requester == \"khugepaged\" and .result == \"$2\") | .scans"
}
is "$(blocked pinned not_suitable_page_count)" 16 "pinned: in both scans of each range while it was"
is "$(q pinned '.outcomes[] | select(.kind == "mthp_scan" and .result == "not_suitable_page_count") | .count')" \
	8 "pinned: once its neighbours are collapsed, that page is why no more is done"
is "$(q fork '.outcomes[] | select(.kind == "mthp_scan" and .result == "exceed_shared_pte") | .count')" \
	8 "fork: after the collapse of their neighbours, shared pages prevent all further collapses"

# A rule for each value that only detail plans reports.
cat >"$tmp/rules" <<'EOF'
creep.steps == 0
creep(2M).filled == 0
creep_steps == 0
batches.lock_max < 10s
plans(khugepaged).blocks >= 1
occupancy(64K) mode in empty..full
EOF
run "$MTHPTOP" check -f "$tmp/rules" $dir/guard.mthp
is "$status" 0 "check: the guard's trace holds" || printf '%s\n' "$out" | sed 's/^/# /'
run "$MTHPTOP" check -f "$tmp/rules" $dir/creep.mthp
is "$status" 1 "check: the creeping one does not"
is "$(grep -cE '^ +failed ' <<<"$out")" 3 "check: for its creep" || printf '%s\n' "$out" | sed 's/^/# /'
run "$MTHPTOP" check -f "$tmp/rules" $dir/demo.mthp
like "$out" '^  unknown ' "check: of another kernel's trace it is unknown"

# The other views.
run "$MTHPTOP" report $dir/creep.mthp
like "$out" '32K → 64K' "text: chains"
run "$MTHPTOP" report $dir/demo.mthp
like "$(grep -A1 '^Creep chains' <<<"$out")" 'unknown: needs detail ranges' "text: the detail level that reports chains"
like "$(grep -A1 '^Commits' <<<"$out")" 'unknown on this kernel: needs detail plans' "text: the detail level that reports commits"
run "$MTHPTOP" report $dir/demo.mthp --format json
is "$(jq -c '[.creep, .chains, .plans, .blocked, .batches, .locks, .summary.creep_steps]' <<<"$out")" \
	"[null,null,null,null,null,null,null]" "JSON: null for values that the kernel does not report"
run "$MTHPTOP" report $dir/creep.mthp --format csv
like "$out" '# creep
order,steps,untouched' "CSV"
run "$MTHPTOP" script $dir/creep.mthp
like "$out" 'mthp_scan .* present_bits=0-2,4,8,16,32,64,128,256 .* plan_blocks=0:16K' "script: bitmaps"
run "$MTHPTOP" diff $dir/guard.mthp $dir/creep.mthp
like "$out" 'steps' "diff: creep"
run "$MTHPTOP" replay $dir/creep.mthp --dump-screen creep --size 120x40
like "$out" 'Creeping: [0-9]+ of [0-9]+ collapses' "replay: the creep screen"
run "$MTHPTOP" replay $dir/demo.mthp --dump-screen creep
like "$out" 'unknown: needs detail ranges' "replay: of a lower detail level"
tap_done
