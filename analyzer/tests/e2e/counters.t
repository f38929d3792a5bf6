#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two exporters and two recordings at once, over the same collapses: each counter of each exporter rises by exactly what
# each recording has, by requester, size and result.
#
# run: long
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
[ "$(id -u)" = 0 ] || skip_all "not root: nothing can be observed"
command -v curl >/dev/null || skip_all "curl is not installed"
${CC:-gcc} -O2 -o "$tmp/collapse" bpf/tests/collapse.c || exit 1
"$tmp/collapse" >/dev/null
[ $? != 3 ] || skip_all "this kernel has no MADV_COLLAPSE"
root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
group=$root/mthptop-counters-$$
mkdir "$group" "$group/a" "$group/b" 2>/dev/null || skip_all "no cgroup v2 hierarchy to write to"
# Attempts that fail: their memory cgroup has no room. It is another hierarchy on machines with the older one.
memory=$(awk '$3 == "cgroup" && $4 ~ /(^|,)memory(,|$)/ { print $2; exit }' /proc/mounts) limit=memory.limit_in_bytes
[ "$memory" ] || memory=$root limit=memory.max
full=$memory/mthptop-counters-full-$$
[ "$memory" = "$root" ] && full=$group/full
pmd=$(cat /sys/kernel/mm/transparent_hugepage/hpage_pmd_size)
mkdir "$full" && echo $((3 * pmd)) >"$full/$limit" || { rmdir "$full"; full=; } 2>/dev/null
pids=()
tap_cleanup() {
	((${#pids[@]})) && kill "${pids[@]}" 2>/dev/null
	wait
	for _ in {1..50}; do
		rmdir "$full" "$group/a" "$group/b" "$group" 2>/dev/null
		[ -d "$group" ] || break
		sleep 0.1
	done
}
kernel_lock

# Filtered by a cgroup, since others make collapses, too, before and after.
ats=()
for i in 1 2; do
	: >"$tmp/exp$i.err"
	"$m" export -l 127.0.0.1:0 --cgroup "/${group##*/}" 2>"$tmp/exp$i.err" &
	pids+=($!)
	for _ in {1..600}; do
		grep -q 'serving http' "$tmp/exp$i.err" && break
		kill -0 "${pids[-1]}" 2>/dev/null || break
		sleep 0.1
	done
	ats+=("$(sed -n 's/.*serving http at \([0-9.]*:[0-9]*\).*/\1/p' "$tmp/exp$i.err")")
done
if grep -q 'cannot observe' "$tmp"/exp*.err; then
	skip "counters equal recordings" "cannot observe this kernel"
	tap_done
fi
[ "${ats[0]}" ] && [ "${ats[1]}" ]
ok $? "two exporters at once" || tap_done

# work A|B ACTION COUNT...: a process in a cgroup. Whether the kernel does what it expects is no matter here.
cat >"$tmp/work" <<'END'
group=$1 collapse=$2 full=$3
work() {
	(echo 0 >"$group/$1/cgroup.procs" && shift && exec "$collapse" "$@") >/dev/null 2>&1 </dev/null
}
work a full 3 half 2 again 5
work b empty 4 pinned 2 full 6
# Two processes at once, in two cgroups.
work a storm 300 &
work b half 9 shmem 2 &
wait
[ "$full" ] && (echo 0 >"$group/b/cgroup.procs"; echo 0 >"$full/cgroup.procs"; exec "$collapse" charge 3) >/dev/null 2>&1
true
END
# round N NAME: two recordings of the work, one inside the other.
round() {
	for i in 0 1; do
		curl -s -m 60 "http://${ats[$i]}/metrics" >"$tmp/before$i"
	done
	run "$m" record -o "$tmp/outer.mthp" --json --cgroup "/${group##*/}" -- \
		"$m" record -o "$tmp/inner.mthp" --cgroup "/${group##*/}" -- bash "$tmp/work" "$group" "$tmp/collapse" "$full"
	is "$status" 0 "$1: recorded" || sed 's/^/# /' <<<"$err"
	"$m" report "$tmp/outer.mthp" --format json >"$tmp/r0"
	"$m" report "$tmp/inner.mthp" --format json >"$tmp/r1"
	# The text of an exporter is up to a second old.
	sleep 1.2
	for i in 0 1; do
		curl -s -m 60 "http://${ats[$i]}/metrics" >"$tmp/after$i"
		for k in 0 1; do
			python3 analyzer/tests/support/counters.py "$tmp/before$i" "$tmp/after$i" "$tmp/r$k" >"$tmp/tap" 2>&1 ||
				echo "not ok: $(tail -n 1 "$tmp/tap")" >>"$tmp/tap"
			while read -r line; do
				case $line in
				"ok "*) ok 0 "$1: exporter $i, recording $k: ${line#ok }" ;;
				"not ok"*) ok 1 "$1: exporter $i, recording $k: ${line#not ok}" ;;
				*) echo "$line" ;;
				esac
			done <"$tmp/tap"
		done
	done
}
round first
[ "$(jq .summary.collapses "$tmp/r0")" -gt 15 ] && [ "$(jq .summary.scans "$tmp/r0")" -gt "$(jq .summary.collapses "$tmp/r0")" ]
ok $? "it is not nothing: $(jq -c '.summary | [.scans, .collapses, .failures, .collapsed_bytes, .filled_bytes]' "$tmp/r0")"
[ "$(jq '[.outcomes[] | .result] | unique | length' "$tmp/r0")" -ge 3 ]
ok $? "with several results: $(jq -c '[.outcomes[] | .result] | unique' "$tmp/r0")"
[ "$(jq '[.outcomes[] | select(.kind == "scan_file")] | length' "$tmp/r0")" -ge 1 ]
ok $? "and shared memory"
if [ "$full" ]; then
	[ "$(jq .summary.failures "$tmp/r0")" -ge 3 ]
	ok $? "and attempts that failed"
else
	skip "and attempts that failed" "no memory cgroup to be had"
fi
# Counters that have counted already, too.
round second
kill "${pids[@]}"
wait "${pids[0]}"
is $? 0 "the exporters end in order"
pids=()
tap_done
