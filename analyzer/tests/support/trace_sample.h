/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of every kind for the trace tests, made from a seed. */
#ifndef TESTS_SUPPORT_TRACE_SAMPLE_H
#define TESTS_SUPPORT_TRACE_SAMPLE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/read.h"
#include "trace/write.h"

struct sample_ev {
	struct mthp_ev ev;
	__u64 bitmaps[MTHP_NR_BITMAPS * MTHP_MAX_WORDS];
};

static inline __u64 sample_random(__u64 *seed)
{
	__u64 z = *seed += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* A number of random length, so that small and large numbers are about as frequent. */
static inline __u64 sample_number(__u64 *seed)
{
	__u64 bits = sample_random(seed) % 64;

	return sample_random(seed) >> bits;
}

/* Event number @i: kinds in turn, a few owners, all else random within its range. */
static inline void sample_event(__u64 *seed, unsigned int i, struct sample_ev *s)
{
	struct mthp_ev *ev = &s->ev;
	__u64 owner = sample_random(seed) % 4;
	unsigned int j;

	memset(s, 0, sizeof(*s));
	ev->ts_ns = 1000000000ULL + i * 1000ULL + sample_random(seed) % 5000;
	if (owner) {
		ev->mm = owner * 0x1111111111111111ULL;
		ev->cgroup = 100 + owner;
		ev->tgid = 1000 + owner;
		snprintf(ev->comm, sizeof(ev->comm), "proc-%u", (unsigned int)owner);
	}
	ev->known = (__u32)sample_random(seed) & 0x0fffffff;
	if (ev->known & MTHP_KNOWN_ADDR)
		ev->addr = sample_number(seed);
	ev->pfn = sample_number(seed);
	ev->dur_ns = sample_number(seed);
	ev->lock_ns = sample_number(seed);
	ev->tid = (__u32)sample_number(seed);
	ev->kind = 1 + i % 10;
	ev->requester = sample_random(seed) % MTHP_NR_REQUESTERS;
	ev->order = sample_random(seed) % MTHP_NR_ORDERS;
	ev->result = 1 + sample_random(seed) % 36;
	ev->sample = sample_random(seed) % 3;
	for (j = 0; j < MTHP_NR_VALUES; j++)
		ev->v[j] = (__u32)sample_number(seed);
	ev->v[MTHP_V_BLOCKED_BY] %= 37; /* a result */
	if (ev->kind != MTHP_K_MTHP_SCAN)
		return;
	ev->nr_words = i % 4 ? 8 : MTHP_MAX_WORDS;
	for (j = 0; j < MTHP_NR_BITMAPS * (unsigned int)ev->nr_words; j++)
		s->bitmaps[j] = sample_random(seed);
}

/* A description without unknown values. */
static inline void sample_meta(struct meta *meta)
{
	long long n = 0;
	int i;

	meta_init(meta);
	strcpy(meta->release, "6.12.0-sample");
	strcpy(meta->machine, "x86_64");
	strcpy(meta->origin, "ftrace text");
	strcpy(meta->clock, "mono_raw");
	meta->page_size = 4096;
	meta->pmd_order = 9;
	meta->nr_cpus = 12;
	meta->detail = DETAIL_PLANS;
	meta->kinds = 0x7fe;
	meta->start_ns = 999999999;
	meta->start_realtime_ns = 1800000000123456789ULL;
	meta->filter_tgid = 4321;
	meta->part = 17;
	strcpy(meta->filter_cgroup, "/a=b/with\nline\\feed\x01\x7f/\xc3\xbc");
#define X(field, file) meta->settings.field = n++;
	META_NUMBERS(X)
#undef X
#define X(field, file) snprintf(meta->settings.field, 16, "word %lld", n++);
	META_WORDS(X)
#undef X
	for (i = 0; i < MTHP_NR_ORDERS; i++)
		snprintf(meta->settings.order_enabled[i], 16, "o%hhd", (signed char)i);
	strcpy(meta->extra_results[0], "scan_of_tomorrow");
	strcpy(meta->extra_results[1], "status 61");
}

static inline void sample_counters(struct counters *c, size_t nr, __u64 ts_ns)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->ts_ns = ts_ns;
	c->nr = nr;
	for (i = 0; i < nr; i++) {
		snprintf(c->c[i].name, sizeof(c->c[i].name), "counter_%zu", i);
		c->c[i].order = i % 3 ? COUNTER_NO_ORDER : (__u8)(i % MTHP_NR_ORDERS);
		c->c[i].value = i % 7 ? ts_ns * i : COUNTER_UNKNOWN;
	}
}

/* The whole of @path, malloced. */
static inline __u8 *sample_load(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	__u8 *data = NULL;
	long size;

	*len = 0;
	if (!f)
		return NULL;
	if (!fseek(f, 0, SEEK_END) && (size = ftell(f)) >= 0 && !fseek(f, 0, SEEK_SET)) {
		data = malloc((size_t)size + 1);
		if (data)
			*len = fread(data, 1, (size_t)size, f);
	}
	fclose(f);
	return data;
}

static inline void sample_path(char *path, size_t len)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	snprintf(path, len, "%s/mthp-test-XXXXXX", dir ? dir : "/tmp");
	fd = mkstemp(path);
	if (fd >= 0)
		close(fd);
}

#endif
