// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "lib/near.h"

#define LONGEST 32

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters that were added, left out, changed or swapped with the next one (optimal string alignment). */
static size_t distance(const char *a, size_t len_a, const char *b, size_t len_b)
{
	size_t d[LONGEST + 1][LONGEST + 1], i, j;

	for (i = 0; i <= len_a; i++)
		d[i][0] = i;
	for (j = 0; j <= len_b; j++)
		d[0][j] = j;
	for (i = 1; i <= len_a; i++) {
		for (j = 1; j <= len_b; j++) {
			d[i][j] = min(min(d[i - 1][j], d[i][j - 1]) + 1,
				      d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[len_a][len_b];
}

void near_try(struct near *n, const char *name)
{
	size_t len = strlen(n->word), name_len = strlen(name), far;

	if (!len || !name_len || len > LONGEST || name_len > LONGEST)
		return;
	/* The beginning of one name is as good as a typing error. */
	far = len > 1 && !strncmp(n->word, name, len) ? 1 : distance(n->word, len, name, name_len);
	if (far <= (len < 4 ? 1 : len / 3) && (!n->best || far < n->distance)) {
		n->best = name;
		n->distance = far;
	}
}

const char *near_hint(const struct near *n, const char *before)
{
	static char text[2 * LONGEST + 32];

	text[0] = '\0';
	if (n->best)
		snprintf(text, sizeof(text), "did you mean %s%s? ", before, n->best);
	return text;
}
