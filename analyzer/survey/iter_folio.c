// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which frames to ask about. A folio of order k begins at a multiple of 2^k frames. So if no anonymous folio in this
 * machine has an order between 1 and g - 1, all frames of a naturally aligned block of 2^g are of one folio, or each of
 * them is a folio of its own: one question serves the block. The kernel counts folios by their order (nr_anon,
 * since 6.12), and g is looked up before the questions and after the answers. A kernel that does not count may have
 * folios of each order that it has settings for; there are none of order 1.
 *
 * A block that was asked about lately is not asked about again, in the same batch.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "survey/iter_folio_priv.h"

#define THP	  "/sys/kernel/mm/transparent_hugepage"
#define QUESTIONS (SURVEY_PTES + SURVEY_SEEN)
#define NOTES	  4096
#define NO_FOLIOS 20 /* no order is as large */

/* A block, and the question about it. */
struct note {
	__u64 block;
	__u32 question;
	__u32 batch;
};

struct survey_asker {
	struct survey_iter *it;
	__u32 pmd_order;
	int counter[MTHP_NR_ORDERS]; /* nr_anon of an order; -1: not counted */
	__u32 possible;		     /* orders that are not counted, a bit each */
	__u32 order;		     /* g */
	__u32 batch;
	__u32 nr, nr_wanted, next;
	struct note note[NOTES];
	__u64 question[QUESTIONS];
	struct survey_look_answer answer[QUESTIONS];
	__u32 wanted[QUESTIONS]; /* the question for each page or block, in order */
};

static void open_counters(struct survey_asker *a, __u32 page_size)
{
	char path[128];
	int sizes = 0, dir;
	__u32 k;

	for (k = 2; k < MTHP_NR_ORDERS; k++) {
		a->counter[k] = -1;
		if (k > a->pmd_order)
			continue;
		snprintf(path, sizeof(path), THP "/hugepages-%llukB",
			 ((unsigned long long)page_size << k) >> 10);
		dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			continue;
		sizes++;
		a->counter[k] = openat(dir, "stats/nr_anon", O_RDONLY | O_CLOEXEC);
		if (a->counter[k] < 0)
			a->possible |= 1U << k;
		close(dir);
	}
	/* Before 6.8 there is one size. */
	if (!sizes)
		a->possible |= 1U << a->pmd_order;
}

/* The smallest order that anonymous folios have now. */
static __u32 smallest(const struct survey_asker *a)
{
	char text[32];
	ssize_t n;
	__u32 k;

	for (k = 2; k <= a->pmd_order; k++) {
		if (a->possible >> k & 1)
			return k;
		if (a->counter[k] < 0)
			continue;
		n = pread(a->counter[k], text, sizeof(text) - 1, 0);
		text[n > 0 ? n : 0] = '\0';
		if (n <= 0 || strtoll(text, NULL, 10) > 0)
			return k;
	}
	return NO_FOLIOS;
}

int survey_asker_new(struct survey_asker **ap, struct survey_iter *it, const struct meta *meta)
{
	struct survey_asker *a = calloc(1, sizeof(*a));

	*ap = a;
	if (!a)
		return -ENOMEM;
	a->it = it;
	a->pmd_order = meta->pmd_order;
	open_counters(a, meta->page_size);
	return 0;
}

void survey_asker_free(struct survey_asker *a)
{
	__u32 k;

	if (!a)
		return;
	for (k = 2; k < MTHP_NR_ORDERS; k++)
		if (a->counter[k] >= 0)
			close(a->counter[k]);
	free(a);
}

void survey_ask_begin(struct survey_asker *a)
{
	a->order = smallest(a);
	a->batch++;
	a->nr = 0;
	a->nr_wanted = 0;
	a->next = 0;
}

void survey_ask_page(struct survey_asker *a, __u64 pfn)
{
	a->wanted[a->nr_wanted++] = a->nr;
	a->question[a->nr++] = pfn | SURVEY_LOOK_EXACT;
}

void survey_ask_folios(struct survey_asker *a, __u64 pfn, __u32 nr)
{
	__u64 block = pfn >> a->order, last = (pfn + nr - 1) >> a->order;
	struct note *n;

	for (; block <= last; block++) {
		n = &a->note[block % NOTES];
		if (n->batch != a->batch || n->block != block) {
			*n = (struct note){ block, a->nr, a->batch };
			/* Of the frames of the block one that is mapped. */
			a->question[a->nr++] = block << a->order > pfn ? block << a->order : pfn;
		}
		a->wanted[a->nr_wanted++] = n->question;
	}
}

int survey_ask_all(struct survey_asker *a)
{
	struct survey_area *area = survey_iter_area(a->it);
	__u32 from, n;
	int err;

	for (from = 0; from < a->nr; from += n) {
		n = a->nr - from < SURVEY_LOOKS ? a->nr - from : SURVEY_LOOKS;
		memcpy(area->question, a->question + from, n * sizeof(*a->question));
		err = survey_iter_ask(a->it, n);
		if (err)
			return err;
		memcpy(a->answer + from, area->answer, n * sizeof(*a->answer));
	}
	return smallest(a) < a->order ? -EAGAIN : 0;
}

const struct survey_look_answer *survey_answer_page(struct survey_asker *a)
{
	return &a->answer[a->wanted[a->next++]];
}

struct survey_look_answer survey_answer_folios(struct survey_asker *a, __u64 pfn, __u32 nr,
					       __u32 *pages)
{
	const struct survey_look_answer *first = &a->answer[a->wanted[a->next]], *more;
	__u64 block = pfn >> a->order;
	__u32 n;

	/* Up to the end of the block, and on over the blocks that continue it. */
	for (;;) {
		n = (++block << a->order) - pfn < nr ? (block << a->order) - pfn : nr;
		a->next++;
		if (n == nr)
			break;
		more = &a->answer[a->wanted[a->next]];
		if (more->order != first->order || (first->order && more->head != first->head))
			break;
	}
	*pages = n;
	return *first;
}
