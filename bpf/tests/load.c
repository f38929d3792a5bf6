// SPDX-License-Identifier: GPL-2.0-only
/*
 * load [--series|--plain] OBJECT: does the running kernel's verifier accept the programs of an mthptop.bpf.o?
 *
 * Each program is verified with and without the rodata that leaves code out. Without --series: the
 * programs for events that this kernel has. With --series: the programs for all events of vmlinux.h,
 * with all their fields, as a kernel with the series has them, so that any kernel can verify code for
 * such a kernel. With --plain: all programs, once. Programs on the arguments of tracepoints (tp_btf) are left out: they load only if
 * the tracepoint exists. Nothing is attached.
 *
 * Exit status: 0 all were accepted, 1 one was not (the verifier's log is on stderr), 3 no right to load.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mthp/pte.h>

#define RECORD	   "trace_event_raw_"
#define HEAD_BYTES 8 /* struct trace_entry, before a record's own fields */

struct setting {
	const char *name;
	__u32 value; /* of format: the address bits below an entry of the top table */
};

/* The variables that userspace sets before loading, and that the verifier takes as constants. */
#define SETTINGS 8
static const struct setting settings[][SETTINGS] = {
	{ { "pmd_order", 9 }, { "format", 39 }, { "has_mthp", 0 } },
	{ { "pmd_order", 9 },
	  { "format", 39 },
	  { "has_mthp", 0 },
	  { "filter_tgid", 1 },
	  { "filter_cgroup", 1 } },
	{ { "pmd_order", 9 }, { "format", 48 }, { "has_mthp", 1 }, { "has_splits", 1 } },
	{ { "pmd_order", 9 },
	  { "format", 48 },
	  { "has_mthp", 1 },
	  { "has_orders", 1 },
	  { "has_splits", 1 },
	  { "filter_tgid", 1 },
	  { "filter_cgroup", 1 } },
};

static int say(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

/* As the kernel's page tables are on x86-64, in as many levels. */
static struct mthp_pte_format format(__u32 top_shift)
{
	return (struct mthp_pte_format){
		.valid = 1,
		.unreachable = 1ULL << 8,
		.accessed = 1ULL << 5,
		.writable = 1ULL << 1,
		.special = 1ULL << 9,
		.frame = 0x000ffffffffff000ULL,
		.inverted = ~0ULL,
		.leaf_mask = 1ULL << 7,
		.leaf = 1ULL << 7,
		.noise = 0x60,
		.type_shift = 59,
		.page_shift = 12,
		.index_bits = 9,
		.top_shift = top_shift,
		.huge_shift = 30,
	};
}

/* Sets a variable of the object's .rodata; BTF has its offset. */
static int set_rodata(struct bpf_object *obj, const struct setting *set)
{
	struct mthp_pte_format tables = format(set->value);
	int is_format = !strcmp(set->name, "format");
	const struct btf *btf = bpf_object__btf(obj);
	int id = btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC);
	const struct btf_type *sec = btf__type_by_id(btf, id);
	const struct btf_var_secinfo *var = btf_var_secinfos(sec);
	struct bpf_map *map = bpf_object__find_map_by_name(obj, ".rodata");
	size_t size;
	char *data = map ? (char *)bpf_map__initial_value(map, &size) : NULL;
	int i;

	for (i = 0; data && i < btf_vlen(sec); i++) {
		const struct btf_type *t = btf__type_by_id(btf, var[i].type);

		if (strcmp(btf__name_by_offset(btf, t->name_off), set->name))
			continue;
		memcpy(data + var[i].offset,
		       is_format ? (const void *)&tables : (const void *)&set->value, var[i].size);
		return 0;
	}
	fprintf(stderr, "load: no variable %s in .rodata\n", set->name);
	return -ENOENT;
}

/* Do @types have the event of this program? Without the event the program cannot be attached. */
static int has_event(const struct bpf_program *prog, const struct btf *types)
{
	const char *section = bpf_program__section_name(prog);
	char name[128];

	if (strstr(section, "tp_btf/") || strstr(section, "fentry"))
		return 0;
	/* Captures what those on fentry do, and needs no function to be verified. */
	if (strstr(section, "kprobe"))
		return 1;
	snprintf(name, sizeof(name), RECORD "%s", strrchr(section, '/') + 1);
	return btf__find_by_name_kind(types, name, BTF_KIND_STRUCT) > 0;
}

