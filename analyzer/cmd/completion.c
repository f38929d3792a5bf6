// SPDX-License-Identifier: GPL-2.0-only
/* mthptop completion: shell completion of commands and options, written from their tables. */
#include <stdio.h>
#include <string.h>

#include "cmd/commands.h"
#include "lib/array.h"
#include "lib/fmt.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/output.h"

static const struct opt *opts_of(const struct command *cmd)
{
	static const struct opt none[] = { OPT_END };

	return cmd->opts ? cmd->opts : none;
}

/* The words that may follow an option: a line of `case`. */
static void print_choices(const struct command *cmd)
{
	const struct opt *o;
	size_t i;

	for (o = opts_of(cmd); o->member; o++) {
		if (o->kind == OPT_FLAG)
			continue;
		printf("\t%s:--%s", cmd->name, opt_name(o));
		if (o->brief)
			printf(" | %s:-%c", cmd->name, o->brief);
		printf(")\n\t\t");
		if (o->kind == OPT_STR)
			printf("compgen -f -- \"$cur\"");
		else if (o->kind != OPT_CHOICE)
			printf(": # a number");
		for (i = 0; o->kind == OPT_CHOICE && o->choices[i]; i++)
			printf("%s%s", i ? " " : "compgen -W '", o->choices[i]);
		printf("%s\n\t\treturn\n\t\t;;\n", o->kind == OPT_CHOICE ? "' -- \"$cur\"" : "");
	}
}

static void print_options(const struct command *cmd)
{
	const struct opt *o;

	printf("\t'%s') options='--help --version", cmd->name);
	for (o = opts_of(cmd); o->member; o++)
		printf(" --%s", opt_name(o));
	printf("' ;;\n");
}

static void print_names(const char *between)
{
	const struct command *const *c;

	for (c = commands + 1; *c; c++)
		printf("%s%s", c == commands + 1 ? "" : between, (*c)->name);
}

static void bash(void)
{
	const struct command *const *c;

	printf("# bash completion for mthptop; written by: mthptop completion bash\n"
	       "_mthptop_words()\n{\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	       "\tlocal cmd='' options\n"
	       "\tif ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} != -* && ${COMP_WORDS[1]} != top ]]; then\n"
	       "\t\tcmd=${COMP_WORDS[1]}\n"
	       "\tfi\n"
	       "\tcase $cmd:$prev in\n");
	for (c = commands; *c; c++)
		print_choices(*c);
	printf("\tesac\n\tcase $cmd in\n");
	for (c = commands; *c; c++)
		print_options(*c);
	printf("\t*) return ;;\n\tesac\n"
	       "\tif [[ $cur = -* ]]; then\n"
	       "\t\tcompgen -W \"$options\" -- \"$cur\"\n"
	       "\telif ((COMP_CWORD == 1)); then\n"
	       "\t\tcompgen -W '");
	print_names(" ");
	printf("' -- \"$cur\"\n"
	       "\telse\n"
	       "\t\tcompgen -f -- \"$cur\"\n"
	       "\tfi\n}\n"
	       "_mthptop()\n{\n"
	       "\tmapfile -t COMPREPLY < <(_mthptop_words)\n}\n"
	       "complete -o filenames -F _mthptop mthptop\n");
}

/* @text inside single quotes, where @quote stands for one; characters of @also get a backslash. */
static void print_quoted(const char *text, const char *quote, const char *also)
{
	for (; *text; text++) {
		if (*text == '\'')
			printf("%s", quote);
		else
			printf("%s%c", strchr(also, *text) ? "\\" : "", *text);
	}
}

static void print_words(const struct opt *o)
{
	size_t i;

	for (i = 0; o->choices[i]; i++)
		printf("%s%s", i ? " " : "", o->choices[i]);
}

/* One option for _arguments: '(-o --output)'{-o+,--output=}'[help]:FILE:_files' */
static void zsh_option(const struct opt *o)
{
	const char *after = o->kind == OPT_FLAG ? "" : "=";

	printf(" \\\n\t\t\t");
	if (o->kind == OPT_LIST)
		printf("'*'");
	else if (o->brief)
		printf("'(-%c --%s)'", o->brief, opt_name(o));
	if (o->brief)
		printf("{-%c%s,--%s%s}'[", o->brief, o->kind == OPT_FLAG ? "" : "+", opt_name(o),
		       after);
	else
		printf("'--%s%s[", opt_name(o), after);
	print_quoted(o->help ? o->help : "", "'\\''", "[]\\");
	printf("]");
	if (o->kind == OPT_CHOICE) {
		printf(":word:(");
		print_words(o);
		printf(")");
	} else if (o->kind == OPT_STR || o->kind == OPT_LIST) {
		printf(":value:_files");
	} else if (o->kind != OPT_FLAG) {
		printf(":number:");
	}
	printf("'");
}

