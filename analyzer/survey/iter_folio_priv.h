/* SPDX-License-Identifier: GPL-2.0-only */
/* The folios of frames, by questions to the kernel's struct page: as few as can be. */
#ifndef SURVEY_ITER_FOLIO_PRIV_H
#define SURVEY_ITER_FOLIO_PRIV_H

#include "survey/iter_priv.h"

struct survey_asker;

int survey_asker_new(struct survey_asker **a, struct survey_iter *it, const struct meta *meta);
void survey_asker_free(struct survey_asker *a);

/* Forgets all questions. */
void survey_ask_begin(struct survey_asker *a);
/* Everything about one page. */
void survey_ask_page(struct survey_asker *a, __u64 pfn);
/* The folios of @nr frames from @pfn on. */
void survey_ask_folios(struct survey_asker *a, __u64 pfn, __u32 nr);
/* Has them answered. 0; -EAGAIN: smaller folios came into being, so ask again; -errno. */
int survey_ask_all(struct survey_asker *a);

/* The answers, in the order of the questions. */
const struct survey_look_answer *survey_answer_page(struct survey_asker *a);
/*
 * The folio of the page @pfn, and how many pages from it on, up to @nr, are of the same folio. For pages that are
 * folios of their own: how many in a row are.
 */
struct survey_look_answer survey_answer_folios(struct survey_asker *a, __u64 pfn, __u32 nr,
					       __u32 *pages);

#endif
