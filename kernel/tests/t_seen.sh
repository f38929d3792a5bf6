#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mthptop on a kernel with the series: it must show the true state. w_seen makes memory of known patterns,
# lets khugepaged scan it, and prints the expected values. mthptop records at the same time, and
#
#	occupancy   histograms of every size are those of the patterns
#	creep       every chain that the page map shows between passes, and no other
#	made        blocks of each size, as many as the page map shows
#	all         the sums of BPF equal the sums of the events, and nothing was lost
#	beside      the live view, which reads the arguments of tracepoints instead of records, shows the same
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

# All tables except the timeline, which a live source fills by its ticks. Lines of the live view have no answers.
tables() {
	jq -S 'del(.timeline, .answers)' "$1"
}

# Values that depend neither on the moment at which a probe ran nor on the number of an mm in a recording.
# Not the passes: a view sees those that begin and end while it watches, and two begin at two times.
untimed() {
	tables "$1" | jq -S 'del(.summary["complete", "made_by", "writer"], .verdict_now, .changes, .settings[]["first", "changes"], .orders[].enabled, .durations, .counters, .passes) | walk(if type == "object" then
		with_entries(select(.key | test("^(mm|dur_.*|start|start_ns|duration_ns|last_ns|since_ns|ts_ns|time_ns)$") | not))
		else . end)'
}

# look_beside [OPTION...]: the live view in the background; returns when it observes. $beside: its pid.
look_beside() {
	local i caps programs view=(--json -n 1)
	[[ $1 != --dump-screen ]] || view=()
	caps=$(grep ^CapEff /proc/self/status)
	"$top" "${view[@]}" -d 3600 "$@" >"$tmp/beside.json" 2>"$tmp/beside.err" </dev/null &
	beside=$!
	# It drops root's capabilities after all programs are attached and the gate is open.
	for ((i = 0; i < 300; i++)); do
		[[ $(grep -s ^CapEff "/proc/$beside/status") = "$caps" ]] || break
		sleep 0.1
	done
	# 26: BPF_PROG_TYPE_TRACING
	programs=$(cat "/proc/$beside"/fdinfo/* 2>/dev/null | grep -c '^prog_type:	26$')
	[[ $programs = 2 ]]
	ok $? "beside: takes the arguments of both events of a scan" || sed 's/^/# /' "$tmp/beside.err"
}

stop_beside() {
	kill -INT "$beside"
	wait "$beside"
}

saw_beside() {
	stop_beside
	untimed "$tmp/beside.json" >"$tmp/beside"
	untimed "$tmp/$1.live" >"$tmp/live"
	same live beside "$1: the live view beside saw the same"
}

# have NAME FILTER TEXT: the sum of the values that jq's FILTER finds in NAME is not 0.
have() {
	[[ $(jq "[$2] | add" "$tmp/$1.live") -gt 0 ]]
	ok $? "$1: $3"
}

# record NAME OPTION... -- COMMAND...: the sums of BPF are in NAME.live.
record() {
	local name=$1
	shift
	"$top" record -o "$tmp/$name.mthp" --json "$@" >"$tmp/out" 2>"$tmp/err"
	ok $? "$name: recorded" || sed 's/^/# /' "$tmp/err"
	sed -n '/^{/,$p' "$tmp/out" >"$tmp/$name.live"
}

# observe NAME ARG...: leaves $tmp/NAME.{mthp,live,file,truth}.
observe() {
	local name=$1
	shift
	record "$name" -- "$OUT/kernel/tests/w_seen" "$@"
	grep -q 'nothing lost$' "$tmp/err"
	ok $? "$name: nothing lost" || sed 's/^/# /' "$tmp/err"
	grep -E '^(occ|chain) ' "$tmp/out" | sort >"$tmp/$name.truth"
	"$top" report -f json "$tmp/$name.mthp" >"$tmp/$name.file"
	tables "$tmp/$name.live" >"$tmp/live"
	tables "$tmp/$name.file" >"$tmp/file"
	same live file "$name: what BPF added up is what the recorded events give"
	awk '$1 == "made" { n[$2] += $3 } END { for (k in n) print k, n[k] }' "$tmp/out" |
		sort >"$tmp/$name.made"
	jq -r '.orders[] | select(.collapses > 0) | "\(.order) \(.collapses)"' "$tmp/$name.file" |
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

# Turns blocks by present pages into blocks by bucket: sixteenths, empty and full.
buckets() {
	awk '{ size = 2 ^ $2
	       b = $3 == 0 ? "empty" : $3 == size ? "full" : int($3 * 16 / size) "/16"
	       n[$2 " " b] += $4 }
	     END { for (i in n) print i, n[i] }' "$1" | sort
}

nones="0 1 17 127 128 255 256 384 510 511"
echo TAP version 13
look_beside
observe occupancy occupancy
saw_beside occupancy
buckets "$tmp/occupancy.truth" >"$tmp/want"
jq -r '.occupancy[] | select(.complete > 0) | "\(.order) \(.bucket) \(.complete)"' \
	"$tmp/occupancy.file" | sort >"$tmp/got"
same want got "occupancy: histograms of all sizes are those of the patterns"
look_beside
# shellcheck disable=SC2086
observe creep creep $nones
saw_beside creep
chains creep >"$tmp/got"
same creep.truth got \
	"creep: $(wc -l <"$tmp/creep.truth") chains, address, steps and bytes as the page map shows"
[[ -s $tmp/creep.truth ]]
ok $? "there was creep at all"
# shellcheck disable=SC2086
observe guard guard $nones
no_creep guard
look_beside
record madvise -- "$top" demo full-mad half-mad pinned-mad
have madvise '.plans[] | select(.requester == "madvise") | .scans' "there were scans"
saw_beside madvise
mkdir -p /sys/fs/cgroup/seen
look_beside --cgroup /seen
record cgroup --cgroup /seen -- sh -c 'echo $$ >/sys/fs/cgroup/seen/cgroup.procs && exec "$0" grow' \
	"$OUT/kernel/tests/w_seen"
have cgroup '.outcomes[] | select(.kind == "scan_pmd") | .count' "the older event of a scan has its cgroup"
saw_beside cgroup
look_beside --dump-screen events --size 140x60
"$OUT/kernel/tests/w_seen" grow >/dev/null
stop_beside
for event in scan_pmd mthp_scan; do
	! grep " $event " "$tmp/beside.json" | grep -v " w_seen/" && grep -q " $event " "$tmp/beside.json"
	ok $? "events: each $event has a process" || sed 's/^/# /' "$tmp/beside.json"
done
look_beside
observe refill refill
saw_beside refill
no_creep refill
for name in grow "mixed 127" fork pinned; do
	# shellcheck disable=SC2086
	observe "${name% *}" $name
	no_creep "${name% *}"
done
echo "1..$nr"
exit $bad
