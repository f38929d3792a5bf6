// SPDX-License-Identifier: GPL-2.0-only
/*
 * Between the scan of a range and its commit khugepaged holds no lock, and memory may change. The commit
 * must notice it: a block that no longer fits its plan stays as it is, the others collapse, and nothing
 * is lost, filled or unprotected.
 *
 * A module stops khugepaged between scan and commit (mishap/).
 *
 * module: mishap
 * vm: --smp 2
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <stdio.h>
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

#define ORDER  4
#define BLOCKS (PMD_NR >> ORDER)
#define BAD    200 /* in block 12 */
#define BLOCK  (BAD >> ORDER)

struct change {
	const char *name;
	const char *reason; /* that the block, or all of them, fail for */
	unsigned int max_ptes_none;
	unsigned int holes; /* in block 12, from its last page backwards */
	const char *(*act)(struct area *a);
	void (*after)(struct area *a);
	unsigned int blocks; /* that collapse all the same */
};

static int fds[2];
static pid_t child;

static int uffd(struct area *a, unsigned int mode, unsigned int features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	struct uffdio_register reg = { .range = { (uintptr_t)a->addr, PMD_SIZE }, .mode = mode };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &reg))
		return -1;
	return fd;
}

static const char *arm(struct area *a)
{
	fds[0] = uffd(a, UFFDIO_REGISTER_MODE_MISSING, 0);
	return fds[0] < 0 ? "no userfaultfd" : NULL;
}

static const char *write_protect(struct area *a)
{
	struct uffdio_writeprotect wp = { .range = { (uintptr_t)area_page(a, BAD), PAGE_LEN },
					  .mode = UFFDIO_WRITEPROTECT_MODE_WP };

	fds[0] = uffd(a, UFFDIO_REGISTER_MODE_WP, UFFD_FEATURE_PAGEFAULT_FLAG_WP);
	if (fds[0] < 0 || ioctl(fds[0], UFFDIO_WRITEPROTECT, &wp))
		return "no write protection by userfaultfd";
	return NULL;
}

/* A page that is protected says so in the page map, bit 57. */
static void close_protected(struct area *a)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	ktap_ok(pread(fd, &entry, 8, (uintptr_t)area_page(a, BAD) / PAGE_LEN * 8) == 8 &&
			entry >> 57 & 1,
		"write-protected by userfaultfd in between: and still is");
	close(fd);
	close(fds[0]);
}

static void close_first(struct area *a)
{
	(void)a;
	close(fds[0]);
}

static const char *drop_one(struct area *a)
{
	area_drop(a, BAD, 1);
	return NULL;
}

static const char *pin_one(struct area *a)
{
	struct iovec iov = { area_page(a, BAD), PAGE_LEN };

	return pipe(fds) || vmsplice(fds[1], &iov, 1, 0) != (ssize_t)PAGE_LEN ? "cannot vmsplice" :
										NULL;
}

static void close_both(struct area *a)
{
	(void)a;
	close(fds[0]);
	close(fds[1]);
}

static const char *lock_one(struct area *a)
{
	mishap_set("lock", (unsigned long)area_page(a, BAD));
	return NULL;
}

static void unlock_one(struct area *a)
{
	mishap_set("unlock", (unsigned long)area_page(a, BAD));
}

/* The child keeps one of the pages; only the parent maps the others again. */
static int hold(void *arg)
{
	struct area *a = arg;

	madvise(a->addr, BAD * PAGE_LEN, MADV_DONTNEED);
	madvise(area_page(a, BAD + 1), (PMD_NR - BAD - 1) * PAGE_LEN, MADV_DONTNEED);
	area_advise(a, MADV_NOHUGEPAGE);
	return 0;
}

static const char *share_one(struct area *a)
{
	child = child_start(hold, a);
	return NULL;
}

static void end_child(struct area *a)
{
	(void)a;
	child_end(child);
}

static const char *write_anew(struct area *a)
{
	a->seed += 12345;
	area_write_pages(a, 0, PMD_NR);
	return NULL;
}

static const char *refuse(struct area *a)
{
	area_advise(a, MADV_NOHUGEPAGE);
	return NULL;
}

static const char *split_vma(struct area *a)
{
	return mprotect(area_page(a, BAD), PAGE_LEN, PROT_READ) ? "cannot mprotect" : NULL;
}

static const char *unmap_half(struct area *a)
{
	munmap(area_page(a, PMD_NR / 2), PMD_SIZE / 2);
	memset(a->written + PMD_NR / 2, 0, PMD_NR / 2);
	return NULL;
}

static const char *disable(struct area *a)
{
	(void)a;
	thp_orders(1U << (ORDER + 1), "madvise");
	return NULL;
}

struct heard {
	const char *reason;
	unsigned int right, wrong, done;
	char other[32];
};

static void hear(const struct trace_event *ev, void *arg)
{
	struct heard *heard = arg;
	char status[32];

	trace_word(ev, "status", status, sizeof(status));
	if (strcmp(status, "succeeded") == 0) {
		heard->done++;
	} else if (heard->reason && strcmp(status, heard->reason) == 0) {
		heard->right++;
	} else {
		heard->wrong++;
		snprintf(heard->other, sizeof(heard->other), "%s", status);
	}
}

