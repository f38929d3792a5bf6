// SPDX-License-Identifier: GPL-2.0-only
/* The event loop, and the request to stop. The last test sends one, which stays. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/cm.h"
#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/stop.h"

#define MS 1000000ULL

static struct loop *l;
static int calls, others;

static void stop_at_three(void *ctx, __u64 n)
{
	if (++calls == 3)
		loop_stop(l);
}

static void count(void *ctx, __u64 n)
{
	others++;
}

static int setup(void **state)
{
	calls = others = 0;
	return loop_new(&l);
}

static int teardown(void **state)
{
	loop_free(l);
	return 0;
}

static void test_timer(void **state)
{
	int timer = loop_timer(l, stop_at_three, NULL), idle = loop_timer(l, count, NULL);
	__u64 start = now_ns();

	assert_true(timer >= 0 && idle >= 0);
	assert_int_equal(loop_set_timer(l, timer, 10 * MS, 20 * MS), 0);
	assert_int_equal(loop_run(l), 0);
	assert_int_equal(calls, 3);
	assert_int_equal(others, 0);
	assert_true(now_ns() - start >= 50 * MS);
}

static void test_fd_and_idle(void **state)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(loop_fd(l, fds[0], stop_at_three, NULL), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	/* Nobody reads the byte: the callback comes again. */
	assert_int_equal(loop_run(l), 0);
	assert_int_equal(calls, 3);
	calls = 0;
	loop_idle(l, count, NULL);
	assert_int_equal(loop_run(l), 0);
	assert_true(others > 0);
	close(fds[0]);
	close(fds[1]);
}

static void on_usr1(void *ctx, __u64 sig)
{
	assert_int_equal(sig, SIGUSR1);
	calls++;
	loop_stop(l);
}

static void test_signals(void **state)
{
	static const int signals[] = { SIGUSR1, 0 };

	assert_int_equal(loop_signals(l, signals, on_usr1, NULL), 0);
	raise(SIGUSR1);
	assert_int_equal(loop_run(l), 0);
	assert_int_equal(calls, 1);
}

static void test_stop(void **state)
{
	int fds[2], timer;

	assert_int_equal(stop_asked(), 0);
	assert_int_equal(stop_on_signals(), 0);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(stop_wait(fds[0], -1), 0);
	assert_int_equal(setup(NULL), 0);
	timer = loop_timer(l, count, NULL);
	assert_int_equal(loop_set_timer(l, timer, 3600 * NSEC_PER_SEC, 0), 0);
	raise(SIGTERM);
	/* A loop that has nothing else to do ends, and so does every later one. */
	assert_int_equal(loop_run(l), 0);
	assert_int_equal(stop_asked(), SIGTERM);
	assert_int_equal(loop_run(l), 0);
	assert_int_equal(stop_wait(fds[0], -1), -EINTR);
	loop_free(l);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_timer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fd_and_idle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_signals, setup, teardown),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
