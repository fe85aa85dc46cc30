/* SPDX-License-Identifier: Apache-2.0
 *
 * PPPP in clear, under a key and over TCP: published messages (protocols_p2p.md 2), messages built
 * from the table there, sides of corrections.md 4.
 */
#include "wire/cs2_cipher.h"
#include "wire_probe.h"

extern const struct cw_wire_signature cw_wire_pppp, cw_wire_pppp_keyed, cw_wire_pppp_tcp;

#define DID      "54455354 41420000 000262ca 574f4e4a4d000000" /* TESTAB-156362-WONJM */
#define LAN_ADDR "0002 3930 0a00a8c0 0000000000000000"         /* 192.168.0.10:12345 */

static void
published_punches_name_their_camera(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("f1410014 4241544400000000 000262ca 574f4e4a4d000000");
    assert_true(probe_matches(&cw_wire_pppp, &m, &out));
    assert_string_equal(out.identity.uid, "BATD-156362-WONJM");
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
    assert_int_equal(out.phase, CW_WIRE_PHASE_PUNCH);
    assert_false(out.is_camera_fact);
    assert_true(out.is_enough);
    m = probe_hex("f1410014 5848410000000000 000003e2 4b4d4d4542000000");
    assert_true(probe_matches(&cw_wire_pppp, &m, &out));
    assert_string_equal(out.identity.uid, "XHA-000994-KMMEB");
}

static void
punch_out_of_the_search_port_is_the_device(void **state)
{
    (void)state;
    struct probe_message m = probe_hex("f1410014 4241544400000000 000262ca 574f4e4a4d000000");
    struct cw_wire_input in = probe_udp(&m);
    struct cw_wire_match out;
    in.src_port = 32108;
    assert_true(probe_test(&cw_wire_pppp, &in, &out));
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_SELF);
    assert_true(out.is_camera_fact);
}

static void
device_log_in_is_of_the_sender(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("f1100028 " DID "02000000" LAN_ADDR);
    assert_int_equal(m.len, 44);
    assert_true(probe_matches(&cw_wire_pppp, &m, &out));
    assert_int_equal(out.sender, CW_WIRE_FROM_DEVICE);
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_SELF);
    assert_string_equal(out.identity.uid, "TESTAB-156362-WONJM");
    char text[CW_ADDR_TEXT_MAX];
    assert_string_equal(cw_addr_format(&out.identity.addr, text), "192.168.0.10");
    assert_true(out.is_camera_fact && out.identity.is_surveillance);
    assert_int_equal(out.role, CAMWATCH_ROLE_REGISTRATION);
    assert_int_equal(out.n_candidates, 0);
}

static void
app_look_up_is_of_another(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        probe_hex("f1200024 544e5041 41000000 00000001 4142434445000000" LAN_ADDR);
    assert_true(probe_matches(&cw_wire_pppp, &m, &out));
    assert_int_equal(out.sender, CW_WIRE_FROM_VIEWER);
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
    assert_string_equal(out.identity.uid, "TNPAA-000001-ABCDE");
    assert_string_equal(out.brand_hint, "YI/Kami");
    assert_string_equal(out.identity.brand, "YI/Kami");
    assert_false(out.is_camera_fact);
}

static void
own_prefix_is_a_hint_not_a_brand(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        probe_hex("f1100028 584d535941420000 00000001 4142434445000000 02000000" LAN_ADDR);
    assert_true(probe_matches(&cw_wire_pppp, &m, &out));
    assert_string_equal(out.brand_hint, "Xiaomi");
    assert_string_equal(out.identity.brand, "");
}

static void
punch_to_introduces_a_peer(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("f1400010 0002 3930 076433c6 0000000000000000");
    assert_true(probe_matches(&cw_wire_pppp, &m, &out));
    assert_int_equal(out.n_candidates, 1);
    assert_int_equal(out.candidate[0].port, 12345);
    char text[CW_ADDR_TEXT_MAX];
    assert_string_equal(cw_addr_format(&out.candidate[0].addr, text), "198.51.100.7");
    assert_int_equal(out.sender, CW_WIRE_FROM_SERVER);
    assert_false(out.is_enough);
}

