// SPDX-License-Identifier: GPL-2.0-only
/*
 * One PMD range of a trace, as recorded: what its scans found, and what collapses did to it since.
 *
 * The creep state (mthp/creep.h) knows which pages earlier collapses filled and which of them were freed
 * since, so that recorded creep is the same here as everywhere.
 */
#include <string.h>

#include "model/tlb.h"
#include "whatif/range_priv.h"

static __u64 *seen(const struct whatif_range *r, int which)
{
	return r->bits + (size_t)which * r->words;
}

static size_t cells(__u32 pmd_order)
{
	return 1UL << (pmd_order - MTHP_POLICY_MIN_ORDER);
}

static size_t creep_size(__u32 pmd_order)
{
	return (mthp_creep_size(pmd_order) + 7) / 8 * 8;
}

static size_t alt_size(__u32 pmd_order)
{
	return sizeof(struct whatif_alt) + NR_ALT * 8 * (size_t)mthp_creep_words(pmd_order) +
	       (cells(pmd_order) + 7) / 8 * 8;
}

size_t whatif_range_size(__u32 pmd_order, size_t nr)
{
	return sizeof(struct whatif_range) + creep_size(pmd_order) +
	       NR_SEEN * 8 * (size_t)mthp_creep_words(pmd_order) + nr * alt_size(pmd_order);
}

void whatif_range_init(struct whatif_range *r, __u32 pmd_order, size_t nr)
{
	char *at = (char *)(r + 1);
	size_t i;

	r->words = mthp_creep_words(pmd_order);
	r->creep = (struct mthp_creep *)at;
	at += creep_size(pmd_order);
	r->bits = (__u64 *)at;
	at += NR_SEEN * 8 * (size_t)r->words;
	r->alt = (struct whatif_alt *)at;
	at += nr * sizeof(*r->alt);
	for (i = 0; i < nr; i++) {
		r->alt[i].exact = true;
		r->alt[i].bits = (__u64 *)at;
		at += NR_ALT * 8 * (size_t)r->words;
		r->alt[i].steps = (__u8 *)at;
		at += (cells(pmd_order) + 7) / 8 * 8;
	}
}

static __u32 count(const __u64 *bits, __u32 words)
{
	__u32 nr = 0, i;

	for (i = 0; i < words; i++)
		nr += mthp_popcount(bits[i]);
	return nr;
}

/*
 * Did the limits of a whole PMD allow a collapse? The trace has all they depend on, except whether a PTE
 * is writable; a recorded plan for the PMD implies that one was.
 */
static bool pmd_allowed(const struct whatif_range *r, const struct settings *set,
			const struct mthp_ev *ev)
{
	__u32 swap = ev->v[MTHP_V_SWAP], shared = ev->v[MTHP_V_SHARED];
	__u32 all = 1U << ev->order;

	if (mthp_bit_test(seen(r, SEEN_PLAN), 0) && mthp_bit_test(seen(r, SEEN_PLAN), all - 1) &&
	    count(seen(r, SEEN_PLAN), r->words) == 2)
		return true;
	if (!mthp_knows(ev, SWAP) || !mthp_knows(ev, SHARED))
		return !count(seen(r, SEEN_BLOCKED), r->words);
	if (count(seen(r, SEEN_BLOCKED), r->words) > swap + shared)
		return false;
	if ((swap && set->max_ptes_swap < (long long)swap) ||
	    (shared && set->max_ptes_shared < (long long)shared))
		return false;
	return !swap || count(seen(r, SEEN_REFERENCED), r->words) >= all / 2;
}

/* Changes since the scan before; SEEN_NOW_* still are those after that scan. */
static void note_changes(struct whatif_range *r)
{
	__u64 left_cover = 0, left_present = 0, cover, edge, present;
	__u32 i;

	for (i = 0; i < r->words; i++) {
		present = seen(r, SEEN_PRESENT)[i];
		seen(r, SEEN_FREED)[i] =
			seen(r, SEEN_NOW_USED)[i] & ~(present | seen(r, SEEN_BLOCKED)[i]);
		cover = seen(r, SEEN_NOW_COVER)[i] & present;
		/* The page after a collapsed block is not joined to its neighbour any more. */
		edge = cover | cover << 1 | left_cover;
		seen(r, SEEN_OWN_JOINED)[i] = (seen(r, SEEN_OWN_JOINED)[i] & edge & present &
					       (present << 1 | left_present)) |
					      (seen(r, SEEN_JOINED)[i] & ~edge);
		/* A page that is unreferenced now would be so without the collapse. */
		seen(r, SEEN_OWN_REFERENCED)[i] =
			(seen(r, SEEN_OWN_REFERENCED)[i] | ~cover) & seen(r, SEEN_REFERENCED)[i];
		left_cover = cover >> 63;
		left_present = present >> 63;
		seen(r, SEEN_COVER)[i] = cover;
		seen(r, SEEN_NOW_COVER)[i] = cover;
		seen(r, SEEN_NOW_USED)[i] = present | seen(r, SEEN_BLOCKED)[i];
		seen(r, SEEN_NOW_JOINED)[i] = seen(r, SEEN_JOINED)[i];
		seen(r, SEEN_FILLED)[i] = r->creep->w[i].filled;
		seen(r, SEEN_DONE)[i] = 0;
	}
}

