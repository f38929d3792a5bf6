#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Traces of other tools: the captures of real kernels, damaged ones, and the same seconds recorded by
# trace-cmd and by mthptop.
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP caps=analyzer/tests/data/captures
export TMPDIR=$tmp

# counts FILE [FIELDS]: each outcome with its number, a line each
counts() {
	"$m" report --format json "$1" 2>"$tmp/counts.err" |
		jq -r "[.outcomes[] | {k: .kind, ${2:-by: .requester,} o: .order, r: .result, n: .count, f: .filled_bytes}] |
			group_by([.k, .by, .o, .r]) | .[] |
			[.[0].k, .[0].by, .[0].o, .[0].r, (map(.n) | add), (map(.f) | add)] | @tsv" | sort
}

# The counts in a capture's text, by awk: event, result, number.
by_awk() {
	zcat "$1" | awk '
	match($0, /: mm_[a-z_]*: /) {
		name = substr($0, RSTART + 5, RLENGTH - 7)
		result = match($0, /, (status|result)=[a-z_]*/) ? substr($0, RSTART, RLENGTH) : ""
		sub(/.*=/, "", result)
		if (result != "")
			n[name "\t" result]++
	}
	END { for (i in n) print i "\t" n[i] }' |
		sed 's/^khugepaged_//; s/^collapse_huge_page_//; s/^collapse_huge_page/collapse/' | sort
}

for kernel in $(cd $caps && printf '%s\n' *.dat.gz | sed '/own/d; s/.dat.gz//'); do
	c=$caps/$kernel
	run "$m" script "$c.dat.gz"
	is "$status" 0 "$kernel: trace.dat is read"
	unlike "$out" 'status [0-9]| unknown ' "$kernel: every result in trace.dat has a name"
	is "$(counts "$c.trace.gz" 'by: 0,' | awk -v OFS='\t' '{ n[$1 "\t" $4] += $5 }
		END { for (i in n) print i, n[i] }' | sort)" \
		"$(by_awk "$c.trace.gz")" "$kernel: the text of ftrace counts as awk counts it"
	want=$(counts "$c.dat.gz")
	is "$(counts "$c.trace.gz")" "$want" "$kernel: the text of ftrace gives the counts of trace.dat"
	is "$(counts "$c.pipe.gz" 'by: 0,')" "$(counts "$c.dat.gz" 'by: 0,')" \
		"$kernel: trace_pipe gives them, too, except requesters if ftrace lost a task's name"
	is "$(counts "$c.report.gz")" "$want" "$kernel: trace-cmd report gives the same counts"
	# perf 6.1 does not understand the print format of mm_mthp_scan: no names there.
	is "$(counts "$c.perf.gz" | grep -v ^mthp_scan)" "$(grep -v ^mthp_scan <<<"$want")" \
		"$kernel: perf script gives the same counts"
	# With the series, bitmaps report these, and perf script prints them byte by byte.
	want=$("$m" report --format json "$c.dat.gz" | jq -c .occupancy)
	for form in trace report perf; do
		is "$("$m" report --format json "$c.$form.gz" 2>/dev/null | jq -c .occupancy)" "$want" \
			"$kernel: occupancy out of $form is that of the trace.dat"
	done
	# A kernel without BTF has no recording by mthptop.
	[[ $kernel = 7.3 ]] ||
		is "$(counts "$c.own.dat.gz" 'by: 0,')" "$(counts "$c.mthp.gz" 'by: 0,')" \
			"$kernel: trace-cmd and mthptop of the same seconds give the same counts"

	"$m" import "$c.dat.gz" -o "$tmp/i.mthp" 2>"$tmp/err"
	is "$? $(tail -n 1 "$tmp/err")" "0 mthptop: imported $("$m" script "$c.dat.gz" | grep -c .) events of trace-cmd trace.dat, $(
		grep -o '[0-9.]*[KM]: ' "$tmp/err" | head -n 1)$tmp/i.mthp: nothing lost" "$kernel: import says what it has"
	is "$("$m" report "$tmp/i.mthp" | grep -v '^  made by \|^  writer ' | md5sum)" \
		"$("$m" report "$c.dat.gz" | grep -v '^  made by \|^  writer ' | md5sum)" \
		"$kernel: the imported trace has the same report"
	is "$("$m" script "$tmp/i.mthp" | md5sum)" "$("$m" script "$c.dat.gz" | md5sum)" \
		"$kernel: the imported trace has the same events"
