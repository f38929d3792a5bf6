// SPDX-License-Identifier: GPL-2.0-only
/*
 * mthptop record: events of the live source into a trace file.
 *
 * The loop sleeps until the ring is a quarter full, a second is over, the command or the watched process
 * has ended, or a signal came. Each second it empties the ring, however little is in it, and then writes the
 * kernel's own counters and the losses. So a killed recording lacks at most one second, and in the file
 * settings and counters come after the events that came before them.
 *
 * With --rotate, a file that is full ends when the ring is empty and settings and counters are read: so each
 * part has all that happened in its time.
 *
 * At the end the probes are detached, the ring is emptied, and the maps are read, in this order: then the
 * sums of the maps and those of the file cover the same events.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/cgroup.h"
#include "lib/child.h"
#include "lib/confine.h"
#include "cmd/commands.h"
#include "lib/fmt.h"
#include "source/load.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/stop.h"
#include "lib/version.h"
#include "model/source.h"
#include "trace/rotate.h"
#include "trace/write.h"
#include "view/formats.h"

#define KEEP  10
#define PUMP  8192   /* events taken before looking at the clock again */
#define DRAIN 131072 /* more than the ring holds: in a storm it never runs empty */

struct record_opts {
	struct load_opts load;
	const char *out;
	double secs;
	__u64 rotate;
	unsigned int keep;
	bool json;
	bool verbose;
};

static const struct opt record_options[] = {
	OPT(struct record_opts, out, STR, .name = "output", .brief = 'o', .metavar = "FILE",
	    .help = "write the trace to FILE (-: standard output)"),
	OPT(struct record_opts, secs, SECONDS, .name = "duration", .brief = 'd', .min = 0.01,
	    .max = 31536000, .metavar = "SECS",
	    .help = "end after this time, and end CMD and all that it started"),
	OPT(struct record_opts, rotate, SIZE, .min = 65536, .max = 1099511627776, .metavar = "SIZE",
	    .help = "begin another file whenever one has this size: FILE-NUMBER-TIME.mthp"),
	OPT(struct record_opts, keep, U32, .min = 2, .max = 100000, .metavar = "N",
	    .help = "with --rotate: keep this many of the files, and remove the oldest; 10 if this is not given"),
	LOAD_OPTS(struct record_opts, load),
	OPT(struct record_opts, json, FLAG,
	    .help = "at the end print the kernel's counts, as `report --format json` does"),
	OPT(struct record_opts, verbose, FLAG, .brief = 'v', .help = "print what is done"),
	OPT_END,
};

struct record {
	const struct record_opts *opts;
	struct source *source;
	struct model *model;
	struct trace_writer *writer;
	struct trace_rotate *rotate; /* NULL: all into one file */
	struct child child;
	struct loop *loop;
	int err;     /* exit status that ended the loop */
	int watched; /* pidfd of opts->load.pid; -1 */
	struct cgroup_names *cgroups;
};

static int take(void *ctx, const struct mthp_ev *ev)
{
	struct record *r = ctx;
	const char *path;

	/* A cgroup that is gone before it is looked up stays without a name. */
	if (trace_write_new_cgroup(r->writer, ev->cgroup)) {
		path = cgroup_names_path(r->cgroups, ev->cgroup);
		if (r->rotate)
			path = trace_rotate_cgroup(r->rotate, ev->cgroup, path);
		if (path)
			trace_write_cgroup(r->writer, ev->cgroup, path);
	}
	return trace_write_event(r->writer, ev);
}

/* Takes up to @max of the events in the ring. 0, or an exit status after a message. */
static int pump(struct record *r, long max)
{
	long all = 0, n;

	do {
		n = r->source->ops->pump(r->source, r->model, PUMP);
		all += n;
	} while (n > 0 && all < max);
	if (n >= 0)
		return EXIT_OK;
	log_err("cannot read events: %s", strerror(-n));
	return EXIT_CANNOT;
}

/* Events of all files that are in none. */
static __u64 missing(const struct record *r)
{
	return trace_write_missing(r->writer) +
	       (r->rotate ? trace_rotate_sums(r->rotate)->missing : 0);
}

