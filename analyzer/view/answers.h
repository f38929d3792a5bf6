/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What operators ask about huge pages, and what a snapshot says to it, in words. What the kernel did
 * not tell is answered so, with what would tell it.
 */
#ifndef VIEW_ANSWERS_H
#define VIEW_ANSWERS_H

#include "model/snapshot.h"

struct answer {
	const char *question;
	int known;	 /* 0: this trace cannot tell; the text says what could */
	char brief[64];	 /* "59.9M", "No"; "Cannot tell" */
	char text[1024]; /* sentences; names from outside are made harmless */
};

#define ANSWERS_NR 12

/* Fills all of them, in the order in which they are best read. */
void answers_make(const struct snapshot *s, struct answer *answers);

/* What happened, in a line: "100 collapses made 200M of huge pages". */
void answers_headline(const struct snapshot *s, char *buf, size_t len);

#endif
