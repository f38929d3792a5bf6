// SPDX-License-Identifier: GPL-2.0-only
/* See listen.h. The protocol of LISTEN_FDS is sd_listen_fds(3): descriptors from 3 on. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/fmt.h"
#include "lib/listen.h"
#include "lib/log.h"

#define BACKLOG	    1024
#define FIRST_FD    3
#define UNIX_PREFIX "unix:"

static int cannot(const struct listen_at *l, int err, const char *remedy)
{
	log_err("cannot listen: %s: %s%s", l->name, strerror(err), remedy);
	return -err;
}

static bool is_loopback(const struct sockaddr *addr)
{
	const struct sockaddr_in *in = (const void *)addr;
	const struct sockaddr_in6 *in6 = (const void *)addr;

	switch (addr->sa_family) {
	case AF_INET:
		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
	default:
		return addr->sa_family == AF_UNIX;
	}
}

/* Binds and listens. 0 or -errno, without a message. */
static int start(struct listen_at *l, const struct sockaddr *addr, socklen_t len)
{
	int err, one = 1;

	l->loopback = is_loopback(addr);
	l->fd = socket(addr->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return -errno;
	if (addr->sa_family != AF_UNIX)
		setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (addr->sa_family == AF_INET6)
		setsockopt(l->fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (!bind(l->fd, addr, len) && !listen(l->fd, BACKLOG))
		return 0;
	err = -errno;
	close(l->fd);
	l->fd = -1;
	return err;
}

/* Does anybody listen at @addr? */
static bool answers(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), err;

	if (fd < 0)
		return true;
	err = connect(fd, (const void *)addr, sizeof(*addr)) ? errno : 0;
	close(fd);
	/* EAGAIN: its queue is full. */
	return err != ECONNREFUSED && err != ENOENT;
}

static int open_unix(struct listen_at *l, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct stat st;
	mode_t mask;
	int err;

	if (!path[0] || strlen(path) >= sizeof(addr.sun_path)) {
		log_err("cannot listen: %s: a path has 1 to %zu bytes", l->name,
			sizeof(addr.sun_path) - 1);
		return -EINVAL;
	}
	strcpy(addr.sun_path, path);
	if (!lstat(path, &st)) {
		if (!S_ISSOCK(st.st_mode))
			return cannot(l, EEXIST, " (and it is no socket)");
		if (answers(&addr))
			return cannot(l, EADDRINUSE, " (is another exporter running?)");
		unlink(path);
	}
	/* Whoever may connect is decided by the folder, and by the group of the file. */
	mask = umask(0117);
	err = start(l, (const void *)&addr, sizeof(addr));
	umask(mask);
	if (err)
		return cannot(l, -err, "");
	strcpy(l->path, path);
	if (!lstat(path, &st)) {
		l->dev = st.st_dev;
		l->ino = st.st_ino;
	}
	return 0;
}

/* "127.0.0.1:9925" into two words. 0 or -EINVAL. */
static int split(const char *where, char *host, size_t len, const char **port)
{
	const char *colon = strrchr(where, ':');
	size_t n;

	if (!colon || !colon[1])
		return -EINVAL;
	*port = colon + 1;
	if ((*port)[strspn(*port, "0123456789")] || strlen(*port) > 5 || atoi(*port) > 65535)
		return -EINVAL;
	if (where[0] == '[') {
		if (colon[-1] != ']')
			return -EINVAL;
		where++;
		n = colon - where - 1;
	} else {
		n = colon - where;
		/* An address of IPv6 needs its brackets. */
		if (memchr(where, ':', n))
			return -EINVAL;
	}
	if (!n || n >= len)
		return -EINVAL;
	memcpy(host, where, n);
	host[n] = '\0';
	return 0;
}

/* The port that the kernel chose. */
static void name_port(struct listen_at *l, const char *host)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	char port[16];

	if (getsockname(l->fd, (void *)&addr, &len) ||
	    getnameinfo((void *)&addr, len, NULL, 0, port, sizeof(port), NI_NUMERICSERV))
		return;
	snprintf(l->name, sizeof(l->name), strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

static int open_inet(struct listen_at *l, const char *where)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found;
	const char *port;
	char host[64];
	int err;

	if (split(where, host, sizeof(host), &port) || getaddrinfo(host, port, &hints, &found)) {
		log_err("bad value for --listen: %s: not ADDRESS:PORT, [ADDRESS]:PORT or unix:PATH "
			"(addresses are numbers)",
			l->name);
		return -EINVAL;
	}
	err = start(l, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	if (!err && !strcmp(port, "0"))
		name_port(l, host);
	return err ? cannot(l, -err, err == -EADDRINUSE ? " (is another exporter running?)" : "") :
		     0;
}

int listen_open(struct listen_at *l, const char *where)
{
	memset(l, 0, sizeof(*l));
	l->fd = -1;
	fmt_safe(where, l->name, sizeof(l->name));
	if (!strncmp(where, UNIX_PREFIX, strlen(UNIX_PREFIX)))
		return open_unix(l, where + strlen(UNIX_PREFIX));
	return open_inet(l, where);
}

static int take_passed(struct listen_at *l, int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(int);
	int listening = 0;

	memset(l, 0, sizeof(*l));
	l->fd = fd;
	snprintf(l->name, sizeof(l->name), "passed socket %d", fd);
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) || !listening) {
		log_err("cannot listen: %s: not a listening socket", l->name);
		return -EINVAL;
	}
	len = sizeof(addr);
	if (!getsockname(fd, (void *)&addr, &len))
		l->loopback = is_loopback((const void *)&addr);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	return 0;
}

int listen_passed(struct listen_at *l)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int nr = fds ? atoi(fds) : 0, i, err;

	if (!pid || atoi(pid) != getpid() || nr <= 0)
		return 0;
	/* Children are not meant. */
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	if (nr > LISTEN_MAX) {
		log_err("cannot listen: %d sockets were passed (at most %d)", nr, LISTEN_MAX);
		return -EINVAL;
	}
	for (i = 0; i < nr; i++) {
		err = take_passed(&l[i], FIRST_FD + i);
		if (err)
			return err;
	}
	return nr;
}

void listen_close(struct listen_at *l)
{
	struct stat st;

	if (l->fd < 0)
		return;
	/* Another exporter may have its socket there by now. */
	if (l->path[0] && !lstat(l->path, &st) && st.st_dev == l->dev && st.st_ino == l->ino)
		unlink(l->path);
	close(l->fd);
	l->fd = -1;
}
