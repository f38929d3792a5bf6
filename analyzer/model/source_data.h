/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Data of a source beside events, for one screen. It lives as long as the model or a snapshot (also a paused
 * one) refers to it. The source embeds this at the start of its own struct.
 */
#ifndef MODEL_SOURCE_DATA_H
#define MODEL_SOURCE_DATA_H

#include <stddef.h>

struct extra {
	int holders;
	void (*free)(struct extra *x);
};

static inline struct extra *extra_get(struct extra *x)
{
	if (x)
		x->holders++;
	return x;
}

/* Takes NULL. */
static inline void extra_put(struct extra *x)
{
	if (x && !--x->holders)
		x->free(x);
}

#endif
