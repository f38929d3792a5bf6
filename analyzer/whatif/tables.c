// SPDX-License-Identifier: GPL-2.0-only
/* The results of a what-if as rows of tables. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "model/field_rows.h"
#include "model/policy_names.h"
#include "whatif/grid.h"
#include "whatif/tables.h"

static const struct field top_fields[] = {
	FLD(whatif_top, release, "kernel", STR, 12, "release of the kernel that was recorded"),
	FLD(whatif_top, detail, "detail", STR, 6, "how much the kernel reported"),
	FLD(whatif_top, ranges, "ranges", COUNT, 8, "PMD ranges that were scanned"),
	FLD(whatif_top, processes, "processes", COUNT, 9, "address spaces that they are of"),
	FLD(whatif_top, left_out, "left out", COUNT, 8,
	    "scans that ended early, or whose ranges did not fit into memory"),
	FLD(whatif_top, weigh, "weight", COUNT, 6,
	    "so many filled pages count as much as one TLB entry"),
};

static const struct field row_fields[] = {
	KEY(whatif_row, setting, "setting", ID, 7, "number of the setting; 0 is the recording"),
	FLD(whatif_row, rule, "rule", STR, 9, "rule below PMD size"),
	FLD(whatif_row, max_ptes_none, "none", COUNT, 4, "max_ptes_none"),
	FLD(whatif_row, orders, "sizes", CHARS, 11, "sizes that are enabled"),
	FLD(whatif_row, best, "best", BOOL, 4, "has the least cost"),
	FLD(whatif_row, collapses, "collapses", COUNT, 9, "by khugepaged"),
	FLD(whatif_row, collapsed_bytes, "collapsed", BYTES, 9, "bytes of the folios formed"),
	FLD(whatif_row, filled_bytes, "filled", BYTES, 7, "bytes filled with zeroes"),
	FLD(whatif_row, filled_ppm, "more", PPM, 6, "filled, as a share of the memory as recorded"),
	FLD(whatif_row, copied_bytes, "copied", BYTES, 7, "bytes copied into larger folios"),
	FLD(whatif_row, scans, "scans", COUNT, 7, "scans of page tables"),
	FLD(whatif_row, batches, "commits", COUNT, 7, "each takes mmap_lock for writing once"),
	FLD(whatif_row, creep_steps, "creep", COUNT, 5,
	    "collapses that only earlier collapses made possible"),
	FLD(whatif_row, creep_bytes, "creep fill", BYTES, 10, "bytes that these filled"),
	FLD(whatif_row, grown_steps, "grown", COUNT, 5,
	    "collapses that earlier collapses and the process together made possible"),
	FLD(whatif_row, tlb_entries, "TLB", COUNT, 7,
	    "entries that map the ranges at the end, one for each whole folio"),
	FLD(whatif_row, exact_ppm, "exact", PPM, 6, "scans that can be decided from the trace"),
	FLD(whatif_row, ranges_exact_ppm, "ranges", PPM, 6,
	    "ranges of which every scan is exact, up to the end"),
	FLD(whatif_row, cost, "cost", COUNT, 8, "filled pages plus weighted TLB entries"),
};

static const struct field size_fields[] = {
	KEY(whatif_size, setting, "setting", ID, 7, "number of the setting"),
	KEY(whatif_size, order, "size", ORDER, 5, "size of the folio"),
	FLD(whatif_size, collapses, "collapses", COUNT, 9, "to this size"),
	FLD(whatif_size, bytes, "collapsed", BYTES, 9, "bytes of the folios formed"),
};

static const struct field proc_fields[] = {
	KEY(whatif_proc_row, tgid, "pid", ID, 7, "process"),
	KEY(whatif_proc_row, comm, "comm", CHARS, 15, "its name"),
	KEY(whatif_proc_row, mm, "mm", HEX, 16, "its address space"),
	FLD(whatif_proc_row, ranges, "ranges", COUNT, 7, "PMD ranges of it that were scanned"),
	FLD(whatif_proc_row, filled_recorded_bytes, "filled, recorded", BYTES, 11, "as recorded"),
	FLD(whatif_proc_row, filled_bytes, "filled", BYTES, 7, "under the best setting"),
	FLD(whatif_proc_row, tlb_recorded, "TLB, recorded", COUNT, 8, "as recorded"),
	FLD(whatif_proc_row, tlb_entries, "TLB", COUNT, 7, "under the best setting"),
};

static const struct field line_fields[] = {
	FLD(whatif_line, text, "in words", CHARS, 20, "a sentence"),
};

#define TABLE(...) FIELD_TABLE(whatif_doc, __VA_ARGS__)

const struct table whatif_tables[] = {
	FIELD_LIST(whatif_doc, "summary", "What if", top_fields, whatif_top, top),
	TABLE("settings", "Settings", row_fields, whatif_row, rows, nr_rows),
	TABLE("sizes", "Sizes", size_fields, whatif_size, sizes, nr_sizes),
	TABLE("processes", "Processes, under the best setting", proc_fields, whatif_proc_row, procs,
	      nr_procs),
	TABLE("explanation", "In words", line_fields, whatif_line, lines, nr_lines),
};
const size_t nr_whatif_tables = ARRAY_SIZE(whatif_tables);

struct doc whatif_doc_view(const struct whatif_doc *d)
{
	return (struct doc){ .tables = whatif_tables,
			     .nr_tables = nr_whatif_tables,
			     .data = d,
			     .page_size = d->page_size };
}

static __u64 ppm(__u64 part, __u64 all)
{
	return all ? (__u64)((double)part * 1000000 / all) : NUM_UNKNOWN;
}

/* Pages of the ranges at the end, as recorded. */
static __u64 memory(const struct whatif *w, __u32 pmd_order)
{
	__u64 nr = whatif_mapped(w) << pmd_order;
	__u32 k;

	for (k = 0; k < MTHP_NR_ORDERS; k++)
		nr += whatif_sums(w, 0)->pages[k];
	return nr;
}

