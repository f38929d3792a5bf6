#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mthptop demo on this kernel: scenarios do as announced, and settings are restored.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

thp=/sys/kernel/mm/transparent_hugepage
[[ -d $thp ]] || skip_all "this kernel has no transparent huge pages"

settings() {
	grep -s . "$thp"/{enabled,defrag,shmem_enabled} "$thp"/hugepages-*/*enabled \
		"$thp"/khugepaged/{scan_sleep_millisecs,alloc_sleep_millisecs,pages_to_scan,max_ptes_*}
}

# Waits up to 5 s for a condition.
soon() {
	local i
	for ((i = 0; i < 100; i++)); do
		eval "$1" && return 0
		sleep 0.05
	done
	return 1
}

kernel_lock
before=$(settings)

run "$MTHPTOP" demo --list
is "$status" 0 "the scenarios are listed"
like "$out" '^half +khugepaged ' "scenarios are listed by name and requester"

run as_user "$MTHPTOP" demo --pause 0
is "$status" 0 "an ordinary user can run it"
like "$out" '^full-mad .* ok .*8M of 8M huge' "MADV_COLLAPSE works without root"
like "$out" '^half-mad .* ok .*4M more in memory' "a half filled range doubles its memory"
like "$out" '^pinned-mad .* ok .*0 of 8M huge' "a pinned page prevents it"
unlike "$out" ' differs ' "nothing differs from what was told"
like "$out" '^full .*left out.*not root' "scenarios that need root are listed as left out"
is "$(settings)" "$before" "an ordinary user's demo changes no setting"

run "$MTHPTOP" demo no-such-scenario
is "$status" 2 "an unknown scenario is a usage error"
like "$err" '^mthptop: no such scenario: no-such-scenario \(see: ' "the error quotes the unknown word"
run "$MTHPTOP" demo -r 0
is "$status" 2 "zero ranges are a usage error"

if [[ $(id -u) != 0 || ! -w $thp/khugepaged/scan_sleep_millisecs ]]; then
	for name in khugepaged restore term kill group guardian second; do
		skip "demo as root: $name" "khugepaged's settings cannot be changed here"
	done
	tap_done
fi

run "$MTHPTOP" demo --pause 0
is "$status" 0 "root can run all of it"
unlike "$out" ' differs ' "nothing differs from what was told"
for name in full half sparse empty shared pinned uffd cold again shmem; do
	like "$out" "^$name +khugepaged +ok " "khugepaged: $name"
done
is "$(settings)" "$before" "settings are as they were after a whole run"

start_demo() {
	setsid "$MTHPTOP" demo --loop empty >"$tmp/loop" 2>&1 8>&- &
	pid=$!
	soon '[[ $(settings) != "$before" ]]'
}

start_demo
run "$MTHPTOP" demo full
is "$status" 3 "a second demo does not fight over the settings"
like "$err" '^mthptop: cannot change .*another demo holds it \(end that one first\)' "the error names the reason"
kill -TERM "$pid"
wait "$pid"
is "$?" 0 "SIGTERM ends it well"
is "$(settings)" "$before" "settings are as they were after SIGTERM"

start_demo
kill -KILL "$pid"
{ wait "$pid"; } 2>/dev/null
soon '[[ $(settings) = "$before" ]]'
ok $? "settings come back after SIGKILL"

start_demo
kill -KILL -- "-$pid"
{ wait "$pid"; } 2>/dev/null
soon '[[ $(settings) = "$before" ]]'
ok $? "settings come back after SIGKILL to its process group"

# The guardian has its name a moment after it was made.
kill_both() {
	soon 'guardian=$(pgrep -P "$pid" -x mthptop-guard)'
	kill -KILL "$guardian" "$pid"
	{ wait "$pid"; } 2>/dev/null
	sleep 0.2
}
start_demo
kill_both
[[ $(settings) != "$before" ]]
ok $? "if the guardian is killed, too, the settings stay changed"
soon '"$MTHPTOP" demo full-mad >/dev/null 2>&1'
is "$(settings)" "$before" "until the next demo starts"

start_demo
kill_both
like "$("$MTHPTOP" info --settings)" 'mthptop demo --restore' "info says that settings are a demo's"
run "$MTHPTOP" demo --restore
is "$status $(settings)" "0 $before" "demo --restore restores them"
unlike "$("$MTHPTOP" info --settings)" 'mthptop demo --restore' "info says nothing then"
run "$MTHPTOP" demo --restore
is "$status $out" "0 no demo has left settings behind" "and nothing is left to restore"
tap_done
