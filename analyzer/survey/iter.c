// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads the programs of a survey and calls them. A read() of the iterator is a call: the program on mappings runs until
 * it has no more room, and asks to be continued (-EAGAIN).
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mthp/survey.h>

#include "bpf/survey.skel.h"
#include "lib/clock.h"
#include "live/kernel_memory.h"
#include "survey/iter_priv.h"

struct survey_iter {
	struct survey_bpf *programs;
	struct survey_area *area;
	struct survey_call *call;
	int fd; /* of the process that is read */
};

/* 0 or -errno. */
static int load_programs(struct survey_iter *it, bool has_cast)
{
	int err;

	it->programs = survey_bpf__open();
	if (!it->programs)
		return -ENOMEM;
	it->programs->rodata->has_cast = has_cast;
	err = survey_bpf__load(it->programs);
	if (err) {
		survey_bpf__destroy(it->programs);
		it->programs = NULL;
	}
	return err;
}

static int load(struct survey_iter *it, const struct kernel_memory *memory, char *why, size_t size)
{
	int err = load_programs(it, true);

	if (err)
		err = load_programs(it, false);
	if (err) {
		snprintf(why, size, "programs that read page tables: %s", strerror(-err));
		return -ENOTSUP;
	}
	it->area = mmap(NULL, sizeof(*it->area), PROT_READ | PROT_WRITE, MAP_SHARED,
			it->programs->maps.areas.map_fd, 0);
	if (it->area == MAP_FAILED) {
		it->area = NULL;
		return -ENOMEM;
	}
	it->call = (struct survey_call *)&it->programs->bss->call;
	it->call->format = memory->format;
	it->call->direct_map = memory->direct_map;
	it->call->page_structs = memory->page_structs;
	it->call->page_struct_size = memory->page_struct_size;
	return 0;
}

int survey_iter_new(struct survey_iter **itp, char *why, size_t size)
{
	struct survey_iter *it = calloc(1, sizeof(*it));
	struct kernel_memory memory;
	int err;

	*itp = NULL;
	if (!it)
		return -ENOMEM;
	it->fd = -1;
	err = kernel_memory_find(&memory);
	if (err)
		snprintf(why, size, "%s", memory.problem);
	else
		err = load(it, &memory, why, size);
	if (err)
		survey_iter_free(it);
	else
		*itp = it;
	return err;
}

void survey_iter_free(struct survey_iter *it)
{
	if (!it)
		return;
	survey_iter_stop(it);
	if (it->area)
		munmap(it->area, sizeof(*it->area));
	if (it->programs)
		survey_bpf__destroy(it->programs);
	free(it);
}

struct survey_area *survey_iter_area(const struct survey_iter *it)
{
	return it->area;
}

const struct survey_call *survey_iter_call(const struct survey_iter *it)
{
	return it->call;
}

int survey_iter_start(struct survey_iter *it, __u32 pid)
{
	union bpf_iter_link_info info = { .task.tid = pid };
	LIBBPF_OPTS(bpf_link_create_opts, opts, .iter_info = &info, .iter_info_len = sizeof(info));
	int link;

	survey_iter_stop(it);
	it->call->cursor = 0;
	it->call->mm = 0;
	it->call->start_boottime_ns = 0;
	it->call->ended = 0;
	it->call->changed = 0;
	link = bpf_link_create(it->programs->progs.look_at_memory.prog_fd, 0, BPF_TRACE_ITER,
			       &opts);
	if (link < 0)
		return -errno;
	it->fd = bpf_iter_create(link);
	if (it->fd < 0)
		it->fd = -errno;
	close(link);
	return it->fd < 0 ? it->fd : 0;
}

int survey_iter_next(struct survey_iter *it, struct survey_holds *holds)
{
	__u64 since = now_ns(), ns;
	int err = 0;
	ssize_t n;
	char c;

	if (it->call->ended || it->call->changed)
		return 0;
	it->call->nr_seen = 0;
	it->call->nr_ptes = 0;
	/* The program writes nothing into the file. */
	n = read(it->fd, &c, sizeof(c));
	if (n < 0)
		err = -errno;
	ns = now_ns() - since;
	holds->calls++;
	if (ns > holds->pages_ns)
		holds->pages_ns = ns;
	if (err && err != -EAGAIN)
		return err;
	/* At the end of the file without the program's last call: the process has no memory any more. */
	if (!err)
		it->call->ended = 1;
	return it->call->nr_seen ? 1 : !it->call->ended;
}

void survey_iter_stop(struct survey_iter *it)
{
	if (it->fd >= 0)
		close(it->fd);
	it->fd = -1;
}

int survey_iter_ask(struct survey_iter *it, __u32 nr)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	it->call->nr_questions = nr;
	return bpf_prog_test_run_opts(it->programs->progs.look_at_frames.prog_fd, &opts) ? -errno :
											   0;
}
