// SPDX-License-Identifier: GPL-2.0-only
/* See cgroups_priv.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export/cgroups_priv.h"
#include "lib/cgroup.h"
#include "lib/file.h"
#include "lib/hash.h"

/* What a process row held when it was last seen. */
struct seen {
	struct mthp_proc_key key;
	__u64 collapsed, filled;
	__u64 round;
	UT_hash_handle hh;
};

/* Growth of a cgroup without a name, in this round. */
struct newcomer {
	__u64 id, collapsed, filled;
};

struct cgroups {
	size_t max;
	int root;	/* of the hierarchy; -1 */
	bool no_memory; /* it knows nothing of memory: the older hierarchy has that controller */
	char root_path[4096];
	cgroups_path_fn path;
	void *ctx;
	struct cgroup_row row[CGROUPS_MAX];
	struct cgroup_row other, unknown;
	struct seen *seen; /* uthash */
	__u64 round;
	__u64 looked_ns; /* last search for large cgroups */
	struct newcomer *fresh;
	size_t nr_fresh;
};

static bool lacks_memory(int root)
{
	char text[4096];
	char *word, *rest = text;

	if (root < 0 || file_read(root, "cgroup.controllers", text, sizeof(text)) < 0)
		return false;
	while ((word = strsep(&rest, " \n")))
		if (!strcmp(word, "memory"))
			return false;
	return true;
}

struct cgroups *cgroups_new(size_t max, const char *root, cgroups_path_fn path, void *ctx)
{
	struct cgroups *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->max = max < CGROUPS_MAX ? max : CGROUPS_MAX;
	c->root = -1;
	if (root &&
	    snprintf(c->root_path, sizeof(c->root_path), "%s", root) < (int)sizeof(c->root_path))
		c->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	c->no_memory = lacks_memory(c->root);
	c->path = path;
	c->ctx = ctx;
	strcpy(c->other.label, "other");
	strcpy(c->unknown.label, "unknown");
	c->other.anon = c->other.anon_thp = NUM_UNKNOWN;
	c->unknown.anon = c->unknown.anon_thp = NUM_UNKNOWN;
	return c;
}

static void forget_row(struct cgroup_row *row)
{
	free(row->path);
	memset(row, 0, sizeof(*row));
}

void cgroups_free(struct cgroups *c)
{
	struct seen *s, *next;
	size_t i;

	if (!c)
		return;
	for (i = 0; i < c->max; i++)
		forget_row(&c->row[i]);
	HASH_ITER(hh, c->seen, s, next) {
		HASH_DEL(c->seen, s);
		free(s);
	}
	if (c->root >= 0)
		close(c->root);
	free(c->fresh);
	free(c);
}

char *cgroups_label(const char *path, __u64 id, char *buf, size_t len)
{
	char safe[4 * 4096 + 1];

	fmt_printable(path, safe, sizeof(safe));
	if (!strcmp(safe, path) && strlen(path) < len)
		return memcpy(buf, path, strlen(path) + 1);
	fmt_safe(path, safe, sizeof(safe));
	if (snprintf(buf, len, "escaped:%s", safe) < (int)len)
		return buf;
	snprintf(buf, len, "cut:%llu:", (unsigned long long)id);
	/* A character is not cut into halves: only its first bytes that are ASCII are kept. */
	if (strlen(buf) < len) {
		size_t at = strlen(buf), i;

		for (i = 0; safe[i] && !(safe[i] & 0x80) && at + 1 < len; i++)
			buf[at++] = safe[i];
		buf[at] = '\0';
	}
	return buf;
}

/* The path below the root, for *at(): "." for the root. */
static const char *below(const char *path)
{
	return path[1] ? path + 1 : ".";
}

static int is_there(const struct cgroups *c, const struct cgroup_row *row)
{
	struct stat st;

	return !fstatat(c->root, below(row->path), &st, AT_SYMLINK_NOFOLLOW) &&
	       st.st_ino == row->id;
}

