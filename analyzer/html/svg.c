// SPDX-License-Identifier: GPL-2.0-only
/* Charts; see svg_priv.h. */
#include "html/svg_priv.h"

#define LABELS 18 /* pixels below the plot */
#define HEAD   16 /* and above it, for the number at the highest line */

/* Each chart has a title and a description for people who cannot see it. */
static void open_chart(struct html *h, const char *class, int height, const char *title,
		       const char *desc)
{
	html_put(h,
		 "<svg class=\"%s\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""
		 " width=\"100%%\" height=\"%d\"><title>%s</title>",
		 class, height, title);
	if (desc)
		html_put(h, "<desc>%s</desc>", desc);
	html_put(h, "\n");
}

static void close_chart(struct html *h)
{
	html_put(h, "</svg>\n");
}

static void level(struct html *h, double y, const char *class)
{
	html_put(h, "<line class=\"%s\" x1=\"0\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"/>", class, y,
		 y);
}

static void rect(struct html *h, const char *class, double x, double y, double w, double height)
{
	if (height > 0)
		html_put(h,
			 "<rect class=\"%s\" x=\"%.3f%%\" y=\"%.2f\" width=\"%.3f%%\""
			 " height=\"%.2f\"/>",
			 class, x, y, w, height);
}

static double highest(const struct svg_bars *b)
{
	double max = 0, v;
	size_t i;

	for (i = 0; i < b->nr; i++) {
		const struct svg_bar *bar = &b->bar[i];

		v = b->style == SVG_STACKED ? bar->v[0] + bar->v[1] :
		    bar->v[0] > bar->v[1]   ? bar->v[0] :
					      bar->v[1];
		max = v > max ? v : max;
	}
	return max;
}

/* Under the middle of its bar; the outer ones keep within the chart. */
static void label(struct html *h, const struct svg_bars *b, size_t i, double y)
{
	double slot = 100.0 / b->nr, x = slot * (i + 0.5);
	const char *anchor = "middle";

	if (b->nr > 12 && i == 0) {
		anchor = "start";
		x = 0;
	} else if (b->nr > 12 && i == b->nr - 1) {
		anchor = "end";
		x = 100;
	}
	html_put(h, "<text class=\"%s\" x=\"%.3f%%\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
		 b->bar[i].minor ? "lab minor" : "lab", x, y, anchor, b->bar[i].label);
}

static void one_bar(struct html *h, const struct svg_bars *b, size_t i, double max)
{
	const struct svg_bar *bar = &b->bar[i];
	double slot = 100.0 / b->nr, gap = b->nr > 40 ? 0.12 : 0.16, x = slot * (i + gap / 2);
	double w = slot * (1 - gap), bottom = HEAD + b->height, scale = b->height / max;
	double h0 = bar->v[0] * scale, h1 = bar->v[1] * scale;

	/* Anything above 0 is visible. */
	h0 = bar->v[0] > 0 && h0 < 1.5 ? 1.5 : h0;
	h1 = bar->v[1] > 0 && h1 < 1.5 ? 1.5 : h1;
	html_put(h, "<g>");
	if (bar->tip[0])
		html_put(
			h,
			"<title>%s</title><rect class=\"hit\" x=\"%.3f%%\" y=\"%d\" width=\"%.3f%%\""
			" height=\"%d\"/>",
			bar->tip, slot * i, HEAD, slot, b->height);
	rect(h, b->style == SVG_STACKED ? "a" : "under", x, bottom - h0, w, h0);
	if (b->style == SVG_STACKED)
		rect(h, b->second ? b->second : "b", x, bottom - h0 - h1, w, h1);
	else
		rect(h, "over", x + w * 0.1, bottom - h1, w * 0.8, h1);
	html_put(h, "</g>\n");
	if (bar->label[0])
		label(h, b, i, bottom + 13);
}

void svg_bars(struct html *h, const struct svg_bars *b)
{
	double max = b->max > 0 ? b->max : highest(b);
	int labels = 0;
	size_t i;

	for (i = 0; i < b->nr; i++)
		labels |= b->bar[i].label[0];
	open_chart(h, "chart", HEAD + b->height + (labels ? LABELS : 2), b->title, b->desc);
	if (b->max_label) {
		level(h, HEAD, "grid");
		level(h, HEAD + b->height / 2.0, "grid");
		html_put(
			h,
			"<text class=\"scale\" x=\"100%%\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
			HEAD - 4, b->max_label);
	}
	for (i = 0; i < b->nr && max > 0; i++)
		one_bar(h, b, i, max);
	level(h, HEAD + b->height, "axis");
	close_chart(h);
}

