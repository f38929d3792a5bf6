// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that cannot be copied, because of a memory error, prevents only its own block, at any place of a
 * commit: the others collapse, and all contents stay the same, byte for byte. The next pass collapses the
 * block; if the kernel has taken the page out of use, the block stays as it is.
 *
 * A module makes the copies fail (mishap/).
 *
 * module: mishap
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "area.h"
#include "books.h"
#include "khugepaged.h"
#include "ktap.h"
#include "mishap.h"
#include "pagemap.h"
#include "settings.h"
#include "trace.h"

#define RANGES 4

static void build(struct area *a, uint32_t orders)
{
	area_map(a, RANGES);
	area_write_pages(a, 0, RANGES * PMD_NR);
	kh_set("max_ptes_none", 0);
	thp_orders(orders, "madvise");
	kh_idle();
	area_advise(a, MADV_HUGEPAGE);
}

/* Its events in the trace. */
struct heard {
	unsigned int order;
	unsigned int poisoned;
	unsigned int succeeded;
	unsigned int tried, done; /* by mm_mthp_batch */
};

static void hear(const struct trace_event *ev, void *arg)
{
	struct heard *heard = arg;
	char status[32];

	if (strcmp(ev->name, "mm_mthp_batch") == 0) {
		heard->tried += trace_num(ev, "tried");
		heard->done += trace_num(ev, "done");
		return;
	}
	if (strcmp(ev->name, "mm_mthp_collapse") || trace_num(ev, "order") != heard->order)
		return;
	trace_word(ev, "status", status, sizeof(status));
	heard->poisoned += strcmp(status, "copy_poisoned_page") == 0;
	heard->succeeded += strcmp(status, "succeeded") == 0;
}

/* The nth copy of a pass fails. */
static void one_copy(unsigned int order, unsigned int nth, const char *where)
{
	unsigned int want = RANGES * (PMD_NR >> order), first, second,
		     failed = mishap_get("failed");
	struct heard heard = { .order = order };
	long booked = thp_stat(order, "collapse_success");
	bool intact, told;
	struct area a;
	int err;

	build(&a, 1U << order);
	mishap_set("fail_at", nth);
	trace_start();
	err = kh_scan_noted();
	trace_stop(hear, &heard);
	mishap_set("fail_at", 0);
	failed = mishap_get("failed") - failed;
	first = area_blocks(&a, order);
	intact = area_all_intact(&a);
	booked = thp_stat(order, "collapse_success") - booked;
	told = !have_series() ||
	       (heard.poisoned == 1 && heard.succeeded == want - 1 && booked == want - 1);
	if (have_series() && order < PMD_ORDER)
		told = told && heard.tried == want && heard.done == want - 1;
	if (failed != 1 || first != want - 1 || !told)
		ktap_note("%u copies failed; %u blocks; events: %u poisoned, %u succeeded, commits "
			  "%u of %u; counter %ld",
			  failed, first, heard.poisoned, heard.succeeded, heard.done, heard.tried,
			  booked);
	ktap_ok(!err && failed == 1 && first == want - 1 && intact && told,
		"%s: the copy of %s fails: %u of %u blocks, nothing lost, traced and counted so",
		orders_name(1U << order), where, want - 1, want);
	kh_scan();
	second = area_blocks(&a, order);
	ktap_ok(second == want && area_all_intact(&a),
		"%s: the copy of %s fails: the next pass makes up for it", orders_name(1U << order),
		where);
	area_unmap(&a);
}

