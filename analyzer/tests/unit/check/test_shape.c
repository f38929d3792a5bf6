// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shapes of histograms: generated histograms that have the shape, and near misses. Noise is real:
 * samples are drawn from a distribution, many times, and both kinds of error are counted.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "check/shape_priv.h"
#include "tests/support/cm.h"

#define NR 18

static struct shape make(const double *n, unsigned int nr)
{
	struct shape s = { .nr = nr, .span = nr - 1 };
	unsigned int i;

	for (i = 0; i < nr; i++) {
		s.b[i].n = n[i];
		s.b[i].pos = i;
		s.b[i].lo = i * 10;
		s.b[i].hi = i * 10 + 9;
		s.samples += n[i];
	}
	return s;
}

#define MAKE(...)                             \
	make((const double[]){ __VA_ARGS__ }, \
	     sizeof((const double[]){ __VA_ARGS__ }) / sizeof(double))

static __u64 next_random(__u64 *seed)
{
	__u64 z = *seed += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* @samples drawn from the distribution with weights @p. */
static struct shape draw(const double *p, unsigned int nr, unsigned int samples, __u64 *seed)
{
	double n[SHAPE_MAX] = { 0 }, all = 0, u;
	unsigned int i, s;

	for (i = 0; i < nr; i++)
		all += p[i];
	for (s = 0; s < samples; s++) {
		u = (next_random(seed) >> 11) * 0x1p-53 * all;
		for (i = 0; i < nr - 1 && u >= p[i]; i++)
			u -= p[i];
		n[i]++;
	}
	return make(n, nr);
}

enum form {
	RISING,
	FALLING,
	ONE,
	TWO
};

static int holds(const struct shape *s, enum form form, double tolerance, struct shape_fit *fit)
{
	memset(fit, 0, sizeof(*fit));
	if (form == ONE)
		shape_unimodal(s, tolerance, fit);
	else if (form == TWO)
		shape_bimodal(s, tolerance, fit);
	else
		shape_monotone(s, form == RISING, tolerance, fit);
	return fit->holds;
}

static void test_forms(void **state)
{
	/* Thousands of samples, so that noise changes no shape. */
	static const struct {
		double n[8];
		int rising, falling, one, two;
	} cases[] = {
		{ { 100, 200, 300, 400, 500, 600, 700, 800 }, 1, 0, 1, 0 },
		{ { 800, 700, 600, 500, 400, 300, 200, 100 }, 0, 1, 1, 0 },
		{ { 500, 500, 500, 500, 500, 500, 500, 500 }, 1, 1, 1, 0 },
		{ { 100, 300, 900, 900, 700, 300, 100, 10 }, 0, 0, 1, 0 },
		{ { 0, 0, 0, 0, 0, 0, 0, 5000 }, 1, 0, 1, 0 },
		{ { 0, 0, 0, 5000, 0, 0, 0, 0 }, 0, 0, 1, 0 },
		{ { 900, 300, 100, 20, 100, 300, 900, 900 }, 0, 0, 0, 1 },
		{ { 2000, 0, 0, 0, 0, 0, 0, 2000 }, 0, 0, 0, 1 },
		/* Three modes are neither one nor two. */
		{ { 900, 100, 20, 900, 20, 100, 900, 100 }, 0, 0, 0, 0 },
		/* A second mode of 8 % next to a first one. */
		{ { 20, 100, 1000, 3000, 300, 20, 500, 10 }, 0, 0, 0, 1 },
		/* Rising but for one bucket that is far too low. */
		{ { 100, 200, 300, 400, 500, 20, 700, 800 }, 0, 0, 0, 1 },
	};
	struct shape_fit fit;
	struct shape s;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		s = make(cases[i].n, 8);
		assert_int_equal(holds(&s, RISING, 0.02, &fit), cases[i].rising);
		assert_int_equal(holds(&s, FALLING, 0.02, &fit), cases[i].falling);
		assert_int_equal(holds(&s, ONE, 0.02, &fit), cases[i].one);
		assert_int_equal(holds(&s, TWO, 0.02, &fit), cases[i].two);
	}
}

