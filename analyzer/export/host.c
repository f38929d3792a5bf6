// SPDX-License-Identifier: GPL-2.0-only
/* See host_priv.h. No file here needs a privilege. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "export/host_priv.h"
#include "lib/file.h"
#include "lib/fmt.h"

#define NSEC 1000000000ULL

void host_init(struct host *h, const char *root)
{
	char path[4096];

	memset(h, 0xff, sizeof(*h));
	h->khugepaged = 0;
	snprintf(path, sizeof(path), "%s/proc/self/fd", root);
	h->fd_dir = opendir(path);
}

void host_free(struct host *h)
{
	if (h->fd_dir)
		closedir(h->fd_dir);
	h->fd_dir = NULL;
}

/* The fields of a /proc/PID/stat behind the name, which may hold any byte: from field 3 on. */
static const char *stat_fields(char *text)
{
	const char *end = strrchr(text, ')');

	return end && end[1] ? end + 2 : NULL;
}

/* Field @nr of proc_pid_stat(5), at least 3. */
static __u64 stat_field(const char *fields, int nr)
{
	__u64 value;

	for (; fields && nr > 3; nr--) {
		fields = strchr(fields, ' ');
		fields = fields ? fields + 1 : NULL;
	}
	return !fields || file_parse_u64(fields, &value) ? NUM_UNKNOWN : value;
}

static __u64 ticks_ns(__u64 ticks)
{
	return ticks * (NSEC / sysconf(_SC_CLK_TCK));
}

/* User and system time. */
static __u64 cpu_ns(const char *fields)
{
	__u64 user = stat_field(fields, 14), system = stat_field(fields, 15);

	return user == NUM_UNKNOWN || system == NUM_UNKNOWN ? NUM_UNKNOWN : ticks_ns(user + system);
}

#define KTHREAD 0x00200000 /* PF_KTHREAD of include/linux/sched.h */

/* 1: the process @pid is khugepaged, and not one that calls itself so. */
static int is_khugepaged(char *text)
{
	const char *fields = stat_fields(text);
	__u64 flags = stat_field(fields, 9);

	return fields && strstr(text, "(khugepaged)") && flags != NUM_UNKNOWN && (flags & KTHREAD);
}

static int read_stat(const char *root, int pid, char *text, size_t len)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/proc/%d/stat", root, pid);
	return file_read(AT_FDCWD, path, text, len) > 0 ? 0 : -1;
}

/* A process id that is not khugepaged's in this namespace is looked for again at each reading. */
static int find_khugepaged(const char *root)
{
	char text[1024], path[4096];
	struct dirent *d;
	int pid = 0;
	DIR *proc;

	snprintf(path, sizeof(path), "%s/proc", root);
	proc = opendir(path);
	while (proc && !pid && (d = readdir(proc))) {
		if (!isdigit((unsigned char)d->d_name[0]) ||
		    read_stat(root, atoi(d->d_name), text, sizeof(text)) || !is_khugepaged(text))
			continue;
		pid = atoi(d->d_name);
	}
	if (proc)
		closedir(proc);
	return pid;
}

static void read_khugepaged(struct host *h, const char *root)
{
	char text[1024];

	h->khugepaged_cpu_ns = NUM_UNKNOWN;
	/* -1: there is none, and kernel threads do not come later. */
	if (!h->khugepaged) {
		h->khugepaged = find_khugepaged(root);
		if (!h->khugepaged)
			h->khugepaged = -1;
	}
	if (h->khugepaged > 0 && !read_stat(root, h->khugepaged, text, sizeof(text)) &&
	    is_khugepaged(text))
		h->khugepaged_cpu_ns = cpu_ns(stat_fields(text));
}

/* "Key:   123 kB" of @text in bytes. */
static __u64 meminfo(const char *text, const char *key)
{
	const char *at = text;
	size_t len = strlen(key);
	__u64 value;

	while (at && (strncmp(at, key, len) || at[len] != ':')) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	if (!at)
		return NUM_UNKNOWN;
	at += len + 1;
	at += strspn(at, " ");
	return file_parse_u64(at, &value) ? NUM_UNKNOWN : value << 10;
}

static void read_memory(struct host *h, const char *root)
{
	char text[8192], path[4096];

	snprintf(path, sizeof(path), "%s/proc/meminfo", root);
	file_read(AT_FDCWD, path, text, sizeof(text));
#define X(field, key, kind, size) h->field = meminfo(text, key);
	HOST_MEMORY(X)
#undef X
}

static __u64 boot_ns(const char *root)
{
	char text[65536], path[4096];
	const char *at;
	__u64 secs;

	snprintf(path, sizeof(path), "%s/proc/stat", root);
	file_read(AT_FDCWD, path, text, sizeof(text));
	at = strstr(text, "\nbtime ");
	return !at || file_parse_u64(at + strlen("\nbtime "), &secs) ? NUM_UNKNOWN : secs * NSEC;
}

static __u64 count_fds(DIR *dir)
{
	struct dirent *d;
	__u64 nr = 0;

	if (!dir)
		return NUM_UNKNOWN;
	rewinddir(dir);
	while ((d = readdir(dir)))
		nr += d->d_name[0] != '.';
	return nr;
}

static void read_own(struct host *h, const char *root)
{
	char text[1024], path[4096];
	const char *fields;
	struct rlimit max;
	__u64 start, boot;

	snprintf(path, sizeof(path), "%s/proc/self/stat", root);
	file_read(AT_FDCWD, path, text, sizeof(text));
	fields = stat_fields(text);
	h->cpu_ns = cpu_ns(fields);
	h->virtual_ = stat_field(fields, 23);
	h->resident = stat_field(fields, 24);
	if (h->resident != NUM_UNKNOWN)
		h->resident *= sysconf(_SC_PAGESIZE);
	/* The clock may be set meanwhile; a process starts once. */
	if (h->start_ns == NUM_UNKNOWN) {
		start = stat_field(fields, 22);
		boot = boot_ns(root);
		if (start != NUM_UNKNOWN && boot != NUM_UNKNOWN)
			h->start_ns = boot + ticks_ns(start);
	}
	h->fds = count_fds(h->fd_dir);
	h->max_fds = getrlimit(RLIMIT_NOFILE, &max) ? NUM_UNKNOWN : max.rlim_cur;
}

void host_read(struct host *h, const char *root)
{
	read_khugepaged(h, root);
	read_memory(h, root);
	read_own(h, root);
}
