/* SPDX-License-Identifier: GPL-2.0-only */
/* KTAP output: one line per thing that must hold. */
#ifndef MTHP_KTAP_H
#define MTHP_KTAP_H

#include <stdbool.h>

/* Prints the header. Call once, first. */
void ktap_start(void);

/* One result; returns ok. */
bool ktap_ok(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One test that could not be run; reason is a phrase. */
void ktap_skip(const char *reason, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A line of explanation, before the result that it explains. */
void ktap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Ends the program: the test cannot go on (exit status 1, no plan: counts as a failure). */
void ktap_die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Prints the plan; returns the exit status of the program. */
int ktap_done(void);

#endif /* MTHP_KTAP_H */
