// SPDX-License-Identifier: GPL-2.0-only
/* Observations that rules are tested on; see check_world.h. */
#include <stdio.h>
#include <string.h>

#include "tests/support/check_world.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"

static __u64 now_ns;

void world_add(struct check_sums *sums, struct mthp_ev ev, unsigned int times)
{
	while (times--) {
		now_ns += 1000000;
		ev.ts_ns = now_ns;
		sums_event(sums, &ev);
	}
}

static void collapses(struct check_sums *sums, unsigned int order, __u8 result, __u32 filled,
		      __u64 dur_ns, unsigned int who, unsigned int times)
{
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, result, 0, who);

	ev.order = order;
	ev.known = MTHP_KNOWN_DUR | (filled == ~0U ? 0 : MTHP_KNOWN(FILLED));
	ev.v[MTHP_V_FILLED] = filled == ~0U ? 0 : filled;
	ev.dur_ns = dur_ns;
	world_add(sums, ev, times);
}

static void scans(struct check_sums *sums, __u32 present, __u8 sample, unsigned int times)
{
	world_add(sums, evs_scan(MTHP_R_SUCCEED, 0, 1, 512 - present, sample), times);
}

void world_good(struct check_sums *sums)
{
	collapses(sums, 9, MTHP_R_SUCCEED, 16, 100000, 1, 81);
	collapses(sums, 9, MTHP_R_SUCCEED, 16, 3000000, 1, 9);
	/* Durations are those of collapses: not of these. */
	collapses(sums, 9, MTHP_R_ALLOC_HUGE_PAGE_FAIL, ~0U, 90000000, 2, 10);
	scans(sums, 512, MTHP_SAMPLE_COMPLETE, 200);
	scans(sums, 500, MTHP_SAMPLE_COMPLETE, 150);
	scans(sums, 470, MTHP_SAMPLE_COMPLETE, 30);
	scans(sums, 100, MTHP_SAMPLE_COMPLETE, 20);
	scans(sums, 3, MTHP_SAMPLE_CENSORED, 50);
}

void world_bad(struct check_sums *sums)
{
	world_good(sums);
	scans(sums, 130, MTHP_SAMPLE_COMPLETE, 180);
}

void world_orders(struct check_sums *sums)
{
	collapses(sums, 4, MTHP_R_SUCCEED, 1, 20000, 1, 800);
	collapses(sums, 9, MTHP_R_SUCCEED, 1, 200000, 1, 200);
	scans(sums, 512, MTHP_SAMPLE_COMPLETE, 10);
}

void world_unreported(struct check_sums *sums)
{
	world_good(sums);
	collapses(sums, 9, MTHP_R_SUCCEED, ~0U, 100000, 1, 2);
}

void world_unreported_small(struct check_sums *sums)
{
	collapses(sums, 4, MTHP_R_SUCCEED, 1, 20000, 1, 100);
	collapses(sums, 4, MTHP_R_SUCCEED, ~0U, 20000, 1, 10);
}

void world_few(struct check_sums *sums)
{
	collapses(sums, 9, MTHP_R_SUCCEED, 16, 100000, 1, 5);
	scans(sums, 512, MTHP_SAMPLE_COMPLETE, 5);
}

void world_nothing(struct check_sums *sums)
{
}

void world_lossy(struct check_sums *sums)
{
	world_good(sums);
	model_lost(sums_model(sums), MTHP_L_RING, 5);
}

void world_cut(struct check_sums *sums)
{
	world_good(sums);
	sums_model(sums)->complete = 0;
}

void world_newer(struct check_sums *sums)
{
	struct meta *meta = &sums_model(sums)->meta;

	world_good(sums);
	strcpy(meta->extra_results[0], "page_moved");
	strcpy(meta->extra_results[1], "x\033[31m\"\nscans <= 1");
	collapses(sums, 9, MTHP_RESULT_FIRST_FREE, ~0U, 100000, 1, 20);
	collapses(sums, 9, MTHP_RESULT_FIRST_FREE + 1, ~0U, 100000, 1, 20);
}

void world_rewind(const struct meta *meta)
{
	now_ns = meta->start_ns;
}

void world_load(const struct check_rules *rules, build_fn build, int detail, __u32 pmd_order,
		const char *name, struct check_data *data)
{
	struct check_sums *sums;
	struct meta meta;

	evs_meta(&meta);
	meta.detail = detail;
	meta.pmd_order = pmd_order;
	world_rewind(&meta);
	sums = sums_new(rules, &meta);
	assert_non_null(sums);
	sums_model(sums)->complete = 1;
	build(sums);
	assert_int_equal(check_data_take(sums, name, data), 0);
	check_sums_free(sums);
}

void world_judge(struct world *w, const char *text, build_fn build, int detail, build_fn base)
{
	memset(w, 0, sizeof(*w));
	if (check_parse(&w->rules, "r", text, strlen(text)))
		fail_msg("%s: %s", text, w->rules.src.errors[0].msg);
	world_load(&w->rules, build, detail, 9, "t.mthp", &w->data);
	if (base)
		world_load(&w->rules, base, detail, 9, "b.mthp", &w->base);
	/* A verdict before this one. */
	memset(&w->v, 0x5a, sizeof(w->v));
	check_eval(&w->rules, &w->rules.rules[w->rules.nr_rules - 1], &w->data, &w->base, &w->v);
}

void world_done(struct world *w)
{
	check_data_free(&w->data);
	check_data_free(&w->base);
	check_rules_free(&w->rules);
}

unsigned int world_cases(const struct world_case *cases, size_t nr, int detail)
{
	unsigned int bad = 0;
	struct world w;
	size_t i;

	for (i = 0; i < nr; i++) {
		world_judge(&w, cases[i].rule, cases[i].data, detail, cases[i].base);
		if (w.v.state != cases[i].state ||
		    (!strstr(w.v.observed, cases[i].says) && !strstr(w.v.why, cases[i].says))) {
			print_error("%s\n  %s: %s: %s\n", cases[i].rule,
				    check_state_name(w.v.state), w.v.observed, w.v.why);
			bad++;
		}
		world_done(&w);
	}
	return bad;
}