static void pin_to(int pid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(pid, sizeof(set), &set))
		ktap_die("cannot pin %d to CPU %d: %s", pid, cpu, strerror(errno));
}

/* Waits for the value of a setting; false after ten seconds. */
static bool wait_gate(void)
{
	unsigned int ms;

	for (ms = 0; ms < 10000 && mishap_get("gate") != 2; ms++)
		usleep(1000);
	return ms < 10000;
}

/* A pass of khugepaged's in which the change happens after the scan. */
static const char *pass_with(const struct change *c, struct area *a, struct heard *heard)
{
	long before = thp_read("khugepaged/full_scans");
	const char *why;
	unsigned int ms;

	pin_to(kh_pid(), 0);
	mishap_set("gate", 1);
	trace_start();
	kh_kick();
	why = wait_gate() ? c->act(a) : "khugepaged allocates nothing";
	if (!why && mishap_get("gate") != 2)
		why = "khugepaged did not wait that long";
	mishap_set("gate", 0);
	for (ms = 0; ms < 10000 && thp_read("khugepaged/full_scans") == before; ms++)
		usleep(1000);
	if (kh_idle())
		ktap_die("khugepaged does not come to rest");
	trace_stop(hear, heard);
	return why;
}

static void one_change(const struct change *c)
{
	struct heard heard = { .reason = c->reason };
	unsigned int i, got, none = 0;
	const char *why;
	struct shape s;
	struct area a;

	area_map(&a, 1);
	for (i = 0; i < PMD_NR; i++) {
		if (i >> ORDER != BLOCK || i % (1 << ORDER) < (1 << ORDER) - c->holes)
			area_write(&a, i);
	}
	kh_set("max_ptes_none", c->max_ptes_none);
	thp_orders(1U << ORDER, "madvise");
	kh_idle();
	area_advise(&a, MADV_HUGEPAGE);
	why = pass_with(c, &a, &heard);
	if (why) {
		ktap_skip(why, "%s in between", c->name);
		area_unmap(&a);
		return;
	}
	shape_read(a.addr, &s);
	got = shape_count(&s, ORDER);
	for (i = 0; i < 1 << ORDER; i++)
		none += s.order[(BLOCK << ORDER) + i] == SHAPE_NONE;
	if (c->reason && (!heard.right || heard.wrong))
		ktap_note("%u blocks failed for %s, %u for others (%s)", heard.right, c->reason,
			  heard.wrong, heard.other);
	ktap_ok(got == c->blocks && area_all_intact(&a) &&
			(c->blocks == BLOCKS || s.order[BAD] != ORDER) && heard.done == c->blocks &&
			(!c->reason || (heard.right && !heard.wrong)),
		"%s in between: %u of %u blocks collapse (%u), nothing lost", c->name, c->blocks,
		BLOCKS, got);
	if (c->holes)
		ktap_ok(none == c->holes, "%s in between: what was empty stays empty", c->name);
	if (c->after)
		c->after(&a);
	area_unmap(&a);
}

int main(void)
{
	static const struct change changes[] = {
		{ "userfaultfd armed", "exceed_none_pte", 511, 3, arm, close_first, BLOCKS - 1 },
		{ "write-protected by userfaultfd", "pte_uffd_wp", 0, 0, write_protect,
		  close_protected, BLOCKS - 1 },
		{ "one page dropped", "exceed_none_pte", 0, 0, drop_one, NULL, BLOCKS - 1 },
		/* The block is more than was planned. It is planned again. */
		{ "one page dropped, though many may be missing,", "exceed_none_pte", 511, 0,
		  drop_one, NULL, BLOCKS },
		{ "one page pinned", "not_suitable_page_count", 0, 0, pin_one, close_both,
		  BLOCKS - 1 },
		{ "one page locked", "page_locked", 0, 0, lock_one, unlock_one, BLOCKS - 1 },
		{ "one page shared", "exceed_shared_pte", 0, 0, share_one, end_child, BLOCKS - 1 },
		{ "all pages written anew", NULL, 0, 0, write_anew, NULL, BLOCKS },
		{ "MADV_NOHUGEPAGE", "vma_check_failed", 0, 0, refuse, NULL, 0 },
		{ "VMA split", "not_suitable_address_range", 0, 0, split_vma, NULL, 0 },
		{ "half of it unmapped", "not_suitable_address_range", 0, 0, unmap_half, NULL, 0 },
		{ "the size disabled", "vma_check_failed", 0, 0, disable, NULL, 0 },
	};
	const char *why;
	unsigned int i;

	ktap_start();
	why = mishap_load();
	if (why || !have_series()) {
		ktap_skip(why ? why : "this kernel has no mm_mthp_collapse", "changes in between");
		return ktap_done();
	}
	kh_start();
	trace_open();
	trace_enable("huge_memory/mm_mthp_collapse");
	pin_to(0, 1);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		one_change(&changes[i]);
	return ktap_done();
}
