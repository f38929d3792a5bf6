// SPDX-License-Identifier: GPL-2.0-only
/* Where output goes, when it gets there, and what it never replaces. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/inputs.h"
#include "lib/output.h"
#include "tests/support/cm.h"

static char dir[64], cwd[4096];

static int setup(void **state)
{
	strcpy(dir, "/tmp/mthptop-output-XXXXXX");
	return !mkdtemp(dir) || !getcwd(cwd, sizeof(cwd)) || chdir(dir);
}

static int teardown(void **state)
{
	char cmd[80];

	if (chdir(cwd))
		return 1;
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd);
}

static void put(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	chmod(path, mode);
}

static const char *get(const char *path)
{
	static char text[64];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return "(none)";
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_mode & 0777;
}

/* Files in the folder. */
static int nr_files(void)
{
	char text[16] = "";
	FILE *f = popen("ls -A | wc -l", "r");

	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	pclose(f);
	return atoi(text);
}

static void test_in_place_when_whole(void **state)
{
	struct output o;

	put("old", "old", 0644);
	assert_int_equal(output_open(&o, "old", OUTPUT_WHOLE), 0);
	fputs("new", o.file);
	fflush(o.file);
	assert_string_equal(get("old"), "old");
	assert_int_equal(output_close(&o, 0), 0);
	assert_string_equal(get("old"), "new");
	assert_int_equal(mode_of("old"), 0644);
	assert_int_equal(nr_files(), 1);
}

static void test_new_files_are_private(void **state)
{
	struct output o;

	umask(0);
	assert_int_equal(output_open(&o, "new", OUTPUT_WHOLE), 0);
	assert_string_equal(get("new"), "(none)");
	assert_int_equal(output_close(&o, 0), 0);
	assert_int_equal(mode_of("new"), 0600);
	assert_int_equal(output_open(&o, "growing", OUTPUT_GROWING), 0);
	assert_int_equal(mode_of("growing"), 0600);
	assert_int_equal(output_close(&o, 0), 0);
}

static void test_failures_keep_the_old_file(void **state)
{
	struct rlimit old, limit;
	struct output o;

	put("old", "old", 0600);
	assert_int_equal(output_open(&o, "old", OUTPUT_WHOLE), 0);
	fputs("new", o.file);
	output_drop(&o);
	assert_string_equal(get("old"), "old");

	assert_int_equal(output_open(&o, "old", OUTPUT_WHOLE), 0);
	assert_int_equal(output_close(&o, -EIO), -EIO);
	assert_string_equal(get("old"), "old");

	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 1;
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_int_equal(output_open(&o, "old", OUTPUT_WHOLE), 0);
	fputs("new", o.file);
	assert_int_equal(output_close(&o, 0), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_string_equal(get("old"), "old");
	assert_int_equal(nr_files(), 1);
}

static void note(const char *path)
{
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	inputs_note(fd);
	close(fd);
}

static void test_inputs_are_refused(void **state)
{
	static const char *const names[] = { "in", "./in", "../%s/in", "hard", "soft" };
	struct output o;
	char path[128];
	size_t i;

	put("in", "trace", 0600);
	assert_int_equal(link("in", "hard"), 0);
	assert_int_equal(symlink("in", "soft"), 0);
	note("in");
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), names[i], strrchr(dir, '/') + 1);
		assert_int_equal(output_open(&o, path, OUTPUT_WHOLE), -EINVAL);
		assert_int_equal(output_open(&o, path, OUTPUT_GROWING), -EINVAL);
		assert_string_equal(get("in"), "trace");
	}
	/* Read only after the output was opened. */
	put("late", "trace", 0600);
	assert_int_equal(output_open(&o, "late", OUTPUT_WHOLE), 0);
	note("late");
	assert_int_equal(output_close(&o, 0), -EINVAL);
	assert_string_equal(get("late"), "trace");
	/* A copy is another file. */
	put("copy", "trace", 0600);
	assert_int_equal(output_open(&o, "copy", OUTPUT_WHOLE), 0);
	assert_int_equal(output_close(&o, 0), 0);
}

static void test_links(void **state)
{
	struct output o;
	struct stat st;

	put("file", "old", 0600);
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(output_open(&o, "link", OUTPUT_WHOLE), 0);
	fputs("new", o.file);
	assert_int_equal(output_close(&o, 0), 0);
	assert_string_equal(get("file"), "new");
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(output_open(&o, "dangling", OUTPUT_WHOLE), -ENOENT);
	assert_int_equal(output_open(&o, "dangling", OUTPUT_GROWING), -ENOENT);
	assert_string_equal(get("nowhere"), "(none)");

	/* Somebody else's, where everybody makes files. */
	if (geteuid())
		return;
	assert_int_equal(mkdir("all", 0755), 0);
	assert_int_equal(chmod("all", 01777), 0);
	assert_int_equal(symlink("../file", "all/planted"), 0);
	assert_int_equal(lchown("all/planted", 65534, 65534), 0);
	assert_int_equal(output_open(&o, "all/planted", OUTPUT_WHOLE), -EACCES);
	assert_int_equal(output_open(&o, "all/planted", OUTPUT_GROWING), -EACCES);
	assert_int_equal(lchown("all/planted", 0, 0), 0);
	assert_int_equal(output_open(&o, "all/planted", OUTPUT_WHOLE), 0);
	output_drop(&o);
}

static void test_no_regular_files(void **state)
{
	struct output o;
	char text[4] = "";
	int fd;

	assert_int_equal(output_open(&o, "/dev/null", OUTPUT_WHOLE), 0);
	fputs("new", o.file);
	assert_int_equal(output_close(&o, 0), 0);
	assert_int_equal(output_open(&o, "/dev/full", OUTPUT_WHOLE), 0);
	fputs("new", o.file);
	assert_int_equal(output_close(&o, 0), -ENOSPC);
	assert_int_equal(output_open(&o, ".", OUTPUT_WHOLE), -EISDIR);
	assert_int_equal(output_open(&o, "no/such/folder", OUTPUT_WHOLE), -ENOENT);

	assert_int_equal(mkfifo("pipe", 0600), 0);
	fd = open("pipe", O_RDONLY | O_NONBLOCK);
	assert_int_equal(output_open(&o, "pipe", OUTPUT_WHOLE), 0);
	fputs("new", o.file);
	assert_int_equal(output_close(&o, 0), 0);
	assert_int_equal(read(fd, text, 3), 3);
	assert_string_equal(text, "new");
	/* Nobody reads any more: no error, they need no more. */
	assert_int_equal(output_open(&o, "pipe", OUTPUT_WHOLE), 0);
	close(fd);
	fputs("new", o.file);
	assert_int_equal(output_close(&o, 0), 0);
}

/* Also where stdio has forgotten why it failed. */
static void test_reader_gone_before_the_end(void **state)
{
	struct output o;
	int fd, i;

	assert_int_equal(mkfifo("pipe", 0600), 0);
	fd = open("pipe", O_RDONLY | O_NONBLOCK);
	assert_int_equal(output_open(&o, "pipe", OUTPUT_WHOLE), 0);
	close(fd);
	for (i = 0; i < 100000; i++)
		fputs("a line\n", o.file);
	assert_true(ferror(o.file));
	clearerr(o.file);
	assert_int_equal(output_close(&o, -EIO), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_in_place_when_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_new_files_are_private, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failures_keep_the_old_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_links, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_regular_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reader_gone_before_the_end, setup, teardown),
		/* The last one: file systems use the inode numbers of inputs again. */
		cmocka_unit_test_setup_teardown(test_inputs_are_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
