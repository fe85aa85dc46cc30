/* SPDX-License-Identifier: Apache-2.0
 *
 * EZVIZ: CAS, VTM, LBS, DAS, the beacon and the name look-up over HTTP.
 */
#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_ezviz_cas;
extern const struct cw_wire_signature cw_wire_ezviz_vtm;
extern const struct cw_wire_signature cw_wire_ezviz_lbs;
extern const struct cw_wire_signature cw_wire_ezviz_das;
extern const struct cw_wire_signature cw_wire_ezviz_stun;
extern const struct cw_wire_signature cw_wire_hikvision_isup5;
extern const struct cw_wire_signature cw_wire_ezviz_beacon;
extern const struct cw_wire_signature cw_wire_ezviz_httpdns;

static uint8_t buffer[1024];

static struct cw_wire_input
tcp(struct cw_bytes bytes, uint16_t src_port, uint16_t dst_port)
{
    return wire_message(CW_WIRE_TCP, bytes, src_port, dst_port);
}

/* Published in protocols_seed_vendors.md 2.5. */
static const char cas[] = "9e ba ac e9 01 00 00 00 00 00 00 15 00 00 00 00 "
                          "00 00 31 05 ff ff ff ff 00 00 00 80 00 00 00 00";

static void
test_cas(void **unused)
{
    (void)unused;
    static const size_t fixed[] = {0, 3, 4, 12, 16, 24, 28};
    struct cw_wire_match m;
    struct cw_wire_input in = tcp(wire_hex(cas, buffer, sizeof(buffer)), 10101, 9010);
    assert_true(wire_try(&cw_wire_ezviz_cas, in, &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_VIEWER);
    assert_alone(&cw_wire_ezviz_cas, in, true);
    assert_int_equal(wire_each_prefix(&cw_wire_ezviz_cas, in), 0);
    in.src_port = 9020;
    in.dst_port = 50000;
    assert_true(wire_try(&cw_wire_ezviz_cas, in, &m));
    assert_true(m.is_camera_fact);
    for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
        buffer[fixed[i]] ^= 0x40;
        assert_false(wire_try(&cw_wire_ezviz_cas, in, &m));
        buffer[fixed[i]] ^= 0x40;
    }
}

