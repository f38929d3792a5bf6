// SPDX-License-Identifier: GPL-2.0-only
/* The table behind all importers has every kind of event, and finds each by its name. */
#include <string.h>

#include "tests/support/cm.h"
#include "import/fields_priv.h"

static void test_all_kinds(void **state)
{
	const struct imp_field *f;
	size_t nr, i;

#define X(number, NAME, name, tracepoint, detail, since)                            \
	assert_string_equal(imp_event_name(number), #tracepoint);                   \
	assert_int_equal(imp_event_kind(#tracepoint, strlen(#tracepoint)), number); \
	f = imp_fields(number, &nr);                                                \
	if (!nr)                                                                    \
		print_error(#tracepoint " has no rows in import/fields.c\n");       \
	assert_true(nr > 0);                                                        \
	for (i = 0; i < nr; i++)                                                    \
		assert_int_equal(f[i].kind, number);
	MTHP_TRACED_KINDS(X)
#undef X
}

static void test_other_names(void **state)
{
	size_t nr;

	assert_int_equal(imp_event_kind("mm_khugepaged_scan_pme", 22), 0);
	assert_int_equal(imp_event_kind("mm_khugepaged_scan_pmd", 21), 0);
	assert_int_equal(imp_event_kind("", 0), 0);
	imp_fields(0, &nr);
	assert_int_equal(nr, 0);
	imp_fields(MTHP_NR_KINDS, &nr);
	assert_int_equal(nr, 0);
	assert_null(imp_event_name(0));
	assert_null(imp_event_name(MTHP_NR_KINDS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_kinds),
		cmocka_unit_test(test_other_names),
	};

	return cmocka_run_group_tests_name("import_fields", tests, NULL, NULL);
}
