// SPDX-License-Identifier: GPL-2.0-only
/* A recording in several files: nothing is lost between them, and nothing else is removed. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "tests/support/cm.h"
#include "tests/support/trace_open.h"
#include "tests/support/trace_sample.h"
#include "trace/rotate.h"

#define SIZE (1 << 16)
/* 2026-01-31 12:00:00 UTC */
#define NOON 1769860800ULL

static char dir[64], base[80];
static struct counters counters;
static __u64 lost[MTHP_NR_LOSSES];

static int setup(void **state)
{
	strcpy(dir, "/tmp/mthptop-rotate-XXXXXX");
	memset(lost, 0, sizeof(lost));
	if (!mkdtemp(dir))
		return 1;
	snprintf(base, sizeof(base), "%s/t.mthp", dir);
	return 0;
}

static int teardown(void **state)
{
	char cmd[80];

	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd);
}

/* The path of the file number @i of all that are there, by name; NULL: there are fewer. */
static const char *file(size_t i)
{
	static char path[PATH_MAX];
	char pattern[80];
	const char *found = NULL;
	glob_t g;

	snprintf(pattern, sizeof(pattern), "%s/*", dir);
	if (glob(pattern, 0, NULL, &g))
		return NULL;
	if (i < g.gl_pathc)
		found = strcpy(path, g.gl_pathv[i]);
	globfree(&g);
	return found;
}

static size_t nr_files(void)
{
	size_t i = 0;

	while (file(i))
		i++;
	return i;
}

