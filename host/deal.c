/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "deal.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ETHER_IP4   0x0800
#define ETHER_IP6   0x86dd
#define ETHER_VLAN  0x8100
#define ETHER_QINQ  0x88a8
#define ETHER_BYTES 14
#define PROTO_UDP   17
#define PORT_DNS    53
#define PORT_DHCP   67
#define MULTIPLIER  0x9E3779B1u /* 2^32 / golden ratio: neighbours go to different shards */

static uint32_t
read_word(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
           bytes[3];
}

static bool
read_address(const char *text, struct cw_deal_prefix *out)
{
    uint8_t bytes[16] = {0};
    out->is_ip6 = strchr(text, ':');
    if (inet_pton(out->is_ip6 ? AF_INET6 : AF_INET, text, bytes) != 1) {
        return false;
    }
    for (unsigned i = 0; i < (out->is_ip6 ? 4 : 1); i++) {
        out->net[i] = read_word(bytes + 4 * (size_t)i);
    }
    return true;
}

static bool
read_prefix(const char *text, struct cw_deal_prefix *out)
{
    char address[64];
    *out = (struct cw_deal_prefix){.is_ip6 = false};
    size_t len = strcspn(text, "/");
    if (len >= sizeof(address)) {
        return false;
    }
    memcpy(address, text, len);
    address[len] = '\0';
    if (!read_address(address, out)) {
        return false;
    }
    unsigned long bits = out->is_ip6 ? 128 : 32;
    if (text[len] == '/') {
        char *end;
        unsigned long given = strtoul(text + len + 1, &end, 10);
        if (end == text + len + 1 || *end != '\0' || given > bits || text[len + 1] == '-') {
            return false;
        }
        bits = given;
    }
    for (unsigned long i = 0; i < 4; i++) {
        unsigned long left = bits > 32 * i ? bits - 32 * i : 0;
        out->mask[i] = left == 0 ? 0 : left >= 32 ? UINT32_MAX : ~(UINT32_MAX >> left);
        out->net[i] &= out->mask[i];
    }
    return true;
}

bool
cw_deal_open(struct cw_deal *deal, const char *const *home, unsigned shards,
             struct camwatch_error *error)
{
    static const char *const own[] = {
        "10.0.0.0/8",    "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
        "100.64.0.0/10", "fc00::/7",      "fe80::/10",      NULL};
    *deal = (struct cw_deal){.shards = shards};
    for (unsigned i = 0; i < shards; i++) {
        deal->slot[i] = i;
    }
    for (const char *const *p = own; *p; p++) {
        (void)read_prefix(*p, &deal->prefixes[deal->n_prefixes++]);
    }
    for (; home && *home; home++) {
        if (deal->n_prefixes == CW_DEAL_PREFIXES ||
            !read_prefix(*home, &deal->prefixes[deal->n_prefixes++])) {
            (void)snprintf(error->text, sizeof(error->text),
                           "home network \"%.64s\" is no prefix such as 198.51.100.0/24 or "
                           "2001:db8::/48, or there are too many",
                           *home);
            return false;
        }
    }
    return true;
}

/* Of n members, and one more: x mod (n + 1) = n, the last place, and x mod n = shard. */
void
cw_deal_hand_over(struct cw_deal *deal, unsigned shard)
{
    deal->slot[shard] = deal->shards + (deal->shards + 1) * shard;
}

void
cw_deal_settle(struct cw_deal *deal, unsigned shard)
{
    deal->slot[shard] = shard;
}

/* ---- in C ---- */

static bool
is_home(const struct cw_deal *deal, bool is_ip6, const uint32_t words[4])
{
    for (size_t i = 0; i < deal->n_prefixes; i++) {
        const struct cw_deal_prefix *p = &deal->prefixes[i];
        if (p->is_ip6 == is_ip6 && (words[0] & p->mask[0]) == p->net[0] &&
            (words[1] & p->mask[1]) == p->net[1] && (words[2] & p->mask[2]) == p->net[2] &&
            (words[3] & p->mask[3]) == p->net[3]) {
            return true;
        }
    }
    return false;
}

