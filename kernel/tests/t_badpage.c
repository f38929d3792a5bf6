// SPDX-License-Identifier: GPL-2.0-only
/*
 * One bad page prevents one block. Each range has one page that cannot be collapsed now. The other 31
 * blocks of 64K must collapse, the bad one must stay as it was, and mm_mthp_scan must report the reason. A
 * page that can never be read in prevents no more than that if 2M is enabled, too.
 *
 * module: mishap
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <signal.h>
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
#include "mishap.h"
#include "pagemap.h"
#include "settings.h"
#include "trace.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

#define RANGES 8
#define BAD    200 /* in block 12 */
#define ORDER  4

struct bad {
	const char *name;
	const char *reason; /* the result's name in the trace */
	/* Spoils page BAD of every range; 0, or why not. Called before MADV_HUGEPAGE. */
	const char *(*spoil)(struct area *a);
	/* Undoes it. */
	void (*mend)(struct area *a);
	int blocks; /* that must collapse in a range */
	bool pmd;   /* 2M is enabled, too */
};

static int fds[RANGES * 2];
static pid_t child;

static unsigned int bad_page(unsigned int range)
{
	return range * PMD_NR + BAD;
}

static const char *pin_uring(struct area *a)
{
	struct io_uring_params params = { 0 };
	struct iovec iov[RANGES];
	unsigned int i;

	fds[0] = syscall(SYS_io_uring_setup, 4, &params);
	if (fds[0] < 0)
		return "no io_uring";
	for (i = 0; i < RANGES; i++) {
		iov[i].iov_base = area_page(a, bad_page(i));
		iov[i].iov_len = PAGE_LEN;
	}
	if (syscall(SYS_io_uring_register, fds[0], IORING_REGISTER_BUFFERS, iov, RANGES))
		return "cannot register buffers with io_uring";
	return NULL;
}

static void close_first(struct area *a)
{
	(void)a;
	close(fds[0]);
	/* The ring lets go of its pages a little later. */
	usleep(300000);
}

static const char *pin_vmsplice(struct area *a)
{
	unsigned int i;

	for (i = 0; i < RANGES; i++) {
		struct iovec iov = { area_page(a, bad_page(i)), PAGE_LEN };

		if (pipe(fds + 2 * i) || vmsplice(fds[2 * i + 1], &iov, 1, 0) != (ssize_t)PAGE_LEN)
			return "cannot vmsplice";
	}
	return NULL;
}

static void close_pipes(struct area *a)
{
	unsigned int i;

	(void)a;
	for (i = 0; i < 2 * RANGES; i++)
		close(fds[i]);
}

static bool is_kind(struct area *a, int order)
{
	struct shape s;
	unsigned int i;

	for (i = 0; i < RANGES; i++) {
		shape_read(area_range(a, i), &s);
		if (s.order[BAD] != order)
			return false;
	}
	return true;
}

static const char *swap_out(struct area *a)
{
	static bool on;
	unsigned int i, try;

	if (!on && (file_write("/sys/block/zram0/disksize", "256M") ||
		    system("mkswap /dev/zram0 >/dev/null && swapon /dev/zram0")))
		return "no zram to swap to";
	on = true;
	for (try = 0; try < 20 && !is_kind(a, SHAPE_SWAP); try++) {
		for (i = 0; i < RANGES; i++)
			madvise(area_page(a, bad_page(i)), PAGE_LEN, MADV_PAGEOUT);
		usleep(50000);
	}
	return is_kind(a, SHAPE_SWAP) ? NULL : "pages do not swap out";
}

static int hold_one(void *arg)
{
	struct area *a = arg;
	unsigned int i;

	/* Only the parent maps the other pages again. */
	for (i = 0; i < RANGES; i++) {
		madvise(area_range(a, i), BAD * PAGE_LEN, MADV_DONTNEED);
		madvise(area_page(a, bad_page(i) + 1), (PMD_NR - BAD - 1) * PAGE_LEN,
			MADV_DONTNEED);
	}
	return 0;
}