static void
test_cas_clear_serial(void **unused)
{
    (void)unused;
    static const char xml[] =
        "<?xml version=\"1.0\"?><Request><DevSerial>C00000001</DevSerial></Request>";
    struct cw_wire_match m;
    struct cw_bytes head = wire_hex(cas, buffer, sizeof(buffer));
    memcpy(buffer + head.len, xml, sizeof(xml) - 1);
    struct cw_wire_input in = tcp(cw_bytes(buffer, head.len + sizeof(xml) - 1), 50000, 6500);
    assert_true(wire_try(&cw_wire_ezviz_cas, in, &m));
    assert_int_equal(m.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
    assert_string_equal(m.identity.serial, "C00000001");
    assert_false(m.is_camera_fact);
}

static struct cw_bytes
vtm(unsigned code, const char *body, uint8_t *out)
{
    size_t n = strlen(body);
    uint8_t head[] = {'$', 0, (uint8_t)(n >> 8),    (uint8_t)n,
                      0,   1, (uint8_t)(code >> 8), (uint8_t)code};
    memcpy(out, head, sizeof(head));
    memcpy(out + sizeof(head), body, n);
    return cw_bytes(out, sizeof(head) + n);
}

static const char relay[] =
    "\x0a\x50ysproto://192.0.2.1:8554/live?dev=C00000001&chn=1&stream=2";

static void
test_vtm(void **unused)
{
    (void)unused;
    uint8_t answer[64];
    struct cw_wire_match m;
    struct cw_wire_input ask = tcp(vtm(0x013b, relay, buffer), 50000, 8554);
    struct cw_wire_input back = tcp(vtm(0x013c,
                                        "\x08\x01\x12\x04"
                                        "abcd",
                                        answer),
                                    8554, 50000);
    assert_true(wire_try(&cw_wire_ezviz_vtm, ask, &m));
    assert_int_equal(m.phase, CW_WIRE_PHASE_RELAY);
    assert_int_equal(m.role, CAMWATCH_ROLE_RELAY);
    assert_string_equal(m.identity.serial, "C00000001");
    assert_int_equal(m.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
    assert_alone(&cw_wire_ezviz_vtm, ask, false);
    assert_both_ways(&cw_wire_ezviz_vtm, ask, back);
    (void)wire_each_prefix(&cw_wire_ezviz_vtm, ask);
    ask.bytes.len = (size_t)(strstr((const char *)buffer + 8, "0001&") - (const char *)buffer);
    assert_true(wire_try(&cw_wire_ezviz_vtm, ask, &m));
    assert_string_equal(m.identity.serial, ""); /* a cut serial is none */
}

/* RTSP interleaving (RFC 2326 10.12) with the sequence number of the answer's code. */
static void
test_vtm_is_not_interleaving(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in =
        tcp(wire_hex("24 00 00 0e 80 60 01 3c 00 00 00 00 11 22 33 44 65 88", buffer, 64), 554,
            50000);
    assert_false(wire_try(&cw_wire_ezviz_vtm, in, &m));
}

/* The arithmetic of the capture in protocols_seed_vendors.md 2.7: 70 3e. */
static struct cw_bytes
refresh(void)
{
    struct cw_bytes b = wire_hex("70 3e 01 01 00 09", buffer, sizeof(buffer));
    memcpy(buffer + b.len, "C00000001\x20", 10);
    memset(buffer + b.len + 10, 0xa5, 32 + 16);
    return cw_bytes(buffer, b.len + 10 + 48);
}

static void
test_lbs_refresh(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = tcp(refresh(), 50000, 8666);
    assert_int_equal(in.bytes.len, 64);
    assert_true(wire_try(&cw_wire_ezviz_lbs, in, &m));
    assert_true(m.is_camera_fact);
    assert_string_equal(m.identity.serial, "C00000001");
    assert_int_equal(m.role, CAMWATCH_ROLE_REGISTRATION);
    assert_alone(&cw_wire_ezviz_lbs, in, true);
    assert_int_equal(wire_each_prefix(&cw_wire_ezviz_lbs, in), 0);
    static const size_t fixed[] = {1, 2, 3, 4, 5, 15};
    for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
        in.bytes = refresh();
        buffer[fixed[i]] ^= 0x08;
        assert_false(wire_try(&cw_wire_ezviz_lbs, in, &m));
    }
    in.bytes = refresh();
    in.at_start = false; /* the SYN was lost: the arithmetic of command 7 is enough */
    assert_true(wire_try(&cw_wire_ezviz_lbs, in, &m));
}

static void
test_lbs_auth_needs_its_answer(void **unused)
{
    (void)unused;
    uint8_t answer[64];
    struct cw_bytes b = wire_hex("10 1e 01 02 00 01 09", buffer, sizeof(buffer));
    memcpy(buffer + b.len, "C00000001", 9);
    memset(buffer + b.len + 9, 0x5a, 16);
    struct cw_wire_input ask = tcp(cw_bytes(buffer, b.len + 25), 50000, 8666);
    struct cw_wire_input back = tcp(wire_hex("20 20", answer, sizeof(answer)), 8666, 50000);
    memset(answer + 2, 0x77, 32);
    back.bytes.len = back.wire_len = 34;
    assert_alone(&cw_wire_ezviz_lbs, ask, false);
    assert_both_ways(&cw_wire_ezviz_lbs, ask, back);
}

/* The same framing on the port of ISUP 5: a hint where somebody asks for it, else nothing. */
static void
test_isup5_is_off_by_default(void **unused)
{
    (void)unused;
    struct cw_wire_state state = {0};
    struct cw_wire_match m;
    bool confirmed;
    struct cw_wire_input ask = tcp(refresh(), 50000, 7660), back = tcp(ask.bytes, 7660, 50000);
    assert_null(wire_inspect(&state, ask, &confirmed));
    ask.experimental = back.experimental = true;
    assert_alone(&cw_wire_hikvision_isup5, ask, false);
    assert_both_ways(&cw_wire_hikvision_isup5, ask, back);
    assert_true(wire_try(&cw_wire_hikvision_isup5, ask, &m));
    assert_false(m.has_identity || m.is_enough || m.is_camera_fact);
    assert_false(wire_try(&cw_wire_ezviz_lbs, ask, &m));
    (void)wire_each_prefix(&cw_wire_hikvision_isup5, ask);
    ask.dst_port = 8666;
    assert_false(wire_try(&cw_wire_hikvision_isup5, ask, &m));
}

/* The header of protocols_seed_vendors.md 2.8: fixed words, type, length of the body. */
static void
test_stun_is_off_by_default(void **unused)
{
    (void)unused;
    static const size_t fixed[] = {0, 3, 4, 12, 16, 20, 28, 31};
    struct cw_wire_state state = {0};
    struct cw_wire_match m;
    bool confirmed;
    struct cw_wire_input in = wire_message(
        CW_WIRE_UDP,
        wire_hex("9e 53 35 e9 01 00 00 00 00 00 00 07 00 00 00 00 00 00 0c 01 00 00 00 00 "
                 "00 00 00 00 00 00 00 03 05 01 aa 11 22 33 44",
                 buffer, sizeof(buffer)),
        50000, 6000);
    assert_null(wire_inspect(&state, in, &confirmed));
    in.experimental = true;
    assert_alone(&cw_wire_ezviz_stun, in, false);
    (void)wire_each_prefix(&cw_wire_ezviz_stun, in);
    for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
        buffer[fixed[i]] ^= 0x40;
        assert_false(wire_try(&cw_wire_ezviz_stun, in, &m));
        buffer[fixed[i]] ^= 0x40;
    }
    in.bytes.len = in.wire_len = 35; /* the checksum may be part of the body */
    assert_true(wire_try(&cw_wire_ezviz_stun, in, &m));
    assert_false(m.has_identity || m.is_enough || m.is_camera_fact);
}

