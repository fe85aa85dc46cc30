/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "wire_out.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 32, ETHERNET_ALL = 3, BUFFER = 1 << 20, START_S = 1700000000 };

#define SECOND 1000000000LL

struct capture_out {
    FILE *file; /* NULL: an interface */
    int fd;
    uint64_t rate, packets;
    int64_t begin_ns;
    unsigned n; /* frames that wait */
    uint8_t bytes[BATCH][FRAME_MAX];
    struct iovec parts[BATCH];
    struct mmsghdr messages[BATCH];
};

static void
die(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t
now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

static int
open_interface(const char *name)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_ifindex = (int)if_nametoindex(name)};
    int is_on = 1;
    int fd = socket(AF_PACKET, SOCK_RAW, 0); /* sends only: no protocol */
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        die(name);
    }
    (void)setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &is_on, sizeof(is_on));
    return fd;
}

struct capture_out *
capture_out_open(const char *path)
{
    struct capture_out *out = calloc(1, sizeof(*out));
    if (!out) {
        die("memory");
    }
    out->begin_ns = now();
    for (unsigned i = 0; i < BATCH; i++) {
        out->parts[i].iov_base = out->bytes[i];
        out->messages[i].msg_hdr = (struct msghdr){.msg_iov = &out->parts[i], .msg_iovlen = 1};
    }
    if (strcmp(path, "-") != 0) {
        out->fd = open_interface(path);
        return out;
    }
    const uint32_t header[6] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1 /* Ethernet */};
    out->file = stdout;
    (void)setvbuf(stdout, NULL, _IOFBF, BUFFER);
    if (fwrite(header, 1, sizeof(header), stdout) != sizeof(header)) {
        die("standard output");
    }
    return out;
}

void
wire_out_set_rate(struct capture_out *out, uint64_t rate)
{
    out->rate = rate;
}

uint64_t
wire_out_count(const struct capture_out *out)
{
    return out->packets;
}

/* Not before its time. */
static void
wait_for_turn(const struct capture_out *out)
{
    if (out->rate == 0) {
        return;
    }
    int64_t due = out->begin_ns + (int64_t)((double)out->packets * 1e9 / (double)out->rate);
    struct timespec at = {.tv_sec = due / SECOND, .tv_nsec = due % SECOND};
    (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

void
wire_out_flush(struct capture_out *out)
{
    unsigned sent = 0;
    if (out->file) {
        (void)fflush(out->file);
        return;
    }
    wait_for_turn(out);
    while (sent < out->n) {
        int n = sendmmsg(out->fd, out->messages + sent, out->n - sent, 0);
        if (n > 0) {
            sent += (unsigned)n;
        } else if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR) {
            die("sendmmsg");
        }
    }
    out->n = 0;
}

static void
write_packet(struct capture_out *out, uint64_t time_us, const uint8_t *bytes, size_t captured,
             size_t wire_len)
{
    const uint32_t header[4] = {
        (uint32_t)(START_S + time_us / 1000000),
        (uint32_t)(time_us % 1000000),
        (uint32_t)captured,
        (uint32_t)wire_len,
    };
    if (fwrite(header, 1, sizeof(header), out->file) != sizeof(header) ||
        fwrite(bytes, 1, captured, out->file) != captured) {
        die("standard output");
    }
}

void
capture_out_write(struct capture_out *out, uint64_t time_us, const uint8_t *bytes,
                  size_t captured, size_t wire_len)
{
    out->packets++;
    if (out->file) {
        write_packet(out, time_us, bytes, captured, wire_len);
        return;
    }
    memcpy(out->bytes[out->n], bytes, captured);
    out->parts[out->n].iov_len = captured;
    if (++out->n == BATCH) {
        wire_out_flush(out);
    }
}

uint64_t
capture_out_close(struct capture_out *out)
{
    uint64_t packets = out->packets;
    wire_out_flush(out);
    if (!out->file) {
        (void)close(out->fd);
    }
    free(out);
    return packets;
}
