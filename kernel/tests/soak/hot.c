// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot memory: threads increment one word in each page of the hot ranges, without a pause, so that every
 * moment of a collapse meets a write. The word must be the one that its thread wrote last. A write to a
 * page that was already replaced is lost, and detected at the thread's next visit. Each thread has pages
 * of its own, next to those of others. Now and then a thread gives back a page, or all of them, so that
 * there is always something to collapse.
 */
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "owner.h"

#define THREADS	 2
#define PER_PAGE 40 /* counts before it goes on */

struct hot {
	struct owner *o;
	unsigned int nr;
	struct rng rng;
	uint64_t last[HOT][PMD_NR];
};

static pthread_t thread[THREADS];
static struct hot hot[THREADS];

/* Another offset in each page, to detect pages that were swapped with each other. */
volatile uint64_t *hot_word(const struct owner *o, unsigned int range, unsigned int page)
{
	return (volatile uint64_t *)(o->range[RANGES + range] + page * PAGE_LEN) + page % 61 * 8;
}

static bool count(struct hot *h, unsigned int range, unsigned int page)
{
	volatile uint64_t *p = hot_word(h->o, range, page);
	uint64_t want = h->last[range][page], got;
	unsigned int i;

	for (i = 0; i < PER_PAGE; i++) {
		got = *p;
		if (got != want) {
			soak_fail("owner %u, hot thread %u: %p (hot range %u page %u): "
				  "expected %#llx, found %#llx",
				  h->o->id, h->nr, (void *)p, range, page, (unsigned long long)want,
				  (unsigned long long)got);
			return false;
		}
		*p = ++want;
	}
	h->last[range][page] = want;
	return true;
}

static void drop(struct hot *h, unsigned int range, unsigned int page)
{
	char *addr = h->o->range[RANGES + range] + page * PAGE_LEN;

	/* Refused where the page is locked by a neighbour's mlock(): nothing happened. */
	if (madvise(addr, PAGE_LEN, MADV_DONTNEED) == 0)
		h->last[range][page] = 0;
}

static void *hot_main(void *arg)
{
	struct hot *h = arg;
	unsigned int range, page, low, nr, i, read = 0;

	while (!soak_stops()) {
		range = rng_below(&h->rng, HOT);
		nr = rng_range(&h->rng, 4, 256);
		low = rng_below(&h->rng, PMD_NR - nr);
		for (i = 0; i < nr && !soak_stops(); i++) {
			page = low + i;
			if (page % THREADS == h->nr && !count(h, range, page))
				return NULL;
		}
		read += nr / THREADS * PER_PAGE;
		if (rng_below(&h->rng, 8) == 0) {
			unsigned int step = rng_range(&h->rng, 1, 16) * THREADS;

			for (page = h->nr; page < PMD_NR; page += step)
				drop(h, range, page);
		}
		if (rng_below(&h->rng, 4) == 0) {
			/* Leave some time of the CPU to others. */
			atomic_fetch_add(&shared->hot, read);
			read = 0;
			usleep(rng_below(&h->rng, 10000) + 1);
		}
	}
	return NULL;
}

void hot_start(struct owner *o)
{
	unsigned int i;

	for (i = 0; i < THREADS; i++) {
		hot[i].o = o;
		hot[i].nr = i;
		hot[i].rng = rng_fork(o->rng.state, 100 + i);
		if (pthread_create(&thread[i], NULL, hot_main, &hot[i]))
			soak_fail("cannot start a thread");
	}
}

void hot_join(void)
{
	unsigned int i;

	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
}
