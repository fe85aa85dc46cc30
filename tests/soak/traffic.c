/* SPDX-License-Identifier: Apache-2.0
 *
 * Traffic of the long runs, out of an interface or as a pcap stream ("-"), with what was sent on standard
 * error as "name value" lines.
 *
 *   traffic frames TARGET RATE N                 N frames of a thousand conversations, some of them faulty
 *   traffic flood TARGET RATE FLOWS CAMERAS      FLOWS packets of random 5-tuples, beside the long flows of
 *                                                CAMERAS cameras to their cloud
 *   traffic visits TARGET RATE SECONDS NAME [N]  short TLS conversations of 50 devices with NAME, to their end:
 *                                                as many as RATE makes of SECONDS, the first is
 *                                                the Nth of all
 * RATE is frames a second, 0 as fast as it goes; a stream's packets are stamped by it.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talk.h"
#include "wire_out.h"

#define CAMERA_NAME  "litedev.ezvizlife.com" /* rules/vendors/ezviz.yaml: devices only */
#define CAMERA_CLOUD 0xc6336400u             /* 198.51.100.0, RFC 5737 */
#define CAMERAS      0x0a320000u             /* 10.50.0.0 */

enum { ROUNDS = 200, STAMP_RATE = 100000, MAX_CAMERAS = 250, TALKS = 1000, DEVICES = 50 };

struct traffic {
    struct capture_out *out;
    uint64_t rate, clock_us, random;
};

/* What is sent next is stamped by the rate. */
static void
stamp(struct traffic *t)
{
    t->clock_us = wire_out_count(t->out) * 1000000 / (t->rate ? t->rate : STAMP_RATE);
}

static void
tell(const char *name, uint64_t value)
{
    (void)fprintf(stderr, "%s %" PRIu64 "\n", name, value);
}

static void
close_traffic(struct traffic *t)
{
    tell("frames", capture_out_close(t->out));
}

/* ---- frames ---- */

/* A header length that cannot be: dropped with a reason. */
static void
send_faulty(struct traffic *t)
{
    struct frame frame;
    struct ends ends = {.src = 0x0a000001, .dst = 0x0a000002, .src_port = 1, .dst_port = 2};
    frame_udp(&frame, &ends, "", 0);
    frame.bytes[14] = 0x41;
    capture_out_write(t->out, t->clock_us, frame.bytes, frame.len, frame.len);
}

static void
send_frames(struct traffic *t, uint64_t n)
{
    static struct talk talks[TALKS];
    static const uint8_t payload[1200] = {0xa5};
    uint64_t faulty = 0;
    for (uint32_t i = 0; i < TALKS; i++) {
        talks[i] = talk_new(t->out, &t->clock_us, 0x0a010000u + i, 0xc6336401u + i % 200,
                            (uint16_t)(20000 + i), 9999);
    }
    while (wire_out_count(t->out) < n) {
        uint64_t random = next_random(&t->random);
        stamp(t);
        if (random % 1000 == 0) {
            faulty++;
            send_faulty(t);
        } else {
            talk_udp(&talks[random % TALKS], random >> 32 & 1, payload,
                     20 + (random >> 40) % 1000);
        }
    }
    tell("faulty", faulty);
}

/* ---- flood ---- */

static void
send_random(struct traffic *t, uint64_t number)
{
    struct frame frame;
    uint64_t a = next_random(&t->random), b = next_random(&t->random);
    struct ends ends = {.src_mac = {2, 0, 0, 0, 9, 9},
                        .dst_mac = {2, 0, 0, 0, 0, 1},
                        .src = (uint32_t)a,
                        .dst = (uint32_t)(a >> 32),
                        .src_port = (uint16_t)b,
                        .dst_port = (uint16_t)(b >> 16)};
    if (number % 4 == 0) { /* some claim to be one of us */
        ends.src = 0x0a000000u | (ends.src & 0xffffff);
    }
    if (number % 2 == 0) {
        frame_tcp(&frame, &ends, TCP_SYN, (uint32_t)(b >> 32), 0, NULL, 0);
    } else {
        frame_udp(&frame, &ends, &b, sizeof(b));
    }
    capture_out_write(t->out, t->clock_us, frame.bytes, frame.len, frame.len);
}

static void
open_cameras(struct traffic *t, struct talk *cameras, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        cameras[i] = talk_new(t->out, &t->clock_us, CAMERAS + 1 + i, CAMERA_CLOUD + 1 + i,
                              (uint16_t)(40000 + i), 443);
        stamp(t);
        talk_tcp_open(&cameras[i]);
        talk_tls(&cameras[i], CAMERA_NAME);
    }
}

static void
run_round(struct traffic *t, struct talk *cameras, uint32_t n)
{
    static const uint8_t payload[600] = {0x17, 3, 3, 0x02, 0x53};
    for (uint32_t i = 0; i < n; i++) {
        stamp(t);
        talk_tcp(&cameras[i], true, payload, sizeof(payload));
        talk_tcp(&cameras[i], false, payload, 80);
    }
}

static void
send_flood(struct traffic *t, uint64_t flows, uint32_t n)
{
    static struct talk cameras[MAX_CAMERAS];
    uint64_t sent = 0;
    n = n > MAX_CAMERAS ? MAX_CAMERAS : n;
    open_cameras(t, cameras, n);
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        for (; sent < flows * round / ROUNDS; sent++) {
            stamp(t);
            send_random(t, sent);
        }
        run_round(t, cameras, n);
    }
    for (uint32_t i = 0; i < n; i++) {
        stamp(t);
        talk_tcp_close(&cameras[i]);
    }
    tell("flows", sent);
    tell("cameras", n);
    tell("rounds", ROUNDS);
}

/* ---- visits ---- */

/* By count, not by the clock: a slow machine takes longer and sends the same. */
static void
send_visits(struct traffic *t, uint64_t seconds, const char *name, uint32_t first)
{
    uint64_t end = seconds * (t->rate ? t->rate : STAMP_RATE);
    uint32_t n = first;
    for (; wire_out_count(t->out) < end; n++) {
        struct talk talk = talk_new(t->out, &t->clock_us, CAMERAS + 1 + n % DEVICES,
                                    CAMERA_CLOUD + 1, (uint16_t)(1024 + n / DEVICES), 443);
        stamp(t);
        talk_tcp_open(&talk);
        talk_tls(&talk, name);
        talk_tcp_close(&talk);
    }
    tell("visits", n - first);
}

int
main(int argc, char **argv)
{
    if (argc < 5) {
        (void)fputs("usage: traffic frames|flood|visits TARGET RATE ... (see traffic.c)\n",
                    stderr);
        return 2;
    }
    struct traffic t = {.out = capture_out_open(argv[2]),
                        .rate = strtoull(argv[3], NULL, 10),
                        .random = 20261121};
    wire_out_set_rate(t.out, t.rate);
    if (strcmp(argv[1], "frames") == 0) {
        send_frames(&t, strtoull(argv[4], NULL, 10));
    } else if (strcmp(argv[1], "flood") == 0 && argc == 6) {
        send_flood(&t, strtoull(argv[4], NULL, 10), (uint32_t)strtoul(argv[5], NULL, 10));
    } else if (strcmp(argv[1], "visits") == 0 && (argc == 6 || argc == 7)) {
        send_visits(&t, strtoull(argv[4], NULL, 10), argv[5],
                    argc == 7 ? (uint32_t)strtoul(argv[6], NULL, 10) : 0);
    }
    close_traffic(&t);
    return 0;
}
