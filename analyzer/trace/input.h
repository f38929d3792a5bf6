/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes of a file or stream, front to back, as much at a time as the reader asks for. Input that gzip, zstd,
 * xz or bzip2 has packed is unpacked on the way.
 */
#ifndef TRACE_INPUT_H
#define TRACE_INPUT_H

#include <stddef.h>
#include <mthp/types.h>

struct trace_packed;

struct trace_in {
	int fd; /* -1: all of it is in buf already, which is somebody else's */
	__u8 *buf;
	size_t cap, at, end; /* buf[at ... end) is what has been read and not taken */
	__u64 got;	     /* bytes so far, unpacked */
	int patience_ms; /* -EAGAIN if nothing comes for so long; 0: wait for ever. Not if packed */
	bool eof;
	struct trace_packed *packed; /* NULL: fd is read as it is */
	bool cut;		     /* packed, and damaged or cut off where it ended */
};

/*
 * Opens @path ("-": the standard input); its content shows whether it is packed. 0 or -errno. @in is
 * overwritten.
 */
int trace_in_open(struct trace_in *in, const char *path);

/*
 * Makes at least @want bytes available, fewer only at the end of the file. *@p points to them until the
 * next call. Their number, which may be greater; or -errno (-EINTR: asked to stop). @want is bounded by the caller: memory
 * of up to twice as much is used.
 */
long trace_in_look(struct trace_in *in, size_t want, const __u8 **p);

/* Takes @n bytes that trace_in_look() made available. */
void trace_in_take(struct trace_in *in, size_t n);

void trace_in_free(struct trace_in *in);

#endif
