// SPDX-License-Identifier: GPL-2.0-only
/* The live view: chooses between a terminal and text. */
#include <locale.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "tui/live_priv.h"
#include "tui/term_priv.h"

static int show(struct feed *f, const struct top_opts *o, const char *name)
{
	const char *why;

	if (o->batch || o->json || o->dump || !isatty(STDOUT_FILENO))
		return top_batch(f, o, name);
	if (!term_usable(&why)) {
		log_warn("cannot show a screen: %s (printing text instead)", why);
		return top_batch(f, o, name);
	}
	return top_screen(f, o, name);
}

int top_run(struct source *src, const struct top_opts *o, const char *name)
{
	int status = EXIT_CANNOT;
	struct feed f;

	setlocale(LC_CTYPE, "");
	stop_on_signals();
	if (feed_open(&f, src))
		log_err("cannot show: out of memory");
	else
		status = show(&f, o, name);
	if (!status)
		status = feed_status(&f);
	feed_close(&f);
	src->ops->stop(src);
	src->ops->close(src);
	return status;
}
