// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a trace: hands out the contents of its blocks as items, in the order of the file.
 *
 *	trace_in  ->  trace_blocks  ->  trace_unpack, trace_lines  ->  items
 *	bytes         whole payloads     events       names, numbers
 *
 * This file brings every value of a payload into range, so that no reader of items has to check again.
 * Everything that an item points to lives in the reader until the next call.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fmt.h"
#include "lib/hash.h"
#include "lib/log.h"
#include "trace/blocks_priv.h"
#include "trace/meta_block_priv.h"
#include "trace/read.h"
#include "trace/unpack_priv.h"

/*
 * Events that a byte of a trace may stand for, and how many are free. Recordings have two at most, because times
 * differ; a file that is made to cost time has thousands.
 */
#define EVENTS_PER_BYTE	  8
#define EVENTS_FREE	  (1U << 20)
#define CGROUPS_MAX	  65536
#define CGROUPS_BYTES_MAX (16U << 20) /* of their paths */

struct cgroup_path {
	__u64 id;
	UT_hash_handle hh;
	char path[];
};

struct trace_reader {
	char name[256]; /* in messages; "": no messages */
	struct trace_blocks blocks;
	int err; /* -errno: reading failed for good */
	struct trace_unpack *unpack;
	struct mthp_ev *held; /* an event that waits until a change of meta was handed out */
	struct meta meta;
	__u8 results[MTHP_NR_RESULTS]; /* the trace's numbers to ours; 0: not named */
	bool described;		       /* there was a META block */
	bool ended;		       /* there was an END block */
	bool over;		       /* the end was reported */
	__u32 meta_crc;		       /* of the last META payload */
	__u64 events;
	__u64 begun;	 /* events of the blocks so far */
	bool too_dense;	 /* more than EVENTS_PER_BYTE: no more are read */
	__u32 names_crc; /* of the names in counters */
	struct counters counters;
	__u64 lost[MTHP_NR_LOSSES];   /* in the last LOST block */
	__u64 before[MTHP_NR_LOSSES]; /* of the traces before this one in the file */
	__u64 totals[MTHP_NR_LOSSES];
	unsigned int nr_traces; /* behind the first one */
	bool cut;		/* one of those before the last had no end */
	struct cgroup_path *cgroups;
	size_t cgroups_bytes;
	bool cgroups_full; /* there was no room for all of them */
};

static int refuse(const struct trace_reader *r, const char *reason)
{
	if (r->name[0])
		log_err("cannot read trace: %s: %s", r->name, reason);
	return -EBADMSG;
}

static int failed(struct trace_reader *r, int err)
{
	r->err = err;
	if (r->name[0] && err != -EINTR)
		log_err("cannot read trace: %s: %s", r->name, strerror(-err));
	return err;
}

/* Is it another description than the last one? */
static bool read_meta(struct trace_reader *r, const struct trace_block *b)
{
	__u32 crc = (__u32)crc32(0, b->payload, b->raw);
	bool changed = !r->described || crc != r->meta_crc;
	struct meta old = r->meta;

	if (trace_meta_get(b->payload, b->raw, &r->meta, r->results)) {
		trace_blocks_lost(&r->blocks, 1);
		return false;
	}
	/* Of a machine with other sizes: its counts are not of the same things. The model has begun. */
	if (r->nr_traces &&
	    (old.page_size != r->meta.page_size || old.pmd_order != r->meta.pmd_order)) {
		r->meta = old;
		trace_blocks_lost(&r->blocks, 1);
		r->ended = r->over = true;
		if (r->name[0])
			log_warn(
				"trace is not read on: %s: a second trace in it is of a machine with other page sizes (split the file)",
				r->name);
		return false;
	}
	r->described = true;
	r->meta_crc = crc;
	/* The first time is that of the first trace. */
	if (r->nr_traces) {
		r->meta.start_ns = old.start_ns;
		r->meta.start_realtime_ns = old.start_realtime_ns;
	}
	return changed;
}

static int read_names(struct counters *c, const __u8 *p, const __u8 *end)
{
	size_t i;

	for (i = 0; i < c->nr; i++) {
		if (end - p < 2 || p[1] >= COUNTER_NAME_LEN || end - p < 2 + p[1])
			return -EINVAL;
		memset(c->c[i].name, 0, sizeof(c->c[i].name));
		memcpy(c->c[i].name, p + 2, p[1]);
		c->c[i].order = p[0] < MTHP_NR_ORDERS ? p[0] : COUNTER_NO_ORDER;
		p += 2 + p[1];
	}
	return 0;
}

