/* SPDX-License-Identifier: GPL-2.0-only */
/* The head of a line of text. */
#ifndef IMP_HEAD_H
#define IMP_HEAD_H

#include "import/imp_cursor.h"
#include "import/imp_text.h"

/* Takes it from @c into t->head; 0: the line does not have one. */
int imp_head(struct imp_text *t, struct cursor *c);

#endif
