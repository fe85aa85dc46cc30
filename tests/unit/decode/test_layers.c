/* SPDX-License-Identifier: Apache-2.0
 *
 * Every link type and encapsulation: what comes out of a whole frame, of every cut of it, and
 * with any bit of it wrong.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "frames.h"

#define ETH_UDP4 ETH("0800") UDP4
#define LLC_IP4  "aaaa03 000000 0800"

struct sample {
    const char *name;
    uint32_t link;
    const char *hex;
    unsigned tunnels;
    uint32_t segment;
    uint16_t vlan, vlan_inner;
    bool on_link;
    char family; /* '4', '6': UDP of frames.h; 't': TCP; '-': no IP */
};

static const struct sample samples[] = {
    {"ethernet", LINK_ETHERNET, ETH_UDP4, 0, 0, 0, 0, true, '4'},
    {"ethernet, tcp", LINK_ETHERNET, ETH("0800") TCP4, 0, 0, 0, 0, true, 't'},
    {"ethernet, ipv6", LINK_ETHERNET, ETH("86dd") UDP6, 0, 0, 0, 0, true, '6'},
    {"ipv4 options", LINK_RAW,
     "46000024 00010000 40110000 0a000001 0a000002 01010100"
     "03e8 07d0 000c 0000 61626364",
     0, 0, 0, 0, false, '4'},
    {"802.1Q", LINK_ETHERNET, ETH("8100 6005 0800") UDP4, 0, 0, 5, 0, true, '4'},
    {"802.1ad", LINK_ETHERNET, ETH("88a8 0064 8100 00c8 0800") UDP4, 0, 0, 100, 200, true, '4'},
    {"QinQ 9100", LINK_ETHERNET, ETH("9100 0064 8100 00c8 86dd") UDP6, 0, 0, 100, 200, true,
     '6'},
    {"802.3 snap", LINK_ETHERNET, ETH("0028") LLC_IP4 UDP4, 0, 0, 0, 0, true, '4'},
    {"802.1ah", LINK_ETHERNET, ETH("88a8 0064 88e7 00000123") ETH_UDP4, 0, 0x123, 100, 0, true,
     '4'},
    {"mpls", LINK_ETHERNET, ETH("8847 00010040 00020140") UDP4, CW_TUNNEL_MPLS, 0, 0, 0, false,
     '4'},
    {"mpls, ipv6", LINK_ETHERNET, ETH("8847 00020140") UDP6, CW_TUNNEL_MPLS, 0, 0, 0, false,
     '6'},
    {"pseudo-wire", LINK_ETHERNET, ETH("8847 00020140") ETH_UDP4, CW_TUNNEL_MPLS, 0, 0, 0, true,
     '4'},
    {"control word", LINK_ETHERNET, ETH("8847 00020140 00000000") ETH_UDP4, CW_TUNNEL_MPLS, 0,
     0, 0, true, '4'},
    {"pppoe", LINK_ETHERNET, ETH("8864 1100 0001 0022 0021") UDP4, CW_TUNNEL_PPPOE, 0, 0, 0,
     false, '4'},
    {"pppoe, ipv6", LINK_PPP_ETHER, "1100 0001 0035 57" UDP6, CW_TUNNEL_PPPOE, 0, 0, 0, false,
     '6'},
    {"gre", LINK_RAW, OUTER("0040", "2f") "a000 0800 00000000 0000002a" UDP4, CW_TUNNEL_GRE, 42,
     0, 0, false, '4'},
    {"gre, sequence", LINK_RAW, OUTER("0040", "2f") "3000 0800 0000002a 00000001" UDP4,
     CW_TUNNEL_GRE, 42, 0, 0, false, '4'},
    {"pptp", LINK_RAW,
     OUTER("0048", "2f") "3081 880b 0024 0007 00000001 00000001 ff03 0021" UDP4, CW_TUNNEL_GRE,
     7, 0, 0, false, '4'},
    {"nvgre", LINK_RAW, OUTER("004a", "2f") "2000 6558 00012300" ETH_UDP4, CW_TUNNEL_GRE,
     0x12300, 0, 0, true, '4'},
    {"erspan I", LINK_RAW, OUTER("0046", "2f") "0000 88be" ETH_UDP4, CW_TUNNEL_ERSPAN, 0, 0, 0,
     true, '4'},
    {"erspan II", LINK_RAW,
     OUTER("0052", "2f") "1000 88be 00000001 1000 0065 00000000" ETH_UDP4, CW_TUNNEL_ERSPAN,
     0x65, 0, 0, true, '4'},
    {"erspan III", LINK_RAW,
     OUTER("0056", "2f") "1000 22eb 00000001 2000 0066 00000000 0000 0000" ETH_UDP4,
     CW_TUNNEL_ERSPAN, 0x66, 0, 0, true, '4'},
    {"erspan III, platform", LINK_RAW,
     OUTER("005e",
           "2f") "1000 22eb 00000001 2000 0066 00000000 0000 0001 0000000000000000" ETH_UDP4,
     CW_TUNNEL_ERSPAN, 0x66, 0, 0, true, '4'},
    {"vxlan", LINK_RAW, OUTER("0052", "11") "c000 12b5 003e 0000 08000000 00006400" ETH_UDP4,
     CW_TUNNEL_VXLAN, 100, 0, 0, true, '4'},
    {"vxlan 8472", LINK_RAW,
     OUTER("0052", "11") "c000 2118 003e 0000 08000000 00006400" ETH_UDP4, CW_TUNNEL_VXLAN, 100,
     0, 0, true, '4'},
    {"geneve", LINK_RAW,
     OUTER("0056", "11") "c000 17c1 0042 0000 01006558 00006500 00000000" ETH_UDP4,
     CW_TUNNEL_GENEVE, 101, 0, 0, true, '4'},
    {"geneve, ipv6", LINK_RAW, OUTER("0058", "11") "c000 17c1 0044 0000 000086dd 00006500" UDP6,
     CW_TUNNEL_GENEVE, 101, 0, 0, false, '6'},
    {"gtp-u", LINK_RAW,
     OUTER("0048", "11") "0868 0868 0034 0000 32ff 0024 00000007 00010000" UDP4, CW_TUNNEL_GTPU,
     7, 0, 0, false, '4'},
    {"gtp-u, extension", LINK_RAW,
     OUTER("004c", "11") "0868 0868 0038 0000 34ff 0028 00000007 00000085 01000000" UDP4,
     CW_TUNNEL_GTPU, 7, 0, 0, false, '4'},
    {"ip in ip", LINK_RAW, OUTER("0034", "04") UDP4, CW_TUNNEL_IPIP, 0, 0, 0, false, '4'},
    {"ip6 in ip6", LINK_RAW, "60000000 00342940" ADDRS6 UDP6, CW_TUNNEL_IPIP, 0, 0, 0, false,
     '6'},
    {"6in4", LINK_RAW, OUTER("0048", "29") UDP6, CW_TUNNEL_SIXINFOUR, 0, 0, 0, false, '6'},
    {"teredo", LINK_RAW, OUTER("0050", "11") "c000 0dd8 003c 0000" UDP6, CW_TUNNEL_TEREDO, 0, 0,
     0, false, '6'},
    {"teredo, indications", LINK_RAW,
     OUTER("0065",
           "11") "0dd8 c000 0051 0000 00010000 0102030405060708 00 0000 ffff 01020304" UDP6,
     CW_TUNNEL_TEREDO, 0, 0, 0, false, '6'},
    {"capwap, 802.11", LINK_RAW,
     OUTER("0064", "11") "c000 147f 0050 0000 00100300 00000000"
                         "0801 0000 020000000003 020000000001 020000000002 0000" LLC_IP4 UDP4,
     CW_TUNNEL_CAPWAP, 0, 0, 0, true, '4'},
    {"capwap, 802.3", LINK_RAW,
     OUTER("0052", "11") "c000 147f 003e 0000 00100200 00000000" ETH_UDP4, CW_TUNNEL_CAPWAP, 0,
     0, 0, true, '4'},
    {"sll", LINK_SLL, "0000 0001 0006 0200000000010000 0800" UDP4, 0, 0, 0, 0, true, '4'},
    {"sll2", LINK_SLL2, "86dd 0000 00000002 0001 00 06 0200000000010000" UDP6, 0, 0, 0, 0, true,
     '6'},
    {"sll without address", LINK_SLL, "0000 fffe 0000 0000000000000000 0800" UDP4, 0, 0, 0, 0,
     false, '4'},
    {"null", LINK_NULL, "02000000" UDP4, 0, 0, 0, 0, false, '4'},
    {"null, big-endian", LINK_NULL, "00000002" UDP4, 0, 0, 0, 0, false, '4'},
    {"null, ipv6", LINK_NULL, "1e000000" UDP6, 0, 0, 0, 0, false, '6'},
    {"loop", LINK_LOOP, "00000018" UDP6, 0, 0, 0, 0, false, '6'},
    {"raw 12", LINK_RAW, UDP6, 0, 0, 0, 0, false, '6'},
    {"raw 14", LINK_RAW_OPENBSD, UDP4, 0, 0, 0, 0, false, '4'},
    {"raw 101", LINK_RAW_FILE, UDP4, 0, 0, 0, 0, false, '4'},
    {"ipv4", LINK_IPV4, UDP4, 0, 0, 0, 0, false, '4'},
    {"ipv6", LINK_IPV6, UDP6, 0, 0, 0, 0, false, '6'},
    {"ppp", LINK_PPP, "ff03 0021" UDP4, 0, 0, 0, 0, false, '4'},
    {"ppp, compressed", LINK_PPP, "21" UDP4, 0, 0, 0, 0, false, '4'},
    {"ppp serial, hdlc", LINK_PPP_SERIAL, "0f00 0800" UDP4, 0, 0, 0, 0, false, '4'},
    {"hdlc", LINK_HDLC, "8f00 86dd" UDP6, 0, 0, 0, 0, false, '6'},
    {"802.11 qos", LINK_WIFI,
     "8802 0000 020000000002 020000000003 020000000001 0000 0000" LLC_IP4 UDP4, 0, 0, 0, 0,
     true, '4'},
    {"802.11 relayed", LINK_WIFI,
     "0803 0000 020000000004 020000000003 020000000002 0000 020000000001" LLC_IP4 UDP4, 0, 0, 0,
     0, true, '4'},
    {"radiotap, padded", LINK_RADIOTAP,
     "0000 0900 02000000 20 8802 0000 020000000002 020000000003 020000000001 0000 0000 "
     "0000" LLC_IP4 UDP4,
     0, 0, 0, 0, true, '4'},
    {"prism", LINK_PRISM,
     "44000000 10000000 0000000000000000 0802 0000 020000000002 020000000003 020000000001 "
     "0000" LLC_IP4 UDP4,
     0, 0, 0, 0, true, '4'},
    {"ipv6 extensions", LINK_RAW,
     "60000000 00440040" ADDRS6 "2b00 0104 00000000"
     "2c00 0000 00000000"
     "3c00 0000 00000009"
     "3300 0104 00000000"
     "1104 0000 00000001 00000002 000000000000000000000000"
     "03e8 07d0 000c 0000 61626364",
     0, 0, 0, 0, false, '6'},
    {"arp", LINK_ETHERNET,
     ETH("0806 0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002"), 0, 0, 0, 0,
     true, '-'},
    {"sadp", LINK_ETHERNET, ETH("8033 21020142"), 0, 0, 0, 0, true, '-'},
    {"8d8d", LINK_ETHERNET, ETH("8d8d 01020304"), 0, 0, 0, 0, true, '-'},
    {"lldp", LINK_ETHERNET, ETH("88cc 0207 0402 0000 0000 01"), 0, 0, 0, 0, true, '-'},
};

