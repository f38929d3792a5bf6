// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sums for every scope of a rules file, while a trace is read.
 *
 * Each event is offered to each scope. The event itself has comm, pid, requester and time. Events come
 * in runs of one process, so the result of the pattern match is kept for the latest comm. Only the
 * source knows paths of cgroups: such scopes need another pass, with the source's filter. Windows and
 * processes are parts of a scope, made at their first event.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "check/scope_totals_priv.h"
#include "lib/log.h"

/* The next pass has events of @cgroup; NULL: all events. */
static void feed_cgroup(struct check_sums *sums, const char *cgroup)
{
	unsigned int i;

	for (i = 1; i < sums->rules->nr_scopes; i++) {
		const char *of = sums->scopes[i].scope->cgroup;

		sums->scopes[i].fed = of && cgroup ? !strcmp(of, cgroup) : of == cgroup;
	}
}

struct check_sums *check_sums_alloc(const struct check_rules *rules)
{
	struct check_sums *sums = calloc(1, sizeof(*sums));
	unsigned int i;

	if (!sums)
		return NULL;
	sums->rules = rules;
	sums->scopes = calloc(rules->nr_scopes, sizeof(*sums->scopes));
	if (!sums->scopes) {
		free(sums);
		return NULL;
	}
	for (i = 0; i < rules->nr_scopes; i++) {
		const struct check_scope *scope = &rules->scopes[i];

		sums->scopes[i].scope = scope;
		sums->scopes[i].from_ns = scope->from_ns;
		sums->scopes[i].to_ns = scope->to_ns ? (__u64)scope->to_ns : ~0ULL;
		sums->scopes[i].every_ns = scope->every_ns;
	}
	feed_cgroup(sums, NULL);
	return sums;
}

void check_sums_meta(struct check_sums *sums, const struct meta *meta)
{
	unsigned int i;

	sums->has_mthp = meta_has_ranges(meta);
	sums->start_ns = meta->start_ns;
	for (i = 0; i < sums->rules->nr_scopes; i++)
		sums->scopes[i].totals.has_mthp = sums->has_mthp;
}

void check_sums_free(struct check_sums *sums)
{
	struct part *part, *next;
	unsigned int i;

	if (!sums)
		return;
	for (i = 0; i < sums->rules->nr_scopes; i++) {
		totals_free(&sums->scopes[i].totals);
		HASH_ITER(hh, sums->scopes[i].parts, part, next) {
			HASH_DEL(sums->scopes[i].parts, part);
			totals_free(&part->totals);
			free(part);
		}
	}
	free(sums->scopes);
	model_free(sums->all);
	free(sums);
}

static bool comm_fits(struct scope_sums *s, const struct mthp_ev *ev)
{
	char comm[MTHP_COMM_LEN + 1];

	if (!s->scope->comm)
		return true;
	if (!s->comm_known || memcmp(s->comm, ev->comm, sizeof(s->comm))) {
		memcpy(s->comm, ev->comm, sizeof(s->comm));
		memcpy(comm, ev->comm, sizeof(s->comm));
		comm[MTHP_COMM_LEN] = '\0';
		s->comm_fits = comm[0] && !fnmatch(s->scope->comm, comm, 0);
		s->comm_known = true;
	}
	return s->comm_fits;
}

static bool in_scope(struct scope_sums *s, const struct mthp_ev *ev, __u64 since_ns)
{
	const struct check_scope *scope = s->scope;

	return (!scope->tgid || scope->tgid == ev->tgid) &&
	       (scope->requester < 0 || scope->requester == ev->requester) &&
	       since_ns >= s->from_ns && since_ns < s->to_ns && comm_fits(s, ev);
}

/* The part with @key, an old one or a new one. NULL: too many parts; the event is counted as left out. */
static struct part *find_part(struct scope_sums *s, const __u64 key[2], bool has_mthp)
{
	struct part *part = s->last;

	if (part && !memcmp(part->key, key, sizeof(part->key)))
		return part;
	HASH_FIND(hh, s->parts, key, sizeof(part->key), part);
	if (!part) {
		if (HASH_COUNT(s->parts) < CHECK_MAX_PARTS)
			part = calloc(1, sizeof(*part));
		if (part) {
			memcpy(part->key, key, sizeof(part->key));
			HASH_ADD(hh, s->parts, key, sizeof(part->key), part);
		}
		if (!part || !hash_added(part)) {
			s->left_out++;
			free(part);
			return NULL;
		}
		totals_init(&part->totals, has_mthp);
	}
	s->last = part;
	return part;
}

static void scope_event(struct check_sums *sums, struct scope_sums *s, const struct model *m,
			const struct mthp_ev *ev)
{
	__u64 since = ev->ts_ns > sums->start_ns ? ev->ts_ns - sums->start_ns : 0;
	struct part *part;
	__u64 key[2] = { 0, 0 };

	if (!in_scope(s, ev, since))
		return;
	switch (s->scope->each) {
	case EACH_NONE:
		totals_event(&s->totals, ev, &m->found);
		return;
	case EACH_WINDOW:
		key[0] = since / s->every_ns;
		break;
	case EACH_PROCESS:
		if (!mthp_has_proc(ev))
			return;
		key[0] = ev->mm;
		key[1] = ev->tgid;
		break;
	}
	part = find_part(s, key, sums->has_mthp);
	if (!part)
		return;
	if (!part->comm[0])
		memcpy(part->comm, ev->comm, sizeof(part->comm));
	totals_event(&part->totals, ev, &m->found);
}

