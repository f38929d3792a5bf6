/* SPDX-License-Identifier: GPL-2.0-only */
/* Listening sockets: by an address in words, or from the service manager. */
#ifndef LIB_LISTEN_H
#define LIB_LISTEN_H

#include <stdbool.h>
#include <sys/types.h>

#define LISTEN_MAX 4

struct listen_at {
	int fd;		/* -1: closed */
	char name[160]; /* for messages: "127.0.0.1:9925" */
	char path[108]; /* of a socket that this process made and removes; "" */
	dev_t dev;	/* of it */
	ino_t ino;
	bool loopback; /* nobody outside of this machine reaches it */
};

/*
 * @where: "ADDRESS:PORT", "[ADDRESS]:PORT", or "unix:PATH". A socket at PATH that nobody listens to any more
 * is replaced. 0, or -errno after a message; -EINVAL: no such form.
 */
int listen_open(struct listen_at *l, const char *where);

/*
 * Takes the sockets that a service manager passes (LISTEN_FDS), up to LISTEN_MAX. Their number, 0 where there
 * are none, or -errno after a message: one of them is no listening socket.
 */
int listen_passed(struct listen_at *l);

/* Closes it, and removes the socket's file. Takes one that was never opened if fd is -1. */
void listen_close(struct listen_at *l);

#endif
