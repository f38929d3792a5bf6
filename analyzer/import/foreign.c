// SPDX-License-Identifier: GPL-2.0-only
/* What people hand over in place of a text or a trace.dat, by its first bytes. */
#include <stdbool.h>
#include <string.h>

#include "import/foreign_priv.h"
#include "lib/array.h"

#define MAGIC(magic, words)                       \
	{                                         \
		sizeof(magic) - 1, (magic), words \
	}
#define PERF_DATA "perf.data: perf script --show-lost-events -i FILE | mthptop report -"
#define UTF16	  "UTF-16 text: iconv -f UTF-16 -t UTF-8 FILE | mthptop report -"
#define PERFETTO                                                                                 \
	"a JSON trace of Chrome or Perfetto, not text of ftrace (perfetto's traceconv systrace " \
	"makes text of its own format; else: jq -r .systemTraceEvents FILE | mthptop report -)"

static const struct {
	size_t len;
	const char *magic, *words;
} magics[] = {
	MAGIC("PERFILE2", PERF_DATA),
	MAGIC("2ELIFREP", PERF_DATA),
	MAGIC("\xff\xfe", UTF16),
	MAGIC("\xfe\xff", UTF16),
	MAGIC("\x04\x22\x4d\x18", "packed with lz4: lz4 -dc FILE | mthptop report -"),
	MAGIC("\x5d\x00\x00", "packed with lzma: xz -dc --format=lzma FILE | mthptop report -"),
	MAGIC("PK\x03\x04", "a zip archive: unzip -p FILE | mthptop report -"),
	MAGIC("7z\xbc\xaf\x27\x1c", "a 7z archive: 7z x -so FILE | mthptop report -"),
	MAGIC("TRACE:\n\x78", "packed by atrace -z: record it without -z"),
	MAGIC("TRACE:\r\n\x78", "packed by atrace -z: record it without -z"),
	MAGIC("CTF ", "a trace in the Common Trace Format: its tools make no text of ftrace of it"),
	MAGIC("\x7f"
	      "ELF",
	      "an ELF file"),
	MAGIC("%PDF", "a PDF document: copy the text out of it"),
};

static bool has(const __u8 *p, size_t len, const char *text)
{
	return memmem(p, len, text, strlen(text));
}

const char *imp_foreign(const __u8 *p, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(magics); i++)
		if (len >= magics[i].len && !memcmp(p, magics[i].magic, magics[i].len))
			return magics[i].words;
	/* UTF-16 without its mark: every other byte of ASCII is 0. */
	if (len >= 8 && ((!p[1] && !p[3] && !p[5] && !p[7] && p[0] && p[2]) ||
			 (!p[0] && !p[2] && !p[4] && !p[6] && p[1] && p[3])))
		return UTF16;
	for (i = 0; i < len && strchr(" \t\r\n", p[i]) && p[i]; i++)
		;
	if (i < len && (p[i] == '{' || p[i] == '[') &&
	    (has(p, len, "\"traceEvents\"") || has(p, len, "\"systemTraceEvents\"") ||
	     (has(p, len, "\"ph\"") && has(p, len, "\"ts\""))))
		return PERFETTO;
	if (len > 257 + 5 && !memcmp(p + 257, "ustar", 5))
		return "a tar archive: tar -xOf FILE | mthptop report -";
	return NULL;
}
