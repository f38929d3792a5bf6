/* SPDX-License-Identifier: GPL-2.0-only */
/* Copies of the page tables of a process, made by a BPF program for each of its mappings (bpf/survey.bpf.c). */
#ifndef SURVEY_ITER_PRIV_H
#define SURVEY_ITER_PRIV_H

#include <mthp/survey.h>

#include "survey/run_priv.h"

struct survey_iter;

/* 0; -ENOMEM; or -ENOTSUP with @why set: it cannot be done here. Prints nothing. */
int survey_iter_new(struct survey_iter **it, char *why, size_t size);
void survey_iter_free(struct survey_iter *it);

/* Where findings and answers are, until the next call. */
struct survey_area *survey_iter_area(const struct survey_iter *it);
const struct survey_call *survey_iter_call(const struct survey_iter *it);

/* Begins with a process. 0 or -errno. */
int survey_iter_start(struct survey_iter *it, __u32 pid);
/*
 * Reads on: 1, there are findings in the area; 0, there is nothing more; -errno. @holds gets the duration of the
 * call, so long mmap_lock was held for reading at most.
 */
int survey_iter_next(struct survey_iter *it, struct survey_holds *holds);
void survey_iter_stop(struct survey_iter *it);

/* Answers the first @nr questions in the area. 0 or -errno. */
int survey_iter_ask(struct survey_iter *it, __u32 nr);

#endif
