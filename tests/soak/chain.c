/* SPDX-License-Identifier: Apache-2.0
 *
 * Both sides of the ring as processes that may be killed: one writes numbered records into a ring in a
 * file, the other is a publisher with its Redis sink.
 *
 *   chain monitor RING COUNT [RATE]
 *       Push the flows that the ring never had, up to COUNT in all, and a new camera before each 1000;
 *       the ring's own head tells how many it had. Waits where the ring is full.
 *   chain read RING
 *       Print how many flows publishers have given back.
 *   chain publisher RING COUNT URL SENSOR FOLDER [strict]
 *       Publish them, spool and state in FOLDER, and end when all COUNT are delivered.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "camwatch/ring.h"
#include "event/ring.h"
#include "samples.h"

#define RING_BYTES (4u << 20)
#define NS_PER_S   INT64_C(1000000000)

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

static struct camwatch_ring *
open_ring(const char *path)
{
    struct camwatch_ring *ring = NULL;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    bool is_new = fd >= 0 && lseek(fd, 0, SEEK_END) == 0;
    if (fd < 0 || ftruncate(fd, RING_BYTES) != 0) {
        return NULL;
    }
    void *block = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
    if (block == MAP_FAILED) {
        return NULL;
    }
    int status = is_new ? camwatch_ring_format(block, RING_BYTES, &ring)
                        : camwatch_ring_attach(block, RING_BYTES, &ring);
    return status == CAMWATCH_OK ? ring : NULL;
}

/* ---- the packet side ---- */

#define GROUP 1000 /* flows behind the record of a camera that was not seen before */

static uint64_t
flow_bytes(void)
{
    return cw_record_size(CW_RECORD_FLOW, 2);
}

static uint64_t
camera_bytes(void)
{
    return cw_record_size(CW_RECORD_DEVICE, 1);
}

/* Where the ring stands before the record of flow n (from 0). */
static uint64_t
position_of(uint64_t n)
{
    return (n / GROUP + (n % GROUP > 0)) * camera_bytes() + n * flow_bytes();
}

/* The flow that is due where the ring stands; *is_camera: the group's camera before it. */
static uint64_t
number_at(uint64_t position, bool *is_camera)
{
    uint64_t group = camera_bytes() + GROUP * flow_bytes();
    uint64_t rest = position % group;
    *is_camera = rest == 0;
    return position / group * GROUP + (rest > 0 ? (rest - camera_bytes()) / flow_bytes() : 0);
}

static void
put_number(uint8_t last[3], uint64_t number)
{
    for (unsigned i = 0; i < 3; i++) {
        last[i] = (uint8_t)(number >> 8 * (2 - i));
    }
}

static void
make_flow(struct cw_record_flow *flow, uint64_t number)
{
    flow->head.time_ns = flow->last_ns = now_of(CLOCK_REALTIME);
    flow->first_ns = flow->last_ns - NS_PER_S;
    flow->flow_id = number + 1;
    flow->bytes[0] = number + 1;
    flow->src.b[12] = 10;
    put_number(flow->src.b + 13, number / GROUP);
    put_number(flow->src_mac.b + 3, number / GROUP);
    flow->local_mac = flow->src_mac;
}

static void
make_camera(struct cw_record_device *camera, uint64_t number)
{
    *camera = sample_camera(now_of(CLOCK_REALTIME));
    put_number(camera->addr.b + 13, number / GROUP);
    put_number(camera->mac.b + 3, number / GROUP);
}

static void
push(struct camwatch_ring *ring, const struct cw_record *record)
{
    while (!cw_ring_push(ring, record)) {
        sleep_ns(NS_PER_S / 1000);
    }
}

static int
run_monitor(struct camwatch_ring *ring, uint64_t count, uint64_t rate)
{
    struct cw_record_flow flow = sample_flow();
    struct cw_record_device camera;
    bool is_camera;
    uint64_t first = number_at(ring->written, &is_camera);
    int64_t start = now_of(CLOCK_MONOTONIC);
    flow.head.size = (uint32_t)flow_bytes();
    for (uint64_t n = first; n < count; n++) {
        if (number_at(ring->written, &is_camera) == n && is_camera) {
            make_camera(&camera, n);
            push(ring, &camera.head);
        }
        make_flow(&flow, n);
        push(ring, &flow.head);
        int64_t due = rate > 0 ? start + (int64_t)((n - first) * NS_PER_S / rate) : 0;
        int64_t early = due - now_of(CLOCK_MONOTONIC);
        if (early > 0) {
            sleep_ns(early);
        }
    }
    return 0;
}

/* ---- the event side ---- */

static void
on_log(void *user, int level, const char *text)
{
    (void)user;
    (void)level;
    (void)fprintf(stderr, "%s\n", text);
}