static void
relay_list_is_read_up_to_four(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("f1690054 05000000");
    for (int i = 0; i < 5; i++) {
        struct probe_message one = probe_hex("0002 647d 076433c6 0000000000000000");
        one.bytes[4] = (uint8_t)i;
        probe_add(&m, one.bytes, one.len);
    }
    assert_true(probe_matches(&cw_wire_pppp, &m, &out));
    assert_int_equal(out.n_candidates, 4);
    assert_int_equal(out.candidate[3].port, 32100);
    assert_int_equal(out.role, CAMWATCH_ROLE_RENDEZVOUS);
}

static void
relay_port_is_at_the_same_address(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("f1730008 01020304 1f90 0000");
    char text[CW_ADDR_TEXT_MAX];
    assert_true(probe_matches(&cw_wire_pppp, &m, &out));
    assert_int_equal(out.n_candidates, 1);
    assert_int_equal(out.candidate[0].port, 8080);
    assert_string_equal(cw_addr_format(&out.candidate[0].addr, text), "192.0.2.1");
}

static void
session_data_hints_at_the_application(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("f1d0000c d1000001 585a5948 00000000");
    assert_true(probe_matches(&cw_wire_pppp, &m, &out));
    assert_string_equal(out.brand_hint, "eufy");
    assert_int_equal(out.phase, CW_WIRE_PHASE_DIRECT);
    assert_false(out.has_identity);
    assert_string_equal(out.detail, "session data");
}

static void
full_fragments_on_a_media_channel_are_of_the_camera(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("f1d00404 d1020001");
    probe_add_zeros(&m, 1024);
    assert_true(probe_matches(&cw_wire_pppp, &m, &out));
    assert_true(out.is_camera_fact);
    assert_int_equal(out.phase, CW_WIRE_PHASE_MEDIA);
    m.bytes[5] = 0; /* the command channel */
    assert_true(probe_matches(&cw_wire_pppp, &m, &out));
    assert_false(out.is_camera_fact);
    m = probe_hex("f1d000d0 d1030001"); /* speech of an app */
    probe_add_zeros(&m, 204);
    assert_true(probe_matches(&cw_wire_pppp, &m, &out));
    assert_false(out.is_camera_fact);
}

static void
what_breaks_the_format_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "f1410013 4241544400000000 000262ca 574f4e4a4d000000", /* length */
        "f1410014 4261544400000000 000262ca 574f4e4a4d000000", /* small letter in the prefix */
        "f1410014 4241540044000000 000262ca 574f4e4a4d000000", /* bytes after the NUL */
        "f1410014 4241544400000000 000262ca 574f4e0000000000", /* short code */
        "f1410014 4241544400000000 000262ca 574f4e3130000000", /* digits in the code */
        "f1410014 0000000000000000 000262ca 574f4e4a4d000000", /* no prefix */
        "f1500000",                                            /* unknown type */
        "f1e00004 00000000",                                   /* ALIVE with a payload */
        "f1d00004 d0000001",                                   /* no mark */
        "f1d00004 d1080001",                                   /* channel 8 */
        "f1d10006 d1000002 0001",                              /* count and size differ */
        "f2300000",
    };
    struct cw_wire_match out;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct probe_message m = probe_hex(bad[i]);
        assert_false(probe_matches(&cw_wire_pppp, &m, &out));
    }
}

static void
every_truncation_is_refused(void **state)
{
    (void)state;
    struct probe_message login = probe_hex("f1100028 " DID "02000000" LAN_ADDR);
    struct probe_message data = probe_hex("f1d0000c d1000001 585a5948 00000000");
    struct probe_message ack = probe_hex("f1d10008 d1000002 00010002");
    assert_int_equal(probe_truncations(&cw_wire_pppp, &login), 0);
    assert_int_equal(probe_truncations(&cw_wire_pppp, &data), 0);
    assert_int_equal(probe_truncations(&cw_wire_pppp, &ack), 0);
}

