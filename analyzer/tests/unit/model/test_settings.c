// SPDX-License-Identifier: GPL-2.0-only
/* Settings that change while they are observed: when, from what to what, and what they were at first. */
#include <stdio.h>
#include <string.h>

#include "model/snapshot.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"

static const struct snap_setting *row(const struct snapshot *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->nr_settings; i++)
		if (!strcmp(s->settings[i].name, name))
			return &s->settings[i];
	fail_msg("no setting %s", name);
	return NULL;
}

static void test_changes(void **state)
{
	struct meta meta;
	struct model *m;
	struct snapshot *s;

	evs_meta(&meta);
	meta.settings.max_ptes_none = 511;
	strcpy(meta.settings.enabled, "madvise");
	m = model_new(&meta, 0);
	/* Other facts are no settings, and the same settings no change. */
	strcpy(meta.extra_results[0], "new");
	model_meta(m, &meta, meta.start_ns + 5);
	assert_int_equal(m->changes.nr, 0);
	assert_string_equal(m->meta.extra_results[0], "new");
	meta.settings.max_ptes_none = 0;
	strcpy(meta.settings.order_enabled[4], "always");
	model_meta(m, &meta, meta.start_ns + 7);
	meta.settings.max_ptes_none = META_UNKNOWN;
	strcpy(meta.settings.enabled, "never");
	model_meta(m, &meta, meta.start_ns + 9);
	meta.settings.max_ptes_none = 511;
	meta.settings.order_enabled[4][0] = '\0';
	model_meta(m, &meta, meta.start_ns + 11);
	s = snapshot_take(m);
	assert_int_equal(s->nr_changes, 6);
	assert_string_equal(s->changes[0].name, "khugepaged/max_ptes_none");
	assert_int_equal(s->changes[0].at_ns, 7);
	assert_string_equal(s->changes[0].from, "511");
	assert_string_equal(s->changes[0].to, "0");
	assert_string_equal(s->changes[1].name, "hugepages-64kB/enabled");
	assert_string_equal(s->changes[1].from, "never");
	assert_string_equal(s->changes[1].to, "always");
	assert_string_equal(s->changes[2].name, "enabled");
	assert_string_equal(s->changes[3].to, "");
	assert_string_equal(s->changes[5].name, "hugepages-64kB/enabled");
	assert_string_equal(s->changes[5].to, "");
	/* It is what it was, but it was something else meanwhile. */
	assert_string_equal(row(s, "khugepaged/max_ptes_none")->value, "511");
	assert_string_equal(row(s, "khugepaged/max_ptes_none")->first, "511");
	assert_int_equal(row(s, "khugepaged/max_ptes_none")->changes, 3);
	assert_string_equal(row(s, "enabled")->first, "madvise");
	assert_int_equal(row(s, "defrag")->changes, 0);
	snapshot_free(s);
	model_free(m);
}

/* Somebody who changes a setting for ever costs no memory, and the first changes are kept. */
static void test_many(void **state)
{
	struct meta meta;
	struct model *m;
	struct snapshot *s;
	int i;

	evs_meta(&meta);
	meta.settings.max_ptes_none = 0;
	m = model_new(&meta, 0);
	for (i = 1; i <= 1000; i++) {
		meta.settings.max_ptes_none = i;
		model_meta(m, &meta, meta.start_ns + i);
	}
	s = snapshot_take(m);
	assert_int_equal(m->changes.nr, 1000);
	assert_int_equal(s->nr_changes, SETTING_CHANGES_MAX);
	assert_string_equal(s->changes[0].to, "1");
	assert_string_equal(row(s, "khugepaged/max_ptes_none")->first, "0");
	assert_string_equal(row(s, "khugepaged/max_ptes_none")->value, "1000");
	snapshot_free(s);
	model_free(m);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
