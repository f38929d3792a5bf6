// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing HTML; see markup_priv.h. Names of processes, cgroups and files come from outside and may
 * contain anything: the only way to write them escapes.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "lib/xml.h"
#include "html/markup_priv.h"

static void text(struct html *h, const char *s)
{
	/* Every byte may become \xNN. */
	size_t len = 4 * strlen(s) + 8;
	char *safe = malloc(len);

	if (safe)
		xml_put(fmt_printable(s, safe, len), h->out);
	free(safe);
}

/* One conversion: @spec is it with its %, up to its letter. */
static void convert(struct html *h, const char *spec, va_list *ap)
{
	size_t len = strlen(spec);

	switch (spec[len - 1]) {
	case 's':
		text(h, va_arg(*ap, const char *));
		break;
	case 'f':
		fprintf(h->out, spec, va_arg(*ap, double));
		break;
	default:
		if (strstr(spec, "ll"))
			fprintf(h->out, spec, va_arg(*ap, unsigned long long));
		else if (strchr(spec, 'z'))
			fprintf(h->out, spec, va_arg(*ap, size_t));
		else
			fprintf(h->out, spec, va_arg(*ap, int));
	}
}

void html_put(struct html *h, const char *fmt, ...)
{
	char spec[16];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			fputc(*fmt, h->out);
			continue;
		}
		if (fmt[1] == '%') {
			fputc(*++fmt, h->out);
			continue;
		}
		n = strcspn(fmt, "sfducx") + 1;
		if (n >= sizeof(spec))
			break;
		memcpy(spec, fmt, n);
		spec[n] = '\0';
		convert(h, spec, &ap);
		fmt += n - 1;
	}
	va_end(ap);
}

struct html_name html_name(const char *name)
{
	struct html_name safe;

	fmt_safe(name, safe.s, sizeof(safe.s));
	return safe;
}

void html_begin(struct html *h, const char *title)
{
	fputs("<!DOCTYPE html>\n"
	      "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\"/>\n"
	      "<meta http-equiv=\"Content-Security-Policy\""
	      " content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	      "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
	      "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
	      "<link rel=\"icon\" href=\"data:,\"/>\n",
	      h->out);
	html_put(h, "<title>%s</title>\n<style>\n", title);
	fputs(html_style, h->out);
	fputs("</style>\n</head>\n<body>\n"
	      "<svg class=\"defs\" xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"0\""
	      " aria-hidden=\"true\"><defs><pattern id=\"hatch\" width=\"5\" height=\"5\""
	      " patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
	      "<rect class=\"hb\" width=\"5\" height=\"5\"/><rect class=\"hl\" width=\"2\""
	      " height=\"5\"/></pattern></defs></svg>\n<main>\n",
	      h->out);
}

void html_end(struct html *h)
{
	fputs("</main>\n</body>\n</html>\n", h->out);
}

void html_sections(struct html *h, const struct html_section *list, size_t nr, const void *data)
{
	size_t i;

	html_put(h, "<nav aria-label=\"Sections\"><ul>\n");
	for (i = 0; i < nr; i++)
		if (!list[i].has || list[i].has(data))
			html_put(h, "<li><a href=\"#%s\">%s</a></li>\n", list[i].id, list[i].title);
	html_put(h, "</ul></nav>\n");
	for (i = 0; i < nr; i++) {
		if (list[i].has && !list[i].has(data))
			continue;
		html_put(h,
			 "<section id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n",
			 list[i].id, list[i].id, list[i].id, list[i].title);
		list[i].draw(h, data);
		html_put(h, "</section>\n");
	}
}

void html_wide(struct html *h, const char *label)
{
	/* Keys scroll it, too: hence the focus and the name. */
	html_put(h, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">\n",
		 label);
}

void html_wide_end(struct html *h)
{
	html_put(h, "</div>\n");
}
