// SPDX-License-Identifier: GPL-2.0-only
/* mthptop completion: shell completion of commands and options, written from their tables. */
#include <stdio.h>
#include <string.h>

#include "cmd/commands.h"
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

static int completion_main(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	char word[64];

	if (strcmp(args[0], "bash")) {
		log_err("no completion for this shell: %s (use: bash)",
			fmt_safe(args[0], word, sizeof(word)));
		return EXIT_USAGE;
	}
	bash();
	return exit_status(output_end_stdout());
}

const struct command cmd_completion = {
	.name = "completion",
	.args = "bash",
	.help = "print the completion of a shell",
	.examples = "  mthptop completion bash >/usr/share/bash-completion/completions/mthptop\n",
	.min_args = 1,
	.max_args = 1,
	.run = completion_main,
};
