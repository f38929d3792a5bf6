// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads page tables through /proc/PID/pagemap.
 *
 * With the PAGEMAP_SCAN ioctl (since 6.7, fs/proc/task_mmu.c) the kernel reports which addresses are
 * mapped, and which by PMDs, and steps over holes a page table at a time; only PMD ranges that hold
 * something are then read entry by entry. A call holds mmap_lock for reading, so it gets a window of
 * addresses, that halves after a long call and doubles over holes: short holds, and constant time for a
 * hole of any size.
 *
 * Without it all of a mapping is read, an entry for each page of address space. Reading ends when all
 * that smaps has counted was found, and gives up in a very large mapping that is nearly empty.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/clock.h"
#include "survey/pages_priv.h"

/* include/uapi/linux/fs.h, since 6.7: headers may be older than the kernel. */
struct region {
	__u64 start, end, categories;
};

struct scan_arg {
	__u64 size, flags, start, end, walk_end, vec, vec_len, max_pages;
	__u64 category_inverted, category_mask, category_anyof_mask, return_mask;
};

#define SCAN	     _IOWR('f', 16, struct scan_arg)
#define SCAN_PRESENT (1 << 3)
#define SCAN_SWAPPED (1 << 4)
#define SCAN_ZERO    (1 << 5)
#define SCAN_HUGE    (1 << 6)

#define REGIONS	    8192
#define SHORT_NS    20000  /* after a shorter call the window may grow */
#define LONG_NS	    200000 /* after a longer call it shrinks */
#define FIRST_RANGE 64	   /* PMD ranges of the first window */

/* Plain reading gives up after so many entries of holes per entry in use, and this many at least. */
#define SPARSE_RATIO 64
#define SPARSE_LEAST (1ULL << 26)

struct survey_pages {
	__u64 page, range; /* bytes */
	int scans;	   /* PAGEMAP_SCAN: the kernel has it, and it is wanted */
	__u64 window;	   /* bytes, whole ranges */
	struct region region[REGIONS];
	__u64 pte[SURVEY_CHUNK];
};

static __u64 took(struct survey_holds *holds, __u64 since)
{
	__u64 ns = now_ns() - since;

	holds->calls++;
	if (ns > holds->pages_ns)
		holds->pages_ns = ns;
	return ns;
}

int survey_pages_new(const struct meta *meta, int scan, struct survey_pages **pages)
{
	struct survey_pages *p = calloc(1, sizeof(*p));

	*pages = p;
	if (!p)
		return -ENOMEM;
	p->page = meta->page_size;
	p->range = (__u64)meta->page_size << meta->pmd_order;
	p->scans = scan;
	p->window = FIRST_RANGE * p->range;
	return 0;
}

void survey_pages_free(struct survey_pages *p)
{
	free(p);
}

int survey_pages_scans(const struct survey_pages *p)
{
	return p->scans;
}

/* Entries from @start on; their number, less than @nr where the address space ends; -errno. */
static ssize_t read_ptes(struct survey_pages *p, int fd, __u64 start, size_t nr,
			 struct survey_holds *holds)
{
	__u64 since = now_ns();
	ssize_t n = pread(fd, p->pte, nr * sizeof(__u64), start / p->page * sizeof(__u64));

	if (n < 0)
		return -errno;
	took(holds, since);
	return n / sizeof(__u64);
}

/* Marks entries that map the zero page: the scan reports them, pagemap does not. */
static void mark_zeroes(struct survey_pages *p, const struct region *r, const struct region *end,
			__u64 start, size_t nr)
{
	__u64 stop = start + nr * p->page, at;

	for (; r < end && r->start < stop; r++) {
		if (!(r->categories & SCAN_ZERO) || r->categories & SCAN_HUGE)
			continue;
		for (at = r->start > start ? r->start : start; at < r->end && at < stop;
		     at += p->page) {
			__u64 *pte = &p->pte[(at - start) / p->page];

			if (*pte & SURVEY_PTE_PRESENT)
				*pte = (*pte & ~SURVEY_PTE_PRESENT) | SURVEY_PTE_ZERO;
		}
	}
}

