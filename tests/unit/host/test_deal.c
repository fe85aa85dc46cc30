/* SPDX-License-Identifier: Apache-2.0
 *
 * The fanout program says what the C function says: run by a small interpreter of classic BPF with the
 * kernel's ancillary loads, over packets made here and over every frame of the captures.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pcap/pcap.h>

#include "deal.h"

#define OUTGOING 4

struct packet {
    uint16_t protocol;
    uint8_t type; /* PACKET_HOST or PACKET_OUTGOING */
    const uint8_t *bytes;
    size_t len;
};

/* A load as the kernel does it; false: beyond the packet, which ends the program with 0. */
static bool
load(const struct packet *p, uint32_t offset, unsigned size, uint32_t *out)
{
    if (offset == (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)) {
        *out = p->protocol;
        return true;
    }
    if (offset == (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)) {
        *out = p->type;
        return true;
    }
    if (offset > p->len || p->len - offset < size) {
        return false;
    }
    *out = 0;
    for (unsigned i = 0; i < size; i++) {
        *out = *out << 8 | p->bytes[offset + i];
    }
    return true;
}

static uint32_t
compute(uint16_t operation, uint32_t a, uint32_t b)
{
    switch (operation) {
    case BPF_ADD:
        return a + b;
    case BPF_AND:
        return a & b;
    case BPF_XOR:
        return a ^ b;
    case BPF_MUL:
        return a * b;
    case BPF_RSH:
        return a >> b;
    case BPF_LSH:
        return a << b;
    case BPF_OR:
        return a | b;
    case BPF_MOD:
        assert_int_not_equal(b, 0);
        return a % b;
    default:
        fail_msg("operation %x is not known here", operation);
        return 0;
    }
}

static uint32_t
run(const struct sock_filter *program, size_t n, const struct packet *p)
{
    uint32_t a = 0, x = 0, m[BPF_MEMWORDS];
    bool is_set[BPF_MEMWORDS] = {false};
    for (size_t at = 0; at < n; at++) {
        const struct sock_filter *i = &program[at];
        uint32_t operand = BPF_SRC(i->code) == BPF_X ? x : i->k;
        switch (BPF_CLASS(i->code)) {
        case BPF_LD:
        case BPF_LDX: {
            uint32_t value = i->k;
            if (BPF_MODE(i->code) == BPF_MEM) {
                assert_true(
                    is_set[i->k]); /* the kernel refuses programs that read unset cells */
                value = m[i->k];
            } else if (BPF_MODE(i->code) != BPF_IMM) {
                unsigned size = BPF_SIZE(i->code) == BPF_W   ? 4
                                : BPF_SIZE(i->code) == BPF_H ? 2
                                                             : 1;
                uint32_t base = BPF_MODE(i->code) == BPF_IND ? x : 0;
                if (!load(p, base + i->k, size, &value)) {
                    return 0;
                }
            }
            *(BPF_CLASS(i->code) == BPF_LD ? &a : &x) = value;
            break;
        }
        case BPF_ST:
            assert_in_range(i->k, 0, BPF_MEMWORDS - 1);
            m[i->k] = a;
            is_set[i->k] = true;
            break;
        case BPF_ALU:
            a = compute(BPF_OP(i->code), a, operand);
            break;
        case BPF_JMP:
            if (BPF_OP(i->code) == BPF_JA) {
                at += i->k;
            } else {
                bool is_met = BPF_OP(i->code) == BPF_JEQ    ? a == operand
                              : BPF_OP(i->code) == BPF_JSET ? (a & operand) != 0
                                                            : a >= operand;
                at += is_met ? i->jt : i->jf;
            }
            break;
        case BPF_MISC:
            *(BPF_MISCOP(i->code) == BPF_TAX ? &x : &a) =
                BPF_MISCOP(i->code) == BPF_TAX ? a : x;
            break;
        default:
            return i->k;
        }
    }
    fail_msg("the program runs over its end");
    return 0;
}

struct pair {
    struct cw_deal deal;
    struct sock_filter program[CW_DEAL_PROGRAM];
    size_t n;
};

