/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "large_pages.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#define VARIABLE "GLIBC_TUNABLES"

/* Run as "ld.so camwatch ...", /proc/self/exe would be ld.so; and a program of root's with a set-user-ID bit
 * has its tunables ignored. */
static bool
may_begin_anew(void)
{
    return !getenv(VARIABLE) && getauxval(AT_BASE) != 0 && getauxval(AT_SECURE) == 0;
}

void
cw_large_pages_wish(char *const *argv)
{
    char own[PATH_MAX] = ""; /* by its own path, for who looks for its name among processes */
    if (!may_begin_anew() || readlink("/proc/self/exe", own, sizeof(own) - 1) <= 0 ||
        setenv(VARIABLE, "glibc.malloc.hugetlb=1", 1) != 0) {
        return;
    }
    (void)execv(own, argv);
    (void)unsetenv(VARIABLE); /* replaced meanwhile: without, then */
}
