/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of docs/trace-format.md as numbers, and the conversions that writer and reader share. These are
 * offsets and not structs, because the file is little-endian and unpadded on every machine.
 */
#ifndef TRACE_LAYOUT_H
#define TRACE_LAYOUT_H

#include <stddef.h>
#include <stdint.h>
#include <mthp/wire.h>
#include "model/meta.h"

#define TRACE_MAGIC	 "\x89MTHP\r\n\x1a"
#define TRACE_MAGIC_LEN	 8
#define TRACE_MAJOR	 1
#define TRACE_MINOR	 0
#define TRACE_BYTE_ORDER 0x01020304U

enum trace_head { /* offsets */
	TRACE_H_MAGIC = 0,
	TRACE_H_MAJOR = 8,
	TRACE_H_MINOR = 10,
	TRACE_H_BYTE_ORDER = 12,
	TRACE_H_SIZE = 16,
	TRACE_H_FEATURES = 20,
	TRACE_H_CRC = 28,
	TRACE_HEAD_LEN = 32,
	TRACE_HEAD_MAX = 4096,
};

#define TRACE_BLOCK_MAGIC 0xb10c4d54U

enum trace_block_head { /* offsets */
	TRACE_B_MAGIC = 0,
	TRACE_B_TYPE = 4,
	TRACE_B_FLAGS = 6,
	TRACE_B_STORED = 8,
	TRACE_B_RAW = 12,
	TRACE_B_SEQ = 16,
	TRACE_B_EVENTS = 20,
	TRACE_B_BEFORE = 24,
	TRACE_B_CRC = 32,
	TRACE_B_HEAD_CRC = 36,
	TRACE_BLOCK_LEN = 40,
};

#define TRACE_DEFLATED	1U	    /* the one known flag */
#define TRACE_RAW_MAX	(4U << 20)  /* bytes of a payload */
#define TRACE_LINES_MAX (64U << 10) /* bytes of a payload of lines that a writer makes */

enum trace_type {
	TRACE_T_META = 1,
	TRACE_T_EVENTS = 2,
	TRACE_T_COUNTERS = 3,
	TRACE_T_LOST = 4,
	TRACE_T_END = 5,
	TRACE_T_CGROUPS = 6,
	TRACE_T_LAST = TRACE_T_CGROUPS,
};

/* EVENTS */
#define TRACE_EVENTS_MAX 4096	    /* records in a block */
#define TRACE_AUX_MAX	 (2U << 20) /* bitmaps in a block that a writer makes */
#define TRACE_SIZE_MAX	 1024	    /* of a record, of an owner */

enum trace_events { /* offsets */
	TRACE_E_RECORDS = 0,
	TRACE_E_RECORD_SIZE = 4,
	TRACE_E_OWNER_SIZE = 6,
	TRACE_E_OWNERS = 8,
	TRACE_E_AUX = 12,
	TRACE_E_BASE = 16,
	TRACE_E_OWNER = 24,
};

enum trace_owner { /* offsets */
	TRACE_O_MM = 0,
	TRACE_O_CGROUP = 8,
	TRACE_O_TGID = 16,
	TRACE_O_COMM = 24,
	TRACE_OWNER_LEN = 40,
};

enum trace_record { /* offsets */
	TRACE_R_TS = 0,
	TRACE_R_ADDR = 8,
	TRACE_R_PFN = 16,
	TRACE_R_DUR = 24,
	TRACE_R_LOCK = 32,
	TRACE_R_KNOWN = 40,
	TRACE_R_OWNER = 44,
	TRACE_R_TID = 48,
	TRACE_R_KIND = 52,
	TRACE_R_REQUESTER = 53,
	TRACE_R_ORDER = 54,
	TRACE_R_RESULT = 55,
	TRACE_R_SAMPLE = 56,
	TRACE_R_BY = 57,
	TRACE_R_WORDS = 58,
	TRACE_R_V = 60,
	TRACE_RECORD_LEN = 156,
};
_Static_assert(TRACE_R_V + MTHP_NR_VALUES * 4 == TRACE_RECORD_LEN, "record size");

/* COUNTERS */
#define TRACE_NAMES_EVERY 64 /* COUNTERS blocks between two that have names */

enum trace_counters { /* offsets */
	TRACE_C_TS = 0,
	TRACE_C_NR = 8,
	TRACE_C_CRC = 12,
	TRACE_C_NAMES = 16,
	TRACE_C_VALUES = 20,
};

static inline void put16(void *p, uint16_t v)
{
	uint8_t *b = p;

	b[0] = (uint8_t)v;
	b[1] = (uint8_t)(v >> 8);
}

static inline void put32(void *p, uint32_t v)
{
	put16(p, (uint16_t)v);
	put16((uint8_t *)p + 2, (uint16_t)(v >> 16));
}

static inline void put64(void *p, uint64_t v)
{
	put32(p, (uint32_t)v);
	put32((uint8_t *)p + 4, (uint32_t)(v >> 32));
}

static inline uint16_t get16(const void *p)
{
	const uint8_t *b = p;

	return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint32_t get32(const void *p)
{
	return get16(p) | (uint32_t)get16((const uint8_t *)p + 2) << 16;
}

static inline uint64_t get64(const void *p)
{
	return get32(p) | (uint64_t)get32((const uint8_t *)p + 4) << 32;
}

static inline uint32_t trace_bitmap_bytes(uint32_t nr_words)
{
	return MTHP_NR_BITMAPS * nr_words * 8;
}

#endif
