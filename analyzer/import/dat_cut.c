// SPDX-License-Identifier: GPL-2.0-only
/*
 * Repairs a trace.dat whose end is cut off, so that the library reads the events before.
 *
 *	version 6	magic, formats, ..., options, "flyrecord", a table, pages of each CPU
 *	version 7	magic, sections, options, a section of data, options with a table
 *
 * The table has the offset and size of each CPU's data. The library expects this data in the file. In version
 * 6 the table is in front of the data, and its sizes are reduced. In version 7 the table was behind the data,
 * and is missing; the data has its own lengths, and a new table is written. The file is not trusted: every
 * offset is checked, and all loops are bounded by its size.
 */
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "import/dat.h"

#define MAX_CPUS     4096
#define MAX_SYSTEMS  4096
#define MAX_SECTIONS 4096
#define MAX_OPTIONS  65536
#define STRING_MAX   4096
#define SECTION_HEAD 16

enum section {
	SECTION_OPTIONS = 0,
	SECTION_BUFFER = 3,
};

enum option {
	OPTION_DONE = 0,
	OPTION_BUFFER = 3,
	OPTION_CPUCOUNT = 8,
};

/* The file; it is written only if @fd is a copy. @bad: an offset was outside the file. */
struct file {
	int fd;
	__u64 size, at;
	__u32 page, word; /* bytes of a page of the file, and of a long */
	bool big, bad, write;
};

static __u64 get(struct file *f, size_t bytes)
{
	__u8 b[8] = { 0 };
	__u64 n = 0;
	size_t i;

	if (f->at > f->size || f->size - f->at < bytes ||
	    pread(f->fd, b, bytes, (off_t)f->at) != (ssize_t)bytes) {
		f->bad = true;
		return 0;
	}
	f->at += bytes;
	for (i = 0; i < bytes; i++)
		n = n << 8 | b[f->big ? i : bytes - 1 - i];
	return n;
}

static void set(struct file *f, __u64 at, __u64 n, size_t bytes)
{
	__u8 b[8];
	size_t i;

	for (i = 0; i < bytes; i++)
		b[f->big ? bytes - 1 - i : i] = (__u8)(n >> 8 * i);
	if (f->write && pwrite(f->fd, b, bytes, (off_t)at) != (ssize_t)bytes)
		f->bad = true;
}

static void skip(struct file *f, __u64 bytes)
{
	if (f->at > f->size || f->size - f->at < bytes)
		f->bad = true;
	else
		f->at += bytes;
}

static void skip_string(struct file *f)
{
	size_t i;

	for (i = 0; i < STRING_MAX && !f->bad; i++)
		if (!get(f, 1))
			return;
	f->bad = true;
}

static bool take_string(struct file *f, const char *text)
{
	size_t i;

	for (i = 0; i <= strlen(text) && !f->bad; i++)
		if (get(f, 1) != (__u8)text[i])
			return false;
	return !f->bad;
}

static __u64 up(const struct file *f, __u64 n)
{
	return (n + f->page - 1) / f->page * f->page;
}

/* ---- Pages of records ---- */

/* Bytes of the record at f->at, with its head. 0: the rest of the page is empty. */
static __u64 record_bytes(struct file *f)
{
	__u32 head = (__u32)get(f, 4), type = f->big ? head >> 27 : head & 31;
	bool has_delta = f->big ? head & 0x7ffffff : head >> 5;

	switch (type) {
	case 30: /* time extend */
	case 31: /* time stamp */
		return 8;
	case 29: /* padding */
		return has_delta ? get(f, 4) + 4 : 0;
	case 0:
		return get(f, 4) + 4;
	}
	return type * 4 + 4;
}

/*
 * The file ends inside the page at @at. Reduces the page's number of bytes to its complete records, and fills
 * the page up. Returns the bytes used of the page; 0: no record is complete.
 */
static __u64 mend_page(struct file *f, __u64 at)
{
	__u64 begin = at + 8 + f->word, used = begin, bytes, commit;

	f->at = at + 8;
	commit = get(f, f->word) & 0xfffff;
	while (!f->bad && used < f->size && used - begin < commit) {
		f->at = used;
		bytes = record_bytes(f);
		if (f->bad || !bytes || bytes > f->size - used)
			break;
		used += bytes;
	}
	f->bad = false;
	if (used == begin)
		return 0;
	set(f, at + 8, used - begin < commit ? used - begin : commit, f->word);
	set(f, at + f->page - 1, 0, 1);
	return f->page;
}

