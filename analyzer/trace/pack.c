// SPDX-License-Identifier: GPL-2.0-only
/*
 * Collects events and turns them into the transposed form of an EVENTS block.
 *
 *	events   e0 | e1 | e2 ...	owners, numbered from 1, each once
 *	         differences (delta_priv.h), number of the owner in place of tgid
 *	group    of the events of one kind: bytes 0, of e0 e2 ... | bytes 1, of e0 e2 ... | ...
 *	         bytes that are 0 in all of them are left out, bytes that are equal stand once
 *
 * An event waits as the struct that it came in; its bitmaps wait in the order of the file in `aux`. One
 * table matches the members of the struct with the bytes of a record (trace_record_member()); nothing
 * else depends on the byte order of this machine.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "trace/delta_priv.h"
#include "trace/pack_priv.h"

#define OWNER_SLOTS (2 * TRACE_EVENTS_MAX) /* of the hash: a power of two */
#define TILE	    64 /* events transposed at a time: they stay in the L1 cache */
#define EV_WORDS    (sizeof(struct mthp_ev) / 8)
#define MASK_LEN    ((TRACE_RECORD_LEN + 7) / 8)

struct owner {
	__u64 mm;
	__u64 cgroup;
	__u32 tgid;
	__u32 zero;
	char comm[MTHP_COMM_LEN];
};
_Static_assert(sizeof(struct owner) == TRACE_OWNER_LEN, "owners are hashed and compared whole");

struct trace_pack {
	__u32 nr;
	__u32 nr_owners;
	__u32 last_owner; /* number of the latest one, as events come in runs; 0: none */
	size_t aux_len;
	struct mthp_ev ev[TRACE_EVENTS_MAX]; /* tgid: number of the owner */
	struct owner owner[TRACE_EVENTS_MAX];
	__u16 slot[OWNER_SLOTS];	/* number of an owner; 0: free */
	__u16 sorted[TRACE_EVENTS_MAX]; /* events by kind, and within a kind in their order */
	__u8 aux[TRACE_AUX_MAX];
	__u8 out[TRACE_RAW_MAX];
};
_Static_assert(TRACE_E_OWNER + TRACE_EVENTS_MAX * (TRACE_OWNER_LEN + 1 + TRACE_RECORD_LEN) +
			       MTHP_NR_KINDS * 3 * TRACE_RECORD_LEN + TRACE_AUX_MAX <
		       TRACE_RAW_MAX,
	       "a full block fits");

#define M(member, at)                                                                       \
	{                                                                                   \
		at, sizeof(((struct mthp_ev *)0)->member), offsetof(struct mthp_ev, member) \
	}
static const struct {
	__u16 at, size, offset;
} members[] = {
	M(ts_ns, TRACE_R_TS),
	M(addr, TRACE_R_ADDR),
	M(pfn, TRACE_R_PFN),
	M(dur_ns, TRACE_R_DUR),
	M(lock_ns, TRACE_R_LOCK),
	M(known, TRACE_R_KNOWN),
	M(tgid, TRACE_R_OWNER),
	M(tid, TRACE_R_TID),
	M(kind, TRACE_R_KIND),
	M(order, TRACE_R_ORDER),
	M(requester, TRACE_R_REQUESTER),
	M(result, TRACE_R_RESULT),
	M(sample, TRACE_R_SAMPLE),
	M(by, TRACE_R_BY),
	M(nr_words, TRACE_R_WORDS),
};
#undef M

static __u32 member_byte(__u32 offset, __u32 size, __u32 byte)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return offset + size - 1 - byte;
#else
	return offset + byte;
#endif
}

__u32 trace_record_member(__u32 at)
{
	size_t i;

	if (at >= TRACE_R_V && at < TRACE_RECORD_LEN)
		return member_byte(offsetof(struct mthp_ev, v) + (at - TRACE_R_V) / 4 * 4, 4,
				   (at - TRACE_R_V) % 4);
	for (i = 0; i < ARRAY_SIZE(members); i++)
		if (at >= members[i].at && at < (__u32)members[i].at + members[i].size)
			return member_byte(members[i].offset, members[i].size, at - members[i].at);
	return sizeof(struct mthp_ev);
}

struct trace_pack *trace_pack_new(void)
{
	return calloc(1, sizeof(struct trace_pack));
}

void trace_pack_free(struct trace_pack *p)
{
	free(p);
}

