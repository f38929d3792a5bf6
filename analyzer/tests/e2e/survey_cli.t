#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mthptop survey: its options and permissions, processes that end or are unusual during the survey, the readers
# of its traces, and that it changes nothing.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
[[ -e /sys/kernel/mm/transparent_hugepage ]] || skip_all "this kernel has no transparent huge pages"

# Usage.
run "$m" survey
is "$status" 2 "without saying which processes: wrong usage"
like "$err" "^mthptop: missing option: which processes .*--all" "the error names the options to give"
run "$m" survey --all -p 1
is "$status" 2 "--all and -p do not go together"
for bad in 0 x -1 5000000 12x; do
	run "$m" survey -p "$bad"
	is "$status" 2 "-p $bad: wrong usage"
done
run "$m" survey -p $$ --table nothing
like "$status $err" "^2 mthptop: unknown table: nothing \(use one of: summary, orders" "tables are named"
run "$m" survey -p $$ -n 3
is "$status" 2 "--count without --watch: wrong usage"
run "$m" survey -p $$ --record -
is "$status" 2 "--record - wants the output elsewhere"
run "$m" survey -p $$ --record /nothing/here
is "$status" 3 "a trace that cannot be written"

# Processes that do not exist, or may not be read.
sleep 0 & gone=$!
wait "$gone"
run "$m" survey -p "$gone"
like "$status $err" "^3 mthptop: cannot read process $gone: No such process" "a process that has ended"
run "$m" survey -p $$ --json
is "$status $(jq .summary.processes <<<"$out")" "0 1" "a process that exists"
[[ $(jq .summary.all.present_bytes,.summary.present_bytes <<<"$out" | grep -v null) -gt 100000 ]]
ok $? "has memory"
run "$m" survey --comm 'no-such-*' --json
is "$(jq -c '[.summary.processes, .processes, .losses[].count]' <<<"$out" | cut -c1-5)" "[0,[]" "a name that no process has"
bash -c 'exec -a x sleep 60' & other=$!
sleep 0.2
run "$m" survey --comm 'slee[p]' -p $other -p $$ --json
is "$(jq -c '[.processes[].pid]' <<<"$out")" "[$other]" "--comm narrows -p down, by a glob"
run "$m" survey --cgroup "$(sed -n 's/^0:://p' /proc/$other/cgroup)" -p $other --json
is "$(jq -c '[.processes[].pid]' <<<"$out")" "[$other]" "--cgroup takes its own"
run "$m" survey --cgroup /no/such -p $other --json
is "$(jq -c '[.processes[].pid]' <<<"$out")" "[]" "no other process is surveyed"
if [[ $(id -u) = 0 ]]; then
	run as_user "$m" survey -p $other
	like "$status $err" "^3 mthptop: cannot read process $other: Permission denied" "another user's process"
	run as_user "$m" survey --all --json
	is "$status" 0 "all processes, as a user who may read few"
	[[ $(jq '.losses[] | select(.name == "denied").count' <<<"$out") -gt 0 ]]
	ok $? "processes without permission are counted"
fi
kill $other

# The user's own process without privilege: sizes of folios are unknown, not zero.
run as_user bash -c "sleep 60 & sleep 0.2; $m survey -p \$! --json; kill \$!"
is "$(jq -c '[.summary.folios_known, .summary.huge_bytes, .summary.plan_blocks, .summary.tlb_entries,
	([.orders[].whole_bytes] | unique)]' <<<"$out")" '[false,null,null,null,[null]]' \
	"without the privilege to see frames sizes are unknown"
[[ $(jq .summary.present_bytes <<<"$out") -gt 0 && $(jq .summary.unknown_bytes <<<"$out") = $(jq .summary.present_bytes <<<"$out") ]]
ok $? "mapped memory is known nevertheless"

# A zombie of one's own: without memory its files are root's, and that is no lack of rights.
as_user bash -c 'sleep 0.2 & echo $$ $! && exec sleep 60 >/dev/null' >"$tmp/pids" &
sleep 1
read -r parent zombie <"$tmp/pids"
run as_user "$m" survey -p "$zombie" --json
is "$status$err" 0 "a zombie of the same user has no memory to read"
kill "$parent"

