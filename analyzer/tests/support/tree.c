// SPDX-License-Identifier: GPL-2.0-only
/* Fixture trees: see tree.h. An error here is no failed test but a broken one: abort(). */
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/tree.h"

void tree_make(struct tree *t)
{
	strcpy(t->root, "/tmp/mthptop-tree-XXXXXX");
	if (!mkdtemp(t->root))
		abort();
}

void tree_file(const struct tree *t, const char *path, const char *text)
{
	char full[512];
	char *slash;
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", t->root, path);
	for (slash = strchr(full + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	f = fopen(full, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

void tree_remove(struct tree *t)
{
	char *roots[] = { t->root, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;

	if (!fts)
		abort();
	while ((e = fts_read(fts)))
		if (e->fts_info == FTS_DP || e->fts_info != FTS_D)
			remove(e->fts_accpath);
	fts_close(fts);
}
