/* SPDX-License-Identifier: GPL-2.0-only */
/* The head of a line of text. */
#ifndef IMPORT_TEXT_HEAD_PRIV_H
#define IMPORT_TEXT_HEAD_PRIV_H

#include "import/text_cursor_priv.h"
#include "import/text_priv.h"

/* Takes it from @c into t->head; 0: the line does not have one. */
int imp_head(struct imp_text *t, struct cursor *c);

#endif
