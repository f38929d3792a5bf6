// SPDX-License-Identifier: GPL-2.0-only
/*
 * A chain that collapsed 64K, then 128K around it, then 2M around that reports a record at each step. The
 * list keeps the last one. Steps are rarer than scans and the list is short, so a search is linear.
 */
#include <stdlib.h>

#include "model/chains_priv.h"

void chains_free(struct chains *c)
{
	free(c->rec);
	c->rec = NULL;
	c->nr = c->room = 0;
}

static void drop(struct chains *c, size_t i)
{
	c->rec[i] = c->rec[--c->nr];
}

/* Does @rec's chain continue @old's, or include it? */
static int goes_on(const struct mthp_creep_rec *rec, const struct mthp_creep_rec *old)
{
	return old->mm == rec->mm && old->tgid == rec->tgid && old->order <= rec->order &&
	       old->addr >= rec->addr &&
	       (old->addr - rec->addr) >> rec->page_shift >> rec->order == 0 &&
	       old->ts_ns <= rec->ts_ns;
}

static void drop_oldest(struct chains *c)
{
	size_t oldest = 0, i;

	for (i = 1; i < c->nr; i++)
		if (c->rec[i].ts_ns < c->rec[oldest].ts_ns)
			oldest = i;
	drop(c, oldest);
}

static int make_room(struct chains *c)
{
	size_t room = c->room ? 2 * c->room : 16;
	struct mthp_creep_rec *rec;

	if (c->nr < c->room)
		return 1;
	rec = room <= CHAINS_MAX ? reallocarray(c->rec, room, sizeof(*rec)) : NULL;
	if (!rec)
		return 0;
	c->rec = rec;
	c->room = room;
	return 1;
}

unsigned int chains_add(struct chains *c, const struct mthp_creep_rec *rec)
{
	unsigned int dropped = 0;
	size_t i;

	/* A step that begins a chain cannot continue another one. */
	for (i = 0; rec->steps > 1 && i < c->nr;) {
		if (goes_on(rec, &c->rec[i]))
			drop(c, i);
		else
			i++;
	}
	if (!make_room(c)) {
		if (!c->nr)
			return 1;
		drop_oldest(c);
		dropped = 1;
	}
	c->rec[c->nr++] = *rec;
	return dropped;
}