static void
without_a_did_two_different_messages_confirm(void **state)
{
    (void)state;
    struct probe_message hello = probe_hex("f1000000"), alive = probe_hex("f1e00000");
    struct probe_message login = probe_hex("f1100028 " DID "02000000" LAN_ADDR);
    const struct probe_step same[] = {{&hello, 0}, {&hello, 0}, {&hello, 0}};
    struct probe_message ack = probe_hex("f1010010 0002 d204 0100a8c0 00000000 00000000");
    struct probe_message alive_ack = probe_hex("f1e10000");
    const struct probe_step two[] = {{&hello, 0}, {&ack, 1}};
    const struct probe_step empty[] = {{&hello, 0}, {&alive, 0}, {&alive_ack, 1}};
    const struct probe_step one[] = {{&login, 0}};
    assert_false(probe_confirms(&cw_wire_pppp, same, 3));
    assert_true(probe_confirms(&cw_wire_pppp, two, 2));
    assert_false(probe_confirms(&cw_wire_pppp, empty, 2)); /* 2^-24 together: chance.c */
    assert_true(probe_confirms(&cw_wire_pppp, empty, 3));
    assert_true(probe_confirms(&cw_wire_pppp, one, 1));
}

/* First byte, type and length right, the rest noise: forms with a DID must all be refused. */
static void
noise_has_no_did(void **state)
{
    (void)state;

    static const struct {
        uint8_t type, size;
    } forms[] = {{0x10, 40}, {0x14, 104}, {0x20, 36}, {0x31, 20}, {0x41, 20},
                 {0x42, 24}, {0x43, 44},  {0x80, 40}, {0x83, 28}, {0xd1, 40}};

    uint32_t seed = 1;
    struct cw_wire_match out;
    for (unsigned i = 0; i < 100000; i++) {
        struct probe_message m = {.len = 4u + forms[i % 10].size};
        probe_noise(m.bytes, m.len, &seed);
        m.bytes[0] = 0xf1;
        m.bytes[1] = forms[i % 10].type;
        probe_put_be16(&m, 2, forms[i % 10].size);
        assert_false(probe_matches(&cw_wire_pppp, &m, &out));
    }
}

static void
known_keys_are_read(void **state)
{
    (void)state;
    static const char *const searches[] = {"2cba5f5d", "9fa1eeb9", "b1a6bb9a", "28378fde"};
    struct cw_wire_match out;
    for (size_t i = 0; i < 4; i++) {
        struct probe_message m = probe_hex(searches[i]);
        assert_true(probe_matches(&cw_wire_pppp_keyed, &m, &out));
        assert_int_equal(out.phase, CW_WIRE_PHASE_LAN_SEARCH);
        m.bytes[3] ^= 1;
        assert_false(probe_matches(&cw_wire_pppp_keyed, &m, &out));
    }
    struct probe_message search = probe_hex("2cba5f5d"), alive = probe_hex("2c6ada84");
    const struct probe_step empty[] = {{&search, 0}, {&alive, 0}, {&search, 0}};
    assert_true(probe_confirms(&cw_wire_pppp_keyed, empty, 3));
    assert_false(probe_confirms(&cw_wire_pppp_keyed, empty, 2));
}

/* The inverse of cw_cs2_decipher, from its keystream. */
static void
encipher(const char *key_text, uint8_t *bytes, size_t len)
{
    struct cw_cs2_key key = cw_cs2_key_of(cw_bytes_text(key_text));
    uint8_t previous = 0;
    for (size_t i = 0; i < len; i++) {
        previous = bytes[i] ^= cw_cs2_keystream(&key, previous);
    }
}

static void
known_key_hides_no_uid(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("f1100028 " DID "02000000" LAN_ADDR);
    encipher("SSD@cs2-network.", m.bytes, m.len);
    assert_true(probe_matches(&cw_wire_pppp_keyed, &m, &out));
    assert_string_equal(out.identity.uid, "TESTAB-156362-WONJM");
    assert_int_equal(probe_truncations(&cw_wire_pppp_keyed, &m), 0);
}

