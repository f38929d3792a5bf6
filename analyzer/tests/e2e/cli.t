#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Bad input of every kind: one line with the failure and the remedy, and the right exit status.
. "$(dirname "$0")/../support/tap.sh"
. analyzer/tests/support/forge.sh

m=$MTHPTOP
sample=analyzer/tests/data/samples/demo.mthp

# bad NAME STATUS REGEX CMD...: CMD ends with STATUS, writes no data, and one line that matches.
bad() {
	local name=$1 want=$2 regex=$3
	shift 3
	if [ "$1" = as_user ]; then
		shift
		run as_user timeout 20 "$@"
	else
		run timeout 20 "$@"
	fi
	is "$status" "$want" "$name: exit status"
	if [ "$(wc -l <"$tmp/.err")" = 1 ] && ! [ -s "$tmp/.out" ]; then
		like "$err" "^mthptop: [a-z][^:]*: .*[^.!]\$" "$name: one line of the right form"
		like "$err" "$regex" "$name: says why"
	else
		ok 1 "$name: one line of the right form"
		printf '%s\n' "$out" "$err" | head -n 5 | sed 's/^/# /'
	fi
}

# Usage.
bad "unknown command" 2 ': "frobnicate" \(see: mthptop --help\)' "$m" frobnicate
bad "no command's name" 2 ': "" \(see: mthptop --help\)' "$m" ""
bad "unknown option of the command without a name" 2 ': --frob \(see: mthptop --help\)' "$m" top --frob
for v in --version -V "--version --json" "--json -V" "top --version"; do
	run "$m" $v
	like "$status$out" '^0mthptop [0-9]' "$v"
done
run "$m" --help
like "$out" '^  -V, --version  ' "--help names --version"
bad "pid in hex" 2 'bad value for --pid: 0x10: ' "$m" report -p 0x10 "$sample"
bad "unknown option" 2 ': --frobnicate \(see: mthptop --help\)' "$m" --frobnicate
bad "unknown option of a command" 2 ': --frob \(see: mthptop report --help\)' "$m" report --frob x
bad "unknown letter" 2 ': -Z \(see: ' "$m" -Z
bad "option without its value" 2 'needs a value: --delay' "$m" --delay
bad "flag with a value" 2 'takes no value: --batch=1' "$m" --batch=1
bad "word of a choice" 2 ': yaml: .*text, json' "$m" report --format yaml "$sample"
for d in 0 -1 1e99 nan inf 5x '' 0x10p3000; do
	bad "delay of '$d'" 2 'bad value for --delay: .*from 0\.1 to 86400' "$m" "--delay=$d"
done
for n in 0 1.5 99999999999; do
	bad "count of $n" 2 'bad value for --count: ' "$m" -n "$n"
done
for s in x -1 nan; do
	bad "speed of $s" 2 'bad value for --speed: ' "$m" replay "--speed=$s" "$sample"
done
bad "size of a screen" 2 'bad value for --size: 0x0: ' "$m" --dump-screen overview --size 0x0
bad "unknown screen" 2 ': nowhere .*overview' "$m" --dump-screen nowhere
bad "unknown column" 2 ': nowhere: .*comm' "$m" --sort nowhere
bad "unknown table" 2 ': nowhere .*summary' "$m" report --table nowhere "$sample"
bad "no file" 2 'missing operand: .*FILE' "$m" report
bad "one file for diff" 2 'missing operand: .*FILE FILE' "$m" diff "$sample"
bad "a file too many" 2 ": $sample " "$m" report "$sample" "$sample"
bad "record without a file" 2 '\-o FILE' "$m" record
bad "record and JSON to one stream" 2 '\-o -' "$m" record --json -o -
bad "unknown shell" 2 ': ksh ' "$m" completion ksh
run "$m" $'bad\e[31m\nword'
unlike "$err" $'\e' "escapes in a bad word do not reach the terminal"
is "$(wc -l <"$tmp/.err")" 1 "nor does its line break"

# Files.
: >"$tmp/empty"
printf 'not a trace at all, but longer than a head\n' >"$tmp/foreign"
head -c 20 "$sample" >"$tmp/short"
forge_head 2 $((0x01020304)) >"$tmp/newer"
forge_head 1 $((0x04030201)) >"$tmp/swapped"
forge_head 1 $((0x01020304)) >"$tmp/headonly"
for cmd in report script "replay --batch" "diff $sample"; do
	bad "${cmd%% *} of no file" 3 ": $tmp/none: No such file" $m $cmd "$tmp/none"
	bad "${cmd%% *} of a folder" 3 ": $tmp: Is a directory" $m $cmd "$tmp"
	bad "${cmd%% *} of an empty file" 4 "empty: .*empty \(" $m $cmd "$tmp/empty"
	bad "${cmd%% *} of a foreign file" 4 "foreign: not a mthptop trace, " $m $cmd "$tmp/foreign"
	bad "${cmd%% *} of a stub" 4 "short: " $m $cmd "$tmp/short"
	bad "${cmd%% *} of a newer version" 4 "newer: a newer mthptop wrote it \(" $m $cmd "$tmp/newer"
	bad "${cmd%% *} of reversed bytes" 4 "swapped: .*byte order" $m $cmd "$tmp/swapped"
	bad "${cmd%% *} of a head alone" 4 "headonly: " $m $cmd "$tmp/headonly"
