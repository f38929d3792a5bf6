// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated memory of a process under khugepaged.
 *
 * Each PTE has its folio, its index in the folio, whether a collapse filled it, and the collapse that
 * moved it last. Collapses are kept as records, so that a creep step can name the chain that led to
 * it. The parent of a step is one of the collapses whose filled pages its block holds: the one with the
 * most steps, or the leftmost of equals. Everything is counted PTE by PTE; only the plan itself comes
 * from policy.h. The struct owns all its memory; the caller sets the time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/sim.h"

enum {
	PTE_PRESENT = 1,
	PTE_FILLED = 2,
	PTE_REFERENCED = 4,
	PTE_BLOCKED = 8,
	PTE_COPIED = 16,
};

struct sim_pte {
	uint32_t folio;	 /* names the folio while the PTE is present */
	uint32_t record; /* of the collapse that moved or filled it last */
	uint16_t index;	 /* page in the folio */
	uint8_t order;	 /* of the folio */
	uint8_t flags;
};

struct sim_record {
	uint64_t since_ns;
	uint32_t orders;
	uint32_t steps;
};

struct sim {
	struct mthp_policy_params p;
	struct sim_watch watch;
	struct sim_stats stats;
	uint64_t now_ns;
	uint32_t nr_ranges;
	uint32_t nr_ptes; /* in a range */
	uint32_t next_folio;
	uint32_t nr_records;
	uint32_t max_records;
	bool need_referenced;
	bool pmd_allowed;
	bool *pmd_mapped;
	struct sim_pte *pte;
	struct sim_record *record;
	struct mthp_policy_in in;
	struct mthp_policy_work work;
	struct mthp_policy_out out;
};

int sim_new(const struct mthp_policy_params *p, uint32_t nr_ranges, struct sim **simp)
{
	struct sim *sim;

	if (mthp_policy_check(p) || !nr_ranges)
		return -EINVAL;
	sim = calloc(1, sizeof(*sim));
	if (!sim)
		return -ENOMEM;
	sim->p = *p;
	sim->nr_ranges = nr_ranges;
	sim->nr_ptes = 1U << p->pmd_order;
	sim->need_referenced = true;
	sim->pmd_allowed = true;
	sim->pmd_mapped = calloc(nr_ranges, sizeof(*sim->pmd_mapped));
	sim->pte = calloc((size_t)nr_ranges * sim->nr_ptes, sizeof(*sim->pte));
	if (!sim->pmd_mapped || !sim->pte) {
		sim_free(sim);
		return -ENOMEM;
	}
	*simp = sim;
	return 0;
}

void sim_free(struct sim *sim)
{
	if (!sim)
		return;
	free(sim->pmd_mapped);
	free(sim->pte);
	free(sim->record);
	free(sim);
}

int sim_set(struct sim *sim, const struct mthp_policy_params *p)
{
	if (mthp_policy_check(p) || p->pmd_order != sim->p.pmd_order)
		return -EINVAL;
	sim->p = *p;
	return 0;
}

void sim_watch(struct sim *sim, const struct sim_watch *watch)
{
	sim->watch = *watch;
}

void sim_advance(struct sim *sim, uint64_t ns)
{
	sim->now_ns += ns;
}

uint64_t sim_now(const struct sim *sim)
{
	return sim->now_ns;
}

void sim_ask(struct sim *sim, bool need_referenced, bool pmd_allowed)
{
	sim->need_referenced = need_referenced;
	sim->pmd_allowed = pmd_allowed;
}

/* The range's PTEs, or NULL if there is no such range; *nr is limited to the range's PTEs. */
static struct sim_pte *ptes(const struct sim *sim, uint32_t range, uint32_t pte, uint32_t *nr)
{
	if (range >= sim->nr_ranges || pte >= sim->nr_ptes)
		return NULL;
	if (*nr > sim->nr_ptes - pte)
		*nr = sim->nr_ptes - pte;
	return &sim->pte[(size_t)range * sim->nr_ptes + pte];
}

static void map_page(struct sim_pte *t, uint32_t folio, uint32_t index, uint32_t order)
{
	t->folio = folio;
	t->index = index;
	t->order = order;
}

