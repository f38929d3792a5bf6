// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shapes of histograms.
 *
 * Monotone and unimodal fits are maximum likelihood: for counts, that is isotonic regression, done
 * by pooling neighbours that are in the wrong order into blocks of their mean. One mode is the best
 * of "rising up to bucket k, falling from there" over all k; two modes are the best pair of one-mode
 * parts. A histogram drawn from a distribution of the wanted form deviates from its fit by chance:
 * twice the log likelihood ratio stays below the chi-squared quantile with (buckets - 1) degrees of
 * freedom with probability 1 - SHAPE_ALPHA or better, for every distribution of that form.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "check/shape_priv.h"

double shape_total(const struct shape *s)
{
	double all = 0;
	unsigned int i;

	for (i = 0; i < s->nr; i++)
		all += s->b[i].n;
	return all;
}

int shape_mode(const struct shape *s, int *last)
{
	int first = -1;
	unsigned int i;

	for (i = 0; i < s->nr; i++) {
		if (s->b[i].n <= 0 || (first >= 0 && s->b[i].n < s->b[first].n))
			continue;
		if (first < 0 || s->b[i].n > s->b[first].n)
			first = i;
		*last = i;
	}
	return first;
}

int shape_quantile(const struct shape *s, double q)
{
	double all = shape_total(s), seen = 0;
	int i, found = -1;

	for (i = 0; i < (int)s->nr; i++) {
		if (s->b[i].n <= 0)
			continue;
		seen += s->b[i].n;
		found = i;
		if (seen >= all * q)
			break;
	}
	return found;
}

void shape_mass(const struct shape *s, double lo, double hi, double *min, double *max)
{
	double all = shape_total(s);
	unsigned int i;

	*min = *max = 0;
	for (i = 0; i < s->nr; i++) {
		const struct shape_bucket *b = &s->b[i];

		if (b->hi < lo || b->lo > hi)
			continue;
		*max += b->n;
		if (b->lo >= lo && b->hi <= hi)
			*min += b->n;
	}
	if (all > 0) {
		*min /= all;
		*max /= all;
	}
}

/* Best falling (@dir -1) or rising (1) fit of n[0 ... nr - 1], into @fit. */
static void isotonic(const double *n, unsigned int nr, int dir, double *fit)
{
	double mean[SHAPE_MAX];
	unsigned int len[SHAPE_MAX], blocks = 0, i, j, at = 0;

	for (i = 0; i < nr; i++) {
		mean[blocks] = n[i];
		len[blocks++] = 1;
		while (blocks > 1 && (mean[blocks - 1] - mean[blocks - 2]) * dir < 0) {
			unsigned int a = len[blocks - 2], b = len[blocks - 1];

			mean[blocks - 2] = (mean[blocks - 2] * a + mean[blocks - 1] * b) / (a + b);
			len[blocks - 2] = a + b;
			blocks--;
		}
	}
	for (i = 0; i < blocks; i++)
		for (j = 0; j < len[i]; j++)
			fit[at++] = mean[i];
}

/* Log likelihood ratio of n against fit; both have the same sum. */
static double likelihood(const double *n, const double *fit, unsigned int nr)
{
	double g = 0;
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (n[i] > 0)
			g += n[i] * log(n[i] / fit[i]);
	return g;
}

/*
 * Best fit with one mode. The mode's bucket is the end of the rising part or the begin of the falling
 * one; trying every cut covers both.
 */
static double one_mode(const double *n, unsigned int nr, double *best)
{
	double fit[SHAPE_MAX], g, least = INFINITY;
	unsigned int k;

	for (k = 0; k <= nr; k++) {
		isotonic(n, k, 1, fit);
		isotonic(n + k, nr - k, -1, fit + k);
		g = likelihood(n, fit, nr);
		if (g < least) {
			least = g;
			memcpy(best, fit, nr * sizeof(*best));
		}
	}
	return least;
}

/* Quantile 1 - SHAPE_ALPHA of chi-squared: Wilson and Hilferty's approximation, good to 1 %. */
static double chi2_limit(unsigned int dof)
{
	double z = 2.3263478740, d = 2.0 / (9.0 * dof), c = 1 - d + z * sqrt(d);

	return dof * c * c * c;
}

