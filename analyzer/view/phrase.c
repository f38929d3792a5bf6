// SPDX-License-Identifier: GPL-2.0-only
/* Parts of sentences; see phrase_priv.h. */
#include <stdio.h>

#include "lib/fmt.h"
#include "view/phrase_priv.h"

struct phrase phrase_bytes(__u64 n)
{
	struct phrase t;

	fmt_bytes(n, t.s, sizeof(t.s));
	return t;
}

struct phrase phrase_ns(__u64 n)
{
	struct phrase t;

	fmt_ns(n, t.s, sizeof(t.s));
	return t;
}

struct phrase phrase_size(const struct snapshot *s, __u64 order)
{
	struct phrase t;

	fmt_order(order, s->meta.page_size, t.s, sizeof(t.s));
	return t;
}

struct phrase phrase_percent(__u64 n, __u64 of)
{
	struct phrase t;

	snprintf(t.s, sizeof(t.s), "%.1f%%", of ? 100.0 * n / of : 0.0);
	return t;
}

struct phrase phrase_who(const struct snap_proc *p)
{
	struct phrase t;
	char comm[80];

	if (p->tgid == NUM_UNKNOWN)
		snprintf(t.s, sizeof(t.s), "mm %llx", (unsigned long long)p->mm);
	else
		snprintf(t.s, sizeof(t.s), "%s/%llu", fmt_safe(p->comm, comm, sizeof(comm)),
			 (unsigned long long)p->tgid);
	return t;
}

struct phrase phrase_count(__u64 n, const char *one, const char *more)
{
	struct phrase t;

	snprintf(t.s, sizeof(t.s), "%llu %s", (unsigned long long)n, n == 1 ? one : more);
	return t;
}

struct phrase phrase_collapses(__u64 n)
{
	return phrase_count(n, "collapse", "collapses");
}
