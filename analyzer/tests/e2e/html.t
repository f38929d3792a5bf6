#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Pages in other programs: an XML parser, a validator of HTML, a browser. Numbers are those of the JSON, the
# pages load nothing, and names from outside stay text.
. "$(dirname "$0")/../support/tap.sh"

command -v xmllint >/dev/null || skip_all "xmllint is not installed"
command -v jq >/dev/null || skip_all "jq is not installed"
sample=analyzer/tests/data/samples/demo.mthp
pages=$tmp/pages
mkdir "$pages"

run "$MTHPTOP" report "$sample" --format html -o "$pages/report.html"
is "$status$err" 0 "report --format html"
run "$MTHPTOP" report "$sample" --format html
cmp -s "$tmp/.out" "$pages/report.html"
ok $? "the same on standard output"
is "$(stat -c %a "$pages/report.html")" 600 "only the owner can read the file"
run "$MTHPTOP" report - --format html <"$sample"
run bash -c "'$MTHPTOP' report - --format html <$sample"
like "$out" '^<p class="of">standard input · ' "a trace from standard input has no name"
run "$MTHPTOP" diff "$sample" "$sample" --format html -o "$pages/diff-same.html"
is "$status$err" 0 "diff --format html"
like "$(cat "$pages/diff-same.html")" 'No number differs' "of a trace with itself: nothing"
evil="$tmp/<img src=x onerror=alert(1)> & \"'"$'\e[31m\xff.mthp'
cp "$sample" "$evil"
run "$MTHPTOP" report "$evil" --format html -o "$pages/evil-name.html"
is "$status$err" 0 "report of a file with an evil name"
like "$(cat "$pages/evil-name.html")" \
	'>&lt;img src=x onerror=alert\(1\)&gt; &amp; &quot;&#39;\\x1b\[31m\\xff.mthp · Linux' \
	"a hostile process name stays text"
run "$MTHPTOP" report "$sample" --format html --table processes -o "$pages/table.html"
is "$status$err" 0 "report --format html --table"
run "$MTHPTOP" report "$sample" --format html -o /dev/full
is "$status" 3 "a full disk is an error"

# Other pages than the sample's: detail plans, hostile names, an empty trace; and a survey.
MTHP_HTML_DIR=$pages "$OUT/analyzer/tests/unit/html/test_markup" >/dev/null 2>&1
MTHP_HTML_DIR=$pages "$OUT/analyzer/tests/unit/html/test_survey" >/dev/null 2>&1
run "$MTHPTOP" survey -p $$ --format html -o "$pages/survey.html"
is "$status" 0 "survey --format html"
run "$MTHPTOP" survey -p $$ --format html --watch 1
is "$status" 2 "a page is of one moment"
for page in survey-made busy hostile hostile-diff diff empty plans plans-diff; do
	[ -s "$pages/$page.html" ]
	ok $? "test_markup leaves its page: $page"
done

