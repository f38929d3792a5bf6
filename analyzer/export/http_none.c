// SPDX-License-Identifier: GPL-2.0-only
/* For builds without libmicrohttpd (make NO_HTTP=1). */
#include <errno.h>

#include "export/http.h"
#include "lib/log.h"

int http_new(struct http **h, const int *fds, int nr, http_page_fn page, void *ctx)
{
	*h = NULL;
	log_err("cannot serve HTTP: this mthptop was built without libmicrohttpd (use --textfile)");
	return -EOPNOTSUPP;
}

void http_free(struct http *h)
{
}

int http_fd(const struct http *h)
{
	return -1;
}

__u64 http_run(struct http *h)
{
	return 0;
}
