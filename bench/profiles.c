/* SPDX-License-Identifier: Apache-2.0 */
#include "profiles.h"

#include <stdio.h>
#include <string.h>

#include "talk.h"

enum {
    LOCAL = 10 << 24,
    CLOUD = 47 << 24 | 88 << 16, /* global, so that its country is looked up */
    ELEPHANTS = 24,
    CAMERAS = 1000,
    RESOLVER = LOCAL | 1,
    SITES = 8, /* of cameras: a /16 each */
    STEP_US = 20,
};

/* Hosts of vendors' clouds as rules know them (domains.tsv), and of nobody in particular. */
static const char *const clouds[] = {
    "www.easy4ipcloud.com", "dev.ezvizlife.com", "p2psy3.io.mi.com", "api.us.xiaoyi.com",
    "p2p.reolink.com",      "a1.tuyaus.com",     "time.windows.com", "www.example.com",
};

enum { N_CLOUDS = sizeof(clouds) / sizeof(clouds[0]) };

static void
bulk(struct talk *t)
{
    static const uint8_t data[1448] = {0};
    talk_tcp(t, false, data, sizeof(data));
    if (++t->count % 2 == 0) {
        talk_tcp_ack(t, true);
    }
}

static void
elephant_opens(struct talk *t, struct talk *media, unsigned kind)
{
    if (kind == 2) {
        talk_pppp_alive(t);
        return;
    }
    talk_tcp_open(t);
    if (kind < 2) {
        talk_rtsp(t, kind == 1);
    }
    *media =
        kind == 0 ? talk_new(t->out, t->clock_us, t->ends.dst, t->ends.src, 6970, 50000) : *t;
}

static void
elephant_moves(struct talk *t, unsigned kind)
{
    switch (kind) {
    case 0:
        talk_rtp(t, true);
        break;
    case 1:
        talk_rtp_interleaved(t);
        break;
    case 2:
        talk_pppp_data(t);
        break;
    default:
        bulk(t);
    }
}

void
profile_elephants(struct capture_out *out, uint64_t packets)
{
    static const uint16_t ports[4] = {554, 554, 32100, 443};
    struct talk talks[ELEPHANTS];
    uint64_t clock_us = 0;
    for (unsigned i = 0; i < ELEPHANTS; i++) {
        uint32_t far = i % 4 == 2 ? (uint32_t)CLOUD + i : (uint32_t)LOCAL + 512 + i;
        talks[i] =
            talk_new(out, &clock_us, LOCAL + 256 + i, far, (uint16_t)(40000 + i), ports[i % 4]);
        struct talk media = talks[i];
        elephant_opens(&talks[i], &media, i % 4);
        talks[i] = media;
    }
    for (uint64_t i = 0; i < packets; i++, clock_us += STEP_US) {
        elephant_moves(&talks[i % ELEPHANTS], (unsigned)(i % 4));
    }
}

void
profile_flood(struct capture_out *out, uint64_t packets)
{
    static const uint8_t noise[32] = {0x6e, 0x6f};
    uint64_t random = 2, clock_us = 0;
    for (uint64_t i = 0; i < packets; i++) {
        uint64_t r = next_random(&random);
        struct talk t = talk_new(
            out, &clock_us, (uint32_t)(16 + r % 180) << 24 | (uint32_t)(r >> 40),
            LOCAL | (uint32_t)(r >> 8 & 0xfff), (uint16_t)(i >> 8 | 1024), (uint16_t)(r >> 20));
        if (i % 8 < 5) {
            struct frame frame;
            frame_tcp(&frame, &t.ends, TCP_SYN, (uint32_t)r, 0, NULL, 0);
            capture_out_write(out, clock_us++, frame.bytes, frame.len, frame.len);
        } else {
            talk_udp(&t, true, noise, sizeof(noise));
        }
    }
}

/* A camera's day in 40 packets or so, each time from new ports. */
static void
camera_lives(struct capture_out *out, uint64_t *clock_us, uint32_t n, uint16_t day)
{
    const char *cloud = clouds[n % N_CLOUDS];
    uint32_t site = (uint32_t)LOCAL + (n % SITES << 16);
    uint32_t self = site + 4096 + n, server = (uint32_t)CLOUD + n % N_CLOUDS * 7;
    uint16_t port = (uint16_t)(20000 + day * 8);
    struct talk dns = talk_new(out, clock_us, self, site | 1, port, 53);
    talk_dns(&dns, cloud, n & 0xffff, server);
    struct talk tls = talk_new(out, clock_us, self, server, port, 443);
    talk_tcp_open(&tls);
    talk_tls(&tls, cloud);
    talk_tcp_close(&tls);
    struct talk p2p = talk_new(out, clock_us, self, (uint32_t)CLOUD + 4096 + n, 32100, 32100);
    talk_pppp_alive(&p2p);
    struct talk relay = talk_new(out, clock_us, (uint32_t)CLOUD + 8192 + n, self, 32100, 12345);
    for (unsigned i = 0; i < 12; i++) {
        talk_pppp_data(&relay);
    }
    struct talk viewer =
        talk_new(out, clock_us, site + 8192 + n % 50, self, port, 554);
    talk_tcp_open(&viewer);
    talk_rtsp(&viewer, true);
    for (unsigned i = 0; i < 8; i++) {
        talk_rtp_interleaved(&viewer);
    }
}

void
profile_cameras(struct capture_out *out, uint64_t packets)
{
    enum { PACKETS_A_DAY = 51 };

    uint64_t clock_us = 0, lives = packets / PACKETS_A_DAY + 1;
    for (uint64_t i = 0; i < lives; i++, clock_us += STEP_US * PACKETS_A_DAY) {
        camera_lives(out, &clock_us, (uint32_t)(i % CAMERAS), (uint16_t)(i / CAMERAS));
    }
}

void
profile_dns(struct capture_out *out, uint64_t packets)
{
    uint64_t random = 3, clock_us = 0;
    for (uint64_t i = 0; i < packets; i += 2, clock_us += STEP_US) {
        uint64_t r = next_random(&random);
        char name[64];
        if (r % 16 == 0) {
            (void)snprintf(name, sizeof(name), "%s", clouds[r / 16 % N_CLOUDS]);
        } else {
            (void)snprintf(name, sizeof(name), "h%x.d%x.example.net",
                           (unsigned)(r >> 8 & 0xffff), (unsigned)(r >> 32 & 0xfff));
        }
        struct talk t =
            talk_new(out, &clock_us, (uint32_t)LOCAL + 4096 + (uint32_t)(r >> 16 & 0x7ff),
                     RESOLVER, (uint16_t)(1024 + (r >> 40) % 64000), 53);
        talk_dns(&t, name, (unsigned)(r >> 24 & 0xffff),
                 (uint32_t)CLOUD + (uint32_t)(r >> 44 & 0xffff));
    }
}
