/* SPDX-License-Identifier: Apache-2.0
 *
 * Reolink's Baichuan and BcUDP: published samples (protocols_p2p.md 4), XML enciphered here by the
 * published stream, CRC-32 by its definition.
 */
#include "wire/crc32.h"
#include "wire_probe.h"

extern const struct cw_wire_signature cw_wire_reolink_baichuan, cw_wire_reolink_bcudp;

/* Bit by bit: polynomial 0x04C11DB7 reflected. */
static uint32_t
slow_crc(uint32_t crc, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
        }
    }
    return crc;
}

static void
crc_is_crc32(void **state)
{
    (void)state;
    assert_int_equal(~cw_crc32(0xffffffff, cw_bytes("123456789", 9)),
                     0xcbf43926); /* check value */
    uint8_t noise[300];
    uint32_t seed = 9;
    probe_noise(noise, sizeof(noise), &seed);
    assert_int_equal(cw_crc32(0, cw_bytes(noise, sizeof(noise))),
                     slow_crc(0, noise, sizeof(noise)));
}

static struct probe_message
signal_of(const char *xml, uint32_t transaction)
{
    static const uint32_t words[8] = {0x1f2d3c4b, 0x5a6c7f8d, 0x38172e4b, 0x8271635a,
                                      0x863f1a2b, 0xa5c6f7d8, 0x8371e1b4, 0x17f2d3a5};
    struct probe_message m = probe_hex("3acf872a 00000000 01000000 00000000 00000000");
    probe_add(&m, xml, strlen(xml));
    for (size_t i = 20; i < m.len; i++) {
        m.bytes[i] ^=
            (uint8_t)((words[(i - 20) / 4 % 8] + transaction) >> (8 * ((i - 20) % 4)));
    }
    probe_put_le32(&m, 4, (uint32_t)m.len - 20);
    probe_put_le32(&m, 12, transaction);
    probe_put_le32(&m, 16, slow_crc(0, m.bytes + 20, m.len - 20));
    return m;
}

static void
published_disconnect_comes_out(void **state)
{
    (void)state;
    struct probe_message m = signal_of("<P2P>\n<C2D_DISC>\n<cid>82000</cid>\n<did>80</did>\n"
                                       "</C2D_DISC>\n</P2P>\n",
                                       0x60);
    struct probe_message head = probe_hex("976c1f4fd3755019996a487c");
    assert_memory_equal(m.bytes + 20, head.bytes, head.len);
    struct cw_wire_match out;
    assert_true(probe_matches(&cw_wire_reolink_bcudp, &m, &out));
    assert_string_equal(out.detail, "disconnect");
    assert_int_equal(out.sender, CW_WIRE_FROM_VIEWER);
    assert_true(out.is_enough);
    const struct probe_step one[] = {{&m, 0}};
    assert_true(probe_confirms(&cw_wire_reolink_bcudp, one, 1));
    assert_int_equal(probe_truncations(&cw_wire_reolink_bcudp, &m), 0);
    m.bytes[30] ^= 4;
    assert_false(probe_matches(&cw_wire_reolink_bcudp, &m, &out));
}

static void
register_server_introduces_the_camera(void **state)
{
    (void)state;
    struct probe_message m = signal_of("<P2P>\n<R2C_T><dmap><ip>198.51.100.7</ip><port>4000</"
                                       "port></dmap><dev><ip>192.168.0.10</ip>"
                                       "<port>5000</port></dev><cid>1</cid></R2C_T></P2P>\n",
                                       0x1234);
    struct cw_wire_match out;
    char text[CW_ADDR_TEXT_MAX];
    assert_true(probe_matches(&cw_wire_reolink_bcudp, &m, &out));
    assert_int_equal(out.sender, CW_WIRE_FROM_SERVER);
    assert_int_equal(out.n_candidates, 2);
    assert_string_equal(cw_addr_format(&out.candidate[0].addr, text), "198.51.100.7");
    assert_int_equal(out.candidate[0].port, 4000);
}

static void
look_up_names_another_and_relay_is_told(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        signal_of("<P2P>\n<C2M_Q><uid>95270000YGAKNWKJ</uid><p>MAC</p></C2M_Q></P2P>\n", 7);
    assert_true(probe_matches(&cw_wire_reolink_bcudp, &m, &out));
    assert_string_equal(out.identity.uid, "95270000YGAKNWKJ");
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
    assert_int_equal(out.phase, CW_WIRE_PHASE_LOOKUP);
    m = signal_of("<P2P>\n<D2C_T><sid>1</sid><conn>relay</conn><cid>1</cid></D2C_T></P2P>\n",
                  7);
    assert_true(probe_matches(&cw_wire_reolink_bcudp, &m, &out));
    assert_int_equal(out.role, CAMWATCH_ROLE_RELAY);
    assert_true(out.is_camera_fact);
}

static void
hostile_xml_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"<P2P>", "<P2P>\n<X2Y_Z></X2Y_Z></P2P>",
                                      "<P3P>\n<C2D_HB/></P3P>", "<P2P>\n<C2D_", "P2P"};
    struct cw_wire_match out;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct probe_message m = signal_of(bad[i], 1);
        assert_false(probe_matches(&cw_wire_reolink_bcudp, &m, &out));
    }
}

