// SPDX-License-Identifier: GPL-2.0-only
/*
 * The META block: struct meta as lines. A number that is unknown and a text that is empty have no line. A
 * reader skips names that it does not know, so a line can be added without a new version of the format.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/version.h"
#include "trace/meta_block_priv.h"

static void put_known(struct trace_lines *l, const char *name, long long value)
{
	if (value >= 0)
		trace_lines_u64(l, name, (__u64)value);
}

static void put_word(struct trace_lines *l, const char *name, const char *value)
{
	if (value[0])
		trace_lines_add(l, name, value);
}

/* Those that the source said something of. Of the others readers derive it, as this program does. */
static void put_capabilities(struct trace_lines *l, const struct meta *meta)
{
	char name[META_NAME_LEN];
	enum capability cap;

	for (cap = CAP_NONE + 1; cap < NR_CAPS; cap++) {
		if (meta->caps[cap].source == FROM_UNSET)
			continue;
		snprintf(name, sizeof(name), "capability.%s", capability_name(cap));
		trace_lines_add(l, name, capability_source_name(meta->caps[cap].source));
		snprintf(name, sizeof(name), "why.%s", capability_name(cap));
		put_word(l, name, meta->caps[cap].why);
	}
}

void trace_meta_put(struct trace_lines *l, const struct meta *meta)
{
	const char *text;
	char name[META_NAME_LEN];
	__u32 i;

	snprintf(name, sizeof(name), "mthptop %s", version);
	put_word(l, "writer", name);
#define X(field) put_word(l, #field, meta->field);
	META_TEXTS(X)
#undef X
	trace_lines_u64(l, "page_size", meta->page_size);
	if (meta->pmd_order)
		trace_lines_u64(l, "pmd_order", meta->pmd_order);
	if (meta->nr_cpus)
		trace_lines_u64(l, "nr_cpus", meta->nr_cpus);
	trace_lines_add(l, "detail", meta_detail_name(meta->detail));
	put_capabilities(l, meta);
	trace_lines_u64(l, "kinds", meta->kinds);
	trace_lines_u64(l, "start_ns", meta->start_ns);
	if (meta->settings_ns)
		trace_lines_u64(l, "settings_ns", meta->settings_ns);
	if (meta->start_realtime_ns)
		trace_lines_u64(l, "start_realtime_ns", meta->start_realtime_ns);
	if (meta->filter_tgid)
		trace_lines_u64(l, "filter_tgid", meta->filter_tgid);
	if (meta->part)
		trace_lines_u64(l, "part", meta->part);
#define X(field, file) put_known(l, "setting." #field, meta->settings.field);
	META_NUMBERS(X)
#undef X
#define X(field, file) put_word(l, "setting." #field, meta->settings.field);
	META_WORDS(X)
#undef X
	for (i = 0; i < MTHP_NR_ORDERS; i++) {
		snprintf(name, sizeof(name), "order_enabled.%u", i);
		put_word(l, name, meta->settings.order_enabled[i]);
	}
	for (i = 1; i < MTHP_NR_RESULTS; i++) {
		text = meta_result_name(meta, (__u8)i);
		snprintf(name, sizeof(name), "result.%u", i);
		if (strcmp(text, "unknown"))
			trace_lines_add(l, name, text);
	}
}

/* The number in a name such as "result.12". -EINVAL: another name, or a number that is not below @below. */
static int index_of(const char *name, const char *prefix, int below)
{
	size_t len = strlen(prefix);
	char *end;
	long n;

	if (strncmp(name, prefix, len) || !isdigit((unsigned char)name[len]))
		return -EINVAL;
	n = strtol(name + len, &end, 10);
	return *end || n >= below ? -EINVAL : (int)n;
}

