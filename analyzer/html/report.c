// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report as a page: the answers first, in words, then what they are taken from. A section is one
 * line in the table below and one function that draws it.
 */
#include <string.h>

#include "lib/array.h"
#include "view/answers.h"
#include "view/settings_explained.h"
#include "lib/fmt.h"
#include "html/markup_priv.h"
#include "html/charts_priv.h"
#include "html/svg_priv.h"
#include "view/refusals.h"
#include "model/results.h"
#include "view/formats.h"
#include "html/pages.h"

#define MAX_PROCS    50
#define MAX_OUTCOMES 40
#define MAX_COUNTERS 60
#define MAX_CHAINS   50

struct report {
	const struct snapshot *s;
	struct doc doc;
	const char *name;
};

static void draw_answers(struct html *h, const void *data)
{
	const struct report *r = data;
	struct answer a[ANSWERS_NR];
	size_t i;

	answers_make(r->s, a);
	html_put(h, "<ol class=\"answers\">\n");
	for (i = 0; i < ANSWERS_NR; i++)
		html_put(h,
			 a[i].known ? "<li><h3>%s</h3><p><strong>%s</strong> %s</p></li>\n" :
				      "<li class=\"unknown\"><h3>%s</h3><p><strong>%s</strong> "
				      "%s</p></li>\n",
			 a[i].question, a[i].brief, a[i].text);
	html_put(h, "</ol>\n");
}

static void draw_orders(struct html *h, const void *data)
{
	static const struct html_table how = { .bar = "collapsed_bytes",
					       .caption =
						       "Collapses by the size of the huge page" };
	const struct report *r = data;

	chart_orders(h, r->s, NULL);
	html_table(h, &r->doc, "orders", &how);
}

static void draw_occupancy(struct html *h, const void *data)
{
	static const struct html_table how = { .caption = "How full blocks were when scanned" };
	const struct report *r = data;
	__u64 orders[MTHP_NR_ORDERS];
	size_t nr = chart_occ_orders(r->s, NULL, orders), i;

	html_put(
		h,
		"<p>How much of a block held pages when a scan looked at it. Only blocks that were "
		"seen whole enter a share. A scan that ended early is <em>censored</em>: the "
		"block is at most as full as it looks.</p>\n");
	if (!nr) {
		html_put(h, "<p class=\"none\">No scan of this trace tells.</p>\n");
		return;
	}
	chart_heat(h, r->s);
	if (nr > 1)
		html_put(h, "<div class=\"multiples\">\n");
	for (i = nr; i; i--)
		chart_occupancy(h, r->s, NULL, orders[i - 1], nr == 1);
	if (nr > 1)
		html_put(h, "</div>\n");
	html_put(h, "<p class=\"legend\">");
	svg_key(h, "a", "seen whole");
	svg_key(h, "b", "censored");
	html_put(h, "</p>\n<details><summary>The numbers</summary>\n");
	html_table(h, &r->doc, "occupancy", &how);
	html_put(h, "</details>\n");
}

static int pick_refusal(const struct doc *d, const void *row)
{
	return reasons_is_refusal(d->data, row);
}

static int pick_other(const struct doc *d, const void *row)
{
	return !reasons_is_refusal(d->data, row);
}

/* The results of this trace, in words. */
static void draw_meanings(struct html *h, const struct snapshot *s)
{
	int seen[MTHP_NR_RESULTS] = { 0 };
	size_t i;
	__u8 r;

	for (i = 0; i < s->nr_outcomes; i++)
		seen[s->outcomes[i].key.result % MTHP_NR_RESULTS] = 1;
	html_put(h, "<details><summary>What the results mean</summary>\n<dl class=\"help\">\n"
		    "<dt>result</dt><dd>because</dd>\n");
	for (r = 1; r < MTHP_NR_RESULTS; r++)
		if (seen[r])
			html_put(h, "<dt>%s</dt><dd>%s</dd>\n", meta_result_name(&s->meta, r),
				 results_meaning(r) ? results_meaning(r) :
						      "this program does not know it");
	html_put(h, "</dl></details>\n");
}

