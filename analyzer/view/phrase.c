// SPDX-License-Identifier: GPL-2.0-only
/* Parts of sentences; see phrase_priv.h. */
#include <stdio.h>

#include "lib/fmt.h"
#include "view/phrase_priv.h"

struct words words_bytes(__u64 n)
{
	struct words t;

	fmt_bytes(n, t.s, sizeof(t.s));
	return t;
}

struct words words_ns(__u64 n)
{
	struct words t;

	fmt_ns(n, t.s, sizeof(t.s));
	return t;
}

struct words words_size(const struct snapshot *s, __u64 order)
{
	struct words t;

	fmt_order(order, s->meta.page_size, t.s, sizeof(t.s));
	return t;
}

struct words words_percent(__u64 n, __u64 of)
{
	struct words t;

	snprintf(t.s, sizeof(t.s), "%.1f%%", of ? 100.0 * n / of : 0.0);
	return t;
}

struct words words_who(const struct snap_proc *p)
{
	struct words t;
	char comm[80];

	snprintf(t.s, sizeof(t.s), "%s/%llu", fmt_safe(p->comm, comm, sizeof(comm)),
		 (unsigned long long)p->tgid);
	return t;
}

struct words words_count(__u64 n, const char *one, const char *more)
{
	struct words t;

	snprintf(t.s, sizeof(t.s), "%llu %s", (unsigned long long)n, n == 1 ? one : more);
	return t;
}

struct words words_collapses(__u64 n)
{
	return words_count(n, "collapse", "collapses");
}
