/* SPDX-License-Identifier: GPL-2.0-only */
/* Traces for tests to read: by path, and from memory. */
#ifndef TESTS_SUPPORT_TRACE_OPEN_H
#define TESTS_SUPPORT_TRACE_OPEN_H

#include "trace/read.h"

/* @path "-": the standard input. As trace_read_open_in(); -errno without a message: it does not open. */
int trace_read_open(struct trace_reader **r, const char *path);

/*
 * Removes @path, and keeps its inode in use: a process that reads a trace and writes another one in its place
 * would otherwise write to one of its inputs.
 */
void trace_fresh(const char *path);

/* Over @len bytes that stay the caller's; without messages. */
int trace_read_open_mem(struct trace_reader **r, const void *data, size_t len);

#endif
