// SPDX-License-Identifier: GPL-2.0-only
/* Entries of /proc/PID/pagemap, with the folios of their pages, as stretches. */
#include <string.h>

#include "survey/folio_priv.h"
#include "survey/range_priv.h"

static __u32 is_what(const struct survey_look *l, __u64 pte, __u8 folio)
{
	if (pte & SURVEY_PTE_PRESENT)
		return SURVEY_IS_PRESENT | (pte & SURVEY_PTE_EXCLUSIVE ? 0 : SURVEY_IS_SHARED) |
		       (folio & SURVEY_FOLIO_BLOCKED ? SURVEY_IS_BLOCKED : 0) |
		       (l->vma->referenced ? SURVEY_IS_REFERENCED : 0);
	if (pte & SURVEY_PTE_ZERO)
		return SURVEY_IS_ZERO;
	if (pte & SURVEY_PTE_GUARD)
		return SURVEY_IS_GUARD;
	return pte & SURVEY_PTE_SWAP ? SURVEY_IS_SWAP : 0;
}

/* The stretch that begins with the first of @nr entries. */
static struct survey_stretch stretch_at(const struct survey_look *l, __u64 addr, const __u64 *pte,
					const __u8 *folio, size_t nr)
{
	struct survey_stretch s = {
		.addr = addr,
		.pfn = pte[0] & SURVEY_PTE_PFN,
		.is = is_what(l, pte[0], folio[0]),
		.order = folio[0] & SURVEY_FOLIO_ORDER,
		.tail = (folio[0] & SURVEY_FOLIO_TAIL) != 0,
	};
	/* Of a large folio all pages but the first are tails. Without frames each entry stands alone. */
	__u8 more = s.order && s.order != SURVEY_FOLIO_UNKNOWN ? folio[0] | SURVEY_FOLIO_TAIL :
								 folio[0];
	__u64 step = s.is & SURVEY_IS_PRESENT;
	size_t n;

	for (n = 1; n < nr && pte[n] == pte[0] + n * step && folio[n] == more; n++)
		;
	s.nr = n;
	return s;
}

int survey_look_ptes(void *look, __u64 start, __u64 *pte, size_t nr)
{
	struct survey_look *l = look;
	struct survey_stretch s;
	size_t i, n;
	int err = 0;

	if (l->folios)
		l->moved += survey_folios_look(l->folios, pte, nr, l->folio);
	else
		memset(l->folio, 0, nr);
	for (i = 0; i < nr && !err; i += s.nr) {
		__u64 addr = start + i * l->page;

		n = l->nr - addr % l->range / l->page;
		s = stretch_at(l, addr, pte + i, l->folio + i, n < nr - i ? n : nr - i);
		if (s.is)
			err = survey_look_stretch(l, &s);
	}
	return err;
}
