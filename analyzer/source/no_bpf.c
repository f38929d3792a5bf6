// SPDX-License-Identifier: GPL-2.0-only
/* The live source and its probes in a build without BPF (make NO_BPF=1). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "live/features.h"
#include "live/remedy.h"
#include "lib/log.h"
#include "model/source.h"

#define WHY "this mthptop: built without BPF (build it without NO_BPF=1)"

int source_live_open(struct source **s, const struct source_filter *filter, int stream)
{
	*s = NULL;
	log_err("cannot observe: %s", WHY);
	return -EOPNOTSUPP;
}

void source_live_drop(struct source *s, const struct confine *what)
{
}

void source_live_tap(struct source *s, source_tap_fn fn, void *ctx)
{
}

int kfeat_probe(struct kfeat *k, struct meta *meta)
{
	enum capability cap;

	memset(k, 0, sizeof(*k));
	snprintf(k->problem, sizeof(k->problem), "%s", WHY);
	for (cap = CAP_NONE + 1; cap < NR_CAPS; cap++)
		capability_set(meta, cap, FROM_NONE, WHY);
	return -ENOTSUP;
}

void kfeat_free(struct kfeat *k)
{
}

bool live_locked_down(void)
{
	return false;
}
