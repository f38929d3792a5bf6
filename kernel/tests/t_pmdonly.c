// SPDX-License-Identifier: GPL-2.0-only
/*
 * With PMD order only nothing has changed: on the same memory khugepaged and MADV_COLLAPSE cause the same
 * events, with the same fields, the same counters and the same folios as without the series. The
 * expected values are in pmdonly.expect. This program wrote them on a kernel without the series:
 * UNPATCHED=1 kernel/tests/run pmdonly, and the lines that begin with "= ".
 *
 * expect: pmdonly.expect
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "area.h"
#include "child.h"
#include "khugepaged.h"
#include "ktap.h"
#include "pagemap.h"
#include "settings.h"
#include "trace.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define RANGES 2

static int fds[2] = { -1, -1 };
static pid_t child;

static void full(struct area *a)
{
	area_write_pages(a, 0, RANGES * PMD_NR);
}

static void one_page(struct area *a)
{
	area_write(a, 7);
	area_write(a, PMD_NR + 500);
}

static void half(struct area *a)
{
	unsigned int i;

	for (i = 0; i < RANGES * PMD_NR; i += 2)
		area_write(a, i);
}

static void but_100(struct area *a)
{
	area_write_pages(a, 100, PMD_NR - 100);
	area_write_pages(a, PMD_NR, PMD_NR - 101);
}

static void zeros(struct area *a)
{
	unsigned int i;

	for (i = 0; i < RANGES * PMD_NR; i++) {
		if (i % 8)
			area_write(a, i);
		else
			area_read(a, i);
	}
}

static void only_zeros(struct area *a)
{
	unsigned int i;

	for (i = 0; i < RANGES * PMD_NR; i++)
		area_read(a, i);
}

static void large(struct area *a)
{
	unsigned int i;

	for (i = 0; i < PMD_NR; i += 16) {
		if (area_fault_large(a, i, 4))
			ktap_die("cannot fault in 64K");
	}
	if (area_fault_large(a, PMD_NR, 9))
		ktap_die("cannot fault in 2M");
}

static void swap_out(struct area *a, unsigned int nr)
{
	static bool on;
	unsigned int try, i, out = 0;
	struct shape s;

	if (!on && (file_write("/sys/block/zram0/disksize", "256M") ||
		    system("mkswap /dev/zram0 >/dev/null && swapon /dev/zram0")))
		ktap_die("no zram to swap to");
	on = true;
	full(a);
	for (try = 0; try < 40 && out < nr; try++) {
		madvise(area_page(a, 20), nr * PAGE_LEN, MADV_PAGEOUT);
		usleep(50000);
		shape_read(a->addr, &s);
		for (i = 0, out = 0; i < PMD_NR; i++)
			out += s.order[i] == SHAPE_SWAP;
	}
	if (out != nr)
		ktap_die("pages do not swap out");
}

static void swapped_few(struct area *a)
{
	swap_out(a, 10);
}

static void swapped_many(struct area *a)
{
	swap_out(a, PMD_NR / 8 + 1);
}

static int hold(void *arg)
{
	area_advise(arg, MADV_NOHUGEPAGE);
	return 0;
}

/* All of the first range is shared, and a quarter of the second. */
static void shared(struct area *a)
{
	full(a);
	child = child_start(hold, a);
	area_write_pages(a, PMD_NR, PMD_NR / 4 * 3);
}

static void pinned(struct area *a)
{
	struct iovec iov = { area_page(a, 200), PAGE_LEN };

	full(a);
	if (pipe(fds) || vmsplice(fds[1], &iov, 1, 0) != (ssize_t)PAGE_LEN)
		ktap_die("cannot vmsplice");
}

static void cold(struct area *a)
{
	full(a);
	/* Off the batches on their way to the LRU: reclaim's bits are what is cleared. */
	kh_scan();
	file_write("/proc/self/clear_refs", "1");
}

static void protected(struct area *a)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	struct uffdio_register reg = { .range = { (uintptr_t)a->addr, RANGES * PMD_SIZE },
				       .mode = UFFDIO_REGISTER_MODE_WP };
	struct uffdio_writeprotect wp = { .range = { (uintptr_t)area_page(a, 200), PAGE_LEN },
					  .mode = UFFDIO_WRITEPROTECT_MODE_WP };

	full(a);
	fds[0] = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (fds[0] < 0 || ioctl(fds[0], UFFDIO_API, &api) || ioctl(fds[0], UFFDIO_REGISTER, &reg) ||
	    ioctl(fds[0], UFFDIO_WRITEPROTECT, &wp))
		ktap_die("no write protection by userfaultfd");
}

static void armed(struct area *a)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .range = { (uintptr_t)a->addr, RANGES * PMD_SIZE },
				       .mode = UFFDIO_REGISTER_MODE_MISSING };

	area_write_pages(a, 0, PMD_NR);
	area_write_pages(a, PMD_NR, PMD_NR - 1);
	fds[0] = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (fds[0] < 0 || ioctl(fds[0], UFFDIO_API, &api) || ioctl(fds[0], UFFDIO_REGISTER, &reg))
		ktap_die("no userfaultfd");
}

static void read_only(struct area *a)
{
	full(a);
	if (mprotect(a->addr, RANGES * PMD_SIZE, PROT_READ))
		ktap_die("cannot mprotect");
}

static void locked(struct area *a)
{
	full(a);
	if (mlock(a->addr, RANGES * PMD_SIZE))
		ktap_die("cannot mlock");
}

/* All events, as text. */
struct record {
	char text[3000];
	unsigned int len;
};

static void add(struct record *rec, const char *text)
{
	rec->len += snprintf(rec->text + rec->len, sizeof(rec->text) - rec->len, "%s", text);
	if (rec->len >= sizeof(rec->text))
		ktap_die("more events than room");
}

