// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the page tables of a process for a survey, at the speed of memory.
 *
 * look_at_memory runs for each mapping (iter/task_vma) and copies tables of PTEs as they are; userspace makes out
 * of them what they say. It ends a call early, so that mmap_lock is held for a short time: the next call goes on
 * at the cursor. look_at_frames answers what userspace wants to know of folios, without any lock.
 *
 * What protects the tables while they are read. The iterator holds mmap_lock for reading and a user of the mm, so
 * nobody unmaps, moves or exits; only then are tables above those of PTEs freed. Tables of PTEs may go without
 * it: of files and shared memory when khugepaged collapses them (retract_page_tables(), since 6.5), of anonymous
 * memory when all of a range was given back (CONFIG_PT_RECLAIM, since 6.14). Both free them after an RCU grace period
 * only, and a program runs inside of one. Such a table is empty by then, or is detached: so the entry that leads
 * to it is read again after the copy, and a copy that it no longer leads to is not told.
 *
 * No lock of a table is taken. Each entry is read once, as one word, and was there at that moment; two entries are
 * of two moments, as they are for everybody who reads pagemap. A read that hits no memory fails and ends nothing:
 * bpf_probe_read_kernel().
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <mthp/survey.h>

#define MAX_TABLE  (SURVEY_MAX_TABLE * sizeof(__u64)) /* bytes */
#define MAX_LEVELS 5
#define NO_REGION  (~0ULL)

char LICENSE[] SEC("license") = "GPL";

struct survey_call call;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct survey_area);
} areas SEC(".maps");

/* Where the walk of a mapping is. */
struct walk {
	__u64 at, end;
	__u64 top;     /* the table of the top level */
	__u64 pmds;    /* the table of PMD entries that was used last, */
	__u64 pmds_of; /* and for which part of the address space: address >> its bits */
	__u32 full;    /* there is no more room */
	__u32 pad;
};

static __always_inline struct survey_area *area(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&areas, &zero);
}

static __always_inline int read_entry(__u64 *entry, __u64 table, __u64 address, __u32 shift)
{
	__u64 index = address >> shift & ((1ULL << call.format.index_bits) - 1);

	return bpf_probe_read_kernel(entry, sizeof(*entry),
				     (void *)(table + index * sizeof(*entry)));
}

/* An entry above the table of PTEs, and where it is. */
struct place {
	__u64 entry;
	__u64 table;
	__u32 shift; /* address bits below it */
	__u32 pad;
};

/*
 * The entry of the lowest level above PTEs that covers @w->at. 0, or it could not be read. Not static: the verifier
 * checks it once by itself, and not what follows for each way out of the loop.
 */
__noinline int find_entry(struct walk *w, struct place *p)
{
	const struct mthp_pte_format *f = &call.format;
	__u32 pmd_shift, region, level;
	__u64 at;

	if (!w || !p)
		return -1;
	pmd_shift = mthp_pmd_shift(f);
	region = pmd_shift + f->index_bits;
	at = w->top;
	p->shift = f->top_shift;
	if (w->pmds_of == w->at >> region) {
		p->shift = pmd_shift;
		at = w->pmds;
	}
	for (level = 0; level < MAX_LEVELS; level++) {
		p->table = at;
		if (read_entry(&p->entry, at, w->at, p->shift))
			return -1;
		if (p->shift <= pmd_shift || !(p->entry & f->valid) ||
		    (p->shift <= f->huge_shift && mthp_pte_leaf(f, p->entry)))
			return 0;
		at = call.direct_map + mthp_pte_frame(f, p->entry);
		p->shift -= f->index_bits;
		if (p->shift == pmd_shift) {
			w->pmds = at;
			w->pmds_of = w->at >> region;
		}
	}
	return -1;
}

