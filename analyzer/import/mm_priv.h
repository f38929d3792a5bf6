/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers for the address spaces of a trace, in place of their addresses in the kernel. */
#ifndef IMPORT_MM_PRIV_H
#define IMPORT_MM_PRIV_H

#include <mthp/types.h>

#define IMP_MAX_MMS 65536 /* as many as the process table of a model holds */

struct imp_mms;

/* NULL: out of memory. */
struct imp_mms *imp_mms_new(void);
void imp_mms_free(struct imp_mms *m);

/*
 * The number of @address: 1, 2, ... in the order in which they come, so that a trace gives the same ones each
 * time. Behind IMP_MAX_MMS of them it is a random name, which says nothing about the address either.
 */
__u64 imp_mm(struct imp_mms *m, __u64 address);

#endif
