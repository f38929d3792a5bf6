/* SPDX-License-Identifier: GPL-2.0-only */
/* What is mapped in one mapping of a process: sums, PMD ranges, plans, events. */
#ifndef SURVEY_RANGE_H
#define SURVEY_RANGE_H

#include <mthp/wire.h>

#include "survey/survey.h"

struct survey_folios;
struct survey_look;

/* @folios NULL: folios cannot be told. 0 or -ENOMEM. */
int survey_look_new(const struct survey *s, struct survey_folios *folios, struct survey_look **l);
void survey_look_free(struct survey_look *l);

/* What follows is of this mapping of this process, whose sums are added to. */
void survey_look_at(struct survey_look *l, struct survey_proc *p, const struct survey_vma *vma);
/* Events from now on go there. */
void survey_look_tap(struct survey_look *l, survey_event_fn each, void *ctx);

/* As in struct survey_found, with the struct survey_look as its ctx. */
int survey_look_pmd(void *look, __u64 start, __u64 end, int zero);
int survey_look_ptes(void *look, __u64 start, __u64 *pte, size_t nr);
/* The mapping has been gone through. */
void survey_look_end(struct survey_look *l);

/* Pages whose folio changed while it was looked at. */
__u64 survey_look_moved(const struct survey_look *l);

/*
 * Stretches mapped by folios larger than a page, of the mapping looked at: what may hold pages that
 * nobody wrote to.
 */
typedef void (*survey_huge_fn)(void *ctx, __u64 start, __u64 end);
void survey_look_huge(struct survey_look *l, survey_huge_fn fn, void *ctx);

#endif
