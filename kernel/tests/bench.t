#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernel/bench: how it evaluates traces and figures, fetches its sources, and writes the page. Builds no
# kernel, boots and fetches nothing.
. "$(dirname "$0")/../../analyzer/tests/support/tap.sh"
export OUT=$tmp/out XDG_CACHE_HOME=$tmp/cache

# Figures that meet every goal exactly.
cat >"$tmp/good" <<'FIGURES'
ours again 4 25000
7.3 again 4 100000
ours again 2 15000
7.3 again 2 100000
ours cold 4 100000
ours touched 4 120000
7.3 cold 4 100000
7.3 touched 4 1050000
ours cold 9 101000
6.12 cold 9 100000
ours collapse 9 1000000
6.12 collapse 9 1000000
ours collapse 4 1050000
ours collapse 2 1160000
ours write_locks 4 1000
ours pmd_clears 4 1000
ours full_flushes 4 1000
ours broadcasts 4 1000
7.3 write_locks 4 32000
7.3 pmd_clears 4 32000
7.3 full_flushes 4 32000
7.3 broadcasts 4 32000
ours again_write_locks 4 0
ours again_pmd_clears 4 0
ours again_full_flushes 4 0
ours again_broadcasts 4 0
ours again_allocations 4 0
ours writer_batches 4 100
ours writer_within 4 99
ours writer_most 4 3
ours writer_asked_batches 4 100
ours writer_asked_within 4 50
ours writer_asked_most 4 32
ours unwatched_cold 4 100000
ours watched_cold 4 110000
FIGURES

# verdict WHAT: the last field of the row that begins with WHAT.
verdict() {
	printf '%s\n' "$out" | grep -F "| $1" | head -n 1 | awk -F ' *[|] *' '{ print $(NF - 1) }'
}

# with FIGURE-LINE...: the good figures with these in place of their own.
with() {
	local line
	cp "$tmp/good" "$tmp/figures"
	for line; do
		sed -i "s/^${line% *} .*/$line/" "$tmp/figures"
	done
	run kernel/bench --from "$tmp/figures"
}

rows=("already collapsed, order 4" "already collapsed, order 2" "cold, one page referenced, orders 4"
	"bare scan, order 9 only" "collapse of a full range, order 9"
	"collapse of a full range, order 4" "collapse of a full range, order 2"
	"collapse, order 4: write locks" "a writer waits, order 4"
	"mthptop watches: bare scan, orders 4" "the same: write locks")
worse=("ours again 4 25001" "ours again 2 15001" "ours touched 4 120001" "ours cold 9 101001"
	"ours collapse 9 1010001" "ours collapse 4 1050001" "ours collapse 2 1160001"
	"ours broadcasts 4 1063" "ours writer_within 4 98" "ours watched_cold 4 110001" "")

with
is "$status" 0 "figures that meet the goals: exit status"
for i in "${!rows[@]}"; do
	[[ ${worse[i]} ]] || continue
	with
	is "$(verdict "${rows[i]}")" met "${rows[i]}: met"
	with "${worse[i]}"
	is "$(verdict "${rows[i]}")$status" missed1 "${rows[i]}: missed, and the exit status says so"
done
with "ours again_allocations 4 63"
is "$(printf '%s\n' "$out" | grep -A 1 'already collapsed, order 4' | tail -n 1 |
	awk -F ' *[|] *' '{ print $(NF - 1) }')" missed "an allocation on a later pass: missed"
with
like "$out" "collapse, order 4.*7.3 32, 32, 32, 32" "what 7.3 does stands beside it"
is "$(printf '%s\n' "$out" | grep -A 1 'a writer waits, order 4' | tail -n 1 | tr -s ' ')" \
	"| the same, from the request on | 50 of 100, worst 32 blocks | blocks in a range 32 | 50.0 % | - | - |" \
	"batches from when the writer asked: a figure without a goal"

sed -i /^7.3/d "$tmp/good"
with
is "$(verdict "already collapsed, order 4")$status" -0 "without 7.3: no verdict, nothing missed"
is "$(verdict "collapse of a full range, order 4")" met "without 7.3: the other goals hold"
like "$out" "already collapsed, order 4 .* 25.0k .* 7.3 -" "without 7.3: our own figure is shown"

# A trace, one word per event: of the thread, of khugepaged, and of a task that is not involved.
event() {
	local who=khugepaged-30 text
	case $1 in
	ask) who=waiter-70 text='mmap_lock_start_locking: mm=1 memcg_path=/ write=true' ;;
	get) who=waiter-70 text='mmap_lock_acquire_returned: mm=1 memcg_path=/ write=true success=true' ;;
	spin) who=waiter-70 text='osq: (rwsem_down_write_slowpath+0x1/0x9 <- osq_lock) got=1' ;;
	nospin) who=waiter-70 text='osq: (rwsem_down_write_slowpath+0x1/0x9 <- osq_lock) got=0' ;;
	sleep) who=waiter-70 text='contention_begin: 01 (flags=WRITE)' ;;
	spinlock) who=waiter-70 text='contention_begin: 01 (flags=SPIN)' ;;
	other) who=sh-71 text='contention_begin: 01 (flags=WRITE)' ;;
	lock) text='mmap_lock_acquire_returned: mm=1 memcg_path=/ write=true success=true' ;;
	block) text='mm_mthp_collapse: mm=1 addr=0 order=4' ;;
	end) text='mm_mthp_batch: mm=1 addr=0 tried=1' ;;
	esac
	echo " $who [000] ..... 1.000000: $text"
}

