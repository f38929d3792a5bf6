// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/inputs.h"

static struct input {
	dev_t dev;
	ino_t ino;
} * inputs;
static size_t nr_inputs;

static void note(const struct stat *st)
{
	struct input *more;

	if (!S_ISREG(st->st_mode) || inputs_have(st))
		return;
	more = realloc(inputs, (nr_inputs + 1) * sizeof(*inputs));
	/* Whoever is out of memory here is so again before there is an output. */
	if (!more)
		return;
	inputs = more;
	inputs[nr_inputs++] = (struct input){ .dev = st->st_dev, .ino = st->st_ino };
}

void inputs_note(int fd)
{
	struct stat st;

	if (!fstat(fd, &st))
		note(&st);
}

void inputs_note_path(const char *path)
{
	struct stat st;

	if (!(strcmp(path, "-") ? stat(path, &st) : fstat(STDIN_FILENO, &st)))
		note(&st);
}

bool inputs_have(const struct stat *st)
{
	size_t i;

	for (i = 0; i < nr_inputs; i++)
		if (inputs[i].dev == st->st_dev && inputs[i].ino == st->st_ino)
			return true;
	return false;
}
