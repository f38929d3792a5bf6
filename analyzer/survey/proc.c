// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes, and from /proc/PID their name, cgroup, start, and whether huge pages are disabled.
 *
 * An open directory stands for a process, not its pid: /proc/PID as it was opened stays that of the same
 * process, so a pid that is used again cannot mix up two of them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cgroup.h"
#include "lib/file.h"
#include "survey/proc_priv.h"

#define TEXT	   8192
#define PF_EXITING 4 /* include/linux/sched.h */

static int cmp_pid(const void *a, const void *b)
{
	__u32 x = *(const __u32 *)a, y = *(const __u32 *)b;

	return x < y ? -1 : x > y;
}

int survey_pids(__u32 **pids, size_t *nr)
{
	DIR *proc = opendir("/proc");
	size_t max = 0;
	struct dirent *d;
	__u32 *more;

	*pids = NULL;
	*nr = 0;
	if (!proc)
		return -errno;
	while ((d = readdir(proc))) {
		if (d->d_name[0] < '1' || d->d_name[0] > '9')
			continue;
		if (*nr == max) {
			max = max ? 2 * max : 256;
			more = realloc(*pids, max * sizeof(*more));
			if (!more) {
				free(*pids);
				closedir(proc);
				return -ENOMEM;
			}
			*pids = more;
		}
		(*pids)[(*nr)++] = strtoul(d->d_name, NULL, 10);
	}
	closedir(proc);
	qsort(*pids, *nr, sizeof(**pids), cmp_pid);
	return 0;
}

/* The fields after the name; the name may hold blanks and brackets. */
static int read_stat(int dir, struct survey_proc *p)
{
	char buf[TEXT], *open, *at;
	ssize_t n = file_read(dir, "stat", buf, sizeof(buf));
	int field;

	if (n < 0)
		return (int)n;
	open = strchr(buf, '(');
	at = strrchr(buf, ')');
	if (!open || !at || at < open)
		return -ESRCH;
	*at++ = '\0';
	snprintf(p->comm, sizeof(p->comm), "%s", open + 1);
	/* Now at the blank before field 3; the time of its start is field 22. */
	for (field = 3; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	p->start = at ? strtoull(at, NULL, 10) : 0;
	return 0;
}

static void read_cgroup(int dir, struct survey_proc *p)
{
	char buf[TEXT], *line, *next;

	if (file_read(dir, "cgroup", buf, sizeof(buf)) < 0)
		return;
	for (line = buf; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strncmp(line, "0::", 3))
			continue;
		p->cgroup = strdup(line + 3);
		if (p->cgroup && cgroup_id(p->cgroup, &p->cgroup_id))
			p->cgroup_id = 0;
		return;
	}
}

int survey_proc_open(__u32 pid, struct survey_proc *p)
{
	char name[32], buf[TEXT], *line;
	int dir, err;
	ssize_t n;

	memset(p, 0, sizeof(*p));
	p->pid = pid;
	snprintf(name, sizeof(name), "/proc/%u", pid);
	dir = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	err = read_stat(dir, p);
	n = err ? err : file_read(dir, "status", buf, sizeof(buf));
	if (n < 0) {
		close(dir);
		return (int)n;
	}
	line = strstr(buf, "\nTHP_enabled:");
	p->thp_disabled = line && atoi(line + strlen("\nTHP_enabled:")) == 0;
	read_cgroup(dir, p);
	return dir;
}

void survey_proc_clear(struct survey_proc *p)
{
	free(p->cgroup);
	p->cgroup = NULL;
}

int survey_proc_ended(int dir)
{
	char buf[64];

	return file_read(dir, "stat", buf, sizeof(buf)) <= 0;
}

int survey_proc_exiting(int dir)
{
	char buf[TEXT], *at;
	unsigned long flags;
	int field;

	if (file_read(dir, "stat", buf, sizeof(buf)) <= 0)
		return 1;
	at = strrchr(buf, ')');
	/* At the blank before field 3; the flags are field 9. */
	if (at)
		at++;
	for (field = 3; at && *at && field < 9; field++)
		at = strchr(at + 1, ' ');
	flags = at ? strtoul(at, NULL, 10) : 0;
	return (flags & PF_EXITING) != 0;
}

/* Is @path the cgroup @top or below it? */
static int below(const char *path, const char *top)
{
	size_t len;

	while (*top == '/')
		top++;
	len = strlen(top);
	while (len && top[len - 1] == '/')
		len--;
	if (!path)
		return 0;
	path += *path == '/';
	return !len || (!strncmp(path, top, len) && (!path[len] || path[len] == '/'));
}

int survey_proc_matches(const struct survey_proc *p, const struct survey_wanted *wanted)
{
	if (wanted->cgroup && !below(p->cgroup, wanted->cgroup))
		return 0;
	return !wanted->comm || !fnmatch(wanted->comm, p->comm, 0);
}
