/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics as a file, for the textfile collector of node_exporter. Readers see a whole file, always: it is written
 * beside its place, and renamed. One exporter owns a file, as long as it runs.
 */
#ifndef EXPORT_TEXTFILE_H
#define EXPORT_TEXTFILE_H

#include "export/text_priv.h"

struct textfile {
	const char *path; /* NULL: none */
	int fd;		  /* of the file that is there, with a lock; -1 */
	bool failing;	  /* and it has been said */
};

/* @path NULL: none. 0, or -errno after a message: another exporter has it. */
int textfile_open(struct textfile *f, const char *path);

/* Replaces the file. 0, or -errno; the first of several failures has a message. */
int textfile_write(struct textfile *f, const struct text *text);

/* Removes it: what nobody renews must not be scraped. */
void textfile_close(struct textfile *f);

#endif
