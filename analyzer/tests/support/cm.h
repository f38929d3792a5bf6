/* SPDX-License-Identifier: GPL-2.0-only */
/* cmocka, with the headers that must come before it. */
#ifndef TESTS_SUPPORT_CM_H
#define TESTS_SUPPORT_CM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/array.h"

#endif