__u32 trace_pack_nr(const struct trace_pack *p)
{
	return p->nr;
}

static __u32 owner_hash(const struct owner *o)
{
	__u64 word[sizeof(*o) / 8], h = 0;
	size_t i;

	memcpy(word, o, sizeof(word));
	for (i = 0; i < ARRAY_SIZE(word); i++)
		h = (h ^ word[i]) * 0x9e3779b97f4a7c15ULL, h ^= h >> 29;
	return (__u32)(h >> 32) & (OWNER_SLOTS - 1);
}

/* Number of the owner of @ev in this block; 0: unknown. There is room: owners are at most events. */
static __u32 owner_number(struct trace_pack *p, const struct mthp_ev *ev)
{
	struct owner o = { .mm = ev->mm, .cgroup = ev->cgroup, .tgid = ev->tgid };
	__u32 slot, number;

	memcpy(o.comm, ev->comm, strnlen(ev->comm, sizeof(o.comm) - 1));
	if (p->last_owner && !memcmp(&p->owner[p->last_owner - 1], &o, sizeof(o)))
		return p->last_owner;
	if (!o.mm && !o.cgroup && !o.tgid && !o.comm[0])
		return 0;
	for (slot = owner_hash(&o); p->slot[slot]; slot = (slot + 1) & (OWNER_SLOTS - 1))
		if (!memcmp(&p->owner[p->slot[slot] - 1], &o, sizeof(o)))
			break;
	number = p->slot[slot];
	if (!number) {
		p->owner[p->nr_owners] = o;
		number = ++p->nr_owners;
		p->slot[slot] = (__u16)number;
	}
	p->last_owner = number;
	return number;
}

static void add_bitmaps(struct trace_pack *p, const struct mthp_ev *ev)
{
	const __u8 *from = (const __u8 *)(ev + 1);
	__u32 i, nr = MTHP_NR_BITMAPS * (__u32)ev->nr_words;
	__u64 word;

	for (i = 0; i < nr; i++) {
		memcpy(&word, from + i * sizeof(word), sizeof(word));
		put64(p->aux + p->aux_len, word);
		p->aux_len += sizeof(word);
	}
}

int trace_pack_add(struct trace_pack *p, const struct mthp_ev *ev)
{
	struct mthp_ev *to;

	if (!ev->kind || ev->kind >= MTHP_NR_KINDS || ev->order >= MTHP_NR_ORDERS ||
	    ev->nr_words > MTHP_MAX_WORDS)
		return -EINVAL;
	if (p->nr == TRACE_EVENTS_MAX ||
	    p->aux_len + trace_bitmap_bytes(ev->nr_words) > TRACE_AUX_MAX)
		return -ENOSPC;
	to = &p->ev[p->nr++];
	*to = *ev;
	to->tgid = owner_number(p, ev);
	/* No part of a record: bytes left here would count as used. */
	to->mm = 0;
	to->cgroup = 0;
	memset(to->pad, 0, sizeof(to->pad));
	memset(to->comm, 0, sizeof(to->comm));
	add_bitmaps(p, ev);
	return 0;
}

/* Turns members into differences; returns the time of the first event. */
static __u64 make_deltas(struct trace_pack *p)
{
	struct trace_delta delta = { .ts = p->ev[0].ts_ns };
	__u64 base = delta.ts;
	__u32 i;

	for (i = 0; i < p->nr; i++)
		trace_delta_make(&delta, &p->ev[i]);
	return base;
}

/* @used: bytes that are not 0 in some of @nr events; @varies: bytes that are not equal in all of them. */
static void compare_all(const struct trace_pack *p, const __u16 *which, __u32 nr,
			struct mthp_ev *used, struct mthp_ev *varies)
{
	__u64 sum[EV_WORDS] = { 0 }, diff[EV_WORDS] = { 0 }, first[EV_WORDS], word[EV_WORDS];
	__u32 i;
	size_t w;

	memcpy(first, &p->ev[which[0]], sizeof(first));
	for (i = 0; i < nr; i++) {
		memcpy(word, &p->ev[which[i]], sizeof(word));
		for (w = 0; w < EV_WORDS; w++) {
			sum[w] |= word[w];
			diff[w] |= word[w] ^ first[w];
		}
	}
	memcpy(used, sum, sizeof(sum));
	memcpy(varies, diff, sizeof(diff));
}

