/* SPDX-License-Identifier: GPL-2.0-only */
/* A tree of files for a test that reads /sys or /proc: created in a new directory, and removed afterwards. */
#ifndef TESTS_SUPPORT_TREE_H
#define TESTS_SUPPORT_TREE_H

struct tree {
	char root[64];
};

void tree_make(struct tree *t);
/* Writes @text to the file at @path, making the directories above it. */
void tree_file(const struct tree *t, const char *path, const char *text);
void tree_remove(struct tree *t);

#endif
