/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "health.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

#define SECOND       1000000000LL
#define MINUTE       (60 * SECOND)
#define DAY          (86400 * SECOND)
#define SILENT_NS    MINUTE
#define OLD_GEO_NS   (400 * DAY) /* as camwatch check says */
#define OLD_RULES_NS (730 * DAY)

enum {
    DROPS_PERCENT = 1,
    DROPS_LEAST = 10,
    FLOWS_LEAST = 20, /* seen one way or both, before the span is judged by them */
    ONE_WAY_PERCENT = 90,
    MAX_GEO = 8
};

/* Told when it begins; over is logged. */
static void
change(struct cw_health *health, enum cw_health_state state, bool is_ill,
       struct camwatch_publisher *publisher, int64_t now_ns, const char *reason)
{
    static const struct {
        const char *name;
        unsigned severity;
    } rows[] = {

#define CW_X(s, n, v) [CW_HEALTH_##s] = {n, v},
        CW_HEALTH_STATES(CW_X)
#undef CW_X
    };

    if (is_ill == health->is_ill[state]) {
        return;
    }
    health->is_ill[state] = is_ill;
    if (!is_ill) {
        cw_log(CW_LOG_NOTICE, "%s is over", rows[state].name);
        return;
    }
    cw_log(CW_LOG_WARNING, "%s: %s", rows[state].name, reason);
    camwatch_publisher_alert(publisher, now_ns, rows[state].severity, rows[state].name, reason);
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
    change(health, CW_HEALTH_DROPS, is_ill, publisher, now_ns, reason);
}

static uint64_t
more_than(uint64_t before, uint64_t now)
{
    return now > before ? now - before : 0;
}

/* Few of many are logged: a card also counts there what no protocol of the host takes. */
static void
judge_interfaces(struct cw_health *health, const struct cw_recent_stats *stats,
                 struct camwatch_publisher *publisher, int64_t now_ns)
{
    char reason[256];
    uint64_t dropped = more_than(health->before.interface_drops, stats->interface_drops);
    uint64_t all = dropped + more_than(health->before.packets, stats->packets);
    bool is_ill = dropped >= DROPS_LEAST && dropped * 100 > all * DROPS_PERCENT;
    (void)snprintf(
        reason, sizeof(reason),
        "interfaces dropped %" PRIu64 " of %" PRIu64
        " frames before the kernel had them: a larger ring of the card (ethtool -G), "
        "its queues on more cores",
        dropped, all);
    change(health, CW_HEALTH_INTERFACE, is_ill, publisher, now_ns, reason);
    bool is_due = health->card_ns == 0 || now_ns - health->card_ns >= MINUTE;
    if (dropped > 0 && !is_ill && is_due) {
        health->card_ns = now_ns;
        cw_log(CW_LOG_WARNING, "interfaces dropped %" PRIu64 " frames", dropped);
    }
}

static void
judge_processes(struct cw_health *health, const struct cw_recent_stats *stats,
                struct camwatch_publisher *publisher, int64_t now_ns)
{
    char reason[256];
    uint64_t lost = more_than(health->before.process_losses, stats->process_losses);
    if (lost > 0) {
        health->ended_ns = now_ns;
    }
    bool is_ill = health->ended_ns != 0 && now_ns - health->ended_ns < MINUTE;
    (void)snprintf(reason, sizeof(reason),
                   "%" PRIu64 " frames were captured and lost with a process that ended: the "
                   "log says which",
                   lost);
    change(health, CW_HEALTH_PROCESS, is_ill, publisher, now_ns, reason);
}

/* The count of a reason in "reason=count,...". */
static uint64_t
count_of(const char *drops, const char *reason)
{
    size_t len = strlen(reason);
    while (*drops != '\0') {
        if (strncmp(drops, reason, len) == 0 && drops[len] == '=') {
            return strtoull(drops + len + 1, NULL, 10);
        }
        drops += strcspn(drops, ",");
        drops += *drops == ',';
    }
    return 0;
}

static uint64_t
rise_of(const struct cw_health *health, const struct cw_recent_stats *stats, unsigned drop)
{
    uint64_t before = count_of(health->before.drops, camwatch_drop_text(drop));
    uint64_t now = count_of(stats->drops, camwatch_drop_text(drop));
    return now > before ? now - before : 0;
}

