/* SPDX-License-Identifier: GPL-2.0-only */
/* The folio of each page, from /proc/kpageflags. */
#ifndef SURVEY_FOLIO_PRIV_H
#define SURVEY_FOLIO_PRIV_H

#include "survey/run_priv.h"

struct survey_folios;

/*
 * 0 or -ENOMEM. *f is NULL after -EPERM, -ENOENT, ...: folios are unknown here, without the privilege
 * (CAP_SYS_ADMIN) or the file.
 */
int survey_folios_open(struct survey_folios **f);
void survey_folios_close(struct survey_folios *f);

/*
 * Fills @folio (SURVEY_FOLIO_*) for @nr entries, and marks entries that map the zero page. Returns the
 * number of pages whose folio is unknown, because it changed while it was read.
 */
size_t survey_folios_look(struct survey_folios *f, __u64 *pte, size_t nr, __u8 *folio);

#endif
