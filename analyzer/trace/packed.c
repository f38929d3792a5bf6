// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unpacking. A form is a row of forms[]: how it begins, and how its library is called. A packed file may
 * consist of several streams, one after the other, as the packers themselves append them; zeroes between
 * and behind them are padding.
 *
 * Everything in front of damage or of a cut is handed out: the libraries are called directly, because
 * wrappers around them drop what they have unpacked when they meet an error. The memory of a form is
 * bounded, by what its packer needs at its strongest usual level.
 */
#include <bzlib.h>
#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "lib/array.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "trace/packed_priv.h"

#define IN_BYTES    (256U << 10) /* what input.c reads first fits */
#define GZIP_WINDOW (15 + 16)	 /* zlib: the largest, and a head of gzip */
#define XZ_MEMORY   (80U << 20)	 /* xz -9 takes 65M */
#define ZSTD_WINDOW 26 /* log2: zstd --ultra -22 takes 128M and is refused; -19 takes 8M */

/*
 * What may come out of so much that went in. Texts and traces of real machines come to a twentieth at best, because
 * times differ; a file that is made to cost time comes to a thousandth.
 */
#define OUT_FREE   (32U << 20)
#define OUT_PER_IN 100

struct trace_packed {
	const struct form *form;
	int err;      /* to be returned by the next call */
	bool eof;     /* nothing is left to be read */
	bool between; /* a stream has ended, and no other has begun */
	const __u8 *in, *in_end;
	__u8 *out, *out_end;
	__u64 nr_in, nr_out; /* bytes so far */
	z_stream z;
	lzma_stream lzma;
	bz_stream bz;
	ZSTD_DStream *zstd;
	__u8 buf[IN_BYTES];
};

/* What a step did: unpacked something, or needs more input; or met the end of a stream. */
enum step {
	STEP_ON = 0,
	STEP_END = 1,
};

struct form {
	__u8 magic[TRACE_PACKED_HEAD];
	size_t magic_len;
	/* Begins a stream, the first one or a further one. 0 or -errno. */
	int (*begin)(struct trace_packed *p);
	/* Unpacks from p->in to p->out, and moves both. enum step or -errno. */
	int (*step)(struct trace_packed *p);
	void (*end)(struct trace_packed *p);
};

static int gzip_begin(struct trace_packed *p)
{
	return inflateInit2(&p->z, GZIP_WINDOW) == Z_OK ? 0 : -ENOMEM;
}

static int gzip_step(struct trace_packed *p)
{
	int ret;

	p->z.next_in = (__u8 *)p->in;
	p->z.avail_in = p->in_end - p->in;
	p->z.next_out = p->out;
	p->z.avail_out = p->out_end - p->out;
	ret = inflate(&p->z, Z_NO_FLUSH);
	p->in = p->z.next_in;
	p->out = p->z.next_out;
	if (ret == Z_STREAM_END)
		return STEP_END;
	if (ret == Z_MEM_ERROR)
		return -ENOMEM;
	/* Z_BUF_ERROR: there was nothing to be done with what there is. */
	return ret == Z_OK || ret == Z_BUF_ERROR ? STEP_ON : -EBADMSG;
}

static void gzip_end(struct trace_packed *p)
{
	inflateEnd(&p->z);
}

static int zstd_begin(struct trace_packed *p)
{
	p->zstd = ZSTD_createDStream();
	if (!p->zstd)
		return -ENOMEM;
	ZSTD_DCtx_setParameter(p->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW);
	return 0;
}

static int zstd_step(struct trace_packed *p)
{
	ZSTD_inBuffer in = { p->in, p->in_end - p->in, 0 };
	ZSTD_outBuffer out = { p->out, p->out_end - p->out, 0 };
	size_t ret = ZSTD_decompressStream(p->zstd, &out, &in);

	p->in += in.pos;
	p->out += out.pos;
	if (!ZSTD_isError(ret))
		return ret ? STEP_ON : STEP_END;
	switch (ZSTD_getErrorCode(ret)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		return -EFBIG;
	case ZSTD_error_memory_allocation:
		return -ENOMEM;
	default:
		return -EBADMSG;
	}
}

static void zstd_end(struct trace_packed *p)
{
	ZSTD_freeDStream(p->zstd);
	p->zstd = NULL;
}

static int xz_begin(struct trace_packed *p)
{
	p->lzma = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder(&p->lzma, XZ_MEMORY, 0) == LZMA_OK ? 0 : -ENOMEM;
}

static int xz_step(struct trace_packed *p)
{
	lzma_ret ret;

	p->lzma.next_in = p->in;
	p->lzma.avail_in = p->in_end - p->in;
	p->lzma.next_out = p->out;
	p->lzma.avail_out = p->out_end - p->out;
	ret = lzma_code(&p->lzma, LZMA_RUN);
	p->in = p->lzma.next_in;
	p->out = p->lzma.next_out;
	switch (ret) {
	case LZMA_OK:
	case LZMA_BUF_ERROR: /* as Z_BUF_ERROR */
		return STEP_ON;
	case LZMA_STREAM_END:
		return STEP_END;
	case LZMA_MEMLIMIT_ERROR:
		return -EFBIG;
	case LZMA_MEM_ERROR:
		return -ENOMEM;
	default:
		return -EBADMSG;
	}
}