static void write_meta(struct record *r)
{
	struct meta meta = r->model->meta;

	if (r->rotate)
		trace_rotate_meta(r->rotate, &meta);
	trace_write_meta(r->writer, &meta);
}

static void write_lost(struct record *r)
{
	__u64 lost[MTHP_NR_LOSSES];

	model_lost(r->model, MTHP_L_DISK, missing(r));
	memcpy(lost, r->model->totals.lost, sizeof(lost));
	if (r->rotate)
		trace_rotate_lost(r->rotate, lost);
	trace_write_lost(r->writer, lost);
}

/*
 * Writes the events of a second. The writer reports a failure to write, counts what is missing and goes
 * on trying; so a failure ends nothing here.
 */
static int tick(struct record *r, __u64 now)
{
	struct settings before = r->model->meta.settings;
	int err = r->source->ops->tick(r->source, r->model, now);

	if (err)
		return EXIT_CANNOT;
	trace_write_look(r->writer);
	if (memcmp(&before, &r->model->meta.settings, sizeof(before)))
		write_meta(r);
	if (!r->model->nr_series)
		trace_write_counters(r->writer, &r->model->first);
	trace_write_counters(r->writer, &r->model->last);
	trace_write_flush(r->writer);
	write_lost(r);
	model_tick(r->model, now);
	return EXIT_OK;
}

/* The recording ends. @err: with what exit status. */
static void end(struct record *r, int err)
{
	r->err = err;
	loop_stop(r->loop);
}

/* Begins the next file. If that fails, this one goes on. */
static void turn(struct record *r, __u64 now)
{
	trace_rotate_turn(r->rotate, &r->writer,
			  &(const struct trace_rotate_now){ .ns = now,
							    .realtime_ns = realtime_ns(),
							    .meta = &r->model->meta,
							    .counters = &r->model->last,
							    .lost = r->model->totals.lost });
}

/* Is it time for the next file? */
static bool is_full(const struct record *r)
{
	return r->rotate && trace_rotate_due(r->rotate, r->writer, now_ns());
}

static int empty_ring(struct record *r)
{
	int err = pump(r, DRAIN);
	__u64 now = now_ns();

	if (!err)
		err = tick(r, now);
	if (!err && is_full(r))
		turn(r, now);
	return err;
}

static void on_events(void *ctx, __u64 what)
{
	struct record *r = ctx;
	int err = pump(r, PUMP);

	if (!err && is_full(r))
		err = empty_ring(r);
	if (err)
		end(r, err);
}

static void on_second(void *ctx, __u64 n)
{
	struct record *r = ctx;
	int err = empty_ring(r);

	child_reap(&r->child);
	if (err)
		end(r, err);
}

/* The time is over, or a process has ended. */
static void on_end(void *ctx, __u64 n)
{
	end(ctx, EXIT_OK);
}

static int watch(struct record *r)
{
	int second = loop_timer(r->loop, on_second, r), last = loop_timer(r->loop, on_end, r), err;
	__u64 end_ns, now = now_ns();

	if (second < 0 || last < 0)
		return second < 0 ? second : last;
	err = loop_set_timer(r->loop, second, NSEC_PER_SEC, NSEC_PER_SEC);
	if (!err && r->opts->secs > 0) {
		end_ns = r->source->meta.start_ns + (__u64)(r->opts->secs * NSEC_PER_SEC);
		err = loop_set_timer(r->loop, last, end_ns > now ? end_ns - now : 1, 0);
	}
	if (!err)
		err = loop_fd(r->loop, r->source->ops->fd(r->source), on_events, r);
	if (!err && r->child.fd >= 0)
		err = loop_fd(r->loop, r->child.fd, on_end, r);
	if (!err && r->watched >= 0)
		err = loop_fd(r->loop, r->watched, on_end, r);
	return err;
}

/* Records until the time is over, CMD or the watched process has ended, or a signal came. */
static int loop(struct record *r)
{
	int err = loop_new(&r->loop);

	if (!err)
		err = watch(r);
	/* The file has all events. Only JSON shows what the tables held meanwhile. */
	r->source->only_sums = !r->opts->json;
	if (!err)
		err = loop_run(r->loop);
	r->source->only_sums = false;
	loop_free(r->loop);
	if (!err)
		return r->err;
	log_err("cannot wait for events: %s", strerror(-err));
	return EXIT_CANNOT;
}

