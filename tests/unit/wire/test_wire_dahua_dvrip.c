/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_dahua_dvrip;

/* Published messages of protocols_seed_vendors.md 1.1. */
static const char realm_request[] = "a0 01 00 00 00 00 00 00 c4 a3 af 48 99 56 b6 b4 "
                                    "54 ab ae b6 01 21 d6 71 05 02 00 01 00 00 a1 aa";
static const char realm_answer[] = "b0 00 00 78 45 00 00 00 01 0e 01 00 00 00 00 00 "
                                   "00 00 00 00 01 00 00 00 06 00 f9 00 00 00 00 02";
static const char property_header[] =
    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
static const char poll[] = "a1 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                           "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
static const char poll_answer[] = "b1 00 00 78 00 00 00 00 00 00 00 00 00 00 00 00 "
                                  "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";

static uint8_t buffer[512];

static struct cw_wire_input
message(const char *hex, const char *text, bool is_answer)
{
    struct cw_bytes head = wire_hex(hex, buffer, sizeof(buffer));
    size_t n = strlen(text);
    memcpy(buffer + head.len, text, n);
    return wire_message(CW_WIRE_TCP, cw_bytes(buffer, head.len + n), is_answer ? 37777 : 50000,
                        is_answer ? 50000 : 37777);
}

static void
test_login(void **unused)
{
    (void)unused;
    static const char *const tails[] = {"05 02 01 01", "05 02 00 01", "05 02 00 08",
                                        "04 02 00 01"};
    struct cw_wire_match m;
    struct cw_wire_input in = message(realm_request, "", false);
    assert_true(wire_try(&cw_wire_dahua_dvrip, in, &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_VIEWER);
    assert_false(m.is_camera_fact);
    assert_false(m.has_identity);
    assert_alone(&cw_wire_dahua_dvrip, in, true);
    for (size_t i = 0; i < 4; i++) {
        in = message(realm_request, "", false);
        (void)wire_hex(tails[i], buffer + 24, 5);
        assert_alone(&cw_wire_dahua_dvrip, in, true);
    }
    assert_int_equal(wire_each_prefix(&cw_wire_dahua_dvrip, in), 0);
}

/* The realm is the serial on older firmware, a hash on newer (protocols_seed_vendors.md 1.1).
 */
static void
test_login_answer(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = message(
        realm_answer, "Realm:Login to 7J0000BPAZ00001\r\nRandom:314159265\r\n\r\n", true);
    assert_true(wire_try(&cw_wire_dahua_dvrip, in, &m));
    assert_true(m.is_camera_fact);
    assert_string_equal(m.identity.serial, "7J0000BPAZ00001");
    assert_never_kept(&m, "314159265");
    assert_alone(&cw_wire_dahua_dvrip, in, true);
    in = message(realm_answer, "Realm:Login to 0123456789abcdef0123456789abcdef\r\n\r\n", true);
    assert_true(wire_try(&cw_wire_dahua_dvrip, in, &m));
    assert_string_equal(m.identity.serial, "");
    in = message(realm_answer, "\x01\x02 binary", true);
    assert_false(wire_try(&cw_wire_dahua_dvrip, in, &m));
}

static void
test_properties(void **unused)
{
    (void)unused;
    char hex[128] = "b4 00 00 78 0c 00 00 00 0b 00 00 00";
    struct cw_wire_match m;
    strcat(hex, property_header);
    struct cw_wire_input in = message(hex, "IPC-HFW1431S", true);
    assert_true(wire_try(&cw_wire_dahua_dvrip, in, &m));
    assert_string_equal(m.identity.model, "IPC-HFW1431S");
    assert_alone(&cw_wire_dahua_dvrip, in, true);
    assert_int_equal(wire_each_prefix(&cw_wire_dahua_dvrip, in), 0);
    memcpy(hex, "b4 00 00 78 11 00 00 00 08", 26);
    in = message(hex, "2.800.0000004.0.R", true);
    assert_true(wire_try(&cw_wire_dahua_dvrip, in, &m));
    assert_string_equal(m.identity.firmware, "2.800.0000004.0.R");
    memcpy(hex, "b4 00 00 78 0f 00 00 00 07", 26);
    in = message(hex, "000000000000000", true);
    assert_true(wire_try(&cw_wire_dahua_dvrip, in, &m));
    assert_string_equal(m.identity.serial, "");
    buffer[4] = 0x20; /* says more than there is */
    assert_false(wire_try(&cw_wire_dahua_dvrip, in, &m));
}

static void
test_json(void **unused)
{
    (void)unused;
    static const char head[] = "f6 00 00 78 35 00 00 00 05 00 00 00 00 00 00 00 "
                               "35 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00";
    struct cw_wire_match m;
    struct cw_wire_input in =
        message(head, "{\"id\":5,\"params\":{\"sn\":\"7J0000BPAZ00001\"},\"result\":1}", true);
    assert_true(wire_try(&cw_wire_dahua_dvrip, in, &m));
    assert_true(m.is_camera_fact);
    assert_string_equal(m.identity.serial, "7J0000BPAZ00001");
    assert_alone(&cw_wire_dahua_dvrip, in, true);
    assert_int_equal(wire_each_prefix(&cw_wire_dahua_dvrip, in), 33);
    static const size_t zeros[] = {1, 2, 12, 15, 20, 28, 31};
    for (size_t i = 0; i < sizeof(zeros) / sizeof(*zeros); i++) {
        uint8_t was = buffer[zeros[i]];
        buffer[zeros[i]] = 1;
        assert_false(wire_try(&cw_wire_dahua_dvrip, in, &m));
        buffer[zeros[i]] = was;
    }
    buffer[4] = 0x36; /* a part longer than the whole */
    assert_false(wire_try(&cw_wire_dahua_dvrip, in, &m));
}

static void
test_poll_needs_both_ways(void **unused)
{
    (void)unused;
    uint8_t other[32];
    struct cw_wire_match m;
    struct cw_wire_input ask = message(poll, "", false);
    struct cw_wire_input answer = wire_message(
        CW_WIRE_TCP, wire_hex(poll_answer, other, sizeof(other) + 1), 37777, 50000);
    assert_alone(&cw_wire_dahua_dvrip, ask, false);
    assert_both_ways(&cw_wire_dahua_dvrip, ask, answer);
    ask.dst_port = 4000;
    assert_false(wire_try(&cw_wire_dahua_dvrip, ask, &m));
}

static void
shape(uint8_t *bytes, size_t len)
{
    static const uint8_t commands[] = {0xa0, 0xb0, 0xf6, 0xb4, 0xf4,
                                       0xa3, 0xb3, 0xa1, 0xa4, 0xb1};
    bytes[0] = commands[bytes[0] % sizeof(commands)];
    bytes[1] = bytes[2] = 0;
    bytes[3] = bytes[3] & 1 ? 0x78 : 0;
    bytes[4] = (uint8_t)(len - 32);
    bytes[5] = (uint8_t)((len - 32) >> 8);
    bytes[6] = bytes[7] = 0;
}

static void
test_random(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_dahua_dvrip, message(poll, "", false), 32, 400, shape);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_login),
        cmocka_unit_test(test_login_answer),
        cmocka_unit_test(test_properties),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_poll_needs_both_ways),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
