/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of khugepaged that tell addresses on a kernel without the series: which this kernel has, and
 * where their arguments are. Found in its BTF by name, and their arguments by the names of the parameters.
 */
#ifndef LIVE_PROBES_H
#define LIVE_PROBES_H

#include <mthp/sums.h>
#include "live/kernel_memory.h"

struct btf;

/* X(NAME, what the function does) */
#define LIVE_PROBES(X)                                 \
	X(SCAN, "scans a range")                       \
	X(ATTEMPT, "collapses a block")                \
	X(FLUSH, "makes a block's memory unreachable") \
	X(SPLIT, "splits a PMD")                       \
	X(SPLIT_LOCKED, "splits a PMD under its lock")

enum live_probe {
#define X(NAME, what) PROBE_##NAME,
	LIVE_PROBES(X)
#undef X
	NR_PROBES
};

/*
 * How a program is put on a function, best first. A program on a kprobe runs with preemption off. One on fentry does
 * not: if another task takes its CPU and calls the same function, the kernel leaves the program out.
 */
enum probe_how {
	PROBE_NONE,
	PROBE_KPROBE,
	PROBE_FENTRY,
	NR_PROBE_HOW,
};

struct probe {
	const char *function; /* NULL: this kernel has none */
	int btf_id;
	enum probe_how how;
	struct mthp_probe_args args; /* indices */
};

struct probes {
	struct probe probe[NR_PROBES];
	struct kernel_memory memory;
	bool orders; /* collapses below PMD order exist */
	bool usable; /* for scans and attempts */
	bool splits; /* for splits */
	char problem
		[256]; /* why they are not usable, or what is unknown though they are; "": nothing */
	char no_splits[192]; /* why splits are unknown; "": they are not */
};

/* The part of probes_find() that needs no kernel but its BTF: names, parameters, what is missing. */
void probes_match(struct probes *p, const struct btf *btf, bool orders);

/*
 * @btf: the kernel's. @orders: collapses below PMD order exist, so that an attempt's address is not
 * always the scan's. Prints nothing.
 */
void probes_find(struct probes *p, const struct btf *btf, bool orders);

/* The same for the functions that split alone: on a kernel whose tracepoints tell the rest. */
void probes_find_splits(struct probes *p, const struct btf *btf);

/* Is it one of the functions that split? */
bool probes_is_split(enum live_probe which);

/* Offset of the register that holds argument @index of a function, in struct pt_regs. -1: none. */
int probe_register(const struct btf *btf, int index);

/* "what the function does", for messages. */
const char *probe_what(enum live_probe probe);
const char *probe_how_name(enum probe_how how);

#endif
