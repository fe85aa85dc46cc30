/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "publish/event.h"

void
cw_event_set_drops(struct camwatch_event *event, const uint64_t drops[CAMWATCH_N_DROPS])
{
    char texts[CAMWATCH_N_DROPS][64];
    const char *items[CAMWATCH_N_DROPS];
    size_t n = 0;
    for (unsigned i = 1; i < CAMWATCH_N_DROPS; i++) {
        if (drops[i] > 0) {
            (void)snprintf(texts[n], sizeof(texts[n]), "%s=%" PRIu64, camwatch_drop_text(i),
                           drops[i]);
            items[n] = texts[n];
            n++;
        }
    }
    cw_event_set_list(event, CAMWATCH_FIELD_STATS_DROPS, items, n);
}

void
cw_event_from_stats(struct camwatch_event *event, const struct cw_record_stats *stats,
                    const struct cw_event_context *context)
{
    cw_event_begin(event, CAMWATCH_EVENT_SENSOR_STATS, stats->head.time_ns, context);
    cw_event_set_number(event, CAMWATCH_FIELD_STATS_PACKETS, stats->packets);
    cw_event_set_number(event, CAMWATCH_FIELD_STATS_PARSED, stats->parsed);
    cw_event_set_number(event, CAMWATCH_FIELD_STATS_BYTES, stats->bytes);
    cw_event_set_number(event, CAMWATCH_FIELD_STATS_FLOWS, stats->flows);
    cw_event_set_number(event, CAMWATCH_FIELD_STATS_FLOWS_NEW, stats->flows_new);
    cw_event_set_number(event, CAMWATCH_FIELD_STATS_TRUNCATED, stats->truncated);
    cw_event_set_number(event, CAMWATCH_FIELD_STATS_KERNEL_DROPS, stats->kernel_drops);
    cw_event_set_number(event, CAMWATCH_FIELD_STATS_TWO_WAY, stats->flows_two_way);
    cw_event_set_number(event, CAMWATCH_FIELD_STATS_ONE_WAY, stats->flows_one_way);
    cw_event_set_drops(event, stats->drops);
}

void
cw_event_from_alert(struct camwatch_event *event, const struct cw_record_alert *alert,
                    const struct cw_event_context *context)
{
    cw_event_begin(event, CAMWATCH_EVENT_SENSOR_ALERT, alert->head.time_ns, context);
    cw_event_set_number(event, CAMWATCH_FIELD_EVENT_SEVERITY, alert->severity);
    cw_event_set_text(event, CAMWATCH_FIELD_RULE_ID, alert->name);
    cw_event_set_text(event, CAMWATCH_FIELD_EVENT_REASON, alert->reason);
}
