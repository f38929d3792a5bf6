// SPDX-License-Identifier: GPL-2.0-only
/* Which characters the names of events and fields have. */
#include "import/text_cursor_priv.h"

const bool imp_word_chars[256] = {
	['0' ... '9'] = true,
	['A' ... 'Z'] = true,
	['a' ... 'z'] = true,
	['_'] = true,
};