/* The bytes that are left of @size bytes of pages at @offset. Repairs a page that is cut off. */
static __u64 left_of(struct file *f, __u64 offset, __u64 size)
{
	__u64 left;

	if (offset >= f->size)
		return 0;
	left = f->size - offset;
	if (left >= size)
		return size;
	size = left / f->page * f->page;
	return size == left ? size : size + mend_page(f, offset + size);
}

/* ---- Version 6 ---- */

/* Moves from behind the size of a page to behind the options. False: the file ends before. */
static bool skip_formats(struct file *f)
{
	__u64 nr, events, i, j;

	for (i = 0; i < 2; i++) {
		skip_string(f);
		skip(f, get(f, 8));
	}
	nr = get(f, 4);
	for (i = 0; i < nr && !f->bad; i++)
		skip(f, get(f, 8));
	nr = get(f, 4);
	for (i = 0; i < nr && i < MAX_SYSTEMS && !f->bad; i++) {
		skip_string(f);
		events = get(f, 4);
		for (j = 0; j < events && !f->bad; j++)
			skip(f, get(f, 8));
	}
	skip(f, get(f, 4));
	skip(f, get(f, 4));
	skip(f, get(f, 8));
	return !f->bad;
}

static bool skip_options(struct file *f)
{
	__u64 i, id;

	for (i = 0; i < MAX_OPTIONS && !f->bad; i++) {
		id = get(f, 2);
		if (!id)
			return !f->bad;
		skip(f, get(f, 4));
	}
	return false;
}

/* 1: cut off; 0: complete; -EINVAL: cut off before the data, or malformed. */
static int version_6(struct file *f)
{
	__u64 cpus, at, offset, size, i, left, next;
	bool cut = false;
	char word[10] = "";

	if (!skip_formats(f))
		return -EINVAL;
	cpus = get(f, 4);
	for (i = 0; i < sizeof(word); i++)
		word[i] = (char)get(f, 1);
	if (!memcmp(word, "options  ", sizeof(word))) {
		if (!skip_options(f))
			return -EINVAL;
		for (i = 0; i < sizeof(word); i++)
			word[i] = (char)get(f, 1);
	}
	if (f->bad || memcmp(word, "flyrecord", sizeof(word)) || cpus > MAX_CPUS)
		return -EINVAL;
	for (i = 0; i < cpus && !f->bad; i++) {
		at = f->at;
		offset = get(f, 8);
		size = get(f, 8);
		if (f->bad || (offset <= f->size && size <= f->size - offset))
			continue;
		cut = true;
		next = f->at;
		left = left_of(f, offset, size);
		set(f, at, left ? offset : 0, 8);
		set(f, at + 8, left, 8);
		f->at = next;
	}
	return f->bad ? -EINVAL : cut;
}

/* ---- Version 7 ---- */

struct table {
	__u64 section;
	__u32 nr;
	bool packed;
	struct {
		__u64 offset, size;
	} cpus[MAX_CPUS];
};

/*
 * Reads the options at f->at. @next: the offset of the next options, 0: none. @link: the place of this offset.
 * False: they are cut off.
 */
static bool read_options(struct file *f, __u64 *next, __u64 *link, __u64 *cpus)
{
	__u64 id, size, end, i;

	get(f, 8);
	size = get(f, 8);
	end = f->at + size;
	for (i = 0; i < MAX_OPTIONS && !f->bad && f->at < end; i++) {
		id = get(f, 2);
		size = get(f, 4);
		if (id == OPTION_DONE) {
			*link = f->at;
			*next = get(f, 8);
			return !f->bad;
		}
		if (id == OPTION_CPUCOUNT && size == 4)
			*cpus = get(f, 4);
		else
			skip(f, size);
	}
	return false;
}

/* Finds the complete chunks of one CPU's packed data at @offset. Returns their end. */
static __u64 read_packed(struct file *f, __u64 offset, __u64 *bytes)
{
	__u64 nr, i, len;

	f->at = offset;
	nr = get(f, 4);
	*bytes = 0;
	for (i = 0; i < nr && !f->bad; i++) {
		len = get(f, 4);
		get(f, 4);
		skip(f, len);
		if (f->bad)
			break;
		*bytes = f->at - offset - 4;
	}
	if (i < nr && offset + 4 <= f->size)
		set(f, offset, i, 4);
	f->bad = false;
	return i < nr ? f->size : f->at;
}

