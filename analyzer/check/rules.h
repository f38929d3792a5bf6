/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A rules file after parsing; docs/check-language.md has the language. Names of tables, fields and
 * functions are resolved. Sizes and names of results depend on the trace and are left to eval.h.
 */
#ifndef CHECK_RULES_H
#define CHECK_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "model/field.h"

#define CHECK_MAX_TEXT	  (1U << 20) /* bytes of a rules file */
#define CHECK_MAX_LINE	  4096	     /* bytes of one of its lines */
#define CHECK_MAX_ERRORS  20
#define CHECK_MAX_KEYS	  6
#define CHECK_MAX_LIST	  32	/* buckets of a distribution in braces */
#define CHECK_MAX_RULES	  10000 /* of one file */
#define CHECK_MAX_SCOPES  256	/* different ones in one file */
#define CHECK_MAX_BASES	  64	/* baseline files */
#define CHECK_MAX_NESTING 8	/* for ...: in for ...: */

#define CHECK_MIN_PAGE	4096 /* bytes of a page, on any machine */
#define CHECK_MAX_PAGE	262144
#define CHECK_MAX_PTES	(1 << (MTHP_NR_ORDERS - 1)) /* of a block */
#define CHECK_MAX_TIMES 100 /* a baseline, or how far a value may be off: 10000% */
#define CHECK_MAX_NUMBER \
	1e18 /* of a rule, in bytes or ns where it has such a unit: fits in 64 bits */

#define CHECK_SAMPLES	100   /* default least number of samples: shares, means, shapes */
#define CHECK_LOSS	0.001 /* default share of lost events above which there is no verdict */
#define CHECK_TOLERANCE 0.02  /* default share that may be out of shape */

/* A place in the text: line and column from 1, column and length in bytes. */
struct check_span {
	unsigned int line, col, len;
};

struct check_error {
	struct check_span at;
	char msg[240];
};

/* A rules file as text, and the errors in it. */
struct check_source {
	const char *name; /* for messages */
	const char *text; /* len bytes and a NUL */
	size_t len;
	struct check_error errors[CHECK_MAX_ERRORS];
	unsigned int nr_errors; /* found; the first CHECK_MAX_ERRORS are kept */
};

enum check_unit {
	UNIT_COUNT,
	UNIT_PERCENT, /* a fraction: 90% is 0.9 */
	UNIT_BYTES,
	UNIT_ORDER, /* order=4 */
	UNIT_NS,
	UNIT_SLOT, /* bucket of an occupancy histogram */
	UNIT_TEXT,
};

enum check_cmp {
	CMP_EQ,
	CMP_NE,
	CMP_LT,
	CMP_LE,
	CMP_GT,
	CMP_GE,
};

/* A number or name as written. Sizes are bytes or an order until the page size is known. */
struct check_lit {
	enum check_unit unit;
	double v;
	const char *text; /* UNIT_TEXT */
	struct check_span at;
};

/* One key of a row: orders(64K), outcomes(result = succeeded). */
struct check_key {
	const struct field *field;
	struct check_lit is;
};

/* Rows of a table, and a field of theirs; as a histogram: a bucket per row. */
struct check_sel {
	const struct table *table;
	const struct field *field;
	unsigned int nr_keys;
	struct check_key keys[CHECK_MAX_KEYS];
	struct check_span at;
};

/* Buckets or values from A to B. */
struct check_range {
	bool has_from, has_to;	 /* else open on that side */
	bool open_from, open_to; /* the end itself does not belong to it */
	struct check_lit from, to;
};

struct check_share {
	struct check_lit bucket;
	double share;
};

/* The other side of a comparison of histograms: a list, or the same histogram of a baseline trace. */
struct check_ref {
	int base; /* index into rules->bases; -1: list */
	unsigned int nr;
	struct check_share *list;
	struct check_span at;
};

enum check_what {
	WHAT_FIELD,    /* sum of sel.field over the rows, or the one row's */
	WHAT_SUCCESS,  /* share of the attempts that succeeded, in sel's rows of orders */
	WHAT_OUTCOME,  /* share of events that ended with a result */
	WHAT_MASS,     /* share of a histogram in a range */
	WHAT_QUANTILE, /* of a histogram */
	WHAT_EMD,
	WHAT_KS,
};

struct check_operand {
	enum check_what what;
	struct check_sel sel;
	struct check_range range;
	double q;
	struct check_ref ref;
	enum check_unit unit; /* of its value */
};

enum check_pred {
	PRED_CMP,  /* operand cmp limit */
	PRED_IN,   /* operand in a range */
	PRED_NEAR, /* operand within tolerance of limit */
	PRED_MODE,
	PRED_RISING,
	PRED_FALLING,
	PRED_UNIMODAL,
	PRED_BIMODAL,
	PRED_NO_MASS, /* outside range */
	PRED_DIST,    /* histogram within tolerance of operand.ref */
};

struct check_rule {
	enum check_pred pred;
	struct check_operand of;
	enum check_cmp cmp;
	struct check_lit limit;
	int limit_base; /* the limit is limit.v times the operand in this baseline; -1: it is limit */
	struct check_range range;
	double tolerance;
	long min_samples; /* -1: the default */
	bool else_skip;	  /* too few samples: skipped, not failed */
	bool if_known;	  /* the value is unknown: skipped, not failed */
	unsigned int scope;
	struct check_span at;
	const char *text;    /* as written, blanks made one */
	const char *subject; /* the first part of it: the value or histogram */
};

enum check_each {
	EACH_NONE,
	EACH_WINDOW,  /* every every_ns */
	EACH_PROCESS, /* each address space by itself */
};

/* Which events count: those for which all that is set holds. */
struct check_scope {
	const char *comm;      /* pattern of fnmatch(3); NULL: any */
	const char *cgroup;    /* path; that cgroup and those below it; NULL: any */
	__u32 tgid;	       /* 0: any */
	int requester;	       /* -1: any */
	double from_ns, to_ns; /* since the start; from <= t < to; to 0: no end */
	enum check_each each;
	double every_ns;
	char text[128];
};

struct check_rules {
	struct check_source src;
	struct check_rule *rules;
	unsigned int nr_rules;
	struct check_scope *scopes; /* the first one is everything */
	unsigned int nr_scopes;
	const char **bases; /* paths of baselines, as written */
	unsigned int nr_bases;
	double max_loss; /* share of events */
	long min_samples;
	bool accept_cut; /* truncated traces get verdicts */
	char **strings;	 /* that the pointers above point to */
	unsigned int nr_strings;
};

/*
 * Parses @len bytes at @text, which end with a NUL and stay in use until check_rules_free(); that is due
 * in every case. 0; -EINVAL: see src.errors; -ENOMEM.
 */
int check_parse(struct check_rules *rules, const char *name, const char *text, size_t len);
void check_rules_free(struct check_rules *rules);

#endif
