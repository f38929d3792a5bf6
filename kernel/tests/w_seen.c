// SPDX-License-Identifier: GPL-2.0-only
/*
 * A workload with known results: memory of known patterns, khugepaged one pass at a time, and the expected
 * values as lines on stdout. Creep is computed here only from the page map, read before and after each
 * pass; no event and nothing of mthp/creep.h is used. All but the first also print how many blocks of
 * each size the passes made: "made ORDER BLOCKS".
 *
 *	w_seen occupancy        patterns that nothing collapses: "occ ORDER PRESENT BLOCKS"
 *	w_seen creep M...       patterns built to creep, guard off: "chain ADDR ORDER STEPS FILLED"
 *	w_seen guard M...       the same patterns, guard on
 *	w_seen grow             guard off; the process itself touches more and more
 *	w_seen refill           guard off; it gives back filled pages, and uses them again
 *	w_seen mixed M          guard on; blocks of many sizes, all at once
 *	w_seen fork             a child shares one page in 32 until the last pass: no 2M before that
 *	w_seen pinned           one page of each range is pinned
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "area.h"
#include "khugepaged.h"
#include "ktap.h"
#include "plan.h"
#include "settings.h"

#define RANGES 8
#define PASSES 12

/* One range as the page map shows it, and the pages that passes have filled in it. */
struct seen {
	struct shape now;
	uint8_t filled[PMD_NR]; /* by a collapse; the process never touched it */
	uint8_t steps[PMD_NR];	/* of the chain whose collapse filled it */
};

/* A chain by its latest block. */
struct chain {
	unsigned long addr;
	unsigned int order, steps, filled;
};

static struct seen seen[RANGES];
static struct chain chains[512];
static unsigned int nr_chains;
static unsigned int made[PMD_ORDER + 1]; /* blocks */

static bool is_used(const struct shape *s, unsigned int i)
{
	return s->order[i] >= 0 || s->order[i] == SHAPE_PART || s->order[i] == SHAPE_SWAP;
}

/* Earlier blocks of the same chain are printed with it. */
static void add_chain(const struct chain *c)
{
	unsigned long size = PAGE_LEN << c->order;
	unsigned int i = 0;

	while (c->steps > 1 && i < nr_chains) {
		if (chains[i].addr >= c->addr && chains[i].addr - c->addr < size)
			chains[i] = chains[--nr_chains];
		else
			i++;
	}
	if (nr_chains == sizeof(chains) / sizeof(chains[0]))
		ktap_die("too many chains");
	chains[nr_chains++] = *c;
}

/* The block is new since the last pass: was it a candidate only because of filled pages? */
static void judge(unsigned long addr, struct seen *s, const struct shape *before,
		  unsigned int first, unsigned int order, unsigned int m)
{
	unsigned int size = 1U << order, allowed = m >> (PMD_ORDER - order), i;
	unsigned int used = 0, filled = 0, fresh = 0, longest = 0;
	struct chain c = { addr, order, 0, 0 };

	for (i = first; i < first + size; i++) {
		used += is_used(before, i);
		fresh += !is_used(before, i);
		filled += s->filled[i];
		if (s->filled[i] && s->steps[i] > longest)
			longest = s->steps[i];
	}
	if (size - used <= allowed && size - used + filled > allowed)
		c.steps = longest + 1;
	for (i = first; i < first + size; i++) {
		s->filled[i] |= !is_used(before, i);
		s->steps[i] = c.steps;
	}
	c.filled = filled + fresh;
	if (c.steps)
		add_chain(&c);
}

/* Blocks that one folio maps now and did not map before. */
static void look(const struct area *a, unsigned int range, unsigned int m)
{
	struct seen *s = &seen[range];
	struct shape before = s->now;
	unsigned int i, k;

	shape_read(area_range(a, range), &s->now);
	for (i = 0; i < PMD_NR; i += 1U << k) {
		k = s->now.order[i] > 0 ? s->now.order[i] : 0;
		if (!k || before.order[i] == (int)k)
			continue;
		made[k]++;
		judge((unsigned long)area_page(a, range * PMD_NR + i), s, &before, i, k, m);
	}
}