static void
add_tcp_message(struct probe_message *stream, const char *hex)
{
    struct probe_message body = probe_hex(hex), head = probe_hex("0000 6800 861a 3f64");
    probe_put_be16(&head, 0, (unsigned)body.len);
    encipher("861A", body.bytes, body.len);
    probe_add(stream, head.bytes, head.len);
    probe_add(stream, body.bytes, body.len);
}

static void
two_chained_messages_confirm_over_tcp(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = {.len = 0};
    add_tcp_message(&m, "f1e00000");
    assert_true(probe_matches(&cw_wire_pppp_tcp, &m, &out));
    assert_false(out.is_enough);
    add_tcp_message(&m, "f1d0000c d1000001 585a5948 00000000");
    assert_true(probe_matches(&cw_wire_pppp_tcp, &m, &out));
    assert_true(out.is_enough);
    (void)probe_truncations(&cw_wire_pppp_tcp, &m);
    m.bytes[12 + 8 + 2] ^= 0x10; /* the second length no longer fits */
    assert_false(probe_matches(&cw_wire_pppp_tcp, &m, &out));
}

static void
noise_is_no_pppp_over_tcp(void **state)
{
    (void)state;
    uint32_t seed = 7;
    struct cw_wire_match out;
    for (unsigned i = 0; i < 100000; i++) {
        struct probe_message m = {.len = 12 + probe_random(&seed) % 200};
        probe_noise(m.bytes, m.len, &seed);
        probe_put_be16(&m, 0, (unsigned)m.len - 8);
        probe_put_be16(&m, 2, 0x6800);
        assert_false(probe_matches(&cw_wire_pppp_tcp, &m, &out));
    }
}

/* iLnk's first bytes A1 and F2: the DID makes the one, its three fixed bytes and no length the other, which
 * counts half. */
static void
other_first_bytes_of_ilnk(void **state)
{
    (void)state;
    struct cw_wire_match out;
    for (unsigned type = 0; type < 256; type++) {
        struct probe_message m = probe_hex("a1000014 " DID);
        m.bytes[1] = (uint8_t)type;
        bool is_known = type == 0 || type == 1 || type == 2 || type == 4 || type == 6;
        assert_int_equal(probe_matches(&cw_wire_pppp, &m, &out), is_known);
        if (is_known) {
            assert_string_equal(out.identity.uid, "TESTAB-156362-WONJM");
            assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
            assert_false(out.is_camera_fact);
            assert_true(out.is_enough);
        }
        m.bytes[4 + 3] = 0x7f; /* no prefix of a DID */
        assert_false(probe_matches(&cw_wire_pppp, &m, &out));
    }
    struct probe_message empty = probe_hex("f2100000");
    assert_true(probe_matches(&cw_wire_pppp, &empty, &out));
    assert_true(out.is_weak && !out.is_enough && !out.has_identity);
    struct probe_message longer = probe_hex("f2100001 00"), other = probe_hex("f2110000");
    assert_false(probe_matches(&cw_wire_pppp, &longer, &out));
    assert_false(probe_matches(&cw_wire_pppp, &other, &out));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_punches_name_their_camera),
        cmocka_unit_test(punch_out_of_the_search_port_is_the_device),
        cmocka_unit_test(device_log_in_is_of_the_sender),
        cmocka_unit_test(app_look_up_is_of_another),
        cmocka_unit_test(own_prefix_is_a_hint_not_a_brand),
        cmocka_unit_test(punch_to_introduces_a_peer),
        cmocka_unit_test(relay_list_is_read_up_to_four),
        cmocka_unit_test(relay_port_is_at_the_same_address),
        cmocka_unit_test(session_data_hints_at_the_application),
        cmocka_unit_test(full_fragments_on_a_media_channel_are_of_the_camera),
        cmocka_unit_test(what_breaks_the_format_is_refused),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(other_first_bytes_of_ilnk),
        cmocka_unit_test(without_a_did_two_different_messages_confirm),
        cmocka_unit_test(noise_has_no_did),
        cmocka_unit_test(known_keys_are_read),
        cmocka_unit_test(known_key_hides_no_uid),
        cmocka_unit_test(two_chained_messages_confirm_over_tcp),
        cmocka_unit_test(noise_is_no_pppp_over_tcp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
