#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# record --rotate: the files of a flight recorder are one recording, the oldest go, and nothing else does.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP d=$tmp/rec
# bad ARGS...: a usage error with this message.
bad() {
	local want=$1
	shift
	run "$m" record "$@"
	is "$status $err" "2 mthptop: $want" "refused: $*"
}
bad "bad value for --rotate: 4K: not a size from 64K to 1T (such as 64M)" -o "$tmp/x" --rotate 4K
bad "bad value for --rotate: 1.5M: not a size from 64K to 1T (such as 64M)" -o "$tmp/x" --rotate 1.5M
bad "bad value for --keep: 1: not a number from 2 to 100000" -o "$tmp/x" --rotate 1M --keep 1
bad "missing option: --rotate SIZE: --keep is about its files (see: mthptop record --help)" -o "$tmp/x" --keep 3
bad "options do not go together: --rotate and -o -: standard output is one file" -o - --rotate 1M

[[ $(id -u) = 0 ]] || { skip "recordings" "needs root"; tap_done; }
run "$m" record -o "$tmp/t.mthp" -d 0.1
[[ $status = 0 ]] || { skip "recordings" "this machine cannot be observed: $err"; tap_done; }
${CC:-gcc} -O2 -o "$tmp/collapse" bpf/tests/collapse.c || exit 1
"$tmp/collapse" >/dev/null
[[ $? != 3 ]] || { skip "recordings" "this kernel has no MADV_COLLAPSE"; tap_done; }

# begin ARGS...: a recording in the background, when it has given up its rights.
begin() {
	"$m" record "$@" >"$tmp/out" 2>"$tmp/err" &
	recorder=$!
	for ((i = 0; i < 300; i++)); do
		grep -q '^Seccomp:.2' "/proc/$recorder/status" 2>/dev/null && break
		sleep 0.1
	done
	for ((i = 0; i < 100; i++)); do
		compgen -G "$d/t-*" >/dev/null && break
		sleep 0.1
	done
}
ended() {
	kill "$recorder" 2>/dev/null
	wait "$recorder" 2>/dev/null
	status=$? err=$(cat "$tmp/err")
}
# until_files N: makes events until there are that many files; the last ones are in the files two seconds later.
rounds=0
until_files() {
	local tries
	for ((tries = 0; tries < 100 && $(files | wc -l) < $1; tries++)); do
		"$tmp/collapse" again 20000 >/dev/null || exit 1
		rounds=$((rounds + 1))
	done
}
# until_number N: makes events until there is the file of that number.
until_number() {
	local tries
	for ((tries = 0; tries < 200; tries++)); do
		compgen -G "$d/t-$(printf %08d "$1")-*" >/dev/null && return
		"$tmp/collapse" again 20000 >/dev/null || exit 1
	done
}
files() { find "$d" -name 't-*' 2>/dev/null | sort; }
# seen FILE...: what they say of the process, as one trace.
seen() {
	cat "$@" | "$m" report - --format json 2>/dev/null |
		jq -c '[.summary.complete, .summary.lost, .summary.errors] + ([.processes[] | select(.comm == "collapse") | .scans] | [add])'
}

# Beside a recording into one file.
mkdir "$d"
begin -o "$d/t.mthp" --rotate 64K --keep 100
rotating=$recorder
"$m" record -o "$tmp/one.mthp" 2>/dev/null &
one=$!
for ((i = 0; i < 300; i++)); do
	grep -q '^Seccomp:.2' "/proc/$one/status" 2>/dev/null && break
	sleep 0.1
done
sleep 1
until_files 4
kill "$one"
wait "$one"
recorder=$rotating
ended
is "$status" 0 "it ends in order"
like "$err" "^mthptop: recorded [0-9]+ events, [0-9.]+K in [0-9]+ files, 0 old ones removed: $d/t-\\*.mthp: nothing lost\$" \
	"and says how many files there are"
mapfile -t parts < <(files)
is "$(seen "${parts[@]}")" "$(seen "$tmp/one.mthp")" "its files are the recording that one file is"
# The command's own ones; whoever asks for them: a scan each.
is "$(seen "${parts[@]}" | jq '.[3] >= '$((rounds * 20000)))" true "and have all $rounds x 20000 scans"
n=0 last=
for part in "${parts[@]}"; do
	n=$((n + 1))
	run "$m" report "$part" --format json
	now=$(jq -c '[.summary.complete, .summary.lost, (.counters | length > 0), .settings != null, (.summary.start_ns != null)]' <<<"$out")
	is "$status $now" "0 [true,0,true,true,true]" "file $n by itself is whole"
	is "$(grep -oc . <<<"$(stat -c %a "$part" | grep 600)")" 1 "and its owner's"
	case $part in
	"$d/t-$(printf %08d $n)-"*Z.mthp) ok 0 "its name says that it is number $n" ;;
	*) ok 1 "its name says that it is number $n: $part" ;;
	esac
	[[ $part > $last ]]
	ok $? "and sorts behind the last one"
	last=$part