static int read_counters(struct trace_reader *r, const struct trace_block *b)
{
	struct counters *c = &r->counters;
	const __u8 *p = b->payload;
	__u32 nr, crc, names;
	size_t i;

	if (b->raw < TRACE_C_VALUES)
		return -EINVAL;
	nr = get32(p + TRACE_C_NR);
	crc = get32(p + TRACE_C_CRC);
	names = get32(p + TRACE_C_NAMES);
	if (nr > COUNTERS_MAX || b->raw - TRACE_C_VALUES < nr * 8 ||
	    b->raw - TRACE_C_VALUES - nr * 8 < names)
		return -EINVAL;
	if (!names && nr && (crc != r->names_crc || nr != c->nr))
		return -EINVAL;
	c->nr = nr;
	c->ts_ns = get64(p + TRACE_C_TS);
	p += TRACE_C_VALUES;
	for (i = 0; i < nr; i++)
		c->c[i].value = get64(p + i * 8);
	if (!names)
		return 0;
	r->names_crc = crc;
	if (!read_names(c, p + nr * 8, p + nr * 8 + names))
		return 0;
	c->nr = 0;
	return -EINVAL;
}

/* Saturates below 2^63: JSON has no greater integer. */
static __u64 sum(__u64 a, __u64 b)
{
	return a > INT64_MAX || b > INT64_MAX - a ? INT64_MAX : a + b;
}

static void read_lost(struct trace_reader *r, const struct trace_block *b)
{
	struct trace_line line;
	__u64 n, newer = 0;
	__u32 i;

	trace_line_begin(&line, b->payload, b->raw);
	while (trace_line_next(&line)) {
		if (trace_line_u64(&line, &n))
			continue;
		for (i = 0; i < MTHP_NR_LOSSES && strcmp(line.name, meta_loss_name(i)); i++)
			;
		if (i < MTHP_NR_LOSSES)
			r->lost[i] = n;
		else
			newer = sum(newer, n);
	}
	for (i = 0; i < MTHP_NR_LOSSES; i++)
		r->totals[i] = sum(r->before[i], r->lost[i]);
	/* Losses that this version has no name for. Each block has the running total. */
	r->totals[MTHP_L_SOURCE] = sum(r->totals[MTHP_L_SOURCE], newer);
}

/* Another trace stands behind this one: its losses begin at 0 again. */
static void next_trace(struct trace_reader *r)
{
	r->blocks.restarted = false;
	r->cut |= !r->ended;
	memcpy(r->before, r->totals, sizeof(r->before));
	memset(r->lost, 0, sizeof(r->lost));
	r->ended = false;
	r->nr_traces++;
}

static void read_end(const struct trace_block *b, struct trace_item *item)
{
	struct trace_line line;
	__u64 n;

	trace_line_begin(&line, b->payload, b->raw);
	while (trace_line_next(&line)) {
		if (trace_line_u64(&line, &n))
			continue;
		if (!strcmp(line.name, "end_ns"))
			item->end_ns = n;
		else if (!strcmp(line.name, "complete"))
			item->complete = n == 1;
	}
}

/* false: there is no room, or no memory. */
static bool add_cgroup(struct trace_reader *r, __u64 id, const char *path)
{
	struct cgroup_path *c = NULL;
	size_t size = sizeof(*c) + strlen(path) + 1;

	if (HASH_COUNT(r->cgroups) < CGROUPS_MAX && r->cgroups_bytes + size <= CGROUPS_BYTES_MAX)
		c = malloc(size);
	if (!c)
		return false;
	c->id = id;
	strcpy(c->path, path);
	HASH_ADD(hh, r->cgroups, id, sizeof(c->id), c);
	if (!hash_added(c)) {
		free(c);
		return false;
	}
	r->cgroups_bytes += size;
	return true;
}

static void read_cgroups(struct trace_reader *r, const struct trace_block *b)
{
	struct trace_line line;
	__u64 id;

	trace_line_begin(&line, b->payload, b->raw);
	while (trace_line_next(&line)) {
		char *end;

		id = strtoull(line.name, &end, 10);
		if (!*end && id && !trace_read_cgroup(r, id) && !add_cgroup(r, id, line.value))
			r->cgroups_full = true;
	}
}

