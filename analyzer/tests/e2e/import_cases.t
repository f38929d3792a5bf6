#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Texts as people send them: other words around the lines, forms of other tools, sizes of other machines, and
# files that are no text.
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
export TMPDIR=$tmp

# Five events of khugepaged, as ftrace prints them.
cat >"$tmp/base" <<'END'
      khugepaged-47      [003] ...1.  2210.501366: mm_collapse_huge_page_swapin: mm=00000000c7d8e9fa, swapped_in=40, referenced=460, ret=1
      khugepaged-47      [003] ...1.  2210.501403: mm_collapse_huge_page_isolate: scan_pfn=0x2c4a0, none_or_zero=20, referenced=460, writable=1, status=succeeded
      khugepaged-47      [003] .....  2210.501700: mm_collapse_huge_page: mm=00000000c7d8e9fa, isolated=1, status=succeeded
      khugepaged-47      [003] .N...  2210.501705: mm_khugepaged_scan_pmd: mm=00000000c7d8e9fa, scan_pfn=0x2c4a0, writable=1, referenced=460, none_or_zero=20, status=succeeded, unmapped=0
      khugepaged-47      [003] .....  2210.520249: mm_khugepaged_scan_pmd: mm=00000000c7d8e9fa, scan_pfn=0x2c4a1, writable=0, referenced=0, none_or_zero=511, status=exceed_none_pte, unmapped=0
END
sed 's/^ *//' "$tmp/base" >"$tmp/trimmed"
sed 's/^ *//; s/  */ /g' "$tmp/base" >"$tmp/squeezed"
want=$("$m" script "$tmp/base" 2>/dev/null)
is "$(grep -c ' khugepaged ' <<<"$want")" 5 "five events of khugepaged"
like "$want" ' collapse .* succeeded isolated=1 filled=20 took=297us' "with all that they say"

# requesters: the number of events in $out for each requester
requesters() {
	awk 'NF { n[$2]++ } END { for (i in n) print n[i], i }' <<<"$out" | sort -k 2 | paste -sd, -
}

# same NAME FILE: FILE gives the same result as the five events
same() {
	run "$m" script "$2"
	is "$status $out" "0 $want" "$1"
}

# ---- Words in front of a line ----

while IFS='	' read -r name text; do
	text=$(printf '%b.' "$text")
	P=${text%.} awk '{ print ENVIRON["P"] $0 }' "$tmp/base" >"$tmp/t"
	same "in front: $name" "$tmp/t"
	for form in trimmed squeezed; do
		P=${text%.} awk '{ print ENVIRON["P"] $0 }' "$tmp/$form" >"$tmp/t"
		run "$m" script "$tmp/t"
		case "$status $(requesters) $(grep -c 'requester is unknown: .*: 5 events' <<<"$err")" in
		"0 5 khugepaged 0" | "0 5 unknown 1") ok 0 "$name, $form: khugepaged, or unknown with one warning" ;;
		*) ok 1 "$name, $form: khugepaged, or unknown with one warning" || printf '# %s\n' "$status" "$out" "$err" ;;
		esac
	done
