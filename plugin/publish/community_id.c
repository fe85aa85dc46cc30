/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/community_id.h"

#include "base/sha1.h"
#include "model/packet.h"

#define INPUT_MAX (2 + 16 + 16 + 2 + 4)

/* Types that ask and the types that answer them, so that both directions have one ID; Zeek's table,
 * which the specification refers to (pycommunityid icmp.py and icmp6.py). */
static const struct {
    uint8_t proto, ask, answer;
} PAIRS[] = {
    {CW_PROTO_ICMP, 8, 0},      /* echo */
    {CW_PROTO_ICMP, 10, 9},     /* router solicitation */
    {CW_PROTO_ICMP, 13, 14},    /* timestamp */
    {CW_PROTO_ICMP, 15, 16},    /* information */
    {CW_PROTO_ICMP, 17, 18},    /* address mask */
    {CW_PROTO_ICMP6, 128, 129}, /* echo */
    {CW_PROTO_ICMP6, 130, 131}, /* multicast listener */
    {CW_PROTO_ICMP6, 133, 134}, /* router solicitation */
    {CW_PROTO_ICMP6, 135, 136}, /* neighbour solicitation */
    {CW_PROTO_ICMP6, 139, 140}, /* node information */
    {CW_PROTO_ICMP6, 144, 145}, /* home agent discovery */
};

struct ends {
    const struct cw_addr *addr[2];
    uint16_t port[2];
    bool has_ports;
    bool is_one_way; /* an ICMP message without an answer: its ends keep their order */
};

static void
map_icmp(const struct cw_community_flow *flow, struct ends *ends)
{
    ends->has_ports = true;
    ends->port[0] = flow->icmp_type;
    for (size_t i = 0; i < sizeof(PAIRS) / sizeof(*PAIRS); i++) {
        if (PAIRS[i].proto != flow->proto) {
            continue;
        }
        if (flow->icmp_type == PAIRS[i].ask || flow->icmp_type == PAIRS[i].answer) {
            ends->port[1] = flow->icmp_type == PAIRS[i].ask ? PAIRS[i].answer : PAIRS[i].ask;
            return;
        }
    }
    ends->port[1] = flow->icmp_code;
    ends->is_one_way = true;
}

static struct ends
map_ends(const struct cw_community_flow *flow)
{
    struct ends ends = {.addr = {flow->src, flow->dst}};
    if (flow->proto == CW_PROTO_ICMP || flow->proto == CW_PROTO_ICMP6) {
        map_icmp(flow, &ends);
    } else if (flow->proto == CW_PROTO_TCP || flow->proto == CW_PROTO_UDP ||
               flow->proto == CW_PROTO_SCTP) {
        ends.has_ports = true;
        ends.port[0] = flow->src_port;
        ends.port[1] = flow->dst_port;
    }
    return ends;
}

/* Which end comes first: the smaller address, then the smaller port. */
static unsigned
first_end(const struct ends *ends)
{
    int order = memcmp(ends->addr[0], ends->addr[1], sizeof(struct cw_addr));
    if (ends->is_one_way || order < 0) {
        return 0;
    }
    return order > 0 || ends->port[0] > ends->port[1] ? 1 : 0;
}

static size_t
put_addr(uint8_t *out, const struct cw_addr *addr)
{
    size_t len = cw_addr_is_v4(addr) ? 4 : 16;
    memcpy(out, addr->b + 16 - len, len);
    return len;
}

static size_t
put_port(uint8_t *out, uint16_t port)
{
    out[0] = (uint8_t)(port >> 8);
    out[1] = (uint8_t)port;
    return 2;
}

/* RFC 4648 4; 20 bytes give 28 letters. */
static void
put_base64(const uint8_t digest[CW_SHA1_LEN], char *out)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < CW_SHA1_LEN; i += 3) {
        uint32_t group = (uint32_t)digest[i] << 16 | (uint32_t)digest[i + 1] << 8;
        bool whole = i + 2 < CW_SHA1_LEN;
        group |= whole ? digest[i + 2] : 0;
        *out++ = letters[group >> 18];
        *out++ = letters[group >> 12 & 63];
        *out++ = letters[group >> 6 & 63];
        *out++ = whole ? letters[group & 63] : '=';
    }
    *out = '\0';
}

const char *
cw_community_id(const struct cw_community_flow *flow, char out[CW_COMMUNITY_ID_MAX])
{
    struct ends ends = map_ends(flow);
    unsigned first = first_end(&ends);
    uint8_t input[INPUT_MAX] = {0}; /* begins with the seed, 0 */
    size_t len = 2;
    len += put_addr(input + len, ends.addr[first]);
    len += put_addr(input + len, ends.addr[!first]);
    input[len] = flow->proto;
    len += 2;
    if (ends.has_ports) {
        len += put_port(input + len, ends.port[first]);
        len += put_port(input + len, ends.port[!first]);
    }
    uint8_t digest[CW_SHA1_LEN];
    cw_sha1(cw_bytes(input, len), digest);
    memcpy(out, "1:", 2);
    put_base64(digest, out + 2);
    return out;
}
