/* SPDX-License-Identifier: GPL-2.0-only */
/* Which folio each page belongs to, from /proc/kpageflags. */
#ifndef SURVEY_FOLIO_PRIV_H
#define SURVEY_FOLIO_PRIV_H

#include "survey/run_priv.h"

struct survey_folios;

/*
 * 0 or -ENOMEM. *f is NULL after -EPERM, -ENOENT, ...: folios cannot be told here, for want of
 * privilege (CAP_SYS_ADMIN) or of the file.
 */
int survey_folios_open(struct survey_folios **f);
void survey_folios_close(struct survey_folios *f);

/*
 * Fills @folio (SURVEY_FOLIO_*) for @nr entries, and turns entries of the zero page into such.
 * Returns how many pages' folios could not be told, because they changed meanwhile.
 */
size_t survey_folios_look(struct survey_folios *f, __u64 *pte, size_t nr, __u8 *folio);

#endif
