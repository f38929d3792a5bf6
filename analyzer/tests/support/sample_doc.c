// SPDX-License-Identifier: GPL-2.0-only
/* A doc with tables for tests; see sample_doc.h. */
#include "model/field_rows.h"
#include "tests/support/sample_doc.h"

static const struct field sum_fields[] = {
	FLD(sample_sum, title, "title", STR, 8, "a text"),
	FLD(sample_sum, bytes, "bytes", BYTES, 8, "a size"),
	FLD(sample_sum, lost, "lost", COUNT, 8, "an unknown number"),
};

static const struct field thing_fields[] = {
	KEY(sample_thing, name, "name", STR, 8, "its <name>"),
	KEY(sample_thing, kind, "kind", CHARS, 8, "its kind"),
	KEY(sample_thing, order, "size", ORDER, 5, "its size"),
	FLD(sample_thing, count, "count", COUNT, 8, "how many"),
	FLD(sample_thing, delta, "change", DELTA, 8, "more than before"),
	FLD(sample_thing, known, "known", BOOL, 5, "is it known"),
	FLD(sample_thing, id, "id", ID, 6, "a name, not an amount"),
	FLD(sample_thing, addr, "address", HEX, 8, "where"),
	FLD(sample_thing, bytes, "bytes", BYTES, 8, "how large"),
	FLD(sample_thing, took_ns, "took", NS, 8, "how long"),
	FLD(sample_thing, at_ns, "at", TIME, 8, "when"),
	FLD(sample_thing, share_ppm, "share", PPM, 8, "of all"),
	FLD(sample_thing, nothing, "nothing", COUNT, 8, "unknown in every row"),
};

#define TABLE(...) FIELD_TABLE(sample, __VA_ARGS__)

static const struct table sample_tables[] = {
	FIELD_LIST(sample, "sum", "Sum", sum_fields, sample_sum, sum),
	TABLE("things", "Things", thing_fields, sample_thing, things, nr_things, .idle = "count",
	      .bar = "count"),
	TABLE("none", "Nothing", thing_fields, sample_thing, none, nr_none),
	TABLE("unknown", "Unknown", thing_fields, sample_thing, things, nr_things,
	      .needs = CAP_PLAN),
	TABLE("course", "Course", thing_fields, sample_thing, things, nr_things, .over_time = 1),
};

static struct sample_thing things[] = {
	{ "one", "plain", 9, 40, (__u64)-3, 1, 7, 0xabc, 3 << 20, 1500, 1750000000000000000ULL,
	  123456, NUM_UNKNOWN },
	{ "t,w\"o", "", 4, 1, 5, 0, 8, 1, 1000, 2000000, NUM_UNKNOWN, 999999, NUM_UNKNOWN },
	{ "", "idle", 2, 0, 0, 0, 9, 0, 0, 0, 0, 0, NUM_UNKNOWN },
	{ "a\033[31m<b>", "x&y", NUM_UNKNOWN, 10, SNAP_NO_DELTA, NUM_UNKNOWN, NUM_UNKNOWN, ~0ULL,
	  NUM_UNKNOWN, NUM_UNKNOWN, 0, NUM_UNKNOWN, NUM_UNKNOWN },
};

const struct sample sample = {
	.sum = { "a <sample>", 5 << 20, NUM_UNKNOWN },
	.things = things,
	.nr_things = ARRAY_SIZE(things),
};

struct doc sample_doc(void)
{
	return (struct doc){ .tables = sample_tables,
			     .nr_tables = ARRAY_SIZE(sample_tables),
			     .data = &sample,
			     .page_size = 4096,
			     .has = 1U << CAP_NONE };
}
