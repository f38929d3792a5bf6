// SPDX-License-Identifier: GPL-2.0-only
/*
 * waiter: how soon a batch ends when somebody wants mmap_lock. Another thread asks for it now and
 * then, for reading (MADV_DONTNEED) or for writing (mmap, munmap); the trace says in which batch it
 * did, and how many blocks were finished in that batch after it did.
 *
 * Prints "WHO_batches ORDERS n", those with somebody waiting, "WHO_within ORDERS n", those of them
 * that finished at most the block in hand, and "WHO_most ORDERS n", the most blocks in one. Needs
 * two CPUs, and an emulator that runs both at once.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "khugepaged.h"
#include "ktap.h"
#include "ranges.h"
#include "settings.h"
#include "trace.h"

#define ROUNDS 4

/*
 * A reader waits from lock:contention_begin on, when it is in the queue. A writer spins before it
 * queues while khugepaged runs, which no event tells: it waits from when it asked.
 */
struct who {
	const char *name;
	const char *waits;
	void *(*fn)(void *arg);
};

struct seen {
	const struct who *who;
	bool locked;  /* khugepaged holds the lock for writing */
	bool waiting; /* somebody came since */
	unsigned int after, batches, within, most;
};

static atomic_bool stop;

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

static void *reader(void *arg)
{
	unsigned int seed = 1;
	char *p = arg;

	on_cpu(0, 1);
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
	on_cpu(0, 1);
	while (!stop) {
		p = mmap(NULL, PAGE_LEN, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p != MAP_FAILED)
			munmap(p, PAGE_LEN);
		pause_a_while(&seed);
	}
	return NULL;
}

static const struct who whos[] = {
	{ "reader", "contention_begin", reader },
	{ "writer", "mmap_lock_start_locking", writer },
};

static void batch_ended(struct seen *s)
{
	if (s->waiting) {
		s->batches++;
		s->within += s->after <= 1;
		if (s->after > s->most)
			s->most = s->after;
	}
	s->locked = false;
}

static void look(const struct trace_event *ev, void *arg)
{
	bool khugepaged = strncmp(ev->task, "khugepaged", 10) == 0;
	struct seen *s = arg;
	char word[8];

	if (!khugepaged) {
		if (strcmp(ev->name, s->who->waits) == 0)
			s->waiting |= s->locked;
	} else if (strcmp(ev->name, "mmap_lock_acquire_returned") == 0) {
		trace_word(ev, "write", word, sizeof(word));
		s->locked = strcmp(word, "true") == 0 || strcmp(word, "1") == 0;
		s->waiting = false;
		s->after = 0;
	} else if (strcmp(ev->name, "mm_mthp_collapse") == 0) {
		s->after += s->waiting;
	} else if (strcmp(ev->name, "mm_mthp_batch") == 0 && s->locked) {
		batch_ended(s);
	}
}

static void measure(const struct who *who, uint32_t orders, void *arg)
{
	struct seen s = { .who = who };
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
		trace_stop(look, &s);
		stop = true;
		pthread_join(t, NULL);
		if (!ranges_are(&a, 31 - __builtin_clz(orders)) || !area_all_intact(&a))
			ktap_note("orders %s: not everything collapsed", orders_name(orders));
		area_unmap(&a);
	}
	printf("%s_batches %s %u\n", who->name, bench_orders_name(orders), s.batches);
	printf("%s_within %s %u\n", who->name, bench_orders_name(orders), s.within);
	printf("%s_most %s %u\n", who->name, bench_orders_name(orders), s.most);
}

int main(void)
{
	static const uint32_t orders[] = { 1 << 4, 1 << 2 };
	unsigned int i;
	char *p;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!have_series())
		return 0;
	p = mmap(NULL, PAGE_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		ktap_die("cannot map a page");
	on_cpu(0, 0);
	kh_start();
	trace_open();
	trace_enable("mmap_lock/mmap_lock_start_locking");
	trace_enable("mmap_lock/mmap_lock_acquire_returned");
	trace_enable("huge_memory/mm_mthp_collapse");
	trace_enable("huge_memory/mm_mthp_batch");
	if (trace_enable("lock/contention_begin"))
		ktap_die("no lock:contention_begin on this kernel");
	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		measure(&whos[0], orders[i], p);
		measure(&whos[1], orders[i], p);
	}
	return 0;
}
