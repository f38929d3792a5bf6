# SPDX-License-Identifier: GPL-2.0-only
# The one entry point. `make help` lists the targets.
#
#   .output/            mirrors the sources: objects, dependency files, the BPF skeleton
#   .output/san/        the same sources with ASan and UBSan, linked into the tests
#
# Source lists are wildcards on purpose: adding a file needs no edit here.

OUT     ?= .output
PREFIX  ?= /usr/local
prefix  ?= $(PREFIX)
bindir  ?= $(prefix)/bin
mandir  ?= $(prefix)/share/man
unitdir ?= $(prefix)/lib/systemd/system
compdir ?= $(prefix)/share/bash-completion/completions
zshdir  ?= $(prefix)/share/zsh/site-functions
fishdir ?= $(prefix)/share/fish/vendor_completions.d
CC      ?= gcc
CLANG   ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
CLANG_FORMAT ?= $(firstword $(shell command -v clang-format-14 clang-format) clang-format)
PKG_CONFIG ?= pkg-config

ifeq ($(V),1)
Q :=
msg = @true
else
Q := @
msg = @printf '  %-8s %s\n' '$(1)' '$(2)'
MAKEFLAGS += --no-print-directory
endif

# What a bare Debian 12 needs; each package is argued for in docs/dependencies.md.
DEPS := gcc make pkg-config libc6-dev zlib1g-dev libzstd-dev liblzma-dev libbz2-dev libjansson-dev \
	libncurses-dev libutf8proc-dev libseccomp-dev uthash-dev
ifneq ($(NO_TRACECMD),1)
DEPS += libtracecmd-dev libtraceevent-dev libtracefs-dev
endif
ifneq ($(NO_HTTP),1)
DEPS += libmicrohttpd-dev
endif
ifneq ($(NO_BPF),1)
DEPS += clang llvm bpftool libbpf-dev libelf-dev
endif
DEPS_CHECK := zsh fish clang libcmocka-dev libasan8 libubsan1 libclang-rt-14-dev clang-format-14 valgrind tmux \
	trace-cmd jq gcc-multilib util-linux git procps libxml2-utils tidy chromium \
	strace python3-numpy curl iproute2 python3 sqlite3
# What some tests want, and not every release of Debian has: each may be missing.
DEPS_TRY := clang-14 clang-16 clang-19 redis-server prometheus prometheus-node-exporter systemd socat \
	debhelper dpkg-dev lintian file python3-yaml debootstrap
DEPS_DEB := debhelper dpkg-dev lintian
DEPS_BENCH := $(DEPS_CHECK) bpftrace
DEPS_KERNEL := gcc make libc6-dev flex bison bc dwarves libelf-dev libssl-dev xz-utils patch \
	linux-source-6.12 qemu-system-x86 busybox-static cpio rsync
# Guests of another architecture.
DEPS_ARM64 := gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-system-arm
# Whoever brings a kernel needs no package of its source.
deps_kernel_source := $(if $(KERNEL_SRC)$(KERNEL_BUILD),,$(filter linux-source-%,$(DEPS_KERNEL)))
deps_kernel_tools := $(filter-out linux-source-%,$(DEPS_KERNEL))

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wundef -Wvla \
	-Wno-unused-parameter
ifeq ($(WERROR),1)
WARN += -Werror
endif
# No file that is built says in which folder: builds in two folders are the same.
no_paths := -ffile-prefix-map=$(CURDIR)=.
# Ours. CPPFLAGS, CFLAGS and LDFLAGS are those of whoever builds, and come later.
flags    := -Iinclude -Ianalyzer -I$(OUT) -D_GNU_SOURCE $(no_paths)
CFLAGS   ?= -O2 -g
# A section for each function, so that the linker leaves out and names what nothing calls (build.t).
STD      := -std=gnu11 -ffunction-sections -fdata-sections
SAN      := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer

