/* SPDX-License-Identifier: GPL-2.0-only */
/* A process by way of its page tables: mappings, ranges and folios, as a walk through /proc finds them. */
#ifndef SURVEY_ITER_READ_PRIV_H
#define SURVEY_ITER_READ_PRIV_H

#include "survey/run_priv.h"

struct survey_look;
struct survey_reader;

/* Called for each mapping. @vma stays valid until the end of it, and only there has its rss. */
struct survey_mappings {
	void (*begin)(void *ctx, const struct survey_vma *vma);
	/* 0; another value ends the walk. */
	int (*end)(void *ctx, const struct survey_vma *vma);
	void *ctx;
};

/* 0; -ENOMEM; or -ENOTSUP with @why set: this kernel permits no such reading. Prints nothing. */
int survey_reader_new(struct survey_reader **r, const struct meta *meta, char *why, size_t size);
void survey_reader_free(struct survey_reader *r);

/* A survey begins, with the settings in @meta. */
void survey_reader_use(struct survey_reader *r, const struct meta *meta);

/*
 * Reads process @p, and hands its ranges to @look. 0; what a callback returned; -ESRCH: the process has no memory; -ESTALE:
 * it executed another program meanwhile, or what was read is another process; -errno.
 */
int survey_reader_read(struct survey_reader *r, const struct survey_proc *p,
		       struct survey_look *look, const struct survey_mappings *found,
		       struct survey_holds *holds);

/* When the process that was read started: clock ticks since boot, as in /proc/PID/stat. */
__u64 survey_reader_start(const struct survey_reader *r);

/* In this survey: ranges that could not be read, and pages whose folio changed while it was looked at. */
__u64 survey_reader_lost(const struct survey_reader *r);
__u64 survey_reader_moved(const struct survey_reader *r);

#endif
