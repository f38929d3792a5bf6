/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files of /proc and /sys. Paths are relative to the directory descriptor @dir. */
#ifndef LIB_FILE_H
#define LIB_FILE_H

#include <stddef.h>
#include <sys/types.h>
#include <mthp/types.h>

/* All of a file, at most @len - 1 bytes, and a NUL. Its length, or -errno and @buf is "". */
ssize_t file_read(int dir, const char *path, char *buf, size_t len);

/* A file that holds one decimal number. 0; -EINVAL: it holds something else; -errno. */
int file_read_u64(int dir, const char *path, __u64 *value);

/* Decimal digits up to a blank, the end of the line or of @s. 0 or -EINVAL. */
int file_parse_u64(const char *s, __u64 *value);

/* The chosen word of "always [madvise] never", cut out of @text; NULL where none is in brackets. */
char *file_choice(char *text);

#endif
