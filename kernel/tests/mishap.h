/* SPDX-License-Identifier: GPL-2.0-only */
/* The module in mishap/, from the test's side. */
#ifndef MTHP_MISHAP_H
#define MTHP_MISHAP_H

/* Loads mishap.ko, which lies beside the program: NULL, or why it cannot. */
const char *mishap_load(void);

/* One of its parameters; die without it. */
void mishap_set(const char *name, unsigned long value);
unsigned long mishap_get(const char *name);

#endif /* MTHP_MISHAP_H */
