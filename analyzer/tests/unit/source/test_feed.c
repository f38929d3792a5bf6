// SPDX-License-Identifier: GPL-2.0-only
/* The feed of the live views: after a failed reading the last good snapshot stays. */
#include <errno.h>

#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "source/feed.h"

struct fake {
	struct source s;
	int err; /* of the next tick */
	__u64 scans;
};

static long pump(struct source *s, struct model *m, long max)
{
	return 0;
}

static int tick(struct source *s, struct model *m, __u64 now_ns)
{
	struct fake *f = (struct fake *)s;

	/* As live_maps_read(): the old numbers are cleared before the first system call fails. */
	m->totals.events[MTHP_K_SCAN_PMD] = f->err ? 0 : ++f->scans;
	return f->err;
}

static const struct source_ops ops = { .pump = pump, .tick = tick };

static void open_fake(struct fake *fake, struct feed *f)
{
	evs_meta(&fake->s.meta);
	fake->s.ops = &ops;
	fake->s.live = 1;
	fake->s.sums_given = 1;
	assert_int_equal(feed_open(f, &fake->s), 0);
}

static void test_failed_tick(void **state)
{
	struct fake fake = { .err = 0 };
	const struct snapshot *good;
	struct feed f;

	open_fake(&fake, &f);
	assert_int_equal(feed_tick(&f), 0);
	good = f.snap;
	assert_int_equal(good->summary.events, 2);
	fake.err = -ENOMEM;
	assert_int_equal(feed_tick(&f), 0);
	assert_int_equal(f.err, -ENOMEM);
	assert_ptr_equal(f.snap, good);
	assert_int_equal(f.snap->summary.events, 2);
	assert_int_equal(feed_status(&f), -ENOMEM);
	feed_close(&f);
}

/* A snapshot exists from the start, also if the first reading fails. */
static void test_first_tick_fails(void **state)
{
	struct fake fake = { .err = -EPERM };
	struct feed f;

	open_fake(&fake, &f);
	assert_non_null(f.snap);
	assert_int_equal(f.err, -EPERM);
	feed_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failed_tick),
		cmocka_unit_test(test_first_tick_fails),
	};

	return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