/* Writes the rest. */
static int finish(struct record *r)
{
	/* Stopping takes a while, during which nothing is observed. */
	__u64 end = now_ns();
	int err, unread;

	r->source->ops->stop(r->source);
	unread = pump(r, LONG_MAX);
	err = tick(r, end);
	r->model->complete = !unread;
	return err ? err : unread;
}

/* "1.2M: t.mthp" */
static void print_files(const struct record *r, __u64 written)
{
	const struct trace_rotate_sums *s;
	char bytes[32], path[256];

	fmt_bytes(written, bytes, sizeof(bytes));
	if (!r->rotate) {
		fprintf(stderr, "%s: %s:", bytes, fmt_safe(r->opts->out, path, sizeof(path)));
		return;
	}
	s = trace_rotate_sums(r->rotate);
	fprintf(stderr, "%s in %u files, %u old ones removed: %s:", bytes, s->parts, s->removed,
		trace_rotate_name(r->rotate));
}

static void summary(const struct record *r)
{
	static const struct trace_rotate_sums none;
	const struct trace_rotate_sums *s = r->rotate ? trace_rotate_sums(r->rotate) : &none;
	const __u64 *lost = r->model->totals.lost;
	int i, any = 0;

	fprintf(stderr, "mthptop: recorded %llu events, ",
		(unsigned long long)(s->events + trace_write_events(r->writer)));
	print_files(r, s->bytes + trace_write_bytes(r->writer));
	for (i = 0; i < MTHP_NR_LOSSES; i++) {
		/* Of the live tables: the file has all events. */
		if (!lost[i] || meta_loss_what(i) == MTHP_LOST_ROWS)
			continue;
		fprintf(stderr, "%s lost %s %llu", any ? "," : "", meta_loss_name(i),
			(unsigned long long)lost[i]);
		any = 1;
	}
	fprintf(stderr, "%s\n", any ? "" : " nothing lost");
}

static int print_json(const struct record *r)
{
	struct snapshot *s = snapshot_take(r->model);
	int err = s ? view_json(s, NULL, stdout) : -ENOMEM;

	snapshot_free(s);
	if (!err)
		return EXIT_OK;
	log_err("cannot write JSON: standard output: %s", strerror(-err));
	return EXIT_CANNOT;
}

/* The first of several files. 0, or -errno after a message. */
static int begin_first(struct record *r)
{
	const struct meta *meta = &r->source->meta;
	static const __u64 lost[MTHP_NR_LOSSES];

	return trace_rotate_turn(
		r->rotate, &r->writer,
		&(const struct trace_rotate_now){ .ns = meta->start_ns,
						  .realtime_ns = meta->start_realtime_ns,
						  .meta = meta,
						  .lost = lost });
}

static int open_all(struct record *r, int nr_args, char **args)
{
	const char *folders[] = { NULL, NULL };
	struct confine rights = { .ends_others = nr_args > 0 };
	struct source_filter filter;
	int err;

	if (load_filter(&r->opts->load, &filter))
		return EXIT_USAGE;
	if (filter.tgid)
		r->watched = pidfd_open(filter.tgid, 0);
	if (nr_args) {
		err = child_prepare(&r->child, nr_args, args);
		if (err) {
			log_err("cannot start a process: %s", strerror(-err));
			return EXIT_CANNOT;
		}
	}
	if (r->opts->rotate && trace_rotate_new(&r->rotate, r->opts->out, r->opts->rotate,
						r->opts->keep ? r->opts->keep : KEEP))
		return EXIT_CANNOT;
	err = source_live_open(&r->source, &filter, 1);
	if (err)
		return exit_status(err);
	strcpy(r->source->meta.made_by, "record");
	snprintf(r->source->meta.writer, sizeof(r->source->meta.writer), "mthptop %s", version);
	if (!r->rotate &&
	    trace_write_open(&r->writer, r->opts->out, OUTPUT_GROWING, &r->source->meta))
		return EXIT_CANNOT;
	if (r->rotate) {
		folders[0] = trace_rotate_folder(r->rotate);
		rights.folders = folders;
		rights.uid = trace_rotate_uid(r->rotate);
		rights.gid = trace_rotate_gid(r->rotate);
	}
	source_live_drop(r->source, &rights);
	/* With the rights that all later files are made with. */
	if (r->rotate && begin_first(r))
		return EXIT_CANNOT;
	r->cgroups = cgroup_names_new(NULL);
	r->model = model_new(&r->source->meta, r->source->sums_given);
	if (!r->model || !r->cgroups) {
		log_err("cannot record: out of memory");
		return EXIT_CANNOT;
	}
	r->model->streamed = 1;
	source_live_tap(r->source, take, r);
	return EXIT_OK;
}

