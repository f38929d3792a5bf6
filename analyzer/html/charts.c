// SPDX-License-Identifier: GPL-2.0-only
/*
 * Charts of snapshots; see charts_priv.h. Numbers are rows of the snapshot's tables; only their places
 * are computed here.
 */
#include <string.h>

#include "lib/fmt.h"
#include "html/charts_priv.h"
#include "html/svg_priv.h"

#define BAR_HEIGHT 150

/* A histogram of one snapshot: weights of its buckets. */
struct histo {
	__u64 n[MTHP_DUR_BUCKETS];
	__u64 censored[MTHP_DUR_BUCKETS];
	__u64 all, all_censored;
};

static double share(__u64 n, __u64 of)
{
	return of ? (double)n / of : 0;
}

static void occ_histo(const struct snapshot *s, __u64 order, struct histo *o)
{
	size_t i, b;

	memset(o, 0, sizeof(*o));
	for (i = 0; s && i < s->nr_occ; i++) {
		if (s->occ[i].order != order)
			continue;
		b = i % MTHP_OCC_BUCKETS;
		o->n[b] = s->occ[i].complete;
		o->censored[b] = s->occ[i].censored;
		o->all += o->n[b];
		o->all_censored += o->censored[b];
	}
}

/* The bucket that begins at @from_ns. */
static unsigned int dur_bucket(__u64 from_ns)
{
	unsigned int b = 0;

	for (from_ns >>= MTHP_DUR_SHIFT; from_ns; from_ns >>= 1)
		b++;
	return b < MTHP_DUR_BUCKETS ? b : MTHP_DUR_BUCKETS - 1;
}

static void dur_histo(const struct snapshot *s, __u64 order, struct histo *d)
{
	size_t i;

	memset(d, 0, sizeof(*d));
	for (i = 0; s && i < s->nr_dur; i++) {
		if (s->dur[i].order != order)
			continue;
		d->n[dur_bucket(s->dur[i].from_ns)] += s->dur[i].count;
		d->all += s->dur[i].count;
	}
}

static const char *size(const struct snapshot *s, __u64 order, char *buf, size_t len)
{
	return fmt_order(order, s->meta.page_size, buf, len);
}

/* "60 (60.0%)" */
static void count_share(__u64 n, __u64 of, char *buf, size_t len)
{
	snprintf(buf, len, "%llu (%.1f%%)", (unsigned long long)n, 100 * share(n, of));
}

/* The i-th bar of one histogram (counts) or of two (shares), with its tip. */
static void fill_bar(struct svg_bar *bar, const struct histo *a, const struct histo *b, size_t i,
		     const char *what)
{
	char x[48], y[48];

	count_share(a->n[i], a->all, x, sizeof(x));
	if (!b) {
		bar->v[0] = a->n[i];
		bar->v[1] = a->censored[i];
		if (a->censored[i])
			snprintf(y, sizeof(y), ", %llu censored",
				 (unsigned long long)a->censored[i]);
		snprintf(bar->tip, sizeof(bar->tip), "%s: %s%s", what, x, a->censored[i] ? y : "");
		return;
	}
	bar->v[0] = share(a->n[i], a->all);
	bar->v[1] = share(b->n[i], b->all);
	count_share(b->n[i], b->all, y, sizeof(y));
	snprintf(bar->tip, sizeof(bar->tip), "%s: A %s, B %s", what, x, y);
}

/* Draws the bars; the label of the highest one is a count or, for two histograms, a share. */
static void draw_bars(struct html *h, struct svg_bars *bars, bool shares)
{
	char label[48];
	double max = 0, v;
	size_t i;

	for (i = 0; i < bars->nr; i++) {
		v = shares ? 0 : bars->bar[i].v[0] + bars->bar[i].v[1];
		if (shares)
			v = bars->bar[i].v[0] > bars->bar[i].v[1] ? bars->bar[i].v[0] :
								    bars->bar[i].v[1];
		max = v > max ? v : max;
	}
	if (shares)
		snprintf(label, sizeof(label), "%.0f%%", 100 * max);
	else
		snprintf(label, sizeof(label), "%.0f", max);
	bars->max = max;
	bars->max_label = label;
	bars->style = shares ? SVG_OVERLAID : SVG_STACKED;
	svg_bars(h, bars);
}

