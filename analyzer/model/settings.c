// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "model/settings_priv.h"

void settings_each(const struct meta *meta, setting_fn fn, void *ctx)
{
	const struct settings *set = &meta->settings;
	char name[META_NAME_LEN], value[SETTING_VALUE_LEN];
	__u32 order;

#define X(field, file) fn(ctx, file, set->field);
	META_WORDS(X)
#undef X
#define X(field, file)                                      \
	snprintf(value, sizeof(value), "%lld", set->field); \
	fn(ctx, file, set->field == META_UNKNOWN ? "" : value);
	META_NUMBERS(X)
#undef X
	for (order = 0; order < MTHP_NR_ORDERS; order++) {
		snprintf(name, sizeof(name), "hugepages-%lukB/enabled",
			 ((unsigned long)meta->page_size << order) / 1024);
		if (set->order_enabled[order][0])
			fn(ctx, name, set->order_enabled[order]);
	}
}

/* One list of settings is looked up in the other. */
struct search {
	struct settings_log *log;
	const struct meta *in;
	__u64 ts_ns;
	const char *name;
	char value[SETTING_VALUE_LEN];
};

static void find(void *ctx, const char *name, const char *value)
{
	struct search *s = ctx;

	if (!strcmp(name, s->name))
		snprintf(s->value, sizeof(s->value), "%s", value);
}

static void add(struct settings_log *log, __u64 ts_ns, const char *name, const char *from,
		const char *to)
{
	struct setting_change *c;

	if (log->nr++ >= SETTING_CHANGES_MAX)
		return;
	c = &log->change[log->nr - 1];
	c->ts_ns = ts_ns;
	snprintf(c->name, sizeof(c->name), "%s", name);
	snprintf(c->from, sizeof(c->from), "%s", from);
	snprintf(c->to, sizeof(c->to), "%s", to);
}

static void compare_one(void *ctx, const char *name, const char *value)
{
	struct search *s = ctx;

	s->name = name;
	s->value[0] = '\0';
	settings_each(s->in, find, s);
	if (strcmp(s->value, value))
		add(s->log, s->ts_ns, name, value, s->value);
}

/* What was not there before. */
static void compare_new(void *ctx, const char *name, const char *value)
{
	struct search *s = ctx;

	s->name = name;
	s->value[0] = '\0';
	settings_each(s->in, find, s);
	if (!s->value[0] && value[0] && !strncmp(name, "hugepages-", 10))
		add(s->log, s->ts_ns, name, "", value);
}

void settings_compare(struct settings_log *log, const struct meta *from, const struct meta *to,
		      __u64 ts_ns)
{
	struct search s = { .log = log, .in = to, .ts_ns = ts_ns };

	if (!memcmp(&from->settings, &to->settings, sizeof(from->settings)))
		return;
	settings_each(from, compare_one, &s);
	s.in = from;
	settings_each(to, compare_new, &s);
}
