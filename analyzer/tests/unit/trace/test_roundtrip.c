// SPDX-License-Identifier: GPL-2.0-only
/* A trace is read back as it was written, field for field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <mthp/quirks.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/support/trace_open.h"
#include "lib/array.h"
#include "lib/version.h"
#include "model/state.h"
#include "model/source.h"
#include "trace/pack_priv.h"
#include "tests/support/trace_sample.h"
#include "trace/unpack_priv.h"

#define NR 10000

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

static struct trace_writer *begin(void)
{
	struct trace_writer *w;
	struct meta meta;

	sample_meta(&meta);
	trace_fresh(path);
	assert_int_equal(trace_write_open(&w, path, OUTPUT_GROWING, &meta), 0);
	return w;
}

static void same_event(const struct mthp_ev *a, const struct mthp_ev *b)
{
	assert_memory_equal(a, b, mthp_ev_size(a->nr_words));
}

static void write_events(struct trace_writer *w, unsigned int nr)
{
	struct sample_ev s;
	unsigned int i;
	__u64 seed = 1;

	for (i = 0; i < nr; i++) {
		sample_event(&seed, i, &s);
		assert_int_equal(trace_write_event(w, &s.ev), 0);
	}
}

/* Reads events and skips all else; the last item is FINISH. */
static void read_events(struct trace_reader *r, unsigned int nr)
{
	struct trace_item item;
	struct sample_ev s;
	unsigned int i;
	__u64 seed = 1;

	for (i = 0; i < nr; i++) {
		do {
			assert_int_equal(trace_read_next(r, &item), 1);
		} while (item.what != TRACE_EVENT);
		sample_event(&seed, i, &s);
		same_event(item.ev, &s.ev);
	}
	assert_int_equal(trace_read_next(r, &item), 1);
	assert_int_equal(item.what, TRACE_FINISH);
	assert_int_equal(trace_read_next(r, &item), 0);
	assert_int_equal(trace_read_next(r, &item), 0);
}

