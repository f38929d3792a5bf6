/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts that are compared with files in analyzer/tests/data/golden/. */
#ifndef TESTS_SUPPORT_GOLDEN_H
#define TESTS_SUPPORT_GOLDEN_H

/*
 * Fails the test if @text is not that of the file @name. With MTHP_GOLDEN_UPDATE=1 in the environment it
 * writes the file instead, to be looked at before it is committed.
 */
void golden_check(const char *name, const char *text);

#endif
