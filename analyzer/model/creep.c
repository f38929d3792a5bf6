// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table of PMD ranges, bounded in bytes. The range whose latest scan or collapse is the oldest is dropped,
 * and counted. uthash keeps rows in the order in which they were added, so a row that is used is removed
 * and added again.
 */
#include <stdlib.h>
#include <string.h>

/* As in BPF: order 2 is the smallest of a block, and PMD ranges of 64K pages have most PTEs. */
#define MTHP_POLICY_MIN_ORDER 2
#define MTHP_POLICY_MAX_PTES  8192
#include <mthp/creep_ev.h>

#include "lib/hash.h"

#include "model/creep_priv.h"
#include "model/meta.h"

#define MAX_BYTES (96UL << 20)

struct range {
	struct mthp_creep_key key;
	UT_hash_handle hh;
	struct mthp_creep creep; /* mthp_creep_size() bytes of it */
};

struct creep {
	__u32 page_shift;
	__u32 pmd_order;
	size_t max_ranges;
	struct range *ranges;
	__u64 forgotten;
};

struct creep *creep_new(const struct meta *meta)
{
	struct creep *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	while (c->page_shift < 31 && 1U << c->page_shift < meta->page_size)
		c->page_shift++;
	/* If the PMD order is unknown or impossible, no creep is found. */
	if (meta->pmd_order >= 6 && meta->pmd_order <= MTHP_POLICY_MAX_ORDER)
		c->pmd_order = meta->pmd_order;
	c->max_ranges = MAX_BYTES / (sizeof(struct range) - sizeof(struct mthp_creep) +
				     mthp_creep_size(c->pmd_order));
	return c;
}

void creep_free(struct creep *c)
{
	struct range *r, *next;

	if (!c)
		return;
	HASH_ITER(hh, c->ranges, r, next) {
		HASH_DEL(c->ranges, r);
		free(r);
	}
	free(c);
}

__u64 creep_forgotten(const struct creep *c)
{
	return c->forgotten;
}

/* Puts @r at the end. NULL: there is no memory for the table; @r is forgotten. */
static struct range *put(struct creep *c, struct range *r)
{
	HASH_ADD(hh, c->ranges, key, sizeof(r->key), r);
	if (hash_added(r))
		return r;
	free(r);
	c->forgotten++;
	return NULL;
}

static struct range *find(struct creep *c, const struct mthp_ev *ev)
{
	struct mthp_creep_key key;
	struct range *r;

	mthp_creep_key(ev, c->page_shift + c->pmd_order, &key);
	HASH_FIND(hh, c->ranges, &key, sizeof(key), r);
	if (!r)
		return NULL;
	HASH_DEL(c->ranges, r);
	return put(c, r);
}

static struct range *make(struct creep *c, const struct mthp_ev *ev)
{
	struct range *r = c->ranges;

	if (r && HASH_COUNT(c->ranges) >= c->max_ranges) {
		HASH_DEL(c->ranges, r);
		free(r);
		c->forgotten++;
	}
	r = calloc(1, sizeof(*r) - sizeof(r->creep) + mthp_creep_size(c->pmd_order));
	if (!r) {
		c->forgotten++;
		return NULL;
	}
	mthp_creep_key(ev, c->page_shift + c->pmd_order, &r->key);
	return put(c, r);
}

static void scan(struct creep *c, const struct mthp_ev *ev)
{
	struct mthp_policy_params p;
	struct range *r;

	if (ev->order != c->pmd_order || !mthp_creep_is_scan(ev, MTHP_POLICY_WORDS, &p))
		return;
	r = find(c, ev);
	if (!r && mthp_creep_starts(ev))
		r = make(c, ev);
	if (!r)
		return;
	mthp_creep_feed_scan(&r->creep, &p, (const __u64 *)(ev + 1), ev->nr_words, ev->ts_ns);
	r->creep.rule = mthp_creep_rule(ev);
}

static void collapse(struct creep *c, const struct mthp_ev *ev, struct creep_found *found)
{
	struct mthp_creep_step step;
	struct range *r = find(c, ev);
	int verdict = MTHP_CREEP_UNKNOWN;

	if (r)
		verdict = mthp_creep_feed_collapse(&r->creep, ev, c->page_shift, &step);
	found->unscanned = verdict == MTHP_CREEP_UNKNOWN;
	found->step = verdict == MTHP_CREEP_STEP;
	if (!found->step)
		return;
	memset(&found->rec, 0, sizeof(found->rec));
	mthp_creep_rec(&r->creep, ev, &step, c->page_shift, &found->rec);
	found->rec.cgroup = ev->cgroup;
	memcpy(found->rec.comm, ev->comm, sizeof(found->rec.comm));
	found->rec.comm[MTHP_COMM_LEN - 1] = '\0';
}

void creep_event(struct creep *c, const struct mthp_ev *ev, struct creep_found *found)
{
	found->unscanned = found->step = 0;
	if (!c->pmd_order)
		return;
	if (ev->kind == MTHP_K_MTHP_SCAN)
		scan(c, ev);
	else if (mthp_creep_is_collapse(ev))
		collapse(c, ev, found);
}