static void test_events(void **state)
{
	struct trace_writer *w = begin();
	struct trace_reader *r;
	struct stat st;
	write_events(w, NR);
	assert_int_equal(trace_write_close(w, 5, 1), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(trace_read_open(&r, path), 0);
	read_events(r, NR);
	assert_int_equal(trace_read_lost(r), 0);
	trace_read_close(r);
}

/* Times that go backwards and wrap, events without an owner, each value by itself. */
/* Events that repeat themselves take less than a byte each: blocks are deflated. */
static void test_small(void **state)
{
	struct trace_writer *w = begin();
	struct sample_ev s;
	struct stat st;
	unsigned int i;
	__u64 seed = 1;

	sample_event(&seed, 0, &s);
	for (i = 0; i < NR; i++, s.ev.ts_ns += 1000)
		assert_int_equal(trace_write_event(w, &s.ev), 0);
	assert_int_equal(trace_write_close(w, 5, 1), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size < NR);
}

static void test_extremes(void **state)
{
	static const __u64 times[] = { 0, ~0ULL, 1, 1ULL << 63, 0, 5, 4 };
	struct trace_writer *w = begin();
	struct mthp_ev ev, in[64];
	struct trace_reader *r;
	struct trace_item item;
	size_t i, nr = 0;
	for (i = 0; i < ARRAY_SIZE(times); i++) {
		memset(&ev, 0, sizeof(ev));
		ev.kind = MTHP_K_PASS;
		ev.ts_ns = times[i];
		in[nr++] = ev;
	}
	for (i = 0; i < MTHP_NR_VALUES; i++) {
		memset(&ev, 0, sizeof(ev));
		ev.kind = MTHP_K_MTHP_BATCH;
		ev.known = 1U << i;
		ev.v[i] = i == MTHP_V_BLOCKED_BY ? MTHP_R_PAGE_LOCK : 0x80000001;
		in[nr++] = ev;
	}
	/* An address returns although events without one lie between. */
	for (i = 0; i < 3; i++) {
		memset(&ev, 0, sizeof(ev));
		ev.kind = MTHP_K_MTHP_COLLAPSE;
		ev.known = i == 1 ? 0 : MTHP_KNOWN_ADDR;
		ev.addr = i == 1 ? 0 : 0x7fff00000000 - i;
		memset(ev.comm, 'x', sizeof(ev.comm) - 1);
		in[nr++] = ev;
	}
	for (i = 0; i < nr; i++)
		assert_int_equal(trace_write_event(w, &in[i]), 0);
	assert_int_equal(trace_write_close(w, 5, 1), 0);
	assert_int_equal(trace_read_open(&r, path), 0);
	for (i = 0; i < nr; i++) {
		assert_int_equal(trace_read_next(r, &item), 1);
		assert_int_equal(item.what, TRACE_EVENT);
		same_event(item.ev, &in[i]);
	}
	trace_read_close(r);
}

static void test_refused_events(void **state)
{
	struct trace_writer *w = begin();
	struct mthp_ev ev = { .kind = 0 };
	assert_int_equal(trace_write_event(w, &ev), -EINVAL);
	ev.kind = MTHP_NR_KINDS;
	assert_int_equal(trace_write_event(w, &ev), -EINVAL);
	ev.kind = MTHP_K_COLLAPSE;
	ev.order = MTHP_NR_ORDERS;
	assert_int_equal(trace_write_event(w, &ev), -EINVAL);
	ev.order = 0;
	ev.nr_words = MTHP_MAX_WORDS + 1;
	assert_int_equal(trace_write_event(w, &ev), -EINVAL);
	trace_write_abort(w);
}

/* As many owners as events: the hash is as full as it gets. */
static void test_owners(void **state)
{
	struct trace_writer *w = begin();
	struct mthp_ev ev = { .kind = MTHP_K_COLLAPSE };
	struct trace_reader *r;
	struct trace_item item;
	__u32 i;
	for (i = 0; i < 9000; i++) {
		ev.tgid = i % 5000;
		ev.mm = i;
		snprintf(ev.comm, sizeof(ev.comm), "%u", i / 3);
		assert_int_equal(trace_write_event(w, &ev), 0);
	}
	assert_int_equal(trace_write_close(w, 5, 1), 0);
	assert_int_equal(trace_read_open(&r, path), 0);
	for (i = 0; i < 9000; i++) {
		char comm[16];

		snprintf(comm, sizeof(comm), "%u", i / 3);
		assert_int_equal(trace_read_next(r, &item), 1);
		assert_int_equal(item.ev->tgid, i % 5000);
		assert_int_equal(item.ev->mm, i);
		assert_string_equal(item.ev->comm, comm);
	}
	trace_read_close(r);
}

static void test_meta(void **state)
{
	struct trace_writer *w = begin();
	struct trace_reader *r;
	struct trace_item item;
	struct meta meta;

	sample_meta(&meta);
	meta.settings.max_ptes_none = META_UNKNOWN;
	meta.settings.enabled[0] = '\0';
	meta.pmd_order = 0;
	/* The file names this program as its writer, whatever meta.writer says. */
	strcpy(meta.writer, "another");
	assert_int_equal(trace_write_meta(w, &meta), 0);
	trace_write_abort(w);

	assert_int_equal(trace_read_open(&r, path), 0);
	sample_meta(&meta);
	snprintf(meta.writer, sizeof(meta.writer), "mthptop %s", version);
	assert_memory_equal(trace_read_meta(r), &meta, sizeof(meta));
	assert_int_equal(trace_read_next(r, &item), 1);
	assert_int_equal(item.what, TRACE_META);
	meta.settings.max_ptes_none = META_UNKNOWN;
	memset(meta.settings.enabled, 0, sizeof(meta.settings.enabled));
	meta.pmd_order = 0;
	assert_memory_equal(trace_read_meta(r), &meta, sizeof(meta));
	trace_read_close(r);
}

static void same_counters(const struct counters *a, const struct counters *b)
{
	size_t i;

	assert_int_equal(a->ts_ns, b->ts_ns);
	assert_int_equal(a->nr, b->nr);
	for (i = 0; i < a->nr; i++) {
		assert_string_equal(a->c[i].name, b->c[i].name);
		assert_int_equal(a->c[i].order, b->c[i].order);
		assert_int_equal(a->c[i].value, b->c[i].value);
	}
}

/* Readings with and without names, of a changing list, and no reading. */
static size_t nr_counters(unsigned int i)
{
	if (i == 150)
		return 0;
	return i < 70 ? 10 : i < 80 ? COUNTERS_MAX : 3;
}

static void test_counters(void **state)
{
	static struct counters c;
	struct trace_writer *w = begin();
	struct trace_reader *r;
	struct trace_item item;
	unsigned int i;
	for (i = 0; i < 200; i++) {
		sample_counters(&c, nr_counters(i), i + 1);
		assert_int_equal(trace_write_counters(w, &c), 0);
	}
	assert_int_equal(trace_write_close(w, 5, 1), 0);
	assert_int_equal(trace_read_open(&r, path), 0);
	for (i = 0; i < 200; i++) {
		assert_int_equal(trace_read_next(r, &item), 1);
		assert_int_equal(item.what, TRACE_COUNTERS);
		sample_counters(&c, nr_counters(i), i + 1);
		same_counters(item.counters, &c);
	}
	assert_int_equal(trace_read_lost(r), 0);
	trace_read_close(r);
}

static void test_rest(void **state)
{
	__u64 lost[MTHP_NR_LOSSES];
	struct trace_writer *w = begin();
	struct trace_reader *r;
	struct trace_item item;
	__u64 i;
	for (i = 0; i < MTHP_NR_LOSSES; i++)
		lost[i] = i << (8 * (i % 7));
	assert_int_equal(trace_write_lost(w, lost), 0);
	assert_int_equal(trace_write_cgroup(w, 77, "/user.slice/a\\b\nc"), 0);
	assert_int_equal(trace_write_close(w, 123456789012345ULL, 1), 0);
	assert_int_equal(trace_read_open(&r, path), 0);
	assert_int_equal(trace_read_next(r, &item), 1);
	assert_int_equal(item.what, TRACE_LOST);
	assert_memory_equal(item.lost, lost, sizeof(lost));
	assert_int_equal(trace_read_next(r, &item), 1);
	assert_int_equal(item.what, TRACE_FINISH);
	assert_int_equal(item.end_ns, 123456789012345ULL);
	assert_int_equal(item.complete, 1);
	assert_string_equal(trace_read_cgroup(r, 77), "/user.slice/a\\b\nc");
	assert_null(trace_read_cgroup(r, 78));
	trace_read_close(r);
}

/* Writer and reader at the two ends of a pipe, at the same time. */
static void test_pipe(void **state)
{
	int fd[2], status, in = dup(STDIN_FILENO), out = dup(STDOUT_FILENO);
	struct trace_writer *w;
	struct trace_reader *r;
	struct meta meta;
	pid_t pid;
	assert_int_equal(pipe(fd), 0);
	sample_meta(&meta);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		dup2(fd[1], STDOUT_FILENO);
		close(fd[0]);
		close(fd[1]);
		if (trace_write_open(&w, "-", OUTPUT_GROWING, &meta))
			_exit(1);
		write_events(w, NR);
		_exit(trace_write_close(w, 5, 1) != 0);
	}
	close(fd[1]);
	dup2(fd[0], STDIN_FILENO);
	close(fd[0]);
	assert_int_equal(trace_read_open(&r, "-"), 0);
	read_events(r, NR);
	trace_read_close(r);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	close(in);
	close(out);
}