done <<'END'
journal	Nov 25 22:30:01 db7 kernel: 
service	trace-cmd[123]: 
kubectl	[pod/web-0/app] 
compose	web-1  | 
docker	{"log":"
iso time	2026-11-25T22:30:01.1234567Z 
seconds	00:00:01 
rfc 5424	<14>1 2026-11-25T22:30:01Z host app 123 - - 
logcat	11-25 22:30:01.123  1234  1234 I atrace  : 
printk	[   12.345678] 
printk of a task	[   12.345678][   T58] 
level	<6>
mail	> 
mail twice	>> > 
html	&gt; 
pre	<pre>
list	- 
bullet	 * 
code	    
diff	+
no diff	-
grep -n	12:
grep -Hn	a/b.txt:12:
git grep	HEAD:file:
cat -n	     1\t
tab	\t
csv	"
ansible	    "
a guest	VM:1234 VCPU:000 
another line	foo-12 [001] 
a whole head	foo-12      [001] .....  12.500000: 
a mark	\xef\xbb\xbf
wide characters	\xc3\xa9\xe2\x94\x82 
trace-cmd's name of a file	one.dat: 
END

# The opposite: names that end in the name of a kernel thread are not taken for one.
sed 's/     khugepaged-/  x: khugepaged-/' "$tmp/base" >"$tmp/t"
run "$m" script "$tmp/t"
is "$status $(requesters)" "0 5 unknown" "a name that looks like words in front of khugepaged"
sed 's/khugepaged-/  postgres-/' "$tmp/squeezed" | sed 's/^/db7: /' >"$tmp/t"
run "$m" script "$tmp/t"
is "$status $(requesters)" "0 5 madvise" "words in front of a name that is none of a kernel thread"
unlike "$err" 'requester is unknown' "leave no doubt"
sed 's/ \[003\]/ (  47)&/; s/khugepaged-/  postgres-/; s/^/Nov 25 22:30:01 db7 kernel: /' "$tmp/base" >"$tmp/t"
run "$m" script "$tmp/t"
is "$(awk '{ print $4 }' <<<"$out" | grep -v '^-$' | sort -u)" "postgres/47" \
	"the name of a process has none of the words in front"
for name in kdamond.0 kworker/3:1 kthreadd '<...>'; do
	sed "s|khugepaged-|$name-|; s/^/Nov 25 22:30:01 db7: /" "$tmp/trimmed" >"$tmp/t"
	run "$m" script "$tmp/t"
	unlike "$out" ' madvise ' "$name behind other words is not madvise"
done

# Colours of grep around the matched words.
for word in khugepaged mm_ succeeded '003' 'mm='; do
	sed "s/$word/"$'\e[01;31m\e[K&\e[m\e[K/' "$tmp/base" >"$tmp/t"
	same "grep's colours around $word" "$tmp/t"
done
sed $'s/^/\e[32m\e[K7\e[m\e[K\e[36m\e[K:\e[m\e[K/' "$tmp/base" >"$tmp/t"
same "grep's colours in front" "$tmp/t"
sed $'s/  / \xc2\xa0/g' "$tmp/base" >"$tmp/t"
same "blanks of HTML" "$tmp/t"

# ---- Behind a line ----

while IFS='	' read -r name text; do
	text=$(printf '%b.' "$text")
	S=${text%.} awk '{ print $0 ENVIRON["S"] }' "$tmp/base" >"$tmp/t"
	same "behind: $name" "$tmp/t"
done <<'END'
carriage returns	\r\r
docker	\\n","stream":"stdout","time":"2026-11-25T22:30:01.123Z"}
csv	"
old systrace	\\n\\
cat -A	$
a comment	 */
a list	",
blanks	  \t
the end of a sentence	.
html	<br>
a symbol	 ffffffff81682c59 hpage_collapse_scan_pmd+0x1a2 ([kernel.kallsyms])
new fields	, later=17, more=a
colours	\033[0m
END

# ---- Lines that give no event are counted by name ----

# bad NAME FILE LINES [REGEX]: exit status 4, so many bad lines, none of them in the numbers
bad() {
	run "$m" script "$2"
	is "$status" 4 "$1: exit status 4"
	like "$err" ": $3 lines of events could not be read: ${4:-}" "$1: $3 lines, by name"
}
for at in $(seq 64 3 184); do
	cut -c "1-$at" "$tmp/base" >"$tmp/t"
	run "$m" script "$tmp/t"
	lines=$(sed -n 's/.*: \([0-9]*\) lines of events could not.*/\1/p' <<<"$err")
	[ $(($(grep -c . <<<"$out") + lines)) = 5 ] && ! grep -q ' [a-z_]*[a-z]$' <<<"$(grep -vE '(succeeded|exceed_none_pte)' <<<"$out")"
	ok $? "cut off at column $at: each line is an event, or one that could not be read" || printf '# %s\n' "$out" "$err"
done
fold -w 80 "$tmp/base" >"$tmp/t"
bad "lines that were wrapped" "$tmp/t" 5
paste -sd ' \n' "$tmp/base" >"$tmp/t"
bad "two events in one line" "$tmp/t" 2 '.*two events in one line'
is "$(grep -c . <<<"$out")" 3 "the first one of two is taken"
sed 's/: mm_/: X &/; s/: X : /: X /' "$tmp/base" >"$tmp/t"
bad "a word between the time and the event" "$tmp/t" 5 'mm_khugepaged_scan_pmd 2, mm_collapse_huge_page 1, mm_collapse_huge_page_isolate 1, mm_collapse_huge_page_swapin 1: '
sed 's/^.*: mm_/mm_/' "$tmp/base" >"$tmp/t"
bad "no text in front at all (options/context-info 0)" "$tmp/t" 5 '.*there is no time in front'
sed 's/^.*2210.\(......\): mm_/2026-11-25 22:30:01 mm_/' "$tmp/base" >"$tmp/t"
bad "a time of the calendar" "$tmp/t" 5
sed 's/2210\.//' "$tmp/base" >"$tmp/t"
bad "a clock that counts" "$tmp/t" 5 '.*clock local, mono or boot'
sed 's/=succeeded/=\x1b[31mred\x1b]0;title\x07/' "$tmp/base" >"$tmp/t"
bad "a result with escape sequences" "$tmp/t" 3
unlike "$out$err" $'\e' "and none of them comes out"
sed 's/=succeeded/=Succeeded/' "$tmp/base" >"$tmp/t"
bad "a result that no kernel has" "$tmp/t" 3
printf '%s\n' '# tracer: nop' '#' '# entries-in-buffer/entries-written: 2/2   #P:2' '#' '47 3 2210055062312526 type: 612' \
	'47 3 2210055063091915 type: 613' >"$tmp/t"
run "$m" script "$tmp/t"
is "$status" 4 "ftrace's options/raw: exit status 4"
like "$err" '2 lines have no names of events .*options/raw' "and says that it has no names"

sed 1,4d "$tmp/t" >"$tmp/u"
run "$m" script "$tmp/u"
like "$err" '2 lines have no names of events .*options/raw' "also without its head"
printf '%s\n' '# tracer: nop' '#' '# entries-in-buffer/entries-written: 2/2   #P:2' '#' '0000002f 00000003 1d2a 0a' \
	'0000002f 00000003 1d2a 0b' >"$tmp/t"
run "$m" script "$tmp/t"
is "$status" 4 "ftrace's options/hex: exit status 4"
like "$err" 'none of its 2 lines is an event of anybody' "and says so"
tr '\n' '\r' <"$tmp/base" >"$tmp/t"
echo >>"$tmp/t"
bad "lines that end as on an old Macintosh" "$tmp/t" 4 '.*two events in one line'
printf '%s\n' '# tracer: nop' '#' '# entries-in-buffer/entries-written: 0/0   #P:2' '#' >"$tmp/t"
run "$m" script "$tmp/t"
is "$status" 0 "an empty trace is no damaged one"
unlike "$err" 'other events' "and has no events of others"

# Other events can contain the name of an event of khugepaged.
cat >"$tmp/t" <<'END'
# event : name = huge_memory:mm_khugepaged_scan_pmd: mm=1
          <idle>-0       [000] d..2.  2210.5: sched_switch: prev_comm=mm_mthp_scan: prev_pid=0 next_comm=mm_mthp_scan: x
             app-9       [000] .....  2210.5: tracing_mark_write: B|9|mm_khugepaged_scan_pmd: mm=00000000c7d8e9fa, status=succeeded
             app     9 [000]  2210.500000: sched:sched_switch: prev_comm=x mm_collapse_huge_page: mm=1
   mm_mthp_scan:-9       [000] .....  2210.5: sched_wakeup: comm=y pid=1
  /sys/kernel/tracing/events/huge_memory/mm_khugepaged_scan_pmd: a folder
The tracepoint is huge_memory:mm_khugepaged_scan_pmd
END
cat "$tmp/base" >>"$tmp/t"
same "names in the events of others, in comments, paths and prose" "$tmp/t"
sed 's/     khugepaged-/ mm_mthp_scan: -/' "$tmp/base" >"$tmp/t"
run "$m" script "$tmp/t"
is "$status $(requesters)" "0 5 madvise" "a task that is called like an event"

# Events that this build does not know.
cat "$tmp/base" >"$tmp/t"
cat >>"$tmp/t" <<'END'
      khugepaged-47      [003] .....  2210.6: mm_collapse_candidate: mm=00000000c7d8e9fa, addr=0x1, order=4, pass=copy, result=succeeded
      khugepaged-47      [003] .....  2210.6: mm_collapse_candidate: mm=00000000c7d8e9fa, addr=0x1, order=4, pass=copy, result=succeeded
      khugepaged    47 [003]  2210.700000: collapse:mm_khugepaged_scan: mm=0xffff888103a0c000, progress=1
      khugepaged    47 [003]  2210.700000: huge_memory:something_new: mm=0xffff888103a0c000
END
run "$m" script "$tmp/t"
is "$status $out" "4 $want" "events that this build does not know are not in the numbers"
like "$err" 'not understood: .*: 4 events .*: mm_collapse_candidate 2, mm_khugepaged_scan 1, something_new 1' "and are named"
"$m" import "$tmp/t" -o "$tmp/x.mthp" 2>"$tmp/err"
like "$(cat "$tmp/err")" 'not understood: .*mm_collapse_candidate 2' "import names them, too"
like "$(tail -n 1 "$tmp/err")" 'imported 5 events .* 4 events or lines could not be read' "and counts them"

# No event at all.
printf '%s\n' '       kdamond.0  4452 [000] 82820.952659: damon:damon_aggregated: target_id=0 nr_regions=8 1-2: 0' >"$tmp/t"
run "$m" report "$tmp/t"
like "$err" 'no event of khugepaged in it: .*other events.*-e huge_memory' "a trace of others says that none is in it"
run "$m" import "$tmp/t" -o "$tmp/x.mthp"
like "$err" 'imported 0 events .*: no event of khugepaged in it' "and import does not say that nothing was lost"
unlike "$err" 'nothing lost' "not even beside it"

# ---- Forms of other tools ----

# form NAME REQUESTERS [STATUS]: the text on standard input
form() {
	local text
	text=$(cat)
	printf '%s\n' "$text" >"$tmp/t"
	run "$m" script "$tmp/t"
	is "$status $(requesters)" "${3:-0} $2" "$1"
}

# Behind the time, events are equal, except the names of results in raw forms.
fields=$(cut -c 25- <<<"$want" | sed -n '2,4p')
numbers=$(sed 's/succeeded/status 1/; s/ filled=20 took=297us//; s/ complete//' <<<"$fields")
like_base() {
	is "$(cut -c 25- <<<"$out")" "$1" "$2: all fields"
}

form "latency format of ftrace" "3 unknown" <<'END'
# tracer: nop
#
# nop latency trace v1.1.5 on 6.12.0
khugepag-47        3...1. 2210501403us : mm_collapse_huge_page_isolate: scan_pfn=0x2c4a0, none_or_zero=20, referenced=460, writable=1, status=succeeded
khugepag-47        3..... 2210501700us : mm_collapse_huge_page: mm=00000000c7d8e9fa, isolated=1, status=succeeded
khugepag-47        3.N... 2210501705us+: mm_khugepaged_scan_pmd: mm=00000000c7d8e9fa, scan_pfn=0x2c4a0, writable=1, referenced=460, none_or_zero=20, status=succeeded, unmapped=0
END
like_base "$fields" "latency format of ftrace"
like "$err" 'requester is unknown: .*: 3 events: .*cut off' "khugepag may be khugepaged"
sed -i 's/^/[   99.123456] /' "$tmp/t"
form "the output of ftrace_dump_on_oops" "3 unknown" <<<"$(cat "$tmp/t")"
form "latency format of trace-cmd" "3 madvise" <<'END'
postgres-47        3...1.  2210.501403: mm_collapse_huge_page_isolate: scan_pfn=0x2c4a0, none_or_zero=20, referenced=460, writable=1, status=succeeded
postgres-47        3.....  2210.501700: mm_collapse_huge_page: mm=00000000c7d8e9fa, isolated=1, status=succeeded
postgres-47        3d..2   2210.501705: mm_khugepaged_scan_pmd: mm=00000000c7d8e9fa, scan_pfn=0x2c4a0, writable=1, referenced=460, none_or_zero=20, status=succeeded, unmapped=0
END
form "perf script -L" "3 unknown" <<'END'
khugepag    47   3  2210.501403: huge_memory:mm_collapse_huge_page_isolate: scan_pfn=0x2c4a0, none_or_zero=20, referenced=460, writable=1, status=succeeded
khugepag    47   3  2210.501700: huge_memory:mm_collapse_huge_page: mm=00000000c7d8e9fa, isolated=1, status=succeeded
khugepag    47   3  2210.501705: huge_memory:mm_khugepaged_scan_pmd: mm=00000000c7d8e9fa, scan_pfn=0x2c4a0, writable=1, referenced=460, none_or_zero=20, status=succeeded, unmapped=0
END
like_base "$fields" "perf script -L"
sed 's/-47      \[003\] ..... /    47 /; s/: mm_/: huge_memory:mm_/' "$tmp/base" >"$tmp/t"
same "perf script without a CPU" "$tmp/t"
sed 's/-47      \[003\] ..... /      47\/47      /; s/: mm_/: huge_memory:mm_/' "$tmp/base" >"$tmp/t"
same "perf script with pid/tid, without a CPU" "$tmp/t"
sed 's/-47      \[003\] ..... /    47 [003] /; s/: mm_/:          1 huge_memory:mm_/; s/$/ ffffffff81682c59 hpage_collapse_scan_pmd/' "$tmp/base" >"$tmp/t"
same "perf script with a period, an address and a symbol" "$tmp/t"
sed 's/^.*\] ..... /    /' "$tmp/base" >"$tmp/t"
form "perf script without a task" "5 unknown" 4 <"$tmp/t"
like "$err" 'task is unknown: .*: 5 events' "a message reports that tasks are unknown"
sed 's/ khugepaged-47     /           47/; s/ \.\.\.[^ ]* / /; s/ \.N[^ ]* / /; s/: mm_/: huge_memory:mm_/' "$tmp/base" >"$tmp/t"
form "perf script without comm" "5 unknown" <"$tmp/t"
like "$err" 'requester is unknown: .*: 5 events: the task.s name is missing' "says that the name is missing"
for head in '[ 2210' '<6>[ 2210' 'Nov 25 22:30:01 db7 kernel: [ 2210'; do
	H=$head awk '{ sub(/^.*2210/, ENVIRON["H"]); sub(/: mm_/, "] mm_"); print }' "$tmp/base" >"$tmp/t"
	form "the kernel's log (tp_printk): $head" "5 unknown" 4 <"$tmp/t"
	like "$err" 'task is unknown: .*: 5 events have no task' "says that it has no task"
	like "$out" ' 0.018883 .* exceed_none_pte none=511' "with times"
done
sed 's/^.*2210/[ 2210/; s/: mm_/][   T47] mm_/' "$tmp/base" >"$tmp/t"
form "the kernel's log with callers" "5 unknown" 4 <"$tmp/t"
sed 's/^.*2210\.\(......\): /[ 2210.\1] db7 kernel: /' "$tmp/base" >"$tmp/t"
form "the journal with monotonic times" "5 unknown" 4 <"$tmp/t"
form "trace-cmd report --ts-diff" "5 khugepaged" < <(awk '{ sub(/: mm_/, NR == 1 ? ":          mm_" : sprintf(": (+%d)    mm_", NR * 37)); print }' "$tmp/base")
is "$out" "$want" "trace-cmd report --ts-diff: all fields"
form "function graph with absolute times" "3 madvise" <<'END'
# tracer: function_graph
#
#     TIME        CPU  TASK/PID         DURATION                  FUNCTION CALLS
 2210.501300 |   3)  khugepaged-47  |               |  hpage_collapse_scan_pmd() {
 2210.501403 |   3)  khuged-47      |               |    /* mm_collapse_huge_page_isolate: scan_pfn=0x2c4a0, none_or_zero=20, referenced=460, writable=1, status=succeeded */
 2210.501700 |   3)  khuged-47      |               |    /* mm_collapse_huge_page: mm=00000000c7d8e9fa, isolated=1, status=succeeded */
 2210.501705 |   3)  khuged-47      | + 10.112 us   |    /* mm_khugepaged_scan_pmd: mm=00000000c7d8e9fa, scan_pfn=0x2c4a0, writable=1, referenced=460, none_or_zero=20, status=succeeded, unmapped=0 */
