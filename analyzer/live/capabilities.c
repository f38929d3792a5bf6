// SPDX-License-Identifier: GPL-2.0-only
/* Which capabilities the running kernel has, from which source, and why it lacks the others. */
#include <string.h>

#include "lib/array.h"
#include "live/features.h"
#include "model/capability.h"

static void from(struct meta *meta, enum capability cap, enum capability_source source)
{
	capability_set(meta, cap, source, "");
}

static void lacks(struct meta *meta, enum capability cap, const char *why)
{
	capability_set(meta, cap, FROM_NONE, why);
}

/* Capabilities that only events of a range have: from one of the two sources of ranges. */
static const enum capability of_ranges[] = { CAP_ADDRESS, CAP_OCCUPANCY, CAP_JOINED, CAP_STALL };

static void ranges(struct meta *meta, enum capability_source source, const char *why)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of_ranges); i++)
		capability_set(meta, of_ranges[i], source, why);
}

/* What keeps all programs on functions away. */
static const char *probes_lack(const struct kfeat *k)
{
	return k->probes.problem[0] ? k->probes.problem :
				      "no program is on the functions that split";
}

static void plans(struct meta *meta, enum capability_source source, const char *why)
{
	enum capability cap;

	for (cap = CAP_NONE + 1; cap < NR_CAPS; cap++)
		if (CAPS_OF_PLANS >> cap & 1)
			capability_set(meta, cap, source, why);
}

static void from_series(struct meta *meta)
{
	from(meta, CAP_OUTCOME, FROM_SERIES);
	from(meta, CAP_ORDER, FROM_SERIES);
	from(meta, CAP_FILL, FROM_SERIES);
	from(meta, CAP_DURATION, FROM_SERIES);
	ranges(meta, FROM_SERIES, "");
	plans(meta, FROM_SERIES, "");
}

static void from_tracepoints(const struct kfeat *k, struct meta *meta, const char *no_probes)
{
	const char *why = no_probes && !no_probes[0] ? "no probes" : no_probes;
	const struct probes *p = &k->probes;

	from(meta, CAP_OUTCOME, FROM_TRACEPOINTS);
	if (k->orders)
		from(meta, CAP_ORDER, FROM_TRACEPOINTS);
	else if (!why)
		from(meta, CAP_ORDER, FROM_PROBES);
	else
		lacks(meta, CAP_ORDER,
		      "the kernel's events have no order, and collapse to PMD size only");
	if (!why) {
		ranges(meta, FROM_PROBES, "");
		from(meta, CAP_FILL, FROM_PROBES);
		from(meta, CAP_DURATION, FROM_PROBES);
	} else {
		ranges(meta, FROM_NONE, why);
		capability_set(meta, CAP_FILL, FROM_TRACEPOINTS,
			       "in part: of attempts that isolate pages");
		capability_set(meta, CAP_DURATION, FROM_TRACEPOINTS,
			       "in part: from the isolation of the pages on");
	}
	if (!why && !p->probe[PROBE_ATTEMPT].function) {
		capability_set(meta, CAP_DURATION, FROM_TRACEPOINTS, p->problem);
		lacks(meta, CAP_STALL, p->problem);
	} else if (!why && !p->probe[PROBE_FLUSH].function) {
		lacks(meta, CAP_STALL, "the function that makes memory unreachable is inlined");
	}
	plans(meta, FROM_NONE, "only the kernel series reports it");
}

void kfeat_capabilities(const struct kfeat *k, struct meta *meta, const char *no_probes,
			const char *no_splits)
{
	enum capability cap;

	if (k->problem[0]) {
		for (cap = CAP_NONE + 1; cap < NR_CAPS; cap++)
			lacks(meta, cap, k->problem);
	} else {
		if (k->series)
			from_series(meta);
		else
			from_tracepoints(k, meta, no_probes);
		if (k->has_owner)
			from(meta, CAP_OWNER, FROM_TRACEPOINTS);
		else
			lacks(meta, CAP_OWNER,
			      "mm->owner is missing: only MADV_COLLAPSE's is known "
			      "(needs CONFIG_MEMCG)");
		if (!no_splits)
			from(meta, CAP_SPLIT, FROM_PROBES);
		else
			lacks(meta, CAP_SPLIT, no_splits[0] ? no_splits : probes_lack(k));
	}
	meta->detail = capability_detail(capability_mask(meta));
}
