/* SPDX-License-Identifier: GPL-2.0-only */
/* The looks of our HTML: fonts of the system, light and dark, paper, small screens. */
#ifndef HTML_STYLE_H
#define HTML_STYLE_H

/* Neither & nor < is in it: it stands in XML as it is. */
extern const char html_style[];

#endif
