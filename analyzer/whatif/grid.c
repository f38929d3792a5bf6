// SPDX-License-Identifier: GPL-2.0-only
/* Settings from the words of options, and all combinations of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "model/policy_names.h"
#include "whatif/grid.h"

#define MAX_VALUES 128

struct values {
	__u32 v[MAX_VALUES];
	size_t nr;
};

/* false: no room. */
static bool add(struct values *to, __u32 value)
{
	if (to->nr == MAX_VALUES)
		return false;
	to->v[to->nr++] = value;
	return true;
}

static int bad(const char *opt, const char *word, const char *why)
{
	char safe[64];

	log_err("bad value for --%s: %s: %s", opt, fmt_safe(word, safe, sizeof(safe)), why);
	return -EINVAL;
}

/* The next word of a list with commas, in @buf, cut if it is too long; NULL: the list ends. */
static const char *next_word(const char **list, char *buf, size_t len)
{
	size_t n;

	if (!*list)
		return NULL;
	n = strcspn(*list, ",");
	snprintf(buf, len, "%.*s", (int)n, *list);
	*list = (*list)[n] ? *list + n + 1 : NULL;
	return buf;
}

static int take_none(const char *list, __u32 most, struct values *to)
{
	char word[32], why[64], *end;
	unsigned long n;

	snprintf(why, sizeof(why), "not a number from 0 to %u", most);
	while (next_word(&list, word, sizeof(word))) {
		n = strtoul(word, &end, 10);
		if (end == word || *end || word[0] == '-' || n > most)
			return bad("max-ptes-none", word, why);
		if (!add(to, n))
			return bad("max-ptes-none", word, "too many values");
	}
	return 0;
}

static int take_orders(const char *list, __u32 pmd_order, __u32 page_size, struct values *to)
{
	const char *all = list;
	char word[32], why[96], min[16], max[16];
	__u32 order, orders = 0;

	snprintf(why, sizeof(why), "not a size from %s to %s (64K, order=4)",
		 fmt_order(2, page_size, min, sizeof(min)),
		 fmt_order(pmd_order, page_size, max, sizeof(max)));
	while (next_word(&list, word, sizeof(word))) {
		if (fmt_parse_order(word, page_size, &order) || order < 2 || order > pmd_order)
			return bad("orders", word, why);
		orders |= 1U << order;
	}
	return add(to, orders) ? 0 : bad("orders", all, "too many sets");
}

static int take_rules(const char *list, struct values *to)
{
	char word[32];
	int rule;

	while (next_word(&list, word, sizeof(word))) {
		rule = policy_rule_parse(word);
		if (rule < 0)
			return bad("rule", word, "unknown rule (guard, scaled, two-value)");
		if (!add(to, rule))
			return bad("rule", word, "too many values");
	}
	return 0;
}

/* 0, all but one, and between them 1/32, 1/16, 1/8, 1/4, 3/8, 1/2, 3/4 of the range. */
static void usual_none(__u32 pmd_order, struct values *to)
{
	static const __u32 parts[] = { 1, 2, 4, 8, 12, 16, 24 };
	__u32 all = 1U << pmd_order;
	size_t i;

	add(to, 0);
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (all * parts[i] / 32 > 1)
			add(to, all * parts[i] / 32 - 1);
	add(to, all - 1);
}

/* As recorded; the PMD only; 16 pages and the PMD; all sizes. */
static void usual_orders(__u32 pmd_order, bool wide, struct values *to)
{
	add(to, WHATIF_AS_RECORDED);
	if (!wide)
		return;
	add(to, 1U << pmd_order);
	if (pmd_order > 4)
		add(to, 1U << pmd_order | 1U << 4);
	add(to, (2U << pmd_order) - 4);
}

int whatif_grid_make(const struct whatif_wanted *wanted, __u32 pmd_order, __u32 page_size,
		     struct whatif_grid *g)
{
	struct values none = { .nr = 0 }, orders = { .nr = 0 }, rules = { .nr = 0 };
	size_t n, o, r;
	int i, err = 0;

	for (i = 0; i < wanted->max_ptes_none.nr && !err; i++)
		err = take_none(wanted->max_ptes_none.word[i], (1U << pmd_order) - 1, &none);
	for (i = 0; i < wanted->orders.nr && !err; i++)
		err = take_orders(wanted->orders.word[i], pmd_order, page_size, &orders);
	for (i = 0; i < wanted->rules.nr && !err; i++)
		err = take_rules(wanted->rules.word[i], &rules);
	if (err)
		return err;
	if (!none.nr)
		usual_none(pmd_order, &none);
	if (!orders.nr)
		usual_orders(pmd_order, wanted->wide, &orders);
	if (!rules.nr)
		add(&rules, MTHP_RULE_GUARD);
	if (none.nr * orders.nr * rules.nr > WHATIF_MAX_SETTINGS) {
		log_err("too many settings: %zu: at most %d at once (name fewer values)",
			none.nr * orders.nr * rules.nr, WHATIF_MAX_SETTINGS);
		return -EINVAL;
	}
	g->nr = 0;
	for (r = 0; r < rules.nr; r++)
		for (o = 0; o < orders.nr; o++)
			for (n = 0; n < none.nr; n++)
				g->s[g->nr++] = (struct whatif_setting){ .orders = orders.v[o],
									 .max_ptes_none = none.v[n],
									 .rule = rules.v[r] };
	return 0;
}

char *whatif_orders_text(__u32 orders, __u32 page_size, char *buf, size_t len)
{
	size_t at = 0;
	char size[16];
	__u32 k;

	if (orders == WHATIF_AS_RECORDED) {
		snprintf(buf, len, "as recorded");
		return buf;
	}
	buf[0] = '\0';
	for (k = 0; k < MTHP_NR_ORDERS && at < len; k++)
		if (orders >> k & 1)
			at += snprintf(buf + at, len - at, "%s%s", at ? "," : "",
				       fmt_order(k, page_size, size, sizeof(size)));
	return buf;
}