for page in "$pages"/*.html; do
	name=$(basename "$page")
	run xmllint --noout --nonet "$page"
	is "$status$err" 0 "$name: well-formed XML"
	if command -v tidy >/dev/null; then
		run tidy -q -e "$page"
		is "$status$err" 0 "$name: valid HTML"
	else
		skip "$name: valid HTML" "tidy is not installed"
	fi
	is "$(grep -Eo '(src|href|url|action|data|srcset)=?[("]*[a-z]+:[^" )]*' "$page" | sort -u)" \
		'href="data:,' "$name: refers to nothing outside"
	unlike "$(cat "$page")" '<script|<iframe|<object|<embed|@import|javascript:' \
		"$name: no script, nothing embedded"
done

# The exact values in a table of the page: a rounded number has its exact value in its title.
# cells TABLE [NTH]: tab separated rows.
cells() {
	xmllint --xpath "(//*[local-name()='table'][@data-table='$1'])[${2:-1}]/*[local-name()='tbody']" \
		"$pages/report.html" | tr -d '\n' | sed -E 's/<\/tr>/\n/g; s/<td class="bar">/&\x01/g' |
		sed -E 's/<td class="n" title="([0-9]+) [a-z]+">[^<]*<\/td>/\1\t/g; s/<[^>]*>\x01[^\t]*$//
			s/<\/td>/\t/g; s/<[^>]*>//g; s/\t$//' | grep .
}

run "$MTHPTOP" report "$sample" --format json
cp "$tmp/.out" "$tmp/json"
# want JQ-FILTER: the rows of the filter, with the page's word for unknown values.
want() {
	jq -r "$1 | map(if . == null then \"-\" else . end) | @tsv" "$tmp/json"
}
is "$(cells processes)" "$(want '.processes[:50][] | [.comm, .tgid, .collapsed_bytes, .collapses, .failures,
	.filled_bytes, .scans, .dur_mean_ns, .last_ns, .top_result]')" "processes: the numbers of the JSON"
is "$(cells orders)" "$(want '.orders[] | ["2M", .enabled, .collapses, .failures, .collapsed_bytes, .filled_bytes,
	.filled_unknown, .dur_mean_ns, .dur_p50_ns, .dur_p99_ns, .samples, .censored]')" \
	"orders: the numbers of the JSON"
is "$(cat <(cells outcomes) <(cells outcomes 2) | cut -f 1-6 | sort)" \
	"$(want '.outcomes[] | [.kind, .requester, "2M", .result, .count, .share_ppm]' | sort)" \
	"outcomes: each once, the numbers of the JSON"
is "$(cells timeline | cut -f 1-6)" \
	"$(want '.timeline[] | [.from_ns, .to_ns, .scans, .collapses, .failures, .collapsed_bytes]')" \
	"timeline: the numbers of the JSON"
is "$(cells losses)" "$(want '.losses[] | [.name, .count, .meaning]')" "losses: those of the JSON"
is "$(cells settings)" "$(want '.settings[] | [.name, .value, .first, .changes]')" "settings: those of the JSON"
is "$(sed -n 's/.*data-field="scans">\([0-9]*\)<.*/\1/p' "$pages/report.html")" \
	"$(jq .summary.scans "$tmp/json")" "the summary: scans"

# All links within the page lead somewhere.
is "$(grep -o 'href="#[^"]*"' "$pages/report.html" | cut -d'"' -f2 | tr -d '#' | while read -r id; do
	grep -q "id=\"$id\"" "$pages/report.html" || echo "$id"
done)" "" "every link of the page leads somewhere"
is "$(grep -c '<svg class="\(chart\|strip\)"[^>]*><title>[^<]' "$pages/report.html")" \
	"$(grep -c '<svg class="\(chart\|strip\)"' "$pages/report.html")" "every chart has a title"

# A browser without any network. browse PAGE: writes the console's output to $tmp/log, and the hosts that the
# page requested, one a line, to $tmp/hosts.
browse() {
	local profile off=()
	profile=$(mktemp -d -p "$tmp")
	[ "$(id -u)" = 0 ] && off=(unshare -n)
	HOME=$profile timeout 60 "${off[@]}" chromium --headless --no-sandbox --disable-gpu --disable-quic \
		--no-first-run --disable-background-networking --disable-component-update --disable-sync \
		--disable-default-apps --disable-extensions --host-resolver-rules='MAP * ~NOTFOUND' \
		--user-data-dir="$profile/profile" --virtual-time-budget=2000 --enable-logging=stderr \
		--log-net-log="$tmp/net.json" --dump-dom "file://$1" >"$tmp/dom" 2>"$tmp/browser"
	# The browser's own pages (that of a new tab) write to the console, too.
	grep ':CONSOLE' "$tmp/browser" | grep -v 'source: chrome' >"$tmp/log"
	# What the browser requests by itself, when it likes, has no origin.
	jq -r '.events[].params | select(.initiator? and .initiator != "not an origin").url // empty' "$tmp/net.json" |
		sed -nE 's,^([a-z]+://[^/?]*).*,\1,p' | grep -v '^file:' | sort -u >"$tmp/hosts"
	rm -rf "$profile"
}

if ! command -v chromium >/dev/null; then
	skip "pages in a browser" "chromium is not installed"
	tap_done
fi
# Can this test detect a request at all?
cat >"$tmp/bad.html" <<-'EOF'
	<!DOCTYPE html><title>bad</title><img src="http://elsewhere.invalid/a.png">
	<script>console.error("oops")</script>
EOF
browse "$tmp/bad.html"
like "$(cat "$tmp/log")" 'oops' "a bad page: its error is seen"
like "$(cat "$tmp/hosts")" 'elsewhere' "a page that loads something is detected"
for page in "$pages"/*.html; do
	name=$(basename "$page")
	browse "$page"
	like "$(cat "$tmp/dom")" '</main>' "$name: a browser shows it"
	is "$(cat "$tmp/log")" "" "$name: its console says nothing"
	is "$(cat "$tmp/hosts")" "" "$name: asks for nothing"
done
tap_done
