// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads trace-cmd's trace.dat by libtracecmd and libtraceevent. The formats in the file give each field's
 * name, size and byte order. The print formats give the names of results. This runs in a process of its own
 * (dat.c), since damaged files make these libraries crash, loop or exit.
 */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <trace-cmd/trace-cmd.h>
#include <unistd.h>

#include "import/dat_frame_priv.h"

#define MAX_ID	    65536 /* ids of events are 16 bits in a record */
#define MAX_FIELDS  24
#define MAX_HANDLES 64
#define ALIVE_EACH  (1U << 16) /* records of other events */
#define MAX_STRANGE 16
#define STRANGE	    0x80 /* above all kinds */
#define OUT_BYTES   (64U << 10)

/* The library exports it, but only a private header declares it. */
const char *tracecmd_get_trace_clock(struct tracecmd_input *handle) __attribute__((weak));
const char *tracecmd_get_uname(struct tracecmd_input *handle) __attribute__((weak));
int tracecmd_page_size(struct tracecmd_input *handle) __attribute__((weak));

struct field {
	const struct imp_field *row;
	int offset, size;
	__u8 is_signed, is_array, is_relative;
};

struct event {
	__u32 nr;
	struct field fields[MAX_FIELDS];
};

struct lib {
	struct tep_handle *tep;
	struct event events[MTHP_NR_KINDS];
	__u8 kind_of[MAX_ID];
	__u32 kinds;
	/* Events of khugepaged that this build does not know. kind_of[] has STRANGE plus the index here. */
	struct imp_frame_strange strange[MAX_STRANGE];
	__u32 nr_strange;
	__u32 others; /* records of other events since the latest frame */
	int last_pid;
	char last_comm[MTHP_COMM_LEN];
	struct imp_frame_event frame;
	__u64 bits[MTHP_NR_BITMAPS * MTHP_MAX_WORDS];
	int out;
	size_t nr_out;
	__u8 buf[OUT_BYTES];
};

static void flush(struct lib *l)
{
	size_t at = 0;
	ssize_t n;

	while (at < l->nr_out) {
		n = write(l->out, l->buf + at, l->nr_out - at);
		if (n < 0 && errno == EINTR)
			continue;
		/* The reader has closed its end. */
		if (n <= 0)
			_exit(0);
		at += (size_t)n;
	}
	l->nr_out = 0;
}

static void put(struct lib *l, const void *data, size_t len)
{
	memcpy(l->buf + l->nr_out, data, len);
	l->nr_out += len;
}

/* A frame of two parts. */
static void put_frame(struct lib *l, __u32 type, const void *a, size_t len_a, const void *b,
		      size_t len_b)
{
	struct imp_frame frame = { type, (__u32)(len_a + len_b) };

	if (l->nr_out + sizeof(frame) + frame.len > sizeof(l->buf))
		flush(l);
	put(l, &frame, sizeof(frame));
	if (len_a)
		put(l, a, len_a);
	if (len_b)
		put(l, b, len_b);
}

/* ---- Formats of events ---- */

static void find_fields(struct lib *l, struct tep_event *event, __u32 kind)
{
	struct event *e = &l->events[kind];
	const struct imp_field *rows;
	struct tep_format_field *f;
	size_t nr, i;

	rows = imp_fields(kind, &nr);
	for (i = 0; i < nr && e->nr < MAX_FIELDS; i++) {
		if (!rows[i].name || rows[i].to == IMP_NOTHING)
			continue;
		f = tep_find_field(event, rows[i].name);
		if (!f)
			continue;
		e->fields[e->nr++] = (struct field){
			.row = &rows[i],
			.offset = f->offset,
			.size = f->size,
			.is_signed = !!(f->flags & TEP_FIELD_IS_SIGNED),
			.is_array = !!(f->flags & TEP_FIELD_IS_DYNAMIC),
			.is_relative = !!(f->flags & TEP_FIELD_IS_RELATIVE),
		};
	}
}

static void tell_names(struct lib *l, const struct tep_print_arg *arg)
{
	const struct tep_print_flag_sym *s;
	struct imp_frame_name name;
	char *end;

	for (; arg; arg = arg->next) {
		if (arg->type != TEP_PRINT_SYMBOL)
			continue;
		for (s = arg->symbol.symbols; s; s = s->next) {
			name.number = (__u32)strtoul(s->value, &end, 0);
			if (end == s->value || name.number >= MTHP_NR_RESULTS || !s->str)
				continue;
			memset(name.text, 0, sizeof(name.text));
			strncpy(name.text, s->str, sizeof(name.text) - 1);
			put_frame(l, IMP_FRAME_NAME, &name, sizeof(name), NULL, 0);
		}
	}
}

static void find_events(struct lib *l)
{
	struct tep_event *event;
	__u32 kind;

	for (kind = 1; kind < MTHP_NR_KINDS; kind++) {
		if (!imp_event_name(kind))
			continue;
		event = tep_find_event_by_name(l->tep, IMP_SYSTEM, imp_event_name(kind));
		if (!event || event->id < 0 || event->id >= MAX_ID)
			continue;
		l->kind_of[event->id] = (__u8)kind;
		l->kinds |= 1U << kind;
		find_fields(l, event, kind);
	}
}