static void bucket_words(size_t b, char *buf, size_t len)
{
	if (b == MTHP_OCC_EMPTY)
		snprintf(buf, len, "empty");
	else if (b == MTHP_OCC_FULL)
		snprintf(buf, len, "full");
	else
		snprintf(buf, len, "%zu/16 to below %zu/16", b - 1, b);
}

static void bucket_label(size_t b, struct svg_bar *bar, bool wide)
{
	bool major = b == MTHP_OCC_EMPTY || b == MTHP_OCC_FULL || (b > 1 && (b - 1) % 4 == 0);

	if (!major && !wide)
		return;
	if (b == MTHP_OCC_EMPTY || b == MTHP_OCC_FULL)
		snprintf(bar->label, sizeof(bar->label), b ? "full" : "empty");
	else
		snprintf(bar->label, sizeof(bar->label), "%zu/16", b - 1);
	bar->minor = !major;
}

void chart_occupancy(struct html *h, const struct snapshot *a, const struct snapshot *b,
		     __u64 order, bool wide)
{
	struct svg_bar bar[MTHP_OCC_BUCKETS];
	struct svg_bars bars = { .bar = bar, .nr = MTHP_OCC_BUCKETS, .height = BAR_HEIGHT };
	char sz[16], what[48], title[96];
	struct histo x, y;
	size_t i;

	occ_histo(a, order, &x);
	occ_histo(b, order, &y);
	memset(bar, 0, sizeof(bar));
	for (i = 0; i < MTHP_OCC_BUCKETS; i++) {
		bucket_words(i, what, sizeof(what));
		fill_bar(&bar[i], &x, b ? &y : NULL, i, what);
		bucket_label(i, &bar[i], wide);
	}
	size(a, order, sz, sizeof(sz));
	snprintf(title, sizeof(title), "Occupancy of blocks of %s", sz);
	bars.title = title;
	html_put(h, "<figure class=\"occupancy\"><figcaption><b>%s</b> blocks by occupancy, ", sz);
	if (b)
		html_put(h, "in percent of the complete samples: %llu in A, %llu in B",
			 (unsigned long long)x.all, (unsigned long long)y.all);
	else
		html_put(h, "in blocks: %llu complete, %llu censored", (unsigned long long)x.all,
			 (unsigned long long)x.all_censored);
	html_put(h, "</figcaption>\n");
	draw_bars(h, &bars, b != NULL);
	html_put(h, "</figure>\n");
}

static void lock_histo(const struct snapshot *s, struct histo *d)
{
	size_t i;

	memset(d, 0, sizeof(*d));
	for (i = 0; s && i < s->nr_locks; i++) {
		d->n[dur_bucket(s->locks[i].from_ns)] += s->locks[i].count;
		d->all += s->locks[i].count;
	}
}

/* Bars from the first to the last bucket that is not empty in both. @y NULL: one run. */
static void time_bars(struct html *h, const struct histo *x, const struct histo *y, bool wide,
		      const char *title)
{
	struct svg_bar bar[MTHP_DUR_BUCKETS];
	struct svg_bars bars = { .bar = bar, .height = BAR_HEIGHT, .title = title };
	int first = MTHP_DUR_BUCKETS, last = -1, i;
	char from[24], to[24], what[64];

	for (i = 0; i < MTHP_DUR_BUCKETS; i++) {
		if (!x->n[i] && !(y && y->n[i]))
			continue;
		first = i < first ? i : first;
		last = i;
	}
	/* A single bar would be as wide as the page: draw some empty buckets around it. */
	first = first > 2 ? first - 2 : 0;
	last = last < MTHP_DUR_BUCKETS - 2 ? last + 2 : MTHP_DUR_BUCKETS - 1;
	memset(bar, 0, sizeof(bar));
	for (i = first; i <= last; i++) {
		struct svg_bar *at = &bar[i - first];

		fmt_ns(i ? 1ULL << (i + MTHP_DUR_SHIFT - 1) : 0, from, sizeof(from));
		fmt_ns(1ULL << (i + MTHP_DUR_SHIFT), to, sizeof(to));
		snprintf(what, sizeof(what), i ? "%s to %s" : "%s up to %s", from, to);
		fill_bar(at, x, y, i, what);
		if (i && (wide || (i - first) % 2 == 0))
			snprintf(at->label, sizeof(at->label), "%s", from);
		at->minor = (i - first) % 2 != 0;
	}
	bars.nr = last - first + 1;
	draw_bars(h, &bars, y != NULL);
}

