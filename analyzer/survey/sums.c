// SPDX-License-Identifier: GPL-2.0-only
/*
 * From sums in pages to rows in bytes, for each process, each cgroup and all together.
 *
 * Unknown numbers are not zero: folio sizes without the privilege to read frame numbers, plans without
 * settings, blank pages without --zeroes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fmt.h"
#include "model/policy_names.h"
#include "survey/sums.h"

/* A cgroup: the sums of its processes. */
struct group {
	const char *path;
	__u64 processes;
	struct survey_sums sums, before;
	int had; /* the survey before has the cgroup */
};

struct maker {
	const struct survey *s, *before;
	struct survey_rows *r;
};

static __u64 bytes(const struct maker *m, __u64 pages)
{
	return pages * m->s->meta.page_size;
}

static __u64 change(const struct maker *m, __u64 now, __u64 then)
{
	return bytes(m, now) - bytes(m, then);
}

static __u64 plan_fill(const struct survey_sums *sums)
{
	__u64 fill = 0;
	__u32 k;

	for (k = 0; k < MTHP_NR_ORDERS; k++)
		fill += sums->order[k].plan_fill;
	return fill;
}

static void fill_plan(const struct maker *m, const struct survey_sums *sums, struct survey_row *row)
{
	__u32 k;

	row->planned_ranges = row->plan_blocks = row->plan_bytes = NUM_UNKNOWN;
	row->fill_bytes = row->tlb_after = NUM_UNKNOWN;
	if (!m->s->plans || !m->s->orders)
		return;
	row->planned_ranges = sums->planned;
	row->plan_blocks = row->plan_bytes = 0;
	for (k = 0; k < MTHP_NR_ORDERS; k++) {
		row->plan_blocks += sums->order[k].plan;
		row->plan_bytes += bytes(m, sums->order[k].plan << k);
	}
	row->fill_bytes = bytes(m, plan_fill(sums));
	row->tlb_after = sums->tlb_after;
}

static void fill_folios(const struct maker *m, const struct survey_sums *sums,
			struct survey_row *row)
{
	__u32 k;

	row->huge_bytes = row->huge_ppm = row->small_bytes = NUM_UNKNOWN;
	row->partial_bytes = row->contig_bytes = row->tlb_entries = NUM_UNKNOWN;
	if (!m->s->orders)
		return;
	row->huge_bytes = bytes(m, sums->huge);
	row->huge_ppm = sums->present ? sums->huge * 1000000 / sums->present : NUM_UNKNOWN;
	row->small_bytes = bytes(m, sums->order[0].whole);
	row->partial_bytes = row->contig_bytes = 0;
	for (k = 0; k < MTHP_NR_ORDERS; k++) {
		row->partial_bytes += bytes(m, sums->order[k].partial);
		row->contig_bytes += bytes(m, sums->order[k].contig);
	}
	row->tlb_entries = sums->tlb;
}

/* @before NULL: there is no survey before. */
static void fill_row(const struct maker *m, const struct survey_sums *sums,
		     const struct survey_sums *before, struct survey_row *row)
{
	row->pid = NUM_UNKNOWN;
	row->comm = row->cgroup = "";
	row->vmas = sums->vmas;
	row->present_bytes = bytes(m, sums->present);
	row->pmd_bytes = bytes(m, sums->pmd);
	row->swap_bytes = bytes(m, sums->swap);
	row->shared_bytes = bytes(m, sums->shared);
	row->zero_bytes = m->s->scans || m->s->orders ? bytes(m, sums->zero) : NUM_UNKNOWN;
	row->guard_bytes = bytes(m, sums->guard);
	row->unknown_bytes = bytes(m, sums->unknown);
	row->eligible_bytes = bytes(m, sums->eligible);
	row->ranges = sums->ranges;
	row->blank_bytes = m->s->blank && m->s->orders ? bytes(m, sums->blank) : NUM_UNKNOWN;
	fill_folios(m, sums, row);
	fill_plan(m, sums, row);
	row->present_change = row->huge_change = row->fill_change = SNAP_NO_DELTA;
	if (!before)
		return;
	row->present_change = change(m, sums->present, before->present);
	if (m->s->orders)
		row->huge_change = change(m, sums->huge, before->huge);
	if (row->fill_bytes != NUM_UNKNOWN)
		row->fill_change = change(m, plan_fill(sums), plan_fill(before));
}

