/* SPDX-License-Identifier: Apache-2.0
 *
 * Gwell, V380, Naxclow V720, Quvii and PPPP under an unknown key: published messages and rules of
 * protocols_p2p.md 7 and 2.
 */
#include "wire/cs2_cipher.h"
#include "wire_probe.h"

#include <stdio.h>

extern const struct cw_wire_signature cw_wire_gwell_gutes, cw_wire_gwell_mtp, cw_wire_v380,
    cw_wire_v380_search, cw_wire_naxclow_v720, cw_wire_quvii, cw_wire_pppp_unkeyed;

static struct probe_message
gutes(unsigned type, size_t size, unsigned sequence)
{
    struct probe_message m = probe_hex("7f000000 0102030405060708");
    m.bytes[1] = (uint8_t)type;
    probe_add_zeros(&m, size - m.len);
    probe_put_le16(&m, 2, (unsigned)size);
    probe_put_le32(&m, 12, sequence);
    return m;
}

static void
gutes_needs_three(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message list = gutes(0x15, 40, 1), detect = gutes(0x01, 68, 2),
                         alive = gutes(0xa0, 52, 3);
    assert_true(probe_matches(&cw_wire_gwell_gutes, &list, &out));
    const struct probe_step three[] = {{&list, 0}, {&detect, 0}, {&alive, 0}};
    assert_false(probe_confirms(&cw_wire_gwell_gutes, three, 2));
    assert_true(probe_confirms(&cw_wire_gwell_gutes, three, 3));
    assert_int_equal(probe_truncations(&cw_wire_gwell_gutes, &list), 0);
    struct probe_message wrong = gutes(0x15, 44, 1);
    assert_false(probe_matches(&cw_wire_gwell_gutes, &wrong, &out));
}

static void
gutes_in_clear_checks_its_sum(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = gutes(0x15, 40, 1);
    /* 7f 15 28 00 ^ 01020304 ^ 05060708 ^ sequence, bytewise */
    static const uint8_t sum[4] = {0x7f ^ 1 ^ 5 ^ 1, 0x15 ^ 2 ^ 6, 40 ^ 3 ^ 7, 4 ^ 8};
    memcpy(m.bytes + 16, sum, 4);
    assert_true(probe_matches(&cw_wire_gwell_gutes, &m, &out));
    assert_true(out.is_enough);
    m.bytes[30] ^= 1;
    assert_true(probe_matches(&cw_wire_gwell_gutes, &m, &out));
    assert_false(out.is_enough);
}

/* The checksum as published: word i of twelve, rotated left by i bits, XORed, XORed with LE16@2. */
static struct probe_message
mtp(unsigned flags, size_t size, uint32_t *seed)
{
    struct probe_message m = {.len = size};
    probe_noise(m.bytes, size, seed);
    m.bytes[0] = 0xc0;
    m.bytes[1] = (uint8_t)flags;
    m.bytes[2] = (uint8_t)(size & 7);
    m.bytes[3] = (uint8_t)(size >> 3);
    uint32_t sum = 0;
    for (unsigned i = 0; i < 12; i++) {
        uint32_t word = 6 + 2 * i < size ? m.bytes[6 + 2 * i] : 0;
        word |= (uint32_t)(7 + 2 * i < size ? m.bytes[7 + 2 * i] : 0) << 8;
        sum ^= ((word << i) | (word >> (16 - i))) & 0xffff;
    }
    probe_put_le16(&m, 4, (sum ^ (m.bytes[2] | (unsigned)m.bytes[3] << 8)) & 0xffff);
    return m;
}

static void
mtp_checks_its_sum(void **state)
{
    (void)state;
    uint32_t seed = 31;
    struct cw_wire_match out;
    for (unsigned i = 0; i < 1000; i++) {
        struct probe_message m = mtp(0x20, 20 + i % 100, &seed);
        assert_true(probe_matches(&cw_wire_gwell_mtp, &m, &out));
        assert_int_equal(out.role, CAMWATCH_ROLE_RELAY);
        m.bytes[7] ^= 1;
        assert_false(probe_matches(&cw_wire_gwell_mtp, &m, &out));
    }
    struct probe_message m = mtp(0x00, 60, &seed), other = mtp(0x00, 61, &seed);
    assert_true(probe_matches(&cw_wire_gwell_mtp, &m, &out));
    assert_int_equal(out.phase, CW_WIRE_PHASE_DIRECT);
    assert_int_equal(probe_truncations(&cw_wire_gwell_mtp, &m), 0);
    const struct probe_step two[] = {{&m, 0}, {&other, 0}};
    assert_false(probe_confirms(&cw_wire_gwell_mtp, two, 1));
    assert_true(probe_confirms(&cw_wire_gwell_mtp, two, 2));
}

