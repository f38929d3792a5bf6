// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots of the sums of scope_totals.c: of each scope, or of each of its windows or processes.
 *
 * A snapshot is taken of a model: here a scratch model with the totals of the scope, and everything else
 * of the whole trace.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check/scope_snaps.h"
#include "check/scope_totals_priv.h"
#include "lib/fmt.h"

static void label_window(const struct check_scope *scope, __u64 window, char *buf, size_t len)
{
	char from[24], to[24];

	fmt_ns(window * (__u64)scope->every_ns, from, sizeof(from));
	fmt_ns((window + 1) * (__u64)scope->every_ns, to, sizeof(to));
	snprintf(buf, len, "%s..%s", window ? from : "0", to);
}

/*
 * A snapshot of @totals, by the scratch model @shell. Lost events may be missing in any scope, so each
 * scope has all losses.
 */
static struct snapshot *take(struct model *shell, const struct check_sums *sums,
			     const struct totals *totals, __u64 from_ns, __u64 to_ns)
{
	__u64 end = sums->all->end_ns, start = sums->all->meta.start_ns;

	shell->meta = sums->all->meta;
	shell->complete = sums->all->complete;
	shell->totals = *totals;
	memcpy(shell->totals.lost, sums->all->totals.lost, sizeof(shell->totals.lost));
	shell->meta.start_ns = start + from_ns;
	shell->end_ns = to_ns && start + to_ns < end ? start + to_ns : end;
	return snapshot_take(shell);
}

static int take_part(struct check_view *view, struct model *shell, const struct check_sums *sums,
		     const struct scope_sums *s, const struct part *part)
{
	const struct check_scope *scope = s->scope;
	struct check_part *to = &view->parts[view->nr_parts];
	char comm[40], raw[MTHP_COMM_LEN + 1];

	if (scope->each == EACH_WINDOW) {
		label_window(scope, part->key[0], to->label, sizeof(to->label));
		to->snap = take(shell, sums, &part->totals, part->key[0] * (__u64)scope->every_ns,
				(part->key[0] + 1) * (__u64)scope->every_ns);
	} else {
		memcpy(raw, part->comm, sizeof(part->comm));
		raw[MTHP_COMM_LEN] = '\0';
		snprintf(to->label, sizeof(to->label), "%s/%llu", fmt_safe(raw, comm, sizeof(comm)),
			 (unsigned long long)part->key[1]);
		to->snap = take(shell, sums, &part->totals, scope->from_ns, scope->to_ns);
	}
	view->nr_parts++;
	return to->snap ? 0 : -ENOMEM;
}

/*
 * Windows without events are parts as well. A rest after the last whole window is none, unless it is
 * the only one: its rates would mislead.
 */
static int take_windows(struct check_view *view, struct model *shell, const struct check_sums *sums,
			struct scope_sums *s)
{
	const struct check_scope *scope = s->scope;
	__u64 span = check_sums_length(sums), window, last;
	struct part *part, none = { 0 };
	__u64 key[2] = { 0, 0 };
	int err = 0;

	if (scope->to_ns && scope->to_ns < span)
		span = scope->to_ns;
	window = scope->from_ns / scope->every_ns;
	last = span / (__u64)scope->every_ns;
	last -= last > 0;
	if (last >= window + CHECK_MAX_PARTS) {
		view->left_out += last - window - CHECK_MAX_PARTS + 1;
		last = window + CHECK_MAX_PARTS - 1;
	}
	totals_init(&none.totals, sums->has_mthp);
	for (; window <= last && !err; window++) {
		key[0] = none.key[0] = window;
		HASH_FIND(hh, s->parts, key, sizeof(key), part);
		err = take_part(view, shell, sums, s, part ? part : &none);
	}
	return err;
}

static int cmp_part(struct part *a, struct part *b)
{
	if (a->key[1] != b->key[1])
		return a->key[1] < b->key[1] ? -1 : 1;
	return a->key[0] < b->key[0] ? -1 : a->key[0] > b->key[0];
}

static int take_view(struct check_view *view, struct model *shell, const struct check_sums *sums,
		     unsigned int i)
{
	struct scope_sums *s = &sums->scopes[i];
	struct part *part, *next;
	int err = 0;

	view->parts =
		calloc(s->scope->each == EACH_NONE ? 1 : CHECK_MAX_PARTS, sizeof(*view->parts));
	if (!view->parts)
		return -ENOMEM;
	view->left_out = s->left_out;
	if (!i || s->scope->each == EACH_NONE) {
		view->nr_parts = 1;
		view->parts[0].snap =
			!i ? snapshot_take(sums->all) :
			     take(shell, sums, &s->totals, s->scope->from_ns, s->scope->to_ns);
		return view->parts[0].snap ? 0 : -ENOMEM;
	}
	if (s->scope->each == EACH_WINDOW)
		return take_windows(view, shell, sums, s);
	HASH_SORT(s->parts, cmp_part);
	HASH_ITER(hh, s->parts, part, next) {
		err = take_part(view, shell, sums, s, part);
		if (err)
			break;
	}
	return err;
}

int check_data_take(const struct check_sums *sums, const char *name, struct check_data *data)
{
	struct model *shell = calloc(1, sizeof(*shell));
	const struct snap_summary *sum;
	unsigned int i;
	int err = 0;

	memset(data, 0, sizeof(*data));
	data->name = name;
	data->nr_views = sums->rules->nr_scopes;
	data->views = calloc(data->nr_views, sizeof(*data->views));
	if (!data->views || !shell)
		err = -ENOMEM;
	for (i = 0; !err && i < data->nr_views; i++)
		err = take_view(&data->views[i], shell, sums, i);
	free(shell);
	if (err) {
		check_data_free(data);
		return err;
	}
	sum = &data->views[0].parts[0].snap->summary;
	data->cut = !sum->complete;
	data->nr_lost = sum->lost;
	if (sum->lost)
		data->lost = (double)sum->lost / ((double)sum->lost + sum->events);
	return 0;
}

void check_data_free(struct check_data *data)
{
	unsigned int i;
	size_t p;

	for (i = 0; data->views && i < data->nr_views; i++) {
		for (p = 0; p < data->views[i].nr_parts; p++)
			snapshot_free(data->views[i].parts[p].snap);
		free(data->views[i].parts);
	}
	free(data->views);
	data->views = NULL;
}