#define N_SAMPLES (sizeof(samples) / sizeof(*samples))

static struct cw_addr
addr(const char *text)
{
    struct cw_addr out = {{0}};
    if (!cw_addr_parse(text, &out)) {
        abort();
    }
    return out;
}

static bool
has_ends(const struct sample *s, const struct cw_packet *p)
{
    bool is_v6 = s->family == '6';
    struct cw_addr src = addr(is_v6 ? "2001:db8::1" : "10.0.0.1");
    struct cw_addr dst = addr(is_v6 ? "2001:db8::2" : "10.0.0.2");
    bool is_tcp = s->family == 't';
    return p->is_ip && cw_addr_equal(&p->src, &src) && cw_addr_equal(&p->dst, &dst) &&
           p->proto == (is_tcp ? CW_PROTO_TCP : CW_PROTO_UDP) &&
           p->src_port == (is_tcp ? 40000 : 1000) && p->dst_port == (is_tcp ? 80 : 2000);
}

static bool
has_abcd(const struct cw_packet *p)
{
    return cw_bytes_equal(p->payload, cw_bytes_text("abcd")) && p->payload_wire == 4 &&
           !p->is_cut;
}

static void
check_sample(struct cw_decoder *d, const struct sample *s)
{
    struct buffer b = from_hex(s->hex);
    struct cw_frame frame = frame_of(&b, s->link);
    struct cw_packet p;
    unsigned reason = cw_decode(d, &frame, &p);
    if (reason) {
        fail_msg("%s: %s", s->name, camwatch_drop_text(reason));
    }
    bool is_right = s->family == '-' ? !p.is_ip && p.payload.len == b.len - 14
                                     : has_ends(s, &p) && has_abcd(&p);
    if (!is_right) {
        fail_msg("%s: other ends or payload: ports %u %u, payload %zu", s->name, p.src_port,
                 p.dst_port, p.payload.len);
    }
    if (p.tunnels != s->tunnels || p.segment != s->segment || p.vlan != s->vlan ||
        p.vlan_inner != s->vlan_inner || p.on_link != s->on_link) {
        fail_msg("%s: tunnels %x segment %x vlan %u %u on_link %d", s->name, p.tunnels,
                 p.segment, p.vlan, p.vlan_inner, p.on_link);
    }
    static const struct cw_mac source = {{2, 0, 0, 0, 0, 1}};
    if (p.on_link && !cw_mac_equal(&p.src_mac, &source)) {
        fail_msg("%s: source MAC", s->name);
    }
}

