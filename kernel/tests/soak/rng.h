/* SPDX-License-Identifier: GPL-2.0-only */
/* Random numbers that a seed repeats. */
#ifndef MTHP_SOAK_RNG_H
#define MTHP_SOAK_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
	uint64_t x = r->state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* Each worker has its own stream of one seed. */
static inline struct rng rng_fork(uint64_t seed, unsigned int stream)
{
	struct rng r = { seed + stream * 0xd1b54a32d192ed03ULL };

	rng_next(&r);
	return r;
}

/* 0 to n - 1. */
static inline unsigned int rng_below(struct rng *r, unsigned int n)
{
	return (rng_next(r) >> 32) * n >> 32;
}

static inline unsigned int rng_range(struct rng *r, unsigned int low, unsigned int high)
{
	return low + rng_below(r, high - low + 1);
}

/* An index into rows of which each has a weight; weight(i) is 0 behind the last. */
#define rng_pick(r, rows, nr)                                  \
	({                                                     \
		unsigned int sum_ = 0, i_, left_;              \
		for (i_ = 0; i_ < (nr); i_++)                  \
			sum_ += (rows)[i_].weight;             \
		left_ = rng_below(r, sum_);                    \
		for (i_ = 0; left_ >= (rows)[i_].weight; i_++) \
			left_ -= (rows)[i_].weight;            \
		i_;                                            \
	})

#endif /* MTHP_SOAK_RNG_H */