static struct camwatch_publisher *
open_publisher(struct camwatch_ring *const *ring, char **args, bool is_strict)
{
    struct camwatch_publisher_settings settings;
    struct camwatch_redis_settings redis;
    struct camwatch_publisher *publisher = NULL;
    static struct camwatch_rules *rules; /* and the publisher: until the end */
    struct camwatch_error error = {""};
    char rules_folder[512];
    static char state[512];
    const char *source = getenv("CAMWATCH_SOURCE");
    (void)snprintf(rules_folder, sizeof(rules_folder), "%s/tests/fuzz/rules",
                   source ? source : ".");
    (void)snprintf(state, sizeof(state), "%s/state", args[2]);
    camwatch_publisher_settings_default(&settings);
    camwatch_redis_settings_default(&redis);
    int status = camwatch_rules_load(rules_folder, NULL, NULL, &rules);
    settings.rules = rules;
    settings.sensor = args[1];
    settings.state_file = state;
    settings.rings = ring;
    settings.n_rings = 1;
    settings.log = on_log;
    redis.url = args[0];
    redis.spool_folder = args[2];
    redis.spool_bytes = UINT64_C(8) << 30;
    redis.fsync = is_strict ? CAMWATCH_FSYNC_STRICT : CAMWATCH_FSYNC_NONE;
    redis.clock_ms = wall_ms;
    redis.maxlen[CAMWATCH_STREAM_FLOWS] = 100000000;
    if (status == CAMWATCH_OK) {
        status = camwatch_publisher_open(&settings, &publisher, &error);
    }
    if (status == CAMWATCH_OK) {
        status = camwatch_publisher_add_redis(publisher, &redis, &error);
    }
    if (status != CAMWATCH_OK) {
        (void)fprintf(stderr, "%s: %s\n", rules_folder, error.text);
        camwatch_publisher_close(&publisher);
        return NULL;
    }
    return publisher;
}

static struct camwatch_sink_account
get_account(const struct camwatch_publisher *publisher)
{
    struct camwatch_publisher_account account;
    camwatch_publisher_get_account(publisher, &account);
    return account.sinks[0].account;
}

static int
run_publisher(struct camwatch_ring *ring, uint64_t count, char **args, bool is_strict)
{
    struct camwatch_publisher *publisher = open_publisher(&ring, args, is_strict);
    uint64_t end = position_of(count);
    int64_t ticked_ns = 0;
    if (!publisher) {
        return 2;
    }
    do {
        if (camwatch_publisher_run(publisher) == 0) {
            sleep_ns(NS_PER_S / 100);
        }
        int64_t now = now_of(CLOCK_MONOTONIC);
        if (now - ticked_ns >= NS_PER_S / 10) {
            ticked_ns = now;
            camwatch_publisher_tick(publisher, now_of(CLOCK_REALTIME));
        }
    } while (cw_ring_position(ring) < end || cw_ring_held(ring) > 0 ||
             get_account(publisher).pending > 0);
    (void)camwatch_publisher_finish(publisher);
    struct camwatch_sink_account a = get_account(publisher);
    (void)printf("the last publisher: given %" PRIu64 " delivered %" PRIu64 " refused %" PRIu64
                 " lost %" PRIu64 " lost_after_ack %" PRIu64 " pending %" PRIu64 " closes %s\n",
                 a.given, a.delivered, a.refused, a.lost, a.lost_after_ack, a.pending,
                 a.given == a.delivered + a.refused + a.lost + a.pending ? "yes" : "NO");
    camwatch_publisher_close(&publisher);
    return a.lost == 0 && a.refused == 0 ? 0 : 3;
}

int
main(int argc, char **argv)
{
    bool is_read = argc == 3 && strcmp(argv[1], "read") == 0;
    bool is_monitor = argc >= 4 && strcmp(argv[1], "monitor") == 0;
    bool is_publisher = argc >= 7 && strcmp(argv[1], "publisher") == 0;
    if (!is_read && !is_monitor && !is_publisher) {
        return fprintf(stderr, "usage: chain read RING | monitor RING COUNT [RATE] | publisher "
                               "RING COUNT URL "
                               "SENSOR FOLDER [strict]\n"),
               2;
    }
    struct camwatch_ring *ring = open_ring(argv[2]);
    if (!ring) {
        return fprintf(stderr, "%s: no ring\n", argv[2]), 2;
    }
    bool is_camera, is_strict = argc > 7 && strcmp(argv[7], "strict") == 0;
    uint64_t count = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
    int status;
    if (is_read) {
        status = printf("%" PRIu64 "\n", number_at(cw_ring_position(ring), &is_camera)) < 0;
    } else if (is_monitor) {
        status = run_monitor(ring, count, argc > 4 ? strtoull(argv[4], NULL, 10) : 0);
    } else {
        status = run_publisher(ring, count, argv + 4, is_strict);
    }
    camwatch_ring_close(&ring);
    return status;
}
