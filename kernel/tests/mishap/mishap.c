// SPDX-License-Identifier: GPL-2.0-only
/*
 * Provokes events that khugepaged meets very rarely. /sys/module/mishap/parameters triggers them; the
 * reaction of khugepaged is the kernel's own code.
 *
 *   fail_at, fail_every  of khugepaged's copies from now on the fail_at-th fails, and after that each
 *                        fail_every-th, as on a page with a memory error that the CPU notices:
 *                        copy_mc_to_kernel() copies half of it and returns the rest
 *   failed               how many did
 *   poison               the kernel takes such a page out of use; with 0, the failure names a page that
 *                        does not exist instead, so that a test can see that nothing was lost
 *   hold                 a process id: its mmap_lock is held for writing from now on. 0: all of those
 *                        that are held are released
 *   lock, unlock         the address of a page of the writer's: locks or unlocks it
 *   gate                 1: khugepaged stops when it next allocates a folio, which is after its scan
 *                        and before its commit, and sets this to 2; it goes on when it is set to 0,
 *                        or after some seconds
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

#define GATE_MS 5000
#define HOLDERS 8

static unsigned int fail_at, fail_every, failed, gate;
static bool poison;

module_param(fail_at, uint, 0600);
module_param(fail_every, uint, 0600);
module_param(failed, uint, 0600);
module_param(poison, bool, 0600);
module_param(gate, uint, 0600);

static bool in_khugepaged(void)
{
	return strcmp(current->comm, "khugepaged") == 0;
}

/* On x86-64 the arguments are in rdi, rsi, rdx. Non-zero: this call returns as it is. */
static int copy_begins(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (!in_khugepaged() || !fail_at || --fail_at)
		return 1;
	fail_at = fail_every;
	failed++;
	regs->dx /= 2;
	*(unsigned long *)ri->data = regs->dx;
	return 0;
}

static int copy_ends(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	regs_set_return_value(regs, *(unsigned long *)ri->data);
	return 0;
}

static int failure_queued(struct kprobe *p, struct pt_regs *regs)
{
	if (in_khugepaged() && !poison)
		regs->di = ~0UL >> PAGE_SHIFT;
	return 0;
}

/* __alloc_pages_noprof(gfp, order, ...) */
static int allocates(struct kprobe *p, struct pt_regs *regs)
{
	unsigned int ms;

	if (READ_ONCE(gate) != 1 || !in_khugepaged() || regs->si < 2)
		return 0;
	WRITE_ONCE(gate, 2);
	for (ms = 0; ms < GATE_MS && READ_ONCE(gate) == 2; ms++)
		mdelay(1);
	return 0;
}

static struct kretprobe copy_probe = {
	.kp.symbol_name = "copy_mc_to_kernel",
	.entry_handler = copy_begins,
	.handler = copy_ends,
	.data_size = sizeof(unsigned long),
};

static struct kprobe failure_probe = {
	.symbol_name = "memory_failure_queue",
	.pre_handler = failure_queued,
};

static struct kprobe alloc_probe = {
	.symbol_name = "__alloc_pages_noprof",
	.pre_handler = allocates,
};

/* The page stays mapped, so no reference is needed while it is locked. */
static int change_lock(const char *text, bool on)
{
	unsigned long addr;
	struct page *page;
	int err;

	err = kstrtoul(text, 0, &addr);
	if (err)
		return err;
	err = get_user_pages_fast(addr, 1, 0, &page);
	if (err != 1)
		return err < 0 ? err : -EFAULT;
	if (on)
		lock_page(page);
	else
		unlock_page(page);
	put_page(page);
	return 0;
}

static int set_lock(const char *text, const struct kernel_param *kp)
{
	return change_lock(text, true);
}

static int set_unlock(const char *text, const struct kernel_param *kp)
{
	return change_lock(text, false);
}

static const struct kernel_param_ops lock_ops = { .set = set_lock };
static const struct kernel_param_ops unlock_ops = { .set = set_unlock };

static struct task_struct *holders[HOLDERS];
static unsigned int nr_holders;

/* The lock belongs to the thread that took it, so the same one releases it. */
static int holder(void *arg)
{
	struct mm_struct *mm = arg;

	mmap_write_lock(mm);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 50 + 1);
	mmap_write_unlock(mm);
	mmput(mm);
	return 0;
}

static void release_all(void)
{
	while (nr_holders)
		kthread_stop(holders[--nr_holders]);
}

static struct mm_struct *mm_of(int pid)
{
	struct mm_struct *mm = NULL;
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_vpid(pid), PIDTYPE_PID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	if (task) {
		mm = get_task_mm(task);
		put_task_struct(task);
	}
	return mm;
}

static int set_hold(const char *text, const struct kernel_param *kp)
{
	struct task_struct *task;
	struct mm_struct *mm;
	int err, pid;

	err = kstrtoint(text, 0, &pid);
	if (err)
		return err;
	if (!pid) {
		release_all();
		return 0;
	}
	if (nr_holders == HOLDERS)
		return -EBUSY;
	mm = mm_of(pid);
	if (!mm)
		return -ESRCH;
	task = kthread_run(holder, mm, "mishap-hold");
	if (IS_ERR(task)) {
		mmput(mm);
		return PTR_ERR(task);
	}
	holders[nr_holders++] = task;
	return 0;
}

static const struct kernel_param_ops hold_ops = { .set = set_hold };

module_param_cb(hold, &hold_ops, NULL, 0200);
module_param_cb(lock, &lock_ops, NULL, 0200);
module_param_cb(unlock, &unlock_ops, NULL, 0200);

static int __init mishap_init(void)
{
	int err = register_kprobe(&failure_probe);

	if (err)
		return err;
	err = register_kprobe(&alloc_probe);
	if (err)
		goto out_failure;
	err = register_kretprobe(&copy_probe);
	if (!err)
		return 0;
	unregister_kprobe(&alloc_probe);
out_failure:
	unregister_kprobe(&failure_probe);
	return err;
}

static void __exit mishap_exit(void)
{
	release_all();
	unregister_kretprobe(&copy_probe);
	unregister_kprobe(&alloc_probe);
	unregister_kprobe(&failure_probe);
}

module_init(mishap_init);
module_exit(mishap_exit);
MODULE_DESCRIPTION("What happens to khugepaged once in a blue moon");
MODULE_LICENSE("GPL");
