#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What mthptop shows of a known workload (s_collapse.c) must equal the workload's own account, the events as
# text from tracefs, and the kernel's counters. The process has a hostile name, or that of khugepaged.

. ./ktap.sh
events=/sys/kernel/tracing/instances/stock
khugepaged=$(grep -lx khugepaged /proc/[0-9]*/comm | cut -d/ -f3)

is() { # GOT WANT TEXT
	[[ $1 = "$2" ]]
	ok $? "$3" || printf '# wanted: %q\n# got: %q\n' "$2" "$1"
}

same() { # FILE FILE TEXT
	diff "$tmp/$1" "$tmp/$2" >"$tmp/diff"
	ok $? "$3" || sed 's/^/# /' "$tmp/diff"
}

account() { # KEY: what the workload printed
	sed -n "s/^$1 //p" "$tmp/out"
}

count() { # KIND REQUESTER RESULT: in the report; REQUESTER may be "any"
	jq --arg k "$1" --arg w "$2" --arg r "$3" '[.outcomes[] | select(.kind == $k and .result == $r and
		($w == "any" or .requester == $w)).count] | add // 0' "$tmp/json"
}

# A name may contain anything, a newline, too: the text after the process id counts. Events of khugepaged
# are known by its process id, and the memory by the mm of the workload's own events.
text_events() {
	LC_ALL=C awk -v kh="$khugepaged" '
	/^#/ || !match($0, /-[0-9]+ +\[[0-9]+\] /) { next }
	{
		task = substr($0, RSTART + 1, RLENGTH) + 0
		rest = substr($0, RSTART + RLENGTH)
		kind = rest
		sub(/^[^:]*: /, "", kind)
		sub(/:.*/, "", kind)
		sub(/.* mm=/, "", rest)
		mm = rest
		sub(/,.*/, "", mm)
		sub(/.* status=/, "", rest)
		sub(/,.*/, "", rest)
		who = task == kh ? "khugepaged" : "madvise"
		if (who == "madvise")
			its = mm
		line[++n] = mm " " kind " " who " " rest
	}
	END {
		for (i = 1; i <= n; i++)
			if (index(line[i], its " ") == 1)
				print substr(line[i], length(its) + 2)
	}' "$events/trace" | sed 's/^mm_khugepaged_scan_pmd /scan_pmd /; s/^mm_collapse_huge_page /collapse /' |
		sort | uniq -c | awk '{ print $2, $3, $4, $1 }' >"$tmp/text"
}

# observe HOW NAME: records the workload, and leaves $tmp/{out,json,all,text}. Tracing ends with the workload,
# so that no other process gets the address of its mm.
observe() {
	echo >"$events/trace"
	cat >"$tmp/run" <<-RUN
		echo 1 >$events/tracing_on
		./s_collapse "\$@"
		status=\$?
		echo 0 >$events/tracing_on
		exit \$status
	RUN
	mthptop record -o "$tmp/trace.mthp" -- bash "$tmp/run" "$1" "$2" >"$tmp/out" 2>"$tmp/err"
	ok $? "$1: recorded" || sed 's/^/# /' "$tmp/err" "$tmp/out"
	grep -q 'nothing lost$' "$tmp/err"
	ok $? "$1: nothing lost" || sed 's/^/# /' "$tmp/err"
	mthptop report --format json "$tmp/trace.mthp" >"$tmp/all"
	mthptop report --format json -p "$(account pid)" "$tmp/trace.mthp" >"$tmp/json"
	text_events
	jq -r '.outcomes[] | select(.kind == "scan_pmd" or .kind == "collapse") |
		"\(.kind) \(.requester) \(.result) \(.count)"' "$tmp/json" | sort >"$tmp/shown"
	same text shown "$1: scans and collapses, their requesters and results are those of tracefs"
	is "$(count collapse any succeeded)" "$(account made)" "$1: as many collapses as the page map shows"
	counters "$1"
}

