// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_check trace N FILE: writes a trace of N events, as khugepaged at work makes them for 200
 * processes. bench_check rules N: prints N rules about the trace that hold, of every kind but baselines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "trace/write.h"

static __u64 next_random(__u64 *seed)
{
	__u64 z = *seed += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static struct mthp_ev event(__u8 kind, __u8 result, __u64 now, unsigned int who)
{
	struct mthp_ev ev = {
		.ts_ns = now,
		.mm = 0x1000 + who,
		.cgroup = 1 + who % 10,
		.tgid = 1000 + who,
		.tid = 33,
		.kind = kind,
		.requester = who % 5 ? MTHP_Q_KHUGEPAGED : MTHP_Q_MADVISE,
		.order = 9,
		.result = result,
	};

	snprintf(ev.comm, sizeof(ev.comm), "%s-%u", who % 4 ? "worker" : "redis", who);
	return ev;
}

/* One range: an isolation and a collapse, or neither, and then the scan. Returns the number of events. */
static long range(struct trace_writer *w, __u64 *seed, __u64 *now, unsigned int who)
{
	static const __u8 refused[] = { MTHP_R_EXCEED_NONE_PTE, MTHP_R_LACK_REFERENCED_PAGE,
					MTHP_R_PTE_UFFD_WP, MTHP_R_PAGE_LRU };
	__u64 r = next_random(seed);
	int done = r % 4 == 0;
	struct mthp_ev ev;

	*now += 1000 + r % 100000;
	if (done) {
		ev = event(MTHP_K_ISOLATE, MTHP_R_SUCCEED, *now, who);
		ev.known = MTHP_KNOWN(NONE) | MTHP_KNOWN(REFERENCED);
		trace_write_event(w, &ev);
		*now += 100000 + (r >> 8) % 400000;
		ev = event(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, *now, who);
		ev.known = MTHP_KNOWN(ISOLATED) | MTHP_KNOWN(FILLED) | MTHP_KNOWN_DUR;
		ev.v[MTHP_V_FILLED] = (r >> 16) % 64;
		ev.dur_ns = 100000 + (r >> 8) % 400000;
		trace_write_event(w, &ev);
	}
	ev = event(MTHP_K_SCAN_PMD, done ? MTHP_R_SUCCEED : refused[(r >> 4) % 4], *now, who);
	ev.known = MTHP_KNOWN(NONE) | MTHP_KNOWN(REFERENCED);
	ev.v[MTHP_V_NONE] = (r >> 24) % 64;
	ev.sample = done ? MTHP_SAMPLE_COMPLETE : MTHP_SAMPLE_CENSORED;
	trace_write_event(w, &ev);
	return done ? 3 : 1;
}

static int write_trace(long nr, const char *path)
{
	struct trace_writer *w;
	__u64 seed = 1, now = 1000000000;
	struct meta meta;
	long i, in_run = 0;
	unsigned int who = 0;

	meta_init(&meta);
	strcpy(meta.release, "6.18.0-bench");
	strcpy(meta.machine, "x86_64");
	meta.page_size = 4096;
	meta.pmd_order = 9;
	meta.kinds = 0x7e;
	meta.start_ns = now;
	if (trace_write_open(&w, path, OUTPUT_GROWING, &meta))
		return 1;
	for (i = 0; i < nr;) {
		/* khugepaged goes over some ranges of one process before the next. */
		if (!in_run--) {
			in_run = next_random(&seed) % 64;
			who = next_random(&seed) % 200;
		}
		i += range(w, &seed, &now, who);
	}
	return trace_write_close(w, now, 1) != 0;
}

static int print_rules(long nr)
{
	static const char *const rules[] = {
		"scans >= %ld",
		"lost <= 0.1%% with at least %ld samples",
		"filled >= %ldK",
		"collapse(2M).success >= 90%% with at least %ld samples",
		"outcome(collapse, alloc_huge_page_failed) < 1%% with at least %ld samples",
		"outcome(exceed_none_pte) < 50%% with at least %ld samples",
		"outcomes(scan_pmd, khugepaged, 2M, succeeded).count >= %ld",
		"occupancy(2M) mode in 13/16..full with at least %ld samples",
		"occupancy(2M) p50 >= 13/16 with at least %ld samples",
		"occupancy(2M) mass(empty..4/16) <= 5%% with at least %ld samples",
		"occupancy(2M) unimodal within 5%% with at least %ld samples",
		"occupancy(2M) no mass below 10/16 with at least %ld samples",
		"duration(2M) p99 <= 1ms with at least %ld samples",
		"emd(occupancy(2M), { 14/16: 50%%, 15/16: 50%% }) <= 0.05 with at least %ld samples",
		"processes(comm = \"redis-0\").collapses >= %ld",
		"release == \"6.18*\" with at least %ld samples",
	};
	long i;

	for (i = 0; i < nr; i++) {
		printf(rules[i % (ARRAY_SIZE(rules))], 1 + i / 16);
		putchar('\n');
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "trace"))
		return write_trace(atol(argv[2]), argv[3]);
	if (argc == 3 && !strcmp(argv[1], "rules"))
		return print_rules(atol(argv[2]));
	fprintf(stderr, "usage: bench_check trace N FILE | rules N\n");
	return 2;
}
