// SPDX-License-Identifier: GPL-2.0-only
/* The word and the reason; see verdict.h. */
#include <stdio.h>
#include <string.h>

#include "lib/fmt.h"
#include "model/refusals.h"
#include "model/snapshot.h"
#include "model/verdict.h"
#include "model/verdict_priv.h"

#define RECENT 60000000000ULL /* ns */

static const char *const names[NR_VERDICTS] = {
#define X(name, word) [VERDICT_##name] = word,
	VERDICTS(X)
#undef X
};

static const char *const titles[NR_VERDICTS] = {
	[VERDICT_IDLE] = "Idle",	 [VERDICT_HELPING] = "Helping", [VERDICT_COSTLY] = "Costly",
	[VERDICT_CREEPING] = "Creeping", [VERDICT_FAILING] = "Failing",
};

const char *verdict_name(enum verdict_word word)
{
	return names[word];
}

const char *verdict_title(enum verdict_word word)
{
	return titles[word];
}

/* What a verdict rests on: of a whole observation, or of the ticks of a part of it. */
struct sums {
	__u64 scans;
	__u64 idle;    /* looks at ranges with nothing to do, from the beginning on */
	__u64 refused; /* scans and attempts that ended in a refusal */
	__u64 collapses, failures;
	__u64 collapsed_bytes, filled_bytes; /* unknown fill is not in it */
	__u64 creep_steps, creep_filled_bytes;
	__u64 attempts, vain; /* of khugepaged */
	__u64 undone;	      /* collapses that undid a split */
	bool all_reported;    /* of all collapses it is known what they filled */
	const char *when;     /* "" or " in the last minute" */
};

/* A rule: does it hold for these sums? Then it writes the reason. */
typedef bool (*rule_fn)(const struct sums *n, const struct snapshot *s, char *buf, size_t len);

static __u64 known(__u64 n)
{
	return n == NUM_UNKNOWN ? 0 : n;
}

/* @part is at least @percent of @all, and something. */
static bool is_share(__u64 part, __u64 all, unsigned int percent)
{
	return part && (double)part * 100 >= (double)all * percent;
}

static double percent(__u64 part, __u64 all)
{
	return 100.0 * (double)part / (double)all;
}

static const char *plural(__u64 n, const char *one, const char *more)
{
	return n == 1 ? one : more;
}

/* Looks at ranges with nothing to do. */
static __u64 count_idle(const struct snapshot *s)
{
	__u64 nr = 0;
	size_t i;

	for (i = 0; i < s->nr_outcomes; i++)
		if (refusals_is_idle(s, &s->outcomes[i]))
			nr += s->outcomes[i].count;
	return nr;
}

/* The vain attempts of khugepaged, and of these the ones at blocks that were one folio already. */
struct vain_count {
	__u64 vain, collapsed;
	const struct snap_vain *most; /* NULL: none was vain */
};

static void count_vain(const struct snapshot *s, struct vain_count *n)
{
	size_t i;

	memset(n, 0, sizeof(*n));
	for (i = 0; i < s->nr_vain; i++) {
		const struct snap_vain *v = &s->vain[i];

		if (v->key.requester != MTHP_Q_KHUGEPAGED || !v->vain)
			continue;
		n->vain += v->vain;
		n->collapsed += v->collapsed;
		if (!n->most)
			n->most = v;
	}
}

static bool in_vain(const struct sums *n, const struct snapshot *s, char *buf, size_t len)
{
	struct vain_count v;
	char size[24], result[4 * META_NAME_LEN + 1];

	count_vain(s, &v);
	if (!v.most || !n->vain || n->vain < n->attempts - n->vain)
		return false;
	snprintf(buf, len,
		 "khugepaged works in vain: %llu of %llu attempts%s were at %s (%s%s, %s)",
		 (unsigned long long)n->vain, (unsigned long long)n->attempts, n->when,
		 v.collapsed == v.vain ? "blocks that are one folio already" :
		 v.collapsed ? "ranges that had not changed, or blocks that are one folio already" :
			       "ranges that had not changed",
		 v.most->vain == v.vain ? "" : "most: ",
		 fmt_order(v.most->order, s->meta.page_size, size, sizeof(size)),
		 fmt_safe(v.most->result, result, sizeof(result)));
	return true;
}

static bool creeps(const struct sums *n, const struct snapshot *s, char *buf, size_t len)
{
	char filled[24];

	if (!is_share(n->creep_steps, n->collapses, VERDICT_CREEP_PERCENT))
		return false;
	snprintf(
		buf, len,
		"%llu of %llu collapses%s %s possible only because of earlier ones, and filled %s with zeroes",
		(unsigned long long)n->creep_steps, (unsigned long long)n->collapses, n->when,
		plural(n->creep_steps, "was", "were"),
		fmt_bytes(n->creep_filled_bytes, filled, sizeof(filled)));
	return true;
}

