// SPDX-License-Identifier: GPL-2.0-only
/*
 * One range under another setting: what a scan would have found, what the policy would have planned, and
 * what the range would look like then.
 *
 * Until an alt first differs from the recording, its scans find what was recorded. After that they are
 * put together from the bitmaps of range_priv.h. If these do not suffice, look() takes the likelier case
 * and the scan is not exact.
 */
#include <string.h>

#include "whatif/range_priv.h"

static __u64 *seen(const struct whatif_range *r, int which)
{
	return r->bits + (size_t)which * r->words;
}

static __u64 *alt(const struct whatif_range *r, const struct whatif_alt *a, int which)
{
	return a->bits + (size_t)which * r->words;
}

static bool any(const __u64 *bits, __u32 words)
{
	while (words--)
		if (bits[words])
			return true;
	return false;
}

/* The alt does not differ: its scan finds what was recorded. */
static void look_same(struct whatif_range *r, struct whatif_alt *a, struct mthp_policy_in *in)
{
	size_t bytes = r->words * sizeof(__u64);
	__u64 left = 0, cover;
	__u32 i;

	memcpy(in->present, seen(r, SEEN_PRESENT), bytes);
	memcpy(in->blocked, seen(r, SEEN_BLOCKED), bytes);
	memcpy(in->referenced, seen(r, SEEN_REFERENCED), bytes);
	memcpy(in->joined, seen(r, SEEN_JOINED), bytes);
	memcpy(alt(r, a, ALT_FILLED), seen(r, SEEN_FILLED), bytes);
	memcpy(alt(r, a, ALT_COVER), seen(r, SEEN_COVER), bytes);
	for (i = 0; i < r->words; i++) {
		cover = seen(r, SEEN_COVER)[i];
		alt(r, a, ALT_JOINED)[i] = seen(r, SEEN_JOINED)[i] & cover & (cover << 1 | left);
		left = cover >> 63;
	}
}

/*
 * Fills @in with what the scan would have found in an alt that differs. false: not certain, because of
 *
 *	- a page that a real collapse filled and the alt's did not: did the process start to use it?
 *	- a page that only the alt filled, in a range in which the process freed memory
 *	- a page in a folio that a real collapse made, referenced only since then: the page, or another
 *	  one of its folio?
 *	- a page that is shared, swapped or pinned: that can depend on its folio
 */
static bool look_changed(struct whatif_range *r, struct whatif_alt *a, struct mthp_policy_in *in)
{
	bool exact = !any(seen(r, SEEN_FREED), r->words) || !any(alt(r, a, ALT_FILLED), r->words);
	__u64 left_cover = 0, left_present = 0;
	__u32 i;

	for (i = 0; i < r->words; i++) {
		__u64 present = seen(r, SEEN_PRESENT)[i], real = seen(r, SEEN_FILLED)[i];
		__u64 real_cover = seen(r, SEEN_COVER)[i], own = seen(r, SEEN_OWN_REFERENCED)[i];
		__u64 blocked = seen(r, SEEN_BLOCKED)[i], freed = seen(r, SEEN_FREED)[i];
		__u64 cover = alt(r, a, ALT_COVER)[i] & ~freed, filled, edge;

		exact &= !(blocked & (real_cover ^ cover));
		filled = alt(r, a, ALT_FILLED)[i] & ~(freed | (present & ~real));
		exact &= !(present & real & ~filled);
		in->present[i] = (present & ~real) | filled;
		in->blocked[i] = blocked;
		cover &= in->present[i];
		exact &= !(real_cover & ~cover & present & ~real & ~own &
			   seen(r, SEEN_REFERENCED)[i]);
		in->referenced[i] = (seen(r, SEEN_REFERENCED)[i] & (~real_cover | cover)) |
				    (own & real_cover & ~cover);
		edge = cover << 1 | left_cover;
		alt(r, a, ALT_FILLED)[i] = filled;
		alt(r, a, ALT_COVER)[i] = cover;
		alt(r, a, ALT_JOINED)[i] &= cover & edge;
		in->joined[i] = alt(r, a, ALT_JOINED)[i] |
				(seen(r, SEEN_OWN_JOINED)[i] & ~cover & ~edge & in->present[i] &
				 (in->present[i] << 1 | left_present));
		left_cover = cover >> 63;
		left_present = in->present[i] >> 63;
	}
	return exact;
}

