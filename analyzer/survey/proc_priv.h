/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes for a survey: their pids, and what /proc/PID has of one. */
#ifndef SURVEY_PROC_PRIV_H
#define SURVEY_PROC_PRIV_H

#include "survey/run_priv.h"

/*
 * All processes, rising. The caller frees *pids. 0 or -errno.
 */
int survey_pids(__u32 **pids, size_t *nr);

/*
 * Opens /proc/@pid and fills in name, start and cgroup. The descriptor is bound to this very process: after
 * its end every read below it fails, also when the pid is used again. The descriptor, or -errno: -ESRCH,
 * -ENOENT: there is no such process.
 */
int survey_proc_open(__u32 pid, struct survey_proc *p);
void survey_proc_clear(struct survey_proc *p);

/* Has the process behind @dir ended? */
int survey_proc_ended(int dir);
/* Has it, or is it about to, and has no memory? Its files belong to root then, whoever ran it. */
int survey_proc_exiting(int dir);

/* Does it match the name and the cgroup that are wanted? */
int survey_proc_matches(const struct survey_proc *p, const struct survey_wanted *wanted);

#endif
