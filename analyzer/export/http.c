// SPDX-License-Identifier: GPL-2.0-only
/*
 * See http.h. libmicrohttpd parses requests and writes responses; this file decides what is answered, and
 * bounds what clients can take:
 *
 *	connections	HTTP_CONNECTIONS, each with HTTP_MEMORY bytes for a request
 *	bodies		one for each version of the metrics, shared by all who read it. No version is younger than
 *			a second, and no connection older than HTTP_SECONDS: so at most a few exist
 *
 * A connection may be idle for five seconds, and be open for ten. The library counts the first; a list here
 * counts the second, since a client that sends a byte every four seconds is never idle.
 */
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "export/http.h"
#include "lib/array.h"
#include "lib/clock.h"
#include "lib/listen.h"
#include "lib/log.h"

#define HTTP_CONNECTIONS 1024 /* of each socket */
#define HTTP_MEMORY	 8192
#define HTTP_IDLE	 5 /* seconds */
#define HTTP_SECONDS	 10

struct conn {
	int fd;
	__u64 since_ns;
	struct conn *prev, *next;
};

struct http {
	int epfd;
	int nr;
	struct MHD_Daemon *daemon[LISTEN_MAX];
	struct conn *conns;
	http_page_fn page;
	void *ctx;
	struct {
		struct MHD_Response *response;
		__u64 version;
	} body[TEXT_NR_FORMATS];
};

static const char index_page[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><title>mthptop export</title></head><body>\n"
	"<h1>mthptop export</h1>\n<p><a href=\"/metrics\">Metrics</a></p>\n"
	"<p><a href=\"/-/healthy\">Health</a></p>\n</body></html>\n";

static const char type_text[] = "text/plain; charset=utf-8";

static struct MHD_Response *new_response(const char *text, size_t len,
					 enum MHD_ResponseMemoryMode how, const char *type)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(len, (void *)text, how);

	if (!r)
		return NULL;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONNECTION, "close");
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	return r;
}

/* @text: static. */
static enum MHD_Result say(struct MHD_Connection *c, unsigned int status, const char *type,
			   const char *text)
{
	struct MHD_Response *r = new_response(text, strlen(text), MHD_RESPMEM_PERSISTENT, type);
	enum MHD_Result ret;

	if (!r)
		return MHD_NO;
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	ret = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return ret;
}

static enum MHD_Result say_metrics(struct http *h, struct MHD_Connection *c)
{
	enum text_format format = text_accepted(
		MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT));
	struct MHD_Response *r = h->body[format].response;
	const struct text *text;
	__u64 version;

	if (h->page(h->ctx, format, &text, &version))
		return say(c, MHD_HTTP_SERVICE_UNAVAILABLE, type_text,
			   "The kernel cannot be read now: see the exporter's messages.\n");
	if (!r || h->body[format].version != version) {
		if (r)
			MHD_destroy_response(r);
		r = new_response(text->buf, text->len, MHD_RESPMEM_MUST_COPY,
				 text_content_type(format));
		h->body[format].response = r;
		h->body[format].version = version;
	}
	/* MHD counts who uses it. */
	return r ? MHD_queue_response(c, MHD_HTTP_OK, r) : MHD_NO;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *len, void **con)
{
	static int begun;
	struct http *h = ctx;

	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return say(c, MHD_HTTP_METHOD_NOT_ALLOWED, type_text, "Only GET and HEAD.\n");
	/* The first call comes with the headers; what is sent behind them is read past. */
	if (!*con) {
		*con = &begun;
		return MHD_YES;
	}
	if (*len) {
		*len = 0;
		return MHD_YES;
	}
	if (!strcmp(url, "/metrics"))
		return say_metrics(h, c);
	if (!strcmp(url, "/"))
		return say(c, MHD_HTTP_OK, "text/html; charset=utf-8", index_page);
	if (!strcmp(url, "/-/healthy"))
		return say(c, MHD_HTTP_OK, type_text, "ok\n");
	return say(c, MHD_HTTP_NOT_FOUND, type_text, "No such page: see /metrics.\n");
}

