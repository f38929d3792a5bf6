#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Events one by one: JSON lines that engines can query, and a document that trace viewers open.
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
samples=$top/analyzer/tests/data/samples
cd "$tmp" || exit 1

# Every line of every sample has the keys of docs/events.md, in that order.
keys=$(sed -n 's/^| `\([a-z_]*\)` | .*/\1/p' "$top/docs/events.md" | paste -sd,)
for s in "$samples"/*.mthp "$top"/analyzer/tests/data/captures/*; do
	name=${s##*/}
	"$m" script "$s" >text 2>/dev/null || continue
	"$m" script "$s" --format jsonl >lines 2>/dev/null
	is "$(jq -r 'keys_unsorted | join(",")' lines | sort -u)" "$([ ! -s lines ] || echo "$keys")" "$name: the keys"
	is "$(wc -l <lines)" "$(wc -l <text)" "$name: a line for each event"
	"$m" script "$s" --format chrome >doc 2>/dev/null
	is "$(jq '[.traceEvents[] | select(.ph != "M")] | length' doc)" "$(wc -l <text)" "$name: an event of the document for each"
done

# The values are those of the text, and null where it has none.
values='[inputs | [to_entries[] | select(.value != null) | select(.key | IN($keys[])) | "\(.key)=\(.value)"] | join(" ")] | .[]'
for s in creep pinned churn; do
	"$m" script "$samples/$s.mthp" | grep -oE ' (none|present|filled|progress|stall_ns)=[0-9]+' | tr -d ' ' | sort >from_text
	jq -nr --argjson keys '["none", "present", "filled", "progress", "stall_ns"]' "$values" \
		<("$m" script "$samples/$s.mthp" --format jsonl) | tr ' ' '\n' | grep . | sort >from_lines
	is "$(cksum <from_lines)" "$(cksum <from_text)" "$s: counts as in the text" || diff from_lines from_text | sed -n "1,5s/^/# /p"
	"$m" script "$samples/$s.mthp" | grep -oE 'present_bits=[0-9,-]+' | sort >from_text
	jq -r 'select(.present_bits) | "present_bits=\(.present_bits)"' <("$m" script "$samples/$s.mthp" --format jsonl) |
		sort >from_lines
	is "$(cksum <from_lines)" "$(grep -v '=-$' from_text | cksum)" "$s: bitmaps as in the text"
done
ok "$([ -s from_lines ]; echo $?)" "some of them have bitmaps"
is "$("$m" script "$samples/creep.mthp" --format jsonl | jq -s '[.[] | select(.present_bits == "")] | length')" \
	"$("$m" script "$samples/creep.mthp" | grep -c 'present_bits=- ')" "a bitmap without a bit is not unknown"

# Times: to the nanosecond, and null where the clock of the trace is no calendar.
start=$("$m" report "$samples/creep.mthp" --format json | jq -r .summary.start)
"$m" script "$samples/creep.mthp" -o t.jsonl
is "$(python3 - "$start" <<'END'
import json, sys
from decimal import Decimal
def ns(t):
    import datetime
    whole, part = t.rstrip('Z').split('.')
    return int(datetime.datetime.fromisoformat(whole + '+00:00').timestamp()) * 10**9 + int(part)
start = ns(sys.argv[1])
print(all(ns(e['time']) - start == e['at_ns'] for e in map(json.loads, open('t.jsonl'))))
END
)" True "time is the start and at_ns"
printf 'x-1 [000] d..1. 5.000001: mm_collapse_huge_page: mm=0000000012345678, isolated=1, status=succeeded\n' >t.txt
is "$("$m" script t.txt -f jsonl 2>/dev/null | jq -c '[.time, .at_ns, .pid, .result, .addr]')" '[null,0,null,"succeeded",null]' \
	"a text has no calendar, no process and no address"

# An engine takes them: collapses by size as the report has them.
is "$(python3 - <<'END'
import json, sqlite3
db = sqlite3.connect(':memory:')
db.execute('create table e(j text)')
db.executemany('insert into e values (?)', [(l,) for l in open('t.jsonl')])
print(json.dumps(db.execute("""select json_extract(j, '$.order'), count(*) from e
    where json_extract(j, '$.kind') = 'mthp_collapse' and json_extract(j, '$.result') = 'succeeded'
    group by 1 order by 1""").fetchall()))
END
)" "$("$m" report "$samples/creep.mthp" --format json | jq -c '[.orders[] | select(.collapses > 0) | [.order, .collapses]]' | sed 's/,/, /g')" \
	"collapses by size in SQL"

# Bars have a length, and rows have names, once each.
"$m" script "$samples/churn.mthp" -f chrome -o t.json
is "$(jq '[.traceEvents[] | select(.ph == "X") | .dur] | add * 1000 | round' t.json)" \
	"$("$m" script "$samples/churn.mthp" -f jsonl | jq -s '[.[].dur_ns // 0] | add')" "the bars are as long as the attempts took"
is "$(jq '[.traceEvents[] | select(.ph == "X")] | all(.ts >= 0)' t.json)" true "and begin after the trace"
is "$(jq -c '[.traceEvents[] | select(.name == "process_name") | [.pid, .args.name]] | length == (unique | length)' t.json)" true \
	"a name for each process"
is "$(jq -c '([.traceEvents[] | .pid] | unique) == ([.traceEvents[] | select(.name == "process_name") | .pid] | unique)' t.json)" \
	true "and none without"

# A trace without an event, a part of one, a full disk, a closed pipe.
printf '# tracer: nop\n#\n' >empty
is "$("$m" script empty -f chrome 2>/dev/null | jq -c '.traceEvents')" '[]' "no event: a document"
is "$("$m" script empty -f jsonl 2>/dev/null | wc -c)" 0 "no event: no line"
head -c 5000 "$samples/creep.mthp" >cut.mthp
for f in jsonl chrome; do
	run "$m" script cut.mthp -f $f
	is "$status" 4 "a cut trace as $f: status"
	jq -e . <<<"$out" >/dev/null
	ok $? "a cut trace as $f: what is there is whole"
	run sh -c '"$1" script "$2" -f "$3" >/dev/full' sh "$m" "$samples/churn.mthp" $f
	is "$status" 3 "a full disk as $f"
	run bash -o pipefail -c '"$1" script "$2" -f "$3" | head -c 10 >/dev/null' sh "$m" "$samples/churn.mthp" $f
	is "$status $err" "0 " "a closed pipe as $f"
	echo older >kept
	run "$m" script nosuch -f $f -o kept
	is "$status $(cat kept)" "3 older" "an older file stays where there is nothing to write, as $f"
done
tap_done
