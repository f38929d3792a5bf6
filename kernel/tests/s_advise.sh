#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Advice is true: for programs and budgets the setting that `mthptop advise` names is set by the commands that it
# prints, while the program runs. What khugepaged then fills, and the share in huge pages, are what was predicted: exactly
# where it says exact, else within 5%. The program (s_advise.c) counts its pages itself. Undone, all settings are as before.
#
# kernels: 6.12 7.3
# by name: 6.1

. ./ktap.sh
thp=/sys/kernel/mm/transparent_hugepage
echo madvise >$thp/enabled && echo 20 >$thp/khugepaged/scan_sleep_millisecs && echo 1000000 >$thp/khugepaged/pages_to_scan
ok $? "khugepaged runs"

settings() {
	cat "$thp/enabled" "$thp"/khugepaged/max_ptes_none
	for f in "$thp"/hugepages-*/enabled; do
		[[ ! -e $f ]] || echo "$f $(<"$f")"
	done
}

# Two passes that began from now on are over.
passes() {
	local begun
	begun=$(<$thp/khugepaged/full_scans)
	for ((i = 0; i < 50 && $(<$thp/khugepaged/full_scans) < begun + 3; i++)); do
		sleep 0.1
	done
}

pages() { # the latest line of the program
	tail -n 1 "$tmp/out" | sed 's/^pages //'
}

# pair PROGRAM BUDGET
pair() {
	local pid before after now verdict exact filled huge want_filled want_huge close
	mkfifo "$tmp/in"
	./s_advise "$1" <"$tmp/in" >"$tmp/out" &
	exec 7>"$tmp/in"
	until grep -q '^pages' "$tmp/out"; do
		sleep 0.05
	done
	pid=$(sed -n 's/^pid //p' "$tmp/out")
	read -r before _ <<<"$(pages)"
	settings >"$tmp/before"
	mthptop advise -p "$pid" --budget "$2" --json >"$tmp/json" 2>"$tmp/err"
	ok $? "$1, $2: advised" || sed 's/^/# /' "$tmp/err"
	label=$2
	read -r verdict exact want_filled want_huge <<<"$(jq -r --arg b "$label" \
		'.budgets[] | select(.budget == $b) | "\(.verdict | gsub(" "; "_")) \(.exact_ppm) \(.filled_bytes) \(.huge_ppm)"' "$tmp/json")"
	[[ $(jq .summary.memory_bytes "$tmp/json") = $((before * 4096)) ]]
	ok $? "$1, $2: all of its memory was seen"
	jq -r '.commands[].set' "$tmp/json" >"$tmp/set"
	sh -e "$tmp/set" 2>"$tmp/err"
	ok $? "$1, $2: the commands can be run" || sed 's/^/# /' "$tmp/set" "$tmp/err"
	echo m >&7
	sleep 0.1
	[[ $verdict != set ]] || passes
	echo >&7
	for ((i = 0; i < 100 && $(grep -c '^pages' "$tmp/out") < 2; i++)); do
		sleep 0.05
	done
	read -r after now <<<"$(pages)"
	filled=$(((after - before) * 4096)) huge=$((now * 1000000 / after)) close=0
	# "Exact" has no slack but the rounding of a share.
	if [[ $exact != 1000000 ]]; then
		close=$((want_filled / 20))
		((close > 0)) || close=4096
	fi
	((filled <= want_filled + close && filled + close >= want_filled))
	ok $? "$1, $2: $verdict: filled $filled, predicted $want_filled (exact $exact)" || sed 's/^/# /' "$tmp/set"
	((close == 0)) && close=2 || close=50000
	((huge <= want_huge + close && huge + close >= want_huge))
	ok $? "$1, $2: in huge pages $huge ppm, predicted $want_huge"
	[[ $2 = unlimited ]] || ((filled * 100 <= before * 4096 * ${2%\%}))
	ok $? "$1, $2: within the budget"
	jq -r '.commands[].undo' "$tmp/json" >"$tmp/undo"
	sh -e "$tmp/undo"
	settings | diff "$tmp/before" - >"$tmp/diff"
	ok $? "$1, $2: undone" || sed 's/^/# /' "$tmp/diff"
	exec 7>&-
	wait %1 2>/dev/null || wait
	rm "$tmp/in"
	[[ $verdict != set ]] || set=$((set + 1))
	[[ $exact != 1000000 ]] || exacts=$((exacts + 1))
	pairs=$((pairs + 1))
}

pairs=0 set=0 exacts=0
for budget in 0% 5% unlimited; do
	for program in dense half mixed runs; do
		pair $program $budget
	done
done
# Without sizes below the PMD there is less to set.
least=8
[[ -e $thp/hugepages-64kB/stats/collapse_alloc ]] || least=3
[[ $set -ge $least && $exacts -ge 8 ]]
ok $? "of $pairs pairs $set set something, $exacts were exact"
echo "1..$nr"
exit "$bad"
