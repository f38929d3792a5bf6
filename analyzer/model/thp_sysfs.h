/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Settings and counters of transparent huge pages, from /sys and /proc. Values that a kernel does not have
 * stay unknown. @root is put before every path ("" for the real root); tests have their own.
 */
#ifndef MODEL_THP_SYSFS_H
#define MODEL_THP_SYSFS_H

#include "model/meta.h"

/* release, machine, page size, PMD order, number of CPUs, settings. */
void sysinfo_read_meta(const char *root, struct meta *meta);
void sysinfo_read_settings(const char *root, struct meta *meta);

/* thp_*, compact_stall, compact_fail, allocstall_* of /proc/vmstat, khugepaged's own, hugepages-N kB/stats; ts_ns is left to the caller. */
void sysinfo_read_counters(const char *root, __u32 page_size, struct counters *counters);

#endif
