/* SPDX-License-Identifier: Apache-2.0
 *
 * A publisher's Redis sink alone, driven with numbered events of the real field count, and the check
 * of what a server has of them.
 *
 *   deliver send URL SENSOR COUNT [rate=EVENTS/S] [spool=FOLDER] [strict] [wait] [list=NAME] [age=SECONDS] [tell]
 *       Emit the events that the spool has not taken yet, up to COUNT in all, and wait until all are
 *       delivered. Prints the account. Each 1000th event has an alert behind it; tell: a
 *       line on standard error for each alert, once it is made.
 *   deliver check URL SENSOR COUNT [records]
 *       Read the stream flows: every number 1..COUNT once and in order, or say what is not. records: the
 *       numbers that source.bytes has (chain.c) must be those of the events.
 */
#define _GNU_SOURCE
#include <hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "samples.h"
#include "sink/redis.h"
#include "sink/redis_link.h"
#include "sink/redis_route.h"

#define NS_PER_S INT64_C(1000000000)

struct options {
    const char *url, *sensor, *spool;
    const char *list;
    uint64_t count, rate;
    uint32_t age_s; /* of alerts */
    bool is_strict, waits, has_records, tells;
};

static int64_t
now_of(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int64_t
wall_ms(void *user)
{
    (void)user;
    return now_of(CLOCK_REALTIME) / 1000000;
}

static void
sleep_ns(int64_t ns)
{
    const struct timespec t = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
    (void)nanosleep(&t, NULL);
}

static void
print_account(const struct cw_sink *sink)
{
    struct camwatch_sink_account a = {.size = sizeof(a)};
    struct cw_redis_stats s;
    sink->ops->account(sink->self, &a);
    cw_redis_get_stats(sink->self, &s);
    bool closes = a.given == a.delivered + a.refused + a.lost + a.pending;
    (void)printf("given %" PRIu64 " delivered %" PRIu64 " refused %" PRIu64 " lost %" PRIu64
                 " pending %" PRIu64 " closes %s\n",
                 a.given, a.delivered, a.refused, a.lost, a.pending, closes ? "yes" : "NO");
    (void)printf("batches %" PRIu64 " connects %" PRIu64 " cuts %" PRIu64 " proved %" PRIu64
                 " moved %" PRIu64 " rolled_back %" PRIu64 " gone %" PRIu64 " replayed %" PRIu64
                 " lost_after_ack %" PRIu64 " foreign %" PRIu64 " damaged %" PRIu64
                 " spool_full %" PRIu64 " recovered %" PRIu64 "\n",
                 s.batches, s.connects, s.cuts, s.proved, s.moved, s.rolled_back, s.gone,
                 s.replayed, s.lost_after_ack, s.foreign, s.damaged, s.refused_full,
                 s.recovered);
    for (unsigned i = 0; i < CW_N_REDIS_ERRORS; i++) {
        if (s.errors[i] > 0) {
            (void)printf("replies %s: %" PRIu64 "\n", cw_redis_error_name(i), s.errors[i]);
        }
    }
    if (a.last_error[0]) {
        (void)printf("last error: %s\n", a.last_error);
    }
}

static void
emit_all(const struct options *o, const struct cw_sink *sink, struct camwatch_event *event,
         struct cw_event_context *context)
{
    struct cw_record_flow flow = sample_flow();
    struct cw_record_alert alert = sample_alert();
    uint64_t first = context->sequence[CAMWATCH_STREAM_FLOWS];
    int64_t start = now_of(CLOCK_MONOTONIC);
    for (uint64_t n = first; n < o->count; n++) {
        cw_event_from_flow(event, &flow, context);
        cw_event_finish(event, context);
        sink->ops->emit(sink->self, event);
        if ((n + 1) % 1000 == 0) {
            cw_event_from_alert(event, &alert, context);
            cw_event_finish(event, context);
            sink->ops->emit(sink->self, event);
            if (o->tells) {
                (void)fprintf(stderr, "alert behind %" PRIu64 "\n", n + 1);
            }
        }
        if (o->rate > 0 && (n + 1) % 64 == 0) {
            int64_t due = start + (int64_t)((n + 1 - first) * NS_PER_S / o->rate);
            int64_t early = due - now_of(CLOCK_MONOTONIC);
            (void)sink->ops->flush(sink->self);
            if (early > 0) {
                sleep_ns(early);
            }
        }
    }
    double s = (double)(now_of(CLOCK_MONOTONIC) - start) / (double)NS_PER_S;
    (void)printf("emitted %" PRIu64 " in %.3f s: %.0f/s\n", o->count - first, s,
                 s > 0 ? (double)(o->count - first) / s : 0);
}

/* As long as something arrives within two minutes. */
static int
wait_for_delivery(const struct cw_sink *sink)
{
    struct camwatch_sink_account a = {.size = sizeof(a)};
    int64_t moved = now_of(CLOCK_MONOTONIC);
    uint64_t pending = UINT64_MAX;
    int status;
    while ((status = sink->ops->flush(sink->self)) != CAMWATCH_OK &&
           now_of(CLOCK_MONOTONIC) - moved < 120 * NS_PER_S) {
        sink->ops->account(sink->self, &a);
        moved = a.pending < pending ? now_of(CLOCK_MONOTONIC) : moved;
        pending = a.pending;
        sleep_ns(NS_PER_S / 1000);
    }
    return status;
}

static int
send_events(const struct options *o)
{
    struct camwatch_redis_settings settings;
    struct camwatch_error error = {""};
    struct cw_sink sink;
    struct cw_redis_stats stats;
    struct cw_event_context context = sample_context(false);
    struct camwatch_event *event = cw_event_new();
    camwatch_redis_settings_default(&settings);
    settings.url = o->url;
    settings.sensor = o->sensor;
    settings.boot_id = "soak";
    settings.spool_folder = o->spool;
    settings.fsync = o->is_strict ? CAMWATCH_FSYNC_STRICT : CAMWATCH_FSYNC_NONE;
    settings.clock_ms = wall_ms;
    settings.lease_ms = 3000;
    settings.wait = o->waits;
    settings.maxlen[CAMWATCH_STREAM_FLOWS] = 100000000;
    settings.max_age_s[CAMWATCH_STREAM_ALERTS] = o->age_s;
    settings.list = o->list;
    settings.spool_bytes = o->spool ? UINT64_C(8) << 30 : 0;
    int status = event ? cw_redis_open(&settings, &sink, &error) : CAMWATCH_ENOMEM;
    if (status != CAMWATCH_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        return 2;
    }
    int64_t start = now_of(CLOCK_MONOTONIC);
    cw_redis_get_stats(sink.self, &stats);
    memcpy(context.sequence, stats.appended, sizeof(context.sequence));
    emit_all(o, &sink, event, &context);
    status = wait_for_delivery(&sink);
    double s = (double)(now_of(CLOCK_MONOTONIC) - start) / (double)NS_PER_S;
    (void)printf("%s after %.3f s: %.0f/s\n",
                 status == CAMWATCH_OK ? "all delivered" : "given up", s, (double)o->count / s);
    print_account(&sink);
    sink.ops->close(sink.self);
    cw_event_free(event);
    return status == CAMWATCH_OK ? 0 : 1;
}

/* ---- check ---- */

struct check {
    uint64_t next, twice, missing, wrong;
    bool has_records;
    char last[64]; /* ID of the last entry read */
};

static void
check_entry(struct check *check, const redisReply *entry)
{
    const redisReply *fields = entry->element[1];
    uint64_t record = 0;
    (void)snprintf(check->last, sizeof(check->last), "%s", entry->element[0]->str);
    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        const char *id = fields->element[i + 1]->str;
        if (strcmp(fields->element[i]->str, "source.bytes") == 0) {
            record = strtoull(id, NULL, 10);
        }
        if (strcmp(fields->element[i]->str, "event.id") != 0 || !strchr(id, 'F')) {
            continue;
        }
        uint64_t number = strtoull(strchr(id, 'F') + 1, NULL, 10);
        if (number < check->next) {
            check->twice++;
        } else {
            check->missing += number - check->next;
            check->next = number + 1;
        }
    }
    check->wrong += check->has_records && record + 1 != check->next;
}

