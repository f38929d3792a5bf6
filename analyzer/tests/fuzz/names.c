// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: any names, of a process, a cgroup, a result, a setting, a kernel and a file, through every output
 * form. Each output is fit to print and of its form (tests/support/fit.h), hostile names add no line and no tag
 * to those of harmless ones, and two names that differ look different wherever a form shows them whole.
 *
 * The input: a byte that selects the name that differs in a second set, a byte that selects how, then the names,
 * and the other name, with a NUL between them. A name that is missing or empty is a harmless one.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/report.h"
#include "check/suggest.h"
#include "html/pages.h"
#include "lib/array.h"
#include "lib/fmt.h"
#include "lib/log.h"
#include "tests/support/busy_model.h"
#include "tests/support/check_sums.h"
#include "tests/support/events.h"
#include "tests/support/fit.h"
#include "tests/support/survey_sample.h"
#include "tui/screen_priv.h"
#include "view/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* X(field, bytes with the NUL, a harmless one) */
#define NAMES(X)                               \
	X(comm, MTHP_COMM_LEN, "java")         \
	X(cgroup, 256, "/a.slice")             \
	X(result, META_NAME_LEN, "odd_result") \
	X(setting, 16, "always")               \
	X(release, META_NAME_LEN, "6.1")       \
	X(file, 256, "t.mthp")

enum {
#define X(field, size, plain) NAME_##field,
	NAMES(X)
#undef X
	NR_NAMES
};

struct names {
	char s[NR_NAMES][256];
};

static const struct names plain = { {
#define X(field, size, text) text,
	NAMES(X)
#undef X
} };

static const size_t sizes[] = {
#define X(field, size, text) size,
	NAMES(X)
#undef X
};

#define SHOWS(name) (1U << NAME_##name)
#define OF_TRACE    (SHOWS(comm) | SHOWS(result) | SHOWS(release) | SHOWS(setting))

/*
 * What a set of names is written as. X(form, text, its rules, the names that it shows whole, are its lines and tags
 * as many as those of harmless names?)
 */
#define FORMS(X)                                                                          \
	X(REPORT_TEXT, "report, text", TEXT, 0, 1)                                        \
	X(REPORT_JSON, "report, JSON", JSON, OF_TRACE, 1)                                 \
	X(REPORT_LINE, "report, JSON on a line", JSON, OF_TRACE, 1)                       \
	X(REPORT_CSV, "report, CSV", CSV, OF_TRACE, 1)                                    \
	X(REPORT_HTML, "report, HTML", MARKUP, OF_TRACE | SHOWS(file) | SHOWS(cgroup), 1) \
	X(SCRIPT, "script", TEXT, SHOWS(comm) | SHOWS(result), 1)                         \
	X(SCREENS, "screens", TEXT, 0, 0)                                                 \
	X(DIFF_TEXT, "diff, text", TEXT, SHOWS(file) | SHOWS(result), 1)                  \
	X(DIFF_JSON, "diff, JSON", JSON, SHOWS(file) | SHOWS(result), 1)                  \
	X(DIFF_HTML, "diff, HTML", MARKUP, SHOWS(file), 1)                                \
	X(RULES, "errors of rules", TEXT, 0, 0)                                           \
	X(CHECKED, "check, text", TEXT, 0, 0)                                             \
	X(CHECKED_KTAP, "check, KTAP", TEXT, 0, 0)                                        \
	X(CHECKED_JUNIT, "check, JUnit", MARKUP, 0, 0)                                    \
	X(SUGGESTED, "suggested rules", TEXT, 0, 1)                                       \
	X(SURVEY_TEXT, "survey, text", TEXT, 0, 1)                                        \
	X(SURVEY_JSON, "survey, JSON", JSON, SHOWS(comm) | SHOWS(cgroup), 1)              \
	X(SURVEY_CSV, "survey, CSV", CSV, SHOWS(comm) | SHOWS(cgroup), 1)                 \
	X(SURVEY_HTML, "survey, HTML", MARKUP, SHOWS(comm) | SHOWS(cgroup), 1)            \
	X(WHATIF_TEXT, "whatif, text", TEXT, 0, 1)                                        \
	X(WHATIF_JSON, "whatif, JSON", JSON, SHOWS(comm) | SHOWS(release), 1)             \
	X(WHATIF_CSV, "whatif, CSV", CSV, SHOWS(comm) | SHOWS(release), 1)                \
	X(WHATIF_HTML, "whatif, HTML", MARKUP, SHOWS(comm) | SHOWS(file), 1)              \
	X(MESSAGES, "messages", TEXT, SHOWS(file), 1)

enum {
#define X(form, ...) form,
	FORMS(X)
#undef X
	NR_FORMS
};

