/* SPDX-License-Identifier: GPL-2.0-only */
/* The version of mthptop. */
#ifndef LIB_VERSION_H
#define LIB_VERSION_H

/* As analyzer/version prints it: "0.1", "0.1-g1d3883b". */
extern const char version[];

#endif
