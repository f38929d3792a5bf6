// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bitmaps of a scan, for `script`: entries of the page table as ranges, blocks of the
 * plan by offset and size.
 *
 *	present_bits=0-31,64,96-511 blocked_bits=37 referenced_bits=- ... plan_blocks=0:64K,64:16K
 */
#include <stdio.h>
#include <string.h>

#include "lib/fmt.h"
#include "view/formats.h"

static const char *const names[MTHP_NR_BITMAPS] = {
	[MTHP_B_PRESENT] = "present_bits",	 [MTHP_B_BLOCKED] = "blocked_bits",
	[MTHP_B_REFERENCED] = "referenced_bits", [MTHP_B_JOINED] = "joined_bits",
	[MTHP_B_PLAN] = "plan_blocks",
};

static bool bit(const __u64 *bits, __u32 i)
{
	return bits[i / 64] >> i % 64 & 1;
}

static void put_ranges(const __u64 *bits, __u32 nr, FILE *out)
{
	const char *sep = "";
	__u32 i, end;

	for (i = 0; i < nr; i = end + 1) {
		end = i;
		if (!bit(bits, i))
			continue;
		while (end + 1 < nr && bit(bits, end + 1))
			end++;
		if (end > i)
			fprintf(out, "%s%u-%u", sep, i, end);
		else
			fprintf(out, "%s%u", sep, i);
		sep = ",";
	}
	if (!*sep)
		fputc('-', out);
}

static __u32 log2_of(__u32 n)
{
	__u32 k = 0;

	while (n >> k > 1)
		k++;
	return k;
}

/* Bits are in pairs: the first and the last PTE of a block. */
static void put_plan(const __u64 *bits, __u32 nr, __u32 page_size, FILE *out)
{
	const char *sep = "";
	__u32 i, first = nr;
	char size[24];

	for (i = 0; i < nr; i++) {
		if (!bit(bits, i))
			continue;
		if (first == nr) {
			first = i;
			continue;
		}
		fprintf(out, "%s%u:%s", sep, first,
			fmt_order(log2_of(i - first + 1), page_size, size, sizeof(size)));
		sep = ",";
		first = nr;
	}
	if (!*sep)
		fputc('-', out);
}

const char *view_bitmap_name(int bitmap)
{
	return names[bitmap];
}

void view_bitmap(const struct meta *meta, const struct mthp_ev *ev, int bitmap, FILE *out)
{
	const __u64 *bits = (const __u64 *)(ev + 1) + (size_t)bitmap * ev->nr_words;
	__u32 nr = (__u32)ev->nr_words * 64;

	/* A range smaller than a word: the other bits mean nothing. */
	if (ev->order < 6 && ev->nr_words)
		nr = 1U << ev->order;
	if (bitmap == MTHP_B_PLAN)
		put_plan(bits, nr, meta->page_size, out);
	else
		put_ranges(bits, nr, out);
}

void view_bitmaps(const struct meta *meta, const struct mthp_ev *ev, FILE *out)
{
	int b;

	for (b = 0; b < MTHP_NR_BITMAPS && ev->nr_words; b++) {
		fprintf(out, " %s=", names[b]);
		view_bitmap(meta, ev, b, out);
	}
}