static void fill_row(const struct whatif_doc *d, const struct whatif_sums *s, __u64 ranges,
		     __u64 pages, struct whatif_row *row)
{
	__u32 k;

	for (k = 0; k <= d->pmd_order; k++) {
		row->collapses += s->collapses[k];
		row->collapsed_bytes += (s->collapses[k] << k) * d->page_size;
	}
	row->filled_bytes = s->filled * d->page_size;
	row->filled_ppm = ppm(s->filled, pages);
	row->copied_bytes = s->copied * d->page_size;
	row->scans = s->scans;
	row->batches = s->batches;
	row->creep_steps = s->creep_steps;
	row->creep_bytes = s->creep_filled * d->page_size;
	row->grown_steps = s->grown_steps;
	row->tlb_entries = s->tlb;
	row->exact_ppm = ppm(s->scans_exact, s->scans);
	row->ranges_exact_ppm = ppm(s->ranges_exact, ranges);
}

static void name_recorded(const struct meta *meta, struct whatif_row *row)
{
	const struct settings *s = &meta->settings;

	row->rule = s->creep_guard == META_UNKNOWN ?
			    "" :
			    policy_rule_name(s->creep_guard ? MTHP_RULE_GUARD : MTHP_RULE_SCALED);
	row->max_ptes_none =
		s->max_ptes_none == META_UNKNOWN ? NUM_UNKNOWN : (__u64)s->max_ptes_none;
	strcpy(row->orders, "recorded");
}

static int add_sizes(struct whatif_doc *d, const struct whatif *w)
{
	size_t i, nr = d->nr_rows;
	__u32 k;

	d->sizes = calloc(nr * MTHP_NR_ORDERS + 1, sizeof(*d->sizes));
	if (!d->sizes)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		for (k = 0; k <= d->pmd_order; k++) {
			const struct whatif_sums *s = whatif_sums(w, i);

			if (s->collapses[k])
				d->sizes[d->nr_sizes++] = (struct whatif_size){
					i, k, s->collapses[k], (s->collapses[k] << k) * d->page_size
				};
		}
	return 0;
}

void whatif_doc_judge(struct whatif_doc *d, __u32 weigh)
{
	size_t i, best = 0;

	d->top.weigh = weigh;
	for (i = 0; i < d->nr_rows; i++) {
		struct whatif_row *r = &d->rows[i];

		r->cost = r->tlb_entries == NUM_UNKNOWN ?
				  NUM_UNKNOWN :
				  r->filled_bytes / d->page_size + weigh * r->tlb_entries;
		if (i && (!best || r->cost < d->rows[best].cost))
			best = i;
	}
	if (best && d->rows[best].cost != NUM_UNKNOWN)
		d->rows[best].best = 1;
}

struct proc_fill {
	struct whatif_doc *d;
	size_t best;
};

static void add_proc(void *ctx, const struct whatif_proc *p)
{
	const struct proc_fill *fill = ctx;
	struct whatif_doc *d = fill->d;
	struct whatif_proc_row *row = &d->procs[d->nr_procs++];

	row->tgid = p->tgid;
	memcpy(row->comm, p->comm, sizeof(p->comm));
	row->mm = p->mm;
	row->ranges = p->ranges;
	row->filled_recorded_bytes = p->sums[0].filled * d->page_size;
	row->filled_bytes = p->sums[fill->best].filled * d->page_size;
	row->tlb_recorded = p->sums[0].tlb;
	row->tlb_entries = p->sums[fill->best].tlb;
}

