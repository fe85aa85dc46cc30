/* SPDX-License-Identifier: Apache-2.0
 *
 * Tuya and miIO: platforms that lamps speak too, so never evidence of a camera (protocols_p2p.md 5, 6,
 * corrections.md 5).
 */
#include "wire_probe.h"

extern const struct cw_wire_signature cw_wire_tuya_lan, cw_wire_miio;

static uint32_t
slow_crc32(const uint8_t *bytes, size_t len)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
        }
    }
    return ~crc;
}

static struct probe_message
tuya_frame(const void *payload, size_t len)
{
    struct probe_message m = probe_hex("000055aa 00000000 00000013 00000000");
    probe_add(&m, payload, len);
    probe_put_be32(&m, 12, (uint32_t)len + 8);
    uint32_t crc = slow_crc32(m.bytes, m.len);
    struct probe_message end = probe_hex("00000000 0000aa55");
    probe_put_be32(&end, 0, crc);
    probe_add(&m, end.bytes, end.len);
    return m;
}

static void
tuya_frame_with_crc_is_enough(void **state)
{
    (void)state;
    uint8_t noise[164];
    uint32_t seed = 2;
    probe_noise(noise, sizeof(noise), &seed);
    struct probe_message m = tuya_frame(noise, sizeof(noise));
    struct cw_wire_match out;
    assert_int_equal(m.len, 188); /* the size of the published example */
    assert_true(probe_matches(&cw_wire_tuya_lan, &m, &out));
    assert_true(out.is_enough);
    assert_false(out.is_camera_fact || out.has_identity || cw_wire_tuya_lan.proves_device);
    assert_int_equal(probe_truncations(&cw_wire_tuya_lan, &m), 0);
    m.bytes[20] ^= 1;
    assert_true(probe_matches(&cw_wire_tuya_lan, &m, &out)); /* an HMAC may stand there */
    assert_false(out.is_enough);
    m.bytes[m.len - 1] ^= 1;
    assert_false(probe_matches(&cw_wire_tuya_lan, &m, &out));
}

static void
tuya_broadcast_in_clear_names_the_device(void **state)
{
    (void)state;
    static const char json[] =
        "{\"ip\":\"192.168.0.30\",\"gwId\":\"0123456789abcdef0123\",\"active\":2,"
        "\"encrypt\":false,\"productKey\":\"abcdefgh12345678\",\"version\":\"3.1\"}";
    struct cw_wire_match out;
    struct probe_message m = tuya_frame(json, strlen(json));
    assert_true(probe_matches(&cw_wire_tuya_lan, &m, &out));
    assert_string_equal(out.identity.uid, "0123456789abcdef0123");
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_SELF);
    assert_false(out.identity.is_surveillance);
}

static void
tuya_6699_needs_two(void **state)
{
    (void)state;
    struct probe_message m = probe_hex("00006699 0000 00000001 00000013 00000020");
    probe_add_zeros(&m, 32);
    probe_add(&m, "\x00\x00\x99\x66", 4);
    struct probe_message other = m;
    other.bytes[9] = 2;
    const struct probe_step two[] = {{&m, 0}, {&other, 0}};
    assert_false(probe_confirms(&cw_wire_tuya_lan, two, 1));
    assert_true(probe_confirms(&cw_wire_tuya_lan, two, 2));
    assert_int_equal(probe_truncations(&cw_wire_tuya_lan, &m), 0);
}

/* Magic, command and length right, the rest noise. */
static void
tuya_noise_has_no_trailer(void **state)
{
    (void)state;
    uint32_t seed = 21;
    struct cw_wire_match out;
    for (unsigned i = 0; i < 100000; i++) {
        struct probe_message m = {.len = 24 + probe_random(&seed) % 100};
        probe_noise(m.bytes, m.len, &seed);
        probe_put_be32(&m, 0, 0x55aa);
        probe_put_be32(&m, 8, 7);
        probe_put_be32(&m, 12, (uint32_t)m.len - 16);
        assert_false(probe_matches(&cw_wire_tuya_lan, &m, &out));
    }
}

static void
miio_hello_is_published(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("21310020 ffffffff ffffffff ffffffff"
                                       "ffffffff ffffffff ffffffff ffffffff");
    assert_true(probe_matches(&cw_wire_miio, &m, &out));
    assert_false(out.has_identity); /* FFFFFFFF is no identity */
    assert_int_equal(out.phase, CW_WIRE_PHASE_LAN_SEARCH);
    assert_false(cw_wire_miio.proves_device || out.is_camera_fact);
    assert_int_equal(probe_truncations(&cw_wire_miio, &m), 0);
}

static void
miio_to_the_cloud_is_of_the_device(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("21310030 00000000 075bcd15 00000001"
                                       "00112233 44556677 8899aabb ccddeeff");
    probe_add_zeros(&m, 16);
    struct cw_wire_input in = probe_udp(&m);
    in.dst_port = 8053;
    assert_true(probe_test(&cw_wire_miio, &in, &out));
    assert_string_equal(out.identity.uid, "123456789");
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_SELF);
    assert_int_equal(out.role, CAMWATCH_ROLE_REGISTRATION);
    in.dst_port = 54321;
    assert_true(probe_test(&cw_wire_miio, &in, &out));
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
    m.len--;
    in = probe_udp(&m);
    assert_false(probe_test(&cw_wire_miio, &in, &out));
}

static void
miio_noise_lacks_the_fixed_word(void **state)
{
    (void)state;
    uint32_t seed = 23;
    struct cw_wire_match out;
    for (unsigned i = 0; i < 100000; i++) {
        struct probe_message m = {.len = 32 + 16 * (probe_random(&seed) % 8)};
        probe_noise(m.bytes, m.len, &seed);
        probe_put_be16(&m, 0, 0x2131);
        probe_put_be16(&m, 2, (unsigned)m.len);
        assert_false(probe_matches(&cw_wire_miio, &m, &out));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tuya_frame_with_crc_is_enough),
        cmocka_unit_test(tuya_broadcast_in_clear_names_the_device),
        cmocka_unit_test(tuya_6699_needs_two),
        cmocka_unit_test(tuya_noise_has_no_trailer),
        cmocka_unit_test(miio_hello_is_published),
        cmocka_unit_test(miio_to_the_cloud_is_of_the_device),
        cmocka_unit_test(miio_noise_lacks_the_fixed_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
