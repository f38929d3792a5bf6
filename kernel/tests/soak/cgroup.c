// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory cgroup of a round. When its processes are gone, no page of the machine may be charged
 * to it: /proc/kpagecgroup reports the cgroup of each page, so a single lost page is found.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account.h"
#include "ktap.h"
#include "settings.h"

#define CGROUPS "/sys/fs/cgroup"

static void cgroup_file(const char *path, const char *file, const char *value)
{
	char name[160];

	snprintf(name, sizeof(name), "%s/%s", path, file);
	if (file_write(name, value))
		ktap_note("cannot write %s to %s: %s", value, name, strerror(errno));
}

const char *cgroup_make(const char *name)
{
	static char path[80];

	(void)file_write(CGROUPS "/cgroup.subtree_control", "+memory");
	snprintf(path, sizeof(path), CGROUPS "/%s", name);
	rmdir(path);
	if (mkdir(path, 0755))
		return NULL;
	return path;
}

void cgroup_enter(const char *path)
{
	if (path)
		cgroup_file(path, "cgroup.procs", "0");
}

static long cgroup_number(const char *path, const char *file)
{
	char name[160], text[32];

	snprintf(name, sizeof(name), "%s/%s", path, file);
	return file_read(name, text, sizeof(text)) > 0 ? strtol(text, NULL, 10) : -1;
}

/* Pages of the machine that are charged to the cgroup of this inode number; notes the first ones. */
static long charged_pages(ino_t ino)
{
	static uint64_t buf[4096];
	int fd = open("/proc/kpagecgroup", O_RDONLY | O_CLOEXEC);
	int flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	uint64_t pfn = 0, kpf;
	long found = 0;
	ssize_t got, i;

	if (fd < 0)
		return -1;
	while ((got = pread(fd, buf, sizeof(buf), pfn * 8)) > 0) {
		for (i = 0; i < got / 8; i++) {
			if (buf[i] != ino || found++ >= 5)
				continue;
			kpf = 0;
			if (pread(flags, &kpf, 8, (pfn + i) * 8) != 8)
				kpf = 0;
			ktap_note("page %#llx is still charged to the cgroup (kpageflags %#llx)",
				  (unsigned long long)(pfn + i), (unsigned long long)kpf);
		}
		pfn += got / 8;
	}
	close(fd);
	close(flags);
	return found;
}

static void note_stat(const char *path)
{
	char name[160], line[100];
	FILE *f;

	snprintf(name, sizeof(name), "%s/memory.stat", path);
	f = fopen(name, "re");
	for (unsigned int i = 0; f && i < 30 && fgets(line, sizeof(line), f); i++) {
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line + strcspn(line, " "), " 0"))
			ktap_note("memory.stat: %s", line);
	}
	if (f)
		fclose(f);
}

void cgroup_settle(const char *path, bool judge)
{
	/* Each CPU may keep a page of it for small objects. */
	long pages = -1, bytes = -1, most = sysconf(_SC_NPROCESSORS_ONLN) * PAGE_LEN;
	unsigned int try;
	struct stat st;

	if (!path || stat(path, &st))
		return;
	for (try = 0; try < 30; try++) {
		/* Takes back what each CPU has charged in advance, without waiting. */
		cgroup_file(path, "memory.high", "0");
		bytes = cgroup_number(path, "memory.current");
		if (bytes <= most)
			break;
		cgroup_file(path, "memory.high", "max");
		sleep(1);
	}
	if (!judge) {
		rmdir(path);
		return;
	}
	pages = charged_pages(st.st_ino);
	ktap_ok(pages <= 0, "no page is left charged to the memory cgroup (%ld%s)", pages,
		pages < 0 ? ": cannot be told" : "");
	if (bytes)
		note_stat(path);
	ktap_ok(bytes >= 0 && bytes <= most,
		"nothing is left charged to the memory cgroup (%ld bytes, at most %ld)", bytes,
		most);
	ktap_ok(rmdir(path) == 0, "the memory cgroup can be removed");
}