/* A result that only the writer's build knew keeps its name; one without a name is shown as a number. */
static void test_results(void **state)
{
	struct trace_writer *w = begin();
	struct mthp_ev ev = { .kind = MTHP_K_COLLAPSE };
	static const struct {
		__u8 written;
		const char *read;
	} results[] = {
		{ MTHP_R_SUCCEED, "succeeded" },
		{ MTHP_RESULT_FIRST_FREE, "scan_of_tomorrow" },
		{ 47, "status 47" },
		{ MTHP_RESULT_FIRST_FREE + 1, "status 61" },
		{ 200, "status 200" },
		{ 0, "unknown" },
	};
	struct trace_reader *r;
	struct trace_item item;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(results); i++) {
		ev.result = results[i].written;
		assert_int_equal(trace_write_event(w, &ev), 0);
	}
	assert_int_equal(trace_write_close(w, 5, 1), 0);
	assert_int_equal(trace_read_open(&r, path), 0);
	for (i = 0; i < ARRAY_SIZE(results); i++) {
		do {
			assert_int_equal(trace_read_next(r, &item), 1);
		} while (item.what == TRACE_META);
		assert_string_equal(meta_result_name(trace_read_meta(r), item.ev->result),
				    results[i].read);
	}
	trace_read_close(r);
}

