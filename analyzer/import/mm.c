// SPDX-License-Identifier: GPL-2.0-only
/*
 * An address of the kernel must not leave, but events of one address space belong together. A table with
 * open addressing, twice as large as what it may hold; it grows from a small one.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "import/mm_priv.h"

struct slot {
	__u64 address; /* 0: free */
	__u64 number;
};

struct imp_mms {
	__u64 key;
	size_t nr, size; /* used, and all; a power of two */
	struct slot *slots;
};

static size_t place(const struct imp_mms *m, __u64 address)
{
	return (size_t)((address ^ m->key) * 0x9e3779b97f4a7c15ULL >> 32) & (m->size - 1);
}

/* The slot of @address, or the free one where it belongs. */
static struct slot *find(const struct imp_mms *m, __u64 address)
{
	size_t i = place(m, address);

	while (m->slots[i].address && m->slots[i].address != address)
		i = (i + 1) & (m->size - 1);
	return &m->slots[i];
}

static int grow(struct imp_mms *m)
{
	struct imp_mms bigger = { m->key, m->nr, m->size * 2, NULL };
	size_t i;

	bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (i = 0; i < m->size; i++)
		if (m->slots[i].address)
			*find(&bigger, m->slots[i].address) = m->slots[i];
	free(m->slots);
	*m = bigger;
	return 0;
}

struct imp_mms *imp_mms_new(void)
{
	struct imp_mms *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->size = 64;
	m->slots = calloc(m->size, sizeof(*m->slots));
	if (!m->slots || getrandom(&m->key, sizeof(m->key), 0) != sizeof(m->key)) {
		imp_mms_free(m);
		return NULL;
	}
	return m;
}

void imp_mms_free(struct imp_mms *m)
{
	if (!m)
		return;
	free(m->slots);
	free(m);
}

/* As mm_name() in bpf/owner.bpf.h; above all numbers. */
static __u64 random_name(const struct imp_mms *m, __u64 address)
{
	__u64 x = address ^ m->key;

	x *= 0x9e3779b97f4a7c15ULL;
	x ^= x >> 32;
	x *= m->key | 1;
	x ^= x >> 29;
	return x | 1ULL << 63;
}

__u64 imp_mm(struct imp_mms *m, __u64 address)
{
	struct slot *slot = find(m, address);

	if (slot->address)
		return slot->number;
	if (m->nr == IMP_MAX_MMS || (m->nr * 2 >= m->size && grow(m)))
		return random_name(m, address);
	slot = find(m, address);
	*slot = (struct slot){ address, ++m->nr };
	return slot->number;
}