done

# The kernels: results have the names of their kernel.
is "$("$m" script $caps/6.1.dat.gz | grep -c ' isolate .* writable=1')" 16 "6.1 reports writable pages"
is "$("$m" script $caps/6.18.dat.gz | grep -c ' writable=')" 0 "6.18 does not report writable pages"
is "$("$m" report --format json $caps/7.3.dat.gz | jq -c '[.summary.detail, (.orders[] | [.order, .collapses, .failures])]')" \
	'["sizes",[4,80,80],[9,20,0]]' "7.3 reports the order of a collapse: detail sizes"
like "$("$m" script $caps/6.12-mthp.dat.gz)" ' mthp_collapse .* 64K succeeded addr=0x[0-9a-f]*00 filled=0 ' \
	"the series reports the order and the address of a block"
is "$("$m" report --format json $caps/6.12-mthp.trace.gz 2>/dev/null | jq -c '[.summary | .detail, .release]')" \
	'["plans",null]' "text of the series has detail plans, of a kernel that it does not name"
is "$("$m" report --format json $caps/6.12-mthp.dat.gz | jq -c '[.summary | .detail, .release, .machine]')" \
	'["plans","6.12.117","x86_64"]' "its trace.dat names the kernel"

# Packed or not, from a file or a pipe.
for form in dat report; do
	zcat $caps/6.12.$form.gz >"$tmp/plain"
	want=$("$m" script "$tmp/plain" 2>/dev/null | md5sum)
	is "$("$m" script $caps/6.12.$form.gz 2>/dev/null | md5sum)" "$want" "$form: packed, with the same events"
	is "$("$m" script - <"$tmp/plain" 2>/dev/null | md5sum)" "$want" "$form: on standard input"
	is "$(cat "$tmp/plain" | "$m" script - 2>/dev/null | md5sum)" "$want" "$form: in a pipe"
	is "$(cat $caps/6.12.$form.gz | "$m" script - 2>/dev/null | md5sum)" "$want" "$form: packed, in a pipe"
	for packer in zstd xz bzip2; do
		command -v $packer >/dev/null || continue
		is "$($packer -c <"$tmp/plain" | "$m" script - 2>/dev/null | md5sum)" "$want" "$form: packed with $packer"
	done
	split -n 2 "$tmp/plain" "$tmp/part"
	is "$(for part in "$tmp"/part*; do gzip <"$part"; done | "$m" script - 2>/dev/null | md5sum)" \
		"$want" "$form: packed in two parts"
	head -c $(($(stat -c %s $caps/6.12.$form.gz) / 2)) $caps/6.12.$form.gz >"$tmp/cut.gz"
	run "$m" script "$tmp/cut.gz"
	is "$status" 4 "$form: half of what gzip packed: data incomplete"
	like "$err" "^mthptop: .*cut.gz: " "$form: the error names the file"
done
is "$(ls -A "$tmp" | grep -i mthptop-)" "" "no copy of the data from a pipe is left behind"
gzip <analyzer/tests/data/samples/demo.mthp >"$tmp/own.gz"
is "$("$m" script "$tmp/own.gz" | md5sum)" "$("$m" script analyzer/tests/data/samples/demo.mthp | md5sum)" \
	"a packed trace of mthptop is read"
run env TMPDIR="$tmp/nowhere" "$m" script - <$caps/6.12.dat.gz
run sh -c "TMPDIR=$tmp/nowhere '$m' script - <$caps/6.12.dat.gz"
is "$status" 3 "a trace.dat in a pipe, and no place to keep it"
like "$err" 'cannot copy the trace: standard input: No such file.*TMPDIR' "the error names the folders that were tried"

