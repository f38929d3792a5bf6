// SPDX-License-Identifier: GPL-2.0-only
/* Answers about work: what is tried, for whom, how long it takes, and why it is in vain. */
#include <stdio.h>

#include "lib/array.h"
#include "view/answers_priv.h"
#include "view/refusals.h"
#include "model/results.h"
#include "view/phrase_priv.h"

#define NAMED 3 /* reasons that an answer names */

void answer_why_not(const struct snapshot *s, struct answer *a)
{
	struct reason r[REASONS_MAX], idle[REASONS_MAX];
	int nr = reasons_collect(s, reasons_is_refusal, r), i;
	int nr_idle = reasons_collect(s, reasons_is_idle, idle);
	__u64 all = 0, nothing = 0;

	for (i = 0; i < nr && i < REASONS_MAX; i++)
		all += r[i].count;
	for (i = 0; i < nr_idle && i < REASONS_MAX; i++)
		nothing += idle[i].count;
	if (!s->summary.scans && !nr) {
		answer_say(a, "Nothing was scanned in this time, so nothing was refused either.");
		return;
	}
	if (nr)
		answer_brief(a, "%s", r[0].o->result);
	else
		answer_brief(a, "Nothing was refused");
	for (i = 0; i < nr && i < NAMED; i++)
		answer_say(a, "%s%s %s at %s (%s)", i ? ", " : "", r[i].o->result,
			   words_count(r[i].count, "time", "times").s,
			   words_size(s, r[i].o->order).s, r[i].o->kind);
	if (nr)
		answer_say(a, "; %llu refusals in all.", (unsigned long long)all);
	if (nr && results_meaning(r[0].o->key.result))
		answer_say(a, " %s: %s.", r[0].o->result, results_meaning(r[0].o->key.result));
	for (i = 0; i < (int)s->nr_blocked && i < NAMED; i++)
		answer_say(a, "%s%s in %llu scans for %s",
			   i ? ", " : " Parts of ranges were blocked by ", s->blocked[i].result,
			   (unsigned long long)s->blocked[i].scans, s->blocked[i].requester);
	if (s->nr_blocked)
		answer_say(a, ".");
	if (nothing)
		answer_say(a, " %s met nothing to do: no memory there, or large already.",
			   words_count(nothing, "scan", "scans").s);
}

/* Time that mmap_lock was held for writing. */
static void say_lock(const struct snapshot *s, struct answer *a)
{
	const struct snap_batch *b = s->batches;

	if (s->meta.tier != TIER_OCCUPANCY) {
		answer_say(
			a,
			" That is from the isolation of the pages to the end; for how much of it "
			"a lock was held, %s.",
			ANSWER_TIER2);
		return;
	}
	answer_say(a, " That is a collapse's whole work");
	if (!s->nr_batches || b->lock_mean_ns == NUM_UNKNOWN) {
		answer_say(a, "; no commit tells how long it held a lock.");
		return;
	}
	answer_brief(a, "%s", words_ns(b->lock_mean_ns).s);
	answer_say(a,
		   ". The process waits, at most, while mmap_lock is held for writing: %s in the "
		   "mean of %s, 99%% below %s, at most %s.",
		   words_ns(b->lock_mean_ns).s, words_count(b->count, "commit", "commits").s,
		   words_ns(b->lock_p99_ns).s, words_ns(b->lock_max_ns).s);
}

void answer_pause(const struct snapshot *s, struct answer *a)
{
	const struct snap_order *worst = NULL, *best = NULL;
	size_t i;

	for (i = 0; i < s->nr_orders; i++) {
		const struct snap_order *o = &s->orders[i];

		if (o->dur_mean_ns == NUM_UNKNOWN)
			continue;
		if (!worst || o->dur_mean_ns >= worst->dur_mean_ns)
			worst = o;
		if (!best || o->dur_mean_ns < best->dur_mean_ns)
			best = o;
	}
	if (!worst) {
		answer_say(a, "No collapse in this trace tells how long it took.");
		return;
	}
	answer_brief(a, "%s", words_ns(worst->dur_mean_ns).s);
	answer_say(a, "A collapse to %s took %s in the mean, 99%% below %s",
		   words_size(s, worst->order).s, words_ns(worst->dur_mean_ns).s,
		   words_ns(worst->dur_p99_ns).s);
	if (best != worst)
		answer_say(a, "; one to %s, the quickest size, %s", words_size(s, best->order).s,
			   words_ns(best->dur_mean_ns).s);
	answer_say(a, ".");
	say_lock(s, a);
}

static __u64 work_ns(const struct snapshot *s)
{
	__u64 sum = 0;
	size_t i;

	for (i = 0; i < s->nr_procs; i++)
		sum += s->procs[i].detail ? s->procs[i].detail->dur_ns : 0;
	return sum;
}

void answer_cpu(const struct snapshot *s, struct answer *a)
{
	const struct snap_summary *sum = &s->summary;
	double seconds = sum->duration_ns / 1e9;
	__u64 done = 0, all = 0;
	size_t i;

	for (i = 0; i < s->nr_outcomes; i++) {
		const struct snap_outcome *o = &s->outcomes[i];

		if (!mthp_is_scan(o->key.kind, s->meta.tier == TIER_OCCUPANCY))
			continue;
		all += o->count;
		done += o->key.result == MTHP_R_SUCCEED ? o->count : 0;
	}
	if (!all) {
		answer_brief(a, "Idle");
		answer_say(a, "Nothing was scanned in %s.", words_ns(sum->duration_ns).s);
		return;
	}
	answer_brief(a, "%s of scans", words_percent(done, all).s);
	answer_say(a, "%llu of %s succeeded", (unsigned long long)done,
		   words_count(all, "scan", "scans").s);
	if (seconds > 0)
		answer_say(a, ", %.3g scans a second", all / seconds);
	answer_say(a, ".");
	if (work_ns(s))
		answer_say(a, " Collapses took %s in all, %s of the time.", words_ns(work_ns(s)).s,
			   words_percent(work_ns(s), sum->duration_ns).s);
	answer_say(a, " The CPU time of khugepaged itself is in no event: top tells it.");
}

void answer_requester(const struct snapshot *s, struct answer *a)
{
	static const struct {
		int requester;
		const char *name;
	} names[] = {
		{ MTHP_Q_KHUGEPAGED, "khugepaged" },
		{ MTHP_Q_MADVISE, "MADV_COLLAPSE" },
		{ MTHP_Q_DAMON, "DAMON" },
		{ MTHP_Q_UNKNOWN, "an unknown caller" },
	};
	struct answer_asked k, top = { 0 };
	size_t i, nr = 0;

	if (!s->summary.collapses) {
		answer_brief(a, "Nobody");
		answer_say(a, "No collapse succeeded.");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		answer_asked(s, names[i].requester, &k);
		if (!k.done)
			continue;
		if (k.done > top.done) {
			top = k;
			answer_brief(a, "%s, %s", names[i].name,
				     words_percent(k.done, s->summary.collapses).s);
		}
		answer_say(a, "%s%s of %s for %s", nr++ ? ", " : "", words_collapses(k.done).s,
			   words_bytes(k.bytes).s, names[i].name);
	}
	answer_say(a, ". Huge pages that page faults allocate are no collapses.");
}
