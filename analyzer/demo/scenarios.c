// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of demo scenarios, and how each fills its memory.
 *
 * Each row provokes one thing that mthptop can show. Results have the names of the views. Resources of a
 * fill function (a pinned page, a userfaultfd, a forked child) live until the scenario's process ends;
 * nothing is cleaned up by hand.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/array.h"
#include "demo/run.h"

static int cannot(char *why, size_t len, const char *what)
{
	int err = errno ? -errno : -EOPNOTSUPP;

	snprintf(why, len, "%s: %s", what, strerror(-err));
	return err;
}

static size_t nr_pages(const struct demo_memory *m)
{
	return m->range / m->page;
}

static int fill_all(const struct demo_memory *m, char *why, size_t len)
{
	demo_memory_touch(m, 0, 1, nr_pages(m));
	return 0;
}

static int fill_half(const struct demo_memory *m, char *why, size_t len)
{
	demo_memory_touch(m, 0, 2, nr_pages(m) / 2);
	return 0;
}

static int fill_one(const struct demo_memory *m, char *why, size_t len)
{
	demo_memory_touch(m, 3, 1, 1);
	return 0;
}

/*
 * The kernel's configuration and the file system decide whether files can be collapsed; only an attempt
 * shows it.
 */
static int fill_file(const struct demo_memory *m, char *why, size_t len)
{
	struct demo_memory probe;
	int err;

	err = demo_memory_map(&probe, DEMO_FILE, 1, 0);
	if (!err) {
		demo_memory_touch(&probe, 0, 1, nr_pages(&probe));
		err = demo_memory_allow(&probe);
	}
	if (!err)
		err = demo_memory_collapse(&probe, DEMO_COLLAPSE_TRIES);
	demo_memory_unmap(&probe);
	if (err) {
		snprintf(why, len, "file not collapsible: %s (CONFIG_READ_ONLY_THP_FOR_FS?)",
			 strerror(-err));
		return err;
	}
	return fill_all(m, why, len);
}

/* A full 64K in every 256K. */
static int fill_blocks(const struct demo_memory *m, char *why, size_t len)
{
	size_t block = 65536 / m->page, i;

	for (i = 0; i < nr_pages(m); i += 4 * block)
		demo_memory_touch(m, i, 1, block);
	return 0;
}

static int fill_collapsed(const struct demo_memory *m, char *why, size_t len)
{
	int err;

	demo_memory_touch(m, 0, 1, nr_pages(m));
	err = demo_memory_allow(m);
	if (!err)
		err = demo_memory_collapse(m, DEMO_COLLAPSE_TRIES);
	if (err) {
		errno = -err;
		return cannot(why, len, "MADV_COLLAPSE");
	}
	return 0;
}

/* A pipe still references one page of every range. */
static int fill_pinned(const struct demo_memory *m, char *why, size_t len)
{
	struct iovec iov = { .iov_len = m->page };
	int fds[2];
	size_t at;

	demo_memory_touch(m, 0, 1, nr_pages(m));
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return cannot(why, len, "pipe");
	fcntl(fds[1], F_SETPIPE_SZ, (int)(m->len / m->range * m->page));
	for (at = 0; at < m->len; at += m->range) {
		iov.iov_base = m->base + at + 7 * m->page;
		if (vmsplice(fds[1], &iov, 1, 0) != (ssize_t)m->page)
			return cannot(why, len, "vmsplice");
	}
	return 0;
}

/* A child maps all pages but one, too. */
static int fill_shared(const struct demo_memory *m, char *why, size_t len)
{
	pid_t parent = getpid(), pid;

	demo_memory_touch(m, 0, 1, nr_pages(m));
	pid = fork();
	if (pid < 0)
		return cannot(why, len, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (getppid() == parent)
			pause();
		_exit(0);
	}
	/* Up to 6.12 a range without a writable PTE is a refusal of its own: copy one page back. */
	demo_memory_touch(m, 0, 1, 1);
	return 0;
}

/* No page was touched since its referenced bit was cleared. */
static int fill_cold(const struct demo_memory *m, char *why, size_t len)
{
	int fd, err = 0;

	demo_memory_touch(m, 0, 1, nr_pages(m));
	fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return cannot(why, len, "/proc/self/clear_refs");
	if (write(fd, "1", 1) != 1)
		err = cannot(why, len, "/proc/self/clear_refs");
	close(fd);
	return err;
}

