// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads settings and counters of transparent huge pages from /sys and /proc.
 *
 * Kernels have different files, so no function fails: a file that is missing, empty or malformed leaves its
 * field unknown. Tests replace the root of all paths. A live view calls this once a second; each file is
 * opened, read at once and closed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/file.h"
#include "model/thp_sysfs.h"

#define THP	  "/sys/kernel/mm/transparent_hugepage"
#define DIR_ORDER "hugepages-"

static long long read_number(int dir, const char *path)
{
	__u64 value;

	if (file_read_u64(dir, path, &value) || value > (__u64)__LONG_LONG_MAX__)
		return META_UNKNOWN;
	return value;
}

/* "always [madvise] never": the word in brackets. */
static void read_word(int dir, const char *path, char *word, size_t len)
{
	char buf[128];
	const char *chosen;

	file_read(dir, path, buf, sizeof(buf));
	chosen = file_choice(buf);
	snprintf(word, len, "%s", chosen && strlen(chosen) < len ? chosen : "");
}

static int open_dir(const char *root, const char *path)
{
	char full[4096];

	if (snprintf(full, sizeof(full), "%s%s", root, path) >= (int)sizeof(full))
		return -ENAMETOOLONG;
	return open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Calls @fn for each order that has a hugepages-N kB directory below @thp. */
static void each_order(int thp, __u32 page_size,
		       void (*fn)(void *ctx, int thp, const char *dir, __u32 order), void *ctx)
{
	char dir[64];
	__u32 order;

	for (order = 1; order < MTHP_NR_ORDERS; order++) {
		snprintf(dir, sizeof(dir), DIR_ORDER "%llukB",
			 ((unsigned long long)page_size << order) >> 10);
		if (!faccessat(thp, dir, F_OK, 0))
			fn(ctx, thp, dir, order);
	}
}

static void read_order_setting(void *ctx, int thp, const char *dir, __u32 order)
{
	struct settings *s = ctx;
	char path[96];

	snprintf(path, sizeof(path), "%s/enabled", dir);
	read_word(thp, path, s->order_enabled[order], sizeof(s->order_enabled[order]));
}

void sysinfo_read_settings(const char *root, struct meta *meta)
{
	struct settings *s = &meta->settings;
	int thp = open_dir(root, THP);

	memset(s, 0, sizeof(*s));
#define X(field, file) s->field = read_number(thp, file);
	META_NUMBERS(X)
#undef X
#define X(field, file) read_word(thp, file, s->field, sizeof(s->field));
	META_WORDS(X)
#undef X
	each_order(thp, meta->page_size, read_order_setting, s);
	if (thp >= 0)
		close(thp);
}

static __u32 order_of(__u64 bytes, __u32 page_size)
{
	__u32 order;

	for (order = 1; order < MTHP_NR_ORDERS; order++)
		if (bytes == (__u64)page_size << order)
			return order;
	return 0;
}

void sysinfo_read_meta(const char *root, struct meta *meta)
{
	int thp = open_dir(root, THP);
	struct utsname u;
	long long size;

	meta_init(meta);
	if (!uname(&u)) {
		snprintf(meta->host, sizeof(meta->host), "%.*s", META_HOST_LEN - 1, u.nodename);
		snprintf(meta->release, sizeof(meta->release), "%.*s", META_NAME_LEN - 1,
			 u.release);
		snprintf(meta->machine, sizeof(meta->machine), "%.*s", META_NAME_LEN - 1,
			 u.machine);
	}
	meta->page_size = sysconf(_SC_PAGESIZE);
	meta->nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size = read_number(thp, "hpage_pmd_size");
	if (size != META_UNKNOWN)
		meta->pmd_order = order_of(size, meta->page_size);
	if (thp >= 0)
		close(thp);
	sysinfo_read_settings(root, meta);
}

static void add_counter(struct counters *counters, const char *name, size_t len, __u8 order,
			__u64 value)
{
	struct counter *c = &counters->c[counters->nr];

	if (counters->nr >= COUNTERS_MAX || len >= sizeof(c->name))
		return;
	memcpy(c->name, name, len);
	c->name[len] = '\0';
	c->order = order;
	c->value = value;
	counters->nr++;
}

/* Lines of "name value": those about huge pages, and about page faults that waited for compaction or reclaim. */
static void read_vmstat(const char *root, struct counters *counters)
{
	char buf[32768], path[4096];
	char *line, *end, *space;
	__u64 value;

	snprintf(path, sizeof(path), "%s/proc/vmstat", root);
	file_read(AT_FDCWD, path, buf, sizeof(buf));
	for (line = buf; line; line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		if (strncmp(line, "thp_", 4) && strncmp(line, "compact_stall ", 14) &&
		    strncmp(line, "compact_fail ", 13) && strncmp(line, "allocstall_", 11))
			continue;
		space = strchr(line, ' ');
		if (space && (!end || space < end) && !file_parse_u64(space + 1, &value))
			add_counter(counters, line, space - line, COUNTER_NO_ORDER, value);
	}
}

static int not_hidden(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void read_order_stats(void *ctx, int thp, const char *dir, __u32 order)
{
	struct counters *counters = ctx;
	struct dirent **names;
	long long value;
	char path[512];
	int i, nr;

	snprintf(path, sizeof(path), "%s/stats", dir);
	nr = scandirat(thp, path, &names, not_hidden, alphasort);
	for (i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "%s/stats/%s", dir, names[i]->d_name);
		value = read_number(thp, path);
		add_counter(counters, names[i]->d_name, strlen(names[i]->d_name), order,
			    value == META_UNKNOWN ? COUNTER_UNKNOWN : (__u64)value);
		free(names[i]);
	}
	if (nr >= 0)
		free(names);
}

void sysinfo_read_counters(const char *root, __u32 page_size, struct counters *counters)
{
	static const char *const khugepaged[] = { "pages_collapsed", "full_scans" };
	int thp = open_dir(root, THP);
	long long value;
	char path[64];
	size_t i;

	counters->nr = 0;
	read_vmstat(root, counters);
	for (i = 0; i < ARRAY_SIZE(khugepaged); i++) {
		snprintf(path, sizeof(path), "khugepaged/%s", khugepaged[i]);
		value = read_number(thp, path);
		if (value != META_UNKNOWN)
			add_counter(counters, khugepaged[i], strlen(khugepaged[i]),
				    COUNTER_NO_ORDER, value);
	}
	each_order(thp, page_size, read_order_stats, counters);
	if (thp >= 0)
		close(thp);
}
