// SPDX-License-Identifier: GPL-2.0-only
/* Word i of a page is its tag, mixed with i so that no two words and no two bytes in a row agree. */
#include <stdio.h>

#include "settings.h"
#include "text.h"

#define WORDS (PAGE_LEN / sizeof(uint64_t))

/* Kernels built with PAGE_POISONING fill free pages with it. */
#define FREE_PAGE 0xaaaaaaaaaaaaaaaaULL

static inline uint64_t salt(unsigned int word)
{
	return (word + 1) * 0x9e3779b97f4a7c15ULL;
}

void text_write(void *page, uint64_t tag)
{
	uint64_t *p = page;
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		p[i] = tag ? tag ^ salt(i) : 0;
}

static void describe(char *buf, unsigned int size, uint64_t word, unsigned int i)
{
	uint64_t tag = word ^ salt(i);

	if (!word)
		snprintf(buf, size, "zero");
	else if (word == FREE_PAGE)
		snprintf(buf, size, "the poison of free pages");
	else if (tag >> 56)
		snprintf(buf, size, "%#llx", (unsigned long long)word);
	else
		snprintf(buf, size, "owner %u page %u generation %u", (unsigned int)(tag >> 48),
			 (unsigned int)(tag >> 32) & 0xffff, (uint32_t)tag);
}

bool text_check(const void *page, uint64_t tag, bool may_be_zero, char *why, unsigned int size)
{
	const uint64_t *p = page;
	char want[80], got[80];
	unsigned int i, first, nr = 0;
	uint64_t wanted, word = 0;

	if (may_be_zero && !p[0])
		tag = TAG_ZERO;
	for (i = 0, first = 0; i < WORDS; i++) {
		uint64_t now = p[i];

		wanted = tag ? tag ^ salt(i) : 0;
		if (now != wanted && !nr++) {
			first = i;
			word = now;
		}
	}
	if (!nr)
		return true;
	wanted = tag ? tag ^ salt(first) : 0;
	describe(want, sizeof(want), wanted, first);
	describe(got, sizeof(got), word, first);
	snprintf(why, size, "%u of %u words wrong, first %u: expected %s, found %s", nr,
		 (unsigned int)WORDS, first, want, got);
	return false;
}
