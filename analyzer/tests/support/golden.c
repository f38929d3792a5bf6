// SPDX-License-Identifier: GPL-2.0-only
/* The comparison of texts with golden files; see golden.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/cm.h"
#include "tests/support/golden.h"

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	if (!f)
		return NULL;
	if (getdelim(&text, &room, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

/* Prints line and column of the first difference, and that line of @got: a page is too long. */
static void differ(const char *path, const char *want, const char *got)
{
	size_t same = 0, line = 1, at = 0, i;

	while (want[same] && want[same] == got[same])
		same++;
	for (i = 0; i < same; i++)
		if (got[i] == '\n') {
			line++;
			at = i + 1;
		}
	fail_msg("%s differs at %zu:%zu:\nwanted: %.*s\ngot:    %.*s", path, line, same - at + 1,
		 (int)strcspn(want + at, "\n"), want + at, (int)strcspn(got + at, "\n"), got + at);
}

void golden_check(const char *name, const char *text)
{
	char path[256], *want;
	FILE *f;

	snprintf(path, sizeof(path), "analyzer/tests/data/golden/%s", name);
	if (getenv("MTHP_GOLDEN_UPDATE")) {
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(text, f);
		assert_int_equal(fclose(f), 0);
		return;
	}
	want = slurp(path);
	if (!want)
		fail_msg("%s: %s", path, strerror(errno));
	if (strcmp(want, text))
		differ(path, want, text);
	free(want);
}