static void zsh(void)
{
	const struct command *const *c;
	const struct opt *o;

	printf("#compdef mthptop\n# zsh completion for mthptop; written by: mthptop completion zsh\n"
	       "_mthptop()\n{\n\tlocal -a names\n\tlocal cmd=''\n\tnames=(\n");
	for (c = commands + 1; *c; c++) {
		printf("\t\t'%s:", (*c)->name);
		print_quoted((*c)->help, "'\\''", ":\\");
		printf("'\n");
	}
	printf("\t)\n\tif ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
	       "\t\t_describe command names\n\t\t_files\n\t\treturn\n\tfi\n"
	       "\tif [[ $words[2] != -* ]]; then\n"
	       "\t\tcmd=$words[2]\n\t\tshift words\n\t\t((CURRENT--))\n\tfi\n"
	       "\tcase $cmd in\n");
	for (c = commands; *c; c++) {
		printf("\t%s%s)\n\t\t_arguments -s '--help[print help]'", (*c)->name,
		       (*c)->name[0] ? "" : "''|top");
		for (o = opts_of(*c); o->member; o++)
			zsh_option(o);
		printf(" \\\n\t\t\t'*:file:_files'\n\t\t;;\n");
	}
	printf("\tesac\n}\n_mthptop \"$@\"\n");
}

static void fish_condition(const struct command *cmd)
{
	if (cmd->name[0]) {
		printf("complete -c mthptop -n '__fish_seen_subcommand_from %s'", cmd->name);
	} else {
		printf("complete -c mthptop -n 'not __fish_seen_subcommand_from ");
		print_names(" ");
		printf("'");
	}
}

static void fish_option(const struct command *cmd, const struct opt *o)
{
	fish_condition(cmd);
	printf(" -l %s", opt_name(o));
	if (o->brief)
		printf(" -s %c", o->brief);
	if (o->kind == OPT_CHOICE) {
		printf(" -x -a '");
		print_words(o);
		printf("'");
	} else if (o->kind == OPT_STR || o->kind == OPT_LIST) {
		printf(" -r -F");
	} else if (o->kind != OPT_FLAG) {
		printf(" -x");
	}
	printf(" -d '");
	print_quoted(o->help ? o->help : "", "\\'", "\\");
	printf("'\n");
}

static void fish(void)
{
	const struct command *const *c;
	const struct opt *o;

	printf("# fish completion for mthptop; written by: mthptop completion fish\n"
	       "complete -c mthptop -l help -d 'print help'\n");
	for (c = commands + 1; *c; c++) {
		printf("complete -c mthptop -n __fish_use_subcommand -a %s -d '", (*c)->name);
		print_quoted((*c)->help, "\\'", "\\");
		printf("'\n");
	}
	for (c = commands; *c; c++)
		for (o = opts_of(*c); o->member; o++)
			fish_option(*c, o);
}

static const struct {
	const char *name;
	void (*print)(void);
} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

static int completion_main(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	char word[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shells); i++) {
		if (strcmp(args[0], shells[i].name))
			continue;
		shells[i].print();
		return exit_status(output_end_stdout());
	}
	log_err("no completion for this shell: %s (use: bash, zsh or fish)",
		fmt_safe(args[0], word, sizeof(word)));
	return EXIT_USAGE;
}

const struct command cmd_completion = {
	.name = "completion",
	.args = "bash|zsh|fish",
	.help = "print the completion of a shell",
	.examples = "  mthptop completion bash >/usr/share/bash-completion/completions/mthptop\n"
		    "  mthptop completion zsh >/usr/share/zsh/vendor-completions/_mthptop\n"
		    "  mthptop completion fish >~/.config/fish/completions/mthptop.fish\n",
	.min_args = 1,
	.max_args = 1,
	.run = completion_main,
};
