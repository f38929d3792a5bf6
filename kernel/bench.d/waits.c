// SPDX-License-Identifier: GPL-2.0-only
/*
 * khugepaged can detect a thread that waits for mmap_lock once it is in one of the two queues of the
 * rwsem. A writer first spins in one of them (the osq) while the owner runs. No tracepoint reports that, so
 * osq_lock() is probed. Readers, and writers that spun in vain, sleep in the other queue, and
 * lock:contention_begin comes when they are in it. Each event comes after the queue has the thread, so
 * a batch that checks both queues after each block never ends more than one block after the event. A
 * writer on its way from one queue to the other is in neither, and counts as waiting, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "probes.h"
#include "waits.h"

void waits_enable(void)
{
	static const char *const events[] = {
		"mmap_lock/mmap_lock_start_locking",
		"mmap_lock/mmap_lock_acquire_returned",
		"huge_memory/mm_mthp_collapse",
		"huge_memory/mm_mthp_batch",
		"lock/contention_begin",
		"bench/osq",
	};
	unsigned int i;

	if (probe_add_return("osq", "osq_lock", "got=$retval:u8"))
		ktap_die("cannot probe osq_lock on this kernel");
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (trace_enable(events[i]))
			ktap_die("no event %s on this kernel", events[i]);
	}
}

void waits_begin(struct waits *w, int pid)
{
	w->pid = pid;
	w->asked.waiting = false;
	w->seen.waiting = false;
}

static bool is(const struct trace_event *ev, const char *name)
{
	return strcmp(ev->name, name) == 0;
}

/* A spinlock, for example that of the queue, is contended before the thread is in the queue. */
static bool queued(const struct trace_event *ev)
{
	if (is(ev, "osq"))
		return trace_num(ev, "got") == 1;
	return is(ev, "contention_begin") && !strstr(ev->fields, "SPIN");
}

/* While it waits for mmap_lock it requests no other lock with such queues. */
static void look_thread(const struct trace_event *ev, struct waits *w)
{
	if (is(ev, "mmap_lock_start_locking")) {
		w->asked.waiting = true;
	} else if (is(ev, "mmap_lock_acquire_returned")) {
		w->asked.waiting = false;
		w->seen.waiting = false;
	} else if (queued(ev)) {
		w->seen.waiting = w->asked.waiting;
	}
}

static void look_khugepaged(const struct trace_event *ev, struct waits_since *s)
{
	if (is(ev, "mmap_lock_acquire_returned")) {
		s->after = 0;
	} else if (is(ev, "mm_mthp_collapse")) {
		s->after += s->waiting;
	} else if (is(ev, "mm_mthp_batch") && s->waiting) {
		s->batches++;
		s->within += s->after <= 1;
		if (s->after > s->most)
			s->most = s->after;
	}
}

void waits_look(const struct trace_event *ev, void *arg)
{
	const char *pid = strrchr(ev->task, '-');
	struct waits *w = arg;

	if (strncmp(ev->task, "khugepaged", 10) == 0) {
		look_khugepaged(ev, &w->asked);
		look_khugepaged(ev, &w->seen);
	} else if (pid && atoi(pid + 1) == w->pid) {
		look_thread(ev, w);
	}
}

static void print(const struct waits_since *s, const char *who, const char *since,
		  const char *orders)
{
	printf("%s%s_batches %s %u\n", who, since, orders, s->batches);
	printf("%s%s_within %s %u\n", who, since, orders, s->within);
	printf("%s%s_most %s %u\n", who, since, orders, s->most);
}

void waits_print(const struct waits *w, const char *who, const char *orders)
{
	print(&w->seen, who, "", orders);
	print(&w->asked, who, "_asked", orders);
}
