// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page table has a page, of 8 bytes an entry, so the size of a page gives that of a PMD range: 4K and
 * 2M, 16K and 32M, 64K and 512M. Three architectures differ, and one has two kinds of tables:
 *
 *	s390	4K and 1M
 *	sparc	8K and 8M
 *	powerpc	64K and 2M (radix tables), or 16M (hash)
 *
 * arch/.../include/asm: PMD_SHIFT, H_PTE_INDEX_SIZE, RADIX_PTE_INDEX_SIZE
 */
#include <string.h>

#include "import/sizes.h"
#include "lib/array.h"

#define MAX_ORDER 13

/* Machines with one size of page. */
static const struct {
	const char *machine;
	__u32 page_size, pmd_order;
} fixed[] = {
	{ "x86_64", 4096, 9 },
	{ "s390", 4096, 8 },
	{ "sparc", 8192, 10 },
	{ "riscv64", 4096, 9 },
};

/* Machines with pages of several sizes, each of which gives that of a PMD range. */
static const char *const derived[] = { "aarch64", "arm64", "loongarch64", "mips64" };

static bool is(const char *machine, const char *name)
{
	return !strncmp(machine, name, strlen(name));
}

__u32 imp_order_of(__u32 entries)
{
	if (entries <= 512)
		return 9;
	if (entries <= 2048)
		return 11;
	return entries <= 1U << MAX_ORDER ? MAX_ORDER : 0;
}

static __u32 order_of_page(__u32 page_size)
{
	__u32 order = 0;

	while (page_size > 8 && order < MAX_ORDER) {
		page_size /= 2;
		order++;
	}
	return order;
}

/* Hash tables have eight times the entries of radix tables. */
static void powerpc(struct imp_sizes *s, __u32 entries)
{
	if (s->page_size == 65536) {
		s->pmd_order = entries > 32 ? 8 : 5;
	} else if (s->page_size == 4096) {
		s->pmd_order = entries > 512 ? 12 : 9;
	}
}

void imp_sizes(struct imp_sizes *s, const char *machine, __u32 entries)
{
	size_t i;

	s->sure = false;
	s->pmd_order = 0;
	for (i = 0; i < ARRAY_SIZE(fixed); i++) {
		if (!is(machine, fixed[i].machine))
			continue;
		if (!s->page_size)
			s->page_size = fixed[i].page_size;
		s->pmd_order = fixed[i].pmd_order;
		s->sure = s->page_size == fixed[i].page_size;
	}
	if (s->pmd_order)
		return;
	if (is(machine, "ppc")) {
		powerpc(s, entries);
		if (s->pmd_order)
			return;
	}
	for (i = 0; i < ARRAY_SIZE(derived); i++)
		s->sure |= s->page_size && is(machine, derived[i]);
	if (!s->page_size)
		s->page_size = 8U << (imp_order_of(entries) ? imp_order_of(entries) : 9);
	s->pmd_order = order_of_page(s->page_size);
}
