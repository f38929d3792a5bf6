// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads large folios through /proc/PID/mem and counts their pages that hold only zeroes.
 *
 * The file is opened for reading only. Still, the kernel's reclaim takes a page that was read as used,
 * and a page that was swapped out since the walk is swapped in: so this is done on request only.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "survey/blank_priv.h"
#include "survey/range_priv.h"

#define BUFFER (1 << 20)

struct survey_blank {
	__u32 page;
	int mem;
	struct survey_sums *sums;
	char buf[BUFFER];
};

static int is_blank(const char *page, __u32 size)
{
	return !page[0] && !memcmp(page, page + 1, size - 1);
}

static void read_huge(void *ctx, __u64 start, __u64 end)
{
	struct survey_blank *b = ctx;
	ssize_t n, i;

	while (b->mem >= 0 && start < end) {
		n = end - start < BUFFER ? end - start : BUFFER;
		n = pread(b->mem, b->buf, n, start);
		if (n < b->page)
			return;
		for (i = 0; i + b->page <= n; i += b->page) {
			b->sums->blank += is_blank(b->buf + i, b->page);
			b->sums->blank_of++;
		}
		start += i;
	}
}

int survey_blank_new(__u32 page_size, struct survey_look *look, struct survey_blank **b)
{
	*b = calloc(1, sizeof(**b));
	if (!*b)
		return -ENOMEM;
	(*b)->page = page_size;
	(*b)->mem = -1;
	survey_look_huge(look, read_huge, *b);
	return 0;
}

void survey_blank_free(struct survey_blank *b)
{
	free(b);
}

void survey_blank_open(struct survey_blank *b, int dir, struct survey_sums *sums)
{
	b->mem = openat(dir, "mem", O_RDONLY | O_CLOEXEC);
	b->sums = sums;
}

void survey_blank_close(struct survey_blank *b)
{
	if (b->mem >= 0)
		close(b->mem);
	b->mem = -1;
}