END
like_base "$fields" "function graph"
sed -i 's/khuged-/khugepa-/' "$tmp/t"
form "a name that function graph cuts off" "3 unknown" <<<"$(cat "$tmp/t")"
sed -i 's/^ [0-9.]* .   3)  khugepa-47     / 3)/' "$tmp/t"
bad "function graph without times" "$tmp/t" 3 '.*funcgraph-abstime 1'

form "trace-cmd report -R" "3 khugepaged" <<'END'
      khugepaged-47    [003]  2210.501403: mm_collapse_huge_page_isolate: pfn=0x2c4a0 none_or_zero=20 referenced=460 writable=1 status=1
      khugepaged-47    [003]  2210.501700: mm_collapse_huge_page:         mm=0xffff888103a0c000 isolated=1 status=1
      khugepaged-47    [003]  2210.501705: mm_khugepaged_scan_pmd:        mm=0xffff888103a0c000 pfn=0x2c4a0 writable=1 referenced=460 none_or_zero=20 status=1 unmapped=0
END
like_base "$numbers" "trace-cmd report -R"
like "$err" 'results are numbers: ' "says that its results have no names"
form "perfetto's systrace" "3 khugepaged" <<'END'
# tracer: nop
      khugepaged-47    (   47) [003] .... 2210.501403: mm_collapse_huge_page_isolate: pfn=181408 none_or_zero=20 referenced=460 writable=1 status=1
      khugepaged-47    (   47) [003] .... 2210.501700: mm_collapse_huge_page: mm=18446612686451507200 isolated=1 status=1
      khugepaged-47    (   47) [003] .... 2210.501705: mm_khugepaged_scan_pmd: mm=18446612686451507200 pfn=181408 writable=1 referenced=460 none_or_zero=20 status=1 unmapped=0