/* Failures at many places, for many rounds. */
static void balance(uint32_t orders, unsigned int every)
{
	struct books before, after;
	unsigned int i, failed = mishap_get("failed");
	struct area a;
	bool good = true;
	char what[96];

	for (i = 0; i < 22; i++) {
		/* The first two fill caches that stay full. */
		if (i == 2)
			books_read(&before);
		build(&a, orders);
		mishap_set("fail_every", every + i);
		mishap_set("fail_at", 1 + i * 7);
		good &= kh_scan() == 0;
		mishap_set("fail_at", 0);
		good &= area_all_intact(&a) && kh_scan() == 0 && area_all_intact(&a);
		area_unmap(&a);
	}
	mishap_set("fail_every", 0);
	books_read(&after);
	failed = mishap_get("failed") - failed;
	snprintf(what, sizeof(what), "orders %s, copies fail", orders_name(orders));
	ktap_ok(good && failed > 20, "%s: contents in 20 rounds (%u failures)", what, failed);
	books_ok(&before, &after, what);
}

static sigjmp_buf on_bus;

static void bus(int sig)
{
	(void)sig;
	siglongjmp(on_bus, 1);
}

static bool dies(const char *page)
{
	volatile bool died = false;

	signal(SIGBUS, bus);
	if (sigsetjmp(on_bus, 1))
		died = true;
	else
		(void)*(volatile const char *)page;
	signal(SIGBUS, SIG_DFL);
	return died;
}

/* The page is taken out of use: nothing else is lost. */
static void poisoned(unsigned int order, unsigned int nth)
{
	unsigned int want = RANGES * (PMD_NR >> order), first, second, i, swapped = 0, at = 0;
	long corrupted = file_key("/proc/meminfo", "HardwareCorrupted");
	struct area a;
	struct shape s;
	struct work w;
	int err;

	build(&a, 1U << order);
	mishap_set("poison", 1);
	mishap_set("fail_at", nth);
	err = kh_scan_noted();
	mishap_set("fail_at", 0);
	mishap_set("poison", 0);
	/* The kernel does so in a work item. */
	for (i = 0; i < 100 && file_key("/proc/meminfo", "HardwareCorrupted") == corrupted; i++)
		usleep(20000);
	for (i = 0; i < RANGES * PMD_NR; i++) {
		if (i % PMD_NR == 0)
			shape_read(area_range(&a, i / PMD_NR), &s);
		if (s.order[i % PMD_NR] == SHAPE_SWAP) {
			swapped++;
			at = i;
		}
	}
	a.written[at] = AREA_POISONED;
	first = area_blocks(&a, order);
	ktap_ok(!err && swapped == 1 && first == want - 1 && area_all_intact(&a) &&
			dies(area_page(&a, at)),
		"%s: a poisoned page is taken out of use: %u of %u blocks, nothing else lost",
		orders_name(1U << order), want - 1, want);
	work_start();
	err = kh_scan_noted();
	work_stop(&w);
	second = area_blocks(&a, order);
	if (!work_idle(&w))
		work_note("next pass", &w);
	ktap_ok(!err && second == want - 1 && work_idle(&w) && area_all_intact(&a),
		"%s: and the next pass does nothing in vain", orders_name(1U << order));
	area_unmap(&a);
}

int main(void)
{
	const char *why;

	ktap_start();
	why = mishap_load();
	if (why) {
		ktap_skip(why, "copies that fail");
		return ktap_done();
	}
	kh_start();
	trace_open();
	trace_enable("huge_memory/mm_mthp_collapse");
	trace_enable("huge_memory/mm_mthp_batch");
	one_copy(4, 1, "the first page");
	one_copy(4, 16, "the last page of the first block");
	one_copy(4, PMD_NR / 2 + 8, "a page in the middle");
	one_copy(4, PMD_NR, "the last page of a commit");
	one_copy(2, 3 * PMD_NR + 1, "the first page of the last commit");
	one_copy(6, PMD_NR + 100, "some page");
	one_copy(8, 300, "some page");
	one_copy(9, PMD_NR + 300, "some page");
	balance(1 << 4, 40);
	balance(ORDERS_ALL & ~(1 << 9), 60);
	balance(ORDERS_ALL, 300);
	poisoned(4, 700);
	poisoned(2, 701);
	return ktap_done();
}
