// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/self/pagemap and /proc/kpageflags (Documentation/admin-guide/mm/pagemap.rst). No file reports
 * the order of a folio. It begins at a page flagged COMPOUND_HEAD, and ends before the first page
 * not flagged COMPOUND_TAIL. A page's folio is whole here when its head is mapped at an address that
 * is a multiple of its length, and the rest follows in order.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "area.h"
#include "ktap.h"
#include "pagemap.h"

#define PM_PFN	   ((1ULL << 55) - 1)
#define PM_SWAP	   (1ULL << 62)
#define PM_PRESENT (1ULL << 63)
#define KPF_HEAD   (1ULL << 15)
#define KPF_TAIL   (1ULL << 16)
#define KPF_ZERO   (1ULL << 24)

static int open_once(int *fd, const char *path)
{
	if (*fd <= 0)
		*fd = open(path, O_RDONLY | O_CLOEXEC);
	return *fd < 0 ? -errno : 0;
}

/* Flags of nr pages from pfn on. */
static int read_flags(uint64_t pfn, unsigned int nr, uint64_t *flags)
{
	static int fd;
	int err = open_once(&fd, "/proc/kpageflags");

	if (err)
		return err;
	if (pread(fd, flags, nr * 8, pfn * 8) != (ssize_t)(nr * 8))
		return errno ? -errno : -EIO;
	return 0;
}

/* One read per run of consecutive frames. */
static int add_flags(struct pte *pte, unsigned int nr)
{
	uint64_t flags[PMD_NR];
	unsigned int i, len, k;
	int err;

	for (i = 0; i < nr; i += len) {
		len = 1;
		if (pte[i].kind != PTE_PAGE)
			continue;
		while (i + len < nr && len < PMD_NR && pte[i + len].kind == PTE_PAGE &&
		       pte[i + len].pfn == pte[i].pfn + len)
			len++;
		err = read_flags(pte[i].pfn, len, flags);
		if (err)
			return err;
		for (k = 0; k < len; k++) {
			pte[i + k].flags = flags[k];
			if (flags[k] & KPF_ZERO)
				pte[i + k].kind = PTE_ZERO;
		}
	}
	return 0;
}

int pagemap_read(const void *addr, unsigned int nr, struct pte *pte)
{
	static int fd;
	static pid_t owner;
	uint64_t entry[PMD_NR];
	unsigned int i, n;
	int err;

	/* After a fork the file would still be the parent's. */
	if (owner != getpid()) {
		if (fd > 0)
			close(fd);
		fd = 0;
		owner = getpid();
	}
	err = open_once(&fd, "/proc/self/pagemap");
	if (err)
		return err;
	for (; nr; nr -= n, pte += n, addr = (const char *)addr + n * PAGE_LEN) {
		n = nr < PMD_NR ? nr : PMD_NR;
		if (pread(fd, entry, n * 8, (uintptr_t)addr / PAGE_LEN * 8) != (ssize_t)(n * 8))
			return errno ? -errno : -EIO;
		memset(pte, 0, n * sizeof(*pte));
		for (i = 0; i < n; i++) {
			if (entry[i] & PM_PRESENT) {
				pte[i].kind = PTE_PAGE;
				pte[i].pfn = entry[i] & PM_PFN;
			} else if (entry[i] & PM_SWAP) {
				pte[i].kind = PTE_SWAP;
			}
		}
		err = add_flags(pte, n);
		if (err)
			return err;
	}
	return 0;
}

/* Pages of the folio whose head is pte[i], if it is whole here; else 0. */
static unsigned int whole(const struct pte *pte, unsigned int i)
{
	uint64_t next;
	unsigned int n;

	for (n = 1; i + n < PMD_NR && pte[i + n].kind == PTE_PAGE && pte[i + n].flags & KPF_TAIL;
	     n++) {
		if (pte[i + n].pfn != pte[i].pfn + n)
			break;
	}
	if (n & (n - 1) || i & (n - 1) || pte[i].pfn & (n - 1))
		return 0;
	if (read_flags(pte[i].pfn + n, 1, &next) == 0 && next & KPF_TAIL)
		return 0;
	return n;
}

void shape_read(const void *range, struct shape *s)
{
	struct pte pte[PMD_NR];
	unsigned int i, n;
	int err = pagemap_read(range, PMD_NR, pte);

	if (err)
		ktap_die("cannot read the page map: %s", strerror(-err));
	memset(s, 0, sizeof(*s));
	for (i = 0; i < PMD_NR; i++) {
		if (pte[i].kind == PTE_PAGE)
			s->order[i] = pte[i].flags & (KPF_HEAD | KPF_TAIL) ? SHAPE_PART : 0;
		else
			s->order[i] = pte[i].kind == PTE_ZERO ? SHAPE_ZERO :
				      pte[i].kind == PTE_SWAP ? SHAPE_SWAP :
								SHAPE_NONE;
		s->joined[i] = i && pte[i].kind == PTE_PAGE && pte[i].flags & KPF_TAIL &&
			       pte[i - 1].kind == PTE_PAGE && pte[i].pfn == pte[i - 1].pfn + 1;
	}
	for (i = 0; i < PMD_NR; i++) {
		if (pte[i].kind != PTE_PAGE || !(pte[i].flags & KPF_HEAD))
			continue;
		n = whole(pte, i);
		if (n)
			memset(s->order + i, __builtin_ctz(n), n);
	}
}

bool shape_same(const struct shape *a, const struct shape *b)
{
	return memcmp(a->order, b->order, sizeof(a->order)) == 0;
}

static const char *shape_name(int order)
{
	static const char *const names[] = { "part of a folio", "swapped out", "the zero page",
					     "nothing" };

	return order < 0 ? names[order + 4] : order ? orders_name(1U << order) : "a page";
}

void shape_differ(const char *what, const struct shape *got, const struct shape *want)
{
	unsigned int i, nr = 0, first = PMD_NR;

	for (i = 0; i < PMD_NR; i++) {
		if (got->order[i] != want->order[i]) {
			nr++;
			first = first == PMD_NR ? i : first;
		}
	}
	if (nr)
		ktap_note("%s: page %u: found %s, wanted %s (%u of %u pages differ)", what, first,
			  shape_name(got->order[first]), shape_name(want->order[first]), nr,
			  PMD_NR);
}

unsigned int shape_count(const struct shape *s, int order)
{
	unsigned int i, n = 0;

	for (i = 0; i < PMD_NR; i += 1U << order)
		n += s->order[i] == order;
	return n;
}

unsigned int area_blocks(const struct area *a, int order)
{
	unsigned int i, n = 0;
	struct shape s;

	for (i = 0; i < a->nr; i++) {
		shape_read(area_range(a, i), &s);
		n += shape_count(&s, order);
	}
	return n;
}
