/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages on stderr, and the exit statuses. */
#ifndef LIB_LOG_H
#define LIB_LOG_H

enum exit_status {
	EXIT_OK = 0,
	EXIT_CHECK = 1,	 /* a check failed */
	EXIT_USAGE = 2,	 /* wrong usage */
	EXIT_CANNOT = 3, /* cannot run here: kernel support, permission, resources */
	EXIT_DATA = 4,	 /* data incomplete or corrupt */
};

/* 0: errors and warnings; 1: what is done; 2: and what libbpf says. */
extern int log_level;

/*
 * "mthptop: " and the message: `what failed: object: reason (what to do)`, no full stop. Called once,
 * by the function that knows the object's name.
 */
void log_err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Set by SIGINT and SIGTERM once stop_on_signals() was called; its value is the signal. */
extern volatile int stop_signal;
void stop_on_signals(void);

#endif
