/* SPDX-License-Identifier: Apache-2.0
 *
 * The event side, live: the publisher with its outputs. Records in, events out.
 */
#ifndef HOST_EVENT_SIDE_H
#define HOST_EVENT_SIDE_H

#include "clock.h"
#include "control.h"
#include "health.h"
#include "live.h"
#include "metrics_page.h"
#include "recent.h"

struct cw_event_side {
    struct camwatch_publisher *publisher;
    struct cw_recent recent;
    struct cw_health health;
    struct cw_control control;
    const char *metrics_file; /* NULL: none */
    struct cw_metrics_page *page; /* NULL: none; borrowed, set behind open */
    int64_t metrics_ns;       /* of the counters written last */
    bool has_metrics_fault;
    int64_t looked_ns; /* after the geo files */
    struct cw_forward_clock clock;
};

/**
 * Open publisher and outputs.
 *
 * @param rules    borrowed until close
 * @param rings    borrowed until close; NULL: one of its own
 * @return false: error->text says why; nothing to close
 */
bool cw_event_side_open(struct cw_event_side *side, const struct cw_live_settings *settings,
                        const struct camwatch_rules *rules, struct camwatch_ring *const *rings,
                        uint32_t n_rings, struct camwatch_error *error);
void cw_event_side_close(struct cw_event_side *side);

/** Everything that waits becomes events. @return records taken */
size_t cw_event_side_run(struct cw_event_side *side);

/** Judge by another set of rules from now on; borrowed until close. @return false: the old set stays */
bool cw_event_side_set_rules(struct cw_event_side *side, const struct camwatch_rules *rules);

/** Read assets and geo files again; what has errors stays as it was. The log says how it went. */
void cw_event_side_reload(struct cw_event_side *side);

/** Timers, health, and questions of operators. */
void cw_event_side_tick(struct cw_event_side *side);

/** Drain, flush and save. @return true: every output got every event, and nothing is pending */
bool cw_event_side_finish(struct cw_event_side *side);

#endif
