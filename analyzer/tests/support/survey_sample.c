// SPDX-License-Identifier: GPL-2.0-only
/* A made-up survey: three processes in two cgroups, one of which an earlier survey has seen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/events.h"
#include "tests/support/survey_sample.h"

static void add(struct survey *s, __u32 pid, const char *comm, const char *cgroup, __u64 pages)
{
	struct survey_proc *p = &s->procs[s->nr_procs++];
	struct survey_sums *n = &p->sums;

	p->pid = pid;
	p->start = pid * 10;
	snprintf(p->comm, sizeof(p->comm), "%s", comm);
	p->cgroup = strdup(cgroup);
	n->vmas = 12;
	n->present = pages * 1024;
	n->pmd = pages / 4 * 512;
	n->huge = n->pmd + pages * 48;
	n->order[9].whole = n->pmd;
	n->order[4].whole = pages * 32;
	n->order[4].partial = pages * 16;
	n->order[0].whole = n->present - n->huge;
	n->order[3].contig = pages * 8;
	n->zero = 3;
	n->shared = 70;
	n->ranges = pages * 2 + 1;
	n->planned = pages;
	n->eligible = n->present - 100;
	n->order[4].plan = pages * 3;
	n->order[4].plan_fill = pages * 5;
	n->order[9].occ[MTHP_OCC_FULL] = pages;
	n->order[9].occ[8] = pages / 2;
	n->order[9].occ[1] = 1;
	n->order[4].occ[MTHP_OCC_FULL] = pages * 20;
	n->order[4].occ[MTHP_OCC_EMPTY] = pages * 3;
	n->tlb = n->present - n->huge + pages;
	n->tlb_after = n->tlb / 2;
	survey_add(&s->all, n);
}

static struct survey *make(__u64 more, const char *comm, const char *cgroup)
{
	struct survey *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	evs_meta(&s->meta);
	s->procs = calloc(3, sizeof(*s->procs));
	s->policy.max_ptes_none = 255;
	s->plans = s->orders = s->scans = 1;
	s->not_iter = "";
	s->took_ns = 12345678;
	s->holds = (struct survey_holds){ 987654, 45678, 321 };
	s->seen = 40;
	s->lost[SURVEY_L_DENIED] = 2;
	s->left_out[SURVEY_FILE] = (struct survey_left_out){ 120, 7 << 20, 90 << 20 };
	add(s, 4711, "redis-server", "/system.slice/redis", 100 + more);
	if (more)
		add(s, 815, comm, cgroup, 44);
	add(s, 12, "postgres", "/user.slice", 9);
	return s;
}

struct survey_view *survey_sample_of(const char *comm, const char *cgroup)
{
	struct survey *before = make(0, comm, cgroup), *s = make(20, comm, cgroup);
	struct survey_view *v = before && s ? survey_view_new(s, before) : NULL;

	survey_free(before);
	return v;
}

struct survey_view *survey_sample(void)
{
	return survey_sample_of("evil\x1b[31m name", "/user.slice");
}