/*
 * This kernel's types, except that the records of events are those in @own, with a head. Records with a
 * flavour in their name (___) are left out: each would stand beside the record without it.
 */
static int write_types(struct btf *types, const struct btf *own, const char *path)
{
	int first = btf__add_btf(types, own), gone = btf__add_str(types, "of_another_kernel"), i, j;
	const void *raw;
	__u32 size;
	FILE *f;

	if (first < 0 || gone < 0)
		return -ENOMEM;
	for (i = 1; i < (int)btf__type_cnt(types); i++) {
		struct btf_type *t = (struct btf_type *)btf__type_by_id(types, i);
		const char *name = btf__name_by_offset(types, t->name_off);
		int record = btf_is_struct(t) && !strncmp(name, RECORD, strlen(RECORD));

		if (i < first ? record : btf_is_struct(t) && (!record || strstr(name, "___"))) {
			t->name_off = gone;
		} else if (record) {
			t->size += HEAD_BYTES;
			for (j = 0; j < btf_vlen(t); j++)
				btf_members(t)[j].offset += HEAD_BYTES * 8;
		}
	}
	raw = btf__raw_data(types, &size);
	f = raw ? fopen(path, "w") : NULL;
	if (!f)
		return -EIO;
	i = fwrite(raw, size, 1, f);
	return fclose(f) || i != 1 ? -EIO : 0;
}

/* Maps of events that the kernel does not have are not created, as in live/programs.c. */
static int leave_out_maps(struct bpf_object *obj)
{
	static const char *const names[] = { "ranges", "fresh_range", "steps" };
	struct bpf_map *map;
	int err = 0;
	size_t i;

	for (i = 0; !err && i < sizeof(names) / sizeof(names[0]); i++) {
		map = bpf_object__find_map_by_name(obj, names[i]);
		err = map ? bpf_map__set_autocreate(map, false) : -ENOENT;
	}
	return err;
}

/* @set NULL: no settings. Loads all programs at once; returns their number, or -errno. */
static int load(const char *path, const struct setting *set, const char *types_path,
		const struct btf *types)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = types_path);
	struct bpf_object *obj = bpf_object__open_file(path, &opts);
	struct bpf_program *prog;
	int err = obj ? 0 : -errno, n = 0, i;

	for (i = 0; !err && set && i < SETTINGS && set[i].name; i++) {
		err = set_rodata(obj, &set[i]);
		if (!err && !strcmp(set[i].name, "has_mthp") && !set[i].value)
			err = leave_out_maps(obj);
	}
	if (!err) {
		bpf_object__for_each_program(prog, obj)
		{
			int on = !set || has_event(prog, types);

			bpf_program__set_autoload(prog, on);
			n += on;
		}
		err = bpf_object__load(obj);
	}
	bpf_object__close(obj);
	return err ? err : n;
}

int main(int argc, char **argv)
{
	int series = argc > 2 && !strcmp(argv[1], "--series");
	int plain = argc > 2 && !strcmp(argv[1], "--plain");
	const char *path = argv[argc - 1];
	struct btf *types = btf__load_vmlinux_btf(), *own;
	char made[] = "/tmp/mthptop-types-XXXXXX";
	int n = 0, i;

	libbpf_set_print(say);
	if (argc < 2 || !types) {
		fprintf(stderr, "load: no OBJECT, or a kernel without BTF\n");
		return 3;
	}
	if (series) {
		own = btf__parse(path, NULL);
		close(mkstemp(made));
		if (!own || write_types(types, own, made)) {
			fprintf(stderr, "load: no types in %s\n", path);
			return 1;
		}
	}
	if (plain)
		n = load(path, NULL, NULL, types);
	for (i = 0; !plain && n >= 0 && i < (int)(sizeof(settings) / sizeof(settings[0])); i++)
		n = load(path, settings[i], series ? made : NULL, types);
	if (series)
		unlink(made);
	if (n < 0) {
		fprintf(stderr, "load: %s: settings %d: %s\n", path, i - 1, strerror(-n));
		return n == -EPERM ? 3 : 1;
	}
	printf("%d programs\n", n);
	return n ? 0 : 1;
}
