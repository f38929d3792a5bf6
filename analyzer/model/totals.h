/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sums of all events. A reader of a trace fills them event by event (totals_event). A live source copies
 * them from the BPF maps at each tick. Both use the same rules (mthp/agg.h).
 */
#ifndef MODEL_TOTALS_H
#define MODEL_TOTALS_H

#include <stddef.h>
#include <mthp/occ.h>
#include <mthp/range_sums.h>
#include "lib/hash.h"
#include "model/chains_priv.h"

#define TOTALS_MAX_OUTCOMES 8192
#define TOTALS_MAX_PROCS    65536 /* further ones are counted in lost[TABLES] */

#define TOTALS_RECENT 64 /* a power of two */

struct ranges_found;

struct outcome_row {
	struct mthp_outcome_key key;
	struct mthp_outcome val;
	struct mthp_vain_sum vain; /* of attempts that failed, from detail ranges on */
	UT_hash_handle hh;
};

struct proc_row {
	struct mthp_proc_key key;
	struct mthp_proc val;
	UT_hash_handle hh;
};

struct totals {
	bool has_mthp;		     /* decides which kinds count as scans and collapses */
	__u64 events[MTHP_NR_KINDS]; /* seen, by kind */
	bool by_mm;	    /* rows of processes without a pid, by the mm: see model_new() */
	__u64 unattributed; /* events of no known process */
	__u64 lost[MTHP_NR_LOSSES];
	struct mthp_occ_orders occ;
	struct mthp_dur dur[MTHP_NR_ORDERS];
	struct mthp_range_sums ranges;
	struct chains chains;
	struct outcome_row *outcomes; /* uthash */
	struct proc_row *procs;	      /* uthash */
	/* Recently found rows, by a few bits of their keys' hash; tried before the tables. */
	struct outcome_row *recent_outcome[TOTALS_RECENT];
	struct proc_row *recent_proc[TOTALS_RECENT];
};

/* All zero, with @has_mthp as in mthp_is_scan(). */
void totals_init(struct totals *t, bool has_mthp);
void totals_free(struct totals *t);

/*
 * Adds one event, followed by its bitmaps, and its verdicts of ranges_event() (NULL: none). Never fails: rows
 * that do not fit are counted in t->lost[].
 */
void totals_event(struct totals *t, const struct mthp_ev *ev, const struct ranges_found *found);

/* Lists a creep step that BPF has added up. */
void totals_chain(struct totals *t, const struct mthp_creep_rec *rec);

/* The row for @key, made when it is new; NULL (and lost[TABLES] counted) when the table is full. */
struct outcome_row *totals_outcome(struct totals *t, const struct mthp_outcome_key *key);
struct proc_row *totals_proc(struct totals *t, const struct mthp_proc_key *key);

/* Were events of ranges lost? */
bool totals_lossy(const struct totals *t);

/* Sum of both into @t, for a summary over several traces. */
void totals_merge(struct totals *t, const struct totals *other);

#endif
