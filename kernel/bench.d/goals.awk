# SPDX-License-Identifier: GPL-2.0-only
# Turns lines "kernel figure orders value" into rows of the table of goals, with TABs between the fields:
# what, ours, compared with, ratio, goal, met|missed|-. A figure that was not measured is "-".

{
	value[$1, $2, $3] = $4
	known[$1] = 1
}

function have(kernel, figure, orders) {
	return (kernel, figure, orders) in value
}

function v(kernel, figure, orders) {
	return value[kernel, figure, orders]
}

function k(x) {
	return sprintf("%.1fk", x / 1000)
}

# limit "": no goal. The verdict is on the exact ratio, not on the digits shown.
function verdict(ratio, limit) {
	return limit == "" ? "-" : ratio <= limit + 1e-9 ? "met" : "missed"
}

function row(what, ours, with, ratio, goal, met) {
	print what "\t" ours "\t" with "\t" ratio "\t" goal "\t" met
}

# One figure of ours by the same one of another kernel.
function against(what, figure, orders, kernel, limit, goal,	r) {
	if (!have("ours", figure, orders))
		return row(what, "-", kernel, "-", goal, "-")
	if (!have(kernel, figure, orders))
		return row(what, k(v("ours", figure, orders)), kernel " -", "-", goal, "-")
	r = v("ours", figure, orders) / v(kernel, figure, orders)
	row(what, k(v("ours", figure, orders)), kernel " " k(v(kernel, figure, orders)),
	    sprintf("%.3f", r), goal, verdict(r, limit))
}

function ratio_of(kernel, figure, orders, figure2, orders2) {
	if (!have(kernel, figure, orders) || !have(kernel, figure2, orders2))
		return -1
	return v(kernel, figure, orders) / v(kernel, figure2, orders2)
}

# One page of unreferenced memory touched again and again, relative to the same kernel's bare scan.
function touched(orders, limit, goal,	ours, peer) {
	ours = ratio_of("ours", "touched", orders, "cold", orders)
	peer = ratio_of("7.3", "touched", orders, "cold", orders)
	if (ours < 0)
		return row("cold, one page referenced, orders " orders, "-", "-", "-", goal, "-")
	row("cold, one page referenced, orders " orders, k(v("ours", "touched", orders)),
	    "bare scan " k(v("ours", "cold", orders)) \
	    (peer < 0 ? "" : sprintf(" (7.3: %.1f times its own)", peer)),
	    sprintf("%.2f", ours), goal, verdict(ours, limit))
}

# A collapse of a full range to smaller folios, relative to the same kernel's collapse to PMD size.
function overhead(orders, limit, goal,	ours, peer) {
	ours = ratio_of("ours", "collapse", orders, "collapse", "9") - 1
	peer = ratio_of("7.3", "collapse", orders, "collapse", "9") - 1
	if (ours < -1)
		return row("collapse of a full range, order " orders, "-", "-", "-", goal, "-")
	row("collapse of a full range, order " orders, k(v("ours", "collapse", orders)),
	    "its order 9 " k(v("ours", "collapse", "9")) \
	    (peer < -1 ? "" : sprintf(" (7.3: %+.1f %%)", peer * 100)),
	    sprintf("%+.1f %%", ours * 100), goal, verdict(ours, limit))
}

# "1, 1, 1, 1", or "-" where any is not known.
function counts_of(kernel, prefix, orders,	i, n, name, text) {
	n = split("write_locks pmd_clears full_flushes broadcasts", name, " ")
	for (i = 1; i <= n; i++) {
		if (!have(kernel, prefix name[i], orders))
			return "-"
		text = text (i > 1 ? ", " : "") v(kernel, prefix name[i], orders) / 1000
	}
	return text
}

function counts(orders,	ours) {
	ours = counts_of("ours", "", orders)
	row("collapse, order " orders ": write locks, PMD clears, full flushes, IPI broadcasts", ours,
	    "7.3 " counts_of("7.3", "", orders), "-", "1 each",
	    ours == "-" ? "-" : ours == "1, 1, 1, 1" ? "met" : "missed")
}

function idle_of(kernel, orders) {
	if (!have(kernel, "again_allocations", orders))
		return "-"
	return counts_of(kernel, "again_", orders) ", " v(kernel, "again_allocations", orders) / 1000
}