pkgs := jansson libutf8proc ncursesw libseccomp zlib libzstd liblzma
ifeq ($(NO_BPF),1)
flags += -DNO_BPF
else
pkgs += libbpf
endif
# Reads trace.dat of trace-cmd; its headers include one another without their folders.
ifneq ($(NO_TRACECMD),1)
pkgs += libtracecmd libtracefs libtraceevent
TRACECMD_LIBS = $(shell $(PKG_CONFIG) --libs libtracecmd libtracefs libtraceevent)
tracecmd_cflags = $(shell $(PKG_CONFIG) --cflags libtracecmd libtracefs libtraceevent)
%/dat_child.o: flags += $(tracecmd_cflags)
no_tracecmd_left_out := analyzer/import/dat_none.c
else
no_tracecmd_left_out := analyzer/import/dat_child.c
endif
# Serves metrics; without it they can be written to a file.
ifneq ($(NO_HTTP),1)
pkgs += libmicrohttpd
no_http_left_out := analyzer/export/http_none.c analyzer/lib/listen_none.c
else
no_http_left_out := analyzer/export/http.c analyzer/lib/listen.c
endif
# No library of the machine that it runs on.
ifeq ($(STATIC),1)
static := -static
endif
# bzip2 has no .pc file on Debian 12.
LIBS = $(static) $(shell $(PKG_CONFIG) $(static:-%=--%) --libs $(pkgs)) -lbz2 -lm $(wrap)
# Failed allocations are counted (lib/memory.c).
wrap := $(addprefix -Xlinker --wrap=,malloc calloc realloc reallocarray strdup)

# Files that talk to the running kernel through libbpf, and what stands in for them without it.
bpf_only := analyzer/source/live.c analyzer/survey/iter.c \
	$(addprefix analyzer/live/,maps.c programs.c features.c capabilities.c remedy.c tracepoint_args.c kernel_memory.c probes.c)
no_bpf_only := analyzer/source/no_bpf.c analyzer/survey/no_iter.c
ifeq ($(NO_BPF),1)
left_out := $(bpf_only)
else
left_out := $(no_bpf_only)
endif
left_out += $(no_tracecmd_left_out) $(no_http_left_out)

