// SPDX-License-Identifier: GPL-2.0-only
/* Documentation/fault-injection/fault-injection.rst: fail_page_alloc with a task filter. */
#include <stdio.h>
#include <unistd.h>

#include "faults.h"
#include "khugepaged.h"
#include "ktap.h"
#include "settings.h"

#define FAULTS "/sys/kernel/debug/fail_page_alloc/"

bool faults_have(void)
{
	return access(FAULTS, F_OK) == 0;
}

static void set(const char *name, long value)
{
	char path[80], text[24];

	snprintf(path, sizeof(path), FAULTS "%s", name);
	snprintf(text, sizeof(text), "%ld", value);
	if (file_write(path, text))
		ktap_die("cannot set %s to %ld", path, value);
}

static void mark(const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/make-it-fail", kh_pid());
	file_write(path, value);
}

void faults_start(int min_order, unsigned int interval, int times)
{
	mark("1");
	set("min-order", min_order);
	set("task-filter", 1);
	set("ignore-gfp-wait", 0);
	set("ignore-gfp-highmem", 0);
	set("verbose", 0);
	set("interval", interval);
	set("times", times);
	set("probability", 100);
}

void faults_stop(void)
{
	set("probability", 0);
	mark("0");
}
