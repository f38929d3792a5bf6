// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns an EVENTS block back into events, a few at a time, so that they stay in the L1 cache and have left
 * the store buffer when they are read.
 *
 * Reading a trace of millions of events spends its time here. All events of a kind have most bytes in
 * common: each begins as a copy of its group's template, and only bytes that vary are set one by
 * one. The payload is not trusted: trace_unpack_begin() checks its parts against its size once; numbers are
 * brought into range when an event is finished.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/delta_priv.h"
#include "trace/pack_priv.h"
#include "trace/unpack_priv.h"

#define TILE 32

/* The events of one kind. */
struct group {
	struct mthp_ev common; /* bytes that are equal in all of them */
	__u32 nr;
	__u32 next; /* event of the group */
	__u32 nr_planes;
	struct {
		const __u8 *bytes; /* of each, one after the other */
		__u32 offset;	   /* in struct mthp_ev */
	} plane[TRACE_RECORD_LEN];
};

struct trace_unpack {
	const __u8 *owners;
	__u32 nr_owners, owner_size;
	const __u8 *kinds; /* of the records, in their order */
	const __u8 *aux;
	size_t aux_left;
	__u32 nr, bad;
	__u32 first; /* record number of tile[0] */
	__u32 fill;  /* events in the tile */
	__u32 at;    /* next of them */
	struct trace_delta delta;
	struct group group[MTHP_NR_KINDS];
	struct mthp_ev tile[TILE];
	struct {
		struct mthp_ev ev;
		__u64 bitmaps[MTHP_NR_BITMAPS * MTHP_MAX_WORDS];
	} wide; /* an event that has bitmaps */
};

struct trace_unpack *trace_unpack_new(void)
{
	return calloc(1, sizeof(struct trace_unpack));
}

void trace_unpack_free(struct trace_unpack *u)
{
	free(u);
}

__u32 trace_unpack_take_bad(struct trace_unpack *u)
{
	__u32 bad = u->bad;

	u->bad = 0;
	return bad;
}

static bool bit(const __u8 *mask, __u32 at)
{
	return mask[at / 8] >> (at % 8) & 1;
}

/* Reads the group of @kind from @p on. Its end; NULL: that is behind @end. */
static const __u8 *read_group(struct group *g, __u8 kind, __u32 record_size, const __u8 *p,
			      const __u8 *end)
{
	const __u8 *there = p, *many = p + (record_size + 7) / 8;
	__u32 at, len, offset;

	if ((size_t)(end - p) < 2 * ((record_size + 7) / 8))
		return NULL;
	p += 2 * ((record_size + 7) / 8);
	memset(&g->common, 0, sizeof(g->common));
	g->common.kind = kind;
	g->nr_planes = 0;
	g->next = 0;
	for (at = 0; at < record_size; at++) {
		if (!bit(there, at))
			continue;
		len = bit(many, at) ? g->nr : 1;
		if ((size_t)(end - p) < len)
			return NULL;
		offset = trace_record_member(at);
		if (offset < sizeof(g->common) && at != TRACE_R_KIND) {
			((__u8 *)&g->common)[offset] = *p;
			if (bit(many, at)) {
				g->plane[g->nr_planes].bytes = p;
				g->plane[g->nr_planes++].offset = offset;
			}
		}
		p += len;
	}
	return p;
}

/* Reads all groups. Their end, or NULL. */
static const __u8 *read_groups(struct trace_unpack *u, __u32 record_size, const __u8 *p,
			       const __u8 *end)
{
	__u8 kind;
	__u32 i;

	if ((size_t)(end - p) < u->nr)
		return NULL;
	for (kind = 0; kind < MTHP_NR_KINDS; kind++)
		u->group[kind].nr = 0;
	u->kinds = p;
	for (i = 0; i < u->nr; i++) {
		if (!p[i] || p[i] >= MTHP_NR_KINDS)
			return NULL;
		u->group[p[i]].nr++;
	}
	p += u->nr;
	for (kind = 0; p && kind < MTHP_NR_KINDS; kind++)
		if (u->group[kind].nr)
			p = read_group(&u->group[kind], kind, record_size, p, end);
	return p;
}