static void pass(const struct area *a, unsigned int m)
{
	unsigned int i;

	for (i = 0; i < a->nr; i++)
		shape_read(area_range(a, i), &seen[i].now);
	if (kh_scan())
		ktap_die("khugepaged does not finish its pass");
	for (i = 0; i < a->nr; i++)
		look(a, i, m);
}

static void tell(struct area *a)
{
	unsigned int i;

	for (i = 0; i < nr_chains; i++)
		printf("chain %lx %u %u %lu\n", chains[i].addr, chains[i].order, chains[i].steps,
		       chains[i].filled * PAGE_LEN);
	nr_chains = 0;
	for (i = 0; i <= PMD_ORDER; i++)
		if (made[i])
			printf("made %u %u\n", i, made[i]);
	memset(made, 0, sizeof(made));
	if (!area_all_intact(a))
		ktap_die("memory is not what was written");
	/* When settings are restored khugepaged must not scan this again; addresses are used once. */
	area_advise(a, MADV_NOHUGEPAGE);
}

/* Settings, and an area of which nothing is touched yet. */
static void begin(struct area *a, unsigned int m, unsigned int guard)
{
	static int started;

	if (!started++)
		kh_start();
	area_map(a, RANGES);
	memset(seen, 0, sizeof(seen));
	kh_set("max_ptes_none", m);
	kh_set("creep_guard", guard);
	thp_orders(ORDERS_ALL, "madvise");
	kh_idle();
}

static void start(struct area *a)
{
	area_advise(a, MADV_HUGEPAGE);
}

/* Just over the limit of one block, and one page in each block that doubles it. */
static void put_chain(struct area *a, unsigned int range, unsigned int order, unsigned int m)
{
	unsigned int first = range * PMD_NR, k, used = (1U << order) - (m >> (PMD_ORDER - order));

	area_write_pages(a, first, used ? used : 1);
	for (k = order; k < PMD_ORDER; k++)
		area_write(a, first + (1U << k));
}

/* Blocks of 2^order with `used` pages each, every `skip`th without any. */
static void put_blocks(struct area *a, unsigned int range, unsigned int order, unsigned int used,
		       unsigned int skip)
{
	unsigned int i;

	for (i = 0; i < PMD_NR >> order; i++)
		if ((i + 1) % skip)
			area_write_pages(a, range * PMD_NR + (i << order), used);
}

static void creep(unsigned int m, unsigned int guard)
{
	unsigned int i, order, limit;
	struct area a;

	begin(&a, m, guard);
	for (i = 0; i < RANGES; i++) {
		order = MIN_ORDER + i % 7;
		limit = (1U << order) - (m >> (PMD_ORDER - order));
		if (i < 5)
			put_chain(&a, i, order, m);
		else
			put_blocks(&a, i, order, limit ? limit : 1, i - 2);
	}
	start(&a);
	for (i = 0; i < PASSES; i++)
		pass(&a, m);
	tell(&a);
}

/* Without advice faults give single pages. */
static void touch(struct area *a, unsigned int first, unsigned int nr)
{
	unsigned int i;

	area_advise(a, MADV_NOHUGEPAGE);
	for (i = 0; i < RANGES; i++)
		area_write_pages(a, i * PMD_NR + first, nr);
	area_advise(a, MADV_HUGEPAGE);
}

/* Full blocks that double: nothing is ever filled, and every size is reached. */
static int grow(void)
{
	unsigned int k;
	struct area a;

	begin(&a, 255, 0);
	touch(&a, 0, 1U << MIN_ORDER);
	for (k = MIN_ORDER; k < PMD_ORDER; k++) {
		pass(&a, 255);
		touch(&a, 1U << k, 1U << k);
	}
	pass(&a, 255);
	tell(&a);
	return 0;
}

/* The process gives filled pages back and uses them again: collapses because of these are no creep. */
static int refill(void)
{
	const unsigned int used = 9, block = 16;
	struct area a;
	unsigned int i;

	begin(&a, 255, 0);
	thp_orders(1 << 4, "madvise");
	touch(&a, 0, used);
	pass(&a, 255);
	for (i = 0; i < RANGES; i++) {
		area_drop(&a, i * PMD_NR + used, block - used);
		memset(seen[i].filled + used, 0, block - used);
	}
	thp_orders(1 << 5, "madvise");
	touch(&a, used, block - used + 1);
	pass(&a, 255);
	tell(&a);
	return 0;
}

