// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/tables_priv.h"
#include "lib/exit.h"
#include "lib/fmt.h"
#include "lib/log.h"
#include "view/formats.h"

const char *const tables_formats[NR_FORMATS + 1] = {
	[FORMAT_TEXT] = "text",
	[FORMAT_JSON] = "json",
	[FORMAT_CSV] = "csv",
	[FORMAT_HTML] = "html",
};

int tables_check(const struct table *list, size_t nr, const char *name)
{
	char all[512] = "", safe[64];
	size_t i;

	if (!name || table_in(list, nr, name))
		return EXIT_OK;
	for (i = 0; i < nr; i++)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i ? ", " : "",
			 list[i].id);
	log_err("unknown table: %s (use one of: %s)", fmt_safe(name, safe, sizeof(safe)), all);
	return EXIT_USAGE;
}

int tables_write(const struct doc *d, enum tables_format format, const char *table, FILE *out)
{
	switch (format) {
	case FORMAT_TEXT:
		return doc_text(d, table, out);
	case FORMAT_JSON:
		return doc_json(d, table, out);
	case FORMAT_CSV:
		return doc_csv(d, table, out);
	default:
		return -EINVAL;
	}
}
