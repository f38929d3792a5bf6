// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions of operators and what a snapshot says to them; see answers.h.
 *
 * An answer takes numbers of the snapshot and adds up rows of them; it measures nothing of its own.
 * Each says by itself when nothing was told, so that no kernel's silence reads as "no".
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "view/answers_priv.h"
#include "view/phrase_priv.h"

void answer_say(struct answer *a, const char *fmt, ...)
{
	size_t at = strlen(a->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->text + at, sizeof(a->text) - at, fmt, ap);
	va_end(ap);
}

void answer_brief(struct answer *a, const char *fmt, ...)
{
	va_list ap;

	a->known = 1;
	va_start(ap, fmt);
	vsnprintf(a->brief, sizeof(a->brief), fmt, ap);
	va_end(ap);
}

void answer_asked(const struct snapshot *s, int requester, struct answer_asked *sum)
{
	size_t i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < s->nr_outcomes; i++) {
		const struct snap_outcome *o = &s->outcomes[i];

		if (o->key.requester != requester ||
		    !mthp_is_collapse(o->key.kind, s->meta.tier == TIER_OCCUPANCY) ||
		    !mthp_collapsed(o->key.kind, o->key.requester, o->key.result))
			continue;
		sum->done += o->count;
		sum->bytes += o->count * ((__u64)s->meta.page_size << o->order);
		sum->told += o->told;
		sum->filled += o->told ? o->filled_bytes : 0;
	}
}

static const struct {
	const char *question;
	void (*answer)(const struct snapshot *s, struct answer *a);
} questions[] = {
#define X(name, text) { text, answer_##name },
	ANSWERS(X)
#undef X
};

_Static_assert(ARRAY_SIZE(questions) == ANSWERS_NR, "one answer each");

void answers_make(const struct snapshot *s, struct answer *answers)
{
	size_t i;

	for (i = 0; i < ANSWERS_NR; i++) {
		struct answer *a = &answers[i];

		memset(a, 0, sizeof(*a));
		a->question = questions[i].question;
		questions[i].answer(s, a);
		if (!a->known)
			snprintf(a->brief, sizeof(a->brief), "Cannot tell");
	}
}

void answers_headline(const struct snapshot *s, char *buf, size_t len)
{
	const struct snap_summary *sum = &s->summary;

	if (sum->collapses)
		snprintf(buf, len, "%s made %s of huge pages", words_collapses(sum->collapses).s,
			 words_bytes(sum->collapsed_bytes).s);
	else if (sum->failures)
		snprintf(buf, len, "%s tried, none succeeded", words_collapses(sum->failures).s);
	else if (sum->scans)
		snprintf(buf, len, "%s, no collapse", words_count(sum->scans, "scan", "scans").s);
	else
		snprintf(buf, len, "Nothing was scanned");
}