# The work of a pass over collapsed memory besides scanning, with allocations.
function idle(orders,	ours) {
	ours = idle_of("ours", orders)
	row("the same: write locks, PMD clears, full flushes, IPI broadcasts, allocations", ours,
	    "7.3 " idle_of("7.3", orders), "-", "none",
	    ours == "-" ? "-" : ours == "0, 0, 0, 0, 0" ? "met" : "missed")
}

function us(ns) {
	return sprintf("%.0f us", ns / 1000)
}

function locked(orders) {
	if (!have("ours", "locked_ns", orders))
		return
	row("mmap_lock held for writing, order " orders, us(v("ours", "locked_ns", orders)) " per batch",
	    !have("7.3", "held", orders) ? "7.3 -" : "7.3 " us(v("7.3", "held", orders)) " per range",
	    "-", "-", "-")
}

# limit "": no goal.
function batches(what, figure, orders, limit, goal,	n, within) {
	n = have("ours", figure "_batches", orders) ? v("ours", figure "_batches", orders) : 0
	if (!n)
		return row(what, "-", "-", "-", goal, "-")
	within = v("ours", figure "_within", orders)
	row(what, sprintf("%d of %d, worst %d blocks", within, n, v("ours", figure "_most", orders)),
	    "blocks in a range " 2 ^ (9 - orders), sprintf("%.1f %%", within / n * 100), goal,
	    verdict(1 - within / n, limit))
}

# From the moment that khugepaged can detect the wait; and from the request on, which it cannot know yet.
function waits(who, orders) {
	batches("a " who " waits, order " orders ": batches that end within one block", who, orders,
		0.01, "at least 99 %")
	batches("the same, from the request on", who "_asked", orders, "", "-")
}

# The additional cost of a pass while mthptop watches. limit "": no goal.
function watched(what, figure, orders, limit, goal,	bare, cost) {
	what = "mthptop watches: " what ", orders " orders
	if (!have("ours", "watched_" figure, orders) || !have("ours", "unwatched_" figure, orders))
		return row(what, "-", "-", "-", goal, "-")
	bare = v("ours", "unwatched_" figure, orders)
	cost = v("ours", "watched_" figure, orders) - bare
	row(what, k(v("ours", "watched_" figure, orders)), "unwatched " k(bare),
	    sprintf("%+.1f %%", 100 * cost / bare), goal, verdict(cost / bare, limit))
}

function watched_scans(what, figure,	i) {
	for (i = 1; i <= nw; i++)
		watched(what, figure, seen[i], 0.1, "at most +10 %")
}

END {
	no = split("6 4 3 2", small, " ")
	limit["4"] = 0.25
	limit["2"] = 0.15
	for (i = 1; i <= no; i++) {
		against("already collapsed, order " small[i], "again", small[i], "7.3", limit[small[i]],
			limit[small[i]] ? "at most " limit[small[i]] : "-")
		idle(small[i])
	}
	touched("4", 1.2, "at most 1.2")
	touched("2", 1.2, "at most 1.2")
	touched("2-8", 1.2, "at most 1.2")
	against("bare scan, order 9 only, tracepoints off", "cold", "9", "6.12", 1.01, "at most 1.01")
	against("scan that ends early, order 9 only", "holes", "9", "6.12", "", "-")
	against("bare scan, order 4", "cold", "4", "7.3", "", "-")
	against("bare scan, orders 2 to 8", "cold", "2-8", "7.3", "", "-")
	against("collapse of a full range, order 9", "collapse", "9", "6.12", 1.01, "at most 1.01")
	overhead("6", "", "-")
	overhead("4", 0.05, "at most +5 %")
	overhead("3", "", "-")
	overhead("2", 0.16, "at most +16 %")
	counts("9")
	for (i = 1; i <= no; i++)
		counts(small[i])
	locked("9")
	for (i = 1; i <= no; i++)
		locked(small[i])
	waits("reader", "4")
	waits("reader", "2")
	waits("writer", "4")
	waits("writer", "2")
	nw = split("4 2 2-8", seen, " ")
	watched_scans("bare scan", "cold")
	watched_scans("already collapsed", "again")
	watched_scans("one page referenced, next pass", "touched")
	watched_scans("every second PTE empty", "holes")
	for (i = 1; i <= nw; i++)
		watched("collapse of a full range", "collapse", seen[i], "", "-")
}