/* Is there a smallest block that holds pages, none of them accessed? */
static bool has_cold_block(const struct whatif_range *r)
{
	__u64 used, cold;
	__u32 i, k;

	for (i = 0; i < r->words; i++) {
		used = seen(r, SEEN_REFERENCED)[i];
		cold = seen(r, SEEN_PRESENT)[i];
		for (k = 1; k < 1U << MTHP_POLICY_MIN_ORDER; k++) {
			used |= seen(r, SEEN_REFERENCED)[i] >> k;
			cold |= seen(r, SEEN_PRESENT)[i] >> k;
		}
		if (cold & ~used & (~0ULL / ((1ULL << (1U << MTHP_POLICY_MIN_ORDER)) - 1)))
			return true;
	}
	return false;
}

/*
 * A scan that probes saw has what its page table told. Which PTEs are blocked is known if the kernel's scan
 * succeeded. And the kernel takes a page for referenced for other reasons, too, than its PTE.
 */
static void note_unknown(struct whatif_range *r, const struct mthp_ev *ev)
{
	bool probed = !mthp_knows(ev, BLOCKED_BY) && !mthp_knows(ev, PLANNED);

	r->blind = probed && ev->result != MTHP_R_SUCCEED;
	r->cold = probed && has_cold_block(r);
}

void whatif_range_scan(struct whatif_range *r, const struct whatif_rules *rules,
		       const struct mthp_policy_params *p, const struct mthp_ev *ev)
{
	const __u64 *bits = (const __u64 *)(ev + 1);
	__u64 valid = p->pmd_order >= 6 ? ~0ULL : (1ULL << (1U << p->pmd_order)) - 1;
	__u32 which, i;

	for (which = 0; which < MTHP_NR_BITMAPS; which++)
		for (i = 0; i < r->words; i++)
			seen(r, which)[i] = bits[(size_t)which * ev->nr_words + i] & valid;
	mthp_creep_feed_scan(r->creep, p, bits, ev->nr_words, ev->ts_ns);
	note_changes(r);
	r->ts_ns = ev->ts_ns;
	r->scanned = true;
	r->failed = false;
	note_unknown(r, ev);
	r->pmd = false;
	r->madvise = ev->requester == MTHP_Q_MADVISE;
	r->orders = p->orders;
	r->max_ptes_none = p->max_ptes_none;
	r->pmd_allowed = pmd_allowed(r, rules->recorded, ev);
}

static void mark(const struct whatif_range *r, __u32 offset, __u32 order)
{
	__u32 size = 1U << order, end = offset + size;

	mthp_bits_set(seen(r, SEEN_DONE), offset, 1);
	mthp_bits_set(seen(r, SEEN_DONE), end - 1, 1);
	mthp_bits_set(seen(r, SEEN_NOW_USED), offset, size);
	mthp_bits_set(seen(r, SEEN_NOW_COVER), offset, size);
	mthp_bits_set(seen(r, SEEN_NOW_JOINED), offset, size);
	seen(r, SEEN_NOW_JOINED)[offset / 64] &= ~(1ULL << (offset % 64));
	if (end / 64 < r->words)
		seen(r, SEEN_NOW_JOINED)[end / 64] &= ~(1ULL << (end % 64));
}

/* Pages that the latest scan found in a block. */
static __u32 pages_in(const struct whatif_range *r, __u32 offset, __u32 order)
{
	__u64 mask = mthp_creep_mask(offset, order);
	__u32 words = order > 6 ? 1U << (order - 6) : 1, nr = 0, i;

	for (i = 0; i < words; i++)
		nr += mthp_popcount(seen(r, SEEN_PRESENT)[offset / 64 + i] & mask);
	return nr;
}

