// SPDX-License-Identifier: GPL-2.0-only
/* Metrics as text: both formats, hostile label values, histograms, and which format a client asks for. */
#include <string.h>

#include "export/text_priv.h"
#include "lib/fmt.h"
#include "tests/support/cm.h"

static struct text t;

static int teardown(void **state)
{
	text_free(&t);
	return 0;
}

static void write_two(enum text_format format)
{
	const struct text_label labels[] = { { "result", "done" }, { NULL, NULL } };

	text_begin(&t, format);
	text_created(&t, 1500000000);
	text_family(&t, "x_absent_total", TEXT_COUNTER, "Never written.");
	text_family(&t, "x_tried_total", TEXT_COUNTER, "Tried.");
	text_u64(&t, labels, ~0ULL - 1);
	text_family(&t, "x_size_bytes", TEXT_GAUGE, "Size.");
	text_u64(&t, NULL, 4096);
	assert_int_equal(text_end(&t), 0);
}

static void test_plain(void **state)
{
	write_two(TEXT_PLAIN);
	assert_string_equal(t.buf, "# HELP x_tried_total Tried.\n"
				   "# TYPE x_tried_total counter\n"
				   "x_tried_total{result=\"done\"} 18446744073709551614\n"
				   "# HELP x_size_bytes Size.\n"
				   "# TYPE x_size_bytes gauge\n"
				   "x_size_bytes 4096\n");
	assert_int_equal(t.nr_lines, 2);
}

static void test_open(void **state)
{
	write_two(TEXT_OPEN);
	assert_string_equal(t.buf, "# HELP x_tried Tried.\n"
				   "# TYPE x_tried counter\n"
				   "x_tried_total{result=\"done\"} 18446744073709551614\n"
				   "x_tried_created{result=\"done\"} 1.5\n"
				   "# HELP x_size_bytes Size.\n"
				   "# TYPE x_size_bytes gauge\n"
				   "x_size_bytes 4096\n"
				   "# EOF\n");
}

static void test_hostile(void **state)
{
	const struct text_label labels[] = { { "cgroup", "/a\"} 1\n# EOF\n\\" },
					     { "empty", "" },
					     { NULL, NULL } };

	text_begin(&t, TEXT_OPEN);
	text_family(&t, "x_total", TEXT_COUNTER, "X.");
	text_u64(&t, labels, 1);
	text_end(&t);
	assert_non_null(strstr(
		t.buf, "\nx_total{cgroup=\"/a\\\"} 1\\n# EOF\\n\\\\\",empty=\"\"} 1\n# EOF\n"));
}

static void test_histogram(void **state)
{
	const struct text_label labels[] = { { "size", "65536" }, { NULL, NULL } };
	const char *le[] = { "0.5", "1.0" };
	const __u64 below[] = { 1, 3 };

	text_begin(&t, TEXT_OPEN);
	text_created(&t, 2000000000);
	text_family(&t, "x_seconds", TEXT_HISTOGRAM, "X.");
	text_histogram(&t, labels, le, below, 2, 4, 2500000001ULL);
	text_histogram(&t, NULL, le, below, 2, 4, NUM_UNKNOWN);
	text_end(&t);
	assert_string_equal(t.buf, "# HELP x_seconds X.\n# TYPE x_seconds histogram\n"
				   "x_seconds_bucket{size=\"65536\",le=\"0.5\"} 1\n"
				   "x_seconds_bucket{size=\"65536\",le=\"1.0\"} 3\n"
				   "x_seconds_bucket{size=\"65536\",le=\"+Inf\"} 4\n"
				   "x_seconds_sum{size=\"65536\"} 2.500000001\n"
				   "x_seconds_count{size=\"65536\"} 4\n"
				   "x_seconds_created{size=\"65536\"} 2.0\n"
				   "x_seconds_bucket{le=\"0.5\"} 1\n"
				   "x_seconds_bucket{le=\"1.0\"} 3\n"
				   "x_seconds_bucket{le=\"+Inf\"} 4\n"
				   "x_seconds_count 4\n"
				   "x_seconds_created 2.0\n"
				   "# EOF\n");
}

static void test_again(void **state)
{
	size_t i, len;

	/* A text is written again and again, and grows past its first room. */
	text_begin(&t, TEXT_PLAIN);
	text_family(&t, "x", TEXT_GAUGE, "X.");
	for (i = 0; i < 20000; i++)
		text_u64(&t, NULL, i);
	assert_int_equal(text_end(&t), 0);
	len = t.len;
	assert_int_equal(strlen(t.buf), len);
	write_two(TEXT_PLAIN);
	assert_true(t.len < len);
}

static void test_seconds(void **state)
{
	static const struct {
		__u64 ns;
		const char *text;
	} rows[] = {
		{ 0, "0.0" },
		{ 1, "0.000000001" },
		{ 16383, "0.000016383" },
		{ 1000000000, "1.0" },
		{ 10500000000ULL, "10.5" },
		{ ~0ULL, "18446744073.709551615" },
	};
	char buf[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(text_seconds(rows[i].ns, buf, sizeof(buf)), rows[i].text);
}

static void test_accept(void **state)
{
	static const struct {
		const char *accept;
		enum text_format format;
	} rows[] = {
		{ NULL, TEXT_PLAIN },
		{ "", TEXT_PLAIN },
		{ "*/*", TEXT_PLAIN },
		{ "text/plain", TEXT_PLAIN },
		{ "application/openmetrics-text", TEXT_OPEN },
		{ "Application/OpenMetrics-Text ; Version=1.0.0", TEXT_OPEN },
		/* Prometheus 2.42, and 3. */
		{ "application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
		  "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
		  TEXT_OPEN },
		{ "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
		  "text/plain;version=0.0.4;q=0.4",
		  TEXT_OPEN },
		{ "application/openmetrics-text;version=0.0.1", TEXT_PLAIN },
		{ "application/openmetrics-text;version=1.0.0;q=0.2,text/plain;q=0.9", TEXT_PLAIN },
		{ "application/openmetrics-text;q=0", TEXT_PLAIN },
		{ "application/openmetrics-text;q=0.000", TEXT_PLAIN },
		{ "application/openmetrics-textile", TEXT_PLAIN },
		{ ",,;;q=,=;,", TEXT_PLAIN },
		{ "application/openmetrics-text;", TEXT_OPEN },
		{ "application/openmetrics-text;q=;version", TEXT_OPEN },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (text_accepted(rows[i].accept) != rows[i].format)
			fail_msg("%s", rows[i].accept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),	cmocka_unit_test(test_open),
		cmocka_unit_test(test_hostile), cmocka_unit_test(test_histogram),
		cmocka_unit_test(test_again),	cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_accept),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
