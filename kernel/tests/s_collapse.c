// SPDX-License-Identifier: GPL-2.0-only
/*
 * A workload for stock kernels that keeps an account: which of its ranges it, and which khugepaged, must
 * have collapsed, by the page map.
 *
 *	s_collapse apart NAME   MADV_COLLAPSE first, then one pass of khugepaged
 *	s_collapse both NAME    a thread with MADV_COLLAPSE while khugepaged passes over the same ranges
 *
 * NAME is what the process calls itself, with backslash escapes (\n, \x1b). Prints "KEY NUMBER" lines:
 * pid; madvise: ranges collapsed by MADV_COLLAPSE; khugepaged: by a pass; made: all ranges that are one
 * huge page now; refused: calls of MADV_COLLAPSE that failed; holes: ranges that a pass must leave; filled:
 * bytes added to ranges; bucket: sixteenths present, and how many of the collapsed ranges; scanned: of all ranges.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "area.h"
#include "khugepaged.h"
#include "ktap.h"
#include "pagemap.h"
#include "settings.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

/* Ranges of each kind; fewer if they are large. */
#define RANGES(n) (PMD_SIZE > 2UL << 20 ? (n) / 8 + 1 : (n))
#define FULL	  RANGES(60) /* for MADV_COLLAPSE: every page */
#define SPARSE	  RANGES(40) /* one page */
#define PINNED	  RANGES(8)  /* every page, and a pipe holds one */
#define PASS	  RANGES(70) /* for khugepaged: all but MAX_NONE pages */
#define HOLES	  RANGES(30) /* one page less: too few */
#define MAX_NONE  100

static unsigned int refused;

static void unescape(const char *in, char *out, size_t size)
{
	char *end = out + size - 1;

	for (; *in && out < end; in++) {
		if (in[0] == '\\' && in[1] == 'n') {
			*out++ = '\n';
			in++;
		} else if (in[0] == '\\' && in[1] == 'x') {
			char hex[3] = { in[2], in[2] ? in[3] : 0, 0 };

			*out++ = strtol(hex, NULL, 16);
			in += 1 + strlen(hex);
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
}

static void collapse(struct area *a, unsigned int range)
{
	refused += madvise(area_range(a, range), PMD_SIZE, MADV_COLLAPSE) != 0;
}

/* Ranges that are one huge page. */
static unsigned int made(const struct area *a)
{
	unsigned int i, n = 0;
	struct shape s;

	for (i = 0; i < a->nr; i++) {
		shape_read(area_range(a, i), &s);
		n += s.order[0] == PMD_ORDER;
	}
	return n;
}

/* A page of the range in a pipe, which nobody reads. */
static void pin(struct area *a, unsigned int range)
{
	struct iovec iov = { area_range(a, range), PAGE_LEN };
	int fd[2];

	if (pipe(fd) || vmsplice(fd[1], &iov, 1, 0) != (ssize_t)PAGE_LEN)
		ktap_die("cannot pin a page: %s", strerror(errno));
}

/* Ranges with as many holes as a pass fills, with one more, and without. */
static void print_buckets(const char *key, unsigned int filled, unsigned int holes,
			  unsigned int full)
{
	unsigned int most = (PMD_NR - MAX_NONE) * 16 / PMD_NR,
		     less = (PMD_NR - MAX_NONE - 1) * 16 / PMD_NR;

	printf("%s 0/16 %u\n%s full %u\n", key, SPARSE, key, full);
	printf("%s %u/16 %u\n", key, most, filled + (less == most ? holes : 0));
	if (holes && less != most)
		printf("%s %u/16 %u\n", key, less, holes);
}

static void apart(void)
{
	struct area mine, theirs;
	unsigned int i, first;

	area_map(&mine, FULL + SPARSE + PINNED);
	area_map(&theirs, PASS + HOLES);
	for (i = 0; i < mine.nr; i++)
		area_write_pages(&mine, i * PMD_NR, i >= FULL && i < FULL + SPARSE ? 1 : PMD_NR);
	first = FULL + SPARSE;
	for (i = first; i < mine.nr; i++)
		pin(&mine, i);
	for (i = 0; i < theirs.nr; i++)
		area_write_pages(&theirs, i * PMD_NR, PMD_NR - MAX_NONE - (i >= PASS));
	area_advise(&mine, MADV_HUGEPAGE);
	for (i = 0; i < mine.nr; i++)
		collapse(&mine, i);
	area_advise(&mine, MADV_NOHUGEPAGE);
	kh_set("max_ptes_none", MAX_NONE);
	area_advise(&theirs, MADV_HUGEPAGE);
	if (kh_scan_noted())
		ktap_die("khugepaged did not pass");
	if (!area_all_intact(&mine) || !area_all_intact(&theirs))
		ktap_die("memory is not what it was");
	printf("madvise %u\nkhugepaged %u\n", made(&mine), made(&theirs));
	printf("made %u\n", made(&mine) + made(&theirs));
	printf("holes %u\n", HOLES);
	printf("filled %lu\n", (SPARSE * (PMD_NR - 1) + PASS * MAX_NONE) * PAGE_LEN);
	print_buckets("bucket", PASS, 0, FULL);
	print_buckets("scanned", PASS, HOLES, FULL + PINNED);
	/* khugepaged wakes up once more when the settings are restored at the end. */
	area_advise(&theirs, MADV_NOHUGEPAGE);
}

static atomic_bool done;

/* From the other end than khugepaged, so that they meet; a pause lets khugepaged have the CPU. */
static void *collapse_all(void *arg)
{
	struct area *a = arg;
	unsigned int i;

	for (i = a->nr; i--; usleep(1000))
		collapse(a, i);
	done = true;
	return NULL;
}

static void both(void)
{
	struct area a;
	pthread_t thread;
	unsigned int i;

	area_map(&a, FULL + PASS);
	for (i = 0; i < a.nr; i++)
		area_write_pages(&a, i * PMD_NR, PMD_NR);
	area_advise(&a, MADV_HUGEPAGE);
	/* As khugepaged's, so that the two take turns on one CPU. */
	if (nice(19) != 19)
		ktap_die("no other priority: %s", strerror(errno));
	if (pthread_create(&thread, NULL, collapse_all, &a))
		ktap_die("no thread");
	/* khugepaged ends its pass if it does not get mmap_lock at once. */
	while (!done) {
		kh_kick();
		usleep(1000);
	}
	pthread_join(thread, NULL);
	if (kh_scan_noted())
		ktap_die("khugepaged did not pass");
	if (!area_all_intact(&a))
		ktap_die("memory is not what it was");
	printf("made %u\n", made(&a));
}

/*
 * khugepaged wakes up once more when the settings are restored. A scan while this process goes would be of
 * memory without an owner.
 */
static void rest(void)
{
	kh_idle();
}

int main(int argc, char **argv)
{
	char name[64];

	if (argc != 3 || (strcmp(argv[1], "apart") && strcmp(argv[1], "both"))) {
		fprintf(stderr, "usage: s_collapse apart|both NAME\n");
		return 2;
	}
	unescape(argv[2], name, sizeof(name));
	prctl(PR_SET_NAME, name);
	/* Handlers run in reverse order: this one after the settings' own. */
	atexit(rest);
	kh_start();
	printf("pid %d\n", getpid());
	if (strcmp(argv[1], "apart") == 0)
		apart();
	else
		both();
	printf("refused %u\n", refused);
	return 0;
}
