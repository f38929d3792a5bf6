// SPDX-License-Identifier: GPL-2.0-only
/* The live view: checks what was asked for, and chooses between a terminal and text. */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fmt.h"
#include "lib/log.h"
#include "tui/screen_priv.h"
#include "tui/term_priv.h"
#include "tui/live_view.h"

/* Bounds of --size: any terminal that there is, and no more memory than that takes. */
#define WIDTH_MIN  10
#define HEIGHT_MIN 3
#define SIZE_LIMIT 1000
#define SPEED_MAX  65536.0

static int read_size(const char *word, int *w, int *h)
{
	char more;

	return sscanf(word, "%dx%d%c", w, h, &more) == 2 && *w >= WIDTH_MIN && *h >= HEIGHT_MIN &&
	       *w <= SIZE_LIMIT && *h <= SIZE_LIMIT;
}

static int read_speed(const char *word, double *speed)
{
	char *end;

	if (!strcmp(word, "max")) {
		*speed = 0;
		return 1;
	}
	*speed = strtod(word, &end);
	return end != word && !*end && isfinite(*speed) && *speed >= 0 && *speed <= SPEED_MAX;
}

void top_size(const struct top_opts *o, int *w, int *h)
{
	*w = 80;
	*h = 24;
	if (o->size)
		read_size(o->size, w, h);
}

double top_speed(const struct top_opts *o, double otherwise)
{
	if (o->speed)
		read_speed(o->speed, &otherwise);
	return otherwise;
}

/* The field called @word in the list of screen @id; NULL. */
static const char *sort_in(int id, const char *word)
{
	const struct field *f = screens[id].list ? list_find_field(screens[id].list, word) : NULL;

	return f ? f->id : NULL;
}

static int bad_sort(const char *word)
{
	char all[512] = "", safe[64];
	const struct table *t;
	size_t i, at = 0;
	int id;

	for (id = 0; id < NR_SCREENS; id++) {
		t = screens[id].list ? table_find(screens[id].list->table) : NULL;
		for (i = 0; t && i < t->nr_fields && at < sizeof(all); i++)
			at += snprintf(all + at, sizeof(all) - at, "%s%s", at ? ", " : "",
				       t->fields[i].id);
	}
	log_err("bad value for --sort: %s: no column of a list (use one of: %s)",
		fmt_safe(word, safe, sizeof(safe)), all);
	return EXIT_USAGE;
}

int top_check(const struct top_opts *o)
{
	char safe[64];
	double speed;
	int w, h, id, found = 0;

	if ((o->screen && !screen_find(o->screen)) || (o->dump && !screen_find(o->dump)))
		return EXIT_USAGE;
	if (o->size && !read_size(o->size, &w, &h)) {
		log_err("bad value for --size: %s: not columns x rows from %dx%d to %dx%d (like 80x24)",
			fmt_safe(o->size, safe, sizeof(safe)), WIDTH_MIN, HEIGHT_MIN, SIZE_LIMIT,
			SIZE_LIMIT);
		return EXIT_USAGE;
	}
	if (o->speed && !read_speed(o->speed, &speed)) {
		log_err("bad value for --speed: %s: not a number from 0 to %.0f, or max",
			fmt_safe(o->speed, safe, sizeof(safe)), SPEED_MAX);
		return EXIT_USAGE;
	}
	if (o->filter && strlen(o->filter) >= UI_TEXT) {
		log_err("bad value for --filter: text of %zu bytes: too long (at most %d)",
			strlen(o->filter), UI_TEXT - 1);
		return EXIT_USAGE;
	}
	for (id = 0; o->sort && id < NR_SCREENS; id++)
		found |= sort_in(id, o->sort) != NULL;
	return o->sort && !found ? bad_sort(o->sort) : EXIT_OK;
}

void top_ui(const struct top_opts *o, const char *name, struct ui *ui)
{
	const char *open = o->dump ? o->dump : o->screen;
	int id;

	ui_init(ui);
	if (open)
		ui->screen = screen_find(open) - screens;
	if (o->delay)
		ui->interval = o->delay;
	ui->replay = name != NULL;
	ui->name = name;
	ui->speed = top_speed(o, 1);
	for (id = 0; id < NR_SCREENS; id++) {
		if (o->sort)
			ui->pane[id].sort = sort_in(id, o->sort);
		if (o->filter && !screens[id].lines)
			snprintf(ui->pane[id].filter, UI_TEXT, "%s", o->filter);
	}
}

int top_run(struct source *src, const struct top_opts *o, const char *name)
{
	struct feed f;
	const char *why;
	int status;

	setlocale(LC_CTYPE, "");
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
