/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of screens and their order; below all other headers of tui/, since keys and choices need it. */
#ifndef TUI_SCREEN_LIST_PRIV_H
#define TUI_SCREEN_LIST_PRIV_H

/*
 * The screens, in the order of their tabs: a row here, and a screen_*.c.
 * X(ID, name, title, key, kind, what)
 *	name	for --screen and --dump-screen
 *	title	of its tab; NULL: it has none
 *	key	opens it; 0: none
 *	kind	of @what: a LIST to walk through, LINES of text to scroll, or a STREAM of rows
 */
#define SCREENS(X)                                                        \
	X(OVERVIEW, "overview", "Overview", '1', LINES, scr_overview)     \
	X(PROCS, "processes", "Processes", '2', LIST, scr_procs)          \
	X(OUTCOMES, "outcomes", "Outcomes", '3', LIST, scr_outcomes)      \
	X(OCCUPANCY, "occupancy", "Occupancy", '4', LINES, scr_occupancy) \
	X(EVENTS, "events", "Events", '5', STREAM, scr_events)            \
	X(CREEP, "creep", "Creep", '6', LINES, scr_creep)                 \
	X(VAIN, "vain", "Vain", '7', LINES, scr_vain)                     \
	X(ANSWERS, "answers", "Answers", '8', LINES, scr_answers)         \
	X(HELP, "help", "Help", '?', LINES, scr_help)                     \
	X(PROC, "process", NULL, 0, LINES, scr_proc)                      \
	X(RESULT, "result", NULL, 0, LINES, scr_result)                   \
	X(SURVEY, "survey", NULL, '0', LINES, scr_survey)

enum screen_id {
#define X(id, ...) SCR_##id,
	SCREENS(X)
#undef X
	NR_SCREENS
};

#endif
