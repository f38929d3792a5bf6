// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a trace, block by block, each with one write().
 *
 * At any moment but during that write the file holds whole blocks: a writer that is killed costs the
 * events that waited (those of a second, if the caller flushes as it should) and at most one torn block.
 * If the output is full, the writer cuts a half-written block off again, in a regular file, and counts its
 * events as missing. Sequence numbers and event counts are those of the blocks in the file, so that a
 * reader does not count these events a second time.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "lib/log.h"
#include "lib/output.h"
#include "trace/meta_block_priv.h"
#include "trace/pack_priv.h"
#include "trace/write.h"

/* Of deflate: 6 % smaller than level 1 in about the same time; higher levels cost time for little. */
#define TRACE_LEVEL 4

struct trace_writer {
	struct output out;
	bool regular;  /* a half-written block can be cut off */
	bool reported; /* that writing failed */
	int broken;    /* nothing can be written any more: -errno of every further write */
	bool gone;     /* the file was removed */
	bool cut;      /* somebody has cut it off */
	__u64 start;   /* offset of the head in the output */
	__u64 described; /* bytes of the head and the first blocks, without which nothing can be read */
	__u64 bytes;
	__u64 events;
	__u64 missing;
	__u32 seq;
	__u32 nr_counters; /* COUNTERS blocks written */
	__u32 names_crc;   /* of the last one */
	__u64 lost[MTHP_NR_LOSSES];
	bool lost_due;	       /* no LOST block has all of lost and missing */
	bool meta_due;	       /* the last META could not be written */
	bool counters_missing; /* a COUNTERS could not be written */
	__u64 cgroups[1024];   /* ids that trace_write_new_cgroup() was asked about */
	size_t nr_cgroups;
	__u64 last_cgroup;
	struct trace_pack *pack;
	z_stream z;
	bool z_ready;
	struct trace_lines lines, last_meta;
	__u8 block[TRACE_BLOCK_LEN + TRACE_RAW_MAX];
};

