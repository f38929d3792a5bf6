// SPDX-License-Identifier: GPL-2.0-only
/* A file or stream as a source: its content says which reader it takes. */
#include <errno.h>
#include <string.h>

#include "lib/fmt.h"
#include "import/preview.h"
#include "lib/log.h"
#include "source/import_priv.h"
#include "trace/layout.h"

/* The reader of mthptop traces reports empty, short and foreign files, so it gets these, too. */
static int is_ours(struct trace_in *in)
{
	const __u8 *p;
	long n = trace_in_look(in, TRACE_MAGIC_LEN, &p);

	return n <= 0 || !memcmp(p, TRACE_MAGIC, n < TRACE_MAGIC_LEN ? (size_t)n : TRACE_MAGIC_LEN);
}

int source_file_open(struct source **s, const char *path, const struct source_filter *filter)
{
	struct trace_in in;
	char name[256];
	int err, form = IMP_FORM_NONE;
	const char *words;

	*s = NULL;
	fmt_safe(strcmp(path, "-") ? path : "standard input", name, sizeof(name));
	err = trace_in_open(&in, path);
	if (err) {
		log_err("cannot open trace: %s: %s", name, strerror(-err));
		return err;
	}
	if (!is_ours(&in))
		form = imp_form(&in, &words);
	if (form == IMP_FORM_FOREIGN) {
		log_err("cannot read trace: %s: %s", name, words);
		trace_in_free(&in);
		return -EBADMSG;
	}
	if (form > IMP_FORM_NONE)
		return source_import_open(s, name, &in, form, filter);
	return source_trace_open(s, name, &in, filter);
}