static void draw_outcomes(struct html *h, const void *data)
{
	static const struct html_table refused = {
		.bar = "count",
		.max = MAX_OUTCOMES,
		.more = "mthptop report FILE --table outcomes",
		.caption = "Why memory was not collapsed, most frequent first",
		.pick = pick_refusal,
	};
	static const struct html_table other = {
		.bar = "count",
		.max = MAX_OUTCOMES,
		.more = "mthptop report FILE --table outcomes",
		.caption = "What succeeded, had nothing to do, or was a step on the way",
		.pick = pick_other,
	};
	const struct report *r = data;

	html_table(h, &r->doc, "outcomes", &refused);
	html_table(h, &r->doc, "outcomes", &other);
	draw_meanings(h, r->s);
}

static void draw_timeline(struct html *h, const void *data)
{
	static const struct html_table how = { .caption = "The timeline in numbers" };
	const struct report *r = data;

	chart_timeline(h, r->s);
	html_put(h, "<details><summary>The numbers</summary>\n");
	html_table(h, &r->doc, "timeline", &how);
	html_put(h, "</details>\n");
}

static void draw_procs(struct html *h, const void *data)
{
	static const char *const fields[] = { "comm",	    "tgid",	   "collapsed_bytes",
					      "collapses",  "failures",	   "filled_bytes",
					      "scans",	    "dur_mean_ns", "last_ns",
					      "top_result", NULL };
	static const struct html_table how = {
		.fields = fields,
		.bar = "collapsed_bytes",
		.max = MAX_PROCS,
		.more = "mthptop report FILE --table processes",
		.caption = "Address spaces by what was collapsed in them, then by scans",
	};
	const struct report *r = data;

	html_table(h, &r->doc, "processes", &how);
}

static int has_durations(const void *data)
{
	return ((const struct report *)data)->s->nr_dur != 0;
}

static void draw_durations(struct html *h, const void *data)
{
	static const struct html_table how = { .bar = "count",
					       .caption = "How long collapses took" };
	const struct report *r = data;
	__u64 orders[MTHP_NR_ORDERS];
	size_t nr = chart_dur_orders(r->s, NULL, orders), i;

	if (nr > 1)
		html_put(h, "<div class=\"multiples\">\n");
	for (i = nr; i; i--)
		chart_durations(h, r->s, NULL, orders[i - 1], nr == 1);
	if (nr > 1)
		html_put(h, "</div>\n");
	html_put(h, "<details><summary>The numbers</summary>\n");
	html_table(h, &r->doc, "durations", &how);
	html_put(h, "</details>\n");
}

static void draw_creep(struct html *h, const void *data)
{
	static const struct html_table by_size = { .caption = "Creep steps by size" };
	static const char *const fields[] = {
		"path",		 "comm",	"tgid",	   "addr",	"filled_bytes",
		"steps",	 "since_ns",	"last_ns", "untouched", "requester",
		"max_ptes_none", "creep_guard", "sizes",   NULL
	};
	static const struct html_table chains = {
		.fields = fields,
		.max = MAX_CHAINS,
		.more = "mthptop report FILE --table chains",
		.caption = "Chains of creep steps, by what they filled",
	};
	const struct report *r = data;

	html_put(
		h,
		"<p>A collapse fills the empty part of its block. A <em>creep step</em> is a collapse "
		"that would have been refused had what earlier collapses filled been counted as "
		"empty; steps that build on one another are a chain.</p>\n");
	html_table(h, &r->doc, "creep", &by_size);
	html_table(h, &r->doc, "chains", &chains);
}

static void draw_plans(struct html *h, const void *data)
{
	static const struct html_table plans = {
		.caption = "What scans saw, added up over all of them, and what they planned"
	};
	static const struct html_table blocked = {
		.bar = "scans",
		.max = MAX_OUTCOMES,
		.more = "mthptop report FILE --table blocked",
		.caption = "What kept parts of the scanned ranges from being collapsed",
	};
	const struct report *r = data;

	html_table(h, &r->doc, "plans", &plans);
	html_table(h, &r->doc, "blocked", &blocked);
}

