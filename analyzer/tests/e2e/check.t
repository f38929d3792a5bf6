#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mthptop check from end to end: exit statuses, the three forms of report, hostile names, several
# traces, and every example of docs/check-language.md and docs/ci.md.
#
# MTHP_DOCS_UPDATE=1 writes the examples' output into the documents: look at the difference afterwards.
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
demo=$top/analyzer/tests/data/samples/demo.mthp
cd "$tmp" || exit 1

# rules TEXT: writes r.rules
rules() {
	printf '%b\n' "$1" >r.rules
}

# try RULES STATUS NAME [ARG...]: judging the demo's trace by RULES ends with STATUS
try() {
	rules "$1"
	run "$m" check -f r.rules "$demo" "${@:4}"
	is "$status" "$2" "$3"
}

try 'scans >= 1' 0 "a rule that holds"
like "$out" '^  passed +scans >= 1$' "is reported as passed"
try 'scans >= 1\nscans <= 2' 1 "a rule that does not"
like "$out" '^  failed +scans <= 2$' "is reported as failed"
like "$out" 'rule: +r\.rules:2$' "a failed rule is shown with its line"
like "$out" 'found: +[0-9]+$' "a failed rule is shown with the found value"
like "$out" '2 rules: 1 passed, 1 failed$' "passed and failed rules are counted"
try 'occupancy(2M) mode at empty' 1 "a shape that is another one"
like "$out" ' full \|#{40} ' "comes with its histogram"
like "$out" 'samples, [0-9]+ censored left out' "the number of censored samples is shown"
try 'creep.steps == 0' 1 "a value that this kernel does not report fails"
like "$out" '^  unknown  ' "as unknown"
try 'creep.steps == 0 if known' 0 "if known: an unknown value is no failure"
try 'scans >= 1000000000 with at least 1000000 samples' 1 "too few samples fail"
try 'outcome(frobs) <= 1%' 2 "an unknown result"
like "$out" '^ +r\.rules:1:9: unknown result: frobs' "is shown with its place"
try 'scnas >= 1' 2 "a wrong rule"
like "$err" '^r\.rules:1:1: unknown field: scnas \(nearest: scans\)$' "is named"
like "$err" '^  \^~~~~$' "a caret marks the error"
is "$out" "" "after an error no rule is judged"
try '# nothing' 2 "an empty rules file"
run "$m" check -f nowhere.rules "$demo"
is "$status" 3 "no rules file"
like "$err" '^mthptop: cannot read rules: nowhere.rules: No such file' "is named"
run "$m" check "$demo"
is "$status" 2 "check without rules"
like "$err" 'missing option: --rules' "is an error"
rules 'scans >= 1'
run "$m" check -f r.rules
is "$status" 2 "check without a trace"
run "$m" check -f r.rules nowhere.mthp "$demo"
is "$status" 4 "a missing trace"
like "$out" '^  passed ' "does not keep others from being judged"
like "$out" '^  cannot be read$' "the report has the unreadable trace"

# Incomplete data.
head -c -10 "$demo" >cut.mthp # cuts its last block, which holds no event
run "$m" check -f r.rules cut.mthp
is "$status" 4 "a truncated trace gets no verdict"
like "$out" '^  refused +scans >= 1$' "rules about a cut trace are refused"
rules 'accept cut traces\nrefuse above 1% lost\nscans >= 1'
run "$m" check -f r.rules cut.mthp
is "$status" 0 "unless the rules accept it"
rules 'complete == yes'
run "$m" check -f r.rules cut.mthp
is "$status" 1 "a rule about completeness has its verdict all the same"
printf 'garbage' >bad.mthp
run "$m" check -f r.rules bad.mthp
is "$status" 4 "no trace at all"

