#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A survey by BPF and one through /proc, of the same stopped process with memory of every kind
# (kernel/tests/s_memory.c): both must say the same, number for number and PMD range by PMD range.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

[[ $(id -u) = 0 ]] || skip_all "not root: the machine's huge page settings are needed"
thp=/sys/kernel/mm/transparent_hugepage
[[ -d $thp ]] || skip_all "this kernel has no transparent huge pages"
kernel_lock || skip_all "another test has the machine's settings"
m=$MTHPTOP
run "$m" survey -p $$ --by iter
[[ $status = 3 ]] && skip_all "no page tables by BPF here: $err"
is "$status" 0 "page tables can be read by BPF"
"${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -o "$tmp/hostile" kernel/tests/s_memory.c || exit 1

saved=()
save() {
	[[ -w $1 ]] && saved+=("$1=$(sed 's/.*\[\(.*\)\].*/\1/' "$1")")
}
tap_cleanup() {
	local s
	[[ $worker ]] && finish
	[[ $swap ]] && swapoff "$swap"
	for s in "${saved[@]}"; do
		echo "${s#*=}" >"${s%%=*}"
	done
}
for f in "$thp/enabled" "$thp"/hugepages-*/enabled "$thp"/khugepaged/{max_ptes_none,scan_sleep_millisecs} \
	/sys/kernel/mm/ksm/{run,sleep_millisecs,pages_to_scan} /proc/sys/vm/nr_hugepages; do
	save "$f"
done
echo 1000000 >"$thp/khugepaged/scan_sleep_millisecs"
echo 100 >"$thp/khugepaged/max_ptes_none"
echo 5 >/sys/kernel/mm/ksm/sleep_millisecs
echo 5000 >/sys/kernel/mm/ksm/pages_to_scan
echo 2 >/proc/sys/vm/nr_hugepages
if [[ -z $(swapon --show --noheadings) ]]; then
	head -c 64M /dev/zero >"$tmp/swap" && chmod 600 "$tmp/swap" && mkswap -q "$tmp/swap" 2>/dev/null
	swapon "$tmp/swap" 2>/dev/null && swap=$tmp/swap
fi

# settings MASK: these orders on advice, no others.
settings() {
	local f k
	for ((k = 1; k <= 9; k++)); do
		f=$thp/hugepages-$((4 << k))kB/enabled
		[[ -e $f ]] || continue
		((($1 >> k) & 1)) && echo madvise >"$f" || echo never >"$f"
	done
	echo madvise >"$thp/enabled"
}

# start SEED [alone]: a stopped process, $worker, and its child.
start() {
	echo 1 >/sys/kernel/mm/ksm/run
	coproc WORK { exec "$tmp/hostile" "$1" "$tmp/file" $2; }
	worker=$WORK_PID
	child=
	while read -r -t 60 -u "${WORK[0]}" line && [[ $line != ready ]]; do
		[[ $line = child* ]] && child=${line#child } || echo "# $line"
	done
	echo 0 >/sys/kernel/mm/ksm/run
	while ! grep -q '^State:.*stopped' "/proc/$worker/status"; do
		sleep 0.05
	done
	# What is on its way to a list may still change what it is.
	echo 1 >/proc/sys/vm/compact_memory 2>/dev/null
	sync
}
finish() {
	kill -KILL "$worker"
	((child == 0)) || kill -KILL "$child"
	wait "$worker"
} 2>/dev/null

# look NAME OPTION...: the numbers of a survey, without those that are of the way, and its events.
look() {
	local name=$1
	shift
	"$m" survey "$@" --map --json -o "$tmp/$name.json" --record "$tmp/$name.mthp" 2>"$tmp/err" || return 1
	jq -S 'del(.summary["start", "start_ns", "took_ns", "method", "not_iter", "hold_smaps_ns", "hold_pages_ns", "calls"])' \
		"$tmp/$name.json" >"$tmp/$name.numbers"
	"$m" script "$tmp/$name.mthp" | sed 's/^ *[0-9.]* //' >"$tmp/$name.script"
}

# Which pages were referenced only page tables tell; and so the result of a range in which none was, and its plan: the
# pages of a child are not referenced before it touches them.
warm() {
	grep -q ' lack_referenced_page ' "$tmp/iter.script" || return 0
	jq 'walk(if type == "object" then with_entries(select(.key | test("^(plan|fill_|tlb_after)") | not)) else . end)' \
		"$tmp/$1.numbers" >"$tmp/numbers" && mv "$tmp/numbers" "$tmp/$1.numbers"
}

ranges() {
	awk 'function addr(   i) {
		for (i = 1; i <= NF; i++)
			if ($i ~ /^addr=/)
				return $3 " " $i
	}
	NR == FNR { if (/ lack_referenced_page /) cold[addr()]; next }
	{
		gsub(/ referenced[a-z_]*=[^ ]*/, "")
		if (addr() in cold) {
			$5 = "cold"
			gsub(/ plan[a-z_]*=[^ ]*/, "")
		}
		print
	}' "$tmp/iter.script" "$tmp/$1.script" >"$tmp/$1.ranges"
}

