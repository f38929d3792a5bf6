// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of families. docs/fleet.md describes each; the test of the exporter compares the two.
 *
 * A family with a capability is absent where the kernel or the trace does not have it, and never 0.
 */
#include "export/families_priv.h"
#include "lib/array.h"

struct family {
	const char *name;
	enum text_type type;
	int needs; /* enum capability, or CAP_STATS */
	bool observed; /* it counts since the observation began; the others since the boot, or not at all */
	family_fn write;
	const char *help;
};

static const struct family families[] = {
	{ "mthptop_build_info", TEXT_GAUGE, CAP_NONE, false, family_build_info,
	  "Version of mthptop, kernel, machine, and how much this kernel reports (detail)." },
	{ "mthptop_capability", TEXT_GAUGE, CAP_NONE, false, family_capability,
	  "Whether this kernel reports it. A family that needs what is not reported is absent." },
	{ "mthptop_base_page_size_bytes", TEXT_GAUGE, CAP_NONE, false, family_base_page_size,
	  "Size of a base page." },
	{ "mthptop_pmd_size_bytes", TEXT_GAUGE, CAP_NONE, false, family_pmd_size,
	  "Size that one PMD entry maps." },
	{ "mthptop_observation_start_time_seconds", TEXT_GAUGE, CAP_NONE, false,
	  family_observed_since, "When the counters of scans and collapses began at 0." },
	{ "mthptop_setting_info", TEXT_GAUGE, CAP_NONE, false, family_settings,
	  "The setting enabled of each folio size; size=\"all\" is the one for all sizes." },
	{ "mthptop_max_ptes", TEXT_GAUGE, CAP_NONE, false, family_max_ptes,
	  "The settings max_ptes_none, max_ptes_swap and max_ptes_shared." },
	{ "mthptop_verdict", TEXT_GAUGE, CAP_OUTCOME, false, family_verdict,
	  "1 for the verdict on the last minute, or on all of the time if that is shorter; 0 for the others." },
	{ "mthptop_scans_total", TEXT_COUNTER, CAP_OUTCOME, true, family_scans,
	  "PMD ranges scanned, by how the scan ended." },
	{ "mthptop_collapses_total", TEXT_COUNTER, CAP_OUTCOME, true, family_collapses,
	  "Attempts to collapse a block, by how they ended." },
	{ "mthptop_collapsed_bytes_total", TEXT_COUNTER, CAP_OUTCOME, true, family_collapsed_bytes,
	  "Memory that collapses made into larger folios." },
	{ "mthptop_filled_bytes_total", TEXT_COUNTER, CAP_FILL, true, family_filled_bytes,
	  "Memory that collapses filled with zeroes: nobody had asked for it. At least so much, if "
	  "mthptop_filled_unknown_total grows." },
	{ "mthptop_filled_unknown_total", TEXT_COUNTER, CAP_OUTCOME, true, family_filled_unknown,
	  "Collapses that did not report how much they filled." },
	{ "mthptop_collapse_duration_seconds", TEXT_HISTOGRAM, CAP_OUTCOME, true, family_duration,
	  "How long the collapses of a block took." },
	{ "mthptop_collapse_stall_seconds", TEXT_HISTOGRAM, CAP_STALL, true, family_stall,
	  "How long attempts to collapse a block kept its process from its memory." },
	{ "mthptop_vain_attempts_total", TEXT_COUNTER, CAP_ADDRESS, true, family_vain,
	  "Attempts that ended as the last one at the same block had, with nothing changed between." },
	{ "mthptop_splits_total", TEXT_COUNTER, CAP_SPLIT, true, family_splits,
	  "Huge pages of anonymous memory that were split, by who did it." },
	{ "mthptop_pingpong_total", TEXT_COUNTER, CAP_SPLIT, true, family_pingpong,
	  "Huge pages that were split (from) and collapsed again (to)." },
	{ "mthptop_block_occupancy_ratio", TEXT_HISTOGRAM, CAP_OUTCOME, true, family_occupancy,
	  "Blocks of memory that scans found, by the part of their PTEs that map a page." },
	{ "mthptop_censored_samples_total", TEXT_COUNTER, CAP_OUTCOME, true, family_censored,
	  "Blocks that are not in mthptop_block_occupancy_ratio: the scan ended before it had seen "
	  "all of them." },
	{ "mthptop_creep_steps_total", TEXT_COUNTER, CAP_ADDRESS, true, family_creep_steps,
	  "Collapses that were possible only because of what earlier ones had filled." },
	{ "mthptop_creep_filled_bytes_total", TEXT_COUNTER, CAP_ADDRESS, true, family_creep_filled,
	  "Memory that creep steps filled with zeroes." },
	{ "mthptop_cgroup_collapsed_bytes_total", TEXT_COUNTER, CAP_OWNER, false,
	  family_cgroup_collapsed,
	  "As mthptop_collapsed_bytes_total, by the cgroup of the owner." },
	{ "mthptop_cgroup_filled_bytes_total", TEXT_COUNTER, CAP_OWNER, false, family_cgroup_filled,
	  "As mthptop_filled_bytes_total, by the cgroup of the owner." },
	{ "mthptop_cgroup_memory_bytes", TEXT_GAUGE, CAP_NONE, false, family_cgroup_memory,
	  "Anonymous memory of a cgroup: all of it, and that in huge pages of PMD size." },
	{ "mthptop_memory_bytes", TEXT_GAUGE, CAP_NONE, false, family_memory,
	  "Memory of the machine by kind: all of it, and that in huge pages of PMD size." },
	{ "mthptop_thp_events_total", TEXT_COUNTER, CAP_STATS, false, family_thp_events,
	  "The kernel's own counters of each folio size: hugepages-*/stats." },
	{ "mthptop_thp_folios", TEXT_GAUGE, CAP_STATS, false, family_thp_folios,
	  "Folios of each size that exist now: nr_* of hugepages-*/stats." },
	{ "mthptop_thp_bytes", TEXT_GAUGE, CAP_STATS, false, family_thp_bytes,
	  "As mthptop_thp_folios, times their size." },
	{ "mthptop_vmstat_thp_total", TEXT_COUNTER, CAP_STATS, false, family_vmstat,
	  "The kernel's own counters of huge pages: thp_* of /proc/vmstat." },
	{ "mthptop_khugepaged_full_scans_total", TEXT_COUNTER, CAP_STATS, false, family_full_scans,
	  "How often khugepaged has gone through all memory." },
	{ "mthptop_khugepaged_cpu_seconds_total", TEXT_COUNTER, CAP_NONE, false,
	  family_khugepaged_cpu, "CPU time of khugepaged." },
	{ "mthptop_losses_total", TEXT_COUNTER, CAP_OUTCOME, true, family_losses,
	  "What was not counted, by the reason." },
	{ "mthptop_bpf_cpu_seconds_total", TEXT_COUNTER, CAP_OUTCOME, false, family_bpf_cpu,
	  "CPU time of the BPF programs, while kernel.bpf_stats_enabled is 1." },
	{ "process_cpu_seconds_total", TEXT_COUNTER, CAP_NONE, false, family_process_cpu,
	  "CPU time of the exporter." },
	{ "process_resident_memory_bytes", TEXT_GAUGE, CAP_NONE, false, family_process_resident,
	  "Resident memory of the exporter." },
	{ "process_virtual_memory_bytes", TEXT_GAUGE, CAP_NONE, false, family_process_virtual,
	  "Virtual memory of the exporter." },
	{ "process_start_time_seconds", TEXT_GAUGE, CAP_NONE, false, family_process_start,
	  "When the exporter was started." },
	{ "process_open_fds", TEXT_GAUGE, CAP_NONE, false, family_process_fds,
	  "File descriptors that the exporter has open." },
	{ "process_max_fds", TEXT_GAUGE, CAP_NONE, false, family_process_max_fds,
	  "File descriptors that the exporter may have open." },
};

void families_write(struct text *t, const struct reading *r)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		const struct family *f = &families[i];

		if (!reading_has(r, f->needs))
			continue;
		text_family(t, f->name, f->type, f->help);
		text_created(t, f->observed ? r->since_ns : 0);
		f->write(t, r);
	}
}
