// SPDX-License-Identifier: GPL-2.0-only
/* The first line of every view; see headline.h. Its numbers are those of the tables. */
#include <stdio.h>
#include <string.h>

#include "lib/fmt.h"
#include "model/headline.h"
#include "model/snapshot.h"

/* The attempts of khugepaged, and of these the vain ones, and those at blocks that were one folio already. */
struct vain_count {
	__u64 vain, collapsed;
	const struct snap_vain *most; /* NULL: none was vain */
};

static void count_vain(const struct snapshot *s, struct vain_count *n)
{
	size_t i;

	memset(n, 0, sizeof(*n));
	for (i = 0; i < s->nr_vain; i++) {
		const struct snap_vain *v = &s->vain[i];

		if (v->key.requester != MTHP_Q_KHUGEPAGED || !v->vain)
			continue;
		n->vain += v->vain;
		n->collapsed += v->collapsed;
		if (!n->most)
			n->most = v;
	}
}

static __u64 attempts(const struct snapshot *s)
{
	__u64 all = 0;
	size_t i;

	for (i = 0; i < s->nr_outcomes; i++)
		if (s->outcomes[i].key.requester == MTHP_Q_KHUGEPAGED &&
		    mthp_is_collapse(s->outcomes[i].key.kind, meta_has_ranges(&s->meta)))
			all += s->outcomes[i].count;
	return all;
}

bool headline_vain(const struct snapshot *s, __u64 vain, __u64 all, const char *when, char *buf,
		   size_t len)
{
	struct vain_count n;
	char size[24], result[4 * META_NAME_LEN + 1];

	count_vain(s, &n);
	if (!n.most || !vain || vain < all - vain)
		return false;
	snprintf(buf, len,
		 "khugepaged works in vain: %llu of %llu attempts%s were at %s (%s%s, %s)",
		 (unsigned long long)vain, (unsigned long long)all, when,
		 n.collapsed == n.vain ? "blocks that are one folio already" :
		 n.collapsed ? "ranges that had not changed, or blocks that are one folio already" :
			       "ranges that had not changed",
		 n.most->vain == n.vain ? "" : "most: ",
		 fmt_order(n.most->order, s->meta.page_size, size, sizeof(size)),
		 fmt_safe(n.most->result, result, sizeof(result)));
	return true;
}

bool headline_all_vain(const struct snapshot *s, char *buf, size_t len)
{
	struct vain_count n;

	count_vain(s, &n);
	return headline_vain(s, n.vain, attempts(s), "", buf, len);
}

static const char *plural(__u64 n, const char *one, const char *more)
{
	return n == 1 ? one : more;
}

void headline_make(const struct snapshot *s, char *buf, size_t len)
{
	const struct snap_summary *sum = &s->summary;
	char bytes[24];

	if (headline_all_vain(s, buf, len))
		return;
	if (sum->collapses)
		snprintf(buf, len, "%llu %s made %s of huge pages",
			 (unsigned long long)sum->collapses,
			 plural(sum->collapses, "collapse", "collapses"),
			 fmt_bytes(sum->collapsed_bytes, bytes, sizeof(bytes)));
	else if (sum->failures)
		snprintf(buf, len, "%llu %s, no collapse", (unsigned long long)sum->failures,
			 plural(sum->failures, "failed attempt", "failed attempts"));
	else if (sum->scans)
		snprintf(buf, len, "%llu %s, no collapse", (unsigned long long)sum->scans,
			 plural(sum->scans, "scan", "scans"));
	else
		snprintf(buf, len, "Nothing was scanned");
}
