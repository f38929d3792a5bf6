// SPDX-License-Identifier: GPL-2.0-only
/* See played_range.h. */
#include <string.h>

#include "model/state.h"
#include "tests/support/played_range.h"

static struct mthp_policy_work work;
static struct mthp_policy_out plan;

void t2_init(struct t2 *t, __u32 page_size, __u32 pmd_order, __u32 max_ptes_none, __u8 rule,
	     int (*emit)(void *ctx, const struct mthp_ev *ev), void *ctx)
{
	memset(t, 0, sizeof(*t));
	evs_meta(&t->meta);
	strcpy(t->meta.release, "6.12.0-mthp");
	t->meta.page_size = page_size;
	t->meta.pmd_order = pmd_order;
	t->meta.detail = DETAIL_PLANS;
	t->meta.kinds = 0x7fe;
	t->meta.settings.max_ptes_none = max_ptes_none;
	t->meta.settings.creep_guard = rule == MTHP_RULE_GUARD;
	t->p.pmd_order = pmd_order;
	t->p.min_order = 2;
	t->p.orders = ((2U << pmd_order) - 1) & ~3U;
	t->p.max_ptes_none = max_ptes_none;
	t->p.rule = rule;
	t->in.need_referenced = 1;
	t->in.pmd_allowed = 1;
	t->addr = (__u64)page_size << pmd_order << 7;
	t->now_ns = 2000000000;
	t->who = 1;
	t->emit = emit;
	t->ctx = ctx;
}

void t2_touch(struct t2 *t, __u32 first, __u32 nr)
{
	mthp_bits_set(t->in.present, first, nr);
	mthp_bits_set(t->in.referenced, first, nr);
}

static void set(struct mthp_ev *ev, int value, __u32 n)
{
	ev->v[value] = n;
	ev->known |= 1U << value;
}

static __u32 ones(const __u64 *bits, __u32 nr)
{
	__u32 n = 0, i;

	for (i = 0; i < nr; i++)
		n += mthp_bit_test(bits, i);
	return n;
}

static struct mthp_ev make(struct t2 *t, __u8 kind, __u8 result)
{
	struct mthp_ev ev = evs_make(kind, result, t->now_ns += 64000, t->who);

	ev.order = t->p.pmd_order;
	ev.addr = t->addr;
	ev.known = MTHP_KNOWN_ADDR;
	return ev;
}

static void scan(struct t2 *t)
{
	__u32 nr = 1U << t->p.pmd_order, words = nr / 64, i;
	const __u64 *maps[] = { t->in.present, t->in.blocked, t->in.referenced, t->in.joined };
	static struct t2_ev s;
	__u64 *bits;

	memset(&s, 0, sizeof(s));
	s.ev = make(t, MTHP_K_MTHP_SCAN, plan.nr ? MTHP_R_SUCCEED : MTHP_R_EXCEED_NONE_PTE);
	s.ev.sample = MTHP_SAMPLE_COMPLETE;
	s.ev.nr_words = words;
	for (i = 0; i < 4; i++)
		memcpy(s.bits + i * words, maps[i], words * 8);
	bits = s.bits + MTHP_B_PLAN * words;
	for (i = 0; i < plan.nr; i++) {
		mthp_bits_set(bits, plan.block[i].offset, 1);
		mthp_bits_set(bits, plan.block[i].offset + (1U << plan.block[i].order) - 1, 1);
	}
	set(&s.ev, MTHP_V_ORDERS, t->p.orders);
	set(&s.ev, MTHP_V_MAX_PTES_NONE, t->p.max_ptes_none);
	set(&s.ev, MTHP_V_RULE, t->p.rule);
	set(&s.ev, MTHP_V_PRESENT, ones(t->in.present, nr));
	set(&s.ev, MTHP_V_NONE, nr - ones(t->in.present, nr));
	set(&s.ev, MTHP_V_SWAP, 0);
	set(&s.ev, MTHP_V_SHARED, 0);
	set(&s.ev, MTHP_V_REFERENCED, ones(t->in.referenced, nr));
	set(&s.ev, MTHP_V_PLANNED, plan.nr);
	set(&s.ev, MTHP_V_PLAN_FILL, plan.fill);
	set(&s.ev, MTHP_V_BLOCKED_BY, ones(t->in.blocked, nr) ? MTHP_R_PAGE_COUNT : MTHP_R_SUCCEED);
	s.ev.known |= MTHP_KNOWN_DUR;
	s.ev.dur_ns = 20000;
	t->emit(t->ctx, &s.ev);
}

static void collapse(struct t2 *t, const struct mthp_policy_block *b)
{
	struct mthp_ev ev = make(t, MTHP_K_MTHP_COLLAPSE, MTHP_R_SUCCEED);

	ev.order = b->order;
	ev.addr += (__u64)b->offset * t->meta.page_size;
	set(&ev, MTHP_V_FILLED, b->fill);
	set(&ev, MTHP_V_SOURCES, (1U << b->order) - b->fill);
	set(&ev, MTHP_V_NODE, 0);
	ev.known |= MTHP_KNOWN_DUR;
	ev.dur_ns = 1000ULL << b->order;
	t->emit(t->ctx, &ev);
	t->mapped = b->order == t->p.pmd_order;
	t2_touch(t, b->offset, 1U << b->order);
	mthp_bits_set(t->in.joined, b->offset + 1, (1U << b->order) - 1);
	t->in.joined[b->offset / 64] &= ~(1ULL << b->offset % 64);
	if (b->offset + (1U << b->order) < 1U << t->p.pmd_order)
		t->in.joined[(b->offset + (1U << b->order)) / 64] &=
			~(1ULL << (b->offset + (1U << b->order)) % 64);
}

unsigned int t2_pass(struct t2 *t)
{
	struct mthp_ev ev;
	unsigned int i;

	t->now_ns += 1000000000;
	if (t->mapped)
		return 0;
	mthp_policy_plan(&t->p, &t->in, &work, &plan);
	scan(t);
	for (i = 0; i < plan.nr; i++)
		collapse(t, &plan.block[i]);
	if (!plan.nr)
		return 0;
	ev = make(t, MTHP_K_MTHP_BATCH, MTHP_R_UNKNOWN);
	set(&ev, MTHP_V_TRIED, plan.nr);
	set(&ev, MTHP_V_DONE, plan.nr);
	ev.known |= MTHP_KNOWN_LOCK;
	ev.lock_ns = 5000ULL * plan.nr;
	t->emit(t->ctx, &ev);
	return plan.nr;
}

int t2_to_model(void *model, const struct mthp_ev *ev)
{
	model_event(model, ev);
	return 0;
}