/* Fills the rest of @fit from fit->n and @g, which is of the weights. */
static void judge(const struct shape *s, double g, double tolerance, struct shape_fit *fit)
{
	double all = shape_total(s);
	unsigned int i;

	fit->moved = 0;
	for (i = 0; i < s->nr; i++)
		fit->moved += fabs(s->b[i].n - fit->n[i]);
	fit->moved = all > 0 ? fit->moved / 2 / all : 0;
	fit->g = all > 0 ? 2 * g / all * s->samples : 0;
	fit->limit = s->nr > 1 ? chi2_limit(s->nr - 1) : 0;
	fit->holds = fit->moved <= tolerance || fit->g <= fit->limit;
	fit->noise = fit->moved > tolerance && fit->holds;
}

static void weights(const struct shape *s, double *n)
{
	unsigned int i;

	for (i = 0; i < SHAPE_MAX; i++)
		n[i] = i < s->nr ? s->b[i].n : 0;
}

void shape_monotone(const struct shape *s, bool rising, double tolerance, struct shape_fit *fit)
{
	double n[SHAPE_MAX];

	weights(s, n);
	isotonic(n, s->nr, rising ? 1 : -1, fit->n);
	judge(s, likelihood(n, fit->n, s->nr), tolerance, fit);
}

void shape_unimodal(const struct shape *s, double tolerance, struct shape_fit *fit)
{
	double n[SHAPE_MAX];

	weights(s, n);
	judge(s, one_mode(n, s->nr, fit->n), tolerance, fit);
}

void shape_bimodal(const struct shape *s, double tolerance, struct shape_fit *fit)
{
	double n[SHAPE_MAX], part[SHAPE_MAX], g, least = INFINITY;
	struct shape_fit one;
	unsigned int k;

	shape_unimodal(s, tolerance, &one);
	if (one.holds) {
		*fit = one;
		fit->holds = fit->noise = false;
		return;
	}
	weights(s, n);
	for (k = 1; k < s->nr; k++) {
		g = one_mode(n, k, part);
		g += one_mode(n + k, s->nr - k, part + k);
		if (g < least) {
			least = g;
			memcpy(fit->n, part, s->nr * sizeof(*part));
		}
	}
	judge(s, least, tolerance, fit);
}

static int find(const struct shape *s, double pos)
{
	unsigned int i;

	for (i = 0; i < s->nr; i++)
		if (fabs(s->b[i].pos - pos) < 1e-6)
			return i;
	return -1;
}

/* Buckets of @from that @to lacks, with weight 0, each at its place. */
static int fill_in(struct shape *to, const struct shape *from)
{
	unsigned int i, at;

	for (i = 0; i < from->nr; i++) {
		if (find(to, from->b[i].pos) >= 0)
			continue;
		if (to->nr == SHAPE_MAX)
			return -EINVAL;
		for (at = to->nr; at > 0 && to->b[at - 1].pos > from->b[i].pos; at--)
			to->b[at] = to->b[at - 1];
		to->b[at] = from->b[i];
		to->b[at].n = 0;
		to->nr++;
	}
	return 0;
}

int shape_align(struct shape *a, struct shape *b)
{
	if (fabs(a->span - b->span) > 1e-6 || fill_in(a, b) || fill_in(b, a))
		return -EINVAL;
	return a->nr == b->nr ? 0 : -EINVAL;
}

static double share(const struct shape *s, double all, unsigned int i)
{
	return all > 0 ? s->b[i].n / all : 0;
}

double shape_emd(const struct shape *a, const struct shape *b)
{
	double all_a = shape_total(a), all_b = shape_total(b), ahead = 0, work = 0;
	unsigned int i;

	for (i = 0; i + 1 < a->nr; i++) {
		ahead += share(a, all_a, i) - share(b, all_b, i);
		work += fabs(ahead) * (a->b[i + 1].pos - a->b[i].pos);
	}
	return a->span > 0 ? work / a->span : 0;
}

double shape_ks(const struct shape *a, const struct shape *b)
{
	double all_a = shape_total(a), all_b = shape_total(b), ahead = 0, worst = 0;
	unsigned int i;

	for (i = 0; i < a->nr; i++) {
		ahead += share(a, all_a, i) - share(b, all_b, i);
		if (fabs(ahead) > worst)
			worst = fabs(ahead);
	}
	return worst;
}

int shape_worst(const struct shape *a, const struct shape *b, double *diff)
{
	double all_a = shape_total(a), all_b = shape_total(b), d;
	unsigned int i;
	int worst = -1;

	*diff = 0;
	for (i = 0; i < a->nr; i++) {
		d = share(a, all_a, i) - share(b, all_b, i);
		if (worst < 0 || fabs(d) > fabs(*diff)) {
			*diff = d;
			worst = i;
		}
	}
	return worst;
}
