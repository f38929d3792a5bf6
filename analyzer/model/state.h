/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model: everything observed so far. Only sources write it, and only snapshot.c reads it.
 *
 * It is filled in two ways. A trace is fed event by event, and the model adds up. For a live source BPF adds
 * up; the source copies the sums at each tick (model_totals), and feeds events only to show them.
 */
#ifndef MODEL_STATE_H
#define MODEL_STATE_H

#include "model/source_data.h"
#include "model/settings_priv.h"
#include "model/meta.h"
#include "model/passes_priv.h"
#include "model/ranges_priv.h"
#include "model/timeline_priv.h"
#include "model/totals.h"

#define MODEL_RECENT 1024 /* events kept for the event view */
#define MODEL_SERIES 300  /* ticks kept for rates and sparklines */

/* One tick of the series: running sums at that moment. */
struct tick {
	__u64 ts_ns;
	__u64 scans;
	__u64 collapses[MTHP_NR_ORDERS];
	__u64 failures[MTHP_NR_ORDERS];
	__u64 filled;	/* pages */
	__u64 attempts; /* of khugepaged, and the vain ones of them */
	__u64 vain;
	__u64 refused; /* scans and attempts that ended in a refusal */
	__u64 creep_steps;
	__u64 creep_filled; /* pages */
	__u64 undone;	    /* splits that collapses undid */
};

struct model;

/* @ev is followed by its bitmaps. */
typedef void (*model_tap_fn)(void *ctx, const struct model *m, const struct mthp_ev *ev);

struct model {
	struct meta meta;
	struct totals totals;
	int sums_given; /* totals come from the source; events are for the stream only */
	int streamed; /* all events come nevertheless: the timeline is made of them, not of ticks */
	int complete; /* the source ended properly: nothing was cut off */
	__u64 end_ns; /* the observation reaches up to here, CLOCK_MONOTONIC */
	struct counters first, last;
	struct mthp_ev recent[MODEL_RECENT]; /* without bitmaps; ring, newest at nr_recent - 1 */
	__u64 nr_recent;		     /* ever; index modulo MODEL_RECENT */
	struct tick series[MODEL_SERIES];    /* ring */
	__u64 nr_series;		     /* ever */
	struct settings_log changes;	     /* of the settings in meta */
	model_tap_fn tap;		     /* NULL: none */
	void *tap_ctx;
	struct passes passes;	   /* of khugepaged over all processes */
	struct timeline timeline;  /* the whole time, in slots that widen */
	struct extra *extra;	   /* data of the source beside events; NULL: none */
	struct ranges *ranges;	   /* NULL: not computed from events, or no event yet */
	struct ranges_found found; /* in the latest event, for the tap */
};

/* @sums_given: see above. NULL when memory is out. */
struct model *model_new(const struct meta *meta, int sums_given);
void model_free(struct model *m);

/* Takes @meta, which may have other settings, as seen at @ts_ns. */
void model_meta(struct model *m, const struct meta *meta, __u64 ts_ns);

/* @ev may be followed by its bitmaps. Updates end_ns. */
void model_event(struct model *m, const struct mthp_ev *ev);

/* Lists a creep step of BPF, which BPF has added up. */
void model_chain(struct model *m, const struct mthp_creep_rec *rec);

/* Calls @fn for every later event, after the model has taken it: for users of its bitmaps. */
void model_tap(struct model *m, model_tap_fn fn, void *ctx);

/* A reading of the kernel's own counters: keeps the first one, for differences, and the latest. */
void model_counters(struct model *m, const struct counters *counters);

/* Sets one loss counter to a running total. */
void model_lost(struct model *m, enum mthp_loss which, __u64 total);

/* Ends an interval at @now_ns (CLOCK_MONOTONIC of the source, not of the reader). */
void model_tick(struct model *m, __u64 now_ns);

#endif
