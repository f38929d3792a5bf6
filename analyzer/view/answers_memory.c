// SPDX-License-Identifier: GPL-2.0-only
/* Answers about memory: whose, how full, how it grew, and what became of it. */
#include <stdio.h>
#include <string.h>

#include "view/answers_priv.h"
#include "view/phrase_priv.h"

#define NAMED 3 /* processes that an answer names */

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

void answer_growth(const struct snapshot *s, struct answer *a)
{
	const struct snap_proc *top = most(s, offsetof(struct snap_proc, filled_bytes));
	struct answer_asked k;

	answer_asked(s, MTHP_Q_KHUGEPAGED, &k);
	if (!k.done) {
		answer_brief(a, "No");
		answer_say(a, "khugepaged collapsed nothing in this time.");
		return;
	}
	if (!k.told) {
		answer_say(
			a,
			"The %s of khugepaged do not tell what they filled: those of files never do.",
			words_collapses(k.done).s);
		return;
	}
	if (!k.filled) {
		answer_brief(a, "No");
		answer_say(
			a,
			"%s of khugepaged filled nothing: all of their pages were in use before.",
			words_collapses(k.told).s);
	} else {
		answer_brief(a, "By %s", words_bytes(k.filled).s);
		answer_say(
			a,
			"khugepaged's collapses made %s of huge pages, and %s of that (%s) was empty "
			"before: it is filled with zeroes that count as the process's memory.",
			words_bytes(k.bytes).s, words_bytes(k.filled).s,
			words_percent(k.filled, k.bytes).s);
		if (top)
			answer_say(a, " It filled most, by whoever's request, in %s: %s in %s.",
				   words_who(top).s, words_bytes(top->filled_bytes).s,
				   words_collapses(top->done).s);
	}
	if (k.told < k.done)
		answer_say(a, " %s more do not tell.", words_collapses(k.done - k.told).s);
}

