// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions of operators, answered from a snapshot; see answers.h.
 *
 * An answer uses numbers of the snapshot, or sums of its rows; it measures nothing by itself. If a number
 * is unknown, the answer says so: a value that the kernel does not report must not read as "no".
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "model/results.h"
#include "view/answers.h"
#include "view/phrase_priv.h"
#include "model/refusals.h"

#define NAMED	    3 /* processes or results that an answer names */
#define NEEDED	    "reported at detail level ranges: see mthptop info"
#define LOCK_NEEDED "reported at detail level plans, by kernels with the mthp tracepoints"

/* Appends to the text. */
static void __attribute__((format(printf, 2, 3))) say(struct answer *a, const char *fmt, ...)
{
	size_t at = strlen(a->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->text + at, sizeof(a->text) - at, fmt, ap);
	va_end(ap);
}

/* The answer in a word or two. Without it the answer is unknown. */
static void __attribute__((format(printf, 2, 3))) brief(struct answer *a, const char *fmt, ...)
{
	va_list ap;

	a->known = true;
	va_start(ap, fmt);
	vsnprintf(a->brief, sizeof(a->brief), fmt, ap);
	va_end(ap);
}

/* Succeeded collapses of one requester; reported: of these, those that report their fill. */
struct collapsed {
	__u64 collapses, bytes, filled, reported;
};

static void collapsed_by(const struct snapshot *s, int requester, struct collapsed *sum)
{
	size_t i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < s->nr_outcomes; i++) {
		const struct snap_outcome *o = &s->outcomes[i];

		if (o->key.requester != requester ||
		    !mthp_is_collapse(o->key.kind, meta_has_ranges(&s->meta)) ||
		    !mthp_collapsed(o->key.kind, o->key.requester, o->key.result))
			continue;
		sum->collapses += o->count;
		sum->bytes += o->count * ((__u64)s->meta.page_size << o->order);
		sum->reported += o->reported;
		sum->filled += o->reported ? o->filled_bytes : 0;
	}
}

/* The process with the greatest number at @offset; NULL: it is 0 or unknown for all. */
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
	struct collapsed k;

	collapsed_by(s, MTHP_Q_KHUGEPAGED, &k);
	if (!k.collapses) {
		brief(a, "No");
		say(a, "khugepaged collapsed nothing in this time.");
		return;
	}
	if (!k.reported) {
		say(a, "khugepaged made %s. None reports its fill; collapses of files never do.",
		    phrase_collapses(k.collapses).s);
		return;
	}
	if (!k.filled) {
		brief(a, "No");
		say(a, "khugepaged made %s and filled nothing: all pages were present before.",
		    phrase_collapses(k.reported).s);
	} else {
		brief(a, "By %s", phrase_bytes(k.filled).s);
		say(a,
		    "khugepaged's collapses made %s of huge pages. Of that, %s (%s) was empty "
		    "before: it was filled with zeroes, which count as memory of the process.",
		    phrase_bytes(k.bytes).s, phrase_bytes(k.filled).s,
		    phrase_percent(k.filled, k.bytes).s);
		if (top)
			say(a, " Most zero-filling, counting all requesters: %s, %s in %s.",
			    phrase_who(top).s, phrase_bytes(top->filled_bytes).s,
			    phrase_collapses(top->collapses).s);
	}
	if (k.reported < k.collapses)
		say(a, " The fill of %s more is unknown.",
		    phrase_collapses(k.collapses - k.reported).s);
}

static void answer_who(const struct snapshot *s, struct answer *a)
{
	/* Where the table was full, more were seen than it has. */
	bool all = s->summary.processes != NUM_UNKNOWN;
	__u64 seen = all ? s->summary.processes : s->nr_procs;
	size_t i, with = 0;

	if (!s->summary.collapses) {
		brief(a, "None");
		say(a, "No collapse succeeded. Seen: %s%s.", all ? "" : "more than ",
		    phrase_count(seen, "process", "processes").s);
		return;
	}
	for (i = 0; i < s->nr_procs; i++)
		with += s->procs[i].collapses > 0;
	brief(a, "%s%s", all ? "" : "More than ", phrase_count(with, "process", "processes").s);
	say(a, "Of %s%llu seen. Most memory: ", all ? "" : "more than ", (unsigned long long)seen);
	for (i = 0; i < s->nr_procs && i < NAMED && s->procs[i].collapses; i++)
		say(a, "%s%s %s in %llu", i ? ", " : "", phrase_who(&s->procs[i]).s,
		    phrase_bytes(s->procs[i].collapsed_bytes).s,
		    (unsigned long long)s->procs[i].collapses);
	say(a, ". Sizes: ");
	for (i = 0, with = 0; i < s->nr_orders; i++)
		if (s->orders[i].collapses)
			say(a, "%s%llu of %s", with++ ? ", " : "",
			    (unsigned long long)s->orders[i].collapses,
			    phrase_size(s, s->orders[i].order).s);
	say(a, ".");
	if (!meta_below_pmd(&s->meta))
		say(a, " khugepaged of this kernel collapses to no smaller size.");
}