static const char *share_one(struct area *a)
{
	child = child_start(hold_one, a);
	return NULL;
}

static void end_child(struct area *a)
{
	(void)a;
	child_end(child);
}

/* Pages of different ranges with the same contents become one. */
static const char *merge(struct area *a)
{
	unsigned int i, try;
	struct pte pte[RANGES];

	if (file_write("/sys/kernel/mm/ksm/run", "1"))
		return "no KSM in this kernel";
	file_write("/sys/kernel/mm/ksm/pages_to_scan", "10000");
	file_write("/sys/kernel/mm/ksm/sleep_millisecs", "20");
	for (i = 0; i < RANGES; i++) {
		memset(area_page(a, bad_page(i)), 0x5a, PAGE_LEN);
		a->written[bad_page(i)] = 2;
	}
	area_advise(a, MADV_MERGEABLE);
	for (try = 0; try < 100; try++) {
		for (i = 0; i < RANGES; i++)
			pagemap_read(area_page(a, bad_page(i)), 1, &pte[i]);
		for (i = 1; i < RANGES && pte[i].pfn == pte[0].pfn; i++)
			;
		if (i == RANGES)
			break;
		usleep(100000);
	}
	file_write("/sys/kernel/mm/ksm/run", "0");
	return try < 100 ? NULL : "KSM does not merge";
}

static void unmerge(struct area *a)
{
	unsigned int i;

	file_write("/sys/kernel/mm/ksm/run", "2");
	for (i = 0; i < RANGES; i++)
		area_write(a, bad_page(i));
}

static const char *write_protect(struct area *a)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	struct uffdio_register reg = { .range = { (uintptr_t)a->addr, a->nr * PMD_SIZE },
				       .mode = UFFDIO_REGISTER_MODE_WP };
	unsigned int i;

	fds[0] = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (fds[0] < 0 || ioctl(fds[0], UFFDIO_API, &api) || ioctl(fds[0], UFFDIO_REGISTER, &reg))
		return "no write protection by userfaultfd";
	for (i = 0; i < RANGES; i++) {
		struct uffdio_writeprotect wp = {
			.range = { (uintptr_t)area_page(a, bad_page(i)), PAGE_LEN },
			.mode = UFFDIO_WRITEPROTECT_MODE_WP,
		};

		if (ioctl(fds[0], UFFDIO_WRITEPROTECT, &wp))
			return "cannot write-protect";
	}
	return NULL;
}

/* MADV_FREE: the kernel may drop the page, but not a copy of it. */
static const char *give_up(struct area *a)
{
	unsigned int i;

	for (i = 0; i < RANGES; i++) {
		if (madvise(area_page(a, bad_page(i)), PAGE_LEN, MADV_FREE))
			return "no MADV_FREE";
	}
	return NULL;
}

static void take_back(struct area *a)
{
	unsigned int i;

	for (i = 0; i < RANGES; i++)
		area_write(a, bad_page(i));
}

/* As for I/O, but for as long as the test takes. */
static const char *lock_pages(struct area *a)
{
	const char *why = mishap_load();
	unsigned int i;

	for (i = 0; i < RANGES && !why; i++)
		mishap_set("lock", (unsigned long)area_page(a, bad_page(i)));
	return why;
}

static void unlock_pages(struct area *a)
{
	unsigned int i;

	for (i = 0; i < RANGES; i++)
		mishap_set("unlock", (unsigned long)area_page(a, bad_page(i)));
}

static void told(int sig)
{
	(void)sig;
}

/* The kernel sends SIGBUS to the processes that mapped the page. */
static const char *poison(struct area *a)
{
	void (*before)(int sig) = signal(SIGBUS, told);
	const char *why = NULL;
	unsigned int i;

	for (i = 0; i < RANGES && !why; i++) {
		if (madvise(area_page(a, bad_page(i)), PAGE_LEN, MADV_HWPOISON))
			why = "no MADV_HWPOISON in this kernel";
		a->written[bad_page(i)] = AREA_POISONED;
	}
	signal(SIGBUS, before);
	return why;
}

