/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What-if on a trace without addresses of scans (detail levels totals and sizes): which of khugepaged's
 * collapses to PMD size would have taken place at another max_ptes_none. Scans that ended for too many
 * empty PTEs may have become collapses; their number is the uncertainty.
 */
#ifndef WHATIF_WITHOUT_RANGES_H
#define WHATIF_WITHOUT_RANGES_H

#include "whatif/tables.h"

struct whatif_legacy {
	__u32 pmd_order;
	__u64 *filled_of;   /* [2^pmd_order]: collapses that filled so many pages */
	__u64 fill_unknown; /* collapses whose fill is unknown */
	/* [2^pmd_order]: scans that ended for too many empty PTEs, after so many */
	__u64 *refused_at;
	__u64 scans;
};

/* 0 or -ENOMEM. */
int whatif_legacy_init(struct whatif_legacy *l, __u32 pmd_order);
void whatif_legacy_free(struct whatif_legacy *l);
void whatif_legacy_event(struct whatif_legacy *l, const struct mthp_ev *ev);

/* As whatif_doc_make(). Orders of the settings are those of a PMD, or as recorded. */
int whatif_legacy_doc(const struct whatif_legacy *l, const struct meta *meta,
		      const struct whatif_setting *settings, size_t nr, struct whatif_doc *d);

#endif
