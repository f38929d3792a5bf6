/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that this run has read, so that no output takes the place of one. */
#ifndef LIB_INPUTS_H
#define LIB_INPUTS_H

#include <stdbool.h>
#include <sys/stat.h>

/* @fd is read. Only regular files are remembered: a pipe or a device cannot be overwritten. */
void inputs_note(int fd);

/* As inputs_note(), before @path ("-": standard input) is opened. */
void inputs_note_path(const char *path);

/* Was this file noted? By device and inode, so that links and other spellings are found. */
bool inputs_have(const struct stat *st);

#endif
