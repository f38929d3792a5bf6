// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verdicts in three formats of the same parts: the rule as written, the value found, why it does not
 * pass, and the histogram.
 *
 * Text from outside (names of files and processes, strings in rules) may contain any bytes: it goes
 * through fmt_safe(), then through the format's escapes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check/lex_priv.h"
#include "check/report.h"
#include "lib/fmt.h"
#include "lib/exit.h"
#include "lib/xml.h"

#define BAR 40

/* "for comm "x": RULE", safe to print. */
static void title(const struct check_rules *rules, const struct check_rule *rule, char *buf,
		  size_t len)
{
	const char *scope = rules->scopes[rule->scope].text;
	char raw[512];

	snprintf(raw, sizeof(raw), "%s%.128s%s%.300s", scope[0] ? "for " : "", scope,
		 scope[0] ? ": " : "", rule->text);
	fmt_printable(raw, buf, len);
}

static void bar(const struct shape_bucket *b, double all, double most, const char *prefix,
		FILE *out)
{
	int n = most > 0 ? (int)(b->n / most * BAR + 0.5) : 0;

	fprintf(out, "%s%8s |%.*s%*s %5.1f%%\n", prefix, b->label, n ? n : b->n > 0,
		n ? "########################################" : ":", BAR - (n ? n : b->n > 0), "",
		all > 0 ? b->n / all * 100 : 0);
}

/* A line for each bucket, one for each run of empty ones. */
static void histogram(const struct shape *shape, const char *prefix, FILE *out)
{
	double all = shape_total(shape), most = 0;
	unsigned int i, j;

	for (i = 0; i < shape->nr; i++)
		if (shape->b[i].n > most)
			most = shape->b[i].n;
	for (i = 0; i < shape->nr; i++) {
		for (j = i; j < shape->nr && !shape->b[j].n; j++)
			;
		if (j < i + 3) {
			bar(&shape->b[i], all, most, prefix, out);
			continue;
		}
		fprintf(out, "%s%8s |  to %s: none\n", prefix, shape->b[i].label,
			shape->b[j - 1].label);
		i = j - 1;
	}
	fprintf(out, "%s%8s  %.0f samples", prefix, "", shape->samples);
	if (shape->censored)
		fprintf(out, ", %.0f censored left out", shape->censored);
	fputc('\n', out);
}

static bool good(enum check_state state)
{
	return state == CHECK_PASS || state == CHECK_SKIP;
}

static void details(const struct check_report *r, const struct check_rule *rule,
		    const struct check_verdict *v, const char *prefix, FILE *out)
{
	struct check_error e = { .at = v->at };
	char text[256];

	if (v->state == CHECK_ERROR) {
		snprintf(e.msg, sizeof(e.msg), "%.238s", v->why);
		check_error_print(&r->rules->src, &e, prefix, out);
		return;
	}
	if (!good(v->state))
		fprintf(out, "%srule:   %s:%u\n", prefix,
			fmt_safe(r->rules->src.name, text, sizeof(text)), rule->at.line);
	if (v->observed[0])
		fprintf(out, "%sfound:  %s%s%s\n", prefix, v->observed, v->part[0] ? " in " : "",
			v->part);
	if (v->why[0])
		fprintf(out, "%sreason: %s\n", prefix, v->why);
	if (v->has_shape && (r->histograms || !good(v->state)))
		histogram(&v->shape, prefix, out);
}

static void text_set(struct check_report *r, const char *name, const struct check_verdict *verdicts)
{
	unsigned long counts[CHECK_NR_STATES] = { 0 };
	char buf[600];
	unsigned int i;

	fprintf(r->out, "%s%s\n", r->sets ? "\n" : "", fmt_safe(name, buf, sizeof(buf)));
	if (!verdicts) {
		fprintf(r->out, "  cannot be read\n");
		return;
	}
	for (i = 0; i < r->rules->nr_rules; i++) {
		title(r->rules, &r->rules->rules[i], buf, sizeof(buf));
		fprintf(r->out, "  %-15s  %s\n", check_state_name(verdicts[i].state), buf);
		details(r, &r->rules->rules[i], &verdicts[i], "                     ", r->out);
		counts[verdicts[i].state]++;
	}
	fprintf(r->out, "  %u rule%s:", r->rules->nr_rules, r->rules->nr_rules == 1 ? "" : "s");
	for (i = 0, buf[0] = '\0'; i < CHECK_NR_STATES; i++)
		if (counts[i])
			snprintf(buf + strlen(buf), sizeof(buf) - strlen(buf), "%s %lu %s",
				 buf[0] ? "," : "", counts[i], check_state_name(i));
	fprintf(r->out, "%s\n", buf);
}

/* '#' begins a directive in a description. */
static void ktap_name(const char *name, FILE *out)
{
	for (; *name; name++)
		fprintf(out, *name == '#' || *name == '\\' ? "\\%c" : "%c", *name);
}

static void ktap_set(struct check_report *r, const char *name, const struct check_verdict *verdicts)
{
	unsigned long n = (unsigned long)r->sets * r->rules->nr_rules;
	char buf[600];
	unsigned int i;

	for (i = 0; i < r->rules->nr_rules; i++) {
		const struct check_verdict *v = verdicts ? &verdicts[i] : NULL;

		fprintf(r->out, "%s %lu - ", v && good(v->state) ? "ok" : "not ok", ++n);
		if (r->nr_sets > 1) {
			ktap_name(fmt_safe(name, buf, sizeof(buf)), r->out);
			fprintf(r->out, ": ");
		}
		title(r->rules, &r->rules->rules[i], buf, sizeof(buf));
		ktap_name(buf, r->out);
		if (v && v->state == CHECK_SKIP)
			fprintf(r->out, " # SKIP %s", v->why);
		fputc('\n', r->out);
		if (!v)
			fprintf(r->out, "# the trace cannot be read\n");
		else if (!good(v->state))
			fprintf(r->out, "# %s\n", check_state_name(v->state));
		if (v)
			details(r, &r->rules->rules[i], v, "# ", r->out);
	}
}

