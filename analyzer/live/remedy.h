/* SPDX-License-Identifier: GPL-2.0-only */
/* What to do about a call that the kernel refused: looked up on this machine, not guessed. */
#ifndef LIVE_REMEDY_H
#define LIVE_REMEDY_H

#include <stdbool.h>
#include <stddef.h>

/* Is the kernel locked down so far that nobody may read its memory? */
bool live_locked_down(void);

/*
 * The remedy for -errno @err, as it stands in brackets behind a message: which limit was reached and what it is,
 * which right is missing, or why rights that are there do not count. "" if nothing on this machine explains it.
 * Returns @buf.
 */
const char *live_remedy(int err, char *buf, size_t len);

#endif