# A process ends during the survey: it is counted as a loss, and causes no error.
bad=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	# shellcheck disable=SC2016
	bash -c 'a=$(head -c 20000000 /dev/zero | tr "\0" x); sleep 60' & other=$!
	sleep 0.2
	"$m" survey -p $other -p $$ --json >"$tmp/v.json" 2>"$tmp/v.err" & looker=$!
	sleep "0.00$i"
	kill -9 $other
	wait $other 2>/dev/null
	wait $looker
	status=$?
	# Of a process that has no memory any more, an ordinary user may not know.
	[[ $status = 0 || $(cat "$tmp/v.err") = *"No such process"* ||
		$(id -u) != 0 && $(cat "$tmp/v.err") = *"Permission denied"* ]] && jq -e .summary "$tmp/v.json" >"$tmp/v" || {
		bad=$((bad + 1))
		echo "# status $status: $(head -n 3 "$tmp/v.err")"
	}
done
is "$bad" 0 "processes that are killed while they are looked at"

# Terabytes of holes with some pages between them.
cat >"$tmp/sparse.c" <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	size_t len = (size_t)atol(argv[1]) << 30, i;
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	(void)argc;
	if (p == MAP_FAILED)
		return 1;
	for (i = 0; i < 64; i++)
		p[len / 64 * i] = 1;
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
C
"${CC:-gcc}" -O1 -o "$tmp/sparse" "$tmp/sparse.c" || exit 1
declare -A calls seen
for gib in 1 1024 65536; do
	coproc SPARSE { exec "$tmp/sparse" $gib; }
	pid=$SPARSE_PID
	if read -r -t 10 -u "${SPARSE[0]}"; then
		run timeout 20 "$m" survey -p "$pid" --json
		calls[$gib]=$(jq .summary.calls <<<"$out") seen[$gib]=$(jq .summary.present_bytes <<<"$out")
		if [[ $gib = 65536 ]]; then
			MTHPTOP_NO_PAGEMAP_SCAN=1 run timeout 60 "$m" survey -p "$pid" --by proc --json
			is "$status $(jq '.losses[] | select(.name == "sparse").count' <<<"$out")" "0 1" \
				"without PAGEMAP_SCAN a too large hole is skipped, and counted"
		fi
	fi
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
done
# Its stack and libc may differ by a page or two; all 64 pages are counted.
[[ $((seen[65536] - seen[1])) -ge -8192 && $((seen[65536] - seen[1])) -le 8192 && ${seen[1]} -ge 262144 ]]
ok $? "64 TiB with 64 pages: as much is found as in 1 GiB"
echo "# calls: 1 GiB ${calls[1]}, 1 TiB ${calls[1024]}, 64 TiB ${calls[65536]}"
[[ ${calls[65536]} -lt 1500 ]]
ok $? "holes are skipped without reading them"

# A reused pid belongs to another process.
cat >"$tmp/again" <<'SH'
pid=$(bash -c 'sleep 60 >/dev/null & echo $!')
("$1" survey -p "$pid" --watch 0.7 -n 2 --json) & looker=$!
sleep 0.3
kill -9 "$pid"
sleep 0.1
for i in 1 2 3; do
	echo $((pid - 1)) >/proc/sys/kernel/ns_last_pid
	sleep 60 & new=$!
	[ "$new" = "$pid" ] && break
	kill -9 "$new"
done
wait "$looker"
echo "$pid $new"
SH
if [[ $(id -u) = 0 ]] && unshare -pf --mount-proc true 2>/dev/null; then
	run unshare -pf --mount-proc bash "$tmp/again" "$m"
	read -r pid new <<<"$(tail -n 1 <<<"$out")"
	if [[ $pid = "$new" ]]; then
		is "$(sed -n 2p <<<"$out" | jq -c '[.processes[] | .pid, .present_change]')" "[$pid,null]" \
			"a reused pid is not compared with the former process"
	else
		skip "a pid that is used again" "could not get the same number again"
	fi
else
	skip "a pid that is used again" "no pid namespace to be had"
fi

# --watch.
run "$m" survey -p $$ --watch 0.1 -n 3 --json
is "$(jq -r 'has("process_orders"), (.processes[0].present_change | type)' <<<"$out" | paste -sd ' ')" \
	"false null false number false number" "--watch: an object per line, with the changes"

run "$m" survey -p $$ --dump-screen --size 100x40
like "$status $out" "^Anonymous memory of 1 processes: [0-9.]+[KM]" "the screen, drawn once"
like "$out" "^ *$$ +survey_cli.t +[0-9.]+[KM] " "with the process"
run "$m" survey -p $$ --dump-screen --size 1x1
is "$status" 2 "--size is checked"

