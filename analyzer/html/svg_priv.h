/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Charts. Horizontal positions are percent and vertical ones pixels, so that a chart fills any width
 * while its text keeps its size. Colours are classes of style.c: "a" and "b" for two series,
 * "q0" ... "q6" for the steps of a heat map. Series differ by more than colour: the second one is
 * hatched when stacked, and an outline over a lighter first one when laid over it.
 */
#ifndef HTML_SVG_PRIV_H
#define HTML_SVG_PRIV_H

#include "html/markup_priv.h"

#define SVG_SERIES 2
#define SVG_STEPS  7 /* of a heat map; step 0 is nothing at all */

struct svg_bar {
	double v[SVG_SERIES];
	char label[24]; /* below it; "" none */
	bool minor;	/* the label may be left out on small screens */
	char tip[128];	/* shown at the pointer */
};

enum svg_bars_style {
	SVG_STACKED,
	SVG_OVERLAID /* the second series as an outline over the first */
};

struct svg_bars {
	const char *title; /* read out instead of the chart */
	const char *desc;
	const struct svg_bar *bar;
	size_t nr;
	enum svg_bars_style style;
	int height;	       /* of the plot, pixels */
	const char *max_label; /* the number of the highest bar */
	double max;	       /* 0: the highest bar */
	const char *second;    /* class of the second series when stacked; NULL: "b" */
};

void svg_bars(struct html *h, const struct svg_bars *b);

/* Cells of a heat map in a row: shares (0 ... 1), with a tip each. Drawn @height pixels high. */
void svg_strip(struct html *h, const char *title, const double *share, const char *const *tips,
	       size_t nr, int height);

/* Lower end of a step of the heat map, as a share. */
double svg_step_from(unsigned int step);

/* Lines through points, rising in x: a frontier, a course. */
struct svg_point {
	double x, y;
	char tip[128];
};

struct svg_line {
	const char *name;
	const struct svg_point *at;
	size_t nr;
};

struct svg_tick {
	double at;
	char label[24];
};

struct svg_lines {
	const char *title;
	const char *desc;
	const struct svg_line *line; /* SVG_SERIES at most differ in their looks */
	size_t nr;
	double x_from, x_to, y_from, y_to;
	const struct svg_tick *x_tick, *y_tick;
	size_t nr_x, nr_y;
	int height;
};

void svg_lines(struct html *h, const struct svg_lines *l);

/* A patch of colour before a word of a legend. @class: "a", "b", "q3" ... */
void svg_key(struct html *h, const char *class, const char *word);

#endif