void sim_touch(struct sim *sim, uint32_t range, uint32_t pte, uint32_t nr)
{
	struct sim_pte *t = ptes(sim, range, pte, &nr);
	uint32_t i;

	for (i = 0; t && i < nr; i++, t++) {
		if (!(t->flags & PTE_PRESENT)) {
			map_page(t, sim->next_folio++, 0, 0);
			t->flags &= PTE_BLOCKED;
		}
		t->flags |= PTE_PRESENT | PTE_REFERENCED;
	}
}

void sim_fault(struct sim *sim, uint32_t range, uint32_t pte, uint32_t order)
{
	uint32_t nr = 1U << order, i;
	struct sim_pte *t;

	if (order >= sim->p.pmd_order || pte & (nr - 1)) {
		sim_touch(sim, range, pte, 1);
		return;
	}
	t = ptes(sim, range, pte, &nr);
	for (i = 0; t && i < nr; i++)
		if (t[i].flags)
			break;
	if (!t || i < nr) {
		sim_touch(sim, range, pte, 1);
		return;
	}
	for (i = 0; i < nr; i++) {
		map_page(&t[i], sim->next_folio, i, order);
		t[i].flags = PTE_PRESENT | PTE_REFERENCED;
	}
	sim->next_folio++;
}

void sim_release(struct sim *sim, uint32_t range, uint32_t pte, uint32_t nr)
{
	struct sim_pte *t = ptes(sim, range, pte, &nr);
	uint32_t i;

	if (t)
		sim->pmd_mapped[range] = false;
	for (i = 0; t && i < nr; i++)
		t[i].flags = 0;
}

void sim_block(struct sim *sim, uint32_t range, uint32_t pte, uint32_t nr, bool blocked)
{
	struct sim_pte *t = ptes(sim, range, pte, &nr);
	uint32_t i;

	for (i = 0; t && i < nr; i++) {
		if (blocked)
			t[i].flags |= PTE_BLOCKED;
		else
			t[i].flags &= ~PTE_BLOCKED;
	}
}

void sim_cool(struct sim *sim, uint32_t range)
{
	uint32_t nr = sim->nr_ptes, i;
	struct sim_pte *t = ptes(sim, range, 0, &nr);

	for (i = 0; t && i < nr; i++)
		t[i].flags &= ~PTE_REFERENCED;
}

bool sim_pmd_mapped(const struct sim *sim, uint32_t range)
{
	return range < sim->nr_ranges && sim->pmd_mapped[range];
}

void sim_look(const struct sim *sim, uint32_t range, struct mthp_policy_in *in)
{
	uint32_t nr = sim->nr_ptes, i;
	const struct sim_pte *t = ptes(sim, range, 0, &nr);

	memset(in, 0, sizeof(*in));
	in->need_referenced = sim->need_referenced;
	in->pmd_allowed = sim->pmd_allowed;
	for (i = 0; t && i < nr; i++) {
		uint64_t bit = 1ULL << (i % 64);

		if (t[i].flags & PTE_PRESENT)
			in->present[i / 64] |= bit;
		if (t[i].flags & PTE_BLOCKED)
			in->blocked[i / 64] |= bit;
		if (t[i].flags & PTE_REFERENCED)
			in->referenced[i / 64] |= bit;
		if (i && t[i].flags & t[i - 1].flags & PTE_PRESENT &&
		    t[i].folio == t[i - 1].folio && t[i].index == t[i - 1].index + 1)
			in->joined[i / 64] |= bit;
	}
}

/* A new record, or NULL if memory is exhausted. */
static struct sim_record *add_record(struct sim *sim)
{
	struct sim_record *r;
	uint32_t max = sim->max_records ? 2 * sim->max_records : 64;

	if (sim->nr_records == sim->max_records) {
		r = realloc(sim->record, max * sizeof(*r));
		if (!r)
			return NULL;
		sim->record = r;
		sim->max_records = max;
	}
	return &sim->record[sim->nr_records++];
}

/* Counts the PTEs of the block, decides whether its collapse is a creep step, and starts its record. */
static void judge(struct sim *sim, const struct sim_pte *t, struct sim_collapse *c,
		  struct sim_record *record)
{
	uint32_t nr = 1U << c->block.order, used = 0, i;
	const struct sim_record *parent = NULL;
	bool again = false;

