#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Names that attack whoever prints them: of processes, cgroups, results, settings, kernels and files, through every
# command and every format that the program lists. Nothing that moves a cursor, no invalid UTF-8, no formula, and
# JSON, XML and HTML that parse (analyzer/tests/support/fit.py).
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
py=$top/analyzer/tests/support
for s in creep guard demo fork; do
	python3 "$py/hostile.py" "analyzer/tests/data/samples/$s.mthp" "$tmp/$s.mthp" || exit 1
done
cd "$tmp" || exit 1

# fit NAME FORMAT FILE
fit() {
	local why
	why=$(python3 "$py/fit.py" "$2" "$3" 2>&1)
	ok $? "$1: fit to print" || { printf '%s\n' "$why" | sed 's/^/# /'; return; }
	case $2 in
	xml) xmllint --noout "$3" 2>why ;;
	html) tidy -q -e --show-warnings no "$3" 2>why ;;
	*) return ;;
	esac
	ok $? "$1: parses" || sed 's/^/# /' why
}

# The formats that a command lists.
formats_of() {
	"$m" "$1" --help | tr '\n' ' ' | sed -n 's/.*--format FORMAT  *output format[^(]*(\([^)]*\)).*/\1/p' | tr -d ' ' | tr ',|' '  '
}

form_of() {
	case $1 in
	junit) echo xml ;;
	json | csv | html | ktap) echo "$1" ;;
	jsonl | chrome) echo json ;;
	*) echo text ;;
	esac
}

# say NAME FORMAT CMD...: both streams of the command.
say() {
	local name=$1 form=$2 status
	shift 2
	"$@" >out 2>err </dev/null
	status=$?
	[ $status -lt 5 ] || { ok 1 "$name: ends in order"; echo "# status $status"; }
	fit "$name" "$form" out
	[ ! -s err ] || fit "$name: messages" text err
}

# each NAME CMD ARGS...: in all formats of CMD.
each() {
	local name=$1 f
	shift
	for f in $(formats_of "$1"); do
		say "$name as $f" "$(form_of "$f")" "$m" "$@" --format "$f"
	done
}

[ "$(for c in report diff whatif check survey script; do formats_of $c | wc -w; done | paste -sd' ')" = "4 3 4 3 4 3" ]
ok $? "the formats are found" || { for c in report diff whatif check survey script; do echo "# $c: $(formats_of $c)"; done; }

# Files whose names are as bad as what is in them.
bad=$'\e[31m=1+1\u202e\u200b\x7f\xff\n<b>"\\x1b'
mkdir "$bad"
for s in *.mthp; do cp "$s" "$bad/$bad$s"; done
evil="$bad/${bad}creep.mthp"

screens=$("$m" completion bash | grep -oE -- '--dump-screen\) .*' | grep -oE '[a-z-]{4,}' | sort -u)
for s in "$bad"/*.mthp; do
	name=${s##*b>\"\\x1b}
	each "report $name" report "$s"
	each "script $name" script "$s"
	say "replay $name" text "$m" replay "$s" --batch --speed max
	say "replay $name as lines" json "$m" replay "$s" --json --speed max
	for screen in summary orders outcomes processes occupancy creep events timeline settings help $screens; do
		"$m" replay "$s" --dump-screen "$screen" >/dev/null 2>&1 || continue
		say "screen $screen of $name" text "$m" replay "$s" --dump-screen "$screen" --size 160x50
	done
done
each diff diff "$evil" guard.mthp
each whatif whatif "$evil"
say "whatif --explain" text "$m" whatif "$evil" --explain
say "check --suggest" text "$m" check --suggest "$evil"
printf 'scans >= 1000000\nfor comm "*": failures <= 0\n' >"$bad/$bad.rules"
printf 'for comm "\e[31m\xff*": scans >=\n\x9b\xff scans >= 1\nscans >= 1 # \xe2\x80\xae\n' >"$bad/wrong.rules"
for f in $(formats_of check); do
	say "check as $f" "$(form_of "$f")" "$m" check -f "$bad/$bad.rules" --format "$f" "$evil" guard.mthp "$bad/none"
done
say "rules that are wrong" text "$m" check -f "$bad/wrong.rules" "$evil"
say "a file that is missing" text "$m" report "$bad/nosuch"
say "a folder" text "$m" report "$bad"
say "an output in a missing folder" text "$m" report creep.mthp -o "nosuch$bad/x"
say "an option that does not exist" text "$m" report "--$bad"
say "a command that does not exist" text "$m" "$bad"
say "a value that is wrong" text "$m" report creep.mthp --format "$bad"
say "a table that does not exist" text "$m" report creep.mthp -t "$bad"
say "a screen that does not exist" text "$m" replay creep.mthp --dump-screen "$bad"
say "a filter" text "$m" replay creep.mthp --dump-screen processes --filter "$bad"
say "a cgroup" text "$m" report creep.mthp --cgroup "/$bad"
say "too many operands" text "$m" report creep.mthp "$bad"

# Text of other tools.
printf '# tracer: nop\n\e[31mx\xff-12 [000] d... 1.5: mm_collapse_huge_page: mm=00000000abcdef01, isolated=1, status=\e[31m\xff\n' >text
printf '          =1+1\xe2\x80\xae-77    [000] .....   1.000001: mm_khugepaged_scan_pmd: mm=00000000abcdef01, scan_pfn=0x1, writable=1, referenced=1, none_or_zero=1, status=suc\x1bceeded, unmapped=0\n' >>text
printf '          a-78    [000] .....   1.000002: mm_collapse_\e[31m: mm=00000000abcdef01\n' >>text
say "import of text" text "$m" import text -o imported.mthp
each "report of text" report text
each "script of text" script text
each "report of what was imported" report imported.mthp

# Names that differ look different: the four letters, and the character that they stand for in other programs.
"$m" script creep.mthp >script
"$m" report demo.mthp >report
"$m" report demo.mthp --format csv >csv
like "$(cat script report)" '[^\\]\\x1b\[31m' "an escape"
like "$(cat script report csv)" '\\\\x1b' "four letters"
like "$(cat csv)" "'=1\+cmd" "a formula is text"

# A live process and its cgroup.
if [ "$(id -u)" = 0 ]; then
	cat >named.c <<-'END'
	#include <string.h>
	#include <sys/mman.h>
	#include <sys/prctl.h>
	#include <unistd.h>

	int main(int argc, char **argv)
	{
		char *p = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		prctl(PR_SET_NAME, argv[1]);
		memset(p, 1, 8 << 20);
		close(1);
		pause();
		return 0;
	}
	END
	${CC:-cc} -o named named.c || exit 1
	group=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/mthptop-$$-$'\e[31m=\u202e'
	mkdir "$group" 2>/dev/null
	tap_cleanup() { rmdir "$group" 2>/dev/null; }
	for name in $'\e[31mRED' '=1+cmd|x' $'\xff\xfe' $'\u202eRLO' $'a\nb'; do
		mkfifo up
		./named "$name" >up &
		pid=$!
		cat up
		rm up
		[ -d "$group" ] && echo $pid >"$group/cgroup.procs"
		shown=$(printf '%q' "$name")
		each "survey of $shown" survey -p $pid
		say "survey of $shown as lines" json "$m" survey -p $pid --json
		say "survey of $shown, a screen" text "$m" survey -p $pid --dump-screen --size 200x50
		kill $pid
		wait $pid 2>/dev/null
	done
fi
tap_done
