// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: any trace.dat, and any frames from the process that reads it. The parent must neither
 * crash nor hang, and returns only values in range.
 *
 * The first byte selects: 'F' for frames; else the whole input is a file for libtracecmd. A crash inside
 * libtracecmd, in its own process, is no finding.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "import/dat.h"
#include "import/complete.h"
#include "trace/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_event(struct imp_world *w, struct imp_raw *raw)
{
	const struct mthp_ev *ev = &raw->ev;

	check(ev->kind && ev->kind < MTHP_NR_KINDS);
	check(ev->nr_words <= MTHP_MAX_WORDS);
	imp_event(w, raw);
	check(ev->requester < MTHP_NR_REQUESTERS);
	check(ev->order < MTHP_NR_ORDERS);
	check(ev->result < MTHP_NR_RESULTS);
	check(!ev->comm[MTHP_COMM_LEN - 1]);
	crc32(0, (const Bytef *)(ev + 1), trace_bitmap_bytes(ev->nr_words));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct imp_raw raw;
	struct imp_world *w;
	struct imp_dat *d;
	struct meta meta;
	int fd = memfd_create("fuzz", MFD_CLOEXEC), frames, err;

	if (fd < 0 || !size)
		return 0;
	frames = data[0] == 'F';
	check(write(fd, data + frames, size - frames) == (ssize_t)(size - frames));
	lseek(fd, 0, SEEK_SET);
	meta_init(&meta);
	w = imp_world_new(&meta);
	/* A file that is cut off is repaired first; the others stay as they are. */
	if (!frames && imp_dat_cut(fd, false) > 0)
		imp_dat_cut(fd, true);
	err = frames ? imp_dat_open_frames(&d, fd, &meta) : imp_dat_open(&d, "", fd, &meta);
	if (!err) {
		check(meta.pmd_order < MTHP_NR_ORDERS);
		while (imp_dat_next(d, &raw) > 0)
			check_event(w, &raw);
		imp_dat_close(d);
	}
	imp_world_free(w);
	/* The reader of frames has closed the descriptor itself. */
	if (!frames)
		close(fd);
	return 0;
}
