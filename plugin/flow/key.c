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

/* The rest of an IPv4 key is the same in all of them: ::ffff:0:0/96 twice. */
static uint32_t
hash_v4(const struct cw_flow_key *key, struct cw_hash_key with)
{
    enum { MAPPED = 12 };

    struct {
        uint8_t low[4], high[4];
        uint16_t low_port, high_port, vlan;
        uint8_t proto, zero;
    } packed = {.low_port = key->low_port,
                .high_port = key->high_port,
                .vlan = key->vlan,
                .proto = key->proto};

    _Static_assert(sizeof(packed) == 16, "hashed as bytes: no holes");
    memcpy(packed.low, key->low.b + MAPPED, sizeof(packed.low));
    memcpy(packed.high, key->high.b + MAPPED, sizeof(packed.high));
    return (uint32_t)cw_hash(with, &packed, sizeof(packed));
}

uint32_t
cw_flow_key_hash(const struct cw_flow_key *key, struct cw_hash_key with)
{
    bool is_v4 = cw_addr_is_v4(&key->low) && cw_addr_is_v4(&key->high);
    if (is_v4 && key->segment == 0) {
        return hash_v4(key, with);
    }
    return (uint32_t)cw_hash(with, key, sizeof(*key));
}
