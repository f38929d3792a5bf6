/* SPDX-License-Identifier: GPL-2.0-only */
/* Verdicts as text for people, KTAP version 1 and JUnit XML. */
#ifndef CHECK_REPORT_H
#define CHECK_REPORT_H

#include "check/eval.h"

enum check_format {
	CHECK_TEXT,
	CHECK_KTAP,
	CHECK_JUNIT,
};

struct check_report {
	enum check_format format;
	FILE *out;
	const struct check_rules *rules;
	bool histograms;      /* of every rule, not only of those that do not pass */
	unsigned int nr_sets; /* traces, and their sum */
	unsigned int sets;    /* reported so far */
	unsigned long counts[CHECK_NR_STATES];
	unsigned long unread; /* traces that could not be read */
};

/* format, out, rules, histograms and nr_sets must be set, the rest zero. */
void check_report_begin(struct check_report *r);
/* One trace: a verdict for each rule; NULL: it could not be read. */
void check_report_set(struct check_report *r, const char *name,
		      const struct check_verdict *verdicts);
/* 0 or -errno when writing failed. */
int check_report_end(struct check_report *r);

/*
 * The exit status: 0, 1 where a rule failed, 2 where one was wrong, 4 where data are incomplete.
 * KTAP: what kernel selftests exit with: 0 pass, 1 fail, 4 all skipped.
 */
int check_report_status(const struct check_report *r);

/* The errors in a rules file. */
void check_report_errors(const struct check_rules *rules, const char *prefix, FILE *out);

#endif
