// SPDX-License-Identifier: GPL-2.0-only
/* Options from tables: which arguments are accepted, which refused, and with which exit status. */
#include <stdio.h>
#include <string.h>

#include "tests/support/cm.h"
#include "lib/exit.h"
#include "lib/opts.h"

const struct command *const commands[] = { NULL, NULL };

struct my_opts {
	bool flag;
	unsigned int num;
	double secs;
	__u64 size;
	const char *str;
	int choice;
	struct opt_list list;
};

static struct my_opts got;
static int got_nr;
static char *got_args[8];

static int run(const struct command *cmd, const void *opts, int nr, char **args)
{
	got = *(const struct my_opts *)opts;
	got_nr = nr;
	memcpy(got_args, args, nr * sizeof(*args));
	return 42;
}

static const char *const choices[] = { "red", "green", NULL };

static const struct opt options[] = {
	OPT(struct my_opts, flag, FLAG, .brief = 'f', .help = "a flag"),
	OPT(struct my_opts, num, U32, .brief = 'n', .min = 1, .max = 100, .metavar = "N",
	    .help = "a number"),
	OPT(struct my_opts, secs, SECONDS, .min = 0.1, .max = 60, .metavar = "S", .help = "a time"),
	OPT(struct my_opts, size, SIZE, .min = 65536, .max = 1099511627776, .metavar = "SIZE",
	    .help = "a size"),
	OPT(struct my_opts, str, STR, .brief = 's', .metavar = "WORD", .help = "a word"),
	OPT(struct my_opts, choice, CHOICE, .brief = 'c', .metavar = "C", .choices = choices,
	    .help = "one"),
	OPT(struct my_opts, list, LIST, .brief = 'l', .metavar = "W", .help = "words"),
	OPT_END,
};

static const struct my_opts defaults = { .num = 7 };

static const struct command cmd = {
	.name = "test",
	.args = "FILE",
	.help = "tests",
	.opts = options,
	.opts_size = sizeof(struct my_opts),
	.defaults = &defaults,
	.min_args = 1,
	.max_args = 2,
	.run = run,
};

static int try(const char *line)
{
	static char copy[256];
	char *argv[16], *save = NULL, *word;
	int argc = 0;

	memset(&got, 0xff, sizeof(got));
	snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	return command_run(&cmd, argc, argv);
}

static void test_good(void **state)
{
	assert_int_equal(try("test a"), 42);
	assert_int_equal(got.num, 7);
	assert_int_equal(got.flag, 0);
	assert_null(got.str);
	assert_int_equal(try("test -fn 8 --secs=0.5 a --choice green b"), 42);
	assert_int_equal(got.flag, 1);
	assert_int_equal(got.num, 8);
	assert_true(got.secs == 0.5);
	assert_int_equal(got.choice, 1);
	assert_int_equal(got_nr, 2);
	assert_string_equal(got_args[0], "a");
	assert_string_equal(got_args[1], "b");
	assert_int_equal(try("test -l one a --list two -lthree"), 42);
	assert_int_equal(got.list.nr, 3);
	assert_string_equal(got.list.word[0], "one");
	assert_string_equal(got.list.word[2], "three");
	/* The same value twice leaves no doubt. */
	assert_int_equal(try("test -n9 -sy --str y --num 9 -ff -"), 42);
	assert_int_equal(got.num, 9);
	assert_string_equal(got.str, "y");
	assert_string_equal(got_args[0], "-");
	assert_int_equal(try("test -- -n --flag"), 42);
	assert_int_equal(got.flag, 0);
	assert_string_equal(got_args[0], "-n");
}

static void test_size(void **state)
{
	static const struct {
		const char *line;
		__u64 size;
	} good[] = {
		{ "test a --size 65536", 65536 }, { "test a --size 64K", 65536 },
		{ "test a --size=64k", 65536 },	  { "test a --size 3M", 3U << 20 },
		{ "test a --size 1G", 1U << 30 }, { "test a --size 1T", 1ULL << 40 },
	};
	static const char *const wrong[] = {
		"65535",	"0",	     "63K",	  "2T",	  "1025G", "K",
		"M64",		"64KB",	     "64 K",	  "1.5M", "+1M",   "0x1M",
		"-64K",		"64P",	     "=",	  "1e9",  "64M ",  "18446744073709551617",
		"17179869184G", "16777216T", "16777217T",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(try(good[i].line), 42);
		assert_int_equal(got.size, good[i].size);
	}
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		char *argv[] = { (char *)"test", (char *)"a", (char *)"--size", (char *)wrong[i] };

		assert_int_equal(command_run(&cmd, 4, argv), EXIT_USAGE);
	}
}

static void test_bad(void **state)
{
	static const char *const lines[] = {
		"test",
		"test a b c",
		"test --nope a",
		"test -x a",
		"test --num 0 a",
		"test -n 101 a",
		"test -n 1.5 a",
		"test -n x a",
		"test -n 0x10 a",
		"test -n 1e1 a",
		"test -n +5 a",
		"test --num= a",
		"test -n 18446744073709551617 a",
		"test -n 1e999 a",
		"test --secs 0 a",
		"test --secs nan a",
		"test --secs inf a",
		"test --secs 0x10 a",
		"test a --num",
		"test a -n",
		"test --flag=1 a",
		"test --choice blue a",
		"test --choi red a",
		"test -n -5 a",
		"test -n 8 -n 9 a",
		"test --num 8 -n9 a",
		"test -sx a --str y",
		"test -c red -c green a",
		"test -s x -s \x1b a",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(try(lines[i]), EXIT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests_name("opts", tests, NULL, NULL);
}