static void draw_locks(struct html *h, const void *data)
{
	static const struct html_table commits = {
		.caption = "Commits: each takes mmap_lock for writing once, for one PMD range"
	};
	static const struct html_table how = { .bar = "count",
					       .caption = "How long commits held mmap_lock" };
	const struct report *r = data;

	chart_locks(h, r->s, NULL);
	html_table(h, &r->doc, "batches", &commits);
	if (table_unknown(table_find("locks"), r->doc.detail))
		return;
	html_put(h, "<details><summary>The numbers</summary>\n");
	html_table(h, &r->doc, "locks", &how);
	html_put(h, "</details>\n");
}

static void draw_counters(struct html *h, const void *data)
{
	static const struct html_table how = {
		.max = MAX_COUNTERS,
		.more = "mthptop report FILE --table counters",
		.caption = "What the kernel itself counted on the whole machine in the same time",
	};
	const struct report *r = data;

	html_table(h, &r->doc, "counters", &how);
}

static void audit_line(void *ctx, const char *subject, const char *text)
{
	html_put(ctx, "<li><code>%s</code>: %s</li>\n", subject, text);
}

static void draw_settings(struct html *h, const void *data)
{
	static const struct html_table how = { .caption =
						       "Below /sys/kernel/mm/transparent_hugepage, "
						       "when the observation began" };
	const struct report *r = data;

	html_put(h, "<ul class=\"said\">\n");
	audit_settings(&r->s->meta, audit_line, h);
	html_put(h, "</ul>\n");
	html_table(h, &r->doc, "settings", &how);
}

static void draw_losses(struct html *h, const void *data)
{
	static const struct html_table events = { .caption = "Events by kind" };
	static const struct html_table losses = { .caption = "What got lost, and where" };
	const struct report *r = data;

	if (!r->s->summary.lost)
		html_put(h, "<p>Nothing was lost.</p>\n");
	html_table(h, &r->doc, "losses", &losses);
	html_table(h, &r->doc, "events", &events);
}

static const struct html_section sections[] = {
	{ "answers", "Answers", draw_answers, NULL },
	{ "sizes", "Sizes", draw_orders, NULL },
	{ "occupancy", "Occupancy", draw_occupancy, NULL },
	{ "outcomes", "Outcomes", draw_outcomes, NULL },
	{ "timeline", "Timeline", draw_timeline, NULL },
	{ "processes", "Processes", draw_procs, NULL },
	{ "creep", "Creep", draw_creep, NULL },
	{ "plans", "Plans", draw_plans, NULL },
	{ "durations", "Durations", draw_durations, has_durations },
	{ "locks", "Lock", draw_locks, NULL },
	{ "counters", "The kernel’s own counters", draw_counters, NULL },
	{ "settings", "Settings", draw_settings, NULL },
	{ "losses", "Events and losses", draw_losses, NULL },
};

/* The fields of the summary that stand on top, in large figures. */
static const char *const tiles[] = { "collapses", "collapsed_bytes", "filled_bytes", "failures",
				     "scans",	  "processes",	     "creep_steps",  "lost" };

static void draw_tiles(struct html *h, const struct report *r)
{
	const struct table *t = table_find("summary");
	const struct snap_summary *sum = &r->s->summary;
	char text[64];
	size_t i;

	html_put(h, "<ul class=\"tiles\">\n");
	for (i = 0; i < ARRAY_SIZE(tiles); i++) {
		const struct field *f = table_field(t, tiles[i]);

		if (!strcmp(f->id, "creep_steps") && sum->creep_steps == NUM_UNKNOWN)
			continue; /* the answers say why */
		html_put(h, "<li title=\"%s\">%s<b data-field=\"%s\">%s</b>", f->help, f->title,
			 f->id, field_text(f, sum, r->doc.page_size, text, sizeof(text)));
		if (!strcmp(f->id, "filled_bytes") && sum->filled_bytes != NUM_UNKNOWN &&
		    sum->collapsed_bytes)
			html_put(h, "<small>%.1f%% of collapsed%s</small>",
				 100.0 * sum->filled_bytes / sum->collapsed_bytes,
				 sum->filled_unknown ? ", and some untold" : "");
		html_put(h, "</li>\n");
	}
	html_put(h, "</ul>\n");
}