/* MQTT's own CONNECT begins with 10 too (MQTT 3.1.1 3.1). */
static void
test_lbs_is_not_mqtt(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in =
        tcp(wire_hex("10 12 00 04 4d 51 54 54 04 02 00 3c 00 06 63 6c 69 65 6e 74", buffer, 64),
            50000, 1883);
    assert_false(wire_try(&cw_wire_ezviz_lbs, in, &m));
    assert_false(wire_try(&cw_wire_ezviz_das, in, &m));
}

static void
shape_lbs(uint8_t *bytes, size_t len)
{
    bytes[0] = bytes[0] & 1 ? 0x70 : 0x10;
    bytes[1] = (uint8_t)(len - 2);
    bytes[5] = (uint8_t)(len - 2 - 4 - 49);
    bytes[6] = (uint8_t)(len - 2 - 5 - 16);
}

static void
test_random_lbs(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_ezviz_lbs, tcp(cw_bytes("", 0), 50000, 8666), 64, 127,
                         shape_lbs);
}

static void
shape_cas(uint8_t *bytes, size_t len)
{
    memcpy(bytes, "\x9e\xba\xac\xe9", 4);
    bytes[24] = bytes[25] = bytes[28] = bytes[29] = 0;
    bytes[26] = (uint8_t)((len - 32) >> 8);
    bytes[27] = (uint8_t)(len - 32);
}

static void
shape_vtm(uint8_t *bytes, size_t len)
{
    bytes[0] = '$';
    bytes[1] = 0;
    bytes[2] = (uint8_t)((len - 8) >> 8);
    bytes[3] = (uint8_t)(len - 8);
    bytes[6] = 0x01;
}

static void
test_random_frames(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_ezviz_cas, tcp(cw_bytes("", 0), 50000, 9010), 32, 300,
                         shape_cas);
}

/* Only the answer's code, with its exact length, is left to chance: one in 256 here, and then half. */
static void
test_random_relay_is_never_whole(void **unused)
{
    (void)unused;
    uint64_t seed = 42;
    struct cw_wire_match m;
    for (unsigned round = 0; round < 20000; round++) {
        for (size_t i = 0; i < 64; i++) {
            buffer[i] = (uint8_t)wire_random(&seed);
        }
        shape_vtm(buffer, 64);
        if (wire_try(&cw_wire_ezviz_vtm, tcp(cw_bytes(buffer, 64), 8554, 50000), &m)) {
            assert_int_equal(m.sender, CW_WIRE_FROM_SERVER);
            assert_false(m.is_enough);
            assert_false(m.is_camera_fact);
        }
    }
}

