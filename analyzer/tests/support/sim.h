/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Simulated memory of a process under khugepaged: PMD ranges that are touched, given back and scanned
 * over time, under any rule of the policy. The simulator knows of every page whether the process touched
 * it or a collapse filled it, so its creep steps are the truth that creep.h is tested against.
 */
#ifndef TESTS_SUPPORT_SIM_H
#define TESTS_SUPPORT_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include <mthp/policy.h>

struct sim;

/* The events since sim_new(); pages and blocks, not bytes. */
struct sim_stats {
	uint64_t scans;
	uint64_t collapses[MTHP_POLICY_MAX_ORDER + 1]; /* blocks by order */
	uint64_t failed;       /* blocks that the watcher's commit refused */
	uint64_t filled;       /* pages filled with zeroes */
	uint64_t copied;       /* pages copied into larger folios */
	uint64_t copied_again; /* of these, copied by an earlier collapse already */
	uint64_t again;	       /* collapses of blocks with such a page: repeated work */
	uint64_t creep_steps;
	uint64_t creep_chains; /* steps that begin a chain */
	uint64_t creep_filled; /* pages that steps filled */
};

/* The present state of memory; pages. */
struct sim_shape {
	uint64_t by_order[MTHP_POLICY_MAX_ORDER + 1]; /* mapped by a folio that is still whole */
	uint64_t touched;			      /* present because the process touched them */
	uint64_t filled;			      /* present because a collapse filled them */
	uint64_t empty;
};

/* One collapse, as a watcher receives it. */
struct sim_collapse {
	struct mthp_policy_block block;
	uint32_t range;
	bool creep; /* a creep step; the rest describes its chain, see struct mthp_creep_step */
	uint32_t steps;
	uint32_t orders;
	uint64_t since_ns;
	uint32_t filled_before; /* pages in the block that earlier collapses filled */
};

/* Called by sim_scan(); each may be NULL. */
struct sim_watch {
	void (*scan)(void *ctx, uint32_t range, const struct mthp_policy_in *in,
		     const struct mthp_policy_out *plan);
	/* Before a block is collapsed; false: the collapse fails, its PTEs are planned again. */
	bool (*commit)(void *ctx, uint32_t range, const struct mthp_policy_block *block);
	void (*collapse)(void *ctx, const struct sim_collapse *c);
	void *ctx;
};

/* 0, -EINVAL (unusable parameters, no range) or -ENOMEM. *sim belongs to the caller. */
int sim_new(const struct mthp_policy_params *p, uint32_t nr_ranges, struct sim **sim);
void sim_free(struct sim *sim);

/* Settings for the scans to come; 0 or -EINVAL. The PMD order may not change. */
int sim_set(struct sim *sim, const struct mthp_policy_params *p);
void sim_watch(struct sim *sim, const struct sim_watch *watch);
void sim_advance(struct sim *sim, uint64_t ns);
uint64_t sim_now(const struct sim *sim);

/* PTE numbers are from the start of the range; bits from 2^P on are not touched. */

/* The process touches nr PTEs: empty ones get a page, all become referenced. */
void sim_touch(struct sim *sim, uint32_t range, uint32_t pte, uint32_t nr);
/* One fault: gets a folio of this order if the aligned block is empty; else as sim_touch(). */
void sim_fault(struct sim *sim, uint32_t range, uint32_t pte, uint32_t order);
/* The process gives nr PTEs back. */
void sim_release(struct sim *sim, uint32_t range, uint32_t pte, uint32_t nr);
/* nr PTEs cannot (or can again) be collapsed: pages in them are pinned, empty PTEs swapped out. */
void sim_block(struct sim *sim, uint32_t range, uint32_t pte, uint32_t nr, bool blocked);
/* No page of the range counts as referenced until it is touched again. */
void sim_cool(struct sim *sim, uint32_t range);
/* Do scans require a referenced PTE (default, as khugepaged), and may they plan PMD order (default)? */
void sim_ask(struct sim *sim, bool need_referenced, bool pmd_allowed);

/* khugepaged scans the range and carries its plan out. Returns the number of collapses. */
uint32_t sim_scan(struct sim *sim, uint32_t range);
/* Is the range mapped by a PMD? Then a scan does nothing. */
bool sim_pmd_mapped(const struct sim *sim, uint32_t range);
/* The result of a scan of the range now. */
void sim_look(const struct sim *sim, uint32_t range, struct mthp_policy_in *in);

const struct sim_stats *sim_stats(const struct sim *sim);
void sim_shape(const struct sim *sim, struct sim_shape *shape);

#endif