int trace_unpack_begin(struct trace_unpack *u, const void *payload, size_t len, __u32 nr)
{
	const __u8 *p = payload, *end = p + len;
	__u32 record_size;

	u->nr = u->first = u->fill = u->at = u->bad = 0;
	if (len < TRACE_E_OWNER || get32(p + TRACE_E_RECORDS) != nr || !nr || nr > TRACE_EVENTS_MAX)
		return -EINVAL;
	record_size = get16(p + TRACE_E_RECORD_SIZE);
	u->owner_size = get16(p + TRACE_E_OWNER_SIZE);
	u->nr_owners = get32(p + TRACE_E_OWNERS);
	u->aux_left = get32(p + TRACE_E_AUX);
	if (record_size < TRACE_RECORD_LEN || record_size > TRACE_SIZE_MAX ||
	    u->owner_size < TRACE_OWNER_LEN || u->owner_size > TRACE_SIZE_MAX || u->nr_owners > nr)
		return -EINVAL;
	u->owners = p + TRACE_E_OWNER;
	if ((size_t)(end - u->owners) < (size_t)u->nr_owners * u->owner_size)
		return -EINVAL;
	memset(&u->delta, 0, sizeof(u->delta));
	u->delta.ts = get64(p + TRACE_E_BASE);
	u->nr = nr;
	p = read_groups(u, record_size, u->owners + (size_t)u->nr_owners * u->owner_size, end);
	if (!p || (size_t)(end - p) != u->aux_left) {
		u->nr = 0;
		return -EINVAL;
	}
	u->aux = p;
	return 0;
}

static void set_owner(const struct trace_unpack *u, struct mthp_ev *ev)
{
	__u32 number = ev->tgid;
	const __u8 *o;

	ev->tgid = 0;
	if (!number || number > u->nr_owners)
		return;
	o = u->owners + (size_t)(number - 1) * u->owner_size;
	ev->mm = get64(o + TRACE_O_MM);
	ev->cgroup = get64(o + TRACE_O_CGROUP);
	ev->tgid = get32(o + TRACE_O_TGID);
	memcpy(ev->comm, o + TRACE_O_COMM, sizeof(ev->comm) - 1);
}

/* Makes the next tile of events. */
static void next_tile(struct trace_unpack *u)
{
	__u32 i, j, nr;

	u->first += u->fill;
	nr = u->nr - u->first < TILE ? u->nr - u->first : TILE;
	for (j = 0; j < nr; j++) {
		struct group *g = &u->group[u->kinds[u->first + j]];
		__u8 *to = (__u8 *)&u->tile[j];
		__u32 n = g->next++;

		u->tile[j] = g->common;
		for (i = 0; i < g->nr_planes; i++)
			to[g->plane[i].offset] = g->plane[i].bytes[n];
	}
	u->fill = nr;
	u->at = 0;
}

static struct mthp_ev *take_bitmaps(struct trace_unpack *u, const struct mthp_ev *ev)
{
	__u32 i, nr = MTHP_NR_BITMAPS * (__u32)ev->nr_words;

	u->wide.ev = *ev;
	for (i = 0; i < nr; i++, u->aux += 8)
		u->wide.bitmaps[i] = get64(u->aux);
	u->aux_left -= trace_bitmap_bytes(ev->nr_words);
	return &u->wide.ev;
}

/* Gives up the block: it is unknown where the bitmaps of the following events begin. */
static void give_up(struct trace_unpack *u)
{
	u->bad += u->nr - (u->first + u->at - 1);
	u->first = u->nr;
	u->fill = u->at = 0;
}

struct mthp_ev *trace_unpack_next(struct trace_unpack *u)
{
	struct mthp_ev *ev;

	for (;;) {
		if (u->at == u->fill) {
			if (u->first + u->fill == u->nr)
				return NULL;
			next_tile(u);
		}
		ev = &u->tile[u->at++];
		trace_delta_undo(&u->delta, ev);
		set_owner(u, ev);
		if (ev->nr_words) {
			if (ev->nr_words > MTHP_MAX_WORDS ||
			    trace_bitmap_bytes(ev->nr_words) > u->aux_left) {
				give_up(u);
				return NULL;
			}
			ev = take_bitmaps(u, ev);
		}
		if (ev->order < MTHP_NR_ORDERS)
			break;
		u->bad++;
	}
	if (ev->requester >= MTHP_NR_REQUESTERS)
		ev->requester = MTHP_Q_UNKNOWN;
	if (ev->sample > MTHP_SAMPLE_CENSORED)
		ev->sample = MTHP_SAMPLE_NO;
	return ev;
}