/* Reads [start, end) entry by entry and hands it on. */
static int give_ptes(struct survey_pages *p, int fd, __u64 start, __u64 end, const struct region *r,
		     const struct region *last, const struct survey_found *found,
		     struct survey_holds *holds)
{
	size_t chunk = SURVEY_CHUNK, nr;
	ssize_t n;
	int err;

	while (start < end) {
		/* Whole ranges, except the first if a mapping begins inside of one. */
		nr = (end - start) / p->page;
		if (nr > chunk)
			nr = chunk - start % p->range / p->page;
		n = read_ptes(p, fd, start, nr, holds);
		if (n <= 0)
			return n ? (int)n : -ESRCH;
		mark_zeroes(p, r, last, start, n);
		err = found->ptes(found->ctx, start, p->pte, n);
		if (err)
			return err;
		start += n * p->page;
	}
	return 0;
}

/*
 * Hands on what is in the regions, up to @end: stretches mapped by PMDs, and stretches of ranges that hold
 * something else.
 */
static int give_regions(struct survey_pages *p, int fd, size_t nr, const struct survey_vma *vma,
			__u64 done, __u64 end, const struct survey_found *found,
			struct survey_holds *holds)
{
	const struct region *r = p->region, *last = r + nr, *first;
	__u64 start, stop;
	int err = 0;

	while (r < last && !err) {
		start = r->start - r->start % p->range;
		stop = r->end + (p->range - r->end % p->range) % p->range;
		first = r;
		if ((r->categories & (SCAN_HUGE | SCAN_PRESENT)) == (SCAN_HUGE | SCAN_PRESENT)) {
			start = start < done ? done : start;
			done = stop;
			if (start < stop && start < end)
				err = found->pmd(found->ctx, start, stop,
						 (r->categories & SCAN_ZERO) != 0);
			r++;
			continue;
		}
		for (r++; r < last && !(r->categories & SCAN_HUGE) && r->start <= stop; r++)
			stop = r->end + (p->range - r->end % p->range) % p->range;
		start = start < done ? done : start;
		start = start < vma->start ? vma->start : start;
		stop = stop > end ? end : stop;
		done = stop;
		if (start < stop)
			err = give_ptes(p, fd, start, stop, first, last, found, holds);
	}
	return err;
}

static void fit_window(struct survey_pages *p, __u64 ns, size_t nr)
{
	if (ns > LONG_NS && p->window > p->range)
		p->window = p->window / 2 / p->range * p->range;
	else if (ns < SHORT_NS && (!nr || p->window < FIRST_RANGE * p->range) &&
		 p->window < 1ULL << 60)
		p->window *= 2;
	else if (nr && p->window > FIRST_RANGE * p->range)
		p->window = FIRST_RANGE * p->range;
	if (p->window < p->range)
		p->window = p->range;
}

static int walk_scan(struct survey_pages *p, int fd, const struct survey_vma *vma,
		     const struct survey_found *found, struct survey_holds *holds)
{
	__u64 at = vma->start, end, since, ns;
	struct scan_arg arg;
	int nr, err;

	while (at < vma->end) {
		/* Ends with a range, so that none comes in parts. */
		end = at - at % p->range;
		end = vma->end - end > p->window ? end + p->window : vma->end;
		memset(&arg, 0, sizeof(arg));
		arg.size = sizeof(arg);
		arg.start = at;
		arg.end = end;
		arg.vec = (unsigned long)p->region;
		arg.vec_len = REGIONS;
		arg.category_anyof_mask = SCAN_PRESENT | SCAN_SWAPPED;
		arg.return_mask = SCAN_PRESENT | SCAN_SWAPPED | SCAN_ZERO | SCAN_HUGE;
		since = now_ns();
		nr = ioctl(fd, SCAN, &arg);
		if (nr < 0)
			return -errno;
		ns = took(holds, since);
		fit_window(p, ns, nr);
		/* Out of room for regions: the range in which it stopped is scanned again. */
		if (arg.walk_end < end && arg.walk_end - arg.walk_end % p->range > at)
			end = arg.walk_end - arg.walk_end % p->range;
		err = give_regions(p, fd, nr, vma, at, end, found, holds);
		if (err)
			return err;
		at = end;
	}
	return 0;
}

