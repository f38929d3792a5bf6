#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A survey by BPF and one through /proc, of the same stopped process with memory of every kind (s_memory.c): both must say
# the same, number for number and PMD range by PMD range. As analyzer/tests/e2e/survey_ways.t, on a kernel of
# Debian's, and on each kind of page table.
#
# Not on 6.1: without PAGEMAP_SCAN a survey through /proc relies on smaps, which there counts neither unreachable huge
# pages nor the zero page, so that mappings of nothing else are not read.
#
# kernels: 6.12 7.3 7.3-arm64 6.12-arm64-16k
# by name: 6.18 7.1 7.2 6.12-arm64

. ./ktap.sh
thp=/sys/kernel/mm/transparent_hugepage
echo madvise >$thp/enabled && echo 100000000 >$thp/khugepaged/scan_sleep_millisecs
ok $? "khugepaged is at rest"
echo 1 >/proc/sys/vm/nr_hugepages
echo 5 >/sys/kernel/mm/ksm/sleep_millisecs
echo 5000 >/sys/kernel/mm/ksm/pages_to_scan

look() { # NAME PID...
	local name=$1 pid options=()
	shift
	for pid; do
		options+=(-p "$pid")
	done
	mthptop survey "${options[@]}" --by "$name" --json -o "$tmp/$name.json" --record "$tmp/$name.mthp" 2>"$tmp/err" || {
		sed 's/^/# /' "$tmp/err"
		return 1
	}
	jq -S 'del(.summary["start", "start_ns", "took_ns", "method", "not_iter", "hold_smaps_ns", "hold_pages_ns", "calls"])' \
		"$tmp/$name.json" >"$tmp/$name.numbers"
	mthptop script "$tmp/$name.mthp" | sed 's/^ *[0-9.]* //' >"$tmp/$name.script"
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

same() {
	diff "$tmp/proc.$1" "$tmp/iter.$1" >"$tmp/diff"
	ok $? "$2" || head -n 20 "$tmp/diff" | cut -c1-300 | sed 's/^/# /'
}

agree() { # WHAT PID...
	local what=$1
	shift
	look iter "$@" && look proc "$@"
	ok $? "$what: surveyed in both ways" || return
	ranges iter
	ranges proc
	[[ -s $tmp/iter.ranges ]]
	ok $? "$what: there are PMD ranges"
	warm iter
	warm proc
	same numbers "$what: all numbers are the same"
	same ranges "$what: every PMD range is the same"
	[[ $(jq .summary.lost "$tmp/iter.json") = 0 ]]
	ok $? "$what: nothing was lost"
	echo "# took $(jq .summary.took_ns "$tmp/iter.json") ns by BPF, $(jq .summary.took_ns "$tmp/proc.json") through /proc;" \
		"longest call $(jq .summary.hold_pages_ns "$tmp/iter.json") ns"
}

# Linux 6.9 to 6.14 report KSM of every anonymous page in /proc/kpageflags, so that it tells nothing there.
ksm=1
[[ $(uname -r) != 6.12.* ]] || ksm=0

start() { # SEED [alone]
	echo $ksm >/sys/kernel/mm/ksm/run
	mkfifo "$tmp/in.$1"
	./s_memory "$1" "$tmp/file" $2 <"$tmp/in.$1" >"$tmp/out" &
	pid=$!
	exec 7>"$tmp/in.$1"
	until grep -q '^ready' "$tmp/out"; do
		sleep 0.1
	done
	echo 0 >/sys/kernel/mm/ksm/run
	sed -n 's/^lacks/# lacks/p' "$tmp/out"
	child=$(sed -n 's/^child //p' "$tmp/out")
	sleep 0.3
}

for word in madvise never; do
	for f in "$thp"/hugepages-*/enabled; do
		[[ ! -w $f ]] || echo $word >"$f"
	done
	echo madvise >$thp/enabled
	start ${#word}
	agree "sizes $word" "$pid"
	agree "sizes $word, a child" "$child"
	agree "sizes $word, both" "$pid" "$child"
	kill -KILL "$pid" "$child"
	exec 7>&-
	wait "$pid" 2>/dev/null
done
# With a child nearly every page is looked at one by one; without one nearly none.
for f in "$thp"/hugepages-*/enabled; do
	[[ ! -w $f ]] || echo madvise >"$f"
done
start 3 alone
agree "alone" "$pid"
kill -KILL "$pid"
exec 7>&-
wait "$pid" 2>/dev/null
echo "1..$nr"
exit "$bad"
