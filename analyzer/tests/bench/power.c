// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many samples a rule needs to detect that 5 % of them moved: the table of docs/check-language.md.
 *
 * For each kind of rule: a distribution, the same with 5 % of its weight moved, and a limit half-way
 * between. From both, samples are drawn again and again. The result is the smallest number of samples
 * with which the moved one fails in 99 % of the draws and the unmoved one passes in 99 %. Seeds are
 * fixed, so the program always prints the same table.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "check/shape_priv.h"

#define NR     18 /* buckets, as of occupancy */
#define TRIALS 2000
#define WANTED 0.99
#define MOST   2000000

static __u64 seed = 1;

static double uniform(void)
{
	__u64 z = seed += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return ((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* Poisson or binomial: from the normal distribution if it is close enough, else one by one. */
static double binomial(double n, double p)
{
	double hits = 0, var = n * p * (1 - p);

	if (p <= 0 || n <= 0)
		return 0;
	if (p >= 1)
		return n;
	if (var > 100) {
		hits = round(n * p +
			     sqrt(var) * sqrt(-2 * log(1 - uniform())) * cos(2 * M_PI * uniform()));
		return hits < 0 ? 0 : hits > n ? n : hits;
	}
	if (p > 0.5)
		return n - binomial(n, 1 - p);
	/* Gaps between hits are geometric. */
	for (n -= floor(log(1 - uniform()) / log1p(-p)) + 1; n >= 0;
	     n -= floor(log(1 - uniform()) / log1p(-p)) + 1)
		hits++;
	return hits;
}

static void draw(const double *p, double samples, struct shape *s)
{
	double left = samples, rest = 1;
	unsigned int i;

	memset(s, 0, sizeof(*s));
	s->nr = NR;
	s->span = NR - 1;
	s->samples = samples;
	for (i = 0; i < NR; i++) {
		s->b[i].pos = s->b[i].lo = s->b[i].hi = i;
		s->b[i].n = i < NR - 1 ? binomial(left, rest > 0 ? p[i] / rest : 0) : left;
		left -= s->b[i].n;
		rest -= p[i];
	}
}

struct kind {
	const char *rule;
	double p[NR];
	int from, to; /* 5 % move between these buckets */
	/* Does a histogram pass? @base: one more, of the unmoved distribution. */
	int (*passes)(const struct kind *k, const struct shape *s, const struct shape *base);
	double limit;
};

static int mass_low(const struct kind *k, const struct shape *s, const struct shape *base)
{
	double min, max;
	shape_mass(s, 0, 5, &min, &max);
	return max <= k->limit;
}

static int quantile(const struct kind *k, const struct shape *s, const struct shape *base)
{
	return shape_quantile(s, 0.1) >= k->limit;
}

static int mode_full(const struct kind *k, const struct shape *s, const struct shape *base)
{
	int last, first = shape_mode(s, &last);
	return first == NR - 1;
}

static int unimodal(const struct kind *k, const struct shape *s, const struct shape *base)
{
	struct shape_fit fit;
	shape_unimodal(s, k->limit, &fit);
	return fit.holds;
}

static int rising(const struct kind *k, const struct shape *s, const struct shape *base)
{
	struct shape_fit fit;
	shape_monotone(s, 1, k->limit, &fit);
	return fit.holds;
}

/* Inverse: two modes with the shift, one without it. */
static int bimodal(const struct kind *k, const struct shape *s, const struct shape *base)
{
	struct shape_fit fit;
	shape_bimodal(s, k->limit, &fit);
	return !fit.holds;
}

static int emd(const struct kind *k, const struct shape *s, const struct shape *base)
{
	return shape_emd(s, base) <= k->limit;
}

static int ks(const struct kind *k, const struct shape *s, const struct shape *base)
{
	return shape_ks(s, base) <= k->limit;
}

static int within(const struct kind *k, const struct shape *s, const struct shape *base)
{
	double diff;

	shape_worst(s, base, &diff);
	return fabs(diff) <= k->limit;
}

/* Rising towards full blocks; bucket 5 is 4/16. */
#define RISING                                                                                   \
	{                                                                                        \
		.005, .005, .005, .005, .005, .005, .01, .01, .01, .02, .02, .03, .03, .04, .05, \
			.10, .20, .45                                                            \
	}
#define EVEN                                                                  \
	{                                                                     \
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .05, .10, .20, .3, .35 \
	}
#define TAIL                                                                   \
	{                                                                      \
		0, 0, 0, 0, 0, .075, 0, 0, 0, 0, 0, 0, 0, 0, 0, .225, .25, .45 \
	}

static const struct kind kinds[] = {
	{ "`occupancy(2M) mass(empty..4/16) <= 5.5%`", RISING, 17, 5, mass_low, 0.055 },
	{ "`occupancy(2M) p10 >= 14/16`", TAIL, 17, 5, quantile, 15 },
	{ "`occupancy(2M) mode at full`",
	  { [15] = .3, [16] = .325, [17] = .375 },
	  17,
	  16,
	  mode_full,
	  0 },
	{ "`occupancy(2M) monotone rising` (within 2%)", RISING, 17, 5, rising, 0.02 },
	{ "`occupancy(2M) unimodal` (within 2%)", RISING, 17, 5, unimodal, 0.02 },
	{ "`occupancy(2M) bimodal` (within 2%)", RISING, 17, 5, bimodal, 0.02 },
	{ "`occupancy(2M) within 2.5% of baseline ...`", EVEN, 17, 16, within, 0.025 },
	/* By 12 of 17 steps, so 3.5 % of the scale. */
	{ "`emd(occupancy(2M), baseline ...) <= 0.018`", RISING, 17, 5, emd, 0.018 },
	{ "`ks(occupancy(2M), baseline ...) <= 0.025`", RISING, 17, 5, ks, 0.025 },
};

/* Is the verdict right often enough with @n samples? */
static int enough(const struct kind *k, double n)
{
	double moved[NR];
	unsigned int t, found = 0, passed = 0;
	struct shape s, base;

	memcpy(moved, k->p, sizeof(moved));
	moved[k->from] -= 0.05;
	moved[k->to] += 0.05;
	seed = 1;
	for (t = 0; t < TRIALS; t++) {
		draw(k->p, n, &base);
		draw(moved, n, &s);
		found += !k->passes(k, &s, &base);
		draw(k->p, n, &s);
		passed += k->passes(k, &s, &base);
	}
	return found >= TRIALS * WANTED && passed >= TRIALS * WANTED;
}

/* The smallest such number, to two digits. */
static double least(const struct kind *k)
{
	double n = 10, step;

	while (n < MOST && !enough(k, n))
		n *= 2;
	if (n >= MOST)
		return n;
	for (step = n / 4; step >= n / 64; step /= 2)
		if (enough(k, n - step))
			n -= step;
	step = pow(10, floor(log10(n)) - 1);
	return ceil(n / step) * step;
}

int main(int argc, char **argv)
{
	int bench = argc > 1 && !strcmp(argv[1], "--bench");
	size_t i;

	if (!bench)
		printf("| rule | samples |\n|---|---|\n");
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		printf(bench ? "5%% shift found, %s\t%.0f samples\t-\t-\t-\t-\n" :
			       "| %s | %.0f |\n",
		       kinds[i].rule, least(&kinds[i]));
	return 0;
}
