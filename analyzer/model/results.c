// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel renumbers its enum scan_result when members come and go, and has renamed one. So a
 * number means nothing by itself: it is translated by its name as soon as an event is taken, and
 * only numbers of ours (mthp/result.h) go further.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/results.h"

#define SPARE 4 /* numbers above the highest named one that are kept apart */

void results_enum(struct results *r, struct meta *meta, const char *name, long long number)
{
	if (strncmp(name, "SCAN_", 5) || number < 0 || number >= MTHP_NR_RESULTS)
		return;
	r->ours[number] = meta_result_by_enum(meta, name + 5);
	r->nr++;
}

void results_format(struct results *r, struct meta *meta, const char *format)
{
	char text[META_NAME_LEN];
	const char *s, *end;
	long number;
	char *after;

	for (s = strchr(format, '{'); s; s = strchr(s + 1, '{')) {
		number = strtol(s + 1, &after, 0);
		if (after == s + 1 || strncmp(after, ", \"", 3))
			continue;
		end = strchr(after + 3, '"');
		if (!end || end - (after + 3) >= (long)sizeof(text) || number < 0 ||
		    number >= MTHP_NR_RESULTS)
			continue;
		memcpy(text, after + 3, end - (after + 3));
		text[end - (after + 3)] = '\0';
		r->ours[number] = meta_result_by_text(meta, text);
		r->nr++;
	}
}

void results_unnamed(struct results *r, struct meta *meta)
{
	char text[META_NAME_LEN];
	int last, i;

	for (last = MTHP_NR_RESULTS - 1; last >= 0 && !r->ours[last]; last--)
		;
	for (i = 0; i < MTHP_NR_RESULTS && i <= last + SPARE; i++) {
		if (r->ours[i])
			continue;
		snprintf(text, sizeof(text), "status %d", i);
		r->ours[i] = meta_result_by_text(meta, text);
	}
}