static void xz_end(struct trace_packed *p)
{
	lzma_end(&p->lzma);
}

static int bzip2_begin(struct trace_packed *p)
{
	memset(&p->bz, 0, sizeof(p->bz));
	return BZ2_bzDecompressInit(&p->bz, 0, 0) == BZ_OK ? 0 : -ENOMEM;
}

static int bzip2_step(struct trace_packed *p)
{
	int ret;

	p->bz.next_in = (char *)p->in;
	p->bz.avail_in = p->in_end - p->in;
	p->bz.next_out = (char *)p->out;
	p->bz.avail_out = p->out_end - p->out;
	ret = BZ2_bzDecompress(&p->bz);
	p->in = (__u8 *)p->bz.next_in;
	p->out = (__u8 *)p->bz.next_out;
	if (ret == BZ_STREAM_END)
		return STEP_END;
	if (ret == BZ_MEM_ERROR)
		return -ENOMEM;
	return ret == BZ_OK ? STEP_ON : -EBADMSG;
}

static void bzip2_end(struct trace_packed *p)
{
	BZ2_bzDecompressEnd(&p->bz);
}

static const struct form forms[] = {
	{ { 0x1f, 0x8b, 8 }, 3, gzip_begin, gzip_step, gzip_end },
	{ { 0x28, 0xb5, 0x2f, 0xfd }, 4, zstd_begin, zstd_step, zstd_end },
	{ { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6, xz_begin, xz_step, xz_end },
	{ { 'B', 'Z', 'h' }, 3, bzip2_begin, bzip2_step, bzip2_end },
};

int trace_packed_new(struct trace_packed **packed, const __u8 *head, size_t len)
{
	struct trace_packed *p;
	size_t i;
	int err;

	*packed = NULL;
	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if (len >= forms[i].magic_len && !memcmp(head, forms[i].magic, forms[i].magic_len))
			break;
	if (i == ARRAY_SIZE(forms))
		return 0;
	p = calloc(1, sizeof(*p));
	if (!p || len > sizeof(p->buf)) {
		free(p);
		return -ENOMEM;
	}
	p->form = &forms[i];
	memcpy(p->buf, head, len);
	p->in = p->buf;
	p->in_end = p->buf + len;
	err = p->form->begin(p);
	if (err)
		free(p);
	else
		*packed = p;
	return err;
}

/* More packed bytes. 0 or -errno. */
static int fill(struct trace_packed *p, int fd)
{
	long n = stop_read(fd, p->buf, sizeof(p->buf), -1);

	if (n < 0)
		return (int)n;
	p->eof = !n;
	p->nr_in += (__u64)n;
	p->in = p->buf;
	p->in_end = p->buf + n;
	return 0;
}

/* Between two streams: 1 if another one begins, 0 if that was all; -errno. */
static int next_stream(struct trace_packed *p, int fd)
{
	int err;

	for (;;) {
		while (p->in < p->in_end && !*p->in)
			p->in++;
		if (p->in < p->in_end || p->eof)
			break;
		err = fill(p, fd);
		if (err)
			return err;
	}
	if (p->in == p->in_end)
		return 0;
	p->form->end(p);
	p->between = false;
	err = p->form->begin(p);
	return err ? err : 1;
}

long trace_packed_read(struct trace_packed *p, int fd, __u8 *buf, size_t len)
{
	const __u8 *in;
	int ret;

	p->out = buf;
	p->out_end = buf + len;
	while (p->out == buf) {
		if (p->err)
			return p->err;
		if (p->between) {
			ret = next_stream(p, fd);
			if (ret <= 0)
				return ret;
		}
		if (p->in == p->in_end && !p->eof) {
			ret = fill(p, fd);
			if (ret)
				return ret;
		}
		in = p->in;
		ret = p->form->step(p);
		p->between = ret == STEP_END;
		/* What was unpacked is handed out first: the error waits for the next call. */
		if (ret < 0)
			p->err = ret;
		else if (ret == STEP_ON && p->out == buf && p->in == in &&
			 (p->eof || in < p->in_end))
			p->err = -EBADMSG;
	}
	p->nr_out += (__u64)(p->out - buf);
	if (p->nr_out > OUT_FREE + p->nr_in * OUT_PER_IN && !p->err) {
		log_warn(
			"input is packed by more than %u to 1: what comes behind %llu MiB is not read",
			OUT_PER_IN, (unsigned long long)(p->nr_out >> 20));
		p->err = -EBADMSG;
	}
	return p->out - buf;
}

void trace_packed_free(struct trace_packed *p)
{
	if (!p)
		return;
	p->form->end(p);
	free(p);
}
