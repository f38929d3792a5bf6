// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packed input: each form, in one or several streams, from files and pipes. An input that was cut off gives
 * the data in front of the cut, and reports the cut.
 */
#include <bzlib.h>
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "tests/support/cm.h"
#include "trace/input.h"

struct bytes {
	__u8 *p;
	size_t nr;
};

static size_t pack_gzip(const struct bytes *in, __u8 *out, size_t room)
{
	z_stream z = { .next_in = in->p, .avail_in = in->nr, .next_out = out, .avail_out = room };

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return room - z.avail_out;
}

static size_t pack_zstd(const struct bytes *in, __u8 *out, size_t room)
{
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	size_t n;

	/* As the zstd program does. */
	ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(zstd, out, room, in->p, in->nr);
	ZSTD_freeCCtx(zstd);
	assert_false(ZSTD_isError(n));
	return n;
}

static size_t pack_xz(const struct bytes *in, __u8 *out, size_t room)
{
	size_t n = 0;

	assert_int_equal(
		lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, in->p, in->nr, out, &n, room),
		LZMA_OK);
	return n;
}

static size_t pack_bzip2(const struct bytes *in, __u8 *out, size_t room)
{
	unsigned int n = room;

	assert_int_equal(BZ2_bzBuffToBuffCompress((char *)out, &n, (char *)in->p, in->nr, 1, 0, 0),
			 BZ_OK);
	return n;
}

static const struct {
	const char *name;
	size_t (*pack)(const struct bytes *in, __u8 *out, size_t room);
} forms[] = {
	{ "gzip", pack_gzip },
	{ "zstd", pack_zstd },
	{ "xz", pack_xz },
	{ "bzip2", pack_bzip2 },
};

static char path[64];
static struct bytes plain, packed;

#define ROOM (4U << 20)

static int setup(void **state)
{
	__u32 r = 1;
	size_t i;
	int fd;

	strcpy(path, "/tmp/mthptop-packed-XXXXXX");
	fd = mkstemp(path);
	close(fd);
	/* Larger than every buffer on the way, and one half cannot be compressed. */
	plain.nr = 900000;
	plain.p = malloc(plain.nr);
	packed.p = malloc(ROOM);
	for (i = 0; i < plain.nr; i++) {
		r = r * 1103515245 + 12345;
		plain.p[i] = i % 2 ? 'a' + i % 7 : r >> 16;
	}
	return fd < 0 || !plain.p || !packed.p;
}

static int teardown(void **state)
{
	unlink(path);
	free(plain.p);
	free(packed.p);
	return 0;
}

static void write_file(const __u8 *p, size_t nr)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_int_equal(write(fd, p, nr), nr);
	close(fd);
}

/* Reads all of @name; its first @sure bytes must be those of @want. Returns its length. */
static size_t read_sure(const char *name, const struct bytes *want, size_t sure, bool *cut)
{
	struct trace_in in;
	const __u8 *p;
	size_t nr = 0;
	long n;

	assert_int_equal(trace_in_open(&in, name), 0);
	while ((n = trace_in_look(&in, 1, &p)) > 0) {
		assert_true(sure < want->nr || nr + n <= want->nr);
		if (nr < sure)
			assert_memory_equal(p, want->p + nr, nr + n < sure ? (size_t)n : sure - nr);
		nr += n;
		trace_in_take(&in, n);
	}
	assert_int_equal(n, 0);
	*cut = in.cut;
	trace_in_free(&in);
	return nr;
}

static size_t read_all(const char *name, const struct bytes *want, bool *cut)
{
	return read_sure(name, want, want->nr, cut);
}

static void test_whole(void **state)
{
	bool cut;
	size_t i;

	write_file(plain.p, plain.nr);
	assert_int_equal(read_all(path, &plain, &cut), plain.nr);
	assert_false(cut);
	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		packed.nr = forms[i].pack(&plain, packed.p, ROOM);
		write_file(packed.p, packed.nr);
		assert_int_equal(read_all(path, &plain, &cut), plain.nr);
		assert_false(cut);
	}
}

/* Packed in three parts, one of them empty, with zeroes between and behind. */
static void test_streams(void **state)
{
	size_t i, part, half = plain.nr / 2;
	struct bytes parts[] = { { plain.p, half },
				 { plain.p, 0 },
				 { plain.p + half, plain.nr - half } };
	bool cut;

	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		for (packed.nr = 0, part = 0; part < ARRAY_SIZE(parts); part++) {
			packed.nr +=
				forms[i].pack(&parts[part], packed.p + packed.nr, ROOM - packed.nr);
			memset(packed.p + packed.nr, 0, 8);
			packed.nr += 8;
		}
		write_file(packed.p, packed.nr);
		assert_int_equal(read_all(path, &plain, &cut), plain.nr);
		assert_false(cut);
	}
}

