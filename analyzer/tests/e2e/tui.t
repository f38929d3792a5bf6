#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The live view in a real terminal (tmux), driven by keys, on the replay of the sample trace: screens,
# sorting, filtering, detail, pause, resize, saving, job control, and the terminal afterwards.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

command -v tmux >/dev/null || skip_all "tmux is not installed"
sample=${MTHP_SAMPLE:-$top/analyzer/tests/data/samples/demo.mthp}
[[ -r $sample ]] || skip_all "no sample trace: $sample"
export TMUX_TMPDIR=$tmp LC_ALL=C.UTF-8
unset NO_COLOR

nr=0
mux() {
	tmux -L "mthptop$nr" -f /dev/null "$@"
}
tap_cleanup() {
	mux kill-server 2>/dev/null
}

# start COMMAND [W H]: runs COMMAND from a shell in a terminal; $tmp/after has the state afterwards.
start() {
	# A server of its own: an old one that is just ending would end the new session, too.
	mux kill-server 2>/dev/null
	nr=$((nr + 1))
	rm -f "$tmp/after" "$tmp/before"
	cat >"$tmp/session" <<-EOS
		cd "$tmp"
		stty -g >"$tmp/before"
		$1
		echo "status \$?" >"$tmp/after.new"
		stty -g >>"$tmp/after.new"
		mv "$tmp/after.new" "$tmp/after"
		echo THE SHELL AGAIN
		sleep 60
	EOS
	mux new-session -d -x "${2:-80}" -y "${3:-24}" "exec env TERM=${4:-tmux-256color} bash '$tmp/session'"
}

shown() {
	mux capture-pane -p
}

# see REGEX NAME: the screen shows it within five seconds.
see() {
	local i
	for ((i = 0; i < 50; i++)); do
		shown | grep -Eq -- "$1" && break
		sleep 0.1
	done
	like "$(shown)" "$1" "$2"
}

# soon NAME COMMAND...: COMMAND succeeds within five seconds.
soon() {
	local name=$1 i
	shift
	for ((i = 0; i < 50; i++)); do
		"$@" && break
		sleep 0.1
	done
	"$@"
	ok $? "$name" || shown | sed 's/^/# /'
}

keys() {
	mux send-keys "$@"
}

# The process of the view: the only child of the session's shell.
view_pid() {
	pgrep -P "$(mux display-message -p '#{pane_pid}')"
}

ended() {
	local i
	for ((i = 0; i < 50; i++)); do
		[[ -e $tmp/after ]] && return
		sleep 0.1
	done
}

# restored NAME STATUS: the view is gone, with this status, and the terminal is as it was before.
restored() {
	ended
	is "$(head -n 1 "$tmp/after" 2>/dev/null)" "status $2" "$1: exit status $2"
	is "$(sed -n 2p "$tmp/after" 2>/dev/null)" "$(cat "$tmp/before" || echo none)" \
		"$1: terminal settings are back"
	see 'THE SHELL AGAIN' "$1: the shell's screen is back"
	is "$(mux display-message -p '#{alternate_on} #{cursor_flag}')" "0 1" \
		"$1: main screen, cursor visible"
}

replay="$MTHPTOP replay --speed max '$sample'"

start "$replay"
see 'REPLAY END' "a replay comes to its end"
see '^Costly: at least 59.9M of the 200M collapsed' "the overview shows the collapses"
see '^F1Help qQuit' "the bottom line names keys"
keys 2
see '^ +pid comm' "2 opens the processes"
keys s
see 'Sort by' "s opens the menu of columns"
keys Down Enter
see '^ +pid comm' "Enter closes it"
first=$(shown | sed -n 4p)
other_first() {
	[[ $(shown | sed -n 4p) != "$first" ]]
}
keys r
soon "r turns the rows round" other_first
pids=$(shown | awk 'NR > 3 && $1 ~ /^[0-9]+$/ { print $1 }')
is "$pids" "$(sort -rn <<<"$pids")" "sorted by pid, from the last one on"
keys f 'demo:half'
see '^Filter: demo:half' "f asks for a text"
keys Enter
only_half() {
	shown | awk 'NR > 3 && $1 ~ /^[0-9]+$/ && !/demo:half/ { bad = 1 } END { exit bad }'
}
soon "only rows with it stay" only_half
keys Enter
see 'Results of its scans' "Enter opens one process"
see 'By size' "the detail of a process shows its sizes"
keys Escape
see '^ +pid comm' "Esc goes back"
keys Escape 3
see '^result +event' "3 opens the outcomes"
keys 4
see '2M: [0-9]+ samples, [0-9]+ censored' "4 opens the occupancy"
keys 5
see 'khugepaged scan_pmd' "5 opens the events"
keys '?'
see '^Keys' "? opens the help"
keys 1 w
see '^saved: mthptop-[0-9-]+.json' "w writes a file and says its name"
is "$(stat -c %a "$tmp"/mthptop-*.json)" 600 "only the owner can read the saved file"
is "$(jq -c .summary "$tmp"/mthptop-*.json)" \
	"$("$MTHPTOP" report -f json "$sample" | jq -c .summary)" "the saved file has the numbers of report"

