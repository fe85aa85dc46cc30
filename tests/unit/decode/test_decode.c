/* SPDX-License-Identifier: Apache-2.0
 *
 * Drop reasons, lengths, fragments, and what ICMP errors quote.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>

#include "frames.h"

#define SECOND INT64_C(1000000000)

struct refusal {
    const char *name;
    uint32_t link;
    const char *hex;
    unsigned reason;
};

static const struct refusal refusals[] = {
    {"link type", 147, UDP4, CAMWATCH_DROP_LINK_UNKNOWN},
    {"ethernet", LINK_ETHERNET, "020000000002", CAMWATCH_DROP_LINK_SHORT},
    {"spanning tree", LINK_ETHERNET, ETH("0026") "424203 00000000", CAMWATCH_DROP_LINK_CONTROL},
    {"cdp", LINK_ETHERNET, ETH("000c") "aaaa03 00000c 2000 02b40000",
     CAMWATCH_DROP_LINK_CONTROL},
    {"eapol", LINK_ETHERNET, ETH("888e 01000000"), CAMWATCH_DROP_LINK_CONTROL},
    {"ipx", LINK_ETHERNET, ETH("0008") "e0e003 ffff0022", CAMWATCH_DROP_ETHERTYPE_OTHER},
    {"ethertype", LINK_ETHERNET, ETH("88f7 00000000"), CAMWATCH_DROP_ETHERTYPE_OTHER},
    {"no type, no length", LINK_ETHERNET, ETH("05dd 00000000"), CAMWATCH_DROP_ETHERTYPE_OTHER},
    {"pppoe discovery", LINK_ETHERNET, ETH("8863 11090000 0000"), CAMWATCH_DROP_LINK_CONTROL},
    {"lcp", LINK_PPP, "ff03 c021 01010004", CAMWATCH_DROP_LINK_CONTROL},
    {"beacon", LINK_WIFI, "8000 0000 ffffffffffff 020000000001 020000000001 0000",
     CAMWATCH_DROP_LINK_CONTROL},
    {"wpa", LINK_WIFI, "0841 0000 020000000002 020000000003 020000000001 0000 00000000",
     CAMWATCH_DROP_LINK_CONTROL},
    {"a-msdu", LINK_WIFI, "8802 0000 020000000002 020000000003 020000000001 0000 8000 00000000",
     CAMWATCH_DROP_LINK_CONTROL},
    {"nine tags", LINK_ETHERNET,
     ETH("8100") "00018100 00018100 00018100 00018100 00018100 00018100 00018100 00018100 "
                 "00010800" UDP4,
     CAMWATCH_DROP_TUNNEL_DEEP},
    {"gre", LINK_RAW, OUTER("0018", "2f") "2000 0800", CAMWATCH_DROP_TUNNEL_SHORT},
    {"gre routing", LINK_RAW, OUTER("001c", "2f") "4000 0800 00000000",
     CAMWATCH_DROP_TUNNEL_SHORT},
    {"gre keep-alive", LINK_RAW, OUTER("0018", "2f") "0000 0000", CAMWATCH_DROP_LINK_CONTROL},
    {"version", LINK_ETHERNET, ETH("0800") UDP6, CAMWATCH_DROP_IP_VERSION},
    {"version 6", LINK_ETHERNET, ETH("86dd") UDP4 UDP4, CAMWATCH_DROP_IP_VERSION},
    {"header length", LINK_RAW, "44000020 00010000 40110000 0a000001 0a000002",
     CAMWATCH_DROP_IP_LENGTH},
    {"total length", LINK_RAW, "45000013 00010000 40110000 0a000001 0a000002",
     CAMWATCH_DROP_IP_LENGTH},
    {"ip", LINK_RAW, "45000020 0001", CAMWATCH_DROP_IP_SHORT},
    {"options", LINK_RAW, "4f000050 00010000 40110000 0a000001 0a000002 0101",
     CAMWATCH_DROP_IP_SHORT},
    {"extension", LINK_RAW, "60000000 00100040" ADDRS6 "1101 0000 00000000",
     CAMWATCH_DROP_IP6_EXTENSIONS},
    {"extension beyond", LINK_RAW, "60000000 00040040" ADDRS6 "1100 0000 00000000 00000000",
     CAMWATCH_DROP_IP6_EXTENSIONS},
    {"orphan", LINK_RAW,
     "45000020 00010001 40110000 0a000001 0a000002 03e807d0000c000061626364",
     CAMWATCH_DROP_FRAGMENT_ORPHAN},
    {"udp", LINK_RAW, "45000020 00010000 40110000 0a000001 0a000002 03e807d0000c",
     CAMWATCH_DROP_L4_SHORT},
    {"udp in six bytes", LINK_RAW, "4500001a 00010000 40110000 0a000001 0a000002 03e807d0000c",
     CAMWATCH_DROP_L4_LENGTH},
    {"udp length", LINK_RAW, "4500001c 00010000 40110000 0a000001 0a000002 03e807d0 00070000",
     CAMWATCH_DROP_L4_LENGTH},
    {"data offset", LINK_RAW,
     "45000028 00010000 40060000 0a000001 0a000002 9c400050 00000001 00000002 4002ffff "
     "00000000",
     CAMWATCH_DROP_L4_LENGTH},
    {"data offset beyond", LINK_RAW,
     "45000028 00010000 40060000 0a000001 0a000002 9c400050 00000001 00000002 f002ffff "
     "00000000",
     CAMWATCH_DROP_L4_LENGTH},
    {"igmp", LINK_RAW, "4500001c 00010000 01020000 0a000001 e0000001 1100eeff 00000000",
     CAMWATCH_DROP_L4_OTHER},
    {"no next header", LINK_RAW, "60000000 00003b40" ADDRS6, CAMWATCH_DROP_L4_OTHER},
};

static void
test_reasons(void **state)
{
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        struct buffer b = from_hex(refusals[i].hex);
        struct cw_frame frame = frame_of(&b, refusals[i].link);
        struct cw_packet p;
        unsigned reason = cw_decode(*state, &frame, &p);
        if (reason != refusals[i].reason) {
            fail_msg("%s: %s", refusals[i].name, camwatch_drop_text(reason));
        }
    }
}

static unsigned
decode_hex(struct cw_decoder *d, uint32_t link, const char *hex, int64_t time_ns,
           struct buffer *b, struct cw_frame *frame, struct cw_packet *p)
{
    *b = from_hex(hex);
    *frame = frame_of(b, link);
    frame->time_ns = time_ns;
    return cw_decode(d, frame, p);
}

static void
test_padding_is_trimmed(void **state)
{
    struct buffer b;
    struct cw_frame frame;
    struct cw_packet p;
    const char *hex = ETH("0800") UDP4 "0000000000000000 00000000deadbeef";
    assert_int_equal(decode_hex(*state, LINK_ETHERNET, hex, 0, &b, &frame, &p), 0);
    assert_int_equal(p.payload.len, 4);
    assert_int_equal(p.ip.len, 32);
    assert_int_equal(p.wire_len, 62);
    assert_false(p.is_cut);
}

/* Total length 0 of a packet that the network card will cut: to the end of the frame, also over
 * 64 KB. */
