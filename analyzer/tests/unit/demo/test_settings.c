// SPDX-License-Identifier: GPL-2.0-only
/* The demo restores its settings: when popped, when killed, when killed together with the guardian. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "demo/settings.h"
#include "lib/file.h"

#define THP  "/sys/kernel/mm/transparent_hugepage"
#define NONE "khugepaged/max_ptes_none"

static char root[64];

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", root, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static const char *got(const char *name)
{
	static char text[64];
	char path[256];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", root, name);
	f = fopen(path, "r");
	if (!f)
		return "(no file)";
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static int setup(void **state)
{
	char cmd[256];

	strcpy(root, "/tmp/mthptop-test-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(cmd, sizeof(cmd), "mkdir -p %s%s/khugepaged %s/run", root, THP, root);
	if (system(cmd))
		return -1;
	put(THP "/" NONE, "511\n");
	put(THP "/khugepaged/pages_to_scan", "4096\n");
	put(THP "/enabled", "always [madvise] never\n");
	return 0;
}

static int teardown(void **state)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "rm -rf %s", root);
	return system(cmd);
}

static void test_stack(void **state)
{
	struct demo_settings *s;
	char value[32];

	assert_int_equal(demo_settings_open(&s, root), 0);
	demo_settings_push(s);
	assert_int_equal(demo_settings_set(s, NONE, "64"), 0);
	assert_int_equal(demo_settings_set(s, "enabled", "always"), 0);
	demo_settings_push(s);
	assert_int_equal(demo_settings_set(s, NONE, "0"), 0);
	assert_int_equal(demo_settings_set(s, NONE, "1"), 0);
	assert_string_equal(got(THP "/" NONE), "1");
	assert_int_equal(demo_settings_pop(s), 0);
	assert_string_equal(got(THP "/" NONE), "64");
	assert_string_equal(got(THP "/enabled"), "always");
	assert_int_equal(demo_settings_get(s, NONE, value, sizeof(value)), 0);
	assert_string_equal(value, "64");
	demo_settings_close(s);
	assert_string_equal(got(THP "/" NONE), "511");
	assert_string_equal(got(THP "/enabled"), "madvise");
	assert_string_equal(got("/run/mthptop-demo.state"), "(no file)");
}

/* The guardian: the child of this process with that name. 0: no such child. */
static pid_t guardian(void)
{
	char path[64], list[256], name[32], *at = list, *end;
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file_read(AT_FDCWD, path, list, sizeof(list));
	for (pid = strtol(at, &end, 10); end != at; pid = strtol(at, &end, 10)) {
		at = end;
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		/* The guardian sets its name once it runs. */
		do
			file_read(AT_FDCWD, path, name, sizeof(name));
		while (!strncmp(name, "test_settings", 13));
		if (!strcmp(name, "mthptop-guard\n"))
			return pid;
	}
	return 0;
}

static void test_absent_setting(void **state)
{
	struct demo_settings *s;

	assert_int_equal(demo_settings_open(&s, root), 0);
	demo_settings_push(s);
	assert_int_equal(demo_settings_set(s, "khugepaged/creep_guard", "0"), -ENOENT);
	assert_int_equal(guardian(), 0);
	demo_settings_close(s);
}

static void test_somebody_else_keeps_theirs(void **state)
{
	struct demo_settings *s;

	assert_int_equal(demo_settings_open(&s, root), 0);
	demo_settings_push(s);
	assert_int_equal(demo_settings_set(s, NONE, "64"), 0);
	put(THP "/" NONE, "200\n");
	assert_int_equal(demo_settings_pop(s), 0);
	assert_string_equal(got(THP "/" NONE), "200");
	demo_settings_close(s);
}

static void test_one_at_a_time(void **state)
{
	struct demo_settings *s, *other;

	assert_int_equal(demo_settings_open(&s, root), 0);
	assert_int_equal(demo_settings_open(&other, root), -EBUSY);
	demo_settings_close(s);
	assert_int_equal(demo_settings_open(&s, root), 0);
	demo_settings_close(s);
}

