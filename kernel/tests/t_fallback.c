// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is partly shared after a fork: the parent has rewritten all but one page in 32. The larger
 * blocks hold a shared page and cannot collapse. The smaller ones beside it must collapse, whichever
 * larger orders are enabled, and a failed attempt may not make the next pass fail.
 */
#include <sys/mman.h>

#include "area.h"
#include "child.h"
#include "khugepaged.h"
#include "ktap.h"
#include "plan.h"
#include "trace.h"

#define RANGES 8

/* The child keeps the pages shared, and wants none of its own collapsed. */
static int hold(void *arg)
{
	area_advise(arg, MADV_NOHUGEPAGE);
	return 0;
}

static void one_case(uint32_t orders, unsigned int every)
{
	struct rule rule = { orders, 0, 1 };
	static struct mthp_policy_out out;
	static struct shape want[RANGES];
	uint8_t bad[PMD_NR] = { 0 };
	unsigned int i, due = 0, got = 0, good = 0;
	struct shape now;
	struct area a;
	struct work w;
	int err;
	pid_t pid;

	area_map(&a, RANGES);
	area_write_pages(&a, 0, RANGES * PMD_NR);
	pid = child_start(hold, &a);
	for (i = 0; i < RANGES * PMD_NR; i++) {
		if (i % every == every / 2)
			bad[i % PMD_NR] = 1;
		else
			area_write(&a, i);
	}
	kh_set("max_ptes_none", 0);
	thp_orders(orders, "madvise");
	kh_idle();
	area_advise(&a, MADV_HUGEPAGE);
	for (i = 0; i < RANGES; i++) {
		shape_read(area_range(&a, i), &want[i]);
		plan_range(&rule, &want[i], bad, &out);
		plan_apply(&out, &want[i]);
		due += out.nr;
	}
	err = kh_scan_noted();
	for (i = 0; i < RANGES; i++) {
		shape_read(area_range(&a, i), &now);
		good += shape_same(&now, &want[i]);
		got += shape_count(&now, 4) + 2 * shape_count(&now, 5);
		if (!shape_same(&now, &want[i]) && i == 0)
			shape_differ("range 0", &now, &want[i]);
	}
	ktap_ok(!err && good == RANGES && area_all_intact(&a),
		"1 page in %u shared, orders %s: %u blocks collapse, %u times 64K of them", every,
		orders_name(orders), due, got);
	work_start();
	err = kh_scan_noted();
	work_stop(&w);
	if (!work_idle(&w))
		work_note("second pass", &w);
	ktap_ok(!err && work_idle(&w) && w.scans >= RANGES,
		"1 page in %u shared, orders %s: the second pass looks at all and does nothing",
		every, orders_name(orders));
	child_end(pid);
	/* The child has ended: the shared pages can collapse now. */
	kh_scan();
	for (i = 0, got = 0; i < RANGES; i++) {
		shape_read(area_range(&a, i), &now);
		got += shape_count(&now, 31 - __builtin_clz(orders));
	}
	ktap_ok(got == RANGES * (PMD_NR >> (31 - __builtin_clz(orders))) && area_all_intact(&a),
		"1 page in %u shared, orders %s: everything collapses when the child is gone",
		every, orders_name(orders));
	area_unmap(&a);
}

int main(void)
{
	static const uint32_t masks[] = { 1 << 4, 1 << 4 | 1 << 5,
					  1 << 2 | 1 << 3 | 1 << 4 | 1 << 5, 1 << 4 | 1 << 6 };
	unsigned int i;

	ktap_start();
	kh_start();
	kh_set("max_ptes_shared", 0);
	for (i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		one_case(masks[i], 32);
		one_case(masks[i], 64);
	}
	return ktap_done();
}
