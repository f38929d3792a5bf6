// SPDX-License-Identifier: GPL-2.0-only
/*
 * Surveys as a live source: one at each tick. There are no events to add up; the model and the snapshots
 * share the whole survey.
 */
#include <errno.h>
#include <stdlib.h>

#include "lib/log.h"
#include "survey/record.h"
#include "survey/tables.h"

struct src_survey {
	struct source s;
	const struct survey_wanted *wanted;
	struct survey_record *record;
	struct survey_view *last;
};

static void view_free(struct extra *x)
{
	struct survey_view *v = (struct survey_view *)x;

	survey_rows_free(v->rows);
	survey_free(v->survey);
	free(v);
}

struct survey_view *survey_view_new(struct survey *s, const struct survey *before)
{
	struct survey_view *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->rows = survey_rows_make(s, before);
	if (!v->rows) {
		free(v);
		return NULL;
	}
	v->survey = s;
	v->extra.holders = 1;
	v->extra.free = view_free;
	return v;
}

static struct src_survey *self(struct source *s)
{
	return (struct src_survey *)s;
}

static int survey_fd(struct source *s)
{
	return -1;
}

static long survey_pump(struct source *s, struct model *m, long max)
{
	return 0;
}

static int survey_tick(struct source *src, struct model *m, __u64 now_ns)
{
	struct src_survey *f = self(src);
	struct survey_view *v;
	struct survey *s;

	survey_run(f->wanted, f->record ? survey_record_event : NULL, f->record, &s);
	if (!s)
		return -ENOMEM;
	v = survey_view_new(s, f->last ? f->last->survey : NULL);
	if (!v) {
		survey_free(s);
		return -ENOMEM;
	}
	extra_put(f->last ? &f->last->extra : NULL);
	f->last = v;
	extra_put(m->extra);
	m->extra = extra_get(&v->extra);
	src->meta.settings = s->meta.settings;
	return 0;
}

static void survey_stream(struct source *s, int on)
{
}

static void survey_stop(struct source *s)
{
}

static void survey_close(struct source *s)
{
	struct src_survey *f = self(s);

	extra_put(f->last ? &f->last->extra : NULL);
	free(f);
}

static const struct source_ops survey_ops = {
	.fd = survey_fd,
	.pump = survey_pump,
	.tick = survey_tick,
	.stream = survey_stream,
	.stop = survey_stop,
	.close = survey_close,
};

int source_survey_open(struct source **s, const struct survey_wanted *wanted,
		       struct survey_record *record)
{
	struct src_survey *f = calloc(1, sizeof(*f));
	int err;

	*s = NULL;
	if (!f) {
		log_err("cannot survey: out of memory");
		return -ENOMEM;
	}
	err = survey_meta(wanted, &f->s.meta);
	if (err) {
		free(f);
		return err;
	}
	f->s.ops = &survey_ops;
	f->s.live = 1;
	f->wanted = wanted;
	f->record = record;
	*s = &f->s;
	return 0;
}
