// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creep: collapses that were possible only because of earlier ones. The verdict, the settings that allow
 * it, its amount by size, and every chain: its process, its address, and the sizes that it went through.
 *
 * One line has the commits, and how long they held mmap_lock.
 */
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "tui/screen_parts_priv.h"
#include "tui/screen_priv.h"

static const struct list_col creep_cols[] = {
	{ "order", 5, 0 },  { "steps", 6, 0 },	      { "untouched", 9, 0 }, { "chains", 6, 0 },
	{ "ranges", 6, 0 }, { "filled_bytes", 7, 0 }, { "unscanned", 9, 0 }, { NULL, 6, 40 },
};

static const struct list creep_list = {
	.table = "creep",
	.cols = creep_cols,
	.nr_cols = ARRAY_SIZE(creep_cols),
	.bar = "filled_bytes",
};

static const struct list_col chain_cols[] = {
	{ "tgid", 6, 0 },	  { "comm", 8, 15 },	 { "addr", 12, 16 },
	{ "filled_bytes", 6, 0 }, { "path", 26, 100 },	 { "since_ns", 6, 0 },
	{ "last_ns", 6, 0 },	  { "untouched", 9, 0 }, { "max_ptes_none", 5, 0 },
	{ "creep_guard", 5, 0 },  { "sizes", 8, 12 },
};

static const struct list chain_list = {
	.table = "chains",
	.cols = chain_cols,
	.nr_cols = ARRAY_SIZE(chain_cols),
};

static int verdict(struct cells *c, int y, const struct snapshot *s)
{
	const struct snap_summary *sum = &s->summary;
	char text[192], n[24], all[24], bytes[24], filled[24];

	if (!sum->creep_steps) {
		snprintf(text, sizeof(text),
			 "No creep: none of %s collapses was possible only because of earlier ones",
			 fmt_short(sum->collapses, n, sizeof(n)));
		return scr_text(c, 0, y, c->w, COL_GOOD, text);
	}
	snprintf(
		text, sizeof(text),
		"Creeping: %s of %s collapses were possible only because of earlier ones; they filled %s of %s",
		fmt_short(sum->creep_steps, n, sizeof(n)),
		fmt_short(sum->collapses, all, sizeof(all)),
		fmt_bytes(sum->creep_filled_bytes, bytes, sizeof(bytes)),
		fmt_bytes(sum->filled_bytes, filled, sizeof(filled)));
	return scr_text(c, 0, y, c->w, COL_BAD, text);
}

static const char *setting(long long value, char *buf, size_t len)
{
	return fmt_count(value == META_UNKNOWN ? NUM_UNKNOWN : (__u64)value, buf, len);
}

static int settings(struct cells *c, int y, const struct snapshot *s)
{
	const struct settings *set = &s->meta.settings;
	char text[256], none[24], guard[24], size[24];
	size_t at;
	int o, on = 0;

	at = snprintf(text, sizeof(text), "Settings: max_ptes_none %s · creep_guard %s · sizes",
		      setting(set->max_ptes_none, none, sizeof(none)),
		      setting(set->creep_guard, guard, sizeof(guard)));
	for (o = 0; o < MTHP_NR_ORDERS && at < sizeof(text) - 16; o++) {
		if (!set->order_enabled[o][0] || !strcmp(set->order_enabled[o], "never"))
			continue;
		at += snprintf(text + at, sizeof(text) - at, " %s",
			       fmt_order(o, s->meta.page_size, size, sizeof(size)));
		on++;
	}
	if (!on)
		snprintf(text + at, sizeof(text) - at, " -");
	return scr_text(c, 0, y, c->w, COL_TEXT, text);
}

static int commits(struct cells *c, int y, const struct snapshot *s)
{
	const struct snap_batch *b = s->batches;
	char text[192], n[24], done[24], tried[24], mean[24], p99[24], max[24];

	if (!s->nr_batches || !b->count)
		return y;
	snprintf(
		text, sizeof(text),
		"Commits: %s collapsed %s of %s blocks · mmap_lock was held for writing %s on average, 99%% below %s, at most %s",
		fmt_short(b->count, n, sizeof(n)), fmt_short(b->collapsed, done, sizeof(done)),
		fmt_short(b->tried, tried, sizeof(tried)),
		fmt_ns(b->lock_mean_ns, mean, sizeof(mean)),
		fmt_ns(b->lock_p99_ns, p99, sizeof(p99)), fmt_ns(b->lock_max_ns, max, sizeof(max)));
	return scr_text(c, 0, y, c->w, COL_TEXT, text);
}

void scr_creep(struct cells *c, const struct snapshot *s, const struct ui *ui)
{
	const char *why = table_unknown(table_find("creep"), capability_mask(&s->meta));
	int y;

	if (why) {
		scr_text(c, 0, 0, c->w, COL_DIM, why);
		return;
	}
	y = verdict(c, 0, s);
	y = settings(c, y, s);
	y = commits(c, y, s);
	y = scr_title(c, 0, y + 1, c->w, "By size");
	y = scr_list(c, 0, y, c->w, s->nr_creep, &creep_list, s, "");
	y = scr_title(c, 0, y + 1, c->w, "Chains");
	scr_list(c, 0, y, c->w, s->nr_chains, &chain_list, s, "");
}
