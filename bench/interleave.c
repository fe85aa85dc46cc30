/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "interleave.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "readdress.h"

#define SPAN_US  120000000 /* longest capture after squeezing */
#define START_US 300000000 /* copies begin within so much time */
#define WIRE_MAX 262144    /* longer frames are a mistake of the capture */

struct packet {
    uint64_t time_us; /* since the start of its capture */
    size_t offset;    /* into the store */
    uint32_t captured;
    uint32_t wire_len;
};

struct capture {
    size_t first; /* of its packets */
    size_t n;
};

struct store { /* all packets of all captures */
    uint8_t *bytes;
    size_t len, room;
    struct packet *packets;
    size_t n, n_room;
    struct capture *captures;
    size_t n_captures;
};

/* A copy of a capture that is being written: an entry of a heap by time. */
struct copy {
    uint64_t next_us;
    uint64_t start_us;
    const struct capture *capture;
    size_t at;
    uint32_t number;
};

static void *
need(void *memory)
{
    if (!memory) {
        (void)fputs("bench-generate: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static uint8_t *
make_room(struct store *s, size_t len)
{
    if (s->len + len > s->room) {
        s->room = (s->room + len) * 2;
        s->bytes = need(realloc(s->bytes, s->room));
    }
    if (s->n == s->n_room) {
        s->n_room = s->n_room * 2 + 1024;
        s->packets = need(realloc(s->packets, s->n_room * sizeof(*s->packets)));
    }
    return s->bytes + s->len;
}

/* Raw IP gets an Ethernet header. */
static size_t
put_link(uint8_t *at, int link_type, const u_char *bytes)
{
    if (link_type == DLT_EN10MB) {
        return 0;
    }
    static const uint8_t macs[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
    memcpy(at, macs, sizeof(macs));
    put16(at + 12, bytes[0] >> 4 == 6 ? 0x86dd : 0x0800);
    return 14;
}

static void
store_packet(struct store *s, int link_type, const struct pcap_pkthdr *header,
             const u_char *bytes, uint64_t time_us)
{
    uint8_t *at = make_room(s, header->caplen + 14);
    size_t link = put_link(at, link_type, bytes);
    memcpy(at + link, bytes, header->caplen);
    s->packets[s->n++] = (struct packet){
        .time_us = time_us,
        .offset = s->len,
        .captured = (uint32_t)(header->caplen + link),
        .wire_len = (uint32_t)((header->len > WIRE_MAX ? header->caplen : header->len) + link),
    };
    s->len += header->caplen + link;
}

static void
squeeze(struct packet *packets, size_t n)
{
    uint64_t longest = 0;
    for (size_t i = 0; i < n; i++) {
        longest = packets[i].time_us > longest ? packets[i].time_us : longest;
    }
    for (size_t i = 0; longest > SPAN_US && i < n; i++) {
        packets[i].time_us = (uint64_t)((double)packets[i].time_us / (double)longest * SPAN_US);
    }
}

static void
load(struct store *s, const char *path)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *handle = pcap_open_offline(path, error);
    int link_type = handle ? pcap_datalink(handle) : -1;
    if (link_type != DLT_EN10MB && link_type != DLT_RAW) {
        (void)fprintf(stderr, "bench-generate: %s left out: %s\n", path,
                      handle ? pcap_datalink_val_to_name(link_type) : error);
        if (handle) {
            pcap_close(handle);
        }
        return;
    }
    struct capture *c = &s->captures[s->n_captures];
    *c = (struct capture){.first = s->n};
    struct pcap_pkthdr *header;
    const u_char *bytes;
    uint64_t first = 0;
    while (pcap_next_ex(handle, &header, &bytes) == 1) {
        uint64_t now = (uint64_t)header->ts.tv_sec * 1000000 + (uint64_t)header->ts.tv_usec;
        first = c->n == 0 ? now : first;
        if (header->caplen > 0) {
            store_packet(s, link_type, header, bytes, now > first ? now - first : 0);
            c->n++;
        }
    }
    pcap_close(handle);
    squeeze(s->packets + c->first, c->n);
    s->n_captures += c->n > 0;
}

static bool
is_before(const struct copy *a, const struct copy *b)
{
    return a->next_us < b->next_us || (a->next_us == b->next_us && a->number < b->number);
}

static void
sift_down(struct copy *heap, size_t n, size_t at)
{
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= n) {
            return;
        }
        child += child + 1 < n && is_before(&heap[child + 1], &heap[child]);
        if (!is_before(&heap[child], &heap[at])) {
            return;
        }
        struct copy moved = heap[at];
        heap[at] = heap[child];
        heap[child] = moved;
        at = child;
    }
}

static struct copy *
make_copies(const struct store *s, size_t n)
{
    struct copy *heap = need(calloc(n, sizeof(*heap)));
    uint64_t random = 1;
    for (size_t i = 0; i < n; i++) {
        const struct capture *capture = &s->captures[i % s->n_captures];
        uint64_t start = next_random(&random) % START_US;
        heap[i] = (struct copy){
            .start_us = start,
            .next_us = start + s->packets[capture->first].time_us,
            .capture = capture,
            .number = (uint32_t)i,
        };
    }
    for (size_t i = n / 2; i-- > 0;) {
        sift_down(heap, n, i);
    }
    return heap;
}

static void
write_packet(struct capture_out *out, const struct store *s, const struct copy *copy)
{
    static uint8_t frame[1 << 18];
    const struct packet *p = &s->packets[copy->capture->first + copy->at];
    size_t len = p->captured < sizeof(frame) ? p->captured : sizeof(frame);
    memcpy(frame, s->bytes + p->offset, len);
    readdress(frame, len, copy->number);
    capture_out_write(out, copy->next_us, frame, len, p->wire_len);
}

/* Times within a capture may step back; the output's do not. */
static bool
step(const struct store *s, struct copy *copy)
{
    if (++copy->at >= copy->capture->n) {
        return false;
    }
    uint64_t next = copy->start_us + s->packets[copy->capture->first + copy->at].time_us;
    copy->next_us = next > copy->next_us ? next : copy->next_us;
    return true;
}

void
interleave(struct capture_out *out, char *const *paths, int n, uint64_t packets)
{
    struct store s = {.captures = need(calloc((size_t)n + 1, sizeof(*s.captures)))};
    for (int i = 0; i < n; i++) {
        load(&s, paths[i]);
    }
    if (s.n == 0) {
        (void)fputs("bench-generate: no capture that could be read\n", stderr);
        exit(1);
    }
    size_t times = (size_t)((packets + s.n / 2) / s.n);
    size_t n_copies = s.n_captures * (times ? times : 1);
    struct copy *heap = make_copies(&s, n_copies);
    while (n_copies > 0) {
        write_packet(out, &s, &heap[0]);
        if (!step(&s, &heap[0])) {
            heap[0] = heap[--n_copies];
        }
        sift_down(heap, n_copies, 0);
    }
    free(heap);
    free(s.captures);
    free(s.packets);
    free(s.bytes);
}
