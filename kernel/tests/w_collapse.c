// SPDX-License-Identifier: GPL-2.0-only
/* Memory of three ranges, full, half full and empty but for a page, and one pass of khugepaged. */
#include <sys/mman.h>

#include "area.h"
#include "khugepaged.h"
#include "settings.h"

int main(void)
{
	struct area a;

	kh_start();
	area_map(&a, 3);
	area_write_pages(&a, 0, PMD_NR);
	area_write_pages(&a, PMD_NR, PMD_NR / 2);
	area_write(&a, 2 * PMD_NR + 100);
	kh_set("max_ptes_none", 0);
	thp_orders(1 << 4 | 1 << 6, "madvise");
	kh_idle();
	area_advise(&a, MADV_HUGEPAGE);
	return kh_scan() == 0 && area_all_intact(&a) ? 0 : 1;
}