srcs := $(filter-out $(left_out),$(sort $(wildcard analyzer/*.c $(filter-out analyzer/tests/%,$(wildcard analyzer/*/*.c)))))
objs := $(srcs:%.c=$(OUT)/%.o)
test_helpers := $(sort $(wildcard analyzer/tests/support/*.c))
san_objs := $(filter-out %/main.o,$(srcs:%.c=$(OUT)/san/%.o)) $(test_helpers:%.c=$(OUT)/san/%.o)
tests := $(patsubst %.c,$(OUT)/%,$(sort $(wildcard analyzer/tests/unit/*/test_*.c)))
skel := $(OUT)/bpf/mthptop.skel.h $(OUT)/bpf/kernel.skel.h $(OUT)/bpf/survey.skel.h
# These are loaded without the kernel's type information in userspace, which alone would take 20 ms.
$(OUT)/bpf/kernel.skel.h $(OUT)/bpf/survey.skel.h: skel_flags := -L
skel_name = $(patsubst survey,survey_bpf,$(subst .,_,$(notdir $*)))
bpf_objs := $(patsubst %.c,$(OUT)/%.o,$(wildcard bpf/*.bpf.c))
ifneq ($(NO_BPF),1)
tests += $(OUT)/bpf/tests/test_policy $(OUT)/bpf/policy_test.bpf.o
else
tests := $(filter-out %/test_features %/test_tracepoint_args %/test_probes,$(tests))
endif

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all static objects run test check check-built bench bench-built deps dev-packages deps-check deps-bench deps-kernel \
	install install-systemd deb dist fmt fmt-check lint dead fuzz mutants kernel vm check-kernel check-stock check-fixes bench-kernel soak clean help

# Series that bring selftests of their own: small fixes.
fixes := stable/6.12 7.3

all: mthptop ## build ./mthptop (NO_BPF=1: without clang, bpftool, libbpf)

# What Debian has as an archive is in it: libtracecmd, and what libmicrohttpd is linked with, it has not; and a program that
# observes should have the libbpf of the machine's distribution.
static: ## build .output/static/mthptop: for traces, without BPF, HTTP and trace.dat; needs no library
	$(Q)$(MAKE) OUT=$(OUT)/static STATIC=1 NO_BPF=1 NO_TRACECMD=1 NO_HTTP=1 $(OUT)/static/mthptop

objects: $(objs) ## compile and do not link

mthptop: $(OUT)/mthptop
	$(Q)cp $< $@

$(OUT)/mthptop: $(objs)
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--gc-sections -o $@ $(objs) $(LIBS)

$(OUT)/%.o: %.c
	$(call msg,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(STD) $(WARN) $(flags) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(OUT)/san/%.o: %.c
	$(call msg,CC-SAN,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(STD) $(WARN) $(flags) $(CPPFLAGS) -O1 -g $(SAN) -MMD -MP -c -o $@ $<

# The version changes with each commit: a file that is written only then, and one object that has it in it.
version := $(shell analyzer/version)
version_objs := $(foreach kind,. san fuzz,$(OUT)/$(kind)/analyzer/lib/version.o)
version_objs := $(version_objs:$(OUT)/./%=$(OUT)/%)
$(shell mkdir -p $(OUT) && echo '$(version)' | cmp -s - $(OUT)/version || echo '$(version)' >$(OUT)/version)
$(version_objs): flags += -DMTHPTOP_VERSION='"$(version)"'
$(version_objs): $(OUT)/version

# A test links what it uses and no more, so that one part can be tested while another is broken.
$(OUT)/san/libmthp.a: $(san_objs)
	$(call msg,AR,$@)
	$(Q)rm -f $@ && ar qcs $@ $^

$(OUT)/analyzer/tests/%: $(OUT)/san/analyzer/tests/%.o $(OUT)/san/libmthp.a
	$(call msg,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

# Exhaustive tests (test_opt_*.c) are optimized and run without sanitizers: they would take hours.
$(OUT)/libmthp.a: $(filter-out %/main.o,$(objs)) $(test_helpers:%.c=$(OUT)/%.o)
	$(call msg,AR,$@)
	$(Q)rm -f $@ && ar qcs $@ $^

opt_tests := $(foreach t,$(tests),$(if $(findstring /test_opt_,$(t)),$(t)))

$(opt_tests): %: %.o $(OUT)/libmthp.a
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

# The whole program with sanitizers: what the fuzzer of the exporter sends requests to (tests/fuzz/http.py).
$(OUT)/san/mthptop: $(srcs:%.c=$(OUT)/san/%.o)
	$(call msg,LINK,$@)
	$(Q)$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS)

# What valgrind runs: sanitizers would be in its way.
plain_tests := $(addprefix $(OUT)/analyzer/tests/unit/trace/plain_,roundtrip output)

$(OUT)/analyzer/tests/unit/trace/plain_%: $(OUT)/analyzer/tests/unit/trace/test_%.o $(OUT)/libmthp.a
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

# Fuzz targets: libFuzzer is clang's. The sources are named, so that a fuzzer builds in seconds.
fuzzers := $(patsubst %.c,$(OUT)/%,$(sort $(wildcard analyzer/tests/fuzz/*.c)))
fuzz_srcs := $(wildcard analyzer/trace/*.c analyzer/check/*.c analyzer/model/*.c) $(addprefix analyzer/, \
	lib/file.c lib/fmt.c lib/inputs.c lib/log.c lib/memory.c lib/output.c lib/sandbox.c lib/stop.c lib/utf8.c lib/version.c lib/xml.c \
	source/load.c source/file.c source/import.c source/import_say.c \
	source/open.c tests/support/check_sums.c tests/support/events.c tests/support/trace_open.c view/event.c) \
	$(filter-out $(no_tracecmd_left_out),$(wildcard analyzer/import/*.c))
fuzz_objs := $(fuzz_srcs:%.c=$(OUT)/fuzz/%.o)
# The fuzzer of names writes every form of output, too.
fuzz_views := $(filter-out $(bpf_only) $(no_tracecmd_left_out) $(no_http_left_out) $(fuzz_srcs) analyzer/lib/opts.c analyzer/tui/term.c $(wildcard analyzer/tui/live_*.c), \
	$(foreach layer,model lib whatif survey source view html tui,$(wildcard analyzer/$(layer)/*.c))) \
	$(addprefix analyzer/tests/support/,fit.c survey_sample.c)
fuzz_views := $(fuzz_views:%.c=$(OUT)/fuzz/%.o)
$(OUT)/analyzer/tests/fuzz/names: $(fuzz_views)
FUZZ_SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZ_SECONDS ?= 600

$(OUT)/fuzz/%.o: %.c
	$(call msg,CC-FUZZ,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(STD) $(WARN) $(flags) $(CPPFLAGS) -DIMP_DAT_SECS=2 -DIMP_DAT_FUZZ -O1 -g $(FUZZ_SAN) \
		-fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(fuzzers): $(OUT)/%: $(OUT)/fuzz/%.o $(fuzz_objs)
	$(call msg,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_SAN) -fsanitize=fuzzer -o $@ $^ -lz -lzstd -llzma -lbz2 -lutf8proc -lseccomp -ljansson $(TRACECMD_LIBS) -lm $(wrap)

-include $(fuzz_objs:.o=.d) $(fuzz_views:.o=.d) $(fuzzers:$(OUT)/%=$(OUT)/fuzz/%.d)

mutants: deps-check ## are the tests able to fail? An hour or two (MUTANTS='--seed 2 --count 50')
	$(Q)analyzer/tests/mutants/run $(MUTANTS)

fuzz: deps-check $(fuzzers) $(OUT)/san/mthptop ## FUZZ_SECONDS=600: look for inputs that break a reader
	$(Q)OUT=$(OUT) analyzer/tests/fuzz/run $(FUZZ_SECONDS)

$(OUT)/bpf/tests/test_%: $(OUT)/bpf/tests/test_%.o
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

# Whatever includes the skeleton needs it before its first dependency file exists.
ifneq ($(NO_BPF),1)
$(bpf_only:%.c=$(OUT)/%.o) $(bpf_only:%.c=$(OUT)/san/%.o): | $(skel)
endif

$(OUT)/bpf/%.bpf.o: bpf/%.bpf.c
	$(call msg,BPF,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) -target bpf -O2 -g -Wall -Wextra -Werror $(no_paths) -I. -Iinclude \
		-MMD -MP -MT $@ -c -o $@ $<

$(OUT)/bpf/%.skel.h: $(OUT)/bpf/%.bpf.o
	$(call msg,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $(skel_flags) $< name $(skel_name) > $@

-include $(objs:.o=.d) $(san_objs:.o=.d) $(OUT)/san/analyzer/main.d $(bpf_objs:.o=.d)
-include $(tests:$(OUT)/%=$(OUT)/san/%.d) $(wildcard $(OUT)/analyzer/tests/*/*/*.d $(OUT)/bpf/tests/*.d)

# As many jobs as there are CPUs, where nobody said how many.
parallel = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

run: deps ## install what is missing, build, start the demo and the live view
	$(Q)$(MAKE) $(parallel) all
	$(Q)analyzer/run-demo

# Tests that take minutes say so (analyzer/tests/run).
long_tests = $(patsubst %.c,$(OUT)/%,$(shell grep -l '^ \* run: long' analyzer/tests/unit/*/test_*.c))

