// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping, filling and measuring the memory of a demo scenario.
 *
 * A region is mapped with MADV_NOHUGEPAGE, so that page faults fill it with base pages under any setting
 * of the machine; demo_memory_allow() allows larger folios once it is filled. The mapping around the
 * region is inaccessible, so the kernel does not merge the region with its neighbours, and smaps has
 * entries of its own for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "demo/memory_priv.h"
#include "lib/file.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

size_t demo_memory_range(void)
{
	__u64 size;

	if (file_read_u64(AT_FDCWD, "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", &size))
		return 0;
	return size;
}

/*
 * A file on disk that nobody has open for writing: the kernel collapses no other. -EMEDIUMTYPE if the
 * folder is in shared memory.
 */
static int make_file(size_t len)
{
	const char *dir = getenv("TMPDIR");
	char path[512], fd_path[64], *zeros;
	struct statfs fs;
	int fd, ro = -1, err = 0;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/mthptop-demo-XXXXXX", dir && *dir ? dir : "/var/tmp");
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) || fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC) {
		err = -EMEDIUMTYPE;
		zeros = NULL;
		goto out;
	}
	zeros = calloc(1, len);
	if (!zeros) {
		err = -ENOMEM;
		goto out;
	}
	memset(zeros, 1, len);
	n = write(fd, zeros, len);
	if (n != (ssize_t)len || fsync(fd)) {
		err = n < 0 ? -errno : -ENOSPC;
		goto out;
	}
	snprintf(fd_path, sizeof(fd_path), "/proc/self/fd/%d", fd);
	ro = open(fd_path, O_RDONLY | O_CLOEXEC);
	if (ro < 0)
		err = -errno;
out:
	free(zeros);
	close(fd);
	unlink(path);
	return err ? err : ro;
}

static int make_fd(enum demo_kind kind, size_t len)
{
	int fd, err;

	if (kind == DEMO_FILE)
		return make_file(len);
	fd = memfd_create("mthptop-demo", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!ftruncate(fd, (off_t)len))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int demo_memory_map(struct demo_memory *m, enum demo_kind kind, size_t nr_ranges, int plain)
{
	int prot = kind == DEMO_FILE ? PROT_READ | PROT_EXEC : PROT_READ | PROT_WRITE;
	int flags = kind == DEMO_SHMEM ? MAP_SHARED : MAP_PRIVATE;
	int err;

	*m = (struct demo_memory){
		.kind = kind, .plain = plain, .fd = -1, .range = demo_memory_range()
	};
	if (!m->range)
		return -EOPNOTSUPP;
	m->page = (size_t)sysconf(_SC_PAGESIZE);
	m->len = nr_ranges * m->range;
	m->map_len = m->len + m->range + m->page;
	m->map = mmap(NULL, m->map_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		      0);
	if (m->map == MAP_FAILED) {
		err = -errno;
		m->map = NULL;
		return err;
	}
	m->base = (char *)(((uintptr_t)m->map + m->range - 1) & ~(m->range - 1));
	if (kind != DEMO_ANON) {
		m->fd = make_fd(kind, m->len);
		if (m->fd < 0) {
			err = m->fd;
			goto out;
		}
	}
	if (kind == DEMO_ANON)
		flags |= MAP_ANONYMOUS;
	if (mmap(m->base, m->len, prot, flags | MAP_FIXED, m->fd, 0) == MAP_FAILED ||
	    (!plain && madvise(m->base, m->len, MADV_NOHUGEPAGE))) {
		err = -errno;
		goto out;
	}
	return 0;
out:
	demo_memory_unmap(m);
	return err;
}

void demo_memory_unmap(struct demo_memory *m)
{
	if (m->map)
		munmap(m->map, m->map_len);
	if (m->fd >= 0)
		close(m->fd);
	m->map = NULL;
	m->fd = -1;
}

void demo_memory_touch(const struct demo_memory *m, size_t from, size_t step, size_t count)
{
	size_t at, i;

	for (at = 0; at < m->len; at += m->range) {
		for (i = 0; i < count; i++) {
			volatile char *p = m->base + at + (from + i * step) * m->page;

			if (m->kind == DEMO_FILE)
				(void)*p;
			else
				*p = 1;
		}
	}
}

int demo_memory_allow(const struct demo_memory *m)
{
	/*
	 * Twice: khugepaged registers the VMA by its flags of before the call, as far as shmem decides
	 * (seen on 6.18, shmem_allowable_huge_orders() in mm/shmem.c).
	 */
	if (m->plain)
		return 0;
	if (madvise(m->base, m->len, MADV_HUGEPAGE))
		return -errno;
	return madvise(m->base, m->len, MADV_HUGEPAGE) ? -errno : 0;
}

int demo_memory_collapse(const struct demo_memory *m, int tries)
{
	const struct timespec step = { 0, 50 * 1000000L };
	int err;

	for (;;) {
		err = madvise(m->base, m->len, MADV_COLLAPSE) ? -errno : 0;
		if ((err != -EAGAIN && err != -EBUSY && err != -ENOMEM) || --tries <= 0)
			return err;
		nanosleep(&step, NULL);
	}
}

/* Adds a line of smaps to its sum. */
static void add_line(const char *line, struct demo_usage *u)
{
	unsigned long kb;
	char key[64];

	if (sscanf(line, "%63[^:]: %lu kB", key, &kb) != 2)
		return;
	if (!strcmp(key, "Rss"))
		u->rss += kb * 1024;
	else if (!strcmp(key, "AnonHugePages") || !strcmp(key, "ShmemPmdMapped") ||
		 !strcmp(key, "FilePmdMapped"))
		u->huge += kb * 1024;
	else if (!strcmp(key, "Swap"))
		u->swap += kb * 1024;
}

int demo_memory_usage(const struct demo_memory *m, struct demo_usage *usage)
{
	unsigned long start, end;
	char line[512], rest;
	int ours = 0;
	FILE *f;

	memset(usage, 0, sizeof(*usage));
	f = fopen("/proc/self/smaps", "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx %c", &start, &end, &rest) == 3)
			ours = start >= (uintptr_t)m->base && start < (uintptr_t)m->base + m->len;
		else if (ours)
			add_line(line, usage);
	}
	fclose(f);
	return 0;
}
