// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options from tables: parsing, range checks and --help for every command.
 *
 * Operands and options may be mixed until "--"; all words after it are operands, for `record -- CMD`. A
 * long option needs its full name: a new option must not break scripts.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fmt.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/near.h"
#include "lib/opts.h"
#include "lib/output.h"
#include "lib/version.h"

static const struct opt no_opts[] = { OPT_END };

static const char *bad(const char *word)
{
	static char buf[128];

	return fmt_safe(word, buf, sizeof(buf));
}

static void usage_line(const struct command *cmd, FILE *out)
{
	fprintf(out, "usage: mthptop%s%s%s%s%s\n", cmd->name[0] ? " " : "", cmd->name,
		cmd->opts ? " [OPTION]..." : "", cmd->args[0] ? " " : "", cmd->args);
}

/* "64K to 1T" */
static const char *sizes(const struct opt *o, char *buf, size_t len)
{
	char min[32], max[32];

	snprintf(buf, len, "%s to %s", fmt_bytes((__u64)o->min, min, sizeof(min)),
		 fmt_bytes((__u64)o->max, max, sizeof(max)));
	return buf;
}

static void print_opt(const struct opt *o)
{
	char left[64], range[80];
	size_t i;

	snprintf(left, sizeof(left), "%c%c%s--%s%s%s", o->brief ? '-' : ' ',
		 o->brief ? o->brief : ' ', o->brief ? ", " : "  ", opt_name(o),
		 o->metavar ? " " : "", o->metavar ? o->metavar : "");
	printf("  %-26s %s", left, o->help);
	if (o->kind == OPT_LIST) {
		printf(" (may be repeated)");
	} else if (o->kind == OPT_CHOICE) {
		printf(" (");
		for (i = 0; o->choices[i]; i++)
			printf("%s%s", i ? ", " : "", o->choices[i]);
		printf(")");
	} else if (o->kind == OPT_U32 || o->kind == OPT_SECONDS) {
		printf(" (%.10g to %.10g)", o->min, o->max);
	} else if (o->kind == OPT_SIZE) {
		printf(" (%s)", sizes(o, range, sizeof(range)));
	}
	printf("\n");
}

void command_help(const struct command *cmd)
{
	const struct opt *o;

	usage_line(cmd, stdout);
	printf("%s\n\n", cmd->help);
	for (o = cmd->opts ? cmd->opts : no_opts; o->member; o++)
		print_opt(o);
	printf("  %-26s %s\n", "-h, --help", "print this help");
	printf("  %-26s %s\n", "-V, --version", "print the version");
	if (cmd->examples)
		printf("\nExamples:\n%s", cmd->examples);
	if (!cmd->name[0]) {
		const struct command *const *c;

		printf("\nCommands:\n");
		for (c = commands + 1; *c; c++)
			printf("  %-10s %s\n", (*c)->name, (*c)->help);
	}
}

static int bad_range(const struct opt *o, const char *word)
{
	log_err("bad value for --%s: %s: not a number from %.10g to %.10g", opt_name(o), bad(word),
		o->min, o->max);
	return EXIT_USAGE;
}

static int set_choice(const struct opt *o, int *to, const char *word)
{
	struct near n = near_begin(word);
	char all[128] = "";
	int i;

	for (i = 0; o->choices[i]; i++) {
		if (!strcmp(o->choices[i], word)) {
			*to = i;
			return 0;
		}
		near_try(&n, o->choices[i]);
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i ? ", " : "",
			 o->choices[i]);
	}
	log_err("bad value for --%s: %s: unknown word (%suse one of: %s)", opt_name(o), bad(word),
		near_hint(&n, ""), all);
	return EXIT_USAGE;
}

static int add_word(const struct opt *o, struct opt_list *to, const char *word)
{
	if (to->nr == OPT_LIST_MAX) {
		log_err("too many of --%s: %s: at most %d are taken", opt_name(o), bad(word),
			OPT_LIST_MAX);
		return EXIT_USAGE;
	}
	to->word[to->nr++] = word;
	return 0;
}

/* Decimal digits and nothing else. */
static int set_u32(const struct opt *o, unsigned int *to, const char *word)
{
	unsigned long long n;

	errno = 0;
	n = strtoull(word, NULL, 10);
	if (!*word || word[strspn(word, "0123456789")] || errno || n < o->min || n > o->max)
		return bad_range(o, word);
	*to = n;
	return 0;
}

