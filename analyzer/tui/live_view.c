// SPDX-License-Identifier: GPL-2.0-only
/* The live view: chooses between a terminal and text. */
#include <locale.h>
#include <string.h>
#include <unistd.h>

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
	struct feed f;
	int err;

	setlocale(LC_CTYPE, "");
	stop_on_signals();
	err = feed_open(&f, src);
	if (err)
		log_err("cannot show: %s", strerror(-err));
	else
		err = show(&f, o, name);
	if (!err)
		err = feed_status(&f);
	feed_close(&f);
	src->ops->stop(src);
	src->ops->close(src);
	return err;
}
