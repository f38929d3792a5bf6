/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes metrics as text: the format 0.0.4 of Prometheus, or OpenMetrics 1.0.
 *
 *	text_begin	forgets what is written
 *	text_family	names a family; its HELP and TYPE are written with its first sample, or never
 *	text_u64 ...	its samples
 *	text_end
 *
 * Labels of a series are an array that ends with a name of NULL. Their values may hold any bytes.
 */
#ifndef EXPORT_TEXT_PRIV_H
#define EXPORT_TEXT_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <mthp/types.h>

enum text_format {
	TEXT_PLAIN, /* Prometheus 0.0.4 */
	TEXT_OPEN,  /* OpenMetrics 1.0.0 */
	TEXT_NR_FORMATS,
};

enum text_type {
	TEXT_COUNTER, /* the family's name ends in _total */
	TEXT_GAUGE,
	TEXT_HISTOGRAM,
};

struct text_label {
	const char *name, *value;
};

struct text {
	char *buf; /* NUL-terminated; the owner frees it with text_free() */
	size_t len, room;
	enum text_format format;
	bool failed;	 /* memory is out: buf lacks something */
	size_t nr_lines; /* samples */
	const char *name, *help;
	enum text_type type;
	bool named;	  /* HELP and TYPE of the family are written */
	__u64 created_ns; /* CLOCK_REALTIME when its counters were 0; 0: unknown */
};

void text_begin(struct text *t, enum text_format format);
void text_family(struct text *t, const char *name, enum text_type type, const char *help);

/* Since when the later counters and histograms count: OpenMetrics has it with each. 0: unknown. */
void text_created(struct text *t, __u64 realtime_ns);

void text_u64(struct text *t, const struct text_label *labels, __u64 value);
/* A time in seconds. */
void text_ns(struct text *t, const struct text_label *labels, __u64 ns);

/*
 * A histogram: @below[i] samples are at most @le[i], for each of the @nr limits, and @count in all.
 * @sum_ns: of all samples, as a time; NUM_UNKNOWN: none is written.
 */
void text_histogram(struct text *t, const struct text_label *labels, const char *const *le,
		    const __u64 *below, size_t nr, __u64 count, __u64 sum_ns);

/* 0, or -ENOMEM: the text is not whole. */
int text_end(struct text *t);
void text_free(struct text *t);

/* "0.016384": @ns as seconds, exactly, without needless digits. Returns @buf. */
char *text_seconds(__u64 ns, char *buf, size_t len);

/* The format that a client asks for by its Accept header; NULL: it sent none. */
enum text_format text_accepted(const char *accept);
const char *text_content_type(enum text_format format);

#endif