done
install -m 000 "$sample" "$tmp/locked"
bad "a file that may not be read" 3 "locked: Permission denied" as_user "$m" report "$tmp/locked"

size=$(stat -c %s "$sample")
head -c $((size * 2 / 3)) "$sample" >"$tmp/cut"
run "$m" report "$tmp/cut"
is "$status" 4 "a truncated trace: exit status"
like "$err" '^mthptop: .*cut: .*[0-9]+ events' "a truncated trace: says how much was kept"
like "$out" 'scan_pmd' "a truncated trace: the remaining events are reported"

forge_trace 4096 9 >"$tmp/p9"
forge_trace 4096 8 >"$tmp/p8"
forge_trace 65536 13 >"$tmp/p13"
run "$m" report "$tmp/p9"
is "$status$err" 0 "a trace made by hand is read"
run "$m" diff "$tmp/p9" "$tmp/p9"
is "$status$err" 0 "and compared with itself"
bad "diff of two PMD orders" 2 'PMD orders 9 and 8 \(' "$m" diff "$tmp/p9" "$tmp/p8"
bad "diff of two page sizes" 2 'pages of 4096 and 65536 bytes' "$m" diff "$tmp/p9" "$tmp/p13"

# Output.
bad "report into a missing folder" 3 ": $tmp/no/t.txt: No such file" \
	"$m" report -o "$tmp/no/t.txt" "$sample"
bad "report to a full disk" 3 '(/dev/full|standard output): No space left' \
	"$m" report -o /dev/full "$sample"
bad "standard output full" 3 'standard output: No space left' \
	bash -c '"$0" report "$1" >/dev/full' "$m" "$sample"
bad "list to a full disk" 3 'No space left' bash -c '"$0" demo --list >/dev/full' "$m"
bad "help to a full disk" 3 'No space left' bash -c '"$0" --help >/dev/full' "$m"

# A filter that nothing can match. Without the right to observe there is another message.
run "$m" -b -n 1 -d 0.1
if [[ $status != 0 ]]; then
	skip "filters that nothing can match" "${err#mthptop: }"
	tap_done
fi
pid=$(($(cat /proc/sys/kernel/pid_max) - 1))
run "$m" -b -n 1 -d 0.1
if [ "$status" = 0 ]; then
	bad "a process that is not there" 3 ": $pid: no such process" "$m" -b -n 1 -p "$pid"
	bad "a cgroup that is not there" 3 'cgroup: /no/such: ' "$m" -b -n 1 --cgroup /no/such
else
	skip "a process that is not there" "${err#mthptop: }"
	skip "a cgroup that is not there" "${err#mthptop: }"
fi

# Privileges.
bad "live as an ordinary user" 3 'CAP_BPF.*CAP_PERFMON|CAP_PERFMON.*CAP_BPF' as_user "$m" -b -n 1
bad "record as an ordinary user" 3 'CAP_PERFMON' as_user "$m" record -o "$tmp/t.mthp" -d 0.1
[ ! -e "$tmp/t.mthp" ]
ok $? "and leaves no file behind"

# Typing errors: the nearest name, and none where nothing is near.
near() {
	run "$MTHPTOP" "${@:3}"
	is "$status" 2 "$1: wrong usage"
	if [[ $2 ]]; then like "$err" "did you mean $2\\? " "$1: $2 is meant"; else unlike "$err" 'did you mean' "$1: nothing is near"; fi
}
near "a letter is missing" report repor x
near "two are swapped" record recrod x
near "the beginning" completion compl
near "an option" --format report --formta json x
near "an option with a value" --format report --fromat=json x
near "a word" json report --format jsn x
near "another word" "" nosuch
near "no word" "" ""
near "a hostile one" "" $'\e[31mreport'
unlike "$err" $'\e' "and nothing of it reaches the terminal"
near "a long one" "" "$(printf 'x%.0s' {1..500})"

