// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which settings a kernel has, what each of them does, and the best one for a budget.
 *
 * All of them are replayed at once (simulate.c). The best one needs the fewest TLB entries among those that fill no
 * more than the budget; of those that need nearly as few, it is the one that fills least and changes least. A setting of
 * which less than half is settled is not advised.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "model/policy_names.h"
#include "whatif/advise.h"

#define NEARLY	0.01   /* of the TLB entries: no difference */
#define SETTLED 500000 /* ppm of the ranges */
#define LEAST	2 /* order: the smallest one of an anonymous folio that is larger than a page */

static __u32 smaller(const struct meta *meta)
{
	return (1U << meta->pmd_order) - (1U << LEAST);
}

void advise_kernel(const struct meta *meta, const struct counters *counters,
		   struct advise_kernel *k)
{
	bool below = meta_below_pmd(meta) && !capability_holds(meta, CAP_PLAN);
	size_t i;

	memset(k, 0, sizeof(*k));
	k->able = 1U << meta->pmd_order;
	k->rule = MTHP_RULE_TWO_VALUE;
	k->known = below || counters;
	/* The series has the guard's setting; Linux 7.2 counts the allocations of each size. */
	if (meta->settings.creep_guard != META_UNKNOWN) {
		k->rule = meta->settings.creep_guard ? MTHP_RULE_GUARD : MTHP_RULE_SCALED;
		k->known = below = true;
	}
	for (i = 0; counters && i < counters->nr; i++)
		below |= counters->c[i].order < meta->pmd_order &&
			 !strcmp(counters->c[i].name, "collapse_alloc");
	if (below)
		k->able |= smaller(meta);
}

/* The word in force for an order; "" unknown. */
static const char *word_of(const struct meta *meta, __u32 order)
{
	const char *own = meta->settings.order_enabled[order];

	if (!own[0])
		return order == meta->pmd_order ? meta->settings.enabled : "";
	return strcmp(own, "inherit") ? own : meta->settings.enabled;
}

static __u32 orders_with(const struct meta *meta, const char *word)
{
	__u32 order, orders = 0;

	for (order = 1; order <= meta->pmd_order; order++)
		if (!strcmp(word_of(meta, order), word))
			orders |= 1U << order;
	return orders;
}

/* Can the file of each order be written? Kernels before 6.8 have one for all. */
static __u32 settable(const struct meta *meta)
{
	__u32 order, orders = meta->settings.enabled[0] ? 1U << meta->pmd_order : 0;

	for (order = LEAST; order <= meta->pmd_order; order++)
		if (meta->settings.order_enabled[order][0])
			orders |= 1U << order;
	return orders;
}

static void add(struct whatif_grid *g, const struct whatif_setting *s)
{
	size_t i;

	for (i = 0; i < g->nr; i++)
		if (!memcmp(&g->s[i], s, sizeof(*s)))
			return;
	if (g->nr < WHATIF_MAX_SETTINGS)
		g->s[g->nr++] = *s;
}

/* None, the present value first, then steps. */
static size_t none_values(const struct meta *meta, __u32 *v)
{
	static const __u32 parts[] = { 1, 2, 4, 8, 16, 24 }; /* of 32 */
	__u32 all = 1U << meta->pmd_order;
	size_t nr = 0, i;

	v[nr++] = meta->settings.max_ptes_none;
	v[nr++] = 0;
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (all * parts[i] / 32 > 1)
			v[nr++] = all * parts[i] / 32 - 1;
	v[nr++] = all - 1;
	return nr;
}

/* Sets of sizes: none, the PMD, 16 pages and the PMD, all. */
static size_t size_sets(const struct meta *meta, __u32 able, __u32 *v)
{
	__u32 pmd = 1U << meta->pmd_order, sets[] = { 0, pmd, pmd | 1U << 4, pmd | smaller(meta) };
	size_t nr = 0, i, k;

	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		for (k = 0; k < nr && v[k] != (sets[i] & able); k++)
			;
		if (k == nr)
			v[nr++] = sets[i] & able;
	}
	return nr;
}

