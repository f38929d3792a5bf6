#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The process that runs libtracecmd: whatever the library does there, mthptop ends and says so; and it can do little.
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
cd "$tmp" || exit 1
${CC:-gcc} -shared -fPIC -O2 -o fault.so "$top/analyzer/tests/e2e/fault_dat.c" || exit 1
zcat "$top/analyzer/tests/data/captures/6.18.own.dat.gz" >t.dat
chmod 644 t.dat
run "$m" report t.dat
[[ $status = 0 ]] || skip_all "trace.dat cannot be read: $err"

# fault WHAT: status, the time that it took, and what was said.
fault() {
	local begin=$SECONDS
	FAULT_DAT=$1 LD_PRELOAD=./fault.so timeout -s KILL 60 "$m" report t.dat >"out.$1" 2>"err.$1"
	echo "$? $((SECONDS - begin))" >"end.$1"
}
# Those that hang take as long as patience lasts: at the same time.
for what in sleep close crash exit junk probe; do
	fault $what &
done
wait
for want in "close libtracecmd crashed on it: Killed" "crash libtracecmd crashed on it: Segmentation fault" "exit libtracecmd cannot read it" \
	"junk libtracecmd went wrong on it" "sleep libtracecmd hangs on it: nothing for 30 s"; do
	what=${want%% *}
	read -r status secs <"end.$what"
	is "$status" 4 "$what: the trace is damaged"
	like "$(cat "err.$what")" "^mthptop: warning: trace is damaged: t.dat: what was read up to here is kept: ${want#* }" "$what: this is said"
	((secs < 8 || secs >= 30 && secs < 45))
	ok $? "$what: it takes no longer" || echo "# $secs s"
done
is "$(pgrep -f 'report t.dat' | wc -l)" 0 "none of them is left"
like "$(cat err.probe)" 'fds 5, open Operation not permitted, socket Operation not permitted, kill Operation not permitted, fork Operation not permitted' \
	"it opens, connects, kills and forks nothing, and has five descriptors"

# While it runs: another user, without rights.
FAULT_DAT=sleep LD_PRELOAD=./fault.so "$m" report t.dat >/dev/null 2>&1 &
parent=$!
for ((i = 0; i < 50; i++)); do
	child=$(pgrep -P $parent)
	[[ $child ]] && grep -q '^Seccomp:.*2' "/proc/$child/status" && break
	sleep 0.1
done
status=$(cat "/proc/$child/status")
like "$(grep -E "^(Cap|NoNew|Secc|Uid|Groups)" <<<"$status")" '^CapPrm:.0+$' "it has no capability"
like "$(grep -E "^(Cap|NoNew|Secc|Uid|Groups)" <<<"$status")" '^NoNewPrivs:.1$' "and gets none"
like "$(grep -E "^(Cap|NoNew|Secc|Uid|Groups)" <<<"$status")" '^Seccomp:.2$' "its system calls are filtered"
if [[ $(id -u) = 0 ]]; then
	like "$(grep -E "^(Cap|NoNew|Secc|Uid|Groups)" <<<"$status")" '^Uid:.65534.65534.65534.65534$' "root's is nobody"
	like "$(grep -E "^(Cap|NoNew|Secc|Uid|Groups)" <<<"$status")" '^Groups:[[:space:]]*$' "in no group"
else
	skip "root's is nobody" "needs root"
	skip "in no group" "needs root"
fi
# Its parent is killed.
disown $parent
kill -9 $parent
for ((i = 0; i < 50 && $(kill -0 "$child" 2>/dev/null; echo $?) == 0; i++)); do sleep 0.1; done
! kill -0 "$child" 2>/dev/null
ok $? "it ends with its parent"
tap_done
