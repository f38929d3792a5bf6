/* SPDX-License-Identifier: GPL-2.0-only */
/* Unpacks what gzip, zstd, xz or bzip2 has packed, as it is read from a file descriptor. */
#ifndef TRACE_PACKED_PRIV_H
#define TRACE_PACKED_PRIV_H

#include <stddef.h>
#include <mthp/types.h>

#define TRACE_PACKED_HEAD 6 /* so many first bytes are enough to recognise each form */

struct trace_packed;

/*
 * @p: the first @len bytes, which were read already. 0 with *@packed NULL: these are not packed. -ENOMEM.
 */
int trace_packed_new(struct trace_packed **packed, const __u8 *p, size_t len);

/*
 * Up to @len bytes of @fd, unpacked. 0: the end; -EBADMSG: damaged, or cut off here; -EFBIG: unpacking takes too
 * much memory; -EINTR: asked to stop; -errno.
 */
long trace_packed_read(struct trace_packed *packed, int fd, __u8 *buf, size_t len);

/* Takes NULL. */
void trace_packed_free(struct trace_packed *packed);

#endif