	for (i = 0; i < nr; i++) {
		used += (t[i].flags & (PTE_PRESENT | PTE_BLOCKED)) != 0;
		sim->stats.copied += t[i].flags & PTE_PRESENT;
		if (t[i].flags & PTE_COPIED) {
			sim->stats.copied_again++;
			again = true;
		}
		if (t[i].flags & PTE_FILLED) {
			const struct sim_record *r = &sim->record[t[i].record];

			c->filled_before++;
			if (!parent || r->steps > parent->steps)
				parent = r;
		}
	}
	sim->stats.again += again;
	used -= c->filled_before;
	/* A block with filled pages only has nr empty PTEs then: more than any setting allows. */
	c->creep = parent && nr - used > mthp_policy_allowed(&sim->p, c->block.order);
	record->since_ns = c->creep ? parent->since_ns : sim->now_ns;
	record->orders = (c->creep ? parent->orders : 0) | 1U << c->block.order;
	record->steps = c->creep ? parent->steps + 1 : 0;
}

/* Carries one block out. */
static void collapse(struct sim *sim, uint32_t range, const struct mthp_policy_block *b)
{
	uint32_t nr = 1U << b->order, i;
	struct sim_pte *t = ptes(sim, range, b->offset, &nr);
	struct sim_collapse c = { .block = *b, .range = range };
	struct sim_record record;
	struct sim_record *r = add_record(sim);

	if (!t || !r)
		return;
	judge(sim, t, &c, &record);
	*r = record;
	for (i = 0; i < nr; i++) {
		if (t[i].flags & PTE_PRESENT)
			t[i].flags |= PTE_COPIED;
		else if (!(t[i].flags & PTE_BLOCKED))
			t[i].flags |= PTE_PRESENT | PTE_FILLED;
		else
			t[i].flags = PTE_PRESENT; /* read in from swap */
		map_page(&t[i], sim->next_folio, i, b->order);
		t[i].record = r - sim->record;
	}
	sim->next_folio++;
	sim->pmd_mapped[range] = b->order == sim->p.pmd_order;
	sim->stats.collapses[b->order]++;
	sim->stats.filled += b->fill;
	if (c.creep) {
		sim->stats.creep_steps++;
		sim->stats.creep_chains += r->steps == 1;
		sim->stats.creep_filled += b->fill;
	}
	c.steps = r->steps;
	c.orders = r->orders;
	c.since_ns = r->since_ns;
	if (sim->watch.collapse)
		sim->watch.collapse(sim->watch.ctx, &c);
}

uint32_t sim_scan(struct sim *sim, uint32_t range)
{
	struct mthp_policy_out *out = &sim->out;
	uint32_t i = 0, done = 0;

	if (range >= sim->nr_ranges || sim->pmd_mapped[range])
		return 0;
	sim->stats.scans++;
	sim_look(sim, range, &sim->in);
	mthp_policy_plan(&sim->p, &sim->in, &sim->work, out);
	if (sim->watch.scan)
		sim->watch.scan(sim->watch.ctx, range, &sim->in, out);
	while (i < out->nr) {
		if (sim->watch.commit &&
		    !sim->watch.commit(sim->watch.ctx, range, &out->block[i])) {
			sim->stats.failed++;
			mthp_policy_replan(&sim->p, &sim->in, &sim->work, out, i);
			continue;
		}
		collapse(sim, range, &out->block[i]);
		done++;
		i++;
	}
	return done;
}

const struct sim_stats *sim_stats(const struct sim *sim)
{
	return &sim->stats;
}

/* The order of the folio that maps this PTE, if all of the folio is still mapped here; else 0. */
static uint32_t whole_order(const struct sim *sim, const struct sim_pte *range, uint32_t i)
{
	const struct sim_pte *t = &range[i];
	uint32_t nr = 1U << t->order, j;

	if (t->index > i || i - t->index + nr > sim->nr_ptes)
		return 0;
	t -= t->index;
	for (j = 0; j < nr; j++)
		if (!(t[j].flags & PTE_PRESENT) || t[j].folio != range[i].folio)
			return 0;
	return range[i].order;
}

void sim_shape(const struct sim *sim, struct sim_shape *shape)
{
	uint32_t range, i;

	memset(shape, 0, sizeof(*shape));
	for (range = 0; range < sim->nr_ranges; range++) {
		const struct sim_pte *t = &sim->pte[(size_t)range * sim->nr_ptes];

		for (i = 0; i < sim->nr_ptes; i++) {
			if (!(t[i].flags & PTE_PRESENT)) {
				shape->empty++;
				continue;
			}
			shape->by_order[whole_order(sim, t, i)]++;
			if (t[i].flags & PTE_FILLED)
				shape->filled++;
			else
				shape->touched++;
		}
	}
}