static int record(struct record *r, int nr_args, char **args)
{
	int err, ended = EXIT_OK;

	err = open_all(r, nr_args, args);
	if (err)
		return err;
	stop_on_signals();
	err = tick(r, r->source->meta.start_ns);
	if (!err && nr_args)
		err = child_go(&r->child, args[0]);
	if (!err)
		err = loop(r);
	if (finish(r) && !err)
		err = EXIT_CANNOT;
	/* If something else has ended the recording, CMD is still running, and ends now. */
	if (nr_args)
		ended = child_wait(&r->child, SIGTERM);
	if (ended < 0)
		ended = exit_status(ended);
	summary(r);
	if (r->opts->json && print_json(r) && !err)
		err = EXIT_CANNOT;
	if (trace_write_close(r->writer, r->model->end_ns, 1) && !err)
		err = EXIT_DATA;
	if (r->rotate && trace_rotate_sums(r->rotate)->err && !err)
		err = EXIT_DATA;
	r->writer = NULL;
	return err ? err : ended;
}

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	const struct record_opts *o = opts;
	struct record *r;
	int err;

	if (!o->out) {
		log_err("missing option: -o FILE (see: mthptop record --help)");
		return EXIT_USAGE;
	}
	if (o->json && !strcmp(o->out, "-")) {
		log_err("options do not go together: --json and -o - both want standard output");
		return EXIT_USAGE;
	}
	if (o->keep && !o->rotate) {
		log_err("missing option: --rotate SIZE: --keep is about its files (see: mthptop record --help)");
		return EXIT_USAGE;
	}
	if (o->rotate && !strcmp(o->out, "-")) {
		log_err("options do not go together: --rotate and -o -: standard output is one file");
		return EXIT_USAGE;
	}
	r = calloc(1, sizeof(*r));
	if (!r)
		return EXIT_CANNOT;
	log_level = o->verbose ? 2 : 0;
	r->opts = o;
	r->watched = -1;
	r->child = CHILD_NONE;
	err = record(r, nr_args, args);
	child_wait(&r->child, SIGTERM);
	trace_write_abort(r->writer);
	trace_rotate_free(r->rotate);
	if (r->watched >= 0)
		close(r->watched);
	if (r->source)
		r->source->ops->close(r->source);
	model_free(r->model);
	cgroup_names_free(r->cgroups);
	free(r);
	return err;
}

const struct command cmd_record = {
	.name = "record",
	.args = "-o FILE [-- CMD...]",
	.help = "record events into a trace file, until CMD ends or Ctrl-C",
	.examples = "  mthptop record -o t.mthp -d 60\n"
		    "  mthptop record -o t.mthp -p $(pidof redis-server)\n"
		    "  mthptop record -o t.mthp -- ./mthptop demo\n"
		    "  mthptop record -o /var/tmp/thp/t.mthp --rotate 64M --keep 20\n"
		    "\n"
		    "All processes are recorded, also with CMD, unless -p or --cgroup is given.\n"
		    "The exit status is that of CMD (126, 127: it could not be run); without CMD,\n"
		    "or if recording failed, it is mthptop's own.\n",
	.opts = record_options,
	.opts_size = sizeof(struct record_opts),
	.max_args = -1,
	.run = run,
};
