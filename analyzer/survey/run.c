// SPDX-License-Identifier: GPL-2.0-only
/*
 * A survey: process after process, mapping after mapping, chunk after chunk.
 *
 * Everything is opened for reading. A process does not stop for it; reading its smaps is the only right
 * that is needed. A process or a folio that ends or changes during the survey is counted; what was read
 * of it before stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/caps.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "survey/blank_priv.h"
#include "survey/folio_priv.h"
#include "survey/iter_read_priv.h"
#include "survey/pages_priv.h"
#include "survey/proc_priv.h"
#include "survey/range_priv.h"
#include "survey/vma_priv.h"
#include "model/thp_sysfs.h"

#define NO_SCAN_ENV "MTHPTOP_NO_PAGEMAP_SCAN" /* for tests: as on a kernel before 6.7 */

/* Open while processes are read. */
struct walk {
	struct survey *s;
	const struct survey_wanted *wanted;
	struct survey_pages *pages;
	struct survey_folios *folios;
	struct survey_look *look;
	struct survey_blank *blank;
	struct survey_reader *reader; /* NULL: through /proc */
	struct survey_proc proc;      /* the current one, */
	int dir, pagemap;	      /* and its open files */
	int stop;		      /* return value of the tap */
};

void survey_add(struct survey_sums *to, const struct survey_sums *from)
{
	const __u64 *f = (const __u64 *)from;
	__u64 *t = (__u64 *)to;
	size_t i;

	for (i = 0; i < sizeof(*to) / sizeof(*t); i++)
		t[i] += f[i];
}

/* Has the process ended? Then errors are no errors. */
static int has_ended(struct walk *w)
{
	w->proc.ended = w->proc.ended || survey_proc_ended(w->dir);
	return w->proc.ended;
}

static int is_left_out(const struct survey_vma *vma)
{
	return vma->kind == SURVEY_FILE || vma->kind == SURVEY_HUGETLB ||
	       vma->kind == SURVEY_SPECIAL;
}

static int look_vma(void *ctx, const struct survey_vma *vma)
{
	struct walk *w = ctx;
	struct survey_found found = { survey_look_pmd, survey_look_ptes, w->look };
	struct survey_left_out *out = &w->s->left_out[vma->kind];
	int err, ended;

	out->vmas++;
	out->rss += vma->rss;
	out->bytes += vma->end - vma->start;
	if (is_left_out(vma))
		return 0;
	w->proc.sums.vmas++;
	survey_look_at(w->look, &w->proc, vma);
	err = survey_pages_walk(w->pages, w->pagemap, vma, &found, &w->s->holds);
	ended = survey_look_end(w->look);
	err = err ? err : ended;
	if (!err)
		return 0;
	if (err > 0) {
		w->stop = err;
		return err;
	}
	if (has_ended(w))
		return -ESRCH;
	w->s->lost[err == -EFBIG ? SURVEY_L_SPARSE : SURVEY_L_FAILED]++;
	return err == -ENOMEM ? err : 0;
}

/* As look_vma(), for a reader, which reads the pages itself. */
static void begin_vma(void *ctx, const struct survey_vma *vma)
{
	struct walk *w = ctx;

	w->s->left_out[vma->kind].vmas++;
	w->proc.sums.vmas += !is_left_out(vma);
	survey_look_at(w->look, &w->proc, vma);
}

static int end_vma(void *ctx, const struct survey_vma *vma)
{
	struct walk *w = ctx;
	struct survey_left_out *out = &w->s->left_out[vma->kind];

	out->rss += vma->rss;
	out->bytes += vma->end - vma->start;
	return survey_look_end(w->look);
}

/* 0 or -errno. */
static int read_tables(struct walk *w)
{
	const struct survey_mappings found = { begin_vma, end_vma, w };
	int err = survey_reader_read(w->reader, &w->proc, w->look, &found, &w->s->holds);

	if (err > 0)
		w->stop = err;
	/*
	 * A process that gives up its memory has no mappings from then on: what was read may be a part. And the
	 * iterator goes by the pid. If the process is there still, it was this one that was read.
	 */
	w->proc.ended = w->proc.ended || survey_proc_exiting(w->dir);
	if (err != -ENOMEM && has_ended(w)) {
		if (survey_reader_start(w->reader) != w->proc.start)
			memset(&w->proc.sums, 0, sizeof(w->proc.sums));
		return -ESRCH;
	}
	if (err == -ESTALE) {
		w->s->lost[SURVEY_L_FAILED]++;
		return 0;
	}
	return err;
}

