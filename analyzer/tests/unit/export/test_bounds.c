// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bounds of the exporter: a name once given is kept, what came too late stays "other", no counter falls, and
 * no byte is counted twice or dropped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export/cgroups_priv.h"
#include "export/named_priv.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "tests/support/tree.h"

static struct snapshot snap;

static void outcome(struct snap_outcome *o, __u32 order, __u32 result, __u64 count)
{
	memset(o, 0, sizeof(*o));
	o->key.kind = MTHP_K_COLLAPSE;
	o->key.requester = MTHP_Q_KHUGEPAGED;
	o->key.order = order;
	o->key.result = result;
	o->count = count;
}

static void test_all_results(void **state)
{
	static struct snap_outcome o[MTHP_NR_ORDERS * 46];
	struct named *n = calloc(1, sizeof(*n));
	__u64 other = 0, named = 0;
	__u32 order, r;

	named_init(n, false);
	memset(&snap, 0, sizeof(snap));
	snap.outcomes = o;
	for (order = 0; order < MTHP_NR_ORDERS; order++)
		for (r = 1; r <= 46; r++)
			outcome(&o[snap.nr_outcomes++], order, r, 1);
	named_take(n, &snap);
	assert_int_equal(n->collapses.nr_series, NAMED_COLLAPSES);
	for (order = 0; order < MTHP_NR_ORDERS; order++) {
		other += named_other(&n->collapses, MTHP_Q_KHUGEPAGED, order);
		for (r = 0; r < MTHP_NR_RESULTS; r++)
			if (n->collapses.named[MTHP_Q_KHUGEPAGED][order][r])
				named += n->collapses.count[MTHP_Q_KHUGEPAGED][order][r];
	}
	assert_int_equal(named, NAMED_COLLAPSES);
	assert_int_equal(other, snap.nr_outcomes - NAMED_COLLAPSES);
	free(n);
}

static void test_top_results(void **state)
{
	struct snap_outcome o[20];
	struct named *n = calloc(1, sizeof(*n));
	__u32 r;

	named_init(n, true);
	memset(&snap, 0, sizeof(snap));
	snap.outcomes = o;
	for (r = 3; r < 15; r++)
		outcome(&o[snap.nr_outcomes++], 9, r, r);
	named_take(n, &snap);
	/* 8 names, one of them of successes: the most frequent have the others. */
	assert_false(n->result[7]);
	assert_true(n->result[8]);
	assert_int_equal(named_other(&n->collapses, MTHP_Q_KHUGEPAGED, 9), 3 + 4 + 5 + 6 + 7);
	/* A later flood of a result that has no name gets none. */
	outcome(&o[0], 9, 3, 1000);
	outcome(&o[snap.nr_outcomes++], 9, MTHP_R_SUCCEED, 5);
	named_take(n, &snap);
	assert_false(n->result[3]);
	assert_int_equal(named_other(&n->collapses, MTHP_Q_KHUGEPAGED, 9), 1000 + 4 + 5 + 6 + 7);
	assert_true(n->collapses.named[MTHP_Q_KHUGEPAGED][9][MTHP_R_SUCCEED]);
	free(n);
}

static const char *paths[64];

static const char *path_of(void *ctx, __u64 id)
{
	return id < ARRAY_SIZE(paths) ? paths[id] : NULL;
}

static struct snap_proc procs[8];

static void proc(size_t i, __u64 tgid, __u64 cgroup, __u64 collapsed, __u64 filled)
{
	memset(&procs[i], 0, sizeof(procs[i]));
	procs[i].tgid = tgid;
	procs[i].mm = tgid;
	procs[i].cgroup = cgroup;
	procs[i].collapsed_bytes = collapsed;
	procs[i].filled_bytes = filled;
}

static void take(struct cgroups *c, size_t nr)
{
	memset(&snap, 0, sizeof(snap));
	snap.procs = procs;
	snap.nr_procs = nr;
	assert_int_equal(cgroups_take(c, &snap, 1000000000), 0);
}

static const struct cgroup_row *row(const struct cgroups *c, const char *label)
{
	const struct cgroup_row *r;
	size_t i;

	for (i = 0; (r = cgroups_at(c, i)); i++)
		if (!strcmp(r->label, label))
			return r;
	return NULL;
}

static void test_cgroups(void **state)
{
	struct cgroups *c = cgroups_new(2, NULL, path_of, NULL);

	paths[1] = "/one";
	paths[2] = "/two";
	paths[3] = "/three";
	proc(0, 10, 1, 100, 1);
	proc(1, 11, 2, 300, 3);
	proc(2, 12, 3, 200, NUM_UNKNOWN);
	proc(3, 13, NUM_UNKNOWN, 50, 5);
	take(c, 4);
	/* The two largest have a name. */
	assert_int_equal(row(c, "/two")->collapsed, 300);
	assert_int_equal(row(c, "/three")->collapsed, 200);
	assert_int_equal(row(c, "/three")->filled, 0);
	assert_null(row(c, "/one"));
	assert_int_equal(row(c, "other")->collapsed, 100);
	assert_int_equal(row(c, "unknown")->filled, 5);
	/* Only growth counts; a row that fell is a new one, also if it was away in between. */
	proc(0, 10, 1, 1000, 1);
	proc(1, 11, 2, 10, 0);
	take(c, 2);
	assert_int_equal(row(c, "/two")->collapsed, 310);
	assert_int_equal(row(c, "other")->collapsed, 1000);
	proc(1, 12, 3, 250, 0);
	take(c, 2);
	assert_int_equal(row(c, "/three")->collapsed, 450);
	/* Two processes of one cgroup; none that is gone without a name. */
	proc(0, 20, 2, 1, 0);
	proc(1, 21, 2, 2, 0);
	proc(2, 22, 63, 4, 0);
	take(c, 3);
	assert_int_equal(row(c, "/two")->collapsed, 313);
	assert_int_equal(row(c, "other")->collapsed, 1004);
	cgroups_free(c);
	cgroups_free(NULL);
}

