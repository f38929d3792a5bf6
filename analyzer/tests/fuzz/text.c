// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: any text. Importing it must neither crash nor hang, every resulting event is in range, and
 * a model and a snapshot take these events as any others.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "import/preview.h"
#include "model/snapshot.h"
#include "source/import_priv.h"
#include "trace/layout.h"
#include "view/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void on_event(void *ctx, const struct model *m, const struct mthp_ev *ev)
{
	char line[512];
	check(ev->kind && ev->kind < MTHP_NR_KINDS);
	check(ev->requester < MTHP_NR_REQUESTERS);
	check(ev->order < MTHP_NR_ORDERS);
	check(ev->result < MTHP_NR_RESULTS);
	check(ev->sample <= MTHP_SAMPLE_CENSORED);
	check(ev->nr_words <= MTHP_MAX_WORDS);
	check(!ev->comm[MTHP_COMM_LEN - 1]);
	crc32(0, (const Bytef *)(ev + 1), trace_bitmap_bytes(ev->nr_words));
	check(strlen(view_event(&m->meta, ev, line, sizeof(line))) < sizeof(line));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_in in = { .fd = -1, .buf = (__u8 *)data, .cap = size, .end = size, .eof = 1 };
	struct source *s;
	struct model *m;
	const char *words;

	/* Every input is read as text, whatever imp_form() detects. */
	imp_form(&in, &words);
	if (source_import_open(&s, "", &in, IMP_FORM_TEXT, NULL))
		return 0;
	m = model_new(&s->meta, 0);
	if (m) {
		model_tap(m, on_event, NULL);
		while (s->ops->pump(s, m, 100) > 0)
			;
		check(m->meta.page_size >= 8 && m->meta.pmd_order < MTHP_NR_ORDERS);
		snapshot_free(snapshot_take(m));
	}
	model_free(m);
	s->ops->close(s);
	return 0;
}
