/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings as names and values, and their changes while they were observed. */
#ifndef MODEL_SETTINGS_PRIV_H
#define MODEL_SETTINGS_PRIV_H

#include "model/meta.h"

#define SETTINGS_ONE(field, file) +1
#define SETTINGS_MAX		  (META_WORDS(SETTINGS_ONE) META_NUMBERS(SETTINGS_ONE) + MTHP_NR_ORDERS)
#define SETTING_CHANGES_MAX	  64 /* the first ones; the others are counted */
#define SETTING_VALUE_LEN	  24

struct setting_change {
	__u64 ts_ns; /* CLOCK_MONOTONIC when it was seen first, at the earliest when it happened */
	char name[META_NAME_LEN];
	char from[SETTING_VALUE_LEN], to[SETTING_VALUE_LEN]; /* "": unknown */
};

struct settings_log {
	struct setting_change change[SETTING_CHANGES_MAX];
	__u64 nr; /* ever */
};

typedef void (*setting_fn)(void *ctx, const char *name, const char *value);

/* Each setting by the name of its sysfs file below transparent_hugepage/. Its value is "" if it is unknown. */
void settings_each(const struct meta *meta, setting_fn fn, void *ctx);

/* Adds what is different in @to to the log, as seen at @ts_ns. */
void settings_compare(struct settings_log *log, const struct meta *from, const struct meta *to,
		      __u64 ts_ns);

#endif