/* Complete samples of the largest order that has any: all, full, and below half. */
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
	__u64 reported = sum->collapses - sum->filled_unknown;

	if (reported) {
		brief(a, "%s filled", phrase_bytes(sum->filled_bytes).s);
		say(a, "%s of the memory collapsed; %s on average (%s). ",
		    phrase_percent(sum->filled_bytes, sum->collapsed_bytes).s,
		    phrase_bytes(sum->filled_bytes / reported).s, phrase_collapses(reported).s);
	}
	if (sum->filled_unknown)
		say(a, "The fill of %s%s is unknown. ", phrase_collapses(sum->filled_unknown).s,
		    reported ? " more" : "");
	if (all) {
		if (!reported)
			brief(a, "%s full", phrase_percent(full, all).s);
		say(a,
		    "Of %llu ranges of %s with a complete sample, %s were full and %s less than "
		    "half full.",
		    (unsigned long long)all, phrase_size(s, order).s, phrase_percent(full, all).s,
		    phrase_percent(low, all).s);
	} else {
		say(a, "No scan has a complete sample of a range.");
	}
}

static void answer_creep(const struct snapshot *s, struct answer *a)
{
	__u64 steps = s->summary.creep_steps, chains = 0, unscanned = 0;
	size_t i;

	if (!meta_has_ranges(&s->meta) || steps == NUM_UNKNOWN) {
		say(a, "The addresses of scans and collapses are unknown (%s).", NEEDED);
		return;
	}
	for (i = 0; i < s->nr_creep; i++) {
		chains += s->creep[i].chains;
		unscanned += s->creep[i].unscanned;
	}
	if (steps) {
		brief(a, "Yes, %s", phrase_count(steps, "step", "steps").s);
		say(a, "%s; the steps filled %s.", phrase_count(chains, "chain", "chains").s,
		    phrase_bytes(s->summary.creep_filled_bytes).s);
		for (i = 0; i < s->nr_chains && i < 1; i++) {
			const struct snap_chain *c = &s->chains[i];
			bool has_pid = c->tgid != NUM_UNKNOWN;

			say(a, " The chain that filled most: %s at %llx in %s %llu.", c->path,
			    (unsigned long long)c->addr, has_pid ? "process" : "address space",
			    (unsigned long long)(has_pid ? c->tgid : c->mm));
		}
	} else if (s->summary.collapses > unscanned) {
		brief(a, "No");
		say(a, "Every collapse was possible without the pages that earlier ones filled.");
	} else if (!s->summary.collapses) {
		brief(a, "No");
		say(a, "Nothing was collapsed.");
	}
	if (unscanned)
		say(a, "%sNot judged: %s in ranges without an earlier scan in this trace.",
		    a->text[0] ? " " : "", phrase_collapses(unscanned).s);
}

static bool changed(const struct snapshot *s, const char *setting)
{
	size_t i;

	for (i = 0; i < s->nr_changes; i++)
		if (!strcmp(s->changes[i].name, setting))
			return true;
	return false;
}

static void answer_setting(const struct snapshot *s, struct answer *a)
{
	long long m = s->meta.settings.max_ptes_none;
	__u64 pages = s->meta.pmd_order ? 1ULL << s->meta.pmd_order : 0;

	if (m != META_UNKNOWN && pages)
		say(a, "%s %lld: up to %lld of the %llu pages of a %s range may be empty. ",
		    changed(s, "khugepaged/max_ptes_none") ?
			    "It was changed meanwhile (table changes), and is now" :
			    "Here it is",
		    m, m, (unsigned long long)pages, phrase_size(s, s->meta.pmd_order).s);
	if (meta_has_ranges(&s->meta)) {
		brief(a, "mthptop advise");
		say(a,
		    "That command names a value for so much more memory; mthptop whatif repeats the "
		    "scans under any.");
		return;
	}
	say(a,
	    "The effect of other values is unknown: it depends on the pages that each scan found "
	    "(%s).",
	    NEEDED);
}

/* Growth of a counter that is not per size; SNAP_NO_DELTA: unknown. */
static __u64 grew(const struct snapshot *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->nr_counters; i++)
		if (s->counters[i].order == NUM_UNKNOWN && !strcmp(s->counters[i].name, name))
			return s->counters[i].delta;
	return SNAP_NO_DELTA;
}

