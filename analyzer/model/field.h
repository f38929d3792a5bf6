/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables of a snapshot and their fields: every number and name that a view can show. Text columns,
 * screen columns, JSON keys, CSV headers and diff rows come from these tables.
 */
#ifndef MODEL_FIELD_H
#define MODEL_FIELD_H

#include <stdbool.h>

#include "model/snapshot.h"

enum field_type {
	FIELD_COUNT, /* __u64 */
	FIELD_DELTA, /* __u64 read as signed; unknown: SNAP_NO_DELTA */
	FIELD_BOOL,  /* __u64, 0 or 1 */
	FIELD_ID,    /* __u64 that is a name, not an amount: never summed or shortened */
	FIELD_HEX,   /* __u64 printed in hexadecimal, JSON string */
	FIELD_ORDER, /* __u64 order, shown as a size; JSON: the order */
	FIELD_BYTES, /* __u64 */
	FIELD_NS,    /* __u64 nanoseconds */
	FIELD_TIME,  /* __u64 ns of CLOCK_REALTIME */
	FIELD_PPM,   /* __u64 parts per million, shown as percent */
	FIELD_STR,   /* const char * */
	FIELD_CHARS, /* char[] inside the row */
};

/* How rules treat a field, beside its unit. */
enum field_flag {
	FIELD_SHAPE = 1 << 0,	/* the rows are a histogram of it, if no other field is named */
	FIELD_SAMPLES = 1 << 1, /* so many samples are behind the statistics of its row */
	FIELD_STAT = 1 << 2,	/* a mean, a percentile or a share: unreliable with few samples */
	FIELD_UPPER = 1 << 3,	/* upper bound of a bucket that begins at half of it */
	FIELD_FILL =
		1
		<< 4, /* bytes filled by collapses that report it; others filled no more than their size */
	FIELD_FILL_UNKNOWN = 1 << 5, /* collapses of its row that do not report it */
	FIELD_PROSE = 1 << 7,	     /* a sentence: too long for a column */
	FIELD_LOSS = 1 << 6,	     /* describes the loss itself: known in spite of losses */
};

struct field {
	const char *id;	   /* JSON key, CSV header, name in rules; unit in the name */
	const char *title; /* column head */
	enum field_type type;
	unsigned int width;    /* of a column, at least */
	size_t offset;	       /* in the row's struct */
	int key;	       /* 1: names the row, together with the other keys */
	unsigned int flags;    /* of enum field_flag */
	enum capability needs; /* without which it is unknown, beyond its table's */
	const char *help;
};

/* The unit of the buckets, in a table whose rows are buckets of histograms. */
enum table_scale {
	SCALE_NONE,
	SCALE_OCCUPANCY, /* how many PTEs of a block are present */
	SCALE_SIZE,	 /* the size of a folio */
	SCALE_TIME,
};

struct table {
	const char *id; /* JSON key of the table */
	const char *title;
	const struct field *fields;
	size_t nr_fields;
	size_t row_size;
	size_t rows_at;	 /* offset in the doc's data: of a pointer to rows, */
	size_t count_at; /* and of their number; 0: one row, embedded at rows_at */
	const char
		*idle; /* text for people leaves out rows where this field is 0, and counts them */
	const char *bar;       /* and draws this field as bars */
	int own;	       /* rows of two runs are unrelated: not compared */
	enum capability needs; /* without which all of it is unknown */
	enum table_scale scale;
	const char *none; /* text instead of "none" if it has no row */
	int over_time;	  /* one row follows another in time: only whole reports show them */
};

/* Tables and their data: a snapshot, or the results of a command. */
struct doc {
	const struct table *tables;
	size_t nr_tables;
	const void *data; /* the struct that rows_at and count_at are offsets in */
	__u32 page_size;
	__u32 has; /* bit n: the source has enum capability n */
};

/* The reason if all of @t is unknown, because the source lacks a capability; else NULL. */
const char *table_unknown(const struct table *t, __u32 has);

struct doc doc_snapshot(const struct snapshot *s);

/* The tables of a snapshot, as code names them. Their ids are for people and files. */
enum table_index {
	TABLE_SUMMARY,
	TABLE_ORDERS,
	TABLE_OUTCOMES,
	TABLE_PROCESSES,
	TABLE_OCCUPANCY,
	TABLE_DURATIONS,
	TABLE_VAIN,
	TABLE_STALLS,
	TABLE_SPLITS,
	TABLE_PASSES,
	TABLE_TIMELINE,
	TABLE_PLANS,
	TABLE_BLOCKED,
	TABLE_BATCHES,
	TABLE_LOCKS,
	TABLE_CREEP,
	TABLE_CHAINS,
	TABLE_COUNTERS,
	TABLE_SETTINGS,
	TABLE_CHANGES,
	TABLE_EVENTS,
	TABLE_CAPABILITIES,
	TABLE_LOSSES,
	NR_TABLES
};

extern const struct table tables[NR_TABLES];
extern const size_t nr_tables;

/*
 * The field of a snapshot's table, by the member of its rows' struct. Code names fields this way, because
 * the compiler checks a member, and not a name in quotes.
 */
#define TABLE_FIELD(index, row, member) table_field_at(&tables[index], offsetof(struct row, member))
const struct field *table_field_at(const struct table *t, size_t offset);

/* The first field of @t with one of the flags; NULL: none. */
const struct field *table_flagged(const struct table *t, unsigned int flags);

/* The table called @id, of a snapshot or of the @nr ones of @list; NULL: none. */
const struct table *table_find(const char *id);
const struct table *table_in(const struct table *list, size_t nr, const char *id);
const struct field *table_field(const struct table *t, const char *id);

/* The number of rows of @t in @data (its doc's; of a snapshot's table: the snapshot), and row @i. */
size_t table_rows(const struct table *t, const void *data);
const void *table_row(const struct table *t, const void *data, size_t i);

/* Is it a name, not a number? */
bool field_is_text(const struct field *f);
/* Is it an amount that can be summed over rows? */
bool field_adds_up(const struct field *f);

/* The number in a row; NUM_UNKNOWN for strings. */
__u64 field_u64(const struct field *f, const void *row);
/* The string in a row; NULL for numbers. */
const char *field_str(const struct field *f, const void *row);

/*
 * The field of @row as text for people: "2M", "12.3%", "-" if unknown. Control characters and invalid UTF-8
 * in strings are escaped. An order is shown as the size of its folio, with pages of @page_size. Returns @buf.
 */
char *field_text(const struct field *f, const void *row, __u32 page_size, char *buf, size_t len);

#endif
