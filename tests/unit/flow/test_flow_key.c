/* SPDX-License-Identifier: Apache-2.0 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "flow/key.h"
#include "flow_packets.h"

static void
assert_meet(struct sample *a, struct sample *b, bool expected)
{
    struct cw_flow_key ka, kb;
    memset(&ka, 0xaa, sizeof(ka)); /* every byte must be set */
    memset(&kb, 0x55, sizeof(kb));
    cw_flow_key_make(&a->packet, true, &ka);
    cw_flow_key_make(&b->packet, true, &kb);
    assert_int_equal(memcmp(&ka, &kb, sizeof(ka)) == 0, expected);
}

static void
test_directions_meet(void **state)
{
    (void)state;
    struct sample a, b;
    sample_make(&a, CW_PROTO_TCP, 0x0a000001, 40000, 0x08080808, 443);
    sample_make(&b, CW_PROTO_TCP, 0x08080808, 443, 0x0a000001, 40000);
    assert_meet(&a, &b, true);
    b.packet.dst_port = 40001;
    assert_meet(&a, &b, false);
}

static void
test_one_address_two_ports(void **state)
{
    (void)state;
    struct sample a, b;
    sample_make(&a, CW_PROTO_UDP, 0x7f000001, 5000, 0x7f000001, 53);
    sample_make(&b, CW_PROTO_UDP, 0x7f000001, 53, 0x7f000001, 5000);
    assert_meet(&a, &b, true);
}

static void
test_vlan(void **state)
{
    (void)state;
    struct sample a, b;
    struct cw_flow_key k;
    sample_make(&a, CW_PROTO_TCP, 1, 2, 3, 4);
    b = a;
    b.packet.vlan = 7;
    assert_meet(&a, &b, false);
    cw_flow_key_make(&b.packet, false, &k);
    assert_int_equal(k.vlan, 0);
}

static void
make_icmp(struct sample *s, uint8_t proto, bool turned, uint8_t type, uint8_t code)
{
    sample_make(s, proto, turned ? 9 : 8, 0, turned ? 8 : 9, 0);
    s->packet.icmp_type = type;
    s->packet.icmp_code = code;
}

/* Pairs of types as Community ID v1 has them. */
static void
test_icmp_pairs(void **state)
{
    (void)state;
    static const uint8_t pairs[][3] = {{1, 8, 0},      {1, 13, 14},    {1, 10, 9},
                                       {58, 128, 129}, {58, 135, 136}, {58, 133, 134}};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        struct sample a, b;
        make_icmp(&a, pairs[i][0], false, pairs[i][1], 0);
        make_icmp(&b, pairs[i][0], true, pairs[i][2], 0);
        assert_meet(&a, &b, true);
        assert_false(cw_flow_is_icmp_answer(&a.packet));
        assert_true(cw_flow_is_icmp_answer(&b.packet));
    }
    struct sample a, b;
    make_icmp(&a, CW_PROTO_ICMP, false, 3, 1);
    make_icmp(&b, CW_PROTO_ICMP, false, 3, 3);
    assert_meet(&a, &b, false);
}

static const struct cw_hash_key with = {1, 2};

static uint32_t
hash_of(const struct sample *s)
{
    struct cw_flow_key key;
    cw_flow_key_make(&s->packet, true, &key);
    return cw_flow_key_hash(&key, with);
}

/* Each part of the key counts, whether the addresses are of IPv4 or of IPv6. */
static void
assert_all_counts(const struct sample *s)
{
    struct sample turned = *s, other[6] = {*s, *s, *s, *s, *s, *s};
    uint32_t hash = hash_of(s);
    sample_turn(&turned);
    assert_int_equal(hash_of(&turned), hash);
    other[0].packet.src.b[15] ^= 1;
    other[1].packet.dst.b[12] ^= 1;
    other[2].packet.src_port ^= 1;
    other[3].packet.dst_port ^= 0x100;
    other[4].packet.vlan ^= 1;
    other[5].packet.proto = CW_PROTO_TCP;
    for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++) {
        assert_int_not_equal(hash_of(&other[i]), hash);
    }
    struct cw_flow_key key;
    cw_flow_key_make(&s->packet, true, &key);
    assert_int_not_equal(cw_flow_key_hash(&key, (struct cw_hash_key){1, 3}), hash);
    key.segment = 1;
    assert_int_not_equal(cw_flow_key_hash(&key, with), hash);
}

static void
test_hash(void **state)
{
    (void)state;
    struct sample s;
    sample_make(&s, CW_PROTO_UDP, 0x0a000001, 40000, 0x08080808, 443);
    assert_all_counts(&s);
    s.packet.src.b[0] = 0x20; /* one end is enough: such a key is hashed whole */
    assert_all_counts(&s);
    s.packet.dst.b[0] = 0x20;
    assert_all_counts(&s);
    uint32_t hash = hash_of(&s);
    s.packet.src.b[1] ^= 1;
    assert_int_not_equal(hash_of(&s), hash);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_directions_meet),
        cmocka_unit_test(test_one_address_two_ports),
        cmocka_unit_test(test_vlan),
        cmocka_unit_test(test_icmp_pairs),
        cmocka_unit_test(test_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
