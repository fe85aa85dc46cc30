/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "share.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum {
    DLT_ETHERNET = 1,
    DLT_RAW = 12,
    DLT_SLL = 113,
    ETHER_IP4 = 0x0800,
    ETHER_ARP = 0x0806,
    ETHER_VLAN = 0x8100,
    ETHER_QINQ = 0x88a8,
    IP4_LEN = 20,
    ARP_LEN = 28,
};

static void
add_prefix(struct cw_share *share, const char *text)
{
    char address[INET_ADDRSTRLEN] = "";
    struct in_addr net;
    size_t len = strcspn(text, "/");
    if (len >= sizeof(address) || share->n_prefixes == CW_SHARE_PREFIXES) {
        return;
    }
    memcpy(address, text, len);
    if (inet_pton(AF_INET, address, &net) != 1) {
        return; /* IPv6: shard 0 */
    }
    unsigned long bits = text[len] == '/' ? strtoul(text + len + 1, NULL, 10) : 32;
    uint32_t mask = bits == 0 ? 0 : bits >= 32 ? UINT32_MAX : ~(UINT32_MAX >> bits);
    share->prefixes[share->n_prefixes].mask = mask;
    share->prefixes[share->n_prefixes++].net = ntohl(net.s_addr) & mask;
}

void
cw_share_open(struct cw_share *share, const char *const *home, unsigned shards)
{
    static const char *const own[] = {"10.0.0.0/8",     "172.16.0.0/12", "192.168.0.0/16",
                                      "169.254.0.0/16", "100.64.0.0/10", NULL};
    *share = (struct cw_share){.shards = shards};
    for (const char *const *p = own; *p; p++) {
        add_prefix(share, *p);
    }
    for (; home && *home; home++) {
        add_prefix(share, *home);
    }
}

static bool
is_home(const struct cw_share *share, uint32_t address)
{
    for (size_t i = 0; i < share->n_prefixes; i++) {
        if ((address & share->prefixes[i].mask) == share->prefixes[i].net) {
            return true;
        }
    }
    return false;
}

static uint32_t
read_word(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
           bytes[3];
}

/* Where the two IPv4 addresses of a frame stand; false: it has none that is seen from outside. */
static bool
find_addresses(const struct camwatch_frame *f, uint32_t out[2])
{
    size_t at = f->link_type == DLT_ETHERNET ? 14 : f->link_type == DLT_SLL ? 16 : 0;
    bool is_known = at > 0 || f->link_type == DLT_RAW;
    if (!is_known || f->captured < at + IP4_LEN) {
        return false;
    }
    unsigned type = at > 0 ? (unsigned)(f->bytes[at - 2] << 8 | f->bytes[at - 1]) : ETHER_IP4;
    while ((type == ETHER_VLAN || type == ETHER_QINQ) && f->captured >= at + 4 + ARP_LEN) {
        type = (unsigned)(f->bytes[at + 2] << 8 | f->bytes[at + 3]);
        at += 4;
    }
    bool is_arp = type == ETHER_ARP && f->captured >= at + ARP_LEN;
    if (!is_arp && (type != ETHER_IP4 || f->bytes[at] >> 4 != 4)) {
        return false;
    }
    out[0] = read_word(f->bytes + at + (is_arp ? 14 : 12));
    out[1] = read_word(f->bytes + at + (is_arp ? 24 : 16));
    return true;
}

static unsigned
least_loaded(const struct cw_share *share)
{
    unsigned best = 0;
    for (unsigned i = 1; i < share->shards; i++) {
        best = share->load[i] < share->load[best] ? i : best;
    }
    return best;
}

/* Of two sites the lower one, whichever way the frame goes. */
static unsigned
shard_of(struct cw_share *share, const struct camwatch_frame *frame)
{
    uint32_t ends[2], site = UINT32_MAX;
    if (!find_addresses(frame, ends)) {
        return 0;
    }
    for (unsigned i = 0; i < 2; i++) {
        if (is_home(share, ends[i]) && ends[i] >> 16 < site) {
            site = ends[i] >> 16;
        }
    }
    if (site == UINT32_MAX) {
        return 0;
    }
    if (share->shard_of[site] == 0) {
        share->shard_of[site] = (uint8_t)(1 + least_loaded(share));
    }
    return share->shard_of[site] - 1u;
}

unsigned
cw_share_of(struct cw_share *share, const struct camwatch_frame *frame)
{
    unsigned shard = shard_of(share, frame);
    share->load[shard]++;
    return shard;
}