/* Magic and length right, the rest noise: a 16-bit sum lets 1 of 65,536 through. */
static void
mtp_noise_fails_the_sum(void **state)
{
    (void)state;
    uint32_t seed = 37;
    unsigned hits = 0;
    for (unsigned i = 0; i < 100000; i++) {
        struct probe_message m = {.len = 30 + probe_random(&seed) % 100};
        struct cw_wire_match out;
        probe_noise(m.bytes, m.len, &seed);
        m.bytes[0] = 0xc0;
        m.bytes[2] = (uint8_t)(m.len & 7);
        m.bytes[3] = (uint8_t)(m.len >> 3);
        hits += probe_matches(&cw_wire_gwell_mtp, &m, &out);
    }
    assert_true(hits <= 8);
}

static void
v380_search_and_answer(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_text("NVDEVSEARCH^100");
    assert_true(probe_matches(&cw_wire_v380_search, &m, &out));
    assert_int_equal(out.sender, CW_WIRE_FROM_VIEWER);
    assert_false(out.is_camera_fact);
    m = probe_text(
        "NVDEVRESULT^1^00:11:22:33:44:55^192.168.0.40^255.255.255.0^192.168.0.1^^8800^a^b^c"
        "^d^12345678^x");
    assert_true(probe_matches(&cw_wire_v380_search, &m, &out));
    assert_true(out.is_camera_fact);
    assert_string_equal(out.identity.uid, "12345678");
    char text[CW_ADDR_TEXT_MAX], mac[CW_MAC_TEXT_MAX];
    assert_string_equal(cw_addr_format(&out.identity.addr, text), "192.168.0.40");
    assert_string_equal(cw_mac_format(&out.identity.mac, mac), "00-11-22-33-44-55");
    (void)probe_truncations(&cw_wire_v380_search, &m);
}

static void
v380_log_in_needs_its_answer(void **state)
{
    (void)state;
    struct probe_message request = probe_hex("8f040000 ea030000"),
                         answer = probe_hex("90040000");
    probe_add_zeros(&request, 248);
    probe_add_zeros(&answer, 60);
    struct cw_wire_input in = probe_tcp(&request);
    struct cw_wire_match out;
    assert_true(probe_test(&cw_wire_v380, &in, &out));
    assert_int_equal(out.role, CAMWATCH_ROLE_RELAY);
    struct cw_wire_state seen = {0};
    struct cw_wire_result result;
    assert_true(cw_wire_inspect(&seen, &in, &result));
    assert_false(result.is_confirmed);
    in = probe_tcp(&answer);
    in.direction = 1;
    in.src_port = 8800;
    assert_true(cw_wire_inspect(&seen, &in, &result));
    assert_ptr_equal(result.signature, &cw_wire_v380);
    assert_true(result.is_confirmed);
    request.len--;
    in = probe_tcp(&request);
    assert_false(probe_test(&cw_wire_v380, &in, &out));
}

static void
v720_published_messages(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("19000000 0000 ff 00 ffffffffffffffff 00000000");
    probe_add(&m, "{\"code\":101,\"status\":200}", 25);
    assert_true(probe_matches(&cw_wire_naxclow_v720, &m, &out));
    assert_int_equal(out.sender, CW_WIRE_FROM_SERVER);
    assert_true(out.is_enough);
    assert_int_equal(probe_truncations(&cw_wire_naxclow_v720, &m), 0);
    struct probe_message media = probe_hex("ec030000 0100 fb 00 0000000000000000 f30a0000");
    probe_add_zeros(&media, 0x3ec);
    assert_true(probe_matches(&cw_wire_naxclow_v720, &media, &out));
    assert_int_equal(out.phase, CW_WIRE_PHASE_MEDIA);
    assert_false(out.is_enough);
    media.bytes[6] = 1;
    assert_false(probe_matches(&cw_wire_naxclow_v720, &media, &out));
    media.bytes[6] = 0; /* no piece of media: any protocol with small numbers and zeros */
    assert_false(probe_matches(&cw_wire_naxclow_v720, &media, &out));
}

static void
v720_registration_keeps_no_token(void **state)
{
    (void)state;
    static const char json[] =
        "{\"code\": 100, \"uid\": \"0800c0ffee01\", \"token\": \"91edf41f\"}";
    struct probe_message m = probe_hex("00000000 0000 00 00 0000000000000000 00000000");
    probe_add(&m, json, strlen(json));
    probe_put_le32(&m, 0, (uint32_t)strlen(json));
    struct cw_wire_match out;
    assert_true(probe_matches(&cw_wire_naxclow_v720, &m, &out));
    assert_string_equal(out.identity.uid, "0800c0ffee01");
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_SELF);
    const uint8_t *bytes = (const uint8_t *)&out;
    for (size_t i = 0; i + 8 <= sizeof(out); i++) {
        assert_memory_not_equal(bytes + i, "91edf41f", 8);
    }
}