# The other commands.
c=$caps/6.12.dat.gz
run "$m" replay --speed max --batch "$c"
is "$status" 0 "replay takes a trace.dat"
run "$m" diff "$c" $caps/6.12.report.gz
is "$status" 0 "diff takes a trace.dat and a text"
like "$out" 'collapse khugepaged 2M succeeded' "diff compares trace.dat and text"
echo 'collapse(2M).success >= 50% with at least 5 samples' >"$tmp/rules"
run "$m" check -f "$tmp/rules" "$c" $caps/6.12.perf.gz
is "$status" 0 "check takes a trace.dat and a text"
run "$m" import analyzer/tests/data/samples/demo.mthp -o "$tmp/x.mthp"
is "$status" 2 "import refuses a trace of mthptop"
run "$m" import "$c"
is "$status" 2 "import without an output file: wrong usage"
run "$m" import --page-size 5 "$c" -o "$tmp/x.mthp"
is "$status" 2 "no machine has pages of 5 KiB"
run "$m" import --page-size 64 --pmd-order 13 $caps/6.12.report.gz -o "$tmp/x.mthp"
is "$status" 0 "options set the sizes that text does not report"
unlike "$err" 'are derived' "with these options no size is derived"
is "$("$m" report --format json "$tmp/x.mthp" | jq -c '[.summary.page_size_bytes, .outcomes[0].order]')" \
	'[65536,13]' "and goes into the trace"
run "$m" script $caps/6.12.report.gz
like "$err" 'sizes are derived: .*: 512 pages of 4K in a PMD range of 2M: the trace does not report the size' \
	"without the options a message reports the derived sizes"

# Text, line by line. $scan is a good one of khugepaged.
scan='      khugepaged-35      [001] .....  1234.567890: mm_khugepaged_scan_pmd: mm=00000000abcdef12, scan_pfn=0x1a2b, writable=1, referenced=512, none_or_zero=7, status=succeeded, unmapped=3'
text() {
	printf "$@" >"$tmp/t"
	run "$m" script "$tmp/t"
}
head='khugepaged scan_pmd      -                         2M succeeded none=7 swap=3 referenced=512 writable=1 pfn=0x1a2b$'
text '%s\n' "$scan"
like "$out" " 0.000000 $head" "a line of text gives all its values"
is "$status" 0 "a single line is a trace"
text '%s\n' "${scan/ 35/}" "${scan/ \[001\]/ (  35) [001]}" "${scan/ ...../}" "${scan/.567890/.567890123}" \
	"${scan#      }"
is "$(grep -c "$head" <<<"$out")" 5 "with a thread group, without flags, to the nanosecond, with the margin lost"
text '%s\n' "$scan" "${scan/1234.567890/1234.567889}" "${scan/1234.56/1233.56}"
is "$status $(grep -c . <<<"$out")" "0 3" "out of order in time: all are taken"
text '%s\n' '# a comment' '' "$scan" '          <idle>-0       [000] d.h1.  1234.5: sched_switch: prev_comm=x status=failed' \
	'              sh-9       [000] .....  1234.6: mm_page_alloc: page=1 mm=2' 'garbage' "$scan"