static void
test_large_frame(void **state)
{
    const size_t payload = 70000;
    struct buffer head =
        from_hex("45000000 00010000 40060000 0a000001 0a000002 9c40 0050 00000001"
                 "00000002 5018 ffff 0000 0000");
    size_t len = head.len + payload;
    uint8_t *bytes = calloc(1, len);
    assert_non_null(bytes);
    memcpy(bytes, head.bytes, head.len);
    struct cw_frame frame = {
        .bytes = cw_bytes(bytes, len), .wire_len = (uint32_t)len, .link_type = LINK_RAW};
    struct cw_packet p;
    assert_int_equal(cw_decode(*state, &frame, &p), 0);
    assert_int_equal(p.payload.len, payload);
    assert_int_equal(p.payload_wire, payload);
    free(bytes);
}

static void
test_cut_by_snaplen(void **state)
{
    struct buffer b = from_hex(ETH("0800") TCP4);
    struct cw_frame frame = frame_of(&b, LINK_ETHERNET);
    struct cw_packet p;
    frame.bytes.len -= 3;
    assert_int_equal(cw_decode(*state, &frame, &p), 0);
    assert_true(p.is_cut);
    assert_int_equal(p.payload.len, 1);
    assert_int_equal(p.payload_wire, 4);
    assert_int_equal(p.tcp_flags, CW_TCP_SYN | CW_TCP_ACK);
    assert_int_equal(p.tcp_seq, 1);
    assert_int_equal(p.tcp_ack, 2);
}