void chart_durations(struct html *h, const struct snapshot *a, const struct snapshot *b,
		     __u64 order, bool wide)
{
	char sz[16], title[96];
	struct histo x, y;

	dur_histo(a, order, &x);
	dur_histo(b, order, &y);
	size(a, order, sz, sizeof(sz));
	snprintf(title, sizeof(title), "How long collapses to %s took", sz);
	html_put(h,
		 "<figure class=\"durations\"><figcaption>How long collapses to <b>%s</b> took, ",
		 sz);
	if (b)
		html_put(h, "in percent of the collapses that report it: %llu in A, %llu in B",
			 (unsigned long long)x.all, (unsigned long long)y.all);
	else
		html_put(h, "in collapses: %llu report it", (unsigned long long)x.all);
	html_put(h, "; each bucket is twice as wide as the one before</figcaption>\n");
	time_bars(h, &x, b ? &y : NULL, wide, title);
	html_put(h, "</figure>\n");
}

void chart_locks(struct html *h, const struct snapshot *a, const struct snapshot *b)
{
	struct histo x, y;

	lock_histo(a, &x);
	lock_histo(b, &y);
	if (!x.all && !y.all)
		return;
	html_put(h,
		 "<figure class=\"locks\"><figcaption>How long commits held <b>mmap_lock</b> for "
		 "writing, ");
	if (b)
		html_put(h, "in percent of the commits: %llu in A, %llu in B",
			 (unsigned long long)x.all, (unsigned long long)y.all);
	else
		html_put(h, "in commits: %llu", (unsigned long long)x.all);
	html_put(h, "; each bucket is twice as wide as the one before</figcaption>\n");
	time_bars(h, &x, b ? &y : NULL, 1, "How long commits held mmap_lock");
	html_put(h, "</figure>\n");
}

static const struct snap_order *find_order(const struct snapshot *s, __u64 order)
{
	size_t i;

	for (i = 0; s && i < s->nr_orders; i++)
		if (s->orders[i].order == order)
			return &s->orders[i];
	return NULL;
}

static void order_bar(struct svg_bar *bar, const struct snapshot *a, const struct snapshot *b,
		      __u64 order)
{
	const struct snap_order *x = find_order(a, order), *y = find_order(b, order);
	__u64 x_all = a->summary.collapses, y_all = b ? b->summary.collapses : 0;
	char in_a[48], in_b[48], sz[16];

	size(a, order, sz, sizeof(sz));
	snprintf(bar->label, sizeof(bar->label), "%s", sz);
	count_share(x ? x->collapses : 0, x_all, in_a, sizeof(in_a));
	if (b) {
		bar->v[0] = share(x ? x->collapses : 0, x_all);
		bar->v[1] = share(y ? y->collapses : 0, y_all);
		count_share(y ? y->collapses : 0, y_all, in_b, sizeof(in_b));
		snprintf(bar->tip, sizeof(bar->tip), "%s: A %s, B %s", sz, in_a, in_b);
		return;
	}
	bar->v[0] = x ? x->collapses : 0;
	bar->v[1] = x ? x->failures : 0;
	snprintf(bar->tip, sizeof(bar->tip), "%s: %s succeeded, %llu failed", sz, in_a,
		 (unsigned long long)(x ? x->failures : 0));
}

void chart_orders(struct html *h, const struct snapshot *a, const struct snapshot *b)
{
	struct svg_bar bar[MTHP_NR_ORDERS];
	struct svg_bars bars = { .bar = bar, .height = BAR_HEIGHT, .title = "Collapses by size" };
	__u64 order;

	memset(bar, 0, sizeof(bar));
	for (order = 0; order < MTHP_NR_ORDERS; order++)
		if (find_order(a, order) || find_order(b, order))
			order_bar(&bar[bars.nr++], a, b, order);
	if (!bars.nr || (bars.nr == 1 && !b))
		return; /* the table says it */
	html_put(h, "<figure class=\"orders\"><figcaption><b>Collapses by size</b>, in ");
	if (b)
		html_put(h, "percent of those that succeeded: %llu in A, %llu in B",
			 (unsigned long long)a->summary.collapses,
			 (unsigned long long)b->summary.collapses);
	else
		html_put(h, "collapses: %llu succeeded, %llu failed",
			 (unsigned long long)a->summary.collapses,
			 (unsigned long long)a->summary.failures);
	html_put(h, "</figcaption>\n");
	draw_bars(h, &bars, b != NULL);
	html_put(h, "</figure>\n");
	if (b)
		return;
	html_put(h, "<p class=\"legend\">");
	svg_key(h, "a", "succeeded");
	svg_key(h, "b", "failed");
	html_put(h, "</p>\n");
}

