/* SPDX-License-Identifier: GPL-2.0-only */
/* The metrics: a table of families, each of which is written from a reading. */
#ifndef EXPORT_FAMILIES_PRIV_H
#define EXPORT_FAMILIES_PRIV_H

#include "export/cgroups_priv.h"
#include "export/host_priv.h"
#include "export/named_priv.h"
#include "export/text_priv.h"
#include "model/capability.h"

/* Everything that the exporter knows at one moment. */
struct reading {
	const struct snapshot *s;
	const struct named *named;
	const struct cgroups *cgroups;
	const struct host *host;
	bool live;	  /* the host is the one that was observed */
	bool owner;	  /* events are attributed to processes */
	__u64 since_ns;	  /* CLOCK_REALTIME when the counters were 0 */
	__u64 bpf_cpu_ns; /* of the programs; NUM_UNKNOWN */
};

/* A family whose capability is not there is absent. Beside those of the source there is one of the host's own: */
enum {
	CAP_STATS = NR_CAPS
};

bool reading_has(const struct reading *r, int cap);

/* Writes all families into @t, which has begun. */
void families_write(struct text *t, const struct reading *r);

/* The families of one table, by what they are about. Each writes the samples of its family. */
typedef void (*family_fn)(struct text *t, const struct reading *r);

/* families_collapses.c */
void family_verdict(struct text *t, const struct reading *r);
void family_scans(struct text *t, const struct reading *r);
void family_collapses(struct text *t, const struct reading *r);
void family_collapsed_bytes(struct text *t, const struct reading *r);
void family_filled_bytes(struct text *t, const struct reading *r);
void family_filled_unknown(struct text *t, const struct reading *r);
void family_duration(struct text *t, const struct reading *r);
void family_occupancy(struct text *t, const struct reading *r);
void family_censored(struct text *t, const struct reading *r);
void family_stall(struct text *t, const struct reading *r);
void family_splits(struct text *t, const struct reading *r);
void family_pingpong(struct text *t, const struct reading *r);
void family_vain(struct text *t, const struct reading *r);
void family_creep_steps(struct text *t, const struct reading *r);
void family_creep_filled(struct text *t, const struct reading *r);
void family_cgroup_collapsed(struct text *t, const struct reading *r);
void family_cgroup_filled(struct text *t, const struct reading *r);
void family_losses(struct text *t, const struct reading *r);

/* families_host.c */
void family_build_info(struct text *t, const struct reading *r);
void family_capability(struct text *t, const struct reading *r);
void family_base_page_size(struct text *t, const struct reading *r);
void family_pmd_size(struct text *t, const struct reading *r);
void family_observed_since(struct text *t, const struct reading *r);
void family_settings(struct text *t, const struct reading *r);
void family_max_ptes(struct text *t, const struct reading *r);
void family_thp_events(struct text *t, const struct reading *r);
void family_thp_folios(struct text *t, const struct reading *r);
void family_thp_bytes(struct text *t, const struct reading *r);
void family_vmstat(struct text *t, const struct reading *r);
void family_memory(struct text *t, const struct reading *r);
void family_cgroup_memory(struct text *t, const struct reading *r);
void family_full_scans(struct text *t, const struct reading *r);
void family_khugepaged_cpu(struct text *t, const struct reading *r);
void family_bpf_cpu(struct text *t, const struct reading *r);
void family_process_cpu(struct text *t, const struct reading *r);
void family_process_resident(struct text *t, const struct reading *r);
void family_process_virtual(struct text *t, const struct reading *r);
void family_process_start(struct text *t, const struct reading *r);
void family_process_fds(struct text *t, const struct reading *r);
void family_process_max_fds(struct text *t, const struct reading *r);

/* A size in bytes as the value of a label. Returns @buf. */
char *size_label(const struct reading *r, __u32 order, char *buf, size_t len);

#endif
