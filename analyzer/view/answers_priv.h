/* SPDX-License-Identifier: GPL-2.0-only */
/* What answers are made with; see answers.h. One function for each question. */
#ifndef VIEW_ANSWERS_PRIV_H
#define VIEW_ANSWERS_PRIV_H

#include "view/answers.h"

#define ANSWER_TIER2 "a kernel with the mthp tracepoints tells it (tier 2)"

/* Appends to the text. */
void answer_say(struct answer *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The answer in a word or two; from then on it is one. */
void answer_brief(struct answer *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Succeeded collapses that one of enum mthp_requester asked for. */
struct answer_asked {
	__u64 done, bytes, filled, told;
};

void answer_asked(const struct snapshot *s, int requester, struct answer_asked *sum);

/* X(function, question), in the order in which they are best read. */
#define ANSWERS(X)                                                            \
	X(growth, "Does memory grow because of khugepaged?")                  \
	X(who, "Which processes are collapsed, to which sizes?")              \
	X(full, "How full was the memory, and how much was invented?")        \
	X(creep, "Does one collapse lead to the next (creep)?")               \
	X(why_not, "Why is memory not collapsed?")                            \
	X(pause, "How long does a collapse stop a process?")                  \
	X(cpu, "Is khugepaged getting anywhere?")                             \
	X(requester, "Who asked for collapses?")                              \
	X(setting, "Which max_ptes_none would be right?")                     \
	X(again, "Is what was split collapsed again?")                        \
	X(shrinker, "Does the shrinker of underused huge pages do anything?") \
	X(worth, "Are the huge pages worth keeping?")

#define X(name, question) void answer_##name(const struct snapshot *s, struct answer *a);
ANSWERS(X)
#undef X

#endif