is "$status $(grep -c . <<<"$out")" "0 2" "lines of other events in between are skipped"
text '%s\n%s' "$scan" "${scan%, unmapped=3}"
is "$status $(grep -c . <<<"$out")" "4 1" "an incomplete last line gives no event"
like "$err" 't: the last line has no end' "a message reports the incomplete line"
text '%s\n' "$scan" "${scan%, unmapped=3}" "$scan"
is "$status $(grep -c . <<<"$out")" "4 2" "a line without a required field gives no event"
like "$err" 't: 1 lines of events could not be read' "a message reports the number of such lines"
text '%s\n' "$scan" "${scan/none_or_zero=7/none_or_zero=x}" "${scan/referenced=512, /}" "${scan/khugepaged-35 /khugepaged }"
is "$status $(grep -c . <<<"$out")" "4 1" "lines with a bad number, without one, or without a task give no events"
text '%s\r\n' "$scan"
like "$out" 'pfn=0x1a2b' "lines that end as on Windows"
text '%s\n' "${scan/, unmapped/, later=17, unmapped}" "${scan/writable=1, /}" "${scan/writable=1, referenced=512/referenced=512, writable=1}"
is "$status $(grep -c 'none=7 swap=3 referenced=512' <<<"$out")" "0 3" "new fields, missing old ones, another order"
text '%s\n' "${scan/succeeded/a_new_result}" "${scan/succeeded/0x2d}"
like "$out" ' a_new_result none' "a result that this build does not know keeps its name"
like "$out" ' status 45 none' "a number without a name is shown as a number"
"$m" import "$tmp/t" -o "$tmp/x.mthp" 2>/dev/null
is "$("$m" script "$tmp/x.mthp" | md5sum)" "$("$m" script "$tmp/t" 2>/dev/null | md5sum)" "also when imported"
text '%s\n' "${scan/00000000abcdef12/(____ptrval____)}"
is "$status $(grep -c . <<<"$out")" "0 1" "a pointer that was not printed"
text '%s\n' "${scan/1234.567890/123456789012}"
is "$status" 4 "times of a clock that only counts"
like "$err" 'times of an unknown unit: .*(local, mono or boot)' "the error names the usable clocks"
text '%s\n%600000s\n%s\n' "$scan" x "$scan"
is "$(grep -c . <<<"$out")" 2 "a line without end is skipped"

# Names of tasks and files can contain anything.
evil='a-1 [000]1.0: m'
text '%s\n' "${scan/      khugepaged-35 / $evil-35 }"
is "$status $(grep -c 'madvise .*none=7' <<<"$out")" "0 1" "a name that looks like a head"
text '%b\n' "${scan/      khugepaged/     \\033[31mkhug}"
unlike "$out" $'\033' "terminal escapes in a name are not passed on"
file='              sh-77      [000] .....  99.5: mm_khugepaged_scan_file: mm=0000000012345678, scan_pfn=0x77, filename=F, present=5, swap=6, result=pte_mapped_hugepage'
text '%s\n' "${file/=F/=x, present=1, swap=2, result=succeeded}" "${file/=F/=}" "${file/=F/=a=b, c}" \
	"${file/=F/=x, present=1, oops}"
is "$status $(grep -c 'pte_mapped_hugepage present=5 swap=6 pfn=0x77' <<<"$out")" "0 4" "a file name that looks like fields"

# The owner of the memory.
mad=${scan/      khugepaged-35 /              sh-77 }
text '%s\n' "$mad" "${mad/ \[001\]/ (     77) [001]}" "${mad/ \[001\]/ (     70) [001]}" "${scan/ \[001\]/ (     35) [001]}"
is "$(awk '{ print $2, $4 }' <<<"$out")" "$(printf '%s\n' 'madvise -' 'madvise sh/77' 'madvise /70' 'khugepaged -')" \
	"the owner is known if the text reports it, and is never khugepaged"
text '%s\n' '              sh 70/77 [000] 1234.567890: huge_memory:mm_khugepaged_scan_pmd: mm=0xffff88810006abc0, scan_pfn=0x1a2b, referenced=0, none_or_zero=7, status=succeeded, unmapped=3'
like "$out" 'madvise .* /70 .*none=7' "perf's pid/tid"
run "$m" script -p 70 "$tmp/t"
is "$(grep -c . <<<"$out")" 1 "-p selects that process"
run "$m" script -p 71 $caps/6.12.report.gz
like "$err" 'left out: .*: [0-9]* events whose process is unknown' "a message reports how many events have an unknown process"
unlike "$("$m" report --format json "$tmp/t" 2>/dev/null)" '6abc0|18446613|ffff8881' "the report has no address of the kernel"

