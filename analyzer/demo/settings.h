/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The settings below /sys/kernel/mm/transparent_hugepage that the demo changes, as a stack. They are
 * restored when the stack is popped, when the process dies of any signal (by a guardian process), and
 * after the guardian was killed, too (by the next open).
 */
#ifndef DEMO_SETTINGS_H
#define DEMO_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct demo_settings;

/*
 * Opens the settings below @root ("" for the real /sys and /run), and restores the changes of an earlier
 * process first. 0, or after a message -EBUSY (another demo has them) or -errno.
 */
int demo_settings_open(struct demo_settings **s, const char *root);

/*
 * Restores what an earlier process has left behind. What cannot be restored is kept in the state file's name with
 * ".old" behind it. 0, also if nothing waits; after a message -EBUSY, -EBADMSG (the file is none of ours) or -errno.
 */
int demo_settings_restore(const char *root);

/* Does a state file wait, or belong to a demo that runs? */
bool demo_settings_wait(const char *root);

/* Starts a level of the stack. */
void demo_settings_push(struct demo_settings *s);

/*
 * Sets @name, for example "khugepaged/max_ptes_none", until the level is popped. 0, -ENOENT: this kernel
 * has no such setting, or -errno. Prints nothing.
 */
int demo_settings_set(struct demo_settings *s, const char *name, const char *value);

/*
 * Undoes the newest level. A setting that somebody else has changed keeps that value. Prints the settings
 * that cannot be restored; 0 or the first -errno.
 */
int demo_settings_pop(struct demo_settings *s);

/* The chosen value of @name as one word: "madvise" of "always [madvise] never". 0 or -errno. */
int demo_settings_get(const struct demo_settings *s, const char *name, char *buf, size_t len);

/* Undoes all levels, ends the guardian, frees. Takes NULL. */
void demo_settings_close(struct demo_settings *s);

/* In a forked child: closes everything and restores nothing. */
void demo_settings_forget(struct demo_settings *s);

#endif