/* A writer that writes a few bytes at a time. */
static void test_pipe(void **state)
{
	char name[32];
	size_t i, at, n;
	bool cut;
	int fd[2], status;
	pid_t pid;

	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		packed.nr = forms[i].pack(&plain, packed.p, ROOM);
		assert_int_equal(pipe(fd), 0);
		pid = fork();
		if (!pid) {
			close(fd[0]);
			for (at = 0; at < packed.nr; at += n) {
				n = at < 100 ? 1 : 9973;
				n = n < packed.nr - at ? n : packed.nr - at;
				if (write(fd[1], packed.p + at, n) != (ssize_t)n)
					_exit(1);
			}
			_exit(0);
		}
		close(fd[1]);
		snprintf(name, sizeof(name), "/dev/fd/%d", fd[0]);
		assert_int_equal(read_all(name, &plain, &cut), plain.nr);
		assert_false(cut);
		close(fd[0]);
		waitpid(pid, &status, 0);
		assert_int_equal(status, 0);
	}
}

/* Cut off at every byte: the output begins the packed data, never shrinks, and the cut is reported. */
static void test_cut(void **state)
{
	struct bytes some = { plain.p, 500 };
	size_t i, nr, got, last;
	bool cut;

	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		packed.nr = forms[i].pack(&some, packed.p, ROOM);
		for (nr = 6, last = 0; nr < packed.nr; nr++) {
			write_file(packed.p, nr);
			got = read_all(path, &some, &cut);
			assert_true(cut);
			assert_true(got >= last);
			last = got;
		}
		/* gzip unpacks byte by byte, the others whole blocks. */
		if (!i)
			assert_int_equal(last, some.nr);
	}
}

/* Half of a large file: all of its whole blocks are unpacked, whatever size the reader's buffer has. */
static void test_half(void **state)
{
	bool cut;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		packed.nr = forms[i].pack(&plain, packed.p, ROOM);
		write_file(packed.p, packed.nr / 2);
		assert_true(read_all(path, &plain, &cut) > plain.nr / 2 - (128 << 10));
		assert_true(cut);
	}
}

static void test_damaged(void **state)
{
	size_t i;
	bool cut;

	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		packed.nr = forms[i].pack(&plain, packed.p, ROOM);
		memset(packed.p + packed.nr - packed.nr / 4, 0xff, 64);
		write_file(packed.p, packed.nr);
		/* Before the checksum is read, damage may look like data. */
		assert_true(read_sure(path, &plain, plain.nr / 2, &cut) > plain.nr / 2);
		assert_true(cut);
		/* Foreign bytes behind a whole stream. */
		packed.nr = forms[i].pack(&plain, packed.p, ROOM);
		memcpy(packed.p + packed.nr, "something else", 14);
		write_file(packed.p, packed.nr + 14);
		assert_int_equal(read_all(path, &plain, &cut), plain.nr);
		assert_true(cut);
	}
}

/* A packed file may require gigabytes of memory. */
static void test_memory(void **state)
{
	struct trace_in in;
	const __u8 *p;
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	ZSTD_inBuffer from = { plain.p, plain.nr, 0 };
	ZSTD_outBuffer to = { packed.p, ROOM, 0 };
	lzma_options_lzma big;
	lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &big }, { LZMA_VLI_UNKNOWN, NULL } };

	ZSTD_CCtx_setParameter(zstd, ZSTD_c_windowLog, 28);
	ZSTD_compressStream2(zstd, &to, &from, ZSTD_e_flush);
	write_file(packed.p, to.pos);
	assert_int_equal(trace_in_open(&in, path), 0);
	assert_int_equal(trace_in_look(&in, 1, &p), -EFBIG);
	trace_in_free(&in);
	ZSTD_freeCCtx(zstd);

	lzma_lzma_preset(&big, 0);
	big.dict_size = 128 << 20;
	packed.nr = 0;
	assert_int_equal(lzma_stream_buffer_encode(filters, LZMA_CHECK_NONE, NULL, plain.p, 1000,
						   packed.p, &packed.nr, ROOM),
			 LZMA_OK);
	write_file(packed.p, packed.nr);
	assert_int_equal(trace_in_open(&in, path), 0);
	assert_int_equal(trace_in_look(&in, 1, &p), -EFBIG);
	trace_in_free(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),  cmocka_unit_test(test_streams),
		cmocka_unit_test(test_pipe),   cmocka_unit_test(test_cut),
		cmocka_unit_test(test_half),   cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests_name("packed", tests, setup, teardown);
}
