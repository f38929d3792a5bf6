// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions of operators and what a snapshot says to them; see answers.h.
 *
 * An answer takes numbers of the snapshot and adds up rows of them; it measures nothing of its own.
 * Each says by itself when nothing was told, so that no kernel's silence reads as "no".
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "model/results.h"
#include "view/answers.h"
#include "view/phrase_priv.h"
#include "view/refusals.h"

#define NAMED  3 /* processes or results that an answer names */
#define NEEDED "a kernel with the mthp tracepoints reports it (detail plans)"

/* Appends to the text. */
static void __attribute__((format(printf, 2, 3))) say(struct answer *a, const char *fmt, ...)
{
	size_t at = strlen(a->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->text + at, sizeof(a->text) - at, fmt, ap);
	va_end(ap);
}

/* The answer in a word or two; from then on it is one. */
static void __attribute__((format(printf, 2, 3))) brief(struct answer *a, const char *fmt, ...)
{
	va_list ap;

	a->known = 1;
	va_start(ap, fmt);
	vsnprintf(a->brief, sizeof(a->brief), fmt, ap);
	va_end(ap);
}

/* Succeeded collapses that one of enum mthp_requester asked for. */
struct asked {
	__u64 collapses, bytes, filled, told;
};

static void asked_by(const struct snapshot *s, int requester, struct asked *sum)
{
	size_t i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < s->nr_outcomes; i++) {
		const struct snap_outcome *o = &s->outcomes[i];

		if (o->key.requester != requester ||
		    !mthp_is_collapse(o->key.kind, s->meta.detail == DETAIL_PLANS) ||
		    !mthp_collapsed(o->key.kind, o->key.requester, o->key.result))
			continue;
		sum->collapses += o->count;
		sum->bytes += o->count * ((__u64)s->meta.page_size << o->order);
		sum->told += o->told;
		sum->filled += o->told ? o->filled_bytes : 0;
	}
}

/* The process whose @get is greatest; NULL: it is 0 or unknown for all. */
static const struct snap_proc *most(const struct snapshot *s, size_t offset)
{
	const struct snap_proc *top = NULL;
	__u64 max = 0, n;
	size_t i;

	for (i = 0; i < s->nr_procs; i++) {
		n = *(const __u64 *)((const char *)&s->procs[i] + offset);
		if (n != NUM_UNKNOWN && n > max) {
			max = n;
			top = &s->procs[i];
		}
	}
	return top;
}

static void answer_growth(const struct snapshot *s, struct answer *a)
{
	const struct snap_proc *top = most(s, offsetof(struct snap_proc, filled_bytes));
	struct asked k;

	asked_by(s, MTHP_Q_KHUGEPAGED, &k);
	if (!k.collapses) {
		brief(a, "No");
		say(a, "khugepaged collapsed nothing in this time.");
		return;
	}
	if (!k.told) {
		say(a,
		    "The %s of khugepaged do not tell what they filled: those of files never do.",
		    words_collapses(k.collapses).s);
		return;
	}
	if (!k.filled) {
		brief(a, "No");
		say(a, "%s of khugepaged filled nothing: all of their pages were in use before.",
		    words_collapses(k.told).s);
	} else {
		brief(a, "By %s", words_bytes(k.filled).s);
		say(a,
		    "khugepaged's collapses made %s of huge pages, and %s of that (%s) was empty "
		    "before: it is filled with zeroes that count as the process's memory.",
		    words_bytes(k.bytes).s, words_bytes(k.filled).s,
		    words_percent(k.filled, k.bytes).s);
		if (top)
			say(a, " It filled most, by whoever's request, in %s: %s in %s.",
			    words_who(top).s, words_bytes(top->filled_bytes).s,
			    words_collapses(top->collapses).s);
	}
	if (k.told < k.collapses)
		say(a, " %s more do not tell.", words_collapses(k.collapses - k.told).s);
}

static void answer_who(const struct snapshot *s, struct answer *a)
{
	size_t i, with = 0;

	if (!s->summary.collapses) {
		brief(a, "None");
		say(a, "No collapse succeeded, in %s seen.",
		    words_count(s->summary.processes, "process", "processes").s);
		return;
	}
	for (i = 0; i < s->nr_procs; i++)
		with += s->procs[i].collapses > 0;
	brief(a, "%s", words_count(with, "process", "processes").s);
	say(a, "Of %llu seen. Most: ", (unsigned long long)s->summary.processes);
	for (i = 0; i < s->nr_procs && i < NAMED && s->procs[i].collapses; i++)
		say(a, "%s%s %s in %llu", i ? ", " : "", words_who(&s->procs[i]).s,
		    words_bytes(s->procs[i].collapsed_bytes).s,
		    (unsigned long long)s->procs[i].collapses);
	say(a, ". Sizes: ");
	for (i = 0, with = 0; i < s->nr_orders; i++)
		if (s->orders[i].collapses)
			say(a, "%s%llu of %s", with++ ? ", " : "",
			    (unsigned long long)s->orders[i].collapses,
			    words_size(s, s->orders[i].order).s);
	say(a, ".");
	if (s->meta.detail == DETAIL_TOTALS)
		say(a, " khugepaged of this kernel makes no smaller ones.");
}

