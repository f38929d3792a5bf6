/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings that whatif tries: those of the options, or a grid of usual ones. */
#ifndef WHATIF_GRID_H
#define WHATIF_GRID_H

#include <stdbool.h>

#include "lib/opts.h"
#include "whatif/simulate_priv.h"

#define WHATIF_MAX_SETTINGS 256

struct whatif_grid {
	struct whatif_setting s[WHATIF_MAX_SETTINGS];
	size_t nr;
};

/* The words of the options; each list may be empty. */
struct whatif_wanted {
	struct opt_list max_ptes_none; /* numbers with commas between */
	struct opt_list orders;	       /* sizes with commas between: each word is one set */
	struct opt_list rules;	       /* names with commas between */
	bool wide; /* without orders: try several sets, not only the recorded one */
};

/*
 * Every combination of them. Without max_ptes_none: steps from 0 to all but one; without rules: the
 * guard. 0; -EINVAL after a message.
 */
int whatif_grid_make(const struct whatif_wanted *wanted, __u32 pmd_order, __u32 page_size,
		     struct whatif_grid *g);

/* "16K,64K,2M", or "as recorded". Returns @buf. */
char *whatif_orders_text(__u32 orders, __u32 page_size, char *buf, size_t len);

#endif