/* One page of every range is write-protected through userfaultfd. */
static int fill_uffd(const struct demo_memory *m, char *why, size_t len)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_WP };
	struct uffdio_writeprotect wp = { .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	size_t at;
	int fd;

	demo_memory_touch(m, 0, 1, nr_pages(m));
	fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
	if (fd < 0)
		return cannot(why, len, "userfaultfd");
	reg.range.start = (uintptr_t)m->base;
	reg.range.len = m->len;
	if (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &reg))
		return cannot(why, len, "userfaultfd write protection");
	for (at = 0; at < m->len; at += m->range) {
		wp.range.start = (uintptr_t)m->base + at + 7 * m->page;
		wp.range.len = m->page;
		if (ioctl(fd, UFFDIO_WRITEPROTECT, &wp))
			return cannot(why, len, "userfaultfd write protection");
	}
	return 0;
}

static int page_out(const struct demo_memory *m, size_t pages, char *why, size_t len)
{
	struct demo_usage usage;
	size_t at;

	demo_memory_touch(m, 0, 1, nr_pages(m));
	for (at = 0; at < m->len; at += m->range)
		if (madvise(m->base + at, pages * m->page, MADV_PAGEOUT))
			return cannot(why, len, "MADV_PAGEOUT");
	if (demo_memory_usage(m, &usage) || !usage.swap) {
		snprintf(why, len, "nothing was swapped out");
		return -EOPNOTSUPP;
	}
	return 0;
}

/* A sixteenth of every range is swapped out: half of what max_ptes_swap allows. */
static int fill_some_swapped(const struct demo_memory *m, char *why, size_t len)
{
	return page_out(m, nr_pages(m) / 16, why, len);
}

static int fill_all_swapped(const struct demo_memory *m, char *why, size_t len)
{
	return page_out(m, nr_pages(m), why, len);
}

#define SHMEM_ON                          \
	{                                 \
		"shmem_enabled", "advise" \
	}