/* Other events of huge_memory, and of IMP_NEW_SYSTEM. The last slot counts all that have no slot. */
static void find_strange(struct lib *l)
{
	int i, nr = tep_get_events_count(l->tep);
	struct tep_event *e;

	for (i = 0; i < nr; i++) {
		e = tep_get_event(l->tep, i);
		if (!e || !e->system || !e->name || e->id < 0 || e->id >= MAX_ID ||
		    l->kind_of[e->id] ||
		    (strcmp(e->system, IMP_SYSTEM) && strcmp(e->system, IMP_NEW_SYSTEM)))
			continue;
		if (l->nr_strange < MAX_STRANGE)
			l->nr_strange++;
		l->kind_of[e->id] = (__u8)(STRANGE + l->nr_strange - 1);
		strncpy(l->strange[l->nr_strange - 1].name, e->name, META_NAME_LEN - 1);
	}
}

static void tell_strange(struct lib *l)
{
	__u32 i;

	for (i = 0; i < l->nr_strange; i++)
		if (l->strange[i].nr)
			put_frame(l, IMP_FRAME_STRANGE, &l->strange[i], sizeof(l->strange[i]), NULL,
				  0);
}

/* All events of a kernel have the same names of results, but some print formats cannot be parsed. */
static void find_names(struct lib *l)
{
	struct tep_event *event;
	__u32 kind;

	for (kind = 1; kind < MTHP_NR_KINDS; kind++) {
		if (!(l->kinds >> kind & 1))
			continue;
		event = tep_find_event_by_name(l->tep, IMP_SYSTEM, imp_event_name(kind));
		if (event)
			tell_names(l, event->print_fmt.args);
	}
}

static int has_field(const struct event *e, enum imp_to to)
{
	__u32 i;

	for (i = 0; i < e->nr; i++)
		if (e->fields[i].row->to == to)
			return 1;
	return 0;
}

/* "[local] global counter uptime": the one in brackets, or the only one. */
static void find_clock(const char *clocks, char *to, size_t len)
{
	const char *begin = clocks ? strchr(clocks, '[') : NULL;
	size_t n;

	if (begin)
		n = strcspn(++begin, "]");
	else
		n = strcspn(begin = clocks ? clocks : "", " \n");
	if (n < len)
		memcpy(to, begin, n);
}

/* "Linux host 6.18.44 x86_64" */
static void find_uname(const char *uname, struct imp_frame_meta *m)
{
	if (uname)
		sscanf(uname, "%*s %*s %47s %47s", m->release, m->machine);
}

static void tell_meta(struct lib *l, struct tracecmd_input *handle)
{
	struct imp_frame_meta m = { 0 };
	int page = tracecmd_page_size ? tracecmd_page_size(handle) : 0;
	int cpus = tep_get_cpus(l->tep);

	m.page_size = page > 0 ? (__u32)page : 0;
	m.nr_cpus = cpus > 0 ? (__u32)cpus : 0;
	m.kinds = l->kinds;
	m.reports_order = has_field(&l->events[MTHP_K_COLLAPSE], IMP_ORDER);
	if (tracecmd_get_trace_clock)
		find_clock(tracecmd_get_trace_clock(handle), m.clock, sizeof(m.clock));
	if (tracecmd_get_uname)
		find_uname(tracecmd_get_uname(handle), &m);
	put_frame(l, IMP_FRAME_META, &m, sizeof(m), NULL, 0);
	find_names(l);
	flush(l);
}

/* ---- Records ---- */

static __u64 read_number(struct lib *l, const struct field *f, const void *data)
{
	__u64 value = tep_read_number(l->tep, data, f->size);

	if (f->is_signed && f->size < 8 && value >> (f->size * 8 - 1) & 1)
		value |= ~0ULL << f->size * 8;
	return value;
}

/* A bitmap. Its offset and length are in the record. 0 if it lies inside the record. */
static int read_bits(struct lib *l, const struct field *f, const struct tep_record *r)
{
	__u32 loc, at, nr, i;

	if (!f->is_array || f->size != 4)
		return -EINVAL;
	loc = (__u32)tep_read_number(l->tep, (char *)r->data + f->offset, 4);
	at = loc & 0xffff;
	if (f->is_relative)
		at += (__u32)(f->offset + f->size);
	nr = (loc >> 16) / 8;
	if (!nr || nr > MTHP_MAX_WORDS || at + nr * 8 > (__u32)r->size ||
	    (l->frame.ev.nr_words && l->frame.ev.nr_words != nr))
		return -EINVAL;
	l->frame.ev.nr_words = (__u16)nr;
	for (i = 0; i < nr; i++)
		l->bits[f->row->which * nr + i] =
			tep_read_number(l->tep, (char *)r->data + at + i * 8, 8);
	return 0;
}

static void read_field(struct lib *l, const struct field *f, const struct tep_record *r,
		       struct imp_raw *raw, __u32 *bitmaps)
{
	__u64 value;