/* Starts a process that changes settings and dies of SIGKILL, with its guardian if @both. */
static void die_with_changes(int both)
{
	struct demo_settings *s;
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		if (demo_settings_open(&s, root))
			_exit(1);
		demo_settings_push(s);
		demo_settings_set(s, NONE, "64");
		demo_settings_set(s, NONE, "32");
		demo_settings_set(s, "enabled", "always");
		if (strcmp(got(THP "/" NONE), "32"))
			_exit(2);
		if (both)
			kill(guardian(), SIGKILL);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void test_killed(void **state)
{
	const struct timespec step = { 0, 10 * 1000 * 1000 };
	int i;

	die_with_changes(0);
	for (i = 0; i < 500 && strcmp(got("/run/mthptop-demo.state"), "(no file)"); i++)
		nanosleep(&step, NULL);
	assert_string_equal(got(THP "/" NONE), "511");
	assert_string_equal(got(THP "/enabled"), "madvise");
}

static void test_killed_with_guardian(void **state)
{
	const struct timespec step = { 0, 10 * 1000 * 1000 };
	struct demo_settings *s;
	int i, err;

	die_with_changes(1);
	assert_string_equal(got(THP "/" NONE), "32");
	/* The kernel releases the killed guardian's lock a little later. */
	for (i = 0; i < 500 && (err = demo_settings_open(&s, root)) == -EBUSY; i++)
		nanosleep(&step, NULL);
	assert_int_equal(err, 0);
	assert_string_equal(got(THP "/" NONE), "511");
	assert_string_equal(got(THP "/enabled"), "madvise");
	assert_string_equal(got("/run/mthptop-demo.state"), "(no file)");
	demo_settings_close(s);
}

/* A name in a state file cannot point to anything but a setting; invalid lines have no effect. */
static void test_foreign_state_file(void **state)
{
	struct demo_settings *s;

	put("/run/victim", "mine\n");
	put("/run/mthptop-demo.state", "mthptop demo settings 1\n"
				       "../../../../run/victim\tyours\tmine\n"
				       "/run/victim\tyours\tmine\n"
				       "no tabs at all\n" NONE "\t7\t511\n");
	assert_int_equal(demo_settings_open(&s, root), 0);
	assert_string_equal(got("/run/victim"), "mine");
	assert_string_equal(got(THP "/" NONE), "7");
	demo_settings_close(s);
	/* The lines without effect are kept for a person to read. */
	assert_string_not_equal(got("/run/mthptop-demo.state.old"), "(no file)");
	put("/run/mthptop-demo.state", "something else\n" NONE "\t9\t7\n");
	assert_int_equal(demo_settings_open(&s, root), 0);
	assert_string_equal(got(THP "/" NONE), "7");
	demo_settings_close(s);
	assert_string_equal(got("/run/mthptop-demo.state"), "(no file)");
	assert_string_not_equal(got("/run/mthptop-demo.state.old"), "(no file)");
}

/* On request, without a demo. */
static void test_restore(void **state)
{
	struct demo_settings *s;

	assert_false(demo_settings_wait(root));
	assert_int_equal(demo_settings_restore(root), 0);
	put("/run/mthptop-demo.state", "mthptop demo settings 1\n" NONE "\t8\t511\n");
	assert_true(demo_settings_wait(root));
	assert_int_equal(demo_settings_restore(root), 0);
	assert_string_equal(got(THP "/" NONE), "8");
	assert_false(demo_settings_wait(root));
	put("/run/mthptop-demo.state", "mthptop demo settings 1\nno_such_setting\t8\t511\n");
	assert_true(demo_settings_restore(root) < 0);
	assert_false(demo_settings_wait(root));
	assert_string_not_equal(got("/run/mthptop-demo.state.old"), "(no file)");
	assert_int_equal(demo_settings_open(&s, root), 0);
	assert_int_equal(demo_settings_restore(root), -EBUSY);
	demo_settings_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_stack, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restore, setup, teardown),
		cmocka_unit_test_setup_teardown(test_absent_setting, setup, teardown),
		cmocka_unit_test_setup_teardown(test_somebody_else_keeps_theirs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed_with_guardian, setup, teardown),
		cmocka_unit_test_setup_teardown(test_foreign_state_file, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
