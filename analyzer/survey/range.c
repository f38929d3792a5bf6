// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of one mapping.
 *
 * Stretches come one after the other (entries.c makes them of pagemap's entries, iter.c of page tables). A *run* is a
 * part of one folio that is mapped in a row. At its end it is either all of the folio (naturally aligned or not), or
 * a part of it. Runs may cross PMD ranges, but not mappings.
 *
 * Everything else is done PMD range by PMD range: the four bitmaps of a scan of khugepaged, the occupancy
 * of the blocks of every order, the policy's plan, and the TLB entries before and after it. Two inputs of
 * a scan are invisible from outside. Pinned and locked pages count as neither. smaps reports Referenced
 * per mapping only, so either all pages of a mapping count as referenced, or none. Page tables tell it of each page.
 *
 * One TLB entry maps a PMD, or a naturally aligned block of one folio, as the CPU could at best.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "model/tlb.h"
#include "survey/range_priv.h"

int survey_look_new(const struct survey *s, struct survey_folios *folios, struct survey_look **look)
{
	struct survey_look *l = calloc(1, sizeof(*l));

	*look = l;
	if (!l)
		return -ENOMEM;
	l->s = s;
	l->folios = folios;
	l->order = s->meta.pmd_order;
	l->nr = 1U << l->order;
	l->page = s->meta.page_size;
	l->range = l->page << l->order;
	l->page_shift = __builtin_ctzll(l->page);
	l->at = SURVEY_NO_ADDR;
	l->frames = calloc(l->nr, sizeof(*l->frames));
	l->frame_of = calloc(l->nr, sizeof(*l->frame_of));
	return l->frames && l->frame_of ? 0 : -ENOMEM;
}

void survey_look_free(struct survey_look *l)
{
	if (!l)
		return;
	free(l->frames);
	free(l->frame_of);
	free(l->order_of);
	free(l);
}

void survey_look_at(struct survey_look *l, struct survey_proc *p, const struct survey_vma *vma)
{
	l->proc = p;
	l->vma = vma;
	l->run.addr = SURVEY_NO_ADDR;
	l->run.pages = 0;
}

void survey_look_tap(struct survey_look *l, survey_event_fn each, void *ctx)
{
	l->each = each;
	l->each_ctx = ctx;
}

void survey_look_huge(struct survey_look *l, survey_huge_fn fn, void *ctx)
{
	l->huge = fn;
	l->huge_ctx = ctx;
}

__u64 survey_look_moved(const struct survey_look *l)
{
	return l->moved;
}

/* The run is over: counts its pages. */
static void end_run(struct survey_look *l)
{
	struct survey_order *o = &l->proc->sums.order[l->run.order];
	struct survey_run *r = &l->run;

	if (!r->pages)
		return;
	if (!r->head || r->pages < 1ULL << r->order)
		o->partial += r->pages;
	else if (r->aligned)
		o->whole += r->pages;
	else
		o->unaligned += r->pages;
	if (l->huge && r->order)
		l->huge(l->huge_ctx, r->addr - r->pages * l->page, r->addr);
	r->pages = 0;
	r->addr = SURVEY_NO_ADDR;
}

/* Pages of one folio, or of folios of one page each. */
static void add_pages(struct survey_look *l, const struct survey_stretch *s)
{
	struct survey_sums *sums = &l->proc->sums;
	struct survey_run *r = &l->run;

	if (!l->s->orders || s->order >= MTHP_NR_ORDERS) {
		sums->unknown += s->nr;
		end_run(l);
		return;
	}
	if (!s->order) {
		end_run(l);
		sums->order[0].whole += s->nr;
		return;
	}
	sums->huge += s->nr;
	if (!s->tail || r->addr != s->addr || r->pfn != s->pfn) {
		end_run(l);
		r->order = s->order;
		r->head = !s->tail;
		r->aligned = !(s->addr & ((l->page << s->order) - 1));
	}
	r->pages += s->nr;
	r->addr = s->addr + s->nr * l->page;
	r->pfn = s->pfn + s->nr;
}

static void begin_range(struct survey_look *l, __u64 addr)
{
	__u32 words = (l->nr + 63) / 64;

	l->at = addr;
	l->nr_frames = 0;
	memset(&l->scan, 0, sizeof(l->scan));
	memset(l->in.present, 0, words * sizeof(__u64));
	memset(l->in.blocked, 0, words * sizeof(__u64));
	memset(l->in.joined, 0, words * sizeof(__u64));
	memset(l->in.referenced, 0, words * sizeof(__u64));
	l->in.need_referenced = 1;
	if (l->map)
		memset(l->order_of, 0, l->nr);
}

/* Adds pages to the range's bitmaps, from its entry @first on. */
static void add_present(struct survey_look *l, const struct survey_stretch *s, __u32 first)
{
	struct survey_frames *last = l->nr_frames ? &l->frames[l->nr_frames - 1] : NULL;
	int goes_on = last && last->first + last->nr == first && last->pfn + last->nr == s->pfn;
	int never = s->is & SURVEY_IS_BLOCKED || s->order == SURVEY_FOLIO_UNKNOWN;
	__u32 joined = first + !(s->tail && goes_on);

	l->scan.present += s->nr;
	mthp_bits_set(l->in.present, first, s->nr);
	if (s->is & SURVEY_IS_SHARED)
		l->scan.shared += s->nr;
	l->scan.never |= never;
	if (never || s->is & SURVEY_IS_SHARED)
		mthp_bits_set(l->in.blocked, first, s->nr);
	if (s->is & SURVEY_IS_REFERENCED)
		mthp_bits_set(l->in.referenced, first, s->nr);
	if (s->order && s->order != SURVEY_FOLIO_UNKNOWN) {
		mthp_bits_set(l->in.joined, joined, first + s->nr - joined);
		l->scan.large = 1;
	}
	if (l->map)
		memset(l->order_of + first, s->order < MTHP_NR_ORDERS ? s->order + 1 : 1, s->nr);
	if (goes_on)
		last->nr += s->nr;
	else
		l->frames[l->nr_frames++] = (struct survey_frames){ s->pfn, first, s->nr };
}

/* TLB entries that map the range now, at best. */
static __u64 tlb_now(const struct survey_look *l)
{
	__u64 nr = 0;
	__u32 i;

	if (!l->scan.large)
		return l->scan.present;
	for (i = 0; i < l->nr_frames; i++)
		nr += tlb_frames(l->in.joined, l->frames[i].pfn, l->frames[i].first,
				 l->frames[i].nr, l->order);
	return nr;
}

/* The same once the plan is carried out. */
static __u64 tlb_after(const struct survey_look *l)
{
	struct tlb_pages pages = { l->in.present, l->in.joined, l->frame_of, 0, l->order };
	__u64 nr = l->out.nr;
	__u32 from = 0, i, n;

	for (i = 0; i < l->nr_frames; i++)
		for (n = 0; n < l->frames[i].nr; n++)
			l->frame_of[l->frames[i].first + n] = l->frames[i].pfn + n;
	for (i = 0; i < l->out.nr; i++) {
		nr += tlb_entries(&pages, from, l->out.block[i].offset);
		from = l->out.block[i].offset + (1U << l->out.block[i].order);
	}
	return nr + tlb_entries(&pages, from, l->nr);
}

/*
 * Frames in a row, cut into naturally aligned blocks: those that could be one folio and are several.
 */
static void count_contig(struct survey_look *l, const struct survey_frames *f)
{
	struct survey_order *orders = l->proc->sums.order;
	__u32 i = f->first, end = i + f->nr, k, n;
	__u64 pfn = f->pfn;

	/* Most are too short, or have frames that are aligned otherwise. */
	if (f->nr < 4 || (pfn ^ i) & 3)
		return;
	for (; i < end; i += 1U << k, pfn += 1U << k) {
		k = mthp_offset_order(i);
		k = k < l->order ? k : l->order;
		while (k && (1U << k > end - i || pfn & ((1ULL << k) - 1)))
			k--;
		if (k < 2)
			continue;
		for (n = 1; n < 1U << k && mthp_bit_test(l->in.joined, i + n); n++)
			;
		if (n < 1U << k)
			orders[k].contig += 1U << k;
	}
}

/* The occupancy of the blocks of every order. */
static void count_fill(struct survey_look *l, __u32 present)
{
	struct mthp_policy_params p = l->s->policy;
	struct survey_order *orders = l->proc->sums.order;
	struct mthp_policy_in *in = &l->in;
	__u64 blocked[MTHP_POLICY_WORDS];
	__u32 k, offset;

	if (present == l->nr) {
		for (k = 2; k <= l->order; k++)
			orders[k].occ[MTHP_OCC_FULL] += l->nr >> k;
		return;
	}
	/* The policy counts blocked PTEs as used; here they do not count. */
	memcpy(blocked, in->blocked, sizeof(blocked));
	memset(in->blocked, 0, sizeof(in->blocked));
	mthp_policy_count(&p, in, &l->work);
	memcpy(in->blocked, blocked, sizeof(blocked));
	for (k = 2; k <= l->order; k++)
		for (offset = 0; offset < l->nr; offset += 1U << k)
			orders[k].occ[mthp_occ_bucket(mthp_policy_used(&p, &l->work, offset, k),
						      k)]++;
}

/* Is the plan that was made last one for this range, too? Notes what this one is made from. */
static int same_plan(struct survey_look *l)
{
	const __u64 *from[] = { l->in.present, l->in.blocked, l->in.referenced, l->in.joined };
	struct survey_planned *last = &l->planned;
	size_t words = (l->nr + 63) / 64, bytes = words * sizeof(__u64), i;
	int same = last->made && last->orders == l->vma->orders &&
		   last->pmd_allowed == l->in.pmd_allowed;

	for (i = 0; i < ARRAY_SIZE(from); i++) {
		same = same && !memcmp(last->bits + i * words, from[i], bytes);
		if (!same)
			memcpy(last->bits + i * words, from[i], bytes);
	}
	last->orders = l->vma->orders;
	last->pmd_allowed = l->in.pmd_allowed;
	last->made = 1;
	return same;
}

static void plan(struct survey_look *l, const struct survey_scan *f)
{
	const struct settings *set = &l->s->meta.settings;
	struct mthp_policy_params p = l->s->policy;
	__u32 i;

	if (!l->s->plans || !l->s->orders) {
		mthp_policy_clear(&l->out);
		return;
	}
	p.orders = l->vma->orders;
	/* Unknown settings: the kernel's defaults. */
	l->in.pmd_allowed =
		!f->never &&
		f->swap <= (set->max_ptes_swap == META_UNKNOWN ? l->nr / 8 : set->max_ptes_swap) &&
		f->shared <=
			(set->max_ptes_shared == META_UNKNOWN ? l->nr / 2 : set->max_ptes_shared);
	if (!same_plan(l)) {
		mthp_policy_clear(&l->out);
		mthp_policy_plan(&p, &l->in, &l->work, &l->out);
	}
	for (i = 0; i < l->out.nr; i++) {
		struct survey_order *o = &l->proc->sums.order[l->out.block[i].order];

		o->plan++;
		o->plan_fill += l->out.block[i].fill;
	}
	l->proc->sums.planned += l->out.nr != 0;
}

/* The range is complete, or its part inside the mapping. 0, or what the tap returned. */
static int end_range(struct survey_look *l)
{
	const struct survey_scan *f = &l->scan;
	struct survey_sums *sums = &l->proc->sums;
	__u64 addr = l->at, before = 0;
	int whole = addr >= l->vma->start && l->vma->end - addr >= l->range;
	__u32 i;

	if (addr == SURVEY_NO_ADDR)
		return 0;
	l->at = SURVEY_NO_ADDR;
	if (!f->present && !f->swap)
		return 0;
	if (l->map)
		survey_map_range(l, addr);
	if (l->s->orders) {
		before = tlb_now(l);
		sums->tlb += before;
		sums->tlb_after += before;
		for (i = 0; whole && i < l->nr_frames; i++)
			count_contig(l, &l->frames[i]);
	}
	if (!whole) {
		sums->edges += f->present;
		return 0;
	}
	sums->ranges++;
	if (l->vma->orders)
		sums->eligible += f->present;
	if (l->vma->kind != SURVEY_ANON)
		return 0;
	count_fill(l, f->present);
	plan(l, f);
	if (l->out.nr)
		sums->tlb_after += tlb_after(l) - before;
	return survey_give_scan(l, addr, f);
}

int survey_look_stretch(struct survey_look *l, const struct survey_stretch *s)
{
	struct survey_sums *sums = &l->proc->sums;
	__u64 addr = s->addr & ~(l->range - 1);
	__u32 first = (s->addr - addr) >> l->page_shift;
	int err = 0;

	if (addr != l->at) {
		err = end_range(l);
		begin_range(l, addr);
	}
	if (s->is & SURVEY_IS_PRESENT) {
		sums->present += s->nr;
		sums->shared += s->is & SURVEY_IS_SHARED ? s->nr : 0;
		add_pages(l, s);
		add_present(l, s, first);
	} else if (s->is & SURVEY_IS_ZERO) {
		sums->zero += s->nr;
	} else {
		mthp_bits_set(l->in.blocked, first, s->nr);
		if (s->is & SURVEY_IS_GUARD)
			sums->guard += s->nr;
		else
			sums->swap += s->nr;
		l->scan.never |= (s->is & SURVEY_IS_GUARD) != 0;
		l->scan.swap += s->is & SURVEY_IS_GUARD ? 0 : s->nr;
	}
	return err;
}

int survey_look_pmd(void *look, __u64 start, __u64 end, int zero)
{
	struct survey_look *l = look;
	struct survey_sums *sums = &l->proc->sums;
	__u64 pages = (end - start) / l->page, at;
	int err = end_range(l);

	end_run(l);
	if (zero) {
		sums->zero += pages;
		return err;
	}
	sums->present += pages;
	sums->pmd += pages;
	sums->huge += pages;
	sums->order[l->order].whole += pages;
	sums->tlb += pages >> l->order;
	sums->tlb_after += pages >> l->order;
	if (l->vma->orders)
		sums->eligible += pages;
	if (l->huge)
		l->huge(l->huge_ctx, start, end);
	for (at = start; at < end && l->map; at += l->range)
		survey_map_pmd(l, at);
	for (at = start; at < end && l->each && l->vma->kind == SURVEY_ANON && !err; at += l->range)
		err = survey_give_pmd(l, at);
	return err;
}

int survey_look_end(struct survey_look *l)
{
	int err = end_range(l);

	end_run(l);
	return err;
}
