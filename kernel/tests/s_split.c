// SPDX-License-Identifier: GPL-2.0-only
/*
 * Huge pages that are split in every way, and collapsed again. Prints an account:
 *
 *	pid NUMBER
 *	split NUMBER BY		mappings of huge pages that were split, and by whom, as mthptop calls them
 *	again NUMBER BY		of all these, huge pages that exist again, and who collapsed them
 *
 * Between them stand splits that are none: of the huge zero page, and of what was split before.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "area.h"
#include "khugepaged.h"
#include "ktap.h"
#include "pagemap.h"
#include "settings.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define EACH  12 /* ranges that are split in one way */
#define OTHER 4	 /* ranges that are not split */

static struct area a;
static uint64_t frame[4 * EACH + OTHER]; /* of the first page of each range */

static void protect(char *page)
{
	if (mprotect(page, PAGE_LEN, PROT_READ) || mprotect(page, PAGE_LEN, PROT_READ | PROT_WRITE))
		ktap_die("mprotect: %s", strerror(errno));
}

static void by_mprotect(unsigned int range)
{
	protect(area_range(&a, range) + 7 * PAGE_LEN);
	/* There is nothing left to split. */
	protect(area_range(&a, range) + 9 * PAGE_LEN);
}

static void by_madvise(unsigned int range)
{
	area_drop(&a, range * PMD_NR + PMD_NR - 1, 1);
}

/* Written to while a child has it, too. */
static void by_write(unsigned int range)
{
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	area_write(&a, range * PMD_NR + 3);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* By the kernel's own file, which another process writes to. */
static void by_debugfs(unsigned int range)
{
	char *from = area_range(&a, range), text[64];
	int status;
	pid_t pid;

	snprintf(text, sizeof(text), "%d,%p,%p", getpid(), (void *)from, (void *)(from + PMD_SIZE));
	pid = fork();
	if (!pid)
		_exit(file_write("/sys/kernel/debug/split_huge_pages", text) != 0);
	if (waitpid(pid, &status, 0) != pid || status)
		ktap_die("cannot write to split_huge_pages (is debugfs mounted?)");
}

static void (*const ways[])(unsigned int range) = { by_mprotect, by_madvise, by_write, by_debugfs };
#define NR_WAYS (sizeof(ways) / sizeof(ways[0]))

static uint64_t frame_of(unsigned int range)
{
	struct pte pte;

	if (pagemap_read(area_range(&a, range), 1, &pte) || pte.kind != PTE_PAGE)
		ktap_die("cannot read the page map");
	return pte.pfn;
}

static void make(void)
{
	unsigned int range;
	struct shape s;

	/* The first range has a page table already: no fault makes a huge page there. */
	area_map(&a, 1 + NR_WAYS * EACH + OTHER);
	a.addr += PMD_SIZE;
	a.nr--;
	area_advise(&a, MADV_HUGEPAGE);
	for (range = 0; range < a.nr; range++) {
		area_write(&a, range * PMD_NR);
		shape_read(area_range(&a, range), &s);
		if (s.order[0] != (int)PMD_ORDER)
			ktap_die("range %u: no huge page", range);
	}
}

/* Calls of the functions that split, at memory that has no huge page of its own. */
static void split_nothing(void)
{
	char *zero, *at;

	zero = mmap(NULL, 4 * PMD_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (zero == MAP_FAILED || madvise(zero, 4 * PMD_SIZE, MADV_HUGEPAGE))
		ktap_die("cannot map memory for the huge zero page");
	at = (char *)(((uintptr_t)zero + PMD_SIZE - 1) & ~(PMD_SIZE - 1));
	(void)*(volatile char *)at;
	protect(at + 5 * PAGE_LEN);
	munmap(zero, 4 * PMD_SIZE);
}

static void note_frames(void)
{
	unsigned int range;

	for (range = 0; range < a.nr; range++)
		frame[range] = frame_of(range);
}

/* Ranges that are another huge page than they were: a collapse copies. */
static unsigned int again(void)
{
	unsigned int range, nr = 0;
	struct shape s;

	for (range = 0; range < a.nr; range++) {
		shape_read(area_range(&a, range), &s);
		nr += frame_of(range) != frame[range] && s.order[0] == (int)PMD_ORDER;
	}
	return nr;
}

int main(void)
{
	unsigned int way, range;

	kh_start();
	thp_write("use_zero_page", "1");
	printf("pid %d\n", getpid());
	make();
	split_nothing();
	for (way = 0; way < NR_WAYS; way++)
		for (range = way * EACH; range < (way + 1) * EACH; range++)
			ways[way](range);
	/* A page of debugfs splits the folio, which the child that writes has mapped, too: its own counts as well. */
	printf("split %u its process\nsplit %u another process\n", 3 * EACH + EACH, EACH);
	/* Since the children nothing was writable, which khugepaged wants up to 6.12. */
	for (range = 0; range < a.nr; range++)
		area_write(&a, range * PMD_NR + 5);
	note_frames();
	if (kh_scan())
		ktap_die("khugepaged made no full pass");
	printf("again %u khugepaged\n", again());
	/* Once more, and this time asked for. */
	for (range = 0; range < EACH; range++)
		by_mprotect(range);
	printf("split %u its process\n", EACH);
	note_frames();
	for (range = 0; range < EACH; range++)
		if (madvise(area_range(&a, range), PMD_SIZE, MADV_COLLAPSE))
			ktap_die("MADV_COLLAPSE: %s", strerror(errno));
	printf("again %u madvise\n", again());
	if (!area_all_intact(&a))
		ktap_die("contents changed");
	area_advise(&a, MADV_NOHUGEPAGE);
	return 0;
}