static void
data_and_acknowledgement_need_two(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message ack =
        probe_hex("20cf872a50000000 00000000 00000000 87090000 00000000 00000000");
    struct probe_message data =
        probe_hex("10cf872a50400100 00000000 87090000 98040000 f0debc0a");
    struct cw_wire_input in = probe_udp(&data);
    in.wire_len = 20 + 0x498;
    assert_true(probe_test(&cw_wire_reolink_bcudp, &in, &out));
    in.wire_len--;
    assert_false(probe_test(&cw_wire_reolink_bcudp, &in, &out));
    assert_true(probe_matches(&cw_wire_reolink_bcudp, &ack, &out));
    assert_false(out.is_enough || out.is_camera_fact);
    struct probe_message other = ack;
    other.bytes[16]++;
    const struct probe_step two[] = {{&ack, 0}, {&other, 0}};
    assert_false(probe_confirms(&cw_wire_reolink_bcudp, two, 1));
    assert_true(probe_confirms(&cw_wire_reolink_bcudp, two, 2));
}

/* Magic, size and CRC right, the payload noise. */
static void
noise_with_a_right_crc_is_refused(void **state)
{
    (void)state;
    uint32_t seed = 5;
    struct cw_wire_match out;
    for (unsigned i = 0; i < 20000; i++) {
        struct probe_message m = probe_hex("3acf872a 00000000 01000000 00000000 00000000");
        m.len += 40 + probe_random(&seed) % 60;
        probe_noise(m.bytes + 12, m.len - 12, &seed);
        probe_put_le32(&m, 4, (uint32_t)m.len - 20);
        probe_put_le32(&m, 16, slow_crc(0, m.bytes + 20, m.len - 20));
        assert_false(probe_matches(&cw_wire_reolink_bcudp, &m, &out));
    }
}

static void
baichuan_log_in_is_of_a_viewer(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("f0debc0a 01000000 2c070000 00000001 01dc 1465");
    assert_true(probe_matches(&cw_wire_reolink_baichuan, &m, &out));
    assert_string_equal(out.detail, "log-in");
    assert_int_equal(out.sender, CW_WIRE_FROM_VIEWER);
    assert_false(out.is_camera_fact || out.is_enough || out.has_identity);
    m = probe_hex("f0debc0a 01000000 91000000 00000001 02dd 1466");
    assert_true(probe_matches(&cw_wire_reolink_baichuan, &m, &out));
    assert_int_equal(out.sender, CW_WIRE_FROM_DEVICE);
    assert_true(out.is_camera_fact);
    assert_int_equal(probe_truncations(&cw_wire_reolink_baichuan, &m), 0);
}

static void
baichuan_chains_by_length(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        probe_hex("f0debc0a 50000000 00000000 00000007 0000 1464 00000000"
                  "f0debc0a 68000000 00000000 00000008 0000 1464 00000000");
    assert_true(probe_matches(&cw_wire_reolink_baichuan, &m, &out));
    assert_true(out.is_enough);
    m.bytes[24] = 0xf1;
    assert_false(probe_matches(&cw_wire_reolink_baichuan, &m, &out));
    struct probe_message first =
        probe_hex("f0debc0a 50000000 00000000 00000007 0000 1464 00000000");
    struct probe_message second =
        probe_hex("f0debc0a 68000000 00000000 00000008 0000 1464 00000000");
    const struct probe_step same[] = {{&first, 0}, {&first, 0}},
                            two[] = {{&first, 0}, {&second, 0}};
    assert_false(probe_confirms(&cw_wire_reolink_baichuan, same, 2));
    assert_true(probe_confirms(&cw_wire_reolink_baichuan, two, 2));
}

static void
baichuan_version_in_the_published_xor_is_read(void **state)
{
    (void)state;
    static const char xml[] =
        "<?xml version=\"1.0\"?><body><VersionInfo><name>Front door</name>"
        "<serialNumber>00000000010001</serialNumber><firmwareVersion>v3.0.0"
        "</firmwareVersion></VersionInfo></body>";
    static const uint8_t key[8] = {0x1f, 0x2d, 0x3c, 0x4b, 0x5a, 0x69, 0x78, 0xff};
    struct probe_message m =
        probe_hex("f0debc0a 50000000 00000000 07000000 c800 1464 00000000");
    probe_add(&m, xml, strlen(xml));
    for (size_t i = 24; i < m.len; i++) {
        m.bytes[i] ^= (uint8_t)(key[(7 + i - 24) % 8] ^ 7);
    }
    probe_put_le32(&m, 8, (uint32_t)strlen(xml));
    struct cw_wire_match out;
    assert_true(probe_matches(&cw_wire_reolink_baichuan, &m, &out));
    assert_string_equal(out.identity.name, "Front door");
    assert_string_equal(out.identity.serial, "00000000010001");
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_SELF);
    (void)probe_truncations(&cw_wire_reolink_baichuan, &m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc_is_crc32),
        cmocka_unit_test(published_disconnect_comes_out),
        cmocka_unit_test(register_server_introduces_the_camera),
        cmocka_unit_test(look_up_names_another_and_relay_is_told),
        cmocka_unit_test(hostile_xml_is_refused),
        cmocka_unit_test(data_and_acknowledgement_need_two),
        cmocka_unit_test(noise_with_a_right_crc_is_refused),
        cmocka_unit_test(baichuan_log_in_is_of_a_viewer),
        cmocka_unit_test(baichuan_chains_by_length),
        cmocka_unit_test(baichuan_version_in_the_published_xor_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
