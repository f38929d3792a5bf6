/* SPDX-License-Identifier: GPL-2.0-only */
/* The comparison of texts with files in analyzer/tests/data/golden/. */
#ifndef TESTS_SUPPORT_GOLDEN_H
#define TESTS_SUPPORT_GOLDEN_H

/*
 * Fails the test if @text differs from the file @name. With MTHP_GOLDEN_UPDATE=1 in the environment it
 * writes the file instead: look at the difference before you commit it.
 */
void golden_check(const char *name, const char *text);

#endif
