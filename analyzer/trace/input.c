// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffered input. read() and not mmap(): pipes have to work, and a file that somebody cuts off while
 * it is read would end the process with SIGBUS.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/stop.h"
#include "trace/gzip_priv.h"
#include "trace/input.h"

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

/* A damaged packed file ends where the damage is. */
static ssize_t get(struct trace_in *in)
{
	__u8 *to = in->buf + in->end;
	size_t len = in->cap - in->end;
	long n;

	if (!in->gz) {
		n = read(in->fd, to, len);
		return n < 0 ? -errno : n;
	}
	n = trace_gz_read(in->gz, in->fd, to, len);
	if (n != -EBADMSG)
		return n;
	in->cut = 1;
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
		err = stop_wait(in->fd);
		if (err)
			return err;
		n = get(in);
		if (n < 0)
			return n;
		in->eof = !n;
		in->end += (size_t)n;
	}
	*p = in->buf ? in->buf + in->at : (const __u8 *)"";
	return (long)(in->end - in->at);
}

int trace_in_open(struct trace_in *in, const char *path)
{
	const __u8 *p;
	long n;

	memset(in, 0, sizeof(*in));
	in->fd = STDIN_FILENO;
	if (strcmp(path, "-"))
		in->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0)
		return -errno;
	n = trace_in_look(in, 3, &p);
	/* What cannot be read (a directory) says so when it is. */
	if (n <= 0 || !trace_gz_is(p, n))
		return 0;
	in->gz = trace_gz_new(p, n);
	if (!in->gz) {
		trace_in_free(in);
		return -ENOMEM;
	}
	in->at = in->end = 0;
	in->eof = 0;
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
	trace_gz_free(in->gz);
	in->gz = NULL;
	free(in->buf);
	in->buf = NULL;
	if (in->fd > STDERR_FILENO)
		close(in->fd);
	in->fd = -1;
}