static int write_all(int fd, const __u8 *p, size_t len)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	ssize_t n;

	while (len) {
		n = write(fd, p, len);
		if (n >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			poll(&pfd, 1, -1);
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

/* Reports the first failure, and leaves the output as it was before the block. */
static int write_failed(struct trace_writer *w, int err)
{
	off_t end = (off_t)(w->start + w->bytes);
	const char *what = "events are lost until it can be written";

	if (w->seq < 2)
		what = "choose another output";
	else if (err == -EPIPE)
		what = "its reader is gone";
	if (!w->reported && !w->out.quiet)
		log_err("cannot write trace: %s: %s (%s)", w->out.name, strerror(-err), what);
	w->reported = true;
	if (err == -EPIPE ||
	    (w->regular && (ftruncate(w->out.fd, end) || lseek(w->out.fd, end, SEEK_SET) < 0)))
		w->broken = err;
	return err;
}

/* Puts @payload behind the block head, deflated if that is smaller. Its size as stored. */
static __u32 store(struct trace_writer *w, const void *payload, size_t len, __u16 *flags)
{
	__u8 *to = w->block + TRACE_BLOCK_LEN;

	*flags = 0;
	if (w->z_ready && len > 1) {
		deflateReset(&w->z);
		w->z.next_in = (Bytef *)payload;
		w->z.avail_in = (uInt)len;
		w->z.next_out = to;
		w->z.avail_out = (uInt)len - 1;
		if (deflate(&w->z, Z_FINISH) == Z_STREAM_END) {
			*flags = TRACE_DEFLATED;
			return (__u32)(len - 1 - w->z.avail_out);
		}
	}
	memcpy(to, payload, len);
	return (__u32)len;
}

static int write_block(struct trace_writer *w, enum trace_type type, const void *payload,
		       size_t len, __u32 events)
{
	__u8 *b = w->block;
	__u32 stored;
	__u16 flags;
	int err = w->broken;

	if (!err) {
		stored = store(w, payload, len, &flags);
		put32(b + TRACE_B_MAGIC, TRACE_BLOCK_MAGIC);
		put16(b + TRACE_B_TYPE, (__u16)type);
		put16(b + TRACE_B_FLAGS, flags);
		put32(b + TRACE_B_STORED, stored);
		put32(b + TRACE_B_RAW, (__u32)len);
		put32(b + TRACE_B_SEQ, w->seq);
		put32(b + TRACE_B_EVENTS, events);
		put64(b + TRACE_B_BEFORE, w->events);
		put32(b + TRACE_B_CRC, (__u32)crc32(0, b + TRACE_BLOCK_LEN, stored));
		put32(b + TRACE_B_HEAD_CRC, (__u32)crc32(0, b, TRACE_B_HEAD_CRC));
		err = write_all(w->out.fd, b, TRACE_BLOCK_LEN + stored);
		if (!err) {
			w->seq++;
			w->events += events;
			w->bytes += TRACE_BLOCK_LEN + stored;
			return 0;
		}
		write_failed(w, err);
	}
	w->missing += events;
	w->lost_due |= events > 0;
	return err;
}

static int write_lines(struct trace_writer *w, enum trace_type type)
{
	int err = write_block(w, type, w->lines.buf, w->lines.len, 0);

	w->lines.len = 0;
	return err;
}

int trace_write_flush(struct trace_writer *w)
{
	const void *payload;
	__u32 nr = trace_pack_nr(w->pack);
	size_t len;

	if (!nr)
		return 0;
	payload = trace_pack_make(w->pack, &len);
	return write_block(w, TRACE_T_EVENTS, payload, len, nr);
}

int trace_write_event(void *writer, const struct mthp_ev *ev)
{
	struct trace_writer *w = writer;
	int err = trace_pack_add(w->pack, ev);

	if (err == -ENOSPC) {
		trace_write_flush(w);
		err = trace_pack_add(w->pack, ev);
	}
	return err;
}

/* The names of @c as a COUNTERS block has them; their size. */
static size_t put_names(__u8 *out, const struct counters *c)
{
	__u8 *p = out;
	size_t i, len;

	for (i = 0; i < c->nr; i++) {
		len = strnlen(c->c[i].name, COUNTER_NAME_LEN - 1);
		*p++ = c->c[i].order;
		*p++ = (__u8)len;
		memcpy(p, c->c[i].name, len);
		p += len;
	}
	return (size_t)(p - out);
}

int trace_write_counters(struct trace_writer *w, const struct counters *c)
{
	__u8 payload[TRACE_C_VALUES + COUNTERS_MAX * (8 + 2 + COUNTER_NAME_LEN)];
	__u8 *names = payload + TRACE_C_VALUES + c->nr * 8;
	size_t i, len = put_names(names, c);
	__u32 crc = (__u32)crc32(0, names, (uInt)len);
	int err;

	trace_write_flush(w);
	if (w->nr_counters % TRACE_NAMES_EVERY && crc == w->names_crc)
		len = 0;
	put64(payload + TRACE_C_TS, c->ts_ns);
	put32(payload + TRACE_C_NR, (__u32)c->nr);
	put32(payload + TRACE_C_CRC, crc);
	put32(payload + TRACE_C_NAMES, (__u32)len);
	for (i = 0; i < c->nr; i++)
		put64(payload + TRACE_C_VALUES + i * 8, c->c[i].value);
	err = write_block(w, TRACE_T_COUNTERS, payload, TRACE_C_VALUES + c->nr * 8 + len, 0);
	if (err) {
		w->counters_missing = true;
		return err;
	}
	/* A changed list has its names in this block: count the next ones from here. */
	w->nr_counters = crc == w->names_crc ? w->nr_counters + 1 : 1;
	w->names_crc = crc;
	return 0;
}

static int note_lost(struct trace_writer *w)
{
	__u64 n;
	__u32 i;
	int err;

	for (i = 0; i < MTHP_NR_LOSSES; i++) {
		n = w->lost[i];
		if (i == MTHP_L_DISK && n < w->missing)
			n = w->missing;
		trace_lines_u64(&w->lines, meta_loss_name(i), n);
	}
	err = write_lines(w, TRACE_T_LOST);
	w->lost_due = err;
	return err;
}

int trace_write_lost(struct trace_writer *w, const __u64 lost[MTHP_NR_LOSSES])
{
	trace_write_flush(w);
	memcpy(w->lost, lost, sizeof(w->lost));
	return note_lost(w);
}

static int write_meta(struct trace_writer *w)
{
	int err;

	trace_write_flush(w);
	w->lines = w->last_meta;
	err = write_lines(w, TRACE_T_META);
	w->meta_due = err;
	return err;
}

int trace_write_meta(struct trace_writer *w, const struct meta *meta)
{
	w->lines.len = 0;
	trace_meta_put(&w->lines, meta);
	if (!w->meta_due && w->lines.len == w->last_meta.len &&
	    !memcmp(w->lines.buf, w->last_meta.buf, w->lines.len)) {
		w->lines.len = 0;
		return 0;
	}
	w->last_meta = w->lines;
	return write_meta(w);
}

bool trace_write_new_cgroup(struct trace_writer *w, __u64 id)
{
	size_t i;

	if (!id || id == w->last_cgroup)
		return false;
	w->last_cgroup = id;
	for (i = 0; i < w->nr_cgroups; i++)
		if (w->cgroups[i] == id)
			return false;
	if (w->nr_cgroups == ARRAY_SIZE(w->cgroups))
		return false;
	w->cgroups[w->nr_cgroups++] = id;
	return true;
}

/* Its path could not be written: its next event asks for it again. */
static void forget_cgroup(struct trace_writer *w, __u64 id)
{
	size_t i;

	w->last_cgroup = 0;
	for (i = 0; i < w->nr_cgroups; i++)
		if (w->cgroups[i] == id)
			w->cgroups[i] = w->cgroups[--w->nr_cgroups];
}

int trace_write_cgroup(struct trace_writer *w, __u64 id, const char *path)
{
	char name[24];
	int err;

	trace_write_flush(w);
	snprintf(name, sizeof(name), "%llu", (unsigned long long)id);
	trace_lines_add(&w->lines, name, path);
	err = write_lines(w, TRACE_T_CGROUPS);
	if (err)
		forget_cgroup(w, id);
	return err;
}

bool trace_write_gone(const struct trace_writer *w)
{
	return w->gone;
}

void trace_write_no_sync(struct trace_writer *w)
{
	w->out.unsynced = true;
}

__u64 trace_write_missing(const struct trace_writer *w)
{
	return w->missing;
}

__u64 trace_write_events(const struct trace_writer *w)
{
	return w->events;
}

__u64 trace_write_bytes(const struct trace_writer *w)
{
	return w->bytes;
}

static int write_head(struct trace_writer *w)
{
	__u8 head[TRACE_HEAD_LEN] = { 0 };
	int err;

	memcpy(head, TRACE_MAGIC, TRACE_MAGIC_LEN);
	put16(head + TRACE_H_MAJOR, TRACE_MAJOR);
	put16(head + TRACE_H_MINOR, TRACE_MINOR);
	put32(head + TRACE_H_BYTE_ORDER, TRACE_BYTE_ORDER);
	put32(head + TRACE_H_SIZE, TRACE_HEAD_LEN);
	put32(head + TRACE_H_CRC, (__u32)crc32(0, head, TRACE_H_CRC));
	err = write_all(w->out.fd, head, sizeof(head));
	if (err)
		return write_failed(w, err);
	w->bytes = sizeof(head);
	return 0;
}

/* Opens the output, and finds out whether blocks can be cut off. 0, or -errno after a message. */
static int open_output(struct trace_writer *w, const char *path, enum output_how how)
{
	struct stat st;
	off_t at;
	int err;

	if (!strcmp(path, "-"))
		path = NULL;
	if (!path && isatty(STDOUT_FILENO)) {
		log_err("cannot write trace: standard output: is a terminal (redirect it, or use -o FILE)");
		return -EINVAL;
	}
	err = output_create(&w->out, path, how);
	if (err)
		return err;
	w->regular = !fstat(w->out.fd, &st) && S_ISREG(st.st_mode);
	if (!w->regular)
		return 0;
	/* It shows which processes ran and where their memory was. The file may have existed before. */
	if (path)
		fchmod(w->out.fd, 0600);
	at = lseek(w->out.fd, 0, fcntl(w->out.fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
	w->start = at > 0 ? (__u64)at : 0;
	return 0;
}

/* The head, and all of the meta. Twice: a reader can do nothing without it, and one block may be damaged. */
static int describe(struct trace_writer *w)
{
	int err = write_head(w);

	if (!err)
		err = write_meta(w);
	if (!err)
		err = write_meta(w);
	w->described = w->bytes;
	return err;
}

int trace_write_open(struct trace_writer **out, const char *path, enum output_how how,
		     const struct meta *meta)
{
	struct trace_writer *w = calloc(1, sizeof(*w));
	int err = -ENOMEM;

	*out = NULL;
	if (w) {
		w->out.fd = -1;
		w->pack = trace_pack_new();
	}
	if (!w || !w->pack) {
		log_err("cannot write trace: out of memory");
		goto out;
	}
	/* Without deflate the trace is larger, not worse. */
	w->z_ready = deflateInit2(&w->z, TRACE_LEVEL, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL,
				  Z_DEFAULT_STRATEGY) == Z_OK;
	trace_meta_put(&w->last_meta, meta);
	err = open_output(w, path, how);
	if (!err)
		err = describe(w);
	/* A trace that is seen can be read. */
	if (!err && how == OUTPUT_NEW)
		err = output_show(&w->out);
	w->out.quiet = false;
out:
	if (err)
		trace_write_abort(w);
	else
		*out = w;
	return err;
}

/* Somebody has removed the file: what is in it is gone, and so is what comes. */
static void lose_all(struct trace_writer *w)
{
	log_err("cannot write trace: %s: it was removed (what is recorded is lost)", w->out.name);
	w->gone = w->reported = true;
	w->broken = -ENOENT;
	w->missing += w->events;
	w->events = 0;
}

/* Somebody has cut the file to @size: goes on behind what is left, or from the head on. */
static void go_on_at(struct trace_writer *w, __u64 size)
{
	bool anew = size < w->start + w->described;
	__u64 end = anew ? w->start : size;

	log_err("cannot write trace: %s: somebody cut it off (what stood behind byte %llu is lost)",
		w->out.name, (unsigned long long)size);
	w->cut = true;
	if (ftruncate(w->out.fd, (off_t)end) || lseek(w->out.fd, (off_t)end, SEEK_SET) < 0) {
		w->broken = -errno;
		return;
	}
	w->bytes = end - w->start;
	/* Names and settings that stood behind the cut are gone, too: they are written anew. */
	w->nr_counters = 0;
	w->nr_cgroups = 0;
	w->last_cgroup = 0;
	if (anew)
		describe(w);
	else
		write_meta(w);
}

void trace_write_look(struct trace_writer *w)
{
	struct stat st;

	if (!w->regular || w->gone || fstat(w->out.fd, &st))
		return;
	if (!st.st_nlink)
		lose_all(w);
	else if ((__u64)st.st_size < w->start + w->bytes)
		go_on_at(w, (__u64)st.st_size);
}

/* Puts the trace in its place. 0, or -errno after a message. */
static int end_output(struct trace_writer *w, int err)
{
	if (err)
		output_drop(&w->out);
	else
		err = output_close(&w->out, 0);
	return err;
}

int trace_write_close(struct trace_writer *w, __u64 end_ns, bool complete)
{
	bool part;
	int err;

	trace_write_flush(w);
	if (w->lost_due)
		note_lost(w);
	if (w->meta_due)
		write_meta(w);
	/* On a full disk END may find room where these did not. */
	part = w->lost_due || w->meta_due || w->counters_missing;
	complete &= !part;
	trace_lines_u64(&w->lines, "end_ns", end_ns);
	trace_lines_u64(&w->lines, "complete", complete);
	trace_lines_u64(&w->lines, "events", w->events);
	err = write_lines(w, TRACE_T_END);
	if (w->missing) {
		log_err("trace is incomplete: %s: %llu events could not be written, %llu were",
			w->out.name, (unsigned long long)w->missing, (unsigned long long)w->events);
		err = err ? err : -ENOSPC;
	} else if (part) {
		log_err("trace is incomplete: %s: not all settings, losses and counters could be written",
			w->out.name);
		err = err ? err : -ENOSPC;
	}
	err = end_output(w, err);
	if (!err && w->cut)
		err = -EBADMSG;
	trace_write_abort(w);
	return err;
}

void trace_write_abort(struct trace_writer *w)
{
	if (!w)
		return;
	output_drop(&w->out);
	if (w->z_ready)
		deflateEnd(&w->z);
	trace_pack_free(w->pack);
	free(w);
}
