/* SPDX-License-Identifier: GPL-2.0-only */
/* What a rule measures in a snapshot: a number, a text or a histogram. */
#ifndef CHECK_MEASURE_PRIV_H
#define CHECK_MEASURE_PRIV_H

#include "check/eval.h"

#define CHECK_SIZES_NEEDED "this kernel reports PMD size only: needs detail sizes"

/* What was measured: a number between lo and hi, where it is not known better, or a text. */
struct check_value {
	enum check_state state; /* PASS: it is there */
	double lo, hi;
	const char *text; /* UNIT_TEXT */
	double samples;
	double censored;
	long min_samples; /* what this kind of value needs if the rule does not say */
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

/* Is this one of the rows that the keys name? @why is filled with an error where a size is none. */
int check_row(const struct check_sel *sel, const struct snapshot *s, const void *row);
/* Does a key name a size below PMD order, or is one of all sizes asked for? */
int check_below_pmd(const struct check_sel *sel, const struct snapshot *s);
/* -EINVAL and value->state, why and at where a key is nothing that this trace can know. */
int check_keys(const struct check_sel *sel, const struct snapshot *s, struct check_value *value);

/* The histogram of @sel. value->state tells whether it could be made; samples, censored. */
void check_histogram(const struct check_sel *sel, const struct snapshot *s,
		     struct check_value *value);
/* Values that a place on the scale stands for: bucket or number. 0; -EINVAL: needs one size. */
int check_place(const struct check_sel *sel, const struct snapshot *s, const struct check_lit *lit,
		double *lo, double *hi);
/* Ends of a range as values. 0; -EINVAL with value->state, why and at set. */
int check_bounds(const struct check_sel *sel, const struct snapshot *s,
		 const struct check_range *range, struct check_value *value, double *lo,
		 double *hi);
/* The histogram that { ... } describes, on the scale of @like. */
int check_list_shape(const struct check_operand *o, const struct snapshot *s,
		     const struct shape *like, struct shape *out);

#endif