bool
cw_deal_is_home(const struct cw_deal *deal, const uint8_t address[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    bool is_ip6 = memcmp(address, mapped, sizeof(mapped)) != 0;
    uint32_t words[4] = {read_word(address + (is_ip6 ? 0 : 12))};
    for (size_t i = 1; is_ip6 && i < 4; i++) {
        words[i] = read_word(address + 4 * i);
    }
    return is_home(deal, is_ip6, words);
}

static bool
is_server(uint16_t port)
{
    return port == PORT_DNS || port == PORT_DHCP;
}

enum cw_deal_server
cw_deal_server(uint16_t src_port, uint16_t dst_port)
{
    bool source = is_server(src_port), destination = is_server(dst_port);
    if (source == destination) { /* resolvers and relays among themselves */
        return CW_DEAL_NO_SERVER;
    }
    return source ? CW_DEAL_SOURCE_SERVES : CW_DEAL_DESTINATION_SERVES;
}

/* At home both. */
static uint32_t
key_of_pair(const uint32_t key[2], enum cw_deal_server server)
{
    if (server != CW_DEAL_NO_SERVER) {
        return server == CW_DEAL_SOURCE_SERVES ? key[1] : key[0];
    }
    return key[1] < key[0] ? key[1] : key[0];
}

unsigned
cw_deal_ends(const struct cw_deal *deal, bool is_ip6, const uint8_t *src, const uint8_t *dst,
             enum cw_deal_server server)
{
    uint32_t words[2][4] = {{0}};
    uint32_t key[2];
    bool at_home[2];
    for (unsigned end = 0; end < 2; end++) {
        const uint8_t *bytes = end == 0 ? src : dst;
        for (size_t i = 0; i < (is_ip6 ? 4u : 1u); i++) {
            words[end][i] = read_word(bytes + 4 * i);
        }
        key[end] = words[end][0] ^ words[end][1] ^ words[end][2] ^ words[end][3];
        at_home[end] = is_home(deal, is_ip6, words[end]);
    }
    if (!at_home[0] && !at_home[1]) {
        return 0;
    }
    uint32_t chosen = at_home[0] ? key[0] : key[1];
    if (at_home[0] && at_home[1]) {
        chosen = key_of_pair(key, server);
    }
    return (chosen * MULTIPLIER >> 16) % deal->shards;
}

static unsigned
deal_ip(const struct cw_deal *deal, bool is_ip6, const uint8_t *bytes, size_t len)
{
    enum cw_deal_server server = CW_DEAL_NO_SERVER;
    bool is_later = !is_ip6 && ((bytes[6] & 0x1f) | bytes[7]) != 0;
    if (bytes[is_ip6 ? 6 : 9] == PROTO_UDP && !is_later) {
        size_t at = is_ip6 ? 40 : (bytes[0] & 0xfu) * 4;
        if (at + 4 > len) {
            return 0; /* as where a load of the program is beyond the packet */
        }
        server = cw_deal_server((uint16_t)(bytes[at] << 8 | bytes[at + 1]),
                                (uint16_t)(bytes[at + 2] << 8 | bytes[at + 3]));
    }
    return cw_deal_ends(deal, is_ip6, bytes + (is_ip6 ? 8 : 12), bytes + (is_ip6 ? 24 : 16),
                        server);
}

unsigned
cw_deal_shard(const struct cw_deal *deal, uint16_t protocol, const uint8_t *bytes, size_t len)
{
    if (protocol == ETHER_VLAN || protocol == ETHER_QINQ) {
        if (len < 4) {
            return 0;
        }
        protocol = (uint16_t)(bytes[2] << 8 | bytes[3]);
        bytes += 4;
        len -= 4;
    }
    if (protocol == ETHER_IP4 && len >= 20) {
        return deal_ip(deal, false, bytes, len);
    }
    if (protocol == ETHER_IP6 && len >= 40) {
        return deal_ip(deal, true, bytes, len);
    }
    return 0;
}

/* ---- as a program: X is where the IP header starts ---- */

/* Scratch memory. */
enum { SRC = 0, DST = 4, KEY_SRC = 8, KEY_DST = 9, HOME_SRC = 10, HOME_DST = 11, SERVER = 12 };

struct writer {
    struct sock_filter *out;
    size_t n, max;
};

static void
emit(struct writer *w, uint16_t code, uint32_t k, uint8_t jt, uint8_t jf)
{
    if (w->n < w->max) {
        w->out[w->n] = (struct sock_filter){.code = code, .jt = jt, .jf = jf, .k = k};
    }
    w->n++;
}

static void
op(struct writer *w, uint16_t code, uint32_t k)
{
    emit(w, code, k, 0, 0);
}

/* A jump whose target comes later: land() tells it. */
static size_t
jump(struct writer *w)
{
    op(w, BPF_JMP | BPF_JA, 0);
    return w->n - 1;
}

static void
land(struct writer *w, size_t from)
{
    if (from < w->max) {
        w->out[from].k = (uint32_t)(w->n - from - 1);
    }
}

static void
emit_number(struct writer *w, uint32_t number, uint32_t cell)
{
    op(w, BPF_LD | BPF_IMM, number);
    op(w, BPF_ST, cell);
}

/* cell home = 1 if the address at cell words has the prefix. */
static void
emit_prefix(struct writer *w, const struct cw_deal_prefix *p, uint32_t words, uint32_t home)
{
    unsigned used = 0;
    for (unsigned i = 0; i < 4; i++) {
        used += p->mask[i] != 0;
    }
    for (unsigned i = 0; i < 4; i++) {
        if (p->mask[i] != 0) {
            used--;
            op(w, BPF_LD | BPF_MEM, words + i);
            op(w, BPF_ALU | BPF_AND | BPF_K, p->mask[i]);
            emit(w, BPF_JMP | BPF_JEQ | BPF_K, p->net[i], 0, (uint8_t)(3 * used + 2));
        }
    }
    emit_number(w, 1, home);
}

static void
emit_end(struct writer *w, const struct cw_deal *deal, bool is_ip6, unsigned end)
{
    uint32_t words = end == 0 ? SRC : DST;
    uint32_t home = end == 0 ? HOME_SRC : HOME_DST;
    emit_number(w, 0, home);
    for (size_t i = 0; i < deal->n_prefixes; i++) {
        if (deal->prefixes[i].is_ip6 == is_ip6) {
            emit_prefix(w, &deal->prefixes[i], words, home);
        }
    }
}

static void
emit_load(struct writer *w, uint32_t from, uint32_t words, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        op(w, BPF_LD | BPF_W | BPF_IND, from + 4 * i);
        op(w, BPF_ST, words + i);
    }
}