/* Copies the table of PTEs that @entry leads to. 0, or it could not be read. */
static __always_inline int copy_table(struct survey_area *a, __u64 entry)
{
	__u64 from = call.direct_map + mthp_pte_frame(&call.format, entry);
	__u64 bytes = sizeof(__u64) << (call.format.index_bits & 15), to = call.nr_ptes;

	/* The verifier must see the same numbers compared and used. */
	barrier_var(to);
	barrier_var(bytes);
	if (to >= SURVEY_PTES || bytes > MAX_TABLE)
		return -1;
	return bpf_probe_read_kernel(&a->ptes[to], bytes, (void *)from);
}

static __always_inline struct survey_seen *new_seen(struct survey_area *a, __u32 kind)
{
	__u64 n = call.nr_seen;
	struct survey_seen *s;

	barrier_var(n);
	if (n >= SURVEY_SEEN)
		return NULL;
	s = &a->seen[n];
	s->kind = kind;
	s->at = 0;
	s->value = 0;
	call.nr_seen = n + 1;
	return s;
}

/* One PMD range, or a hole up to the end of what an entry of a higher level covers. Not 0: the walk is over. */
static long look_at_range(__u32 i __attribute__((unused)), struct walk *w)
{
	const struct mthp_pte_format *f = &call.format;
	struct survey_area *a = area();
	struct place p = {};
	__u64 again = 0, next;
	struct survey_seen *s;
	int unread;

	if (!a || w->at >= w->end)
		return 1;
	if (call.nr_seen >= SURVEY_SEEN || call.nr_ptes + (1U << f->index_bits) > SURVEY_PTES) {
		w->full = 1;
		return 1;
	}
	unread = find_entry(w, &p);
	next = ((w->at >> p.shift) + 1) << p.shift;
	if (next > w->end || !next)
		next = w->end;
	if (!unread && mthp_pte_none(f, p.entry)) {
		w->at = next;
		return 0;
	}
	s = new_seen(a, SURVEY_SEEN_LOST);
	if (!s)
		return 1;
	s->start = w->at;
	s->end = next;
	s->value = p.entry;
	w->at = next;
	if (unread)
		return 0;
	if (mthp_pte_leaf(f, p.entry)) {
		s->kind = SURVEY_SEEN_HUGE;
	} else if (!(p.entry & f->valid)) {
		s->kind = SURVEY_SEEN_OTHER;
	} else if (!copy_table(a, p.entry) && !read_entry(&again, p.table, s->start, p.shift) &&
		   mthp_pte_frame(f, again) == mthp_pte_frame(f, p.entry)) {
		s->kind = SURVEY_SEEN_TABLE;
		s->at = call.nr_ptes;
		call.nr_ptes += 1U << f->index_bits;
	}
	return 0;
}

#define VM_PFNMAP  0x400UL
#define VM_HUGETLB 0x400000UL

/* Begins a mapping, or goes on in it. Not 0: there is no room. */
static __always_inline int begin(struct vm_area_struct *vma, struct walk *w)
{
	struct survey_area *a = area();
	struct survey_seen *s;

	s = a ? new_seen(a, SURVEY_SEEN_VMA) : NULL;
	if (!s)
		return 1;
	s->start = vma->vm_start;
	s->end = vma->vm_end;
	s->value = vma->vm_flags;
	s->at = (vma->vm_file ? SURVEY_VMA_FILE : 0) | (vma->vm_ops ? SURVEY_VMA_OPS : 0);
	w->at = vma->vm_start > call.cursor ? vma->vm_start : call.cursor;
	w->end = vma->vm_end;
	/* As a number: the verifier lets nobody calculate with a pointer. */
	w->top = (__u64)BPF_CORE_READ(vma, vm_mm, pgd);
	w->pmds_of = NO_REGION;
	return 0;
}

