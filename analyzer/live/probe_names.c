// SPDX-License-Identifier: GPL-2.0-only
/* Words for the probes, in every build: `info` shows them. */
#include "live/probes.h"

static const char *const whats[NR_PROBES] = {
#define X(NAME, what) [PROBE_##NAME] = what,
	LIVE_PROBES(X)
#undef X
};

const char *probe_what(enum live_probe probe)
{
	return probe < NR_PROBES ? whats[probe] : "?";
}

const char *probe_how_name(enum probe_how how)
{
	static const char *const names[NR_PROBE_HOW] = { "none", "kprobe", "fentry" };

	return how < NR_PROBE_HOW ? names[how] : "?";
}