static void add_all(const struct meta *meta, struct whatif_grid *g, struct whatif_setting s,
		    __u32 may, __u32 on)
{
	__u32 none[16], sets[8];
	size_t nr_none = none_values(meta, none), nr_sets = size_sets(meta, may, sets), i, k;

	for (i = 0; i < nr_sets; i++)
		for (k = 0; k < nr_none; k++) {
			/* What is enabled already is no addition. */
			s.orders = sets[i] & ~on;
			s.max_ptes_none = none[k];
			if (!s.orders && s.how == WHATIF_ADD_ADVISED)
				continue;
			add(g, &s);
		}
}

int advise_settings(const struct meta *meta, const struct advise_kernel *k, struct whatif_grid *g,
		    size_t *own)
{
	__u32 all = (2U << meta->pmd_order) - (1U << LEAST);
	__u32 always = orders_with(meta, "always"), advised = orders_with(meta, "madvise");
	struct whatif_setting s = { .how = WHATIF_ADD, .rule = k->rule, .able = k->able };

	g->nr = 0;
	if (meta->settings.max_ptes_none < 0 ||
	    meta->settings.max_ptes_none >= 1LL << meta->pmd_order ||
	    (!settable(meta) && !meta->settings.enabled[0]))
		return -EINVAL;
	s.max_ptes_none = meta->settings.max_ptes_none;
	add(g, &s);
	/* Advised memory is known as such only if nothing is enabled elsewhere. */
	if (!always && advised) {
		s.how = WHATIF_ADD_ADVISED;
		add_all(meta, g, s, k->able & settable(meta), advised);
		s.how = WHATIF_ADD;
	}
	add_all(meta, g, s, k->able & settable(meta), always);
	*own = g->nr;
	/* Other kernels, with sizes below the PMD. */
	s.able = all;
	if (!(k->able & smaller(meta)))
		add_all(meta, g, s, all, 0);
	s.rule = MTHP_RULE_GUARD;
	if (k->rule != MTHP_RULE_GUARD)
		add_all(meta, g, s, all, 0);
	return 0;
}

int advise_parse_budget(const char *word, __u64 *ppm)
{
	double percent;
	char *end;

	if (!strcmp(word, "unlimited")) {
		*ppm = ADVISE_UNLIMITED;
		return 0;
	}
	if (word[strspn(word, "0123456789.")] != '%' && word[strspn(word, "0123456789.")])
		return -EINVAL;
	percent = strtod(word, &end);
	if (end == word || strcmp(end, *end ? "%" : "") || !(percent >= 0 && percent <= 100000))
		return -EINVAL;
	*ppm = (__u64)llround(percent * 10000);
	return 0;
}

static __u64 ppm(__u64 part, __u64 all)
{
	return all ? (__u64)((double)part * 1000000 / all) : NUM_UNKNOWN;
}

static __u64 huge(const struct advice *a, const struct whatif_sums *s)
{
	__u64 nr = whatif_mapped(a->w) << a->pmd_order;
	__u32 k;

	for (k = 1; k < MTHP_NR_ORDERS; k++)
		nr += s->pages[k];
	return nr;
}

static __u64 all_pages(const struct advice *a, const struct whatif_sums *s)
{
	return huge(a, s) + s->pages[0];
}

static __u64 exact_ppm(const struct advice *a, const struct whatif_sums *s)
{
	return ppm(s->ranges_exact, whatif_ranges(a->w) + whatif_no_room(a->w));
}

/* The sums of own setting @i, counted from 0. */
static const struct whatif_sums *sums_of(const struct advice *a, size_t i)
{
	return whatif_sums(a->w, i + 1);
}

static bool settled(const struct advice *a, size_t i)
{
	__u64 exact = exact_ppm(a, sums_of(a, i));

	return exact != NUM_UNKNOWN && exact >= SETTLED;
}

static bool fits(const struct advice *a, size_t i, __u64 budget)
{
	return budget == ADVISE_UNLIMITED ||
	       (double)sums_of(a, i)->filled * 1000000 <= (double)budget * a->pages;
}

/* The best of [from, to) for a budget; @to: there is none that is settled and fits. */
static size_t best_of(const struct advice *a, size_t from, size_t to, __u64 budget)
{
	__u64 least = NUM_UNKNOWN;
	size_t best = to, i;

	for (i = from; i < to; i++)
		if (settled(a, i) && fits(a, i, budget) && sums_of(a, i)->tlb < least)
			least = sums_of(a, i)->tlb;
	for (i = from; i < to; i++)
		if (settled(a, i) && fits(a, i, budget) &&
		    sums_of(a, i)->tlb <= least + least * NEARLY &&
		    (best == to || sums_of(a, i)->filled < sums_of(a, best)->filled))
			best = i;
	return best;
}

