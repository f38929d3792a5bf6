// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints as text, read from an instance of tracefs. Fields are found by name, so that one test
 * reads the events of every kernel. A missing field is distinguished from zero.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "khugepaged.h"
#include "ktap.h"
#include "settings.h"
#include "trace.h"

#define TRACEFS "/sys/kernel/tracing/"
#define CPUS	8
#define PROBES	TRACEFS "kprobe_events"
#define FLUSH	"mthp_test/flush"

static char instance[64];
static pid_t owner;
static bool probed;

static int write_in(const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", instance, name);
	return file_write(path, text);
}

static void must_write(const char *name, const char *text)
{
	int err = write_in(name, text);

	if (err)
		ktap_die("cannot write %s/%s: %s", instance, name, strerror(-err));
}

static void trace_close(void)
{
	if (owner != getpid())
		return;
	write_in("tracing_on", "0");
	write_in("events/enable", "0");
	rmdir(instance);
	if (probed)
		file_write(PROBES, "-:" FLUSH);
}

void trace_open(void)
{
	owner = getpid();
	snprintf(instance, sizeof(instance), TRACEFS "instances/test-%d", owner);
	if (mkdir(instance, 0700))
		ktap_die("cannot make %s: %s", instance, strerror(errno));
	atexit(trace_close);
	must_write("tracing_on", "0");
	must_write("buffer_size_kb", "16384");
}

int trace_enable(const char *event)
{
	char path[128];

	snprintf(path, sizeof(path), "events/%s/enable", event);
	return write_in(path, "1");
}

void trace_only_pid(int pid)
{
	char text[24];

	snprintf(text, sizeof(text), "%d", pid);
	must_write("set_event_pid", text);
}

void trace_start(void)
{
	must_write("tracing_on", "0");
	must_write("trace", "\n");
	must_write("tracing_on", "1");
}

static long lost(void)
{
	long n = 0, got;
	char path[160];
	int cpu;

	for (cpu = 0; cpu < CPUS; cpu++) {
		snprintf(path, sizeof(path), "%s/per_cpu/cpu%d/stats", instance, cpu);
		got = file_key(path, "overrun");
		n += got > 0 ? got : 0;
		got = file_key(path, "dropped events");
		n += got > 0 ? got : 0;
	}
	return n;
}

/* "   khugepaged-34  [001] d..1.  12.345678: name: fields" */
static bool split(char *line, struct trace_event *ev)
{
	char *cpu, *name, *fields, *time;

	line[strcspn(line, "\n")] = '\0';
	if (*line == '#' || !*line)
		return false;
	cpu = strstr(line, " [");
	name = cpu ? strstr(cpu, ": ") : NULL;
	fields = name ? strstr(name + 2, ":") : NULL;
	if (!fields)
		return false;
	*cpu = '\0';
	*fields = '\0';
	ev->task = line + strspn(line, " ");
	ev->name = name + 2;
	ev->fields = fields + 1;
	*name = '\0';
	time = strrchr(cpu + 1, ' ');
	ev->time = time ? strtod(time, NULL) : 0;
	return true;
}

unsigned int trace_read(FILE *f, void (*fn)(const struct trace_event *ev, void *arg), void *arg)
{
	struct trace_event ev;
	unsigned int n = 0;
	char line[2048];

	while (fgets(line, sizeof(line), f)) {
		if (!split(line, &ev))
			continue;
		n++;
		fn(&ev, arg);
	}
	return n;
}

unsigned int trace_stop(void (*fn)(const struct trace_event *ev, void *arg), void *arg)
{
	char path[160];
	unsigned int n;
	FILE *f;

	must_write("tracing_on", "0");
	if (lost())
		ktap_die("the trace buffer was too small: %ld events lost", lost());
	snprintf(path, sizeof(path), "%s/trace", instance);
	f = fopen(path, "re");
	if (!f)
		ktap_die("cannot read %s: %s", path, strerror(errno));
	n = trace_read(f, fn, arg);
	fclose(f);
	return n;
}

static const char *find(const struct trace_event *ev, const char *field)
{
	size_t len = strlen(field);
	const char *p = ev->fields;

	while ((p = strstr(p, field))) {
		if ((p == ev->fields || strchr(" ,", p[-1])) && p[len] == '=')
			return p + len + 1;
		p += len;
	}
	return NULL;
}

int64_t trace_num(const struct trace_event *ev, const char *field)
{
	const char *p = find(ev, field);

	return p ? (int64_t)strtoull(p, NULL, 0) : -1;
}

void trace_word(const struct trace_event *ev, const char *field, char *buf, unsigned int size)
{
	const char *p = find(ev, field);

	snprintf(buf, size, "%.*s", p ? (int)strcspn(p, ", ") : 0, p ? p : "");
}

static void count(const struct trace_event *ev, void *arg)
{
	struct work *w = arg;
	char word[32];
	int64_t order;

	if (strcmp(ev->name, "mm_khugepaged_scan_pmd") == 0) {
		w->scans++;
	} else if (strcmp(ev->name, "mm_mthp_batch") == 0) {
		w->batches++;
	} else if (strcmp(ev->name, "mmap_lock_acquire_returned") == 0) {
		/* Of a trylock, too, also when it fails. */
		trace_word(ev, "write", word, sizeof(word));
		w->locks += strcmp(word, "true") == 0 || strcmp(word, "1") == 0;
	} else if (strcmp(ev->name, "mm_page_alloc") == 0) {
		w->allocs++;
	} else if (strcmp(ev->name, "flush") == 0) {
		w->flushes++;
	} else if (strcmp(ev->name, "mm_collapse_huge_page") == 0) {
		w->collapses++;
		trace_word(ev, "status", word, sizeof(word));
		order = trace_num(ev, "order");
		if (strncmp(word, "succeeded", 9) == 0) {
			w->successes++;
			w->by_order[(order < 0 ? PMD_ORDER : order) & 15]++;
		}
	}
}

/*
 * A flush of only this CPU, for a process that does not run on it, causes no tlb_flush event. So the
 * function that requests flushes is probed.
 */
static void probe_flush(void)
{
	int err = file_write(PROBES, "p:" FLUSH " flush_tlb_mm_range");

	if (err)
		ktap_die("cannot probe flush_tlb_mm_range: %s", strerror(-err));
	probed = true;
}

void work_start(void)
{
	static const char *const events[] = {
		"huge_memory/mm_khugepaged_scan_pmd",
		"huge_memory/mm_collapse_huge_page",
		"huge_memory/mm_mthp_batch",
		"mmap_lock/mmap_lock_acquire_returned",
		"kmem/mm_page_alloc",
		FLUSH,
	};
	unsigned int i;
	int err;

	if (owner != getpid())
		trace_open();
	if (!probed)
		probe_flush();
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		err = trace_enable(events[i]);
		if (err && (err != -ENOENT || i != 2))
			ktap_die("cannot trace %s: %s", events[i], strerror(-err));
	}
	if (kh_pid() > 0)
		trace_only_pid(kh_pid());
	trace_start();
}

void work_stop(struct work *w)
{
	memset(w, 0, sizeof(*w));
	trace_stop(count, w);
}

bool work_idle(const struct work *w)
{
	return !w->collapses && !w->batches && !w->locks && !w->allocs && !w->flushes;
}

void work_note(const char *what, const struct work *w)
{
	ktap_note("%s: %u ranges scanned, %u blocks tried, %u collapsed, %u batches, %u write "
		  "locks, %u allocations, %u flushes",
		  what, w->scans, w->collapses, w->successes, w->batches, w->locks, w->allocs,
		  w->flushes);
}
