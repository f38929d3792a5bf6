// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables as stretches. Of each call of the iterator first all entries are cut into *rows*: entries that are the same
 * but for their frames, which follow each other. What is to be known of the folios behind them is asked for all rows
 * at once. Then rows are cut where folios end, and are handed on as stretches.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "survey/iter_folio_priv.h"
#include "survey/iter_priv.h"
#include "survey/iter_read_priv.h"
#include "survey/range_priv.h"
#include "survey/vma_priv.h"

#define ROWS	    (SURVEY_PTES + 2 * SURVEY_SEEN)
#define MAX_RETRIES 3

/* include/linux/mm.h */
#define VM_SHARED     0x00000008UL
#define VM_PFNMAP     0x00000400UL
#define VM_IO	      0x00004000UL
#define VM_HUGETLB    0x00400000UL
#define VM_MIXEDMAP   0x10000000UL
#define VM_HUGEPAGE   0x20000000UL
#define VM_NOHUGEPAGE 0x40000000UL

struct row {
	__u64 addr;
	__u64 entry; /* the first */
	__u32 nr;
	__u32 seen; /* 1 + number of the finding that it is, if not of entries of a table */
};

struct survey_reader {
	struct survey_iter *iter;
	struct survey_asker *asker;
	const struct meta *meta;
	const struct survey_proc *proc;
	struct survey_look *look;
	const struct survey_mappings *found;
	struct survey_vma vma; /* the current one */
	int open;	       /* there is one */
	__u64 page, range;     /* bytes */
	struct mthp_pte_format format;
	__u64 lost, moved;
	__u32 nr_rows;
	struct row row[ROWS];
};

static const struct mthp_pte_format *format_of(const struct survey_reader *r)
{
	return &r->format;
}

int survey_reader_new(struct survey_reader **rp, const struct meta *meta, char *why, size_t size)
{
	struct survey_reader *r = calloc(1, sizeof(*r));
	int err;

	*rp = NULL;
	if (!r)
		return -ENOMEM;
	r->page = meta->page_size;
	r->range = r->page << meta->pmd_order;
	err = survey_iter_new(&r->iter, why, size);
	if (!err)
		err = survey_asker_new(&r->asker, r->iter, meta);
	if (err) {
		survey_reader_free(r);
		return err;
	}
	r->format = survey_iter_call(r->iter)->format;
	*rp = r;
	return 0;
}

void survey_reader_use(struct survey_reader *r, const struct meta *meta)
{
	r->meta = meta;
	r->lost = 0;
	r->moved = 0;
}

void survey_reader_free(struct survey_reader *r)
{
	if (!r)
		return;
	survey_asker_free(r->asker);
	survey_iter_free(r->iter);
	free(r);
}

__u64 survey_reader_start(const struct survey_reader *r)
{
	return survey_iter_call(r->iter)->start_boottime_ns / (NSEC_PER_SEC / sysconf(_SC_CLK_TCK));
}

__u64 survey_reader_lost(const struct survey_reader *r)
{
	return r->lost;
}

__u64 survey_reader_moved(const struct survey_reader *r)
{
	return r->moved;
}

/* Does a block of some enabled order fit in? smaps reports this as THPeligible. */
static int fits(const struct survey_reader *r, const struct survey_vma *vma, __u32 orders)
{
	__u64 size, last;
	__u32 k;

	for (k = 2; k < MTHP_NR_ORDERS; k++) {
		size = r->page << k;
		last = (vma->end - size) & ~(size - 1);
		if (orders >> k & 1 && vma->end >= size && last >= vma->start)
			return 1;
	}
	return 0;
}