/* Does this range look as if mapped by a PMD: full, with frames in a row? */
static int like_pmd(const struct survey_pages *p, const __u64 *pte)
{
	size_t nr = p->range / p->page, i;

	for (i = 0; i < nr; i++) {
		if (!(pte[i] & SURVEY_PTE_PRESENT))
			return 0;
		if (i && pte[0] & SURVEY_PTE_PFN &&
		    (pte[i] & SURVEY_PTE_PFN) != (pte[0] & SURVEY_PTE_PFN) + i)
			return 0;
	}
	return (pte[0] & SURVEY_PTE_PFN) % nr == 0;
}

/* The pages that a walk without PAGEMAP_SCAN still has to find. */
struct plain {
	__u64 pmds;	/* ranges mapped by PMDs */
	__u64 in_use;	/* entries */
	__u64 holes;	/* empty entries read since the last one in use */
	__u64 patience; /* most of them that are read */
};

static size_t used(const __u64 *pte, size_t nr)
{
	size_t n = 0, i;

	for (i = 0; i < nr; i++)
		n += (pte[i] & (SURVEY_PTE_PRESENT | SURVEY_PTE_SWAP)) != 0;
	return n;
}

/* Hands a chunk on range by range. smaps counts those mapped by PMDs: the first that look so. */
static int give_plain(struct survey_pages *p, __u64 start, size_t nr, struct plain *left,
		      const struct survey_found *found)
{
	size_t i, n, u, all = p->range / p->page;
	int err = 0;

	for (i = 0; i < nr && !err; i += n) {
		n = all - (start + i * p->page) % p->range / p->page;
		n = n < nr - i ? n : nr - i;
		u = used(p->pte + i, n);
		left->in_use -= u < left->in_use ? u : left->in_use;
		left->holes = u ? 0 : left->holes + n;
		if (!u)
			continue;
		if (left->pmds && n == all && u == all && like_pmd(p, p->pte + i)) {
			left->pmds--;
			err = found->pmd(found->ctx, start + i * p->page, start + (i + n) * p->page,
					 0);
		} else {
			err = found->ptes(found->ctx, start + i * p->page, p->pte + i, n);
		}
	}
	return err;
}

static int walk_plain(struct survey_pages *p, int fd, const struct survey_vma *vma,
		      const struct survey_found *found, struct survey_holds *holds)
{
	struct plain left = { .pmds = vma->pmd_mapped / p->range,
			      .in_use = (vma->rss + vma->swap) / p->page };
	__u64 at = vma->start;
	size_t nr;
	ssize_t n;
	int err;

	left.patience = SPARSE_LEAST + SPARSE_RATIO * left.in_use;
	while (at < vma->end && left.in_use) {
		nr = (vma->end - at) / p->page;
		if (nr > SURVEY_CHUNK)
			nr = SURVEY_CHUNK - at % p->range / p->page;
		n = read_ptes(p, fd, at, nr, holds);
		if (n <= 0)
			return n ? (int)n : -ESRCH;
		err = give_plain(p, at, n, &left, found);
		if (err)
			return err;
		if (left.holes > left.patience)
			return -EFBIG;
		at += n * p->page;
	}
	return 0;
}

int survey_pages_walk(struct survey_pages *p, int fd, const struct survey_vma *vma,
		      const struct survey_found *found, struct survey_holds *holds)
{
	int err;

	if (!p->scans)
		return walk_plain(p, fd, vma, found, holds);
	err = walk_scan(p, fd, vma, found, holds);
	/* Older kernels know no ioctl of this file at all. */
	if (err != -ENOTTY)
		return err;
	p->scans = 0;
	return walk_plain(p, fd, vma, found, holds);
}
