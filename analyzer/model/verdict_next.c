// SPDX-License-Identifier: GPL-2.0-only
/* The next step: what an operator can set, or where to look. */
#include <stdio.h>
#include <string.h>

#include "lib/fmt.h"
#include "model/refusals.h"
#include "model/results.h"
#include "model/verdict_priv.h"

#define THP "/sys/kernel/mm/transparent_hugepage/"

static bool is_on(const char *word)
{
	return !strcmp(word, "always") || !strcmp(word, "madvise");
}

bool verdict_is_off(const struct settings *set)
{
	int o;

	if (!set->enabled[0] || is_on(set->enabled))
		return false;
	for (o = 0; o < MTHP_NR_ORDERS; o++)
		if (is_on(set->order_enabled[o]))
			return false;
	return true;
}

/* Blocks that are one folio already are tried again for ever as long as their size is on. */
static void after_vain(const struct snapshot *s, const struct snap_vain *most, char *buf,
		       size_t len)
{
	const struct settings *set = &s->meta.settings;
	__u64 kib = ((__u64)s->meta.page_size << most->order) >> 10;

	if (most->collapsed && most->order < s->meta.pmd_order &&
	    !strcmp(set->order_enabled[most->order], "never"))
		snprintf(
			buf, len,
			"hugepages-%llukB is off by now, which ends it: leave it off, or raise khugepaged/scan_sleep_millisecs",
			(unsigned long long)kib);
	else if (most->collapsed && most->order < s->meta.pmd_order)
		snprintf(buf, len,
			 "echo never > " THP
			 "hugepages-%llukB/enabled, or raise khugepaged/scan_sleep_millisecs",
			 (unsigned long long)kib);
	else if (set->scan_sleep_millisecs != META_UNKNOWN)
		snprintf(buf, len, "raise " THP "khugepaged/scan_sleep_millisecs (%lld)",
			 set->scan_sleep_millisecs);
	else
		snprintf(buf, len, "raise " THP "khugepaged/scan_sleep_millisecs");
}

static void after_creep(const struct snapshot *s, char *buf, size_t len)
{
	const struct settings *set = &s->meta.settings;

	if (set->creep_guard == 0)
		snprintf(buf, len, "echo 1 > " THP "khugepaged/creep_guard");
	else if (set->creep_guard > 0)
		snprintf(
			buf, len,
			"khugepaged/creep_guard is on by now: see whether it goes on (table creep)");
	else if (set->max_ptes_none == 0)
		snprintf(
			buf, len,
			"khugepaged/max_ptes_none is 0 by now: see whether it goes on (table creep)");
	else
		snprintf(buf, len, "echo 0 > " THP "khugepaged/max_ptes_none");
}

static __u64 filled_by(const struct snapshot *s, enum mthp_requester by)
{
	__u64 filled = 0;
	size_t i;

	for (i = 0; i < s->nr_outcomes; i++)
		if (s->outcomes[i].key.requester == by && s->outcomes[i].reported)
			filled += s->outcomes[i].filled_bytes;
	return filled;
}

static void after_cost(const struct snapshot *s, char *buf, size_t len)
{
	const struct settings *set = &s->meta.settings;

	if (filled_by(s, MTHP_Q_MADVISE) > filled_by(s, MTHP_Q_KHUGEPAGED))
		snprintf(buf, len,
			 "no setting limits MADV_COLLAPSE: see who asks for it (table processes)");
	else if (set->max_ptes_none > 0)
		snprintf(buf, len,
			 "lower " THP
			 "khugepaged/max_ptes_none (%lld): mthptop advise names a value",
			 set->max_ptes_none);
	else
		snprintf(buf, len, "see whose memory is filled (table processes)");
}

static void after_failure(const struct snapshot *s, refusals_pick why, char *buf, size_t len)
{
	struct refusal r[REFUSALS_MAX];
	const char *remedy = NULL;

	if (why && refusals_collect(s, why, r))
		remedy = results_remedy(r[0].o->key.result);
	snprintf(buf, len, "%s", remedy ? remedy : "see every reason (table outcomes)");
}

/* Collapses undo what somebody splits for a reason: one of the two has to stop. */
static void after_undoing(const struct snap_split *most, char *buf, size_t len)
{
	switch (most->splitter) {
	case MTHP_S_OWNER:
		snprintf(
			buf, len,
			"the process splits them itself (mprotect, MADV_DONTNEED or munmap of a part): see "
			"which (table processes), and use MADV_NOHUGEPAGE there");
		break;
	case MTHP_S_DAMON:
		snprintf(
			buf, len,
			"a DAMON scheme splits what khugepaged collapses: MADV_NOHUGEPAGE on these ranges, or end the scheme");
		break;
	case MTHP_S_KSMD:
		snprintf(buf, len,
			 "ksmd splits them to merge equal pages: end it (echo 2 > "
			 "/sys/kernel/mm/ksm/run), or use MADV_NOHUGEPAGE there");
		break;
	case MTHP_S_KSWAPD:
		snprintf(
			buf, len,
			"memory is short: reclaim splits what collapses make; see whose it is (table processes)");
		break;
	default:
		snprintf(
			buf, len,
			"see whose huge pages are split (table processes): by reclaim or migration, as a rule");
		break;
	}
}

void verdict_next(const struct snapshot *s, const struct verdict_cause *cause, struct verdict *v)
{
	switch (v->word) {
	case VERDICT_CREEPING:
		after_creep(s, v->next, sizeof(v->next));
		break;
	case VERDICT_COSTLY:
		if (cause->undone)
			after_undoing(cause->undone, v->next, sizeof(v->next));
		else
			after_cost(s, v->next, sizeof(v->next));
		break;
	case VERDICT_FAILING:
		if (cause->vain)
			after_vain(s, cause->vain, v->next, sizeof(v->next));
		else
			after_failure(s, cause->why, v->next, sizeof(v->next));
		break;
	case VERDICT_IDLE:
		snprintf(v->next, sizeof(v->next), "%s",
			 verdict_is_off(&s->meta.settings) ?
				 "echo madvise > " THP "enabled" :
				 "mthptop survey --all shows what could be collapsed");
		break;
	case VERDICT_HELPING:
	case NR_VERDICTS:
		break;
	}
}