/* key = XOR of n words; X is lost. */
static void
emit_key(struct writer *w, uint32_t words, uint32_t key, uint32_t n)
{
    op(w, BPF_LD | BPF_MEM, words);
    for (uint32_t i = 1; i < n; i++) {
        op(w, BPF_LDX | BPF_MEM, words + i);
        op(w, BPF_ALU | BPF_XOR | BPF_X, 0);
    }
    op(w, BPF_ST, key);
}

static void
emit_hash(struct writer *w, const struct cw_deal *deal)
{
    op(w, BPF_ALU | BPF_MUL | BPF_K, MULTIPLIER);
    op(w, BPF_ALU | BPF_RSH | BPF_K, 16);
    op(w, BPF_ALU | BPF_MOD | BPF_K, deal->shards);
    for (unsigned i = 0; i + 1 < deal->shards; i++) {
        emit(w, BPF_JMP | BPF_JEQ | BPF_K, i, 0, 1);
        op(w, BPF_RET | BPF_K, deal->slot[i]);
    }
    op(w, BPF_RET | BPF_K, deal->slot[deal->shards - 1]);
}

/* Source at home: its key, or that of the client or the lower one if both are; else the destination's, else
 * shard 0. */
static void
emit_choice(struct writer *w, const struct cw_deal *deal)
{
    op(w, BPF_LD | BPF_MEM, HOME_SRC);
    emit(w, BPF_JMP | BPF_JEQ | BPF_K, 1, 4, 0); /* -> source at home */
    op(w, BPF_LD | BPF_MEM, HOME_DST);
    emit(w, BPF_JMP | BPF_JEQ | BPF_K, 1, 1, 0); /* -> destination alone */
    op(w, BPF_RET | BPF_K, deal->slot[0]);
    op(w, BPF_JMP | BPF_JA, 8);                  /* -> the destination's key */
    op(w, BPF_LD | BPF_MEM, HOME_DST);           /* source at home */
    emit(w, BPF_JMP | BPF_JEQ | BPF_K, 0, 8, 0); /* alone -> the source's key */
    op(w, BPF_LD | BPF_MEM, SERVER);
    emit(w, BPF_JMP | BPF_JEQ | BPF_K, CW_DEAL_SOURCE_SERVES, 4, 0); /* -> the destination's */
    emit(w, BPF_JMP | BPF_JEQ | BPF_K, CW_DEAL_DESTINATION_SERVES, 5, 0); /* -> the source's */
    op(w, BPF_LDX | BPF_MEM, KEY_SRC);
    op(w, BPF_LD | BPF_MEM, KEY_DST);
    emit(w, BPF_JMP | BPF_JGE | BPF_X, 0, 2,
         0); /* the destination's is not lower: -> the source's */
    op(w, BPF_LD | BPF_MEM, KEY_DST);
    op(w, BPF_JMP | BPF_JA, 1);
    op(w, BPF_LD | BPF_MEM, KEY_SRC);
    emit_hash(w, deal);
}

