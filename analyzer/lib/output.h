/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of a command: standard output, or a file that only its owner may read. */
#ifndef LIB_OUTPUT_H
#define LIB_OUTPUT_H

#include <stdio.h>

#include "lib/opts.h"

/* A row for a command whose options struct has the path at @field. */
#define OUTPUT_OPT(owner, field)                                                  \
	OPT(owner, field, STR, .name = "output", .brief = 'o', .metavar = "FILE", \
	    .help = "write to FILE instead of standard output")

/* @path NULL: standard output. NULL after a message. A new file gets mode 0600. */
FILE *output_open(const char *path);

/*
 * Flushes and closes. @err: the result of writing so far, 0 or -errno. 0, or -errno after a message. A
 * reader that closed the pipe (EPIPE) is no error: it needs no more.
 */
int output_close(FILE *out, const char *path, int err);

#endif