# waits EXPECTED EVENTS WHAT: "BATCHES WITHIN MOST" from detection on, and from the request on.
waits() {
	local e
	for e in $2; do
		event "$e"
	done >"$tmp/trace"
	is "$("$tmp/waiter" 70 <"$tmp/trace" | cut -d ' ' -f 3 | paste -sd ' ')" "$1" "$3"
}

helpers=()
for f in kernel/tests/*.c; do
	[[ ${f##*/} = [a-z]_* ]] || helpers+=("$f")
done
run "${CC:-gcc}" -D_GNU_SOURCE -pthread -Ikernel/tests -Ikernel/bench.d -Iinclude -o "$tmp/waiter" \
	kernel/bench.d/{waiter,ranges,probes,waits}.c "${helpers[@]}"
is "$status" 0 "the counter of waits compiles"
waits "1 1 1 1 1 1" "lock block ask spin block end get" "a batch that ends with the block in hand"
waits "1 0 3 1 0 3" "lock block ask spin block block block end get" "a batch that goes on: spinning"
waits "1 0 3 1 0 3" "lock block ask sleep block block block end get" "a batch that goes on: asleep"
waits "1 1 1 1 0 3" "lock ask block block spin block end get" "blocks before it can be seen"
waits "1 1 1 1 0 2" "lock ask nospin block sleep block end get" "no place among the spinners"
waits "0 0 0 1 0 2" "lock ask spinlock block block end get" "a spinlock is no queue"
waits "0 0 0 0 0 0" "lock spin block block end" "another lock's spinners"
waits "0 0 0 0 0 0" "lock other block block end" "another task"
waits "1 0 2 1 0 2" "ask spin lock block block end get" "it waited before the batch began"
waits "2 2 1 2 2 1" "lock ask spin block end lock block end get lock block block end" \
	"it waits for two batches, and not for the third"

run kernel/bench --fast
is "$status" 2 "an unknown option: exit status"

# A page is written section by section.
printf '# Page\n\n## One\n\nold 1\n\n## Two\n\nold 2\n' >"$tmp/page"
echo "new 1" | docs/write-section "$tmp/page" One
echo "new 3" | docs/write-section "$tmp/page" Three
echo "new 2" | docs/write-section "$tmp/page" Two
is "$(cat "$tmp/page")" "$(printf '# Page\n\n## One\n\nnew 1\n\n## Two\n\nnew 2\n\n## Three\n\nnew 3\n')" \
	"a section is replaced, or added, and the others stay"

run kernel/get-source six
is "$status" 2 "get-source: not a version: exit status"
if ! command -v apt-get >/dev/null; then
	skip "get-source" "no apt-get here"
	tap_done
	exit
fi

# An apt without a mirror; then one whose suite is signed with an unknown key.
mkdir "$tmp/bin"
printf '#!/bin/sh\nexit 0\n' >"$tmp/bin/apt-get"
chmod +x "$tmp/bin/apt-get"
PATH=$tmp/bin:$PATH run kernel/get-source 7.3
is "$status" 3 "get-source: no mirror: exit status"
like "$err" "cannot fetch linux-source-7.3: (apt knows no mirror|.*not there)" \
	"get-source: no mirror: message"

mkdir -p "$tmp/mirror/dists/some/main/binary-$(dpkg --print-architecture)"
touch "$tmp/mirror/dists/some/main/binary-$(dpkg --print-architecture)/Packages"
printf 'Origin: Debian\nLabel: Debian\nSuite: some\nCodename: some\nDate: %s\n' "$(date -uR)" \
	>"$tmp/mirror/dists/some/Release"
cat >"$tmp/bin/apt-get" <<APT
#!/bin/sh
case \$1 in
indextargets) echo "Debian|Debian|file:$tmp/mirror/" ;;
*) exec $(command -v apt-get) "\$@" ;;
esac
APT
PATH=$tmp/bin:$PATH run kernel/get-source 7.3 some
is "$status" 3 "get-source: a suite that is not signed: exit status"
like "$err" "cannot fetch linux-source-7.3: .*(signature cannot be checked|not there)" \
	"get-source: a suite that is not signed: refused, with the reason"
is "$(ls -A "$tmp/cache/mthptop/src" 2>/dev/null)" "" "get-source: nothing is left behind"
tap_done