# What the recording says of the kernel's counters, and of all processes.
counters() {
	local delta
	delta=$(jq '.counters[] | select(.name == "thp_collapse_alloc").delta' "$tmp/all")
	is "$(jq '.summary | .collapses + .failures' "$tmp/all")" "$delta" "$1: as many attempts as thp_collapse_alloc counts"
	delta=$(jq '.counters[] | select(.name == "pages_collapsed").delta' "$tmp/all")
	is "$(jq '[.outcomes[] | select(.kind == "collapse" and .requester == "khugepaged" and
		.result == "succeeded").count] | add // 0' "$tmp/all")" "$delta" \
		"$1: as many collapses by khugepaged as pages_collapsed counts"
}

named() { # NAME TEXT: the process has that name, in JSON, and nowhere unescaped
	is "$(jq -r --argjson pid "$(account pid)" '.processes[] | select(.tgid == $pid).comm' "$tmp/json")" "$1" "$2"
	! mthptop report "$tmp/trace.mthp" | LC_ALL=C grep -q $'\x1b'
	ok $? "$2: no control character reaches the terminal"
}

# Only the workload's memory is scanned, and only on its request: what is counted before and after the events
# are read is then the same.
thp=/sys/kernel/mm/transparent_hugepage
echo madvise >$thp/enabled && echo 100000000 >$thp/khugepaged/scan_sleep_millisecs
ok $? "khugepaged is at rest"

mkdir "$events" && echo 0 >"$events/tracing_on" && echo 16384 >"$events/buffer_size_kb" &&
	echo 1 >"$events/events/huge_memory/mm_khugepaged_scan_pmd/enable" &&
	echo 1 >"$events/events/huge_memory/mm_collapse_huge_page/enable"
ok $? "tracefs records the events as text"

mthptop info >"$tmp/info"
ok $? "info works"
is "$(sed -n 's/^ *release  *//p' "$tmp/info")" "$(uname -r) $(uname -m)" "info: the kernel"
is "$(sed -n 's/^ *observing  *//p' "$tmp/info")" possible "info: it can be observed"
# A tracepoint tells all about a range only if the scan succeeded. With probes no sample is censored.
counted=bucket
! grep -q '^ *detail  *ranges:' "$tmp/info" || counted=scanned
timeout 120 mthptop --json -n 1 -d 1 >"$tmp/live" 2>"$tmp/err"
ok $? "the live view prints a line of JSON" || sed 's/^/# /' "$tmp/err"
is "$(jq -r .summary.release "$tmp/live")" "$(uname -r)" "live: the kernel"

observe apart 'a "b\x1b[31m\n\x27'
is "$(count collapse madvise succeeded)" "$(account madvise)" "apart: collapses by MADV_COLLAPSE"
is "$(count collapse khugepaged succeeded)" "$(account khugepaged)" "apart: collapses by khugepaged"
is "$(count scan_pmd khugepaged exceed_none_pte)" "$(account holes)" "apart: ranges with too many holes"
is "$(jq '[.outcomes[] | select(.kind == "scan_pmd" and .requester == "madvise" and .result != "succeeded").count] |
	add // 0' "$tmp/json")" "$(account refused)" "apart: what MADV_COLLAPSE refused"
is "$(jq --argjson pid "$(account pid)" '.processes[] | select(.tgid == $pid).filled_bytes' "$tmp/json")" \
	"$(account filled)" "apart: bytes filled"
is "$(jq -r '.summary.pmd_order as $pmd | .occupancy[] | select(.order == $pmd and .complete > 0) |
	"\(.bucket) \(.complete)"' "$tmp/json" | sort)" "$(account "$counted" | sort)" "apart: occupancy"
named $'a "b\x1b[31m\n\'' "apart: the hostile name"

observe both khugepaged
few=$(($(account made) / 13))
[[ $(count collapse madvise succeeded) -ge $few && $(count collapse khugepaged succeeded) -ge $few ]]
ok $? "both: at the same time" || jq -c '.outcomes[]' "$tmp/json" | sed 's/^/# /'
named khugepaged "both: a process named as khugepaged"
is "$(jq '[.outcomes[] | select(.kind == "collapse" and .requester == "unknown").count] | add // 0' "$tmp/json")" 0 \
	"both: every requester is known"
rmdir "$events"
echo "1..$nr"
exit "$bad"