# The same help and version, wherever they are asked for.
is "$("$MTHPTOP" help)" "$("$MTHPTOP" --help)" "help"
for cmd in $("$MTHPTOP" --help | sed -n '/^Commands:/,$s/^  \([a-z]*\) .*/\1/p'); do
	is "$("$MTHPTOP" help "$cmd")" "$("$MTHPTOP" "$cmd" --help)" "help $cmd"
	is "$("$MTHPTOP" "$cmd" --version) $("$MTHPTOP" "$cmd" -V)" "$("$MTHPTOP" -V) $("$MTHPTOP" --version --json)" "$cmd --version"
done
run "$MTHPTOP" help nosuch
is "$status" 2 "help of no command"
run "$MTHPTOP" --version
like "$out" '^mthptop [0-9]+\.[0-9]' "the version is one"
run sh -c '"$1" --version >/dev/full' sh "$MTHPTOP"
is "$status" 3 "and is said to have been written only if it was"

# EXIT STATUS of the man page, row by row.
head -c 5000 "$sample" >"$tmp/cut.mthp"
echo 'scans >= 1000000000' >"$tmp/fails"
echo 'scans >= 1' >"$tmp/holds"
while read -r want args; do
	# shellcheck disable=SC2086
	run "$MTHPTOP" ${args//TMP/"$tmp"}
	is "$status" "$want" "status $want: $args"
done <<END
0 report $sample
0 report $sample -p 999999
0 report $sample --cgroup /nosuch
0 script $sample -p 999999
0 whatif $sample -p 999999
0 check -f TMP/holds $sample
1 check -f TMP/fails $sample
2 nosuch
2 report
2 report $sample --format nosuch
2 report $sample -p 99999999999
2 check -f README.md $sample
2 demo nosuch
2 report $sample -o $sample
3 report TMP/nosuch
3 diff $sample TMP/nosuch
3 check -f TMP/nosuch $sample
3 report $sample -o TMP/nowhere/out
3 survey -p 999999
4 report README.md
4 import README.md -o TMP/out
4 report TMP/cut.mthp
4 check -f TMP/holds TMP/cut.mthp
END

# An empty answer is true. What matched nothing is said, since it may be mistyped.
for args in "-p 999999" "--cgroup /nosuch"; do
	# shellcheck disable=SC2086
	run "$MTHPTOP" report "$sample" $args
	is "$status $err" "0 mthptop: warning: $sample: no event of $(sed "s/-p/process/; s/--//" <<<"$args")" "$args matches nothing: this is said"
done
run "$MTHPTOP" report "$sample" -p 1001 -p 1002
is "$status" 2 "of two processes not the second one alone is taken"

# A trace is opened without a command: at a terminal to walk through, else as a report.
cp "$sample" "$tmp/t.mthp"
cp "$sample" "$tmp/reprot"
run sh -c 'cd "$1" && "$2" t.mthp' sh "$tmp" "$MTHPTOP"
is "$status $out" "0 $("$MTHPTOP" report "$sample")" "a trace is opened by its name alone"
run sh -c 'cd "$1" && "$2" t.mthp --format json -t orders' sh "$tmp" "$MTHPTOP"
is "$status $out" "0 $("$MTHPTOP" report "$sample" --format json -t orders)" "with the options of report"
run sh -c 'cd "$1" && "$2" ./reprot' sh "$tmp" "$MTHPTOP"
is "$status" 0 "also one that is called like a mistyped command"
bad "no such file" 3 'cannot open trace: .*/none: No such file' "$MTHPTOP" "$tmp/none"
bad "a folder" 3 "cannot read trace: .*: Is a directory" "$MTHPTOP" "$tmp"

# The name of the output says the format, unless an option does.
first() { head -c 14 "$1" | tr -d '\n'; }
for name in a.html A.HTML; do
	"$MTHPTOP" report "$sample" -o "$tmp/$name"
	is "$(first "$tmp/$name")" "<!DOCTYPE html" "report -o $name"
done
"$MTHPTOP" diff "$sample" "$sample" -o "$tmp/d.json"
is "$(jq -c type "$tmp/d.json")" '"object"' "diff -o d.json"
"$MTHPTOP" whatif "$sample" -o "$tmp/w.csv"
like "$(first "$tmp/w.csv")" '^# ' "whatif -o w.csv"
"$MTHPTOP" check -f "$tmp/holds" "$sample" -o "$tmp/c.xml"
is "$(first "$tmp/c.xml")" '<?xml version=' "check -o c.xml"
"$MTHPTOP" report "$sample" --format text -o "$tmp/t.html"
is "$(first "$tmp/t.html")" "Costly: at lea" "report --format text -o t.html"
for name in json x.json.gz .x html.d/x; do
	mkdir -p "$tmp/html.d"
	"$MTHPTOP" report "$sample" -o "$tmp/$name"
	is "$(first "$tmp/$name")" "Costly: at lea" "report -o $name: text"
done
tap_done