# Input and output.
run sh -c "echo 'scans >= 1' | '$m' check -f - '$demo'"
is "$status" 0 "rules from standard input"
rules 'scans >= 1'
run sh -c "'$m' check -f r.rules - <'$demo'"
is "$status" 0 "a trace from standard input"
run "$m" check -f r.rules -o out.txt "$demo"
is "$status$out" 0 "-o writes nothing to standard output"
like "$(cat out.txt)" '^  passed ' "the report goes to the file"
try 'for cgroup "/": scans >= 1' 0 "a cgroup"
try 'for cgroup "/nowhere": scans >= 1' 1 "a cgroup without events"
like "$out" '^  not enough data ' "is not enough data"
run sh -c "'$m' check -f r.rules - <'$demo'"
is "$status" 2 "a cgroup of a trace that can be read only once"
mkdir -p a/b
cp "$demo" a/good.mthp
echo 'scans <= baseline "../good.mthp"' >a/b/r.rules
run "$m" check -f a/b/r.rules "$demo"
is "$status" 0 "a baseline is found beside the rules"
try 'scans <= baseline "nowhere.mthp"' 3 "a missing baseline"

# Several traces, and their sum.
n=$("$m" report "$demo" --format json | jq .summary.scans)
rules "scans == $n\nfor requester madvise: scans >= 1"
run "$m" check -f r.rules "$demo" "$demo"
is "$status" 0 "two traces are judged by themselves"
run "$m" check -f r.rules --sum "$demo" "$demo"
is "$status" 1 "the sum of traces, on request"
rules "scans == $((2 * n))"
run "$m" check -f r.rules --sum "$demo" "$demo"
like "$out" '^sum of 2 traces$' "the sum has its place in the report"
is "$(tail -n 3 <<<"$out" | grep -c passed)" 2 "the sum has the scans of both traces"

# KTAP, with the exit statuses of kernel selftests; the runner of these tests reads it, too.
try 'scans >= 1\ncreep.steps == 0 if known' 0 "KTAP: pass" --format ktap
is "$(head -n 2 <<<"$out" | tr '\n' ' ')" "KTAP version 1 1..2 " "KTAP: version and plan"
like "$out" '^ok 2 - creep.steps == 0 if known # SKIP ' "KTAP: a skipped rule"
like "$out" '^# Totals: pass:1 fail:0 xfail:0 xpass:0 skip:1 error:0$' "KTAP: totals"
printf '%s\n' '#!/bin/sh' "cat <<'KTAP'" "$out" KTAP >ktap.t
chmod +x ktap.t
run "$top/analyzer/tests/run" "$tmp/ktap.t"
like "$out" '^1 passed, 0 failed, 1 skipped$' "KTAP: another reader counts the same"
try 'scans <= 1' 1 "KTAP: fail" --format ktap
like "$out" '^not ok 1 - scans <= 1$' "KTAP: a failed rule"
try 'creep.steps == 0 if known' 4 "KTAP: all skipped" --format ktap
try 'scnas >= 1' 1 "KTAP: wrong rules are no expected failure" --format ktap
like "$out" '^Bail out!' "KTAP: they bail out"
try 'for comm "a#b": scans >= 1' 1 "KTAP: a name with #" --format ktap
like "$out" '^not ok 1 - for comm "a\\#b": ' "KTAP: begins no directive"

