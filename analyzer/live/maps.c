// SPDX-License-Identifier: GPL-2.0-only
/*
 * From maps to totals. This sums the values of all CPUs. It reads hash maps in batches, one system call for
 * hundreds of rows, into buffers that live as long as the source.
 *
 * The kernel runs no program on a kprobe or a tracepoint of a CPU while a system call reads a map there, and another
 * task may take the CPU in the middle of it. What that task does is missed. A batch takes longest: it walks all
 * buckets, also empty ones. So the sums, and with them the losses, are mapped, and a recorder reads nothing else.
 *
 * BPF goes on adding meanwhile, so numbers of one reading can be a few events apart. Once the programs
 * are detached, a reading is exact.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mthp/creep_ev.h>
#include <mthp/sums.h>
#include "live/maps.h"
#include "live/programs.h"

#define BATCH 256 /* rows read by one system call, at first */

struct batch {
	int fd;
	size_t key_size, row_size; /* bytes; a row is all CPUs' values in a per-CPU map */
	void *keys, *rows;
	__u32 nr; /* rows for which there is room */
};

struct live_maps {
	const struct mthp_sums *mapped; /* a row for each CPU; BPF adds to it */
	size_t mapped_bytes;
	int ranges_fd; /* -1: none */
	__u32 max_ranges;
	int nr_cpus;
	__u8 pmd_order;
	struct mthp_sums *sums;		    /* of one CPU */
	__u64 lost[MTHP_NR_LOSSES];	    /* of all CPUs, at the last reading */
	struct batch outcomes, procs, vain; /* vain.fd -1: none */
};

static int batch_init(struct batch *b, int fd, size_t key_size, size_t row_size, __u32 nr)
{
	void *keys = calloc(nr, key_size);
	void *rows = calloc(nr, row_size);

	free(b->keys);
	free(b->rows);
	*b = (struct batch){ fd, key_size, row_size, keys, rows, nr };
	return keys && rows ? 0 : -ENOMEM;
}

static int map_sums(struct live_maps *maps, int fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = maps->nr_cpus * sizeof(*maps->mapped);
	void *at;

	bytes = (bytes + page - 1) & -page;
	at = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -errno;
	maps->mapped = at;
	maps->mapped_bytes = bytes;
	return 0;
}

int live_maps_new(struct live_maps **out, const struct live_progs *progs, __u8 pmd_order,
		  bool ranges)
{
	struct live_maps *maps = calloc(1, sizeof(*maps));
	int err;

	*out = maps;
	if (!maps)
		return -ENOMEM;
	maps->ranges_fd = ranges ? live_progs_map(progs, LIVE_MAP_RANGES) : -1;
	maps->max_ranges = ranges ? live_progs_map_rows(progs, LIVE_MAP_RANGES) : 0;
	maps->pmd_order = pmd_order;
	maps->nr_cpus = libbpf_num_possible_cpus();
	err = maps->nr_cpus < 0 ? maps->nr_cpus : 0;
	if (!err) {
		maps->sums = calloc(1, sizeof(*maps->sums));
		err = maps->sums ? 0 : -ENOMEM;
	}
	if (!err)
		err = map_sums(maps, live_progs_map(progs, LIVE_MAP_SUMS));
	if (!err)
		err = batch_init(&maps->outcomes, live_progs_map(progs, LIVE_MAP_OUTCOMES),
				 sizeof(struct mthp_outcome_key),
				 maps->nr_cpus * sizeof(struct mthp_outcome), BATCH);
	if (!err)
		err = batch_init(&maps->procs, live_progs_map(progs, LIVE_MAP_PROCS),
				 sizeof(struct mthp_proc_key), sizeof(struct mthp_proc), BATCH);
	maps->vain.fd = -1;
	if (!err && ranges)
		err = batch_init(&maps->vain, live_progs_map(progs, LIVE_MAP_VAIN),
				 sizeof(struct mthp_outcome_key), sizeof(struct mthp_vain_sum),
				 BATCH);
	if (err) {
		live_maps_free(maps);
		*out = NULL;
	}
	return err;
}

void live_maps_free(struct live_maps *maps)
{
	if (!maps)
		return;
	if (maps->mapped)
		munmap((void *)maps->mapped, maps->mapped_bytes);
	free(maps->sums);
	free(maps->outcomes.keys);
	free(maps->outcomes.rows);
	free(maps->procs.keys);
	free(maps->procs.rows);
	free(maps->vain.keys);
	free(maps->vain.rows);
	free(maps);
}

