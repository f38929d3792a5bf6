// SPDX-License-Identifier: GPL-2.0-only
/* Names of cgroups, on a tree of folders: the inode number of a folder is its id. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/cm.h"
#include "lib/cgroup.h"

static char root[] = "/tmp/mthptop-test-XXXXXX";

static void path_to(char *path, size_t len, const char *name)
{
	snprintf(path, len, "%s%s", root, name);
}

static __u64 make(const char *name)
{
	char path[256];
	struct stat st;

	path_to(path, sizeof(path), name);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

static void move(const char *from, const char *to)
{
	char a[256], b[256];

	path_to(a, sizeof(a), from);
	path_to(b, sizeof(b), to);
	assert_int_equal(rename(a, b), 0);
}

static void test_names(void **state)
{
	struct cgroup_names *n = cgroup_names_new(root);
	__u64 system = make("/system"), ssh = make("/system/ssh"), late;
	struct stat st;

	assert_non_null(n);
	assert_int_equal(stat(root, &st), 0);
	assert_string_equal(cgroup_names_path(n, ssh), "/system/ssh");
	assert_string_equal(cgroup_names_path(n, system), "/system");
	assert_string_equal(cgroup_names_path(n, st.st_ino), "/");
	/* A known id is not looked up again: the old name shows this. */
	move("/system/ssh", "/system/sshd");
	assert_string_equal(cgroup_names_path(n, ssh), "/system/ssh");
	/* An unknown id is looked up, and that reads all names again. */
	late = make("/late");
	assert_string_equal(cgroup_names_path(n, late), "/late");
	assert_string_equal(cgroup_names_path(n, ssh), "/system/sshd");
	assert_null(cgroup_names_path(n, 1));
	cgroup_names_free(n);
	cgroup_names_free(NULL);
}

static void test_nowhere(void **state)
{
	struct cgroup_names *n = cgroup_names_new("/nonexistent");

	assert_null(cgroup_names_path(n, 1));
	cgroup_names_free(n);
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_nowhere),
	};
	int failed;

	if (!mkdtemp(root))
		return 1;
	failed = cmocka_run_group_tests_name("cgroup", tests, NULL, NULL);
	nftw(root, drop, 8, FTW_DEPTH | FTW_PHYS);
	return failed;
}