static __u8 *put_owners(const struct trace_pack *p, __u8 *out)
{
	__u32 i;

	for (i = 0; i < p->nr_owners; i++, out += TRACE_OWNER_LEN) {
		const struct owner *o = &p->owner[i];

		put64(out + TRACE_O_MM, o->mm);
		put64(out + TRACE_O_CGROUP, o->cgroup);
		put32(out + TRACE_O_TGID, o->tgid);
		put32(out + TRACE_O_TGID + 4, 0);
		memcpy(out + TRACE_O_COMM, o->comm, sizeof(o->comm));
	}
	return out;
}

/* How many events there are of each kind, and the events sorted by kind. */
static void sort_by_kind(struct trace_pack *p, __u32 nr[MTHP_NR_KINDS])
{
	__u32 i, at = 0, start[MTHP_NR_KINDS];

	memset(nr, 0, MTHP_NR_KINDS * sizeof(nr[0]));
	for (i = 0; i < p->nr; i++)
		nr[p->ev[i].kind]++;
	for (i = 0; i < MTHP_NR_KINDS; i++) {
		start[i] = at;
		at += nr[i];
	}
	for (i = 0; i < p->nr; i++)
		p->sorted[start[p->ev[i].kind]++] = (__u16)i;
}

/* Byte @offset of @nr events, one after the other. */
static void put_bytes(const struct trace_pack *p, const __u16 *which, __u32 nr, __u32 offset,
		      __u8 *out)
{
	__u32 i;

	for (i = 0; i < nr; i++)
		out[i] = ((const __u8 *)&p->ev[which[i]])[offset];
}

/* A group: a mask of used bytes, a mask of those that vary; then the bytes. */
static __u8 *put_group(const struct trace_pack *p, const __u16 *which, __u32 nr, __u8 *out)
{
	struct mthp_ev used, varies;
	__u8 *there = out, *many = out + MASK_LEN, *plane[TRACE_RECORD_LEN];
	__u32 at, i, n, first, offset, nr_planes = 0, from[TRACE_RECORD_LEN];

	compare_all(p, which, nr, &used, &varies);
	memset(out, 0, 2 * MASK_LEN);
	out += 2 * MASK_LEN;
	for (at = 0; at < TRACE_RECORD_LEN; at++) {
		offset = trace_record_member(at);
		if (at == TRACE_R_KIND || offset >= sizeof(used) || !((const __u8 *)&used)[offset])
			continue;
		there[at / 8] |= (__u8)(1U << (at % 8));
		if (!((const __u8 *)&varies)[offset]) {
			*out++ = ((const __u8 *)&used)[offset];
			continue;
		}
		many[at / 8] |= (__u8)(1U << (at % 8));
		from[nr_planes] = offset;
		plane[nr_planes++] = out;
		out += nr;
	}
	for (first = 0; first < nr; first += TILE) {
		n = nr - first < TILE ? nr - first : TILE;
		for (i = 0; i < nr_planes; i++)
			put_bytes(p, which + first, n, from[i], plane[i] + first);
	}
	return out;
}

static __u8 *put_groups(struct trace_pack *p, __u8 *out)
{
	__u32 i, at = 0, nr[MTHP_NR_KINDS];

	for (i = 0; i < p->nr; i++)
		*out++ = p->ev[i].kind;
	sort_by_kind(p, nr);
	for (i = 0; i < MTHP_NR_KINDS; at += nr[i++])
		if (nr[i])
			out = put_group(p, p->sorted + at, nr[i], out);
	return out;
}

const void *trace_pack_make(struct trace_pack *p, size_t *len)
{
	__u8 *out = p->out;

	put32(out + TRACE_E_RECORDS, p->nr);
	put16(out + TRACE_E_RECORD_SIZE, TRACE_RECORD_LEN);
	put16(out + TRACE_E_OWNER_SIZE, TRACE_OWNER_LEN);
	put32(out + TRACE_E_OWNERS, p->nr_owners);
	put32(out + TRACE_E_AUX, (__u32)p->aux_len);
	put64(out + TRACE_E_BASE, p->nr ? make_deltas(p) : 0);
	out = put_owners(p, p->out + TRACE_E_OWNER);
	out = put_groups(p, out);
	memcpy(out, p->aux, p->aux_len);
	*len = (size_t)(out - p->out) + p->aux_len;

	p->nr = 0;
	p->nr_owners = 0;
	p->last_owner = 0;
	p->aux_len = 0;
	memset(p->slot, 0, sizeof(p->slot));
	return p->out;
}
