/* SPDX-License-Identifier: Apache-2.0
 *
 * Xiongmai DVRIP and xmip: published headers (protocols_p2p.md 3).
 */
#include "wire_probe.h"

extern const struct cw_wire_signature cw_wire_xiongmai_dvrip, cw_wire_xiongmai_nat;

static struct probe_message
with_body(const char *header, const char *body)
{
    struct probe_message m = probe_hex(header);
    probe_add(&m, body, strlen(body));
    return m;
}

static bool
matches_tcp(const struct probe_message *m, struct cw_wire_match *out)
{
    struct cw_wire_input in = probe_tcp(m);
    return probe_test(&cw_wire_xiongmai_dvrip, &in, out);
}

static void
published_headers_match(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        with_body("ff00000001000000000000000000ee0335000000", "{ \"Name\" : \"KeepAlive\"");
    assert_true(matches_tcp(&m, &out));
    assert_int_equal(out.sender, CW_WIRE_FROM_VIEWER);
    m = with_body("ff01000001000000000000000000ef0343000000", "{ \"Name\" : \"KeepAlive\"");
    assert_true(matches_tcp(&m, &out));
    assert_int_equal(out.sender, CW_WIRE_FROM_DEVICE);
    assert_true(out.is_camera_fact);
    m = with_body("ff0100009f860100a802000063008505aa000000", "dGhpcyBpcyBiYXNlNjQgdGV4dA==");
    assert_true(matches_tcp(&m, &out));
    m = with_body("ff0100009f860100a802000063008505aa000000", "not base64 and not braces");
    assert_false(matches_tcp(&m, &out));
    m = with_body("ff0200009f860100a802000063008505aa000000", "{}");
    assert_false(matches_tcp(&m, &out));
}

static struct probe_message
search_reply(const char *json)
{
    struct probe_message m = probe_hex("ff01000000000000000000000000fb0500000000");
    probe_add(&m, json, strlen(json) + 1);
    probe_put_le32(&m, 16, (uint32_t)strlen(json) + 1);
    return m;
}

static void
search_reply_says_who(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        search_reply("{ \"NetWork.NetCommon\" : { \"GateWay\" : \"0x0101A8C0\", \"HostIP\" : "
                     "\"0x0A01A8C0\", "
                     "\"HostName\" : \"Gate\", \"MAC\" : \"00:12:16:aa:bb:cc\", \"SN\" : "
                     "\"0a1b2c3d4e5f6071\", "
                     "\"TCPPort\" : 34567, \"Version\" : \"V4.02.R11\" }, \"Ret\" : 100 }\n");
    assert_true(probe_matches(&cw_wire_xiongmai_dvrip, &m, &out));
    assert_true(out.is_enough && out.is_camera_fact);
    assert_string_equal(out.identity.serial, "0a1b2c3d4e5f6071");
    assert_string_equal(out.identity.name, "Gate");
    assert_string_equal(out.identity.firmware, "V4.02.R11");
    char text[CW_ADDR_TEXT_MAX], mac[CW_MAC_TEXT_MAX];
    assert_string_equal(cw_addr_format(&out.identity.addr, text), "192.168.1.10");
    assert_string_equal(cw_mac_format(&out.identity.mac, mac), "00-12-16-AA-BB-CC");
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_SELF);
    assert_int_equal(probe_truncations(&cw_wire_xiongmai_dvrip, &m), 0);
    const struct probe_step one[] = {{&m, 0}};
    assert_true(probe_confirms(&cw_wire_xiongmai_dvrip, one, 1));
}

static void
fillers_are_nobody(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        search_reply("{ \"NetWork.NetCommon\" : { \"MAC\" : \"00:00:00:00:00:00\", "
                     "\"SN\" : \"0000000000000000\" } }\n");
    assert_true(probe_matches(&cw_wire_xiongmai_dvrip, &m, &out));
    assert_false(out.has_identity || out.is_enough);
}

/* An address that is not set is none. */
static void
an_address_of_zeros_says_nothing(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        search_reply("{ \"NetWork.NetCommon\" : { \"HostIP\" : \"0x00000000\", "
                     "\"MAC\" : \"00:12:16:aa:bb:cc\" } }\n");
    assert_true(probe_matches(&cw_wire_xiongmai_dvrip, &m, &out));
    assert_true(out.has_identity);
    assert_true(cw_addr_is_none(&out.identity.addr));
}

static void
log_in_keeps_no_user(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        with_body("ff00000000000000000000000000e80364000000",
                  "{ \"EncryptType\" : \"MD5\", \"LoginType\" : \"DVRIP-Web\", "
                  "\"PassWord\" : \"tlJwpbo6\", \"UserName\" : \"admin\" }\n");
    assert_true(matches_tcp(&m, &out));
    assert_string_equal(out.detail, "log-in");
    assert_false(out.has_identity);
    const uint8_t *bytes = (const uint8_t *)&out;
    for (size_t i = 0; i + 8 <= sizeof(out); i++) {
        assert_memory_not_equal(bytes + i, "tlJwpbo6", 8);
    }
}

/* FF, zeros, a number in range, the length right, the payload noise. */
static void
noise_seldom_looks_like_a_body(void **state)
{
    (void)state;
    uint32_t seed = 11;
    unsigned hits = 0;
    for (unsigned i = 0; i < 100000; i++) {
        struct probe_message m = {.len = 60 + probe_random(&seed) % 100};
        struct cw_wire_match out;
        probe_noise(m.bytes, m.len, &seed);
        probe_put_be32(&m, 0, 0xff010000);
        probe_put_le16(&m, 14, 1000 + probe_random(&seed) % 2600);
        probe_put_le32(&m, 16, (uint32_t)m.len - 20);
        hits += probe_matches(&cw_wire_xiongmai_dvrip, &m, &out);
    }
    assert_true(hits < 600); /* a brace: 1 of 256 */
}

static void
rendezvous_needs_both_ways(void **state)
{
    (void)state;
    struct probe_message m = probe_hex("1220d007"), other = probe_hex("1220d007");
    struct cw_wire_match out;
    probe_add_zeros(&m, 108);
    probe_add_zeros(&other, 116);
    assert_true(probe_matches(&cw_wire_xiongmai_nat, &m, &out));
    const struct probe_step one_way[] = {{&m, 0}, {&other, 0}}, both[] = {{&m, 0}, {&other, 1}};
    assert_false(probe_confirms(&cw_wire_xiongmai_nat, one_way, 2));
    assert_true(probe_confirms(&cw_wire_xiongmai_nat, both, 2));
    assert_true(cw_wire_xiongmai_nat.is_experimental);
    assert_int_equal(probe_truncations(&cw_wire_xiongmai_nat, &m), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_headers_match),
        cmocka_unit_test(search_reply_says_who),
        cmocka_unit_test(fillers_are_nobody),
        cmocka_unit_test(an_address_of_zeros_says_nothing),
        cmocka_unit_test(log_in_keeps_no_user),
        cmocka_unit_test(noise_seldom_looks_like_a_body),
        cmocka_unit_test(rendezvous_needs_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
