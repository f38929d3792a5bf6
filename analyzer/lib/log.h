/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages on stderr. */
#ifndef LIB_LOG_H
#define LIB_LOG_H

/* 0: errors and warnings; 1: also the steps of mthptop; 2: also messages of libbpf. */
extern int log_level;

/*
 * "mthptop: " and the message: `action that failed: object: reason (remedy)`, no full stop. Called once, by
 * the function that knows the object's name.
 */
void log_err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
