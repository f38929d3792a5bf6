// SPDX-License-Identifier: GPL-2.0-only
/*
 * Folios from /proc/kpageflags: 64 bits for each page frame, of which we use
 *
 *	COMPOUND_HEAD	first page of a folio larger than a page
 *	COMPOUND_TAIL	any other of it
 *
 * A folio of order k starts at a multiple of 2^k frames and ends with its last tail. Reading the flags of a
 * page costs the kernel some 100 ns and a call some microseconds, so frames that are close to each other
 * are read together, in windows; a folio that continues beyond its window is read page by page, in steps
 * that double.
 *
 * Linux 6.9 to 6.14 report KSM of every anonymous page. So KSM of a page of our own, which is none, is asked for first.
 *
 * Folios change while they are read. A page that fits no folio (a tail without a head) is unknown.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "survey/folio_priv.h"

/* include/uapi/linux/kernel-page-flags.h */
#define KPF_ANON (1ULL << 12)
#define KPF_HEAD (1ULL << 15)
#define KPF_TAIL (1ULL << 16)
#define KPF_BAD	 (1ULL << 19)
#define KPF_NONE (1ULL << 20)
#define KPF_KSM	 (1ULL << 21)
#define KPF_ZERO (1ULL << 24)

#define WINDOW	  8192
#define GAP	  32 /* up to so many frames between two runs are read, not skipped */
#define MAX_ORDER (MTHP_NR_ORDERS - 1)

/* Entries whose frames follow each other. */
struct stretch {
	__u64 pfn;
	__u32 at, nr; /* entries */
};

struct survey_folios {
	int fd;
	__u64 head;    /* the latest folio */
	__u32 order;   /* its order, MAX_ORDER + 1: none yet */
	__u64 ksm;     /* KPF_KSM; 0: not to be trusted here */
	__u32 likely;  /* order of the latest large folio */
	__u64 flags_h; /* flags of its head */
	__u64 from;    /* first frame of the window, */
	size_t nr;     /* and how many */
	__u64 flags[WINDOW];
	struct stretch stretch[SURVEY_CHUNK];
};

/* Flags of a page of our own; 0: they could not be read. */
static __u64 own_flags(const struct survey_folios *f)
{
	size_t size = sysconf(_SC_PAGESIZE);
	char *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	__u64 pte = 0, flags = 0;

	if (page != MAP_FAILED && fd >= 0) {
		*(volatile char *)page = 1;
		if (pread(fd, &pte, sizeof(pte), (uintptr_t)page / size * sizeof(pte)) ==
			    sizeof(pte) &&
		    pread(f->fd, &flags, sizeof(flags), (pte & SURVEY_PTE_PFN) * sizeof(flags)) !=
			    sizeof(flags))
			flags = 0;
	}
	if (fd >= 0)
		close(fd);
	if (page != MAP_FAILED)
		munmap(page, size);
	return flags;
}

int survey_folios_open(struct survey_folios **f)
{
	int err;

	*f = calloc(1, sizeof(**f));
	if (!*f)
		return -ENOMEM;
	(*f)->fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	(*f)->order = MAX_ORDER + 1;
	(*f)->likely = 4;
	if ((*f)->fd >= 0) {
		(*f)->ksm = own_flags(*f) & KPF_KSM ? 0 : KPF_KSM;
		return 0;
	}
	err = -errno;
	free(*f);
	*f = NULL;
	return err;
}

void survey_folios_close(struct survey_folios *f)
{
	if (!f)
		return;
	close(f->fd);
	free(f);
}

/* The flags of a frame; 0 or -EIO: there is no such frame. */
static int get_flags(const struct survey_folios *f, __u64 pfn, __u64 *flags)
{
	if (pfn - f->from < f->nr) {
		*flags = f->flags[pfn - f->from];
		return 0;
	}
	return pread(f->fd, flags, sizeof(*flags), pfn * sizeof(*flags)) == sizeof(*flags) ? 0 :
											     -EIO;
}

/* Reads a window, as far as it can be read. */
static void read_window(struct survey_folios *f, __u64 from, size_t nr)
{
	ssize_t n = pread(f->fd, f->flags, nr * sizeof(__u64), from * sizeof(__u64));

	f->from = from;
	f->nr = n > 0 ? n / sizeof(__u64) : 0;
}

/* Is this frame a tail? Frames beyond the end of memory are not. */
static int is_tail(const struct survey_folios *f, __u64 pfn)
{
	__u64 flags;

	return !get_flags(f, pfn, &flags) && flags & KPF_TAIL;
}

/* The order of the folio that starts at @head; MAX_ORDER + 1: larger than MAX_ORDER. */
static __u32 measure(const struct survey_folios *f, __u64 head)
{
	__u32 k = f->likely;

	if (!(head & ((1ULL << k) - 1)) && is_tail(f, head + (1ULL << (k - 1))) &&
	    !is_tail(f, head + (1ULL << k)))
		return k;
	for (k = 1; k <= MAX_ORDER && is_tail(f, head + (1ULL << k)); k++)
		;
	return k;
}

/* Sets f->head and f->order to the folio whose first page is @head. 0 or -EAGAIN. */
static int take_head(struct survey_folios *f, __u64 head, __u64 flags)
{
	__u32 order = measure(f, head);

	if (order > MAX_ORDER || head & ((1ULL << order) - 1))
		return -EAGAIN;
	f->head = head;
	f->order = order;
	f->likely = order;
	f->flags_h = flags;
	return 0;
}

static int in_folio(const struct survey_folios *f, __u64 pfn)
{
	return f->order <= MAX_ORDER && pfn - f->head < 1ULL << f->order;
}

