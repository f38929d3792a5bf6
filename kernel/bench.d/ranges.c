// SPDX-License-Identifier: GPL-2.0-only
/*
 * The compared kernels run the same programs. The programs probe what a kernel cannot do (for example
 * collapse below PMD size without the series), and leave it out.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "khugepaged.h"
#include "ktap.h"
#include "pagemap.h"
#include "ranges.h"
#include "settings.h"
#include "trace.h"

#define TOUCHED 100 /* page of a range */

const uint32_t bench_orders[] = { 1 << 9, 1 << 6, 1 << 4, 1 << 3, 1 << 2, ORDERS_2_8 };
const unsigned int nr_bench_orders = sizeof(bench_orders) / sizeof(bench_orders[0]);

const char *bench_orders_name(uint32_t orders)
{
	static const char *const names[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };

	return orders == ORDERS_2_8 ? "2-8" : names[31 - __builtin_clz(orders)];
}

bool ranges_orders(uint32_t orders)
{
	unsigned int i;

	/* Kernels that collapse to smaller sizes count it. */
	if (orders != 1U << PMD_ORDER && thp_stat(MIN_ORDER, "collapse_alloc") < 0)
		return false;
	thp_orders(orders, "madvise");
	/* It starts, stops, or looks around once because of that. */
	for (i = 0; i < 3; i++) {
		if (kh_idle())
			return false;
	}
	return true;
}

void ranges_full(struct area *a)
{
	area_map(a, RANGES);
	area_write_pages(a, 0, RANGES * PMD_NR);
	area_advise(a, MADV_HUGEPAGE);
}

void ranges_forget(void)
{
	if (file_write("/proc/self/clear_refs", "1"))
		ktap_die("cannot clear the referenced bits");
}

void ranges_touch(struct area *a)
{
	unsigned int i;

	for (i = 0; i < a->nr; i++)
		area_read(a, i * PMD_NR + TOUCHED);
}

bool ranges_are(const struct area *a, unsigned int order)
{
	struct shape s;
	unsigned int i;

	for (i = 0; i < a->nr; i++) {
		shape_read(area_range(a, i), &s);
		if (shape_count(&s, order) != PMD_NR >> order)
			return false;
	}
	return true;
}

/* Sleeps while khugepaged works: polling would be in its way on a single CPU. */
void ranges_pass(void)
{
	long passes;
	int i;

	if (kh_idle())
		ktap_die("khugepaged does not come to rest");
	passes = thp_read("khugepaged/full_scans");
	kh_kick();
	for (i = 0; i < 20 && thp_read("khugepaged/full_scans") == passes; i++)
		usleep(300000);
	if (kh_idle() || thp_read("khugepaged/full_scans") != passes + 1)
		ktap_die("khugepaged made %ld passes, not one",
			 thp_read("khugepaged/full_scans") - passes);
}

struct running {
	double since; /* on a CPU, or 0 */
	double total;
};

static void running(const struct trace_event *ev, void *arg)
{
	struct running *r = arg;

	if (trace_num(ev, "next_pid") == kh_pid()) {
		r->since = ev->time;
	} else if (trace_num(ev, "prev_pid") == kh_pid() && r->since > 0) {
		r->total += ev->time - r->since;
		r->since = 0;
	}
}

long long ranges_timed_pass(void)
{
	struct running r = { 0 };
	static bool traced;

	if (!traced) {
		trace_open();
		if (trace_enable("sched/sched_switch"))
			ktap_die("cannot trace sched:sched_switch");
		traced = true;
	}
	trace_only_pid(kh_pid());
	trace_start();
	ranges_pass();
	if (!trace_stop(running, &r))
		ktap_die("khugepaged did not run");
	return r.total * 1e9 + 0.5;
}