/* Fills sc->in with what the scan would have found. true: that is certain. */
static bool look(struct whatif_range *r, struct whatif_alt *a, struct whatif_scratch *sc)
{
	struct mthp_policy_in *in = &sc->in;
	bool exact = true;
	__u32 i;

	if (a->differs)
		exact = look_changed(r, a, in);
	else
		look_same(r, a, in);
	in->need_referenced = 1;
	in->pmd_allowed = r->pmd_allowed;
	for (i = 0; i < r->words; i++) {
		__u64 used = in->present[i] | in->blocked[i];

		sc->changed[i] = used ^ alt(r, a, ALT_AFTER)[i];
		alt(r, a, ALT_AFTER)[i] = used;
		alt(r, a, ALT_NOW_PRESENT)[i] = in->present[i];
		alt(r, a, ALT_NOW_JOINED)[i] = in->joined[i];
	}
	return exact;
}

/* Pages of a block before it is collapsed. */
struct block_facts {
	__u32 used, copied, filled, before, changed, steps;
};

static void block_facts(const struct whatif_range *r, const struct whatif_alt *a,
			const struct whatif_scratch *sc, __u32 offset, __u32 order,
			struct block_facts *f)
{
	const __u32 cell = 1U << MTHP_POLICY_MIN_ORDER;
	__u64 mask = mthp_creep_mask(offset, order);
	__u32 words = order > 6 ? 1U << (order - 6) : 1, i, k;

	memset(f, 0, sizeof(*f));
	for (i = offset / 64; i < offset / 64 + words; i++) {
		f->used += mthp_popcount((sc->in.present[i] | sc->in.blocked[i]) & mask);
		f->copied += mthp_popcount(sc->in.present[i] & mask);
		f->filled += mthp_popcount(alt(r, a, ALT_FILLED)[i] & mask);
		f->before += mthp_popcount(alt(r, a, ALT_BEFORE)[i] & mask);
		f->changed += mthp_popcount(sc->changed[i] & mask);
	}
	for (i = offset; f->filled && i < offset + (1U << order); i += cell) {
		k = i >> MTHP_POLICY_MIN_ORDER;
		if ((alt(r, a, ALT_FILLED)[i / 64] >> (i % 64) & ((1U << cell) - 1)) &&
		    a->steps[k] > f->steps)
			f->steps = a->steps[k];
	}
}

/* Collapses a block of the alt. */
static void apply(const struct whatif_range *r, struct whatif_alt *a, __u32 offset, __u32 order,
		  __u32 steps)
{
	__u64 mask = mthp_creep_mask(offset, order);
	__u32 words = order > 6 ? 1U << (order - 6) : 1, end = offset + (1U << order), i;
	static const int joined[] = { ALT_JOINED, ALT_NOW_JOINED };

	for (i = offset / 64; i < offset / 64 + words; i++) {
		alt(r, a, ALT_FILLED)[i] |= mask & ~alt(r, a, ALT_AFTER)[i];
		alt(r, a, ALT_COVER)[i] |= mask;
		alt(r, a, ALT_AFTER)[i] |= mask;
		alt(r, a, ALT_NOW_PRESENT)[i] |= mask;
	}
	for (i = 0; i < 2; i++) {
		__u64 *bits = alt(r, a, joined[i]);

		mthp_bits_set(bits, offset + 1, (1U << order) - 1);
		bits[offset / 64] &= ~(1ULL << (offset % 64));
		if (end / 64 < r->words)
			bits[end / 64] &= ~(1ULL << (end % 64));
	}
	for (i = offset >> MTHP_POLICY_MIN_ORDER; i < end >> MTHP_POLICY_MIN_ORDER; i++)
		a->steps[i] = steps;
}

