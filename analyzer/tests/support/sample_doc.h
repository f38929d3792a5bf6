/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A doc with tables for tests of views: a field of every type, unknown values, a column that is unknown in
 * every row, idle rows, bars, a table that this kernel does not report, one without rows, one over time.
 */
#ifndef TESTS_SUPPORT_SAMPLE_DOC_H
#define TESTS_SUPPORT_SAMPLE_DOC_H

#include "model/field.h"

struct sample_thing {
	const char *name;
	char kind[16];
	__u64 order;
	__u64 count;
	__u64 delta;
	__u64 known;
	__u64 id;
	__u64 addr;
	__u64 bytes;
	__u64 took_ns;
	__u64 at_ns;
	__u64 share_ppm;
	__u64 nothing;
};

struct sample_sum {
	const char *title;
	__u64 bytes;
	__u64 lost;
};

struct sample {
	struct sample_sum sum;
	struct sample_thing *things;
	size_t nr_things;
	struct sample_thing *none;
	size_t nr_none;
};

/* The data, and the doc of it: pages of 4K, detail totals. */
extern const struct sample sample;
struct doc sample_doc(void);

#endif
