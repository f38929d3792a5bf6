// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transparent huge page settings. The values that settings_save() read are written back when the program
 * exits or a signal ends it. Files that a kernel does not have are skipped. A write to the settings
 * may start khugepaged (and a scan with it) or stop it: see khugepaged.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "settings.h"

struct saved {
	char name[64];
	char value[64];
};

static struct saved saved[40];
static unsigned int nr_saved;

int file_read(const char *path, char *buf, unsigned int size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, buf, size - 1);
	if (len < 0)
		len = -errno;
	close(fd);
	if (len < 0)
		return len;
	while (len && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return len;
}

int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), err = 0;
	ssize_t len = strlen(text);

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != len)
		err = errno ? -errno : -EIO;
	close(fd);
	return err;
}

int thp_write(const char *name, const char *value)
{
	char path[160];

	snprintf(path, sizeof(path), THP_DIR "%s", name);
	return file_write(path, value);
}

int thp_write_num(const char *name, unsigned long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", value);
	return thp_write(name, text);
}

long thp_read(const char *name)
{
	char path[160], text[64], *end;
	long value;
	int len;

	snprintf(path, sizeof(path), THP_DIR "%s", name);
	len = file_read(path, text, sizeof(text));
	if (len < 0)
		return len;
	value = strtol(text, &end, 10);
	return *end || end == text ? -EINVAL : value;
}

void kh_set(const char *name, unsigned long value)
{
	char path[80];
	int err;

	snprintf(path, sizeof(path), "khugepaged/%s", name);
	err = thp_write_num(path, value);
	if (err)
		ktap_die("cannot set %s to %lu: %s", path, value, strerror(-err));
}

static void order_file(char *buf, size_t size, unsigned int order, const char *rest)
{
	snprintf(buf, size, "hugepages-%lukB/%s", PAGE_LEN << order >> 10, rest);
}

/* Before Linux 6.8 there is one switch, for PMD size. */
static int one_size(uint32_t mask, const char *value)
{
	if (mask & ~(1U << PMD_ORDER))
		return -ENOENT;
	return thp_write("enabled", mask ? value : "never");
}

void thp_orders(uint32_t mask, const char *value)
{
	unsigned int order;
	char name[64];
	int err;

	if (access(THP_DIR "hugepages-2048kB", F_OK)) {
		err = one_size(mask, value);
		if (err)
			ktap_die("cannot set sizes %s: %s", orders_name(mask), strerror(-err));
		return;
	}
	for (order = MIN_ORDER; order <= PMD_ORDER; order++) {
		order_file(name, sizeof(name), order, "enabled");
		err = thp_write(name, mask >> order & 1 ? value : "never");
		if (err)
			ktap_die("cannot set %s: %s", name, strerror(-err));
	}
}

long thp_stat(unsigned int order, const char *name)
{
	char rest[48], path[96];

	snprintf(rest, sizeof(rest), "stats/%s", name);
	order_file(path, sizeof(path), order, rest);
	return thp_read(path);
}

const char *orders_name(uint32_t mask)
{
	static char text[4][64];
	static unsigned int next;
	char *buf = text[next++ % 4];
	unsigned int order;
	size_t len = 0;

	buf[0] = '\0';
	for (order = 0; order <= PMD_ORDER; order++) {
		unsigned long kb = PAGE_LEN << order >> 10;

		if (!(mask >> order & 1))
			continue;
		len += snprintf(buf + len, sizeof(text[0]) - len, "%s%lu%c", len ? "," : "",
				kb >= 1024 ? kb / 1024 : kb, kb >= 1024 ? 'M' : 'K');
	}
	return buf;
}

bool have_series(void)
{
	return thp_read("khugepaged/creep_guard") >= 0;
}

long file_key(const char *path, const char *key)
{
	size_t len = strlen(key);
	long value = -ENOENT;
	char line[256];
	FILE *f;

	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, len) == 0 && strchr(" :\t", line[len])) {
			value = strtol(line + len + strspn(line + len, " :\t"), NULL, 10);
			break;
		}
	}
	fclose(f);
	return value;
}

/* "always [madvise] never": the word in brackets is the value. */
static void save_one(const char *name)
{
	struct saved *s = &saved[nr_saved];
	char path[160], text[64], *open, *close;

	snprintf(path, sizeof(path), THP_DIR "%s", name);
	if (nr_saved == sizeof(saved) / sizeof(saved[0]) || file_read(path, text, sizeof(text)) < 0)
		return;
	open = strchr(text, '[');
	close = open ? strchr(open, ']') : NULL;
	if (close)
		*close = '\0';
	snprintf(s->name, sizeof(s->name), "%s", name);
	snprintf(s->value, sizeof(s->value), "%s", close ? open + 1 : text);
	nr_saved++;
}

static void restore(void)
{
	unsigned int i;

	for (i = 0; i < nr_saved; i++)
		thp_write(saved[i].name, saved[i].value);
	nr_saved = 0;
}

static void restore_and_die(int sig)
{
	restore();
	signal(sig, SIG_DFL);
	raise(sig);
}

void settings_save(void)
{
	static const char *const names[] = {
		"enabled",
		"defrag",
		"use_zero_page",
		"shrink_underused",
		"khugepaged/defrag",
		"khugepaged/max_ptes_none",
		"khugepaged/max_ptes_swap",
		"khugepaged/max_ptes_shared",
		"khugepaged/pages_to_scan",
		"khugepaged/scan_sleep_millisecs",
		"khugepaged/alloc_sleep_millisecs",
		"khugepaged/creep_guard",
	};
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP, SIGSEGV, SIGBUS, SIGABRT };
	unsigned int i;
	char name[64];

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		save_one(names[i]);
	for (i = MIN_ORDER; i <= PMD_ORDER; i++) {
		order_file(name, sizeof(name), i, "enabled");
		save_one(name);
	}
	atexit(restore);
	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		signal(sigs[i], restore_and_die);
}
