/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers as text for people. Each fills @buf and returns it; NUM_UNKNOWN gives "-". */
#ifndef LIB_FMT_H
#define LIB_FMT_H

#include <stddef.h>
#include <mthp/types.h>

#define NUM_UNKNOWN (~0ULL) /* stands for an unknown number */

/* Exact powers as "64K", "2M"; else three digits: "1.37G". */
char *fmt_bytes(__u64 bytes, char *buf, size_t len);
/* An order as the size of its folio: "64K", "2M". */
char *fmt_order(__u64 order, __u32 page_size, char *buf, size_t len);
/* "830ns", "12.4us", "3.1ms", "42s", "3m07s". */
char *fmt_ns(__u64 ns, char *buf, size_t len);
/* Plain digits. */
char *fmt_count(__u64 n, char *buf, size_t len);
/* At most five characters: "98765", "123k", "4.5M". */
char *fmt_short(__u64 n, char *buf, size_t len);
/* Parts per million as "12.3%". */
char *fmt_ppm(__u64 ppm, char *buf, size_t len);
/* CLOCK_REALTIME as "2026-01-31 12:00:00 UTC". */
char *fmt_time(__u64 ns, char *buf, size_t len);

/* The same moment to the nanosecond, as RFC 3339 writes it. "-": unknown. */
char *fmt_rfc3339(__u64 ns, char *buf, size_t len);
/*
 * A name from outside, fit to print: control characters, terminal escapes, characters that move the text around
 * them (bidi, zero width) and invalid UTF-8 as "\xNN", a backslash as "\\". So no two names look the same.
 */
char *fmt_safe(const char *s, char *buf, size_t len);
/* As fmt_safe(), for text of which parts have been through it: backslashes stay as they are. */
char *fmt_printable(const char *s, char *buf, size_t len);

/*
 * Reads a folio size: "64K", "64k", "2M", "order=4". 0; -EINVAL: no size that @page_size allows.
 */
int fmt_parse_order(const char *s, __u32 page_size, __u32 *order);

#endif
