#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What-if compared with the kernel: the same process (w_life.c) runs and is recorded under setting A and
# under setting B. `mthptop whatif` on the first recording must predict the second one, block for block
# and pass by pass, for every exact scan.
# with: life
# vm: --mem 1G

life=.output/kernel/tests/w_life
thp=/sys/kernel/mm/transparent_hugepage/khugepaged
n=0 bad=0 pairs=0

ok() {
	n=$((n + 1))
	[[ $1 = 0 ]] || bad=$((bad + 1))
	echo "$([[ $1 = 0 ]] || echo "not ")ok $n - $2"
}

# orders_mask SIZE,SIZE: the mask for w_life.
orders_mask() {
	local mask=0 size pages order
	for size in ${1//,/ }; do
		pages=$(($(numfmt --from=iec "$size") / 4096))
		for ((order = 0; 1 << order < pages; order++)); do :; done
		mask=$((mask | 1 << order))
	done
	echo "$mask"
}

# live NAME SEED SIZES MAX_PTES_NONE GUARD: one run, recorded to /tmp/NAME.mthp
live() {
	# A trace has the settings at its start.
	echo "$4" >"$thp/max_ptes_none" && echo "$5" >"$thp/creep_guard" || return
	./mthptop record -o "/tmp/$1.mthp" -- "$life" "$2" "$(orders_mask "$3")" "$4" "$5" \
		>"/tmp/$1.life" 2>"/tmp/$1.err" && grep -q 'nothing lost' "/tmp/$1.err"
}

# facts NAME: reads lines with a time, an address, a size and filled pages; prints for each the pass
# that it belongs to, its range, and its offset in the range.
facts() {
	local start
	start=$(./mthptop report "/tmp/$1.mthp" --format json | jq .summary.start_ns)
	# Any awk: mawk has no function for hexadecimal numbers.
	awk -v start="$start" '
	function hex(s,   i, n) {
		sub(/^0x/, "", s)
		for (i = 1; i <= length(s); i++)
			n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
		return n
	}
	function text(key,   rest) {
		rest = " " $0
		sub(".* " key "=", "", rest)
		sub(/ .*/, "", rest)
		return rest
	}
	NR == FNR && /^area/ { base = hex($2) }
	NR == FNR && /^pass/ { began[++passes] = ($2 - start) / 1e9 }
	NR == FNR && /^end/ { end = ($2 - start) / 1e9 }
	NR == FNR { next }
	{
		addr = hex(text("addr")) - base
		if (addr < 0 || addr >= 24 * 2097152 || $1 + 0 > end)
			next
		for (pass = passes; pass > 1 && began[pass] > $1 + 0; pass--)
			;
		print pass, int(addr / 2097152), addr % 2097152, $0
	}' "/tmp/$1.life" -
}

# The lines of facts as "PASS RANGE OFFSET SIZE FILLED". SIZE_AT: the column of the size, or 0: size=.
blocks() {
	awk -v at="$1" '{
		size = at ? $at : ""
		for (i = 4; i <= NF; i++) {
			if ($i ~ /^size=/)
				size = substr($i, 6)
			if ($i ~ /^filled=/)
				filled = substr($i, 8)
		}
		print $1, $2, $3, size, filled
	}' | sort
}

# true_blocks NAME: the blocks of all collapses that took place.
true_blocks() {
	./mthptop script "/tmp/$1.mthp" | grep ' mthp_collapse .* succeeded ' | facts "$1" | blocks 8
}

# predicted NAME SIZES MAX_PTES_NONE RULE: scans and blocks
predicted() {
	./mthptop whatif "/tmp/$1.mthp" --orders "$2" -m "$3" --rule "$4" --blocks | facts "$1"
}

# compare SEED A B: compares whatif of A's recording with B's recording
compare() {
	local a=$2 b=$3 sizes none rule guard=1 scans differ
	read -r sizes none rule <<<"$b"
	[[ $rule = guard ]] || guard=0
	if ! live b "$1" "$sizes" "$none" "$guard"; then
		sed 's/^/# /' /tmp/b.err
		ok 1 "seed $1: $b: recorded"
		return
	fi
	predicted a "$sizes" "$none" "$rule" >/tmp/predicted
	grep ' scan .* exact' /tmp/predicted | awk '{ print $1, $2 }' | sort -u >/tmp/exact
	grep ' block .* exact' /tmp/predicted | blocks 0 >/tmp/ours
	true_blocks b | awk 'NR == FNR { exact[$0]; next } ($1 " " $2) in exact' /tmp/exact - >/tmp/theirs
	differ=$(diff /tmp/ours /tmp/theirs | head -n 12)
	[[ $differ ]] && echo "# predicted < > true: ${differ//$'\n'/$'\n'# }"
	scans=$(grep -c ' scan ' /tmp/predicted)
	pairs=$((pairs + $(grep ' scan ' /tmp/predicted | awk '{ if (/ unsure/) u[$2]++; r[$2] }
		END { for (i in r) n += !u[i]; print n }')))
	ok "$([[ ! $differ && -s /tmp/ours ]] && echo 0 || echo 1)" \
		"seed $1, recorded with $a: $b: $(wc -l </tmp/ours) blocks, $(wc -l </tmp/exact) of $scans scans exact"
}

all=16K,32K,64K,128K,256K,512K,1M,2M
echo "KTAP version 1"
for seed in 1; do
	for a in "$all 0 guard" "$all 200 guard"; do
		read -r sizes none _ <<<"$a"
		live a "$seed" "$sizes" "$none" 1
		ok $? "seed $seed: $a: recorded"
		for b in "$all 15 guard" "$all 127 guard" "$all 255 guard" "64K,2M 64 guard" \
			"$all 255 scaled" "2M 255 guard"; do
			compare "$seed" "$a" "$b"
		done
	done
done
ok $((pairs < 50)) "at least 50 pairs of pattern and setting are exact throughout ($pairs)"
echo "1..$n"
((bad == 0))
