// SPDX-License-Identifier: GPL-2.0-only
/* The names of unknown events are those seen first; the others are only counted. */
#include <string.h>

#include "import/bad_priv.h"

void imp_bad_strange(struct imp_bad *bad, const char *name, size_t len, __u64 nr)
{
	size_t i;

	if (len >= META_NAME_LEN)
		len = META_NAME_LEN - 1;
	bad->lines += nr;
	bad->strange += nr;
	for (i = 0; i < IMP_STRANGE; i++) {
		if (!bad->names[i].lines)
			memcpy(bad->names[i].name, name, len);
		if (strlen(bad->names[i].name) == len && !memcmp(bad->names[i].name, name, len)) {
			bad->names[i].lines += nr;
			return;
		}
	}
}