static const struct {
	const char *name;
	enum fit_form fit;
	unsigned int whole;
	bool even;
} forms[] = {
#define X(form, text, rules, names, same) { text, FIT_##rules, names, same },
	FORMS(X)
#undef X
};

struct outputs {
	char *text[NR_FORMS];
	size_t len[NR_FORMS];
	FILE *out[NR_FORMS];
};

static void check(int holds)
{
	if (!holds)
		abort();
}

/* ---- What has the names in it ---- */

static struct snapshot *take(const struct names *n, __u64 more)
{
	struct meta meta;
	struct snapshot *s;
	struct model *m;
	struct mthp_ev ev;
	unsigned int i;

	evs_meta(&meta);
	meta.detail = DETAIL_RANGES;
	meta.kinds = 0x7fe;
	strcpy(meta.release, n->s[NAME_release]);
	strcpy(meta.settings.enabled, n->s[NAME_setting]);
	strcpy(meta.settings.order_enabled[4], n->s[NAME_setting]);
	strcpy(meta.filter_cgroup, n->s[NAME_cgroup]);
	strcpy(meta.extra_results[0], n->s[NAME_result]);
	m = model_new(&meta, 0);
	check(m != NULL);
	for (i = 0; i < 12; i++) {
		ev = evs_scan(i % 3 ? MTHP_RESULT_FIRST_FREE : MTHP_R_SUCCEED,
			      1000000000 + i * 100000000ULL, i % 2, i * 40, MTHP_SAMPLE_COMPLETE);
		if (i % 3 == 0)
			ev.kind = i % 2 ? MTHP_K_COLLAPSE : MTHP_K_MTHP_COLLAPSE;
		ev.known |= MTHP_KNOWN(FILLED) | MTHP_KNOWN_DUR | MTHP_KNOWN_ADDR;
		ev.v[MTHP_V_FILLED] = i * 10 + more;
		ev.addr = 0x7f0000000000ULL + (i << 21);
		ev.dur_ns = 1000ULL << i;
		strcpy(ev.comm, n->s[NAME_comm]);
		model_event(m, &ev);
	}
	model_lost(m, MTHP_L_RING, 1 + more);
	model_tick(m, 4000000000);
	m->complete = 1;
	s = snapshot_take(m);
	check(s != NULL);
	model_free(m);
	return s;
}

static void put_script(const struct snapshot *s, FILE *out)
{
	char line[512];
	size_t i;

	for (i = 0; i < s->nr_recent; i++)
		fprintf(out, "%s\n", view_event(&s->meta, &s->recent[i], line, sizeof(line)));
}

static void put_screens(const struct snapshot *s, const struct names *n, int width, FILE *out)
{
	struct cells c;
	struct ui ui;
	int i;

	for (i = 0; i < NR_SCREENS; i++) {
		ui_init(&ui);
		ui.screen = i;
		ui.name = n->s[NAME_file];
		if (i % 2)
			snprintf(ui.message, sizeof(ui.message), "%s", n->s[NAME_file]);
		snprintf(ui.pane[i].filter, sizeof(ui.pane[i].filter), "%s", n->s[NAME_comm]);
		if (s->nr_procs) {
			ui.proc_tgid = s->procs[0].tgid;
			ui.proc_mm = s->procs[0].mm;
		}
		check(!cells_init(&c, width, 24, 0));
		screen_draw(&c, s, &ui);
		check(!cells_write(&c, out));
		cells_free(&c);
	}
}

/* The name as a string of the check language. */
static const char *quoted(const char *s, char *buf)
{
	char *to = buf;

	*to++ = '"';
	for (; *s; *to++ = *s++)
		if (*s == '"' || *s == '\\')
			*to++ = '\\';
	strcpy(to, "\"");
	return buf;
}

/* Rules with the names in them, or without, if the language has no such string; their errors are text, too. */
static void make_rules(const struct names *n, struct check_rules *rules, FILE *errors)
{
	static char text[4096]; /* the rules point into it */
	char a[600], b[600], c[600], d[600];
	const char *file = n->s[NAME_file], *harmless = "scans >= 1000000\nrelease == \"7*\"\n";

	snprintf(text, sizeof(text),
		 "scans >= 1000000\nfor comm %s: failures <= 0\nrelease == %s\n"
		 "outcome(%s) <= 0%%\noutcome(%s) >= 1%%\n",
		 quoted(n->s[NAME_comm], a), quoted(n->s[NAME_release], b),
		 quoted(n->s[NAME_result], c), quoted(n->s[NAME_setting], d));
	if (!check_parse(rules, file, text, strlen(text)))
		return;
	check_report_errors(rules, "", errors);
	check_rules_free(rules);
	check(!check_parse(rules, file, harmless, strlen(harmless)));
}

