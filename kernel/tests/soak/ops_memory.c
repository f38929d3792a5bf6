// SPDX-License-Identifier: GPL-2.0-only
/* Operations of one process on its own memory: contents, madvise(), mappings. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "owner.h"

#ifndef MADV_COLD
#define MADV_COLD    20
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

static bool do_write(struct owner *o)
{
	struct run r = run_any(o);

	run_write(o, &r);
	return true;
}

/*
 * Faults give large folios where these are allowed, and such memory has nothing to collapse. So memory is
 * mostly filled without advice, and advised afterwards.
 */
static void write_small(struct owner *o, const struct run *r, unsigned int step)
{
	const struct run all = { r->range, 0, PMD_NR };
	bool small = rng_below(&o->rng, 8);
	struct run one = *r;

	one.nr = 1;
	if (small)
		advise(o, &all, MADV_NOHUGEPAGE);
	for (; one.first < r->first + r->nr; one.first += step)
		run_write(o, &one);
	if (small)
		advise(o, &all, MADV_HUGEPAGE);
}

/* Memory that a process uses all of. */
static bool do_fill(struct owner *o)
{
	struct run r = run_whole(o);

	if (!advise(o, &r, MADV_DONTNEED))
		return false;
	run_forget(o, &r);
	write_small(o, &r, 1);
	return true;
}

/* Memory of which a process uses some pages. */
static bool do_sprinkle(struct owner *o)
{
	struct run r = run_whole(o);
	unsigned int step = rng_range(&o->rng, 1, 64);

	if (!advise(o, &r, MADV_DONTNEED))
		return false;
	run_forget(o, &r);
	r.first = rng_below(&o->rng, step);
	r.nr -= r.first;
	write_small(o, &r, step);
	return true;
}

static bool do_check(struct owner *o)
{
	struct run r = run_any(o);

	return run_check(o, &r, "in passing");
}

static bool do_dontneed(struct owner *o)
{
	struct run r = run_any(o);

	if (!advise(o, &r, MADV_DONTNEED))
		return false;
	run_forget(o, &r);
	return run_check(o, &r, "after MADV_DONTNEED");
}

/* One page in so many, so that no large folio stays whole. */
static bool do_holes(struct owner *o)
{
	struct run r = run_whole(o);
	unsigned int step = rng_range(&o->rng, 2, 64);

	r.nr = 1;
	for (r.first = rng_below(&o->rng, step); r.first < PMD_NR; r.first += step) {
		if (!advise(o, &r, MADV_DONTNEED))
			return false;
		run_forget(o, &r);
		if (rng_below(&o->rng, 2))
			run_write(o, &r);
	}
	return true;
}

/*
 * If there is a child, only of pages that were just written. Of others Linux 6.12 itself may lose the
 * child's page: docs/kernel.md, "A bug that the soak found".
 */
static bool do_free(struct owner *o)
{
	struct run r = run_any(o);
	unsigned int i;

	if (has_children(o))
		run_write(o, &r);
	/* On failure some pages may have been given back; the kernel does not report which. */
	for (i = 0; i < r.nr; i++)
		run_pages(o, &r)[i].free = true;
	return advise(o, &r, MADV_FREE);
}

static bool do_pageout(struct owner *o)
{
	struct run r = run_any_or_hot(o);

	return advise(o, &r, MADV_PAGEOUT);
}

static bool do_willneed(struct owner *o)
{
	struct run r = run_any_or_hot(o);

	return advise(o, &r, MADV_WILLNEED);
}

static bool do_cold(struct owner *o)
{
	struct run r = run_any_or_hot(o);

	return advise(o, &r, MADV_COLD);
}

/* PMD size, beside khugepaged, which may be at the same range. */
static bool do_collapse(struct owner *o)
{
	struct run r = run_whole(o);

	if (rng_below(&o->rng, 4) == 0)
		r.range = RANGES + rng_below(&o->rng, HOT);
	return advise(o, &r, MADV_COLLAPSE);
}

