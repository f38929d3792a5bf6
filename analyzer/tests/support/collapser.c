// SPDX-License-Identifier: GPL-2.0-only
/* For each line on stdin: makes one collapse of 2 MiB by MADV_COLLAPSE, and prints a line. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define RANGE (2UL << 20)

int main(void)
{
	char line[16], *map, *at;
	int ret;

	while (fgets(line, sizeof(line), stdin)) {
		map = mmap(NULL, 2 * RANGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			   0);
		if (map == MAP_FAILED)
			return 1;
		at = (char *)(((uintptr_t)map + RANGE - 1) & ~(RANGE - 1));
		madvise(map, 2 * RANGE, MADV_NOHUGEPAGE);
		memset(at, 1, RANGE);
		madvise(map, 2 * RANGE, MADV_HUGEPAGE);
		ret = madvise(at, RANGE, MADV_COLLAPSE);
		munmap(map, 2 * RANGE);
		printf("%d\n", ret);
		fflush(stdout);
	}
	return 0;
}
