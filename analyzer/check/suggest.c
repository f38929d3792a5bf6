// SPDX-License-Identifier: GPL-2.0-only
/*
 * A start for a rules file: rules that a good trace satisfies, with slack.
 *
 * The slack of a share is the option's, or three standard deviations of a share of so many samples if
 * that is more. Places on a scale get a bucket to each side, durations two doublings. Totals grow with
 * the length of a trace: there is only a hint. Each rule needs half the samples of this trace. A test
 * holds that the trace satisfies all of them.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "check/measure_priv.h"
#include "check/names_priv.h"
#include "check/suggest.h"
#include "lib/fmt.h"
#include "lib/log.h"
#include "lib/output.h"

struct suggest {
	const struct snapshot *s;
	double slack;
	FILE *out;
};

static double room(const struct suggest *g, double share, double samples)
{
	double noise = samples > 0 ? 3 * sqrt(share * (1 - share) / samples) : 1;

	return noise > g->slack ? noise : g->slack;
}

static long half(double samples)
{
	return samples > 2 ? (long)(samples / 2) : 1;
}

/* Upper and lower limits in percent, rounded away from the share. Limits of 0% and 100% guard nothing. */
static void at_most(const struct suggest *g, const char *what, double share, double samples)
{
	double limit = ceil((share + room(g, share, samples)) * 1000) / 10;

	if (limit < 100)
		fprintf(g->out, "%s <= %g%% with at least %ld samples # %.3g%% of %.0f\n", what,
			limit, half(samples), share * 100, samples);
}

static void at_least(const struct suggest *g, const char *what, double share, double samples)
{
	double limit = floor((share - room(g, share, samples)) * 1000) / 10;

	if (limit > 0)
		fprintf(g->out, "%s >= %g%% with at least %ld samples # %.3g%% of %.0f\n", what,
			limit, half(samples), share * 100, samples);
}

static void suggest_success(const struct suggest *g)
{
	char size[24], what[64];
	size_t i;

	for (i = 0; i < g->s->nr_orders; i++) {
		const struct snap_order *o = &g->s->orders[i];
		double all = o->collapses + o->failures;

		if (!all)
			continue;
		fmt_order(o->order, g->s->meta.page_size, size, sizeof(size));
		snprintf(what, sizeof(what), "collapse(%s).success", size);
		at_least(g, what, o->collapses / all, all);
	}
}

/* Results of the scans, or of the collapses. */
static void suggest_outcomes(const struct suggest *g, int scans)
{
	double count[MTHP_NR_RESULTS] = { 0 }, all = 0;
	bool has_mthp = meta_has_ranges(&g->s->meta);
	int r;
	const char *name;
	char what[128];
	size_t i;

	for (i = 0; i < g->s->nr_outcomes; i++) {
		const struct snap_outcome *o = &g->s->outcomes[i];

		if (!(scans ? mthp_is_scan(o->key.kind, has_mthp) :
			      mthp_is_collapse(o->key.kind, has_mthp)) ||
		    o->key.result >= MTHP_NR_RESULTS)
			continue;
		all += o->count;
		if (scans || !mthp_collapsed(o->key.kind, o->key.requester, o->key.result))
			count[o->key.result] += o->count;
	}
	for (r = 1; r < MTHP_NR_RESULTS; r++) {
		if (!count[r] || r == MTHP_R_SUCCEED)
			continue;
		name = meta_result_name(&g->s->meta, r);
		/* Names that this build does not have come from outside. */
		if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")])
			continue;
		snprintf(what, sizeof(what), "outcome(%s, %s)", scans ? "scan" : "collapse", name);
		at_most(g, what, count[r] / all, all);
	}
}

static void suggest_orders(const struct suggest *g)
{
	double all = 0, slack = 0, share;
	const char *sep = "";
	char size[24];
	size_t i;

	for (i = 0; i < g->s->nr_orders; i++)
		all += g->s->orders[i].collapses;
	if (!capability_holds(&g->s->meta, CAP_ORDER) || !all)
		return;
	for (i = 0; i < g->s->nr_orders; i++) {
		share = g->s->orders[i].collapses / all;
		slack = fmax(slack, room(g, share, all));
	}
	fprintf(g->out, "orders within %g%% of { ", ceil(slack * 1000) / 10);
	for (i = 0; i < g->s->nr_orders; i++) {
		if (!g->s->orders[i].collapses)
			continue;
		fprintf(g->out, "%s%s: %.1f%%", sep,
			fmt_order(g->s->orders[i].order, g->s->meta.page_size, size, sizeof(size)),
			g->s->orders[i].collapses / all * 100);
		sep = ", ";
	}
	fprintf(g->out, " } with at least %ld samples\n", half(all));
}

/* The histogram of a table for @order; false where it has no samples. */
static bool shape_of(const struct suggest *g, enum table_index table, __u32 order,
		     struct shape *shape)
{
	struct check_value v = { 0 };
	struct check_sel sel = { .table = &tables[table], .nr_keys = 1 };

	sel.field = table_flagged(sel.table, FIELD_SHAPE);
	sel.keys[0].field = names_key(sel.table, FIELD_ORDER);
	sel.keys[0].is.unit = UNIT_ORDER;
	sel.keys[0].is.v = order;
	check_histogram(&sel, g->s, &v);
	*shape = v.shape;
	return v.state == CHECK_PASS && v.samples > 0;
}

