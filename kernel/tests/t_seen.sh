#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mthptop on the kernel with the series: what it shows is what there is. w_seen makes memory of known
# patterns, lets khugepaged pass over it and tells the truth of it; mthptop records beside, and
#
#	occupancy   histograms of every size are those that the patterns have
#	creep       every chain that the page map shows between passes, and none else
#	made        blocks of each size, as many as the page map shows
#	all         what BPF added up is what the events give, and nothing was lost
#
# with: seen

OUT=${OUT:-.output}
top=$OUT/mthptop
. kernel/tests/ktap.sh

same() { # FILE FILE TEXT
	local rc
	diff "$tmp/$1" "$tmp/$2" >"$tmp/diff"
	rc=$?
	ok $rc "$3" || head -n 20 "$tmp/diff" | sed 's/^/# /'
}

# The tables but the timeline, which a live source fills by its ticks.
tables() {
	jq -S 'del(.timeline)' "$1"
}

# observe NAME ARG...: leaves $tmp/NAME.{mthp,live,file,truth}.
observe() {
	local name=$1
	shift
	"$top" record -o "$tmp/$name.mthp" --json -- "$OUT/kernel/tests/w_seen" "$@" \
		>"$tmp/out" 2>"$tmp/err"
	ok $? "$name: recorded" || sed 's/^/# /' "$tmp/err"
	grep -q 'nothing lost$' "$tmp/err"
	ok $? "$name: nothing lost" || sed 's/^/# /' "$tmp/err"
	sed -n '/^{/,$p' "$tmp/out" >"$tmp/$name.live"
	grep -E '^(occ|chain) ' "$tmp/out" | sort >"$tmp/$name.truth"
	"$top" report -f json "$tmp/$name.mthp" >"$tmp/$name.file"
	tables "$tmp/$name.live" >"$tmp/live"
	tables "$tmp/$name.file" >"$tmp/file"
	same live file "$name: what BPF added up is what the recorded events give"
	awk '$1 == "made" { n[$2] += $3 } END { for (k in n) print k, n[k] }' "$tmp/out" |
		sort >"$tmp/$name.made"
	jq -r '.orders[] | select(.done > 0) | "\(.order) \(.done)"' "$tmp/$name.file" |
		sort >"$tmp/collapsed"
	same "$name.made" collapsed "$name: blocks of each size, as many as the page map shows"
}

chains() {
	jq -r '.chains[] | "chain \(.addr) \(.order) \(.steps) \(.filled_bytes)"' "$tmp/$1.file" | sort
}

no_creep() {
	local got
	got=$(jq -r '"\(.summary.creep_steps) \(.chains | length) \(.summary.collapses > 0)"' \
		"$tmp/$1.file")
	[[ $got = "0 0 true" && ! -s $tmp/$1.truth ]]
	ok $? "$1: no creep, neither shown nor there" || echo "# steps, chains, collapsed: $got"
}

# From blocks by pages present to blocks by bucket: a sixteenth each, and empty and full.
buckets() {
	awk '{ size = 2 ^ $2
	       b = $3 == 0 ? "empty" : $3 == size ? "full" : int($3 * 16 / size) "/16"
	       n[$2 " " b] += $4 }
	     END { for (i in n) print i, n[i] }' "$1" | sort
}

nones="0 1 17 127 128 255 256 384 510 511"
echo TAP version 13
observe occupancy occupancy
buckets "$tmp/occupancy.truth" >"$tmp/want"
jq -r '.occupancy[] | select(.complete > 0) | "\(.order) \(.bucket) \(.complete)"' \
	"$tmp/occupancy.file" | sort >"$tmp/got"
same want got "occupancy: histograms of all sizes are those of the patterns"
# shellcheck disable=SC2086
observe creep creep $nones
chains creep >"$tmp/got"
same creep.truth got \
	"creep: $(wc -l <"$tmp/creep.truth") chains, address, steps and bytes as the page map shows"
[[ -s $tmp/creep.truth ]]
ok $? "there was creep at all"
# shellcheck disable=SC2086
observe guard guard $nones
no_creep guard
for name in grow "mixed 127" fork pinned; do
	# shellcheck disable=SC2086
	observe "${name% *}" $name
	no_creep "${name% *}"
done
echo "1..$nr"
exit $bad