/* Digits, and a unit or none. */
static int set_size(const struct opt *o, __u64 *to, const char *word)
{
	static const char units[] = "KMGT";
	const char *end = word + strspn(word, "0123456789"), *unit = NULL;
	char range[80];
	__u64 n;

	errno = 0;
	n = strtoull(word, NULL, 10);
	if (*end)
		unit = strchr(units, *end == 'k' ? 'K' : *end);
	if (unit)
		n = n > UINT64_MAX >> 10 * (unit - units + 1) ? UINT64_MAX :
								n << 10 * (unit - units + 1);
	if (end == word || (*end && (!unit || end[1])) || errno || (double)n < o->min ||
	    (double)n > o->max) {
		log_err("bad value for --%s: %s: not a size from %s (such as 64M)", opt_name(o),
			bad(word), sizes(o, range, sizeof(range)));
		return EXIT_USAGE;
	}
	*to = n;
	return 0;
}

static int set_seconds(const struct opt *o, double *to, const char *word)
{
	char *end;
	double d = strtod(word, &end);

	if (end == word || *end || strpbrk(word, "xX") || !isfinite(d) || d < o->min || d > o->max)
		return bad_range(o, word);
	*to = d;
	return 0;
}

static int set_str(const struct opt *o, const char **to, const char *word)
{
	if (o->max && strlen(word) > o->max) {
		log_err("bad value for --%s: text of %zu bytes: too long (at most %.0f)",
			opt_name(o), strlen(word), o->max);
		return EXIT_USAGE;
	}
	*to = word;
	return 0;
}

/* The options of a command line so far. */
struct taken {
	const struct command *cmd;
	void *opts;	    /* the command's struct */
	const char **value; /* of each row of its table; NULL: not given */
};

/* An option that takes one value is not quietly set to the second of two. */
static int check_twice(struct taken *t, const struct opt *o, const char *word)
{
	const char **before = &t->value[o - t->cmd->opts];
	char first[64], second[64];

	if (*before && strcmp(*before, word) && o->kind != OPT_LIST) {
		log_err("option is given twice: --%s %s and --%s %s: it takes one value",
			opt_name(o), fmt_safe(*before, first, sizeof(first)), opt_name(o),
			fmt_safe(word, second, sizeof(second)));
		return EXIT_USAGE;
	}
	*before = word;
	return 0;
}

static int set_opt(struct taken *t, const struct opt *o, const char *word)
{
	void *to = (char *)t->opts + o->offset;
	int err = word ? check_twice(t, o, word) : 0;

	if (err)
		return err;
	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)to = true;
		return 0;
	case OPT_STR:
		return set_str(o, to, word);
	case OPT_CHOICE:
		return set_choice(o, to, word);
	case OPT_LIST:
		return add_word(o, to, word);
	case OPT_U32:
		return set_u32(o, to, word);
	case OPT_SECONDS:
		return set_seconds(o, to, word);
	case OPT_SIZE:
		return set_size(o, to, word);
	}
	return 0;
}

static const struct opt *find_long(const struct command *cmd, const char *name, size_t len)
{
	const struct opt *o;

	for (o = cmd->opts ? cmd->opts : no_opts; o->member; o++)
		if (strlen(opt_name(o)) == len && !strncmp(opt_name(o), name, len))
			return o;
	return NULL;
}

static const struct opt *find_brief(const struct command *cmd, char brief)
{
	const struct opt *o;

	for (o = cmd->opts ? cmd->opts : no_opts; o->member; o++)
		if (o->brief == brief)
			return o;
	return NULL;
}

static int unknown_opt(const struct command *cmd, const char *word)
{
	char name[64];
	struct near n;
	const struct opt *o;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
	n = near_begin(name + (word[1] == '-' ? 2 : 1));
	for (o = cmd->opts ? cmd->opts : no_opts; o->member; o++)
		near_try(&n, opt_name(o));
	log_err("unknown option: %s (%ssee: mthptop%s%s --help)", bad(word), near_hint(&n, "--"),
		cmd->name[0] ? " " : "", cmd->name);
	return EXIT_USAGE;
}

