// SPDX-License-Identifier: GPL-2.0-only
/* Events and metas for tests; see events.h. */
#include <stdio.h>
#include <string.h>

#include "tests/support/events.h"

void evs_meta(struct meta *meta)
{
	meta_init(meta);
	strcpy(meta->release, "6.18.0-test");
	strcpy(meta->machine, "x86_64");
	meta->page_size = 4096;
	meta->pmd_order = 9;
	meta->nr_cpus = 2;
	meta->detail = DETAIL_TOTALS;
	meta->kinds = 0x7e;
	meta->start_ns = 1000000000;
	meta->start_realtime_ns = 1750000000000000000ULL;
	strcpy(meta->settings.enabled, "madvise");
	strcpy(meta->settings.order_enabled[4], "never");
	strcpy(meta->settings.order_enabled[9], "inherit");
	meta->settings.max_ptes_none = 511;
	meta->settings.pages_to_scan = 4096;
}

struct mthp_ev evs_make(__u8 kind, __u8 result, __u64 ts_ns, __u32 who)
{
	struct mthp_ev ev;

	memset(&ev, 0, sizeof(ev));
	ev.ts_ns = ts_ns;
	ev.kind = kind;
	ev.result = result;
	ev.order = 9;
	ev.requester = MTHP_Q_KHUGEPAGED;
	ev.tid = 33;
	if (who) {
		ev.mm = 1000 + who;
		ev.tgid = 100 + who;
		ev.cgroup = 7;
		snprintf(ev.comm, sizeof(ev.comm), "proc%u", who);
	}
	return ev;
}

struct mthp_ev evs_scan(__u8 result, __u64 ts_ns, __u32 who, __u32 none, __u8 sample)
{
	struct mthp_ev ev = evs_make(MTHP_K_SCAN_PMD, result, ts_ns, who);

	ev.known = MTHP_KNOWN(NONE) | MTHP_KNOWN(REFERENCED);
	ev.v[MTHP_V_NONE] = none;
	ev.v[MTHP_V_REFERENCED] = 1;
	ev.sample = sample;
	return ev;
}

static void feed_collapses(struct model *m)
{
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 1100000000, 1);
	int i;

	ev.known = MTHP_KNOWN(ISOLATED) | MTHP_KNOWN(FILLED) | MTHP_KNOWN_DUR;
	ev.v[MTHP_V_ISOLATED] = 1;
	for (i = 0; i < 3; i++) {
		ev.ts_ns += 1000000;
		ev.v[MTHP_V_FILLED] = 128 * i;
		ev.dur_ns = 100000 << i;
		model_event(m, &ev);
	}
	/* A collapse of unknown fill, and a failed one, both by MADV_COLLAPSE. */
	ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 1200000000, 2);
	ev.requester = MTHP_Q_MADVISE;
	model_event(m, &ev);
	ev.result = MTHP_R_ALLOC_HUGE_PAGE_FAIL;
	model_event(m, &ev);
	ev = evs_make(MTHP_K_COLLAPSE_FILE, MTHP_R_PAGE_LOCK, 1300000000, 2);
	ev.known = MTHP_KNOWN(SHMEM) | MTHP_KNOWN_ADDR;
	ev.addr = 0x7f0000200000;
	model_event(m, &ev);
}

static void feed_scans(struct model *m)
{
	struct mthp_ev ev;

	ev = evs_scan(MTHP_R_SUCCEED, 1400000000, 1, 0, MTHP_SAMPLE_COMPLETE);
	model_event(m, &ev);
	ev = evs_scan(MTHP_R_LACK_REFERENCED_PAGE, 1500000000, 1, 480, MTHP_SAMPLE_COMPLETE);
	model_event(m, &ev);
	ev = evs_scan(MTHP_R_PAGE_COUNT, 1600000000, 2, 100, MTHP_SAMPLE_CENSORED);
	model_event(m, &ev);
	model_event(m, &ev);
	ev = evs_make(MTHP_K_SCAN_PMD, MTHP_R_PMD_NULL, 1700000000, 2);
	model_event(m, &ev);
	ev = evs_make(MTHP_K_ISOLATE, MTHP_R_SUCCEED, 1800000000, 0);
	model_event(m, &ev);
}

static void feed_counters(struct model *m)
{
	struct counters c;

	memset(&c, 0, sizeof(c));
	c.ts_ns = 1000000000;
	c.nr = 3;
	strcpy(c.c[0].name, "thp_collapse_alloc");
	c.c[0].order = COUNTER_NO_ORDER;
	c.c[0].value = 10;
	strcpy(c.c[1].name, "nr_anon");
	c.c[1].order = 9;
	c.c[1].value = 5;
	strcpy(c.c[2].name, "split");
	c.c[2].order = 4;
	c.c[2].value = COUNTER_UNKNOWN;
	model_counters(m, &c);
	c.ts_ns = 4000000000;
	c.c[0].value = 14;
	c.c[1].value = 4;
	model_counters(m, &c);
}

struct model *evs_model(void)
{
	struct model *m;
	struct meta meta;

	evs_meta(&meta);
	m = model_new(&meta, 0);
	if (!m)
		return NULL;
	feed_collapses(m);
	feed_scans(m);
	feed_counters(m);
	model_lost(m, MTHP_L_RING, 5);
	model_tick(m, 4000000000);
	m->complete = 1;
	return m;
}
