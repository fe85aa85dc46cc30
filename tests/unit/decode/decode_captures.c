/* SPDX-License-Identifier: Apache-2.0
 *
 * decode_captures FILE...: decode every frame of capture files and say what came out. With -v
 * one line a frame, to be held against another decoder. Fails when frames and the sum of
 * packets and drops differ, when a file under encapsulation/ gave no packet (but for beacons
 * and the like), or when a span points out of its frame.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode/decode.h"

struct tally {
    uint64_t frames, parsed, drops[CAMWATCH_N_DROPS];
    uint64_t pairs;
};

static bool
is_inside(struct cw_bytes in, struct cw_bytes frame)
{
    return in.len == 0 || (in.ptr >= frame.ptr && in.ptr + in.len <= frame.ptr + frame.len);
}

static void
print_packet(const struct cw_frame *frame, const struct cw_packet *p, unsigned reason)
{
    char src[CW_ADDR_TEXT_MAX], dst[CW_ADDR_TEXT_MAX];
    printf("%" PRIu64 "\t%s\t%s\t%u\t%u\t%u\t%u\t%u\t%x\t%u\t%04x\t%s\n", frame->number,
           cw_addr_format(&p->src, src), cw_addr_format(&p->dst, dst), p->proto, p->src_port,
           p->dst_port, p->payload_wire, p->vlan, p->tunnels, p->segment, p->ethertype,
           camwatch_drop_text(reason));
}

static bool
run_frame(struct cw_decoder *decoder, const struct cw_frame *frame, struct tally *t,
          bool verbose)
{
    /* A copy of the exact size: AddressSanitizer sees one byte over. */
    uint8_t *copy = malloc(frame->bytes.len ? frame->bytes.len : 1);
    if (!copy) {
        return false;
    }
    if (frame->bytes.len) {
        memcpy(copy, frame->bytes.ptr, frame->bytes.len);
    }
    struct cw_frame own = *frame;
    own.bytes.ptr = copy;
    struct cw_packet p;
    unsigned reason = cw_decode(decoder, &own, &p);
    bool is_good = is_inside(p.payload, own.bytes) && is_inside(p.ip, own.bytes) &&
                   p.payload.len <= p.payload_wire + (reason ? SIZE_MAX / 2 : 0);
    struct cw_packet quoted;
    if (!reason && cw_decode_quoted(&p, &quoted)) {
        is_good = is_good && is_inside(quoted.ip, own.bytes);
    }
    t->frames++;
    t->parsed += reason == 0;
    t->drops[reason]++;
    if (verbose) {
        print_packet(&own, &p, reason);
    }
    free(copy);
    return is_good;
}

static void
print_tally(const char *path, const struct tally *t)
{
    printf("%s: %" PRIu64 " frames, %" PRIu64 " parsed", path, t->frames, t->parsed);
    for (unsigned r = 1; r < CAMWATCH_N_DROPS; r++) {
        if (t->drops[r]) {
            printf(", %" PRIu64 " %s", t->drops[r], camwatch_drop_text(r));
        }
    }
    printf("\n");
}

static bool
is_accounted(const struct tally *t)
{
    uint64_t sum = t->parsed;
    for (unsigned r = 1; r < CAMWATCH_N_DROPS; r++) {
        sum += t->drops[r];
    }
    return sum == t->frames;
}

static bool
run_file(const char *path, bool verbose)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *pcap =
        pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, error);
    if (!pcap) {
        printf("%s: not read: %s\n", path, error);
        return true; /* broken as a file: not this test's business */
    }
    struct cw_decoder_settings settings = {.hash_key = {1, 2}};
    struct cw_decoder *decoder = cw_decoder_new(&settings);
    struct tally t = {0};
    struct pcap_pkthdr *h;
    const u_char *bytes;
    bool is_good = decoder != NULL;
    while (decoder && pcap_next_ex(pcap, &h, &bytes) == 1) {
        struct cw_frame frame = {
            .time_ns = (int64_t)h->ts.tv_sec * 1000000000 + h->ts.tv_usec,
            .bytes = cw_bytes(bytes, h->caplen),
            .wire_len = h->len,
            .link_type = (uint32_t)pcap_datalink(pcap),
            .file = 1,
            .number = t.frames + 1,
        };
        is_good = run_frame(decoder, &frame, &t, verbose) && is_good;
    }
    print_tally(path, &t);
    bool is_seen = t.parsed > 0 || t.drops[CAMWATCH_DROP_LINK_CONTROL] == t.frames;
    is_good = is_good && is_accounted(&t) && (is_seen || !strstr(path, "encapsulation/"));
    cw_decoder_free(decoder);
    pcap_close(pcap);
    return is_good;
}

int
main(int argc, char **argv)
{
    bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    int failed = 0;
    for (int i = verbose ? 2 : 1; i < argc; i++) {
        if (!run_file(argv[i], verbose)) {
            printf("%s: FAILED\n", argv[i]);
            failed++;
        }
    }
    return failed ? 1 : 0;
}
