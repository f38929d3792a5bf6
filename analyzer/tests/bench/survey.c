// SPDX-License-Identifier: GPL-2.0-only
/*
 * For bench/measure/survey:
 *
 *	hold MIB KIND	memory of that size, KIND: huge (MADV_HUGEPAGE), small (MADV_NOHUGEPAGE); prints
 *			"ready", ends with stdin
 *	run CMD...	prints CMD's CPU time in microseconds and its memory in KiB
 *	busy SECS	faults, maps and unmaps for so long; prints rounds per second that it did not
 *			wait for a CPU
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RANGE (2UL << 20)

static int hold(size_t mib, const char *kind)
{
	size_t len = mib << 20, i;
	char c, *p = mmap(NULL, len + RANGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return 1;
	p = (char *)(((uintptr_t)p + RANGE - 1) & ~(RANGE - 1));
	madvise(p, len, strcmp(kind, "huge") ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
	for (i = 0; i < len; i += 4096)
		p[i] = 1;
	puts("ready");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	return 0;
}

static int run(char **argv)
{
	struct rusage u;
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(127);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &u) != pid || status)
		return 1;
	printf("%lld %ld\n",
	       (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000LL + u.ru_utime.tv_usec +
		       u.ru_stime.tv_usec,
	       u.ru_maxrss);
	return 0;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Seconds that this process could run and had no CPU to run on. */
static double waited(void)
{
	unsigned long long ran, wait = 0;
	FILE *f = fopen("/proc/self/schedstat", "r");

	if (f && fscanf(f, "%llu %llu", &ran, &wait) != 2)
		wait = 0;
	if (f)
		fclose(f);
	return wait / 1e9;
}

static int busy(double secs)
{
	double before = waited();
	double start = now(), end = start + secs;
	unsigned long rounds = 0;
	size_t i;
	char *p;

	do {
		p = mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0);
		for (i = 0; i < 16; i++)
			p[i * 4096] = 1;
		munmap(p, 16 * 4096);
		rounds++;
	} while (now() < end);
	printf("%.0f\n", rounds / (now() - start - (waited() - before)));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "hold"))
		return hold(strtoul(argv[2], NULL, 10), argv[3]);
	if (argc > 2 && !strcmp(argv[1], "run"))
		return run(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "busy"))
		return busy(atof(argv[2]));
	return 2;
}
