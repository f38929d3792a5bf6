/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is an output fit to print, and of its format? By rules of its own, not by those of the program. (fit.py asks the
 * same of whole commands.)
 */
#ifndef TESTS_SUPPORT_FIT_H
#define TESTS_SUPPORT_FIT_H

#include <stddef.h>

enum fit_form {
	FIT_TEXT,
	FIT_CSV,
	FIT_JSON, /* or lines of it */
	FIT_MARKUP,
};

/*
 * NULL, or what is wrong: a byte that a terminal obeys, invalid UTF-8, a character that moves the text around it or
 * is not seen, a cell that is a formula, JSON that does not parse, markup that is not closed.
 */
const char *fit_fault(enum fit_form form, const char *text, size_t len);

#endif