/* cell SERVER |= bit if the port at X + offset is a server's. */
static void
emit_port(struct writer *w, uint32_t offset, uint32_t bit)
{
    op(w, BPF_LD | BPF_H | BPF_IND, offset);
    emit(w, BPF_JMP | BPF_JEQ | BPF_K, PORT_DNS, 1, 0);
    emit(w, BPF_JMP | BPF_JEQ | BPF_K, PORT_DHCP, 0, 3);
    op(w, BPF_LD | BPF_MEM, SERVER);
    op(w, BPF_ALU | BPF_OR | BPF_K, bit);
    op(w, BPF_ST, SERVER);
}

/* X is at the IP header, and is lost. Both bits: no server. */
static void
emit_server(struct writer *w, bool is_ip6)
{
    emit_number(w, CW_DEAL_NO_SERVER, SERVER);
    op(w, BPF_LD | BPF_B | BPF_IND, is_ip6 ? 6 : 9);
    emit(w, BPF_JMP | BPF_JEQ | BPF_K, PROTO_UDP, 1, 0);
    size_t not_udp = jump(w);
    size_t later = 0;
    if (!is_ip6) {
        op(w, BPF_LD | BPF_H | BPF_IND, 6);
        emit(w, BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 0, 1);
        later = jump(w);
        op(w, BPF_LD | BPF_B | BPF_IND, 0);
        op(w, BPF_ALU | BPF_AND | BPF_K, 0xf);
        op(w, BPF_ALU | BPF_LSH | BPF_K, 2);
        op(w, BPF_ALU | BPF_ADD | BPF_X, 0);
        op(w, BPF_MISC | BPF_TAX, 0);
    }
    emit_port(w, is_ip6 ? 40 : 0, CW_DEAL_SOURCE_SERVES);
    emit_port(w, is_ip6 ? 42 : 2, CW_DEAL_DESTINATION_SERVES);
    land(w, not_udp);
    if (!is_ip6) {
        land(w, later);
    }
}

static void
emit_ip(struct writer *w, const struct cw_deal *deal, bool is_ip6)
{
    uint32_t n = is_ip6 ? 4 : 1;
    emit_load(w, is_ip6 ? 8 : 12, SRC, n);
    emit_load(w, is_ip6 ? 24 : 16, DST, n);
    emit_server(w, is_ip6);
    emit_key(w, SRC, KEY_SRC, n);
    emit_key(w, DST, KEY_DST, n);
    emit_end(w, deal, is_ip6, 0);
    emit_end(w, deal, is_ip6, 1);
    emit_choice(w, deal);
}

/* Received packets start at the network header, sent ones at the Ethernet header. */
static void
emit_start(struct writer *w)
{
    op(w, BPF_LDX | BPF_IMM, 0);
    op(w, BPF_LD | BPF_B | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE));
    emit(w, BPF_JMP | BPF_JEQ | BPF_K, 4, 0, 1); /* PACKET_OUTGOING */
    op(w, BPF_LDX | BPF_IMM, ETHER_BYTES);
    op(w, BPF_LD | BPF_H | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL));
    emit(w, BPF_JMP | BPF_JEQ | BPF_K, ETHER_VLAN, 1, 0);
    emit(w, BPF_JMP | BPF_JEQ | BPF_K, ETHER_QINQ, 0, 6);
    op(w, BPF_LD | BPF_H | BPF_IND, 2); /* one more tag: its EtherType, and IP four bytes on */
    op(w, BPF_ST, SRC);
    op(w, BPF_MISC | BPF_TXA, 0);
    op(w, BPF_ALU | BPF_ADD | BPF_K, 4);
    op(w, BPF_MISC | BPF_TAX, 0);
    op(w, BPF_LD | BPF_MEM, SRC);
}

size_t
cw_deal_program(const struct cw_deal *deal, struct sock_filter *out, size_t max)
{
    struct writer w = {.out = out, .max = max};
    if (deal->shards == 1) {
        op(&w, BPF_RET | BPF_K, deal->slot[0]);
        return w.n <= max ? w.n : 0;
    }
    emit_start(&w);
    emit(&w, BPF_JMP | BPF_JEQ | BPF_K, ETHER_IP4, 0, 1);
    size_t to_ip4 = jump(&w);
    emit(&w, BPF_JMP | BPF_JEQ | BPF_K, ETHER_IP6, 0, 1);
    size_t to_ip6 = jump(&w);
    op(&w, BPF_RET | BPF_K, deal->slot[0]);
    land(&w, to_ip4);
    emit_ip(&w, deal, false);
    land(&w, to_ip6);
    emit_ip(&w, deal, true);
    return w.n <= max ? w.n : 0;
}