static void
quvii_published_acknowledgement(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        probe_hex("c1efabff0700000f0000000101000000010000000009ffff6cf71c00");
    assert_true(probe_matches(&cw_wire_quvii, &m, &out));
    assert_true(out.is_enough);
    assert_int_equal(probe_truncations(&cw_wire_quvii, &m), 0);
    for (size_t at = 4; at < 26; at++) {
        struct probe_message bad = m;
        bad.bytes[at] ^= 0x10;
        assert_false(probe_matches(&cw_wire_quvii, &bad, &out));
    }
}

static void
quvii_opener_introduces_its_target(void **state)
{
    (void)state;
    struct probe_message m = probe_hex("c1efabff");
    probe_add_zeros(&m, 160);
    probe_put_le16(&m, 26, 164);
    probe_put_be32(&m, 28, 0xffffffff);
    m.bytes[32] = 0x88;
    memcpy(m.bytes + 68, "sessiontoken", 12);
    memcpy(m.bytes + 140, "192.168.0.50", 12);
    probe_put_le16(&m, 156, 40000);
    struct cw_wire_match out;
    char text[CW_ADDR_TEXT_MAX];
    assert_true(probe_matches(&cw_wire_quvii, &m, &out));
    assert_int_equal(out.phase, CW_WIRE_PHASE_PUNCH);
    assert_int_equal(out.n_candidates, 1);
    assert_string_equal(cw_addr_format(&out.candidate[0].addr, text), "192.168.0.50");
    struct probe_message reply = m;
    reply.bytes[46] = 1;
    const struct probe_step two[] = {{&m, 0}, {&reply, 1}};
    assert_false(probe_confirms(&cw_wire_quvii, two, 1));
    assert_true(probe_confirms(&cw_wire_quvii, two, 2));
}

static bool
inspect_on_server_port(struct cw_wire_state *state, const char *hex, unsigned direction)
{
    struct probe_message m = probe_hex(hex);
    struct cw_wire_input in = probe_udp(&m);
    struct cw_wire_result result;
    in.direction = (uint8_t)direction;
    *(direction ? &in.src_port : &in.dst_port) = 32100;
    return cw_wire_inspect(state, &in, &result) && result.signature == &cw_wire_pppp_unkeyed &&
           result.is_confirmed;
}

/* HELLO, ALIVE and its answer under a key that is not in the table of known keys. */
static void
unknown_key_needs_three_both_ways(void **state)
{
    (void)state;
    struct cw_cs2_key key = cw_cs2_key_of(cw_bytes_text("not published"));
    const uint8_t plains[3][4] = {{0xf1, 0, 0, 0}, {0xf1, 0xe0, 0, 0}, {0xf1, 0xe1, 0, 0}};
    char text[3][9];
    for (unsigned n = 0; n < 3; n++) {
        uint8_t previous = 0;
        const uint8_t *plain = plains[n];
        for (unsigned i = 0; i < 4; i++) {
            previous = plain[i] ^ cw_cs2_keystream(&key, previous);
            (void)snprintf(text[n] + 2 * i, 3, "%02x", previous);
        }
    }
    struct cw_wire_state seen = {0};
    assert_false(inspect_on_server_port(&seen, text[0], 0));
    assert_false(inspect_on_server_port(&seen, text[1], 0));
    assert_true(inspect_on_server_port(&seen, text[2], 1));
    seen = (struct cw_wire_state){0};
    for (unsigned n = 0; n < 3; n++) {
        assert_false(inspect_on_server_port(&seen, text[n], 0)); /* one way only */
    }
    assert_true(cw_wire_pppp_unkeyed.is_experimental);
}

/* Usual sizes on the usual ports, bytes all noise: the share that passes stays small. */
static void
unknown_key_noise(void **state)
{
    (void)state;
    uint32_t seed = 41;
    unsigned hits = 0;
    for (unsigned i = 0; i < 100000; i++) {
        struct probe_message m = {.len = i % 2 ? 44 : 24};
        struct cw_wire_match out;
        probe_noise(m.bytes, m.len, &seed);
        struct cw_wire_input in = probe_udp(&m);
        in.dst_port = 32100;
        hits += probe_test(&cw_wire_pppp_unkeyed, &in, &out);
    }
    assert_true(hits < 1000); /* about 1 of 400: a hint, and experimental, for this reason */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gutes_needs_three),
        cmocka_unit_test(gutes_in_clear_checks_its_sum),
        cmocka_unit_test(mtp_checks_its_sum),
        cmocka_unit_test(mtp_noise_fails_the_sum),
        cmocka_unit_test(v380_search_and_answer),
        cmocka_unit_test(v380_log_in_needs_its_answer),
        cmocka_unit_test(v720_published_messages),
        cmocka_unit_test(v720_registration_keeps_no_token),
        cmocka_unit_test(quvii_published_acknowledgement),
        cmocka_unit_test(quvii_opener_introduces_its_target),
        cmocka_unit_test(unknown_key_needs_three_both_ways),
        cmocka_unit_test(unknown_key_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