END
like_base "$numbers" "perfetto's systrace"
form "ftrace's options/fields" "4 khugepaged" <<'END'
      khugepaged-47      [003] ...1.  2210.501403: mm_collapse_huge_page_isolate: status=0x1 (1) writable=0x1 (1) referenced=0x1cc (460) none_or_zero=0x14 (20) pfn=0x2c4a0 (181408)
      khugepaged-47      [003] .....  2210.501700: mm_collapse_huge_page: status=0x1 (1) isolated=0x1 (1) mm=0xffff888103a0c000
      khugepaged-47      [003] .....  2210.501705: mm_khugepaged_scan_pmd: unmapped=0x0 (0) status=0x1 (1) none_or_zero=0x14 (20) referenced=0x1cc (460) writable=0x1 (1) pfn=0x2c4a0 (181408) mm=0xffff888103a0c000
      khugepaged-47      [003] .....  2210.501805: mm_khugepaged_scan_file: result=0x3 (3) swap=0x2 (2) present=0x5 (5) filename=a pfn=1 present=7 pfn=0x77 (119) mm=0xffff888103a0c000
END
is "$(cut -c 25- <<<"$out" | head -n 3)" "$numbers" "ftrace's options/fields: all fields"
like "$out" ' scan_file .* status 3 present=5 swap=2 pfn=0x77$' "also behind a file's name that looks like fields"
form "perf trace" "3 khugepaged,2 madvise" <<'END'
     0.000 khugepaged/47 huge_memory:mm_collapse_huge_page_isolate(pfn: 181408, none_or_zero: 20, referenced: 460, status: 1)
     0.297 khugepaged/47 huge_memory:mm_collapse_huge_page(mm: 0xffff888103a0c000, isolated: 1, status: 1)
     0.302 ( 0.010 ms): khugepaged/47 huge_memory:mm_khugepaged_scan_pmd(mm: 0xffff888103a0c000, pfn: 181408, status: 1)
   812.104 (         ): my tool/70123 huge_memory:mm_khugepaged_collapse_file(mm: 0xffff888103a0c780, hpfn: 2772480, index: 1025, is_shmem: 1, filename: "x", present: 9, result: 1", result: 17)
   812.117 my tool/70123 huge_memory:mm_khugepaged_scan_file(mm: 0xffff888103a0c780, pfn: -1, filename: "tool.3", present: 512, result: 17)
END
like "$out" ' 0.000297 khugepaged collapse .* status 1 isolated=1 *$' "its times are milliseconds"
like "$out" ' scan_pmd .* status 1 none=0 swap=0 referenced=0 pfn=0x2c4a0' "and fields that it leaves out are 0"
like "$out" ' collapse_file .* status 17 shmem=0 ' "also behind the name of a file"
form "an older perf trace" "1 khugepaged" <<'END'
     0.302 (         ): khugepaged/47 huge_memory:mm_khugepaged_scan_pmd:mm=0xffff888103a0c000, scan_pfn=0x2c4a0, writable=1, referenced=460, none_or_zero=20, status=succeeded, unmapped=0)