static void sizes_text(const struct advice *a, const struct whatif_setting *s, char *buf,
		       size_t len)
{
	char list[64];

	if (s->orders)
		snprintf(buf, len, "+%s %s",
			 whatif_orders_text(s->orders, a->page_size, list, sizeof(list)),
			 s->how == WHATIF_ADD_ADVISED ? "madvise" : "always");
	else
		snprintf(buf, len, "as now");
}

static void add_sizes(struct advice *a, __u64 setting, const struct whatif_sums *s)
{
	__u64 pages;
	size_t i;
	__u32 k;

	for (i = 0; i < a->nr_sizes; i++)
		if (a->sizes[i].setting == setting)
			return;
	for (k = 0; k <= a->pmd_order; k++) {
		pages = s->pages[k] + (k == a->pmd_order ? whatif_mapped(a->w) << a->pmd_order : 0);
		if (pages)
			a->sizes[a->nr_sizes++] =
				(struct advise_size){ setting, k, pages * a->page_size,
						      ppm(pages, all_pages(a, s)) };
	}
}

static void fill_row(struct advice *a, struct advise_row *row, const struct whatif_sums *s)
{
	__u32 k;

	for (k = 0; k <= a->pmd_order; k++)
		row->collapses += s->collapses[k];
	row->filled_bytes = s->filled * a->page_size;
	row->filled_ppm = ppm(s->filled, a->pages);
	row->faults_bytes = s->faults * a->page_size;
	row->faults_ppm = ppm(s->faults, a->pages);
	row->copied_bytes = s->copied * a->page_size;
	row->tlb_entries = s->tlb + whatif_mapped(a->w);
	row->huge_ppm = ppm(huge(a, s), all_pages(a, s));
	row->exact_ppm = exact_ppm(a, s);
}

static struct advise_row *new_row(struct advice *a, const char *budget, const char *verdict)
{
	struct advise_row *row = &a->rows[a->nr_rows++];

	memset(row, 0, sizeof(*row));
	snprintf(row->budget, sizeof(row->budget), "%s", budget);
	row->verdict = verdict;
	row->setting = NUM_UNKNOWN;
	row->max_ptes_none = a->meta->settings.max_ptes_none;
	return row;
}

static void set_row(struct advice *a, struct advise_row *row, size_t i)
{
	row->setting = i;
	row->max_ptes_none = a->grid->s[i].max_ptes_none;
	sizes_text(a, &a->grid->s[i], row->sizes, sizeof(row->sizes));
	fill_row(a, row, sums_of(a, i));
	add_sizes(a, i, sums_of(a, i));
}

static void unknown_row(struct advise_row *row)
{
	row->max_ptes_none = NUM_UNKNOWN;
	row->filled_bytes = row->filled_ppm = row->faults_bytes = row->faults_ppm = NUM_UNKNOWN;
	row->huge_ppm = row->tlb_entries = row->collapses = row->copied_bytes = NUM_UNKNOWN;
	row->exact_ppm = NUM_UNKNOWN;
}

static void budget_row(struct advice *a, __u64 budget)
{
	struct advise_row *row = new_row(a, "unlimited", "set");
	size_t best = best_of(a, 0, a->own, budget);

	if (budget != ADVISE_UNLIMITED)
		snprintf(row->budget, sizeof(row->budget), "%g%%", budget / 10000.0);
	if (!a->pages || (whatif_ranges(a->w) && (best == a->own || !settled(a, 0)))) {
		row->verdict = "cannot tell";
		unknown_row(row);
		return;
	}
	/* Everything is mapped by PMDs. */
	if (!whatif_ranges(a->w))
		best = 0;
	row->verdict = best ? "set" : "no difference";
	set_row(a, row, best);
}