SEC("iter/task_vma")
int look_at_memory(struct bpf_iter__task_vma *ctx)
{
	struct vm_area_struct *vma = ctx->vma;
	struct task_struct *task = ctx->task;
	struct walk w = {};

	if (!vma || !task) {
		call.ended = 1;
		return 0;
	}
	if (!call.mm) {
		call.mm = (__u64)vma->vm_mm;
		call.start_boottime_ns = task->start_boottime;
	}
	if (call.mm != (__u64)vma->vm_mm) {
		call.changed = 1;
		return 0;
	}
	if (vma->vm_end <= call.cursor)
		return 0;
	/* The iterator comes back to this mapping, in the next call. */
	if (begin(vma, &w))
		return 1;
	/* smaps counts none of their pages either. */
	if (vma->vm_flags & (VM_PFNMAP | VM_HUGETLB)) {
		call.cursor = w.end;
		return 0;
	}
	bpf_loop(SURVEY_STEPS, look_at_range, &w, 0);
	call.cursor = w.at;
	return w.at < w.end;
}

/* From 6.2 on. Userspace tries it: a program that is loaded as these are cannot ask (libbpf 1.1). libbpf 1.5 declares it so. */
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;
const volatile bool has_cast;

/*
 * Reads a word of the kernel's memory. A cast lets a program load it itself, where the CPU can have many such loads
 * under way at once: a look at struct page is a cache miss. Any type will do that begins with a number. Where
 * nothing is mapped it reads 0.
 */
static __always_inline int load_word(__u64 *to, const void *at)
{
	struct timespec64 *word;

	if (!has_cast)
		return bpf_probe_read_kernel(to, sizeof(*to), at);
	word = bpf_rdonly_cast((void *)at, bpf_core_type_id_kernel(struct timespec64));
	*to = word->tv_sec;
	return 0;
}

/* Half of a word. */
static __always_inline __u32 load_half(const void *at)
{
	__u64 address = (__u64)at, word = 0;

	load_word(&word, (void *)(address & ~7ULL));
	return word >> (address & 4) * 8;
}

#define page_at(pfn) ((void *)(call.page_structs + (pfn)*call.page_struct_size))

#define address_of(at, member) ((void *)__builtin_preserve_access_index(&(at)->member))

/* 1 if the page is a tail of its folio, 0 if not, negative if there is none. */
static __always_inline int is_tail(__u64 pfn)
{
	struct page *page = page_at(pfn);
	__u64 word = 0;
	int err;

	if (bpf_core_field_exists(page->compound_head))
		err = load_word(&word, address_of(page, compound_head));
	else
		err = load_word(&word, address_of((struct page___v7_3 *)page, compound_info));
	return err ? -1 : (int)(word & 1);
}

/* Pages of the folio whose head is @pfn; 0: not told. */
static __always_inline __u32 folio_pages(__u64 pfn)
{
	struct folio___v6_15 *new = page_at(pfn);
	struct folio___v6_3 *old = page_at(pfn);
	struct page___v6_1 *page = page_at(pfn + 1);
	__u32 nr = 0;

	if (bpf_core_field_exists(new->_nr_pages))
		nr = load_half(address_of(new, _nr_pages));
	else if (bpf_core_field_exists(old->_folio_nr_pages))
		nr = load_half(address_of(old, _folio_nr_pages));
	else if (bpf_core_field_exists(page->compound_nr))
		nr = load_half(address_of(page, compound_nr));
	return nr;
}

static __always_inline int is_head(__u64 pfn)
{
	__u64 flags = 0;

	return !load_word(&flags, page_at(pfn)) &&
	       flags >> bpf_core_enum_value(enum pageflags, PG_head) & 1;
}

/* Of a number below 2^16. */
static __always_inline __u32 ones(__u32 x)
{
	x -= (x >> 1) & 0x5555;
	x = (x & 0x3333) + ((x >> 2) & 0x3333);
	x = (x + (x >> 4)) & 0x0f0f;
	return (x + (x >> 8)) & 0x1f;
}