static void
test_das(void **unused)
{
    (void)unused;
    static const char head[] = "\x10\xa4\x01\x00\x04MQTT\x04\xee\x00\x3c\x00\x00\x00\x80";
    static const char topic[] = "/Basic/pu2cenplt/C00000001/firstconnect";
    size_t n = sizeof(head) - 1;
    struct cw_wire_match m;
    memset(buffer, 0, sizeof(buffer));
    memcpy(buffer, head, n);
    memcpy(buffer + n, topic, sizeof(topic) - 1);
    struct cw_wire_input in = tcp(cw_bytes(buffer, n + 128), 50000, 8820);
    assert_true(wire_try(&cw_wire_ezviz_das, in, &m));
    assert_true(m.is_camera_fact);
    assert_string_equal(m.identity.serial, "C00000001");
    assert_alone(&cw_wire_ezviz_das, in, true);
    (void)wire_each_prefix(&cw_wire_ezviz_das, in);
    buffer[n + 1] = 'b';
    assert_false(wire_try(&cw_wire_ezviz_das, in, &m));
}

static void
test_beacon(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_result result;
    memset(buffer, 0, sizeof(buffer));
    memcpy(buffer, "192.0.2.77", 10);
    memcpy(buffer + 16, "\x50\x03\x00\x00\x0c\xbd/discover/2.0.3/req/4097", 30);
    struct cw_wire_input in = {.bytes = cw_bytes(buffer, 611),
                               .wire_len = 611,
                               .transport = CW_WIRE_ETHER,
                               .ethertype = 0x8d8d};
    assert_true(wire_try(&cw_wire_ezviz_beacon, in, &m));
    assert_true(m.is_camera_fact);
    assert_addr(&m.identity.addr, "192.0.2.77");
    assert_true(cw_wire_inspect(NULL, &in, &result));
    assert_true(result.is_confirmed);
    (void)wire_each_prefix(&cw_wire_ezviz_beacon, in);
    memcpy(buffer, "no address", 10);
    assert_false(wire_try(&cw_wire_ezviz_beacon, in, &m));
}

static void
test_httpdns(void **unused)
{
    (void)unused;
    static const char text[] =
        "GET /d?dn=litedev.eu.ezvizlife.com&ip= HTTP/1.1\r\nHost: 119.29.29.29\r\n\r\n";
    static const char app[] =
        "GET /d?dn=apiieu.ezvizlife.com&ip= HTTP/1.1\r\nHost: 119.29.29.29\r\n\r\n";
    struct cw_wire_match m;
    struct cw_wire_input in = tcp(TEXT_BYTES(text), 50000, 80);
    assert_true(wire_try(&cw_wire_ezviz_httpdns, in, &m));
    assert_true(m.is_camera_fact);
    assert_string_equal(cw_wire_ezviz_httpdns.vendor, ""); /* the resolver is not theirs */
    assert_alone(&cw_wire_ezviz_httpdns, in, true);
    (void)wire_each_prefix(&cw_wire_ezviz_httpdns, in);
    assert_false(wire_try(&cw_wire_ezviz_httpdns, tcp(TEXT_BYTES(app), 50000, 80), &m));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cas),
        cmocka_unit_test(test_cas_clear_serial),
        cmocka_unit_test(test_vtm),
        cmocka_unit_test(test_vtm_is_not_interleaving),
        cmocka_unit_test(test_lbs_refresh),
        cmocka_unit_test(test_lbs_auth_needs_its_answer),
        cmocka_unit_test(test_lbs_is_not_mqtt),
        cmocka_unit_test(test_isup5_is_off_by_default),
        cmocka_unit_test(test_stun_is_off_by_default),
        cmocka_unit_test(test_random_lbs),
        cmocka_unit_test(test_random_frames),
        cmocka_unit_test(test_random_relay_is_never_whole),
        cmocka_unit_test(test_das),
        cmocka_unit_test(test_beacon),
        cmocka_unit_test(test_httpdns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
