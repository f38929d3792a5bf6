// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of kinds of events, results, requesters, values and losses, and the numbers of results.
 *
 * A result that this build knows always has its number of mthp/result.h. A newer kernel may report others.
 * These get numbers from MTHP_RESULT_FIRST_FREE on, and struct meta keeps their names, so that views show
 * them by the kernel's name.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/array.h"
#include "model/meta.h"

#define NR_EXTRA (MTHP_NR_RESULTS - MTHP_RESULT_FIRST_FREE)

static const struct result {
	const char *name; /* in enum scan_result, without SCAN_ */
	const char *text;
	__u8 reach;
} results[MTHP_NR_RESULTS] = {
#define X(number, name, text, reach) [number] = { #name, text, MTHP_REACH_##reach },
	MTHP_RESULTS(X)
#undef X
};

static const struct alias {
	__u8 number;
	const char *name;
	const char *text;
} aliases[] = {
#define A(name, kernel, text) { MTHP_R_##name, kernel, text },
	MTHP_RESULT_ALIASES(A)
#undef A
};

static const char *const kinds[MTHP_NR_KINDS] = {
#define X(number, NAME, name, tracepoint, detail, since) [number] = #name,
	MTHP_KINDS(X)
#undef X
};

static const char *const kinds_since[MTHP_NR_KINDS] = {
#define X(number, NAME, name, tracepoint, detail, since) [number] = since,
	MTHP_KINDS(X)
#undef X
};

static const enum mthp_detail kind_details[MTHP_NR_KINDS] = {
#define X(number, NAME, name, tracepoint, detail, since) [number] = DETAIL_##detail,
	MTHP_KINDS(X)
#undef X
};

static const char *const details[NR_DETAILS] = {
#define X(number, name, word, what) [number] = word,
	META_DETAILS(X)
#undef X
};

static const char *const splitters[MTHP_NR_SPLITTERS] = {
#define X(number, NAME, text, what) [number] = text,
	MTHP_SPLITTERS(X)
#undef X
};

static const char *const requesters[MTHP_NR_REQUESTERS] = {
#define X(number, name, text) [number] = text,
	MTHP_REQUESTERS(X)
#undef X
};

static const char *const values[MTHP_NR_VALUES] = {
#define X(number, name, text, what) [number] = text,
	MTHP_VALUES(X)
#undef X
};

static const struct {
	const char *name;
	const char *meaning;
	enum mthp_lost what;
} losses[MTHP_NR_LOSSES] = {
#define X(number, NAME, text, what, meaning) [number] = { text, meaning, MTHP_LOST_##what },
	MTHP_LOSSES(X)
#undef X
};

void meta_init(struct meta *meta)
{
	memset(meta, 0, sizeof(*meta));
#define X(field, file) meta->settings.field = META_UNKNOWN;
	META_NUMBERS(X)
#undef X
}

const char *meta_result_name(const struct meta *meta, __u8 result)
{
	const char *extra;

	if (result < MTHP_RESULT_FIRST_FREE)
		return results[result].text ? results[result].text : "unknown";
	if (result >= MTHP_NR_RESULTS)
		return "unknown";
	extra = meta->extra_results[result - MTHP_RESULT_FIRST_FREE];
	return extra[0] ? extra : "unknown";
}

/* A new name takes the first free place. */
static __u8 result_extra(struct meta *meta, const char *text)
{
	__u8 i;

	for (i = 0; i < NR_EXTRA; i++) {
		char *extra = meta->extra_results[i];

		if (!extra[0])
			snprintf(extra, META_NAME_LEN, "%s", text);
		if (!strncmp(extra, text, META_NAME_LEN - 1))
			return MTHP_RESULT_FIRST_FREE + i;
	}
	return MTHP_R_UNKNOWN;
}

