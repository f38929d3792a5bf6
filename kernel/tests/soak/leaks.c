// SPDX-License-Identifier: GPL-2.0-only
/* kmemleak (CONFIG_DEBUG_KMEMLEAK): objects of the kernel that nothing points to any more. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "ktap.h"
#include "settings.h"

#define LEAKS "/sys/kernel/debug/kmemleak"

bool leaks_have(void)
{
	return access(LEAKS, W_OK) == 0;
}

void leaks_clear(void)
{
	if (!leaks_have())
		return;
	/* Objects that the boot left are not this test's. */
	(void)file_write(LEAKS, "scan");
	(void)file_write(LEAKS, "clear");
}

static unsigned int leaks_read(void)
{
	unsigned int nr = 0, lines = 0;
	char line[200];
	FILE *f = fopen(LEAKS, "re");

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		nr += strncmp(line, "unreferenced object", 19) == 0;
		if (lines++ < 60)
			ktap_note("%s", line);
	}
	if (f)
		fclose(f);
	return nr;
}

void leaks_judge(void)
{
	unsigned int nr;

	if (!leaks_have()) {
		/* The configuration decides whether there is kmemleak: see soak.config. */
		ktap_note("no kmemleak in this kernel");
		return;
	}
	/* kmemleak checks objects older than five seconds, and reports them at the second scan. */
	sleep(6);
	(void)file_write(LEAKS, "scan");
	sleep(1);
	(void)file_write(LEAKS, "scan");
	nr = leaks_read();
	ktap_ok(nr == 0, "kmemleak finds nothing (%u objects)", nr);
}
