// SPDX-License-Identifier: GPL-2.0-only
/* The text in front of an event: every form, with any words before it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/text_head_priv.h"
#include "lib/array.h"
#include "tests/support/cm.h"

static struct imp_text text;
static struct imp_head head;

/* Reads the head of @line, whose event is called "ev". */
static __u32 read_head(const char *line)
{
	const char *cpu_end, *name = strstr(line, "huge_memory:ev");

	if (!name)
		name = strstr(line, "ev:");
	assert_non_null(name);
	return imp_head_before(&text, line, name, &head, &cpu_end);
}

static const struct {
	const char *line, *comm;
	__u32 tid, tgid, cpu;
	__u64 ts_ns;
} heads[] = {
	{ "      khugepaged-58      [002] ...1.  1007.308403: ev: a=1", "khugepaged", 58, 0, 2,
	  1007308403000 },
	{ "      khugepaged-58      (   58) [002] ...1.  1007.308403: ev: a=1", "khugepaged", 58,
	  58, 2, 1007308403000 },
	{ "      khugepaged-58      (-----) [002] d..1.1.  1007.308403: ev: a=1", "khugepaged", 58,
	  0, 2, 1007308403000 },
	{ "      khugepaged-58    [002]  1007.308403123: ev: a=1", "khugepaged", 58, 0, 2,
	  1007308403123 },
	{ "      khugepaged    58 [002]  1007.308403: huge_memory:ev: a=1", "khugepaged", 58, 0, 2,
	  1007308403000 },
	{ "      khugepaged    58 [002]  1007.308403:          1 huge_memory:ev: a=1", "khugepaged",
	  58, 0, 2, 1007308403000 },
	{ "              sh 70/77 [000] 12.5: ev: a=1", "sh", 77, 70, 0, 12500000000 },
	{ "              sh      70/77      12.5: ev: a=1", "sh", 77, 70, 0, 12500000000 },
	{ "      khugepaged    58   1007.308403: ev: a=1", "khugepaged", 58, 0, 0, 1007308403000 },
	{ "           sh  9    58   1007.308403: ev: a=1", "sh  9", 58, 0, 0, 1007308403000 },
	{ "      sh    58   2  1007.308403: ev: a=1", "sh", 58, 0, 2, 1007308403000 },
	{ "      sh-58        2...1.    4us : ev: a=1", "sh", 58, 0, 2, 4000 },
	{ "      sh-58      123dN.1.    4us!: ev: a=1", "sh", 58, 0, 123, 4000 },
	{ "      sh-58        2...1.  12.500000: ev: a=1", "sh", 58, 0, 2, 12500000000 },
	{ "              sh-58    [002]  12.500000: (+37)   ev: a=1", "sh", 58, 0, 2, 12500000000 },
	{ "   12.500000 |   2)   sh-58     |               |    /* ev: a=1 */", "sh", 58, 0, 2,
	  12500000000 },
	{ " web-1  |    12.500000 |   2)   sh-58     |  0.1 us  |    /* ev: a=1 */", "sh", 58, 0, 2,
	  12500000000 },
	{ "   12.500000 |   2)               |    /* ev: a=1 */", "", 0, 0, 2, 12500000000 },
	{ "   812.104 sh/77 huge_memory:ev(a: 1)", "sh", 77, 0, 0, 1812104000 },
	{ "   812.104 ( 0.010 ms): a b/c/77 huge_memory:ev(a: 1)", "a b/c", 77, 0, 0, 1812104000 },
	{ "   812.104 (         ): sh/77 huge_memory:ev:a=1)", "sh", 77, 0, 0, 1812104000 },
	{ "[   12.500000] ev: a=1", "", 0, 0, 0, 12500000000 },
	{ "<6>[   12.500000][   T58] ev: a=1", "", 58, 0, 0, 12500000000 },
	{ "[   12.500000][    C3] ev: a=1", "", 0, 0, 3, 12500000000 },
	{ "[   12.500000] db7 kernel: ev: a=1", "", 0, 0, 0, 12500000000 },
	{ "  12.500000: huge_memory:ev: a=1", "", 0, 0, 0, 12500000000 },
	/* Names that look like a head. */
	{ "   a-1 [0] 1.0: -58      [002] .....  12.500000: ev: a=1", "a-1 [0] 1.0: ", 58, 0, 2,
	  12500000000 },
	{ "   -9 [001] 1.5 -58      [002]  12.500000: ev: a=1", "-9 [001] 1.5 ", 58, 0, 2,
	  12500000000 },
	{ "    ET_NET 0    58 [002]  12.500000: ev: a=1", "ET_NET 0", 58, 0, 2, 12500000000 },
};