done

# Not root's folder: of the user whose it is, with no more rights than to make and remove files there.
rm -rf "$d"
mkdir -m 700 "$d"
chown 1234:4321 "$d"
chmod 711 "$tmp"
begin -o "$d/t.mthp" --rotate 64K --keep 3
status=$(tr -s '\t ' ' ' <"/proc/$recorder/status")
like "$status" '^Uid: 1234 1234 1234 1234$' "it becomes the folder's owner"
like "$status" '^Groups: *$' "in no other group"
like "$status" '^CapPrm: 0+$' "without capabilities"
echo mine >"$d/t-00000001-20200101T000000Z.mthp"
until_number 6
run "$m" record -o "$d/u.mthp" --rotate 64K -d 1
is "$status $err" "3 mthptop: cannot write trace: $d/u.mthp: another mthptop records into this folder (choose another one)" \
	"a second recorder is refused"
kill -KILL "$recorder"
ended
is "$(files | grep -vc 20200101)" 3 "3 files are kept, whatever kills it"
is "$(cat "$d/t-00000001-20200101T000000Z.mthp")" mine "a foreign file of such a name stays"
is "$(find "$d" -name 't-0000000[2-9]*' -printf '%U %G %m\n' | sort -u)" "1234 4321 600" "files are the owner's"
is "$(find "$d" -type f | grep -vc '/t-')" 0 "there is nothing half"
for part in $(files | grep -v 20200101 | head -n 2); do
	run "$m" report "$part"
	is "$status" 0 "${part##*/} is whole"
done
run "$m" report "$(files | tail -n 1)"
is "$status" 4 "the last one ends early"
highest=$(files | tail -n 1 | sed 's,.*/t-0*\([0-9]*\)-.*,\1,')
begin -o "$d/t.mthp" --rotate 64K --keep 3
until_number $((highest + 2))
ended
is "$status" 0 "the next recording goes on with the next number"
is "$(files | grep -vc 20200101)" 3 "and removes the files of the one before"

# The file of the moment is removed: the next one begins. The folder is removed: it goes on, and says so.
rm -rf "$d"
mkdir "$d"
begin -o "$d/t.mthp" --rotate 64K
rm "$d"/t-00000001-*
for ((i = 0; i < 100; i++)); do
	compgen -G "$d/t-00000002-*" >/dev/null && break
	sleep 0.1
done
like "$(files)" 't-00000002-' "the file is removed: the next one begins"
rm -rf "$d"
for ((i = 0; i < 100; i++)); do
	grep -q 'cannot begin' "$tmp/err" && break
	sleep 0.1
done
ended
is "$status" 4 "the folder is removed: status 4"
is "$(grep -c 'cannot begin the next file' <<<"$err")" 1 "this is said once"
unlike "$err" 'Permission denied' "with the reason"

# A full disk.
mkdir "$d"
if mount -t tmpfs -o size=320k none "$d" 2>/dev/null; then
	tap_cleanup() { umount "$d" 2>/dev/null; }
	begin -o "$d/t.mthp" --rotate 64K --keep 50
	until_number 2
	head -c 1M /dev/zero >"$d/rest" 2>/dev/null
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		"$tmp/collapse" again 20000 >/dev/null
	done
	sleep 1.5
	rm "$d/rest"
	sleep 1.5
	"$tmp/collapse" full 5 >/dev/null
	sleep 1.5
	ended
	is "$status" 4 "a full disk: status 4"
	like "$err" 'events could not be written' "this is said"
	mapfile -t parts < <(files)
	for part in "${parts[@]}"; do
		"$m" script "$part" >/dev/null 2>&1
		[[ $? = 0 || $? = 4 ]]
		ok $? "${part##*/} can be read"
	done
	is "$(cat "${parts[@]}" | "$m" report - --format json 2>/dev/null | jq '[.processes[] | select(.comm == "collapse") | .collapses] | add >= 5')" \
		true "when there is room again, events are there again"
	umount "$d"
	tap_cleanup() { :; }
else
	skip "a full disk" "no file system can be mounted"
fi
tap_done