static int keep(struct survey *s, struct survey_proc *p)
{
	size_t max = s->max_procs ? 2 * s->max_procs : 64;
	struct survey_proc *more;

	if (s->nr_procs == s->max_procs) {
		more = realloc(s->procs, max * sizeof(*more));
		if (!more)
			return -ENOMEM;
		s->procs = more;
		s->max_procs = max;
	}
	s->procs[s->nr_procs++] = *p;
	survey_add(&s->all, &p->sums);
	memset(p, 0, sizeof(*p));
	return 0;
}

/* The mappings of the process behind w->dir. 0 or -errno. */
static int look_mappings(struct walk *w)
{
	int smaps, err;

	if (w->reader) {
		if (w->blank)
			survey_blank_open(w->blank, w->dir, &w->proc.sums);
		err = read_tables(w);
		if (w->blank)
			survey_blank_close(w->blank);
		return err;
	}
	w->pagemap = openat(w->dir, "pagemap", O_RDONLY | O_CLOEXEC);
	if (w->pagemap < 0)
		return -errno;
	smaps = openat(w->dir, "smaps", O_RDONLY | O_CLOEXEC);
	if (smaps < 0) {
		err = -errno;
	} else {
		if (w->blank)
			survey_blank_open(w->blank, w->dir, &w->proc.sums);
		err = survey_vmas(smaps, &w->proc, &w->s->meta, &w->s->holds.smaps_ns, look_vma, w);
		if (w->blank)
			survey_blank_close(w->blank);
		close(smaps);
	}
	close(w->pagemap);
	return err;
}

/* One process: 0 if it was read, is not wanted, or is counted as lost; else -errno. */
static int look_proc(struct walk *w, __u32 pid)
{
	struct survey *s = w->s;
	int err;

	w->dir = survey_proc_open(pid, &w->proc);
	if (w->dir < 0)
		return w->dir;
	err = 0;
	if (survey_proc_matches(&w->proc, w->wanted)) {
		s->seen++;
		err = look_mappings(w);
		if ((err == -EACCES || err == -EPERM) && survey_proc_exiting(w->dir))
			err = -ESRCH;
		if (err == -EACCES || err == -EPERM) {
			s->lost[SURVEY_L_DENIED]++;
		} else if (err && has_ended(w)) {
			s->lost[SURVEY_L_GONE]++;
			err = 0;
		} else if (err == -ESRCH) {
			/* A kernel thread or a zombie: without memory. */
			s->seen--;
			err = 0;
		}
		if (!err && w->proc.sums.vmas)
			err = keep(s, &w->proc);
	}
	close(w->dir);
	survey_proc_clear(&w->proc);
	return err;
}

static int report_denied(const struct survey_wanted *wanted, __u32 pid, int err)
{
	if (!wanted->pids)
		return 0;
	if (err == -EACCES || err == -EPERM)
		log_err("cannot read process %u: %s (it is of another user: needs CAP_SYS_PTRACE)",
			pid, strerror(-err));
	else
		log_err("cannot read process %u: %s", pid, strerror(err == -ENOENT ? ESRCH : -err));
	return 1;
}

static int look_all(struct walk *w)
{
	const __u32 *pids = w->wanted->pids;
	size_t nr = w->wanted->nr_pids, i;
	__u32 *found = NULL;
	int err = 0, first = 0;

	if (!pids) {
		err = survey_pids(&found, &nr);
		pids = found;
	}
	if (err)
		log_err("cannot list processes: /proc: %s", strerror(-err));
	for (i = 0; i < nr && !err && !stop_asked(); i++) {
		err = look_proc(w, pids[i]);
		if (w->stop || err == -ENOMEM)
			break;
		if (err && report_denied(w->wanted, pids[i], err) && !first)
			first = err;
		/* A process that ended since the list was made is no error. */
		err = 0;
	}
	free(found);
	if (err == -ENOMEM)
		log_err("cannot survey: out of memory");
	return err ? err : w->stop ? w->stop : first;
}

