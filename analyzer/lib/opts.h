/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options of a command: one table, for parsing, range checks, --help, the man page and shell completion.
 * The options of a command fill its own struct.
 */
#ifndef LIB_OPTS_H
#define LIB_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <mthp/types.h>

#define OPT_LIST_MAX 64

struct opt_list {
	int nr;
	const char *word[OPT_LIST_MAX];
};

enum opt_kind {
	OPT_FLAG,    /* set to true */
	OPT_U32,     /* decimal digits, between min and max */
	OPT_SECONDS, /* a number of seconds, between min and max */
	OPT_SIZE,    /* bytes, or with K, M, G or T behind the digits, between min and max */
	OPT_STR,     /* of at most max bytes, unless max is 0 */
	OPT_CHOICE,  /* the word's index in choices */
	OPT_LIST,    /* every use of the option adds a word */
};

/* The type of the member that an option of each kind fills. */
#define OPT_TYPE_FLAG	 bool
#define OPT_TYPE_U32	 unsigned int
#define OPT_TYPE_SECONDS double
#define OPT_TYPE_SIZE	 __u64
#define OPT_TYPE_STR	 const char *
#define OPT_TYPE_CHOICE	 int
#define OPT_TYPE_LIST	 struct opt_list

struct opt {
	const char *member; /* of the command's struct; NULL ends a table */
	const char *name;   /* long name without --; NULL: the member's */
	char brief;	    /* one letter, or 0 */
	enum opt_kind kind;
	size_t offset; /* in the command's struct */
	double min, max;
	const char *metavar;
	const char *const *choices; /* NULL-terminated */
	const char *help;
};

/*
 * A row: which member of which struct, its kind, and the rest by name:
 *
 *	OPT(struct top_opts, batch, FLAG, .brief = 'b', .help = "text at each interval"),
 *
 * A member of another type than the kind's does not compile.
 */
#define OPT(owner, field, what, ...)                                                 \
	{                                                                            \
		.member = #field, .kind = OPT_##what,                                \
		.offset = offsetof(owner, field) +                                   \
			  0 * sizeof(char[__builtin_types_compatible_p(              \
						  OPT_TYPE_##what,                   \
						  __typeof__(((owner *)0)->field)) ? \
						  1 :                                \
						  -1]),                              \
		__VA_ARGS__                                                          \
	}

/* Ends a table of options. */
#define OPT_END                \
	{                      \
		.member = NULL \
	}

/* The option's long name. */
static inline const char *opt_name(const struct opt *o)
{
	return o->name ? o->name : o->member;
}

/* A row of the command table. */
struct command {
	const char *name;
	const char *args; /* words after the options, for usage: "FILE", "-o FILE [-- CMD...]" */
	const char *help; /* one line */
	const char *examples;
	const struct opt *opts; /* ends with OPT_END; NULL: none */
	size_t opts_size;	/* of the command's struct */
	const void *defaults;	/* its initial contents */
	int min_args, max_args; /* operands; max_args -1: any number */
	/* The exit status. @opts: the command's struct, filled in. */
	int (*run)(const struct command *cmd, const void *opts, int nr_args, char **args);
};

/*
 * Parses argv[1 ...] for @cmd and runs it. Usage errors end with EXIT_USAGE after a message that
 * quotes the bad word; --help prints and ends with EXIT_OK. Everything after "--" is operands.
 */
int command_run(const struct command *cmd, int argc, char **argv);

/* The command of that name, "top" for the first one. NULL: there is none. */
const struct command *command_named(const char *name);

/* Says that there is no such command, and which one may be meant. EXIT_USAGE. */
int command_unknown(const char *name);

/* Prints what --help prints. */
void command_help(const struct command *cmd);

/* The table in main.c, ended by NULL. The first has the name "": it runs without a command's name. */
extern const struct command *const commands[];

#endif
