/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output of a command: standard output, or a file that only its owner may read.
 *
 * A file is written beside its place and renamed when it is whole. Until then, and if writing fails, an older
 * file of that name stays what it is. What is not a regular file (a pipe, /dev/null) is written as it is,
 * and so is a file in a folder that takes no new files. A file that was read is never the output.
 */
#ifndef LIB_OUTPUT_H
#define LIB_OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "lib/opts.h"

/* A row for a command whose options struct has the path at @field. */
#define OUTPUT_OPT(owner, field)                                                  \
	OPT(owner, field, STR, .name = "output", .brief = 'o', .metavar = "FILE", \
	    .help = "write to FILE instead of standard output")

struct output {
	FILE *file;	       /* write here, if output_open() made it */
	int fd;		       /* -1: closed */
	char name[256];	       /* for messages */
	char target[PATH_MAX]; /* where the file goes in the end; "": it is there already */
	char beside[PATH_MAX]; /* its name until then; "": it has none */
	bool in_place;	       /* cut off behind what was written */
	bool quiet;	       /* no messages */
	bool unsynced;	       /* nobody waits for the disk at its end */
};

/* From now on a closed pipe and a full file are errors of who writes, and no signals. */
void output_no_signals(void);
/* In a child that becomes another program: as they were. */
void output_old_signals(void);

enum output_how {
	OUTPUT_WHOLE, /* in its place when it is whole */
	OUTPUT_GROWING, /* from its first byte on: somebody watches it grow, or the writer may be killed */
	OUTPUT_NEW, /* from output_show() on, and it replaces nothing. Of the user who makes it; no messages */
};

/* @path NULL: standard output. 0, or -errno after a message; -EINVAL: @path was read. */
int output_open(struct output *o, const char *path, enum output_how how);

/* As output_open(), without FILE: for whoever has buffers of its own. */
int output_create(struct output *o, const char *path, enum output_how how);

/*
 * OUTPUT_NEW: the file gets its name now. 0 or -errno: -EEXIST: there is such a file already. A file system that has no
 * files without a name gave it its name before.
 */
int output_show(struct output *o);

/*
 * Ends the output. @err: the result of writing so far, 0 or -errno; a failure leaves an older file in place.
 * 0, or -errno after a message. A reader that closed the pipe (EPIPE) is no error: it needs no more.
 */
int output_close(struct output *o, int err);

/* Ends the output without a result: an older file stays. Takes one that was never opened. */
void output_drop(struct output *o);

/* Ends what a command has printed with printf(): as output_close(). */
int output_end_stdout(void);

#endif