static int cmp_proc(const void *x, const void *y)
{
	const struct survey_proc *a = x, *b = y;

	if (a->sums.present != b->sums.present)
		return a->sums.present < b->sums.present ? 1 : -1;
	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

/* The settings as parameters of the policy. */
static void read_policy(struct survey *s)
{
	const struct settings *set = &s->meta.settings;

	s->policy = (struct mthp_policy_params){
		.max_ptes_none = set->max_ptes_none,
		.pmd_order = s->meta.pmd_order,
		.min_order = 2,
		.rule = set->creep_guard == 0 ? MTHP_RULE_SCALED : MTHP_RULE_GUARD,
	};
	s->plans = set->max_ptes_none != META_UNKNOWN && !mthp_policy_check(&s->policy);
	if (!s->plans)
		s->policy.max_ptes_none = 0;
}

/* Page tables by BPF, where that is wanted and can be. 0 or -errno, after a message if it has to be. */
static int open_reader(struct walk *w)
{
	struct survey_kept *kept = w->wanted->kept;
	struct survey *s = w->s;
	int err = 0;

	s->not_iter = "";
	if (w->wanted->by == SURVEY_BY_PROC || !kept)
		return 0;
	if (!kept->tried)
		err = survey_reader_new(&kept->reader, &s->meta, kept->not_iter,
					sizeof(kept->not_iter));
	kept->tried = 1;
	s->not_iter = kept->not_iter;
	w->reader = kept->reader;
	s->iter = w->reader != NULL;
	if (w->reader)
		survey_reader_use(w->reader, &s->meta);
	if (!w->reader && w->wanted->by == SURVEY_BY_ITER) {
		log_err("cannot read page tables by BPF: %s (use --by proc)", s->not_iter);
		return -EOPNOTSUPP;
	}
	return err == -ENOTSUP ? 0 : err;
}

static int open_all(struct walk *w)
{
	struct survey *s = w->s;
	int err = open_reader(w);

	/* Without the capability pagemap hides frame numbers, and so folios are unknown. */
	if (!err && !w->reader && caps_have(CAP_SYS_ADMIN)) {
		err = survey_folios_open(&w->folios);
		err = err == -ENOMEM ? err : 0;
	}
	s->orders = w->reader || w->folios;
	if (!err)
		err = survey_pages_new(&s->meta, !getenv(NO_SCAN_ENV), &w->pages);
	if (!err)
		err = survey_look_new(s, w->folios, &w->look);
	if (!err && w->wanted->map)
		err = survey_look_map(w->look, s);
	if (!err && w->wanted->blank)
		err = survey_blank_new(s->meta.page_size, w->look, &w->blank);
	if (err == -ENOMEM)
		log_err("cannot survey: out of memory");
	return err;
}

int survey_meta(const struct survey_wanted *wanted, struct meta *meta)
{
	sysinfo_read_meta("", meta);
	if (meta->pmd_order < 2 || meta->pmd_order >= MTHP_NR_ORDERS) {
		log_err("cannot survey: this kernel has no transparent huge pages");
		return -EOPNOTSUPP;
	}
	meta->detail = DETAIL_PLANS;
	meta->kinds = 1U << MTHP_K_MTHP_SCAN;
	meta->start_ns = now_ns();
	meta->start_realtime_ns = realtime_ns();
	if (wanted->nr_pids == 1)
		meta->filter_tgid = wanted->pids[0];
	if (wanted->cgroup)
		snprintf(meta->filter_cgroup, sizeof(meta->filter_cgroup), "%s", wanted->cgroup);
	return 0;
}

int survey_run(const struct survey_wanted *wanted, survey_event_fn each, void *ctx,
	       struct survey **sp)
{
	struct survey *s = calloc(1, sizeof(*s));
	struct walk w = { .s = s, .wanted = wanted };
	__u64 start = now_ns();
	int err;

	*sp = s;
	if (!s) {
		log_err("cannot survey: out of memory");
		return -ENOMEM;
	}
	err = survey_meta(wanted, &s->meta);
	if (err)
		return err;
	s->blank = wanted->blank;
	read_policy(s);
	err = open_all(&w);
	if (!err) {
		survey_look_tap(w.look, each, ctx);
		err = look_all(&w);
		s->scans = !w.reader && survey_pages_scans(w.pages);
		s->lost[SURVEY_L_MOVED] = survey_look_moved(w.look);
	}
	if (w.reader) {
		s->lost[SURVEY_L_MOVED] += survey_reader_moved(w.reader);
		s->lost[SURVEY_L_FAILED] += survey_reader_lost(w.reader);
	}
	if (s->nr_procs)
		qsort(s->procs, s->nr_procs, sizeof(*s->procs), cmp_proc);
	s->took_ns = now_ns() - start;
	survey_blank_free(w.blank);
	survey_look_free(w.look);
	survey_pages_free(w.pages);
	survey_folios_close(w.folios);
	return err;
}

void survey_kept_free(struct survey_kept *kept)
{
	survey_reader_free(kept->reader);
	kept->reader = NULL;
}

void survey_free(struct survey *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->nr_procs; i++)
		survey_proc_clear(&s->procs[i]);
	free(s->procs);
	free(s->map);
	free(s);
}