static bool do_protect(struct owner *o)
{
	struct run r = run_any(o);
	bool ok = mprotect(run_addr(o, &r), run_len(&r), PROT_READ) == 0;

	run_check(o, &r, "read-only");
	if (mprotect(run_addr(o, &r), run_len(&r), PROT_READ | PROT_WRITE))
		soak_fail("cannot make memory writable again: %s", strerror(errno));
	return ok;
}

static bool do_mlock(struct owner *o)
{
	struct run r = run_any(o);
	bool ok = mlock(run_addr(o, &r), run_len(&r)) == 0;

	nap(o, 3000);
	run_check(o, &r, "locked");
	return munlock(run_addr(o, &r), run_len(&r)) == 0 && ok;
}

/* A whole range to another place: page tables or PMDs move. */
static bool do_move(struct owner *o)
{
	struct run r = run_whole(o);
	char *from = o->range[r.range], *to = slot_take(o);
	bool keep = rng_below(&o->rng, 4) == 0;

	/* MREMAP_DONTUNMAP leaves the old mapping, empty; it takes no range of several VMAs. */
	if (mremap(from, PMD_SIZE, PMD_SIZE,
		   MREMAP_MAYMOVE | MREMAP_FIXED | (keep ? MREMAP_DONTUNMAP : 0), to) != to) {
		slot_give(o, to);
		return false;
	}
	if (keep && *(volatile char *)(from + rng_below(&o->rng, PMD_NR) * PAGE_LEN))
		soak_fail("owner %u: %p: not empty after MREMAP_DONTUNMAP", o->id, (void *)from);
	o->range[r.range] = to;
	slot_give(o, from);
	return run_check(o, &r, "moved");
}

/* A part of a range out of the way and back: single entries move. */
static bool do_shift(struct owner *o)
{
	struct run r = run_any(o);
	char *at = run_addr(o, &r), *slot = slot_take(o), *to;
	unsigned long len = run_len(&r);
	bool ok;

	to = slot + rng_below(&o->rng, PMD_NR - r.nr + 1) * PAGE_LEN;
	ok = mremap(at, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to;
	if (ok) {
		nap(o, 1000);
		if (mremap(to, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, at) != at)
			soak_fail("cannot move memory back: %s", strerror(errno));
		run_check(o, &r, "moved away and back");
	}
	slot_give(o, slot);
	return ok;
}

static bool do_unmap(struct owner *o)
{
	struct run r = run_any(o);

	if (mmap(run_addr(o, &r), run_len(&r), PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return false;
	run_forget(o, &r);
	o->split[r.range] = true;
	advise(o, &(struct run){ r.range, 0, PMD_NR }, MADV_HUGEPAGE);
	return run_check(o, &r, "mapped anew");
}

/* A range anew, elsewhere: first of all one that do_unmap() made useless for khugepaged. */
static bool do_renew(struct owner *o)
{
	struct run r = run_whole(o);
	unsigned int i;
	char *old;

	for (i = 0; i < RANGES; i++) {
		if (o->split[i])
			r.range = i;
	}
	old = o->range[r.range];
	o->range[r.range] = slot_take(o);
	range_map(o, r.range);
	munmap(old, PMD_SIZE);
	slot_give(o, old);
	run_forget(o, &r);
	o->split[r.range] = false;
	write_small(o, &r, 1);
	return true;
}

static bool do_nap(struct owner *o)
{
	nap(o, 20000);
	return true;
}

const struct op ops_memory[] = {
	{ "write", 12, do_write },
	{ "fill", 8, do_fill },
	{ "sprinkle", 6, do_sprinkle },
	{ "check", 12, do_check },
	{ "dontneed", 6, do_dontneed },
	{ "holes", 5, do_holes },
	{ "free", 3, do_free },
	{ "pageout", 3, do_pageout },
	{ "willneed", 1, do_willneed },
	{ "cold", 3, do_cold },
	{ "collapse", 3, do_collapse },
	{ "mprotect", 2, do_protect },
	{ "mlock", 1, do_mlock },
	{ "move", 5, do_move },
	{ "shift", 3, do_shift },
	{ "unmap", 1, do_unmap },
	{ "renew", 2, do_renew },
	{ "nap", 12, do_nap },
	{ 0 },
};
