/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options of a command: one table, from which parsing, range checks, --help, the man page and shell
 * completion are made. A command's options fill its own struct.
 */
#ifndef LIB_OPTS_H
#define LIB_OPTS_H

#include <stddef.h>

enum opt_type {
	OPT_FLAG,    /* int, set to 1 */
	OPT_U32,     /* unsigned int, between min and max */
	OPT_SECONDS, /* double, between min and max */
	OPT_STR,     /* const char * */
	OPT_CHOICE,  /* int: index into choices */
	OPT_LIST,    /* struct opt_list: each use of the option adds a word */
};

#define OPT_LIST_MAX 64

struct opt_list {
	int nr;
	const char *word[OPT_LIST_MAX];
};

struct opt {
	const char *name; /* long name, without -- */
	char brief;	  /* one letter, or 0 */
	enum opt_type type;
	size_t offset; /* in the command's struct */
	double min, max;
	const char *metavar;
	const char *const *choices; /* NULL-terminated */
	const char *help;
};

/* A row of the command table. */
struct command {
	const char *name;
	const char *args; /* what follows the options, for usage: "FILE", "-o FILE [-- CMD...]" */
	const char *help; /* one line */
	const char *examples;
	const struct opt *opts; /* ends with a row whose name is NULL; NULL: none */
	size_t opts_size;	/* of the command's struct */
	const void *defaults;	/* its initial contents */
	int min_args, max_args; /* operands; max_args -1: any number */
	/* The exit status. @opts: the command's struct, filled in. */
	int (*run)(const struct command *cmd, const void *opts, int nr_args, char **args);
};

/* Ends a table of options. */
#define OPT_END                                              \
	{                                                    \
		NULL, 0, OPT_FLAG, 0, 0, 0, NULL, NULL, NULL \
	}

/*
 * Parses argv[1 ...] for @cmd and runs it. Usage errors end with EXIT_USAGE after a message that
 * quotes the bad word; --help prints and ends with EXIT_OK. Everything after "--" is operands.
 */
int command_run(const struct command *cmd, int argc, char **argv);

/* The table in main.c, ended by NULL. The first has the name "": what runs without a command. */
extern const struct command *const commands[];

#endif