/* Frees the names of cgroups that have been gone for long. */
static void drop_gone(struct cgroups *c, __u64 now_ns)
{
	size_t i;

	for (i = 0; c->root >= 0 && i < c->max; i++) {
		struct cgroup_row *row = &c->row[i];

		if (!row->id)
			continue;
		if (is_there(c, row))
			row->gone_ns = 0;
		else if (!row->gone_ns)
			row->gone_ns = now_ns;
		else if (now_ns - row->gone_ns > CGROUPS_GONE_NS)
			forget_row(row);
	}
}

static struct cgroup_row *find(struct cgroups *c, __u64 id)
{
	size_t i;

	for (i = 0; i < c->max; i++)
		if (c->row[i].id == id)
			return &c->row[i];
	return NULL;
}

static size_t nr_named(const struct cgroups *c)
{
	size_t i, nr = 0;

	for (i = 0; i < c->max; i++)
		nr += c->row[i].id != 0;
	return nr;
}

/* NULL: no name is left, or memory is out. */
static struct cgroup_row *name(struct cgroups *c, __u64 id, const char *path)
{
	struct cgroup_row *row = path && id ? find(c, 0) : NULL;

	if (!row)
		return NULL;
	row->path = strdup(path);
	if (!row->path)
		return NULL;
	row->id = id;
	row->anon = row->anon_thp = NUM_UNKNOWN;
	cgroups_label(path, id, row->label, sizeof(row->label));
	return row;
}