/* Word by word: BPF changes @from meanwhile, and a word must not be torn. */
static void copy_sums(struct mthp_sums *to, const struct mthp_sums *from)
{
	const volatile __u64 *word = (const volatile __u64 *)from;
	__u64 *copy = (__u64 *)to;
	size_t i;

	for (i = 0; i < sizeof(*to) / sizeof(*copy); i++)
		copy[i] = word[i];
}

static void add_words(void *to, const void *from, size_t bytes)
{
	__u64 *sum = to;
	const __u64 *word = from;
	size_t i;

	for (i = 0; i < bytes / sizeof(*sum); i++)
		sum[i] += word[i];
}

_Static_assert(sizeof(((struct totals *)0)->occ) == sizeof(((struct mthp_sums *)0)->occ), "occ");
_Static_assert(sizeof(((struct totals *)0)->dur) == sizeof(((struct mthp_sums *)0)->dur), "dur");

static int add_outcomes(struct totals *t, const struct mthp_sums *s, __u8 order)
{
	struct mthp_outcome_key key = { .order = order };
	const struct mthp_outcome *o;
	struct outcome_row *row;
	__u32 kind, by, result;

	for (kind = 0; kind < MTHP_SUMS_KINDS; kind++) {
		for (by = 0; by < MTHP_NR_REQUESTERS; by++) {
			for (result = 0; result < MTHP_NR_RESULTS; result++) {
				o = &s->outcomes[kind][by][result];
				if (!o->count)
					continue;
				key.kind = kind;
				key.requester = by;
				key.result = result;
				row = totals_outcome(t, &key);
				if (!row)
					return -ENOMEM;
				add_words(&row->val, o, sizeof(*o));
			}
		}
	}
	return 0;
}

static void add_sums(struct totals *t, const struct mthp_sums *s)
{
	add_words(t->events, s->events, sizeof(t->events));
	add_words(&t->occ, &s->occ, sizeof(t->occ));
	add_words(t->dur, s->dur, sizeof(t->dur));
	add_words(&t->ranges, &s->ranges, offsetof(struct mthp_range_sums, lock_max_ns));
	mthp_range_max(&t->ranges, &s->ranges);
	t->unattributed += s->unattributed;
}

/* Userspace counts losses in @t, too: of what BPF counts, only the growth is added. */
static void add_lost(struct live_maps *maps, struct totals *t, const __u64 *lost)
{
	__u32 i;

	for (i = 0; i < MTHP_NR_LOSSES; i++) {
		t->lost[i] += lost[i] - maps->lost[i];
		maps->lost[i] = lost[i];
	}
}

static void forget_sums(struct totals *t)
{
	struct outcome_row *o, *next;

	memset(t->events, 0, sizeof(t->events));
	memset(&t->occ, 0, sizeof(t->occ));
	memset(t->dur, 0, sizeof(t->dur));
	memset(&t->ranges, 0, sizeof(t->ranges));
	t->unattributed = 0;
	HASH_ITER(hh, t->outcomes, o, next) {
		memset(&o->val, 0, sizeof(o->val));
		memset(&o->vain, 0, sizeof(o->vain));
	}
}

/* Sums of all CPUs into @t. Rows ever put into the tables of processes and ranges: @inserts, @ranges. */
static int read_sums(struct live_maps *maps, struct totals *t, __u64 *inserts, __u64 *ranges)
{
	__u64 lost[MTHP_NR_LOSSES] = { 0 };
	__u32 cpu;
	int err;

	forget_sums(t);
	*inserts = 0;
	*ranges = 0;
	for (cpu = 0; cpu < (__u32)maps->nr_cpus; cpu++) {
		copy_sums(maps->sums, &maps->mapped[cpu]);
		add_sums(t, maps->sums);
		err = add_outcomes(t, maps->sums, maps->pmd_order);
		if (err)
			return err;
		add_words(lost, maps->sums->lost, sizeof(lost));
		*inserts += maps->sums->proc_inserts;
		*ranges += maps->sums->creep_inserts;
	}
	add_lost(maps, t, lost);
	return 0;
}

typedef int (*row_fn)(struct live_maps *maps, struct totals *t, const void *key, const void *row);

