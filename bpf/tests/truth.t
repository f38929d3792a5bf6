#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The truth test. While workloads with known results run, the same seconds are observed in four ways:
#
#	maps     the sums that BPF added up in the kernel (record --json)
#	file     the events that BPF streamed, recorded (report, script)
#	text     ftrace's own text of the same tracepoints, from a tracing instance of this test's own
#	vmstat   thp_collapse_alloc and thp_collapse_alloc_failed of /proc/vmstat
#
# maps and file must give the same JSON to the byte. file and text must have the same events one by one,
# field for field. vmstat must match the statuses of the events.
#
# run: alone
. "$(dirname "$0")/../../analyzer/tests/support/tap.sh"

[[ $(id -u) = 0 ]] || skip_all "needs root: BPF programs and a tracing instance"
for tool in jq unshare; do
	command -v "$tool" >/dev/null || skip_all "needs $tool"
done
# A mount namespace of its own, for a tracefs that no other process sees.
if [[ ! $MTHP_TRUTH_NS ]]; then
	unshare -m --propagation private true || skip_all "mount namespaces are not allowed here"
	MTHP_TRUTH_NS=1 exec unshare -m --propagation private "$top/bpf/tests/truth.t"
fi
mkdir "$tmp/tracing"
mount -t tracefs nodev "$tmp/tracing" 2>/dev/null || skip_all "tracefs cannot be mounted"
[[ -d $tmp/tracing/events/huge_memory ]] || skip_all "this kernel has no huge_memory tracepoints"

ft=$tmp/tracing/instances/mthptop-test-$$
tap_cleanup() {
	rmdir "$ft" 2>/dev/null
	[[ $group ]] && rmdir "$group" 2>/dev/null
	umount "$tmp/tracing"
}
mkdir "$ft" || skip_all "cannot make a tracing instance"
echo mono >"$ft/trace_clock"
echo 16384 >"$ft/buffer_size_kb"

${CC:-gcc} -O2 -Wall -Wextra -o "$tmp/collapse" bpf/tests/collapse.c || exit 1
"$tmp/collapse" >/dev/null 2>&1
[[ $? = 3 ]] && skip_all "this kernel has no MADV_COLLAPSE"
kernel_lock

# The events in ftrace's text, one a line, sorted: KIND BY SIZE STATUS FIELD=VALUE...
# $1, $2: start of the recording in ns of CLOCK_REALTIME, and its duration. Events outside of it are left
# out; a mark in the text shows how far the clocks are apart. The times of events are left out, because BPF
# reads the clock a little later.
from_text() {
	awk -v start="$1" -v duration="$2" '
	function field(name) {
		if (!match($0, "[ ,]" name "=[^, ]*"))
			return ""
		return substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 2)
	}
	function pfn(name,    n) {
		n = field(name)
		return n == "0xffffffffffffffff" ? "" : " pfn=" n
	}
	BEGIN {
		kind["mm_khugepaged_scan_pmd"] = "scan_pmd"
		kind["mm_collapse_huge_page"] = "collapse"
		kind["mm_collapse_huge_page_isolate"] = "isolate"
		kind["mm_collapse_huge_page_swapin"] = "swapin"
		kind["mm_khugepaged_scan_file"] = "scan_file"
		kind["mm_khugepaged_collapse_file"] = "collapse_file"
	}
	match($0, / [0-9]+\.[0-9]+: tracing_mark_write: /) {
		from = start / 1e9 - $NF + substr($0, RSTART + 1)
		to = from + duration / 1e9
	}
	match($0, / [0-9]+\.[0-9]+: mm_[a-z_]+: /) {
		split(substr($0, RSTART + 1, RLENGTH - 1), at, ": ")
		if (at[1] + 0 < from || at[1] + 0 > to || !(at[2] in kind))
			next
		k = kind[at[2]]
		by = $0 ~ /^ *khugepaged-/ ? "khugepaged" : "madvise"
		status = field("status") field("result")
		sub(/^ccgroup_/, "cgroup_", status)
		# These scans end before any PTE is examined, and the zeroes in them are no counts. The exception is a scan
		# after a collapse: it reports the status of that collapse.
		blind = status ~ /^(failed|pmd_null|pmd_none|page_pmd_mapped|no_process_for_page)$/ ||
			status ~ /^(vma_null|vma_check_failed|not_suitable_address_range)$/
		line = k " " by " " status
		task = substr($0, 1, index($0, "[") - 1)
		if (k == "collapse")
			collapsed[task] = 1
		if (k == "scan_pmd") {
			if (!blind || collapsed[task])
				line = line " none=" field("none_or_zero") \
					" swap=" field("unmapped") " referenced=" field("referenced")
			line = line pfn("scan_pfn")
			delete collapsed[task]
		} else if (k == "isolate") {
			line = line " none=" field("none_or_zero") \
				" referenced=" field("referenced") pfn("scan_pfn")
		} else if (k == "collapse") {
			line = line " isolated=" field("isolated")
		} else if (k == "swapin") {
			line = k " " by " - swap=" field("swapped_in") \
				" referenced=" field("referenced") " ret=" (field("ret") == 1)
		} else if (k == "scan_file") {
			line = line " present=" field("present") " swap=" field("swap") pfn("scan_pfn")
		} else if (k == "collapse_file") {
			line = line " addr=0x" field("addr") " shmem=" field("is_shmem") \
				" pages=" field("nr") pfn("hpage_pfn")
		}
		print line
	}' "$tmp/text" | sort
}

