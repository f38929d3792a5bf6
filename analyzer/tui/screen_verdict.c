// SPDX-License-Identifier: GPL-2.0-only
/* The verdict, and the next step: the first lines of several screens. */
#include <stdio.h>
#include <string.h>

#include "lib/fmt.h"
#include "model/verdict.h"
#include "tui/screen_parts_priv.h"

static const enum colour verdict_colours[NR_VERDICTS] = {
	[VERDICT_IDLE] = COL_DIM,     [VERDICT_HELPING] = COL_GOOD, [VERDICT_COSTLY] = COL_WARN,
	[VERDICT_CREEPING] = COL_BAD, [VERDICT_FAILING] = COL_BAD,
};

/* While nothing is seen: when will there be something? */
static const char *wakes_up(const struct snapshot *s, const struct ui *ui, char *buf, size_t len)
{
	long long ms = s->meta.settings.scan_sleep_millisecs;
	char sleep[24];

	buf[0] = '\0';
	if (!ui->replay && !s->summary.scans && ms != META_UNKNOWN)
		snprintf(buf, len, " · khugepaged wakes up every %s",
			 fmt_ns((__u64)ms * 1000000, sleep, sizeof(sleep)));
	return buf;
}

int scr_verdict(struct cells *c, int y, const struct snapshot *s, const struct ui *ui)
{
	const struct snap_summary *sum = &s->summary;
	char text[VERDICT_REASON_MAX + 128], sleep[96];
	struct verdict now;

	snprintf(text, sizeof(text), "%s: %s%s", verdict_title(s->verdict.word), sum->headline,
		 s->verdict.word == VERDICT_IDLE ? wakes_up(s, ui, sleep, sizeof(sleep)) : "");
	y = scr_text(c, 0, y, c->w, verdict_colours[s->verdict.word], text);
	if (verdict_recent(s, &now) && now.word != s->verdict.word) {
		snprintf(text, sizeof(text), "%s now: %s", verdict_title(now.word), now.reason);
		y = scr_text(c, 0, y, c->w, verdict_colours[now.word], text);
	}
	if (sum->next[0]) {
		snprintf(text, sizeof(text), "Next: %s", sum->next);
		y = scr_text(c, 0, y, c->w, COL_TEXT, text);
	}
	return y;
}
