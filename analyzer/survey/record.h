/* SPDX-License-Identifier: GPL-2.0-only */
/* A survey as a trace: a scan event for each PMD range, like khugepaged's own scan. */
#ifndef SURVEY_RECORD_H
#define SURVEY_RECORD_H

#include "survey/run_priv.h"

struct survey_record;

/* 0, or -errno after a message. */
int survey_record_open(const char *path, const struct survey_wanted *wanted,
		       struct survey_record **r);

/* Fits survey_event_fn, with the record as its ctx. */
int survey_record_event(void *record, const struct mthp_ev *ev, const struct survey_proc *p);

/* Takes NULL. 0; -EBADMSG after a message: the file is incomplete. */
int survey_record_close(struct survey_record *r);
/* Ends it without a trace: an older file stays. Takes NULL. */
void survey_record_drop(struct survey_record *r);

#endif
