// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of cgroups. The kernel's id of a cgroup is the inode number of its directory (64-bit machines):
 * stat() of a path gives the id, and a walk through the hierarchy gives the path of an id. That needs no
 * privilege; open_by_handle_at() would.
 */
#include <errno.h>
#include <fts.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cgroup.h"

int cgroup_mount(char *path, size_t len)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	struct mntent *m;
	int err = -ENOENT;

	if (!mounts)
		return -errno;
	while ((m = getmntent(mounts))) {
		if (strcmp(m->mnt_type, "cgroup2"))
			continue;
		err = snprintf(path, len, "%s", m->mnt_dir) < (int)len ? 0 : -ENAMETOOLONG;
		break;
	}
	endmntent(mounts);
	return err;
}

int cgroup_id(const char *path, __u64 *id)
{
	char full[8192], mount[4096];
	struct stat st;
	int err = cgroup_mount(mount, sizeof(mount));

	if (err)
		return err;
	if (snprintf(full, sizeof(full), "%s/%s", mount, path) >= (int)sizeof(full))
		return -ENAMETOOLONG;
	if (stat(full, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	*id = st.st_ino;
	return 0;
}

struct entry {
	__u64 id;
	char *path;
};

struct cgroup_names {
	char root[4096];     /* "": no hierarchy is mounted */
	struct entry *entry; /* by id, rising */
	size_t nr, room;
};

struct cgroup_names *cgroup_names_new(const char *root)
{
	struct cgroup_names *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	if (root)
		snprintf(n->root, sizeof(n->root), "%s", root);
	else if (cgroup_mount(n->root, sizeof(n->root)))
		n->root[0] = '\0';
	return n;
}

static void forget(struct cgroup_names *n)
{
	while (n->nr)
		free(n->entry[--n->nr].path);
}

void cgroup_names_free(struct cgroup_names *n)
{
	if (!n)
		return;
	forget(n);
	free(n->entry);
	free(n);
}

/* A cgroup's folder counts two links and one for each cgroup below it. */
static int is_leaf(const struct stat *st)
{
	return st->st_nlink <= 2;
}

int cgroup_walk(const char *root, cgroup_fn fn, void *ctx)
{
	char mount[4096];
	char *roots[] = { mount, NULL };
	const char *below;
	FTSENT *dir;
	FTS *tree;
	int err;

	if (root && snprintf(mount, sizeof(mount), "%s", root) >= (int)sizeof(mount))
		return -ENAMETOOLONG;
	err = root ? 0 : cgroup_mount(mount, sizeof(mount));
	if (err)
		return err;
	tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	if (!tree)
		return -errno;
	while (!err && (dir = fts_read(tree))) {
		if (dir->fts_info != FTS_D)
			continue;
		below = dir->fts_path + strlen(mount);
		err = fn(ctx, *below ? below : "/", dir->fts_statp->st_ino,
			 is_leaf(dir->fts_statp));
	}
	fts_close(tree);
	return err;
}

static int add(void *ctx, const char *path, __u64 id, int leaf)
{
	struct cgroup_names *n = ctx;
	size_t room = n->room ? 2 * n->room : 256;
	struct entry *more;

	if (n->nr == n->room) {
		more = realloc(n->entry, room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		n->entry = more;
		n->room = room;
	}
	n->entry[n->nr].id = id;
	n->entry[n->nr].path = strdup(path);
	if (!n->entry[n->nr].path)
		return -ENOMEM;
	n->nr++;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Reads the hierarchy, or as much of it as memory holds. */
static void read_all(struct cgroup_names *n)
{
	forget(n);
	if (n->root[0])
		cgroup_walk(n->root, add, n);
	if (n->nr)
		qsort(n->entry, n->nr, sizeof(*n->entry), by_id);
}

static const char *find(const struct cgroup_names *n, __u64 id)
{
	const struct entry key = { .id = id }, *e = NULL;

	if (n->nr)
		e = bsearch(&key, n->entry, n->nr, sizeof(*n->entry), by_id);
	return e ? e->path : NULL;
}

const char *cgroup_names_path(struct cgroup_names *n, __u64 id)
{
	const char *path = find(n, id);

	if (path)
		return path;
	read_all(n);
	return find(n, id);
}