# The same of a recorded file, without the values that BPF computed beyond the event itself.
from_file() {
	"$MTHPTOP" script "$1" | awk '{
		line = $3 " " $2
		for (i = 6; i <= NF; i++)
			if ($i !~ /^(filled|took)=|^(censored|writable=.*)$/)
				line = line " " $i
		print line
	}' | sort
}

counts() {
	awk '{ print $1, $2, $3 }' "$1" | sort | uniq -c | sed 's/^ *//'
}

# once NAME CMD...: runs CMD under all four observers; leaves $tmp/NAME.{mthp,live,file,text}.
once() {
	local name=$1
	shift
	echo >"$ft/trace"
	echo "$EPOCHREALTIME" >"$ft/trace_marker"
	echo 1 >"$ft/events/huge_memory/enable"
	run "$MTHPTOP" record -o "$tmp/$name.mthp" --json -- sh -c '
		grep "^thp_collapse_alloc" /proc/vmstat >"$0.before"
		"$@" >"$0.out" 2>&1
		echo $? >"$0.status"
		grep "^thp_collapse_alloc" /proc/vmstat >"$0.after"' "$tmp/$name" "$@"
	echo 0 >"$ft/events/huge_memory/enable"
	printf '%s\n' "$out" >"$tmp/$name.live"
	cat "$ft/trace" >"$tmp/text"
	from_text $(jq '.summary | .start_ns, .duration_ns' "$tmp/$name.live") >"$tmp/$name.text"
	from_file "$tmp/$name.mthp" >"$tmp/$name.events"
}

# Did only the test's own processes collapse anything? Only their counts are known.
alone() {
	! "$MTHPTOP" script "$tmp/$1.mthp" | grep -E ' collapse(_file)? ' |
		grep -vqE ' (collapse|demo|mthptop)[^ ]*/[0-9]+ '
}

# Tries again if other processes made collapses, too.
observe() {
	local name=$1 try
	for try in 1 2 3 4 5; do
		once "$@"
		alone "$name" && break
		echo "# $name: other processes made collapses, try $try"
		sleep 2
	done
	is "$status" 0 "$name: recorded" || printf '%s\n' "$err" | sed 's/^/# /'
	like "$err" 'recorded [0-9]+ events, .*: nothing lost$' "$name: nothing was lost"
	[[ $(cat "$tmp/$name.status") = 0 ]]
	ok $? "$name: the workload did what it should" || sed 's/^/# /' "$tmp/$name.out"
}

# agree NAME
agree() {
	local name=$1 n
	n=$(wc -l <"$tmp/$name.text")
	diff "$tmp/$name.text" "$tmp/$name.events" >"$tmp/diff"
	ok $? "$name: ftrace and the file have the same $n events, field for field" ||
		head -n 20 "$tmp/diff" | sed 's/^/# /'
	[[ $n -gt 0 ]]
	ok $? "$name: there were events"
	"$MTHPTOP" report "$tmp/$name.mthp" --format json >"$tmp/$name.file"
	diff "$tmp/$name.live" "$tmp/$name.file" >"$tmp/diff"
	ok $? "$name: the maps' JSON is that of the file, to the byte" ||
		head -n 20 "$tmp/diff" | sed 's/^/# /'
	grep -v '^swapin' "$tmp/$name.text" >"$tmp/with-status"
	is "$(jq -r '.outcomes[] | "\(.count) \(.kind) \(.requester) \(.result)"' \
		"$tmp/$name.live" | sort)" "$(counts "$tmp/with-status" | sort)" \
		"$name: the maps and ftrace count the same outcomes"
	allocations "$name"
}