/*
 * The folio of @pfn: a tail's head is at the next lower multiple of a power of two that is no tail. As find_entry(), not
 * static.
 */
__noinline int find_folio(__u64 pfn, struct survey_look_answer *to)
{
	int tail = is_tail(pfn);
	__u64 head = pfn;
	__u32 nr, k;

	if (!to)
		return 0;
	to->head = pfn;
	to->order = SURVEY_NO_ORDER;
	if (tail < 0)
		return 0;
	if (!tail && !is_head(pfn)) {
		to->order = 0;
		return 0;
	}
	for (k = 1; k < 14 && tail > 0; k++) {
		if (head & ((1ULL << k) - 1)) {
			head &= ~((1ULL << k) - 1);
			tail = is_tail(head);
		}
	}
	if (tail || !is_head(head))
		return 0;
	nr = folio_pages(head);
	if (nr < 2 || nr > 1U << 13 || nr & (nr - 1) || head & (nr - 1) || pfn - head >= nr)
		return 0;
	to->head = head;
	to->order = ones(nr - 1);
	return 0;
}

static __always_inline __u32 mapcount_shared(__u64 pfn, const struct survey_look_answer *folio)
{
	struct folio___v6_2 *head = page_at(folio->head);
	struct page___v6_1 *first = page_at(folio->head + 1);
	struct folio *page = page_at(pfn);
	int count = -1, whole = -1;

	bpf_core_read(&count, sizeof(count), &page->_mapcount.counter);
	if (folio->order && bpf_core_field_exists(head->_entire_mapcount))
		bpf_core_read(&whole, sizeof(whole), &head->_entire_mapcount.counter);
	else if (folio->order && bpf_core_field_exists(first->compound_mapcount))
		bpf_core_read(&whole, sizeof(whole), &first->compound_mapcount.counter);
	/* Both begin at -1. */
	return count + whole + 2 == 1 ? 0 : SURVEY_LOOK_SHARED;
}

#define has_flag(flags, PG)                                \
	(bpf_core_enum_value_exists(enum pageflags, PG) && \
	 (flags) >> bpf_core_enum_value(enum pageflags, PG) & 1)

static __always_inline __u32 look_closely(__u64 pfn, const struct survey_look_answer *folio)
{
	struct folio *head = page_at(folio->head);
	__u64 mapping = 0, flags = 0;
	__u32 is = 0;

	bpf_core_read(&mapping, sizeof(mapping), &head->mapping);
	bpf_probe_read_kernel(&flags, sizeof(flags), head);
	/* include/linux/page-flags.h: FOLIO_MAPPING_ANON, and with it FOLIO_MAPPING_ANON_KSM */
	is |= mapping & 1 ? SURVEY_LOOK_ANON : 0;
	is |= (mapping & 3) == 3 ? SURVEY_LOOK_KSM : 0;
	is |= has_flag(flags, PG_hwpoison) ? SURVEY_LOOK_POISON : 0;
	is |= has_flag(flags, PG_referenced) || has_flag(flags, PG_young) ? SURVEY_LOOK_REFERENCED :
									    0;
	return is | mapcount_shared(pfn, folio);
}

static long look_at_frame(__u32 i, void *ctx __attribute__((unused)))
{
	struct survey_area *a = area();
	struct survey_look_answer *to;
	__u64 n = i, pfn;

	barrier_var(n);
	if (!a || n >= SURVEY_LOOKS || n >= call.nr_questions)
		return 1;
	pfn = a->question[n] & ~SURVEY_LOOK_EXACT;
	to = &a->answer[n];
	to->flags = 0;
	find_folio(pfn, to);
	if (a->question[n] & SURVEY_LOOK_EXACT)
		to->flags = look_closely(pfn, to);
	return 0;
}

SEC("syscall")
int look_at_frames(void *ctx __attribute__((unused)))
{
	bpf_loop(SURVEY_LOOKS, look_at_frame, NULL, 0);
	return 0;
}