/* The kernel's own counters of splits: unmapping one by its PMD is not yet splitting its folio. */
static void say_split_counters(const struct snapshot *s, struct answer *a)
{
	__u64 splits = grew(s, "thp_split_page"), pmds = grew(s, "thp_split_pmd");

	if (splits != SNAP_NO_DELTA)
		say(a, "The kernel split %s of PMD size in this time (thp_split_page)",
		    phrase_count(splits, "huge page", "huge pages").s);
	if (splits != SNAP_NO_DELTA && pmds != SNAP_NO_DELTA)
		say(a, " and unmapped %llu (thp_split_pmd)", (unsigned long long)pmds);
	if (splits != SNAP_NO_DELTA)
		say(a, ". ");
}

static void answer_again(const struct snapshot *s, struct answer *a)
{
	const struct snap_summary *sum = &s->summary;
	const struct snap_split *most = s->splits;

	if (sum->splits == NUM_UNKNOWN) {
		say_split_counters(s, a);
		say(a,
		    "Nothing reports which memory was split, so that it is unknown whether it was "
		    "collapsed again.");
		return;
	}
	if (!sum->undone) {
		brief(a, "No");
		say(a, "%s of anonymous memory %s split; no collapse put one together again.",
		    phrase_count(sum->splits, "huge page", "huge pages").s,
		    sum->splits == 1 ? "was" : "were");
		return;
	}
	brief(a, "Yes, %s", phrase_count(sum->undone, "time", "times").s);
	say(a, "%s of anonymous memory %s split; collapses put %llu together again.",
	    phrase_count(sum->splits, "huge page", "huge pages").s,
	    sum->splits == 1 ? "was" : "were", (unsigned long long)sum->undone);
	say(a, " Of these, %llu had been split by %s", (unsigned long long)most->undone, most->by);
	if (most->copied_bytes != NUM_UNKNOWN)
		say(a, " (%s copied for nothing)", phrase_bytes(most->copied_bytes).s);
	say(a, ".");
}

static void answer_shrinker(const struct snapshot *s, struct answer *a)
{
	const struct settings *set = &s->meta.settings;
	__u64 split = grew(s, "thp_underused_split_page");
	int blunt = s->meta.pmd_order && set->max_ptes_none == (1LL << s->meta.pmd_order) - 1;

	if (split == SNAP_NO_DELTA) {
		say(a, "The trace has no counter thp_underused_split_page (Linux 6.12).");
	} else if (split) {
		brief(a, "Yes");
		say(a, "It split %s (thp_underused_split_page).",
		    phrase_count(split, "huge page", "huge pages").s);
	} else {
		brief(a, "No");
		say(a, "It split nothing in this time.");
	}
	if (set->shrink_underused == 0)
		say(a, " It is off (shrink_underused 0).");
	else if (set->shrink_underused == 1 && blunt)
		say(a,
		    " It is on without effect: max_ptes_none is its limit, too, and at %lld no huge "
		    "page is underused.",
		    set->max_ptes_none);
}

static void answer_worth(const struct snapshot *s, struct answer *a)
{
	say(a,
	    "No event reports whether memory is used after a collapse; DAMON samples it. To compare "
	    "two kernels or settings: mthptop diff A B --format html.");
}

static void answer_why_not(const struct snapshot *s, struct answer *a)
{
	struct refusal r[REFUSALS_MAX], idle[REFUSALS_MAX];
	int nr = refusals_collect(s, refusals_is_refusal, r), i;
	int nr_idle = refusals_collect(s, refusals_is_idle, idle);
	__u64 all = 0, nothing = 0;
	char safe[sizeof(a->brief)];

	for (i = 0; i < nr && i < REFUSALS_MAX; i++)
		all += r[i].count;
	for (i = 0; i < nr_idle && i < REFUSALS_MAX; i++)
		nothing += idle[i].count;
	if (!s->summary.scans && !nr && !nr_idle) {
		say(a, "Nothing was scanned, so nothing was refused.");
		return;
	}
	if (nr)
		brief(a, "%s", fmt_safe(r[0].o->result, safe, sizeof(safe)));
	else
		brief(a, "Nothing was refused");
	for (i = 0; i < nr && i < NAMED; i++)
		say(a, "%s%s %s at %s (%s)", i ? ", " : "", r[i].o->result,
		    phrase_count(r[i].count, "time", "times").s, phrase_size(s, r[i].o->order).s,
		    r[i].o->kind);
	if (nr)
		say(a, "; %s in all.", phrase_count(all, "refusal", "refusals").s);
	else
		say(a, "Every scan and attempt succeeded, or found nothing to do.");
	if (nr && results_meaning(r[0].o->key.result))
		say(a, " %s: %s.", r[0].o->result, results_meaning(r[0].o->key.result));
	for (i = 0; i < (int)s->nr_blocked && i < NAMED; i++)
		say(a, "%s%s in %llu scans by %s", i ? ", " : " Parts of ranges were blocked by ",
		    s->blocked[i].result, (unsigned long long)s->blocked[i].scans,
		    s->blocked[i].requester);
	if (s->nr_blocked)
		say(a, ".");
	if (nothing)
		say(a, " %s found nothing to do: no memory, or huge pages already.",
		    phrase_count(nothing, "scan", "scans").s);
}