/* Bytes that all collapses which undid a split copied; NUM_UNKNOWN: some do not report it. */
static __u64 copied_again(const struct snapshot *s)
{
	__u64 sum = 0;
	size_t i;

	for (i = 0; i < s->nr_splits; i++) {
		if (s->splits[i].copied_bytes == NUM_UNKNOWN)
			return NUM_UNKNOWN;
		sum += s->splits[i].copied_bytes;
	}
	return sum;
}

/* Who split what, and how much was copied, is known of the whole observation only. */
static bool undoes(const struct sums *n, const struct snapshot *s, char *buf, size_t len)
{
	const struct snap_split *most = s->splits;
	bool alone = s->nr_splits < 2 || !s->splits[1].undone;
	char bytes[24], copied[48] = "", others[64] = "";

	if (!s->nr_splits || !most->undone ||
	    !is_share(n->undone, n->collapses, VERDICT_UNDOING_PERCENT))
		return false;
	if (!n->when[0] && copied_again(s) != NUM_UNKNOWN)
		snprintf(copied, sizeof(copied), "; %s were copied for nothing",
			 fmt_bytes(copied_again(s), bytes, sizeof(bytes)));
	if (!n->when[0] && !alone)
		snprintf(others, sizeof(others), " (%llu by %s)", (unsigned long long)most->undone,
			 most->by);
	snprintf(buf, len, "%llu of %llu collapses%s put together again what %s%s%s%s",
		 (unsigned long long)n->undone, (unsigned long long)n->collapses, n->when,
		 alone ? most->by : "had been split", alone ? " had split" : "", others, copied);
	return true;
}

static bool costs(const struct sums *n, const struct snapshot *s, char *buf, size_t len)
{
	char filled[24], all[24];

	if (!is_share(n->filled_bytes, n->collapsed_bytes, VERDICT_COSTLY_PERCENT))
		return false;
	snprintf(buf, len,
		 "%s%s of the %s collapsed%s was empty before, and was filled with zeroes (%.1f%%)",
		 n->all_reported ? "" : "at least ",
		 fmt_bytes(n->filled_bytes, filled, sizeof(filled)),
		 fmt_bytes(n->collapsed_bytes, all, sizeof(all)), n->when,
		 percent(n->filled_bytes, n->collapsed_bytes));
	return true;
}

/* Which outcomes are why it fails: those of attempts, or of scans as well if none got so far. NULL: it does not. */
static refusals_pick why_failing(const struct sums *n)
{
	if (is_share(n->failures, n->collapses + n->failures, VERDICT_FAILING_PERCENT))
		return refusals_is_failure;
	return !n->collapses && n->refused ? refusals_is_refusal : NULL;
}

/* " (most often: 2M, exceed_none_pte)", or "". */
static const char *most_often(const struct snapshot *s, refusals_pick pick, char *buf, size_t len)
{
	struct refusal r[REFUSALS_MAX];
	char size[24], result[4 * META_NAME_LEN + 1];

	buf[0] = '\0';
	if (refusals_collect(s, pick, r))
		snprintf(buf, len, " (most often: %s, %s)",
			 fmt_order(r[0].o->order, s->meta.page_size, size, sizeof(size)),
			 fmt_safe(r[0].o->result, result, sizeof(result)));
	return buf;
}

static bool fails(const struct sums *n, const struct snapshot *s, char *buf, size_t len)
{
	refusals_pick why = why_failing(n);
	__u64 all = n->collapses + n->failures;
	char most[4 * META_NAME_LEN + 48];

	if (!why)
		return false;
	most_often(s, why, most, sizeof(most));
	if (why == refusals_is_failure)
		snprintf(buf, len, "%llu of %llu %s%s failed%s", (unsigned long long)n->failures,
			 (unsigned long long)all, plural(all, "attempt", "attempts"), n->when,
			 most);
	else
		snprintf(buf, len, "%llu %s%s, no collapse%s", (unsigned long long)n->scans,
			 plural(n->scans, "scan", "scans"), n->when, most);
	return true;
}

static bool helps(const struct sums *n, const struct snapshot *s, char *buf, size_t len)
{
	char bytes[24];

	if (!n->collapses)
		return false;
	snprintf(buf, len, "%llu %s made %s of huge pages%s", (unsigned long long)n->collapses,
		 plural(n->collapses, "collapse", "collapses"),
		 fmt_bytes(n->collapsed_bytes, bytes, sizeof(bytes)), n->when);
	return true;
}