# A survey only reads.
if command -v strace >/dev/null && strace -o "$tmp/strace" true 2>/dev/null; then
	sleep 60 & other=$!
	strace -f -o "$tmp/strace" "$m" survey -p $other --by proc --zeroes -o "$tmp/out"
	# Its own output is made beside $tmp/out and renamed.
	grep -vE "\"$tmp(/out|/\.mthptop-[0-9-]*)?\"" "$tmp/strace" >"$tmp/calls"
	grep -E 'open' "$tmp/calls" | grep -vE 'O_RDONLY|ENOENT' >"$tmp/opens"
	is "$(cat "$tmp/opens")" "" "opens everything for reading"
	is "$(grep -oE '^[0-9]+ +(ptrace|kill|tgkill|process_[a-z_]*|madvise|prctl|setpriority|sched_[a-z]*|pwrite[0-9a-z]*|ftruncate|unlink[a-z]*|rename[a-z0-9]*|mount|perf_event_open|bpf)\(' \
		"$tmp/calls")" "" "and calls nothing that changes a process, a file or a setting"
	# By BPF it loads programs, and locks and protects pages of its own.
	strace -f -o "$tmp/strace" "$m" survey -p $other --zeroes -o "$tmp/out"
	grep -vE "\"$tmp(/out|/\.mthptop-[0-9-]*)?\"" "$tmp/strace" >"$tmp/calls"
	grep -E 'open' "$tmp/calls" | grep -vE 'O_RDONLY|ENOENT' >"$tmp/opens"
	is "$(cat "$tmp/opens")" "" "by BPF: opens everything for reading"
	is "$(grep -oE '^[0-9]+ +(ptrace|kill|tgkill|process_[a-z_]*|prctl|setpriority|sched_[a-z]*|pwrite[0-9a-z]*|ftruncate|unlink[a-z]*|rename[a-z0-9]*|mount|perf_event_open)\(' \
		"$tmp/calls")" "" "by BPF: calls nothing that changes a process, a file or a setting"
	kill $other
else
	skip "opens everything for reading" "strace is missing or may not trace"
	skip "and calls nothing that changes" "strace is missing or may not trace"
	skip "by BPF: opens everything for reading" "strace is missing or may not trace"
	skip "by BPF: calls nothing that changes" "strace is missing or may not trace"
fi

[[ $(id -u) = 0 ]] || {
	skip "traces of surveys" "not root: folios are unknown"
	tap_done
}

# A kernel without kpageflags.
if unshare -m mount --bind /dev/null /proc/kpageflags 2>/dev/null; then
	run unshare -m bash -c "mount --bind /dev/null /proc/kpageflags; $m survey -p $$ --by proc --json"
	is "$(jq '.summary.unknown_bytes == .summary.present_bytes' <<<"$out")" true \
		"without flags of frames no folio is made up"
else
	skip "without flags of frames no folio is made up" "cannot mount"
fi

# Memory of every kind: every command that reads traces reads the trace of a survey.
"${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -Iinclude -Ianalyzer -o "$tmp/surveyed" \
	analyzer/tests/support/{surveyed,surveyed_count,policy_ref}.c || exit 1
coproc WORK { exec "$tmp/surveyed" small 1 0 511 2>"$tmp/work.err"; }
worker=$WORK_PID
read -r -u "${WORK[0]}"
echo >&"${WORK[1]}"
read -r -u "${WORK[0]}" account
run "$m" survey -p "$worker" --record "$tmp/s.mthp" --json
is "$status" 0 "a survey as a trace"
jq -c '[.occupancy[] | select(.order > 1) | [.order, .bucket, .blocks]] | sort' <<<"$out" >"$tmp/survey.occ"
run "$m" report "$tmp/s.mthp" --format json
is "$status $(jq .summary.complete <<<"$out")" "0 true" "report reads it"
is "$(jq -c '[.occupancy[] | [.order, .bucket, .complete]] | sort' <<<"$out")" "$(cat "$tmp/survey.occ")" \
	"the trace has the same occupancy"
