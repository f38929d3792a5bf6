// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of cgroups. The kernel's id of a cgroup is the inode number of its directory (64-bit
 * machines), so a path gives the id by stat() and an id gives its path by looking for the inode.
 * That takes no privilege, where open_by_handle_at() would.
 */
#include <errno.h>
#include <fts.h>
#include <mntent.h>
#include <stdio.h>
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

int cgroup_path(__u64 id, char *path, size_t len)
{
	char mount[4096];
	char *roots[] = { mount, NULL };
	const char *below;
	FTSENT *dir;
	FTS *tree;
	int err = cgroup_mount(mount, sizeof(mount));

	if (err)
		return err;
	tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	if (!tree)
		return -errno;
	err = -ENOENT;
	while (err && (dir = fts_read(tree))) {
		if (dir->fts_info != FTS_D || dir->fts_statp->st_ino != id)
			continue;
		below = dir->fts_path + strlen(mount);
		err = snprintf(path, len, "%s", *below ? below : "/") < (int)len ? 0 :
										   -ENAMETOOLONG;
	}
	fts_close(tree);
	return err;
}