# JUnit XML.
try 'scans >= 1\nscans <= 1\ncreep.steps == 0 if known\noutcome(frobs) < 1%' 2 "JUnit" --format junit
is "$(grep -o '<testsuite name=.*' <<<"$out" | sed 's/name="[^"]*"/NAME/')" \
	'<testsuite NAME tests="4" failures="1" errors="1" skipped="1">' "JUnit: counts"
if command -v xmllint >/dev/null; then
	printf '%b' 'release == "<a&b>\\""\nfor comm "<&>": scans >= 1\n' >r.rules
	cp "$demo" $'<&">\033[1m.mthp'
	run "$m" check -f r.rules --format junit $'<&">\033[1m.mthp'
	printf '%s\n' "$out" >junit.xml
	run xmllint --noout junit.xml
	is "$status$err" 0 "JUnit: hostile names leave it well-formed"
	is "$(xmllint --xpath 'count(//testcase)' junit.xml)" 2 "JUnit: every rule is a test case"
else
	skip "JUnit: hostile names" "xmllint is not installed"
fi
for format in text ktap junit; do
	run "$m" check -f r.rules --format "$format" "$demo" "$demo"
	ok "$(LC_ALL=C tr -d '\n\t -~\200-\377' <.out | wc -c)" "$format: no control characters"
done

# Suggested rules are valid, and hold for the trace that they were made from.
run "$m" check --suggest "$demo" -o suggested.rules
is "$status" 0 "suggest"
run "$m" check -f suggested.rules "$demo"
is "$status" 0 "the trace satisfies the suggested rules" || sed 's/^/# /' <<<"$out$err"
[ "$(grep -c '^[a-z]' suggested.rules)" -ge 8 ]
ok $? "the suggestion has more than a few rules"
run "$m" check --suggest -f r.rules "$demo"
is "$status" 2 "suggest takes no rules"
run "$m" check --suggest "$demo" "$demo"
is "$status" 2 "suggest takes one trace"

# The documents. One of the examples needs a kernel tree's selftests.
mkdir -p docs/traces docs/bin docs/tools/testing/selftests
cp "$demo" docs/
cp "$demo" docs/traces/
cp "$m" docs/bin/mthptop
tree=$(kernel_source)
[ "$tree" ] && ln -s "$tree"/tools/testing/selftests/{lib.mk,kselftest} docs/tools/testing/selftests/

for name in check-language ci; do
	doc=$top/docs/$name.md
	TRACE=$tmp/docs/demo.mthp PATH=$tmp/docs/bin:$PATH MAKEFLAGS= \
		"$top/analyzer/tests/support/examples" "$doc" docs >"$name.md"
	cp "$doc" old.md
	# Only the runner of some releases prints this.
	sed -i '/^# timeout set to/d' "$name.md" old.md
	if [ ! "$tree" ] && [ "$name" = ci ]; then
		skip "docs/ci.md: a run under kselftest" "no kernel source (apt-get install linux-source-6.12, or set KERNEL_SRC)"
		sed -i '/^\$ make -s -C tools/,$d' "$name.md" old.md
	elif [ "$MTHP_DOCS_UPDATE" ]; then
		cp "$name.md" "$doc"
	fi
	is "$(diff old.md "$name.md")" "" "docs/$name.md: what the examples print"
done
for file in docs/*.rules docs/ci/*.rules; do
	[ "$file" = docs/wrong.rules ] && continue
	run "$m" check -f "$file" "$demo"
	[ "$status" -le 1 ]
	ok $? "${file#docs/}: is understood" || sed 's/^/# /' <<<"$err"
done

# The commands of the snippets, unchanged.
mkdir -p docs/mthptop
cp "$m" docs/mthptop/
while read -r line; do
	case $line in
	'make -C mthptop '*)
		run make -n -C "$top" OUT="$OUT" ${line#make -C mthptop }
		is "$status" 0 "docs/ci.md: these targets exist: $line"
		;;
	'mthptop/mthptop '*)
		run sh -c "cd docs && rm -f thp.xml && $line"
		is "$status" 0 "docs/ci.md: $line"
		like "$(cat docs/thp.xml)" '<testsuites>' "docs/ci.md: and leaves the report"
		;;
	esac
done < <(sed -n 's/^ *- run: //p; s/^    - //p' docs/.github/workflows/thp.yml docs/.gitlab-ci.yml)

"${CC:-gcc}" -std=gnu11 -O2 -D_GNU_SOURCE -I"$top/include" -I"$top/analyzer" -o power \
	"$top/analyzer/tests/bench/power.c" "$top/analyzer/check/shape.c" -lm
is "$(./power)" "$(sed -n '/^| rule | samples |$/,/^$/p' \
	"$top/docs/check-language.md" | sed '/^$/d')" "docs/check-language.md: the table of samples"
tap_done