run "$m" script "$tmp/s.mthp"
like "$out" "mthp_scan +surveyed/$worker +2M .* addr=0x[0-9a-f]+ none=[0-9]+ present=" "script reads it"
run "$m" diff "$tmp/s.mthp" "$tmp/s.mthp"
like "$out" "^no difference" "diff reads it"
printf 'require scans >= 1\nforbid lost\n' >"$tmp/rules"
run "$m" check --suggest "$tmp/s.mthp" -o "$tmp/rules"
run "$m" check -f "$tmp/rules" "$tmp/s.mthp"
is "$status" 0 "check reads it, by rules that it suggests"
run "$m" replay --dump-screen occupancy "$tmp/s.mthp"
is "$status" 0 "replay reads it"
run "$m" whatif "$tmp/s.mthp" --max-ptes-none 0,511 --orders 64K,2M --format json
is "$status" 0 "whatif reads the trace"
is "$(jq -c '[.settings[1,2].collapses > 0]' <<<"$out")" "[true,true]" "whatif finds blocks to collapse"
echo >&"${WORK[1]}"
wait "$worker" 2>/dev/null

# The example of the README.
if command -v redis-server redis-cli redis-benchmark >/dev/null; then
	MTHPTOP=$m run timeout 60 docs/survey-redis 20000
	like "$status $out" "redis-server +[0-9.]+M " "the example with Redis: a survey"
	like "$out" "Best of those tried: max_ptes_none" "the README's example prints a what-if"
	is "$(pgrep -f 'redis-server unixsocket:/tmp/tmp')" "" "the example leaves no server behind"
else
	skip "the example with Redis" "redis-server is not installed"
fi

# thpmaps of the kernel tree, on the same process.
maps=$(kernel_source)/tools/mm/thpmaps
python=/usr/bin/python3
if [[ ! -e $maps ]]; then
	skip "thpmaps sees the same" "no kernel source (apt-get install linux-source-6.12, or set KERNEL_SRC)"
elif ! $python -c 'import numpy' 2>/dev/null; then
	skip "thpmaps sees the same" "it needs python3-numpy"
elif ! kernel_lock; then
	skip "thpmaps sees the same" "another test has the machine's settings"
else
	thp=/sys/kernel/mm/transparent_hugepage
	was=()
	for k in 16 64 2048; do
		was+=("$(sed 's/.*\[\(.*\)\].*/\1/' $thp/hugepages-${k}kB/enabled)")
	done
	tap_cleanup() {
		local i=0 k
		for k in 16 64 2048; do
			echo "${was[i++]}" >$thp/hugepages-${k}kB/enabled
		done
		kill "$worker" 2>/dev/null
	}
	for try in "random 0x14" "moved 0x10" "pmd 0x200"; do
		mask=${try#* } i=2
		for k in 16 64 2048; do
			(((mask >> i) & 1)) && echo madvise >$thp/hugepages-${k}kB/enabled ||
				echo never >$thp/hugepages-${k}kB/enabled
			((i = i == 2 ? 4 : 9))
		done
		coproc WORK { exec "$tmp/surveyed" ${try% *} 7 "$mask" 255 2>"$tmp/work.err"; }
		worker=$WORK_PID
		read -r -u "${WORK[0]}"
		echo >&"${WORK[1]}"
		read -r -u "${WORK[0]}" account
		$python "$maps" --pid "$worker" --rollup --inc-empty >"$tmp/maps"
		"$m" survey -p "$worker" --json >"$tmp/ours"
		theirs=$(awk -F '[: ]+' '
			/^anon-thp-pte-partial/ { partial = $2 }
			/^anon-thp-pmd-aligned/ { pmd = $2 }
			/^anon-thp-pte-aligned/ { split($1, f, "-"); a[f[5]] = $2 }
			/^anon-thp-pte-unaligned/ { split($1, f, "-"); u[f[5]] = $2 }
			END { for (k = 16; k <= 2048; k *= 2)
					printf "%d %d ", a[k "kB"] + (k == 2048 ? pmd : 0), u[k "kB"]
				printf "%d %d\n", partial, pmd }' "$tmp/maps")
		ours=$(jq -r '[([range(2; 10) as $k | (.orders | map(select(.order == $k))[0]) // {}
			| ((.whole_bytes // 0) / 1024), ((.unaligned_bytes // 0) / 1024)] | .[]),
			(.summary.partial_bytes / 1024), (.summary.pmd_bytes / 1024)] | map(floor | tostring) | join(" ")' "$tmp/ours")
		is "$ours" "$theirs" "thpmaps sees the same: ${try% *}"
		echo >&"${WORK[1]}"
		wait "$worker" 2>/dev/null
	done
fi

tap_done
