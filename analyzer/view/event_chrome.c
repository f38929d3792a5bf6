// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events in the trace event format of Chromium, which Perfetto's UI and others open: a row per process whose memory it
 * is and per requester. An attempt of known duration is a bar, and whatever else happened is a mark.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "view/formats.h"

#define NAMES_KEPT \
	256 /* processes whose name was written: a table that forgets writes one twice, no more */

struct view_chrome {
	FILE *out;
	bool any;
	struct {
		bool is;
		__u32 tgid;
		char comm[MTHP_COMM_LEN];
	} named[NAMES_KEPT];
};

struct view_chrome *view_chrome_begin(const struct meta *meta, FILE *out)
{
	struct view_chrome *c = calloc(1, sizeof(*c));
	json_t *other;

	if (!c)
		return NULL;
	c->out = out;
	other = view_json_begin();
	json_object_set_new(other, "host", view_json_string(meta->host));
	json_object_set_new(other, "release", view_json_string(meta->release));
	fputs("{\"displayTimeUnit\":\"ns\",\"otherData\":", out);
	view_json_put(other, false, out);
	fputs(",\"traceEvents\":[\n", out);
	json_decref(other);
	return c;
}

static int put(struct view_chrome *c, json_t *event)
{
	int err;

	if (c->any)
		fputs(",\n", c->out);
	c->any = true;
	err = view_json_put(event, false, c->out);
	json_decref(event);
	return err;
}

static json_t *begin(const char *phase, const struct mthp_ev *ev)
{
	json_t *event = view_json_begin();

	json_object_set_new(event, "ph", json_string(phase));
	json_object_set_new(event, "pid", json_integer(ev->tgid));
	json_object_set_new(event, "tid", json_integer(ev->requester));
	return event;
}

static int put_name(struct view_chrome *c, const struct mthp_ev *ev, const char *what,
		    const char *name)
{
	json_t *event = begin("M", ev), *args = json_object();

	json_object_set_new(event, "name", json_string(what));
	json_object_set_new(args, "name", view_json_string(name));
	json_object_set_new(event, "args", args);
	return put(c, event);
}

/* The names of the rows, before their first event. */
static int put_names(struct view_chrome *c, const struct mthp_ev *ev)
{
	__u32 at = (ev->tgid * MTHP_NR_REQUESTERS + ev->requester) % NAMES_KEPT;
	char comm[MTHP_COMM_LEN];
	int err;

	memcpy(comm, ev->comm, sizeof(comm));
	comm[sizeof(comm) - 1] = '\0';
	if (c->named[at].is && c->named[at].tgid == ev->tgid && !strcmp(c->named[at].comm, comm))
		return 0;
	c->named[at].is = true;
	c->named[at].tgid = ev->tgid;
	memcpy(c->named[at].comm, comm, sizeof(comm));
	err = put_name(c, ev, "process_name", ev->tgid ? comm : "of no known process");
	return err ? err : put_name(c, ev, "thread_name", meta_requester_name(ev->requester));
}

/* Microseconds with a fraction, which a double has exactly enough digits for within a year of the start. */
static json_t *us(__s64 ns)
{
	return json_real((double)ns / 1000);
}

/* What is known of @ev, beyond what the document says of all events. */
static json_t *known(const struct meta *meta, const struct mthp_ev *ev)
{
	static const char *const of_all[] = { "schema_version", "host", "release" };
	json_t *args = view_event_object(meta, ev), *value;
	const char *key;
	size_t i;
	void *next;

	json_object_foreach_safe(args, next, key, value)
	{
		if (json_is_null(value))
			json_object_del(args, key);
	}
	for (i = 0; i < ARRAY_SIZE(of_all); i++)
		json_object_del(args, of_all[i]);
	return args;
}

int view_chrome_event(struct view_chrome *c, const struct meta *meta, const struct mthp_ev *ev)
{
	bool lasts = ev->known & MTHP_KNOWN_DUR;
	__s64 at = (__s64)(ev->ts_ns - meta->start_ns);
	char name[2 * META_NAME_LEN], size[24];
	json_t *event;
	int err = put_names(c, ev);

	if (err)
		return err;
	event = begin(lasts ? "X" : "i", ev);
	snprintf(name, sizeof(name), "%s %s %s", meta_kind_name(ev->kind),
		 fmt_order(ev->order, meta->page_size, size, sizeof(size)),
		 ev->result ? meta_result_name(meta, ev->result) : "");
	json_object_set_new(event, "name", view_json_string(name));
	json_object_set_new(event, "cat", json_string(meta_kind_name(ev->kind)));
	json_object_set_new(event, "ts", us(lasts ? at - (__s64)ev->dur_ns : at));
	if (lasts)
		json_object_set_new(event, "dur", us((__s64)ev->dur_ns));
	else
		json_object_set_new(event, "s", json_string("t"));
	json_object_set_new(event, "args", known(meta, ev));
	return put(c, event);
}

int view_chrome_end(struct view_chrome *c)
{
	FILE *out = c->out;

	fputs("\n]}\n", out);
	free(c);
	return view_end(out);
}