static void
open_pair(struct pair *pair, unsigned shards)
{
    static const char *const home[] = {"198.51.100.0/24", "2001:db8:1::/48", "203.0.113.7",
                                       NULL};
    struct camwatch_error error;
    assert_true(cw_deal_open(&pair->deal, home, shards, &error));
    pair->n = cw_deal_program(&pair->deal, pair->program, CW_DEAL_PROGRAM);
    assert_in_range(pair->n, 1, CW_DEAL_PROGRAM);
}

/* Both say the same, of the packet as received and as sent. @return the shard */
static unsigned
deal(const struct pair *pair, uint16_t protocol, const uint8_t *bytes, size_t len)
{
    uint8_t sent[2048] = {0};
    unsigned shard = cw_deal_shard(&pair->deal, protocol, bytes, len);
    struct packet received = {.protocol = protocol, .bytes = bytes, .len = len};
    assert_int_equal(run(pair->program, pair->n, &received), pair->deal.slot[shard]);
    size_t part = len < sizeof(sent) - 14 ? len : sizeof(sent) - 14;
    memcpy(sent + 14, bytes, part);
    struct packet outgoing = {
        .protocol = protocol, .type = OUTGOING, .bytes = sent, .len = 14 + part};
    assert_int_equal(run(pair->program, pair->n, &outgoing), pair->deal.slot[shard]);
    return shard;
}

static void
put_ip4(uint8_t out[20], const uint8_t src[4], const uint8_t dst[4])
{
    memset(out, 0, 20);
    out[0] = 0x45;
    memcpy(out + 12, src, 4);
    memcpy(out + 16, dst, 4);
}

static void
test_device_decides_both_ways(void **state)
{
    static const uint8_t camera[] = {192, 168, 1, 5}, server[] = {8, 8, 8, 8},
                         far[] = {9, 9, 9, 9};
    struct pair pair;
    uint8_t there[20], back[20], other[20];
    (void)state;
    open_pair(&pair, 4);
    put_ip4(there, camera, server);
    put_ip4(back, server, camera);
    put_ip4(other, camera, far);
    unsigned shard = deal(&pair, 0x0800, there, 20);
    assert_int_equal(deal(&pair, 0x0800, back, 20), shard);
    assert_int_equal(deal(&pair, 0x0800, other, 20), shard);
    put_ip4(there, server, far);
    assert_int_equal(deal(&pair, 0x0800, there, 20), 0);
}

static void
test_shards_are_all_used(void **state)
{
    struct pair pair;
    unsigned used[4] = {0};
    (void)state;
    open_pair(&pair, 4);
    for (unsigned i = 0; i < 256; i++) {
        uint8_t ip[20];
        put_ip4(ip, (const uint8_t[]){10, 0, 0, (uint8_t)i}, (const uint8_t[]){8, 8, 8, 8});
        used[deal(&pair, 0x0800, ip, 20)]++;
    }
    for (unsigned i = 0; i < 4; i++) {
        assert_in_range(used[i], 32, 96);
    }
}

static void
test_two_at_home_meet(void **state)
{
    struct pair pair;
    uint8_t there[20], back[20];
    (void)state;
    open_pair(&pair, 7);
    for (unsigned i = 1; i < 250; i++) {
        const uint8_t a[] = {10, 0, 3, (uint8_t)i}, b[] = {198, 51, 100, (uint8_t)(i * 7)};
        put_ip4(there, a, b);
        put_ip4(back, b, a);
        assert_int_equal(deal(&pair, 0x0800, there, 20), deal(&pair, 0x0800, back, 20));
    }
}

/* What a camera asks its router, and hears from it, is dealt as what it then does on the Internet. */
static void
test_client_of_a_server_at_home_decides(void **state)
{
    static const uint8_t router[] = {192, 168, 1, 1}, far[] = {8, 8, 8, 8};
    static const uint16_t ports[] = {53, 67};
    struct pair pair;
    (void)state;
    open_pair(&pair, 8);
    for (unsigned i = 2; i < 250; i++) {
        const uint8_t camera[] = {192, 168, 1, (uint8_t)i};
        uint8_t out[20], ask[28] = {0}, answer[28] = {0};
        put_ip4(out, camera, far);
        unsigned shard = deal(&pair, 0x0800, out, sizeof(out));
        put_ip4(ask, camera, router);
        put_ip4(answer, router, camera);
        ask[9] = answer[9] = 17;
        ask[20] = answer[22] = 0x9c;
        ask[23] = answer[21] = (uint8_t)ports[i % 2];
        assert_int_equal(deal(&pair, 0x0800, ask, sizeof(ask)), shard);
        assert_int_equal(deal(&pair, 0x0800, answer, sizeof(answer)), shard);
    }
}

