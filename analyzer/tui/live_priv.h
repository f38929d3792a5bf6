/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the live_*.c, and by nobody else. */
#ifndef TUI_LIVE_PRIV_H
#define TUI_LIVE_PRIV_H

#include "tui/live_view.h"

struct ui;

/* What the options choose, once they are checked. */
void top_ui(const struct top_opts *o, const char *name, struct ui *ui);
void top_size(const struct top_opts *o, int *w, int *h);
/* Of a replay: 0 for as fast as possible; @otherwise where the option is not given. */
double top_speed(const struct top_opts *o, double otherwise);

/* The two ways to show @f: on a terminal, and as a stream of text. @name as in top_run(). */
int top_screen(struct feed *f, const struct top_opts *o, const char *name);
int top_batch(struct feed *f, const struct top_opts *o, const char *name);

#endif
