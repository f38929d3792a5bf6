/* SPDX-License-Identifier: GPL-2.0-only */
/* /sys/kernel/mm/transparent_hugepage: read, write, and put back at the end. */
#ifndef MTHP_SETTINGS_H
#define MTHP_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

/* Of the kernel under test: most tests run with pages of 4 KiB. A page table fills a page: 8 bytes an entry. */
#ifndef TEST_PAGE_SHIFT
#define TEST_PAGE_SHIFT 12
#endif
#define PMD_ORDER  (TEST_PAGE_SHIFT - 3)
#define PMD_NR	   (1U << PMD_ORDER)
#define PAGE_LEN   (1UL << TEST_PAGE_SHIFT)
#define PMD_SIZE   (PAGE_LEN << PMD_ORDER)
#define MIN_ORDER  2
#define ORDERS_ALL (((2U << PMD_ORDER) - 1) & ~3U)

/* The directory of all settings. */
#define THP_DIR "/sys/kernel/mm/transparent_hugepage/"

/* Remembers all settings, and restores them when the program ends in whatever way. */
void settings_save(void);

/* name is relative to THP_DIR. 0 or -errno; dies only when the name is one every kernel has. */
int thp_write(const char *name, const char *value);
int thp_write_num(const char *name, unsigned long value);

/* The number in a file, or -errno. */
long thp_read(const char *name);

/* One file of khugepaged/, which must take the value. */
void kh_set(const char *name, unsigned long value);

/* Set hugepages-*kB/enabled: value for the orders of the mask, `never` for the others. */
void thp_orders(uint32_t mask, const char *value);

/* khugepaged's counter of one order, or -errno (-ENOENT: this kernel does not count it). */
long thp_stat(unsigned int order, const char *name);

/* "16K,64K,2M"; the text lives in one of four buffers. */
const char *orders_name(uint32_t mask);

/* Has this kernel the series? */
bool have_series(void);

/* A number from a file of "name value" lines, such as /proc/vmstat, or -ENOENT. */
long file_key(const char *path, const char *key);

/* Read a small file as text, without its last newline: length or -errno. */
int file_read(const char *path, char *buf, unsigned int size);
int file_write(const char *path, const char *text);

#endif /* MTHP_SETTINGS_H */