/* Orders with nothing but zeroes are left out, unless @all and a setting names them. */
static int has_order(const struct maker *m, const struct survey_sums *sums, __u32 k, int all)
{
	const struct survey_order *o = &sums->order[k];

	if (o->whole || o->unaligned || o->partial || o->contig || o->plan)
		return 1;
	return all && (!k || m->s->meta.settings.order_enabled[k][0] || k == m->s->meta.pmd_order);
}

/* Adds the orders of @row to the table at @to. @all: as for has_order(). */
static size_t add_orders(const struct maker *m, const struct survey_sums *sums,
			 const struct survey_sums *before, const struct survey_row *row, int all,
			 struct survey_order_row *to)
{
	int known = m->s->orders, plans = known && m->s->plans;
	size_t n = 0;
	__u32 k;

	for (k = 0; k <= m->s->meta.pmd_order; k++) {
		const struct survey_order *o = &sums->order[k];
		struct survey_order_row *r = &to[n];

		if (!has_order(m, sums, k, all))
			continue;
		n++;
		r->pid = row->pid;
		r->comm = row->comm;
		r->cgroup = row->cgroup;
		r->order = k;
		r->enabled = m->s->meta.settings.order_enabled[k];
		if (!strcmp(r->enabled, "inherit") || (k == m->s->meta.pmd_order && !r->enabled[0]))
			r->enabled = m->s->meta.settings.enabled;
		r->pmd_bytes = k == m->s->meta.pmd_order ? bytes(m, sums->pmd) : NUM_UNKNOWN;
		r->whole_bytes = known ? bytes(m, o->whole) : NUM_UNKNOWN;
		r->unaligned_bytes = known ? bytes(m, o->unaligned) : NUM_UNKNOWN;
		r->partial_bytes = known ? bytes(m, o->partial) : NUM_UNKNOWN;
		r->contig_bytes = known ? bytes(m, o->contig) : NUM_UNKNOWN;
		r->plan_blocks = plans && k ? o->plan : NUM_UNKNOWN;
		r->plan_bytes = plans && k ? bytes(m, o->plan << k) : NUM_UNKNOWN;
		r->fill_bytes = plans && k ? bytes(m, o->plan_fill) : NUM_UNKNOWN;
		r->change = known && before ? change(m, o->whole, before->order[k].whole) :
					      SNAP_NO_DELTA;
	}
	return n;
}

/* @all: also buckets without a block. */
static size_t add_occ(const struct maker *m, const struct survey_sums *sums,
		      const struct survey_row *row, int all, struct survey_occ_row *to)
{
	size_t n = 0;
	__u32 k, b;

	for (k = 2; k <= m->s->meta.pmd_order; k++) {
		for (b = 0; sums->ranges && b < MTHP_OCC_BUCKETS; b++) {
			struct survey_occ_row *r = &to[n];

			if (!all && !sums->order[k].occ[b])
				continue;
			n++;
			r->pid = row->pid;
			r->comm = row->comm;
			r->cgroup = row->cgroup;
			r->order = k;
			r->blocks = sums->order[k].occ[b];
			if (b == MTHP_OCC_EMPTY)
				strcpy(r->bucket, "empty");
			else if (b == MTHP_OCC_FULL)
				strcpy(r->bucket, "full");
			else
				snprintf(r->bucket, sizeof(r->bucket), "%u/16", b - 1);
		}
	}
	return n;
}

static const struct survey_sums *proc_before(const struct maker *m, const struct survey_proc *p)
{
	size_t i;

	for (i = 0; m->before && i < m->before->nr_procs; i++)
		if (m->before->procs[i].pid == p->pid && m->before->procs[i].start == p->start)
			return &m->before->procs[i].sums;
	return NULL;
}

static void add_procs(struct maker *m)
{
	struct survey_rows *r = m->r;
	size_t i;

	for (i = 0; i < m->s->nr_procs; i++) {
		const struct survey_proc *p = &m->s->procs[i];
		const struct survey_sums *before = proc_before(m, p);
		struct survey_row *row = &r->procs[r->nr_procs++];

		fill_row(m, &p->sums, before, row);
		row->pid = p->pid;
		row->comm = p->comm;
		row->cgroup = p->cgroup ? p->cgroup : "";
		row->processes = 1;
		row->ended = p->ended;
		r->nr_proc_orders +=
			add_orders(m, &p->sums, before, row, 0, r->proc_orders + r->nr_proc_orders);
		r->nr_proc_occ += add_occ(m, &p->sums, row, 0, r->proc_occ + r->nr_proc_occ);
	}
}