static void
test_whole_frames(void **state)
{
    for (size_t i = 0; i < N_SAMPLES; i++) {
        check_sample(*state, &samples[i]);
    }
}

static bool
is_inside(struct cw_bytes in, struct cw_bytes frame)
{
    return in.len == 0 || (in.ptr >= frame.ptr && in.ptr + in.len <= frame.ptr + frame.len);
}

/* The bytes in memory of their own, so that AddressSanitizer sees one byte over. */
static unsigned
decode_copy(struct cw_decoder *d, const struct sample *s, struct cw_bytes in, uint32_t wire_len,
            struct cw_packet *out)
{
    uint8_t *copy = malloc(in.len ? in.len : 1);
    assert_non_null(copy);
    memcpy(copy, in.ptr, in.len);
    struct cw_frame frame = {
        .bytes = cw_bytes(copy, in.len), .wire_len = wire_len, .link_type = s->link};
    unsigned reason = cw_decode(d, &frame, out);
    if (!reason && (!is_inside(out->ip, frame.bytes) || !is_inside(out->payload, frame.bytes) ||
                    out->payload.len > out->payload_wire)) {
        fail_msg("%s: a span beyond the frame", s->name);
    }
    if (!reason) {
        struct cw_packet quoted;
        (void)cw_decode_quoted(out, &quoted);
    }
    free(copy);
    return reason;
}

