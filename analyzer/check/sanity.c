// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors that need no trace: a rule that no trace can satisfy, one that every trace satisfies (it would
 * guard nothing), and two that contradict each other.
 *
 * Rules with the same subject, scope and unit share an entry: the values that all of them allow. A rule
 * that leaves none contradicts the latest one that narrowed the entry.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/parse_priv.h"
#include "lib/hash.h"

struct allowed {
	char *key;
	double lo, hi;
	const struct check_rule *by; /* the latest rule that narrowed it */
	UT_hash_handle hh;
};

/* Values that @cmp with @v allows. false: not an interval. */
static bool cmp_interval(enum check_cmp cmp, double v, double *lo, double *hi)
{
	*lo = -INFINITY;
	*hi = INFINITY;
	switch (cmp) {
	case CMP_EQ:
		*lo = *hi = v;
		return true;
	case CMP_LT:
		*hi = nextafter(v, -INFINITY);
		return true;
	case CMP_LE:
		*hi = v;
		return true;
	case CMP_GT:
		*lo = nextafter(v, INFINITY);
		return true;
	case CMP_GE:
		*lo = v;
		return true;
	case CMP_NE:
		break;
	}
	return false;
}

/* Values that @rule allows, and their unit. false: not an interval, or not known before a trace is read. */
static bool interval(const struct check_rule *rule, double *lo, double *hi, int *unit)
{
	const struct check_range *r = &rule->range;

	if (rule->limit_base >= 0 || rule->of.unit == UNIT_TEXT)
		return false;
	*unit = rule->limit.unit;
	switch (rule->pred) {
	case PRED_CMP:
		return cmp_interval(rule->cmp, rule->limit.v, lo, hi);
	case PRED_NEAR:
		*lo = rule->limit.v * (1 - rule->tolerance);
		*hi = rule->limit.v * (1 + rule->tolerance);
		return true;
	case PRED_IN:
	case PRED_MODE:
		*unit = r->has_from ? r->from.unit : r->to.unit;
		*lo = r->has_from ? r->from.v : -INFINITY;
		*hi = r->has_to ? r->to.v : INFINITY;
		return !r->has_from || !r->has_to || r->from.unit == r->to.unit;
	default:
		return false;
	}
}

static void check_alone(struct check_rules *rules, const struct check_rule *rule)
{
	double least = 0, most = INFINITY, lo, hi;
	int unit;

	if (rule->pred == PRED_MODE || !interval(rule, &lo, &hi, &unit))
		return;
	if (rule->of.sel.field->type == FIELD_DELTA)
		least = -INFINITY;
	if (rule->of.unit == UNIT_PERCENT || unit == UNIT_PERCENT)
		most = 1;
	if (lo > hi || hi < least || lo > most)
		check_error(&rules->src, rule->at, "contradictory: no trace can satisfy this");
	else if (lo <= least && hi >= most)
		check_error(&rules->src, rule->at,
			    "every trace satisfies this (it guards nothing)");
}

static void check_list(struct check_rules *rules, const struct check_rule *rule)
{
	const struct check_ref *ref = &rule->of.ref;
	double all = 0;
	unsigned int i, j;

	if (!ref->nr)
		return;
	for (i = 0; i < ref->nr; i++) {
		all += ref->list[i].share;
		for (j = 0; j < i; j++) {
			if (ref->list[i].bucket.unit == ref->list[j].bucket.unit &&
			    ref->list[i].bucket.v == ref->list[j].bucket.v)
				check_error(&rules->src, ref->list[i].bucket.at,
					    "this bucket is given twice");
		}
	}
	/* Rounded shares may miss 100% by half of their last digit each. */
	if (fabs(all - 1) > 0.005 * ref->nr)
		check_error(&rules->src, ref->at, "shares add up to %g%%, not to 100%%", all * 100);
}

/* The entry for @rule and @what; NULL: out of memory. */
static struct allowed *entry(struct allowed **all, const struct check_rule *rule, const char *what)
{
	struct allowed *a;
	char *key = NULL;

	if (asprintf(&key, "%u %s %s", rule->scope, what, rule->subject) < 0)
		return NULL;
	HASH_FIND_STR(*all, key, a);
	if (a) {
		free(key);
		return a;
	}
	a = calloc(1, sizeof(*a));
	if (a) {
		a->key = key;
		a->lo = -INFINITY;
		a->hi = INFINITY;
		HASH_ADD_KEYPTR(hh, *all, a->key, strlen(a->key), a);
	}
	if (a && hash_added(a))
		return a;
	free(a);
	free(key);
	return NULL;
}

static void narrow(struct check_rules *rules, struct allowed **all, const struct check_rule *rule)
{
	struct allowed *a;
	double lo, hi;
	char what[24];
	int unit;

	if (rule->pred == PRED_UNIMODAL || rule->pred == PRED_BIMODAL) {
		lo = hi = rule->pred == PRED_UNIMODAL ? 1 : 2;
		snprintf(what, sizeof(what), "modes");
	} else if (interval(rule, &lo, &hi, &unit)) {
		snprintf(what, sizeof(what), "%s%d", rule->pred == PRED_MODE ? "mode" : "", unit);
	} else {
		return;
	}
	a = entry(all, rule, what);
	if (!a) {
		check_error(&rules->src, rule->at, "out of memory");
		return;
	}
	if (a->by && (lo > a->hi || hi < a->lo))
		check_error(&rules->src, rule->at, "contradicts line %u: %.120s", a->by->at.line,
			    a->by->text);
	if (lo > a->lo || hi < a->hi)
		a->by = rule;
	if (lo > a->lo)
		a->lo = lo;
	if (hi < a->hi)
		a->hi = hi;
}

void check_sanity(struct check_rules *rules)
{
	struct allowed *all = NULL, *a, *next;
	unsigned int i;

	for (i = 0; i < rules->nr_rules; i++) {
		check_alone(rules, &rules->rules[i]);
		check_list(rules, &rules->rules[i]);
		narrow(rules, &all, &rules->rules[i]);
	}
	HASH_ITER(hh, all, a, next) {
		HASH_DEL(all, a);
		free(a->key);
		free(a);
	}
}