/* The best one of kernels with @rule, for @budget. */
static void other(struct advice *a, __u32 rule, const char *kernel, __u64 budget)
{
	size_t from = a->own, to, best;
	struct advise_other *o = &a->others[a->nr_others];
	struct advise_row row = { .setting = 0 };

	while (from < a->grid->nr && a->grid->s[from].rule != rule)
		from++;
	for (to = from; to < a->grid->nr && a->grid->s[to].rule == rule; to++)
		;
	best = best_of(a, from, to, budget);
	if (best == to)
		return;
	a->nr_others++;
	fill_row(a, &row, sums_of(a, best));
	o->kernel = kernel;
	o->max_ptes_none = a->grid->s[best].max_ptes_none;
	sizes_text(a, &a->grid->s[best], o->sizes, sizeof(o->sizes));
	o->filled_bytes = row.filled_bytes;
	o->filled_ppm = row.filled_ppm;
	o->huge_ppm = row.huge_ppm;
	o->tlb_entries = row.tlb_entries;
	o->exact_ppm = row.exact_ppm;
}

static int by_budget(const void *a, const void *b)
{
	const __u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

void advise_make(struct advice *a, const struct meta *meta, const struct advise_kernel *k,
		 const struct whatif_grid *g, size_t own, const struct whatif *w, __u64 budget)
{
	__u64 budgets[] = { budget, 0, 10000, 50000, 200000, ADVISE_UNLIMITED };
	struct advise_row *row;
	size_t i;

	memset(a, 0, sizeof(*a));
	a->rows = a->room.rows;
	a->sizes = a->room.sizes;
	a->commands = a->room.commands;
	a->others = a->room.others;
	a->lines = a->room.lines;
	a->meta = meta;
	a->kernel = k;
	a->grid = g;
	a->own = own;
	a->budget = budget;
	a->w = w;
	a->page_size = meta->page_size;
	a->pmd_order = meta->pmd_order;
	a->pages = all_pages(a, whatif_sums(w, 0));
	a->top.release = meta->release;
	a->top.rule = k->able & smaller(meta) ? policy_rule_name(k->rule) : "";
	whatif_orders_text(k->able, a->page_size, a->top.sizes, sizeof(a->top.sizes));
	a->top.memory_bytes = a->pages * a->page_size;
	a->top.ranges = whatif_ranges(w) + whatif_mapped(w);
	a->top.no_room = whatif_no_room(w);
	a->top.file_bytes = a->top.disabled_bytes = NUM_UNKNOWN;
	row = new_row(a, "now", "as it is");
	fill_row(a, row, whatif_sums(w, 0));
	snprintf(row->sizes, sizeof(row->sizes), "as now");
	add_sizes(a, NUM_UNKNOWN, whatif_sums(w, 0));
	set_row(a, new_row(a, "present", "without a change"), 0);
	qsort(budgets, ARRAY_SIZE(budgets), sizeof(budgets[0]), by_budget);
	for (i = 0; i < ARRAY_SIZE(budgets); i++) {
		if (i && budgets[i] == budgets[i - 1])
			continue;
		if (budgets[i] == budget)
			a->chosen = a->nr_rows;
		budget_row(a, budgets[i]);
	}
	if (!(k->able & smaller(meta)))
		other(a, MTHP_RULE_TWO_VALUE, "Linux 7.2 and later", budget);
	other(a, MTHP_RULE_GUARD, "with the mthptop series", budget);
	advise_beside(a, NULL);
}

static __u64 counter(const struct counters *c, const char *name, size_t len)
{
	__u64 sum = 0;
	bool any = false;
	size_t i;

	for (i = 0; c && i < c->nr; i++)
		if (!strncmp(c->c[i].name, name, len) && c->c[i].order == COUNTER_NO_ORDER &&
		    c->c[i].value != COUNTER_UNKNOWN) {
			sum += c->c[i].value;
			any = true;
		}
	return any ? sum : NUM_UNKNOWN;
}

void advise_beside(struct advice *a, const struct counters *c)
{
	a->top.compact_stall = counter(c, "compact_stall", sizeof("compact_stall"));
	a->top.compact_fail = counter(c, "compact_fail", sizeof("compact_fail"));
	a->top.allocstall = counter(c, "allocstall_", strlen("allocstall_"));
	a->top.collapse_alloc = counter(c, "thp_collapse_alloc", sizeof("thp_collapse_alloc"));
}
