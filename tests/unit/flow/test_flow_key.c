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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_directions_meet),
        cmocka_unit_test(test_one_address_two_ports),
        cmocka_unit_test(test_vlan),
        cmocka_unit_test(test_icmp_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
