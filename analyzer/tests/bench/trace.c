// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tools for the measurement of traces (bench/measure/trace):
 *
 *	bench_trace storm N	 N collapses by MADV_COLLAPSE, each of a range with one page in it
 *	bench_trace times N I O	 trace O: the events of trace I, N times one after the other
 *	bench_trace run CMD...	 runs CMD, output to /dev/null; prints microseconds of CPU time (user and
 *				 system) and the greatest resident set in KiB
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/trace_open.h"
#include "trace/read.h"
#include "trace/write.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#define RANGE  (2UL << 20)
#define RANGES 8

static int storm(long nr)
{
	char *p, *range;
	long i;

	p = mmap(NULL, (RANGES + 1) * RANGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		 -1, 0);
	if (p == MAP_FAILED)
		return 1;
	p = (char *)(((unsigned long)p + RANGE - 1) & ~(RANGE - 1));
	for (i = 0; i < nr; i++) {
		range = p + i % RANGES * RANGE;
		range[i % 512 * (RANGE / 512)] = 1;
		if (madvise(range, RANGE, MADV_COLLAPSE) && !i) {
			perror("bench_trace: cannot collapse");
			return 1;
		}
		madvise(range, RANGE, MADV_DONTNEED);
	}
	return 0;
}

/* Copies the events of @r, @shift ns later; returns the time from the first to the last one. */
static __u64 copy(struct trace_reader *r, struct trace_writer *w, __u64 shift)
{
	struct {
		struct mthp_ev ev;
		__u64 bitmaps[MTHP_NR_BITMAPS * MTHP_MAX_WORDS];
	} copy;
	__u64 first = 0, last = 0;
	struct trace_item item;

	while (trace_read_next(r, &item) > 0) {
		if (item.what != TRACE_EVENT)
			continue;
		memcpy(&copy, item.ev, mthp_ev_size(item.ev->nr_words));
		first = first ? first : copy.ev.ts_ns;
		last = copy.ev.ts_ns;
		copy.ev.ts_ns += shift;
		trace_write_event(w, &copy.ev);
	}
	return last - first;
}

static int times(long nr, const char *in, const char *out)
{
	struct trace_writer *w = NULL;
	struct trace_reader *r;
	__u64 shift = 0;

	while (nr-- > 0) {
		if (trace_read_open(&r, in))
			return 1;
		if (!w && trace_write_open(&w, out, OUTPUT_GROWING, trace_read_meta(r)))
			return 1;
		shift += copy(r, w, shift) + 1000;
		trace_read_close(r);
	}
	return !w || trace_write_close(w, trace_write_events(w) ? shift : 0, 1);
}

static int run(char **args)
{
	struct rusage used;
	int status, fd;
	pid_t pid = fork();

	if (pid < 0)
		return 1;
	if (!pid) {
		fd = open("/dev/null", O_WRONLY);
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		execvp(args[0], args);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &used) != pid || status)
		return 1;
	printf("%lld %ld\n",
	       (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000LL + used.ru_utime.tv_usec +
		       used.ru_stime.tv_usec,
	       used.ru_maxrss);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "storm"))
		return storm(atol(argv[2]));
	if (argc == 5 && !strcmp(argv[1], "times"))
		return times(atol(argv[2]), argv[3], argv[4]);
	if (argc > 2 && !strcmp(argv[1], "run"))
		return run(argv + 2);
	fprintf(stderr, "usage: bench_trace storm N | times N IN OUT | run CMD...\n");
	return 2;
}
