/* SPDX-License-Identifier: GPL-2.0-only */
/* A rules file that a good trace satisfies. */
#ifndef CHECK_SUGGEST_H
#define CHECK_SUGGEST_H

#include <stdio.h>
#include "source/load.h"
#include "model/snapshot.h"

/*
 * Reads @path and writes rules to @out (NULL: standard output). @slack of shares: 0.05 is 5 percentage
 * points. 0; after a message -EBADMSG or -errno.
 */
int check_suggest(const char *path, const struct load_opts *load, double slack, const char *out);

/* The rules for one snapshot. @name: of the trace, for the first comment. */
void check_suggest_rules(const struct snapshot *s, const char *name, double slack, FILE *out);

#endif
