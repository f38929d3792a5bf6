/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process of the soak: ranges of memory, what each page of them should hold, and operations that
 * change or keep that. Its ranges lie in slots of PMD_SIZE, aligned to it, of one reservation, with
 * a slot between two ranges and enough empty ones to move to.
 */
#ifndef MTHP_SOAK_OWNER_H
#define MTHP_SOAK_OWNER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "rng.h"
#include "settings.h"
#include "shared.h"

#define RANGES	 4 /* with text, for the operations */
#define HOT	 2 /* written without a pause by the hot threads */
#define ALL	 (RANGES + HOT)
#define SLOTS	 (RANGES + HOT + 3)
#define CHILDREN 2

struct page {
	uint64_t tag;
	bool free; /* MADV_FREE since it was last written: may be zero by now */
};

struct owner {
	unsigned int id;
	struct rng rng;
	uint32_t gen; /* of the last text written */
	char *slots;
	bool used[SLOTS];
	char *range[ALL];   /* the hot ones last; they never move */
	bool split[RANGES]; /* more than one VMA for good: no collapse until it is mapped anew */
	struct page page[RANGES][PMD_NR];
	pid_t child[CHILDREN];
	int uffd; /* or -1 */
	int ring; /* io_uring, or -1 */
	void *ring_mem[2];
	uint32_t ring_off[8];
};

/* Pages of one range, next to each other. */
struct run {
	unsigned int range;
	unsigned int first;
	unsigned int nr;
};

/* In a new process; does not come back. */
void owner_main(unsigned int id, uint64_t seed) __attribute__((noreturn));

static inline char *run_addr(const struct owner *o, const struct run *r)
{
	return o->range[r->range] + r->first * PAGE_LEN;
}

static inline unsigned long run_len(const struct run *r)
{
	return r->nr * PAGE_LEN;
}

static inline struct page *run_pages(struct owner *o, const struct run *r)
{
	return &o->page[r->range][r->first];
}

/* At random: of any length, mostly blocks of an order at their natural place. */
struct run run_any(struct owner *o);
/* Not more than max pages. */
struct run run_short(struct owner *o, unsigned int max);
struct run run_whole(struct owner *o);
/* The same, but one in four lies in a hot range: what does not change contents may have those. */
struct run run_any_or_hot(struct owner *o);

/* New text for every page; the old is checked before, now and then. */
void run_write(struct owner *o, const struct run *r);
/* The same text for every page. */
void run_write_common(struct owner *o, const struct run *r, unsigned int n);
/* The pages read as zero from now on. */
void run_forget(struct owner *o, const struct run *r);
/* Compare with what they should be; what says after which operation. */
bool run_check(struct owner *o, const struct run *r, const char *what);
bool owner_check(struct owner *o, const char *what);

/* A slot that nothing lies in, and give one back (which unmaps it). */
char *slot_take(struct owner *o);
void slot_give(struct owner *o, char *addr);

/* Map a range: one VMA that wants huge pages, all zero. */
void range_map(struct owner *o, unsigned int range);

/* madvise(); false, and the refusal is counted, when the kernel does not want to. */
bool advise(struct owner *o, const struct run *r, int advice);

bool has_children(struct owner *o);
void nap(struct owner *o, unsigned int max_us);

/* One row of the table of operations. */
struct op {
	const char *name;
	unsigned int weight;
	/* False: the kernel refused it, or a part of it. */
	bool (*run)(struct owner *o);
};

extern const struct op ops_memory[], ops_share[], ops_pin[];

/* All tables, one behind the other; NULL behind the last. */
const struct op *op_nth(unsigned int n);

/* Threads of this process that write its hot ranges. */
void hot_start(struct owner *o);
void hot_join(void);
volatile uint64_t *hot_word(const struct owner *o, unsigned int range, unsigned int page);

#endif /* MTHP_SOAK_OWNER_H */
