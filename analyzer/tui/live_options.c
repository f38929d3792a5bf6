// SPDX-License-Identifier: GPL-2.0-only
/* The options of the live view: their check, and their effect. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fmt.h"
#include "lib/log.h"
#include "lib/near.h"
#include "tui/live_priv.h"
#include "tui/screen_priv.h"

/* Bounds of --size: any real terminal, in bounded memory. */
#define WIDTH_MIN  10
#define HEIGHT_MIN 3
#define SIZE_LIMIT 1000
#define SPEED_MAX  65536.0

static bool read_size(const char *word, int *w, int *h)
{
	char more;

	return sscanf(word, "%dx%d%c", w, h, &more) == 2 && *w >= WIDTH_MIN && *h >= HEIGHT_MIN &&
	       *w <= SIZE_LIMIT && *h <= SIZE_LIMIT;
}

static bool read_speed(const char *word, double *speed)
{
	char *end;

	if (!strcmp(word, "max")) {
		*speed = 0;
		return true;
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

static const struct table *table_of(int id)
{
	return screens[id].list ? table_find(screens[id].list->table) : NULL;
}

/* The field called @word, of @len bytes, in the list of screen @id; NULL. */
static const char *column_in(int id, const char *word, size_t len)
{
	const struct field *f =
		screens[id].list ? list_find_field(screens[id].list, word, len) : NULL;

	return f ? f->id : NULL;
}

/* Has one of the first @nr screens a column called @word? */
static bool has_column(int nr, const char *word, size_t len)
{
	while (nr--)
		if (column_in(nr, word, len))
			return true;
	return false;
}

static int bad_column(const char *option, const char *word, size_t len)
{
	char all[512] = "", quoted[UI_TEXT], safe[4 * UI_TEXT];
	const struct table *t;
	size_t i, at = 0;
	struct near n;
	int id;

	snprintf(quoted, sizeof(quoted), "%.*s", (int)len, word);
	n = near_begin(quoted);
	for (id = 0; id < NR_SCREENS; id++) {
		t = table_of(id);
		for (i = 0; t && i < t->nr_fields && at < sizeof(all); i++) {
			near_try(&n, t->fields[i].id);
			if (!has_column(id, t->fields[i].id, strlen(t->fields[i].id)))
				at += snprintf(all + at, sizeof(all) - at, "%s%s", at ? ", " : "",
					       t->fields[i].id);
		}
	}
	log_err("bad value for --%s: %s: no column of a list (%suse one of: %s)", option,
		fmt_safe(quoted, safe, sizeof(safe)), near_hint(&n, ""), all);
	return -EINVAL;
}

/* "comm=redis" filters a list by a column; lines of events may contain any text. */
static int check_filter(const struct top_opts *o)
{
	const char *open = o->dump ? o->dump : o->screen;
	const char *eq = strchr(o->filter, '=');

	if (!eq || (open && screen_find(open)->streams))
		return 0;
	if (has_column(NR_SCREENS, o->filter, eq - o->filter))
		return 0;
	return bad_column("filter", o->filter, eq - o->filter);
}

int top_check(const struct top_opts *o, struct source_filter *filter)
{
	char safe[64];
	double speed;
	int w, h;

	if ((o->screen && !screen_find(o->screen)) || (o->dump && !screen_find(o->dump)))
		return -EINVAL;
	if (o->size && !read_size(o->size, &w, &h)) {
		log_err("bad value for --size: %s: not columns x rows from %dx%d to %dx%d (like 80x24)",
			fmt_safe(o->size, safe, sizeof(safe)), WIDTH_MIN, HEIGHT_MIN, SIZE_LIMIT,
			SIZE_LIMIT);
		return -EINVAL;
	}
	if (o->speed && !read_speed(o->speed, &speed)) {
		log_err("bad value for --speed: %s: not a number from 0 to %.0f, or max",
			fmt_safe(o->speed, safe, sizeof(safe)), SPEED_MAX);
		return -EINVAL;
	}
	if (o->sort && !has_column(NR_SCREENS, o->sort, strlen(o->sort)))
		return bad_column("sort", o->sort, strlen(o->sort));
	if (o->filter && check_filter(o))
		return -EINVAL;
	return filter ? load_filter(&o->load, filter) : 0;
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
			ui->pane[id].sort = column_in(id, o->sort, strlen(o->sort));
		if (o->filter && !screens[id].lines)
			snprintf(ui->pane[id].filter, UI_TEXT, "%s", o->filter);
	}
}
