#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mthptop record: its ends and exit statuses, the events that it includes, and its privileges.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

[[ $(id -u) = 0 ]] || skip_all "not root: nothing can be recorded"
m=$MTHPTOP t=$tmp/t.mthp
run "$m" record -o "$t" -d 0.1
[[ $status = 0 ]] || skip_all "this machine cannot be observed: $err"
like "$err" '^mthptop: recorded [0-9]+ events, .*: ' "-d ends the recording, and record reports the number of events"

# With a command, record's exit status is the command's.
run "$m" record -o "$t" -- sh -c 'exit 7'
is "$status" 7 "a command's exit status is passed on"
run "$m" record -o "$t" -- sh -c 'kill -9 $$'
is "$status" 137 "of a killed one 128 and the signal"
run "$m" record -o "$t" -- "$tmp/nothing-here"
is "$status" 127 "a missing command: 127"
like "$err" "^mthptop: cannot run: $tmp/nothing-here: No such file" "the error names the missing command"
run "$m" record -o "$t" -- "$tmp"
is "$status" 126 "a command that cannot be executed: 126"
run "$m" report "$t"
is "$status" 0 "the trace of a failed command is complete"
run "$m" record -o "$t" -- sh -c "(trap) ; grep SigIgn /proc/self/status"
is "$(awk '/SigIgn/ { print $2 }' <<<"$out")" "$(awk '/SigIgn/ { print $2 }' /proc/self/status)" "a command ignores no signal that it did not before"
run "$m" record -o "$t" -- printf '%s|' 'a b' '$HOME' --json
is "$out" 'a b|$HOME|--json|' "a command gets its words as they are, without a shell"
run "$m" record -d 0.3 -o "$t" -- sleep 60
is "$status" 143 "-d ends the command, too"
start=$EPOCHSECONDS
run "$m" record -d 0.3 -o "$t" -- sh -c 'trap "" TERM; sleep 60; sleep 60'
is "$status" 137 "also one that does not listen"
((EPOCHSECONDS - start < 15))
ok $? "record ends within seconds" || echo "# $((EPOCHSECONDS - start)) s"
run "$m" record -d 0.5 -o "$t" -- sh -c "
	sleep 60 & echo \$! >$tmp/pids
	setsid sh -c 'echo \$\$ >>$tmp/pids; trap \"\" TERM; sleep 60; sleep 60' &
	sleep 60; true"
is "$(wc -l <"$tmp/pids") $(xargs kill -0 <"$tmp/pids" 2>&1 | grep -c 'No such process')" "2 2" \
	"and all that it has started"
# Another user's process is ended, too, but not by who has no right to do so.
run timeout 30 "$m" record -d 0.3 -o "$t" -- setpriv --reuid=65533 --clear-groups sh -c 'echo $$; exec sleep 60 >/dev/null 2>&1'
is "$status" 143 "a command of another user is ended"
! kill -0 "$out" 2>/dev/null
ok $? "and is gone"
run timeout 30 setpriv --bounding-set=-kill "$m" record -d 0.3 -o "$t" -- setpriv --reuid=65533 --clear-groups \
	sh -c 'echo $$; exec sleep 60 >/dev/null 2>&1'
kill "$out"
is "$status" 3 "a command of another user that goes on does not hold up the end"
like "$err" '^mthptop: cannot end the command: ' "and this is said"
"$m" report "$t" >/dev/null
ok $? "the file is whole"
run unshare -m sh -c 'mount -t tmpfs none /proc && exec timeout 30 "$@"' sh \
	"$m" record -d 0.3 -o "$t" -- sleep 60
is "$status" 143 "-d ends a command where /proc does not list its children" || echo "# $err"
run "$m" record -o "$t" -- sh -c "sleep 60 >/dev/null & echo \$! >$tmp/pids"
kill "$(cat "$tmp/pids")"
ok $? "a process that a finished command started goes on"
# signalled SIG SECS FILE CMD...: as run; sends SIG to CMD SECS seconds after FILE appears.
signalled() {
	local sig=$1 secs=$2 file=$3 i
	shift 3
	rm -f "$file"
	"$@" >"$tmp/out" 2>"$tmp/err" &
	for ((i = 0; i < 300; i++)); do
		[ -s "$file" ] && break
		sleep 0.1
	done
	sleep "$secs"
	kill -s "$sig" $!
	wait $! 2>/dev/null
	status=$? out=$(cat "$tmp/out") err=$(cat "$tmp/err")
}

signalled TERM 0 "$tmp/ready" "$m" record -o "$t" -- \
	sh -c "trap 'echo ended >$tmp/end; exit 5' TERM; echo >$tmp/ready; while :; do sleep 0.05; done"
is "$(cat "$tmp/end" 2>&1)" ended "a signal to mthptop ends the command in order"
run "$m" report "$t" --format json
is "$status $(jq .summary.complete <<<"$out")" "0 true" "the file is whole then, too"
for sig in INT HUP; do
	signalled "$sig" 0.3 "$t" "$m" record -o "$t"
	like "$err" '^mthptop: recorded ' "SIG$sig ends the recording in order"
	run "$m" report "$t" --format json
	is "$(jq .summary.complete <<<"$out")" true "SIG$sig: the file is whole"
done

# A killed recording has all flushed events, and is marked as incomplete.
signalled KILL 2.5 "$t" "$m" record -o "$t"
run "$m" report "$t" --format json
is "$status $(jq .summary.complete <<<"$out")" "4 false" "SIGKILL: flushed events can be read"
[[ $(jq .summary.duration_ns <<<"$out") -gt 900000000 ]]
ok $? "SIGKILL: up to the last second"