static void put_check(const struct names *n, enum check_format format, FILE *out, FILE *errors)
{
	struct check_report r = { .format = format, .out = out, .nr_sets = 2, .histograms = true };
	struct check_verdict verdicts[8] = { 0 };
	struct check_rules rules;
	struct check_sums *sums;
	struct check_data data;
	struct mthp_ev ev;
	struct meta meta;
	unsigned int i;

	make_rules(n, &rules, errors);
	evs_meta(&meta);
	strcpy(meta.release, n->s[NAME_release]);
	strcpy(meta.extra_results[0], n->s[NAME_result]);
	sums = sums_new(&rules, &meta);
	check(sums && rules.nr_rules <= ARRAY_SIZE(verdicts));
	sums_model(sums)->complete = 1;
	for (i = 0; i < 8; i++) {
		ev = evs_scan(MTHP_RESULT_FIRST_FREE, 1000000000 + i * 1000, i % 2, i,
			      MTHP_SAMPLE_COMPLETE);
		strcpy(ev.comm, n->s[NAME_comm]);
		sums_event(sums, &ev);
	}
	check(!check_data_take(sums, n->s[NAME_file], &data));
	r.rules = &rules;
	check_report_begin(&r);
	for (i = 0; i < rules.nr_rules; i++)
		check_eval(&rules, &rules.rules[i], &data, NULL, &verdicts[i]);
	check_report_set(&r, n->s[NAME_file], verdicts);
	check_report_set(&r, n->s[NAME_file], NULL);
	check_report_end(&r);
	check_data_free(&data);
	check_sums_free(sums);
	check_rules_free(&rules);
}

static void put_survey(const struct names *n, FILE **out)
{
	struct survey_view *v = survey_sample_of(n->s[NAME_comm], n->s[NAME_cgroup]);
	struct doc d;

	check(v != NULL);
	d = survey_doc(v->rows);
	doc_text(&d, NULL, out[SURVEY_TEXT]);
	doc_json(&d, NULL, out[SURVEY_JSON]);
	doc_csv(&d, NULL, out[SURVEY_CSV]);
	html_survey(v->rows, NULL, out[SURVEY_HTML]);
	extra_put(&v->extra);
}

static void put_whatif(const struct names *n, FILE **out)
{
	struct whatif_row rows[] = {
		{ .rule = "recorded", .orders = "2M", .exact_ppm = 1000000 },
		{ .setting = 1, .rule = "guard", .orders = "64K,2M", .best = 1 }
	};
	struct whatif_size of[] = { { 1, 4, 3, 65536 }, { 1, 9, 1, 2 << 20 } };
	struct whatif_proc_row proc = {
		.tgid = 7, .mm = 9, .ranges = 2, .filled_bytes = 4096, .filled_recorded_bytes = 8192
	};
	struct whatif_doc w = { .page_size = 4096,
				.pmd_order = 9,
				.rows = rows,
				.nr_rows = ARRAY_SIZE(rows),
				.sizes = of,
				.nr_sizes = ARRAY_SIZE(of),
				.procs = &proc,
				.nr_procs = 1 };
	struct doc d;

	w.top.release = n->s[NAME_release];
	w.top.detail = "plans";
	strcpy(proc.comm, n->s[NAME_comm]);
	check(!whatif_doc_explain(&w));
	d = whatif_doc_view(&w);
	doc_text(&d, NULL, out[WHATIF_TEXT]);
	doc_json(&d, NULL, out[WHATIF_JSON]);
	doc_csv(&d, NULL, out[WHATIF_CSV]);
	html_whatif(&w, n->s[NAME_file], NULL, out[WHATIF_HTML]);
	free(w.lines);
}

/* Messages quote names with fmt_safe(); what forgets to is caught by the message. */
static void put_messages(const struct names *n, FILE *out)
{
	FILE *stderr_was = stderr;
	char safe[4 * 256 + 1];
	int i;

	stderr = out;
	for (i = 0; i < NR_NAMES; i++)
		log_warn("cannot read: %s: not a trace", fmt_safe(n->s[i], safe, sizeof(safe)));
	log_err("%s", n->s[NAME_file]);
	stderr = stderr_was;
}