/* The pages of one CPU follow those of another. A time that goes back begins the next CPU. */
static void read_pages(struct file *f, __u64 offset, __u64 cpus, struct table *t)
{
	__u64 last = 0, ts;

	for (; offset < f->size; offset += f->page) {
		if (offset + f->page > f->size && !mend_page(f, offset))
			return;
		f->at = offset;
		ts = get(f, 8);
		if (!t->nr || (ts < last && t->nr < cpus)) {
			t->cpus[t->nr].offset = offset;
			t->cpus[t->nr++].size = 0;
		}
		t->cpus[t->nr - 1].size += f->page;
		last = ts;
	}
}

static void read_data(struct file *f, __u64 section, __u64 cpus, struct table *t)
{
	__u64 offset, flags, bytes, begin;

	t->section = f->at = section;
	get(f, 2);
	flags = get(f, 2);
	t->packed = flags & 1;
	offset = up(f, section + SECTION_HEAD);
	if (!t->packed) {
		read_pages(f, offset, cpus, t);
		return;
	}
	while (t->nr < cpus && offset < f->size) {
		begin = offset;
		offset = up(f, read_packed(f, begin, &bytes));
		t->cpus[t->nr].offset = bytes ? begin : 0;
		t->cpus[t->nr++].size = bytes;
	}
}

/* Writes the options with the table at the end of the file, and the link to them. */
static void write_table(struct file *f, const struct table *t, __u64 link)
{
	static const char clock[] = "local";
	__u64 table = up(f, f->size), at = table, begin;
	__u32 i;

	set(f, link, at, 8);
	begin = at + SECTION_HEAD + 6;
	set(f, at, SECTION_OPTIONS, 8);
	at = begin;
	set(f, at, t->section, 8);
	set(f, at + 8, 0, 1);
	at += 9;
	for (i = 0; i < sizeof(clock); i++)
		set(f, at++, (__u8)clock[i], 1);
	set(f, at, f->page, 4);
	set(f, at + 4, t->nr, 4);
	at += 8;
	for (i = 0; i < t->nr; i++) {
		set(f, at, i, 4);
		set(f, at + 4, t->cpus[i].offset, 8);
		set(f, at + 12, t->cpus[i].size, 8);
		at += 20;
	}
	set(f, begin - 6, OPTION_BUFFER, 2);
	set(f, begin - 4, at - begin, 4);
	set(f, at, OPTION_DONE, 2);
	set(f, at + 2, 8, 4);
	set(f, at + 6, 0, 8);
	set(f, table + 8, at + 14 - (table + SECTION_HEAD), 8);
}

static int version_7(struct file *f)
{
	static struct table table;
	__u64 at, next, link = 0, cpus = 1, end = 0, i;

	skip_string(f);
	skip_string(f);
	next = get(f, 8);
	for (i = 0; i < MAX_SECTIONS && next && !f->bad; i++) {
		at = next;
		f->at = at;
		if (at >= f->size || !read_options(f, &next, &link, &cpus)) {
			f->bad = !i;
			break;
		}
		end = f->at;
	}
	if (!next && i)
		return 0;
	/* The first options have everything except the table. */
	if (!i || f->bad || !link || !cpus || cpus > MAX_CPUS)
		return -EINVAL;
	f->at = end;
	if (get(f, 2) != SECTION_BUFFER || f->bad)
		return -EINVAL;
	memset(&table, 0, sizeof(table));
	read_data(f, end, cpus, &table);
	write_table(f, &table, link);
	return f->bad ? -EINVAL : 1;
}

int imp_dat_cut(int fd, bool mend)
{
	struct file f = { .fd = fd, .write = mend };
	struct stat st;
	int version;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return -EINVAL;
	f.size = (__u64)st.st_size;
	f.at = IMP_DAT_MAGIC_LEN;
	version = take_string(&f, "6") ? 6 : 7;
	f.at = IMP_DAT_MAGIC_LEN;
	if (version == 7 && !take_string(&f, "7"))
		return -EINVAL;
	f.at = IMP_DAT_MAGIC_LEN + 2;
	f.big = get(&f, 1);
	f.word = (__u32)get(&f, 1);
	f.page = (__u32)get(&f, 4);
	if (f.bad || (f.word != 4 && f.word != 8) || f.page < 1024 || f.page > 1U << 20)
		return -EINVAL;
	return version == 6 ? version_6(&f) : version_7(&f);
}
