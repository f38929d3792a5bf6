/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uthash, told not to end the process (with status 255, without a word) when memory runs out. An entry that
 * could not be added is in no table: hash_added() is false, and whoever made it frees it and counts the loss.
 */
#ifndef LIB_HASH_H
#define LIB_HASH_H

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define hash_added(entry) ((entry)->hh.tbl != NULL)

#endif
