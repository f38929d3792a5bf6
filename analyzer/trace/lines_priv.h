/* SPDX-License-Identifier: GPL-2.0-only */
/* Payloads of lines, "name=value", and the META block that is made of them (docs/trace-format.md). */
#ifndef TRACE_LINES_PRIV_H
#define TRACE_LINES_PRIV_H

#include "trace/layout.h"

struct trace_lines {
	size_t len;
	char buf[TRACE_LINES_MAX];
};

/* Each appends a line; one that finds no room is left out. */
void trace_lines_add(struct trace_lines *l, const char *name, const char *value);
void trace_lines_u64(struct trace_lines *l, const char *name, __u64 value);

/* A walk over the lines of a payload. */
struct trace_line {
	const char *at, *end;
	char name[64];	      /* both without escapes, cut off where they are longer */
	char value[4096 + 1]; /* a path fits */
};

void trace_line_begin(struct trace_line *line, const void *payload, size_t len);
/* 1 with the next line in name and value; 0: no more. Lines without "=" are skipped. */
int trace_line_next(struct trace_line *line);
/* The value as a number; 0, or -EINVAL. */
int trace_line_u64(const struct trace_line *line, __u64 *value);

void trace_meta_put(struct trace_lines *l, const struct meta *meta);

/*
 * Fills @meta from a META payload. @results gets this build's number for each result number of the
 * trace, MTHP_R_UNKNOWN where the trace does not name it; numbers already taken in @meta->extra_results stay what they are. 0; -EINVAL when it does
 * not describe a machine: @meta and @results are as before then.
 */
int trace_meta_get(const void *payload, size_t len, struct meta *meta,
		   __u8 results[MTHP_NR_RESULTS]);

#endif
