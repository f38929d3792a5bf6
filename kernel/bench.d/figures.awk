# SPDX-License-Identifier: GPL-2.0-only
# "kernel figure orders value" lines to the table of all figures, TABs between the fields.

{ value[$1, $2, $3] = $4 }

function cell(kernel, figure, orders) {
	if (!((kernel, figure, orders) in value))
		return "-"
	return sprintf("%.1f", value[kernel, figure, orders] / 1000)
}

END {
	nf = split("cold touch touched collapse again holes", figure, " ")
	split("no page referenced (bare scan)|one page referenced (its block collapses)|one page referenced, " \
		"next pass|all referenced (it collapses)|already collapsed|every second PTE empty, none allowed",
		what, "|")
	no = split("9 6 4 3 2 2-8", orders, " ")
	print "range\torders\t7.3\t6.12\tours"
	for (f = 1; f <= nf; f++)
		for (o = 1; o <= no; o++)
			print what[f] "\t" orders[o] "\t" cell("7.3", figure[f], orders[o]) "\t" \
				cell("6.12", figure[f], orders[o]) "\t" cell("ours", figure[f], orders[o])
}
