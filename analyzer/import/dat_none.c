// SPDX-License-Identifier: GPL-2.0-only
/* For builds without libtracecmd (make NO_TRACECMD=1). */
#include "import/dat_frame_priv.h"

int imp_lib_run(int fd, int out)
{
	return 1;
}

const char *imp_lib_missing(void)
{
	return "this mthptop was built without libtracecmd (give it the output of: trace-cmd "
	       "report)";
}
