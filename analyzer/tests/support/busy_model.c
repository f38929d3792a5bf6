// SPDX-License-Identifier: GPL-2.0-only
/* A model with many rows in every table; see busy_model.h. */
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "tests/support/busy_model.h"
#include "tests/support/events.h"

#define PROCS 40
#define TICKS 60

static const char *const names[] = {
	"redis-server", "postgres", "java",    "\033[31mevil\033[0m", "日本語プロ", "a\377\376b",
	"mysqld",	"envoy",    "kubelet", "prometheus-serv",
};

static void name(struct mthp_ev *ev, __u32 who)
{
	memset(ev->comm, 0, sizeof(ev->comm));
	snprintf(ev->comm, sizeof(ev->comm), "%s", names[who % 10]);
	ev->tgid = 1000 + 37 * who;
	ev->mm = 0x9000 + who;
	ev->cgroup = 4000 + who % 4;
}

/* The @n-th scan and its collapse, if any. */
static void feed_one(struct model *m, __u64 ts_ns, __u32 n)
{
	static const __u8 why[] = { MTHP_R_EXCEED_NONE_PTE, MTHP_R_LACK_REFERENCED_PAGE,
				    MTHP_R_PMD_MAPPED,	    MTHP_R_EXCEED_SHARED_PTE,
				    MTHP_R_PAGE_LOCK,	    MTHP_R_EXCEED_SWAP_PTE,
				    MTHP_R_PTE_UFFD_WP };
	__u32 who = n * n % PROCS, none = n * 29 % 513;
	struct mthp_ev ev;

	ev = evs_scan(n % 3 ? why[n % 7] : MTHP_R_SUCCEED, ts_ns, 1, none,
		      n % 5 ? MTHP_SAMPLE_COMPLETE : MTHP_SAMPLE_CENSORED);
	ev.kind = MTHP_K_MTHP_SCAN;
	name(&ev, who);
	model_event(m, &ev);
	if (n % 3)
		return;
	ev = evs_make(MTHP_K_MTHP_COLLAPSE, n % 12 ? MTHP_R_SUCCEED : MTHP_R_ALLOC_HUGE_PAGE_FAIL,
		      ts_ns + 200000, 1);
	ev.order = 2 + n % 8;
	ev.requester = n % 4 ? MTHP_Q_KHUGEPAGED : MTHP_Q_MADVISE;
	ev.known = MTHP_KNOWN(FILLED) | MTHP_KNOWN_DUR | MTHP_KNOWN_ADDR;
	ev.v[MTHP_V_FILLED] = ev.result == MTHP_R_SUCCEED ? none & ((1U << ev.order) / 4 - 1) : 0;
	ev.dur_ns = 20000ULL << n % 6;
	ev.addr = 0x7f0000000000ULL + ((__u64)n << 21);
	name(&ev, who);
	model_event(m, &ev);
}

static void counter(struct counters *c, const char *what, __u8 order, __u64 value)
{
	struct counter *n = &c->c[c->nr++];

	snprintf(n->name, sizeof(n->name), "%s", what);
	n->order = order;
	n->value = value;
}

static void feed_counters(struct model *m, __u64 step)
{
	static const char *const stats[] = { "anon_fault_alloc", "collapse_alloc", "nr_anon",
					     "split", "swpout" };
	struct counters c;
	__u8 order;
	size_t i;

	memset(&c, 0, sizeof(c));
	c.ts_ns = m->end_ns;
	counter(&c, "thp_fault_alloc", COUNTER_NO_ORDER, 120000 + 70 * step);
	counter(&c, "thp_collapse_alloc", COUNTER_NO_ORDER, 500 + 90 * step);
	counter(&c, "thp_collapse_alloc_failed", COUNTER_NO_ORDER, 2 + 17 * step);
	counter(&c, "thp_zero_page_alloc", COUNTER_NO_ORDER, 0);
	counter(&c, "khugepaged/pages_collapsed", COUNTER_NO_ORDER, 400 + 30 * step);
	for (order = 2; order <= 9; order++)
		for (i = 0; i < ARRAY_SIZE(stats); i++)
			counter(&c, stats[i], order,
				i == 4 ? 0 :
				i == 2 ? 1000 - 10 * step :
					 100 * i + order * step);
	model_counters(m, &c);
}

static void settings(struct meta *meta)
{
	__u32 o;

	meta->detail = DETAIL_PLANS;
	meta->kinds = 0x7fe;
	strcpy(meta->settings.enabled, "always");
	strcpy(meta->settings.defrag, "madvise");
	strcpy(meta->settings.shmem_enabled, "never");
	meta->settings.scan_sleep_millisecs = 10000;
	meta->settings.max_ptes_swap = 64;
	meta->settings.max_ptes_shared = 256;
	meta->settings.creep_guard = 1;
	for (o = 2; o <= 9; o++)
		strcpy(meta->settings.order_enabled[o], o == 3 ? "never" : "always");
	strcpy(meta->settings.order_enabled[9], "inherit");
}

struct model *busy_model(void)
{
	struct model *m;
	struct meta meta;
	__u32 n = 0, i, tick;
	__u64 now;

	evs_meta(&meta);
	settings(&meta);
	m = model_new(&meta, 0);
	if (!m)
		return NULL;
	feed_counters(m, 0);
	for (tick = 1; tick <= TICKS; tick++) {
		now = meta.start_ns + tick * 1000000000ULL;
		for (i = 0; i < 5 + tick * tick % 40; i++)
			feed_one(m, now - 900000000 + i * 1000000, n++);
		model_tick(m, now);
	}
	feed_counters(m, 3);
	model_lost(m, MTHP_L_RING, 1234);
	model_lost(m, MTHP_L_PROCS, 2);
	m->complete = 1;
	return m;
}
