// SPDX-License-Identifier: GPL-2.0-only
/* For a build without BPF: page tables are read through /proc. */
#include <errno.h>
#include <stdio.h>

#include "survey/iter_priv.h"

int survey_iter_new(struct survey_iter **it, char *why, size_t size)
{
	*it = NULL;
	snprintf(why, size, "this mthptop was built without BPF");
	return -ENOTSUP;
}

void survey_iter_free(struct survey_iter *it)
{
}

struct survey_area *survey_iter_area(const struct survey_iter *it)
{
	return NULL;
}

const struct survey_call *survey_iter_call(const struct survey_iter *it)
{
	return NULL;
}

int survey_iter_start(struct survey_iter *it, __u32 pid)
{
	return -ENOTSUP;
}

int survey_iter_next(struct survey_iter *it, struct survey_holds *holds)
{
	return -ENOTSUP;
}

void survey_iter_stop(struct survey_iter *it)
{
}

int survey_iter_ask(struct survey_iter *it, __u32 nr)
{
	return -ENOTSUP;
}