mux resize-window -x 40 -y 10
see '^ 1 O ' "a small window"
is "$(shown | wc -l)" 10 "has ten rows"
mux resize-window -x 200 -y 60
see '^Sizes .* Processes ─' "a large one: two columns"
mux resize-window -x 80 -y 24
see '^ 1 Overv' "back to the overview"
keys q
restored "q" 0

start "$MTHPTOP replay '$sample'"
see 'REPLAY x1' "a replay at the speed of life"
keys ' '
see 'PAUSED x1' "Space pauses"
one=$(shown)
sleep 1.5
is "$(shown)" "$one" "paused: time stands still"
keys ' '
see 'REPLAY' "Space goes on"
moved() {
	[[ $(shown) != "$one" ]]
}
soon "after the pause: time passes" moved
keys ']'
see 'x2' "] doubles the speed"
kill -TERM "$(view_pid)"
restored "SIGTERM" 0

for sig in INT HUP QUIT; do
	start "$replay"
	see 'REPLAY END' "SIG$sig: running"
	kill -$sig "$(view_pid)"
	restored "SIG$sig" 0
done

# ASan has signal handlers of its own; this tests the program as it is installed.
for sig in SEGV ABRT BUS; do
	start "ulimit -c 0; $replay"
	see 'REPLAY END' "SIG$sig: running"
	kill -$sig "$(view_pid)"
	restored "SIG$sig" $((128 + $(kill -l $sig)))
done

# Job control needs an interactive shell: it runs the view, is its parent, and prompts when the view stops.
start "bash --norc --noprofile -i"
see '[#$] *$' "an interactive shell"
keys "PS1='prompt:'; clear; $MTHPTOP replay --speed max '$sample'" Enter
see 'REPLAY END' "under an interactive shell"
keys C-z
see '^prompt:' "Ctrl-Z gives the terminal back"
is "$(mux display-message -p '#{alternate_on}')" 0 "on the main screen"
keys 'fg' Enter
see 'REPLAY END' "fg brings the view back"
keys 2
see '^ +pid comm' "the view takes keys again"
keys q
see '^prompt:' "q after that"
keys 'exit' Enter
restored "job control" 0

start "LC_ALL=C $replay"
see '^Sizes -----' "the C locale: ASCII"
unlike "$(shown)" '[^ -~]' "nothing but ASCII"
keys q
restored "C locale" 0

start "NO_COLOR=1 $replay"
see 'REPLAY END' "NO_COLOR: running"
unlike "$(mux capture-pane -p -e)" $'\033\\[([0-9]+;)*[34][0-7]m' "no colour is used"
keys q
restored "NO_COLOR" 0

start "$replay"
see 'REPLAY END' "with colours"
like "$(mux capture-pane -p -e)" $'\033\\[([0-9]+;)*[34][0-7]m' "colours are used"
keys q
restored "colours" 0

start "$replay" 80 24 dumb
see '^ +p50|^Losses|^ +counter' "TERM=dumb: text instead"
ended
is "$(head -n 1 "$tmp/after")" "status 0" "TERM=dumb: exit status"

start "$MTHPTOP replay --speed max -d 0.2 -n 3 '$sample'"
ended
restored "-n 3" 0

# This kernel: the events of a process that starts later, and its row after its end.
run "$MTHPTOP" --dump-screen help
if [[ $status != 0 ]]; then
	skip "live" "${err#mthptop: }"
	tap_done
fi
# One process makes the events, and the view shows only that one: others may flood the stream.
"${CC:-gcc}" -O1 -o "$tmp/collapser" analyzer/tests/support/collapser.c || exit 1
coproc WORK { exec "$tmp/collapser"; }
worker=$WORK_PID
work() {
	local said
	echo >&"${WORK[1]}"
	read -r said <&"${WORK[0]}"
	[[ $said = 0 ]]
}
events() {
	shown | grep -c "madvise    collapse      collapser/$worker .* succeeded"
}
events_are() {
	[[ $(events) = "$1" ]]
}
if ! work; then
	skip "live" "MADV_COLLAPSE does not work here"
	tap_done
fi
start "$MTHPTOP -d 0.1 -p $worker" 150 30
see "^mthptop  LIVE 0.1s .* only pid $worker" "live"
keys 5
see '^ +seconds by' "the events are open"
work
soon "events come while they are looked at" events_are 1
keys 2
see '^ +pid comm' "the processes"
work
see "^ +$worker collapser +4M +2 " "are counted while events are not looked at"
keys 5
sleep 0.3
is "$(events)" 1 "other screens do not stream events"
keys ' '
see 'PAUSED 0.1s' "Space pauses"
work
sleep 0.3
is "$(events)" 1 "shown events stay"
keys ' '
soon "events that happened meanwhile are not lost" events_are 2
keys q
restored "live" 0

# As root it has dropped its capabilities, and with them the right to write everywhere.
mkdir "$tmp/other"
chown 65534 "$tmp/other"
start "cd '$tmp/other' && $MTHPTOP -d 0.1"
see '^mthptop  LIVE 0.1s' "live in another user's directory"
keys w
see '^saved: (/tmp/)?mthptop-[0-9-]+.json' "w finds a place that may be written to"
file=$(shown | sed -n 's/^saved: //p')
[[ $file = /* ]] || file=$tmp/other/$file
is "$(jq .schema_version "$file") $(stat -c %a "$file")" "2 600" "a file is saved there"
rm -f "$file"
keys q
restored "live elsewhere" 0
tap_done
