// SPDX-License-Identifier: GPL-2.0-only
/* What the best setting gains and costs, in words. */
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
	    "Best means: filled pages and TLB entries add up to least, one entry counting as %llu pages (--weigh).",
	    (unsigned long long)d->top.weigh);
}

static void say_gain(struct whatif_doc *d, const struct whatif_row *b)
{
	const struct whatif_row *then = &d->rows[0];
	char now_bytes[16], then_bytes[16], now_copied[16], then_copied[16];

	fmt_bytes(b->filled_bytes, now_bytes, sizeof(now_bytes));
	fmt_bytes(then->filled_bytes, then_bytes, sizeof(then_bytes));
	fmt_bytes(b->copied_bytes, now_copied, sizeof(now_copied));
	fmt_bytes(then->copied_bytes, then_copied, sizeof(then_copied));
	say(d, "Gain: the ranges end up mapped by %llu TLB entries; as recorded it is %llu.",
	    (unsigned long long)b->tlb_entries, (unsigned long long)then->tlb_entries);
	say(d, "Memory: %s are filled with zeroes; as recorded %s.", now_bytes, then_bytes);
	say(d, "Work: %llu collapses in %llu commits copy %s; as recorded %llu in %llu, %s.",
	    (unsigned long long)b->collapses, (unsigned long long)b->batches, now_copied,
	    (unsigned long long)then->collapses, (unsigned long long)then->batches, then_copied);
}

static void say_creep(struct whatif_doc *d, const struct whatif_row *b)
{
	char bytes[16];

	if (b->creep_steps)
		say(d, "Creep: %llu collapses follow from earlier ones alone and fill %s.",
		    (unsigned long long)b->creep_steps,
		    fmt_bytes(b->creep_bytes, bytes, sizeof(bytes)));
	else
		say(d, "Creep: none.");
}

static void say_sure(struct whatif_doc *d, const struct whatif_row *b)
{
	char scans[16], ranges[16];

	say(d,
	    "How sure: %s of the scans are settled by the record, and %s of the ranges to its end; the rest hangs on what nobody saw.",
	    fmt_ppm(b->exact_ppm, scans, sizeof(scans)),
	    fmt_ppm(b->ranges_exact_ppm, ranges, sizeof(ranges)));
	if (d->top.left_out)
		say(d, "Left out: %llu scans, which were cut off or did not fit into memory.",
		    (unsigned long long)d->top.left_out);
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
		say(d, "%s %s (%llu): %llu TLB entries instead of %llu, %s filled.",
		    i ? "Then" : "Most changes for", fmt_safe(p->comm, comm, sizeof(comm)),
		    (unsigned long long)p->tgid, (unsigned long long)p->tlb_entries,
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
		    "This trace cannot tell which setting is best: it has no scans with their addresses.");
		return 0;
	}
	say_settings(d, best);
	say_gain(d, best);
	say_creep(d, best);
	say_sure(d, best);
	say_procs(d);
	return 0;
}
