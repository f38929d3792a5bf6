// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities of a source. A live source says of each where it is from. An import and a trace of before say
 * nothing: there it follows from the kinds of their events and the word for their detail level.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model/meta.h"

static const struct {
	const char *name;
	const char *meaning;
} names[NR_CAPS] = {
#define X(NAME, name, meaning) [CAP_##NAME] = { #name, meaning },
	CAPABILITIES(X)
#undef X
};

static const struct {
	const char *word;
	bool holds;
} sources[NR_CAPABILITY_SOURCES] = {
#define X(NAME, word, holds) [FROM_##NAME] = { word, holds },
	CAPABILITY_SOURCES(X)
#undef X
};

static bool has_kind(const struct meta *meta, enum mthp_kind kind)
{
	return meta->kinds >> kind & 1;
}

/* The source of what has events of its own for scans and attempts. FROM_NONE: it has none. */
static enum capability_source ranges_from(const struct meta *meta)
{
	return meta->detail >= DETAIL_PLANS  ? FROM_SERIES :
	       meta->detail >= DETAIL_RANGES ? FROM_PROBES :
					       FROM_NONE;
}

static enum capability_source derive(const struct meta *meta, enum capability cap)
{
	enum capability_source ranges = ranges_from(meta);

	switch (cap) {
	case CAP_OUTCOME:
		return ranges == FROM_SERIES ? FROM_SERIES :
		       meta->kinds	     ? FROM_TRACEPOINTS :
					       FROM_NONE;
	case CAP_ORDER:
		/* Kernels that report passes report the order, too: their probes do not have to. */
		return ranges == FROM_PROBES && has_kind(meta, MTHP_K_PASS) ? FROM_TRACEPOINTS :
		       ranges != FROM_NONE				    ? ranges :
		       meta->detail >= DETAIL_SIZES			    ? FROM_TRACEPOINTS :
									      FROM_NONE;
	case CAP_OWNER:
		/* Tools of others may name it, or not. */
		return meta->origin[0]	   ? FROM_UNKNOWN :
		       ranges != FROM_NONE ? ranges :
		       meta->kinds	   ? FROM_TRACEPOINTS :
					     FROM_NONE;
	case CAP_FILL:
		return ranges != FROM_NONE	      ? ranges :
		       has_kind(meta, MTHP_K_ISOLATE) ? FROM_TRACEPOINTS :
							FROM_NONE;
	case CAP_DURATION:
		return ranges != FROM_NONE	       ? ranges :
		       has_kind(meta, MTHP_K_COLLAPSE) ? FROM_TRACEPOINTS :
							 FROM_NONE;
	case CAP_BLOCKED:
	case CAP_PLAN:
	case CAP_LOCK:
		return ranges == FROM_SERIES ? FROM_SERIES : FROM_NONE;
	case CAP_SPLIT:
		return has_kind(meta, MTHP_K_SPLIT) ? FROM_PROBES : FROM_NONE;
	default:
		return ranges;
	}
}

struct capability_state capability_get(const struct meta *meta, enum capability cap)
{
	struct capability_state state = meta->caps[cap];

	if (state.source != FROM_UNSET)
		return state;
	state.source = derive(meta, cap);
	snprintf(state.why, sizeof(state.why), "%s",
		 state.source == FROM_NONE    ? "no event of this source reports it" :
		 state.source == FROM_UNKNOWN ? "the source does not say" :
						"");
	return state;
}

bool capability_holds(const struct meta *meta, enum capability cap)
{
	const enum capability_source said = meta->caps[cap].source;

	return cap == CAP_NONE || sources[said != FROM_UNSET ? said : derive(meta, cap)].holds;
}

__u32 capability_mask(const struct meta *meta)
{
	enum capability cap;
	__u32 mask = 0;

	for (cap = CAP_NONE; cap < NR_CAPS; cap++)
		mask |= (__u32)capability_holds(meta, cap) << cap;
	return mask;
}

void capability_set(struct meta *meta, enum capability cap, enum capability_source source,
		    const char *why)
{
	meta->caps[cap].source = source;
	snprintf(meta->caps[cap].why, sizeof(meta->caps[cap].why), "%s", why);
}

int capability_detail(__u32 mask)
{
	const __u32 ranges = 1U << CAP_ADDRESS | 1U << CAP_OCCUPANCY;

	if (mask >> CAP_PLAN & 1)
		return DETAIL_PLANS;
	if ((mask & ranges) == ranges)
		return DETAIL_RANGES;
	return mask >> CAP_ORDER & 1 ? DETAIL_SIZES : DETAIL_TOTALS;
}

const char *capability_name(enum capability cap)
{
	return cap < NR_CAPS && names[cap].name ? names[cap].name : "?";
}

const char *capability_meaning(enum capability cap)
{
	return cap < NR_CAPS && names[cap].meaning ? names[cap].meaning : "?";
}

const char *capability_source_name(enum capability_source source)
{
	return source < NR_CAPABILITY_SOURCES ? sources[source].word : "?";
}

int capability_by_name(const char *name)
{
	enum capability cap;

	for (cap = CAP_NONE + 1; cap < NR_CAPS; cap++)
		if (!strcmp(names[cap].name, name))
			return (int)cap;
	return -EINVAL;
}

enum capability_source capability_source_by_name(const char *word)
{
	enum capability_source from;

	for (from = FROM_NONE; from < NR_CAPABILITY_SOURCES; from++)
		if (!strcmp(sources[from].word, word))
			return from;
	return FROM_OTHER;
}