#ifndef UFFD_FEATURE_POISON
#define UFFD_FEATURE_POISON (1 << 14)
struct uffdio_poison {
	struct uffdio_range range;
	__u64 mode;
	__s64 updated;
};
#define UFFDIO_POISON _IOWR(UFFDIO, 0x08, struct uffdio_poison)
#endif

/* Nobody is told, and only the page table knows. */
static const char *mark_poisoned(struct area *a)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_POISON };
	struct uffdio_register reg = { .range = { (uintptr_t)a->addr, a->nr * PMD_SIZE },
				       .mode = UFFDIO_REGISTER_MODE_MISSING };
	unsigned int i;

	fds[0] = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (fds[0] < 0 || ioctl(fds[0], UFFDIO_API, &api) || ioctl(fds[0], UFFDIO_REGISTER, &reg))
		return "no poison markers by userfaultfd";
	for (i = 0; i < RANGES; i++) {
		struct uffdio_poison mark = {
			.range = { (uintptr_t)area_page(a, bad_page(i)), PAGE_LEN },
		};

		area_drop(a, bad_page(i), 1);
		if (ioctl(fds[0], UFFDIO_POISON, &mark))
			return "cannot mark as poisoned";
		a->written[bad_page(i)] = AREA_POISONED;
	}
	close(fds[0]);
	return NULL;
}

/* Not on the ordinary LRU lists, but no obstacle. */
static const char *lock_all(struct area *a)
{
	return mlock(a->addr, a->nr * PMD_SIZE) ? "cannot mlock" : NULL;
}

static void unlock_all(struct area *a)
{
	munlock(a->addr, a->nr * PMD_SIZE);
}

/* The reason that mm_mthp_scan reported for the first blocked page of a range. */
struct seen {
	const char *reason;
	unsigned int right;
	unsigned int others;
	char other[32];
};

static void see(const struct trace_event *ev, void *arg)
{
	struct seen *seen = arg;
	char status[32];

	if (strcmp(ev->name, "mm_mthp_scan"))
		return;
	trace_word(ev, "blocked_status", status, sizeof(status));
	if (seen->reason && strcmp(status, seen->reason) == 0) {
		seen->right++;
	} else if (strcmp(status, "succeeded")) {
		seen->others++;
		snprintf(seen->other, sizeof(seen->other), "%s", status);
	}
}

static void check_blocks(const struct bad *bad, struct area *a, int err)
{
	unsigned int i, right = 0, blocks = 0, whole = PMD_NR >> ORDER;
	struct shape s;

	for (i = 0; i < RANGES; i++) {
		shape_read(area_range(a, i), &s);
		blocks += shape_count(&s, ORDER);
		right += shape_count(&s, ORDER) == (unsigned int)bad->blocks &&
			 (s.order[BAD] == ORDER) == (bad->blocks == (int)whole);
	}
	ktap_ok(!err && right == RANGES, "%s: %d of %u blocks collapse (%u in %u ranges)",
		bad->name, bad->blocks, whole, blocks, RANGES);
}

static bool intact(struct area *a)
{
	unsigned int i;

	for (i = 0; i < a->nr * PMD_NR; i++) {
		if (a->written[i] == 2)
			return true; /* the mend() comes first */
	}
	return area_all_intact(a);
}

/*
 * mlock() of one page gives it a VMA of its own and splits the VMA of the range. A range has to lie in
 * one VMA, so nothing of it collapses before munlock() has merged them again.
 */
