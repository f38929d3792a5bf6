/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages to the service manager that started this process: sd_notify(3), without its library. */
#ifndef LIB_NOTIFY_H
#define LIB_NOTIFY_H

#include <mthp/types.h>

/* "READY=1", "STOPPING=1", "STATUS=...". Nothing happens where nobody asked for it. */
void notify_send(const char *state);

/* Half of the time within which WATCHDOG=1 is to come; 0: none is asked for. */
__u64 notify_watchdog_ns(void);

#endif
