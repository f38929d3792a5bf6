// SPDX-License-Identifier: GPL-2.0-only
/* For builds that serve nothing (make NO_HTTP=1): looking up an address would need libraries of the machine. */
#include <errno.h>
#include <string.h>

#include "lib/listen.h"
#include "lib/log.h"

int listen_open(struct listen_at *l, const char *where)
{
	memset(l, 0, sizeof(*l));
	l->fd = -1;
	log_err("cannot serve HTTP: this mthptop was built without libmicrohttpd (use --textfile)");
	return -EOPNOTSUPP;
}

int listen_passed(struct listen_at *l)
{
	return 0;
}

void listen_close(struct listen_at *l)
{
}
