/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "health.h"

#include <inttypes.h>
#include <stdio.h>

#include "log.h"

#define SECOND     1000000000LL
#define DAY        (86400 * SECOND)
#define SILENT_NS  (60 * SECOND)
#define OLD_GEO_NS (400 * DAY) /* as camwatch check says */

enum { DROPS_PERCENT = 1, DROPS_LEAST = 10, MEDIUM = 2, HIGH = 3, MAX_GEO = 8 };

/* Told when it begins; over is logged. */
static void
change(struct cw_health *health, enum cw_health_state state, bool is_ill,
       struct camwatch_publisher *publisher, int64_t now_ns, unsigned severity,
       const char *reason)
{
    static const char *const names[] = {[CW_HEALTH_DROPS] = "kernel-drops",
                                        [CW_HEALTH_SILENT] = "span-silent",
                                        [CW_HEALTH_GEO] = "geo-stale"};
    if (is_ill == health->is_ill[state]) {
        return;
    }
    health->is_ill[state] = is_ill;
    if (!is_ill) {
        cw_log(CW_LOG_NOTICE, "%s is over", names[state]);
        return;
    }
    cw_log(CW_LOG_WARNING, "%s: %s", names[state], reason);
    camwatch_publisher_alert(publisher, now_ns, severity, names[state], reason);
}

static void
judge_drops(struct cw_health *health, const struct cw_recent_stats *stats,
            struct camwatch_publisher *publisher, int64_t now_ns)
{
    char reason[256];
    uint64_t handled = stats->packets - health->before.packets;
    uint64_t dropped = stats->kernel_drops - health->before.kernel_drops;
    bool is_ill = dropped >= DROPS_LEAST && dropped * 100 > (handled + dropped) * DROPS_PERCENT;
    (void)snprintf(
        reason, sizeof(reason),
        "the kernel dropped %" PRIu64 " of %" PRIu64
        " frames: more --shards, a larger --buffer, or a --bpf that leaves bulk traffic out",
        dropped, handled + dropped);
    change(health, CW_HEALTH_DROPS, is_ill, publisher, now_ns, HIGH, reason);
}

static void
judge_silence(struct cw_health *health, const struct cw_recent_stats *stats,
              struct camwatch_publisher *publisher, int64_t now_ns)
{
    if (health->heard_ns == 0 || stats->packets != health->before.packets) {
        health->heard_ns = now_ns;
    }
    bool is_silent = now_ns - health->heard_ns >= SILENT_NS;
    change(health, CW_HEALTH_SILENT, is_silent, publisher, now_ns, HIGH,
           "not a frame for a minute: is the mirror session on, and the cable in?");
    camwatch_publisher_set_blind(publisher, is_silent);
}

static void
judge_geo(struct cw_health *health, struct camwatch_publisher *publisher, int64_t now_ns)
{
    struct camwatch_geo_source sources[MAX_GEO] = {{.size = sizeof(sources[0])}};
    char reason[256] = "";
    bool is_old = false;
    if (health->geo_ns != 0 && now_ns - health->geo_ns < DAY) {
        return;
    }
    health->geo_ns = now_ns;
    size_t n = camwatch_publisher_geo_sources(publisher, sources, MAX_GEO);
    for (size_t i = 0; i < n; i++) {
        int64_t age = now_ns - sources[i].built_ns;
        if (age > OLD_GEO_NS) {
            is_old = true;
            (void)snprintf(reason, sizeof(reason),
                           "%.120s is %" PRId64
                           " days old: 'camwatch geo update' builds a new one",
                           sources[i].path, (int64_t)(age / DAY));
        }
    }
    change(health, CW_HEALTH_GEO, is_old, publisher, now_ns, MEDIUM, reason);
}

void
cw_health_judge(struct cw_health *health, const struct cw_recent_stats *stats,
                struct camwatch_publisher *publisher, int64_t now_ns)
{
    judge_geo(health, publisher, now_ns);
    if (stats->time_ns == health->before.time_ns) {
        return;
    }
    judge_drops(health, stats, publisher, now_ns);
    judge_silence(health, stats, publisher, now_ns);
    health->before = *stats;
}