# Address spaces are distinguished by numbers, which are the same each time.
want=$("$m" report --format json $caps/6.12.dat.gz | jq -c '.processes | map([.tgid, .mm, .scans]) | sort')
is "$(jq -c 'length, (map(.[0]) | unique), (map(.[1]) | sort)' <<<"$want" | paste -sd ' ')" \
	'12 [null] ["1","2","3","4","5","6","7","8","9","a","b","c"]' "a trace without processes has a row for each mm"
is "$("$m" report --format json $caps/6.12.report.gz 2>/dev/null | jq -c '.processes | map([.tgid, .mm, .scans]) | sort')" \
	"$want" "the same ones in each form and at each time"
"$m" import $caps/6.12.dat.gz -o "$tmp/x.mthp" 2>/dev/null
is "$("$m" report --format json "$tmp/x.mthp" | jq -c '.processes | map([.tgid, .mm, .scans]) | sort')" "$want" \
	"also when imported"
run "$m" report --all $caps/6.12.dat.gz
unlike "$out$want" 'ff2649b8|18446|2649b8' "the imported trace has no address of the kernel"

# Two tasks at once: an isolation belongs to the collapse of its task.
iso='              sh-77      [000] .....  10.000000: mm_collapse_huge_page_isolate: scan_pfn=0x1, none_or_zero=5, referenced=1, status=succeeded'
col='              sh-77      [000] .....  10.000300: mm_collapse_huge_page: mm=0000000012345678, isolated=1, status=succeeded'
other=${iso/77/78}
text '%s\n' "$iso" "${other/=5/=9}" "$col" "${col/77/78}"
is "$(grep ' collapse ' <<<"$out" | grep -o 'filled=.*')" "$(printf 'filled=5 took=300us\nfilled=9 took=300us')" \
	"pages filled and time taken are those of the task's own isolation"

# Events that the other tool lost.
lost() {
	"$m" report --format json "$tmp/t" 2>/dev/null | jq '.losses[] | select(.name == "source").count'
}
text '%s\n' "$scan" 'CPU:1 [LOST 12 EVENTS]' "$scan" 'CPU:0 [LOST EVENTS]'
is "$(lost)" 13 "ftrace's marks of lost events are losses"
text '%s\n' 'cpus=2' "$scan" 'CPU:1 [30 EVENTS DROPPED]' 'CPU:1 [EVENTS DROPPED]'
is "$(lost)" 31 "the marks of trace-cmd report are losses"
text '%s\n' '# tracer: nop' '# entries-in-buffer/entries-written: 80/250   #P:4' "$scan"
is "$(lost)" 170 "events overwritten in ftrace's buffer are losses"
text '%s\n' '              sh    70 [000] 1234.567890: PERF_RECORD_LOST lost 9' "$scan"
is "$(lost)" 9 "perf's marks are losses"
"$m" import "$tmp/t" -o "$tmp/x.mthp" 2>"$tmp/err"
like "$(cat "$tmp/err")" ': 9 lost while recording, 0 ' "import reports the losses"
is "$("$m" report --format json "$tmp/x.mthp" | jq '.losses[] | select(.name == "source").count')" 9 \
	"the imported trace has the losses"

# A trace.dat that is damaged or cut off, and files of other kinds.
zcat $caps/6.12.dat.gz >"$tmp/good.dat"
size=$(stat -c %s "$tmp/good.dat")
crashed=
for i in $(seq 1 40); do
	head -c $((size * i / 41)) "$tmp/good.dat" >"$tmp/cut.dat"
	run timeout 20 "$m" script "$tmp/cut.dat"
	[ "$status" = 4 ] || [ "$status" = 0 ] || crashed+=" $i:$status"
	[ "$status" = 0 ] && [ "$(grep -c . <<<"$out")" -gt "$(grep -c . <<<"$("$m" script "$tmp/good.dat")")" ] && crashed+=" $i"