static void
test_depth(void **state)
{
    (void)state;
    struct buffer b;
    struct cw_frame frame;
    struct cw_packet p;
    const char *hex = OUTER("0048", "04") OUTER("0034", "04") UDP4;
    struct cw_decoder *two = new_decoder(0, 2, 0);
    struct cw_decoder *one = new_decoder(0, 1, 0);
    assert_int_equal(decode_hex(two, LINK_RAW, hex, 0, &b, &frame, &p), 0);
    assert_int_equal(decode_hex(one, LINK_RAW, hex, 0, &b, &frame, &p),
                     CAMWATCH_DROP_TUNNEL_DEEP);
    cw_decoder_free(one);
    cw_decoder_free(two);
}

/* On the port of a tunnel, but none: stays what it is. */
static void
test_port_is_no_proof(void **state)
{
    static const char *const ports[] = {"12b5", "2118", "17c1", "0868", "0dd8", "147f"};
    for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
        char hex[256];
        struct buffer b;
        struct cw_frame frame;
        struct cw_packet p;
        snprintf(hex, sizeof(hex), "%s c000 %s 0020 0000 %s", OUTER("0034", "11"), ports[i],
                 "6161616161616161 6161616161616161 6161616161616161");
        assert_int_equal(decode_hex(*state, LINK_RAW, hex, 0, &b, &frame, &p), 0);
        assert_int_equal(p.tunnels, 0);
        assert_int_equal(p.payload.len, 24);
    }
}

#define FIRST4(id) "45000020" id "2000 40110000 0a000001 0a000002 03e8 07d0 0400 0000 61626364"
#define LATER4(id) "45000018" id "0003 40110000 0a000001 0a000002 61626364"
#define FIRST6     "60000000 00142c40" ADDRS6 "1100 0001 00000009 03e8 07d0 0400 0000 61626364"
#define LATER6     "60000000 000c2c40" ADDRS6 "1100 0010 00000009 61626364"
#define FIRST_GRE  "45000038 00032000 402f0000 c0000201 c0000202 00000800" UDP4
#define LATER_GRE  "45000018 00030007 402f0000 c0000201 c0000202 61626364"

static void
check_fragments(struct cw_decoder *d, const char *first, const char *later, bool is_inside)
{
    struct buffer b;
    struct cw_frame frame;
    struct cw_packet p;
    int64_t t = SECOND;
    assert_int_equal(decode_hex(d, LINK_RAW, later, t, &b, &frame, &p),
                     CAMWATCH_DROP_FRAGMENT_ORPHAN);
    assert_int_equal(decode_hex(d, LINK_RAW, first, t, &b, &frame, &p), 0);
    assert_int_equal(p.is_fragment, !is_inside);
    assert_false(p.is_later_fragment);
    struct cw_addr src = p.src;
    assert_int_equal(decode_hex(d, LINK_RAW, later, t + 30 * SECOND, &b, &frame, &p), 0);
    assert_true(p.is_later_fragment);
    assert_int_equal(p.src_port, 1000);
    assert_int_equal(p.dst_port, 2000);
    assert_int_equal(p.proto, CW_PROTO_UDP);
    assert_int_equal(p.payload.len, 0);
    assert_true(cw_addr_equal(&p.src, &src));
    assert_int_equal(decode_hex(d, LINK_RAW, later, t + 30 * SECOND + 1, &b, &frame, &p),
                     CAMWATCH_DROP_FRAGMENT_ORPHAN);
}