END
form "perf trace of one task" "1 unknown" 4 <<'END'
     0.302 huge_memory:mm_collapse_huge_page(mm: 0xffff888103a0c000, isolated: 1, status: 1)
END
form "a line of perf trace that is cut off" "" 4 <<'END'
     0.297 khugepaged/47 huge_memory:mm_collapse_huge_page(mm: 0xffff888103a0c000, isolated: 1
END
form "Linux 4.6" "5 khugepaged" < <(sed 's/, unmapped=0//; s/, referenced=460, ret/, ret/' "$tmp/base")
is "$(grep -c 'swap=0' <<<"$out")" 0 "fields that it does not have are unknown"
sed '5s/, unmapped=0//' "$tmp/base" >"$tmp/t"
bad "but not of a kernel that has them in other lines" "$tmp/t" 1
form "arguments that the kernel exchanged" "3 madvise" <<'END'
       code-mapper-70123   [276] .....  4711.8: mm_khugepaged_collapse_file: mm=00000000a1b2c3d4, hpage_pfn=0x2a4e00, index=1024, addr=1, is_shmem=1, filename=memfd:b, nr=512, result=succeeded
       code-mapper-70123   [276] .....  4711.9: mm_khugepaged_collapse_file: mm=00000000a1b2c3d4, hpage_pfn=0x2a5000, index=1024, addr=0, is_shmem=1, filename=bin-a, nr=512, result=succeeded
       code-mapper-70123   [276] .....  4712.0: mm_khugepaged_collapse_file: mm=00000000a1b2c3d4, hpage_pfn=0x2a5000, index=1024, addr=7f0000200000, is_shmem=0, filename=bin-a, nr=512, result=succeeded
END
is "$(grep -o 'addr=[^ ]*\|shmem=.' <<<"$out" | paste -sd ' ')" "shmem=1 shmem=0 addr=0x7f0000200000 shmem=0" \
	"addr 0 and 1 are no address, but whether it is shmem"
python3 -c 'import quopri, sys; sys.stdout.buffer.write(quopri.encodestring(open(sys.argv[1], "rb").read()))' "$tmp/base" >"$tmp/t"
same "quoted-printable" "$tmp/t"
{
	printf '%s\n' 'Content-Transfer-Encoding: quoted-printable' '' 'a =3D b =' 'c'
	cat "$tmp/t"
	printf '%s\n' '' 'From x' '' 'x = 7'
	cat "$tmp/base"
} >"$tmp/box"
run "$m" script "$tmp/box"
is "$status $(requesters)" "0 10 khugepaged" "a mailbox with it and with plain text"

# ---- The place of the trace in the text ----

for kib in 200 300 3000; do
	{
		yes '[   12.345678] usb 1-1: new high-speed USB device number 2 using xhci_hcd' | head -c "${kib}K"
		echo
		cat "$tmp/base"
	} >"$tmp/t"
	same "behind $kib KiB of other text" "$tmp/t"
done
{
	head -c 3M /dev/zero | tr '\0' x
	echo
	cat "$tmp/base"
} >"$tmp/t"
same "behind a line of 3 MiB" "$tmp/t"
{
	printf '\0\0\0\0\n'
	yes 'line of a log' | head -n 100
	cat "$tmp/base"
} >"$tmp/t"
same "in a log with zero bytes" "$tmp/t"
yes 'line of a log' | head -c 1M >"$tmp/t"
run "$m" script "$tmp/t"
is "$status" 4 "text without a trace"
like "$err" 'not a mthptop trace, .*: no line of it is one of a trace' "all of it was looked at"

# ---- Sizes ----

# sizes FACTOR: the five events, of PMD ranges with FACTOR times the entries
sizes() {
	F=$1 perl -pe 's/(swapped_in|referenced|none_or_zero)=(\d+)/"$1=" . ($2 == 511 ? 512 * $ENV{F} - 1 : $2 * $ENV{F})/ge' "$tmp/base"
}
sizes 4 >"$tmp/t"
run "$m" report --format json "$tmp/t"
is "$status $(jq -c '[.summary.page_size_bytes, .outcomes[0].order]' <<<"$out")" "0 [16384,11]" "2047 empty PTEs: 16K and 32M"
like "$err" 'sizes are derived: .*: 2048 pages of 16K in a PMD range of 32M' "which is said"
sizes 16 >"$tmp/t"
run "$m" report --format json "$tmp/t"
is "$status $(jq -c '[.summary.page_size_bytes, .outcomes[0].order]' <<<"$out")" "0 [65536,13]" "8191 empty PTEs: 64K and 512M"
form "files of 64K pages" "1 madvise" <<'END'
              sh-77      [000] .....  99.5: mm_khugepaged_scan_file: mm=0000000012345678, scan_pfn=0x77, filename=F, present=8192, swap=0, result=succeeded
END
like "$out" ' 512M succeeded present=8192' "8192 present ones, too"
{
	for i in $(seq 600); do cat "$tmp/base"; done
	sizes 16
} >"$tmp/t"
run "$m" report "$tmp/t"
is "$status" 4 "sizes that do not fit late in the text: exit status 4"
like "$err" '^mthptop: sizes contradict the trace: .*: 4 events have up to 8191 PTEs.*--page-size 64 --pmd-order 13' \
	"the error names the options to set"
run "$m" import --page-size 64 --pmd-order 13 "$tmp/t" -o "$tmp/x.mthp"
is "$status" 0 "and with that it is read"
sizes 16 >"$tmp/t"
run "$m" import --page-size 4 --pmd-order 9 "$tmp/t" -o "$tmp/x.mthp"
is "$status" 4 "sizes that were given and do not fit"
like "$err" 'sizes contradict the trace' "are refused, too"
printf '%s\n' '# captured on    : Mon' '# arch : s390x' "$(cat "$tmp/base" | sed 's/511/255/; s/460/200/g')" >"$tmp/t"
run "$m" script "$tmp/t"
like "$out" ' collapse .* 1M succeeded' "perf's header says s390x: 1M"
unlike "$err" 'are derived' "and nothing is derived then"

# ---- Files that are no text ----

# refused NAME REGEX: the file $tmp/t is refused, with a message that names its kind
refused() {
	run "$m" report "$tmp/t"
	is "$status" 4 "$1: exit status 4"
	like "$err" "cannot read trace: .*: $2" "$1: says what it is"
	unlike "$err" 'not a mthptop trace' "$1: and not that nobody knows"
}
printf 'PERFILE2\0\0\0\0\0\0\0\0\0\0\0\0\0' >"$tmp/t"
refused perf.data 'perf.data: perf script --show-lost-events -i FILE \| mthptop report -'
for code in UTF-16 UTF-16LE UTF-16BE; do
	iconv -t $code <"$tmp/base" >"$tmp/t"
	refused $code 'UTF-16 text: iconv'
done
printf '{"traceEvents":[],"systemTraceEvents":"# tracer: nop\\n"}' >"$tmp/t"
refused "Chrome's JSON" 'a JSON trace of Chrome or Perfetto'
printf 'TRACE:\nx\x9cabcdefghijklmnop' >"$tmp/t"
refused "atrace -z" 'packed by atrace -z'
printf 'PK\x03\x04abcdefghijklmnopqrst' >"$tmp/t"
refused zip 'a zip archive: unzip -p'
tap_done
