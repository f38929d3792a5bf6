/* SPDX-License-Identifier: GPL-2.0-only */
/* Observations that rules are tested on. They are made of events, so that tests take the whole path. */
#ifndef TESTS_SUPPORT_CHECK_WORLD_H
#define TESTS_SUPPORT_CHECK_WORLD_H

#include "check/eval.h"
#include "tests/support/check_sums.h"

/* Adds events to the sums of all scopes of a rule. */
typedef void (*build_fn)(struct check_sums *sums);

/* 90 of 100 collapses of 2M succeed, each fills 16 pages; 400 scans, nearly full; 50 censored. */
void world_good(struct check_sums *sums);
/* As world_good(), with a second mode at 4/16. */
void world_bad(struct check_sums *sums);
/* Detail sizes: 800 collapses to 64K, 200 to 2M, ten scans. */
void world_orders(struct check_sums *sums);
/* As world_good(), with two more collapses that do not report their fill. */
void world_unreported(struct check_sums *sums);
/* Detail sizes: 100 collapses to 64K fill a page each, ten more do not report it. */
void world_unreported_small(struct check_sums *sums);
/* Five collapses, five scans. */
void world_few(struct check_sums *sums);
void world_nothing(struct check_sums *sums);
/* As world_good(), with 5 lost events; and with the end cut off. */
void world_lossy(struct check_sums *sums);
void world_cut(struct check_sums *sums);

/* Results of a kernel newer than this build: one with a plain name, one with a hostile name. */
void world_newer(struct check_sums *sums);

/* Adds the event @ev @times times, 1 ms apart, beginning 1 ms after world_rewind(). */
void world_add(struct check_sums *sums, struct mthp_ev ev, unsigned int times);
void world_rewind(const struct meta *meta);

struct world {
	struct check_rules rules;
	struct check_data data, base;
	struct check_verdict v;
};

/* The observation that @build makes on a machine of @detail and @pmd_order. */
void world_load(const struct check_rules *rules, build_fn build, int detail, __u32 pmd_order,
		const char *name, struct check_data *data);
/* Judges the last rule of @text; @base: its baseline, or NULL. */
void world_judge(struct world *w, const char *text, build_fn build, int detail, build_fn base);
void world_done(struct world *w);

struct world_case {
	const char *rule;
	build_fn data, base;
	enum check_state state;
	const char *says; /* a part of the found values, or of the reason */
};

/* Judges each case; prints those with another verdict, and returns their number. */
unsigned int world_cases(const struct world_case *cases, size_t nr, int detail);

#endif
