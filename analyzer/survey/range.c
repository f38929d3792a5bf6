// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of one mapping.
 *
 * Entries come one after the other. A *run* is a part of one folio that is mapped in a row. At its end it
 * is either all of the folio (naturally aligned or not), or a part of it. Runs may cross PMD ranges, but
 * not mappings.
 *
 * Everything else is done PMD range by PMD range: the four bitmaps of a scan of khugepaged, the occupancy
 * of the blocks of every order, the policy's plan, and the TLB entries before and after it. Two inputs of
 * a scan are invisible from outside. Pinned and locked pages count as neither. smaps reports Referenced
 * per mapping only, so either all pages of a mapping count as referenced, or none.
 *
 * One TLB entry maps a PMD, or a naturally aligned block of one folio, as the CPU could at best.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/tlb.h"
#include "survey/folio_priv.h"
#include "survey/range_priv.h"

#define NO_ADDR (~0ULL)

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
	return 0;
}

void survey_look_free(struct survey_look *l)
{
	free(l);
}

void survey_look_at(struct survey_look *l, struct survey_proc *p, const struct survey_vma *vma)
{
	l->proc = p;
	l->vma = vma;
	l->run.addr = NO_ADDR;
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
	r->addr = NO_ADDR;
}

/* A page mapped at @addr. */
static void add_page(struct survey_look *l, __u64 addr, __u64 pte, __u8 folio)
{
	struct survey_sums *sums = &l->proc->sums;
	__u32 order = folio & SURVEY_FOLIO_ORDER;
	__u64 pfn = pte & SURVEY_PTE_PFN;
	struct survey_run *r = &l->run;

	if (!l->folios || order >= MTHP_NR_ORDERS) {
		sums->unknown++;
		end_run(l);
		return;
	}
	if (!order) {
		end_run(l);
		sums->order[0].whole++;
		return;
	}
	sums->huge++;
	if (!(folio & SURVEY_FOLIO_TAIL) || r->addr != addr || r->pfn != pfn) {
		end_run(l);
		r->order = order;
		r->head = !(folio & SURVEY_FOLIO_TAIL);
		r->aligned = !(addr & ((l->page << order) - 1));
	}
	r->pages++;
	r->addr = addr + l->page;
	r->pfn = pfn + 1;
}

static void add_entries(struct survey_look *l, __u64 start, const __u64 *pte, size_t nr)
{
	struct survey_sums *sums = &l->proc->sums;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (pte[i] & SURVEY_PTE_PRESENT) {
			sums->present++;
			sums->shared += !(pte[i] & SURVEY_PTE_EXCLUSIVE);
			add_page(l, start + i * l->page, pte[i], l->folio[i]);
		} else if (pte[i] & SURVEY_PTE_ZERO) {
			sums->zero++;
		} else if (pte[i] & SURVEY_PTE_GUARD) {
			sums->guard++;
		} else if (pte[i] & SURVEY_PTE_SWAP) {
			sums->swap++;
		}
	}
}

/* The bitmaps of a range, of which the mapping has @nr entries from entry @first on. */
static void make_bits(struct survey_look *l, const __u64 *pte, const __u8 *folio, __u32 first,
		      __u32 nr, struct survey_scan *f)
{
	struct mthp_policy_in *in = &l->in;
	__u32 words = (l->nr + 63) / 64, i, n;
	int none_used = !l->vma->referenced;
	__u64 bit;

	memset(f, 0, sizeof(*f));
	memset(in->present, 0, words * sizeof(__u64));
	memset(in->blocked, 0, words * sizeof(__u64));
	memset(in->joined, 0, words * sizeof(__u64));
	for (i = 0, n = first; i < nr; i++, n++) {
		bit = 1ULL << (n % 64);
		if (!(pte[i] & (SURVEY_PTE_PRESENT | SURVEY_PTE_SWAP | SURVEY_PTE_GUARD)))
			continue;
		if (!(pte[i] & SURVEY_PTE_PRESENT)) {
			in->blocked[n / 64] |= bit;
			f->never |= (pte[i] & SURVEY_PTE_GUARD) != 0;
			f->swap += !(pte[i] & SURVEY_PTE_GUARD);
			continue;
		}
		f->present++;
		in->present[n / 64] |= bit;
		if (!(pte[i] & SURVEY_PTE_EXCLUSIVE)) {
			f->shared++;
			in->blocked[n / 64] |= bit;
		}
		if (folio[i] & SURVEY_FOLIO_BLOCKED ||
		    (folio[i] & SURVEY_FOLIO_ORDER) == SURVEY_FOLIO_UNKNOWN) {
			f->never = 1;
			in->blocked[n / 64] |= bit;
		}
		if (folio[i] & SURVEY_FOLIO_TAIL && i && pte[i - 1] & SURVEY_PTE_PRESENT &&
		    (pte[i] & SURVEY_PTE_PFN) == (pte[i - 1] & SURVEY_PTE_PFN) + 1)
			in->joined[n / 64] |= bit;
	}
	for (i = 0; i < words; i++)
		in->referenced[i] = none_used ? 0 : in->present[i];
	in->need_referenced = 1;
}

/* TLB entries that map the range, of which pte[0] is entry @first. */
static struct tlb_pages tlb_pages(const struct survey_look *l, const __u64 *pte, __u32 first)
{
	/* An entry's low bits are its frame number's. */
	return (struct tlb_pages){ l->in.present, l->in.joined, pte, first, l->order };
}

