// SPDX-License-Identifier: GPL-2.0-only
/* The kinds and the allowed orders that a survey derives from mappings in smaps and from settings. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/array.h"
#include "survey/vma_priv.h"

#define P (1U << 9)
#define S (1U << 4) /* 64K */

static void set(struct meta *m, const char *global, const char *pmd, const char *small)
{
	meta_init(m);
	m->page_size = 4096;
	m->pmd_order = 9;
	strcpy(m->settings.enabled, global);
	strcpy(m->settings.order_enabled[9], pmd);
	strcpy(m->settings.order_enabled[4], small);
}

static void test_orders(void **state)
{
	static const struct {
		const char *global, *pmd, *small;

		__u32 plain, advised;
	} t[] = {
		{ "always", "inherit", "never", P, P },
		{ "madvise", "inherit", "never", 0, P },
		{ "never", "inherit", "never", 0, 0 },
		{ "never", "always", "madvise", P, P | S },
		{ "always", "never", "inherit", S, S },
		{ "madvise", "madvise", "always", S, P | S },
		{ "always", "", "", P, P }, /* before 6.8: one setting, one size */
		{ "", "", "", 0, 0 },
		{ "sometimes", "inherit", "maybe", 0, 0 }, /* words that this build does not know */
	};
	struct meta m;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		set(&m, t[i].global, t[i].pmd, t[i].small);
		assert_int_equal(survey_orders(&m, 0), t[i].plain);
		assert_int_equal(survey_orders(&m, 1), t[i].advised);
	}
}

#define VALUES                                       \
	"Size:   8192 kB\nRss:   100 kB\n"           \
	"Referenced: 8 kB\nAnonHugePages: 2048 kB\n" \
	"Swap: 12 kB\nTHPeligible: "

static const struct {
	const char *text;
	struct survey_vma vma;
} kinds[] = {
	{ "7f0000000000-7f0000800000 rw-p 00000000 00:00 0 \n" VALUES
	  "1\nVmFlags: rd wr mr mw me ac\n",
	  { .kind = SURVEY_ANON, .orders = P } },
	{ "7f0000000000-7f0000800000 rw-p 00000000 00:00 0    [heap]\n" VALUES
	  "1\nVmFlags: rd wr hg\n",
	  { .kind = SURVEY_ANON, .orders = P | S, .advised = 1 } },
	{ "7f0000000000-7f0000800000 rw-p 00000000 00:00 0    [anon:verity]\n" VALUES
	  "1\nVmFlags: rd\n",
	  { .kind = SURVEY_ANON, .orders = P } },
	{ "7f0000000000-7f0000800000 rw-p 00000000 00:00 0 \n" VALUES "0\nVmFlags: rd wr nh\n",
	  { .kind = SURVEY_ADVISED } },
	{ "7f0000000000-7f0000800000 rw-p 00000000 00:00 0 \n" VALUES "0\nVmFlags: rd wr\n",
	  { .kind = SURVEY_REFUSED } },
	{ "7f0000000000-7f0000800000 rw-p 00000000 00:00 0 \n" VALUES
	  "0\nVmFlags: rd wr de ht sd\n",
	  { .kind = SURVEY_HUGETLB } },
	{ "7f0000000000-7f0000800000 rw-p 00000000 00:0f 1 /anon_hugepage (deleted)\n" VALUES
	  "0\nVmFlags: rd wr de ht sd\n",
	  { .kind = SURVEY_HUGETLB } },
	{ "7f0000000000-7f0000800000 rw-s 00000000 00:05 12 /dev/mem\n" VALUES
	  "0\nVmFlags: rd wr pf io de dd\n",
	  { .kind = SURVEY_SPECIAL } },
	{ "7f0000000000-7f0000800000 rw-p 00000000 00:05 12 /dev/mem\n" VALUES
	  "0\nVmFlags: rd wr mm hg\n",
	  { .kind = SURVEY_SPECIAL, .advised = 1 } },
	{ "7f0000000000-7f0000800000 r--p 00000000 00:00 0 [vvar]\n" VALUES
	  "0\nVmFlags: rd pf de\n",
	  { .kind = SURVEY_SPECIAL } },
	/* A file with pages of its own storage (DAX): a file. */
	{ "7f0000000000-7f0000800000 rw-p 00000000 103:02 77 /pmem/data\n" VALUES
	  "1\nVmFlags: rd wr sh hg\n",
	  { .kind = SURVEY_FILE, .advised = 1 } },
	{ "7f0000000000-7f0000800000 rw-s 00000000 00:01 0 /SYSV00000000 (deleted)\n" VALUES
	  "1\nVmFlags: rd wr sh\n",
	  { .kind = SURVEY_FILE } },
	{ "7f0000000000-7f0000800000 rw-s 00000000 00:01 9 /dev/zero (deleted)\n" VALUES
	  "1\nVmFlags: rd wr sh\n",
	  { .kind = SURVEY_FILE } },
	/* An older kernel: neither of the last two lines. */
	{ "7f0000000000-7f0000800000 rw-p 00000000 00:00 0 \nRss: 100 kB\n",
	  { .kind = SURVEY_ANON, .orders = P } },
};

