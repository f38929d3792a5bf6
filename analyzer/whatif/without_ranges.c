// SPDX-License-Identifier: GPL-2.0-only
/* What-if from events without addresses; see without_ranges.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/policy_names.h"
#include "whatif/grid.h"
#include "whatif/without_ranges.h"

int whatif_legacy_init(struct whatif_legacy *l, __u32 pmd_order)
{
	memset(l, 0, sizeof(*l));
	l->pmd_order = pmd_order;
	l->filled_of = calloc(1UL << pmd_order, sizeof(*l->filled_of));
	l->refused_at = calloc(1UL << pmd_order, sizeof(*l->refused_at));
	return l->filled_of && l->refused_at ? 0 : -ENOMEM;
}

void whatif_legacy_free(struct whatif_legacy *l)
{
	free(l->filled_of);
	free(l->refused_at);
}

void whatif_legacy_event(struct whatif_legacy *l, const struct mthp_ev *ev)
{
	__u32 none = mthp_knows(ev, NONE) ? ev->v[MTHP_V_NONE] : 0;

	if (ev->requester == MTHP_Q_MADVISE)
		return;
	if (ev->kind == MTHP_K_SCAN_PMD) {
		l->scans++;
		if (ev->result == MTHP_R_EXCEED_NONE_PTE && none < 1U << l->pmd_order)
			l->refused_at[none]++;
	} else if (ev->kind == MTHP_K_COLLAPSE && ev->order == l->pmd_order &&
		   ev->result == MTHP_R_SUCCEED) {
		if (mthp_knows(ev, FILLED) && ev->v[MTHP_V_FILLED] < 1U << l->pmd_order)
			l->filled_of[ev->v[MTHP_V_FILLED]]++;
		else
			l->fill_unknown++;
	}
}

/* A row: collapses that filled at most @most pages. */
static void fill_row(const struct whatif_legacy *l, __u32 page_size, __u32 most,
		     struct whatif_row *row)
{
	__u32 all = 1U << l->pmd_order, n;

	for (n = 0; n < all && n <= most; n++) {
		row->collapses += l->filled_of[n];
		row->filled_bytes += l->filled_of[n] * n * page_size;
		row->copied_bytes += l->filled_of[n] * (all - n) * page_size;
	}
	row->collapsed_bytes = row->collapses * all * page_size;
	row->batches = row->collapses;
	row->scans = l->scans;
	row->filled_ppm = NUM_UNKNOWN;
	row->creep_steps = NUM_UNKNOWN;
	row->creep_bytes = NUM_UNKNOWN;
	row->grown_steps = NUM_UNKNOWN;
	row->tlb_entries = NUM_UNKNOWN;
	row->ranges_exact_ppm = NUM_UNKNOWN;
	row->cost = NUM_UNKNOWN;
}

/* Not exact: scans that ended at fewer empty PTEs than @now allows, as they may have found more. */
static __u64 exact_ppm(const struct whatif_legacy *l, __u32 now)
{
	__u64 unsure = l->fill_unknown;
	__u32 n;

	if (!l->scans)
		return NUM_UNKNOWN;
	for (n = 0; n <= now && n < 1U << l->pmd_order; n++)
		unsure += l->refused_at[n];
	return unsure < l->scans ? (l->scans - unsure) * 1000000 / l->scans : 0;
}

static void add_size(struct whatif_doc *d, const struct whatif_row *row)
{
	if (row->collapses)
		d->sizes[d->nr_sizes++] =
			(struct whatif_size){ row->setting, d->pmd_order, row->collapses,
					      row->collapsed_bytes };
}

int whatif_legacy_doc(const struct whatif_legacy *l, const struct meta *meta,
		      const struct whatif_setting *settings, size_t nr, struct whatif_doc *d)
{
	long long then = meta->settings.max_ptes_none;
	struct whatif_row *row;
	size_t i;

	memset(d, 0, sizeof(*d));
	d->page_size = meta->page_size;
	d->pmd_order = l->pmd_order;
	d->top = (struct whatif_top){ meta->release,   meta_detail_name(meta->detail),
				      NUM_UNKNOWN,     NUM_UNKNOWN,
				      l->fill_unknown, NUM_UNKNOWN };
	d->rows = calloc(nr + 1, sizeof(*d->rows));
	d->sizes = calloc(nr + 1, sizeof(*d->sizes));
	if (!d->rows || !d->sizes)
		return -ENOMEM;
	d->nr_rows = nr + 1;
	for (i = 0; i <= nr; i++) {
		row = &d->rows[i];
		row->setting = i;
		fill_row(l, d->page_size, i ? settings[i - 1].max_ptes_none : ~0U, row);
		row->rule = "";
		row->max_ptes_none = i			  ? settings[i - 1].max_ptes_none :
				     then == META_UNKNOWN ? NUM_UNKNOWN :
							    (__u64)then;
		row->exact_ppm = i	  ? exact_ppm(l, settings[i - 1].max_ptes_none) :
				 l->scans ? 1000000 :
					    NUM_UNKNOWN;
		if (i)
			whatif_orders_text(1U << l->pmd_order, d->page_size, row->orders,
					   sizeof(row->orders));
		else
			strcpy(row->orders, "recorded");
		if (!i)
			row->collapses += l->fill_unknown;
		add_size(d, row);
	}
	return 0;
}