static enum whatif_creep creep_of(const struct whatif_alt *a, const struct mthp_policy_params *p,
				  const struct block_facts *f, __u32 order)
{
	__u32 size = 1U << order, allowed = mthp_policy_allowed(p, order);

	if (!f->filled || size - f->used > allowed || size - f->used + f->filled <= allowed)
		return CREEP_NONE;
	return a->scanned && a->orders == p->orders && a->max_ptes_none == p->max_ptes_none &&
			       !f->changed && size - f->before > allowed ?
		       CREEP_STEP :
		       CREEP_GROWN;
}

/* Reports a scan to the sink. */
static void report_scan(const struct whatif_range *r, const struct mthp_policy_out *out, bool exact,
			struct whatif_sink *sink)
{
	struct whatif_block *b = &sink->block;

	b->ts_ns = r->ts_ns;
	b->addr = r->addr;
	b->order = 0;
	b->fill = out->fill;
	b->exact = exact;
	b->creep = CREEP_NONE;
	if (sink->fn)
		sink->fn(sink->ctx, b);
}

/* Collapses a block of the alt, counts it and reports it. Returns the pages filled. */
static __u32 collapse(struct whatif_range *r, struct whatif_alt *a,
		      const struct mthp_policy_params *p, const struct whatif_rules *rules,
		      const struct whatif_scratch *sc, __u32 offset, __u32 order, bool exact,
		      struct whatif_sink *sink)
{
	struct whatif_sums *sums = sink->sums;
	struct whatif_block *b = &sink->block;
	struct block_facts f;
	enum whatif_creep creep;
	__u32 fill, steps;

	block_facts(r, a, sc, offset, order, &f);
	creep = creep_of(a, p, &f, order);
	steps = creep == CREEP_NONE ? 0 : f.steps + 1;
	fill = (1U << order) - f.used;
	apply(r, a, offset, order, steps < 255 ? steps : 255);
	if (order == p->pmd_order)
		a->pmd = true;
	if (r->madvise)
		return 0;
	sums->collapses[order]++;
	sums->exact += exact;
	sums->filled += fill;
	sums->copied += f.copied;
	sums->creep_steps += creep == CREEP_STEP;
	sums->creep_chains += creep == CREEP_STEP && steps == 1;
	sums->creep_filled += creep == CREEP_STEP ? fill : 0;
	sums->grown_steps += creep == CREEP_GROWN;
	b->ts_ns = r->ts_ns;
	b->addr = r->addr + ((__u64)offset << rules->page_shift);
	b->order = order;
	b->fill = fill;
	b->exact = exact;
	b->creep = creep;
	if (sink->fn)
		sink->fn(sink->ctx, b);
	return fill;
}

/* The next block from *pos on, in a bitmap of their first and last PTEs; false: no more. */
static bool next_block(const __u64 *bits, __u32 words, __u32 *pos, __u32 *offset, __u32 *order)
{
	__u32 ends[2], n, i = *pos;

	for (n = 0; n < 2; n++, i++) {
		while (i < words * 64 && !(bits[i / 64] >> (i % 64)))
			i = (i / 64 + 1) * 64;
		if (i >= words * 64)
			return false;
		i += __builtin_ctzll(bits[i / 64] >> (i % 64));
		ends[n] = i;
	}
	*pos = i;
	*offset = ends[0];
	*order = 31 - __builtin_clz(ends[1] - ends[0] + 1);
	return true;
}

static void plan_bits(const struct mthp_policy_out *out, __u64 *bits, __u32 words)
{
	__u32 i;

	memset(bits, 0, words * sizeof(*bits));
	for (i = 0; i < out->nr; i++) {
		mthp_bits_set(bits, out->block[i].offset, 1);
		mthp_bits_set(bits, out->block[i].offset + (1U << out->block[i].order) - 1, 1);
	}
}

enum armed {
	ARMED_NO,
	ARMED_YES,
	ARMED_UNSURE
};

/*
 * Does userfaultfd watch this range, so that no empty PTE may be filled? Its scan allowed none. YES: other
 * scans before and after it allowed some. UNSURE: the setting may have been 0 for a while instead.
 */