/* As smaps describes the mapping. */
static void describe(const struct survey_reader *r, const struct survey_seen *s,
		     struct survey_vma *vma)
{
	*vma = (struct survey_vma){
		.start = s->start,
		.end = s->end,
		.shared = (s->value & VM_SHARED) != 0,
		.advised = (s->value & VM_HUGEPAGE) != 0,
		.kind = SURVEY_ANON,
	};
	if (s->at & SURVEY_VMA_FILE)
		vma->kind = SURVEY_FILE;
	else if (s->at & SURVEY_VMA_OPS || vma->shared)
		vma->kind = SURVEY_SPECIAL;
	if (s->value & VM_HUGETLB)
		vma->kind = SURVEY_HUGETLB;
	else if (s->value & (VM_PFNMAP | VM_IO | VM_MIXEDMAP))
		vma->kind = SURVEY_SPECIAL;
	else if (s->value & VM_NOHUGEPAGE && vma->kind == SURVEY_ANON)
		vma->kind = SURVEY_ADVISED;
	vma->eligible = fits(r, vma, survey_orders(r->meta, vma->advised));
	survey_vma_judge(vma, r->proc, r->meta);
}

static int is_read(const struct survey_vma *vma)
{
	return vma->kind != SURVEY_FILE && vma->kind != SURVEY_HUGETLB &&
	       vma->kind != SURVEY_SPECIAL;
}

static int end_mapping(struct survey_reader *r)
{
	int open = r->open;

	r->open = 0;
	return open ? r->found->end(r->found->ctx, &r->vma) : 0;
}

/* A mapping, or more of the one that the last call ended in. */
static int begin_mapping(struct survey_reader *r, const struct survey_seen *s)
{
	int err;

	if (r->open && s->start <= r->vma.start) {
		r->vma.end = s->end > r->vma.end ? s->end : r->vma.end;
		return 0;
	}
	err = end_mapping(r);
	describe(r, s, &r->vma);
	r->open = 1;
	r->found->begin(r->found->ctx, &r->vma);
	return err;
}

/* The entries of a finding: the first in the area, and their number. */
static const __u64 *entries(const struct survey_reader *r, const struct survey_seen *s, __u32 *nr)
{
	*nr = (s->end - s->start) / r->page;
	return survey_iter_area(r->iter)->ptes + s->at + (s->start & (r->range - 1)) / r->page;
}

static void add_row(struct survey_reader *r, __u64 addr, __u64 entry, __u32 nr, __u32 seen)
{
	if (r->nr_rows < ROWS)
		r->row[r->nr_rows++] = (struct row){ addr, entry, nr, seen };
}

static void cut_rows(struct survey_reader *r, const struct survey_seen *s)
{
	const struct mthp_pte_format *f = format_of(r);
	__u64 next, step, entry;
	const __u64 *e;
	__u32 nr, i, n;

	e = entries(r, s, &nr);
	for (i = 0; i < nr; i += n) {
		entry = e[i];
		n = 1;
		if (mthp_pte_none(f, entry))
			continue;
		/* Of the zero page, and of what maps nothing, all entries are the same. */
		step = entry & f->valid && !(entry & f->special) ? r->page : 0;
		for (next = entry + step; i + n < nr && e[i + n] == next; next += step)
			n++;
		add_row(r, s->start + i * r->page, entry, n, 0);
	}
}

static int is_exact(const struct mthp_pte_format *f, __u64 entry)
{
	/* A PTE of anonymous memory that may be written to has its page for itself: PageAnonExclusive(). */
	return (entry & (f->writable | f->accessed)) != (f->writable | f->accessed);
}

static void ask_row(struct survey_reader *r, const struct row *row)
{
	const struct mthp_pte_format *f = format_of(r);
	__u64 pfn = mthp_pte_frame(f, row->entry) >> f->page_shift;
	__u32 i;

	if (!mthp_pte_present(f, row->entry) || row->entry & f->special)
		return;
	if (row->seen) {
		/* Only the huge zero page, which is no folio of anonymous memory, is never written to. */
		if (!(row->entry & f->writable))
			survey_ask_page(r->asker, pfn & ~(r->range / r->page - 1));
		return;
	}
	if (!is_exact(f, row->entry)) {
		survey_ask_folios(r->asker, pfn, row->nr);
		return;
	}
	for (i = 0; i < row->nr; i++)
		survey_ask_page(r->asker, pfn + i);
}

