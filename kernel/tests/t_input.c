// SPDX-License-Identifier: GPL-2.0-only
/* The settings accept the values that they can honour, and refuse all others with EINVAL. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "khugepaged.h"
#include "ktap.h"
#include "settings.h"

struct row {
	const char *name;
	const char *value;
	int err; /* 0: taken, and read back as written */
};

static void check(const char *name, const char *value, int want)
{
	int err = thp_write(name, value);
	char got[64] = "", path[128];

	snprintf(path, sizeof(path), THP_DIR "%s", name);
	if (err == -ENOENT) {
		ktap_note("%s: this kernel has no such file", name);
	} else if (err != want) {
		ktap_note("%s: wanted %s, got %s", name, want ? strerror(-want) : "success",
			  err ? strerror(-err) : "success");
	} else if (!want) {
		file_read(path, got, sizeof(got));
		if (strcmp(got, value))
			ktap_note("%s: wrote %s, read %s", name, value, got);
	}
	ktap_ok(err == want && (want || strcmp(got, value) == 0), "%s: \"%s\" is %s", name, value,
		want ? "refused" : "taken");
}

int main(void)
{
	static const struct row rows[] = {
		{ "khugepaged/max_ptes_none", "0", 0 },
		{ "khugepaged/max_ptes_none", "255", 0 },
		{ "khugepaged/max_ptes_none", "511", 0 },
		{ "khugepaged/max_ptes_none", "512", -EINVAL },
		{ "khugepaged/max_ptes_none", "-1", -EINVAL },
		{ "khugepaged/max_ptes_none", "x", -EINVAL },
		{ "khugepaged/max_ptes_none", "4294967296", -EINVAL },
		{ "khugepaged/max_ptes_shared", "512", -EINVAL },
		{ "khugepaged/max_ptes_swap", "512", -EINVAL },
		{ "khugepaged/pages_to_scan", "0", -EINVAL },
		{ "khugepaged/creep_guard", "0", 0 },
		{ "khugepaged/creep_guard", "1", 0 },
		{ "khugepaged/creep_guard", "2", -EINVAL },
		{ "khugepaged/creep_guard", "-1", -EINVAL },
		{ "khugepaged/creep_guard", "yes", -EINVAL },
		{ "khugepaged/creep_guard", "4294967297", -EINVAL },
		{ "hugepages-64kB/enabled", "sometimes", -EINVAL },
	};
	unsigned int i;

	ktap_start();
	kh_start();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(rows[i].name, rows[i].value, rows[i].err);
	ktap_ok(thp_read("khugepaged/creep_guard") == 1, "creep_guard is what was last taken");
	return ktap_done();
}