static void suggest_occupancy(const struct suggest *g, __u32 order)
{
	struct shape shape;
	struct shape_fit fit;
	int last, mode, lo, hi, p50, i;
	char size[24];
	double n;

	if (!shape_of(g, TABLE_OCCUPANCY, order, &shape))
		return;
	fmt_order(order, g->s->meta.page_size, size, sizeof(size));
	mode = shape_mode(&shape, &last);
	/* Every bucket that may be the highest by chance. */
	n = shape.b[mode].n - 3 * sqrt(2 * shape.b[mode].n);
	for (lo = hi = mode, i = 0; i < (int)shape.nr; i++) {
		if (shape.b[i].n < n || !shape.b[i].n)
			continue;
		lo = i < lo ? i : lo;
		hi = i;
	}
	lo -= lo > 0;
	hi += hi + 1 < (int)shape.nr;
	if (lo > 0 || hi + 1 < (int)shape.nr)
		fprintf(g->out, "occupancy(%s) mode in %s..%s with at least %ld samples # %s\n",
			size, shape.b[lo].label, shape.b[hi].label, half(shape.samples),
			shape.b[mode].label);
	p50 = shape_quantile(&shape, 0.5);
	if (p50 > 1)
		fprintf(g->out, "occupancy(%s) p50 >= %s with at least %ld samples # %s\n", size,
			shape.b[p50 - 1].label, half(shape.samples), shape.b[p50].label);
	shape_unimodal(&shape, g->slack, &fit);
	if (fit.moved <= g->slack)
		fprintf(g->out, "occupancy(%s) unimodal within %g%% with at least %ld samples\n",
			size, g->slack * 100, half(shape.samples));
	else if (shape_bimodal(&shape, g->slack, &fit), fit.holds && !fit.noise)
		fprintf(g->out, "occupancy(%s) bimodal within %g%% with at least %ld samples\n",
			size, g->slack * 100, half(shape.samples));
}

static void suggest_durations(const struct suggest *g, __u32 order)
{
	static const double quantiles[] = { 0.5, 0.99 };
	struct shape shape;
	char size[24];
	double most;
	size_t i;
	int b;

	if (!shape_of(g, TABLE_DURATIONS, order, &shape))
		return;
	fmt_order(order, g->s->meta.page_size, size, sizeof(size));
	for (i = 0; i < ARRAY_SIZE(quantiles); i++) {
		b = shape_quantile(&shape, quantiles[i]);
		most = (shape.b[b].hi + 1) * 4;
		if (isinf(most))
			continue;
		fprintf(g->out, "duration(%s) p%.0f <= %.0fus with at least %ld samples # %s\n",
			size, quantiles[i] * 100, ceil(most / 1000), half(shape.samples),
			shape.b[b].label);
	}
}

static void head(const struct suggest *g, const char *name)
{
	const struct snap_summary *sum = &g->s->summary;
	char safe[256], filled[24];

	fprintf(g->out, "# A start: rules that %s satisfies", fmt_safe(name, safe, sizeof(safe)));
	fprintf(g->out, " (kernel %s, detail %s, %llu events).\n",
		fmt_safe(sum->release, safe, sizeof(safe)), sum->detail,
		(unsigned long long)sum->events);
	fprintf(g->out, "# Slack of shares: %g points, or more where samples are few.\n",
		g->slack * 100);
	if (sum->filled_bytes != NUM_UNKNOWN)
		fprintf(g->out,
			"# Totals grow with time: filled is %s here. Add a limit of your own.\n",
			fmt_bytes(sum->filled_bytes, filled, sizeof(filled)));
}

void check_suggest_rules(const struct snapshot *s, const char *name, double slack, FILE *out)
{
	struct suggest g = { .s = s, .slack = slack, .out = out };
	double lost = s->summary.lost ?
			      s->summary.lost / ((double)s->summary.lost + s->summary.events) :
			      0;
	__u32 order;

	head(&g, name);
	if (lost > CHECK_LOSS)
		fprintf(out, "refuse above %g%% lost\n", ceil(lost * 2000) / 10);
	if (!s->summary.complete)
		fprintf(out, "accept cut traces\n");
	fprintf(out, "\nlost <= %g%%\n", lost > 0.001 ? ceil(lost * 2000) / 10 : 0.1);
	fprintf(out, "scans >= 1\n");
	suggest_success(&g);
	suggest_outcomes(&g, 1);
	suggest_outcomes(&g, 0);
	suggest_orders(&g);
	for (order = 0; order < MTHP_NR_ORDERS; order++) {
		suggest_occupancy(&g, order);
		suggest_durations(&g, order);
	}
}

int check_suggest(const char *path, const struct load_opts *load, double slack, const char *to)
{
	struct snapshot *s;
	struct model *m;
	int err = load_trace(path, load, &m, NULL, NULL), wrote;
	struct output out;

	if (!m)
		return err;
	s = snapshot_take(m);
	model_free(m);
	if (!s) {
		log_err("cannot suggest rules: %s: out of memory", path);
		return -ENOMEM;
	}
	wrote = output_open(&out, to, OUTPUT_WHOLE);
	if (!wrote) {
		check_suggest_rules(s, path, slack, out.file);
		wrote = output_close(&out, 0);
	}
	snapshot_free(s);
	return wrote ? wrote : err;
}