static void warnings(struct html *h, const struct snapshot *s)
{
	char cgroup[1100];

	if (!s->summary.complete)
		html_put(h,
			 "<p class=\"warn\"><b>Incomplete.</b> The trace was cut off: its end is "
			 "missing.</p>\n");
	if (s->summary.lost)
		html_put(h,
			 "<p class=\"warn\"><b>%llu lost.</b> Not all that happened is in these "
			 "numbers; <a href=\"#losses\">what and where</a>.</p>\n",
			 (unsigned long long)s->summary.lost);
	if (s->meta.filter_tgid)
		html_put(h, "<p class=\"warn\"><b>Only process %u</b> was looked at.</p>\n",
			 s->meta.filter_tgid);
	if (s->meta.filter_cgroup[0])
		html_put(
			h,
			"<p class=\"warn\"><b>Only the cgroup %s</b> and those below it were looked "
			"at.</p>\n",
			fmt_safe(s->meta.filter_cgroup, cgroup, sizeof(cgroup)));
}

static void lede(struct html *h, const struct snapshot *s)
{
	static const char *const missing[NR_DETAILS] = {
		[DETAIL_TOTALS] = "sizes below that of a PMD, addresses and plans",
		[DETAIL_SIZES] = "addresses, plans and occupancy below PMD size",
		[DETAIL_RANGES] = "plans",
	};
	const struct snap_summary *sum = &s->summary;
	char bytes[24], took[24];

	html_put(h, "<p class=\"lede\">In %s, %llu range%s scanned",
		 fmt_ns(sum->duration_ns, took, sizeof(took)), (unsigned long long)sum->scans,
		 sum->scans == 1 ? " was" : "s were");
	if (sum->collapses && sum->filled_bytes != NUM_UNKNOWN)
		html_put(h,
			 "; %s of what was collapsed had been empty and is filled with zeroes now",
			 fmt_bytes(sum->filled_bytes, bytes, sizeof(bytes)));
	html_put(h, ".");
	if (missing[s->meta.detail])
		html_put(h, " This kernel does not report %s.", missing[s->meta.detail]);
	html_put(h, "</p>\n");
}

static void head(struct html *h, const struct report *r)
{
	const struct snap_summary *sum = &r->s->summary;
	char line[128], start[64];

	answers_headline(r->s, line, sizeof(line));
	html_put(h,
		 "<header>\n<p class=\"of\">%s · Linux %s %s · detail %s · %s</p>\n<h1>%s</h1>\n",
		 r->name, sum->release, sum->machine, sum->detail,
		 fmt_time(sum->start_ns, start, sizeof(start)), line);
	lede(h, r->s);
	warnings(h, r->s);
	draw_tiles(h, r);
	html_put(h, "</header>\n");
}

int html_report(const struct snapshot *s, const char *name, const char *table, FILE *out)
{
	struct report r = { .s = s, .doc = doc_snapshot(s), .name = name };
	struct html h = { .out = out };
	char title[128], line[96];

	answers_headline(s, line, sizeof(line));
	snprintf(title, sizeof(title), "mthptop: %s", line);
	html_begin(&h, title);
	head(&h, &r);
	if (table)
		html_table(&h, &r.doc, table, NULL);
	else
		html_sections(&h, sections, ARRAY_SIZE(sections), &r);
	html_put(&h, "<footer><p class=\"note\">Made by mthptop. All numbers of this page, exact: "
		     "<code>mthptop report FILE --format json</code>.</p></footer>\n");
	html_end(&h);
	return view_end(out);
}