__u8 meta_result_by_enum(struct meta *meta, const char *name)
{
	char text[META_NAME_LEN];
	size_t i;

	for (i = 1; i < MTHP_RESULT_FIRST_FREE; i++)
		if (results[i].name && !strcmp(results[i].name, name))
			return i;
	for (i = 0; i < ARRAY_SIZE(aliases); i++)
		if (!strcmp(aliases[i].name, name))
			return aliases[i].number;

	/* Tracepoints print nearly this text, and it can be found in the kernel's source. */
	for (i = 0; i < sizeof(text) - 1 && name[i]; i++)
		text[i] = name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i];
	text[i] = '\0';
	return result_extra(meta, text);
}

__u8 meta_result_find(const struct meta *meta, const char *text)
{
	size_t i;

	for (i = 1; i < MTHP_RESULT_FIRST_FREE; i++)
		if (results[i].text && !strcmp(results[i].text, text))
			return i;
	for (i = 0; i < ARRAY_SIZE(aliases); i++)
		if (!strcmp(aliases[i].text, text))
			return aliases[i].number;
	for (i = 0; i < NR_EXTRA && meta->extra_results[i][0]; i++)
		if (!strncmp(meta->extra_results[i], text, META_NAME_LEN - 1))
			return MTHP_RESULT_FIRST_FREE + i;
	return MTHP_R_UNKNOWN;
}

__u8 meta_result_by_text(struct meta *meta, const char *text)
{
	__u8 number;

	if (!text[0] || !strcmp(text, "unknown"))
		return MTHP_R_UNKNOWN;
	number = meta_result_find(meta, text);
	return number ? number : result_extra(meta, text);
}

__u32 meta_result_reach(__u8 result)
{
	return result < MTHP_RESULT_FIRST_FREE ? results[result].reach : MTHP_REACH_PART;
}

int meta_result_is_idle(__u8 result)
{
	switch (result) {
	case MTHP_R_PMD_NULL:
	case MTHP_R_PMD_NONE:
	case MTHP_R_NO_PTE_TABLE:
	case MTHP_R_PMD_MAPPED:
	case MTHP_R_ALREADY_COLLAPSED:
		return 1;
	}
	return 0;
}

enum mthp_detail meta_detail(__u32 known, bool sizes)
{
	enum mthp_detail detail = sizes ? DETAIL_SIZES : DETAIL_TOTALS;
	__u32 kind;

	for (kind = 0; kind < MTHP_NR_KINDS; kind++)
		if (known >> kind & 1 && kind_details[kind] > detail)
			detail = kind_details[kind];
	return detail;
}

const char *meta_detail_name(enum mthp_detail detail)
{
	return detail < NR_DETAILS ? details[detail] : "?";
}

int meta_detail_by_name(const char *name)
{
	int i;

	for (i = 0; i < NR_DETAILS; i++)
		if (!strcmp(details[i], name))
			return i;
	return -EINVAL;
}

const char *meta_kind_name(__u32 kind)
{
	return kind < MTHP_NR_KINDS && kinds[kind] ? kinds[kind] : "?";
}

const char *meta_kind_since(__u32 kind)
{
	return kind < MTHP_NR_KINDS && kinds_since[kind] ? kinds_since[kind] : "?";
}

const char *meta_requester_name(__u32 requester)
{
	return requester < MTHP_NR_REQUESTERS && requesters[requester] ? requesters[requester] :
									 "?";
}

const char *meta_splitter_name(__u32 splitter)
{
	return splitter < MTHP_NR_SPLITTERS && splitters[splitter] ? splitters[splitter] : "?";
}

const char *meta_value_name(__u32 value)
{
	return value < MTHP_NR_VALUES && values[value] ? values[value] : "?";
}

const char *meta_loss_name(__u32 loss)
{
	return loss < MTHP_NR_LOSSES ? losses[loss].name : "?";
}

const char *meta_loss_meaning(__u32 loss)
{
	return loss < MTHP_NR_LOSSES ? losses[loss].meaning : "?";
}

enum mthp_lost meta_loss_what(__u32 loss)
{
	return loss < MTHP_NR_LOSSES ? losses[loss].what : MTHP_LOST_EVENTS;
}