static void test_fit(void **state)
{
	struct shape s = MAKE(10, 30, 20, 40);
	struct shape_fit fit;
	shape_monotone(&s, 1, 0, &fit);
	/* 30 and 20 become their mean: 5 of 100 move. */
	assert_float_equal(fit.n[1], 25, 1e-9);
	assert_float_equal(fit.n[2], 25, 1e-9);
	assert_float_equal(fit.moved, 0.05, 1e-9);
	assert_float_equal(fit.g, 2 * (30 * log(30 / 25.0) + 20 * log(20 / 25.0)), 1e-9);
	/* Three degrees of freedom: 11.345. */
	assert_float_equal(fit.limit, 11.345, 0.1);
	assert_true(fit.holds && fit.noise);
	/* The same proportions from a thousand times as many are no noise. */
	s = MAKE(10000, 30000, 20000, 40000);
	shape_monotone(&s, 1, 0.049, &fit);
	assert_false(fit.holds);
	shape_monotone(&s, 1, 0.051, &fit);
	assert_true(fit.holds && !fit.noise);
	/* A weight in bytes does not increase the number of samples. */
	s.samples = 100;
	shape_monotone(&s, 1, 0, &fit);
	assert_true(fit.holds && fit.noise);
}

/* A sample of a shape is rarely taken for another shape; a sample far from it nearly always is. */
static void test_noise(void **state)
{
	static const double hill[NR] = {
		1, 2, 3, 4, 5, 7, 9, 12, 15, 18, 15, 12, 9, 7, 5, 4, 3, 2
	};
	static const double flat[NR] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	static const double two[NR] = { 1, 3, 9, 12, 9, 3, 1, 1, 1, 1, 1, 1, 3, 9, 12, 9, 3, 1 };
	static const unsigned int sizes[] = { 50, 200, 1000, 20000 };
	unsigned int wrong_hill, wrong_flat, wrong_two, i, t;
	struct shape_fit fit;
	__u64 seed = 1;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		wrong_hill = wrong_flat = wrong_two = 0;
		for (t = 0; t < 300; t++) {
			struct shape s = draw(hill, NR, sizes[i], &seed);

			wrong_hill += !holds(&s, ONE, 0, &fit);
			s = draw(flat, NR, sizes[i], &seed);
			wrong_flat += !holds(&s, ONE, 0, &fit) + !holds(&s, RISING, 0, &fit);
			s = draw(two, NR, sizes[i], &seed);
			wrong_two += holds(&s, ONE, 0.02, &fit) || !holds(&s, TWO, 0.02, &fit);
		}
		/* Without tolerance noise alone may fail 1 % of 300, and 1 % twice: 4 sigma. */
		assert_true(wrong_hill <= 10);
		assert_true(wrong_flat <= 16);
		if (sizes[i] >= 1000)
			assert_true(wrong_two <= 9);
	}
}

static void test_mode(void **state)
{
	struct shape s = MAKE(1, 5, 3, 5, 0);
	int last = -1;
	assert_int_equal(shape_mode(&s, &last), 1);
	assert_int_equal(last, 3);
	s = MAKE(0, 0, 7);
	assert_int_equal(shape_mode(&s, &last), 2);
	assert_int_equal(last, 2);
	s = MAKE(0, 0);
	assert_int_equal(shape_mode(&s, &last), -1);
}

static void test_quantile(void **state)
{
	struct shape s = MAKE(10, 0, 40, 0, 50);
	assert_int_equal(shape_quantile(&s, 0.05), 0);
	assert_int_equal(shape_quantile(&s, 0.1), 0);
	assert_int_equal(shape_quantile(&s, 0.11), 2);
	assert_int_equal(shape_quantile(&s, 0.5), 2);
	assert_int_equal(shape_quantile(&s, 0.51), 4);
	assert_int_equal(shape_quantile(&s, 0.999), 4);
	s = MAKE(0, 0);
	assert_int_equal(shape_quantile(&s, 0.5), -1);
}