/* The first command has no name, and goes by the one it would have. */
const struct command *command_named(const char *name)
{
	const struct command *const *c;

	if (!strcmp(name, "top"))
		return commands[0];
	for (c = commands + 1; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

int command_unknown(const char *name)
{
	struct near n = near_begin(name);
	const struct command *const *c;

	for (c = commands + 1; *c; c++)
		near_try(&n, (*c)->name);
	log_err("unknown command: \"%s\" (%ssee: mthptop --help)", bad(name), near_hint(&n, ""));
	return EXIT_USAGE;
}

static int no_value(const char *word)
{
	log_err("option needs a value: %s", bad(word));
	return EXIT_USAGE;
}

/* Takes the option at argv[*i], and the next word if that is its value. */
static int take_opt(struct taken *t, int argc, char **argv, int *i)
{
	const struct command *cmd = t->cmd;
	const char *word = argv[*i], *value = NULL, *p;
	const struct opt *o;
	int err;

	if (word[1] == '-') {
		size_t len = strcspn(word + 2, "=");

		o = find_long(cmd, word + 2, len);
		if (!o)
			return unknown_opt(cmd, word);
		if (word[2 + len])
			value = word + 2 + len + 1;
		if (value && o->kind == OPT_FLAG) {
			log_err("option takes no value: %s", bad(word));
			return EXIT_USAGE;
		}
		if (!value && o->kind != OPT_FLAG && *i + 1 < argc)
			value = argv[++*i];
		if (!value && o->kind != OPT_FLAG)
			return no_value(word);
		return set_opt(t, o, value);
	}
	for (p = word + 1; *p; p++) {
		o = find_brief(cmd, *p);
		if (!o)
			return unknown_opt(cmd, word);
		if (o->kind == OPT_FLAG) {
			err = set_opt(t, o, NULL);
			if (err)
				return err;
			continue;
		}
		value = p[1] ? p + 1 : *i + 1 < argc ? argv[++*i] : NULL;
		return value ? set_opt(t, o, value) : no_value(word);
	}
	return 0;
}

static int check_args(const struct command *cmd, int nr, char **args)
{
	if (nr < cmd->min_args) {
		log_err("missing operand: usage: mthptop%s%s %s", cmd->name[0] ? " " : "",
			cmd->name, cmd->args);
		return EXIT_USAGE;
	}
	if (cmd->max_args >= 0 && nr > cmd->max_args) {
		log_err("unexpected word: %s (see: mthptop%s%s --help)", bad(args[cmd->max_args]),
			cmd->name[0] ? " " : "", cmd->name);
		return EXIT_USAGE;
	}
	return 0;
}

/* Parses all words. The operands go to the front of @argv, their number to @nr. */
static int take_words(struct taken *t, int argc, char **argv, int *nr, bool *over)
{
	bool only_args = false;
	int err = 0, i;

	for (i = 1; i < argc && !err && !*over; i++) {
		if (only_args || argv[i][0] != '-' || !argv[i][1]) {
			argv[(*nr)++] = argv[i];
		} else if (!strcmp(argv[i], "--")) {
			only_args = true;
		} else if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			command_help(t->cmd);
			*over = true;
		} else if (!strcmp(argv[i], "--version") || !strcmp(argv[i], "-V")) {
			printf("mthptop %s\n", version);
			*over = true;
		} else {
			err = take_opt(t, argc, argv, &i);
		}
	}
	return err;
}

static size_t count_opts(const struct command *cmd)
{
	const struct opt *o = cmd->opts ? cmd->opts : no_opts;
	size_t nr = 0;

	while (o[nr].member)
		nr++;
	return nr;
}

int command_run(const struct command *cmd, int argc, char **argv)
{
	struct taken t = { .cmd = cmd,
			   .opts = calloc(1, cmd->opts_size + 1),
			   .value = calloc(count_opts(cmd) + 1, sizeof(*t.value)) };
	int nr = 0, err = EXIT_CANNOT;
	bool over = false;

	if (!t.opts || !t.value)
		goto out;
	if (cmd->defaults)
		memcpy(t.opts, cmd->defaults, cmd->opts_size);
	err = take_words(&t, argc, argv, &nr, &over);
	if (over)
		err = exit_status(output_end_stdout());
	else if (!err)
		err = check_args(cmd, nr, argv);
	if (!err && !over)
		err = cmd->run(cmd, t.opts, nr, argv);
out:
	free(t.value);
	free(t.opts);
	return err;
}