/* Every third page and the like: no block is full, and max_ptes_none 0 lets none be filled. */
static int occupancy(void)
{
	static const unsigned int every[] = { 1, 2, 3, 5, 7, 17, 64, 300 };
	unsigned int i, k, j, n, count[PMD_NR + 1];
	struct area a;

	begin(&a, 0, 1);
	thp_orders(1 << PMD_ORDER, "madvise");
	for (i = 0; i < RANGES; i++)
		for (j = i == 0; j < PMD_NR; j += every[i])
			area_write(&a, i * PMD_NR + j);
	start(&a);
	pass(&a, 0);
	area_advise(&a, MADV_NOHUGEPAGE);
	for (k = MIN_ORDER; k <= PMD_ORDER; k++) {
		memset(count, 0, sizeof(count));
		for (i = 0; i < RANGES * PMD_NR; i += 1U << k) {
			for (n = 0, j = 0; j < 1U << k; j++)
				n += a.written[i + j];
			count[n]++;
		}
		for (n = 0; n <= 1U << k; n++)
			if (count[n])
				printf("occ %u %u %u\n", k, n, count[n]);
	}
	return 0;
}

static int mixed(unsigned int m)
{
	unsigned int i, j, order;
	struct area a;

	/* Each eighth has blocks of its own size, one in three empty; in odd ranges half of each is used. */
	begin(&a, m, 1);
	for (i = 0; i < RANGES; i++) {
		for (j = 0; j < PMD_NR; j += 1U << order) {
			order = MIN_ORDER + (i + j / 64) % 5;
			if ((j >> order) % 3)
				area_write_pages(&a, i * PMD_NR + j, 1U << (order - i % 2));
		}
	}
	start(&a);
	for (i = 0; i < 3; i++)
		pass(&a, m);
	tell(&a);
	return 0;
}

static int forked(void)
{
	unsigned int i;
	struct area a;
	pid_t child;

	begin(&a, 0, 1);
	kh_set("max_ptes_shared", 0);
	for (i = 0; i < RANGES; i++)
		area_write_pages(&a, i * PMD_NR, PMD_NR);
	start(&a);
	child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	for (i = 0; i < RANGES * PMD_NR; i++)
		if (i % 32)
			area_write(&a, i);
	pass(&a, 0);
	pass(&a, 0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	pass(&a, 0);
	tell(&a);
	return 0;
}

/* vmsplice() holds pages until the pipe is read. */
static int pinned(void)
{
	struct iovec iov = { .iov_len = 4096 };
	int fd[2][RANGES];
	unsigned int i;
	struct area a;

	begin(&a, 0, 1);
	for (i = 0; i < RANGES; i++) {
		int p[2];

		area_write_pages(&a, i * PMD_NR, PMD_NR);
		iov.iov_base = area_page(&a, i * PMD_NR + 37);
		if (pipe(p) || vmsplice(p[1], &iov, 1, 0) != 4096)
			ktap_die("cannot pin a page");
		fd[0][i] = p[0];
		fd[1][i] = p[1];
	}
	start(&a);
	pass(&a, 0);
	pass(&a, 0);
	for (i = 0; i < RANGES; i++) {
		close(fd[0][i]);
		close(fd[1][i]);
	}
	pass(&a, 0);
	tell(&a);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned int m = argc > 2 ? strtoul(argv[2], NULL, 0) : 255;
	int i;

	if (!strcmp(what, "occupancy"))
		return occupancy();
	for (i = 2; i < argc && (!strcmp(what, "creep") || !strcmp(what, "guard")); i++)
		creep(strtoul(argv[i], NULL, 0), what[0] == 'g');
	if (i > 2)
		return 0;
	if (!strcmp(what, "grow"))
		return grow();
	if (!strcmp(what, "refill"))
		return refill();
	if (!strcmp(what, "mixed"))
		return mixed(m);
	if (!strcmp(what, "fork"))
		return forked();
	if (!strcmp(what, "pinned"))
		return pinned();
	fprintf(stderr,
		"usage: w_seen occupancy|creep M|guard M|grow|refill|mixed M|fork|pinned\n");
	return 2;
}