/* Finds the folio of a tail: the next lower multiple of a power of two that is no tail is its head. */
static int find_head(struct survey_folios *f, __u64 pfn)
{
	__u64 at, flags;
	__u32 k;

	for (k = 1; k <= MAX_ORDER; k++) {
		at = pfn & ~((1ULL << k) - 1);
		if (at == pfn)
			continue;
		if (get_flags(f, at, &flags))
			return -EAGAIN;
		if (flags & KPF_TAIL)
			continue;
		if (!(flags & KPF_HEAD) || take_head(f, at, flags))
			return -EAGAIN;
		return in_folio(f, pfn) ? 0 : -EAGAIN;
	}
	return -EAGAIN;
}

static __u8 blocked(const struct survey_folios *f, __u64 flags)
{
	return !(flags & KPF_ANON) || flags & (f->ksm | KPF_BAD) ? SURVEY_FOLIO_BLOCKED : 0;
}

static void make_zero(__u64 *pte)
{
	*pte = (*pte & ~SURVEY_PTE_PRESENT) | SURVEY_PTE_ZERO;
}

/* Pages of the latest folio, from @pfn on, as far as @nr entries map them; their number. */
static size_t fill_folio(struct survey_folios *f, __u64 pfn, __u64 *pte, size_t nr, __u8 *folio)
{
	__u64 left = f->head + (1ULL << f->order) - pfn;
	__u8 what = f->order | blocked(f, f->flags_h);
	size_t i;

	for (i = 0; i < nr && i < left; i++) {
		folio[i] = what | (pfn + i == f->head ? 0 : SURVEY_FOLIO_TAIL);
		if (f->flags_h & KPF_ZERO)
			make_zero(&pte[i]);
	}
	return i;
}

/* One page by its flags; the number of entries that it took, of @nr. */
static size_t look_page(struct survey_folios *f, __u64 flags, __u64 *pte, size_t nr, __u8 *folio,
			size_t *unknown)
{
	__u64 pfn = *pte & SURVEY_PTE_PFN;
	int err = 0;

	if (flags & KPF_HEAD)
		err = take_head(f, pfn, flags);
	else if (flags & KPF_TAIL)
		err = find_head(f, pfn);
	if (err || flags & KPF_NONE) {
		*folio = SURVEY_FOLIO_UNKNOWN;
		++*unknown;
		return 1;
	}
	if (flags & (KPF_HEAD | KPF_TAIL))
		return fill_folio(f, pfn, pte, nr, folio);
	*folio = blocked(f, flags);
	if (flags & KPF_ZERO)
		make_zero(pte);
	return 1;
}

/* A run of @nr entries whose frames follow each other. */
static size_t look_run(struct survey_folios *f, __u64 *pte, size_t nr, __u8 *folio)
{
	__u64 pfn = pte[0] & SURVEY_PTE_PFN, flags;
	size_t i = 0, unknown = 0;

	while (i < nr) {
		if (in_folio(f, pfn + i)) {
			i += fill_folio(f, pfn + i, pte + i, nr - i, folio + i);
		} else if (get_flags(f, pfn + i, &flags)) {
			folio[i++] = SURVEY_FOLIO_UNKNOWN;
			unknown++;
		} else {
			i += look_page(f, flags, pte + i, nr - i, folio + i, &unknown);
		}
	}
	return unknown;
}

/* Cuts entries into runs; their number. *sorted: their frames rise. */
static size_t cut_runs(struct survey_folios *f, const __u64 *pte, size_t nr, int *sorted)
{
	size_t i = 0, n, runs = 0;
	__u64 pfn;

	*sorted = 1;
	while (i < nr) {
		pfn = pte[i] & SURVEY_PTE_PFN;
		if (!(pte[i] & SURVEY_PTE_PRESENT)) {
			i++;
			continue;
		}
		for (n = 1; n < WINDOW - 1 && i + n < nr && pte[i + n] & SURVEY_PTE_PRESENT &&
			    (pte[i + n] & SURVEY_PTE_PFN) == pfn + n;
		     n++)
			;
		if (runs && pfn < f->stretch[runs - 1].pfn)
			*sorted = 0;
		f->stretch[runs++] = (struct stretch){ pfn, i, n };
		i += n;
	}
	return runs;
}

static int cmp_run(const void *a, const void *b)
{
	const struct stretch *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

size_t survey_folios_look(struct survey_folios *f, __u64 *pte, size_t nr, __u8 *folio)
{
	size_t runs, i, j, unknown = 0;
	__u64 end;
	int sorted;

	memset(folio, 0, nr);
	/* Frames may have changed since the last chunk. */
	f->order = MAX_ORDER + 1;
	runs = cut_runs(f, pte, nr, &sorted);
	if (!sorted)
		qsort(f->stretch, runs, sizeof(*f->stretch), cmp_run);
	for (i = 0; i < runs; i = j) {
		const struct stretch *s = &f->stretch[i];

		/* One frame more: it shows where a folio ends. */
		end = s->pfn + s->nr + 1;
		for (j = i + 1; j < runs && f->stretch[j].pfn <= end + GAP &&
				f->stretch[j].pfn + f->stretch[j].nr + 1 - s->pfn <= WINDOW;
		     j++)
			if (f->stretch[j].pfn + f->stretch[j].nr + 1 > end)
				end = f->stretch[j].pfn + f->stretch[j].nr + 1;
		read_window(f, s->pfn, end - s->pfn);
		for (; s < &f->stretch[j]; s++)
			unknown += look_run(f, pte + s->at, s->nr, folio + s->at);
	}
	return unknown;
}
