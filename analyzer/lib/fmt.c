// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers as text for people: three digits, units always.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <mthp/wire.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "lib/utf8.h"

static char *unknown(char *buf, size_t len)
{
	snprintf(buf, len, "-");
	return buf;
}

/* Three significant digits of n / unit. */
static void three_digits(double value, const char *suffix, char *buf, size_t len)
{
	int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	snprintf(buf, len, "%.*f%s", digits, value, suffix);
}

char *fmt_bytes(__u64 bytes, char *buf, size_t len)
{
	static const char *const units[] = { "B", "K", "M", "G", "T", "P", "E" };
	double value = bytes;
	size_t u = 0;

	if (bytes == NUM_UNKNOWN)
		return unknown(buf, len);
	while (value >= 1023.5 && u < ARRAY_SIZE(units) - 1) {
		value /= 1024;
		u++;
	}
	if (!bytes)
		snprintf(buf, len, "0");
	else if (value == (double)(__u64)value)
		snprintf(buf, len, "%llu%s", (unsigned long long)value, units[u]);
	else
		three_digits(value, units[u], buf, len);
	return buf;
}

char *fmt_order(__u64 order, __u32 page_size, char *buf, size_t len)
{
	if (order == NUM_UNKNOWN || order >= MTHP_NR_ORDERS)
		return unknown(buf, len);
	return fmt_bytes((__u64)page_size << order, buf, len);
}

char *fmt_ns(__u64 ns, char *buf, size_t len)
{
	if (ns == NUM_UNKNOWN)
		return unknown(buf, len);
	if (ns < 1000)
		snprintf(buf, len, "%lluns", (unsigned long long)ns);
	else if (ns < 999500)
		three_digits(ns / 1e3, "us", buf, len);
	else if (ns < 999500000)
		three_digits(ns / 1e6, "ms", buf, len);
	else if (ns < 60 * 1000000000ULL)
		three_digits(ns / 1e9, "s", buf, len);
	else if (ns < 3600 * 1000000000ULL)
		snprintf(buf, len, "%llum%02llus", (unsigned long long)(ns / 60000000000ULL),
			 (unsigned long long)(ns / 1000000000 % 60));
	else
		snprintf(buf, len, "%lluh%02llum", (unsigned long long)(ns / 3600000000000ULL),
			 (unsigned long long)(ns / 60000000000ULL % 60));
	return buf;
}

char *fmt_count(__u64 n, char *buf, size_t len)
{
	if (n == NUM_UNKNOWN)
		return unknown(buf, len);
	snprintf(buf, len, "%llu", (unsigned long long)n);
	return buf;
}

char *fmt_short(__u64 n, char *buf, size_t len)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P", "E" };
	double value = n;
	size_t u = 0;

	if (n == NUM_UNKNOWN || n < 100000)
		return fmt_count(n, buf, len);
	while (value >= 999.5 && u < ARRAY_SIZE(units) - 1) {
		value /= 1000;
		u++;
	}
	three_digits(value, units[u], buf, len);
	return buf;
}

char *fmt_ppm(__u64 ppm, char *buf, size_t len)
{
	if (ppm == NUM_UNKNOWN)
		return unknown(buf, len);
	snprintf(buf, len, "%.1f%%", ppm / 1e4);
	return buf;
}

char *fmt_time(__u64 ns, char *buf, size_t len)
{
	time_t t = ns / 1000000000;
	struct tm tm;

	if (ns == NUM_UNKNOWN || !gmtime_r(&t, &tm) ||
	    !strftime(buf, len, "%Y-%m-%d %H:%M:%S UTC", &tm))
		return unknown(buf, len);
	return buf;
}

char *fmt_rfc3339(__u64 ns, char *buf, size_t len)
{
	time_t t = ns / 1000000000;
	char seconds[32];
	struct tm tm;

	if (ns == NUM_UNKNOWN || !gmtime_r(&t, &tm) ||
	    !strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm))
		return unknown(buf, len);
	snprintf(buf, len, "%s.%09lluZ", seconds, (unsigned long long)(ns % 1000000000));
	return buf;
}

/* Length of the sequence at @s if it is valid and fit to print, else 0. */
static size_t fit_len(const char *s)
{
	const char *next = s;
	__u32 c = utf8_next(&next);
	size_t n = next - s;

	if (n == 1)
		return c >= 0x20 && c < 0x7f;
	/* Overlong forms, and characters that would move the cursor or the text around them. */
	if ((n == 3 && c < 0x800) || (n == 4 && c < 0x10000) || utf8_is_control(c))
		return 0;
	return n;
}

/* @s as text that is fit to print; with @backslash a backslash of its own is doubled. */
static char *escape(const char *s, bool backslash, char *buf, size_t len)
{
	char as[8];
	size_t at = 0, n, from;

	if (!len)
		return buf;
	for (; *s; s += from) {
		from = n = fit_len(s);
		if (!n)
			from = 1,
			n = (size_t)snprintf(as, sizeof(as), "\\x%02x", (unsigned char)*s);
		else if (*s == '\\' && backslash)
			n = (size_t)snprintf(as, sizeof(as), "\\\\");
		else
			memcpy(as, s, n);
		if (at + n >= len)
			break;
		memcpy(buf + at, as, n);
		at += n;
	}
	buf[at] = '\0';
	return buf;
}

char *fmt_safe(const char *s, char *buf, size_t len)
{
	return escape(s, true, buf, len);
}

char *fmt_printable(const char *s, char *buf, size_t len)
{
	return escape(s, false, buf, len);
}

int fmt_parse_order(const char *s, __u32 page_size, __u32 *order)
{
	static const char units[] = "kmgt";
	const char *unit;
	unsigned long long n;
	__u32 o;
	char *end;

	if (!strncasecmp(s, "order=", 6)) {
		n = strtoull(s + 6, &end, 10);
		if (end == s + 6 || *end || s[6] < '0' || s[6] > '9' || n >= MTHP_NR_ORDERS)
			return -EINVAL;
		*order = n;
		return 0;
	}
	if (*s < '0' || *s > '9')
		return -EINVAL;
	n = strtoull(s, &end, 10);
	unit = *end ? strchr(units, *end | 0x20) : NULL;
	if (unit) {
		if (n > ~0ULL >> (10 * (unit - units + 1)))
			return -EINVAL;
		n <<= 10 * (unit - units + 1);
		end++;
		if (*end == 'i')
			end++;
		if (*end == 'B' || *end == 'b')
			end++;
	}
	if (*end)
		return -EINVAL;
	for (o = 0; o < MTHP_NR_ORDERS; o++) {
		if ((unsigned long long)page_size << o == n) {
			*order = o;
			return 0;
		}
	}
	return -EINVAL;
}