static void
test_every_cut(void **state)
{
    for (size_t i = 0; i < N_SAMPLES; i++) {
        const struct sample *s = &samples[i];
        struct buffer b = from_hex(s->hex);
        for (size_t n = 0; n < b.len; n++) {
            struct cw_packet p;
            struct cw_bytes cut = cw_bytes(b.bytes, n);
            unsigned reason = decode_copy(*state, s, cut, (uint32_t)b.len, &p);
            if (!reason && !p.is_cut) {
                fail_msg("%s: cut at %zu, but whole", s->name, n);
            }
            if (!reason && p.is_ip && p.tunnels == s->tunnels && !has_ends(s, &p)) {
                fail_msg("%s: cut at %zu gives other ends", s->name, n);
            }
            if (n + 4 >= b.len && reason) { /* only payload is missing */
                fail_msg("%s: cut at %zu: %s", s->name, n, camwatch_drop_text(reason));
            }
            (void)decode_copy(*state, s, cut, (uint32_t)n, &p);
        }
    }
}

static void
test_every_wrong_bit(void **state)
{
    for (size_t i = 0; i < N_SAMPLES; i++) {
        struct buffer b = from_hex(samples[i].hex);
        for (size_t bit = 0; bit < b.len * 8; bit++) {
            struct cw_packet p;
            b.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            (void)decode_copy(*state, &samples[i], cw_bytes(b.bytes, b.len), (uint32_t)b.len,
                              &p);
            b.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

/* A tunnel that is off is not taken off, and what remains is as decode.h says. */
static void
test_tunnels_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        const struct sample *s = &samples[i];
        if (!s->tunnels) {
            continue;
        }
        struct cw_decoder *d = new_decoder(s->tunnels, 0, 0);
        struct buffer b = from_hex(s->hex);
        struct cw_frame frame = frame_of(&b, s->link);
        struct cw_packet p;
        unsigned reason = cw_decode(d, &frame, &p);
        bool is_link = s->tunnels & (CW_TUNNEL_MPLS | CW_TUNNEL_PPPOE);
        bool is_outer = !reason && p.is_ip && p.tunnels == 0 && p.ip.len == b.len;
        if (is_link ? reason != CAMWATCH_DROP_ETHERTYPE_OTHER : !is_outer) {
            fail_msg("%s off: %s, ip %zu", s->name, camwatch_drop_text(reason), p.ip.len);
        }
        cw_decoder_free(d);
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
        cmocka_unit_test(test_whole_frames),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_every_wrong_bit),
        cmocka_unit_test(test_tunnels_off),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
