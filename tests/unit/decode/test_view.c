/* SPDX-License-Identifier: Apache-2.0 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "camwatch/monitor.h"
#include "frames.h"

static void
test_view(void **state)
{
    (void)state;
    struct buffer b = from_hex(ETH("8100 0005 0800") UDP4);
    struct camwatch_frame frame = {.bytes = b.bytes,
                                   .captured = (uint32_t)b.len,
                                   .wire_len = (uint32_t)b.len,
                                   .link_type = LINK_ETHERNET};
    struct camwatch_packet_view view = {.size = sizeof(view)};
    assert_int_equal(camwatch_frame_view(&frame, &view), 0);
    assert_int_equal(view.size, sizeof(view));
    assert_true(view.is_ip);
    assert_int_equal(view.vlan, 5);
    assert_int_equal(view.src_port, 1000);
    assert_int_equal(view.src[15], 1);
    assert_int_equal(view.src_mac[5], 1);
    assert_int_equal(view.payload_offset, b.len - 4);
    assert_int_equal(view.ip_offset, 18);
    assert_int_equal(view.ip_captured, b.len - 18);
    assert_int_equal(view.ttl, 64);
    assert_true(view.is_on_link);
    assert_false(view.is_fragment);
}

/* A caller built against an older, shorter view. */
static void
test_short_view(void **state)
{
    (void)state;
    struct buffer b = from_hex(UDP4);
    struct camwatch_frame frame = {.bytes = b.bytes,
                                   .captured = (uint32_t)b.len,
                                   .wire_len = (uint32_t)b.len,
                                   .link_type = LINK_RAW};
    struct camwatch_packet_view view = {.size =
                                            offsetof(struct camwatch_packet_view, src_port)};
    view.src_port = 0xbeef;
    assert_int_equal(camwatch_frame_view(&frame, &view), 0);
    assert_int_equal(view.src_port, 0xbeef);
    assert_int_equal(view.dst[15], 2);
}

static void
test_tunnel_names(void **state)
{
    (void)state;
    assert_int_equal(camwatch_tunnel_bit("gtp-u"), CW_TUNNEL_GTPU);
    assert_int_equal(camwatch_tunnel_bit("capwap"), CW_TUNNEL_CAPWAP);
    assert_int_equal(camwatch_tunnel_bit("nonsense"), 0);
    assert_int_equal(camwatch_tunnel_bit(NULL), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_view),
        cmocka_unit_test(test_short_view),
        cmocka_unit_test(test_tunnel_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