test: ## build and run the tests that take no minutes: no root, no installation, no guest
	$(Q)analyzer/install-deps --missing $(DEPS) $(DEPS_CHECK)
	$(Q)$(MAKE) $(parallel) all $(filter-out $(long_tests),$(tests)) $(plain_tests)
	$(Q)OUT=$(OUT) CC=$(CC) analyzer/tests/run --quick

check: deps-check ## install what is missing, build and run every test, the kernel's in guests
	$(Q)$(MAKE) $(parallel) check-built WERROR=1

check-built: all $(tests) $(plain_tests) $(fuzzers) $(OUT)/san/mthptop
	$(Q)OUT=$(OUT) CC=$(CC) analyzer/tests/run

bench: deps-bench ## measure, and print the table of docs/performance.md
	$(Q)$(MAKE) all $(OUT)/libmthp.a
	$(Q)OUT=$(OUT) analyzer/tests/bench/run

deps:
	$(Q)analyzer/install-deps $(DEPS)
# What builds and boots the kernel may be missing: its tests are skipped then, and say why.
deps-check:
	$(Q)analyzer/install-deps $(DEPS) $(DEPS_CHECK)
	$(Q)for pkg in $(DEPS_TRY); do analyzer/install-deps --try $$pkg; done
	$(Q)analyzer/install-deps --try $(deps_kernel_tools)
	$(Q)analyzer/install-deps --try $(deps_kernel_source)
	$(Q)analyzer/install-deps --try $(DEPS_ARM64)
