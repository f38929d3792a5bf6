// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns an EVENTS block back into events, a tile of them at a time, so that what is being put
 * together stays in the L1 cache.
 *
 * Reading a trace of millions of events spends its time here: planes are the outer loop, so that
 * each byte costs one load and one store and no decision. The payload is not trusted: its
 * parts are checked against its size once, in trace_unpack_begin(); numbers in it are brought
 * into range when an event is finished.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace_delta.h"
#include "trace_pack.h"
#include "trace_unpack.h"

#define TILE 64

struct trace_unpack {
	const __u8 *kinds; /* of the records, in their order; NULL: all 0 */
	const __u8 *owners;
	__u32 nr_owners, owner_size;
	const __u8 *aux;
	size_t aux_left;
	__u32 nr, bad;
	__u32 first; /* record number of tile[0] */
	__u32 fill;  /* events in the tile */
	__u32 at;    /* next of them */
	struct trace_delta delta;
	__u16 place[TRACE_EVENTS_MAX]; /* of a record in a plane */
	__u32 nr_planes;
	struct {
		const __u8 *bytes;
		__u32 offset; /* in struct mthp_ev */
	} plane[TRACE_RECORD_LEN];
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

/* Finds the planes from @bytes on and returns where they end; NULL: behind @end. */
static const __u8 *find_planes(struct trace_unpack *u, const __u8 *mask, __u32 record_size,
			       const __u8 *bytes, const __u8 *end)
{
	__u32 at, offset;

	u->nr_planes = 0;
	u->kinds = NULL;
	for (at = 0; at < record_size; at++) {
		if (!(mask[at / 8] >> (at % 8) & 1))
			continue;
		if ((size_t)(end - bytes) < u->nr)
			return NULL;
		offset = trace_record_member(at);
		if (at == TRACE_R_KIND) {
			u->kinds = bytes;
		} else if (offset < sizeof(struct mthp_ev)) {
			u->plane[u->nr_planes].bytes = bytes;
			u->plane[u->nr_planes++].offset = offset;
		}
		bytes += u->nr;
	}
	return bytes;
}

/* Planes have the records ordered by kind, but that of the kinds itself. */
static void sort_by_kind(struct trace_unpack *u)
{
	__u32 i, at = 0, nr[256] = { 0 }, start[256];

	for (i = 0; i < u->nr; i++)
		nr[u->kinds ? u->kinds[i] : 0]++;
	for (i = 0; i < 256; i++) {
		start[i] = at;
		at += nr[i];
	}
	for (i = 0; i < u->nr; i++)
		u->place[i] = (__u16)start[u->kinds ? u->kinds[i] : 0]++;
}

int trace_unpack_begin(struct trace_unpack *u, const void *payload, size_t len, __u32 nr)
{
	const __u8 *p = payload, *end = p + len, *mask = p + TRACE_E_MASK;
	__u32 record_size, mask_len;

	u->nr = u->first = u->fill = u->at = u->bad = 0;
	if (len < TRACE_E_MASK || get32(p + TRACE_E_RECORDS) != nr || !nr || nr > TRACE_EVENTS_MAX)
		return -EINVAL;
	record_size = get16(p + TRACE_E_RECORD_SIZE);
	u->owner_size = get16(p + TRACE_E_OWNER_SIZE);
	u->nr_owners = get32(p + TRACE_E_OWNERS);
	u->aux_left = get32(p + TRACE_E_AUX);
	if (record_size < TRACE_RECORD_LEN || record_size > TRACE_SIZE_MAX ||
	    u->owner_size < TRACE_OWNER_LEN || u->owner_size > TRACE_SIZE_MAX || u->nr_owners > nr)
		return -EINVAL;
	mask_len = (record_size + 7) / 8;
	if ((size_t)(end - mask) < mask_len + (size_t)u->nr_owners * u->owner_size)
		return -EINVAL;
	u->owners = mask + mask_len;
	u->nr = nr;
	p = find_planes(u, mask, record_size, u->owners + (size_t)u->nr_owners * u->owner_size,
			end);
	if (!p || (size_t)(end - p) != u->aux_left) {
		u->nr = 0;
		return -EINVAL;
	}
	u->aux = p;
	memset(&u->delta, 0, sizeof(u->delta));
	u->delta.ts = get64((const __u8 *)payload + TRACE_E_BASE);
	sort_by_kind(u);
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

/* Puts the next tile of events together. */
static void next_tile(struct trace_unpack *u)
{
	__u32 i, j, nr;

	u->first += u->fill;
	nr = u->nr - u->first < TILE ? u->nr - u->first : TILE;
	memset(u->tile, 0, nr * sizeof(u->tile[0]));
	for (i = 0; i < u->nr_planes; i++) {
		const __u8 *from = u->plane[i].bytes;
		const __u16 *place = u->place + u->first;
		__u8 *to = (__u8 *)u->tile + u->plane[i].offset;

		for (j = 0; j < nr; j++)
			to[j * sizeof(u->tile[0])] = from[place[j]];
	}
	if (u->kinds)
		for (j = 0; j < nr; j++)
			u->tile[j].kind = u->kinds[u->first + j];
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

/* Where the bitmaps of the events behind the current one begin is not known: gives up the block. */
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
		if (ev->kind && ev->kind < MTHP_NR_KINDS && ev->order < MTHP_NR_ORDERS)
			break;
		u->bad++;
	}
	if (ev->requester >= MTHP_NR_REQUESTERS)
		ev->requester = MTHP_Q_UNKNOWN;
	if (ev->sample > MTHP_SAMPLE_CENSORED)
		ev->sample = MTHP_SAMPLE_NO;
	return ev;
}
