// SPDX-License-Identifier: GPL-2.0-only
/*
 * One event as one line, for `script` and the event screen:
 *
 *	  0.012345  khugepaged  scan_pmd  redis/812  2M  exceed_none_pte  none=512 referenced=0
 *
 * Values that the kernel did not report are left out.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/fmt.h"
#include "lib/utf8.h"
#include "view/formats.h"

#define OWNER 22 /* columns */

struct line {
	char *buf;
	size_t len, at;
};

static void add(struct line *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (l->at >= l->len)
		return;
	va_start(ap, fmt);
	n = vsnprintf(l->buf + l->at, l->len - l->at, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->at += n;
}

static void add_owner(struct line *l, const struct mthp_ev *ev)
{
	char comm[MTHP_COMM_LEN], safe[4 * MTHP_COMM_LEN + 1], owner[80];
	int width;

	memcpy(comm, ev->comm, sizeof(comm));
	comm[sizeof(comm) - 1] = '\0';
	if (ev->tgid)
		snprintf(owner, sizeof(owner), "%s/%u", fmt_safe(comm, safe, sizeof(safe)),
			 ev->tgid);
	else
		snprintf(owner, sizeof(owner), "-");
	width = utf8_width(owner);
	add(l, " %s%*s", owner, width < OWNER ? OWNER - width : 0, "");
}

/* Its name may come from the trace. */
static void add_result(struct line *l, const struct meta *meta, const char *prefix, __u32 result)
{
	const char *name = "-";
	char safe[4 * META_NAME_LEN + 1];

	if (result >= MTHP_NR_RESULTS)
		name = "?";
	else if (result)
		name = meta_result_name(meta, (__u8)result);
	add(l, " %s%s", prefix, fmt_safe(name, safe, sizeof(safe)));
}

char *view_event(const struct meta *meta, const struct mthp_ev *ev, char *buf, size_t len)
{
	struct line l = { buf, len, 0 };
	char text[32];
	__u32 v;

	add(&l, "%12.6f %-10s %-13s", ((__s64)(ev->ts_ns - meta->start_ns)) / 1e9,
	    meta_requester_name(ev->requester), meta_kind_name(ev->kind));
	add_owner(&l, ev);
	add(&l, " %5s", fmt_order(ev->order, meta->page_size, text, sizeof(text)));
	add_result(&l, meta, "", ev->result);
	if (ev->kind == MTHP_K_SPLIT)
		add(&l, " by=\"%s\"", meta_splitter_name(ev->by));
	if (ev->known & MTHP_KNOWN_ADDR)
		add(&l, " addr=0x%llx", (unsigned long long)ev->addr);
	for (v = 0; v < MTHP_NR_VALUES; v++) {
		if (!(ev->known & 1U << v))
			continue;
		if (v == MTHP_V_BLOCKED_BY) {
			if (ev->v[v] != MTHP_R_SUCCEED)
				add_result(&l, meta, "blocked_by=", ev->v[v]);
		} else if (v == MTHP_V_ORDERS)
			add(&l, " %s=0x%x", meta_value_name(v), ev->v[v]);
		else
			add(&l, " %s=%u", meta_value_name(v), ev->v[v]);
	}
	if (ev->known & MTHP_KNOWN_DUR)
		add(&l, " took=%s", fmt_ns(ev->dur_ns, text, sizeof(text)));
	if (ev->known & MTHP_KNOWN_LOCK)
		add(&l, " locked=%s", fmt_ns(ev->lock_ns, text, sizeof(text)));
	if (ev->known & MTHP_KNOWN_PFN)
		add(&l, " pfn=0x%llx", (unsigned long long)ev->pfn);
	if (ev->sample == MTHP_SAMPLE_CENSORED)
		add(&l, " censored");
	return buf;
}