/* Complete samples of the largest order that has some: all, full, and below half. */
static __u64 fullness(const struct snapshot *s, __u64 *full, __u64 *low, __u64 *order)
{
	__u64 all = 0;
	size_t i, b;

	*full = *low = 0;
	*order = s->nr_occ ? s->occ[s->nr_occ - 1].order : 0;
	for (i = 0; i < s->nr_occ; i++) {
		if (s->occ[i].order != *order)
			continue;
		b = i % MTHP_OCC_BUCKETS;
		all += s->occ[i].complete;
		*full += b == MTHP_OCC_FULL ? s->occ[i].complete : 0;
		*low += b <= MTHP_OCC_BUCKETS / 2 - 1 ? s->occ[i].complete : 0;
	}
	return all;
}

static void answer_full(const struct snapshot *s, struct answer *a)
{
	const struct snap_summary *sum = &s->summary;
	__u64 full, low, order, all = fullness(s, &full, &low, &order);
	__u64 told = sum->collapses - sum->filled_unknown;

	if (told) {
		brief(a, "%s filled", words_bytes(sum->filled_bytes).s);
		say(a, "%s of what was collapsed, %s in the mean of %s that tell. ",
		    words_percent(sum->filled_bytes, sum->collapsed_bytes).s,
		    words_bytes(sum->filled_bytes / told).s, words_collapses(told).s);
	} else if (sum->collapses) {
		say(a, "None of %s tells what it filled. ", words_collapses(sum->collapses).s);
	}
	if (all) {
		if (!told)
			brief(a, "%s full", words_percent(full, all).s);
		say(a,
		    "Of %llu ranges of %s that a scan saw whole, %s were full and %s less than "
		    "half full.",
		    (unsigned long long)all, words_size(s, order).s, words_percent(full, all).s,
		    words_percent(low, all).s);
	} else {
		say(a, "No scan saw a range whole.");
	}
}

static void answer_creep(const struct snapshot *s, struct answer *a)
{
	__u64 steps = s->summary.creep_steps, chains = 0, untold = 0;
	size_t i;

	if (s->meta.detail != DETAIL_PLANS || steps == NUM_UNKNOWN) {
		say(a,
		    "Whether a collapse was only possible because earlier ones had filled its "
		    "range needs their addresses: %s.",
		    NEEDED);
		return;
	}
	for (i = 0; i < s->nr_creep; i++) {
		chains += s->creep[i].chains;
		untold += s->creep[i].unscanned;
	}
	if (steps) {
		brief(a, "Yes, %s", words_count(steps, "step", "steps").s);
		say(a, "%s, by which %s was filled.", words_count(chains, "chain", "chains").s,
		    words_bytes(s->summary.creep_filled_bytes).s);
		for (i = 0; i < s->nr_chains && i < 1; i++)
			say(a, " The chain that filled most: %s at %llx in process %llu.",
			    s->chains[i].path, (unsigned long long)s->chains[i].addr,
			    (unsigned long long)s->chains[i].tgid);
	} else if (s->summary.collapses > untold) {
		brief(a, "No");
		say(a, "No collapse was only possible because earlier ones had filled its range.");
	} else if (!s->summary.collapses) {
		brief(a, "No");
		say(a, "Nothing was collapsed.");
	}
	if (untold)
		say(a, "%s%s were in ranges whose scans are not in this trace.",
		    a->text[0] ? " " : "", words_collapses(untold).s);
}

static void answer_setting(const struct snapshot *s, struct answer *a)
{
	long long m = s->meta.settings.max_ptes_none;
	__u64 pages = s->meta.pmd_order ? 1ULL << s->meta.pmd_order : 0;

	if (m != META_UNKNOWN && pages)
		say(a,
		    "It was %lld here: up to %lld of the %llu pages of a %s range may be empty. ",
		    m, m, (unsigned long long)pages, words_size(s, s->meta.pmd_order).s);
	if (s->meta.detail == DETAIL_PLANS) {
		brief(a, "mthptop whatif");
		say(a,
		    "That command works out of this trace what another value would have done with "
		    "these scans.");
		return;
	}
	say(a, "What another one would have done needs the pages that each scan saw: %s.", NEEDED);
}