/* The same once the plan is carried out. */
static __u64 tlb_after(const struct survey_look *l, const __u64 *pte)
{
	struct tlb_pages pages = tlb_pages(l, pte, 0);
	__u64 nr = l->out.nr;
	__u32 from = 0, i;

	for (i = 0; i < l->out.nr; i++) {
		nr += tlb_entries(&pages, from, l->out.block[i].offset);
		from = l->out.block[i].offset + (1U << l->out.block[i].order);
	}
	return nr + tlb_entries(&pages, from, l->nr);
}

/*
 * Frames in a row, cut into naturally aligned blocks: those that could be one folio and are several.
 */
static void count_contig(struct survey_look *l, const __u64 *pte)
{
	struct survey_order *orders = l->proc->sums.order;
	__u32 i = 0, end, k, n;
	__u64 pfn;

	while (i < l->nr) {
		if (!mthp_bit_test(l->in.present, i)) {
			i++;
			continue;
		}
		pfn = pte[i] & SURVEY_PTE_PFN;
		for (end = i + 1; end < l->nr && mthp_bit_test(l->in.present, end) &&
				  (pte[end] & SURVEY_PTE_PFN) == pfn + (end - i);
		     end++)
			;
		for (; i < end; i += 1U << k, pfn += 1U << k) {
			k = mthp_offset_order(i);
			k = k < l->order ? k : l->order;
			while (k && (1U << k > end - i || pfn & ((1ULL << k) - 1)))
				k--;
			for (n = 1; n < 1U << k && mthp_bit_test(l->in.joined, i + n); n++)
				;
			if (k >= 2 && n < 1U << k)
				orders[k].contig += 1U << k;
		}
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

static void plan(struct survey_look *l, const struct survey_scan *f)
{
	const struct settings *set = &l->s->meta.settings;
	struct mthp_policy_params p = l->s->policy;
	__u32 i;

	mthp_policy_clear(&l->out);
	if (!l->s->plans || !l->folios)
		return;
	p.orders = l->vma->orders;
	/* Unknown settings: the kernel's defaults. */
	l->in.pmd_allowed =
		!f->never &&
		f->swap <= (set->max_ptes_swap == META_UNKNOWN ? l->nr / 8 : set->max_ptes_swap) &&
		f->shared <=
			(set->max_ptes_shared == META_UNKNOWN ? l->nr / 2 : set->max_ptes_shared);
	mthp_policy_plan(&p, &l->in, &l->work, &l->out);
	for (i = 0; i < l->out.nr; i++) {
		struct survey_order *o = &l->proc->sums.order[l->out.block[i].order];

		o->plan++;
		o->plan_fill += l->out.block[i].fill;
	}
	l->proc->sums.planned += l->out.nr != 0;
}

/* One PMD range, or its part inside the mapping: @nr entries from its entry @first on. */
static int look_range(struct survey_look *l, __u64 addr, const __u64 *pte, const __u8 *folio,
		      __u32 first, __u32 nr)
{
	struct survey_sums *sums = &l->proc->sums;
	struct tlb_pages pages = tlb_pages(l, pte, first);
	struct survey_scan f;
	__u64 before = 0;

	make_bits(l, pte, folio, first, nr, &f);
	if (!f.present && !f.swap)
		return 0;
	if (l->folios) {
		before = tlb_entries(&pages, first, first + nr);
		sums->tlb += before;
		sums->tlb_after += before;
		if (nr == l->nr)
			count_contig(l, pte);
	}
	if (nr < l->nr) {
		sums->edges += f.present;
		return 0;
	}
	sums->ranges++;
	if (l->vma->orders)
		sums->eligible += f.present;
	if (l->vma->kind != SURVEY_ANON)
		return 0;
	count_fill(l, f.present);
	plan(l, &f);
	if (l->out.nr)
		sums->tlb_after += tlb_after(l, pte) - before;
	return survey_give_scan(l, addr, &f);
}

int survey_look_ptes(void *look, __u64 start, __u64 *pte, size_t nr)
{
	struct survey_look *l = look;
	size_t i, n;
	int err = 0;

	if (l->folios)
		l->moved += survey_folios_look(l->folios, pte, nr, l->folio);
	else
		memset(l->folio, 0, nr);
	add_entries(l, start, pte, nr);
	for (i = 0; i < nr && !err; i += n) {
		__u64 addr = start + i * l->page;
		__u32 first = addr % l->range / l->page;

		n = l->nr - first < nr - i ? l->nr - first : nr - i;
		err = look_range(l, addr - first * l->page, pte + i, l->folio + i, first, n);
	}
	return err;
}

int survey_look_pmd(void *look, __u64 start, __u64 end, int zero)
{
	struct survey_look *l = look;
	struct survey_sums *sums = &l->proc->sums;
	__u64 pages = (end - start) / l->page, at;
	int err = 0;

	end_run(l);
	if (zero) {
		sums->zero += pages;
		return 0;
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
	for (at = start; at < end && l->each && l->vma->kind == SURVEY_ANON && !err; at += l->range)
		err = survey_give_pmd(l, at);
	return err;
}

void survey_look_end(struct survey_look *l)
{
	end_run(l);
}
