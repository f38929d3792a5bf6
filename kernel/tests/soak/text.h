/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text of a page: one tag, from which every byte is computed, and which every word gives back. So a
 * wrong word shows its process, its page and its age.
 */
#ifndef MTHP_SOAK_TEXT_H
#define MTHP_SOAK_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* The page reads as zero: never written, or given back. */
#define TAG_ZERO 0ULL

/* owner below 255 (see TAG_COMMON), page below 65536, gen not 0. */
static inline uint64_t tag_make(unsigned int owner, unsigned int page, uint32_t gen)
{
	return (uint64_t)(owner & 0xff) << 48 | (uint64_t)(page & 0xffff) << 32 | gen;
}

/* A text that many pages have, for KSM. */
#define TAG_COMMON(n) tag_make(255, 0, (n) + 1)

void text_write(void *page, uint64_t tag);

/*
 * Is this its text, to the last byte? may_be_zero: it was given to MADV_FREE, and may be all zero
 * instead. If not, why gets which word is wrong, what it should be and what it is.
 */
bool text_check(const void *page, uint64_t tag, bool may_be_zero, char *why, unsigned int size);

#endif /* MTHP_SOAK_TEXT_H */
