// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quoted-printable, as mails have it: each '=' is "=3D", and a '=' at the end of a line says that it goes
 * on in the next. A line is taken for one where all of its '=' are of these kinds, so that other parts of
 * a mailbox are left as they are.
 */
#include <string.h>

#include "import/text_head_priv.h"

#define LINE_MAX 80 /* its lines have 76 characters at most */

static int upper_hex(char c)
{
	return c >= 'a' ? -1 : hex_digit(c);
}

/* Are all '=' of @c encoded, and one of them is "=3D"? */
static bool is_quoted(struct cursor c)
{
	bool quoted = false;
	const char *p = c.at;

	while ((p = memchr(p, '=', (size_t)(c.end - p)))) {
		if (++p == c.end)
			break;
		if (c.end - p < 2 || upper_hex(p[0]) < 0 || upper_hex(p[1]) < 0)
			return false;
		quoted |= p[0] == '3' && p[1] == 'D';
	}
	return quoted;
}

static size_t decode(char *text, size_t len)
{
	size_t from = 0, to = 0;

	while (from < len) {
		if (text[from] == '=' && from + 2 < len) {
			text[to++] =
				(char)(upper_hex(text[from + 1]) << 4 | upper_hex(text[from + 2]));
			from += 3;
		} else {
			text[to++] = text[from++];
		}
	}
	return to;
}

bool imp_unquote(struct imp_text *t, struct cursor *c)
{
	size_t len = (size_t)(c->end - c->at);
	bool goes_on = len && c->end[-1] == '=';
	struct cursor all;

	if (!t->quoted && len <= LINE_MAX) {
		struct cursor mail = *c;

		t->quoted = TAKE(&mail, "Content-Transfer-Encoding: quoted-printable") ||
			    (find(&mail, "mm=3D") && is_quoted(mail));
	}
	if (!t->quoted || (!goes_on && !t->nr_held && !is_quoted(*c)))
		return true;
	if (t->nr_held + len > sizeof(t->held))
		t->nr_held = 0;
	if (len > sizeof(t->held))
		return true;
	memcpy(t->held + t->nr_held, c->at, len);
	t->nr_held += len;
	if (goes_on) {
		t->nr_held--;
		return false;
	}
	all = (struct cursor){ t->held, t->held + t->nr_held };
	*c = all;
	if (is_quoted(all))
		c->end = c->at + decode(t->held, t->nr_held);
	t->nr_held = 0;
	return true;
}
