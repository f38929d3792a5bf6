// SPDX-License-Identifier: GPL-2.0-only
/*
 * The next part is begun before the last one ends: if that fails (the disk is full, the folder is gone), the last one
 * goes on. A part has its name only when it can be read by itself, so a recorder that is killed at any moment leaves
 * whole parts and one that lacks its end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/fmt.h"
#include "lib/log.h"
#include "trace/parts_priv.h"
#include "trace/rotate.h"
#include "trace/write.h"

#define RETRY_NS (NSEC_PER_SEC / 10 * 9) /* less than the recorder's second */
/* What describes the machine may be at most this part of a file. */
#define DESCRIBED_MAX 4
#define NAMES_MAX     1024 /* as the writer's */
#define TRIES	      100

struct name {
	__u64 id;
	char *path;
};

struct trace_rotate {
	struct parts *parts;
	__u64 size;
	unsigned int keep;
	struct trace_rotate_sums sums;
	__u64 lost[MTHP_NR_LOSSES]; /* before this part */
	__u32 number;		    /* of this part */
	__u64 ns, realtime_ns;	    /* its begin */
	__u64 retry_ns;		    /* no part could be begun: not before this time */
	bool said;
	struct name names[NAMES_MAX];
	unsigned int nr_names;
};

int trace_rotate_new(struct trace_rotate **out, const char *path, __u64 size, unsigned int keep)
{
	struct trace_rotate *r = calloc(1, sizeof(*r));
	int err = -ENOMEM;

	*out = NULL;
	if (!r) {
		log_err("cannot record: out of memory");
		return err;
	}
	r->size = size;
	r->keep = keep;
	err = parts_new(&r->parts, path);
	if (err)
		trace_rotate_free(r);
	else
		*out = r;
	return err;
}

void trace_rotate_free(struct trace_rotate *r)
{
	if (!r)
		return;
	while (r->nr_names)
		free(r->names[--r->nr_names].path);
	parts_free(r->parts);
	free(r);
}

const char *trace_rotate_folder(const struct trace_rotate *r)
{
	return parts_folder(r->parts);
}

uid_t trace_rotate_uid(const struct trace_rotate *r)
{
	return parts_owner(r->parts)->st_uid;
}

gid_t trace_rotate_gid(const struct trace_rotate *r)
{
	return parts_owner(r->parts)->st_gid;
}

const char *trace_rotate_name(const struct trace_rotate *r)
{
	return parts_name(r->parts);
}

const struct trace_rotate_sums *trace_rotate_sums(const struct trace_rotate *r)
{
	return &r->sums;
}

bool trace_rotate_due(const struct trace_rotate *r, const struct trace_writer *w, __u64 now_ns)
{
	return now_ns >= r->retry_ns && (trace_write_bytes(w) >= r->size || trace_write_gone(w));
}

void trace_rotate_meta(const struct trace_rotate *r, struct meta *meta)
{
	meta->part = r->number;
	meta->start_ns = r->ns;
	meta->start_realtime_ns = r->realtime_ns;
}

void trace_rotate_lost(const struct trace_rotate *r, __u64 lost[MTHP_NR_LOSSES])
{
	int i;

	for (i = 0; i < MTHP_NR_LOSSES; i++)
		lost[i] = lost[i] > r->lost[i] ? lost[i] - r->lost[i] : 0;
}

const char *trace_rotate_cgroup(struct trace_rotate *r, __u64 id, const char *path)
{
	unsigned int i;

	for (i = 0; i < r->nr_names && r->names[i].id != id; i++)
		;
	if (i < r->nr_names)
		return path ? path : r->names[i].path;
	if (!path || i == NAMES_MAX)
		return path;
	r->names[i].path = strdup(path);
	if (r->names[i].path) {
		r->names[i].id = id;
		r->nr_names++;
	}
	return path;
}

/* Begins a part. 0 or -errno, without a message. */
static int begin(struct trace_rotate *r, struct trace_writer **w,
		 const struct trace_rotate_now *now, char path[PARTS_PATH_MAX])
{
	struct meta *meta = malloc(sizeof(*meta));
	__u32 number;
	int err = -ENOMEM, tries;

	path[0] = '\0';
	for (tries = 0; meta && tries < TRIES; tries++) {
		err = parts_next(r->parts, now->realtime_ns, &number, path);
		if (err)
			break;
		*meta = *now->meta;
		meta->part = number;
		meta->start_ns = now->ns;
		meta->start_realtime_ns = now->realtime_ns;
		err = trace_write_open(w, path, OUTPUT_NEW, meta);
		if (err != -EEXIST)
			break;
	}
	free(meta);
	if (err)
		return err;
	parts_add(r->parts, number, path);
	r->number = number;
	r->ns = now->ns;
	r->realtime_ns = now->realtime_ns;
	r->sums.parts++;
	return 0;
}

static int begin_first(struct trace_rotate *r, struct trace_writer **w,
		       const struct trace_rotate_now *now)
{
	char path[PARTS_PATH_MAX], safe[256], size[32], least[32];
	int err = begin(r, w, now, path);
	__u64 bytes;

	if (err) {
		log_err("cannot write trace: %s: %s (choose another output)",
			fmt_safe(path[0] ? path : parts_name(r->parts), safe, sizeof(safe)),
			strerror(-err));
		return err;
	}
	bytes = trace_write_bytes(*w) * DESCRIBED_MAX;
	if (bytes <= r->size)
		return 0;
	log_err("cannot record: files of %s are too small: what describes this machine is in each (choose at least %s)",
		fmt_bytes(r->size, size, sizeof(size)), fmt_bytes(bytes, least, sizeof(least)));
	trace_write_abort(*w);
	*w = NULL;
	unlink(path);
	return -EINVAL;
}

/* The part @w has ended: adds it up. */
static void end(struct trace_rotate *r, struct trace_writer *w, const struct trace_rotate_now *now)
{
	int err;

	/* Waiting for the disk, the recorder would let the ring overflow. */
	trace_write_no_sync(w);
	trace_write_flush(w);
	r->sums.events += trace_write_events(w);
	r->sums.bytes += trace_write_bytes(w);
	r->sums.missing += trace_write_missing(w);
	err = trace_write_close(w, now->ns, true);
	if (!r->sums.err)
		r->sums.err = err;
}

static void say_failed(struct trace_rotate *r, const struct trace_writer *w, const char *path,
		       int err)
{
	char safe[256];

	if (r->said)
		return;
	r->said = true;
	log_err("cannot begin the next file: %s: %s (%s)",
		fmt_safe(path[0] ? path : parts_name(r->parts), safe, sizeof(safe)), strerror(-err),
		trace_write_gone(w) ? "events are lost until there is one" :
				      "the last one goes on and grows");
}

int trace_rotate_turn(struct trace_rotate *r, struct trace_writer **w,
		      const struct trace_rotate_now *now)
{
	char path[PARTS_PATH_MAX];
	struct trace_writer *next;
	int err;

	r->sums.removed += parts_leave(r->parts, r->keep - 1);
	if (!*w)
		return begin_first(r, w, now);
	err = begin(r, &next, now, path);
	if (err) {
		r->retry_ns = now->ns + RETRY_NS;
		say_failed(r, *w, path, err);
		return err;
	}
	r->retry_ns = 0;
	r->said = false;
	end(r, *w, now);
	*w = next;
	memcpy(r->lost, now->lost, sizeof(r->lost));
	/* The last reading of the last part: so no growth is between two parts. */
	if (now->counters)
		trace_write_counters(next, now->counters);
	return 0;
}
