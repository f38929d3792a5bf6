// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations in which the kernel holds pages of the process while the process runs on. If such a page were
 * replaced, the kernel would go on to read or write the old page, which nothing maps any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "owner.h"
#include "text.h"

#define MAX_PINNED 16

/* Which of ring_off. */
enum {
	SQ_TAIL,
	SQ_MASK,
	SQ_ARRAY,
	CQ_HEAD,
	CQ_TAIL,
	CQ_MASK,
	CQ_CQES
};

static char bounce[MAX_PINNED * PAGE_LEN] __attribute__((aligned(4096)));

/* The pipe must give what the pages hold. */
static bool do_vmsplice(struct owner *o)
{
	struct run r = run_short(o, MAX_PINNED);
	struct iovec iov = { run_addr(o, &r), run_len(&r) };
	char why[300];
	unsigned int i;
	ssize_t got, n;
	int fd[2];

	if (pipe(fd))
		return false;
	got = vmsplice(fd[1], &iov, 1, SPLICE_F_NONBLOCK);
	close(fd[1]);
	nap(o, 10000);
	for (n = 0; n < got; n += PAGE_LEN) {
		if (read(fd[0], bounce + n, PAGE_LEN) != (ssize_t)PAGE_LEN)
			break;
		i = n / PAGE_LEN;
		if (!text_check(bounce + n, run_pages(o, &r)[i].tag, run_pages(o, &r)[i].free, why,
				sizeof(why)))
			soak_fail("owner %u, through vmsplice: %p: %s", o->id,
				  (void *)(run_addr(o, &r) + n), why);
	}
	close(fd[0]);
	run_check(o, &r, "after vmsplice");
	return got == (ssize_t)run_len(&r);
}

static bool ring_open(struct owner *o)
{
	struct io_uring_params p = { 0 };

	if (o->ring != -1)
		return o->ring >= 0;
	o->ring = syscall(SYS_io_uring_setup, 4, &p);
	if (o->ring < 0) {
		o->ring = -2;
		return false;
	}
	o->ring_mem[0] = mmap(NULL, p.sq_off.array + p.sq_entries * 4 + p.cq_entries * 32 + 4096,
			      PROT_READ | PROT_WRITE, MAP_SHARED, o->ring, IORING_OFF_SQ_RING);
	o->ring_mem[1] = mmap(NULL, p.sq_entries * sizeof(struct io_uring_sqe),
			      PROT_READ | PROT_WRITE, MAP_SHARED, o->ring, IORING_OFF_SQES);
	if (o->ring_mem[0] == MAP_FAILED || o->ring_mem[1] == MAP_FAILED ||
	    !(p.features & IORING_FEAT_SINGLE_MMAP)) {
		close(o->ring);
		o->ring = -2;
		return false;
	}
	o->ring_off[SQ_TAIL] = p.sq_off.tail;
	o->ring_off[SQ_MASK] = p.sq_off.ring_mask;
	o->ring_off[SQ_ARRAY] = p.sq_off.array;
	o->ring_off[CQ_HEAD] = p.cq_off.head;
	o->ring_off[CQ_TAIL] = p.cq_off.tail;
	o->ring_off[CQ_MASK] = p.cq_off.ring_mask;
	o->ring_off[CQ_CQES] = p.cq_off.cqes;
	return true;
}

static uint32_t *ring_word(struct owner *o, unsigned int which)
{
	return (uint32_t *)((char *)o->ring_mem[0] + o->ring_off[which]);
}