deps-bench:
	$(Q)analyzer/install-deps $(DEPS) $(DEPS_BENCH)
# Prints the libraries that the program is built with, for kernel/cross.
dev-packages:
	@echo $(filter %-dev,$(DEPS))
deps-kernel:
	$(Q)analyzer/install-deps $(deps_kernel_tools) $(deps_kernel_source)

kernel: deps-kernel ## build the kernel with the series (KERNEL_SRC=, KERNEL_BUILD=: your own)
	$(Q)kernel/build >/dev/null

vm: deps deps-kernel ## boot it, into a shell in which mthptop runs
	$(Q)$(MAKE) all
	$(Q)kernel/vm

check-kernel: deps-kernel ## boot it and run the tests of kernel/tests in it
	$(Q)OUT=$(OUT) CC=$(CC) analyzer/tests/run --kernel

check-stock: deps deps-kernel ## boot Debian's own kernels and run the tests of mthptop in them (VERSION=7.3)
	$(Q)analyzer/install-deps --try $(DEPS_ARM64)
	$(Q)$(MAKE) all
	$(Q)OUT=$(OUT) CC=$(CC) kernel/tests/run $(addprefix stock-,$(or $(VERSION),$(shell kernel/tests/run --list | sed -n 's/^stock-//p')))

check-fixes: deps-kernel ## build and boot the series of fixes, run their selftests (SERIES=)
	$(Q)OUT=$(OUT) CC=$(CC) kernel/tests/selftests $(or $(SERIES),$(fixes))

bench-kernel: deps deps-kernel ## measure the series against 6.12 and 7.3 for docs/performance.md
	$(Q)$(MAKE) all
	$(Q)OUT=$(OUT) CC=$(CC) kernel/bench

soak: deps deps-kernel ## 30 minutes of everything at once, on a kernel that looks for mistakes (SOAK_SECONDS=, SEED=)
	$(Q)$(MAKE) all
	$(Q)OUT=$(OUT) CC=$(CC) kernel/soak

# What the program says of itself: run the one that was built.
$(OUT)/mthptop.1: docs/mthptop.1.in docs/make-man $(OUT)/mthptop
	$(call msg,MAN,$@)
	$(Q)docs/make-man $(OUT)/mthptop $< > $@