static void answer_vain(const struct snapshot *s, struct answer *a)
{
	const struct snap_summary *sum = &s->summary;
	const struct snap_pass *p = s->passes;
	size_t i, nr = 0;

	if (sum->vain == NUM_UNKNOWN) {
		say(a, "The addresses of scans and collapses are unknown (%s).", NEEDED);
		return;
	}
	if (sum->vain) {
		brief(a, "%s", phrase_count(sum->vain, "attempt", "attempts").s);
		say(a, "Of %s: ", phrase_count(sum->failures, "failure", "failures").s);
		for (i = 0; i < s->nr_vain && nr < NAMED && s->vain[i].vain; i++, nr++)
			say(a, "%s%llu at %s with %s for %s", nr ? ", " : "",
			    (unsigned long long)s->vain[i].vain, phrase_size(s, s->vain[i].order).s,
			    s->vain[i].result, s->vain[i].requester);
		say(a, ".");
		if (sum->vain_ns != NUM_UNKNOWN)
			say(a, " They took %s, %s of the time.", phrase_ns(sum->vain_ns).s,
			    phrase_percent(sum->vain_ns, sum->duration_ns).s);
	} else if (sum->vain_unknown < sum->failures || !sum->failures) {
		brief(a, "No");
		say(a,
		    "No attempt failed as the one at the same block before, with nothing changed.");
	}
	if (sum->vain_unknown)
		say(a, "%sOf %s it is unknown: what happened in their ranges before was not seen.",
		    a->text[0] ? " " : "",
		    phrase_count(sum->vain_unknown, "failure", "failures").s);
	if (s->nr_passes && p->mean_ns != NUM_UNKNOWN)
		say(a,
		    " A full pass of khugepaged took %s on average and found nothing to do in %s "
		    "of the ranges.",
		    phrase_ns(p->mean_ns).s,
		    p->idle_ppm == NUM_UNKNOWN ? "-" : phrase_percent(p->idle_ppm, 1000000).s);
}

/* Time that mmap_lock was held for writing. */
static void say_lock(const struct snapshot *s, struct answer *a)
{
	const struct snap_batch *b = s->batches;

	if (!capability_holds(&s->meta, CAP_LOCK)) {
		say(a,
		    " This is the time from the isolation of the pages to the end. How much of it "
		    "is under a lock is unknown (%s).",
		    LOCK_NEEDED);
		return;
	}
	say(a, " This is the whole work of a collapse.");
	if (!s->nr_batches || b->lock_mean_ns == NUM_UNKNOWN) {
		say(a, " No commit reports how long it held a lock.");
		return;
	}
	brief(a, "%s", phrase_ns(b->lock_mean_ns).s);
	say(a,
	    " The process waits at most while mmap_lock is held for writing: %s on average "
	    "over %s, 99%% below %s, at most %s.",
	    phrase_ns(b->lock_mean_ns).s, phrase_count(b->count, "commit", "commits").s,
	    phrase_ns(b->lock_p99_ns).s, phrase_ns(b->lock_max_ns).s);
}

/* Time that memory could not be reached, of the size with the longest. */
static void say_stalls(const struct snapshot *s, struct answer *a)
{
	const struct snap_stall *worst = &s->stalls[0];
	size_t i;

	for (i = 1; i < s->nr_stalls; i++)
		if (s->stalls[i].max_ns > worst->max_ns)
			worst = &s->stalls[i];
	brief(a, "At most %s", phrase_ns(worst->max_ns).s);
	say(a,
	    " The process waits at most while its memory is unreachable. At %s, for %s, that was %s on "
	    "average, 99%% below %s, at most %s.",
	    phrase_size(s, worst->order).s, worst->requester, phrase_ns(worst->mean_ns).s,
	    phrase_ns(worst->p99_ns).s, phrase_ns(worst->max_ns).s);
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
		say(a, "No collapse in this trace reports its duration.");
		return;
	}
	brief(a, "%s", phrase_ns(worst->dur_mean_ns).s);
	say(a, "A collapse to %s took %s on average, 99%% below %s", phrase_size(s, worst->order).s,
	    phrase_ns(worst->dur_mean_ns).s, phrase_ns(worst->dur_p99_ns).s);
	if (best != worst)
		say(a, "; one to %s, the quickest size, %s", phrase_size(s, best->order).s,
		    phrase_ns(best->dur_mean_ns).s);
	say(a, ".");
	if (s->nr_stalls)
		say_stalls(s, a);
	else
		say_lock(s, a);
}