static void
test_fragments(void **state)
{
    check_fragments(*state, FIRST4("0007"), LATER4("0007"), false);
    check_fragments(*state, FIRST6, LATER6, false);
    check_fragments(*state, FIRST_GRE, LATER_GRE, true); /* belongs to the flow inside */
}

static void
test_fragments_make_room(void **state)
{
    (void)state;
    struct cw_decoder *d = new_decoder(0, 0, 4);
    struct buffer b;
    struct cw_frame frame;
    struct cw_packet p;
    static const char *const firsts[] = {FIRST4("0001"), FIRST4("0002"), FIRST4("0003"),
                                         FIRST4("0004"), FIRST4("0005")};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(decode_hex(d, LINK_RAW, firsts[i], i * SECOND, &b, &frame, &p), 0);
    }
    assert_int_equal(decode_hex(d, LINK_RAW, LATER4("0001"), 5 * SECOND, &b, &frame, &p),
                     CAMWATCH_DROP_FRAGMENT_TABLE);
    assert_int_equal(decode_hex(d, LINK_RAW, LATER4("0002"), 5 * SECOND, &b, &frame, &p), 0);
    assert_int_equal(decode_hex(d, LINK_RAW, LATER4("0005"), 5 * SECOND, &b, &frame, &p), 0);
    cw_decoder_free(d);
}

static void
test_icmp_quote(void **state)
{
    struct buffer b;
    struct cw_frame frame;
    struct cw_packet p, q;
    const char *v4 = "4500003c 00010000 40010000 0a000002 0a000001 0303 0000 00000000" UDP4;
    assert_int_equal(decode_hex(*state, LINK_RAW, v4, 0, &b, &frame, &p), 0);
    assert_int_equal(p.icmp_type, 3);
    assert_int_equal(p.icmp_code, 3);
    assert_int_equal(p.payload.len, 32);
    assert_true(cw_decode_quoted(&p, &q));
    assert_int_equal(q.proto, CW_PROTO_UDP);
    assert_int_equal(q.src_port, 1000);
    assert_int_equal(q.dst_port, 2000);
    assert_true(cw_addr_equal(&q.src, &p.dst));
    p.icmp_type = 8;
    assert_false(cw_decode_quoted(&p, &q));
    const char *v6 = "60000000 003c3a40" ADDRS6 "0104 0000 00000000" UDP6;
    assert_int_equal(decode_hex(*state, LINK_RAW, v6, 0, &b, &frame, &p), 0);
    assert_true(cw_decode_quoted(&p, &q));
    assert_int_equal(q.dst_port, 2000);
}

/* RFC 792: the quote holds at least the header and 8 bytes; ports need 4 of them. */
static void
test_icmp_quote_cut(void **state)
{
    struct buffer b =
        from_hex("45000038 00010000 40010000 0a000002 0a000001 0303 0000 00000000"
                 "45000020 00010000 40110000 0a000001 0a000002 03e8 07d0 000c 0000");
    for (size_t n = 0; n <= b.len; n++) {
        uint8_t *copy = malloc(n ? n : 1);
        assert_non_null(copy);
        memcpy(copy, b.bytes, n);
        struct cw_frame frame = {
            .bytes = cw_bytes(copy, n), .wire_len = (uint32_t)b.len, .link_type = LINK_RAW};
        struct cw_packet p, q;
        bool is_quoted = cw_decode(*state, &frame, &p) == 0 && cw_decode_quoted(&p, &q);
        assert_int_equal(is_quoted, n >= 52);
        free(copy);
    }
}

static int
set_up(void **state)
{
    *state = new_decoder(0, 0, 0);
    return *state ? 0 : -1;
}

static int
tear_down(void **state)
{
    cw_decoder_free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reasons),     cmocka_unit_test(test_padding_is_trimmed),
        cmocka_unit_test(test_large_frame), cmocka_unit_test(test_cut_by_snaplen),
        cmocka_unit_test(test_depth),       cmocka_unit_test(test_port_is_no_proof),
        cmocka_unit_test(test_fragments),   cmocka_unit_test(test_fragments_make_room),
        cmocka_unit_test(test_icmp_quote),  cmocka_unit_test(test_icmp_quote_cut),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
