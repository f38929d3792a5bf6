// SPDX-License-Identifier: GPL-2.0-only
/* Address spaces get numbers in the order in which they appear, up to a limit. */
#include "import/mm_priv.h"
#include "tests/support/cm.h"

static void numbers(void **state)
{
	struct imp_mms *m = imp_mms_new();
	__u64 i;

	assert_non_null(m);
	for (i = 1; i <= IMP_MAX_MMS; i++)
		assert_int_equal(imp_mm(m, 0xffff888100000000 + i * 1984), i);
	for (i = 1; i <= IMP_MAX_MMS; i++)
		assert_int_equal(imp_mm(m, 0xffff888100000000 + i * 1984), i);
	imp_mms_free(m);
	imp_mms_free(NULL);
}

/* Address spaces beyond the limit stay distinct, but get no numbers. */
static void many(void **state)
{
	struct imp_mms *m = imp_mms_new();
	__u64 i, one, other;

	for (i = 1; i <= IMP_MAX_MMS; i++)
		imp_mm(m, i);
	one = imp_mm(m, 0xffff888100000040);
	other = imp_mm(m, 0xffff888100000080);
	assert_true(one > IMP_MAX_MMS && other > IMP_MAX_MMS && one != other);
	assert_int_equal(imp_mm(m, 0xffff888100000040), one);
	assert_int_not_equal(one & 0xffffffffff, 0x8100000040);
	imp_mms_free(m);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests_name("import mm", tests, NULL, NULL);
}