/* The word is that of the verdict: of a share of scans alone, most may succeed while every collapse fails. */
static void brief_progress(const struct snapshot *s, struct answer *a)
{
	__u64 done = s->summary.collapses, tried = done + s->summary.failures;

	if (s->verdict.word == VERDICT_IDLE)
		brief(a, "Nothing to do");
	else if (!done)
		brief(a, "No, no collapse succeeded");
	else
		brief(a, "%s%llu of %s made a collapse",
		      s->verdict.word == VERDICT_FAILING ? "Hardly, " : "",
		      (unsigned long long)done, phrase_count(tried, "attempt", "attempts").s);
}

static void answer_cpu(const struct snapshot *s, struct answer *a)
{
	const struct snap_summary *sum = &s->summary;
	double seconds = sum->duration_ns / 1e9;
	struct refusal idle[REFUSALS_MAX];
	__u64 done = 0, all = 0;
	size_t i;

	for (i = 0; i < s->nr_outcomes; i++) {
		const struct snap_outcome *o = &s->outcomes[i];

		if (!mthp_is_scan(o->key.kind, meta_has_ranges(&s->meta)))
			continue;
		all += o->count;
		done += o->key.result == MTHP_R_SUCCEED ? o->count : 0;
	}
	if (!all && refusals_collect(s, refusals_is_idle, idle)) {
		brief(a, "Nothing to do");
		say(a, "No range with anything to collapse was found in %s.",
		    phrase_ns(sum->duration_ns).s);
		return;
	}
	if (!all) {
		brief(a, "Idle");
		say(a, "Nothing was scanned in %s.", phrase_ns(sum->duration_ns).s);
		return;
	}
	brief_progress(s, a);
	say(a, "%llu of %s succeeded", (unsigned long long)done,
	    phrase_count(all, "scan", "scans").s);
	if (seconds > 0)
		say(a, ", %.3g scans a second", all / seconds);
	say(a, ".");
	if (snapshot_work_ns(s))
		say(a, " Collapses took %s in all, %s of the time.",
		    phrase_ns(snapshot_work_ns(s)).s,
		    phrase_percent(snapshot_work_ns(s), sum->duration_ns).s);
	say(a, " No event reports the CPU time of khugepaged; top shows it.");
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
	struct collapsed k, top = { 0 };
	size_t i, nr = 0;

	if (!s->summary.collapses) {
		brief(a, "Nobody");
		say(a, "No collapse succeeded.");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		collapsed_by(s, names[i].requester, &k);
		if (!k.collapses)
			continue;
		if (k.collapses > top.collapses) {
			top = k;
			brief(a, "%s, %s", names[i].name,
			      phrase_percent(k.collapses, s->summary.collapses).s);
		}
		say(a, "%s%s by %s (%s)", nr++ ? ", " : "", phrase_collapses(k.collapses).s,
		    names[i].name, phrase_bytes(k.bytes).s);
	}
	say(a, ". Page faults allocate huge pages, too; these are not collapses.");
}

/* In the order in which they are best read. */
static const struct {
	const char *question;
	void (*answer)(const struct snapshot *s, struct answer *a);
} questions[] = {
	{ "Does memory grow because of khugepaged?", answer_growth },
	{ "Which processes are collapsed, to which sizes?", answer_who },
	{ "How full was the memory, and how much was filled with zeroes?", answer_full },
	{ "Does one collapse make the next one possible (creep)?", answer_creep },
	{ "Why is memory not collapsed?", answer_why_not },
	{ "Does khugepaged try in vain what has just failed?", answer_vain },
	{ "How long does a collapse stop a process?", answer_pause },
	{ "Is khugepaged getting anywhere?", answer_cpu },
	{ "Who requested the collapses?", answer_requester },
	{ "Which max_ptes_none would be right?", answer_setting },
	{ "Is memory that was split collapsed again?", answer_again },
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
			snprintf(a->brief, sizeof(a->brief), "Unknown");
	}
}