/* The same over IPv6; and a later fragment, which has no ports, goes by the addresses as it did. */
static void
test_client_over_ip6_and_fragments(void **state)
{
    struct pair pair;
    uint8_t out[40] = {0x60}, ask[48] = {0x60};
    (void)state;
    open_pair(&pair, 8);
    for (unsigned i = 2; i < 250; i++) {
        memcpy(out + 8, (const uint8_t[]){0xfd, 0, 0, 1}, 4);
        out[23] = (uint8_t)i;
        memcpy(out + 24, (const uint8_t[]){0x20, 0x01, 0x48, 0x60}, 4);
        unsigned shard = deal(&pair, 0x86dd, out, sizeof(out));
        memcpy(ask, out, sizeof(out));
        memcpy(ask + 24, out + 8, 16);
        ask[39] = 1; /* fd00:1::1 */
        ask[6] = 17;
        ask[43] = 53;
        assert_int_equal(deal(&pair, 0x86dd, ask, sizeof(ask)), shard);
    }
    uint8_t a[28] = {0}, b[28] = {0};
    put_ip4(a, (const uint8_t[]){10, 0, 0, 9}, (const uint8_t[]){10, 0, 0, 1});
    put_ip4(b, (const uint8_t[]){10, 0, 0, 1}, (const uint8_t[]){10, 0, 0, 9});
    a[9] = b[9] = 17;
    a[7] = b[7] = 1;
    a[23] = b[23] = 53;
    assert_int_equal(deal(&pair, 0x0800, a, sizeof(a)), deal(&pair, 0x0800, b, sizeof(b)));
}

static void
test_every_length_and_tag(void **state)
{
    static const uint16_t protocols[] = {0x0800, 0x86dd, 0x8100, 0x88a8, 0x0806, 0x8864, 0};
    struct pair pair;
    (void)state;
    open_pair(&pair, 3);
    srandom(7);
    for (unsigned round = 0; round < 2000; round++) {
        uint8_t bytes[64];
        for (size_t i = 0; i < sizeof(bytes); i++) {
            bytes[i] = (uint8_t)random();
        }
        if (round % 2) {
            bytes[2] = round % 4 == 1 ? 0x08 : 0x86;
            bytes[3] = round % 4 == 1 ? 0x00 : 0xdd;
            memcpy(bytes + 12, (const uint8_t[]){0xfd, 0, 0, 1}, 4);
            memcpy(bytes + 16, (const uint8_t[]){10, 1, 2, 3}, 4);
        }
        if (round % 3 == 0) {
            memcpy(bytes + 8, (const uint8_t[]){0x20, 0x01, 0x0d, 0xb8, 0, 1}, 6);
        }
        for (size_t len = 0; len <= sizeof(bytes); len += round < 64 ? 1 : 16) {
            uint8_t *exact = malloc(len + 1);
            assert_non_null(exact);
            memcpy(exact, bytes, len);
            for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
                (void)deal(&pair, protocols[i], exact, len);
            }
            free(exact);
        }
    }
}

/* As the kernel takes it: the program's number modulo the members, of which a leaving one's place goes to the
 * last. */
static void
test_member_is_replaced_without_a_gap(void **state)
{
    (void)state;
    for (unsigned shards = 1; shards <= CW_DEAL_SHARDS; shards++) {
        struct cw_deal deal;
        struct camwatch_error error;
        assert_true(cw_deal_open(&deal, NULL, shards, &error));
        for (unsigned shard = 0; shard < shards; shard++) {
            cw_deal_hand_over(&deal, shard);
            for (unsigned other = 0; other < shards; other++) {
                uint32_t with_both = other == shard ? shards : other; /* the new one is last */
                assert_int_equal(deal.slot[other] % (shards + 1), with_both);
                assert_int_equal(deal.slot[other] % shards, other);
            }
            cw_deal_settle(&deal, shard);
            assert_int_equal(deal.slot[shard], shard);
        }
    }
}

