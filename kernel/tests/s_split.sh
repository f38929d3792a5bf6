#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Splits and ping-pong on a stock kernel: mthptop counts as many as the workload (s_split.c) made, by whom, and as many as
# were collapsed again, for whom.
#
# kernels: 6.1 6.12 7.3
# by name: 6.18 7.1 7.2

. ./ktap.sh
thp=/sys/kernel/mm/transparent_hugepage
mount -t debugfs none /sys/kernel/debug 2>/dev/null
echo madvise >$thp/enabled && echo 100000000 >$thp/khugepaged/scan_sleep_millisecs
ok $? "khugepaged is at rest"

is() { # GOT WANT TEXT
	[[ $1 = "$2" ]]
	ok $? "$3" || printf '# wanted: %q\n# got: %q\n' "$2" "$1"
}

mthptop info | sed -n '/^Probes/,/^$/s/^/# /p'
mthptop record --json -o "$tmp/trace.mthp" -- ./s_split >"$tmp/both" 2>"$tmp/err"
ok $? "recorded" || sed 's/^/# /' "$tmp/err" "$tmp/both"
grep -q 'nothing lost$' "$tmp/err"
ok $? "nothing lost" || sed 's/^/# /' "$tmp/err"
sed '/^{/,$d' "$tmp/both" >"$tmp/out"
sed -n '/^{/,$p' "$tmp/both" >"$tmp/live"
mthptop report --format json "$tmp/trace.mthp" >"$tmp/json"
mthptop script "$tmp/trace.mthp" >"$tmp/script"
cmp "$tmp/live" "$tmp/json"
ok $? "the live kernel's sums are those of the trace, to the byte"

sum() { # WORD BY: of the account
	awk -v word="$1" -v by="$2" '$1 == word { n = $2; sub(/^[a-z]+ [0-9]+ /, ""); if ($0 == by) s += n } END { print s + 0 }' \
		"$tmp/out"
}
pid=$(sed -n 's/^pid //p' "$tmp/out")
for by in "its process" "another process"; do
	is "$(jq --arg by "$by" '[.splits[] | select(.by == $by).splits] | add // 0' "$tmp/json")" "$(sum split "$by")" "splits by $by"
	is "$(grep -c " split .* by=\"$by\"" "$tmp/script")" "$(sum split "$by")" "splits by $by are events of their own"
done
is "$(jq '[.splits[].by] | length' "$tmp/json")" 2 "nobody else split"
for by in khugepaged madvise; do
	is "$(jq "[.splits[].$by] | add" "$tmp/json")" "$(sum again "$by")" "splits undone by $by"
done
[[ $(sum again khugepaged) -ge 40 && $(sum again madvise) = 12 ]]
ok $? "collapses put most together again" || sed 's/^/# /' "$tmp/out"
# The children that wrote to debugfs had a mapping of the folio each.
is "$(jq --argjson pid "$pid" '[.processes[] | select(.tgid == $pid)] | [(map(.splits) | add), (map(.undone) | add)] | @text' \
	"$tmp/json")" "$(jq '[.summary.splits - 12, .summary.undone] | @text' "$tmp/json")" "they are the process's"
is "$(jq '.answers[] | select(.question | test("split collapsed again")).answer' "$tmp/json")" \
	"\"Yes, $(jq .summary.undone "$tmp/json") times\"" "the answer says so"
mthptop report -t processes "$tmp/trace.mthp" | sed 's/^/# /'
mthptop report "$tmp/trace.mthp" | sed -n '1,2s/^/# /p'
mthptop report -t splits "$tmp/trace.mthp" | sed 's/^/# /'
echo "1..$nr"
exit "$bad"
