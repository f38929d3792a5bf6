// SPDX-License-Identifier: GPL-2.0-only
/*
 * mthptop export: the numbers of the live source, or of a trace, as metrics for Prometheus.
 *
 * One thread: a loop over the listening sockets, the ring of BPF, and timers. The sockets are open before the
 * programs are attached: who connects meanwhile waits, and a port that is taken is found out first. Then all
 * privileges are given up.
 *
 * A kernel that does not let itself be observed still has settings and counters: those are exported, and
 * mthptop_capability says what is missing.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cmd/commands.h"
#include "export/exporter.h"
#include "export/http.h"
#include "export/textfile.h"
#include "lib/clock.h"
#include "lib/confine.h"
#include "lib/exit.h"
#include "lib/listen.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/notify.h"
#include "lib/stop.h"
#include "source/load.h"

#define DEFAULT_LISTEN "127.0.0.1:9925"
#define REFRESH_NS     (10 * NSEC_PER_SEC) /* at least so often the source is read */
#define MAX_FDS	       8192

struct export_opts {
	struct opt_list listen;
	const char *textfile;
	double secs;
	unsigned int cgroups;
	int per_result;
	const char *replay;
	double speed;
	struct load_opts load;
	bool verbose;
};

static const char *const per_result[] = { "all", "top", NULL };

static const struct opt export_options[] = {
	OPT(struct export_opts, listen, LIST, .brief = 'l', .metavar = "WHERE",
	    .help = "serve HTTP at ADDRESS:PORT or unix:PATH (default: " DEFAULT_LISTEN ")"),
	OPT(struct export_opts, textfile, STR, .metavar = "PATH",
	    .help = "write the metrics to this file; HTTP only if --listen is given, too"),
	OPT(struct export_opts, secs, SECONDS, .name = "delay", .brief = 'd', .min = 1, .max = 3600,
	    .metavar = "SECS", .help = "how often the file is written (default: 15)"),
	OPT(struct export_opts, cgroups, U32, .min = 0, .max = EXPORTER_MAX_CGROUPS, .metavar = "N",
	    .help = "name at most N cgroups (default: 32)"),
	OPT(struct export_opts, per_result, CHOICE, .name = "per-result", .choices = per_result,
	    .metavar = "all|top", .help = "name all results, or the eight most frequent ones"),
	OPT(struct export_opts, replay, STR, .metavar = "FILE",
	    .help = "serve this trace as if it happened now"),
	OPT(struct export_opts, speed, SECONDS, .brief = 'x', .min = 0, .max = 1000000,
	    .metavar = "X", .help = "X times as fast as recorded; 0: all of it at once"),
	LOAD_OPTS(struct export_opts, load),
	OPT(struct export_opts, verbose, FLAG, .brief = 'v', .help = "print what is done"),
	OPT_END,
};

static const struct export_opts export_defaults = { .secs = 15, .cgroups = 32, .speed = 1 };

struct export
{
	const struct export_opts *opts;
	struct listen_at listen[LISTEN_MAX];
	int nr_listen;
	struct textfile textfile;
	struct source *source;
	struct exporter *exporter;
	struct http *http;
	struct loop *loop;
	int http_timer;
	bool observes; /* by programs of BPF */
};

static int open_listen(struct export *x)
{
	const struct opt_list *wanted = &x->opts->listen;
	int i, err, nr = listen_passed(x->listen);

	if (nr < 0)
		return nr;
	x->nr_listen = nr;
	if (nr && wanted->nr) {
		log_err("options do not go together: --listen and sockets of the service manager");
		return -EINVAL;
	}
	if (wanted->nr > LISTEN_MAX) {
		log_err("too many --listen: %d (at most %d)", wanted->nr, LISTEN_MAX);
		return -EINVAL;
	}
	for (i = 0; i < wanted->nr; i++) {
		err = listen_open(&x->listen[x->nr_listen], wanted->word[i]);
		if (err)
			return err;
		x->nr_listen++;
	}
	if (x->nr_listen || x->opts->textfile)
		return 0;
	err = listen_open(&x->listen[0], DEFAULT_LISTEN);
	x->nr_listen = !err;
	return err;
}

static int open_source(struct export *x)
{
	struct source_filter filter;
	int err = load_filter(&x->opts->load, &filter);

	if (err)
		return -EINVAL;
	if (x->opts->replay)
		return source_file_open(&x->source, x->opts->replay, &filter);
	err = source_live_open(&x->source, &filter, 0);
	if (!err) {
		x->observes = true;
		return 0;
	}
	/* Somebody asked for a part of the events, and the kernel's counters know no parts. */
	if (filter.tgid || filter.cgroup[0])
		return err;
	log_warn("only the kernel's settings and counters are exported");
	return source_kernel_open(&x->source);
}

static int no_rights(void *ctx)
{
	return 0;
}

