/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "term.h"
#include "text.h"

enum { BAR = 24, PERIOD_NS = 100000000 };

static int64_t
now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

struct cw_progress
cw_progress_start(bool is_wanted, uint64_t total)
{
    int64_t start = now();
    return (struct cw_progress){
        .is_shown = is_wanted && isatty(STDERR_FILENO) == 1,
        .total = total,
        .start_ns = start,
        .next_ns = start + 2 * PERIOD_NS,
    };
}

double
cw_progress_seconds(const struct cw_progress *progress)
{
    return (double)(now() - progress->start_ns) / 1e9;
}

static void
draw_bar(double share, bool is_utf8)
{
    unsigned full = (unsigned)(share * BAR);
    for (unsigned i = 0; i < BAR; i++) {
        (void)fputs(i < full ? (is_utf8 ? "█" : "#") : (is_utf8 ? "░" : "."), stderr);
    }
}

static void
draw(const struct cw_progress *progress, uint64_t taken, uint64_t frames)
{
    char read[CW_NUMBER_MAX], total[CW_NUMBER_MAX], rate[CW_NUMBER_MAX], rest[CW_NUMBER_MAX];
    double seconds = cw_progress_seconds(progress);
    struct cw_term term = cw_term_of(stderr, true);
    (void)fputs("\r\033[K", stderr);
    if (progress->total > 0) {
        double share = (double)taken / (double)progress->total;
        share = share > 1 ? 1 : share;
        draw_bar(share, term.is_utf8);
        (void)fprintf(stderr, " %3.0f %%  %s of %s  ", share * 100, cw_show_bytes(taken, read),
                      cw_show_bytes(progress->total, total));
        if (share > 0.01) {
            int64_t left = (int64_t)(seconds * (1 - share) / share * 1e9);
            (void)fprintf(stderr, "%s left  ", cw_show_span(left, rest));
        }
    } else {
        (void)fprintf(stderr, "%s read  ", cw_show_bytes(taken, read));
    }
    (void)fprintf(stderr, "%s packets/s",
                  cw_show_count(seconds > 0 ? (uint64_t)((double)frames / seconds) : 0, rate));
    (void)fflush(stderr);
}

void
cw_progress_show(struct cw_progress *progress, uint64_t taken, uint64_t frames)
{
    if (!progress->is_shown || now() < progress->next_ns) {
        return;
    }
    progress->next_ns = now() + PERIOD_NS;
    progress->has_line = true;
    draw(progress, taken, frames);
}

void
cw_progress_clear(struct cw_progress *progress)
{
    if (progress->has_line) {
        (void)fputs("\r\033[K", stderr);
        (void)fflush(stderr);
        progress->has_line = false;
    }
}
