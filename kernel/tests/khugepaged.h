/* SPDX-License-Identifier: GPL-2.0-only */
/* khugepaged, one pass at a time. */
#ifndef MTHP_KHUGEPAGED_H
#define MTHP_KHUGEPAGED_H

/*
 * Makes khugepaged scan on request only, registers this process with it, and waits for the end of the
 * scan that this causes. Settings afterwards: PMD order and the global switch on
 * `madvise`, max_ptes_* at their defaults, pages_to_scan without limit, creep_guard 1.
 */
void kh_start(void);

/* khugepaged's process id, or -ESRCH when it does not run (nothing it collapses is enabled). */
int kh_pid(void);

/* Waits until khugepaged sleeps between two passes. 0, -ESRCH, or -ETIMEDOUT after 60 s. */
int kh_idle(void);

/*
 * One pass over everything that is registered: wakes khugepaged, and waits for it to sleep again.
 * 0, -ESRCH, or -ETIMEDOUT when no pass was completed in 60 s.
 */
int kh_scan(void);

/* The same; a failure is noted, for a test that then finds its memory as it was. */
int kh_scan_noted(void);

/* Wakes khugepaged and returns at once. */
void kh_kick(void);

/* Instructions that khugepaged ran for, or nanoseconds: its time on a CPU (schedstat). */
long long kh_runtime(void);

#endif /* MTHP_KHUGEPAGED_H */