/* Asks about all rows. 0 or -errno. */
static int ask_rows(struct survey_reader *r)
{
	int tries = 0, err;
	__u32 i;

	do {
		survey_ask_begin(r->asker);
		for (i = 0; i < r->nr_rows; i++)
			ask_row(r, &r->row[i]);
		err = survey_ask_all(r->asker);
	} while (err == -EAGAIN && ++tries < MAX_RETRIES);
	return err == -EAGAIN ? 0 : err;
}

static __u32 is_page(const struct mthp_pte_format *f, __u64 entry,
		     const struct survey_look_answer *exact)
{
	__u32 is = SURVEY_IS_PRESENT;

	if (entry & f->accessed || (exact && exact->flags & SURVEY_LOOK_REFERENCED))
		is |= SURVEY_IS_REFERENCED;
	if (!exact)
		return is;
	if (exact->flags & SURVEY_LOOK_SHARED)
		is |= SURVEY_IS_SHARED;
	if (!(exact->flags & SURVEY_LOOK_ANON) ||
	    exact->flags & (SURVEY_LOOK_KSM | SURVEY_LOOK_POISON))
		is |= SURVEY_IS_BLOCKED;
	return is;
}

/* The stretch that begins at page @at of a row; the answers about it are used up. */
static struct survey_stretch next_stretch(struct survey_reader *r, const struct row *row, __u32 at)
{
	const struct mthp_pte_format *f = format_of(r);
	__u64 pfn = (mthp_pte_frame(f, row->entry) >> f->page_shift) + at;
	int exact = is_exact(f, row->entry);
	struct survey_look_answer answer;
	struct survey_stretch s = { .addr = row->addr + at * r->page, .pfn = pfn, .nr = 1 };

	if (exact)
		answer = *survey_answer_page(r->asker);
	else
		answer = survey_answer_folios(r->asker, pfn, row->nr - at, &s.nr);
	s.is = is_page(f, row->entry, exact ? &answer : NULL);
	s.order = answer.order < MTHP_NR_ORDERS ? answer.order : SURVEY_FOLIO_UNKNOWN;
	s.tail = s.order != SURVEY_FOLIO_UNKNOWN && s.order && pfn != answer.head;
	r->moved += s.order == SURVEY_FOLIO_UNKNOWN ? s.nr : 0;
	return s;
}

static int give_row(struct survey_reader *r, const struct row *row)
{
	const struct mthp_pte_format *f = format_of(r);
	struct survey_stretch s;
	int err = 0;
	__u32 i;

	if (mthp_pte_present(f, row->entry) && !(row->entry & f->special)) {
		r->vma.rss += row->nr * r->page;
		for (i = 0; i < row->nr && !err; i += s.nr) {
			s = next_stretch(r, row, i);
			err = survey_look_stretch(r->look, &s);
		}
		return err;
	}
	s = (struct survey_stretch){ .addr = row->addr, .nr = row->nr };
	s.is = mthp_pte_present(f, row->entry) ? SURVEY_IS_ZERO :
	       mthp_pte_guard(f, row->entry)   ? SURVEY_IS_GUARD :
						 SURVEY_IS_SWAP;
	return survey_look_stretch(r->look, &s);
}

static int give_huge(struct survey_reader *r, const struct survey_seen *s)
{
	const struct mthp_pte_format *f = format_of(r);
	int zero = (s->value & f->special) != 0;

	if (!zero && !(s->value & f->writable))
		zero = !(survey_answer_page(r->asker)->flags & SURVEY_LOOK_ANON);
	if (!zero)
		r->vma.rss += s->end - s->start;
	return survey_look_pmd(r->look, s->start, s->end, zero);
}

