// SPDX-License-Identifier: GPL-2.0-only
/* Preloaded: libtracecmd does what $FAULT_DAT says instead of reading records. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* What dat.c gives the child. */
#define OUT 4

static const char *can(int ret)
{
	return ret < 0 ? strerror(errno) : "yes";
}

/* The first line that is printed is shown in the message. */
static void probe(void)
{
	char text[512];
	int n = 0, fd, open_fds = 0;

	for (fd = 0; fd < 64; fd++)
		open_fds += lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF;
	n += snprintf(text + n, sizeof(text) - n, "fds %d, ", open_fds);
	n += snprintf(text + n, sizeof(text) - n, "open %s, ", can(open("/etc/passwd", O_RDONLY)));
	n += snprintf(text + n, sizeof(text) - n, "socket %s, ",
		      can(socket(AF_INET, SOCK_STREAM, 0)));
	n += snprintf(text + n, sizeof(text) - n, "kill %s, ", can(kill(getppid(), 0)));
	n += snprintf(text + n, sizeof(text) - n, "fork %s\n", can(fork()));
	if (write(STDERR_FILENO, text, n) != n)
		_exit(1);
}

static int act(void)
{
	const char *what = getenv("FAULT_DAT");
	char junk[4096];

	memset(junk, 0x5a, sizeof(junk));
	if (!strcmp(what, "probe"))
		probe();
	else if (!strcmp(what, "sleep"))
		for (;;)
			__asm__ volatile("");
	else if (!strcmp(what, "close"))
		for (close(OUT);;)
			__asm__ volatile("");
	else if (!strcmp(what, "crash"))
		raise(SIGSEGV), abort();
	else if (!strcmp(what, "exit"))
		exit(0);
	else if (!strcmp(what, "junk"))
		while (write(OUT, junk, sizeof(junk)) > 0)
			;
	return -1;
}

int tracecmd_iterate_events(void *handle, void *cpus, int nr, void *fn, void *data)
{
	(void)handle, (void)cpus, (void)nr, (void)fn, (void)data;
	return act();
}

int tracecmd_iterate_events_multi(void **handles, int nr, void *fn, void *data)
{
	(void)handles, (void)nr, (void)fn, (void)data;
	return act();
}
