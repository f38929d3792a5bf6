// SPDX-License-Identifier: GPL-2.0-only
/*
 * A PMD range of a survey as the event of khugepaged's scan of it (detail plans),
 * so that everything that reads traces reads surveys.
 */
#include <string.h>

#include <mthp/result.h>

#include "lib/array.h"
#include "lib/clock.h"
#include "survey/range_priv.h"

/* The result of khugepaged's scan: as collapse_refused_result() of the series. */
static __u8 result_of(const struct survey_look *l, const struct survey_scan *f)
{
	static const struct {
		__u32 why;

		__u8 result;
	} order[] = {
		{ MTHP_WHY_NONE, MTHP_R_EXCEED_NONE_PTE },
		{ MTHP_WHY_GUARD, MTHP_R_CREEP_GUARD },
		{ MTHP_WHY_UNREFERENCED, MTHP_R_LACK_REFERENCED_PAGE },
		{ MTHP_WHY_BACKED, MTHP_R_ALREADY_COLLAPSED },
	};
	__u32 blocked = 0, i, k;

	if (l->out.nr)
		return MTHP_R_SUCCEED;
	for (k = 0; k <= l->order; k++)
		blocked += l->out.refused[k][MTHP_WHY_BLOCKED] + l->out.refused[k][MTHP_WHY_PMD];
	if (blocked)
		return f->shared ? MTHP_R_EXCEED_SHARED_PTE :
		       f->swap	 ? MTHP_R_EXCEED_SWAP_PTE :
				   MTHP_R_PTE_NON_PRESENT;
	for (i = 0; i < ARRAY_SIZE(order); i++)
		for (k = 0; k <= l->order; k++)
			if (l->out.refused[k][order[i].why])
				return order[i].result;
	return MTHP_R_EXCEED_NONE_PTE;
}

static struct mthp_ev *event_of(struct survey_look *l, __u64 addr, __u8 result)
{
	struct mthp_ev *ev = &l->event.ev;

	memset(ev, 0, sizeof(*ev));
	ev->ts_ns = now_ns();
	ev->mm = l->proc->start << 22 | l->proc->pid;
	ev->cgroup = l->proc->cgroup_id;
	ev->addr = addr;
	ev->tgid = l->proc->pid;
	ev->kind = MTHP_K_MTHP_SCAN;
	/* The limits are khugepaged's, not those of MADV_COLLAPSE. */
	ev->requester = MTHP_Q_KHUGEPAGED;
	ev->order = l->order;
	ev->result = result;
	ev->known = MTHP_KNOWN_ADDR | MTHP_KNOWN(ORDERS) | MTHP_KNOWN(MAX_PTES_NONE);
	ev->v[MTHP_V_ORDERS] = l->vma->orders;
	ev->v[MTHP_V_MAX_PTES_NONE] = l->s->policy.max_ptes_none;
	if (!l->s->plans)
		ev->known &= ~MTHP_KNOWN(MAX_PTES_NONE);
	memcpy(ev->comm, l->proc->comm, sizeof(ev->comm));
	return ev;
}

static __u32 count_bits(const __u64 *bits, __u32 words)
{
	__u32 n = 0, i;

	for (i = 0; i < words; i++)
		n += __builtin_popcountll(bits[i]);
	return n;
}

int survey_give_scan(struct survey_look *l, __u64 addr, const struct survey_scan *f)
{
	__u32 words = (l->nr + 63) / 64, i;
	struct mthp_ev *ev;
	__u64 *bits;

	/* Without folios it is unknown which blocks are collapsed already. */
	if (!l->each || !l->s->orders)
		return 0;
	ev = event_of(l, addr, result_of(l, f));
	ev->sample = MTHP_SAMPLE_COMPLETE;
	ev->nr_words = words;
	ev->known |= MTHP_KNOWN(NONE) | MTHP_KNOWN(PRESENT) | MTHP_KNOWN(SWAP) |
		     MTHP_KNOWN(SHARED) | MTHP_KNOWN(REFERENCED) | MTHP_KNOWN(PLANNED);
	ev->v[MTHP_V_PRESENT] = f->present;
	ev->v[MTHP_V_SWAP] = f->swap;
	ev->v[MTHP_V_SHARED] = f->shared;
	ev->v[MTHP_V_REFERENCED] = count_bits(l->in.referenced, words);
	ev->v[MTHP_V_PLANNED] = l->out.nr;
	bits = l->event.bits;
	memset(bits, 0, MTHP_NR_BITMAPS * words * sizeof(*bits));
	memcpy(bits + MTHP_B_PRESENT * words, l->in.present, words * sizeof(*bits));
	memcpy(bits + MTHP_B_BLOCKED * words, l->in.blocked, words * sizeof(*bits));
	memcpy(bits + MTHP_B_REFERENCED * words, l->in.referenced, words * sizeof(*bits));
	memcpy(bits + MTHP_B_JOINED * words, l->in.joined, words * sizeof(*bits));
	/* Only the number of planned blocks: nobody carries the plan out. */
	/* Empty: neither present nor swapped, and no guard. */
	for (i = 0; i < words; i++)
		bits[i] |= l->in.blocked[i];
	ev->v[MTHP_V_NONE] = l->nr - count_bits(bits, words);
	memcpy(bits, l->in.present, words * sizeof(*bits));
	return l->each(l->each_ctx, ev, l->proc);
}

int survey_give_pmd(struct survey_look *l, __u64 addr)
{
	return l->each(l->each_ctx, event_of(l, addr, MTHP_R_PMD_MAPPED), l->proc);
}