static void get_setting(struct settings *s, const char *name, const struct trace_line *line)
{
	__u64 n;

#define X(field, file)                                           \
	if (!strcmp(name, #field)) {                             \
		if (!trace_line_u64(line, &n) && n <= INT64_MAX) \
			s->field = (long long)n;                 \
		return;                                          \
	}
	META_NUMBERS(X)
#undef X
#define X(field, file)                                             \
	if (!strcmp(name, #field)) {                               \
		trace_line_text(line, s->field, sizeof(s->field)); \
		return;                                            \
	}
	META_WORDS(X)
#undef X
}

/* Numbers of struct meta, and their largest value. */
#define NUMBERS(X)                       \
	X(page_size, 1U << 20)           \
	X(pmd_order, MTHP_NR_ORDERS - 1) \
	X(nr_cpus, UINT32_MAX)           \
	X(kinds, UINT32_MAX)             \
	X(start_ns, UINT64_MAX)          \
	X(settings_ns, UINT64_MAX)       \
	X(start_realtime_ns, UINT64_MAX) \
	X(filter_tgid, UINT32_MAX)       \
	X(part, UINT32_MAX)

static void get_number(struct meta *meta, const struct trace_line *line)
{
	__u64 n;

	if (trace_line_u64(line, &n))
		return;
#define X(field, max)                                  \
	if (!strcmp(line->name, #field) && n <= (max)) \
		meta->field = n;
	NUMBERS(X)
#undef X
	/* Traces of the first versions have this number instead of the word `detail`. */
	if (!strcmp(line->name, "tier"))
		meta->detail = n == 0 ? DETAIL_TOTALS : n == 1 ? DETAIL_SIZES : DETAIL_PLANS;
}

/* A level that this build does not know adds to the highest that it knows. */
static void get_detail(struct meta *meta, const struct trace_line *line)
{
	int detail = meta_detail_by_name(line->value);

	meta->detail = detail < 0 ? DETAIL_PLANS : (enum mthp_detail)detail;
}

/* Names of capabilities that this build does not know are skipped, as all unknown names. */
static bool get_capability(struct meta *meta, const struct trace_line *line)
{
	bool why = !strncmp(line->name, "why.", 4);
	int cap = why					  ? capability_by_name(line->name + 4) :
		  !strncmp(line->name, "capability.", 11) ? capability_by_name(line->name + 11) :
							    -EINVAL;

	if (cap < 0)
		return false;
	if (why)
		trace_line_text(line, meta->caps[cap].why, sizeof(meta->caps[cap].why));
	else
		meta->caps[cap].source = capability_source_by_name(line->value);
	return true;
}

static bool get_text(struct meta *meta, const struct trace_line *line)
{
#define X(field)                                                         \
	if (!strcmp(line->name, #field)) {                               \
		trace_line_text(line, meta->field, sizeof(meta->field)); \
		return true;                                             \
	}
	META_TEXTS(X)
	/* Of the program that wrote a trace, not of the one that writes the next. */
	X(writer)
#undef X
	return false;
}

static void get_line(struct meta *meta, const struct trace_line *line)
{
	int i;

	if (!strncmp(line->name, "setting.", 8)) {
		get_setting(&meta->settings, line->name + 8, line);
	} else if (!strcmp(line->name, "detail")) {
		get_detail(meta, line);
	} else if (!get_capability(meta, line) && !get_text(meta, line)) {
		i = index_of(line->name, "order_enabled.", MTHP_NR_ORDERS);
		if (i >= 0)
			trace_line_text(line, meta->settings.order_enabled[i],
					sizeof(meta->settings.order_enabled[i]));
		else
			get_number(meta, line);
	}
}

static void name_results(struct meta *meta, const void *payload, size_t len,
			 __u8 results[MTHP_NR_RESULTS])
{
	struct trace_line line;
	char text[META_NAME_LEN];
	int i;

	memset(results, 0, MTHP_NR_RESULTS);
	trace_line_begin(&line, payload, len);
	while (trace_line_next(&line)) {
		i = index_of(line.name, "result.", MTHP_NR_RESULTS);
		if (i <= 0)
			continue;
		trace_line_text(&line, text, sizeof(text));
		results[i] = meta_result_by_text(meta, text);
	}
}

int trace_meta_get(const void *payload, size_t len, struct meta *meta,
		   __u8 results[MTHP_NR_RESULTS])
{
	struct trace_line line;
	struct meta new;

	meta_init(&new);
	memcpy(new.extra_results, meta->extra_results, sizeof(new.extra_results));
	trace_line_begin(&line, payload, len);
	while (trace_line_next(&line))
		get_line(&new, &line);
	/* The set holds, if the trace has one: a word could say something else. */
	if (new.caps[CAP_OUTCOME].source != FROM_UNSET)
		new.detail = capability_detail(capability_mask(&new));
	if (new.page_size < 1024 || (new.page_size &(new.page_size - 1)))
		return -EINVAL;
	name_results(&new, payload, len, results);
	*meta = new;
	return 0;
}
