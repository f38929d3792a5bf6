/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verdict with which every view begins: one word, the reason in a line, and the next step.
 *
 * The rules are tried from top to bottom, and the first that holds gives the word. docs/verdict.md explains them.
 */
#ifndef MODEL_VERDICT_H
#define MODEL_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <mthp/types.h>

struct snapshot;

#define VERDICT_CREEP_PERCENT	1  /* steps, of the collapses */
#define VERDICT_COSTLY_PERCENT	25 /* bytes filled with zeroes, of the bytes collapsed */
#define VERDICT_UNDOING_PERCENT 25 /* collapses that undid a split, of all collapses */
#define VERDICT_FAILING_PERCENT 40 /* attempts that failed, of all attempts */

/* X(NAME, word) */
#define VERDICTS(X)             \
	X(IDLE, "idle")         \
	X(HELPING, "helping")   \
	X(COSTLY, "costly")     \
	X(CREEPING, "creeping") \
	X(FAILING, "failing")

enum verdict_word {
#define X(name, word) VERDICT_##name,
	VERDICTS(X)
#undef X
	NR_VERDICTS
};

#define VERDICT_REASON_MAX 384 /* a result may have a long name, of a trace */
#define VERDICT_NEXT_MAX   256

struct verdict {
	enum verdict_word word;
	char reason[VERDICT_REASON_MAX]; /* "100 collapses made 200M of huge pages" */
	char next
		[VERDICT_NEXT_MAX]; /* a command, a setting, or where to look; "": nothing is to be done */
};

const char *verdict_name(enum verdict_word word);

/* The same as a sentence begins: "Costly". */
const char *verdict_title(enum verdict_word word);

/* Of the whole observation. Its numbers are those of the tables. */
void verdict_make(const struct snapshot *s, struct verdict *v);

/*
 * Of the last minute, as far as there are ticks, without a next step. False, and nothing written: there are none, or
 * they are of the whole observation.
 */
bool verdict_recent(const struct snapshot *s, struct verdict *v);

#endif
