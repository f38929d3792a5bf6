#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Addresses, occupancy and fill on a stock kernel: every bitmap that mthptop records of a scan, and every collapse, must be
# what the workload (s_pattern.c) knows of its own memory.
#
# kernels: 6.1 6.12 6.18 7.1 7.2 7.3 6.12-arm64 7.3-arm64

. ./ktap.sh
thp=/sys/kernel/mm/transparent_hugepage
echo madvise >$thp/enabled && echo 100000000 >$thp/khugepaged/scan_sleep_millisecs
ok $? "khugepaged is at rest"

same() { # WANTED GOT TEXT
	diff "$tmp/$1" "$tmp/$2" >"$tmp/diff"
	ok $? "$3" || head -n 20 "$tmp/diff" | cut -c1-300 | sed 's/^/# /'
}

is() { # GOT WANT TEXT
	[[ $1 = "$2" ]]
	ok $? "$3" || printf '# wanted: %q\n# got: %q\n' "$2" "$1"
}

record() { # SEED FILL ORDERS PASSES
	mthptop record -o "$tmp/trace.mthp" -- ./s_pattern "$@" >"$tmp/out" 2>"$tmp/err"
	ok $? "$what: recorded" || sed 's/^/# /' "$tmp/err" "$tmp/out"
	grep -q 'nothing lost$' "$tmp/err"
	ok $? "$what: nothing lost" || sed 's/^/# /' "$tmp/err"
	mthptop script -p "$(sed -n 's/^pid //p' "$tmp/out")" "$tmp/trace.mthp" >"$tmp/script"
	mthptop report --format json "$tmp/trace.mthp" >"$tmp/json"
}

# The first scan of each range: "scan ADDRESS VALUE..." of those that the workload knows.
scans() {
	awk '$3 == "mthp_scan" {
		line = ""
		for (i = 5; i <= NF; i++) {
			if ($i ~ /^addr=/)
				addr = substr($i, 6)
			else if ($i ~ /^(none|present|swap|referenced|present_bits|referenced_bits|joined_bits)=/)
				line = line " " $i
		}
		if (!(addr in seen))
			print "scan " addr line
		seen[addr]
	}' "$tmp/script" | sort
}

attempts() { # RESULT: "ADDRESS ORDER FILLED" of each, with sizes as orders
	awk -v want="$1" 'BEGIN {
		nr = split("4K 8K 16K 32K 64K 128K 256K 512K 1M 2M", sizes, " ")
		for (k = 1; k <= nr; k++)
			order[sizes[k]] = k - 1
	}
	$3 == "mthp_collapse" {
		for (i = 5; i <= NF && !($i in order); i++)
			;
		size = $i
		if ($(i + 1) != want)
			next
		addr = filled = "unknown"
		for (; i <= NF; i++) {
			if ($i ~ /^addr=/)
				addr = substr($i, 6)
			if ($i ~ /^filled=/)
				filled = substr($i, 8)
		}
		print addr, order[size], filled
	}' "$tmp/script"
}

# Accessed bits: none that the workload did not set. The kernel may have cleared some (it ages pages,
# more of them the longer a loaded host lets it): one in twenty.
accessed() {
	awk 'function expand(bits, set,   n, i, k, part, ends) {
		split("", set)
		n = bits == "-" ? 0 : split(bits, part, ",")
		for (i = 1; i <= n; i++) {
			if (split(part[i], ends, "-") < 2)
				ends[2] = ends[1]
			for (k = ends[1] + 0; k <= ends[2] + 0; k++)
				set[k]
		}
	}
	{
		for (i = 3; i <= NF; i++)
			if ($i ~ /^referenced_bits=/)
				bits = substr($i, 17)
	}
	NR == FNR { want[$2] = bits; next }
	{
		expand(want[$2], w)
		expand(bits, g)
		for (k in w) {
			all++
			missed += !(k in g)
		}
		for (k in g)
			invented += !(k in w)
	}
	END {
		print "# " all " accessed PTEs, " missed + 0 " not seen, " invented + 0 " invented"
		exit !(all > 1000 && missed * 20 <= all && !invented)
	}' "$tmp/touched" "$tmp/seen"
	ok $? "$what: accessed bits"
}

# Of attempts those in the ranges of the workload; the others are shown. Ranges are 2M here.
inside() {
	awk 'function range(addr,   high, digit) {
		high = substr(addr, 1, length(addr) - 5)
		digit = index("0123456789abcdef", substr(high, length(high))) - 1
		return substr(high, 1, length(high) - 1) " " int(digit / 2)
	}
	NR == FNR { ours[range($2)]; next }
	range($1) in ours { print; next }
	{ print "# elsewhere in the process: " $0 >"/dev/stderr" }' "$tmp/touched" -
}

agrees() {
	grep '^scan ' "$tmp/out" | grep -v ' present=0 swap=0 ' | sort >"$tmp/touched"
	scans | grep -v ' present=0 swap=0 ' >"$tmp/seen"
	is "$(wc -l <"$tmp/seen")" "$(wc -l <"$tmp/touched")" "$what: as many ranges scanned as there are"
	for f in touched:want seen:got; do
		sed 's/ referenced=[0-9]*//; s/ referenced_bits=[^ ]*//' "$tmp/${f%:*}" >"$tmp/${f#*:}"
	done
	same want got "$what: occupancy and folios of every range, PTE by PTE"
	accessed
	sed -n 's/^made //p' "$tmp/out" | sort >"$tmp/want"
	attempts succeeded | sort | inside >"$tmp/got"
	[[ -s $tmp/want ]]
	ok $? "$what: something was collapsed"
	same want got "$what: address, size and fill of every collapse"
	is "$(jq '.losses[] | select(.name == "bitmaps").count' "$tmp/json")" 0 "$what: every bitmap was taken"
	is "$(jq '[.events[] | select(.kind == "mthp_collapse").count] | add' "$tmp/json")" \
		"$(jq '[.events[] | select(.kind == "collapse").count] | add' "$tmp/json")" \
		"$what: as many attempts as the tracepoint reports"
	is "$(jq '[.occupancy[] | .censored] | add' "$tmp/json")" 0 "$what: no sample is censored"
}

mthptop info >"$tmp/info"
is "$(sed -n 's/^ *detail  *\([a-z]*\):.*/\1/p' "$tmp/info")" ranges "the detail level is ranges" || sed 's/^/# /' "$tmp/info"
what="no fill"
record 2 0 0x200
agrees
what="moved, all filled"
record 1 511 0x200
agrees
[[ ! -e $thp/hugepages-64kB/stats/collapse_alloc ]] || {
	what="blocks"
	record 3 0 0x250 2
	agrees
	# The second pass tries all blocks again that are folios of their size by now.
	sed -n 's/^left //p' "$tmp/out" | sort >"$tmp/want"
	attempts pte_mapped_hugepage | cut -d' ' -f1,2 | sort -u >"$tmp/tried"
	grep -Fxf "$tmp/tried" "$tmp/want" >"$tmp/got"
	[[ -s $tmp/want ]]
	ok $? "blocks: some were left to be tried again"
	same want got "blocks: all of them were tried in vain"
}
echo "1..$nr"
exit "$bad"