/* A model fed from a file equals one that was fed directly. */
static void test_source(void **state)
{
	static struct counters c;
	const struct source_filter all = { .tgid = 0 };
	__u64 lost[MTHP_NR_LOSSES] = { 3, 0, 0, 0, 0, 0, 9 };
	struct trace_writer *w = begin();
	struct model *direct, *read;
	struct sample_ev s;
	struct source *src;
	struct meta meta;
	__u64 seed = 1;
	long n, sum = 0;
	unsigned int i;
	sample_meta(&meta);
	direct = model_new(&meta, 0);
	for (i = 0; i < 6000; i++) {
		sample_event(&seed, i, &s);
		trace_write_event(w, &s.ev);
		/* Random numbers of pages are mostly impossible. */
		mthp_drop_impossible(&s.ev);
		model_event(direct, &s.ev);
		if (i % 1000)
			continue;
		sample_counters(&c, 20, i + 1);
		trace_write_counters(w, &c);
		model_counters(direct, &c);
		lost[0]++;
		trace_write_lost(w, lost);
		model_lost(direct, MTHP_L_RING, lost[0]);
		model_lost(direct, MTHP_L_SOURCE, lost[6]);
	}
	direct->complete = 1;
	direct->end_ns += 777;
	assert_int_equal(trace_write_close(w, direct->end_ns, 1), 0);

	assert_int_equal(source_file_open(&src, path, &all), 0);
	snprintf(meta.writer, sizeof(meta.writer), "mthptop %s", version);
	assert_memory_equal(&src->meta, &meta, sizeof(meta));
	read = model_new(&src->meta, src->sums_given);
	while ((n = src->ops->pump(src, read, 100)) > 0)
		sum += n;
	assert_int_equal(n, 0);
	assert_int_equal(sum, 6000);
	src->ops->close(src);
	assert_int_equal(read->end_ns, direct->end_ns);
	assert_int_equal(read->complete, 1);
	same_counters(&read->first, &direct->first);
	same_counters(&read->last, &direct->last);
	assert_memory_equal(read->totals.lost, direct->totals.lost, sizeof(lost));
	assert_memory_equal(read->totals.events, direct->totals.events,
			    sizeof(direct->totals.events));
	assert_memory_equal(read->totals.occ.of, direct->totals.occ.of, sizeof(direct->totals.occ));
	assert_memory_equal(read->totals.dur, direct->totals.dur, sizeof(direct->totals.dur));
	assert_memory_equal(read->recent, direct->recent, sizeof(direct->recent));
	assert_int_equal(HASH_COUNT(read->totals.outcomes), HASH_COUNT(direct->totals.outcomes));
	model_free(direct);
	model_free(read);
}

static long count_filtered(const struct source_filter *filter)
{
	struct source *src;
	struct model *m;
	long n;

	assert_int_equal(source_file_open(&src, path, filter), 0);
	m = model_new(&src->meta, 0);
	while (src->ops->pump(src, m, 1000) > 0)
		;
	n = (long)m->nr_recent;
	assert_int_equal(m->meta.filter_tgid, filter->tgid ? filter->tgid : 4321);
	src->ops->close(src);
	model_free(m);
	return n;
}

static void test_filter(void **state)
{
	struct source_filter filter = { .tgid = 1002 };
	struct trace_writer *w = begin();
	long by_tgid[4] = { 0 };
	struct sample_ev s;
	__u64 seed = 1;
	unsigned int i;
	trace_write_cgroup(w, 101, "/a");
	trace_write_cgroup(w, 102, "/a/b");
	trace_write_cgroup(w, 103, "/ab");
	for (i = 0; i < 1000; i++) {
		sample_event(&seed, i, &s);
		by_tgid[s.ev.tgid % 1000]++;
		trace_write_event(w, &s.ev);
	}
	assert_int_equal(trace_write_close(w, 0, 1), 0);
	assert_int_equal(count_filtered(&filter), by_tgid[2]);
	filter.tgid = 0;
	strcpy(filter.cgroup, "/a");
	assert_int_equal(count_filtered(&filter), by_tgid[1] + by_tgid[2]);
	strcpy(filter.cgroup, "/ab/");
	assert_int_equal(count_filtered(&filter), by_tgid[3]);
	strcpy(filter.cgroup, "/");
	assert_int_equal(count_filtered(&filter), by_tgid[1] + by_tgid[2] + by_tgid[3]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
		T(test_small),	T(test_events),	 T(test_extremes), T(test_refused_events),
		T(test_owners), T(test_meta),	 T(test_counters), T(test_rest),
		T(test_pipe),	T(test_results), T(test_source),   T(test_filter),
#undef T
	};

	return cmocka_run_group_tests_name("trace round trip", tests, NULL, NULL);
}
