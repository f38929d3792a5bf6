#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The whole path: root records the demo, and an ordinary user replays and reports the recording. The report
# must have the results of every scenario.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
t=$tmp/t.mthp
[ "$(id -u)" = 0 ] || skip_all "not root: nothing can be recorded"
run "$m" -b -n 1 -d 0.1
[ "$status" = 0 ] || skip_all "this machine cannot be observed: $err"
command -v jq >/dev/null || skip_all "jq is not installed"
kernel_lock

run "$m" record -o "$t" -- "$m" demo
is "$status" 0 "record -- demo"
like "$out" '^full +khugepaged +ok ' "the demo's own table goes to standard output"
unlike "$out" ' differs ' "every scenario did as announced"
like "$err" '^mthptop: recorded [0-9]+ events, .*: nothing lost$' "record reports the number of events, and that none were lost"
cp "$tmp/.out" "$tmp/table"
chmod 644 "$t"

run as_user "$m" replay "$t"
is "$status" 0 "an ordinary user can replay it"
like "$out" 'demo:half' "the replay has the demo's processes"
run as_user "$m" report "$t" --format json
is "$status" 0 "an ordinary user gets a report as JSON"
cp "$tmp/.out" "$tmp/json"
is "$(jq -r '.summary.lost, .summary.complete' "$tmp/json" | tr '\n' ' ')" "0 true " \
	"the report is complete and without losses"

# counts COMM FIELD: the sum of a field over the processes of that name.
counts() {
	jq --arg c "$1" "[.processes[] | select(.comm == \$c) | .$2] | add // 0" "$tmp/json"
}

# Is the scenario in the demo's table, and did it do as announced in its first run?
ran() {
	grep -E "^$1 +[a-z]+ +ok " "$tmp/table" | grep -qv ', second run$'
}

for name in full half sparse full-mad half-mad sparse-mad shared-mad shmem shmem-mad; do
	if ran "$name"; then
		is "$(counts "demo:$name" collapses)" 4 "demo:$name: four collapses"
	else
		skip "demo:$name" "the demo left it out, or ran it twice"
	fi
done
for name in empty:exceed_none_pte shared:exceed_shared_pte pinned:not_suitable_page_count \
	uffd:pte_uffd cold:lack_referenced_page pinned-mad:not_suitable_page_count \
	uffd-mad:pte_uffd; do
	if ran "${name%:*}"; then
		is "$(counts "demo:${name%:*}" collapses)" 0 "demo:${name%:*}: no collapse"
		like "$(jq -r --arg c "demo:${name%:*}" \
			'.processes[] | select(.comm == $c) | .top_result' "$tmp/json")" \
			"^${name#*:}" "demo:${name%:*}: refused because of ${name#*:}"
	else
		skip "demo:${name%:*}" "the demo left it out, or ran it twice"
	fi
done
page=$(jq .summary.page_size_bytes "$tmp/json")
for name in half:256 sparse:511 full:0; do
	if ran "${name%:*}"; then
		is "$(counts "demo:${name%:*}" filled_bytes)" $((4 * ${name#*:} * page)) \
			"demo:${name%:*}: ${name#*:} pages of each range are filled"
	else
		skip "demo:${name%:*}" "the demo left it out, or ran it twice"
	fi
done

# The kernel's own counter of the same seconds. It counts allocations, also those of failed collapses.
alloc=$(jq '[.counters[] | select(.name == "thp_collapse_alloc")][0].delta' "$tmp/json")
tried=$(jq '[.outcomes[] | select(.kind == "collapse" or .kind == "collapse_file")
	| select(.result != "alloc_huge_page_failed") | .count] | add' "$tmp/json")
is "$tried" "$alloc" "collapses agree with thp_collapse_alloc of the kernel"

run as_user "$m" script "$t"
is "$status" 0 "an ordinary user gets a line for each event"
is "$(wc -l <"$tmp/.out")" "$(jq .summary.events "$tmp/json")" "as many lines as events"

run "$m" diff "$t" "$t"
is "$status" 0 "a trace is compared with itself"
unlike "$out" 'demo:' "a trace does not differ from itself"

# A disk that becomes full: whole blocks are kept, the rest is counted.
mkdir "$tmp/disk"
if mount -t tmpfs -o size=8k none "$tmp/disk" 2>/dev/null; then
	run "$m" record -o "$tmp/disk/t.mthp" -- "$m" demo -d 6 --pause 0 full-mad uffd-mad
	is "$status" 4 "record on a full disk: exit status"
	like "$err" '^mthptop: cannot write trace: .*No space left on device \(' "record on a full disk: the error is printed at once"
	like "$err" '^mthptop: trace is incomplete: .*: [1-9][0-9]* events could not be written' \
		"and at the end, how many events were lost"
	kept=$(sed -n 's/.*could not be written, \([0-9]*\) were$/\1/p' <<<"$err")
	run "$m" report "$tmp/disk/t.mthp" --format json
	# The end mark may have fitted or not; the report shows the loss in both cases.
	[ "$status" = 4 ] || [ "$(jq .summary.lost <<<"$out")" -gt 0 ]
	ok $? "the report of that trace shows the loss"
	is "$(jq .summary.events <<<"$out")" "$kept" "the report has all kept events"
	[ "${kept:-0}" -gt 0 ]
	ok $? "some events were kept"
	umount "$tmp/disk"
else
	skip "record on a full disk" "no tmpfs can be mounted here"
fi

if command -v valgrind >/dev/null; then
	# This valgrind knows neither pidfd_open() nor fsopen(). So record runs without CMD, and if tracefs is not
	# mounted, in a mount namespace with a mounted one.
	cat >"$tmp/traced" <<-'END'
	#!/bin/sh
	[ -e /sys/kernel/tracing/events ] && exec "$@"
	[ "$MTHP_NS" ] || exec env MTHP_NS=1 unshare -m --propagation private "$0" "$@"
	mount -t tracefs nodev /sys/kernel/tracing && exec "$@"
	END
	chmod +x "$tmp/traced"
	vg=(valgrind -q --error-exitcode=99 --leak-check=full
		--suppressions=analyzer/tests/support/valgrind.supp)
	"$m" demo -d 60 full-mad uffd-mad >/dev/null 2>&1 8>&- &
	demo=$!
	run "$tmp/traced" "${vg[@]}" "$m" record -o "$tmp/v.mthp" -d 1
	kill "$demo"
	wait "$demo"
	is "$status" 0 "record is clean under valgrind" || tail -n 20 <<<"$err" | sed 's/^/# /'
	like "$err" 'recorded [1-9][0-9]* events' "record under valgrind has events"
	for cmd in "replay --batch" "report --format json" "script"; do
		# shellcheck disable=SC2086
		run "${vg[@]}" "$m" $cmd "$tmp/v.mthp"
		is "$status" 0 "$cmd is clean under valgrind" || tail -n 20 <<<"$err" | sed 's/^/# /'
	done
else
	skip "record and replay under valgrind" "valgrind is not installed"
fi
tap_done
