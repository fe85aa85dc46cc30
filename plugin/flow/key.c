/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/key.h"

struct pair {
    uint8_t request;
    uint8_t answer;
};

/* The types that come in pairs (Community ID v1). */
static const struct pair icmp_pairs[] = {{8, 0}, {10, 9}, {13, 14}, {15, 16}, {17, 18}};
static const struct pair icmp6_pairs[] = {{128, 129}, {133, 134}, {135, 136},
                                          {130, 131}, {139, 140}, {144, 145}};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

struct ends {
    uint16_t src, dst;
    bool is_answer;
};

static struct ends
icmp_ends(const struct pair *pairs, size_t n, const struct cw_packet *p)
{
    for (size_t i = 0; i < n; i++) {
        if (p->icmp_type == pairs[i].request) {
            return (struct ends){.src = pairs[i].request, .dst = pairs[i].answer};
        }
        if (p->icmp_type == pairs[i].answer) {
            return (struct ends){
                .src = pairs[i].answer, .dst = pairs[i].request, .is_answer = true};
        }
    }
    return (struct ends){.src = p->icmp_type, .dst = p->icmp_code};
}

static struct ends
ends_of(const struct cw_packet *p)
{
    switch (p->proto) {
    case CW_PROTO_ICMP:
        return icmp_ends(icmp_pairs, COUNT(icmp_pairs), p);
    case CW_PROTO_ICMP6:
        return icmp_ends(icmp6_pairs, COUNT(icmp6_pairs), p);
    default:
        return (struct ends){.src = p->src_port, .dst = p->dst_port};
    }
}

bool
cw_flow_is_icmp_answer(const struct cw_packet *packet)
{
    return ends_of(packet).is_answer;
}

void
cw_flow_key_make(const struct cw_packet *packet, bool key_vlan, struct cw_flow_key *key)
{
    struct ends ends = ends_of(packet);
    int order = memcmp(&packet->src, &packet->dst, sizeof(packet->src));
    bool src_is_low = order < 0 || (order == 0 && ends.src <= ends.dst);
    key->low = src_is_low ? packet->src : packet->dst;
    key->high = src_is_low ? packet->dst : packet->src;
    key->low_port = src_is_low ? ends.src : ends.dst;
    key->high_port = src_is_low ? ends.dst : ends.src;
    key->vlan = key_vlan ? packet->vlan : 0;
    key->proto = packet->proto;
    key->zero = 0;
    key->segment = 0;
}