static struct group *group_of(struct group *groups, size_t *nr, const char *path)
{
	size_t i;

	for (i = 0; i < *nr; i++)
		if (!strcmp(groups[i].path, path))
			return &groups[i];
	groups[*nr].path = path;
	return &groups[(*nr)++];
}

static int cmp_group(const void *x, const void *y)
{
	const struct group *a = x, *b = y;

	if (a->sums.present != b->sums.present)
		return a->sums.present < b->sums.present ? 1 : -1;
	return strcmp(a->path, b->path);
}

static void add_cgroups(struct maker *m, struct group *groups)
{
	struct survey_rows *r = m->r;
	size_t nr = 0, i;

	for (i = 0; i < m->s->nr_procs; i++) {
		const struct survey_proc *p = &m->s->procs[i];
		struct group *g = group_of(groups, &nr, p->cgroup ? p->cgroup : "");

		g->processes++;
		survey_add(&g->sums, &p->sums);
	}
	for (i = 0; m->before && i < m->before->nr_procs; i++) {
		const struct survey_proc *p = &m->before->procs[i];
		size_t had = nr;
		struct group *g = group_of(groups, &nr, p->cgroup ? p->cgroup : "");

		/* A cgroup without processes now has no row. */
		if (nr > had) {
			nr = had;
			memset(g, 0, sizeof(*g));
			continue;
		}
		g->had = 1;
		survey_add(&g->before, &p->sums);
	}
	qsort(groups, nr, sizeof(*groups), cmp_group);
	for (i = 0; i < nr; i++) {
		const struct survey_sums *before = groups[i].had ? &groups[i].before : NULL;
		struct survey_row *row = &r->cgroups[r->nr_cgroups++];

		fill_row(m, &groups[i].sums, before, row);
		row->cgroup = groups[i].path;
		row->processes = groups[i].processes;
		r->nr_cgroup_orders += add_orders(m, &groups[i].sums, before, row, 0,
						  r->cgroup_orders + r->nr_cgroup_orders);
		r->nr_cgroup_occ +=
			add_occ(m, &groups[i].sums, row, 0, r->cgroup_occ + r->nr_cgroup_occ);
	}
}

static void add_rest(struct maker *m)
{
	static const char *const kinds[] = {
#define X(number, name, text, meaning) text,
		SURVEY_KINDS(X)
#undef X
	};
	static const char *const kinds_mean[] = {
#define X(number, name, text, meaning) meaning,
		SURVEY_KINDS(X)
#undef X
	};
	static const struct snap_loss losses[] = {
#define X(number, name, text, meaning) { text, meaning, 0 },
		SURVEY_LOSSES(X)
#undef X
	};
	struct survey_rows *r = m->r;
	size_t i;

	for (i = 0; i < SURVEY_NR_KINDS; i++) {
		r->left[i].kind = kinds[i];
		r->left[i].meaning = kinds_mean[i];
		r->left[i].vmas = m->s->left_out[i].vmas;
		r->left[i].rss_bytes = m->s->left_out[i].rss;
		r->left[i].bytes = m->s->left_out[i].bytes;
	}
	for (i = 0; i < SURVEY_NR_LOSSES; i++) {
		r->lost[i] = losses[i];
		r->lost[i].count = m->s->lost[i];
		r->summary.lost += m->s->lost[i];
	}
	r->left_out = r->left;
	r->nr_left_out = SURVEY_NR_KINDS;
	r->losses = r->lost;
	r->nr_losses = SURVEY_NR_LOSSES;
}

static void add_summary(struct maker *m)
{
	struct survey_summary *sum = &m->r->summary;
	const struct survey *s = m->s;

	sum->release = s->meta.release;
	sum->machine = s->meta.machine;
	sum->page_size_bytes = s->meta.page_size;
	sum->pmd_order = s->meta.pmd_order;
	sum->start_ns = s->meta.start_realtime_ns ? s->meta.start_realtime_ns : NUM_UNKNOWN;
	sum->took_ns = s->took_ns;
	sum->method = s->iter ? "iter" : s->scans ? "PAGEMAP_SCAN" : "pagemap";
	sum->not_iter = s->not_iter ? s->not_iter : "";
	sum->folios_known = s->orders;
	sum->max_ptes_none = s->plans ? s->policy.max_ptes_none : NUM_UNKNOWN;
	sum->rule = policy_rule_name(s->policy.rule);
	sum->processes_seen = s->seen;
	sum->hold_smaps_ns = s->iter ? NUM_UNKNOWN : s->holds.smaps_ns;
	sum->hold_pages_ns = s->holds.pages_ns;
	sum->calls = s->holds.calls;
	fill_row(m, &s->all, m->before ? &m->before->all : NULL, &sum->all);
	sum->all.processes = s->nr_procs;
}

