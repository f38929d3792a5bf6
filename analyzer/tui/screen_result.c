// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results explained: the meaning of each, what to do about it, and where it occurred. Of one result, or of all that
 * occurred: refusals first, most frequent first.
 */
#include <stdio.h>
#include <string.h>

#include "lib/fmt.h"
#include "model/refusals.h"
#include "model/results.h"
#include "tui/screen_parts_priv.h"
#include "tui/screen_priv.h"

#define INDENT 2

static int where(struct cells *c, int y, const struct snapshot *s, __u8 result)
{
	char text[160], size[24], count[24], share[24];
	size_t i;

	for (i = 0; i < s->nr_outcomes; i++) {
		const struct snap_outcome *o = &s->outcomes[i];

		if (o->key.result != result)
			continue;
		snprintf(text, sizeof(text), "%s of %s at %s by %s (%s of this kind)",
			 fmt_count(o->count, count, sizeof(count)), o->kind,
			 fmt_order(o->order, s->meta.page_size, size, sizeof(size)), o->requester,
			 fmt_ppm(o->share_ppm, share, sizeof(share)));
		y = scr_text(c, INDENT, y, c->w - INDENT, COL_DIM, text);
	}
	return y;
}

static int one(struct cells *c, int y, const struct snapshot *s, __u8 result)
{
	const char *meaning = results_meaning(result), *remedy = results_remedy(result);
	char text[256];

	y = scr_title(c, 0, y, c->w, meta_result_name(&s->meta, result));
	snprintf(text, sizeof(text), "Meaning: %s",
		 meaning ? meaning : "not known to this version of mthptop");
	y = scr_text(c, INDENT, y, c->w - INDENT, COL_TEXT, text);
	snprintf(text, sizeof(text), "To do: %s", remedy ? remedy : "nothing in particular");
	y = scr_text(c, INDENT, y, c->w - INDENT, remedy ? COL_STRONG : COL_DIM, text);
	return where(c, y, s, result) + 1;
}

/* A result for each row, and the rest of those that occurred. */
static int all(struct cells *c, int y, const struct snapshot *s)
{
	struct refusal r[REFUSALS_MAX];
	int nr = refusals_collect(s, refusals_is_refusal, r), i;
	bool done[MTHP_NR_RESULTS] = { false };
	size_t k;

	for (i = 0; i < nr && i < REFUSALS_MAX; i++) {
		__u8 result = r[i].o->key.result;

		if (!done[result])
			y = one(c, y, s, result);
		done[result] = true;
	}
	for (k = 0; k < s->nr_outcomes; k++) {
		__u8 result = s->outcomes[k].key.result;

		if (!done[result])
			y = one(c, y, s, result);
		done[result] = true;
	}
	return y;
}

void scr_result(struct cells *c, const struct snapshot *s, const struct ui *ui)
{
	if (ui->result != MTHP_R_UNKNOWN)
		one(c, 0, s, ui->result);
	else if (!all(c, 0, s))
		scr_text(c, 0, 0, c->w, COL_DIM, "no scan and no attempt has ended yet");
}