	if (f->offset < 0 || f->size <= 0 || f->offset > r->size || f->size > r->size - f->offset)
		return;
	if (f->row->to == IMP_BITS) {
		*bitmaps += !read_bits(l, f, r);
		return;
	}
	if (f->is_array || f->size > 8)
		return;
	value = read_number(l, f, (char *)r->data + f->offset);
	if (f->row->to == IMP_RESULT)
		l->frame.result = (__u32)value;
	else if (f->row->to == IMP_RESULT_VALUE)
		l->frame.result_value = (__u32)value;
	else
		imp_put(raw, f->row, value);
}

static void name_task(struct lib *l, int pid)
{
	const char *comm;

	if (pid != l->last_pid || !l->last_comm[0]) {
		comm = tep_data_comm_from_pid(l->tep, pid);
		memset(l->last_comm, 0, sizeof(l->last_comm));
		if (comm)
			strncpy(l->last_comm, comm, sizeof(l->last_comm) - 1);
		l->last_pid = pid;
	}
	memcpy(l->frame.ev.comm, l->last_comm, sizeof(l->last_comm));
}

static void tell_event(struct lib *l, struct tep_record *r, __u32 kind)
{
	struct event *e = &l->events[kind];
	static struct imp_raw raw;
	__u32 i, bitmaps = 0;

	memset(&l->frame, 0, sizeof(l->frame));
	memset(&raw.ev, 0, sizeof(raw.ev));
	raw.reported = 0;
	l->frame.result = ~0U;
	l->frame.result_value = ~0U;
	for (i = 0; i < e->nr; i++)
		read_field(l, &e->fields[i], r, &raw, &bitmaps);
	raw.ev.nr_words = bitmaps == MTHP_NR_BITMAPS ? l->frame.ev.nr_words : 0;
	l->frame.ev = raw.ev;
	l->frame.reported = raw.reported;
	l->frame.cpu = (__u32)r->cpu;
	l->frame.ev.kind = (__u8)kind;
	l->frame.ev.ts_ns = r->ts;
	l->frame.ev.tid = (__u32)tep_data_pid(l->tep, r);
	name_task(l, (int)l->frame.ev.tid);
	put_frame(l, IMP_FRAME_EVENT, &l->frame, sizeof(l->frame), l->bits,
		  sizeof(__u64) * MTHP_NR_BITMAPS * l->frame.ev.nr_words);
}

/*
 * tracecmd_follow_event() could dispatch. It compares with one event after the other, which takes an eighth
 * longer for each record. All records are read here anyway, for the frames IMP_FRAME_ALIVE.
 */
static int on_record(struct tracecmd_input *handle, struct tep_record *r, int cpu, void *ctx)
{
	struct lib *l = ctx;
	__u64 lost;
	int id;
	if (r->missed_events) {
		lost = r->missed_events > 0 ? (__u64)r->missed_events : 1;
		put_frame(l, IMP_FRAME_LOST, &lost, sizeof(lost), NULL, 0);
	}
	if (!r->data || r->size < 8)
		return 0;
	id = tep_data_type(l->tep, r);
	if (id >= 0 && id < MAX_ID && l->kind_of[id] >= STRANGE) {
		l->strange[l->kind_of[id] - STRANGE].nr++;
	} else if (id >= 0 && id < MAX_ID && l->kind_of[id]) {
		tell_event(l, r, l->kind_of[id]);
		l->others = 0;
	} else if (++l->others == ALIVE_EACH) {
		put_frame(l, IMP_FRAME_ALIVE, NULL, 0, NULL, 0);
		flush(l);
		l->others = 0;
	}
	return 0;
}

/* The file's own buffer and those of its instances. */
static int read_all(struct lib *l, struct tracecmd_input *handle)
{
	struct tracecmd_input *handles[MAX_HANDLES] = { handle };
	int i, n = tracecmd_buffer_instances(handle), nr = 1;

	for (i = 0; i < n && nr < MAX_HANDLES; i++) {
		handles[nr] = tracecmd_buffer_instance_handle(handle, i);
		if (handles[nr])
			nr++;
	}
	if (nr == 1)
		return tracecmd_iterate_events(handle, NULL, 0, on_record, l);
	return tracecmd_iterate_events_multi(handles, nr, on_record, l);
}

int imp_lib_run(int fd, int out)
{
	struct lib *l = calloc(1, sizeof(*l));
	struct tracecmd_input *handle;
	bool failed;

	if (!l)
		return 1;
	l->out = out;
	handle = tracecmd_open_fd(fd,
				  TRACECMD_FL_LOAD_NO_PLUGINS | TRACECMD_FL_LOAD_NO_SYSTEM_PLUGINS);
	if (!handle)
		return 1;
	l->tep = tracecmd_get_tep(handle);
	find_events(l);
	find_strange(l);
	tell_meta(l, handle);
	failed = read_all(l, handle) < 0;
	tell_strange(l);
	if (failed) {
		flush(l);
		return 1;
	}
	put_frame(l, IMP_FRAME_END, NULL, 0, NULL, 0);
	flush(l);
	return 0;
}

const char *imp_lib_missing(void)
{
	return NULL;
}
