// SPDX-License-Identifier: GPL-2.0-only
/* A simulated history as events; see whatif_life.h. */
#include <string.h>

#include "tests/support/whatif_life.h"

struct mthp_policy_params life_params(uint32_t orders, uint32_t m, uint32_t rule)
{
	struct mthp_policy_params p = { .orders = orders,
					.max_ptes_none = m,
					.pmd_order = LIFE_P,
					.min_order = 2,
					.rule = rule };

	return p;
}

struct mthp_ev life_event(const struct life *l, uint8_t kind, uint32_t offset, uint32_t order)
{
	struct mthp_ev ev = evs_make(kind, MTHP_R_SUCCEED, sim_now(l->sim), 1);

	ev.requester = MTHP_Q_KHUGEPAGED;
	ev.order = order;
	ev.addr = 0x40000000 + offset * 4096ULL;
	ev.known |= MTHP_KNOWN_ADDR;
	return ev;
}

void life_set(struct mthp_ev *ev, enum mthp_value which, uint32_t n)
{
	ev->v[which] = n;
	ev->known |= 1U << which;
}

void life_tell(struct life *l, const struct mthp_ev *ev)
{
	__u64 exact = whatif_sums(l->w, 1)->scans_exact;

	if (ev)
		whatif_event(l->w, ev, l->lossy);
	else
		whatif_end(l->w);
	if (whatif_sums(l->w, 1)->scans_exact > exact)
		l->exact_ns[l->nr_exact++] = l->last_ns;
	l->last_ns = sim_now(l->sim);
}

void life_scan(void *ctx, uint32_t range, const struct mthp_policy_in *in,
	       const struct mthp_policy_out *plan)
{
	struct {
		struct mthp_ev ev;
		__u64 bits[MTHP_NR_BITMAPS];
	} e;
	const struct life *l = ctx;
	uint32_t i;
	memset(&e, 0, sizeof(e));
	e.ev = life_event(l, MTHP_K_MTHP_SCAN, 0, LIFE_P);
	e.ev.sample = MTHP_SAMPLE_COMPLETE;
	e.ev.nr_words = 1;
	life_set(&e.ev, MTHP_V_ORDERS, l->p.orders);
	life_set(&e.ev, MTHP_V_MAX_PTES_NONE, l->p.max_ptes_none);
	life_set(&e.ev, MTHP_V_SWAP, 0);
	/* Probes do not tell plans. */
	if (!l->probed)
		life_set(&e.ev, MTHP_V_PLANNED, plan->nr);
	e.ev.result = l->result ? l->result : MTHP_R_SUCCEED;
	/* No blocked PTE here prevents a PMD collapse: as if all of them were shared. */
	life_set(&e.ev, MTHP_V_SHARED, mthp_popcount(in->blocked[0]));
	e.bits[MTHP_B_PRESENT] = in->present[0];
	e.bits[MTHP_B_BLOCKED] = in->blocked[0];
	e.bits[MTHP_B_REFERENCED] = in->referenced[0];
	e.bits[MTHP_B_JOINED] = in->joined[0];
	for (i = 0; i < plan->nr; i++) {
		mthp_bits_set(&e.bits[MTHP_B_PLAN], plan->block[i].offset, 1);
		mthp_bits_set(&e.bits[MTHP_B_PLAN],
			      plan->block[i].offset + (1U << plan->block[i].order) - 1, 1);
	}
	if (l->w)
		life_tell(ctx, &e.ev);
}

static void watch_collapse(void *ctx, const struct sim_collapse *c)
{
	const struct life *l = ctx;
	struct mthp_ev ev = life_event(l, MTHP_K_MTHP_COLLAPSE, c->block.offset, c->block.order);

	life_set(&ev, MTHP_V_FILLED, c->block.fill);
	if (l->w)
		whatif_event(l->w, &ev, l->lossy);
	if (l->done && l->done->nr < LIFE_DONE)
		l->done->b[l->done->nr++] = (struct life_block){
			sim_now(l->sim), c->block.offset, c->block.order, c->block.fill, 0, 0
		};
}

void life_begin(struct life *l, const struct mthp_policy_params *p)
{
	struct sim_watch watch = { .scan = life_scan, .collapse = watch_collapse, .ctx = l };

	l->p = *p;
	assert_int_equal(sim_new(p, 1, &l->sim), 0);
	sim_watch(l->sim, &watch);
}
