// SPDX-License-Identifier: GPL-2.0-only
/* Outputs that become full, and writers that are killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/support/trace_open.h"
#include "tests/support/trace_sample.h"

static char path[256];

static int setup(void **state)
{
	sample_path(path, sizeof(path));
	return 0;
}

static int teardown(void **state)
{
	trace_fresh(path);
	return 0;
}

/* Writes events number @from to @to, a block of each ten. */
static void write_some(struct trace_writer *w, unsigned int from, unsigned int to)
{
	struct sample_ev s;
	unsigned int i;
	__u64 seed;

	for (i = from; i < to; i++) {
		seed = i;
		sample_event(&seed, i, &s);
		assert_int_equal(trace_write_event(w, &s.ev), 0);
		if (i % 10 == 9)
			trace_write_flush(w);
	}
}

struct seen {
	unsigned int nr;
	int named;	       /* cgroup 77 has a path */
	unsigned int counters; /* COUNTERS that could be read */
	long long setting;     /* max_ptes_none at the end */
	__u64 disk;
	__u64 lost;
	int finished;
	int complete;
};

/* Reads the file: its events must be written ones, in order. */
static struct seen read_back(const char *file)
{
	struct seen seen = { 0 };
	struct trace_reader *r;
	struct trace_item item;
	struct sample_ev s;
	unsigned int i = 0;
	__u64 seed;

	assert_int_equal(trace_read_open(&r, file), 0);
	while (trace_read_next(r, &item) > 0) {
		if (item.what == TRACE_LOST)
			seen.disk = item.lost[MTHP_L_DISK];
		if (item.what == TRACE_FINISH) {
			seen.finished = 1;
			seen.complete = item.complete;
		}
		seen.counters += item.what == TRACE_COUNTERS;
		if (item.what != TRACE_EVENT)
			continue;
		do {
			assert_true(i < 100000);
			seed = i;
			sample_event(&seed, i++, &s);
		} while (memcmp(item.ev, &s.ev, mthp_ev_size(s.ev.nr_words)));
		seen.nr++;
	}
	seen.lost = trace_read_lost(r);
	seen.setting = trace_read_meta(r)->settings.max_ptes_none;
	seen.named = !!trace_read_cgroup(r, 77);
	trace_read_close(r);
	return seen;
}

static struct trace_writer *begin(const char *file)
{
	struct trace_writer *w;
	struct meta meta;

	sample_meta(&meta);
	trace_fresh(file);
	assert_int_equal(trace_write_open(&w, file, OUTPUT_GROWING, &meta), 0);
	return w;
}

/* The output is full for a while: whole blocks stay, the rest is counted, and writing continues later. */
static void test_full_for_a_while(void **state)
{
	__u64 lost[MTHP_NR_LOSSES] = { 0 };
	struct rlimit old, limit;
	struct trace_writer *w = begin(path);
	struct seen seen;
	struct stat st;
	__u64 missing;
	write_some(w, 0, 100);
	assert_int_equal(trace_write_missing(w), 0);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	/* Not at the end of a block, so that one is written in part. */
	limit.rlim_cur = trace_write_bytes(w) + 500;
	setrlimit(RLIMIT_FSIZE, &limit);
	write_some(w, 100, 150);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, trace_write_bytes(w));
	missing = trace_write_missing(w);
	assert_int_equal(missing, 50);
	setrlimit(RLIMIT_FSIZE, &old);
	/* As the recorder does: its total already includes the writer's losses. */
	lost[MTHP_L_DISK] = missing;
	assert_int_equal(trace_write_lost(w, lost), 0);
	write_some(w, 150, 200);
	assert_int_equal(trace_write_missing(w), missing);
	assert_true(trace_write_close(w, 1, 1) < 0);

	seen = read_back(path);
	assert_int_equal(seen.nr, 150);
	assert_int_equal(seen.disk, 50);
	assert_int_equal(seen.lost, 0); /* counted once, and not again by the reader */
	assert_int_equal(seen.finished, 1);
}