/* By the change in TLB entries, then by filled bytes, then by pid. */
static int by_change(const void *a, const void *b)
{
	const struct whatif_proc_row *x = a, *y = b;
	__u64 dx = (__u64)llabs((long long)(x->tlb_recorded - x->tlb_entries));
	__u64 dy = (__u64)llabs((long long)(y->tlb_recorded - y->tlb_entries));

	if (dx != dy)
		return dx < dy ? 1 : -1;
	if (x->filled_bytes != y->filled_bytes)
		return x->filled_bytes < y->filled_bytes ? 1 : -1;
	if (x->tgid != y->tgid)
		return x->tgid > y->tgid ? 1 : -1;
	return x->mm > y->mm ? 1 : x->mm < y->mm ? -1 : 0;
}

static int add_procs(struct whatif_doc *d, const struct whatif *w)
{
	struct proc_fill fill = { .d = d };
	size_t i;

	for (i = 0; i < d->nr_rows; i++)
		if (d->rows[i].best)
			fill.best = i;
	d->procs = calloc(whatif_procs(w) + 1, sizeof(*d->procs));
	if (!d->procs)
		return -ENOMEM;
	whatif_each_proc(w, add_proc, &fill);
	qsort(d->procs, d->nr_procs, sizeof(*d->procs), by_change);
	return 0;
}

int whatif_doc_make(const struct whatif *w, const struct meta *meta,
		    const struct whatif_setting *settings, size_t nr, __u32 weigh,
		    struct whatif_doc *d)
{
	size_t i;

	memset(d, 0, sizeof(*d));
	d->page_size = meta->page_size;
	d->pmd_order = meta->pmd_order;
	d->top.release = meta->release;
	d->top.detail = meta_detail_name(meta->detail);
	d->top.ranges = whatif_ranges(w);
	d->top.processes = whatif_procs(w);
	d->top.left_out = whatif_left_out(w);
	d->rows = calloc(nr + 1, sizeof(*d->rows));
	if (!d->rows)
		return -ENOMEM;
	d->nr_rows = nr + 1;
	name_recorded(meta, &d->rows[0]);
	for (i = 0; i <= nr; i++) {
		d->rows[i].setting = i;
		fill_row(d, whatif_sums(w, i), d->top.ranges, memory(w, d->pmd_order), &d->rows[i]);
		if (!i)
			continue;
		d->rows[i].rule = policy_rule_name(settings[i - 1].rule);
		d->rows[i].max_ptes_none = settings[i - 1].max_ptes_none;
		whatif_orders_text(settings[i - 1].orders, d->page_size, d->rows[i].orders,
				   sizeof(d->rows[i].orders));
	}
	whatif_doc_judge(d, weigh);
	if (add_sizes(d, w) || add_procs(d, w))
		return -ENOMEM;
	return 0;
}

void whatif_doc_free(struct whatif_doc *d)
{
	free(d->rows);
	free(d->sizes);
	free(d->procs);
	free(d->lines);
}

/* Of equal settings the first one is on it. */
bool whatif_doc_on_frontier(const struct whatif_doc *d, size_t i)
{
	const struct whatif_row *r = &d->rows[i];
	size_t k;

	for (k = 1; k < d->nr_rows; k++) {
		const struct whatif_row *o = &d->rows[k];

		if (k == i || o->filled_bytes > r->filled_bytes || o->tlb_entries > r->tlb_entries)
			continue;
		if (o->filled_bytes < r->filled_bytes || o->tlb_entries < r->tlb_entries || k < i)
			return false;
	}
	return true;
}

static int by_filled(const void *a, const void *b)
{
	const struct whatif_row *x = a, *y = b;

	if (x->filled_bytes != y->filled_bytes)
		return x->filled_bytes > y->filled_bytes ? 1 : -1;
	return x->setting > y->setting ? 1 : -1;
}

/* Keeps the rows of sizes of the settings that are left. */
static void keep_sizes(struct whatif_doc *d)
{
	size_t i, k, nr = 0;

	for (i = 0; i < d->nr_sizes; i++)
		for (k = 0; k < d->nr_rows; k++)
			if (d->rows[k].setting == d->sizes[i].setting) {
				d->sizes[nr++] = d->sizes[i];
				break;
			}
	d->nr_sizes = nr;
}

void whatif_doc_frontier(struct whatif_doc *d)
{
	struct whatif_row *kept = calloc(d->nr_rows, sizeof(*kept));
	size_t i, nr = 1;

	if (!kept)
		return;
	kept[0] = d->rows[0];
	for (i = 1; i < d->nr_rows; i++)
		if (whatif_doc_on_frontier(d, i))
			kept[nr++] = d->rows[i];
	qsort(kept + 1, nr - 1, sizeof(*kept), by_filled);
	free(d->rows);
	d->rows = kept;
	d->nr_rows = nr;
	keep_sizes(d);
}