static int add_fresh(struct cgroups *c, __u64 id, __u64 collapsed, __u64 filled)
{
	struct newcomer *more;
	size_t i;

	for (i = 0; i < c->nr_fresh; i++)
		if (c->fresh[i].id == id)
			break;
	if (i == c->nr_fresh) {
		more = realloc(c->fresh, (c->nr_fresh + 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		c->fresh = more;
		c->fresh[c->nr_fresh++] = (struct newcomer){ .id = id };
	}
	c->fresh[i].collapsed += collapsed;
	c->fresh[i].filled += filled;
	return 0;
}

static int add_growth(struct cgroups *c, __u64 id, __u64 collapsed, __u64 filled)
{
	struct cgroup_row *row = !id || id == NUM_UNKNOWN ? &c->unknown : find(c, id);

	if (!collapsed && !filled)
		return 0;
	if (!row)
		return add_fresh(c, id, collapsed, filled);
	row->collapsed += collapsed;
	row->filled += filled;
	return 0;
}

static int take_proc(struct cgroups *c, const struct snap_proc *p)
{
	struct mthp_proc_key key = { .mm = p->mm, .tgid = p->tgid == NUM_UNKNOWN ? 0 : p->tgid };
	__u64 filled = p->filled_bytes == NUM_UNKNOWN ? 0 : p->filled_bytes;
	struct seen *s;
	int err;

	HASH_FIND(hh, c->seen, &key, sizeof(key), s);
	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return -ENOMEM;
		s->key = key;
		HASH_ADD(hh, c->seen, key, sizeof(key), s);
		if (!hash_added(s)) {
			free(s);
			return -ENOMEM;
		}
	}
	/* It fell: the row is a new one of the same process. */
	if (p->collapsed_bytes < s->collapsed || filled < s->filled)
		s->collapsed = s->filled = 0;
	err = add_growth(c, p->cgroup, p->collapsed_bytes - s->collapsed, filled - s->filled);
	s->collapsed = p->collapsed_bytes;
	s->filled = filled;
	s->round = c->round;
	return err;
}

static int by_bytes(const void *a, const void *b)
{
	const struct newcomer *x = a, *y = b;

	return x->collapsed > y->collapsed ? -1 : x->collapsed < y->collapsed;
}

static void name_fresh(struct cgroups *c)
{
	struct cgroup_row *row;
	size_t i;

	if (c->nr_fresh)
		qsort(c->fresh, c->nr_fresh, sizeof(*c->fresh), by_bytes);
	for (i = 0; i < c->nr_fresh; i++) {
		row = nr_named(c) < c->max ?
			      name(c, c->fresh[i].id, c->path(c->ctx, c->fresh[i].id)) :
			      NULL;
		if (!row)
			row = &c->other;
		row->collapsed += c->fresh[i].collapsed;
		row->filled += c->fresh[i].filled;
	}
	c->nr_fresh = 0;
}

/* All of a cgroup's file. */
static bool read_file(const struct cgroups *c, const char *path, const char *file, char *text,
		      size_t len)
{
	char full[4352];

	snprintf(full, sizeof(full), "%s/%s", below(path), file);
	return strlen(path) <= 4096 && file_read(c->root, full, text, len) >= 0;
}

/* The number on a line after @key. NUM_UNKNOWN. */
static __u64 number_of(const char *text, const char *key)
{
	size_t len = strlen(key);
	__u64 value;

	while (strncmp(text, key, len) || text[len] != ' ') {
		text = strchr(text, '\n');
		if (!text++)
			return NUM_UNKNOWN;
	}
	return file_parse_u64(text + len + 1, &value) ? NUM_UNKNOWN : value;
}

struct largest {
	struct cgroups *c;
	size_t nr, max;
	struct {
		__u64 id, bytes;
		char *path;
	} of[CGROUPS_MAX];
};

/* Keeps the largest cgroups that have no name, by insertion. */
static int is_large(void *ctx, const char *path, __u64 id, int leaf)
{
	struct largest *l = ctx;
	char text[64];
	__u64 bytes;
	size_t i;

	if (!leaf || !read_file(l->c, path, "memory.current", text, sizeof(text)) ||
	    file_parse_u64(text, &bytes) || bytes < CGROUPS_LARGE || find(l->c, id))
		return 0;
	for (i = l->nr; i && l->of[i - 1].bytes < bytes; i--)
		;
	if (i == l->max)
		return 0;
	if (l->nr == l->max)
		free(l->of[--l->nr].path);
	memmove(&l->of[i + 1], &l->of[i], (l->nr - i) * sizeof(l->of[0]));
	l->nr++;
	l->of[i].id = id;
	l->of[i].bytes = bytes;
	l->of[i].path = strdup(path);
	return 0;
}

/* Half of the names at most go to cgroups that are only large, so that collapses find names left. */
static void name_large(struct cgroups *c, __u64 now_ns)
{
	size_t used = nr_named(c), i;
	struct largest *l;

	if (c->root < 0 || c->no_memory || used >= c->max / 2 ||
	    (c->looked_ns && now_ns - c->looked_ns < CGROUPS_LOOK_NS))
		return;
	c->looked_ns = now_ns;
	l = calloc(1, sizeof(*l));
	if (!l)
		return;
	l->c = c;
	l->max = c->max / 2 - used;
	cgroup_walk(c->root_path, is_large, l);
	for (i = 0; i < l->nr; i++) {
		name(c, l->of[i].id, l->of[i].path);
		free(l->of[i].path);
	}
	free(l);
}

/* The kernel adds up all of memory.stat for who reads it: once is enough. */
static void read_memory(struct cgroups *c)
{
	char text[8192];
	size_t i;

	for (i = 0; c->root >= 0 && i < c->max; i++) {
		struct cgroup_row *row = &c->row[i];

		if (!row->id)
			continue;
		row->anon = row->anon_thp = NUM_UNKNOWN;
		if (c->no_memory || row->gone_ns ||
		    !read_file(c, row->path, "memory.stat", text, sizeof(text)))
			continue;
		row->anon = number_of(text, "anon");
		row->anon_thp = number_of(text, "anon_thp");
	}
}

int cgroups_take(struct cgroups *c, const struct snapshot *s, __u64 now_ns)
{
	struct seen *p, *next;
	int err = 0;
	size_t i;

	c->round++;
	drop_gone(c, now_ns);
	for (i = 0; !err && i < s->nr_procs; i++)
		err = take_proc(c, &s->procs[i]);
	HASH_ITER(hh, c->seen, p, next) {
		if (p->round == c->round || err)
			continue;
		HASH_DEL(c->seen, p);
		free(p);
	}
	name_fresh(c);
	name_large(c, now_ns);
	read_memory(c);
	return err;
}

const struct cgroup_row *cgroups_at(const struct cgroups *c, size_t i)
{
	size_t nr = 0, at;

	for (at = 0; at < c->max; at++)
		if (c->row[at].id && nr++ == i)
			return &c->row[at];
	return i == nr ? &c->other : i == nr + 1 ? &c->unknown : NULL;
}
