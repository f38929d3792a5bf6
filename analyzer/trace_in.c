// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffered input. read() and not mmap(): pipes have to work, and a file that somebody cuts off while
 * it is read would end the process with SIGBUS.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "trace_in.h"

#define IN_MIN (256U << 10)

static int make_room(struct trace_in *in, size_t want)
{
	size_t cap = in->cap ? in->cap : IN_MIN;
	__u8 *buf;

	if (in->at) {
		memmove(in->buf, in->buf + in->at, in->end - in->at);
		in->end -= in->at;
		in->at = 0;
	}
	while (cap < want)
		cap *= 2;
	if (cap == in->cap)
		return 0;
	buf = realloc(in->buf, cap);
	if (!buf)
		return -ENOMEM;
	in->buf = buf;
	in->cap = cap;
	return 0;
}

long trace_in_look(struct trace_in *in, size_t want, const __u8 **p)
{
	ssize_t n;
	int err;

	if (in->end - in->at < want && !in->eof) {
		err = make_room(in, want);
		if (err)
			return err;
	}
	while (in->end - in->at < want && !in->eof) {
		if (stop_signal)
			return -EINTR;
		n = read(in->fd, in->buf + in->end, in->cap - in->end);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		in->eof = !n;
		in->end += (size_t)n;
	}
	*p = in->buf ? in->buf + in->at : (const __u8 *)"";
	return (long)(in->end - in->at);
}

void trace_in_take(struct trace_in *in, size_t n)
{
	in->at += n;
}

void trace_in_free(struct trace_in *in)
{
	if (in->fd < 0)
		return;
	free(in->buf);
	in->buf = NULL;
	if (in->fd > STDERR_FILENO)
		close(in->fd);
	in->fd = -1;
}
