// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unpacking gzip as it comes. Several packed files one after the other are one, as for gzip; zeroes
 * behind the last one are padding.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "trace/gzip_priv.h"

#define PACKED	 (256U << 10) /* what input.c reads first fits */
#define GZIP	 (15 + 16)    /* zlib: the largest window, with gzip's head */
#define HEAD_LEN 3

struct trace_gz {
	z_stream z;
	int eof;  /* nothing is left to be read */
	int over; /* a packed file has ended, and no other has begun */
	__u8 buf[PACKED];
};

int trace_gz_is(const __u8 *p, size_t len)
{
	return len >= HEAD_LEN && p[0] == 0x1f && p[1] == 0x8b && p[2] == Z_DEFLATED;
}

struct trace_gz *trace_gz_new(const __u8 *p, size_t len)
{
	struct trace_gz *gz = calloc(1, sizeof(*gz));

	if (!gz || len > sizeof(gz->buf) || inflateInit2(&gz->z, GZIP) != Z_OK) {
		free(gz);
		return NULL;
	}
	memcpy(gz->buf, p, len);
	gz->z.next_in = gz->buf;
	gz->z.avail_in = len;
	return gz;
}

/* More packed bytes. 0 or -errno. */
static int fill(struct trace_gz *gz, int fd)
{
	ssize_t n;

	do {
		n = read(fd, gz->buf, sizeof(gz->buf));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	gz->eof = !n;
	gz->z.next_in = gz->buf;
	gz->z.avail_in = n;
	return 0;
}

/* Behind a packed file: 1 another begins; 0 that was all; -errno. */
static int next_file(struct trace_gz *gz, int fd)
{
	int err;

	for (;;) {
		while (gz->z.avail_in && !*gz->z.next_in) {
			gz->z.next_in++;
			gz->z.avail_in--;
		}
		if (gz->z.avail_in || gz->eof)
			break;
		err = fill(gz, fd);
		if (err)
			return err;
	}
	if (!gz->z.avail_in)
		return 0;
	gz->over = 0;
	return inflateReset(&gz->z) == Z_OK ? 1 : -EBADMSG;
}

long trace_gz_read(struct trace_gz *gz, int fd, __u8 *buf, size_t len)
{
	int ret;

	gz->z.next_out = buf;
	gz->z.avail_out = len;
	while (gz->z.avail_out == len) {
		if (gz->over) {
			ret = next_file(gz, fd);
			if (ret <= 0)
				return ret;
		}
		if (!gz->z.avail_in && !gz->eof) {
			ret = fill(gz, fd);
			if (ret)
				return ret;
		}
		ret = inflate(&gz->z, Z_NO_FLUSH);
		if (ret == Z_STREAM_END)
			gz->over = 1;
		else if (ret != Z_OK && (ret != Z_BUF_ERROR || gz->eof))
			break;
	}
	if (gz->z.avail_out < len)
		return (long)(len - gz->z.avail_out);
	return -EBADMSG;
}

void trace_gz_free(struct trace_gz *gz)
{
	if (!gz)
		return;
	inflateEnd(&gz->z);
	free(gz);
}