static enum armed armed(const struct whatif_range *r, const struct whatif_rules *rules)
{
	if (r->max_ptes_none || rules->recorded->max_ptes_none <= 0)
		return ARMED_NO;
	return rules->some_first_ns && rules->some_first_ns < r->ts_ns &&
			       rules->some_last_ns > r->ts_ns ?
		       ARMED_YES :
		       ARMED_UNSURE;
}

static void params(const struct whatif_range *r, const struct whatif_rules *rules,
		   const struct whatif_setting *s, struct mthp_policy_params *p)
{
	memset(p, 0, sizeof(*p));
	p->orders = whatif_range_orders(r, s);
	p->max_ptes_none = armed(r, rules) == ARMED_NO ? s->max_ptes_none : 0;
	p->pmd_order = rules->pmd_order;
	p->min_order = MTHP_POLICY_MIN_ORDER;
	p->rule = s->rule;
}

/*
 * Blocks to collapse: those of the plan; if it equals the recorded plan, those that were really collapsed.
 * MADV_COLLAPSE depends on no setting: it collapses the recorded blocks.
 */
static const __u64 *choose(struct whatif_range *r, struct whatif_alt *a,
			   const struct mthp_policy_params *p, struct whatif_scratch *sc)
{
	size_t bytes = r->words * sizeof(__u64);

	if (r->madvise)
		return seen(r, SEEN_DONE);
	mthp_policy_plan(p, &sc->in, &sc->work, &sc->out);
	plan_bits(&sc->out, sc->plan, r->words);
	if (!a->differs && !memcmp(sc->plan, seen(r, SEEN_PLAN), bytes))
		return seen(r, SEEN_DONE);
	return sc->plan;
}

__u64 whatif_alt_scan(struct whatif_range *r, size_t i, const struct whatif_rules *rules,
		      const struct whatif_setting *s, bool lossy, struct whatif_scratch *sc,
		      struct whatif_sink *sink)
{
	size_t bytes = r->words * sizeof(__u64);
	struct whatif_alt *a = &r->alt[i];
	struct mthp_policy_params p;
	__u32 pos = 0, offset, order;
	const __u64 *blocks;
	__u64 filled = 0;
	bool exact, stops;

	if (a->pmd && a->differs) {
		if (!any(seen(r, SEEN_FREED), r->words))
			return 0;
		a->exact = false;
	}
	a->pmd = false;
	params(r, rules, s, &p);
	/* An error of an earlier guess persists. */
	exact = look(r, a, sc) && a->exact && !lossy && armed(r, rules) != ARMED_UNSURE;
	blocks = choose(r, a, &p, sc);
	/* Linux from 7.2 on ends a scan at most kinds of pages that cannot be collapsed. */
	stops = s->rule == MTHP_RULE_TWO_VALUE && p.orders & ((1U << rules->pmd_order) - 1) &&
		any(seen(r, SEEN_BLOCKED), r->words);
	if ((blocks == sc->plan && (r->failed || r->blind || stops)) || r->cold)
		exact = false;
	a->exact &= exact;
	if (memcmp(blocks, seen(r, SEEN_DONE), bytes))
		a->differs = true;
	if (!r->madvise)
		report_scan(r, &sc->out, exact, sink);
	if (blocks != sc->plan)
		memcpy(sc->plan, blocks, bytes);
	while (next_block(sc->plan, r->words, &pos, &offset, &order))
		filled += collapse(r, a, &p, rules, sc, offset, order, exact, sink);
	for (pos = 0; pos < r->words; pos++)
		alt(r, a, ALT_BEFORE)[pos] = sc->in.present[pos] | sc->in.blocked[pos];
	a->scanned = true;
	a->orders = p.orders;
	a->max_ptes_none = p.max_ptes_none;
	if (r->madvise)
		return 0;
	sink->sums->scans++;
	sink->sums->scans_exact += exact;
	sink->sums->batches += any(sc->plan, r->words);
	return filled;
}
