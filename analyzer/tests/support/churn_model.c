// SPDX-License-Identifier: GPL-2.0-only
/* A kernel that works in vain; see churn_model.h. */
#include <string.h>

#include "tests/support/churn_model.h"
#include "tests/support/events.h"

#define RANGES 3
#define PASSES 9
#define WORDS  8
#define BASE   0x7f0012400000ULL
#define SEC    1000000000ULL

static struct {
	struct mthp_ev ev;
	__u64 bits[MTHP_NR_BITMAPS][WORDS];
} scan;

static void name(struct mthp_ev *ev, __u32 who)
{
	memset(ev->comm, 0, sizeof(ev->comm));
	strcpy(ev->comm, who ? "a\033[31m\nb" : "redis-server");
}

static void attempt(struct model *m, __u64 ts_ns, __u32 who, __u64 addr, __u8 order, __u8 result)
{
	struct mthp_ev ev = evs_make(MTHP_K_MTHP_COLLAPSE, result, ts_ns, 1 + who);

	name(&ev, who);
	ev.order = order;
	ev.addr = addr;
	ev.requester = order == 9 ? MTHP_Q_MADVISE : MTHP_Q_KHUGEPAGED;
	ev.known = MTHP_KNOWN_ADDR | MTHP_KNOWN_DUR | MTHP_KNOWN(STALL);
	if (result == MTHP_R_SUCCEED)
		ev.known |= MTHP_KNOWN(FILLED);
	ev.dur_ns = 40000 + addr / 65536 % 97 * 1000;
	ev.v[MTHP_V_STALL] = ev.dur_ns / 3;
	model_event(m, &ev);
}

/* All blocks of 64K: made in the first pass, and tried in vain in the later ones. */
static void pass_over(struct model *m, __u64 ts_ns, __u32 who, __u64 addr, bool first)
{
	__u8 result = first ? MTHP_R_SUCCEED : MTHP_R_PTE_MAPPED_HUGEPAGE;
	int i;

	scan.ev = evs_scan(MTHP_R_SUCCEED, ts_ns, 1 + who, 0, MTHP_SAMPLE_COMPLETE);
	name(&scan.ev, who);
	scan.ev.kind = MTHP_K_MTHP_SCAN;
	scan.ev.nr_words = WORDS;
	scan.ev.addr = addr;
	scan.ev.known |= MTHP_KNOWN_ADDR;
	memset(scan.bits, 0, sizeof(scan.bits));
	memset(scan.bits[MTHP_B_PRESENT], 0xff, sizeof(scan.bits[0]));
	for (i = 0; i < WORDS && !first; i++)
		scan.bits[MTHP_B_JOINED][i] = 0xfffefffefffefffeULL;
	model_event(m, &scan.ev);
	for (i = 0; i < 32; i++)
		attempt(m, ts_ns + 1000 * i, who, addr + 65536ULL * i, 4, result);
}

static void counters(struct model *m, __u64 ts_ns, __u64 full_scans)
{
	struct counters c = { .ts_ns = ts_ns, .nr = 1 };

	strcpy(c.c[0].name, "full_scans");
	c.c[0].order = COUNTER_NO_ORDER;
	c.c[0].value = full_scans;
	model_counters(m, &c);
}

struct model *churn_model(void)
{
	struct model *m;
	struct meta meta;
	__u32 pass, who, i;
	__u64 now;

	evs_meta(&meta);
	meta.detail = DETAIL_RANGES;
	meta.kinds = 0x3fe;
	strcpy(meta.settings.enabled, "madvise");
	strcpy(meta.settings.order_enabled[4], "always");
	strcpy(meta.settings.order_enabled[9], "never");
	m = model_new(&meta, 0);
	if (!m)
		return NULL;
	model_tick(m, meta.start_ns);
	counters(m, meta.start_ns, 12);
	for (pass = 0; pass < PASSES; pass++) {
		now = meta.start_ns + pass * 10 * SEC;
		for (who = 0; who < 2; who++)
			for (i = 0; i < RANGES; i++)
				pass_over(m, now + (who * RANGES + i) * SEC, who,
					  BASE + ((__u64)i << 21), !pass);
		for (i = 1; i <= 10; i++)
			model_tick(m, now + i * SEC);
		counters(m, now + 10 * SEC, 12 + pass + 1);
	}
	attempt(m, m->end_ns, 1, BASE, 9, MTHP_R_EXCEED_NONE_PTE);
	model_tick(m, m->end_ns);
	m->complete = 1;
	return m;
}
