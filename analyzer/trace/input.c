// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffered input. It uses read() and not mmap(): pipes have to work, and a file that is cut off while it is
 * read would end the process with SIGBUS.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/inputs.h"
#include "lib/stop.h"
#include "trace/input.h"
#include "trace/packed_priv.h"

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
	/* With room to spare: else each look at a few bytes more would move all the others. */
	while (cap < want + IN_MIN / 2)
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

/* A damaged packed file ends where the damage is. */
static long get(struct trace_in *in)
{
	__u8 *to = in->buf + in->end;
	size_t len = in->cap - in->end;
	long n;

	if (!in->packed)
		return stop_read(in->fd, to, len, in->patience_ms ? in->patience_ms : -1);
	n = trace_packed_read(in->packed, in->fd, to, len);
	if (n != -EBADMSG)
		return n;
	in->cut = true;
	return 0;
}

long trace_in_look(struct trace_in *in, size_t want, const __u8 **p)
{
	long n;
	int err;

	if (in->end - in->at < want && !in->eof) {
		err = make_room(in, want);
		if (err)
			return err;
	}
	while (in->end - in->at < want && !in->eof) {
		n = get(in);
		if (n < 0)
			return n;
		in->eof = !n;
		in->end += (size_t)n;
		in->got += (size_t)n;
	}
	*p = in->buf ? in->buf + in->at : (const __u8 *)"";
	return (long)(in->end - in->at);
}

int trace_in_open(struct trace_in *in, const char *path)
{
	const __u8 *p;
	long n;
	int err;

	memset(in, 0, sizeof(*in));
	in->fd = STDIN_FILENO;
	if (strcmp(path, "-"))
		in->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0)
		return -errno;
	inputs_note(in->fd);
	n = trace_in_look(in, TRACE_PACKED_HEAD, &p);
	/* The error of what cannot be read (a directory) is that of the first read by the caller. */
	err = n > 0 ? trace_packed_new(&in->packed, p, (size_t)n) : 0;
	if (err)
		trace_in_free(in);
	if (err || !in->packed)
		return err;
	in->at = in->end = 0;
	in->got = 0;
	in->eof = false;
	return 0;
}

void trace_in_take(struct trace_in *in, size_t n)
{
	in->at += n;
}

void trace_in_free(struct trace_in *in)
{
	if (in->fd < 0)
		return;
	trace_packed_free(in->packed);
	in->packed = NULL;
	free(in->buf);
	in->buf = NULL;
	if (in->fd > STDERR_FILENO)
		close(in->fd);
	in->fd = -1;
}
