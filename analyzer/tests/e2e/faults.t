#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Memory that runs out, and outputs that cannot be written, at every allocation and every call that could fail:
# what is handed out as whole is whole, the status is one of the documented ones, and a message says why not.
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
samples=$top/analyzer/tests/data/samples
cd "$tmp" || exit 1
${CC:-gcc} -shared -fPIC -O2 -o fault.so "$top/analyzer/tests/e2e/fault_alloc.c" || exit 1
cp "$samples/creep.mthp" a.mthp
cp "$samples/guard.mthp" b.mthp
zcat "$top/analyzer/tests/data/captures/6.1.trace.gz" >text
printf '%s\n' 'scans >= 1' 'for every 1s: scans >= 1' 'collapses <= 1000000' \
	'for comm "*" and each process: occupancy(2M) mode at full' 'orders within 5% of { 64K: 50%, 2M: 50% }' >rules
"$m" check -f rules a.mthp >/dev/null 2>err
is "$? $(cat err)" "1 " "the rules are judged"
export LC_ALL=C # nothing to load

# points N: numbers below N: all of a few hundred, else the first ones, the last ones, and some all over.
points() {
	local i most=$(($1 <= 400 ? 400 : 60))
	for ((i = 0; i < $1 && i < most; i++)); do echo $i; done
	for ((i = $1 - most / 2; i < $1; i++)); do ((i < 0)) || echo $i; done
	for ((i = 1; i < 16; i++)); do echo $((i * $1 / 16)); done
}

# memory ARG...: allocations fail, each alone and all from each on.
memory() {
	local nr want at once bad=() wrong=0
	FAULT_COUNT=count LD_PRELOAD=./fault.so "$m" "$@" >want 2>/dev/null
	want=$?
	nr=$(cat count)
	for at in $(points "$nr" | sort -nu); do
		for once in "" 1; do
			env FAULT_ALLOC="$at" ${once:+FAULT_ONCE=1} LD_PRELOAD=./fault.so "$m" "$@" >got 2>err
			status=$?
			if ((status == want)); then
				cmp -s want got || bad+=("$at${once:+ once}: status $status, and another output")
			elif ((status > 4)) || ! grep -q '^mthptop: ' err; then
				bad+=("$at${once:+ once}: status $status, $(head -c 100 err)")
			else
				wrong=$((wrong + 1))
			fi
		done
	done
	[ ${#bad[@]} = 0 ] && ((wrong > 20))
	ok $? "$*: $nr allocations, nothing is silent" || printf '# %s\n' "$wrong failed as they should" "${bad[@]:0:8}"
}
memory report a.mthp
memory report a.mthp --format json
memory report a.mthp --format html
memory report a.mthp --format csv
memory script a.mthp
memory check -f rules a.mthp
memory check --suggest a.mthp
memory diff a.mthp b.mthp --format json
memory diff a.mthp b.mthp --format html
memory whatif a.mthp
memory report text
memory replay a.mthp --dump-screen creep

strace -o trace true 2>/dev/null || { skip "outputs" "strace is missing or may not trace"; tap_done; }
# outputs CALL ERROR ARG...: each CALL fails once, with the older file in place.
outputs() {
	local call=$1 error=$2 at bad=() hit=0
	shift 2
	"$m" "$@" -o want >/dev/null 2>&1 || exit 1
	for ((at = 1; at < 14; at++)); do
		echo older >out
		# In a shell of its own: this one would say that it was killed.
		(strace -qq -f -o trace -e trace="$call" -e inject="$call:$error:when=$at" "$m" "$@" -o out >/dev/null 2>err; exit $?) 2>/dev/null
		status=$?
		grep -q -e INJECTED -e killed trace || break
		hit=$((hit + 1))
		case $(cat out 2>/dev/null | cksum) in
		"$(echo older | cksum)") ((status)) || bad+=("$at: status 0, and the older file") ;;
		"$(cksum <want)") : ;; # the call was of a message, or may fail
		*) bad+=("$at: status $status, and $(stat -c %s out) bytes of $(stat -c %s want)") ;;
		esac
		((status)) && [[ $error != signal* ]] && ! grep -q '^mthptop: ' err && bad+=("$at: status $status without a word")
	done
	[ ${#bad[@]} = 0 ] && ((hit > 0))
	ok $? "$1: $call fails by $error, each of $hit: the old or the new file, whole" || printf '# %s\n' "${bad[@]:0:8}"
	rm -f .mthptop-*
}
for error in error=EIO error=ENOSPC signal=SIGKILL; do
	outputs write $error report a.mthp --format html
	outputs write $error import text
	outputs fsync $error report a.mthp
done
for call in fsync linkat rename; do
	outputs $call error=EIO import text
	outputs $call signal=SIGKILL import text
done

# A recording of the whole machine: what could not be written is counted, and what could be is there.
[[ $(id -u) = 0 ]] || { skip "recordings" "needs root"; tap_done; }
run "$m" record -o t.mthp -d 0.1
[[ $status = 0 ]] || { skip "recordings" "this machine cannot be observed: $err"; tap_done; }
for at in 1 2 3 4 5; do
	rm -f t.mthp
	strace -qq -o trace -P "$tmp/t.mthp" -e trace=write -e inject=write:error=EIO:when=$at "$m" record -o "$tmp/t.mthp" -d 1.5 >out 2>err
	status=$?
	((status == 3 || status == 4)) && grep -q '^mthptop: cannot write trace: .*Input/output error' err
	ok $? "record: write $at fails: it is said" || sed 's/^/# /' err
	((at < 4)) && continue
	run "$m" report t.mthp --format json
	like "$status $(jq -c '[.summary.complete, .summary.lost]' <<<"$out")" '^(0 \[true,0\]|4 .*|0 \[true,[1-9][0-9]*\])$' "record: write $at fails: the file can be read"
done
tap_done
