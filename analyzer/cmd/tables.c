// SPDX-License-Identifier: GPL-2.0-only
/* The option --table of report, whatif and survey. */
#include <stdio.h>
#include <string.h>

#include "cmd/tables_priv.h"
#include "lib/exit.h"
#include "lib/fmt.h"
#include "lib/log.h"

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
