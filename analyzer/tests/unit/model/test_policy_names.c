// SPDX-License-Identifier: GPL-2.0-only
/* The policy's names, from number to name and back; a number without a meaning has no name. */
#include "tests/support/cm.h"
#include "model/policy_names.h"

static void test_names(void **state)
{
	uint32_t i;
	for (i = 0; i < MTHP_NR_RULES; i++)
		assert_int_equal(policy_rule_parse(policy_rule_name(i)), i);
	assert_null(policy_rule_name(MTHP_NR_RULES));
	assert_true(policy_rule_parse("plain") < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("policy text", tests, NULL, NULL);
}