static void split_by_mlock(void)
{
	unsigned int i, split = 0, joined = 0;
	struct shape s;
	struct area a;

	area_map(&a, RANGES);
	area_write_pages(&a, 0, RANGES * PMD_NR);
	thp_orders(1U << ORDER, "madvise");
	kh_idle();
	area_advise(&a, MADV_HUGEPAGE);
	for (i = 0; i < RANGES; i++) {
		if (mlock(area_page(&a, bad_page(i)), PAGE_LEN))
			ktap_die("cannot mlock");
	}
	kh_scan_noted();
	for (i = 0; i < RANGES; i++) {
		shape_read(area_range(&a, i), &s);
		split += shape_count(&s, ORDER) == 0;
	}
	ktap_ok(split == RANGES && area_all_intact(&a),
		"one page mlocked: its VMA is split, and the range is left alone");
	for (i = 0; i < RANGES; i++)
		munlock(area_page(&a, bad_page(i)), PAGE_LEN);
	kh_scan_noted();
	for (i = 0; i < RANGES; i++) {
		shape_read(area_range(&a, i), &s);
		joined += shape_count(&s, ORDER) == PMD_NR >> ORDER;
	}
	ktap_ok(joined == RANGES && area_all_intact(&a),
		"one page mlocked: after munlock() every block collapses");
	area_unmap(&a);
}

static void one_case(const struct bad *bad, bool traced)
{
	struct seen seen = { .reason = bad->reason };
	const char *why;
	struct area a;
	struct work w;
	int err;

	area_map(&a, RANGES);
	area_write_pages(&a, 0, RANGES * PMD_NR);
	kh_set("max_ptes_none", 0);
	thp_orders(1U << ORDER | (bad->pmd ? 1U << PMD_ORDER : 0), "madvise");
	why = bad->spoil(&a);
	if (why) {
		ktap_skip(why, "%s", bad->name);
		goto out;
	}
	kh_idle();
	area_advise(&a, MADV_HUGEPAGE);
	trace_start();
	err = kh_scan_noted();
	trace_stop(see, &seen);
	check_blocks(bad, &a, err);
	if (bad->reason && !traced)
		ktap_skip("no mm_mthp_scan in this kernel", "%s: the reason", bad->name);
	else if (bad->reason)
		ktap_ok(seen.right >= RANGES && !seen.others, "%s: the reason is %s (%s)",
			bad->name, bad->reason, seen.others ? seen.other : "in every range");
	work_start();
	err = kh_scan_noted();
	work_stop(&w);
	if (!work_idle(&w))
		work_note("second pass", &w);
	ktap_ok(!err && w.scans >= RANGES && work_idle(&w) && intact(&a),
		"%s: the second pass does nothing", bad->name);
	if (bad->mend) {
		bad->mend(&a);
		kh_scan();
		ktap_ok(is_kind(&a, ORDER) && area_all_intact(&a),
			"%s: collapses when that is over", bad->name);
	}
out:
	area_unmap(&a);
}

int main(void)
{
	static const struct bad bads[] = {
		{ "io_uring fixed buffer", "not_suitable_page_count", pin_uring, close_first, 31,
		  false },
		{ "vmsplice into a pipe", "not_suitable_page_count", pin_vmsplice, close_pipes, 31,
		  false },
		{ "swapped out", "exceed_swap_pte", swap_out, NULL, 31, false },
		{ "shared by a fork", "exceed_shared_pte", share_one, end_child, 31, false },
		{ "given up with MADV_FREE", "page_lazyfree", give_up, take_back, 31, false },
		{ "merged by KSM", "exceed_shared_pte", merge, unmerge, 31, false },
		{ "write-protected by userfaultfd", "pte_uffd_wp", write_protect, NULL, 31, false },
		{ "locked", "page_locked", lock_pages, unlock_pages, 31, false },
		{ "poisoned", "pte_non_present", poison, NULL, 31, false },
		{ "poisoned, 2M enabled", "pte_non_present", poison, NULL, 31, true },
		{ "poison marker", "pte_non_present", mark_poisoned, NULL, 31, false },
		{ "poison marker, 2M enabled", "pte_non_present", mark_poisoned, NULL, 31, true },
		{ "mlocked with all of its range", NULL, lock_all, unlock_all, 32, false },
	};
	unsigned int i;
	bool traced;

	ktap_start();
	kh_start();
	trace_open();
	traced = trace_enable("huge_memory/mm_mthp_scan") == 0;
	for (i = 0; i < sizeof(bads) / sizeof(bads[0]); i++)
		one_case(&bads[i], traced);
	split_by_mlock();
	return ktap_done();
}