void chart_heat_begin(struct html *h)
{
	html_put(h, "<figure class=\"heatmap\"><figcaption><b>Occupancy by size</b>: complete "
		    "samples by occupancy, in percent; their number is on the right"
		    "</figcaption>\n<div class=\"heat\">\n");
}

void chart_heat_row(struct html *h, const char *label, const __u64 *n)
{
	char tip[MTHP_OCC_BUCKETS][128], what[48], count[48], title[64];
	const char *tips[MTHP_OCC_BUCKETS];
	double shares[MTHP_OCC_BUCKETS];
	__u64 all = 0;
	size_t i;

	for (i = 0; i < MTHP_OCC_BUCKETS; i++)
		all += n[i];
	for (i = 0; i < MTHP_OCC_BUCKETS; i++) {
		bucket_words(i, what, sizeof(what));
		count_share(n[i], all, count, sizeof(count));
		snprintf(tip[i], sizeof(tip[i]), "%s, %s: %s", label, what, count);
		tips[i] = tip[i];
		shares[i] = share(n[i], all);
	}
	snprintf(title, sizeof(title), "Occupancy of blocks of %s", label);
	html_put(h, "<span><b>%s</b></span>", label);
	svg_strip(h, title, shares, tips, MTHP_OCC_BUCKETS, 24);
	html_put(h, "<span class=\"n\">%llu</span>\n", (unsigned long long)all);
}

static void heat_legend(struct html *h)
{
	unsigned int i;
	char word[32];

	html_put(h, "<p class=\"legend\">");
	svg_key(h, "q0", "none");
	for (i = 1; i < SVG_STEPS; i++) {
		if (i == 1)
			snprintf(word, sizeof(word), "below %.0f%%", 100 * svg_step_from(2));
		else
			snprintf(word, sizeof(word), "from %.0f%%", 100 * svg_step_from(i));
		svg_key(h, (const char *[]){ "q0", "q1", "q2", "q3", "q4", "q5", "q6" }[i], word);
	}
	html_put(h, "of the blocks of that size</p>\n");
}

void chart_heat_end(struct html *h)
{
	html_put(h,
		 "<span class=\"ends\"><span>empty</span><span>half</span><span>full</span></span>"
		 "<span class=\"n\">blocks</span>\n</div></figure>\n");
	heat_legend(h);
}

void chart_heat(struct html *h, const struct snapshot *s)
{
	__u64 orders[MTHP_NR_ORDERS];
	size_t nr = chart_occ_orders(s, NULL, orders);
	struct histo o;
	char sz[16];

	chart_heat_begin(h);
	while (nr--) {
		occ_histo(s, orders[nr], &o);
		chart_heat_row(h, size(s, orders[nr], sz, sizeof(sz)), o.n);
	}
	chart_heat_end(h);
}

static size_t add_order(__u64 *orders, size_t nr, __u64 order)
{
	size_t i, at = nr;

	for (i = 0; i < nr; i++)
		if (orders[i] == order)
			return nr;
	for (; at && orders[at - 1] > order; at--)
		orders[at] = orders[at - 1];
	orders[at] = order;
	return nr + 1;
}

size_t chart_occ_orders(const struct snapshot *a, const struct snapshot *b, __u64 *orders)
{
	size_t nr = 0, i;

	for (i = 0; i < a->nr_occ; i++)
		nr = add_order(orders, nr, a->occ[i].order);
	for (i = 0; b && i < b->nr_occ; i++)
		nr = add_order(orders, nr, b->occ[i].order);
	return nr;
}

size_t chart_dur_orders(const struct snapshot *a, const struct snapshot *b, __u64 *orders)
{
	size_t nr = 0, i;

	for (i = 0; i < a->nr_dur; i++)
		nr = add_order(orders, nr, a->dur[i].order);
	for (i = 0; b && i < b->nr_dur; i++)
		nr = add_order(orders, nr, b->dur[i].order);
	return nr;
}