/* The details, escaped: rules contain < and >. */
static void junit_details(struct check_report *r, const struct check_rule *rule,
			  const struct check_verdict *v)
{
	char text[4096];
	FILE *mem = fmemopen(text, sizeof(text) - 1, "w");

	if (!mem)
		return;
	details(r, rule, v, "", mem);
	text[sizeof(text) - 1] = '\0';
	fclose(mem);
	xml_put(text, r->out);
}

static void junit_case(struct check_report *r, const char *name, const struct check_rule *rule,
		       const struct check_verdict *v)
{
	const char *tag =
		v && v->state != CHECK_REFUSED && v->state != CHECK_ERROR ? "failure" : "error";
	char buf[600];

	fprintf(r->out, "    <testcase classname=\"");
	xml_put(fmt_safe(name, buf, sizeof(buf)), r->out);
	fprintf(r->out, "\" name=\"");
	title(r->rules, rule, buf, sizeof(buf));
	xml_put(buf, r->out);
	fprintf(r->out, "\">");
	if (v && v->state == CHECK_SKIP) {
		fprintf(r->out, "<skipped message=\"");
		xml_put(v->why, r->out);
		fprintf(r->out, "\"/>");
	} else if (!v || !good(v->state)) {
		fprintf(r->out, "<%s message=\"", tag);
		if (v) {
			xml_put(check_state_name(v->state), r->out);
			fprintf(r->out, ": ");
			xml_put(v->observed[0] ? v->observed : v->why, r->out);
		} else {
			xml_put("the trace cannot be read", r->out);
		}
		fprintf(r->out, "\">");
		if (v)
			junit_details(r, rule, v);
		fprintf(r->out, "</%s>", tag);
	} else if (r->histograms || v->observed[0]) {
		fprintf(r->out, "<system-out>");
		junit_details(r, rule, v);
		fprintf(r->out, "</system-out>");
	}
	fprintf(r->out, "</testcase>\n");
}

static void junit_set(struct check_report *r, const char *name,
		      const struct check_verdict *verdicts)
{
	unsigned int failures = 0, errors = 0, skipped = 0, i;
	char buf[600];

	for (i = 0; i < r->rules->nr_rules; i++) {
		enum check_state state = verdicts ? verdicts[i].state : CHECK_REFUSED;

		errors += state == CHECK_REFUSED || state == CHECK_ERROR;
		failures += !good(state);
		skipped += state == CHECK_SKIP;
	}
	fprintf(r->out, "  <testsuite name=\"");
	xml_put(fmt_safe(name, buf, sizeof(buf)), r->out);
	fprintf(r->out, "\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n",
		r->rules->nr_rules, failures - errors, errors, skipped);
	for (i = 0; i < r->rules->nr_rules; i++)
		junit_case(r, name, &r->rules->rules[i], verdicts ? &verdicts[i] : NULL);
	fprintf(r->out, "  </testsuite>\n");
}

void check_report_begin(struct check_report *r)
{
	if (r->format == CHECK_KTAP)
		fprintf(r->out, "KTAP version 1\n1..%lu\n",
			(unsigned long)r->nr_sets * r->rules->nr_rules);
	else if (r->format == CHECK_JUNIT)
		fprintf(r->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
}

void check_report_set(struct check_report *r, const char *name,
		      const struct check_verdict *verdicts)
{
	unsigned int i;

	if (r->format == CHECK_TEXT)
		text_set(r, name, verdicts);
	else if (r->format == CHECK_KTAP)
		ktap_set(r, name, verdicts);
	else
		junit_set(r, name, verdicts);
	for (i = 0; verdicts && i < r->rules->nr_rules; i++)
		r->counts[verdicts[i].state]++;
	r->unread += !verdicts;
	r->sets++;
}

static unsigned long bad(const struct check_report *r)
{
	unsigned long n = r->unread * r->rules->nr_rules;
	int i;

	for (i = 0; i < CHECK_NR_STATES; i++)
		if (!good(i))
			n += r->counts[i];
	return n;
}

int check_report_end(struct check_report *r)
{
	if (r->format == CHECK_KTAP)
		fprintf(r->out, "# Totals: pass:%lu fail:%lu xfail:0 xpass:0 skip:%lu error:0\n",
			r->counts[CHECK_PASS], bad(r), r->counts[CHECK_SKIP]);
	else if (r->format == CHECK_JUNIT)
		fprintf(r->out, "</testsuites>\n");
	return fflush(r->out) || ferror(r->out) ? -EIO : 0;
}

int check_report_status(const struct check_report *r)
{
	if (r->format == CHECK_KTAP)
		return bad(r) ? 1 : r->counts[CHECK_PASS] ? 0 : 4;
	if (r->counts[CHECK_ERROR])
		return EXIT_USAGE;
	if (r->counts[CHECK_REFUSED] || r->unread)
		return EXIT_DATA;
	return bad(r) ? EXIT_CHECK : EXIT_OK;
}

void check_report_errors(const struct check_rules *rules, const char *prefix, FILE *out)
{
	unsigned int i;

	for (i = 0; i < rules->src.nr_errors && i < CHECK_MAX_ERRORS; i++)
		check_error_print(&rules->src, &rules->src.errors[i], prefix, out);
	if (rules->src.nr_errors > CHECK_MAX_ERRORS)
		fprintf(out, "%sand %u more\n", prefix, rules->src.nr_errors - CHECK_MAX_ERRORS);
}
