/* SPDX-License-Identifier: Apache-2.0
 *
 * Test tool, loaded before the program (LD_PRELOAD): its wall clock is set while it runs, as STEP_CLOCK says:
 * "2:-3600,5:2500000000" is an hour back after two seconds, and far into the future after five. What the
 * kernel stamps stays right.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MAX_STEPS = 8 };

static struct {
    long after_s, offset_s;
} steps[MAX_STEPS];

static int n_steps;
static long started_s;

static void __attribute__((constructor)) read_steps(void)
{
    const char *text = getenv("STEP_CLOCK");
    struct timespec now;
    (void)syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    started_s = now.tv_sec;
    while (text && *text && n_steps < MAX_STEPS) {
        char *end;
        steps[n_steps].after_s = strtol(text, &end, 10);
        steps[n_steps++].offset_s = strtol(end + 1, &end, 10);
        text = *end == ',' ? end + 1 : end;
    }
}

__attribute__((visibility("default"))) int
clock_gettime(clockid_t clock, struct timespec *out)
{
    struct timespec now;
    int status = (int)syscall(SYS_clock_gettime, clock, out);
    if (status != 0 || clock != CLOCK_REALTIME) {
        return status;
    }
    (void)syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    long offset_s = 0;
    for (int i = 0; i < n_steps; i++) {
        offset_s = now.tv_sec - started_s >= steps[i].after_s ? steps[i].offset_s : offset_s;
    }
    out->tv_sec += offset_s;
    return 0;
}