static void
test_program_of_a_hand_over_names_the_slot(void **state)
{
    struct pair pair;
    uint8_t ip[20];
    (void)state;
    open_pair(&pair, 4);
    cw_deal_hand_over(&pair.deal, 2);
    pair.n = cw_deal_program(&pair.deal, pair.program, CW_DEAL_PROGRAM);
    for (unsigned i = 0; i < 64; i++) {
        put_ip4(ip, (const uint8_t[]){10, 0, 0, (uint8_t)i}, (const uint8_t[]){8, 8, 8, 8});
        (void)deal(&pair, 0x0800, ip, 20);
    }
}

static void
test_wrong_prefixes_are_refused(void **state)
{
    static const char *const wrong[] = {"10.0.0.0/33", "10.0.0/8",  "x", "::/129",
                                        "10.0.0.0/-1", "10.0.0.0/", ""};
    struct cw_deal deal;
    struct camwatch_error error;
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const char *home[] = {wrong[i], NULL};
        assert_false(cw_deal_open(&deal, home, 2, &error));
        assert_non_null(strstr(error.text, "no prefix"));
    }
}

/* What the kernel would hand to the program for an Ethernet frame. */
static void
deal_frame(const struct pair *pair, const uint8_t *bytes, size_t len)
{
    if (len < 14) {
        return;
    }
    uint16_t type = (uint16_t)(bytes[12] << 8 | bytes[13]);
    size_t at = 14;
    if ((type == 0x8100 || type == 0x88a8) && len >= 18) {
        type = (uint16_t)(bytes[16] << 8 | bytes[17]);
        at = 18;
    }
    (void)deal(pair, type, bytes + at, len - at);
}

static uint64_t
deal_capture(const struct pair *pair, const char *path)
{
    char why[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const u_char *bytes;
    uint64_t n = 0;
    pcap_t *handle = pcap_open_offline(path, why);
    if (!handle) {
        return 0;
    }
    while (pcap_datalink(handle) == DLT_EN10MB && n < 2000 &&
           pcap_next_ex(handle, &header, &bytes) == 1) {
        deal_frame(pair, bytes, header->caplen);
        n++;
    }
    pcap_close(handle);
    return n;
}

static uint64_t
deal_folder(const struct pair *pair, const char *folder, const char *name)
{
    char path[4096];
    uint64_t n = 0;
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char file[8192];
        (void)snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
        n += deal_capture(pair, file);
    }
    if (dir) {
        (void)closedir(dir);
    }
    return n;
}

static void
test_captures(void **state)
{
    const char *captures = getenv("CAMWATCH_CAPTURES");
    char beside[4096];
    struct pair pair;
    (void)state;
    if (!captures) {
        const char *source = getenv("CAMWATCH_SOURCE");
        (void)snprintf(beside, sizeof(beside), "%s/../shared/pcaps", source ? source : ".");
        captures = beside;
    }
    open_pair(&pair, 5);
    uint64_t n =
        deal_folder(&pair, captures, "cameras") + deal_folder(&pair, captures, "encapsulation");
    print_message("%llu frames of captures\n", (unsigned long long)n);
    if (n == 0) {
        skip();
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_device_decides_both_ways),
        cmocka_unit_test(test_shards_are_all_used),
        cmocka_unit_test(test_two_at_home_meet),
        cmocka_unit_test(test_client_of_a_server_at_home_decides),
        cmocka_unit_test(test_client_over_ip6_and_fragments),
        cmocka_unit_test(test_every_length_and_tag),
        cmocka_unit_test(test_member_is_replaced_without_a_gap),
        cmocka_unit_test(test_program_of_a_hand_over_names_the_slot),
        cmocka_unit_test(test_wrong_prefixes_are_refused),
        cmocka_unit_test(test_captures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
