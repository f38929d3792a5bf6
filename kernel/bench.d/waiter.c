// SPDX-License-Identifier: GPL-2.0-only
/*
 * waiter [PID]: how soon a batch ends if a task waits for mmap_lock. Another thread requests it now and
 * then, for reading (MADV_DONTNEED) or for writing (mmap, munmap). The trace shows in which batch it did,
 * and how many blocks that batch finished afterwards.
 *
 * Prints the lines of waits_print(), for reader and writer. Needs two CPUs, and an emulator that runs
 * both at once. With PID: counts the waits of that thread in a trace on stdin instead.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "khugepaged.h"
#include "ktap.h"
#include "ranges.h"
#include "settings.h"
#include "trace.h"
#include "waits.h"

#define ROUNDS 4

struct who {
	const char *name;
	void *(*fn)(void *arg);
};

static atomic_bool stop;
static atomic_int waiter_pid; /* of the thread */

static void on_cpu(int pid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(pid, sizeof(set), &set))
		ktap_die("cannot use CPU %d (this needs two)", cpu);
}

static void pause_a_while(unsigned int *seed)
{
	volatile unsigned int n;

	*seed = *seed * 1103515245 + 12345;
	for (n = *seed >> 8 & 0xffff; n; n--)
		;
}

static void thread_begins(void)
{
	on_cpu(0, 1);
	waiter_pid = gettid();
}

static void *reader(void *arg)
{
	unsigned int seed = 1;
	char *p = arg;

	thread_begins();
	while (!stop) {
		p[0] = 1;
		madvise(p, PAGE_LEN, MADV_DONTNEED);
		pause_a_while(&seed);
	}
	return NULL;
}

static void *writer(void *arg)
{
	unsigned int seed = 1;
	void *p;

	(void)arg;
	thread_begins();
	while (!stop) {
		p = mmap(NULL, PAGE_LEN, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p != MAP_FAILED)
			munmap(p, PAGE_LEN);
		pause_a_while(&seed);
	}
	return NULL;
}

static const struct who whos[] = {
	{ "reader", reader },
	{ "writer", writer },
};

static void measure(const struct who *who, uint32_t orders, void *arg)
{
	struct waits w = { 0 };
	unsigned int i;
	pthread_t t;
	struct area a;

	if (!ranges_orders(orders))
		ktap_die("khugepaged does not run with %s", orders_name(orders));
	on_cpu(kh_pid(), 0);
	for (i = 0; i < ROUNDS; i++) {
		ranges_full(&a);
		stop = false;
		if (pthread_create(&t, NULL, who->fn, arg))
			ktap_die("cannot start a thread");
		trace_start();
		kh_scan();
		waits_begin(&w, waiter_pid);
		trace_stop(waits_look, &w);
		stop = true;
		pthread_join(t, NULL);
		if (!ranges_are(&a, 31 - __builtin_clz(orders)) || !area_all_intact(&a))
			ktap_note("orders %s: not everything collapsed", orders_name(orders));
		area_unmap(&a);
	}
	waits_print(&w, who->name, bench_orders_name(orders));
}

static int count_stdin(int pid)
{
	struct waits w = { 0 };

	waits_begin(&w, pid);
	trace_read(stdin, waits_look, &w);
	waits_print(&w, "thread", "0");
	return 0;
}

int main(int argc, char **argv)
{
	static const uint32_t orders[] = { 1 << 4, 1 << 2 };
	unsigned int i;
	char *p;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1)
		return count_stdin(atoi(argv[1]));
	if (!have_series())
		return 0;
	p = mmap(NULL, PAGE_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		ktap_die("cannot map a page");
	on_cpu(0, 0);
	kh_start();
	trace_open();
	waits_enable();
	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		measure(&whos[0], orders[i], p);
		measure(&whos[1], orders[i], p);
	}
	return 0;
}
