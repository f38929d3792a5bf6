// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel does what the policy says. For each set of orders and each max_ptes_none, an area of
 * 32 ranges with 32 patterns is scanned once: block for block the folios must be those of the plan
 * that include/mthp/policy.h makes from the same page tables, contents must be as before, and what
 * was filled must read as zero. The second and the third scan must find nothing to do.
 *
 * With only PMD order enabled this holds on a kernel without the series, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "area.h"
#include "khugepaged.h"
#include "ktap.h"
#include "plan.h"
#include "trace.h"

#define RANGES 32

static const unsigned int nones[] = { 0, 1, 17, 127, 128, 255, 256, 384, 510, 511 };

static const uint32_t masks[] = {
	1 << 9,
	1 << 4,
	1 << 2,
	1 << 8,
	1 << 4 | 1 << 9,
	1 << 3 | 1 << 6,
	1 << 4 | 1 << 5 | 1 << 7,
	1 << 2 | 1 << 8 | 1 << 9,
	ORDERS_ALL & ~(1 << 9),
	ORDERS_ALL,
};

static uint64_t rnd_state = 88172645463325252ULL;

static unsigned int rnd(unsigned int n)
{
	rnd_state ^= rnd_state << 13;
	rnd_state ^= rnd_state >> 7;
	rnd_state ^= rnd_state << 17;
	return (rnd_state >> 11) % n;
}

/* The pages of a range to map. */
enum {
	NOTHING,
	PAGE,
	ZERO,
	LARGE
};

/* A page in `of` of them has something. */
static void draw_density(uint8_t *want, unsigned int some, unsigned int of)
{
	unsigned int i;

	for (i = 0; i < PMD_NR; i++)
		want[i] = rnd(of) < some ? PAGE : NOTHING;
}

static void draw_runs(uint8_t *want, unsigned int longest)
{
	unsigned int i = 0, len, what = rnd(2);

	while (i < PMD_NR) {
		for (len = 1 + rnd(longest); len && i < PMD_NR; len--)
			want[i++] = what ? PAGE : NOTHING;
		what = !what;
	}
}

/* Blocks of 2^order, each with its first `used` pages. */
static void draw_blocks(uint8_t *want, unsigned int order, unsigned int used)
{
	unsigned int i;

	for (i = 0; i < PMD_NR; i++)
		want[i] = (i & ((1U << order) - 1)) < used ? PAGE : NOTHING;
}

static void draw_fixed(uint8_t *want, unsigned int nr)
{
	switch (nr) {
	case 1:
		memset(want, PAGE, PMD_NR);
		break;
	case 2:
		want[0] = PAGE;
		break;
	case 3:
		want[PMD_NR - 1] = PAGE;
		break;
	case 4:
		draw_blocks(want, 1, 1);
		break;
	case 5:
		draw_blocks(want, 9, 256);
		break;
	case 6:
		memset(want + 256, PAGE, 256);
		break;
	case 7:
		draw_blocks(want, 4, 8);
		break;
	case 8:
		draw_blocks(want, 5, 16);
		break;
	case 9: /* each half of what is empty is half full */
		memset(want, PAGE, 256);
		memset(want + 256, PAGE, 128);
		memset(want + 384, PAGE, 64);
		memset(want + 448, PAGE, 32);
		break;
	case 10: /* all but one */
		memset(want, PAGE, PMD_NR);
		want[rnd(PMD_NR)] = NOTHING;
		break;
	case 11: /* across the middle */
		memset(want + 250, PAGE, 12);
		break;
	}
}

/* Large folios here and there, among pages. */
static void draw_large(uint8_t *want)
{
	unsigned int i;

	draw_runs(want, 24);
	for (i = 0; i < PMD_NR; i += 16) {
		if (rnd(3) == 0)
			memset(want + i, LARGE, 16);
	}
}

