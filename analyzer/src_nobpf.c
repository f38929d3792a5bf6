// SPDX-License-Identifier: GPL-2.0-only
/* Stands in for the live source where the build left it out (make NO_BPF=1). */
#include <errno.h>

#include "log.h"
#include "source.h"

int source_live_open(struct source **s, const struct source_filter *filter, int stream)
{
	(void)filter;
	(void)stream;
	*s = NULL;
	log_err("cannot observe: this mthptop: built without BPF (build it without NO_BPF=1)");
	return EXIT_CANNOT;
}

void source_live_drop(struct source *s)
{
	(void)s;
}

void source_live_tap(struct source *s, source_tap_fn fn, void *ctx)
{
	(void)s;
	(void)fn;
	(void)ctx;
}
