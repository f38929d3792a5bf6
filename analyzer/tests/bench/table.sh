# SPDX-License-Identifier: GPL-2.0-only
# Sourced by the benches: formats tables and the facts about the machine for docs/performance.md.
# shellcheck shell=bash

# Formats lines on stdin, with a TAB between their fields, as a table; the first line is its head.
bench_table() {
	awk -F '\t' '
	{
		if (NF > columns)
			columns = NF
		for (i = 1; i <= NF; i++) {
			cell[NR, i] = $i == "" ? "-" : $i
			if (length(cell[NR, i]) > w[i])
				w[i] = length(cell[NR, i])
		}
	}
	END {
		for (r = 1; r <= NR; r++) {
			for (i = 1; i <= columns; i++)
				printf "| %-*s ", w[i], (r, i) in cell ? cell[r, i] : "-"
			print "|"
			for (i = 1; r == 1 && i <= columns; i++) {
				printf "|"
				for (j = 0; j < w[i] + 2; j++)
					printf "-"
			}
			if (r == 1)
				print "|"
		}
	}'
}

bench_facts() {
	echo "- date: $(date -u +%F)"
	echo "- kernel: $(uname -r | grep -oE '^[0-9]+\.[0-9]+(\.[0-9]+)?') $(uname -m)"
	echo "- CPU: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) online"
	echo "- memory: $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)"
	echo "- compiler: $(gcc -dumpfullversion 2>/dev/null | sed 's/^/gcc /')," \
		"$(clang --version 2>/dev/null | grep -oE 'clang version [0-9.]+' | head -n 1)"
}
