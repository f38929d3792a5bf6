// SPDX-License-Identifier: GPL-2.0-only
/*
 * The name of a task in a line, and what can be concluded from it.
 *
 * A name has at most 15 bytes, can hold blanks, and is aligned to the right of 16 columns. So a name
 * with two blanks in front of it is whole, whatever stands in front of these. Where there is no such
 * margin, somebody has removed blanks, or the name fills its columns; then each word in front may be
 * a part of the name or not:
 *
 *	Nov 25 22:30:01 db7 kernel: khugepaged-58	"khugepaged"
 *	> khugepaged-58					"khugepaged", or "> khugepaged"
 *
 * If all of the possible names belong to the same kind of requester, that is it. Otherwise the requester
 * is unknown.
 */
#include <string.h>

#include "import/complete.h"
#include "import/text_head_priv.h"
#include "lib/array.h"

static const char *const kernel_threads[] = { "khugepaged", "kdamond.", "kworker/", "kthreadd" };

/* Is it, or can it be, one that collapses for others? @cut: it is the beginning of a name. */
static bool is_kernel_thread(const char *name, size_t len, bool cut)
{
	size_t i, n;

	if (*name != 'k')
		return false;
	for (i = 0; i < ARRAY_SIZE(kernel_threads); i++) {
		n = strlen(kernel_threads[i]);
		if (len >= n ? !memcmp(name, kernel_threads[i], n) :
			       cut && !memcmp(name, kernel_threads[i], len))
			return true;
	}
	return false;
}

static bool is_ordinary(const char *text, size_t len)
{
	char name[MTHP_COMM_LEN] = "";

	memcpy(name, text, len < sizeof(name) ? len : sizeof(name) - 1);
	return imp_requester(name) == MTHP_Q_MADVISE;
}

static void set_name(struct imp_head *h, const char *begin, const char *end)
{
	size_t len = (size_t)(end - begin);

	if (len < sizeof(h->comm))
		memcpy(h->comm, begin, len);
	else
		h->reported |= IMP_NO_NAME;
}

/* Does the name of a kernel thread begin anywhere from @text on? */
static bool hides_thread(const char *text, const char *end)
{
	for (; text < end; text++)
		if (is_kernel_thread(text, (size_t)(end - text), false))
			return true;
	return false;
}

/* A name without a margin: it ends at @end, has at most @longest bytes, and may begin at each word. */
static void doubtful(const char *begin, const char *end, size_t longest, bool cut,
		     struct imp_head *h)
{
	const char *p = end - begin > (long)longest ? end - longest : begin, *name = NULL;
	const char *first = p;
	size_t names = 0, ordinary = 0;

	for (; p < end; p++) {
		if (is_blank(*p) || (p > begin && !is_blank(p[-1])))
			continue;
		name = p;
		names++;
		ordinary += is_ordinary(p, (size_t)(end - p));
	}
	if (names == 1)
		set_name(h, name, end);
	else
		h->reported |= IMP_NO_NAME;
	if (names == 1 ? hides_thread(name + 1, end) :
			 (ordinary < names || hides_thread(first, end)))
		h->reported |= IMP_DOUBT;
	/* A name that fills its columns is cut off, or is that long. */
	if (cut && end - begin >= (long)longest && is_kernel_thread(end - longest, longest, true))
		h->reported |= IMP_DOUBT;
}

void imp_task_name(const char *begin, const char *end, size_t columns, bool cut, struct imp_head *h)
{
	size_t longest = cut ? columns : columns - 1;
	const char *margin = end - begin >= (long)columns ? end - columns : begin, *name = margin;

	while (name < end && is_blank(*name))
		name++;
	if (name == end)
		return;
	if (name - margin < 2 && (name == margin || !cut)) {
		doubtful(margin == begin ? name : begin, end, longest, cut, h);
		return;
	}
	set_name(h, name, end);
	/* The margin may be one of the words in front. */
	if (hides_thread(name + 1, end))
		h->reported |= IMP_DOUBT;
}