static void test_mass(void **state)
{
	struct shape s = MAKE(10, 20, 30, 40);
	double min, max;
	/* Buckets hold 0-9, 10-19, 20-29, 30-39. */
	shape_mass(&s, 10, 29, &min, &max);
	assert_float_equal(min, 0.5, 1e-9);
	assert_float_equal(max, 0.5, 1e-9);
	shape_mass(&s, 15, 29, &min, &max);
	assert_float_equal(min, 0.3, 1e-9);
	assert_float_equal(max, 0.5, 1e-9);
	shape_mass(&s, 12, 13, &min, &max);
	assert_float_equal(min, 0, 1e-9);
	assert_float_equal(max, 0.2, 1e-9);
	shape_mass(&s, 40, INFINITY, &min, &max);
	assert_float_equal(max, 0, 1e-9);
	shape_mass(&s, -INFINITY, INFINITY, &min, &max);
	assert_float_equal(min, 1, 1e-9);
}

static void test_distance(void **state)
{
	struct shape a = MAKE(1, 0, 0, 0, 0), b = MAKE(0, 0, 0, 0, 9), c = MAKE(2, 0, 2, 0, 0);
	double diff;
	assert_float_equal(shape_emd(&a, &a), 0, 1e-12);
	assert_float_equal(shape_ks(&a, &a), 0, 1e-12);
	/* All weight moves from one end to the other. */
	assert_float_equal(shape_emd(&a, &b), 1, 1e-12);
	assert_float_equal(shape_ks(&a, &b), 1, 1e-12);
	/* Half of the weight moves by two of four steps. */
	assert_float_equal(shape_emd(&a, &c), 0.25, 1e-12);
	assert_float_equal(shape_emd(&c, &a), 0.25, 1e-12);
	assert_float_equal(shape_ks(&a, &c), 0.5, 1e-12);
	assert_int_equal(shape_worst(&a, &c, &diff), 0);
	assert_float_equal(diff, 0.5, 1e-12);
}

static void test_align(void **state)
{
	struct shape a = MAKE(1, 2, 3), b = MAKE(4, 5), c;
	b.b[0].pos = 1;
	b.b[1].pos = 7;
	assert_int_equal(shape_align(&a, &b), -EINVAL); /* other scales */
	b.span = a.span;
	c = b;
	assert_int_equal(shape_align(&a, &b), 0);
	assert_int_equal(a.nr, 4);
	assert_int_equal(b.nr, 4);
	assert_float_equal(a.b[3].n, 0, 0);
	assert_float_equal(a.b[3].pos, 7, 0);
	assert_float_equal(b.b[0].n + b.b[2].n, 0, 0);
	assert_float_equal(b.b[1].n, 4, 0);
	assert_float_equal(b.b[3].n, 5, 0);
	/* The other way round gives the same distance. */
	a = MAKE(1, 2, 3);
	assert_int_equal(shape_align(&c, &a), 0);
	assert_float_equal(shape_emd(&a, &c), shape_emd(&c, &a), 1e-12);
}

/* Histograms without samples, or of one bucket, cause no error. */
static void test_small(void **state)
{
	struct shape s = MAKE(0, 0, 0), one = MAKE(5), none = { .nr = 0 };
	struct shape_fit fit;
	int last;
	assert_true(holds(&s, ONE, 0, &fit));
	assert_true(holds(&one, RISING, 0, &fit));
	assert_true(holds(&none, ONE, 0, &fit));
	assert_false(holds(&none, TWO, 0, &fit));
	assert_false(holds(&one, TWO, 0, &fit));
	assert_int_equal(shape_mode(&none, &last), -1);
	assert_float_equal(shape_emd(&none, &none), 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),	 cmocka_unit_test(test_fit),
		cmocka_unit_test(test_noise),	 cmocka_unit_test(test_mode),
		cmocka_unit_test(test_quantile), cmocka_unit_test(test_mass),
		cmocka_unit_test(test_distance), cmocka_unit_test(test_align),
		cmocka_unit_test(test_small),
	};

	return cmocka_run_group_tests_name("check_shape", tests, NULL, NULL);
}
