/* SPDX-License-Identifier: GPL-2.0-only */
/* The huge page settings in plain words: what they make this kernel do. */
#ifndef VIEW_SETTINGS_EXPLAINED_H
#define VIEW_SETTINGS_EXPLAINED_H

#include "model/meta.h"

/* @subject: the setting, as `info` heads a line with it; @text: a sentence or more, one line. */
typedef void (*audit_fn)(void *ctx, const char *subject, const char *text);

/* Calls @say for each thing that is worth knowing, the most important first. */
void audit_settings(const struct meta *meta, audit_fn say, void *ctx);

#endif
