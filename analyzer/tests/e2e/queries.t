#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Traces of a fleet in one database: docs/fleet/load puts twenty of them there, and every question of docs/fleet/queries.sql is
# answered as the reports answer it. And each line of events fits its JSON Schema.
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
data=analyzer/tests/data
schema=docs/fleet/events.schema.json
checker=analyzer/tests/support/schema.py

# Every event of every sample and capture.
is "$(jq -r '.required | join(",")' $schema)" "$(sed -n 's/^| `\([a-z_]*\)` | .*/\1/p' docs/events.md | paste -sd,)" \
	"the schema has the keys of docs/events.md"
is "$(jq -r '.properties | keys_unsorted | join(",")' $schema)" "$(jq -r '.required | join(",")' $schema)" "and requires all"
for s in $data/samples/*.mthp $data/captures/*.gz; do
	"$m" script "$s" -f jsonl >"$tmp/lines" 2>/dev/null
	[ -s "$tmp/lines" ] || echo "no event" >"$tmp/lines"
	cat "$tmp/lines" >>"$tmp/all"
	what=$(python3 $checker $schema <"$tmp/lines" 2>&1)
	ok $? "${s##*/}: the lines fit the schema" || sed 's/^/# /' <<<"$what"
done
# What each key may be is known by what it may not be.
head -n 1 "$tmp/all" >"$tmp/one"
for change in 'del(.pid)' '.schema_version = 2' '.schema_version = "1"' '.pid = "1"' '.pid = -1' '.complete = 1' '.mm = 5' '.mm = "0x5"' \
	'.time = "2026-11-21 13:31:56"' '.kind = null' '.none = 1.5' '.order = 14' '.host = ""' '.present_bits = "1-"' '.plan_blocks = "x"' \
	'[.]'; do
	jq -c "$change" "$tmp/one" >"$tmp/other"
	python3 $checker $schema <"$tmp/other" >"$tmp/what"
	is $? 1 "$change does not fit" || cat "$tmp/what"
done
jq -c '.new_key = [1]' "$tmp/one" | python3 $checker $schema
ok $? "a new key may come"

command -v sqlite3 >/dev/null || {
	skip "questions about a fleet" "sqlite3 is not installed"
	tap_done
}
# Twenty machines. One has a name that SQL and shells would stumble over.
mkdir "$tmp/traces" "$tmp/reports"
n=0
machine() {
	n=$((n + 1))
	cp "$1" "$tmp/traces/${2:-$(printf 'host-%02d' $n)}"
}
for s in churn creep demo fork guard mixed pinned splits; do
	machine $data/samples/$s.mthp
done
for s in 6.1.mthp 6.1.dat 6.12.mthp 6.12.own.dat 6.12-mthp.mthp 6.12-mthp.trace 6.18.mthp 7.3.dat 7.3.report; do
	machine $data/captures/$s.gz
done
machine $data/samples/creep.mthp "it's \"one\" \$HOME;"
machine $data/samples/splits.mthp
awk 'BEGIN {
	for (i = 0; i < 50; i++) {
		if (i == 20)
			print "CPU:1 [LOST 12 EVENTS]"
		printf " khugepaged-41 [001] %.6f: mm_collapse_huge_page: mm=0x1, isolated=0, status=pte_non_present\n", 100 + i
	}
}' >"$tmp/losses.txt"
machine "$tmp/losses.txt"
is "$(ls "$tmp/traces" | wc -l)" 20 "twenty traces"
for f in "$tmp"/traces/*; do
	"$m" report "$f" --format json >"$tmp/reports/${f##*/}.json" 2>/dev/null
	"$m" script "$f" --format jsonl >"$tmp/reports/${f##*/}.jsonl" 2>/dev/null
done
MTHPTOP=$m run docs/fleet/load "$tmp/fleet.db" "$tmp"/traces/*
is "$status" 0 "all are loaded" || sed 's/^/# /' <<<"$err"
is "$(sqlite3 "$tmp/fleet.db" 'select count(*) from event')" "$(cat "$tmp"/reports/*.jsonl | wc -l)" "with every event"
ask() {
	python3 analyzer/tests/support/fleet_answers.py "$tmp/fleet.db" docs/fleet/queries.sql "$tmp/reports" >"$tmp/answers" 2>&1 ||
		echo "not ok: $(tail -n 1 "$tmp/answers")" >>"$tmp/answers"
	while read -r line; do
		case $line in
		"ok "*) ok 0 "$1: ${line#ok }" ;;
		"not ok"*) ok 1 "$1: ${line#not ok}" ;;
		*) echo "$line" ;;
		esac
	done <"$tmp/answers"
}
ask "as the reports say"
run sqlite3 -bail "$tmp/fleet.db" ".read docs/fleet/queries.sql"
is "$status $err" "0 " "all at once"

# Loaded twice, they are there once. What cannot be read is named, and the rest is loaded. What ends early is loaded up to there.
head -c 20000 $data/samples/churn.mthp >"$tmp/traces/host-01"
echo nothing >"$tmp/traces/junk"
MTHPTOP=$m run docs/fleet/load "$tmp/fleet.db" "$tmp"/traces/*
is "$status" 1 "a file that is no trace"
like "$err" "^load: not loaded: $tmp/traces/junk" "is named"
is "$(sqlite3 "$tmp/fleet.db" 'select count(*) from trace')" 20 "no machine is there twice"
"$m" report "$tmp/traces/host-01" --format json >"$tmp/reports/host-01.json" 2>/dev/null
"$m" script "$tmp/traces/host-01" --format jsonl >"$tmp/reports/host-01.jsonl" 2>/dev/null
[ "$(wc -l <"$tmp/reports/host-01.jsonl")" -gt 1000 ]
ok $? "a part of a trace"
is "$(sqlite3 "$tmp/fleet.db" "select count(*) from event where trace = 'host-01'")" "$(wc -l <"$tmp/reports/host-01.jsonl")" \
	"a trace that was cut is as long as it is"
ask "once more"
MTHPTOP=$m run docs/fleet/load "$tmp/fleet.db"
is "$status" 2 "no trace is wrong usage"
tap_done
