/* SPDX-License-Identifier: Apache-2.0
 *
 * What runs in the processes that the supervisor forks. None of these calls returns.
 */
#ifndef HOST_PROCESS_H
#define HOST_PROCESS_H

#include "frame_ring.h"
#include "live.h"
#include "metrics_page.h"
#include "own_page.h"
#include "ring_file.h"

/* Exit status of a process beside those of exit_status.h. */
enum { CW_PROCESS_CUT = 10 }; /* a monitor or the reader: an interface is gone, everything else is in order */

struct cw_process {
    const struct cw_live_settings *settings;
    int channel; /* to the supervisor */
    int signals;
    int rules;      /* descriptor of the image */
    unsigned shard; /* monitor */
    struct cw_tap *const *taps;
    size_t n_taps;
    const struct cw_ring_file *rings; /* monitor: its own; publisher: all */
    void *shared; /* monitors: names that they share; NULL: one shard */
    struct cw_frame_ring *frames;     /* monitor: its own, NULL without a reader; reader: all */
    struct cw_metrics_page *page;     /* publisher and metrics */
    struct cw_own_page *own;
    int listener;                     /* metrics */
};

_Noreturn void cw_process_monitor(const struct cw_process *process);
_Noreturn void cw_process_reader(const struct cw_process *process);
_Noreturn void cw_process_publisher(const struct cw_process *process);
_Noreturn void cw_process_metrics(const struct cw_process *process);

/** Give up every privilege; end with the supervisor. Ends the process where that cannot be. */
void cw_process_confine(const struct cw_process *process,
                        bool (*sandbox)(struct camwatch_error *));

/** Log and end. */
_Noreturn void cw_process_fail(const char *why);

#endif