void whatif_range_collapse(struct whatif_range *r, const struct whatif_rules *rules,
			   const struct mthp_ev *ev, struct whatif_sums *sums)
{
	__u32 offset = (__u32)(ev->addr >> rules->page_shift) & ((1U << rules->pmd_order) - 1);
	struct mthp_creep_step step;
	int creep;

	if (ev->result != MTHP_R_SUCCEED) {
		r->failed = true;
		sums->failed += !r->madvise;
		return;
	}
	if (ev->order > rules->pmd_order || offset & ((1U << ev->order) - 1))
		return;
	creep = mthp_creep_feed_collapse(r->creep, ev, rules->page_shift, &step);
	if (ev->order == rules->pmd_order)
		r->pmd = true;
	if (!r->madvise) {
		sums->collapses[ev->order]++;
		sums->exact++;
		sums->filled += mthp_knows(ev, FILLED) ? ev->v[MTHP_V_FILLED] : 0;
		sums->copied += pages_in(r, offset, ev->order);
	}
	if (creep == MTHP_CREEP_STEP && step.untouched) {
		sums->creep_steps++;
		sums->creep_chains += step.steps == 1;
		sums->creep_filled += step.new_fill;
	} else if (creep == MTHP_CREEP_STEP) {
		sums->grown_steps++;
	}
	mark(r, offset, ev->order);
}

__u64 whatif_range_tlb(const struct whatif_range *r, __u32 pmd_order)
{
	__u64 present[MTHP_POLICY_WORDS];
	struct tlb_pages pages = { present, seen(r, SEEN_NOW_JOINED), .pmd_order = pmd_order };
	__u32 i;

	if (r->pmd)
		return 1;
	for (i = 0; i < r->words; i++)
		present[i] = seen(r, SEEN_PRESENT)[i] | seen(r, SEEN_NOW_COVER)[i];
	return tlb_entries(&pages, 0, 1U << pmd_order);
}

__u64 whatif_alt_tlb(const struct whatif_range *r, size_t i, __u32 pmd_order)
{
	const struct whatif_alt *a = &r->alt[i];
	struct tlb_pages pages = {
		.present = a->bits + (size_t)ALT_NOW_PRESENT * r->words,
		.joined = a->bits + (size_t)ALT_NOW_JOINED * r->words,
		.pmd_order = pmd_order,
	};

	return a->pmd ? 1 : tlb_entries(&pages, 0, 1U << pmd_order);
}

bool whatif_alt_exact(const struct whatif_range *r, size_t i)
{
	const struct whatif_alt *a = &r->alt[i];

	/* Once mapped by a PMD the range is not scanned any more: nothing is known of it. */
	return a->exact && !(r->pmd && a->differs && !a->pmd);
}

/* Runs of pages of one folio, by their length. */
static void count_runs(const __u64 *present, const __u64 *joined, __u32 pmd_order, __u64 *pages)
{
	__u32 i = 0, end, nr = 1U << pmd_order;

	while (i < nr) {
		if (!mthp_bit_test(present, i)) {
			i++;
			continue;
		}
		for (end = i + 1; end < nr && mthp_bit_test(joined, end); end++)
			;
		pages[31 - __builtin_clz(end - i)] += end - i;
		i = end;
	}
}

void whatif_range_pages(const struct whatif_range *r, __u32 pmd_order, __u64 *pages)
{
	__u64 present[MTHP_POLICY_WORDS];
	__u32 i;

	if (r->pmd) {
		pages[pmd_order] += 1ULL << pmd_order;
		return;
	}
	for (i = 0; i < r->words; i++)
		present[i] = seen(r, SEEN_PRESENT)[i] | seen(r, SEEN_NOW_COVER)[i];
	count_runs(present, seen(r, SEEN_NOW_JOINED), pmd_order, pages);
}

void whatif_alt_pages(const struct whatif_range *r, size_t i, __u32 pmd_order, __u64 *pages)
{
	const struct whatif_alt *a = &r->alt[i];

	if (a->pmd)
		pages[pmd_order] += 1ULL << pmd_order;
	else
		count_runs(a->bits + (size_t)ALT_NOW_PRESENT * r->words,
			   a->bits + (size_t)ALT_NOW_JOINED * r->words, pmd_order, pages);
}

__u32 whatif_range_orders(const struct whatif_range *r, const struct whatif_setting *s)
{
	if (s->how == WHATIF_SET)
		return s->orders == WHATIF_AS_RECORDED ? r->orders : s->orders;
	if (s->how == WHATIF_ADD_ADVISED && !r->orders)
		return 0;
	return (r->orders & s->able) | s->orders;
}

__u64 whatif_range_faults(const struct whatif_range *r, const struct whatif_setting *s)
{
	__u32 orders = whatif_range_orders(r, s) & ~r->orders, order, offset, used;
	__u64 empty = 0;

	if (!orders || orders < r->orders)
		return 0;
	order = 31 - __builtin_clz(orders);
	for (offset = 0; offset < r->words * 64 && r->words * 64 - offset >= 1U << order;
	     offset += 1U << order) {
		used = pages_in(r, offset, order);
		empty += used ? (1U << order) - used : 0;
	}
	return empty;
}
