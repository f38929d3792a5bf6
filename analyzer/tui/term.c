// SPDX-License-Identifier: GPL-2.0-only
/*
 * The terminal, by way of curses: its colours, its keys, and its restoration.
 *
 * Curses keeps one terminal per process, so this file has process-wide state. The terminal is restored in
 * three ways: by term_close(); by exit() from anywhere, with atexit; and by crash_handler(), which may only
 * call write() and tcsetattr() and therefore has the byte sequences ready. After SIGKILL nothing restores
 * it; `reset` helps then.
 */
#include <ncursesw/curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <ncursesw/term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "lib/array.h"
#include "lib/log.h"
#include "tui/term_priv.h"
#include "tui/key_table_priv.h"

#undef lines /* a macro of <term.h> */

static struct {
	int open;
	SCREEN *screen;
	FILE *in; /* keys: stdin, or the controlling terminal if stdin is something else */
	int colours;
	struct termios saved;
	char undo[64]; /* bytes that leave full-screen mode, for a crash */
	size_t undo_len;
	char alt_stack[16384];
	int real_stderr; /* the original fd 2; -1: fd 2 was not replaced */
	int held;	 /* memory that replaces it */
	off_t shown;	 /* bytes of it that term_said() has returned */
} term;

static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP };

static void crash_handler(int sig)
{
	ssize_t n;

	if (term.open) {
		if (term.real_stderr >= 0)
			dup2(term.real_stderr, STDERR_FILENO);
		n = write(STDOUT_FILENO, term.undo, term.undo_len);
		(void)n;
		tcsetattr(fileno(term.in), TCSANOW, &term.saved);
	}
	/* SA_RESETHAND: this time it kills, with the right core dump and status. */
	raise(sig);
}

static void catch_crashes(void)
{
	stack_t stack = { .ss_sp = term.alt_stack, .ss_size = sizeof(term.alt_stack) };
	struct sigaction sa;
	size_t i;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = crash_handler;
	sa.sa_flags = SA_RESETHAND | SA_NODEFER | SA_ONSTACK;
	sigaltstack(&stack, NULL);
	for (i = 0; i < ARRAY_SIZE(crash_signals); i++)
		sigaction(crash_signals[i], &sa, NULL);
}

/* Appends a capability that the terminal has, without its padding ("$<5>"). */
static void add_undo(const char *capability)
{
	const char *s = tigetstr(capability);

	if (!s || s == (const char *)-1)
		return;
	while (*s && term.undo_len < sizeof(term.undo)) {
		if (s[0] == '$' && s[1] == '<' && strchr(s, '>')) {
			s = strchr(s, '>') + 1;
			continue;
		}
		term.undo[term.undo_len++] = *s++;
	}
}

int term_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

int term_usable(const char **why)
{
	const char *name = getenv("TERM");
	const char *cup;
	int err;

	*why = NULL;
	if (!name || !*name) {
		*why = "TERM is not set";
	} else if (setupterm(name, STDOUT_FILENO, &err) != OK) {
		*why = "TERM names an unknown terminal";
	} else {
		cup = tigetstr("cup");
		if (!cup || cup == (const char *)-1)
			*why = "it cannot move its cursor";
		del_curterm(cur_term);
	}
	return !*why;
}

/* The terminal's own background and foreground, so that dark and light ones are readable. */
static void init_colours(void)
{
	static const struct {
		enum colour colour;

		short fg, bg;
	} pairs[] = {
		{ COL_DIM, -1, -1 },
		{ COL_TITLE, COLOR_CYAN, -1 },
		{ COL_HEAD, COLOR_BLACK, COLOR_GREEN },
		{ COL_CURSOR, COLOR_BLACK, COLOR_CYAN },
		{ COL_TAB, COLOR_WHITE, COLOR_BLUE },
		{ COL_TAB_ON, COLOR_BLACK, COLOR_WHITE },
		{ COL_GOOD, COLOR_GREEN, -1 },
		{ COL_WARN, COLOR_YELLOW, -1 },
		{ COL_BAD, COLOR_WHITE, COLOR_RED },
		{ COL_BAR, COLOR_GREEN, -1 },
		{ COL_BAR_CUT, COLOR_YELLOW, -1 },
		{ COL_KEY_TEXT, COLOR_BLACK, COLOR_CYAN },
	};
	const char *no = getenv("NO_COLOR");
	size_t i;

	term.colours = !(no && *no) && has_colors();
	if (!term.colours)
		return;
	start_color();
	use_default_colors();
	for (i = 0; i < NR_COLOURS; i++)
		init_pair(i + 1, -1, -1);
	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		init_pair(pairs[i].colour + 1, pairs[i].fg, pairs[i].bg);
}

static attr_t attributes(enum colour colour)
{
	switch (colour) {
	case COL_STRONG:
	case COL_TITLE:
	case COL_KEY:
		return A_BOLD;
	case COL_DIM:
		return A_DIM;
	case COL_BAD:
		return term.colours ? A_BOLD : A_BOLD | A_REVERSE;
	case COL_HEAD:
	case COL_TAB:
		return term.colours ? A_NORMAL : A_UNDERLINE;
	case COL_CURSOR:
	case COL_TAB_ON:
	case COL_KEY_TEXT:
		return term.colours ? A_NORMAL : A_REVERSE;
	case COL_WARN:
		return term.colours ? A_NORMAL : A_BOLD;
	default:
		return A_NORMAL;
	}
}

