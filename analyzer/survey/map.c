// SPDX-License-Identifier: GPL-2.0-only
/*
 * The map: a row for each PMD range that holds something, cut into cells. A cell shows the largest folio that has a page
 * in it. Rows are bounded; ranges without a row are counted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "survey/range_priv.h"

int survey_look_map(struct survey_look *l, struct survey *s)
{
	l->order_of = calloc(l->nr, 1);
	l->map = l->order_of ? s : NULL;
	return l->map ? 0 : -ENOMEM;
}

/* The row of a range: the last one, if another mapping has a part of the same range. NULL: there is no room. */
static struct survey_map_row *row_of(struct survey_look *l, __u64 addr)
{
	struct survey *s = l->map;
	size_t max = s->max_map ? 2 * s->max_map : 64;
	struct survey_map_row *row = s->nr_map ? &s->map[s->nr_map - 1] : NULL;

	if (row && row->pid == l->proc->pid && row->addr == addr)
		return row;

	if (s->nr_map == s->max_map) {
		row = max <= SURVEY_MAP_ROWS ? realloc(s->map, max * sizeof(*row)) : NULL;
		if (!row) {
			s->lost[SURVEY_L_MAP]++;
			return NULL;
		}
		s->map = row;
		s->max_map = max;
	}
	row = &s->map[s->nr_map++];
	memset(row, 0, sizeof(*row));
	memset(row->cells, SURVEY_MAP_EMPTY, SURVEY_MAP_CELLS);
	row->pid = l->proc->pid;
	row->addr = addr;
	return row;
}

static char cell(const struct survey_look *l, __u32 first, __u32 nr)
{
	__u32 present = 0, largest = 0, blocked = 0, i;

	for (i = first; i < first + nr; i++) {
		present += l->order_of[i] != 0;
		largest = l->order_of[i] > largest ? l->order_of[i] : largest;
		blocked += mthp_bit_test(l->in.blocked, i);
	}
	if (largest > 1)
		return "0123456789abcdef"[(largest - 1) & 15];
	if (present)
		return present == nr ? SURVEY_MAP_FULL : SURVEY_MAP_SMALL;
	return blocked ? SURVEY_MAP_SWAP : SURVEY_MAP_EMPTY;
}

/* Of two parts of a cell, the one that says more. */
static char more(char a, char b)
{
	static const char rising[] = { SURVEY_MAP_EMPTY, SURVEY_MAP_SWAP, SURVEY_MAP_SMALL,
				       SURVEY_MAP_FULL, '\0' };
	const char *x = strchr(rising, a), *y = strchr(rising, b);

	if (!x || !y)
		return !x && (y || a > b) ? a : b;
	return x > y ? a : b;
}

void survey_map_range(struct survey_look *l, __u64 addr)
{
	struct survey_map_row *row = row_of(l, addr);
	__u32 nr = l->nr / SURVEY_MAP_CELLS, i;

	if (!row)
		return;
	row->present += l->scan.present;
	row->swap += l->scan.swap;
	for (i = 0; i < l->nr; i++) {
		if (!l->order_of[i])
			continue;
		row->pages[l->order_of[i] - 1]++;
		row->huge += l->order_of[i] > 1;
	}
	for (i = 0; i < SURVEY_MAP_CELLS; i++)
		row->cells[i] = more(row->cells[i], cell(l, i * nr, nr));
}

void survey_map_pmd(struct survey_look *l, __u64 addr)
{
	struct survey_map_row *row = row_of(l, addr);

	if (!row)
		return;
	row->present = row->huge = row->pages[l->order] = l->nr;
	memset(row->cells, SURVEY_MAP_PMD, SURVEY_MAP_CELLS);
}
