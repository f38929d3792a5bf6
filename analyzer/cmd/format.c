// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <strings.h>

#include "cmd/format_priv.h"

int format_of(int format, const char *const *endings, const char *out)
{
	const char *dot = out ? strrchr(out, '.') : NULL;
	int i;

	if (format != FORMAT_BY_NAME)
		return format;
	for (i = 0; dot && endings[i]; i++)
		if (!strcasecmp(dot + 1, endings[i]))
			return i;
	return 0;
}