/* Messages to a terminal would tear the screen: they wait in memory. */
static void hold_stderr(void)
{
	term.real_stderr = -1;
	term.shown = 0;
	if (!isatty(STDERR_FILENO))
		return;
	term.held = memfd_create("mthptop-messages", MFD_CLOEXEC);
	if (term.held < 0)
		return;
	term.real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (term.real_stderr >= 0)
		dup2(term.held, STDERR_FILENO);
	else
		close(term.held);
}

static void release_stderr(void)
{
	char buf[1024];
	ssize_t n;

	if (term.real_stderr < 0)
		return;
	dup2(term.real_stderr, STDERR_FILENO);
	close(term.real_stderr);
	term.real_stderr = -1;
	lseek(term.held, 0, SEEK_SET);
	while ((n = read(term.held, buf, sizeof(buf))) > 0)
		if (write(STDERR_FILENO, buf, n) != n)
			break;
	close(term.held);
}

void term_said(char *buf, size_t len)
{
	char text[1024];
	char *line;
	ssize_t n;

	if (term.real_stderr < 0)
		return;
	while ((n = pread(term.held, text, sizeof(text) - 1, term.shown)) > 0) {
		term.shown += n;
		text[n] = '\0';
		if (text[n - 1] == '\n')
			text[n - 1] = '\0';
		line = strrchr(text, '\n');
		snprintf(buf, len, "%s", line ? line + 1 : text);
	}
}

static int refuse(const char *why)
{
	log_err("cannot show a screen: %s (use --batch or --json)", why);
	return -ENOTTY;
}

int term_open(void)
{
	static int registered;
	const char *why;

	if (!isatty(STDOUT_FILENO))
		return refuse("standard output is not a terminal");
	if (!term_usable(&why))
		return refuse(why);
	term.in = isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "re");
	if (!term.in)
		return refuse("there is no terminal to read keys from");
	tcgetattr(fileno(term.in), &term.saved);
	term.screen = newterm(NULL, stdout, term.in);
	if (!term.screen)
		return refuse("the terminal does not match its description");
	add_undo("sgr0");
	add_undo("cnorm");
	add_undo("rmkx");
	add_undo("rmcup");
	hold_stderr();
	term.open = 1;
	catch_crashes();
	if (!registered++)
		atexit(term_close);
	set_escdelay(25);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	curs_set(0);
	init_colours();
	return 0;
}

void term_close(void)
{
	if (!term.open)
		return;
	term.open = 0;
	endwin();
	delscreen(term.screen);
	if (term.in != stdin)
		fclose(term.in);
	release_stderr();
}

int term_fd(void)
{
	return fileno(term.in);
}

static int key_of_curses(int key)
{
	static const struct {
		int curses, key;
	} map[] = {
		{ KEY_UP, UKEY_UP },
		{ KEY_DOWN, UKEY_DOWN },
		{ KEY_LEFT, UKEY_LEFT },
		{ KEY_RIGHT, UKEY_RIGHT },
		{ KEY_PPAGE, UKEY_PGUP },
		{ KEY_NPAGE, UKEY_PGDN },
		{ KEY_HOME, UKEY_HOME },
		{ KEY_END, UKEY_END },
		{ KEY_ENTER, UKEY_ENTER },
		{ KEY_BTAB, UKEY_BACKTAB },
		{ KEY_BACKSPACE, UKEY_BACKSPACE },
	};
	size_t i;

	if (key >= KEY_F(1) && key <= KEY_F(12))
		return UKEY_F1 + key - KEY_F(1);
	for (i = 0; i < ARRAY_SIZE(map); i++)
		if (map[i].curses == key)
			return map[i].key;
	return UKEY_NONE;
}

int term_key(void)
{
	wint_t ch;

	switch (get_wch(&ch)) {
	case KEY_CODE_YES:
		return key_of_curses(ch);
	case OK:
		break;
	default:
		return -1;
	}
	switch (ch) {
	case '\r':
	case '\n':
		return UKEY_ENTER;
	case '\t':
		return UKEY_TAB;
	case 27:
		return UKEY_ESC;
	case 8:
	case 127:
		return UKEY_BACKSPACE;
	}
	return ch;
}

void term_size(int *w, int *h)
{
	struct winsize ws;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) && ws.ws_col && ws.ws_row &&
	    (ws.ws_col != COLS || ws.ws_row != LINES))
		resizeterm(ws.ws_row, ws.ws_col);
	*w = COLS;
	*h = LINES;
}

void term_show(const struct cells *c, int all)
{
	const struct cell *cell;
	wchar_t text[2] = { 0 };
	cchar_t ch;
	int x, y;

	for (y = 0; y < c->h && y < LINES; y++) {
		for (x = 0; x < c->w && x < COLS; x++) {
			cell = cells_at(c, x, y);
			if (!cell->ch)
				continue; /* right half of a wide character */
			text[0] = cell->ch;
			setcchar(&ch, text, attributes(cell->colour),
				 term.colours ? cell->colour + 1 : 0, NULL);
			mvadd_wch(y, x, &ch);
		}
	}
	if (all)
		clearok(stdscr, TRUE);
	refresh();
}

void term_suspend(void)
{
	struct sigaction dfl, old;
	sigset_t set, old_set;

	endwin();
	memset(&dfl, 0, sizeof(dfl));
	dfl.sa_handler = SIG_DFL;
	sigemptyset(&dfl.sa_mask);
	sigaction(SIGTSTP, &dfl, &old);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, &old_set); /* stops and continues here */
	sigprocmask(SIG_SETMASK, &old_set, NULL);
	sigaction(SIGTSTP, &old, NULL);
}
