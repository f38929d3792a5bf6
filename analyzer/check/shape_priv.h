/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Properties of a histogram: mode, quantile, mass, forms, distances. Pure functions;
 * docs/check-language.md has the definitions, and how noise is treated.
 */
#ifndef CHECK_SHAPE_PRIV_H
#define CHECK_SHAPE_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <mthp/types.h>

#define SHAPE_MAX   64	 /* buckets */
#define SHAPE_ALPHA 0.01 /* probability that noise fails a shape that holds */

/* Values from lo to hi, both included. Buckets rise and do not overlap. */
struct shape_bucket {
	char label[16];
	double lo, hi;
	double pos; /* on the scale that distances are measured on; neighbours are about 1 apart */
	double n;   /* weight: samples, or bytes */
};

struct shape {
	unsigned int nr;
	double span;	 /* length of the whole scale: what a distance is divided by */
	double samples;	 /* behind the weights; decides how much is noise */
	double censored; /* samples left out */
	struct shape_bucket b[SHAPE_MAX];
};

/* How well the nearest histogram of a wanted form fits. */
struct shape_fit {
	bool holds;
	bool noise; /* holds only because the deviation is within noise */
	double n[SHAPE_MAX];
	double moved; /* share of the weight that has to move to give that form */
	double g;     /* likelihood ratio statistic of the deviation */
	double limit; /* that noise exceeds with probability SHAPE_ALPHA */
};

double shape_total(const struct shape *s);

/* The heaviest bucket; *last is the last of those that are equally heavy. -1: all are empty. */
int shape_mode(const struct shape *s, int *last);

/* The bucket in which the @q-th part (0 < q < 1) of the weight is reached. -1: all are empty. */
int shape_quantile(const struct shape *s, double q);

/*
 * The share of the weight that lies in lo ... hi: at least *min, at most *max. They differ where the
 * range begins or ends inside a bucket.
 */
void shape_mass(const struct shape *s, double lo, double hi, double *min, double *max);

/*
 * Does the histogram rise (fall) from bucket to bucket; have one mode; have two? A form holds when
 * at most the share @tolerance of the weight has to move to give it, or when the deviation is not
 * significant at SHAPE_ALPHA. Two modes hold only if one does not.
 */
void shape_monotone(const struct shape *s, bool rising, double tolerance, struct shape_fit *fit);
void shape_unimodal(const struct shape *s, double tolerance, struct shape_fit *fit);
void shape_bimodal(const struct shape *s, double tolerance, struct shape_fit *fit);

/*
 * Gives both the same buckets: those that either has, by pos. 0; -EINVAL: too many, or two scales.
 */
int shape_align(struct shape *a, struct shape *b);

/* Distances of two aligned histograms, each scaled to weight 1; 0 ... 1. */
double shape_emd(const struct shape *a, const struct shape *b); /* earth mover's, over span */
double shape_ks(const struct shape *a, const struct shape *b);	/* Kolmogorov-Smirnov */

/* The bucket whose shares differ most, and by how much (a's minus b's). Aligned. */
int shape_worst(const struct shape *a, const struct shape *b, double *diff);

#endif
