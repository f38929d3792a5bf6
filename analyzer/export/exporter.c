// SPDX-License-Identifier: GPL-2.0-only
/*
 * See exporter.h. Counters live as long as the exporter. A trace is served as if it happened now: its counters
 * begin at 0 when the exporter starts, and rise as its events pass.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export/exporter.h"
#include "export/families_priv.h"
#include "lib/cgroup.h"
#include "lib/clock.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "source/feed.h"

struct exporter {
	struct exporter_how how;
	struct feed feed;
	struct cgroup_names *names; /* of a live source */
	struct cgroups *cgroups;
	struct named named;
	struct host host;
	__u64 since_ns; /* CLOCK_REALTIME */
	__u64 read_ns;	/* when the source was last read */
	bool said;	/* that a trace has ended early */
	__u64 version;
	struct text text[TEXT_NR_FORMATS];
	__u64 text_version[TEXT_NR_FORMATS];
};

static const char *cgroup_path(void *ctx, __u64 id)
{
	struct exporter *e = ctx;
	struct source *src = e->feed.src;

	if (src->ops->cgroup)
		return src->ops->cgroup(src, id);
	return e->names ? cgroup_names_path(e->names, id) : NULL;
}

static int init(struct exporter *e, struct source *source)
{
	char mount[4096];
	const char *root = NULL;

	if (source->live && !cgroup_mount(mount, sizeof(mount)))
		root = mount;
	if (root)
		e->names = cgroup_names_new(root);
	e->cgroups = cgroups_new(e->how.cgroups, root, cgroup_path, e);
	if (!e->cgroups || (root && !e->names))
		return -ENOMEM;
	named_init(&e->named, e->how.top);
	host_init(&e->host, "");
	e->since_ns = source->live ? source->meta.start_realtime_ns : realtime_ns();
	e->read_ns = now_ns();
	return feed_open(&e->feed, source);
}

int exporter_new(struct exporter **out, struct source *source, const struct exporter_how *how)
{
	struct exporter *e = calloc(1, sizeof(*e));
	int err = -ENOMEM;

	if (e) {
		e->how = *how;
		err = init(e, source);
	}
	*out = e;
	if (!err)
		return 0;
	log_err("cannot export: %s", strerror(-err));
	exporter_free(e);
	*out = NULL;
	return err;
}

void exporter_free(struct exporter *e)
{
	int i;

	if (!e)
		return;
	feed_close(&e->feed);
	host_free(&e->host);
	cgroups_free(e->cgroups);
	cgroup_names_free(e->names);
	for (i = 0; i < TEXT_NR_FORMATS; i++)
		text_free(&e->text[i]);
	free(e);
}

void exporter_drain(struct exporter *e)
{
	feed_drain(&e->feed);
}

/* Takes what has happened since the last reading. 0 or -errno. */
static int advance(struct exporter *e, __u64 ns)
{
	struct feed *f = &e->feed;
	int err;

	while (!f->src->live && !e->how.speed && !f->ended && !stop_asked())
		feed_some(f);
	if (!f->src->live && !f->ended)
		feed_advance(f, (__u64)(ns * e->how.speed));
	err = feed_tick(f);
	if (err)
		return err;
	if (f->src->live)
		return f->err;
	if (f->ended && feed_status(f) && !e->said) {
		log_warn("the trace ends early, or parts of it cannot be read");
		e->said = true;
	}
	return 0;
}

int exporter_refresh(struct exporter *e)
{
	__u64 now = now_ns();
	int err;

	if (e->version && now - e->read_ns < NSEC_PER_SEC)
		return 0;
	e->feed.err = 0;
	err = advance(e, now - e->read_ns);
	e->read_ns = now;
	if (!err)
		err = cgroups_take(e->cgroups, e->feed.snap, now);
	if (err) {
		/* Whoever asks within this second gets an error, too. */
		e->version = 0;
		return err;
	}
	named_take(&e->named, e->feed.snap);
	host_read(&e->host, "");
	e->version = now;
	return 0;
}

static int write_page(struct exporter *e, enum text_format format)
{
	struct source *src = e->feed.src;
	const struct reading r = {
		.s = e->feed.snap,
		.named = &e->named,
		.cgroups = e->cgroups,
		.host = &e->host,
		.live = src->live,
		.owner = src->owner,
		.since_ns = e->since_ns,
		.bpf_cpu_ns = src->ops->cpu_ns ? src->ops->cpu_ns(src) : NUM_UNKNOWN,
	};
	struct text *t = &e->text[format];

	text_begin(t, format);
	families_write(t, &r);
	return text_end(t);
}

int exporter_page(void *ctx, enum text_format format, const struct text **text, __u64 *version)
{
	struct exporter *e = ctx;
	int err = exporter_refresh(e);

	if (!err && e->text_version[format] != e->version) {
		err = write_page(e, format);
		e->text_version[format] = err ? 0 : e->version;
	}
	*text = &e->text[format];
	*version = e->version;
	return err;
}