/* "64K 3, 2M 1": bytes in folios of each size, the largest first. */
static void map_sizes(const struct maker *m, const struct survey_map_row *row, char *to,
		      size_t size)
{
	char a[24], b[24];
	size_t n = 0;
	int k;

	to[0] = '\0';
	for (k = MTHP_NR_ORDERS - 1; k >= 0 && n < size; k--)
		if (row->pages[k])
			n += snprintf(to + n, size - n, "%s%s %s", n ? ", " : "",
				      fmt_bytes(bytes(m, 1ULL << k), a, sizeof(a)),
				      fmt_bytes(bytes(m, row->pages[k]), b, sizeof(b)));
}

static void add_map(struct maker *m)
{
	struct survey_rows *r = m->r;
	size_t i;

	for (i = 0; i < m->s->nr_map; i++) {
		const struct survey_map_row *row = &m->s->map[i];
		struct survey_map_line *line = &r->map[r->nr_map++];

		line->pid = row->pid;
		line->address = row->addr;
		line->present_bytes = bytes(m, row->present);
		line->huge_bytes = m->s->orders ? bytes(m, row->huge) : NUM_UNKNOWN;
		line->swap_bytes = bytes(m, row->swap);
		memcpy(line->cells, row->cells, sizeof(line->cells));
		if (m->s->orders)
			map_sizes(m, row, line->sizes, sizeof(line->sizes));
	}
}

struct survey_rows *survey_rows_make(const struct survey *s, const struct survey *before)
{
	struct survey_rows *r = calloc(1, sizeof(*r));
	size_t n = s->nr_procs + 1, occ = (MTHP_NR_ORDERS - 2) * MTHP_OCC_BUCKETS;
	struct maker m = { s, before, r };
	struct group *groups;

	if (!r)
		return NULL;
	r->page_size = s->meta.page_size;
	/* One more than there are: group_of() may start one that is given up. */
	groups = calloc(n, sizeof(*groups));
	r->cgroup_sums = groups;
	r->procs = calloc(n, sizeof(*r->procs));
	r->cgroups = calloc(n, sizeof(*r->cgroups));
	r->orders = calloc(MTHP_NR_ORDERS, sizeof(*r->orders));
	r->proc_orders = calloc(n * MTHP_NR_ORDERS, sizeof(*r->proc_orders));
	r->cgroup_orders = calloc(n * MTHP_NR_ORDERS, sizeof(*r->cgroup_orders));
	r->occ = calloc(occ, sizeof(*r->occ));
	r->proc_occ = calloc(n * occ, sizeof(*r->proc_occ));
	r->cgroup_occ = calloc(n * occ, sizeof(*r->cgroup_occ));
	r->map = calloc(s->nr_map + 1, sizeof(*r->map));
	if (!groups || !r->map || !r->procs || !r->cgroups || !r->orders || !r->proc_orders ||
	    !r->cgroup_orders || !r->occ || !r->proc_occ || !r->cgroup_occ) {
		survey_rows_free(r);
		return NULL;
	}
	add_summary(&m);
	r->nr_orders = add_orders(&m, &s->all, before ? &before->all : NULL, &r->summary.all, 1,
				  r->orders);
	r->nr_occ = add_occ(&m, &s->all, &r->summary.all, 1, r->occ);
	add_procs(&m);
	add_cgroups(&m, groups);
	add_rest(&m);
	add_map(&m);
	return r;
}

void survey_rows_free(struct survey_rows *r)
{
	if (!r)
		return;
	free(r->cgroup_sums);
	free(r->procs);
	free(r->cgroups);
	free(r->orders);
	free(r->proc_orders);
	free(r->cgroup_orders);
	free(r->occ);
	free(r->proc_occ);
	free(r->cgroup_occ);
	free(r->map);
	free(r);
}
