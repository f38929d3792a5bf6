/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a source to metrics. The source is read when somebody asks, and not twice within a second; a caller that
 * is asked by nobody calls exporter_refresh() from time to time, so that no process comes and goes unseen.
 */
#ifndef EXPORT_EXPORTER_H
#define EXPORT_EXPORTER_H

#include "export/text_priv.h"
#include "model/source.h"

#define EXPORTER_MAX_CGROUPS 256

struct exporter_how {
	unsigned int cgroups; /* names of cgroups, at most EXPORTER_MAX_CGROUPS */
	bool top;	      /* only the most frequent results have a name */
	double speed;	      /* of a trace; 0: all of it at once */
};

struct exporter;

/* @source stays the caller's. 0, or -errno after a message. */
int exporter_new(struct exporter **e, struct source *source, const struct exporter_how *how);
/* Takes NULL. */
void exporter_free(struct exporter *e);

/* Takes the events that wait. */
void exporter_drain(struct exporter *e);

/* Reads the source, unless it was read within the last second. 0 or -errno. */
int exporter_refresh(struct exporter *e);

/*
 * The metrics now, valid until the next call; @version grows when they change. 0, or -errno: the source cannot be
 * read, and then old numbers would be wrong ones.
 */
int exporter_page(void *e, enum text_format format, const struct text **text, __u64 *version);

#endif
