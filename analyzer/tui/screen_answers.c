// SPDX-License-Identifier: GPL-2.0-only
/* Answers: the questions of the report (view/answers.h). Those without an answer stand together at the end. */
#include <string.h>

#include "tui/screen_parts_priv.h"
#include "tui/screen_priv.h"
#include "view/answers.h"

#define INDENT 2

static int one(struct cells *c, int y, const struct answer *a)
{
	char text[sizeof(a->brief) + sizeof(a->text) + 2];

	y = scr_text(c, 0, y, c->w, a->known ? COL_STRONG : COL_DIM, a->question);
	snprintf(text, sizeof(text), "%s%s%s", a->known ? a->brief : "", a->known ? ". " : "",
		 a->text);
	return scr_text(c, INDENT, y, c->w - INDENT, a->known ? COL_TEXT : COL_DIM, text);
}

void scr_answers(struct cells *c, const struct snapshot *s, const struct ui *ui)
{
	struct answer a[ANSWERS_NR];
	int y, unknown = 0;
	size_t i;

	answers_make(s, a);
	y = scr_verdict(c, 0, s, ui);
	for (i = 0; i < ANSWERS_NR; i++) {
		if (a[i].known)
			y = one(c, y + 1, &a[i]);
		else
			unknown++;
	}
	if (!unknown)
		return;
	y = scr_title(c, 0, y + 1, c->w, "Unknown, and why");
	for (i = 0; i < ANSWERS_NR; i++)
		if (!a[i].known)
			y = one(c, y, &a[i]);
}
