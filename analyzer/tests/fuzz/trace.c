// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: any input as a trace. Reading it and adding it up must neither crash nor hang, and the
 * reader returns only values in range.
 *
 * Checksums would stop a fuzzer, so each input is read twice: as it is, and as a copy with all CRCs, magics
 * and sizes corrected. The inputs in corpus/ are mostly not deflated, so that a change of one byte of them
 * changes one byte of the block's contents.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/support/trace_open.h"
#include "model/snapshot.h"
#include "trace/layout.h"
#include "trace/read.h"
#include "view/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

/* Every number that is used as an index, and every byte of the bitmaps. */
static void check_event(const struct mthp_ev *ev)
{
	check(ev->kind && ev->kind < MTHP_NR_KINDS);
	check(ev->requester < MTHP_NR_REQUESTERS);
	check(ev->order < MTHP_NR_ORDERS);
	check(ev->result < MTHP_NR_RESULTS);
	check(ev->sample <= MTHP_SAMPLE_CENSORED);
	check(ev->nr_words <= MTHP_MAX_WORDS);
	check(!ev->comm[MTHP_COMM_LEN - 1]);
	/* Reads them: ASan detects an access outside of the buffer. */
	crc32(0, (const Bytef *)(ev + 1), trace_bitmap_bytes(ev->nr_words));
}

static void feed(struct model *m, const struct trace_reader *r, const struct trace_item *item)
{
	char line[512];
	size_t i;

	switch (item->what) {
	case TRACE_EVENT:
		check_event(item->ev);
		model_event(m, item->ev);
		check(strlen(view_event(&m->meta, item->ev, line, sizeof(line))) < sizeof(line));
		break;
	case TRACE_COUNTERS:
		check(item->counters->nr <= COUNTERS_MAX);
		for (i = 0; i < item->counters->nr; i++)
			check(memchr(item->counters->c[i].name, 0, COUNTER_NAME_LEN) != NULL);
		model_counters(m, item->counters);
		break;
	case TRACE_LOST:
		for (i = 0; i < MTHP_NR_LOSSES; i++)
			model_lost(m, (enum mthp_loss)i, item->lost[i]);
		break;
	case TRACE_META:
		m->meta = *trace_read_meta(r);
		break;
	case TRACE_FINISH:
		m->complete = item->complete;
		break;
	}
}

static void read_all(const uint8_t *data, size_t size)
{
	struct trace_reader *r;
	struct trace_item item;
	struct model *m;

	if (trace_read_open_mem(&r, data, size))
		return;
	m = model_new(trace_read_meta(r), 0);
	while (trace_read_next(r, &item) > 0)
		feed(m, r, &item);
	check(trace_read_next(r, &item) == 0);
	snapshot_free(snapshot_take(m));
	model_free(m);
	trace_read_close(r);
}

/* Corrects everything that a reader checks before it reads the contents. */
static void repair(uint8_t *p, size_t size)
{
	uint32_t seq = 0, stored;
	size_t at;
	uint8_t *b;

	if (size < TRACE_HEAD_LEN)
		return;
	memcpy(p, TRACE_MAGIC, TRACE_MAGIC_LEN);
	put32(p + TRACE_H_CRC, (uint32_t)crc32(0, p, TRACE_H_CRC));
	for (at = TRACE_HEAD_LEN; size - at >= TRACE_BLOCK_LEN; at += TRACE_BLOCK_LEN + stored) {
		b = p + at;
		stored = get32(b + TRACE_B_STORED);
		if (stored > size - at - TRACE_BLOCK_LEN)
			stored = (uint32_t)(size - at - TRACE_BLOCK_LEN);
		put32(b + TRACE_B_MAGIC, TRACE_BLOCK_MAGIC);
		put32(b + TRACE_B_STORED, stored);
		if (!(get16(b + TRACE_B_FLAGS) & TRACE_DEFLATED))
			put32(b + TRACE_B_RAW, stored);
		put32(b + TRACE_B_SEQ, seq++);
		if (get16(b + TRACE_B_TYPE) == TRACE_T_EVENTS && stored >= 4 &&
		    !(get16(b + TRACE_B_FLAGS) & TRACE_DEFLATED))
			put32(b + TRACE_B_EVENTS, get32(b + TRACE_BLOCK_LEN));
		put32(b + TRACE_B_CRC, (uint32_t)crc32(0, b + TRACE_BLOCK_LEN, stored));
		put32(b + TRACE_B_HEAD_CRC, (uint32_t)crc32(0, b, TRACE_B_HEAD_CRC));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	read_all(data, size);
	copy = malloc(size + !size);
	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	repair(copy, size);
	read_all(copy, size);
	free(copy);
	return 0;
}