done
is "$crashed" "" "a trace.dat cut off anywhere is refused, or read up to the cut"
# v6 and v7 are the capture of 6.12 by `trace-cmd convert`, without compression; ppc64le is v6 with
# another machine, pages of 64K and ranges of 32 PTEs.
zcat $caps/6.12.dat.gz >"$tmp/packed.dat"
zcat analyzer/tests/data/import/v6.dat.gz >"$tmp/v6.dat"
zcat analyzer/tests/data/import/v7.dat.gz >"$tmp/v7.dat"
want=$("$m" script "$tmp/packed.dat")
# Some values depend on events of the same task on another CPU, which the cut may remove.
isolations() {
	grep -o 'isolate .*' | sort -u
}
for form in v6 v7 packed; do
	is "$("$m" script "$tmp/$form.dat")" "$want" "$form: the same events"
	size=$(stat -c %s "$tmp/$form.dat")
	bad= before=0
	for i in $(seq 4 47); do
		head -c $((size * i / 48)) "$tmp/$form.dat" >"$tmp/cut.dat"
		run timeout 20 "$m" script "$tmp/cut.dat"
		n=$(grep -c . <<<"$out")
		[ "$status" = 4 ] && [ "$n" -ge "$before" ] || bad+=" $i:$status:$n"
		[ -z "$(comm -23 <(isolations <<<"$out") <(isolations <<<"$want"))" ] || bad+=" $i:made-up"
		before=$n
	done
	is "$bad" "" "$form cut off anywhere: exit status 4, and nothing but events of the whole"
	[ "$before" -ge 60 ]
	ok $? "$form without its last bytes has most of the events ($before)"
	like "$err" 'trace ends early: .*cut.dat: it is cut off, and was read up to there' "$form: a message reports the cut"
done
gzip <"$tmp/cut.dat" >"$tmp/cut.dat.gz"
is "$("$m" script "$tmp/cut.dat.gz" 2>/dev/null)" "$out" "a packed cut trace.dat gives the same events"
is "$("$m" script - <"$tmp/cut.dat" 2>/dev/null)" "$out" "a cut trace.dat on standard input gives the same events"
run "$m" report analyzer/tests/data/import/ppc64le.dat.gz
is "$status" 0 "pages of 64K of powerpc"
like "$out" 'PMD +2M' "powerpc: PMD ranges of 2M with radix tables"
like "$err" 'sizes are derived: .*: powerpc has 2M with radix tables and 16M with hash tables .*--pmd-order 5 or 8' "powerpc: a message reports the assumption"
run "$m" import --pmd-order 4 analyzer/tests/data/import/ppc64le.dat.gz -o "$tmp/x.mthp"
is "$status" 4 "an order that contradicts the events"
like "$err" 'sizes contradict the trace: .*more PTEs than a PMD range of 1M has \(16\)' "the error names the contradiction"

# An event by a name that this build does not know.
LC_ALL=C sed 's/name: mm_khugepaged_scan_pmd$/name: mm_collapse_candidate2/' "$tmp/v6.dat" >"$tmp/strange.dat"
run "$m" script "$tmp/strange.dat"
is "$status $(grep -c scan_pmd <<<"$out")" "4 0" "events of khugepaged that this build does not know"
like "$err" 'not understood: .*: 70 events of khugepaged .*: mm_collapse_candidate2 70' "a message counts and names unknown events"

head -c 3000 "$tmp/good.dat" >"$tmp/cut.dat"
run "$m" report "$tmp/cut.dat"
is "$status" 4 "a trace.dat cut off in its formats is refused"
like "$err" '^mthptop: cannot read trace: .*cut.dat: trace.dat of trace-cmd: libtracecmd ' "the error names libtracecmd"
unlike "$err" '^ *(libtracecmd|trace-cmd|libtraceevent|Error)' "the library prints no message of its own"
crashed= size=$(stat -c %s "$tmp/good.dat")
for i in $(seq 1 60); do
	cp "$tmp/good.dat" "$tmp/bad.dat"
	for j in 1 2 3; do
		printf "\\x$(printf %x $(((i * 37 + j * 101) % 256)))" |
			dd of="$tmp/bad.dat" bs=1 seek=$((20 + (i * 7919 + j * 104729) % (size - 20))) conv=notrunc 2>/dev/null
	done
	run timeout 60 "$m" script "$tmp/bad.dat"
	[ "$status" -lt 124 ] || crashed+=" $i:$status"