/* The folder of @path. */
static void folder_of(const char *path, char *buf, size_t len)
{
	const char *slash = strrchr(path, '/');

	snprintf(buf, len, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
}

/* Everything is open now, but for the file that is written again and again, and sockets that are removed. */
static void give_up(struct export *x)
{
	char buf[LISTEN_MAX + 1][PATH_MAX];
	const char *folders[LISTEN_MAX + 2];
	struct confine what = { .still_works = no_rights, .serves = true };
	int nr = 0, i;

	for (i = 0; i < x->nr_listen; i++)
		if (x->listen[i].path[0])
			folder_of(x->listen[i].path, buf[nr++], sizeof(buf[0]));
	if (x->textfile.path)
		folder_of(x->textfile.path, buf[nr++], sizeof(buf[0]));
	for (i = 0; i < nr; i++)
		folders[i] = buf[i];
	folders[nr] = NULL;
	what.folders = nr ? folders : NULL;
	if (x->observes)
		source_live_drop(x->source, &what);
	else
		confine(&what);
}

static void on_events(void *ctx, __u64 what)
{
	struct export *x = ctx;

	exporter_drain(x->exporter);
}

static void on_refresh(void *ctx, __u64 n)
{
	struct export *x = ctx;

	exporter_refresh(x->exporter);
}

static int write_textfile(struct export *x)
{
	const struct text *text;
	__u64 version;
	int err = exporter_page(x->exporter, TEXT_PLAIN, &text, &version);

	return err ? err : textfile_write(&x->textfile, text);
}

static void on_textfile(void *ctx, __u64 n)
{
	write_textfile(ctx);
}

static void on_http(void *ctx, __u64 what)
{
	struct export *x = ctx;

	loop_set_timer(x->loop, x->http_timer, http_run(x->http), 0);
}

static void on_watchdog(void *ctx, __u64 n)
{
	notify_send("WATCHDOG=1");
}

/* Calls @fn every @ns; 0: never. The timer's number, or -errno. */
static int every(struct export *x, __u64 ns, loop_fn fn)
{
	int timer = loop_timer(x->loop, fn, x), err;

	if (timer < 0)
		return timer;
	err = loop_set_timer(x->loop, timer, ns, ns);
	return err ? err : timer;
}

static int watch(struct export *x)
{
	int fd = x->source->ops->fd(x->source), err;

	err = every(x, REFRESH_NS, on_refresh);
	if (err >= 0)
		err = every(x, notify_watchdog_ns(), on_watchdog);
	if (err >= 0 && x->textfile.path)
		err = every(x, (__u64)(x->opts->secs * NSEC_PER_SEC), on_textfile);
	if (err >= 0)
		err = x->http_timer = every(x, 0, on_http);
	if (err >= 0 && fd >= 0)
		err = loop_fd(x->loop, fd, on_events, x);
	if (err >= 0 && x->http)
		err = loop_fd(x->loop, http_fd(x->http), on_http, x);
	return err < 0 ? err : 0;
}

static int serve(struct export *x)
{
	int fds[LISTEN_MAX], i, err = loop_new(&x->loop);

	for (i = 0; i < x->nr_listen; i++)
		fds[i] = x->listen[i].fd;
	if (!err && x->nr_listen) {
		err = http_new(&x->http, fds, x->nr_listen, exporter_page, x->exporter);
		if (err)
			return EXIT_CANNOT;
	}
	if (!err)
		err = watch(x);
	if (err) {
		log_err("cannot wait for requests: %s", strerror(-err));
		return EXIT_CANNOT;
	}
	for (i = 0; i < x->nr_listen; i++)
		fprintf(stderr, "mthptop: serving http at %s%s\n", x->listen[i].name,
			x->listen[i].loopback ? "" : ": others than this machine may read it");
	notify_send("READY=1");
	/* Sockets may have been waiting since before there was an epoll to say so. */
	if (x->http)
		on_http(x, 0);
	err = loop_run(x->loop);
	notify_send("STOPPING=1");
	if (!err)
		return EXIT_OK;
	log_err("cannot wait for requests: %s", strerror(-err));
	return EXIT_CANNOT;
}

/* A thousand clients need as many descriptors. */
static void raise_fds(void)
{
	struct rlimit max;

	if (getrlimit(RLIMIT_NOFILE, &max) || max.rlim_cur >= MAX_FDS)
		return;
	max.rlim_cur = max.rlim_max < MAX_FDS ? max.rlim_max : MAX_FDS;
	setrlimit(RLIMIT_NOFILE, &max);
}

static int export(struct export *x)
{
	const struct exporter_how how = {
		.cgroups = x->opts->cgroups,
		.top = x->opts->per_result,
		.speed = x->opts->speed,
	};
	int err;

	raise_fds();
	err = open_listen(x);
	if (!err)
		err = textfile_open(&x->textfile, x->opts->textfile);
	if (!err)
		err = open_source(x);
	if (!err)
		err = stop_on_signals();
	if (!err)
		err = exporter_new(&x->exporter, x->source, &how);
	if (!err)
		give_up(x);
	/* A folder that takes no file is better known now than at the first alert. */
	if (!err && x->textfile.path)
		err = write_textfile(x);
	return err ? exit_status(err) : serve(x);
}

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	struct export x = { .opts = opts, .textfile.fd = -1 };
	int status, i;

	log_level = x.opts->verbose ? 2 : 0;
	status = export(&x);
	http_free(x.http);
	loop_free(x.loop);
	exporter_free(x.exporter);
	if (x.source)
		x.source->ops->close(x.source);
	textfile_close(&x.textfile);
	for (i = 0; i < x.nr_listen; i++)
		listen_close(&x.listen[i]);
	return status;
}

const struct command cmd_export = {
	.name = "export",
	.args = "",
	.help = "serve metrics for Prometheus",
	.examples =
		"  mthptop export\n"
		"  curl http://127.0.0.1:9925/metrics\n"
		"  mthptop export --listen unix:/run/mthptop/metrics.sock\n"
		"  mthptop export --textfile /var/lib/prometheus/node-exporter/mthptop.prom\n"
		"  mthptop export --replay t.mthp\n"
		"\n"
		"Nobody outside of this machine can read the metrics, unless --listen says so.\n"
		"Sockets of a service manager are used if it passes any.\n",
	.opts = export_options,
	.opts_size = sizeof(struct export_opts),
	.defaults = &export_defaults,
	.run = run,
};
