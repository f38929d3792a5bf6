// SPDX-License-Identifier: GPL-2.0-only
/* Gains and costs of the best setting, in words. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/fmt.h"
#include "whatif/tables.h"

#define MAX_LINES 24
#define MAX_PROCS 5 /* that are named */

static void __attribute__((format(printf, 2, 3))) say(struct whatif_doc *d, const char *fmt, ...)
{
	va_list ap;

	if (d->nr_lines == MAX_LINES)
		return;
	va_start(ap, fmt);
	vsnprintf(d->lines[d->nr_lines].text, sizeof(d->lines[0].text), fmt, ap);
	va_end(ap);
	d->nr_lines++;
}

/* "1 collapse", "2 collapses" */
struct counted {
	char s[40];
};

static struct counted count(__u64 n, const char *one, const char *more)
{
	struct counted c;

	snprintf(c.s, sizeof(c.s), "%llu %s", (unsigned long long)n, n == 1 ? one : more);
	return c;
}

static struct counted collapses(__u64 n)
{
	return count(n, "collapse", "collapses");
}

static struct counted commits(__u64 n)
{
	return count(n, "commit", "commits");
}

static struct counted entries(__u64 n)
{
	return count(n, "TLB entry", "TLB entries");
}

static const struct whatif_row *best_row(const struct whatif_doc *d)
{
	size_t i;

	for (i = 1; i < d->nr_rows; i++)
		if (d->rows[i].best)
			return &d->rows[i];
	return NULL;
}

static void say_settings(struct whatif_doc *d, const struct whatif_row *b)
{
	say(d, "Best of those tried: max_ptes_none %llu, sizes %s, rule %s.",
	    (unsigned long long)b->max_ptes_none, b->orders, b->rule);
	say(d,
	    "Its cost is the least: filled pages plus TLB entries, one entry counted as %llu pages (--weigh).",
	    (unsigned long long)d->top.weigh);
}

static void say_gain(struct whatif_doc *d, const struct whatif_row *b)
{
	const struct whatif_row *then = &d->rows[0];
	char now_bytes[16], then_bytes[16];

	say(d, "Gain: the ranges need %s at the end, %llu as recorded.", entries(b->tlb_entries).s,
	    (unsigned long long)then->tlb_entries);
	say(d, "Memory: collapses fill %s with zeroes, %s as recorded.",
	    fmt_bytes(b->filled_bytes, now_bytes, sizeof(now_bytes)),
	    fmt_bytes(then->filled_bytes, then_bytes, sizeof(then_bytes)));
	say(d, "Work: %s in %s, %s copied. As recorded: %s in %s, %s copied.",
	    collapses(b->collapses).s, commits(b->batches).s,
	    fmt_bytes(b->copied_bytes, now_bytes, sizeof(now_bytes)), collapses(then->collapses).s,
	    commits(then->batches).s,
	    fmt_bytes(then->copied_bytes, then_bytes, sizeof(then_bytes)));
}

static void say_creep(struct whatif_doc *d, const struct whatif_row *b)
{
	char bytes[16];

	if (b->creep_steps)
		say(d, "Creep: %s possible only because of earlier ones, %s filled.",
		    collapses(b->creep_steps).s, fmt_bytes(b->creep_bytes, bytes, sizeof(bytes)));
	else
		say(d, "Creep: none.");
}

static void say_confidence(struct whatif_doc *d, const struct whatif_row *b)
{
	char scans[16], ranges[16];

	say(d,
	    "Confidence: %s of the scans can be decided from the trace, and %s of the ranges up to its end; the rest is an estimate.",
	    fmt_ppm(b->exact_ppm, scans, sizeof(scans)),
	    fmt_ppm(b->ranges_exact_ppm, ranges, sizeof(ranges)));
	if (d->top.left_out)
		say(d, "Left out: %s that ended early, or of ranges that did not fit into memory.",
		    count(d->top.left_out, "scan", "scans").s);
}

static void say_procs(struct whatif_doc *d)
{
	char comm[64], bytes[16];
	size_t i;

	for (i = 0; i < d->nr_procs && i < MAX_PROCS; i++) {
		const struct whatif_proc_row *p = &d->procs[i];

		if (p->tlb_recorded == p->tlb_entries &&
		    p->filled_bytes == p->filled_recorded_bytes)
			break;
		say(d, "%s %s (%llu): %s instead of %llu, %s filled.",
		    i ? "Next:" : "Largest change:", fmt_safe(p->comm, comm, sizeof(comm)),
		    (unsigned long long)p->tgid, entries(p->tlb_entries).s,
		    (unsigned long long)p->tlb_recorded,
		    fmt_bytes(p->filled_bytes, bytes, sizeof(bytes)));
	}
}

int whatif_doc_explain(struct whatif_doc *d)
{
	const struct whatif_row *best = best_row(d);

	d->lines = calloc(MAX_LINES, sizeof(*d->lines));
	if (!d->lines)
		return -ENOMEM;
	if (!best) {
		say(d,
		    "The best setting is unknown: this trace has no scans with their addresses.");
		return 0;
	}
	say_settings(d, best);
	say_gain(d, best);
	say_creep(d, best);
	say_confidence(d, best);
	say_procs(d);
	return 0;
}
