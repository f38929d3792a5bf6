// SPDX-License-Identifier: GPL-2.0-only
/* Events over time, as lanes of bars one above the other, each with its own scale. */
#include <string.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "html/charts_priv.h"
#include "html/svg_priv.h"

#define LANE_HEIGHT 46

struct lane {
	const char *name;
	__u64 (*a)(const struct snapshot *s, const struct snap_slot *slot);
	__u64 (*b)(const struct snapshot *s, const struct snap_slot *slot);
	const char *second; /* as in struct svg_bars */
	int is_bytes;
};

static __u64 slot_scans(const struct snapshot *s, const struct snap_slot *slot)
{
	return slot->scans;
}

static __u64 slot_pmd(const struct snapshot *s, const struct snap_slot *slot)
{
	return slot->collapses_at[s->meta.pmd_order % MTHP_NR_ORDERS];
}

static __u64 slot_smaller(const struct snapshot *s, const struct snap_slot *slot)
{
	return slot->collapses - slot_pmd(s, slot);
}

static __u64 slot_failed(const struct snapshot *s, const struct snap_slot *slot)
{
	return slot->failures;
}

static __u64 slot_filled(const struct snapshot *s, const struct snap_slot *slot)
{
	return slot->filled_bytes == NUM_UNKNOWN ? 0 : slot->filled_bytes;
}

static const struct lane lanes[] = {
	{ "Scans", slot_scans, NULL, NULL, 0 },
	{ "Collapses", slot_pmd, slot_smaller, "c", 0 },
	{ "Failures", NULL, slot_failed, NULL, 0 },
	{ "Filled", slot_filled, NULL, NULL, 1 },
};

static void draw_lane(struct html *h, const struct snapshot *s, const struct lane *lane)
{
	struct svg_bar bar[TIMELINE_SLOTS];
	struct svg_bars bars = { .bar = bar, .nr = s->nr_timeline, .height = LANE_HEIGHT };
	char text[48], from[24], to[24], max[24];
	__u64 most = 0, v;
	size_t i;

	memset(bar, 0, sizeof(bar));
	for (i = 0; i < s->nr_timeline; i++) {
		const struct snap_slot *slot = &s->timeline[i];

		bar[i].v[0] = lane->a ? lane->a(s, slot) : 0;
		bar[i].v[1] = lane->b ? lane->b(s, slot) : 0;
		v = bar[i].v[0] + bar[i].v[1];
		most = v > most ? v : most;
		if (lane->is_bytes)
			fmt_bytes(v, text, sizeof(text));
		else
			fmt_count(v, text, sizeof(text));
		snprintf(bar[i].tip, sizeof(bar[i].tip), "%s to %s: %s",
			 fmt_ns(slot->from_ns, from, sizeof(from)),
			 fmt_ns(slot->to_ns, to, sizeof(to)), text);
	}
	bars.title = lane->name;
	bars.second = lane->second;
	if (lane->is_bytes)
		fmt_bytes(most, max, sizeof(max));
	else
		fmt_short(most, max, sizeof(max));
	if (!most) {
		html_put(h, "<span><b>%s</b></span><span>none</span>\n", lane->name);
		return;
	}
	html_put(h, "<span><b>%s</b><br/>0 to %s</span>", lane->name, max);
	svg_bars(h, &bars);
}

void chart_timeline(struct html *h, const struct snapshot *s)
{
	char width[24], half[24], end[24];
	int smaller = 0;
	size_t i;

	if (!s->nr_timeline)
		return;
	for (i = 0; i < s->nr_timeline; i++)
		smaller |= slot_smaller(s, &s->timeline[i]) != 0;
	html_put(h,
		 "<figure class=\"timeline\"><figcaption>Activity in each %s since the start"
		 "</figcaption>\n<div class=\"lanes\">\n",
		 fmt_ns(s->nr_timeline > 1 ? s->timeline[0].to_ns : s->summary.duration_ns, width,
			sizeof(width)));
	for (i = 0; i < ARRAY_SIZE(lanes); i++)
		draw_lane(h, s, &lanes[i]);
	html_put(h,
		 "<span class=\"ends\"><span>0</span><span>%s</span><span>%s</span>"
		 "</span>\n</div></figure>\n",
		 fmt_ns(s->summary.duration_ns / 2, half, sizeof(half)),
		 fmt_ns(s->summary.duration_ns, end, sizeof(end)));
	if (!smaller)
		return;
	html_put(h, "<p class=\"legend\">Collapses: ");
	svg_key(h, "a", fmt_order(s->meta.pmd_order, s->meta.page_size, width, sizeof(width)));
	svg_key(h, "c", "smaller sizes");
	html_put(h, "</p>\n");
}
