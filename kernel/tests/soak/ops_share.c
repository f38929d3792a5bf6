// SPDX-License-Identifier: GPL-2.0-only
/* Operations that share a process's memory: with a child, KSM, userfaultfd. */
#include <errno.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "owner.h"
#include "text.h"

#ifndef UFFDIO_MOVE
struct uffdio_move {
	__u64 dst, src, len, mode;
	__s64 move;
};
#define UFFDIO_MOVE			 _IOWR(UFFDIO, 0x05, struct uffdio_move)
#define UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES 2
#endif

#define STILL 32

/* The hot threads do not run in the child: its copy of the hot words must not change. */
static void child_hot(struct owner *o)
{
	unsigned int i, first = rng_below(&o->rng, PMD_NR / STILL);
	uint64_t before[STILL];
	volatile uint64_t *p;

	for (i = 0; i < STILL; i++)
		before[i] = *hot_word(o, 0, first + i * (PMD_NR / STILL));
	nap(o, 20000);
	for (i = 0; i < STILL; i++) {
		p = hot_word(o, 0, first + i * (PMD_NR / STILL));
		if (*p != before[i])
			soak_fail(
				"owner %u, child: %p changes by itself: expected %#llx, found %#llx",
				o->id, (void *)p, (unsigned long long)before[i],
				(unsigned long long)*p);
	}
}

static void child_main(struct owner *o)
{
	unsigned int i, nr = rng_range(&o->rng, 1, 12);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* From here on it writes texts that are not its parent's. */
	o->id |= 0x40;
	o->uffd = -1;
	owner_check(o, "in a child");
	child_hot(o);
	for (i = 0; i < nr && !soak_stops(); i++) {
		struct run r = run_any(o);

		switch (rng_below(&o->rng, 3)) {
		case 0:
			run_write(o, &r);
			break;
		case 1:
			if (advise(o, &r, MADV_DONTNEED))
				run_forget(o, &r);
			break;
		default:
			run_check(o, &r, "in a child, in passing");
		}
		nap(o, 10000);
	}
	owner_check(o, "in a child, at its end");
	atomic_fetch_add(&shared->forks, 1);
	_exit(0);
}

static void reap(struct owner *o, unsigned int i, int flags)
{
	int status;

	if (o->child[i] <= 0 || waitpid(o->child[i], &status, flags) != o->child[i])
		return;
	if (!WIFEXITED(status))
		soak_fail("owner %u: a child was killed by signal %d (%s)", o->id, WTERMSIG(status),
			  strsignal(WTERMSIG(status)));
	o->child[i] = 0;
}

bool has_children(struct owner *o)
{
	unsigned int i, nr = 0;

	for (i = 0; i < CHILDREN; i++) {
		reap(o, i, WNOHANG);
		nr += o->child[i] > 0;
	}
	return nr;
}

/* The child starts with everything shared; the parent goes on at once. */
static bool do_fork(struct owner *o)
{
	unsigned int i = rng_below(&o->rng, CHILDREN);

	reap(o, i, WNOHANG);
	if (o->child[i] > 0)
		return false;
	o->child[i] = fork();
	if (!o->child[i]) {
		o->rng = rng_fork(o->rng.state, o->id);
		child_main(o);
	}
	return o->child[i] > 0;
}

/* Everything that fork() shared, unshared again by writing it. */
static bool do_rewrite(struct owner *o)
{
	struct run r = { .range = rng_below(&o->rng, RANGES), .nr = 1 };
	unsigned int leave = rng_range(&o->rng, 2, 64);

	for (r.first = 0; r.first < PMD_NR; r.first++) {
		if (r.first % leave)
			run_write(o, &r);
	}
	return true;
}

static bool do_ksm(struct owner *o)
{
	struct run r = run_any(o), all = { r.range, 0, PMD_NR };

	run_write_common(o, &r, rng_below(&o->rng, 4));
	return advise(o, &all, MADV_MERGEABLE);
}

static bool do_unksm(struct owner *o)
{
	struct run all = run_whole(o);
	bool ok = advise(o, &all, MADV_UNMERGEABLE);

	run_check(o, &all, "after MADV_UNMERGEABLE");
	return ok;
}

