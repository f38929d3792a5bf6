#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# One verdict, and every view begins with it.
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
samples=$top/analyzer/tests/data/samples
cd "$tmp" || exit 1

# same NAME FILE: the word and the reason are the same in all views of FILE.
same() {
	local name=$1 file=$2 word line next title
	"$m" report "$file" --format json >json 2>/dev/null
	word=$(jq -r .summary.verdict json)
	line=$(jq -r .summary.headline json)
	next=$(jq -r '.summary.next // ""' json)
	title=${word^}
	like "$word" '^(idle|helping|costly|creeping|failing)$' "$name: a verdict"
	"$m" report "$file" 2>/dev/null >text
	is "$(sed -n '1p' text)|$(sed -n 's/^  verdict   *//p' text)|$(sed -n 's/^  headline   *//p' text)" "$title: $line|$word|$line" \
		"$name: $word, in text"
	is "$(sed -n '/^Answers/,/^$/s/^  \(.*?\)  *\(.*\)$/\1|\2/p' text | grep -v '^Unknown:')" \
		"$(jq -r '.answers[] | select(.known) | "\(.question)|\(.answer)"' json)" "$name: answers, in text and in JSON"
	is "$(sed -n 's/^  Unknown: //p' text)" "$(jq -r '[.answers[] | select(.known | not).question] | join(" ")' json)" \
		"$name: what is unknown is in a line"
	[ "$(sed '/^Summary/,$d' text | wc -l)" -le 25 ]
	ok $? "$name: in 25 lines"
	is "$("$m" report "$file" -t summary --format csv 2>/dev/null |
		python3 -c 'import csv, sys; r = next(csv.DictReader(sys.stdin)); print(r["verdict"], r["headline"], sep="|")')" \
		"$word|$line" "$name: in CSV"
	is "$("$m" report "$file" -f html 2>/dev/null | sed -n 's/.*<h1><span class="\([a-z]*\)">\([A-Za-z]*\)<.span>: \(.*\)<.h1>.*/\1|\2|\3/p' |
		python3 -c 'import html, sys; print(html.unescape(sys.stdin.read()), end="")')" "$word|$title|$line" "$name: in HTML"
	is "$("$m" replay "$file" --dump-screen overview --size 300x40 2>/dev/null | sed -n '3s/ *$//p')" "$title: $line" "$name: on the screen"
	if [ -n "$next" ]; then
		is "$("$m" replay "$file" --dump-screen overview --size 300x40 2>/dev/null | grep -c "^Next: ${next//[\[\]*]/.} *$")" 1 \
			"$name: the next step"
	fi
	is "$("$m" diff "$file" "$file" | sed -n '2s/^ *//p')" "$title: $line" "$name: in diff"
}

for s in "$samples"/*.mthp; do
	same "$(basename "$s")" "$s"
done
for s in "$top"/analyzer/tests/data/captures/*.gz; do
	"$m" report "$s" >/dev/null 2>&1 && same "$(basename "$s")" "$s"
done
is "$(for s in churn creep demo fork splits; do "$m" report "$samples/$s.mthp" --format json | jq -r .summary.verdict; done | paste -sd' ')" \
	"failing creeping costly helping costly" "the samples have the verdicts that they were made for"

# No row contradicts it.
for s in "$samples"/*.mthp; do
	is "$("$m" report "$s" --format json | jq '.summary as $s | .orders as $o |
		if $s.verdict == "helping" or $s.verdict == "costly" then
			($s.collapses > 0 and ($o | map(.collapses) | add) == $s.collapses
			and ($s.verdict == "costly") == (($s.filled_bytes // 0) * 100 >= $s.collapsed_bytes * 25
				or ($s.undone // 0) > 0 and $s.undone * 100 >= $s.collapses * 25))
		elif $s.verdict == "creeping" then $s.creep_steps > 0
		elif $s.verdict == "idle" then $s.collapses == 0
		else true end')" true "$(basename "$s"): the rows agree"
done

# A part of a trace has the verdict of that part, and one that lost its end says both.
"$m" report "$samples/demo.mthp" -p 999999 --format json 2>/dev/null >none
is "$(jq -r '.summary | [.verdict, .headline] | join("|")' none)" "idle|Nothing was scanned" "another process: idle"
head -c 5000 "$samples/creep.mthp" >cut.mthp
is "$("$m" report cut.mthp --format json 2>/dev/null | jq -r '.summary | .verdict != null and (.complete | not)')" true \
	"a cut trace has a verdict, and is not complete"

# The exporter has one of the words.
"$m" export --replay "$samples/creep.mthp" -x 0 --textfile e.prom -d 1 >/dev/null 2>&1 &
for ((i = 0; i < 100; i++)); do
	grep -q '^mthptop_verdict{verdict="creeping"} 1$' e.prom 2>/dev/null && break
	sleep 0.1
done
cp e.prom metrics
kill $! 2>/dev/null
wait
is "$(grep -c '^mthptop_verdict{' metrics) $(grep '^mthptop_verdict{' metrics | grep ' 1$')" '5 mthptop_verdict{verdict="creeping"} 1' \
	"exporter: five words, one of them holds"
tap_done
