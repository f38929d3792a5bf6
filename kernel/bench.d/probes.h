/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel functions as trace events, for what has no tracepoint. */
#ifndef MTHP_BENCH_PROBES_H
#define MTHP_BENCH_PROBES_H

/*
 * Define event "bench/NAME" at the entry of a function; args as in kprobe_events, or "". 0, or
 * -errno where the kernel has no such function to probe. All of them go when the program ends.
 */
int probe_add(const char *name, const char *function, const char *args);

/* The same where it returns. */
int probe_add_return(const char *name, const char *function, const char *args);

#endif /* MTHP_BENCH_PROBES_H */