static bool uffd_register(struct owner *o, char *addr, unsigned long len, unsigned int mode)
{
	struct uffdio_register reg = { .range = { (uintptr_t)addr, len }, .mode = mode };

	return o->uffd >= 0 && ioctl(o->uffd, UFFDIO_REGISTER, &reg) == 0;
}

static void uffd_unregister(struct owner *o, char *addr, unsigned long len)
{
	struct uffdio_range range = { (uintptr_t)addr, len };

	ioctl(o->uffd, UFFDIO_UNREGISTER, &range);
}

/* Write-protected, with faults that resolve themselves; it stays armed for a while. */
static bool do_uffd_wp(struct owner *o)
{
	struct run r = run_any_or_hot(o);
	struct uffdio_writeprotect wp = {
		.range = { (uintptr_t)run_addr(o, &r), run_len(&r) },
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	char *range = o->range[r.range];
	bool ok;

	if (!uffd_register(o, range, PMD_SIZE, UFFDIO_REGISTER_MODE_WP))
		return false;
	ok = ioctl(o->uffd, UFFDIO_WRITEPROTECT, &wp) == 0;
	if (r.range < RANGES) {
		run_check(o, &r, "write-protected by userfaultfd");
		run_write(o, &r);
	}
	nap(o, 5000);
	wp.mode = 0;
	if (rng_below(&o->rng, 2))
		ok = ioctl(o->uffd, UFFDIO_WRITEPROTECT, &wp) == 0 && ok;
	if (rng_below(&o->rng, 4))
		uffd_unregister(o, range, PMD_SIZE);
	return ok;
}

/* Moves what it can; false when something is left. */
static bool uffd_move(struct owner *o, char *to, char *from, unsigned long len)
{
	unsigned long done = 0;
	unsigned int tries;

	for (tries = 0; done < len && tries < 20 + len / PAGE_LEN; tries++) {
		struct uffdio_move move = {
			.dst = (uintptr_t)to + done,
			.src = (uintptr_t)from + done,
			.len = len - done,
			.mode = UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES,
		};

		ioctl(o->uffd, UFFDIO_MOVE, &move);
		if (move.move > 0)
			done += move.move;
		else if (move.move == -EEXIST)
			done += PAGE_LEN; /* it never left */
		else
			usleep(200);
	}
	return done == len;
}

/* Pages themselves moved to another VMA and back, without anything but the page table lock. */
static bool do_uffd_move(struct owner *o)
{
	struct run r = run_any(o);
	char *slot = slot_take(o), *to = slot + r.first * PAGE_LEN, *at = run_addr(o, &r);
	unsigned long len = run_len(&r);
	bool ok = false, back;

	if (mmap(slot, PMD_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		 -1, 0) != slot ||
	    madvise(slot, PMD_SIZE, MADV_HUGEPAGE) ||
	    !uffd_register(o, slot, PMD_SIZE, UFFDIO_REGISTER_MODE_MISSING))
		goto out;
	/* No PTE may stay write-protected after userfaultfd is gone. */
	uffd_unregister(o, o->range[r.range], PMD_SIZE);
	if (!uffd_register(o, o->range[r.range], PMD_SIZE, UFFDIO_REGISTER_MODE_MISSING))
		goto out;
	ok = uffd_move(o, to, at, len);
	nap(o, 2000);
	back = uffd_move(o, at, to, len);
	uffd_unregister(o, o->range[r.range], PMD_SIZE);
	uffd_unregister(o, slot, PMD_SIZE);
	/* Pages that did not come back are pinned or shared by now. */
	if (!back) {
		unsigned int i;

		ok = false;
		for (i = 0; i < r.nr; i++) {
			struct page *p = run_pages(o, &r) + i;
			char why[300];

			if (text_check(at + i * PAGE_LEN, p->tag, p->free, why, sizeof(why)))
				continue;
			memcpy(at + i * PAGE_LEN, to + i * PAGE_LEN, PAGE_LEN);
		}
	}
	run_check(o, &r, "moved by userfaultfd and back");
out:
	slot_give(o, slot);
	return ok;
}

const struct op ops_share[] = {
	{ "fork", 3, do_fork },
	{ "rewrite", 3, do_rewrite },
	{ "ksm", 3, do_ksm },
	{ "unksm", 1, do_unksm },
	{ "uffd-wp", 3, do_uffd_wp },
	{ "uffd-move", 2, do_uffd_move },
	{ 0 },
};
