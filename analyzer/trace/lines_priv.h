/* SPDX-License-Identifier: GPL-2.0-only */
/* Payloads of lines, "name=value": the form of all blocks but EVENTS and COUNTERS (docs/trace-format.md). */
#ifndef TRACE_LINES_PRIV_H
#define TRACE_LINES_PRIV_H

#include "trace/layout.h"

struct trace_lines {
	size_t len;
	char buf[TRACE_LINES_MAX];
};

/* Each appends a line; a line for which there is no room is left out. */
void trace_lines_add(struct trace_lines *l, const char *name, const char *value);
void trace_lines_u64(struct trace_lines *l, const char *name, __u64 value);

/* A walk over the lines of a payload. */
struct trace_line {
	const char *at, *end;
	char name[64];	      /* both without escapes, and cut off where they are longer */
	char value[4096 + 1]; /* a path fits */
};

void trace_line_begin(struct trace_line *line, const void *payload, size_t len);
/* Moves to the next line; false: there is no more. Skips lines without "=". */
bool trace_line_next(struct trace_line *line);
/* The value as a number; 0, or -EINVAL. */
int trace_line_u64(const struct trace_line *line, __u64 *value);
/* The value as text, cut off at @size. */
void trace_line_text(const struct trace_line *line, char *to, size_t size);

#endif