same() { # FILES TEXT
	diff "$tmp/proc.$1" "$tmp/iter.$1" >"$tmp/diff"
	ok $? "$2" || head -n 30 "$tmp/diff" | cut -c1-300 | sed 's/^/# /'
}

# agree WHAT OPTION...
agree() {
	local what=$1
	shift
	look iter --by iter "$@" || cat "$tmp/err"
	look proc --by proc "$@" || cat "$tmp/err"
	is "$(jq -r .summary.method "$tmp/iter.json")" iter "$what: one was by BPF"
	warm iter
	warm proc
	same numbers "$what: all numbers are the same"
	ranges iter
	ranges proc
	[[ -s $tmp/iter.ranges ]]
	ok $? "$what: there are PMD ranges"
	same ranges "$what: every PMD range is the same"
	is "$(jq .summary.lost "$tmp/iter.json")" 0 "$what: nothing was lost"
}

masks=(0x200 0x1fc 0x0 0x254 0x1fc 0x7c 0x214)
for seed in 1 2 3 4 5 6 7; do
	settings "${masks[seed - 1]}"
	# With a child nearly every page is looked at one by one; without one nearly none.
	start "$seed" "$( ((seed < 5)) || echo alone)"
	agree "sizes ${masks[seed - 1]}" -p "$worker"
	if ((seed == 5)); then
		# As many as free memory permits.
		n=$(jq '[.orders[] | select(.order > 0 and .whole_bytes + .partial_bytes + .unaligned_bytes > 0)]
			| length' "$tmp/iter.json")
		((n >= 3))
		ok $? "there are folios of $n sizes"
	fi
	if ((seed == 1)); then
		is "$(jq '[.map[].present_bytes] | add' "$tmp/iter.json")" "$(jq .summary.present_bytes "$tmp/iter.json")" \
			"the map has all memory"
		is "$(jq -r '[.map[].address] | length - (unique | length)' "$tmp/iter.json")" 0 "and each PMD range once"
		for cell in '#' 9 = -; do
			jq -e --arg c "$cell" 'any(.map[]; .cells | contains($c))' "$tmp/iter.json" >/dev/null
			ok $? "the map shows $cell"
		done
		# The memory has to be what its name says, or nothing is tested.
		for key in huge_bytes pmd_bytes partial_bytes zero_bytes shared_bytes ranges; do
			[[ $(jq ".summary.$key" "$tmp/iter.json") -gt 0 ]]
			ok $? "there is some of $key"
		done
		[[ $(jq .summary.vmas "$tmp/iter.json") -gt 4000 ]]
		ok $? "there are thousands of mappings"
		[[ -z $(swapon --show --noheadings) || $(jq .summary.swap_bytes "$tmp/iter.json") -gt 0 ]]
		ok $? "there is swapped memory where there is swap"
		agree "a child that shares memory" -p "$child"
		agree "both together" -p "$worker" -p "$child"
	fi
	finish
done

# How long the lock is held: the least of some, since a call that loses its CPU says nothing.
least=$(for i in 1 2 3 4 5; do "$m" survey -p $$ --by iter --json | jq .summary.hold_pages_ns; done | sort -n | head -n 1)
echo "# the longest call took $least ns"
((least < 1000000))
ok $? "mmap_lock is held for less than a millisecond a call"

# Processes that come, execute others and go meanwhile: the survey ends well, and says so.
(for i in {1..300}; do /bin/true; bash -c 'exec /bin/true'; done) & churn=$!
for i in 1 2 3; do
	run "$m" survey --all --by iter --json
	is "$status" 0 "a survey of all while processes come and go"
	[[ $(jq '.processes | length' <<<"$out") -gt 3 ]]
	ok $? "it found processes"
done
wait "$churn"

# A process that ends meanwhile is marked, and counted.
"$tmp/hostile" 1 "$tmp/file" >"$tmp/out" </dev/null & worker=$!
until grep -q ^ready "$tmp/out"; do
	sleep 0.1
done
child=$(sed -n 's/^child //p' "$tmp/out")
(sleep 0.75; kill -KILL "$worker" "$child") 2>/dev/null &
run "$m" survey -p "$worker" --by iter --watch 0.1 --count 30 --json
is "$(jq -s '[.[] | select(.summary.lost > 0)] | length <= 1' <<<"$out")" true "a process that ends meanwhile is counted once at most"
is "$(jq -s 'map(select(.processes != [] and (.summary.lost == 0))) | map(.summary.present_bytes) | unique | length' <<<"$out")" \
	1 "and all surveys before say the same"
wait 2>/dev/null
worker=

run "$m" survey -p 4194303 --by iter
is "$status" 3 "no such process"
run "$m" survey -p $$ --by proc --json
is "$(jq -r .summary.method <<<"$out" | grep -c iter)" 0 "--by proc reads through /proc"

tap_done
