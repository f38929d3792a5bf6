#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `make run`: a view of the demo, or of the sample trace. It leaves no process and no setting behind.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

thp=/sys/kernel/mm/transparent_hugepage
script=$top/analyzer/run-demo

settings() {
	cat "$thp"/enabled "$thp"/shmem_enabled "$thp"/khugepaged/*_millisecs \
		"$thp"/khugepaged/{pages_to_scan,max_ptes_*} 2>/dev/null
}

# Waits up to 10 s for a condition.
soon() {
	local i
	for ((i = 0; i < 200; i++)); do
		eval "$1" && return 0
		sleep 0.05
	done
	return 1
}

# An ordinary user, without a terminal.
run as_user timeout 60 "$script"
is "$status" 0 "an ordinary user gets a view"
is "$(wc -l <"$tmp/.err")" 1 "after one line"
like "$err" '^mthptop: cannot observe: .*CAP_BPF.*: opening the bundled sample trace instead$' \
	"that says why it is not live"
like "$out" 'demo:half ' "the view is that of the sample trace"

# A session in a terminal of 100x30: session NAME CMD...
session() {
	local name=$1
	shift
	tmux -S "$tmp/tmux" -f /dev/null new-session -d -s "$name" -x 100 -y 30 \
		"$*; echo status \$?; sleep 60"
}
screen() {
	tmux -S "$tmp/tmux" capture-pane -p -t "$1"
}
tap_cleanup() {
	[ -S "$tmp/tmux" ] && tmux -S "$tmp/tmux" kill-server 2>/dev/null
}

if ! command -v tmux >/dev/null; then
	skip "in a terminal, as an ordinary user" "tmux is not installed"
else
	chmod 777 "$tmp"
	ordinary=
	[ "$(id -u)" != 0 ] || ordinary="setpriv --reuid=65534 --regid=65534 --clear-groups"
	session user "$ordinary $script"
	soon 'screen user | grep -q "opening the bundled sample trace"'
	ok $? "in a terminal the reason stays readable"
	soon 'screen user | grep -Eq "demo|2M"'
	ok $? "then the screens of the sample trace are open"
	tmux -S "$tmp/tmux" send-keys -t user q
	soon 'screen user | grep -q "^status 0"'
	ok $? "q ends view and demo"
	tmux -S "$tmp/tmux" kill-server
fi

kernel_lock
before=$(settings)
run "$MTHPTOP" -b -n 1 -d 0.1
if [ "$status" != 0 ] || [ "$(id -u)" != 0 ]; then
	skip "live view over the demo" "cannot observe here: $err"
	tap_done
fi

run timeout 60 "$script"
is "$status" 0 "root gets a view without a terminal too"
is "$err" "" "no message is printed"
like "$out" ' demo:(full|half|sparse|empty|shared) ' "that shows the demo at work"
is "$(settings)" "$before" "settings are as they were"
soon '! pgrep -f "^$MTHPTOP demo --loop" >/dev/null'
ok $? "the demo has ended"

if ! command -v tmux >/dev/null; then
	skip "in a terminal, as root" "tmux is not installed"
	tap_done
fi
session root "$script"
soon 'screen root | grep -q "2M"'
ok $? "root gets the live screens in a terminal"
soon '[[ $(settings) != "$before" ]]'
ok $? "over the demo"
tmux -S "$tmp/tmux" send-keys -t root q
soon 'screen root | grep -q "^status 0"'
ok $? "q ends the view"
is "$(settings)" "$before" "the settings are restored"

session killed "$script"
soon '[[ $(settings) != "$before" ]]'
pane=$(tmux -S "$tmp/tmux" display -p -t killed '#{pane_pid}')
kill -KILL "$(pgrep -P "$pane" -f run-demo)"
soon '[[ $(settings) = "$before" ]]'
ok $? "settings come back when the script is killed"
tap_done