static void forms(void **state)
{
	static const char *const fronts[] = { "",
					      "Nov 25 22:30:01 db7 kernel: ",
					      "> ",
					      "12:",
					      "\t",
					      "[pod/a/b] ",
					      "a-1 [000] 1.5: x: " };
	char line[256];
	size_t i, f;

	for (i = 0; i < ARRAY_SIZE(heads); i++) {
		for (f = 0; f < ARRAY_SIZE(fronts); f++) {
			snprintf(line, sizeof(line), "%s%s", fronts[f], heads[i].line);
			/* Without columns, and with a beginning that the form needs. */
			if (f &&
			    (!heads[i].comm[0] || heads[i].line[0] != ' ' || heads[i].tid == 77))
				continue;
			if (read_head(line))
				fail_msg("not read: %s", line);
			assert_int_equal(head.tid, heads[i].tid);
			assert_int_equal(head.tgid, heads[i].tgid);
			assert_int_equal(head.cpu, heads[i].cpu);
			assert_int_equal(head.ts_ns, heads[i].ts_ns);
			if (!(head.reported & IMP_NO_NAME))
				assert_string_equal(head.comm, heads[i].comm);
			if (!f)
				assert_false(head.reported & (IMP_NO_NAME | IMP_DOUBT));
		}
	}
}

static void no_heads(void **state)
{
	static const struct {
		const char *line;
		__u32 why;
	} bad[] = {
		{ "ev: a=1", IMP_WHY_NO_TIME },
		{ "   ev: a=1", IMP_WHY_NO_TIME },
		{ " 2)               |    /* ev: a=1 */", IMP_WHY_NO_TIME },
		{ " 2)   0.120 us    |    /* ev: a=1 */", IMP_WHY_NO_TIME },
		{ "  khugepaged-58  [002] ..... 12.5: X ev: a=1", IMP_WHY_HEAD },
		{ "  khugepaged      [002] ..... 12.5: ev: a=1", IMP_WHY_HEAD },
		{ "2026-11-25T22:30:01 ev: a=1", IMP_WHY_HEAD },
		{ "Nov 25 22:30:01 db7 kernel: ev: a=1", IMP_WHY_HEAD },
		{ "see ev: a=1", IMP_WHY_HEAD },
		{ "[Wed Nov 25] ev: a=1", IMP_WHY_HEAD },
		{ "12.5ev: a=1", IMP_WHY_HEAD },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		if (read_head(bad[i].line) != bad[i].why)
			fail_msg("%s", bad[i].line);
	assert_int_equal(read_head("      khugepaged-58      [002] ...1.  100712: ev: a=1"), 0);
	assert_true(head.counts);
}

/* What is in front of every byte of a line is read without looking past its ends. */
static void cut(void **state)
{
	size_t i, from;

	for (i = 0; i < ARRAY_SIZE(heads); i++) {
		size_t len = strlen(heads[i].line);

		for (from = 0; from < len; from++) {
			char *copy = strdup(heads[i].line + from);
			const char *cpu_end;

			imp_head_before(&text, copy, copy + strlen(copy), &head, &cpu_end);
			free(copy);
		}
	}
}

static const struct {
	const char *in_front;
	size_t columns;
	bool cut;
	const char *comm;
	__u8 reported;
} names[] = {
	{ "      khugepaged", 16, false, "khugepaged", 0 },
	{ "khugepaged", 16, false, "khugepaged", 0 },
	{ " khugepaged", 16, false, "khugepaged", 0 },
	{ ">       khugepaged", 16, false, "khugepaged", 0 },
	{ "x:y khugepaged-worker khugepaged", 16, false, "khugepaged", 0 },
	{ "Nov 25 22:30:01 db7 kernel: khugepaged", 16, false, "khugepaged", 0 },
	{ "> khugepaged", 16, false, "", IMP_NO_NAME | IMP_DOUBT },
	{ "> sh", 16, false, "", IMP_NO_NAME },
	{ "1:khugepaged", 16, false, "1:khugepaged", IMP_DOUBT },
	{ "long/name.txt:khugepaged", 16, false, "", IMP_NO_NAME | IMP_DOUBT },
	{ "I atrace      : khugepaged", 16, false, ": khugepaged", IMP_DOUBT },
	{ "     x khugepaged", 16, false, "x khugepaged", IMP_DOUBT },
	{ " name of 15 byte", 16, false, "", IMP_NO_NAME },
	{ " fifteen-letters", 16, false, "fifteen-letters", 0 },
	{ "           <...>", 16, false, "<...>", 0 },
	{ "x <...>", 16, false, "", IMP_NO_NAME | IMP_DOUBT },
	{ "a: kworker/3:1", 16, false, "", IMP_NO_NAME | IMP_DOUBT },
	{ "khugepag", 8, true, "khugepag", IMP_DOUBT },
	{ "kdamond.", 8, true, "kdamond.", IMP_DOUBT },
	{ "postgres", 8, true, "postgres", 0 },
	{ "      sh", 8, true, "sh", 0 },
	{ "khugepa", 7, true, "khugepa", IMP_DOUBT },
	{ "12:khugepag", 8, true, "", IMP_NO_NAME | IMP_DOUBT },
	{ "12:postgres", 8, true, "", IMP_NO_NAME },
	{ "", 16, false, "", 0 },
	{ "   ", 16, false, "", 0 },
};

static void task_names(void **state)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const char *begin = names[i].in_front;

		memset(&head, 0, sizeof(head));
		imp_task_name(begin, begin + strlen(begin), names[i].columns, names[i].cut, &head);
		if (strcmp(head.comm, names[i].comm) || head.reported != names[i].reported)
			fail_msg("\"%s\": \"%s\", %u", begin, head.comm, head.reported);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(no_heads),
		cmocka_unit_test(cut),
		cmocka_unit_test(task_names),
	};

	return cmocka_run_group_tests_name("import head", tests, NULL, NULL);
}