void answer_who(const struct snapshot *s, struct answer *a)
{
	size_t i, with = 0;

	if (!s->summary.collapses) {
		answer_brief(a, "None");
		answer_say(a, "No collapse succeeded, in %s seen.",
			   words_count(s->summary.processes, "process", "processes").s);
		return;
	}
	for (i = 0; i < s->nr_procs; i++)
		with += s->procs[i].done > 0;
	answer_brief(a, "%s", words_count(with, "process", "processes").s);
	answer_say(a, "Of %llu seen. Most: ", (unsigned long long)s->summary.processes);
	for (i = 0; i < s->nr_procs && i < NAMED && s->procs[i].done; i++)
		answer_say(a, "%s%s %s in %llu", i ? ", " : "", words_who(&s->procs[i]).s,
			   words_bytes(s->procs[i].done_bytes).s,
			   (unsigned long long)s->procs[i].done);
	answer_say(a, ". Sizes: ");
	for (i = 0, with = 0; i < s->nr_orders; i++)
		if (s->orders[i].done)
			answer_say(a, "%s%llu of %s", with++ ? ", " : "",
				   (unsigned long long)s->orders[i].done,
				   words_size(s, s->orders[i].order).s);
	answer_say(a, ".");
	if (s->meta.tier == TIER_LEGACY)
		answer_say(a, " khugepaged of this kernel makes no smaller ones.");
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

void answer_full(const struct snapshot *s, struct answer *a)
{
	const struct snap_summary *sum = &s->summary;
	__u64 full, low, order, all = fullness(s, &full, &low, &order);
	__u64 told = sum->collapses - sum->filled_unknown;

	if (told) {
		answer_brief(a, "%s filled", words_bytes(sum->filled_bytes).s);
		answer_say(a, "%s of what was collapsed, %s in the mean of %s that tell. ",
			   words_percent(sum->filled_bytes, sum->collapsed_bytes).s,
			   words_bytes(sum->filled_bytes / told).s, words_collapses(told).s);
	} else if (sum->collapses) {
		answer_say(a, "None of %s tells what it filled. ",
			   words_collapses(sum->collapses).s);
	}
	if (all) {
		if (!told)
			answer_brief(a, "%s full", words_percent(full, all).s);
		answer_say(
			a,
			"Of %llu ranges of %s that a scan saw whole, %s were full and %s less than "
			"half full.",
			(unsigned long long)all, words_size(s, order).s, words_percent(full, all).s,
			words_percent(low, all).s);
	} else {
		answer_say(a, "No scan saw a range whole.");
	}
}

void answer_creep(const struct snapshot *s, struct answer *a)
{
	__u64 steps = s->summary.creep_steps, chains = 0, untold = 0;
	size_t i;

	if (s->meta.tier != TIER_OCCUPANCY || steps == NUM_UNKNOWN) {
		answer_say(
			a,
			"Whether a collapse was only possible because earlier ones had filled its "
			"range needs their addresses: %s.",
			ANSWER_TIER2);
		return;
	}
	for (i = 0; i < s->nr_creep; i++) {
		chains += s->creep[i].chains;
		untold += s->creep[i].untold;
	}
	if (steps) {
		answer_brief(a, "Yes, %s", words_count(steps, "step", "steps").s);
		answer_say(a, "%s, by which %s was filled.",
			   words_count(chains, "chain", "chains").s,
			   words_bytes(s->summary.creep_filled_bytes).s);
		for (i = 0; i < s->nr_chains && i < 1; i++)
			answer_say(a, " The chain that filled most: %s at %llx in process %llu.",
				   s->chains[i].path, (unsigned long long)s->chains[i].addr,
				   (unsigned long long)s->chains[i].tgid);
	} else if (s->summary.collapses > untold) {
		answer_brief(a, "No");
		answer_say(
			a,
			"No collapse was only possible because earlier ones had filled its range.");
	} else if (!s->summary.collapses) {
		answer_brief(a, "No");
		answer_say(a, "Nothing was collapsed.");
	}
	if (untold)
		answer_say(a, "%s%s were in ranges whose scans are not in this trace.",
			   a->text[0] ? " " : "", words_collapses(untold).s);
}

void answer_setting(const struct snapshot *s, struct answer *a)
{
	long long m = s->meta.settings.max_ptes_none;
	__u64 pages = s->meta.pmd_order ? 1ULL << s->meta.pmd_order : 0;

	if (m != META_UNKNOWN && pages)
		answer_say(
			a,
			"It was %lld here: up to %lld of the %llu pages of a %s range may be empty. ",
			m, m, (unsigned long long)pages, words_size(s, s->meta.pmd_order).s);
	if (s->meta.tier == TIER_OCCUPANCY) {
		answer_brief(a, "mthptop whatif");
		answer_say(
			a,
			"That command works out of this trace what another value would have done with "
			"these scans.");
		return;
	}
	answer_say(a, "What another one would have done needs the pages that each scan saw: %s.",
		   ANSWER_TIER2);
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

void answer_again(const struct snapshot *s, struct answer *a)
{
	__u64 splits = grew(s, "thp_split_page"), pmds = grew(s, "thp_split_pmd");

	if (splits != SNAP_NO_DELTA)
		answer_say(a, "The kernel split %s of PMD size in this time (thp_split_page)",
			   words_count(splits, "huge page", "huge pages").s);
	if (splits != SNAP_NO_DELTA && pmds != SNAP_NO_DELTA)
		answer_say(a, " and unmapped %llu (thp_split_pmd)", (unsigned long long)pmds);
	if (splits != SNAP_NO_DELTA)
		answer_say(a, ". ");
	answer_say(
		a,
		"Whether the same memory was collapsed again: no tracepoint says which memory was "
		"split.");
}

void answer_shrinker(const struct snapshot *s, struct answer *a)
{
	const struct settings *set = &s->meta.settings;
	__u64 split = grew(s, "thp_underused_split_page");
	int blunt = s->meta.pmd_order && set->max_ptes_none == (1LL << s->meta.pmd_order) - 1;

	if (split == SNAP_NO_DELTA) {
		answer_say(
			a,
			"The trace has no counter thp_underused_split_page: kernels from 6.12 on have "
			"it.");
	} else if (split) {
		answer_brief(a, "Yes");
		answer_say(a, "It split %s (thp_underused_split_page).",
			   words_count(split, "huge page", "huge pages").s);
	} else {
		answer_brief(a, "No");
		answer_say(a, "It split nothing in this time.");
	}
	if (set->shrink_underused == 0)
		answer_say(a, " It is off (shrink_underused 0).");
	else if (set->shrink_underused == 1 && blunt)
		answer_say(
			a,
			" It cannot: at max_ptes_none %lld, which is its limit, too, no huge page is "
			"underused.",
			set->max_ptes_none);
}

void answer_worth(const struct snapshot *s, struct answer *a)
{
	answer_say(
		a,
		"Whether memory is used after it was collapsed is in no event; DAMON samples it. One "
		"kernel or setting against another: mthptop diff A B --format html.");
}
