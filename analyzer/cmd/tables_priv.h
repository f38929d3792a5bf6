/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CMD_TABLES_PRIV_H
#define CMD_TABLES_PRIV_H

#include "model/field.h"

/* Is @name, of --table, one of @nr tables, or NULL? EXIT_OK, or EXIT_USAGE after a message. */
int tables_check(const struct table *list, size_t nr, const char *name);

#endif
