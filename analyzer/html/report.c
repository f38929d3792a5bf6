// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report as a page: the answers in words, then the numbers behind them. A section is one line in the
 * table below and one function that draws it.
 */
#include <string.h>

#include "model/verdict.h"
#include "lib/array.h"
#include "view/answers.h"
#include "view/settings_explained.h"
#include "lib/fmt.h"
#include "html/markup_priv.h"
#include "html/charts_priv.h"
#include "html/svg_priv.h"
#include "model/refusals.h"
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
	static const struct html_table how = { .bar = offsetof(struct snap_order, collapsed_bytes),
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

	html_put(h, "<p>Occupancy: how many PTEs of a block were present at a scan. Shares are of "
		    "complete samples only. The sample of a scan that ended early is "
		    "<em>censored</em>: the block is at most as full as the sample.</p>\n");
	if (!nr) {
		html_put(h, "<p class=\"none\">Unknown: no scan of this trace reports it.</p>\n");
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
	svg_key(h, "a", "complete");
	svg_key(h, "b", "censored");
	html_put(h, "</p>\n<details><summary>The numbers</summary>\n");
	html_table(h, &r->doc, "occupancy", &how);
	html_put(h, "</details>\n");
}

static bool pick_refusal(const struct doc *d, const void *row)
{
	return refusals_is_refusal(d->data, row);
}

static bool pick_other(const struct doc *d, const void *row)
{
	return !refusals_is_refusal(d->data, row);
}

/* The results of this trace, in words, and what can be done about them. */
static void draw_meanings(struct html *h, const struct snapshot *s)
{
	int seen[MTHP_NR_RESULTS] = { 0 };
	size_t i;
	__u8 r;

	for (i = 0; i < s->nr_outcomes; i++)
		seen[s->outcomes[i].key.result % MTHP_NR_RESULTS] = 1;
	html_put(h, "<details><summary>What the results mean</summary>\n<dl class=\"help\">\n"
		    "<dt>result</dt><dd>meaning, and what to do</dd>\n");
	for (r = 1; r < MTHP_NR_RESULTS; r++) {
		if (!seen[r])
			continue;
		html_put(h, "<dt>%s</dt><dd>%s", html_name(meta_result_name(&s->meta, r)).s,
			 results_meaning(r) ? results_meaning(r) :
					      "not known to this version of mthptop");
		if (results_remedy(r))
			html_put(h, ". <b>To do:</b> %s", results_remedy(r));
		html_put(h, "</dd>\n");
	}
	html_put(h, "</dl></details>\n");
}

static void draw_outcomes(struct html *h, const void *data)
{
	static const struct html_table refused = {
		.bar = offsetof(struct snap_outcome, count),
		.max = MAX_OUTCOMES,
		.more = "mthptop report FILE --table outcomes",
		.caption = "Refusals: why memory was not collapsed, most frequent first",
		.pick = pick_refusal,
	};
	static const struct html_table other = {
		.bar = offsetof(struct snap_outcome, count),
		.max = MAX_OUTCOMES,
		.more = "mthptop report FILE --table outcomes",
		.caption =
			"Other outcomes: successes, steps of a collapse, scans with nothing to do",
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
	static const size_t fields[] = {
		offsetof(struct snap_proc, comm),
		offsetof(struct snap_proc, tgid),
		offsetof(struct snap_proc, collapsed_bytes),
		offsetof(struct snap_proc, collapses),
		offsetof(struct snap_proc, failures),
		offsetof(struct snap_proc, filled_bytes),
		offsetof(struct snap_proc, scans),
		offsetof(struct snap_proc, dur_mean_ns),
		offsetof(struct snap_proc, last_ns),
		offsetof(struct snap_proc, top_result),
	};
	static const struct html_table how = {
		.fields = fields,
		.nr_fields = ARRAY_SIZE(fields),
		.bar = offsetof(struct snap_proc, collapsed_bytes),
		.max = MAX_PROCS,
		.more = "mthptop report FILE --table processes",
		.caption = "Address spaces by memory collapsed, then by scans",
	};
	const struct report *r = data;

	html_table(h, &r->doc, "processes", &how);
}

static bool has_durations(const void *data)
{
	return ((const struct report *)data)->s->nr_dur != 0;
}

static void draw_durations(struct html *h, const void *data)
{
	static const struct html_table how = { .bar = offsetof(struct snap_dur, count),
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
	html_table(h, &r->doc, "stalls", NULL);
}

static void draw_creep(struct html *h, const void *data)
{
	static const struct html_table by_size = { .caption = "Creep steps by size" };
	static const size_t fields[] = {
		offsetof(struct snap_chain, path),
		offsetof(struct snap_chain, comm),
		offsetof(struct snap_chain, tgid),
		offsetof(struct snap_chain, addr),
		offsetof(struct snap_chain, filled_bytes),
		offsetof(struct snap_chain, steps),
		offsetof(struct snap_chain, since_ns),
		offsetof(struct snap_chain, last_ns),
		offsetof(struct snap_chain, untouched),
		offsetof(struct snap_chain, requester),
		offsetof(struct snap_chain, max_ptes_none),
		offsetof(struct snap_chain, creep_guard),
		offsetof(struct snap_chain, sizes),
	};
	static const struct html_table chains = {
		.fields = fields,
		.nr_fields = ARRAY_SIZE(fields),
		.max = MAX_CHAINS,
		.more = "mthptop report FILE --table chains",
		.caption = "Chains of creep steps, by memory filled",
	};
	const struct report *r = data;

	html_put(
		h,
		"<p>A collapse fills the empty PTEs of its block with zeroed pages. A <em>creep step</em> "
		"is a collapse that is possible only because earlier collapses filled pages. Several "
		"steps of one range are a chain.</p>\n");
	html_table(h, &r->doc, "creep", &by_size);
	html_table(h, &r->doc, "chains", &chains);
}

static void draw_vain(struct html *h, const void *data)
{
	static const struct html_table failures = { .bar = offsetof(struct snap_vain, vain),
						    .max = MAX_OUTCOMES,
						    .more = "mthptop report FILE --table vain" };
	static const struct html_table passes = {
		.caption = "Full passes of khugepaged over all processes, and what one does"
	};
	static const struct html_table splits = {
		.bar = offsetof(struct snap_split, undone),
		.caption =
			"Huge pages that were split, by whom, and how many of them a collapse undid",
	};
	const struct report *r = data;

	html_put(
		h,
		"<p>A failed attempt is <em>in vain</em> if nothing had changed since the attempt at "
		"the same block that failed before it, or if one folio mapped the block already.</p>\n");
	html_table(h, &r->doc, "vain", &failures);
	html_table(h, &r->doc, "passes", &passes);
	html_table(h, &r->doc, "splits", &splits);
}

static void draw_plans(struct html *h, const void *data)
{
	static const struct html_table plans = {
		.caption = "Findings and plans of scans, summed over all scans"
	};
	static const struct html_table blocked = {
		.bar = offsetof(struct snap_blocked, scans),
		.max = MAX_OUTCOMES,
		.more = "mthptop report FILE --table blocked",
		.caption = "Reasons of blocked parts of the scanned ranges",
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
	static const struct html_table how = { .bar = offsetof(struct snap_lock, count),
					       .caption = "How long commits held mmap_lock" };
	const struct report *r = data;

	chart_locks(h, r->s, NULL);
	html_table(h, &r->doc, "batches", &commits);
	if (table_unknown(&tables[TABLE_LOCKS], r->doc.has))
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
		.caption = "Counters of the kernel, of the whole machine in the same time",
	};
	const struct report *r = data;

	html_table(h, &r->doc, "counters", &how);
}

static void explain_line(void *ctx, const char *subject, const char *text)
{
	html_put(ctx, "<li><code>%s</code>: %s</li>\n", subject, text);
}

static void draw_settings(struct html *h, const void *data)
{
	static const struct html_table how = {
		.caption = "Below /sys/kernel/mm/transparent_hugepage"
	};
	static const struct html_table changes = { .caption = "Their changes meanwhile" };
	const struct report *r = data;

	html_put(h, "<ul class=\"said\">\n");
	settings_explain(&r->s->meta, explain_line, h);
	html_put(h, "</ul>\n");
	html_table(h, &r->doc, "settings", &how);
	if (r->s->nr_changes)
		html_table(h, &r->doc, "changes", &changes);
}

static void draw_losses(struct html *h, const void *data)
{
	static const struct html_table events = { .caption = "Events by kind" };
	static const struct html_table losses = { .caption = "Losses" };
	static const struct html_table capabilities = { .caption = "What this source reports" };
	const struct report *r = data;

	if (!r->s->summary.lost)
		html_put(h, "<p>Nothing was lost.</p>\n");
	html_table(h, &r->doc, "losses", &losses);
	html_table(h, &r->doc, "events", &events);
	html_table(h, &r->doc, "capabilities", &capabilities);
}

static const struct html_section sections[] = {
	{ "answers", "Answers", draw_answers, NULL },
	{ "sizes", "Sizes", draw_orders, NULL },
	{ "occupancy", "Occupancy", draw_occupancy, NULL },
	{ "outcomes", "Outcomes", draw_outcomes, NULL },
	{ "timeline", "Timeline", draw_timeline, NULL },
	{ "processes", "Processes", draw_procs, NULL },
	{ "creep", "Creep", draw_creep, NULL },
	{ "vain", "In vain", draw_vain, NULL },
	{ "plans", "Plans", draw_plans, NULL },
	{ "durations", "Durations", draw_durations, has_durations },
	{ "locks", "Lock", draw_locks, NULL },
	{ "counters", "The kernel’s own counters", draw_counters, NULL },
	{ "settings", "Settings", draw_settings, NULL },
	{ "losses", "Events and losses", draw_losses, NULL },
};

/* The fields of the summary on top, in large figures. */
static const size_t tiles[] = {
	offsetof(struct snap_summary, collapses),    offsetof(struct snap_summary, collapsed_bytes),
	offsetof(struct snap_summary, filled_bytes), offsetof(struct snap_summary, failures),
	offsetof(struct snap_summary, scans),	     offsetof(struct snap_summary, processes),
	offsetof(struct snap_summary, creep_steps),  offsetof(struct snap_summary, vain),
	offsetof(struct snap_summary, lost),
};

static void draw_tile(struct html *h, const struct report *r, const struct field *f)
{
	const struct snap_summary *sum = &r->s->summary;
	char text[64];

	html_put(h, "<li title=\"%s\">%s<b data-field=\"%s\">%s</b>", f->help, f->title, f->id,
		 field_text(f, sum, r->doc.page_size, text, sizeof(text)));
	if (f->flags & FIELD_FILL && sum->filled_bytes != NUM_UNKNOWN && sum->collapsed_bytes)
		html_put(h, "<small>%.1f%% of collapsed%s</small>",
			 100.0 * sum->filled_bytes / sum->collapsed_bytes,
			 sum->filled_unknown ? ", and some unknown" : "");
	html_put(h, "</li>\n");
}

static void draw_tiles(struct html *h, const struct report *r)
{
	size_t i;

	html_put(h, "<ul class=\"tiles\">\n");
	for (i = 0; i < ARRAY_SIZE(tiles); i++) {
		const struct field *f = table_field_at(&tables[TABLE_SUMMARY], tiles[i]);

		/* Unknown creep: an answer says why. */
		if (r->doc.has >> f->needs & 1)
			draw_tile(h, r, f);
	}
	html_put(h, "</ul>\n");
}

static void warnings(struct html *h, const struct snapshot *s)
{
	char cgroup[1100];

	if (!s->summary.complete)
		html_put(h, "<p class=\"warn\"><b>Incomplete.</b> The trace is truncated.</p>\n");
	if (s->summary.lost)
		html_put(h,
			 "<p class=\"warn\"><b>%llu lost.</b> These numbers are too low; "
			 "<a href=\"#losses\">what was lost</a>.</p>\n",
			 (unsigned long long)s->summary.lost);
	if (s->meta.filter_tgid)
		html_put(h, "<p class=\"warn\"><b>Only process %u</b> was observed.</p>\n",
			 s->meta.filter_tgid);
	if (s->meta.filter_cgroup[0])
		html_put(h,
			 "<p class=\"warn\"><b>Only the cgroup %s</b> and those below it were "
			 "observed.</p>\n",
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
		html_put(h, "; collapses filled %s of empty memory with zeroes",
			 fmt_bytes(sum->filled_bytes, bytes, sizeof(bytes)));
	html_put(h, ".");
	if (missing[s->meta.detail])
		html_put(h, " This kernel does not report %s.", missing[s->meta.detail]);
	html_put(h, "</p>\n");
}

static void head(struct html *h, const struct report *r)
{
	const struct snap_summary *sum = &r->s->summary;
	char start[64];

	html_put(h,
		 "<header>\n<p class=\"of\">%s · Linux %s %s · detail %s · %s</p>\n"
		 "<h1><span class=\"%s\">%s</span>: %s</h1>\n",
		 html_name(r->name).s, html_name(sum->release).s, html_name(sum->machine).s,
		 sum->detail, fmt_time(sum->start_ns, start, sizeof(start)), sum->verdict,
		 verdict_title(r->s->verdict.word), sum->headline);
	if (sum->next[0])
		html_put(h, "<p class=\"next\"><b>Next:</b> %s</p>\n", sum->next);
	lede(h, r->s);
	warnings(h, r->s);
	draw_tiles(h, r);
	html_put(h, "</header>\n");
}

int html_report(const struct snapshot *s, const char *name, const char *table, FILE *out)
{
	struct report r = { .s = s, .doc = doc_snapshot(s), .name = name };
	struct html h = { .out = out };
	char title[32 + VERDICT_REASON_MAX];

	snprintf(title, sizeof(title), "%s: %s", verdict_title(s->verdict.word),
		 s->summary.headline);
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