done
is "$crashed" "" "60 damaged files cause no crash"
printf '\x17\x08\x44tracing6\0' >"$tmp/short.dat"
run "$m" report "$tmp/short.dat"
is "$status" 4 "a trace.dat without events"
printf 'Hello: this is [000] no trace\n' >"$tmp/no"
run "$m" import "$tmp/no" -o "$tmp/x.mthp"
is "$status" 4 "a text that is no trace"
like "$err" 'no: not a mthptop trace, nor one of trace-cmd, ftrace or perf' "is refused"
head -c 300000 /dev/urandom >"$tmp/no"
run "$m" report "$tmp/no"
is "$status" 4 "noise is refused"
: >"$tmp/no"
run "$m" import "$tmp/no" -o "$tmp/x.mthp"
is "$status" 4 "an empty file, too"

# Memory is bounded: a hundred times the text needs no more of it.
if [ -x /usr/bin/time ] || command -v python3 >/dev/null; then
	for i in $(seq 400); do zcat $caps/6.12.report.gz; done >"$tmp/long"
	peak() { # KiB
		python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"
	}
	one=$(peak "$m" report $caps/6.12.report.gz)
	many=$(peak "$m" report "$tmp/long")
	[ "$many" -lt $((one + 2048)) ]
	ok $? "400 times the text takes no more memory ($one and $many KiB)"
else
	skip "memory is bounded" "python3 is not installed"
fi

# The same seconds, by trace-cmd and by mthptop.
live() {
	[ "$(id -u)" = 0 ] || { why="not root"; return 1; }
	command -v trace-cmd >/dev/null || { why="trace-cmd is not installed"; return 1; }
	kernel_lock
	"$m" record -o "$tmp/live.mthp" -d 0.1 2>"$tmp/err" || { why=$(cat "$tmp/err"); return 1; }
	gcc -O2 -o "$tmp/collapse" bpf/tests/collapse.c && "$tmp/collapse" || { why="no MADV_COLLAPSE"; return 1; }
	cat >"$tmp/work" <<-SH
		sleep 0.5
		"$tmp/collapse" full 20 half 7 again 30 empty 11 pinned 3 shmem 4
		sleep 0.5
	SH
	# As in bench/measure/trace: trace-cmd resets tracing, which not every machine allows.
	cat >"$tmp/trace-cmd" <<-'SH'
		t=/sys/kernel/tracing
		[ -e $t/events ] || mount -t tracefs nodev $t || exit 1
		umount /sys/kernel/debug/tracing 2>/dev/null
		: >"$TMPDIR/none"
		for f in /proc/sys/kernel/ftrace_enabled $t/set_ftrace_{filter,notrace,pid,notrace_pid} \
			$t/set_graph_{function,notrace}; do
			[ ! -e $f ] || mount --bind "$TMPDIR/none" $f || exit 1
		done
		exec trace-cmd "$@"
	SH
	"$m" record -o "$tmp/live.mthp" -- unshare -m --propagation private bash "$tmp/trace-cmd" record -q \
		-e huge_memory -o "$tmp/live.dat" sh "$tmp/work" >"$tmp/err" 2>&1 || { why=$(tail -n 1 "$tmp/err"); return 1; }
}
if live; then
	# khugepaged works at any time; only the requests of the workload are in both recordings.
	is "$(counts "$tmp/live.dat" | grep madvise)" "$(counts "$tmp/live.mthp" | grep madvise)" \
		"recorded here, by both at once: the same counts"
	[ "$(counts "$tmp/live.mthp" | grep -c madvise)" -ge 7 ]
	ok $? "the recordings have events"  || counts "$tmp/live.mthp" | sed 's/^/# /'
	trace-cmd report "$tmp/live.dat" >"$tmp/live.txt" 2>/dev/null
	is "$(counts "$tmp/live.txt" | grep madvise)" "$(counts "$tmp/live.mthp" | grep madvise)" "so has trace-cmd report of it"
else
	skip "recorded here, by both at once" "$why"
fi
tap_done