static void draw(uint8_t *want, unsigned int nr)
{
	static const unsigned int of64[] = { 1, 4, 8, 16, 24, 32, 40, 48, 56, 60, 63 };
	unsigned int i;

	memset(want, NOTHING, PMD_NR);
	if (nr < 12) {
		draw_fixed(want, nr);
	} else if (nr < 23) {
		draw_density(want, of64[nr - 12], 64);
	} else if (nr < 28) {
		draw_runs(want, 2U << (nr - 23) * 2);
	} else if (nr < 30) {
		draw_density(want, 48, 64);
		for (i = 0; i < PMD_NR; i++)
			want[i] = rnd(4) ? want[i] : ZERO;
	} else {
		draw_large(want);
	}
}

static void put(struct area *a, unsigned int range, const uint8_t *want)
{
	unsigned int i, page;

	for (i = 0; i < PMD_NR; i++) {
		page = range * PMD_NR + i;
		if (want[i] == LARGE && !(i & 15) && area_fault_large(a, page, 4))
			ktap_die("cannot fault in a folio of 64K");
		if (want[i] == PAGE)
			area_write(a, page);
		else if (want[i] == ZERO)
			area_read(a, page);
	}
}

static void build(struct area *a, const struct rule *rule)
{
	uint8_t want[PMD_NR];
	unsigned int i;

	area_map(a, RANGES);
	for (i = 0; i < RANGES; i++) {
		draw(want, i);
		put(a, i, want);
	}
	kh_set("max_ptes_none", rule->max_ptes_none);
	thp_orders(rule->orders, "madvise");
	kh_idle();
	area_advise(a, MADV_HUGEPAGE);
}

/* Compares every range with what it should be; returns how many are right. */
static unsigned int compare(const struct area *a, const struct shape *want, const char *when)
{
	unsigned int i, good = 0, told = 0;
	struct shape got;
	char what[64];

	for (i = 0; i < a->nr; i++) {
		shape_read(area_range(a, i), &got);
		if (shape_same(&got, &want[i])) {
			good++;
			continue;
		}
		snprintf(what, sizeof(what), "%s, pattern %u", when, i);
		if (told++ < 4)
			shape_differ(what, &got, &want[i]);
	}
	return good;
}

static void one_case(const struct rule *rule)
{
	static struct mthp_policy_out out;
	static struct shape want[RANGES];
	unsigned int i, blocks = 0, good, idle = 0;
	struct work work;
	struct area a;
	bool same;
	int err;

	build(&a, rule);
	for (i = 0; i < RANGES; i++) {
		shape_read(area_range(&a, i), &want[i]);
		plan_range(rule, &want[i], NULL, &out);
		plan_apply(&out, &want[i]);
		blocks += out.nr;
	}
	err = kh_scan_noted();
	good = compare(&a, want, "after one scan");
	same = area_all_intact(&a);
	ktap_ok(!err && same && good == RANGES,
		"orders %s, max_ptes_none %u: %u blocks as planned in %d of %d ranges",
		orders_name(rule->orders), rule->max_ptes_none, blocks, good, RANGES);
	for (i = 2; i <= 3 && !err; i++) {
		work_start();
		err = kh_scan_noted();
		work_stop(&work);
		idle += work_idle(&work) && work.scans;
		if (!work_idle(&work) || !work.scans)
			work_note(i == 2 ? "second scan" : "third scan", &work);
	}
	good = compare(&a, want, "after three scans");
	ktap_ok(!err && idle == 2 && good == RANGES,
		"orders %s, max_ptes_none %u: the second and third scan do nothing",
		orders_name(rule->orders), rule->max_ptes_none);
	area_unmap(&a);
}

int main(int argc, char **argv)
{
	uint32_t only = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;
	struct rule rule = { .creep_guard = 1 };
	unsigned int i, k;

	ktap_start();
	kh_start();
	for (i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		if (only && masks[i] != only)
			continue;
		for (k = 0; k < sizeof(nones) / sizeof(nones[0]); k++) {
			rule.orders = masks[i];
			rule.max_ptes_none = nones[k];
			one_case(&rule);
		}
	}
	return ktap_done();
}