/* Each reason that is no property of the traffic, at most once a minute. */
static void
log_rises(struct cw_health *health, const struct cw_recent_stats *stats, int64_t now_ns)
{
    static const uint8_t reasons[] = {
#define CW_X(s, t, h) CAMWATCH_DROP_##s,
        CAMWATCH_OTHER_DROPS(CW_X)
#undef CW_X
            CAMWATCH_DROP_FLOW_TABLE,
        CAMWATCH_DROP_FRAGMENT_TABLE};
    for (size_t i = 0; i < sizeof(reasons); i++) {
        unsigned drop = reasons[i];
        uint64_t rise = rise_of(health, stats, drop);
        bool is_due = health->rose_ns[drop] == 0 || now_ns - health->rose_ns[drop] >= MINUTE;
        if (rise > 0 && is_due) {
            health->rose_ns[drop] = now_ns;
            cw_log(CW_LOG_WARNING, "%s rises, by %" PRIu64 ": %s", camwatch_drop_text(drop),
                   rise, camwatch_drop_help(drop));
        }
    }
}

static void
judge_losses(struct cw_health *health, const struct cw_recent_stats *stats,
             struct camwatch_publisher *publisher, int64_t now_ns)
{
    static const uint8_t reasons[] = {CAMWATCH_DROP_RING_FULL, CAMWATCH_DROP_DEVICES_FULL,
                                      CAMWATCH_DROP_SPOOL_FULL, CAMWATCH_DROP_SINK_FAILED};
    char reason[256] = "";
    for (size_t i = 0; i < sizeof(reasons); i++) {
        uint64_t rise = rise_of(health, stats, reasons[i]);
        if (rise > 0) {
            health->lost_ns = now_ns;
            (void)snprintf(reason, sizeof(reason), "%s, %" PRIu64 " times: %s",
                           camwatch_drop_text(reasons[i]), rise,
                           camwatch_drop_help(reasons[i]));
        }
    }
    bool is_ill = health->lost_ns != 0 && now_ns - health->lost_ns < MINUTE;
    change(health, CW_HEALTH_LOSSES, is_ill, publisher, now_ns, reason);
}

static void
judge_silence(struct cw_health *health, const struct cw_recent_stats *stats,
              struct camwatch_publisher *publisher, int64_t now_ns)
{
    if (health->heard_ns == 0 || stats->packets != health->before.packets) {
        health->heard_ns = now_ns;
    }
    bool is_silent = now_ns - health->heard_ns >= SILENT_NS;
    change(health, CW_HEALTH_SILENT, is_silent, publisher, now_ns,
           "not a frame for a minute: is the mirror session on, and the cable in?");
    camwatch_publisher_set_blind(publisher, is_silent);
}

/* By the latest flows that were enough to tell; fewer wait for more. */
static void
judge_directions(struct cw_health *health, const struct cw_recent_stats *stats,
                 struct camwatch_publisher *publisher, int64_t now_ns)
{
    char reason[256];
    uint64_t one_way = stats->one_way - health->one_way;
    uint64_t all = one_way + stats->two_way - health->two_way;
    if (all < FLOWS_LEAST) {
        return;
    }
    health->one_way = stats->one_way;
    health->two_way = stats->two_way;
    (void)snprintf(reason, sizeof(reason),
                   "%" PRIu64 " of the last %" PRIu64
                   " conversations showed one direction only: mirror both, RX and TX",
                   one_way, all);
    change(health, CW_HEALTH_ONE_WAY, one_way * 100 >= all * ONE_WAY_PERCENT, publisher, now_ns,
           reason);
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
    change(health, CW_HEALTH_GEO, is_old, publisher, now_ns, reason);
}

static void
judge_rules(struct cw_health *health, struct camwatch_publisher *publisher, int64_t now_ns)
{
    const char *list;
    char reason[256];
    if (!health->rules || (health->rules_ns != 0 && now_ns - health->rules_ns < DAY)) {
        return;
    }
    health->rules_ns = now_ns;
    int64_t verified_ns = camwatch_rules_verified(health->rules, &list);
    int64_t age = now_ns - verified_ns;
    (void)snprintf(reason, sizeof(reason),
                   "no list is newer than %.80s, which was verified %" PRId64
                   " days ago: install newer rules",
                   list, (int64_t)(age / DAY));
    change(health, CW_HEALTH_RULES, verified_ns != 0 && age > OLD_RULES_NS, publisher, now_ns,
           reason);
}

void
cw_health_judge(struct cw_health *health, const struct cw_recent_stats *stats,
                struct camwatch_publisher *publisher, int64_t now_ns)
{
    judge_geo(health, publisher, now_ns);
    judge_rules(health, publisher, now_ns);
    if (stats->time_ns == health->before.time_ns) {
        return;
    }
    judge_drops(health, stats, publisher, now_ns);
    judge_interfaces(health, stats, publisher, now_ns);
    judge_processes(health, stats, publisher, now_ns);
    log_rises(health, stats, now_ns);
    judge_losses(health, stats, publisher, now_ns);
    judge_silence(health, stats, publisher, now_ns);
    judge_directions(health, stats, publisher, now_ns);
    health->before = *stats;
}

void
cw_health_set_rules(struct cw_health *health, const struct camwatch_rules *rules)
{
    health->rules = rules;
    health->rules_ns = 0;
}