# collapse_huge_page() and collapse_file() first allocate the huge page, by alloc_charge_folio(). It counts
# THP_COLLAPSE_ALLOC_FAILED and fails with SCAN_ALLOC_HUGE_PAGE_FAIL, or it counts THP_COLLAPSE_ALLOC and
# then charges the memory cgroup (SCAN_CGROUP_CHARGE_FAIL). Both functions always end with their
# tracepoint, with that status or with a later one. No other code counts these two events. So of the events
# `collapse` and `collapse_file`, those with alloc_huge_page_failed failed to allocate, and all others
# allocated.
allocations() {
	local name=$1 counter want got
	for counter in thp_collapse_alloc thp_collapse_alloc_failed; do
		got=$(awk -v c=$counter '$1 == c { print (NR == FNR ? -$2 : $2) }' \
			"$tmp/$name.before" "$tmp/$name.after" | paste -sd+ | bc)
		if [[ $counter = *_failed ]]; then
			want=$(grep -cE '^collapse(_file)? [a-z]+ alloc_huge_page_failed' "$tmp/$name.text")
		else
			want=$(grep -E '^collapse(_file)? ' "$tmp/$name.text" |
				grep -cv ' alloc_huge_page_failed')
		fi
		is "$got" "$want" "$name: /proc/vmstat: $counter matches the statuses"
		is "$(jq ".counters[] | select(.name == \"$counter\") | .delta" "$tmp/$name.live")" \
			"$want" "$name: the JSON has the same $counter"
	done
}

count_of() {
	jq "[.outcomes[] | select(.kind == \"$2\" and .result == \"$3\" and .requester == \"madvise\") | .count] | add // 0" \
		"$tmp/$1.live"
}

observe known "$tmp/collapse" full 7 half 5 again 300 empty 3 pinned 4 shmem 3
agree known
# 7 full, 5 half, and the first collapse of `again`; `pinned` and `again` end in the scan.
is "$(count_of known collapse succeeded)" 13 "known: 13 collapses succeeded"
is "$(count_of known isolate succeeded)" 13 "known: 13 isolations succeeded"
is "$(count_of known scan_pmd succeeded)" 13 "known: 13 scans succeeded"
is "$(count_of known scan_pmd page_pmd_mapped)" 300 "known: 300 scans of a huge page"
is "$(count_of known scan_pmd not_suitable_page_count)" 4 "known: 4 scans met a pinned page"
is "$(count_of known collapse_file pte_mapped_hugepage)" 3 "known: 3 ranges of shared memory"
page=$(getconf PAGESIZE)
range=$(cat /sys/kernel/mm/transparent_hugepage/hpage_pmd_size)
is "$(jq ".summary.filled_bytes" "$tmp/known.live")" $((5 * (range / 2))) \
	"known: half of each of 5 ranges was filled"
is "$(jq -r '.occupancy[] | select(.complete > 0) | "\(.bucket) \(.complete)"' "$tmp/known.live" | paste -sd' ')" \
	"8/16 5 full 8" "known: 5 samples half full, 8 full"
is "$(jq '[.orders[].samples] | add' "$tmp/known.live")" 13 "known: the mapped ones are no samples"
is "$(jq -r '.processes[] | select(.comm == "collapse") | "\(.scans) \(.collapses)"' "$tmp/known.live")" \
	"$((13 + 300 + 4 + 3)) 16" "known: all of it belongs to the one process"

# The page is allocated, and then the cgroup has no room for it.
memory=/sys/fs/cgroup/memory limit=memory.limit_in_bytes
[[ -d $memory ]] || memory=/sys/fs/cgroup limit=memory.max
group=$memory/mthptop-test-$$
if mkdir "$group" 2>/dev/null && echo $((3 * range)) >"$group/$limit" 2>/dev/null; then
	observe charge sh -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$group" "$tmp/collapse" charge 3
	agree charge
	is "$(count_of charge collapse cgroup_charge_failed)" 3 "charge: 3 collapses had no room"
else
	skip "collapses that their cgroup has no room for" "no memory cgroup to be had"
fi

observe demo "$MTHPTOP" demo --pause 0
agree demo
like "$(cat "$tmp/demo.text")" '^collapse khugepaged succeeded' "demo: khugepaged collapsed something"

observe storm "$tmp/collapse" storm 1500
agree storm

# An ordinary user reads the file of another user.
chmod 644 "$tmp/storm.mthp"
run as_user "$MTHPTOP" report "$tmp/storm.mthp" --format json
[[ $out = "$(cat "$tmp/storm.live")" ]]
ok $? "an ordinary user's report is the same"
tap_done
