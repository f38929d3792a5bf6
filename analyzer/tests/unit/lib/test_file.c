// SPDX-License-Identifier: GPL-2.0-only
/* Small files, and the escaping of text in markup. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/cm.h"
#include "lib/file.h"
#include "lib/xml.h"

static int dir;

static void put(const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void test_read(void **state)
{
	char buf[8] = "rest";

	put("f", "1234567");
	assert_int_equal(file_read(dir, "f", buf, sizeof(buf)), 7);
	assert_string_equal(buf, "1234567");
	assert_int_equal(file_read(dir, "f", buf, 4), 3);
	assert_string_equal(buf, "123");
	assert_int_equal(file_read(dir, "none", buf, sizeof(buf)), -ENOENT);
	assert_string_equal(buf, "");
	assert_int_equal(file_read(dir, ".", buf, sizeof(buf)), -EISDIR);
	assert_string_equal(buf, "");
}

static void test_number(void **state)
{
	static const struct {
		const char *text;

		int err;
		__u64 value;
	} rows[] = {
		{ "0\n", 0, 0 },
		{ "512", 0, 512 },
		{ "18446744073709551615\n", 0, ~0ULL },
		{ "18446744073709551616\n", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "-1\n", -EINVAL, 0 },
		{ " 1\n", -EINVAL, 0 },
		{ "0x10\n", -EINVAL, 0 },
		{ "always\n", -EINVAL, 0 },
	};
	__u64 value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		put("n", rows[i].text);
		assert_int_equal(file_read_u64(dir, "n", &value), rows[i].err);
		if (!rows[i].err)
			assert_true(value == rows[i].value);
	}
	assert_int_equal(file_read_u64(dir, "none", &value), -ENOENT);
}

static void test_choice(void **state)
{
	char text[] = "always [madvise] never\n", none[] = "always\n", open[] = "[always\n";

	assert_string_equal(file_choice(text), "madvise");
	assert_null(file_choice(none));
	assert_null(file_choice(open));
}

static void test_xml(void **state)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	xml_put("a<b>&\"c'\n\xc3\xa4", out);
	fclose(out);
	assert_string_equal(text, "a&lt;b&gt;&amp;&quot;c&#39;&#10;\xc3\xa4");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_xml),
	};
	char path[] = "/tmp/mthptop-test-XXXXXX";
	int failed;

	dir = mkdtemp(path) ? open(path, O_RDONLY | O_DIRECTORY) : -1;
	failed = cmocka_run_group_tests_name("file", tests, NULL, NULL);
	unlinkat(dir, "f", 0);
	unlinkat(dir, "n", 0);
	rmdir(path);
	return failed;
}
