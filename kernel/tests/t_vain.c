// SPDX-License-Identifier: GPL-2.0-only
/*
 * No vain attempts. A pass takes no lock for writing, allocates nothing and flushes nothing on memory with
 * nothing to collapse: memory that was collapsed, that was faulted in as large folios, that is
 * unreferenced, or in which userfaultfd must keep every empty page empty.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "area.h"
#include "khugepaged.h"
#include "ktap.h"
#include "pagemap.h"
#include "trace.h"

#define RANGES 8

static const uint32_t masks[] = { 1 << 4, 1 << 2, 1 << 2 | 1 << 3 | 1 << 4, 0x1fc };

static void advise(struct area *a, uint32_t orders, unsigned int m)
{
	kh_set("max_ptes_none", m);
	thp_orders(orders, "madvise");
	kh_idle();
	area_advise(a, MADV_HUGEPAGE);
}

/* One pass over the area: was it idle, and did it scan every range? */
static bool idle_pass(const struct area *a, const char *what)
{
	struct work w;
	int err;

	work_start();
	err = kh_scan_noted();
	work_stop(&w);
	if (!work_idle(&w) || w.scans < a->nr)
		work_note(what, &w);
	return !err && work_idle(&w) && w.scans >= a->nr;
}

static void collapsed(uint32_t orders)
{
	unsigned int i, got = 0, big = 31 - __builtin_clz(orders);
	struct shape s;
	struct area a;
	struct work w;

	area_map(&a, RANGES);
	area_write_pages(&a, 0, RANGES * PMD_NR);
	advise(&a, orders, 0);
	work_start();
	kh_scan_noted();
	work_stop(&w);
	if (w.locks != RANGES || w.flushes != RANGES)
		work_note("first pass", &w);
	ktap_ok(w.locks == RANGES && w.batches == RANGES && w.flushes == RANGES &&
			w.allocs == RANGES * (PMD_NR >> big),
		"orders %s: collapsing a range takes one lock, one flush, one folio per block",
		orders_name(orders));
	for (i = 0; i < RANGES; i++) {
		shape_read(area_range(&a, i), &s);
		got += shape_count(&s, big);
	}
	ktap_ok(got == RANGES * (PMD_NR >> big) && idle_pass(&a, "second pass") &&
			idle_pass(&a, "third pass") && area_all_intact(&a),
		"orders %s: memory that was collapsed is left alone", orders_name(orders));
	area_unmap(&a);
}

static void faulted(uint32_t orders, unsigned int order)
{
	unsigned int i;
	struct area a;

	area_map(&a, RANGES);
	for (i = 0; i < RANGES * PMD_NR; i += 1U << order) {
		if (area_fault_large(&a, i, order))
			ktap_die("cannot fault in %s", orders_name(1U << order));
	}
	advise(&a, orders, 511);
	ktap_ok(idle_pass(&a, "first pass") && area_all_intact(&a),
		"orders %s: memory faulted in as %s is left alone", orders_name(orders),
		orders_name(1U << order));
	area_unmap(&a);
}

/* All unreferenced, then one page of each range touched: only the block of that page collapses. */
static void cold(uint32_t orders)
{
	unsigned int i, one = 0, good = 0, big = 31 - __builtin_clz(orders);
	struct shape s;
	struct area a;
	struct work w;
	bool idle;

	area_map(&a, RANGES);
	area_write_pages(&a, 0, RANGES * PMD_NR);
	advise(&a, orders, 0);
	/* Off the batches of pages on their way to the LRU first. */
	kh_scan();
	area_unmap(&a);
	area_map(&a, RANGES);
	area_write_pages(&a, 0, RANGES * PMD_NR);
	if (file_write("/proc/self/clear_refs", "1"))
		ktap_die("cannot clear the referenced bits");
	area_advise(&a, MADV_HUGEPAGE);
	idle = idle_pass(&a, "pass over cold memory");
	ktap_ok(idle, "orders %s: cold memory is left alone", orders_name(orders));
	for (i = 0; i < RANGES; i++)
		area_read(&a, i * PMD_NR + 100);
	work_start();
	kh_scan_noted();
	work_stop(&w);
	for (i = 0; i < RANGES; i++) {
		shape_read(area_range(&a, i), &s);
		one += shape_count(&s, big) == 1;
		good += s.order[100] == (int)big;
	}
	if (w.locks != RANGES || w.allocs != RANGES)
		work_note("one page touched", &w);
	ktap_ok(one == RANGES && good == RANGES && w.locks == RANGES && w.allocs == RANGES,
		"orders %s: one page used in cold memory costs one block", orders_name(orders));
	if (file_write("/proc/self/clear_refs", "1"))
		ktap_die("cannot clear the referenced bits");
	for (i = 0; i < RANGES; i++)
		area_read(&a, i * PMD_NR + 100);
	idle = idle_pass(&a, "next pass");
	ktap_ok(idle && area_all_intact(&a), "orders %s: and nothing on the next pass",
		orders_name(orders));
	area_unmap(&a);
}

static int arm(struct area *a)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .range = { .start = (uintptr_t)a->addr,
						  .len = a->nr * PMD_SIZE },
				       .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &reg))
		ktap_die("cannot arm userfaultfd: %s", strerror(errno));
	return fd;
}

/* Each block but the first of a range has a hole: only the first may collapse. */
static void armed(uint32_t orders)
{
	unsigned int i, k, got = 0, big = 31 - __builtin_clz(orders), nr = 1U << big;
	struct shape s, want;
	struct area a;
	struct work w;
	int fd;

	area_map(&a, RANGES);
	for (i = 0; i < RANGES; i++) {
		for (k = 0; k < PMD_NR; k++) {
			if (k < nr || k % 2)
				area_write(&a, i * PMD_NR + k);
		}
	}
	fd = arm(&a);
	advise(&a, orders, 511);
	work_start();
	kh_scan_noted();
	work_stop(&w);
	for (i = 0; i < RANGES; i++) {
		shape_read(area_range(&a, i), &s);
		memset(&want, 0, sizeof(want));
		for (k = nr; k < PMD_NR; k += 2)
			want.order[k] = SHAPE_NONE;
		memset(want.order, big, nr);
		got += shape_same(&s, &want);
		if (!i)
			shape_differ("range 0", &s, &want);
	}
	if (w.locks != RANGES || w.allocs != RANGES)
		work_note("first pass", &w);
	ktap_ok(got == RANGES && w.locks == RANGES && w.allocs == RANGES,
		"orders %s: with userfaultfd armed only full blocks are tried",
		orders_name(orders));
	ktap_ok(idle_pass(&a, "second pass") && area_all_intact(&a),
		"orders %s: with userfaultfd armed nothing on the next pass", orders_name(orders));
	close(fd);
	area_unmap(&a);
}

int main(void)
{
	unsigned int i;

	ktap_start();
	kh_start();
	for (i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		collapsed(masks[i]);
		cold(masks[i]);
		armed(masks[i]);
	}
	faulted(1 << 4, 4);
	faulted(1 << 4, 6);
	faulted(1 << 2 | 1 << 3 | 1 << 4, 4);
	faulted(1 << 2, 2);
	faulted(1 << 6, 6);
	return ktap_done();
}
