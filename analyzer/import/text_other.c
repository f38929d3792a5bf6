// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines without an event of khugepaged: what a tool reports as lost, and the comments of ftrace and perf
 * script. Other words may stand in front of these, too.
 */
#include <string.h>

#include "import/text_head_priv.h"

/* "CPU:1 [LOST 12 EVENTS]", "CPU:1 [12 EVENTS DROPPED]"; the number may be missing. */
static void take_loss(struct imp_text *t, struct cursor c)
{
	const char *p;
	__u64 n;

	while ((p = find(&c, "CPU:"))) {
		c.at = p + 4;
		number(&c);
		skip_spaces(&c);
		if (!TAKE(&c, "["))
			continue;
		TAKE(&c, "LOST ");
		n = number(&c);
		skip_spaces(&c);
		if (TAKE(&c, "EVENTS"))
			t->lost += n ? n : 1;
	}
}

/* perf script --show-lost-events: "... PERF_RECORD_LOST lost 12", "PERF_RECORD_LOST_SAMPLES lost 12" */
static void take_perf_loss(struct imp_text *t, struct cursor c)
{
	c.at = find(&c, "PERF_RECORD_LOST");
	if (c.at)
		c.at = find(&c, "lost ");
	if (!c.at)
		return;
	c.at += 5;
	t->lost += number(&c);
}

static void copy_word(struct cursor c, char *to, size_t len)
{
	size_t n = (size_t)(c.end - c.at);

	if (n >= len)
		n = len - 1;
	memcpy(to, c.at, n);
	to[n] = '\0';
}

/* Comments: the head of ftrace's own file, and perf script --header. */
static void take_comment(struct imp_text *t, struct cursor c)
{
	__u64 kept, written;
	const char *p;

	if (TAKE(&c, "# entries-in-buffer/entries-written: ")) {
		t->lines++;
		t->tracer = true;
		kept = number(&c);
		written = TAKE(&c, "/") ? number(&c) : kept;
		if (written > kept)
			t->lost += written - kept;
		p = find(&c, "#P:");
		if (p) {
			c.at = p + 3;
			t->meta->nr_cpus = (__u32)number(&c);
		}
	} else if (TAKE(&c, "# tracer:")) {
		t->lines++;
		t->tracer = true;
	} else if (TAKE(&c, "# captured on")) {
		t->lines++;
	} else if (TAKE(&c, "# os release : ")) {
		copy_word(c, t->meta->release, sizeof(t->meta->release));
	} else if (TAKE(&c, "# arch : ")) {
		copy_word(c, t->meta->machine, sizeof(t->meta->machine));
	} else if (TAKE(&c, "# nrcpus online : ")) {
		t->meta->nr_cpus = (__u32)number(&c);
	}
}

/* "58 2 1955062312526 type: 757": a line of ftrace's options/raw, which has no names of events. */
static void take_raw(struct imp_text *t, struct cursor c)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (c.at == c.end || !is_digit(*c.at))
			return;
		number(&c);
		skip_spaces(&c);
	}
	if (!TAKE(&c, "type: "))
		return;
	t->bad.lines++;
	t->bad.raw++;
}

void imp_text_other(struct imp_text *t, struct cursor c)
{
	const char *p = memchr(c.at, '#', (size_t)(c.end - c.at));
	struct cursor at;

	if (p) {
		at = (struct cursor){ p, c.end };
		take_comment(t, at);
	}
	if (find(&c, "EVENTS"))
		take_loss(t, c);
	else
		take_perf_loss(t, c);
	p = find(&c, "cpus=");
	if (p && (p == c.at || is_blank(p[-1]))) {
		at = (struct cursor){ p + 5, c.end };
		if (at.at < at.end && is_digit(*at.at))
			t->meta->nr_cpus = (__u32)number(&at);
	}
	take_raw(t, c);
	t->odd += *c.at != '#';
}
