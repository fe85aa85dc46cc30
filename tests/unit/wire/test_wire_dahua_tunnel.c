/* SPDX-License-Identifier: Apache-2.0
 *
 * Dahua's inverted STUN and PTCP.
 */
#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_dahua_stun;
extern const struct cw_wire_signature cw_wire_dahua_ptcp;

static uint8_t buffer[512];

static struct cw_wire_input
udp(struct cw_bytes bytes)
{
    return wire_message(CW_WIRE_UDP, bytes, 40000, 41000);
}

/* protocols_seed_vendors.md 1.5; 192.0.2.5:37777 inverted is 6c6e 3ffffdfa. */
static struct cw_bytes
punch(const char *type, uint8_t *out)
{
    char hex[200] = "";
    strcat(strcpy(hex, type),
           " ff e7 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff 01 7f d5 ff f7 "
           "10 20 30 40 50 60 70 80 ff fb ff f7 ff fe 6c 6e 3f ff fd fa");
    return wire_hex(hex, out, 45);
}

static void
test_punch(void **unused)
{
    (void)unused;
    uint8_t answer[45];
    struct cw_wire_match m;
    struct cw_wire_input ask = udp(punch("ff fe", buffer));
    assert_int_equal(ask.bytes.len, 44);
    assert_true(wire_try(&cw_wire_dahua_stun, ask, &m));
    assert_int_equal(m.phase, CW_WIRE_PHASE_PUNCH);
    assert_false(m.is_camera_fact);
    assert_int_equal(m.n_candidates, 1);
    assert_addr(&m.candidate[0].addr, "192.0.2.5");
    assert_int_equal(m.candidate[0].port, 37777);
    assert_alone(&cw_wire_dahua_stun, ask, false);
    assert_both_ways(&cw_wire_dahua_stun, ask, udp(punch("fe fe", answer)));
    assert_int_equal(wire_each_prefix(&cw_wire_dahua_stun, ask), 0);
}

/* A real STUN message (RFC 5389 6) is not one. */
static void
test_classic_stun(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = udp(punch("ff fe", buffer));
    for (size_t i = 0; i < 44; i++) {
        buffer[i] = (uint8_t)~buffer[i];
    }
    assert_false(wire_try(&cw_wire_dahua_stun, in, &m));
}

static void
shape_punch(uint8_t *bytes, size_t len)
{
    (void)len;
    memcpy(bytes, "\xff\xfe\xff\xe7", 4);
}

static void
test_random_punch(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_dahua_stun, udp(cw_bytes("", 0)), 44, 44, shape_punch);
}

/* The 68 bytes published in protocols_seed_vendors.md 1.6: a DVRIP log-in in the tunnel. */
static const char login[] =
    "50 54 43 50 00 00 00 18 00 00 00 14 00 00 ff eb 00 00 00 1c 05 33 fe 32 "
    "10 00 00 20 36 ef 03 4a 00 00 00 00 a0 01 00 00 00 00 00 00 c4 a3 af 48 99 56 b6 b4 "
    "54 ab ae b6 01 21 d6 71 05 02 00 01 00 00 a1 aa";

static void
test_tunnelled_login(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = udp(wire_hex(login, buffer, sizeof(buffer)));
    assert_int_equal(in.bytes.len, 68);
    assert_true(wire_try(&cw_wire_dahua_ptcp, in, &m));
    assert_string_equal(m.detail, "DVRIP log-in");
    assert_int_equal(m.sender, CW_WIRE_FROM_VIEWER);
    assert_alone(&cw_wire_dahua_ptcp, in, true);
    assert_int_equal(wire_each_prefix(&cw_wire_dahua_ptcp, in), 24);
    buffer[27] = 0x21; /* length of another datagram */
    assert_false(wire_try(&cw_wire_dahua_ptcp, in, &m));
}

static struct cw_bytes
data(const char *text)
{
    size_t n = strlen(text);
    struct cw_bytes head =
        wire_hex("50 54 43 50 00 00 00 18 00 00 00 14 00 00 ff eb 00 00 00 1c 05 33 fe 32 "
                 "10 00 00 00 36 ef 03 4a 00 00 00 00",
                 buffer, sizeof(buffer));
    buffer[26] = (uint8_t)(n >> 8);
    buffer[27] = (uint8_t)n;
    memcpy(buffer + head.len, text, n);
    return cw_bytes(buffer, head.len + n);
}

static void
test_tunnelled_rtsp(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in =
        udp(data("RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nServer: Dahua Rtsp Server\r\n"
                 "WWW-Authenticate: Digest realm=\"Login to 7J0000BPAZ00001\", "
                 "nonce=\"s3cret\"\r\n\r\n"));
    assert_true(wire_try(&cw_wire_dahua_ptcp, in, &m));
    assert_true(m.is_camera_fact);
    assert_int_equal(m.phase, CW_WIRE_PHASE_DIRECT);
    assert_string_equal(m.identity.serial, "7J0000BPAZ00001");
    assert_never_kept(&m, "s3cret");
    assert_int_equal(m.identity.origin, CAMWATCH_ORIGIN_SELF);
    assert_true(
        cw_addr_parse("9.9.9.9", &in.src)); /* from outside it may come through a relay */
    assert_true(wire_try(&cw_wire_dahua_ptcp, in, &m));
    assert_int_equal(m.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
    assert_false(m.is_camera_fact);
}

static void
test_opening(void **unused)
{
    (void)unused;
    static const char opening[] = "50 54 43 50 00 00 00 00 00 00 00 00 00 02 ff ff 00 00 00 00 "
                                  "00 00 00 00 00 03 01 00";
    uint8_t other[64];
    struct cw_wire_input there = udp(wire_hex(opening, buffer, sizeof(buffer)));
    struct cw_wire_input back = udp(wire_hex(opening, other, sizeof(other)));
    assert_alone(&cw_wire_dahua_ptcp, there, false);
    assert_both_ways(&cw_wire_dahua_ptcp, there, back);
    struct cw_wire_match m;
    buffer[25] = 4;
    assert_false(wire_try(&cw_wire_dahua_ptcp, there, &m));
}

static void
shape_ptcp(uint8_t *bytes, size_t len)
{
    memcpy(bytes, "PTCP", 4);
    bytes[12] = bytes[13] = 0;
    bytes[24] = 0x10;
    bytes[26] = (uint8_t)((len - 36) >> 8);
    bytes[27] = (uint8_t)(len - 36);
}

static void
test_random_ptcp(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_dahua_ptcp, udp(cw_bytes("", 0)), 37, 300, shape_ptcp);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_punch),          cmocka_unit_test(test_classic_stun),
        cmocka_unit_test(test_random_punch),   cmocka_unit_test(test_tunnelled_login),
        cmocka_unit_test(test_tunnelled_rtsp), cmocka_unit_test(test_opening),
        cmocka_unit_test(test_random_ptcp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
