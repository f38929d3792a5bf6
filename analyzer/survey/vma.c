// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads smaps: a head line for each mapping and lines "Name: value" below it.
 *
 * The kernel computes a mapping's numbers while smaps is read. Only smaps has the advice (VmFlags) and
 * whether huge pages are allowed (THPeligible). Private memory without a file counts as anonymous, also if
 * the settings allow no huge pages in it now: settings may change, so that is kept apart (orders).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/array.h"
#include "survey/vma_priv.h"

#define BUFFER 65536

struct reader {
	int fd;
	size_t at, len;
	__u64 *longest_ns;
	char buf[BUFFER + 1];
};

/* Moves the rest to the front and reads more behind it. Bytes read, 0 at the end, -errno. */
static ssize_t fill(struct reader *r)
{
	__u64 start;
	ssize_t n;

	memmove(r->buf, r->buf + r->at, r->len - r->at);
	r->len -= r->at;
	r->at = 0;
	start = now_ns();
	n = read(r->fd, r->buf + r->len, BUFFER - r->len);
	if (n < 0)
		return -errno;
	start = now_ns() - start;
	if (start > *r->longest_ns)
		*r->longest_ns = start;
	r->len += n;
	return n;
}

/* The next line without its newline. 1; 0 at the end; -errno. */
static int next_line(struct reader *r, char **line)
{
	char *end;
	ssize_t n;

	while (!(end = memchr(r->buf + r->at, '\n', r->len - r->at))) {
		/* A line that fills the buffer (a path of 64 KiB) is no line of smaps. */
		if (r->len - r->at == BUFFER)
			return -E2BIG;
		n = fill(r);
		if (n <= 0)
			return (int)n;
	}
	*end = '\0';
	*line = r->buf + r->at;
	r->at = end + 1 - r->buf;
	return 1;
}

/* Does a word of the settings allow collapses? */
static int allows(const char *word, int advised)
{
	return !strcmp(word, "always") || (!strcmp(word, "madvise") && advised);
}

__u32 survey_orders(const struct meta *meta, int advised)
{
	const struct settings *set = &meta->settings;
	__u32 orders = 0, k;
	const char *word;

	for (k = 2; k <= meta->pmd_order && k < MTHP_NR_ORDERS; k++) {
		word = set->order_enabled[k];
		/* Before 6.8 there is one setting and one size. */
		if (!strcmp(word, "inherit") || (k == meta->pmd_order && !word[0]))
			word = set->enabled;
		if (allows(word, advised))
			orders |= 1U << k;
	}
	return orders;
}

/* "start-end perms offset dev inode path"; 1 if @line is one. */
static int parse_head(const char *line, struct survey_vma *vma)
{
	unsigned long long start, end, inode;
	unsigned int major, minor;
	char perms[5];
	int path = 0;

	if (sscanf(line, "%llx-%llx %4s %*x %x:%x %llu %n", &start, &end, perms, &major, &minor,
		   &inode, &path) != 6)
		return 0;
	memset(vma, 0, sizeof(*vma));
	vma->start = start;
	vma->end = end;
	vma->shared = perms[3] != 'p';
	vma->eligible = -1;
	vma->kind = SURVEY_ANON;
	if (inode || major || minor)
		vma->kind = SURVEY_FILE;
	else if (vma->shared || (line[path] == '[' && line[path + 1] == 'v'))
		vma->kind = SURVEY_SPECIAL; /* [vdso], [vvar], [vsyscall] */
	return 1;
}

static void parse_flags(const char *flags, struct survey_vma *vma)
{
	const char *f;

	for (f = flags; *f; f += strcspn(f, " ")) {
		f += strspn(f, " ");
		if (!strncmp(f, "ht", 2))
			vma->kind = SURVEY_HUGETLB;
		else if (!strncmp(f, "pf", 2) || !strncmp(f, "io", 2) || !strncmp(f, "mm", 2))
			vma->kind = vma->kind == SURVEY_HUGETLB ? vma->kind : SURVEY_SPECIAL;
		else if (!strncmp(f, "nh", 2) && vma->kind == SURVEY_ANON)
			vma->kind = SURVEY_ADVISED;
		else if (!strncmp(f, "hg", 2))
			vma->advised = 1;
	}
}

static void parse_value(const char *line, struct survey_vma *vma)
{
	static const struct {
		const char *name;

		size_t at;
	} values[] = {
		{ "Rss:", offsetof(struct survey_vma, rss) },
		{ "Swap:", offsetof(struct survey_vma, swap) },
		{ "AnonHugePages:", offsetof(struct survey_vma, pmd_mapped) },
		{ "Referenced:", offsetof(struct survey_vma, referenced) },
	};
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		len = strlen(values[i].name);
		if (!strncmp(line, values[i].name, len))
			*(__u64 *)((char *)vma + values[i].at) = strtoull(line + len, NULL, 10)
								 << 10;
	}
	if (!strncmp(line, "THPeligible:", 12))
		vma->eligible = atoi(line + 12);
	else if (!strncmp(line, "VmFlags:", 8))
		parse_flags(line + 8, vma);
}

void survey_vma_judge(struct survey_vma *vma, const struct survey_proc *p, const struct meta *meta)
{
	if (vma->kind == SURVEY_ANON && p->thp_disabled)
		vma->kind = SURVEY_DISABLED;
	if (vma->kind != SURVEY_ANON)
		return;
	vma->orders = survey_orders(meta, vma->advised);
	/* The kernel has more reasons (a stack while execve sets it up, ...). */
	if (vma->orders && vma->eligible == 0) {
		vma->orders = 0;
		vma->kind = SURVEY_REFUSED;
	}
}

int survey_vmas(int fd, const struct survey_proc *p, const struct meta *meta, __u64 *longest_ns,
		survey_vma_fn fn, void *ctx)
{
	struct reader *r = calloc(1, sizeof(*r));
	struct survey_vma vma, next;
	int have = 0, ret, err = 0;
	char *line;

	if (!r)
		return -ENOMEM;
	r->fd = fd;
	r->longest_ns = longest_ns;
	while ((ret = next_line(r, &line)) > 0) {
		if (!parse_head(line, &next)) {
			if (have)
				parse_value(line, &vma);
			continue;
		}
		/* [vsyscall] of x86-64 is the kernel's, in all processes, and in no page table of theirs. */
		if (next.start >> 63)
			break;
		if (have) {
			survey_vma_judge(&vma, p, meta);
			err = fn(ctx, &vma);
			if (err)
				break;
		}
		vma = next;
		have = 1;
	}
	if (!err && ret < 0)
		err = ret;
	if (!err && have) {
		survey_vma_judge(&vma, p, meta);
		err = fn(ctx, &vma);
	}
	free(r);
	return err;
}