static struct redisContext *
connect_for_check(const struct options *o)
{
    struct camwatch_redis_settings settings;
    static struct cw_redis_route route;
    struct camwatch_error error = {""};
    struct redisContext *link = NULL;
    camwatch_redis_settings_default(&settings);
    settings.url = o->url;
    settings.timeout_ms = 120000; /* of a machine that is busy otherwise */
    if (cw_redis_route_init(&settings, &route, &error) != CAMWATCH_OK ||
        cw_redis_route_connect(&route, &link, NULL, &error) != CAMWATCH_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
    }
    return link;
}

static int
check_stream(const struct options *o)
{
    struct check check = {.next = 1, .last = "-", .has_records = o->has_records};
    struct redisContext *link = connect_for_check(o);
    size_t n = 1;
    while (link && n > 0) {
        redisReply *reply =
            redisCommand(link, "XRANGE camwatch:{%s}:flows %s%s + COUNT 1000", o->sensor,
                         check.last[0] == '-' ? "" : "(", check.last);
        if (!reply || reply->type != REDIS_REPLY_ARRAY) {
            (void)fprintf(stderr, "XRANGE: %s\n", reply ? reply->str : link->errstr);
            return 2;
        }
        n = reply->elements;
        for (size_t i = 0; i < n; i++) {
            check_entry(&check, reply->element[i]);
        }
        freeReplyObject(reply);
    }
    if (!link) {
        return 2;
    }
    redisFree(link);
    check.missing += o->count + 1 > check.next ? o->count + 1 - check.next : 0;
    (void)printf("flows: %" PRIu64 " expected, %" PRIu64 " missing, %" PRIu64
                 " out of order or twice, %" PRIu64 " of another record\n",
                 o->count, check.missing, check.twice, check.wrong);
    return check.missing + check.twice + check.wrong > 0 ? 1 : 0;
}

int
main(int argc, char **argv)
{
    if (argc < 5) {
        return fprintf(stderr, "usage: deliver send|check URL SENSOR COUNT [OPTION...]\n"), 2;
    }
    struct options o = {
        .url = argv[2], .sensor = argv[3], .count = strtoull(argv[4], NULL, 10)};
    for (int i = 5; i < argc; i++) {
        o.rate = strncmp(argv[i], "rate=", 5) == 0 ? strtoull(argv[i] + 5, NULL, 10) : o.rate;
        o.spool = strncmp(argv[i], "spool=", 6) == 0 ? argv[i] + 6 : o.spool;
        o.list = strncmp(argv[i], "list=", 5) == 0 ? argv[i] + 5 : o.list;
        o.age_s = strncmp(argv[i], "age=", 4) == 0 ? (uint32_t)atoi(argv[i] + 4) : o.age_s;
        o.is_strict = o.is_strict || strcmp(argv[i], "strict") == 0;
        o.has_records = o.has_records || strcmp(argv[i], "records") == 0;
        o.waits = o.waits || strcmp(argv[i], "wait") == 0;
        o.tells = o.tells || strcmp(argv[i], "tell") == 0;
    }
    return strcmp(argv[1], "check") == 0 ? check_stream(&o) : send_events(&o);
}