#define NR (ARRAY_SIZE(kinds))

struct seen {
	struct survey_vma vma[2 * NR];
	size_t nr;
	int stop_at;
};

static int see(void *ctx, const struct survey_vma *vma)
{
	struct seen *s = ctx;

	s->vma[s->nr++] = *vma;
	return s->stop_at && (int)s->nr == s->stop_at ? 7 : 0;
}

static int read_text(const char *text, const struct survey_proc *p, struct seen *s)
{
	int fd = memfd_create("smaps", 0), err;
	__u64 longest = 0;
	struct meta m;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	lseek(fd, 0, SEEK_SET);
	set(&m, "always", "inherit", "madvise");
	err = survey_vmas(fd, p, &m, &longest, see, s);
	close(fd);
	return err;
}

static void test_kinds(void **state)
{
	struct survey_proc p = { .pid = 1 };
	char all[16384] = "";
	struct seen s = { .nr = 0 };
	size_t i;

	for (i = 0; i < NR; i++)
		strcat(all, kinds[i].text);
	/* The kernel's own, in all processes: not one of theirs. */
	strcat(all, "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n" VALUES
		    "0\nVmFlags: ex\n");
	assert_int_equal(read_text(all, &p, &s), 0);
	assert_int_equal(s.nr, NR);
	for (i = 0; i < NR; i++) {
		assert_int_equal(s.vma[i].kind, kinds[i].vma.kind);
		assert_int_equal(s.vma[i].orders, kinds[i].vma.orders);
		assert_int_equal(s.vma[i].advised, kinds[i].vma.advised);
		assert_int_equal(s.vma[i].rss, 100 << 10);
	}
	assert_int_equal(s.vma[0].start, 0x7f0000000000);
	assert_int_equal(s.vma[0].end, 0x7f0000800000);
	assert_int_equal(s.vma[0].swap, 12 << 10);
	assert_int_equal(s.vma[0].pmd_mapped, 2 << 20);
	assert_int_equal(s.vma[0].referenced, 8 << 10);
}

static void test_disabled(void **state)
{
	struct survey_proc p = { .pid = 1, .thp_disabled = 1 };
	struct seen s = { .nr = 0 };

	assert_int_equal(read_text(kinds[0].text, &p, &s), 0);
	assert_int_equal(s.vma[0].kind, SURVEY_DISABLED);
	assert_int_equal(s.vma[0].orders, 0);
}

static void test_odd(void **state)
{
	struct survey_proc p = { .pid = 1 };
	struct seen s = { .nr = 0 };
	char *line = malloc(200000);

	assert_int_equal(read_text("", &p, &s), 0);
	assert_int_equal(read_text("Rss: 4 kB\nno head\n\n", &p, &s), 0);
	assert_int_equal(s.nr, 0);
	/* A line that never ends is refused, and nothing is read beyond the buffer. */
	assert_non_null(line);
	memset(line, 'x', 199999);
	line[199999] = '\0';
	assert_int_equal(read_text(line, &p, &s), -E2BIG);
	free(line);
	s.stop_at = 1;
	assert_int_equal(read_text(kinds[0].text, &p, &s), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_disabled),
		cmocka_unit_test(test_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
