/* SPDX-License-Identifier: GPL-2.0-only */
/* The huge page settings in words: what this kernel does with them. */
#ifndef VIEW_SETTINGS_EXPLAINED_H
#define VIEW_SETTINGS_EXPLAINED_H

#include "model/meta.h"

/* @subject: the setting, the head of a line of `info`; @text: one line, a sentence or more. */
typedef void (*settings_explain_fn)(void *ctx, const char *subject, const char *text);

/* Calls @say for each line, the most important first. */
void settings_explain(const struct meta *meta, settings_explain_fn say, void *ctx);

#endif
