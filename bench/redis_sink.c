/* SPDX-License-Identifier: Apache-2.0
 *
 * The Redis sink alone: one event of the stream flows with the real fields, emitted again and again.
 *
 *   bench-redis fields
 *       Print the words behind "XADD key MAXLEN ~ n *", a line each, for redis-benchmark.
 *   bench-redis send URL SENSOR COUNT
 *       Emit COUNT events and wait until all are delivered; print events a second.
 *   bench-redis multi SOCKET COUNT
 *       The same XADDs in MULTI as fast as the server takes them, of which nothing is kept or proved
 *       (redis_multi.h); print events a second.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "redis_multi.h"
#include "samples.h"
#include "sink/redis.h"
#include "sink/redis_batch.h"

static double
now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int64_t
wall_ms(void *user)
{
    struct timespec t;
    (void)user;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct camwatch_event *
make_event(void)
{
    struct cw_event_context context = sample_context(false);
    struct camwatch_device device = sample_device();
    struct cw_record_flow flow = sample_flow();
    struct camwatch_event *event = cw_event_new();
    if (event) {
        cw_event_from_flow(event, &flow, &context);
        cw_event_set_device(event, &device);
        cw_event_finish(event, &context);
    }
    return event;
}

static int
print_fields(const struct camwatch_event *event)
{
    unsigned stream = camwatch_event_get_stream(event);
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        if (camwatch_field_info(i)->streams & 1u << stream) {
            (void)printf("%s\n%s\n", camwatch_field_info(i)->name,
                         camwatch_event_text(event, i));
        }
    }
    return 0;
}

static int
send_events(const struct camwatch_event *event, const char *url, const char *sensor,
            uint64_t count)
{
    struct camwatch_redis_settings settings;
    struct camwatch_error error = {""};
    struct camwatch_sink_account account = {.size = sizeof(account)};
    struct cw_sink sink;
    camwatch_redis_settings_default(&settings);
    settings.url = url;
    settings.sensor = sensor;
    settings.boot_id = "bench";
    settings.clock_ms = wall_ms;
    settings.wait = true;
    if (cw_redis_open(&settings, &sink, &error) != CAMWATCH_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        return 2;
    }
    double begin = now();
    for (uint64_t i = 0; i < count; i++) {
        sink.ops->emit(sink.self, event);
    }
    int status = sink.ops->flush(sink.self);
    double seconds = now() - begin;
    sink.ops->account(sink.self, &account);
    sink.ops->close(sink.self);
    if (status != CAMWATCH_OK || account.delivered != count) {
        (void)fprintf(stderr, "delivered %" PRIu64 " of %" PRIu64 ": %s\n", account.delivered,
                      count, account.last_error);
        return 1;
    }
    (void)printf("%.0f\n", (double)count / seconds);
    return 0;
}

static int
measure_multi(const struct camwatch_event *event, const char *path, uint64_t count)
{
    uint64_t n_batches = count / CW_REDIS_BATCH_EVENTS;
    double begin = now();
    if (!bench_redis_multi(path, event, n_batches, CW_REDIS_BATCH_EVENTS)) {
        (void)fprintf(stderr, "%s: the server went away, or refused\n", path);
        return 1;
    }
    (void)printf("%.0f\n", (double)(n_batches * CW_REDIS_BATCH_EVENTS) / (now() - begin));
    return 0;
}

int
main(int argc, char **argv)
{
    struct camwatch_event *event = make_event();
    bool is_send = argc == 5 && strcmp(argv[1], "send") == 0;
    bool is_multi = argc == 4 && strcmp(argv[1], "multi") == 0;
    int status = 2;
    if (event && argc == 2 && strcmp(argv[1], "fields") == 0) {
        status = print_fields(event);
    } else if (event && is_send) {
        status = send_events(event, argv[2], argv[3], strtoull(argv[4], NULL, 10));
    } else if (event && is_multi) {
        status = measure_multi(event, argv[2], strtoull(argv[3], NULL, 10));
    } else {
        (void)fprintf(
            stderr, "usage: bench-redis fields | send URL SENSOR COUNT | multi SOCKET COUNT\n");
    }
    cw_event_free(event);
    return status;
}
