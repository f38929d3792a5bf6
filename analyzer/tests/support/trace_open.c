// SPDX-License-Identifier: GPL-2.0-only
/* Traces for tests to read; see trace_open.h. */
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "tests/support/trace_open.h"
#include "trace/input.h"

int trace_read_open(struct trace_reader **r, const char *path)
{
	struct trace_in in;
	int err = trace_in_open(&in, path);

	*r = NULL;
	return err ? err : trace_read_open_in(r, path, &in);
}

void trace_fresh(const char *path)
{
	/* Open until the test ends. */
	if (open(path, O_RDONLY | O_CLOEXEC) >= 0)
		unlink(path);
}

int trace_read_open_mem(struct trace_reader **r, const void *data, size_t len)
{
	struct trace_in in = { .fd = -1, .buf = (__u8 *)data, .cap = len, .end = len, .eof = true };

	return trace_read_open_in(r, "", &in);
}
