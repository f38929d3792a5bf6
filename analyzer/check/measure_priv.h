/* SPDX-License-Identifier: GPL-2.0-only */
/* The values that rules measure in a snapshot: numbers, texts, histograms. */
#ifndef CHECK_MEASURE_PRIV_H
#define CHECK_MEASURE_PRIV_H

#include "check/eval.h"

#define CHECK_SIZES_NEEDED "this kernel reports PMD size only: needs detail sizes"

/* A measured value: a number from lo to hi, or a text. */
struct check_value {
	enum check_state state; /* PASS: it was measured */
	double lo, hi;
	const char *text; /* UNIT_TEXT */
	double samples;
	double censored;
	long min_samples; /* that this kind of value needs, unless the rule says another number */
	bool has_shape;
	struct shape shape;
	struct check_span at; /* ERROR */
	char why[240];
	char note[100]; /* to be shown beside the value */
};

/* measure.c: the value of @o in @s; @base: the same scope of its baseline, or NULL. */
void check_measure(const struct check_operand *o, const struct snapshot *s,
		   const struct snapshot *base, struct check_value *value);

/* hist.c */

/* Do the keys name this row? */
bool check_row(const struct check_sel *sel, const struct snapshot *s, const void *row);
/* Does a key name a size below PMD order? */
bool check_below_pmd(const struct check_sel *sel, const struct snapshot *s);
/* 0; -EINVAL, with value->state, why and at set, if this trace cannot have a key's value. */
int check_keys(const struct check_sel *sel, const struct snapshot *s, struct check_value *value);

/* The histogram of @sel into value->shape, samples and censored; state: PASS, or why not. */
void check_histogram(const struct check_sel *sel, const struct snapshot *s,
		     struct check_value *value);
/* First and last value of a place on the scale: a bucket or a number. 0; -EINVAL: needs one size. */
int check_place(const struct check_sel *sel, const struct snapshot *s, const struct check_lit *lit,
		double *lo, double *hi);
/* Ends of a range as values. 0; -EINVAL, with value->state, why and at set. */
int check_bounds(const struct check_sel *sel, const struct snapshot *s,
		 const struct check_range *range, struct check_value *value, double *lo,
		 double *hi);
/* The histogram that { ... } describes, on the scale of @like. 0; -EINVAL: needs one size. */
int check_list_shape(const struct check_operand *o, const struct snapshot *s,
		     const struct shape *like, struct shape *out);

#endif
