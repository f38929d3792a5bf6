// SPDX-License-Identifier: GPL-2.0-only
/* What a reading has, for all families. */
#include <stdio.h>

#include "export/families_priv.h"

bool reading_has(const struct reading *r, enum capability cap)
{
	switch (cap) {
	case CAP_NONE:
		return true;
#define X(NAME, name, condition) \
	case CAP_##NAME:         \
		return condition;
		CAPABILITIES(X)
#undef X
	}
	return false;
}

void family_capability(struct text *t, const struct reading *r)
{
	struct text_label labels[] = { { "what", NULL }, { NULL, NULL } };

#define X(NAME, name, condition) \
	labels[0].value = #name; \
	text_u64(t, labels, reading_has(r, CAP_##NAME));
	CAPABILITIES(X)
#undef X
}

char *size_label(const struct reading *r, __u32 order, char *buf, size_t len)
{
	snprintf(buf, len, "%llu", (unsigned long long)r->s->meta.page_size << order);
	return buf;
}