/* Growth of a counter that is not kept per size; SNAP_NO_DELTA: not known. */
static __u64 grew(const struct snapshot *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->nr_counters; i++)
		if (s->counters[i].order == NUM_UNKNOWN && !strcmp(s->counters[i].name, name))
			return s->counters[i].delta;
	return SNAP_NO_DELTA;
}

static void answer_again(const struct snapshot *s, struct answer *a)
{
	__u64 splits = grew(s, "thp_split_page"), pmds = grew(s, "thp_split_pmd");

	if (splits != SNAP_NO_DELTA)
		say(a, "The kernel split %s of PMD size in this time (thp_split_page)",
		    words_count(splits, "huge page", "huge pages").s);
	if (splits != SNAP_NO_DELTA && pmds != SNAP_NO_DELTA)
		say(a, " and unmapped %llu (thp_split_pmd)", (unsigned long long)pmds);
	if (splits != SNAP_NO_DELTA)
		say(a, ". ");
	say(a, "Whether the same memory was collapsed again: no tracepoint says which memory was "
	       "split.");
}

static void answer_shrinker(const struct snapshot *s, struct answer *a)
{
	const struct settings *set = &s->meta.settings;
	__u64 split = grew(s, "thp_underused_split_page");
	int blunt = s->meta.pmd_order && set->max_ptes_none == (1LL << s->meta.pmd_order) - 1;

	if (split == SNAP_NO_DELTA) {
		say(a,
		    "The trace has no counter thp_underused_split_page: kernels from 6.12 on have "
		    "it.");
	} else if (split) {
		brief(a, "Yes");
		say(a, "It split %s (thp_underused_split_page).",
		    words_count(split, "huge page", "huge pages").s);
	} else {
		brief(a, "No");
		say(a, "It split nothing in this time.");
	}
	if (set->shrink_underused == 0)
		say(a, " It is off (shrink_underused 0).");
	else if (set->shrink_underused == 1 && blunt)
		say(a,
		    " It cannot: at max_ptes_none %lld, which is its limit, too, no huge page is "
		    "underused.",
		    set->max_ptes_none);
}

static void answer_worth(const struct snapshot *s, struct answer *a)
{
	say(a,
	    "Whether memory is used after it was collapsed is in no event; DAMON samples it. One "
	    "kernel or setting against another: mthptop diff A B --format html.");
}

static void answer_why_not(const struct snapshot *s, struct answer *a)
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
		say(a, "Nothing was scanned in this time, so nothing was refused either.");
		return;
	}
	if (nr)
		brief(a, "%s", r[0].o->result);
	else
		brief(a, "Nothing was refused");
	for (i = 0; i < nr && i < NAMED; i++)
		say(a, "%s%s %s at %s (%s)", i ? ", " : "", r[i].o->result,
		    words_count(r[i].count, "time", "times").s, words_size(s, r[i].o->order).s,
		    r[i].o->kind);
	if (nr)
		say(a, "; %llu refusals in all.", (unsigned long long)all);
	if (nr && results_meaning(r[0].o->key.result))
		say(a, " %s: %s.", r[0].o->result, results_meaning(r[0].o->key.result));
	for (i = 0; i < (int)s->nr_blocked && i < NAMED; i++)
		say(a, "%s%s in %llu scans for %s", i ? ", " : " Parts of ranges were blocked by ",
		    s->blocked[i].result, (unsigned long long)s->blocked[i].scans,
		    s->blocked[i].requester);
	if (s->nr_blocked)
		say(a, ".");
	if (nothing)
		say(a, " %s met nothing to do: no memory there, or large already.",
		    words_count(nothing, "scan", "scans").s);
}

/* Time that mmap_lock was held for writing. */
static void say_lock(const struct snapshot *s, struct answer *a)
{
	const struct snap_batch *b = s->batches;

	if (s->meta.detail != DETAIL_PLANS) {
		say(a,
		    " That is from the isolation of the pages to the end; for how much of it "
		    "a lock was held, %s.",
		    NEEDED);
		return;
	}
	say(a, " That is a collapse's whole work");
	if (!s->nr_batches || b->lock_mean_ns == NUM_UNKNOWN) {
		say(a, "; no commit tells how long it held a lock.");
		return;
	}
	brief(a, "%s", words_ns(b->lock_mean_ns).s);
	say(a,
	    ". The process waits, at most, while mmap_lock is held for writing: %s in the "
	    "mean of %s, 99%% below %s, at most %s.",
	    words_ns(b->lock_mean_ns).s, words_count(b->count, "commit", "commits").s,
	    words_ns(b->lock_p99_ns).s, words_ns(b->lock_max_ns).s);
}

