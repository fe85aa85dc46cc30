/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "own_page.h"

#include <sys/mman.h>

#include "clock.h"

struct cw_own_page *
cw_own_page_new(void)
{
    void *block = mmap(NULL, sizeof(struct cw_own_page), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return block == MAP_FAILED ? NULL : block;
}

void
cw_own_page_free(struct cw_own_page *page)
{
    if (page) {
        (void)munmap(page, sizeof(*page));
    }
}

void
cw_own_page_beat(struct cw_own_page *page)
{
    if (page) {
        __atomic_store_n(&page->beat_ns, cw_clock_steady(), __ATOMIC_RELAXED);
    }
}

int64_t
cw_own_page_beaten(const struct cw_own_page *page)
{
    return __atomic_load_n(&page->beat_ns, __ATOMIC_RELAXED);
}