static void hear(const struct trace_event *ev, void *arg)
{
	static const char *const fields[] = { "writable", "referenced", "none_or_zero", "unmapped",
					      "isolated", "swapped_in", "ret",		"status" };
	char word[64], part[96];
	unsigned int i;

	snprintf(part, sizeof(part), "; %s", ev->name);
	add(arg, part);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		trace_word(ev, fields[i], word, sizeof(word));
		if (!*word)
			continue;
		snprintf(part, sizeof(part), " %s=%s", fields[i], word);
		add(arg, part);
	}
}

static const char *const vmstat[] = {
	"thp_collapse_alloc",
	"thp_collapse_alloc_failed",
	"thp_scan_exceed_none_pte",
	"thp_scan_exceed_swap_pte",
	"thp_scan_exceed_share_pte",
	"thp_split_page",
	"thp_split_pmd",
	"thp_swpout",
	"thp_fault_alloc",
	"thp_deferred_split_page",
};
#define NR_VMSTAT (sizeof(vmstat) / sizeof(vmstat[0]))

struct count {
	long vmstat[NR_VMSTAT], pages_collapsed, full_scans, nr_anon;
};

static void read_count(struct count *c)
{
	unsigned int i;

	for (i = 0; i < NR_VMSTAT; i++)
		c->vmstat[i] = file_key("/proc/vmstat", vmstat[i]);
	c->pages_collapsed = thp_read("khugepaged/pages_collapsed");
	c->full_scans = thp_read("khugepaged/full_scans");
	c->nr_anon = thp_stat(PMD_ORDER, "nr_anon");
}

static void add_count(struct record *rec, const struct count *now, const struct count *then,
		      bool scanned)
{
	char part[96];
	unsigned int i;

	for (i = 0; i < NR_VMSTAT; i++) {
		if (now->vmstat[i] == then->vmstat[i])
			continue;
		snprintf(part, sizeof(part), "; %s %+ld", vmstat[i],
			 now->vmstat[i] - then->vmstat[i]);
		add(rec, part);
	}
	snprintf(part, sizeof(part), "; pages_collapsed %+ld, nr_anon %+ld",
		 now->pages_collapsed - then->pages_collapsed, now->nr_anon - then->nr_anon);
	add(rec, part);
	/* khugepaged is woken as often as it takes; one pass is what the tests ask for. */
	if (scanned && now->full_scans == then->full_scans)
		add(rec, "; no full scan");
}

static void one_case(const char *name, void (*make)(struct area *a), unsigned int none, bool advise)
{
	struct record rec = { .len = 0 };
	struct count then, now;
	struct shape s;
	struct area a;
	char part[64];
	unsigned int i;
	int err = 0;

	area_map(&a, RANGES);
	thp_orders(1U << PMD_ORDER, "madvise");
	kh_set("max_ptes_none", none);
	make(&a);
	thp_orders(1U << PMD_ORDER, "madvise");
	kh_idle();
	area_advise(&a, MADV_HUGEPAGE);
	read_count(&then);
	trace_only_pid(advise ? getpid() : kh_pid());
	trace_start();
	if (advise) {
		for (i = 0; i < RANGES; i++)
			err |= madvise(area_range(&a, i), PMD_SIZE, MADV_COLLAPSE) ? 1 << i : 0;
	} else {
		err = kh_scan_noted();
	}
	trace_stop(hear, &rec);
	read_count(&now);
	add_count(&rec, &now, &then, !advise);
	for (i = 0; i < RANGES; i++) {
		shape_read(area_range(&a, i), &s);
		snprintf(part, sizeof(part), "; range %u: %s", i,
			 shape_count(&s, PMD_ORDER) ? "2M" : "not");
		add(&rec, part);
	}
	printf("= %s, max_ptes_none %u, %s %d%s\n", name, none,
	       advise ? "MADV_COLLAPSE" : "khugepaged", err, rec.text);
	ktap_ok(area_all_intact(&a), "%s, max_ptes_none %u, %s: contents", name, none,
		advise ? "MADV_COLLAPSE" : "khugepaged");
	for (i = 0; i < 2; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
	if (child)
		child_end(child);
	child = 0;
	area_unmap(&a);
}

int main(void)
{
	static const struct {
		const char *name;
		void (*make)(struct area *a);
	} cases[] = {
		{ "full", full },
		{ "one page", one_page },
		{ "every other page", half },
		{ "100 and 101 missing", but_100 },
		{ "zero pages among others", zeros },
		{ "zero pages alone", only_zeros },
		{ "64K folios and 2M", large },
		{ "10 swapped out", swapped_few },
		{ "65 swapped out", swapped_many },
		{ "shared", shared },
		{ "pinned", pinned },
		{ "cold", cold },
		{ "write-protected by userfaultfd", protected },
		{ "armed by userfaultfd", armed },
		{ "read-only", read_only },
		{ "mlocked", locked },
	};
	static const unsigned int nones[] = { 0, 100, 511 };
	static const char *const events[] = { "mm_khugepaged_scan_pmd", "mm_collapse_huge_page",
					      "mm_collapse_huge_page_isolate",
					      "mm_collapse_huge_page_swapin" };
	unsigned int i, k;
	char name[64];

	ktap_start();
	kh_start();
	trace_open();
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		snprintf(name, sizeof(name), "huge_memory/%s", events[i]);
		if (trace_enable(name))
			ktap_die("no %s", name);
	}
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (k = 0; k < sizeof(nones) / sizeof(nones[0]); k++)
			one_case(cases[i].name, cases[i].make, nones[k], false);
		one_case(cases[i].name, cases[i].make, 511, true);
	}
	return ktap_done();
}