static void test_full_to_the_end(void **state)
{
	struct rlimit old, limit;
	struct trace_writer *w = begin(path);
	struct seen seen;
	write_some(w, 0, 100);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = trace_write_bytes(w);
	setrlimit(RLIMIT_FSIZE, &limit);
	write_some(w, 100, 150);
	assert_int_equal(trace_write_close(w, 1, 1), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
	seen = read_back(path);
	assert_int_equal(seen.nr, 100);
	assert_int_equal(seen.lost, 0);
	assert_int_equal(seen.finished, 0);
}

/* The disk has room for some of the last blocks only: never for the end without the loss. */
static void test_full_at_the_end(void **state)
{
	unsigned int room, with_end = 0;
	struct rlimit old, limit;
	struct trace_writer *w;
	struct seen seen;

	getrlimit(RLIMIT_FSIZE, &old);
	for (room = 0; room < 400; room += 4) {
		w = begin(path);
		write_some(w, 0, 10);
		limit = old;
		limit.rlim_cur = trace_write_bytes(w);
		setrlimit(RLIMIT_FSIZE, &limit);
		write_some(w, 10, 30);
		limit.rlim_cur = trace_write_bytes(w) + room;
		setrlimit(RLIMIT_FSIZE, &limit);
		assert_true(trace_write_close(w, 1, 1) < 0);
		setrlimit(RLIMIT_FSIZE, &old);
		seen = read_back(path);
		assert_int_equal(seen.nr, 10);
		assert_true(seen.disk == 20 || !seen.complete);
		with_end += seen.finished;
	}
	assert_true(with_end > 10 && with_end < 100);
}

static void describe_some(struct trace_writer *w)
{
	static struct counters c;

	sample_counters(&c, 5, 1);
	assert_int_equal(trace_write_counters(w, &c), 0);
	if (trace_write_new_cgroup(w, 77))
		assert_int_equal(trace_write_cgroup(w, 77, "/x"), 0);
}

/* Names and settings that stood behind a cut are written again: what comes later has them. */
static void test_cut_off_meanwhile(void **state)
{
	struct trace_writer *w;
	struct meta meta;
	struct seen seen;
	__u64 at, described;
	int deep;

	for (deep = 0; deep < 3; deep++) {
		w = begin(path);
		described = trace_write_bytes(w);
		describe_some(w);
		describe_some(w);
		sample_meta(&meta);
		meta.settings.max_ptes_none = 77;
		assert_int_equal(trace_write_meta(w, &meta), 0);
		at = trace_write_bytes(w);
		write_some(w, 0, 20);
		/* In the head; behind the meta, before all names; behind all names, in a block of events. */
		assert_int_equal(truncate(path, deep == 0 ? 20 :
						deep == 1 ? (off_t)described :
							    (off_t)at + 30),
				 0);
		trace_write_look(w);
		describe_some(w);
		write_some(w, 20, 30);
		assert_int_equal(trace_write_close(w, 1, 1), -EBADMSG);
		seen = read_back(path);
		assert_int_equal(seen.nr, 10);
		assert_true(seen.lost >= 20);
		assert_true(seen.named);
		assert_int_equal(seen.counters, deep == 2 ? 3 : 1);
		assert_int_equal(seen.setting, 77);
	}
}

/* A real full file system. */
static void test_full_disk(void **state)
{
	char dir[] = "/tmp/mthp-test-disk-XXXXXX", file[64];
	struct trace_writer *w;
	struct seen seen;
	unsigned int nr;
	assert_non_null(mkdtemp(dir));
	if (mount("mthp-test", dir, "tmpfs", 0, "size=128k")) {
		rmdir(dir);
		print_message("needs root to mount a tmpfs of 128 KiB\n");
		skip();
	}
	snprintf(file, sizeof(file), "%s/t.mthp", dir);
	w = begin(file);
	write_some(w, 0, 5000);
	nr = (unsigned int)trace_write_events(w);
	assert_true(nr > 100 && nr < 5000);
	assert_int_equal(nr + trace_write_missing(w), 5000);
	assert_int_equal(trace_write_close(w, 1, 1), -ENOSPC);
	seen = read_back(file);
	assert_int_equal(seen.nr, nr);
	assert_int_equal(seen.lost, 0);
	umount2(dir, MNT_DETACH);
	rmdir(dir);
}

static void test_dev_full(void **state)
{
	struct trace_writer *w;
	struct meta meta;
	sample_meta(&meta);
	assert_int_equal(trace_write_open(&w, "/dev/full", OUTPUT_GROWING, &meta), -ENOSPC);
	assert_null(w);
	assert_int_equal(trace_write_open(&w, "/nowhere/t.mthp", OUTPUT_GROWING, &meta), -ENOENT);
	assert_null(w);
}

/* The pipe has no reader: no signal ends the writer, and it counts the losses. */
static void test_broken_pipe(void **state)
{
	int fd[2], out = dup(STDOUT_FILENO);
	struct trace_writer *w;
	__u64 missing;
	int err;
	assert_int_equal(pipe(fd), 0);
	fflush(NULL);
	dup2(fd[1], STDOUT_FILENO);
	close(fd[1]);
	w = begin("-");
	close(fd[0]);
	write_some(w, 0, 25);
	missing = trace_write_missing(w);
	err = trace_write_close(w, 1, 1);
	dup2(out, STDOUT_FILENO);
	close(out);
	assert_int_equal(missing, 20);
	assert_int_equal(err, -EPIPE);
}

/* Standard output is appended to a file: the old contents stay, also if the file system is full. */
static void test_append(void **state)
{
	int fd, out = dup(STDOUT_FILENO);
	struct rlimit old, limit;
	struct trace_writer *w;
	struct stat st;
	char text[7];
	fflush(NULL);
	trace_fresh(path);
	fd = open(path, O_RDWR | O_APPEND | O_CREAT, 0600);
	assert_int_equal(write(fd, "before", 6), 6);
	/* A shell's >> begins at offset 0 and moves with the first write. */
	lseek(fd, 0, SEEK_SET);
	dup2(fd, STDOUT_FILENO);
	w = begin("-");
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = trace_write_bytes(w) + 6 + 100;
	setrlimit(RLIMIT_FSIZE, &limit);
	write_some(w, 0, 20);
	fstat(fd, &st);
	limit.rlim_cur = 6 + trace_write_bytes(w);
	setrlimit(RLIMIT_FSIZE, &old);
	trace_write_abort(w);
	dup2(out, STDOUT_FILENO);
	close(out);
	assert_int_equal(st.st_size, limit.rlim_cur);
	assert_int_equal(pread(fd, text, 6, 0), 6);
	assert_memory_equal(text, "before", 6);
	close(fd);
}

/* The writer is killed while it writes: all flushed blocks are readable, and at most one is torn. */
static void test_killed(void **state)
{
	unsigned int round, i;
	struct trace_writer *w;
	struct seen seen;
	struct stat st;
	__u64 size;
	int status;
	pid_t pid;
	for (round = 0; round < 20; round++) {
		w = begin(path);
		size = trace_write_bytes(w);
		fflush(NULL);
		pid = fork();
		if (!pid) {
			for (i = 0; i < 100000; i += 10)
				write_some(w, i, i + 10);
			_exit(1);
		}
		/* By what it wrote, not by the time: a loaded machine, or valgrind, takes its time to begin. */
		do
			assert_int_equal(stat(path, &st), 0);
		while ((__u64)st.st_size <= size + 1000 * round);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		trace_write_abort(w);
		assert_true(WIFSIGNALED(status));
		seen = read_back(path);
		assert_int_equal(seen.nr % 10, 0);
		assert_int_equal(seen.finished, 0);
		assert_true(seen.lost <= 1);
		assert_true(seen.nr > 0 && seen.nr < 100000);
	}
}

/* An existing trace is replaced, and so are its permissions. */
static void test_overwrite(void **state)
{
	struct trace_writer *w = begin(path);
	struct meta meta;
	struct stat st;
	write_some(w, 0, 100);
	assert_int_equal(trace_write_close(w, 1, 1), 0);
	chmod(path, 0666);
	sample_meta(&meta);
	assert_int_equal(trace_write_open(&w, path, OUTPUT_GROWING, &meta), 0);
	assert_int_equal(trace_write_close(w, 1, 1), 0);
	stat(path, &st);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(read_back(path).nr, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
		T(test_full_for_a_while), T(test_full_to_the_end),
		T(test_full_disk),	  T(test_dev_full),
		T(test_broken_pipe),	  T(test_append),
		T(test_killed),		  T(test_overwrite),
		T(test_full_at_the_end),  T(test_cut_off_meanwhile),
#undef T
	};

	return cmocka_run_group_tests_name("trace output", tests, NULL, NULL);
}
