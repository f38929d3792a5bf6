// SPDX-License-Identifier: GPL-2.0-only
/* The live view: chooses between a terminal and text. */
#include <locale.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "tui/live_priv.h"
#include "tui/term_priv.h"

int top_run(struct source *src, const struct top_opts *o, const char *name)
{
	struct feed f;
	const char *why;
	int status;

	setlocale(LC_CTYPE, "");
	stop_on_signals();
	if (feed_open(&f, src)) {
		feed_close(&f);
		log_err("cannot show: out of memory");
		return EXIT_CANNOT;
	}
	if (o->batch || o->json || o->dump || !isatty(STDOUT_FILENO)) {
		status = top_batch(&f, o, name);
	} else if (!term_usable(&why)) {
		log_warn("cannot show a screen: %s (writing text instead)", why);
		status = top_batch(&f, o, name);
	} else {
		status = top_screen(&f, o, name);
	}
	if (!status)
		status = feed_status(&f);
	feed_close(&f);
	return status;
}
