// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: any rules file. Parsing it, judging traces of every detail level by it and reporting must
 * neither crash nor hang, every error has a place in the text, and the output has only printable text.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/report.h"
#include "tests/support/check_sums.h"
#include "tests/support/events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_text(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		check((unsigned char)text[i] >= 0x20 || text[i] == '\n');
}

static void check_errors(const struct check_rules *rules)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	unsigned int i;

	check(rules->src.nr_errors > 0);
	for (i = 0; i < rules->src.nr_errors && i < CHECK_MAX_ERRORS; i++) {
		check(rules->src.errors[i].at.line > 0 && rules->src.errors[i].at.col > 0);
		check(rules->src.errors[i].msg[0] != '\0');
	}
	check_report_errors(rules, "", out);
	fclose(out);
	check_text(text, len);
	free(text);
}

/* Events of every kind, in two processes and three sizes. */
static void feed(struct check_sums *sums, int detail)
{
	struct mthp_ev ev;
	unsigned int i;

	for (i = 0; i < 64; i++) {
		ev = evs_scan(1 + i % 36, 1000000000 + i * 50000000ULL, i % 3, i * 8,
			      i % 4 ? MTHP_SAMPLE_COMPLETE : MTHP_SAMPLE_CENSORED);
		sums_event(sums, &ev);
		ev.kind = detail == DETAIL_PLANS ? MTHP_K_MTHP_COLLAPSE : MTHP_K_COLLAPSE;
		ev.order = detail == DETAIL_TOTALS ? 9 : 4 + i % 6;
		ev.result = i % 5 ? MTHP_R_SUCCEED : 1 + i % 36;
		ev.requester = i % MTHP_NR_REQUESTERS;
		ev.sample = 0;
		ev.known = i % 7 ? MTHP_KNOWN(FILLED) | MTHP_KNOWN_DUR : 0;
		ev.v[MTHP_V_FILLED] = i;
		ev.dur_ns = 1000ULL << (i % 12);
		sums_event(sums, &ev);
	}
}

static void judge(const struct check_rules *rules, int detail, enum check_format format)
{
	struct check_verdict *verdicts = calloc(rules->nr_rules, sizeof(*verdicts));
	struct check_data data, *bases = calloc(rules->nr_bases + 1, sizeof(*bases));
	struct check_report r = { .format = format, .rules = rules, .nr_sets = 2 };
	struct check_sums *sums;
	struct meta meta;
	char *text = NULL;
	size_t len = 0;
	unsigned int i;

	evs_meta(&meta);
	meta.detail = detail;
	meta.kinds = detail == DETAIL_PLANS ? 0x7fe : 0x7e;
	strcpy(meta.release, "6.\033[31m");
	strcpy(meta.extra_results[0], "alloc_\033[31m<");
	sums = sums_new(rules, &meta);
	check(sums && verdicts && bases);
	sums_model(sums)->complete = 1;
	feed(sums, detail);
	check(!check_data_take(sums, "t\033[31m<&>\n", &data));
	for (i = 0; i < rules->nr_bases; i++)
		check(!check_data_take(sums, rules->bases[i], &bases[i]));
	r.out = open_memstream(&text, &len);
	r.histograms = 1;
	check_report_begin(&r);
	for (i = 0; i < rules->nr_rules; i++) {
		check_eval(rules, &rules->rules[i], &data, bases, &verdicts[i]);
		check(verdicts[i].state < CHECK_NR_STATES);
		check(verdicts[i].state != CHECK_ERROR || verdicts[i].at.line);
	}
	check_report_set(&r, data.name, verdicts);
	check_report_set(&r, "unread", NULL);
	check_report_end(&r);
	check(check_report_status(&r) <= 4);
	fclose(r.out);
	check_text(text, len);
	free(text);
	for (i = 0; i < rules->nr_bases; i++)
		check_data_free(&bases[i]);
	check_data_free(&data);
	check_sums_free(sums);
	free(bases);
	free(verdicts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct check_rules rules;
	int err;

	memcpy(text, data, size);
	text[size] = '\0';
	err = check_parse(&rules, "r\033ules", text, size);
	check(!err || err == -EINVAL);
	if (err)
		check_errors(&rules);
	else if (rules.nr_rules <= 16 && rules.nr_scopes <= 8)
		judge(&rules, size % 3, size / 3 % 3);
	check_rules_free(&rules);
	free(text);
	return 0;
}
