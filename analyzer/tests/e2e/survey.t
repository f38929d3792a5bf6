#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mthptop survey against processes with a known memory layout (tests/support/surveyed.c). The difference of a
# survey before and one after building must equal their account, number for number.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

[[ $(id -u) = 0 ]] || skip_all "not root: the machine's huge page settings are needed"
thp=/sys/kernel/mm/transparent_hugepage
[[ -d $thp ]] || skip_all "this kernel has no transparent huge pages"
kernel_lock || skip_all "another test has the machine's settings"
m=$MTHPTOP
"${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -Iinclude -Ianalyzer -o "$tmp/surveyed" \
	analyzer/tests/support/{surveyed,surveyed_count,policy_ref}.c || exit 1

# Restores the settings at the end, and keeps khugepaged from changing the surveyed memory.
saved=()
save() {
	local now
	[[ -w $1 ]] || return
	now=$(sed 's/.*\[\(.*\)\].*/\1/' "$1")
	saved+=("$1=$now")
}
tap_cleanup() {
	local s
	[[ $worker ]] && kill "$worker" 2>/dev/null
	[[ $swap ]] && swapoff "$swap"
	for s in "${saved[@]}"; do
		echo "${s#*=}" >"${s%%=*}"
	done
}
for f in "$thp/enabled" "$thp"/hugepages-*/enabled "$thp"/khugepaged/{max_ptes_none,scan_sleep_millisecs}; do
	save "$f"
done
echo 1000000 >"$thp/khugepaged/scan_sleep_millisecs"

# settings MASK: these orders on advice, no others.
settings() {
	local f k=1
	for ((k = 1; k <= 9; k++)); do
		f=$thp/hugepages-$((4 << k))kB/enabled
		[[ -e $f ]] || continue
		((($1 >> k) & 1)) && echo madvise >"$f" || echo never >"$f"
	done
	[[ -e $thp/hugepages-2048kB/enabled ]] || echo madvise >"$thp/enabled"
}

# A survey in the account's form. jq sees all rows of orders and buckets.
shape='{ orders: [range(0; 10) as $k | (.orders[] | select(.order == $k)
	| [.whole_bytes, .unaligned_bytes, .partial_bytes]) // [0, 0, 0]] | map(. // [0, 0, 0]),
	occupancy: [range(2; 10) as $k | ("empty", (range(0; 16) | "\(.)/16"), "full") as $b
	| ([.occupancy[] | select(.order == $k and .bucket == $b) | .blocks] | add // 0)],
	sums: (.summary | [.present_bytes, .huge_bytes, .pmd_bytes, .zero_bytes, .swap_bytes,
	.guard_bytes, .shared_bytes, .ranges, .plan_blocks, .fill_bytes, .tlb_entries]) }'

start() {
	coproc WORK { exec "$tmp/surveyed" "$@" 2>/dev/null; }
	worker=$WORK_PID
	read -r -t 20 -u "${WORK[0]}" ready
}
build() {
	echo >&"${WORK[1]}"
	account=
	read -r -t 20 -u "${WORK[0]}" account
}
finish() {
	echo >&"${WORK[1]}"
	wait "$worker"
} 2>/dev/null

look() {
	"$m" survey -p "$worker" $way --json >"$1.full" 2>"$tmp/err" && jq -c "$shape" "$1.full" >"$1"
}

# compare NAME: compares the difference of the two surveys with the account.
compare() {
	jq -nc --slurpfile a "$tmp/a" --slurpfile b "$tmp/b" '
		def less($x; $y): if ($x | type) == "array" then
			[range(0; $x | length) as $i | less($x[$i]; $y[$i])] else $x - $y end;
		$b[0] | with_entries(.key as $k | .value = less(.value; $a[0][$k]))' >"$tmp/got"
	is "$(cat "$tmp/got")" "$(jq -c '{orders, occupancy, sums}' <<<"$account")" "$1"
}

# same NAME SCENARIO SEED ORDERS MAX_PTES_NONE
same() {
	settings "$4"
	echo "$5" >"$thp/khugepaged/max_ptes_none"
	start "${@:2}"
	look "$tmp/a"
	build
	if [[ -z $account ]]; then
		skip "$1" "this kernel cannot do it"
		wait "$worker" 2>/dev/null
		return 1
	fi
	look "$tmp/b"
	if [[ $(jq .fallbacks <<<"$account") != 0 ]]; then
		skip "$1" "no memory for folios of the size wanted"
	else
		compare "$1"
	fi
	[[ $6 ]] || finish
}

for by in "" ", through /proc" ", without PAGEMAP_SCAN"; do
	way=${by:+--by proc}
	[[ $by != *without* ]] || export MTHPTOP_NO_PAGEMAP_SCAN=1
	same "small pages$by" small 1 0 511
	same "the zero page$by" zero 1 0 511
	same "ranges mapped by PMDs, in part, by PTEs$by" pmd 1 0x200 511
	same "folios that were moved$by" moved 1 0x10 511
	same "pages shared after fork$by" fork 1 0x10 511
	same "guard regions$by" guard 1 0x8 511
	same "MADV_NOHUGEPAGE$by" nohugepage 1 0x10 511
	same "PR_SET_THP_DISABLE$by" disabled 1 0x10 511
	for seed in 1 2 3 4 5 6 7 8; do
		masks=(0x10 0x04 0x14 0x7c 0x1fc 0x28 0x100 0x1f4)
		nones=(511 0 255 64 100 300 510 17)
		same "random memory $seed$by" random "$seed" "${masks[seed - 1]}" "${nones[seed - 1]}"
	done
done
unset MTHPTOP_NO_PAGEMAP_SCAN
way=

if [[ -z $(swapon --show --noheadings) ]]; then
	head -c 64M /dev/zero >"$tmp/swap" && chmod 600 "$tmp/swap" && mkswap -q "$tmp/swap" 2>/dev/null
	swapon "$tmp/swap" 2>/dev/null && swap=$tmp/swap
fi
if [[ -n $(swapon --show --noheadings) ]]; then
	same "swapped pages" swap 1 0x8 511
else
	skip "swapped pages" "no swap here, and none can be had"
fi

tap_done