static void answer_pause(const struct snapshot *s, struct answer *a)
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
		say(a, "No collapse in this trace tells how long it took.");
		return;
	}
	brief(a, "%s", words_ns(worst->dur_mean_ns).s);
	say(a, "A collapse to %s took %s in the mean, 99%% below %s", words_size(s, worst->order).s,
	    words_ns(worst->dur_mean_ns).s, words_ns(worst->dur_p99_ns).s);
	if (best != worst)
		say(a, "; one to %s, the quickest size, %s", words_size(s, best->order).s,
		    words_ns(best->dur_mean_ns).s);
	say(a, ".");
	say_lock(s, a);
}

static void answer_cpu(const struct snapshot *s, struct answer *a)
{
	const struct snap_summary *sum = &s->summary;
	double seconds = sum->duration_ns / 1e9;
	__u64 done = 0, all = 0;
	size_t i;

	for (i = 0; i < s->nr_outcomes; i++) {
		const struct snap_outcome *o = &s->outcomes[i];

		if (!mthp_is_scan(o->key.kind, s->meta.detail == DETAIL_PLANS))
			continue;
		all += o->count;
		done += o->key.result == MTHP_R_SUCCEED ? o->count : 0;
	}
	if (!all) {
		brief(a, "Idle");
		say(a, "Nothing was scanned in %s.", words_ns(sum->duration_ns).s);
		return;
	}
	brief(a, "%s of scans", words_percent(done, all).s);
	say(a, "%llu of %s succeeded", (unsigned long long)done,
	    words_count(all, "scan", "scans").s);
	if (seconds > 0)
		say(a, ", %.3g scans a second", all / seconds);
	say(a, ".");
	if (snapshot_work_ns(s))
		say(a, " Collapses took %s in all, %s of the time.",
		    words_ns(snapshot_work_ns(s)).s,
		    words_percent(snapshot_work_ns(s), sum->duration_ns).s);
	say(a, " The CPU time of khugepaged itself is in no event: top tells it.");
}

static void answer_requester(const struct snapshot *s, struct answer *a)
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
	struct asked k, top = { 0 };
	size_t i, nr = 0;

	if (!s->summary.collapses) {
		brief(a, "Nobody");
		say(a, "No collapse succeeded.");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		asked_by(s, names[i].requester, &k);
		if (!k.collapses)
			continue;
		if (k.collapses > top.collapses) {
			top = k;
			brief(a, "%s, %s", names[i].name,
			      words_percent(k.collapses, s->summary.collapses).s);
		}
		say(a, "%s%s of %s for %s", nr++ ? ", " : "", words_collapses(k.collapses).s,
		    words_bytes(k.bytes).s, names[i].name);
	}
	say(a, ". Huge pages that page faults allocate are no collapses.");
}

/* In the order in which they are best read. */
static const struct {
	const char *question;
	void (*answer)(const struct snapshot *s, struct answer *a);
} questions[] = {
	{ "Does memory grow because of khugepaged?", answer_growth },
	{ "Which processes are collapsed, to which sizes?", answer_who },
	{ "How full was the memory, and how much was invented?", answer_full },
	{ "Does one collapse lead to the next (creep)?", answer_creep },
	{ "Why is memory not collapsed?", answer_why_not },
	{ "How long does a collapse stop a process?", answer_pause },
	{ "Is khugepaged getting anywhere?", answer_cpu },
	{ "Who asked for collapses?", answer_requester },
	{ "Which max_ptes_none would be right?", answer_setting },
	{ "Is what was split collapsed again?", answer_again },
	{ "Does the shrinker of underused huge pages do anything?", answer_shrinker },
	{ "Are the huge pages worth keeping?", answer_worth },
};

_Static_assert(ARRAY_SIZE(questions) == ANSWERS_NR, "one answer each");

void answers_make(const struct snapshot *s, struct answer *answers)
{
	size_t i;

	for (i = 0; i < ANSWERS_NR; i++) {
		struct answer *a = &answers[i];

		memset(a, 0, sizeof(*a));
		a->question = questions[i].question;
		questions[i].answer(s, a);
		if (!a->known)
			snprintf(a->brief, sizeof(a->brief), "Cannot tell");
	}
}

void answers_headline(const struct snapshot *s, char *buf, size_t len)
{
	const struct snap_summary *sum = &s->summary;

	if (sum->collapses)
		snprintf(buf, len, "%s made %s of huge pages", words_collapses(sum->collapses).s,
			 words_bytes(sum->collapsed_bytes).s);
	else if (sum->failures)
		snprintf(buf, len, "%s tried, none succeeded", words_collapses(sum->failures).s);
	else if (sum->scans)
		snprintf(buf, len, "%s, no collapse", words_count(sum->scans, "scan", "scans").s);
	else
		snprintf(buf, len, "Nothing was scanned");
}
