#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Splits of huge pages, and the collapses that undo them, in every format: of a trace of Debian's own 7.3, whose program said
# what it split (kernel/tests/s_split.c), and of what is left of that trace when parts of it are missing.
. "$(dirname "$0")/../support/tap.sh"

command -v jq >/dev/null || skip_all "jq is not installed"
m=$MTHPTOP
sample=analyzer/tests/data/samples/splits.mthp
export LC_ALL=C.UTF-8
unset NO_COLOR TERM

"$m" report --format json "$sample" >"$tmp/json"
q() { # FILTER
	jq -r "$1" "$tmp/json"
}
is "$(q '[.summary.splits, .summary.undone] | @text')" "[72,60]" "a report counts them"
is "$(q '.splits[] | [.by, .splits, .undone, .khugepaged, .madvise] | @text')" '["its process",60,48,36,12]
["another process",12,12,12,0]' "by whom, and undone by whom"
is "$(q '[.processes[].splits] | add')" "$(q .summary.splits)" "processes add up"
is "$(q '[.processes[].undone] | add')" "$(q .summary.undone)" "in what was undone, too"
is "$(q '.answers[] | select(.question | test("split")).answer')" "Yes, 60 times" "the answer"
is "$(q .summary.verdict)" costly "the verdict"

# Another program counts the same in the events.
"$m" script --format jsonl "$sample" >"$tmp/events"
is "$(jq -s '[.[] | select(.kind == "split")] | length' "$tmp/events")" "$(q .summary.splits)" "each is an event"
is "$(jq -s '[.[] | select(.kind == "split" and .by == "another process")] | length' "$tmp/events")" 12 "with who made it"
is "$(jq -s '[.[] | select(.kind != "split" and .by != null)] | length' "$tmp/events")" 0 "which other events do not have"
is "$(jq -rs '
	reduce .[] as $e ({split: {}, undone: 0};
		"\($e.mm) \($e.addr)" as $at |
		if $e.kind == "split" then .split[$at] = 1
		elif $e.kind == "mthp_collapse" and $e.result == "succeeded" and $e.order == 9 then
			.undone += (.split[$at] // 0) | .split[$at] = 0
		else . end) | .undone' "$tmp/events")" "$(q .summary.undone)" "and so many were undone"
like "$("$m" script "$sample" | grep ' split ' | head -n 1)" ' split .* by="its process" addr=0x[0-9a-f]+ pages=512' "in words"

like "$("$m" report "$sample" -t splits)" 'its process +60 +48 +80\.0% +36 +12 +0 +96\.0M' "the table"
like "$("$m" report "$sample" --format html)" 'Huge pages that were split, by whom' "the page has it"
like "$("$m" replay "$sample" --dump-screen vain --size 120x60)" 'Splits of huge pages' "the screen has it"
unlike "$("$m" replay analyzer/tests/data/samples/churn.mthp --dump-screen vain --size 120x60)" 'Splits of huge pages' \
	"and not where nothing was split"

# A trace of before, whose kernel told nothing of splits: unknown, not 0.
is "$("$m" report --format json analyzer/tests/data/samples/churn.mthp | jq -c '[.summary.splits, .summary.undone, .splits]')" \
	'[null,null,[]]' "without such events nothing is known"

# Cut in the middle: what is there is counted by the same rule.
for part in 3000 5000 8000; do
	head -c "$part" "$sample" >"$tmp/cut.mthp"
	run "$m" report --format json "$tmp/cut.mthp"
	cp "$tmp/.out" "$tmp/cut.json"
	is "$(jq '.summary.undone <= .summary.splits' "$tmp/cut.json")" true "cut at $part bytes: no more undone than split"
	is "$(jq '[.splits[].splits] | add // 0' "$tmp/cut.json")" "$(jq .summary.splits "$tmp/cut.json")" "cut at $part bytes: rows add up"
done
tap_done