static void on_connection(void *ctx, struct MHD_Connection *connection, void **socket_ctx,
			  enum MHD_ConnectionNotificationCode what)
{
	const union MHD_ConnectionInfo *info;
	struct http *h = ctx;
	struct conn *c = *socket_ctx;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		c = info ? calloc(1, sizeof(*c)) : NULL;
		*socket_ctx = c;
		if (!c)
			return;
		c->fd = info->connect_fd;
		c->since_ns = now_ns();
		c->next = h->conns;
		if (c->next)
			c->next->prev = c;
		h->conns = c;
		return;
	}
	if (!c)
		return;
	if (c->next)
		c->next->prev = c->prev;
	if (c->prev)
		c->prev->next = c->next;
	else
		h->conns = c->next;
	free(c);
	*socket_ctx = NULL;
}

/* Clients cause these, and cannot be stopped from doing so. */
static void on_log(void *ctx, const char *fmt, va_list ap)
{
	char text[512];

	if (log_level < 2)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = '\0';
	log_info("http: %s", text);
}

static int start(struct http *h, int fd)
{
	const union MHD_DaemonInfo *info;
	struct epoll_event ev = { .events = EPOLLIN };
	struct MHD_Daemon *d;

	d = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, h,
			     MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
			     MHD_OPTION_CONNECTION_LIMIT, (unsigned int)HTTP_CONNECTIONS,
			     MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MEMORY,
			     MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)HTTP_IDLE,
			     MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_END);
	if (!d)
		return -EIO;
	h->daemon[h->nr++] = d;
	info = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return -EIO;
	return epoll_ctl(h->epfd, EPOLL_CTL_ADD, info->epoll_fd, &ev) ? -errno : 0;
}

int http_new(struct http **out, const int *fds, int nr, http_page_fn page, void *ctx)
{
	struct http *h = calloc(1, sizeof(*h));
	int err = h ? 0 : -ENOMEM, i;

	*out = h;
	if (h) {
		h->page = page;
		h->ctx = ctx;
		h->epfd = epoll_create1(EPOLL_CLOEXEC);
		err = h->epfd < 0 ? -errno : 0;
	}
	for (i = 0; !err && i < nr; i++)
		err = start(h, fds[i]);
	if (err) {
		log_err("cannot serve HTTP: %s", strerror(-err));
		http_free(h);
		*out = NULL;
	}
	return err;
}

void http_free(struct http *h)
{
	int i;

	if (!h)
		return;
	for (i = 0; i < h->nr; i++) {
		/* The socket stays open, for it is the caller's. */
		MHD_quiesce_daemon(h->daemon[i]);
		MHD_stop_daemon(h->daemon[i]);
	}
	for (i = 0; i < TEXT_NR_FORMATS; i++)
		if (h->body[i].response)
			MHD_destroy_response(h->body[i].response);
	if (h->epfd >= 0)
		close(h->epfd);
	free(h);
}

int http_fd(const struct http *h)
{
	return h->epfd;
}

/* Cuts off who has been here for too long; the library notices and closes. */
static void cut_old(struct http *h)
{
	__u64 now = now_ns();
	struct conn *c;

	for (c = h->conns; c; c = c->next)
		if (now - c->since_ns > HTTP_SECONDS * NSEC_PER_SEC)
			shutdown(c->fd, SHUT_RDWR);
}

__u64 http_run(struct http *h)
{
	MHD_UNSIGNED_LONG_LONG ms;
	int i, rounds;

	cut_old(h);
	for (i = 0; i < h->nr; i++) {
		/* A connection that has more to do without waiting is none that epoll reports. */
		for (rounds = 0; rounds < 64; rounds++) {
			MHD_run(h->daemon[i]);
			if (MHD_get_timeout(h->daemon[i], &ms) != MHD_YES || ms)
				break;
		}
		if (rounds == 64)
			return 1;
	}
	return h->conns ? NSEC_PER_SEC : 0;
}
