/* SPDX-License-Identifier: Apache-2.0
 *
 * Test tool: deal_live SEND-INTERFACE RECEIVE-INTERFACE SHARDS CAPTURE... The fanout program in the kernel and
 * the C function that says the same, on real packets: each frame of the captures is sent, and must arrive at
 * the socket of the shard that the function names. The interfaces are two ends of a veth pair.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deal.h"

enum { ETHER = 14, FRAME_MAX = 1514, WAIT_MS = 20000, ETHER_ALL = 3, GROUP = 4711 };

static void
die(const char *what)
{
    perror(what);
    exit(1);
}

static int
open_on(const char *interface, int protocol)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_protocol = htons((uint16_t)protocol),
                                  .sll_ifindex = (int)if_nametoindex(interface)};
    int fd = socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        die(interface);
    }
    return fd;
}

static void
join(int fds[CW_DEAL_SHARDS], const struct cw_deal *deal)
{
    static struct sock_filter program[CW_DEAL_PROGRAM];
    struct sock_fprog whole = {
        .len = (unsigned short)cw_deal_program(deal, program, CW_DEAL_PROGRAM),
        .filter = program};
    int group = GROUP | PACKET_FANOUT_CBPF << 16;
    for (unsigned i = 0; i < deal->shards; i++) {
        if (setsockopt(fds[i], SOL_PACKET, PACKET_FANOUT, &group, sizeof(group)) != 0) {
            die("PACKET_FANOUT");
        }
    }
    if (setsockopt(fds[0], SOL_PACKET, PACKET_FANOUT_DATA, &whole, sizeof(whole)) != 0) {
        die("PACKET_FANOUT_DATA");
    }
}

/* What the kernel shows the program of a frame: one VLAN tag taken off. */
static unsigned
shard_of(const struct cw_deal *deal, const uint8_t *frame, size_t len)
{
    uint16_t protocol = (uint16_t)(frame[12] << 8 | frame[13]);
    size_t at = ETHER;
    if ((protocol == 0x8100 || protocol == 0x88a8) && len >= ETHER + 4) {
        protocol = (uint16_t)(frame[16] << 8 | frame[17]);
        at += 4;
    }
    return cw_deal_shard(deal, protocol, frame + at, len - at);
}

/* Is it the frame that was sent? Of its end: a VLAN tag is taken off the head. */
static bool
is_same(const uint8_t *got, ssize_t len, const uint8_t *sent, size_t sent_len)
{
    enum { TAIL = 12 };

    return len >= TAIL && sent_len >= TAIL &&
           memcmp(got + len - TAIL, sent + sent_len - TAIL, TAIL) == 0;
}

/* Which socket has it; -1: none in time. What the system itself sends is passed over. */
static int
receive(const int fds[CW_DEAL_SHARDS], unsigned n, const uint8_t *sent, size_t sent_len)
{
    struct pollfd polls[CW_DEAL_SHARDS];
    uint8_t bytes[FRAME_MAX];
    for (unsigned i = 0; i < n; i++) {
        polls[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    }
    while (poll(polls, n, WAIT_MS) > 0) {
        for (unsigned i = 0; i < n; i++) {
            bool is_there = polls[i].revents & POLLIN;
            ssize_t len = is_there ? read(fds[i], bytes, sizeof(bytes)) : 0;
            if (len > 0 && is_same(bytes, len, sent, sent_len)) {
                return (int)i;
            }
        }
    }
    return -1;
}

struct count {
    unsigned frames, wrong, of[CW_DEAL_SHARDS];
};

static void
play(const char *path, int out, const int fds[CW_DEAL_SHARDS], const struct cw_deal *deal,
     struct count *count)
{
    char why[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const u_char *bytes;
    pcap_t *capture = pcap_open_offline(path, why);
    if (!capture || pcap_datalink(capture) != DLT_EN10MB) {
        (void)fprintf(stderr, "%s: no Ethernet capture\n", path);
        exit(1);
    }
    while (pcap_next_ex(capture, &header, &bytes) == 1) {
        if (header->caplen < ETHER || header->caplen > FRAME_MAX) {
            continue;
        }
        if (send(out, bytes, header->caplen, 0) != (ssize_t)header->caplen) {
            continue; /* one that this machine does not send is none to receive */
        }
        unsigned want = shard_of(deal, bytes, header->caplen);
        int got = receive(fds, deal->shards, bytes, header->caplen);
        count->frames++;
        count->of[want]++;
        count->wrong += got != (int)want;
    }
    pcap_close(capture);
}

int
main(int argc, char **argv)
{
    static struct cw_deal deal;
    static struct count count;
    struct camwatch_error error;
    int fds[CW_DEAL_SHARDS];
    if (argc < 5 || !cw_deal_open(&deal, NULL, (unsigned)atoi(argv[3]), &error)) {
        (void)fprintf(stderr, "usage: deal_live SEND RECEIVE SHARDS CAPTURE...\n");
        return 2;
    }
    for (unsigned i = 0; i < deal.shards; i++) {
        fds[i] = open_on(argv[2], ETHER_ALL);
    }
    join(fds, &deal);
    int out = open_on(argv[1], 0);
    for (int i = 4; i < argc; i++) {
        play(argv[i], out, fds, &deal, &count);
    }
    unsigned used = 0;
    for (unsigned i = 0; i < deal.shards; i++) {
        used += count.of[i] > 0;
    }
    (void)printf("%u frames over %u shards, %u misdealt\n", count.frames, used, count.wrong);
    return count.frames > 0 && count.wrong == 0 ? 0 : 1;
}