/* The resident pages of a mapping that is not read otherwise. */
static void count_resident(struct survey_reader *r, const struct survey_seen *s)
{
	const struct mthp_pte_format *f = format_of(r);
	__u64 there = f->valid | f->unreachable;
	const __u64 *e;
	__u32 nr, i, n = 0;

	if (s->kind == SURVEY_SEEN_HUGE && !(s->value & f->special))
		r->vma.rss += s->end - s->start;
	if (s->kind != SURVEY_SEEN_TABLE)
		return;
	e = entries(r, s, &nr);
	for (i = 0; i < nr; i++)
		n += (e[i] & there) && !(e[i] & f->special);
	r->vma.rss += n * r->page;
}

/* Rows of all findings of this call. Mappings are described as they come, so that it is known which are read. */
static void collect(struct survey_reader *r)
{
	const struct survey_area *area = survey_iter_area(r->iter);
	__u32 nr = survey_iter_call(r->iter)->nr_seen, i;
	struct survey_vma vma;
	int read = 0;

	r->nr_rows = 0;
	for (i = 0; i < nr; i++) {
		const struct survey_seen *s = &area->seen[i];

		if (s->kind == SURVEY_SEEN_VMA) {
			describe(r, s, &vma);
			read = is_read(&vma);
		}
		if (s->kind == SURVEY_SEEN_TABLE && read)
			cut_rows(r, s);
		else if (s->kind != SURVEY_SEEN_TABLE)
			add_row(r, s->start, s->kind == SURVEY_SEEN_HUGE && read ? s->value : 0, 0,
				i + 1);
		else
			add_row(r, s->start, 0, 0, i + 1);
	}
}

/* A finding that is no table of a mapping that is read. */
static int give_seen(struct survey_reader *r, const struct survey_seen *s)
{
	struct survey_stretch other = { .addr = s->start,
					.nr = (s->end - s->start) / r->page,
					.is = SURVEY_IS_SWAP };

	switch (s->kind) {
	case SURVEY_SEEN_VMA:
		return begin_mapping(r, s);
	case SURVEY_SEEN_LOST:
		r->lost++;
		return 0;
	case SURVEY_SEEN_HUGE:
		if (is_read(&r->vma))
			return give_huge(r, s);
		break;
	case SURVEY_SEEN_OTHER:
		/* Of one range only: entries of larger ones do not migrate. */
		if (is_read(&r->vma) && s->end - s->start <= r->range)
			return survey_look_stretch(r->look, &other);
		break;
	}
	count_resident(r, s);
	return 0;
}

static int give_all(struct survey_reader *r)
{
	const struct survey_area *area = survey_iter_area(r->iter);
	int err = 0;
	__u32 i;

	for (i = 0; i < r->nr_rows && !err; i++)
		err = r->row[i].seen ? give_seen(r, &area->seen[r->row[i].seen - 1]) :
				       give_row(r, &r->row[i]);
	return err;
}

int survey_reader_read(struct survey_reader *r, const struct survey_proc *p,
		       struct survey_look *look, const struct survey_mappings *found,
		       struct survey_holds *holds)
{
	int err = survey_iter_start(r->iter, p->pid), more = 1, seen = 0, end;

	r->proc = p;
	r->look = look;
	r->found = found;
	r->open = 0;
	while (!err && more) {
		more = survey_iter_next(r->iter, holds);
		if (more <= 0) {
			err = more;
			break;
		}
		seen = 1;
		collect(r);
		err = ask_rows(r);
		if (!err)
			err = give_all(r);
	}
	end = end_mapping(r);
	if (!err)
		err = end;
	if (!err && survey_iter_call(r->iter)->changed)
		err = -ESTALE;
	if (!err && !seen)
		err = -ESRCH;
	survey_iter_stop(r->iter);
	return err;
}