# A watched process: ended, ending, and running.
sleep 0 &
gone=$!
wait "$gone"
run "$m" record -o "$t" -p "$gone" -d 0.1
is "$status" 3 "-p of a process that is gone"
like "$err" "^mthptop: cannot watch process: $gone: no such process\$" "says so"
for secs in 0 -1 1e99 nan x ''; do
	run "$m" record -o "$t" -d "$secs"
	is "$status" 2 "-d '$secs' is a usage error"
done
start=$EPOCHSECONDS
sleep 1 &
run "$m" record -o "$t" -p $!
is "$status" 0 "-p: the end of the process ends the recording"
[[ $((EPOCHSECONDS - start)) -lt 10 ]]
ok $? "-p: at once"

sleep 0.5 &
run timeout 20 "$m" record -o "$t" -p $! -- sleep 60
is "$status" 143 "-p: and the command with it"

# Impossible outputs.
run "$m" record -o "$tmp/no/such/dir.mthp" -d 0.1
is "$status" 3 "an output that cannot be made"
like "$err" "^mthptop: .*$tmp/no/such/dir.mthp: No such file" "is named"
run "$m" record -o "$tmp" -d 0.1
is "$status" 3 "an output that is a directory"
run "$m" record -o /dev/full -d 0.1
is "$status" 3 "an output that is full from the start" || printf '%s\n' "$err" | sed 's/^/# /'

# Which events a filter includes.
${CC:-gcc} -O2 -o "$tmp/collapse" bpf/tests/collapse.c || exit 1
"$tmp/collapse" >/dev/null
if [[ $? = 3 ]]; then
	skip "filters" "this kernel has no MADV_COLLAPSE"
else
	kernel_lock
	cat >"$tmp/late" <<-'END'
	#!/bin/sh
	# late FILE CMD...: runs CMD once FILE exists.
	while [ ! -e "$0.go" ]; do sleep 0.05; done
	exec "$@"
	END
	chmod +x "$tmp/late"
	"$tmp/late" "$tmp/collapse" half 3 full 1 >/dev/null &
	one=$!
	run "$m" record -o "$t" --json -p "$one" -- sh -c \
		"'$tmp/collapse' full 5 >/dev/null; touch '$tmp/late.go'; sleep 0.5"
	is "$(jq '[.orders[].collapses] | add' <<<"$out")" 4 "-p: collapses of this process only"
	is "$(jq '.summary.filled_bytes' <<<"$out")" \
		$((3 * $(cat /sys/kernel/mm/transparent_hugepage/hpage_pmd_size) / 2)) \
		"-p: filled pages are known, though isolations have no owner"
	is "$(jq '.processes[].tgid' <<<"$out")" "$one" "-p: no other process has a row"
	"$m" report "$t" --format json >"$tmp/file"
	of_both='[(.summary | del(.made_by, .writer)), .outcomes, .processes]'
	is "$(jq -c "$of_both" "$tmp/file")" "$(jq -c "$of_both" <<<"$out")" "-p: the file has the same"
	is "$(jq -r '.summary | [.made_by, .host] | join(" ")' "$tmp/file")" "record $(uname -n)" "-p: and says where it comes from"

	group=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/mthptop-test-$$
	if mkdir -p "$group/below" 2>/dev/null; then
		tap_cleanup() { rmdir "$group/below" "$group"; }
		run "$m" record -o "$t" --json --cgroup "/mthptop-test-$$" -- sh -c "
			'$tmp/collapse' full 2
			(echo 0 >'$group/cgroup.procs'; '$tmp/collapse' full 3)
			(echo 0 >'$group/below/cgroup.procs'; '$tmp/collapse' full 4)
			true" 
		json=$(sed -n '/^{/,$p' <<<"$out")
		is "$(jq '[.orders[].collapses] | add' <<<"$json")" 7 "--cgroup: the cgroup and those below it"
		is "$(jq -c '[.processes[] | .collapses] | sort' <<<"$json")" '[3,4]' "--cgroup: two processes"
		run "$m" report "$t" --cgroup "/mthptop-test-$$/below" --format json
		is "$(jq '[.processes[] | .collapses] | add' <<<"$out")" 4 "the file knows cgroups by their paths"
	else
		skip "--cgroup" "no cgroup v2 hierarchy to write to"
	fi
fi
run "$m" record -o "$t" --cgroup /no/such/group -d 0.1
is "$status" 3 "a cgroup that does not exist"
like "$err" '^mthptop: cannot watch cgroup: /no/such/group: No such file' "is named"

# Privileges: record gives up all of them once it runs, and CMD keeps those of the caller.
"$m" record -o "$t" -- sh -c "grep CapEff /proc/self/status >$tmp/cmd; grep -E 'Cap(Eff|Prm)|NoNew' /proc/\$PPID/status >$tmp/own"
is "$(tr -d '\t' <"$tmp/own" | paste -sd' ')" \
	"CapPrm:0000000000000020 CapEff:0000000000000020 NoNewPrivs:1" \
	"recording goes on without any capability but CAP_KILL, by which it ends the command"
is "$(cat "$tmp/cmd")" "$(grep CapEff /proc/self/status)" "the command keeps its own"
is "$(stat -c %a "$t")" 600 "a trace is for its owner only"
if SUDO_UID=65534 SUDO_GID=65534 "$m" record -o "$tmp/theirs.mthp" -d 0.1 2>/dev/null; then
	is "$(stat -c %u "$tmp/theirs.mthp")" 65534 "under sudo the trace belongs to the caller of sudo"
fi
tap_done