/* A folder is a cgroup here: its inode number is its id. */
static __u64 id_of(const struct tree *t, const char *name)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s", t->root, name);
	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

static __u64 gone_id;

static const char *path_of_gone(void *ctx, __u64 id)
{
	return id == gone_id ? "/gone" : NULL;
}

static void test_gone_and_large(void **state)
{
	struct cgroups *c;
	struct tree t;
	char path[256];

	tree_make(&t);
	tree_file(&t, "/small/memory.current", "1000\n");
	tree_file(&t, "/large/memory.current", "1000000000\n");
	tree_file(&t, "/large/memory.stat", "anon 4096\nfile 1\nanon_thp 2048\n");
	tree_file(&t, "/parent/memory.current", "9000000000\n");
	tree_file(&t, "/parent/child/memory.current", "2000000000\n");
	tree_file(&t, "/gone/x", "");
	gone_id = id_of(&t, "/gone");
	c = cgroups_new(4, t.root, path_of_gone, NULL);
	assert_non_null(c);
	proc(0, 10, gone_id, 100, 0);
	memset(&snap, 0, sizeof(snap));
	snap.procs = procs;
	snap.nr_procs = 1;
	assert_int_equal(cgroups_take(c, &snap, 1000), 0);
	assert_int_equal(row(c, "/gone")->collapsed, 100);
	/* Half of the names, one of which is taken: the largest without any below it. */
	assert_non_null(row(c, "/parent/child"));
	assert_null(row(c, "/large"));
	assert_null(row(c, "/parent"));
	assert_null(row(c, "/small"));
	assert_int_equal(row(c, "/parent/child")->anon, NUM_UNKNOWN);

	snprintf(path, sizeof(path), "%s/gone/x", t.root);
	unlink(path);
	path[strlen(path) - 2] = '\0';
	assert_int_equal(rmdir(path), 0);
	cgroups_take(c, &snap, 2000);
	assert_non_null(row(c, "/gone"));
	cgroups_take(c, &snap, 2000 + CGROUPS_GONE_NS);
	assert_non_null(row(c, "/gone"));
	cgroups_take(c, &snap, 2001 + CGROUPS_GONE_NS);
	assert_null(row(c, "/gone"));
	assert_int_equal(row(c, "/large")->anon, 4096);
	assert_int_equal(row(c, "/large")->anon_thp, 2048);
	cgroups_free(c);

	/* Controllers are words, not parts of such. */
	tree_file(&t, "/cgroup.controllers", "cpu memory pids\n");
	c = cgroups_new(8, t.root, path_of_gone, NULL);
	cgroups_take(c, &snap, 1000);
	assert_non_null(row(c, "/large"));
	assert_int_equal(row(c, "/large")->anon_thp, 2048);
	cgroups_free(c);
	tree_file(&t, "/cgroup.controllers", "cpu hugememory\n");
	c = cgroups_new(8, t.root, path_of_gone, NULL);
	cgroups_take(c, &snap, 1000);
	assert_null(row(c, "/large"));
	cgroups_free(c);
	tree_remove(&t);
}

static void test_labels(void **state)
{
	char buf[CGROUPS_LABEL], other[CGROUPS_LABEL], path[5000];

	/* systemd escapes with backslashes: other tools show the path as it is. */
	assert_string_equal(cgroups_label("/system-a\\x2db.slice", 1, buf, sizeof(buf)),
			    "/system-a\\x2db.slice");
	assert_string_equal(cgroups_label("/h\xc3\xa4user \"x\"", 1, buf, sizeof(buf)),
			    "/h\xc3\xa4user \"x\"");
	/* What could not be told apart is marked. */
	cgroups_label("/a\x1b[2J", 1, buf, sizeof(buf));
	assert_string_equal(buf, "escaped:/a\\x1b[2J");
	assert_string_equal(cgroups_label("/a\\x1b[2J", 1, other, sizeof(other)), "/a\\x1b[2J");
	cgroups_label("/a\xff", 1, buf, sizeof(buf));
	assert_string_equal(buf, "escaped:/a\\xff");
	cgroups_label("/a\n\xe2\x80\xae", 1, buf, sizeof(buf));
	assert_null(strpbrk(buf, "\n\xe2"));
	/* And what is too long has its number. */
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[4999] = '\0';
	cgroups_label(path, 77, buf, sizeof(buf));
	assert_memory_equal(buf, "cut:77:/aaa", 11);
	assert_int_equal(strlen(buf), sizeof(buf) - 1);
	path[CGROUPS_LABEL - 1] = '\0';
	assert_string_equal(cgroups_label(path, 77, buf, sizeof(buf)), path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_results), cmocka_unit_test(test_top_results),
		cmocka_unit_test(test_cgroups),	    cmocka_unit_test(test_gone_and_large),
		cmocka_unit_test(test_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
