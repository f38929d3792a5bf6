/* SPDX-License-Identifier: GPL-2.0-only */
/* The format of an output: what --format says, else what the name of the output says. */
#ifndef CMD_FORMAT_PRIV_H
#define CMD_FORMAT_PRIV_H

/* Until --format sets it: a command's defaults. */
#define FORMAT_BY_NAME (-1)

/*
 * @format if --format was given; else the one of @names (ended by NULL) that @out ends with behind a dot;
 * else the first one. @out: of --output, or NULL.
 */
int format_of(int format, const char *const *endings, const char *out);

#endif
