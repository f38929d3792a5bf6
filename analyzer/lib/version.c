// SPDX-License-Identifier: GPL-2.0-only
/* The Makefile defines the version. It has a file of its own, because it changes with each commit. */
#include "lib/version.h"

const char version[] = MTHPTOP_VERSION;
