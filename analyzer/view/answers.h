/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions of operators about huge pages, answered from a snapshot in words. If the answer is unknown,
 * the text says what would give it.
 */
#ifndef VIEW_ANSWERS_H
#define VIEW_ANSWERS_H

#include "model/snapshot.h"

struct answer {
	const char *question;
	bool known;
	char brief[64];	 /* "59.9M", "No"; "Unknown" */
	char text[1024]; /* sentences; names from outside are made harmless */
};

#define ANSWERS_NR 13

/* Fills all ANSWERS_NR, in the order in which they are best read. */
void answers_make(const struct snapshot *s, struct answer *answers);

#endif
