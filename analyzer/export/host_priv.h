/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What /proc says: memory in huge pages, the CPU time of khugepaged, and what this process costs. NUM_UNKNOWN
 * where it does not say.
 */
#ifndef EXPORT_HOST_PRIV_H
#define EXPORT_HOST_PRIV_H

#include <dirent.h>
#include <mthp/types.h>

/* Of /proc/meminfo: X(field, key, kind, size) as metrics have them */
#define HOST_MEMORY(X)                                  \
	X(anon, "AnonPages", "anon", "all")             \
	X(anon_huge, "AnonHugePages", "anon", "pmd")    \
	X(shmem, "Shmem", "shmem", "all")               \
	X(shmem_huge, "ShmemHugePages", "shmem", "pmd") \
	X(file_huge, "FileHugePages", "file", "pmd")

struct host {
	DIR *fd_dir;	/* of this process; open, for its new user may not open it */
	int khugepaged; /* its pid, once found; 0 */
	__u64 khugepaged_cpu_ns;
#define X(field, key, kind, size) __u64 field;
	HOST_MEMORY(X) /* bytes */
#undef X
	__u64 cpu_ns, start_ns;	  /* of this process; CLOCK_REALTIME */
	__u64 resident, virtual_; /* bytes */
	__u64 fds, max_fds;
};

/* @root is put before every path: "", or of a test. Called before rights are given up. */
void host_init(struct host *h, const char *root);
void host_free(struct host *h);

/* @root: as above. */
void host_read(struct host *h, const char *root);

#endif