/* Did @b give an item? If not, it has events, or nothing to hand out. */
static bool read_block(struct trace_reader *r, const struct trace_block *b, struct trace_item *item)
{
	switch (b->type) {
	case TRACE_T_META:
		item->what = TRACE_META;
		return read_meta(r, b);
	case TRACE_T_EVENTS:
		r->begun += b->events;
		if (r->begun > EVENTS_FREE + r->blocks.in.got * EVENTS_PER_BYTE)
			r->too_dense = true;
		if (r->too_dense || trace_unpack_begin(r->unpack, b->payload, b->raw, b->events))
			trace_blocks_lost(&r->blocks, b->events ? b->events : 1);
		return false;
	case TRACE_T_COUNTERS:
		item->what = TRACE_COUNTERS;
		item->counters = &r->counters;
		if (!read_counters(r, b))
			return true;
		trace_blocks_lost(&r->blocks, 1);
		return false;
	case TRACE_T_LOST:
		read_lost(r, b);
		item->what = TRACE_LOST;
		item->lost = r->totals;
		return true;
	case TRACE_T_END:
		read_end(b, item);
		item->complete &= !r->cut;
		item->what = TRACE_FINISH;
		r->ended = true;
		return true;
	case TRACE_T_CGROUPS:
		read_cgroups(r, b);
		return false;
	default:
		return false;
	}
}

/*
 * This build's number for a result number of the trace. One that the trace does not name is shown as that
 * number, and never by the name that this build gives it; *@renamed: that name is new in r->meta.
 */
static __u8 result_of(struct trace_reader *r, __u32 number, bool *renamed)
{
	char text[META_NAME_LEN];
	__u8 last = MTHP_NR_RESULTS - MTHP_RESULT_FIRST_FREE - 1, ours;

	if (!number)
		return MTHP_R_UNKNOWN;
	if (number < MTHP_NR_RESULTS && r->results[number])
		return r->results[number];
	if (number > UINT8_MAX)
		return MTHP_R_UNKNOWN;
	snprintf(text, sizeof(text), "status %u", number);
	ours = meta_result_find(&r->meta, text);
	if (!ours && !r->meta.extra_results[last][0]) {
		ours = meta_result_by_text(&r->meta, text);
		*renamed = true;
	}
	if (number < MTHP_NR_RESULTS)
		r->results[number] = ours;
	return ours;
}

/* Both places of an event that hold a result. Is there a new name in r->meta? */
static bool translate(struct trace_reader *r, struct mthp_ev *ev)
{
	bool renamed = false;

	ev->result = result_of(r, ev->result, &renamed);
	if (mthp_knows(ev, BLOCKED_BY))
		ev->v[MTHP_V_BLOCKED_BY] = result_of(r, ev->v[MTHP_V_BLOCKED_BY], &renamed);
	return renamed;
}

/* Is there an item: the next event, or the news that it brings a new name? */
static bool next_event(struct trace_reader *r, struct trace_item *item)
{
	struct mthp_ev *ev = r->held;

	r->held = NULL;
	if (!ev) {
		ev = trace_unpack_next(r->unpack);
		if (!ev) {
			trace_blocks_lost(&r->blocks, trace_unpack_take_bad(r->unpack));
			return false;
		}
		if (translate(r, ev)) {
			r->held = ev;
			item->what = TRACE_META;
			return true;
		}
	}
	r->events++;
	item->what = TRACE_EVENT;
	item->ev = ev;
	return true;
}

/* Reports once how the trace ended. */
static void finish(struct trace_reader *r)
{
	if (r->over)
		return;
	r->over = true;
	trace_blocks_end(&r->blocks);
	if (!r->name[0])
		return;
	if (r->cgroups_full)
		log_warn("too many cgroups: %s: %u have a path, the others are shown by their ids",
			 r->name, HASH_COUNT(r->cgroups));
	if (r->too_dense)
		log_warn("more than %u events for each byte: %s: the rest is not read",
			 EVENTS_PER_BYTE, r->name);
	if (!r->ended)
		log_warn("trace ends early: %s: %llu events kept, %llu events or blocks missing "
			 "(recording was killed or goes on, or the file was cut off)",
			 r->name, (unsigned long long)r->events,
			 (unsigned long long)r->blocks.lost);
	else if (r->blocks.lost || r->cut)
		log_warn("trace is damaged: %s: %llu events kept, %llu events or blocks missing",
			 r->name, (unsigned long long)r->events,
			 (unsigned long long)r->blocks.lost);
}

int trace_read_next(struct trace_reader *r, struct trace_item *item)
{
	struct trace_block b;
	int ret;

	if (r->err)
		return r->err;
	if (next_event(r, item))
		return 1;
	while (!r->over) {
		ret = trace_blocks_next(&r->blocks, &b);
		if (ret < 0)
			return failed(r, ret);
		if (!ret)
			break;
		if (r->blocks.restarted)
			next_trace(r);
		memset(item, 0, sizeof(*item));
		if (r->ended)
			trace_blocks_lost(&r->blocks, 1); /* nothing follows an end */
		else if (read_block(r, &b, item) || next_event(r, item))
			return 1;
	}
	finish(r);
	return 0;
}

