// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "owner.h"
#include "text.h"

/* From <linux/userfaultfd.h> of 6.7 on. */
#ifndef UFFD_FEATURE_WP_ASYNC
#define UFFD_FEATURE_WP_ASYNC (1 << 15)
#endif
#ifndef UFFD_FEATURE_WP_UNPOPULATED
#define UFFD_FEATURE_WP_UNPOPULATED (1 << 13)
#endif

static struct owner self;

const struct op *op_nth(unsigned int n)
{
	static const struct op *const tables[] = { ops_memory, ops_share, ops_pin };
	unsigned int t;
	const struct op *op;

	for (t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (op = tables[t]; op->name; op++) {
			if (!n--)
				return op;
		}
	}
	return NULL;
}

struct run run_short(struct owner *o, unsigned int max)
{
	struct run r = { .range = rng_below(&o->rng, RANGES), .nr = rng_range(&o->rng, 1, max) };

	r.first = rng_below(&o->rng, PMD_NR - r.nr + 1);
	return r;
}

struct run run_any(struct owner *o)
{
	unsigned int order = rng_below(&o->rng, PMD_ORDER + 1);
	struct run r = { .range = rng_below(&o->rng, RANGES), .nr = 1U << order };

	if (rng_below(&o->rng, 8) == 0)
		return run_short(o, 200);
	r.first = rng_below(&o->rng, PMD_NR >> order) << order;
	return r;
}

struct run run_whole(struct owner *o)
{
	return (struct run){ rng_below(&o->rng, RANGES), 0, PMD_NR };
}

struct run run_any_or_hot(struct owner *o)
{
	struct run r = run_any(o);

	if (rng_below(&o->rng, 4) == 0)
		r.range = RANGES + rng_below(&o->rng, HOT);
	return r;
}

static bool page_check(struct owner *o, unsigned int range, unsigned int page, const char *what)
{
	const struct page *p = &o->page[range][page];
	const char *addr = o->range[range] + page * PAGE_LEN;
	char why[300];

	atomic_fetch_add_explicit(&shared->pages, 1, memory_order_relaxed);
	if (text_check(addr, p->tag, p->free, why, sizeof(why)))
		return true;
	soak_fail("owner %u, %s: %p (range %u page %u): %s", o->id, what, (const void *)addr, range,
		  page, why);
	return false;
}

bool run_check(struct owner *o, const struct run *r, const char *what)
{
	unsigned int i;

	for (i = 0; i < r->nr; i++) {
		if (!page_check(o, r->range, r->first + i, what))
			return false;
	}
	return true;
}

bool owner_check(struct owner *o, const char *what)
{
	unsigned int i;

	for (i = 0; i < RANGES; i++) {
		if (!run_check(o, &(struct run){ i, 0, PMD_NR }, what))
			return false;
	}
	return true;
}

static void write_one(struct owner *o, const struct run *r, unsigned int i, uint64_t tag)
{
	struct page *p = run_pages(o, r) + i;

	text_write(run_addr(o, r) + i * PAGE_LEN, tag);
	p->tag = tag;
	p->free = false;
}

void run_write(struct owner *o, const struct run *r)
{
	bool check = rng_below(&o->rng, 2);
	unsigned int i;

	for (i = 0; i < r->nr; i++) {
		if (check && !page_check(o, r->range, r->first + i, "before a write"))
			return;
		write_one(o, r, i, tag_make(o->id, r->range * PMD_NR + r->first + i, ++o->gen));
	}
}

void run_write_common(struct owner *o, const struct run *r, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < r->nr; i++)
		write_one(o, r, i, n ? TAG_COMMON(n) : TAG_ZERO);
}

void run_forget(struct owner *o, const struct run *r)
{
	memset(run_pages(o, r), 0, r->nr * sizeof(struct page));
}

bool advise(struct owner *o, const struct run *r, int advice)
{
	return madvise(run_addr(o, r), run_len(r), advice) == 0;
}

void nap(struct owner *o, unsigned int max_us)
{
	usleep(rng_below(&o->rng, max_us) + 1);
}

static void reserve(char *addr, unsigned long len)
{
	if (mmap(addr, len, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (addr ? MAP_FIXED : 0), -1,
		 0) != addr)
		soak_fail("cannot reserve %lu bytes: %s", len, strerror(errno));
}

char *slot_take(struct owner *o)
{
	unsigned int i = rng_below(&o->rng, SLOTS);

	while (o->used[i])
		i = (i + 1) % SLOTS;
	o->used[i] = true;
	return o->slots + 2 * i * PMD_SIZE;
}

void slot_give(struct owner *o, char *addr)
{
	reserve(addr, PMD_SIZE);
	o->used[(addr - o->slots) / (2 * PMD_SIZE)] = false;
}

void range_map(struct owner *o, unsigned int range)
{
	char *addr = o->range[range];

	if (mmap(addr, PMD_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		 -1, 0) != addr)
		soak_fail("cannot map a range: %s", strerror(errno));
	madvise(addr, PMD_SIZE, MADV_HUGEPAGE);
}

static void map_all(struct owner *o)
{
	unsigned long len = (2 * SLOTS + 1) * PMD_SIZE;
	unsigned int i;
	char *p;

	p = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED) {
		soak_fail("cannot reserve %lu bytes: %s", len, strerror(errno));
		_exit(1);
	}
	o->slots = (char *)(((uintptr_t)p + PMD_SIZE - 1) & ~(PMD_SIZE - 1));
	for (i = 0; i < ALL; i++) {
		o->range[i] = slot_take(o);
		range_map(o, i);
	}
}

static int open_uffd(void)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd >= 0 && ioctl(fd, UFFDIO_API, &api)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void run_op(struct owner *o, const struct op *all, unsigned int nr)
{
	unsigned int n = rng_pick(&o->rng, all, nr);

	if (!all[n].run(o))
		atomic_fetch_add(&shared->refused[n], 1);
	atomic_fetch_add(&shared->done[n], 1);
}

void owner_main(unsigned int id, uint64_t seed)
{
	struct op all[MAX_COUNTS];
	struct owner *o = &self;
	unsigned int nr = 0, i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpriority(PRIO_PROCESS, 0, 5);
	o->id = id;
	o->rng = rng_fork(seed, id);
	o->uffd = open_uffd();
	o->ring = -1;
	while (nr < MAX_COUNTS && op_nth(nr)) {
		all[nr] = *op_nth(nr);
		nr++;
	}
	map_all(o);
	hot_start(o);
	while (!soak_stops())
		run_op(o, all, nr);
	hot_join();
	owner_check(o, "at the end");
	for (i = 0; i < CHILDREN; i++) {
		if (o->child[i] > 0)
			waitpid(o->child[i], NULL, 0);
	}
	_exit(atomic_load(&shared->failures) ? 1 : 0);
}