static int take_outcome(struct live_maps *maps, struct totals *t, const void *key, const void *row)
{
	const struct mthp_outcome *of_cpu = row;
	struct outcome_row *o = totals_outcome(t, key);
	int cpu;

	if (!o)
		return -ENOMEM;
	for (cpu = 0; cpu < maps->nr_cpus; cpu++)
		add_words(&o->val, &of_cpu[cpu], sizeof(o->val));
	return 0;
}

static int take_vain(struct live_maps *maps, struct totals *t, const void *key, const void *row)
{
	struct outcome_row *o = totals_outcome(t, key);

	if (!o)
		return -ENOMEM;
	o->vain = *(const struct mthp_vain_sum *)row;
	return 0;
}

static int take_proc(struct live_maps *maps, struct totals *t, const void *key, const void *row)
{
	struct proc_row *p = totals_proc(t, key);

	if (!p)
		return -ENOMEM;
	p->val = *(const struct mthp_proc *)row;
	p->val.comm[MTHP_COMM_LEN - 1] = '\0';
	return 0;
}

/* Gives every row of a map to @fn. The number of rows, or -errno. */
static long read_rows(struct live_maps *maps, struct batch *b, struct totals *t, row_fn fn)
{
	__u32 next, nr, i;
	void *from = NULL;
	long rows = 0;
	int err = 0, taken;

	while (!err) {
		nr = b->nr;
		err = bpf_map_lookup_batch(b->fd, from, &next, b->keys, b->rows, &nr, NULL);
		if (err == -ENOSPC) {
			/* The next bucket holds more than the buffer. Nothing of it was read: go on there. */
			err = batch_init(b, b->fd, b->key_size, b->row_size, 2 * b->nr);
			if (err)
				return err;
			continue;
		}
		if (err && err != -ENOENT)
			return err;
		for (i = 0; i < nr; i++) {
			taken = fn(maps, t, (char *)b->keys + i * b->key_size,
				   (char *)b->rows + i * b->row_size);
			if (taken)
				return taken;
		}
		rows += nr;
		from = &next;
	}
	return rows;
}

static void forget_procs(struct totals *t)
{
	struct proc_row *p, *next;

	HASH_ITER(hh, t->procs, p, next) {
		HASH_DEL(t->procs, p);
		free(p);
	}
	memset(t->recent_proc, 0, sizeof(t->recent_proc));
}

static int read_procs(struct live_maps *maps, struct totals *t, __u64 inserts)
{
	long rows = read_rows(maps, &maps->procs, t, take_proc);

	if (rows < 0)
		return rows;
	/* The map has fewer rows than the table here: it evicted some since the last reading. */
	if (HASH_COUNT(t->procs) != (unsigned long)rows) {
		forget_procs(t);
		rows = read_rows(maps, &maps->procs, t, take_proc);
		if (rows < 0)
			return rows;
	}
	/* @inserts was read first: rows inserted since then must not hide evicted ones. */
	t->lost[MTHP_L_PROCS] = inserts > (__u64)rows ? inserts - rows : 0;
	return 0;
}

/*
 * Rows that the table of ranges evicted: rows inserted, less rows left. Counting keys takes a system call for
 * each, so this counts only if a row can have been evicted: each CPU may hold some free rows while
 * another one finds none (kernel/bpf/bpf_lru_list.c, LOCAL_FREE_TARGET).
 */
static void count_forgotten(struct live_maps *maps, struct totals *t, __u64 inserts)
{
	const __u64 spare = 128ULL * maps->nr_cpus;
	struct mthp_creep_key key, *from = NULL;
	__u64 rows = 0;

	if (maps->ranges_fd < 0 || inserts + spare <= maps->max_ranges)
		return;
	while (rows < 2ULL * maps->max_ranges &&
	       !bpf_map_get_next_key(maps->ranges_fd, from, &key)) {
		from = &key;
		rows++;
	}
	t->lost[MTHP_L_CREEP] = inserts > rows ? inserts - rows : 0;
}

int live_maps_read(struct live_maps *maps, struct totals *t, bool only_sums)
{
	__u64 inserts, ranges;
	long rows;
	int err;

	err = read_sums(maps, t, &inserts, &ranges);
	if (err)
		return err;
	mthp_occ_settle(&t->occ, maps->pmd_order);
	if (only_sums)
		return 0;
	count_forgotten(maps, t, ranges);
	rows = read_rows(maps, &maps->outcomes, t, take_outcome);
	if (rows >= 0 && maps->vain.fd >= 0)
		rows = read_rows(maps, &maps->vain, t, take_vain);
	if (rows < 0)
		return rows;
	return read_procs(maps, t, inserts);
}
