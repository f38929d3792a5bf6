/* SPDX-License-Identifier: GPL-2.0-only */
/* Unpacks what gzip has packed, from a file descriptor on. */
#ifndef TRACE_GZIP_PRIV_H
#define TRACE_GZIP_PRIV_H

#include <stddef.h>
#include <mthp/types.h>

struct trace_gz;

/* Does what begins with these bytes look packed? */
int trace_gz_is(const __u8 *p, size_t len);

/* @p: what has been read of it already. NULL: out of memory. */
struct trace_gz *trace_gz_new(const __u8 *p, size_t len);

/* Up to @len bytes of @fd, unpacked; 0: the end; -EBADMSG: damaged or cut off; -errno. */
long trace_gz_read(struct trace_gz *gz, int fd, __u8 *buf, size_t len);

/* Takes NULL. */
void trace_gz_free(struct trace_gz *gz);

#endif
