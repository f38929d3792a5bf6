#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a live view and a recording have given up once they run, and that they count as well as before. What they can
# still do, test_confine.c tries.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP t=$tmp/t.mthp
[[ $(id -u) = 0 ]] || skip_all "needs root"
run "$m" record -o "$t" -d 0.1
[[ $status = 0 ]] || skip_all "this machine cannot be observed: $err"
${CC:-gcc} -O2 -o "$tmp/collapse" bpf/tests/collapse.c || exit 1

# confined PID: waits until it has given up all it gives up.
confined() {
	local i
	for ((i = 0; i < 200; i++)); do
		grep -q '^Seccomp:.2' "/proc/$1/status" 2>/dev/null && return
		sleep 0.1
	done
}

# has NAME PID UID GID CAPS: what its status says.
has() {
	local status
	status=$(tr -s '\t ' ' ' <"/proc/$2/status")
	like "$status" "^Uid: $3 $3 $3 $3\$" "$1: user $3"
	like "$status" "^Gid: $4 $4 $4 $4\$" "$1: group $4"
	like "$status" '^Groups: *$' "$1: no other group"
	like "$status" "^CapPrm: $5\$" "$1: capabilities"
	like "$status" '^CapBnd: 0+$' "$1: none can be had by another program"
	like "$status" '^NoNewPrivs: 1$' "$1: nor anything else"
	like "$status" '^Seccomp: 2$' "$1: system calls are filtered"
}
none=0000000000000000

# begin UID GID CMD...: in the background, with SUDO_UID and SUDO_GID as given; "-": without.
begin() {
	local uid=$1 gid=$2
	shift 2
	if [[ $uid = - ]]; then
		env -u SUDO_UID -u SUDO_GID "$@" >"$tmp/out" 2>"$tmp/err" &
	else
		SUDO_UID=$uid SUDO_GID=$gid "$@" >"$tmp/out" 2>"$tmp/err" &
	fi
	pid=$!
	confined $pid
}
ended() {
	kill -INT $pid 2>/dev/null
	wait $pid
	status=$?
}

begin - - "$m" record -o "$t"
has "record as root" $pid 65534 65534 $none
"$tmp/collapse" full 9 >/dev/null
ended
is "$status $("$m" report "$t" --format json | jq '[.processes[] | select(.comm == "collapse") | .collapses] | add')" "0 9" \
	"it counts on, and ends in order"
begin 1234 4321 "$m" record -o "$tmp/u.mthp"
has "record under sudo" $pid 1234 4321 $none
ended
is "$(stat -c '%u %g %a' "$tmp/u.mthp")" "1234 4321 600" "the trace is the caller's"
begin 1234 4321 "$m" --json -d 60
has "live under sudo" $pid 1234 4321 $none
"$tmp/collapse" full 7 >/dev/null
ended
is "$status $(jq '[.processes[] | select(.comm == "collapse") | .collapses] | add' "$tmp/out")" "0 7" "it counts on, and ends in order"

# Names of users that are none: nobody, and the file stays root's.
for uid in "" abc -1 12x 0x10 4294967295 99999999999 " 5" 0; do
	rm -f "$tmp/v.mthp"
	begin "$uid" 100 "$m" record -o "$tmp/v.mthp"
	is "$(awk '/^Uid/ { print $2 }' "/proc/$pid/status") $(stat -c %u "$tmp/v.mthp")" "65534 0" "SUDO_UID is \"$uid\": nobody"
	ended
done

begin 1234 0 "$m" record -o "$tmp/v.mthp"
has "a caller in root's group" $pid 1234 65534 $none
ended

# In a folder where the user may not write; a command of root's is ended in spite of that.
mkdir -m 700 "$tmp/closed"
begin 1234 4321 "$m" record -o "$tmp/closed/t.mthp" -- "$tmp/collapse" full 5
wait $pid
is "$? $("$m" report "$tmp/closed/t.mthp" --format json | jq -c '[.summary.complete, .summary.lost]')" "0 [true,0]" \
	"a folder that the user may not write to: the file is whole"
begin 1234 4321 "$m" record -d 1 -o "$t" -- sleep 60
sleeper=$(pgrep -P $pid)
has "record with a command" $pid 1234 4321 0000000000000020
wait $pid
is $? 143 "the command is ended, although it is root's"
! kill -0 "$sleeper" 2>/dev/null
ok $? "and is gone"

# What is not there is said, with -v alone; and what is given up.
run "$m" record -v -o "$t" -d 0.1
for what in "the bounding set of capabilities" "root's user and groups" capabilities "system calls"; do
	like "$err" "^mthptop: gave up $what\$" "-v: $what"
done
like "$err" "^mthptop: (gave up writing to files|cannot give up writing to files: this kernel has no such thing)\$" "-v: files"
run "$m" record -o "$t" -d 0.1
unlike "$err" 'give up|gave up' "without -v nothing of this is said"
tap_done