const struct demo_scenario demo_scenarios[] = {
	{ .name = "full",
	  .what = "every page of each range is in use",
	  .look_for = "collapse succeeded; occupancy full",
	  .expect = DEMO_COLLAPSED,
	  .counter = "thp_collapse_alloc",
	  .fill = fill_all },
	{ .name = "half",
	  .what = "every other page is in use",
	  .look_for = "collapse succeeded; occupancy 8/16; memory doubles",
	  .expect = DEMO_COLLAPSED,
	  .counter = "thp_collapse_alloc",
	  .fill = fill_half },
	{ .name = "sparse",
	  .what = "one page of each range is in use, max_ptes_none allows it",
	  .look_for = "collapse succeeded; occupancy 0/16; memory grows most",
	  .expect = DEMO_COLLAPSED,
	  .counter = "thp_collapse_alloc",
	  .fill = fill_one },
	{ .name = "empty",
	  .what = "every other page is in use, max_ptes_none allows a quarter empty",
	  .look_for = "exceed_none_pte; samples censored",
	  .expect = DEMO_UNCHANGED,
	  .counter = "thp_scan_exceed_none_pte",
	  .settings = { { "khugepaged/max_ptes_none", "4/16" } },
	  .fill = fill_half },
	{ .name = "shared",
	  .what = "a forked child maps all pages but one, too",
	  .look_for = "exceed_shared_pte",
	  .expect = DEMO_UNCHANGED,
	  .counter = "thp_scan_exceed_share_pte",
	  .fill = fill_shared },
	{ .name = "pinned",
	  .what = "a pipe references one page of each range (vmsplice)",
	  .look_for = "not_suitable_page_count",
	  .expect = DEMO_UNCHANGED,
	  .fill = fill_pinned },
	{ .name = "uffd",
	  .what = "one page of each range is write-protected by userfaultfd",
	  .look_for = "pte_uffd_wp",
	  .expect = DEMO_UNCHANGED,
	  .fill = fill_uffd },
	{ .name = "cold",
	  .what = "no page was touched since its referenced bit was cleared",
	  .look_for = "lack_referenced_page",
	  .expect = DEMO_UNCHANGED,
	  .fill = fill_cold },
	{ .name = "swapin",
	  .what = "a sixteenth of each range is swapped out",
	  .look_for = "swapin, then collapse succeeded",
	  .expect = DEMO_COLLAPSED,
	  .counter = "thp_collapse_alloc",
	  .needs = DEMO_NEEDS_SWAP,
	  .fill = fill_some_swapped },
	{ .name = "swapped",
	  .what = "all of it is swapped out",
	  .look_for = "exceed_swap_pte",
	  .expect = DEMO_UNCHANGED,
	  .counter = "thp_scan_exceed_swap_pte",
	  .needs = DEMO_NEEDS_SWAP,
	  .fill = fill_all_swapped },
	{ .name = "again",
	  .what = "all of it is collapsed already",
	  .look_for = "page_pmd_mapped",
	  .expect = DEMO_UNCHANGED,
	  .fill = fill_collapsed },
	{ .name = "shmem",
	  .what = "shared memory (memfd), every page in use",
	  .look_for = "scan_file and collapse_file succeeded",
	  .kind = DEMO_SHMEM,
	  .expect = DEMO_COLLAPSED,
	  .counter = "thp_collapse_alloc",
	  .settings = { SHMEM_ON },
	  .fill = fill_all },
	{ .name = "file",
	  .what = "program text: a file on disk, mapped executable",
	  .look_for = "scan_file and collapse_file succeeded",
	  .kind = DEMO_FILE,
	  .expect = DEMO_COLLAPSED,
	  .counter = "thp_collapse_alloc",
	  .fill = fill_file },
	{ .name = "small",
	  .what = "every page in use, only 64K enabled",
	  .look_for = "64K succeeded",
	  .expect = DEMO_COUNTED,
	  .counter = "collapse_alloc",
	  .counter_order = 4,
	  .needs = DEMO_NEEDS_SMALL,
	  .settings = { { "hugepages-PMD/enabled", "never" },
			{ "hugepages-64kB/enabled", "madvise" } },
	  .fill = fill_all },
	{ .name = "blocks",
	  .what = "64K of each 256K in use, max_ptes_none 0, 64K and 2M enabled",
	  .look_for = "64K succeeded, no 2M; nothing filled",
	  .expect = DEMO_COUNTED,
	  .counter = "collapse_alloc",
	  .counter_order = 4,
	  .needs = DEMO_NEEDS_SMALL,
	  .settings = { { "khugepaged/max_ptes_none", "0/16" },
			{ "hugepages-64kB/enabled", "madvise" } },
	  .fill = fill_blocks },
	{ .name = "full-mad",
	  .what = "every page of each range is in use",
	  .look_for = "collapse succeeded, requester madvise",
	  .by = DEMO_BY_MADVISE,
	  .expect = DEMO_COLLAPSED,
	  .counter = "thp_collapse_alloc",
	  .fill = fill_all },
	{ .name = "half-mad",
	  .what = "every other page is in use: max_ptes_none is ignored",
	  .look_for = "collapse succeeded; occupancy 8/16; memory doubles",
	  .by = DEMO_BY_MADVISE,
	  .expect = DEMO_COLLAPSED,
	  .counter = "thp_collapse_alloc",
	  .fill = fill_half },
	{ .name = "sparse-mad",
	  .what = "one page of each range is in use",
	  .look_for = "collapse succeeded; occupancy 0/16; memory grows most",
	  .by = DEMO_BY_MADVISE,
	  .expect = DEMO_COLLAPSED,
	  .counter = "thp_collapse_alloc",
	  .fill = fill_one },
	{ .name = "shared-mad",
	  .what = "a forked child maps all pages but one, too: max_ptes_shared is ignored",
	  .look_for = "collapse succeeded though shared",
	  .by = DEMO_BY_MADVISE,
	  .expect = DEMO_COLLAPSED,
	  .counter = "thp_collapse_alloc",
	  .fill = fill_shared },
	{ .name = "pinned-mad",
	  .what = "a pipe references one page of each range (vmsplice)",
	  .look_for = "not_suitable_page_count, requester madvise",
	  .by = DEMO_BY_MADVISE,
	  .expect = DEMO_UNCHANGED,
	  .fill = fill_pinned },
	{ .name = "uffd-mad",
	  .what = "one page of each range is write-protected by userfaultfd",
	  .look_for = "pte_uffd_wp, requester madvise",
	  .by = DEMO_BY_MADVISE,
	  .expect = DEMO_UNCHANGED,
	  .fill = fill_uffd },
	{ .name = "shmem-mad",
	  .what = "shared memory (memfd), every page in use",
	  .look_for = "collapse_file pte_mapped_hugepage: collapsed",
	  .kind = DEMO_SHMEM,
	  .by = DEMO_BY_MADVISE,
	  .expect = DEMO_COLLAPSED,
	  .counter = "thp_collapse_alloc",
	  .fill = fill_all },
	{ .name = "file-mad",
	  .what = "program text: a file on disk, mapped executable",
	  .look_for = "collapse_file pte_mapped_hugepage: collapsed",
	  .kind = DEMO_FILE,
	  .by = DEMO_BY_MADVISE,
	  .expect = DEMO_COLLAPSED,
	  .counter = "thp_collapse_alloc",
	  .fill = fill_file },
};

const size_t nr_demo_scenarios = ARRAY_SIZE(demo_scenarios);
