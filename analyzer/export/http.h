/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Serves metrics over HTTP, with libmicrohttpd, in the thread of the caller:
 *
 *	/metrics	the metrics, in the format that the client accepts
 *	/		a page that names the other two
 *	/-/healthy	"ok"
 *
 * Each connection has one request and ten seconds, however slowly its client sends or reads.
 */
#ifndef EXPORT_HTTP_H
#define EXPORT_HTTP_H

#include "export/text_priv.h"

struct http;

/*
 * The metrics: @text, valid until the next call, and a number @version that changes with them. 0, or -errno: none
 * can be had now.
 */
typedef int (*http_page_fn)(void *ctx, enum text_format format, const struct text **text,
			    __u64 *version);

/* Serves the @nr listening sockets @fds, which stay the caller's. 0, or -errno after a message. */
int http_new(struct http **h, const int *fds, int nr, http_page_fn page, void *ctx);
/* Takes NULL. */
void http_free(struct http *h);

/* A descriptor that can be read when there is something to do. */
int http_fd(const struct http *h);

/* Does it. After so many ns at most it wants to be called again; 0: no need. */
__u64 http_run(struct http *h);

#endif