static bool idles(const struct sums *n, const struct snapshot *s, char *buf, size_t len)
{
	if (n->scans)
		snprintf(buf, len, "%llu %s%s found no memory, or only huge pages",
			 (unsigned long long)n->scans, plural(n->scans, "scan", "scans"), n->when);
	else if (verdict_is_off(&s->meta.settings))
		snprintf(buf, len, "Nothing was scanned%s: huge pages are off", n->when);
	else if (n->idle)
		snprintf(buf, len, "There was nothing to collapse%s: no memory, or only huge pages",
			 n->when);
	else
		snprintf(buf, len, "Nothing was scanned%s", n->when);
	return true;
}

static const struct {
	enum verdict_word word;
	rule_fn holds;
} rules[] = {
	{ VERDICT_FAILING, in_vain }, { VERDICT_CREEPING, creeps }, { VERDICT_COSTLY, undoes },
	{ VERDICT_COSTLY, costs },    { VERDICT_FAILING, fails },   { VERDICT_HELPING, helps },
	{ VERDICT_IDLE, idles },
};

/* The rule that holds; the last one always does. */
static rule_fn judge(const struct sums *n, const struct snapshot *s, struct verdict *v)
{
	size_t i = 0;

	v->next[0] = '\0';
	while (!rules[i].holds(n, s, v->reason, sizeof(v->reason)))
		i++;
	v->word = rules[i].word;
	return rules[i].holds;
}

void verdict_make(const struct snapshot *s, struct verdict *v)
{
	const struct snap_summary *sum = &s->summary;
	struct sums n = {
		.scans = sum->scans,
		.collapses = sum->collapses,
		.failures = sum->failures,
		.collapsed_bytes = sum->collapsed_bytes,
		.filled_bytes = known(sum->filled_bytes),
		.creep_steps = known(sum->creep_steps),
		.creep_filled_bytes = known(sum->creep_filled_bytes),
		.undone = known(sum->undone),
		.all_reported = !sum->filled_unknown,
		.when = "",
	};
	struct verdict_cause cause = { 0 };
	struct vain_count vain;
	rule_fn held;
	size_t i;

	count_vain(s, &vain);
	n.vain = vain.vain;
	n.idle = count_idle(s);
	for (i = 0; i < s->nr_outcomes; i++) {
		const struct snap_outcome *o = &s->outcomes[i];

		if (refusals_is_refusal(s, o))
			n.refused += o->count;
		if (o->key.requester == MTHP_Q_KHUGEPAGED &&
		    mthp_is_collapse(o->key.kind, meta_has_ranges(&s->meta)))
			n.attempts += o->count;
	}
	held = judge(&n, s, v);
	if (held == in_vain)
		cause.vain = vain.most;
	else if (held == undoes)
		cause.undone = s->splits;
	else
		cause.why = why_failing(&n);
	verdict_next(s, &cause, v);
}

bool verdict_recent(const struct snapshot *s, struct verdict *v)
{
	const struct tick *last, *first;
	size_t i = s->nr_series;
	char when[48], span[24];
	struct sums n = { .all_reported = !s->summary.filled_unknown, .when = when };
	int o;

	if (!i)
		return false;
	last = first = &s->series[--i];
	/* At the end of a trace the last interval is not whole. */
	if (last->ts_ns < s->meta.start_ns + s->summary.duration_ns)
		return false;
	while (i && last->ts_ns - first->ts_ns < RECENT)
		first = &s->series[--i];
	if (first == last || first->ts_ns <= s->meta.start_ns)
		return false;
	snprintf(when, sizeof(when), " in the last %s",
		 last->ts_ns - first->ts_ns < RECENT + RECENT / 8 ?
			 "minute" :
			 fmt_ns(last->ts_ns - first->ts_ns, span, sizeof(span)));
	for (o = 0; o < MTHP_NR_ORDERS; o++) {
		n.collapses += last->collapses[o] - first->collapses[o];
		n.failures += last->failures[o] - first->failures[o];
		n.collapsed_bytes +=
			(last->collapses[o] - first->collapses[o]) * (s->meta.page_size << o);
	}
	n.scans = last->scans - first->scans;
	n.refused = last->refused - first->refused;
	n.filled_bytes = (last->filled - first->filled) * s->meta.page_size;
	n.creep_steps = last->creep_steps - first->creep_steps;
	n.creep_filled_bytes = (last->creep_filled - first->creep_filled) * s->meta.page_size;
	n.attempts = last->attempts - first->attempts;
	n.vain = last->vain - first->vain;
	n.undone = last->undone - first->undone;
	n.idle = count_idle(s);
	judge(&n, s, v);
	return true;
}