void check_sums_event(void *ctx, const struct model *m, const struct mthp_ev *ev)
{
	struct check_sums *sums = ctx;
	unsigned int i;

	if (sums->start_ns != m->meta.start_ns || sums->has_mthp != m->totals.has_mthp)
		check_sums_meta(sums, &m->meta);
	for (i = 1; i < sums->rules->nr_scopes; i++)
		if (sums->scopes[i].fed)
			scope_event(sums, &sums->scopes[i], m, ev);
}

/* One more pass for the scopes of one cgroup path. */
static int read_cgroup(const char *path, const struct load_opts *opts, struct check_sums *sums,
		       const char *cgroup)
{
	struct load_opts narrow = *opts;
	struct model *m;
	int err;

	if (!strcmp(path, "-") || opts->cgroup) {
		log_err("cannot check: for cgroup \"%s\": %s", cgroup,
			opts->cgroup ? "not together with --cgroup" :
				       "reads the trace twice (give a file, not -)");
		return -EINVAL;
	}
	narrow.cgroup = cgroup;
	feed_cgroup(sums, cgroup);
	err = load_trace(path, &narrow, &m, check_sums_event, sums);
	if (!m)
		return err;
	model_free(m);
	return 0;
}

static int read_cgroups(const char *path, const struct load_opts *opts, struct check_sums *sums)
{
	const struct check_rules *rules = sums->rules;
	unsigned int i, j;
	int err = 0;

	for (i = 1; i < rules->nr_scopes && !err; i++) {
		if (!rules->scopes[i].cgroup)
			continue;
		for (j = 1; j < i; j++)
			if (rules->scopes[j].cgroup &&
			    !strcmp(rules->scopes[j].cgroup, rules->scopes[i].cgroup))
				break;
		if (j == i)
			err = read_cgroup(path, opts, sums, rules->scopes[i].cgroup);
	}
	return err;
}

int check_read(const char *path, const struct check_rules *rules, const struct load_opts *opts,
	       struct check_sums **to)
{
	struct check_sums *sums = check_sums_alloc(rules);
	int err;

	*to = NULL;
	if (!sums) {
		log_err("cannot check: %s: out of memory", path);
		return -ENOMEM;
	}
	err = load_trace(path, opts, &sums->all, rules->nr_scopes > 1 ? check_sums_event : NULL,
			 sums);
	if (sums->all) {
		check_sums_meta(sums, &sums->all->meta);
		err = read_cgroups(path, opts, sums);
	}
	if (err) {
		check_sums_free(sums);
		return err;
	}
	*to = sums;
	return 0;
}

__u64 check_sums_length(const struct check_sums *sums)
{
	return sums->longest_ns ? sums->longest_ns : sums->all->end_ns - sums->all->meta.start_ns;
}

/* Do both have the same names for the numbers of results that this build does not have? */
static bool same_names(const struct meta *a, const struct meta *b)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(a->extra_results); i++)
		if (a->extra_results[i][0] && b->extra_results[i][0] &&
		    strcmp(a->extra_results[i], b->extra_results[i]))
			return false;
	return true;
}

static void add_parts(struct scope_sums *s, const struct scope_sums *other, bool has_mthp)
{
	struct part *from, *next, *to;

	s->left_out += other->left_out;
	HASH_ITER(hh, other->parts, from, next) {
		to = find_part(s, from->key, has_mthp);
		if (!to)
			continue;
		memcpy(to->comm, from->comm, sizeof(to->comm));
		totals_merge(&to->totals, &from->totals);
	}
}

int check_sums_add(struct check_sums *sums, const struct check_sums *other, const char *name)
{
	struct meta *a = &sums->all->meta;
	const struct meta *b = &other->all->meta;
	unsigned int i;

	if (a->page_size != b->page_size || a->pmd_order != b->pmd_order ||
	    sums->has_mthp != other->has_mthp || !same_names(a, b)) {
		log_err("cannot add to the sum: %s: another page size, PMD order or set of events (leave out --sum)",
			name);
		return -EINVAL;
	}
	for (i = 0; i < ARRAY_SIZE(a->extra_results); i++)
		if (!a->extra_results[i][0])
			strcpy(a->extra_results[i], b->extra_results[i]);
	totals_merge(&sums->all->totals, &other->all->totals);
	for (i = 1; i < sums->rules->nr_scopes; i++) {
		totals_merge(&sums->scopes[i].totals, &other->scopes[i].totals);
		add_parts(&sums->scopes[i], &other->scopes[i], sums->has_mthp);
	}
	sums->all->complete &= other->all->complete;
	sums->longest_ns = check_sums_length(sums) > check_sums_length(other) ?
				   check_sums_length(sums) :
				   check_sums_length(other);
	sums->all->end_ns += other->all->end_ns - other->all->meta.start_ns;
	/* Counters of several machines or times are not a series. */
	sums->all->first.nr = sums->all->last.nr = 0;
	return 0;
}