completions := $(addprefix $(OUT)/mthptop.,bash zsh fish)
$(completions): $(OUT)/mthptop.%: $(OUT)/mthptop
	$(call msg,COMPL,$@)
	$(Q)$(OUT)/mthptop completion $* > $@

install: $(OUT)/mthptop $(OUT)/mthptop.1 $(completions) ## DESTDIR= PREFIX=
	install -D -m 0755 $(OUT)/mthptop $(DESTDIR)$(bindir)/mthptop
	install -D -m 0644 $(OUT)/mthptop.1 $(DESTDIR)$(mandir)/man1/mthptop.1
	install -D -m 0644 $(OUT)/mthptop.bash $(DESTDIR)$(compdir)/mthptop
	install -D -m 0644 $(OUT)/mthptop.zsh $(DESTDIR)$(zshdir)/_mthptop
	install -D -m 0644 $(OUT)/mthptop.fish $(DESTDIR)$(fishdir)/mthptop.fish

# The services: not part of install, for whoever runs mthptop by hand has no use for them.
install-systemd: ## DESTDIR= PREFIX=: units, user and folder of the services
	@mkdir -p $(DESTDIR)$(unitdir) $(DESTDIR)$(prefix)/lib/sysusers.d $(DESTDIR)$(prefix)/lib/tmpfiles.d
	for unit in $(wildcard analyzer/systemd/*.service analyzer/systemd/*.socket); do \
		sed 's,@bindir@,$(bindir),' $$unit >$(DESTDIR)$(unitdir)/$${unit##*/} || exit 1; \
	done
	install -m 0644 analyzer/systemd/mthptop.sysusers $(DESTDIR)$(prefix)/lib/sysusers.d/mthptop.conf
	install -m 0644 analyzer/systemd/mthptop.tmpfiles $(DESTDIR)$(prefix)/lib/tmpfiles.d/mthptop.conf

deb: ## Debian packages, into .output/deb (PROFILES=pkg.mthptop.nobpf: without BPF)
	$(Q)analyzer/install-deps $(DEPS) $(DEPS_DEB)
	$(Q)analyzer/make-deb $(OUT) "$(PROFILES)"

dist: ## a tarball of what is committed, into .output
	$(Q)git archive --format=tar --prefix=mthptop-$(version)/ HEAD | gzip -9n >$(OUT)/mthptop-$(version).tar.gz
	$(Q)echo $(OUT)/mthptop-$(version).tar.gz

c_files = $(shell git -c safe.directory="$(CURDIR)" ls-files -co --exclude-standard '*.c' '*.h' ':!vmlinux.h')
fmt: ## reformat the tree
	$(Q)$(CLANG_FORMAT) -i $(c_files)
fmt-check: ## fail where the tree is not formatted
	$(Q)$(CLANG_FORMAT) --dry-run -Werror $(c_files)

# A function that its own file calls may be inlined there: its section goes, and it is not dead. A linker
# that names no section at all, not even those of libc, has found nothing out.
dead: $(objs) ## list functions that nothing in the program calls
	$(Q)removed=$$($(CC) $(CFLAGS) $(LDFLAGS) -Wl,--gc-sections,--print-gc-sections -o /dev/null $(objs) \
		$(LIBS) 2>&1) && [ "$$removed" ] || { echo "cannot link: $$removed" >&2; exit 1; }; \
	echo "$$removed" | \
		sed -n "s,.*'\.text\.\(.*\)' in file '$(OUT)/\(analyzer/.*\)\.o'.*,\2.c \1,p" | \
		while read -r file name; do \
			[ "$$(grep -c "\<$$name(" "$$file")" -gt 1 ] || echo "$$file: $$name()"; \
		done

lint: ## the rules that no compiler checks (analyzer/tests/lint -v: and long functions)
	$(Q)analyzer/tests/lint

clean: ## remove what was built
	$(Q)rm -rf $(OUT) mthptop

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
