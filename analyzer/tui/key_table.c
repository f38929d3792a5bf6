// SPDX-License-Identifier: GPL-2.0-only
/* The table of keys. keys.c has their functions; the help screen and the bottom line show them. */
#include "lib/array.h"
#include "tui/key_table_priv.h"

const struct tui_key tui_keys[NR_TUI_KEYS] = {
#define X(function, keys, text, below, ...) \
	{ .name = keys, .help = text, .bar = below, .codes = { __VA_ARGS__ } },
	TUI_KEYS(X)
#undef X
};

enum tui_key_id tui_key_find(int code)
{
	size_t i, k;

	for (k = 0; k < NR_TUI_KEYS; k++)
		for (i = 0; i < ARRAY_SIZE(tui_keys[k].codes) && tui_keys[k].codes[i]; i++)
			if (tui_keys[k].codes[i] == code)
				return k;
	return NR_TUI_KEYS;
}
