// SPDX-License-Identifier: GPL-2.0-only
/*
 * An event as a JSON object on one line, for engines that query many traces: the same keys in every line, null where
 * a value is unknown (docs/events.md).
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "view/formats.h"

/* jansson's integers end at 2^63 - 1; no count is greater. */
static json_t *count(__u64 n)
{
	return n >> 63 ? json_null() : json_integer((json_int_t)n);
}

static json_t *hex(__u64 n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llx", (unsigned long long)n);
	return json_string(text);
}

static json_t *result_name(const struct meta *meta, __u32 result)
{
	if (!result)
		return json_null();
	return view_json_string(result < MTHP_NR_RESULTS ? meta_result_name(meta, (__u8)result) :
							   "unknown");
}

static json_t *get_schema(const struct meta *meta, const struct mthp_ev *ev)
{
	return json_integer(VIEW_EVENT_SCHEMA);
}

static json_t *get_host(const struct meta *meta, const struct mthp_ev *ev)
{
	return view_json_string(meta->host);
}

static json_t *get_release(const struct meta *meta, const struct mthp_ev *ev)
{
	return view_json_string(meta->release);
}

static json_t *get_time(const struct meta *meta, const struct mthp_ev *ev)
{
	char text[40];

	if (!meta->start_realtime_ns)
		return json_null();
	return json_string(fmt_rfc3339(meta->start_realtime_ns + (ev->ts_ns - meta->start_ns), text,
				       sizeof(text)));
}

static json_t *get_at(const struct meta *meta, const struct mthp_ev *ev)
{
	return json_integer((json_int_t)(ev->ts_ns - meta->start_ns));
}

static json_t *get_kind(const struct meta *meta, const struct mthp_ev *ev)
{
	return json_string(meta_kind_name(ev->kind));
}

static json_t *get_requester(const struct meta *meta, const struct mthp_ev *ev)
{
	return json_string(meta_requester_name(ev->requester));
}

static json_t *get_pid(const struct meta *meta, const struct mthp_ev *ev)
{
	return ev->tgid ? json_integer(ev->tgid) : json_null();
}

static json_t *get_comm(const struct meta *meta, const struct mthp_ev *ev)
{
	char name[MTHP_COMM_LEN];

	memcpy(name, ev->comm, sizeof(name));
	name[sizeof(name) - 1] = '\0';
	return view_json_string(name);
}

static json_t *get_cgroup(const struct meta *meta, const struct mthp_ev *ev)
{
	return ev->cgroup ? count(ev->cgroup) : json_null();
}

static json_t *get_mm(const struct meta *meta, const struct mthp_ev *ev)
{
	return ev->mm ? hex(ev->mm) : json_null();
}

static json_t *get_order(const struct meta *meta, const struct mthp_ev *ev)
{
	return json_integer(ev->order);
}

static json_t *get_size(const struct meta *meta, const struct mthp_ev *ev)
{
	return count((__u64)meta->page_size << ev->order);
}

static json_t *get_result(const struct meta *meta, const struct mthp_ev *ev)
{
	return result_name(meta, ev->result);
}

static json_t *get_by(const struct meta *meta, const struct mthp_ev *ev)
{
	return ev->kind == MTHP_K_SPLIT ? json_string(meta_splitter_name(ev->by)) : json_null();
}

static json_t *get_addr(const struct meta *meta, const struct mthp_ev *ev)
{
	return ev->known & MTHP_KNOWN_ADDR ? hex(ev->addr) : json_null();
}

static json_t *get_pfn(const struct meta *meta, const struct mthp_ev *ev)
{
	return ev->known & MTHP_KNOWN_PFN ? hex(ev->pfn) : json_null();
}

static json_t *get_dur(const struct meta *meta, const struct mthp_ev *ev)
{
	return ev->known & MTHP_KNOWN_DUR ? count(ev->dur_ns) : json_null();
}

static json_t *get_lock(const struct meta *meta, const struct mthp_ev *ev)
{
	return ev->known & MTHP_KNOWN_LOCK ? count(ev->lock_ns) : json_null();
}

static json_t *get_complete(const struct meta *meta, const struct mthp_ev *ev)
{
	return ev->sample == MTHP_SAMPLE_NO ? json_null() :
					      json_boolean(ev->sample == MTHP_SAMPLE_COMPLETE);
}

static const struct {
	const char *key;
	json_t *(*get)(const struct meta *meta, const struct mthp_ev *ev);
} members[] = {
	{ "schema_version", get_schema },
	{ "host", get_host },
	{ "release", get_release },
	{ "time", get_time },
	{ "at_ns", get_at },
	{ "kind", get_kind },
	{ "requester", get_requester },
	{ "pid", get_pid },
	{ "comm", get_comm },
	{ "cgroup", get_cgroup },
	{ "mm", get_mm },
	{ "order", get_order },
	{ "size_bytes", get_size },
	{ "result", get_result },
	{ "by", get_by },
	{ "addr", get_addr },
	{ "pfn", get_pfn },
	{ "dur_ns", get_dur },
	{ "lock_ns", get_lock },
	{ "complete", get_complete },
};

static json_t *value(const struct meta *meta, const struct mthp_ev *ev, __u32 v)
{
	if (!(ev->known & 1U << v))
		return json_null();
	if (v == MTHP_V_BLOCKED_BY)
		return ev->v[v] == MTHP_R_SUCCEED ? json_null() : result_name(meta, ev->v[v]);
	return json_integer(ev->v[v]);
}

/* As `script` writes it; a bitmap without a bit is "". */
static json_t *bitmap(const struct meta *meta, const struct mthp_ev *ev, int b)
{
	char *text = NULL;
	json_t *json = NULL;
	size_t len;
	FILE *out;

	if (!ev->nr_words)
		return json_null();
	out = open_memstream(&text, &len);
	if (out) {
		view_bitmap(meta, ev, b, out);
		if (!fclose(out))
			json = json_string(strcmp(text, "-") ? text : "");
	}
	free(text);
	return json ? json : json_null();
}

json_t *view_event_object(const struct meta *meta, const struct mthp_ev *ev)
{
	json_t *root = view_json_begin();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(members); i++)
		json_object_set_new(root, members[i].key, members[i].get(meta, ev));
	for (i = 0; i < MTHP_NR_VALUES; i++)
		json_object_set_new(root, meta_value_name((__u32)i), value(meta, ev, (__u32)i));
	for (i = 0; i < MTHP_NR_BITMAPS; i++)
		json_object_set_new(root, view_bitmap_name((int)i), bitmap(meta, ev, (int)i));
	return root;
}

int view_event_json(const struct meta *meta, const struct mthp_ev *ev, FILE *out)
{
	json_t *root = view_event_object(meta, ev);
	int err = view_json_put(root, false, out);

	fputc('\n', out);
	json_decref(root);
	return err;
}