/* One read into or write from the registered buffer; the kernel's result. */
static int ring_do(struct owner *o, unsigned int opcode, int fd, char *addr, unsigned long len)
{
	uint32_t tail = *ring_word(o, SQ_TAIL), slot = tail & *ring_word(o, SQ_MASK), head;
	struct io_uring_sqe *sqe = (struct io_uring_sqe *)o->ring_mem[1] + slot;
	struct io_uring_cqe *cqe;

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = opcode;
	sqe->fd = fd;
	sqe->addr = (uintptr_t)addr;
	sqe->len = len;
	ring_word(o, SQ_ARRAY)[slot] = slot;
	__atomic_store_n(ring_word(o, SQ_TAIL), tail + 1, __ATOMIC_RELEASE);
	while (syscall(SYS_io_uring_enter, o->ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	head = *ring_word(o, CQ_HEAD);
	if (head == __atomic_load_n(ring_word(o, CQ_TAIL), __ATOMIC_ACQUIRE))
		return -EIO;
	cqe = (struct io_uring_cqe *)((char *)o->ring_mem[0] + o->ring_off[CQ_CQES]) +
	      (head & *ring_word(o, CQ_MASK));
	slot = cqe->res;
	__atomic_store_n(ring_word(o, CQ_HEAD), head + 1, __ATOMIC_RELEASE);
	return slot;
}

/* Through the pinned pages, both ways: each must see what the other wrote. */
static bool pinned_io(struct owner *o, const struct run *r, int file)
{
	unsigned int i;

	for (i = 0; i < r->nr; i++) {
		struct page *p = run_pages(o, r) + i;
		char *at = run_addr(o, r) + i * PAGE_LEN, why[300];
		uint64_t tag = tag_make(o->id, r->range * PMD_NR + r->first + i, ++o->gen);

		text_write(bounce, tag);
		if (pwrite(file, bounce, PAGE_LEN, 0) != (ssize_t)PAGE_LEN ||
		    ring_do(o, IORING_OP_READ_FIXED, file, at, PAGE_LEN) != (int)PAGE_LEN) {
			soak_fail("owner %u: io_uring does not read", o->id);
			return false;
		}
		p->tag = tag;
		p->free = false;
		nap(o, 500);
		run_check(o, &(struct run){ r->range, r->first + i, 1 }, "read into a pinned page");
		run_write(o, &(struct run){ r->range, r->first + i, 1 });
		if (ring_do(o, IORING_OP_WRITE_FIXED, file, at, PAGE_LEN) != (int)PAGE_LEN ||
		    pread(file, bounce, PAGE_LEN, 0) != (ssize_t)PAGE_LEN)
			return false;
		if (!text_check(bounce, p->tag, false, why, sizeof(why)))
			soak_fail("owner %u, through a pinned page: %p: %s", o->id, (void *)at,
				  why);
	}
	return true;
}

static bool do_uring(struct owner *o)
{
	struct run r = run_short(o, MAX_PINNED);
	struct iovec iov = { run_addr(o, &r), run_len(&r) };
	bool ok = false;
	int file;

	if (!ring_open(o) ||
	    syscall(SYS_io_uring_register, o->ring, IORING_REGISTER_BUFFERS, &iov, 1))
		return false;
	file = memfd_create("soak", MFD_CLOEXEC);
	if (file >= 0) {
		nap(o, 5000);
		ok = pinned_io(o, &r, file);
		close(file);
	}
	syscall(SYS_io_uring_register, o->ring, IORING_UNREGISTER_BUFFERS, NULL, 0);
	return ok;
}

/* The kernel copies out of memory that it takes references to one by one. */
static bool do_vm_read(struct owner *o)
{
	struct run r = run_short(o, MAX_PINNED);
	struct iovec here = { bounce, run_len(&r) }, there = { run_addr(o, &r), run_len(&r) };
	char why[300];
	unsigned int i;

	if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != (ssize_t)run_len(&r))
		return false;
	for (i = 0; i < r.nr; i++) {
		struct page *p = run_pages(o, &r) + i;

		if (!text_check(bounce + i * PAGE_LEN, p->tag, p->free, why, sizeof(why)))
			soak_fail("owner %u, through process_vm_readv: %p: %s", o->id,
				  (void *)(run_addr(o, &r) + i * PAGE_LEN), why);
	}
	return true;
}

const struct op ops_pin[] = {
	{ "vmsplice", 3, do_vmsplice },
	{ "io_uring", 3, do_uring },
	{ "vm_readv", 2, do_vm_read },
	{ 0 },
};
