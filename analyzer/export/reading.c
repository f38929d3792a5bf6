// SPDX-License-Identifier: GPL-2.0-only
/* What a reading has, for all families. */
#include <stdio.h>

#include "export/families_priv.h"

bool reading_has(const struct reading *r, int cap)
{
	if (cap == CAP_STATS)
		return r->s->nr_counters != 0;
	/* Without events nothing is reported. */
	if (cap != CAP_NONE && !r->s->meta.kinds)
		return false;
	/* A trace of before does not say it, but has the owners. */
	if (cap == CAP_OWNER)
		return r->owner;
	return capability_holds(&r->s->meta, cap);
}

void family_capability(struct text *t, const struct reading *r)
{
	struct text_label labels[] = { { "what", NULL }, { "source", NULL }, { NULL, NULL } };
	int cap;

	for (cap = CAP_NONE + 1; cap < NR_CAPS; cap++) {
		enum capability_source from = capability_get(&r->s->meta, cap).source;

		labels[0].value = capability_name(cap);
		labels[1].value = reading_has(r, cap) || from == FROM_UNKNOWN ?
					  capability_source_name(from) :
					  "none";
		text_u64(t, labels, reading_has(r, cap));
	}
	labels[0].value = "stats";
	labels[1].value = reading_has(r, CAP_STATS) ? "sysfs" : "none";
	text_u64(t, labels, reading_has(r, CAP_STATS));
}

char *size_label(const struct reading *r, __u32 order, char *buf, size_t len)
{
	snprintf(buf, len, "%llu", (unsigned long long)r->s->meta.page_size << order);
	return buf;
}