/* A path below the folder. */
static const char *in_dir(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int there(const char *name)
{
	struct stat st;

	return !lstat(in_dir(name), &st);
}

static struct trace_rotate *open_keep(unsigned int keep)
{
	struct trace_rotate *r;

	assert_int_equal(trace_rotate_new(&r, base, SIZE, keep), 0);
	return r;
}

/* @sec seconds after noon. */
static int turn_at(struct trace_rotate *r, struct trace_writer **w, long sec)
{
	static struct meta meta;
	struct trace_rotate_now now = { .ns = (1000 + sec) * NSEC_PER_SEC,
					.realtime_ns = (NOON + sec) * NSEC_PER_SEC,
					.meta = &meta,
					.counters = *w ? &counters : NULL,
					.lost = lost };

	sample_meta(&meta);
	strcpy(meta.made_by, "record");
	sample_counters(&counters, 10, sec + 1);
	if (*w) {
		trace_write_counters(*w, &counters);
		trace_write_lost(*w, (__u64[MTHP_NR_LOSSES]){ 0 });
	}
	return trace_rotate_turn(r, w, &now);
}

static void write_some(struct trace_writer *w, unsigned int from, unsigned int to)
{
	struct sample_ev s;
	__u64 seed;

	for (; from < to; from++) {
		seed = from;
		sample_event(&seed, from, &s);
		assert_int_equal(trace_write_event(w, &s.ev), 0);
	}
	trace_write_flush(w);
}

/* Reads @path: its events must be those from number @from on. Their number. */
static unsigned int read_from(const char *path, unsigned int from, struct meta *meta, __u64 *ends,
			      __u64 disk[1])
{
	struct trace_reader *r;
	struct trace_item item;
	struct sample_ev s;
	unsigned int nr = 0;
	__u64 seed;

	*ends = *disk = 0;
	assert_int_equal(trace_read_open(&r, path), 0);
	*meta = *trace_read_meta(r);
	while (trace_read_next(r, &item) > 0) {
		if (item.what == TRACE_LOST)
			*disk = item.lost[MTHP_L_RING];
		if (item.what == TRACE_FINISH)
			*ends = item.complete ? item.end_ns : 0;
		if (item.what != TRACE_EVENT)
			continue;
		seed = from + nr;
		sample_event(&seed, from + nr, &s);
		assert_memory_equal(item.ev, &s.ev, mthp_ev_size(s.ev.nr_words));
		nr++;
	}
	assert_int_equal(trace_read_lost(r), 0);
	trace_read_close(r);
	return nr;
}

static void close_last(struct trace_rotate *r, struct trace_writer *w)
{
	assert_int_equal(trace_write_close(w, 5000 * NSEC_PER_SEC, 1), 0);
	trace_rotate_free(r);
}

/* Each part by itself, and all of them, one behind the other. */
static void test_parts_are_one_trace(void **state)
{
	struct trace_rotate *r = open_keep(100);
	struct trace_writer *w = NULL;
	unsigned int i, nr = 0;
	__u64 ends, ring;
	struct meta meta;
	char cmd[200];

	assert_int_equal(turn_at(r, &w, 0), 0);
	for (i = 0; i < 5; i++) {
		assert_false(trace_rotate_due(r, w, 0));
		while (!trace_rotate_due(r, w, 0)) {
			write_some(w, nr, nr + 100);
			nr += 100;
		}
		lost[MTHP_L_RING] += 7;
		trace_rotate_lost(r, lost);
		trace_write_lost(w, lost);
		assert_int_equal(lost[MTHP_L_RING], 7);
		lost[MTHP_L_RING] = 7 * (i + 1);
		/* Not turn_at(): its losses are 0. */
		sample_counters(&counters, 10, i);
		sample_meta(&meta);
		assert_int_equal(trace_rotate_turn(r, &w,
						   &(const struct trace_rotate_now){
							   .ns = (1001 + i) * NSEC_PER_SEC,
							   .realtime_ns = (NOON + i) * NSEC_PER_SEC,
							   .meta = &meta,
							   .counters = &counters,
							   .lost = lost }),
				 0);
	}
	assert_int_equal(trace_rotate_sums(r)->events, nr);
	assert_int_equal(trace_rotate_sums(r)->parts, 6);
	close_last(r, w);
	for (i = 0, nr = 0; i < 6; i++) {
		unsigned int n = read_from(file(i), nr, &meta, &ends, &ring);

		assert_true(i == 5 ? n == 0 : n > 0);
		nr += n;
		assert_int_equal(meta.part, i + 1);
		assert_int_equal(meta.start_ns, (1000 + i) * NSEC_PER_SEC);
		assert_int_equal(ends, (i == 5 ? 5000 : 1001 + i) * NSEC_PER_SEC);
		/* Of this part only. */
		assert_int_equal(ring, i == 5 ? 0 : 7);
	}
	assert_null(file(6));
	snprintf(cmd, sizeof(cmd), "cat %s/t-* >%s/all", dir, dir);
	assert_int_equal(system(cmd), 0);
	assert_int_equal(read_from(in_dir("all"), 0, &meta, &ends, &ring), nr);
	assert_int_equal(ring, 35);
	assert_int_equal(meta.start_ns, 1000 * NSEC_PER_SEC);
	assert_int_equal(ends, 5000 * NSEC_PER_SEC);
}

/* The clock goes back, and the recorder begins anew: names sort by number, the oldest parts go. */
static void test_oldest_go(void **state)
{
	static const char *const last[] = { "t-00000005-20260131T120004Z.mthp",
					    "t-00000006-20260131T120000Z.mthp",
					    "t-00000007-20260131T115950Z.mthp" };
	struct trace_rotate *r = open_keep(3);
	struct trace_writer *w = NULL;
	long sec;
	size_t i;

	for (sec = 0; sec < 5; sec++) {
		assert_int_equal(turn_at(r, &w, sec), 0);
		assert_int_equal(nr_files(), sec < 3 ? sec + 1 : 3);
	}
	assert_int_equal(trace_rotate_sums(r)->removed, 2);
	close_last(r, w);
	r = open_keep(3);
	w = NULL;
	assert_int_equal(turn_at(r, &w, 0), 0);
	assert_int_equal(turn_at(r, &w, -10), 0);
	close_last(r, w);
	for (i = 0; i < 3; i++)
		assert_string_equal(file(i), in_dir(last[i]));
	assert_null(file(3));
	/* Fewer than there are. */
	r = open_keep(2);
	w = NULL;
	assert_int_equal(turn_at(r, &w, 9), 0);
	assert_int_equal(nr_files(), 2);
	close_last(r, w);
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(in_dir(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void test_foreign_files_stay(void **state)
{
	static const char *const foreign[] = {
		"t-00000001-20200101T000000Z.mthp", /* text */
		"t-00000002-20200101T000000Z.mthp", /* empty */
		"t-00000003-20200101T000000Z.mthp", /* a folder */
		"t-00000004-20200101T000000Z.mthp", /* a pipe, which nobody writes to */
		"t-00000001-20200102T000000Z.mthp", /* a link to a part of this number */
		"t-00000006-20200101T000000Z.mthp", /* a part with another number */
		"t-00000007-20200101T000000Z.mthp", /* a whole recording */
		"t-00000000-20200101T000000Z.mthp",
		"t-0000001-20200101T000000Z.mthp",
		"t-000000001-20200101T000000Z.mthp",
		"t-00000001-20200101T000000Z.mthp.old",
		"t-00000001-2020010xT000000Z.mthp",
		"tt-00000001-20200101T000000Z.mthp",
		"t-00000001.mthp",
		"t.mthp",
	};
	struct trace_rotate *r;
	struct trace_writer *w = NULL;
	struct meta meta;
	char real[200], cmd[300];
	size_t i;
	long sec;

	for (i = 7; i < ARRAY_SIZE(foreign); i++)
		put(foreign[i], "mine");
	put(foreign[0], "mine");
	put(foreign[1], "");
	assert_int_equal(mkdir(in_dir(foreign[2]), 0700), 0);
	assert_int_equal(mkfifo(in_dir(foreign[3]), 0600), 0);
	r = open_keep(2);
	assert_int_equal(turn_at(r, &w, 0), 0);
	close_last(r, w);
	strcpy(real, in_dir("t-00000001-20260131T120000Z.mthp"));
	assert_int_equal(access(real, R_OK), 0);
	assert_int_equal(symlink(real, in_dir(foreign[4])), 0);
	snprintf(cmd, sizeof(cmd), "cp %s %s", real, in_dir(foreign[5]));
	assert_int_equal(system(cmd), 0);
	sample_meta(&meta);
	strcpy(meta.made_by, "record");
	meta.part = 0;
	assert_int_equal(trace_write_open(&w, in_dir(foreign[6]), OUTPUT_GROWING, &meta), 0);
	assert_int_equal(trace_write_close(w, 1, 1), 0);
	w = NULL;
	r = open_keep(2);
	for (sec = 0; sec < 9; sec++)
		assert_int_equal(turn_at(r, &w, sec), 0);
	close_last(r, w);
	for (i = 0; i < ARRAY_SIZE(foreign); i++)
		assert_true(there(foreign[i]));
	assert_int_equal(nr_files(), ARRAY_SIZE(foreign) + 2);
}

/* A part whose place somebody has taken, one of another user, one that is gone, one that cannot be removed. */
static void test_parts_that_change(void **state)
{
	struct trace_rotate *r = open_keep(4);
	struct trace_writer *w = NULL;
	long sec;

	for (sec = 0; sec < 4; sec++)
		assert_int_equal(turn_at(r, &w, sec), 0);
	unlink(in_dir("t-00000001-20260131T120000Z.mthp"));
	put("t-00000001-20260131T120000Z.mthp", "mine");
	unlink(in_dir("t-00000002-20260131T120001Z.mthp"));
	for (sec = 4; sec < 6; sec++)
		assert_int_equal(turn_at(r, &w, sec), 0);
	/* Two were gone: nothing had to be removed. */
	assert_int_equal(trace_rotate_sums(r)->removed, 0);
	assert_int_equal(nr_files(), 5);
	close_last(r, w);
	if (geteuid())
		return;
	assert_int_equal(chown(in_dir("t-00000003-20260131T120002Z.mthp"), 1234, 1234), 0);
	r = open_keep(2);
	w = NULL;
	assert_int_equal(turn_at(r, &w, 9), 0);
	close_last(r, w);
	assert_true(there("t-00000003-20260131T120002Z.mthp"));
	assert_true(there("t-00000001-20260131T120000Z.mthp"));
	assert_int_equal(nr_files(), 4);
}

/* No room for the next part: the last one goes on, and there is nothing half. */
static void test_no_room_to_begin(void **state)
{
	struct trace_rotate *r = open_keep(3);
	struct trace_writer *w = NULL, *same;
	struct rlimit old, limit;
	struct meta meta;
	__u64 ends, ring;

	assert_int_equal(turn_at(r, &w, 0), 0);
	write_some(w, 0, 20000);
	assert_true(trace_rotate_due(r, w, 0));
	same = w;
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 100;
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_int_equal(trace_rotate_turn(r, &w,
					   &(const struct trace_rotate_now){ .ns = 5 * NSEC_PER_SEC,
									     .meta = &meta,
									     .lost = lost }),
			 -EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_ptr_equal(w, same);
	assert_int_equal(nr_files(), 1);
	/* Not again at once. */
	assert_false(trace_rotate_due(r, w, 5 * NSEC_PER_SEC + 1));
	assert_true(trace_rotate_due(r, w, 6 * NSEC_PER_SEC));
	write_some(w, 20000, 20100);
	assert_int_equal(turn_at(r, &w, 7), 0);
	assert_int_equal(nr_files(), 2);
	assert_int_equal(read_from(file(0), 0, &meta, &ends, &ring), 20100);
	assert_int_equal(trace_rotate_sums(r)->err, 0);
	close_last(r, w);
}

/* A real full file system: what is in the files and what is counted is all there was. */
static void test_full_disk(void **state)
{
	struct trace_rotate *r;
	struct trace_writer *w = NULL;
	unsigned int nr = 0;
	__u64 got, missing;
	size_t i;

	if (mount("mthp-test", dir, "tmpfs", 0, "size=300k")) {
		print_message("needs root to mount a tmpfs of 300 KiB\n");
		skip();
	}
	r = open_keep(10);
	assert_int_equal(turn_at(r, &w, 0), 0);
	for (i = 0; i < 300; i++, nr += 100) {
		write_some(w, nr, nr + 100);
		if (trace_rotate_due(r, w, now_ns()))
			turn_at(r, &w, i);
	}
	assert_true(trace_rotate_sums(r)->parts >= 2);
	got = trace_rotate_sums(r)->events + trace_write_events(w);
	missing = trace_rotate_sums(r)->missing + trace_write_missing(w);
	assert_true(missing > 0);
	assert_int_equal(got + missing, nr);
	trace_write_close(w, 1, 1);
	trace_rotate_free(r);
	for (i = 0; file(i); i++) {
		struct trace_reader *reader;
		struct trace_item item;

		assert_int_equal(trace_read_open(&reader, file(i)), 0);
		while (trace_read_next(reader, &item) > 0)
			got -= item.what == TRACE_EVENT;
		trace_read_close(reader);
	}
	assert_int_equal(got, 0);
	umount2(dir, MNT_DETACH);
}

/* Removed: the next part begins at once. With its folder: there is none. */
static void test_removed(void **state)
{
	struct trace_rotate *r = open_keep(3);
	struct trace_writer *w = NULL;

	assert_int_equal(turn_at(r, &w, 0), 0);
	write_some(w, 0, 10);
	unlink(file(0));
	trace_write_look(w);
	assert_true(trace_rotate_due(r, w, 0));
	assert_int_equal(turn_at(r, &w, 1), 0);
	assert_int_equal(nr_files(), 1);
	assert_int_equal(trace_rotate_sums(r)->missing, 10);
	assert_true(trace_rotate_sums(r)->err < 0);
	write_some(w, 10, 20);
	unlink(file(0));
	rmdir(dir);
	trace_write_look(w);
	assert_int_equal(turn_at(r, &w, 2), -ENOENT);
	write_some(w, 20, 30);
	assert_int_equal(trace_write_missing(w), 20);
	/* It is back, and the folder is another one. */
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(turn_at(r, &w, 3), 0);
	assert_int_equal(nr_files(), 1);
	close_last(r, w);
}

static void test_refused(void **state)
{
	static const char *const bad[] = { "", "/", "/tmp/", "/nowhere/t.mthp", "/etc/passwd/t" };
	struct trace_rotate *r = open_keep(2), *other;
	struct trace_writer *w = NULL;
	char name[400];
	size_t i;

	assert_int_equal(trace_rotate_new(&other, base, SIZE, 2), -EWOULDBLOCK);
	assert_null(other);
	trace_rotate_free(r);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_true(trace_rotate_new(&r, bad[i], SIZE, 2) < 0);
		assert_null(r);
	}
	snprintf(name, sizeof(name), "%s/%0230d", dir, 1);
	assert_int_equal(trace_rotate_new(&r, name, SIZE, 2), -ENAMETOOLONG);
	/* Smaller than what each file begins with. */
	assert_int_equal(trace_rotate_new(&r, base, 1000, 2), 0);
	assert_int_equal(turn_at(r, &w, 0), -EINVAL);
	assert_null(w);
	assert_int_equal(nr_files(), 0);
	trace_rotate_free(r);
}

/* There is no number behind the last one. */
static void test_numbers_end(void **state)
{
	struct trace_rotate *r;
	struct trace_writer *w = NULL;
	struct meta meta;

	sample_meta(&meta);
	strcpy(meta.made_by, "record");
	meta.part = 99999998;
	assert_int_equal(
		trace_write_open(&w, in_dir("t-99999998-20200101T000000Z.mthp"), OUTPUT_NEW, &meta),
		0);
	trace_write_abort(w);
	w = NULL;
	r = open_keep(5);
	assert_int_equal(turn_at(r, &w, 0), 0);
	assert_true(there("t-99999999-20260131T120000Z.mthp"));
	assert_int_equal(turn_at(r, &w, 1), -EOVERFLOW);
	write_some(w, 0, 10);
	close_last(r, w);
}

/* A cgroup that is gone keeps the name that it had. */
static void test_names_stay(void **state)
{
	struct trace_rotate *r = open_keep(2);
	unsigned int i;

	assert_null(trace_rotate_cgroup(r, 7, NULL));
	assert_string_equal(trace_rotate_cgroup(r, 7, "/a"), "/a");
	assert_string_equal(trace_rotate_cgroup(r, 7, NULL), "/a");
	for (i = 8; i < 3000; i++)
		assert_string_equal(trace_rotate_cgroup(r, i, "/b"), "/b");
	assert_string_equal(trace_rotate_cgroup(r, 8, NULL), "/b");
	assert_null(trace_rotate_cgroup(r, 2999, NULL));
	trace_rotate_free(r);
}

/* Killed wherever it is: each file can be read, there are not more than there should be, and the next one goes on. */
static void test_killed(void **state)
{
	struct trace_writer *w;
	struct trace_rotate *r;
	struct meta meta;
	__u64 ends, ring;
	unsigned int run;
	int fd[2], status;
	size_t i;
	pid_t pid;
	char c;

	for (run = 0; run < 25; run++) {
		assert_int_equal(pipe(fd), 0);
		pid = fork();
		if (!pid) {
			r = open_keep(4);
			w = NULL;
			turn_at(r, &w, 0);
			for (i = 1;; i++) {
				write_some(w, 0, 20);
				turn_at(r, &w, i);
				if (write(fd[1], "", 1) != 1)
					_exit(1);
			}
		}
		/* Somewhere in the round that follows. */
		for (i = 0; i <= run; i++)
			assert_int_equal(read(fd[0], &c, 1), 1);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		close(fd[0]);
		close(fd[1]);
		assert_true(nr_files() >= 1 && nr_files() <= 4);
		for (i = 0; file(i); i++)
			read_from(file(i), 0, &meta, &ends, &ring);
	}
	r = open_keep(2);
	w = NULL;
	assert_int_equal(turn_at(r, &w, 0), 0);
	assert_int_equal(nr_files(), 2);
	close_last(r, w);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_parts_are_one_trace),
		T(test_oldest_go),
		T(test_foreign_files_stay),
		T(test_parts_that_change),
		T(test_no_room_to_begin),
		T(test_full_disk),
		T(test_removed),
		T(test_refused),
		T(test_numbers_end),
		T(test_names_stay),
		T(test_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