/* @width: of screens; 0: none */
static void show(const struct names *n, int width, struct outputs *o)
{
	struct snapshot *a, *b;
	struct diff d;
	int i;

	for (i = 0; i < NR_FORMS; i++)
		check((o->out[i] = open_memstream(&o->text[i], &o->len[i])) != NULL);
	a = take(n, 0);
	b = take(n, 3);
	view_text(a, NULL, o->out[REPORT_TEXT]);
	view_json(a, NULL, o->out[REPORT_JSON]);
	view_json_line(a, o->out[REPORT_LINE]);
	view_csv(a, NULL, o->out[REPORT_CSV]);
	html_report(a, n->s[NAME_file], NULL, o->out[REPORT_HTML]);
	put_script(a, o->out[SCRIPT]);
	if (width)
		put_screens(a, n, width, o->out[SCREENS]);
	check(!diff_make(a, b, &d));
	diff_text(&d, n->s[NAME_file], "b", o->out[DIFF_TEXT]);
	diff_json(&d, n->s[NAME_file], "b", o->out[DIFF_JSON]);
	html_diff(&d, n->s[NAME_file], "b", o->out[DIFF_HTML]);
	diff_free(&d);
	put_check(n, CHECK_TEXT, o->out[CHECKED], o->out[RULES]);
	put_check(n, CHECK_KTAP, o->out[CHECKED_KTAP], o->out[RULES]);
	put_check(n, CHECK_JUNIT, o->out[CHECKED_JUNIT], o->out[RULES]);
	check_suggest_rules(a, n->s[NAME_file], 0.05, o->out[SUGGESTED]);
	put_survey(n, o->out);
	put_whatif(n, o->out);
	put_messages(n, o->out[MESSAGES]);
	snapshot_free(a);
	snapshot_free(b);
	for (i = 0; i < NR_FORMS; i++)
		fclose(o->out[i]);
}

static void drop(struct outputs *o)
{
	int i;

	for (i = 0; i < NR_FORMS; i++)
		free(o->text[i]);
}

/* ---- What holds of it ---- */

static size_t count(const char *text, size_t len, char c)
{
	const char *end = text + len;
	size_t n = 0;

	for (; (text = memchr(text, c, end - text)); text++)
		n++;
	return n;
}

static void fault(const struct outputs *o, int form, const char *what)
{
	fprintf(stderr, "%s: %s\n", forms[form].name, what);
	fwrite(o->text[form], 1, o->len[form], stderr);
	abort();
}

static void check_outputs(const struct outputs *o)
{
	static struct outputs of_plain;
	const char *what;
	int i;

	if (!of_plain.text[0])
		show(&plain, 0, &of_plain);
	for (i = 0; i < NR_FORMS; i++) {
		what = fit_fault(forms[i].fit, o->text[i], o->len[i]);
		if (what)
			fault(o, i, what);
		if (forms[i].even && count(o->text[i], o->len[i], '\n') !=
					     count(of_plain.text[i], of_plain.len[i], '\n'))
			fault(o, i, "a name made a line");
		if (forms[i].even && forms[i].fit == FIT_MARKUP &&
		    count(o->text[i], o->len[i], '<') !=
			    count(of_plain.text[i], of_plain.len[i], '<'))
			fault(o, i, "a name made a tag");
	}
}

static void put_name(struct names *n, int which, const char *s)
{
	size_t room = sizes[which] - 1;

	if (!*s)
		return;
	memset(n->s[which], 0, sizeof(n->s[which]));
	memcpy(n->s[which], s, strnlen(s, room));
}

/* Something that a form could make of the name, or any other. */
static void make_other(struct names *n, int which, int how, const char *other)
{
	char safe[4 * 256 + 1], text[4 * 256 + 2];

	fmt_safe(n->s[which], safe, sizeof(safe));
	switch (how) {
	case 0:
		put_name(n, which, safe);
		break;
	case 1:
		snprintf(text, sizeof(text), "'%s", n->s[which]);
		put_name(n, which, text);
		break;
	case 2:
		fmt_printable(n->s[which], safe, sizeof(safe));
		put_name(n, which, safe);
		break;
	default:
		put_name(n, which, other);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct names n = plain, other;
	struct outputs a, b;
	int which, i;
	char *s;

	if (size < 2)
		return 0;
	s = calloc(1, size + NR_NAMES + 2);
	check(s != NULL);
	memcpy(s, data + 2, size - 2);
	which = data[0] % NR_NAMES;
	for (i = 0; i < NR_NAMES; i++) {
		put_name(&n, i, s + 0);
		memmove(s, s + strlen(s) + 1, size + NR_NAMES - strlen(s));
	}
	other = n;
	make_other(&other, which, data[1] % 4, s);
	free(s);
	show(&n, data[1] & 4 ? 40 : 110, &a);
	check_outputs(&a);
	if (strcmp(n.s[which], other.s[which])) {
		show(&other, 0, &b);
		check_outputs(&b);
		for (i = 0; i < NR_FORMS; i++)
			if (forms[i].whole & 1U << which && a.len[i] == b.len[i] &&
			    !memcmp(a.text[i], b.text[i], a.len[i]))
				fault(&a, i, "two names look the same");
		drop(&b);
	}
	drop(&a);
	return 0;
}
