// SPDX-License-Identifier: GPL-2.0-only
/* Older and newer forms of the series' events: a missing field is named, a new one does no harm. */
#include <stdio.h>

#include "tests/support/cm.h"
#include "live/features.h"

static const char *lacks(const char *has, const char *wanted)
{
	static struct kfeat_event ev;

	snprintf(ev.fields, sizeof(ev.fields), "%s", has);
	kfeat_lacks(&ev, wanted);
	return ev.lacks;
}

static void test_lacks(void **state)
{
	assert_string_equal(lacks("mm address present[] plan[]", "mm address present[] plan[]"),
			    "");
	assert_string_equal(lacks("mm address newer present[]", "mm address present[]"), "");
	assert_string_equal(lacks("mm address", "mm none address planned present[]"),
			    "none planned present[]");
	/* Not a part of a longer name, and an array is no number. */
	assert_string_equal(lacks("planned_fill present", "planned present[]"),
			    "planned present[]");
}

int main(void)
{
	const struct CMUnitTest all[] = { cmocka_unit_test(test_lacks) };

	return cmocka_run_group_tests(all, NULL, NULL);
}