static const double steps[SVG_STEPS] = { 0, 0, 0.01, 0.05, 0.10, 0.25, 0.50 };

double svg_step_from(unsigned int step)
{
	return step < SVG_STEPS ? steps[step] : 1;
}

static unsigned int step_of(double share)
{
	unsigned int step;

	if (share <= 0)
		return 0;
	for (step = SVG_STEPS - 1; step > 1 && share < steps[step]; step--)
		;
	return step;
}

void svg_strip(struct html *h, const char *title, const double *share, const char *const *tips,
	       size_t nr, int height)
{
	double w = 100.0 / nr;
	size_t i;

	open_chart(h, "strip", height, title, NULL);
	for (i = 0; i < nr; i++) {
		unsigned int step = step_of(share[i]);

		html_put(h,
			 "<g><title>%s</title><rect class=\"q%u\" x=\"%.3f%%\" y=\"0\""
			 " width=\"%.3f%%\" height=\"%d\"/>",
			 tips[i], step, w * i, w, height);
		if (share[i] >= 0.005)
			html_put(h,
				 "<text class=\"in i%u\" x=\"%.3f%%\" y=\"%.1f\""
				 " text-anchor=\"middle\">%.0f</text>",
				 step, w * (i + 0.5), height / 2.0 + 4, 100 * share[i]);
		html_put(h, "</g>\n");
	}
	close_chart(h);
}

static double part(double v, double from, double to)
{
	return to > from ? (v - from) / (to - from) : 0;
}

/* Lines keep off the edges, where half of a point would be cut. */
static double at_x(const struct svg_lines *l, double x)
{
	return 2 + 96 * part(x, l->x_from, l->x_to);
}

static double at_y(const struct svg_lines *l, double y)
{
	return HEAD + l->height * (1 - part(y, l->y_from, l->y_to));
}

static void one_line(struct html *h, const struct svg_lines *l, const struct svg_line *line,
		     const char *class)
{
	size_t i;

	for (i = 1; i < line->nr; i++)
		html_put(
			h,
			"<line class=\"line %s\" x1=\"%.2f%%\" y1=\"%.1f\" x2=\"%.2f%%\" y2=\"%.1f\"/>\n",
			class, at_x(l, line->at[i - 1].x), at_y(l, line->at[i - 1].y),
			at_x(l, line->at[i].x), at_y(l, line->at[i].y));
	for (i = 0; i < line->nr; i++)
		html_put(
			h,
			"<circle class=\"%s\" cx=\"%.2f%%\" cy=\"%.1f\" r=\"3.5\"><title>%s</title></circle>\n",
			class, at_x(l, line->at[i].x), at_y(l, line->at[i].y), line->at[i].tip);
}

void svg_lines(struct html *h, const struct svg_lines *l)
{
	size_t i;

	open_chart(h, "chart", HEAD + l->height + LABELS, l->title, l->desc);
	for (i = 0; i < l->nr_y; i++) {
		double y = at_y(l, l->y_tick[i].at);

		level(h, y, "grid");
		html_put(
			h,
			"<text class=\"scale\" x=\"100%%\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
			y - 4, l->y_tick[i].label);
	}
	for (i = 0; i < l->nr_x; i++)
		html_put(
			h,
			"<text class=\"lab\" x=\"%.2f%%\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
			at_x(l, l->x_tick[i].at), HEAD + l->height + 13, l->x_tick[i].label);
	for (i = 0; i < l->nr; i++)
		one_line(h, l, &l->line[i], i ? "b" : "a");
	level(h, HEAD + l->height, "axis");
	close_chart(h);
}

void svg_key(struct html *h, const char *class, const char *word)
{
	html_put(
		h,
		"<span class=\"key\"><svg width=\"14\" height=\"12\" aria-hidden=\"true\">"
		"<rect class=\"%s\" x=\"1\" y=\"1\" width=\"12\" height=\"10\"/></svg> %s</span>\n",
		class, word);
}