/* Checks the head of the file and takes it. 0, or -errno after a message. */
static int read_head(struct trace_reader *r)
{
	const __u8 *p;
	__u32 size;
	long n;

	n = trace_in_look(&r->blocks.in, TRACE_HEAD_LEN, &p);
	if (n < 0)
		return failed(r, (int)n);
	if (!n)
		return refuse(r, "the file is empty (was anything recorded?)");
	if (memcmp(p, TRACE_MAGIC, n < TRACE_MAGIC_LEN ? (size_t)n : TRACE_MAGIC_LEN))
		return refuse(
			r,
			"not a mthptop trace, nor one of trace-cmd, ftrace or perf (make one with: mthptop record -o FILE)");
	if (n < TRACE_HEAD_LEN)
		return refuse(r, "cut off inside its head (nothing can be kept)");
	if (get32(p + TRACE_H_CRC) != crc32(0, p, TRACE_H_CRC)) {
		r->blocks.damaged = true;
		trace_in_take(&r->blocks.in, TRACE_HEAD_LEN);
		return 0;
	}
	if (get32(p + TRACE_H_BYTE_ORDER) != TRACE_BYTE_ORDER)
		return refuse(r,
			      "its byte order is reversed (mthptop writes little-endian traces on "
			      "every machine: convert it with what wrote it)");
	if (get16(p + TRACE_H_MAJOR) > TRACE_MAJOR || get32(p + TRACE_H_FEATURES))
		return refuse(r, "a newer mthptop wrote it (read it with that one)");
	size = get32(p + TRACE_H_SIZE);
	if (get16(p + TRACE_H_MAJOR) < TRACE_MAJOR || size < TRACE_HEAD_LEN ||
	    size > TRACE_HEAD_MAX)
		return refuse(r, "its head is wrong (nothing can be kept)");
	n = trace_in_look(&r->blocks.in, size, &p);
	if (n > 0)
		trace_in_take(&r->blocks.in, (size_t)n < size ? (size_t)n : size);
	return 0;
}

/* Reads up to the first META block: without it no later block can be understood. */
static int read_description(struct trace_reader *r)
{
	struct trace_block b;
	int ret;

	while (!r->described) {
		ret = trace_blocks_next(&r->blocks, &b);
		if (ret < 0)
			return failed(r, ret);
		if (!ret)
			return refuse(
				r, "its description of the machine is missing (cut off or damaged "
				   "at its beginning: nothing can be kept)");
		if (b.type == TRACE_T_META)
			read_meta(r, &b);
		else
			trace_blocks_lost(&r->blocks, b.events ? b.events : 1);
	}
	return 0;
}

static int begin(struct trace_reader **out, const char *name, const struct trace_in *in)
{
	struct trace_reader *r = calloc(1, sizeof(*r));
	int err;

	*out = NULL;
	if (r)
		r->unpack = trace_unpack_new();
	if (!r || !r->unpack) {
		log_err("cannot read trace: %s: out of memory", name);
		free(r);
		r = NULL;
		trace_in_free(
			&(struct trace_in){ .fd = in->fd, .buf = in->buf, .packed = in->packed });
		return -ENOMEM;
	}
	meta_init(&r->meta);
	snprintf(r->name, sizeof(r->name), "%s", name);
	r->blocks.in = *in;
	err = read_head(r);
	if (!err)
		err = read_description(r);
	if (err)
		trace_read_close(r);
	else
		*out = r;
	return err;
}

int trace_read_open_in(struct trace_reader **r, const char *name, const struct trace_in *in)
{
	return begin(r, name, in);
}

const struct meta *trace_read_meta(const struct trace_reader *r)
{
	return &r->meta;
}

__u64 trace_read_lost(const struct trace_reader *r)
{
	return r->blocks.lost;
}

const char *trace_read_cgroup(const struct trace_reader *r, __u64 id)
{
	struct cgroup_path *c;

	HASH_FIND(hh, r->cgroups, &id, sizeof(id), c);
	return c ? c->path : NULL;
}

void trace_read_close(struct trace_reader *r)
{
	struct cgroup_path *c, *next;

	if (!r)
		return;
	HASH_ITER(hh, r->cgroups, c, next) {
		HASH_DEL(r->cgroups, c);
		free(c);
	}
	trace_blocks_free(&r->blocks);
	trace_unpack_free(r->unpack);
	free(r);
}
