/* SPDX-License-Identifier: Apache-2.0
 *
 * TUTK Kalay and its CC51 framing: the vectors of protocols_p2p.md 1 and messages scrambled here by
 * the published steps.
 */
#include "wire/tutk_cipher.h"

#include "wire_probe.h"

extern const struct cw_wire_signature cw_wire_tutk, cw_wire_cc51;

static uint32_t
load(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void
rotate_right(uint8_t block[16], const unsigned by[4])
{
    for (unsigned i = 0; i < 4; i++) {
        uint32_t word = load(block + 4 * i);
        word = word >> by[i] | word << (32 - by[i]);
        for (unsigned j = 0; j < 4; j++) {
            block[4 * i + j] = (uint8_t)(word >> (8 * j));
        }
    }
}

/* The steps of protocols_p2p.md 1 backwards, for whole blocks. */
static void
scramble(struct probe_message *m)
{
    static const unsigned last[4] = {1, 5, 9, 13}, first[4] = {3, 7, 11, 15};
    static const uint8_t places[16] = {11, 9, 8, 15, 13, 10, 12, 14, 2, 1, 5, 0, 6, 4, 7, 3};
    for (size_t at = 0; at + 16 <= m->len; at += 16) {
        uint8_t block[16], moved[16];
        memcpy(block, m->bytes + at, 16);
        rotate_right(block, last);
        for (unsigned i = 0; i < 16; i++) {
            moved[places[i]] = block[i] ^ (uint8_t) "Charlie is the d"[i];
        }
        rotate_right(moved, first);
        memcpy(m->bytes + at, moved, 16);
    }
    for (size_t i = m->len / 16 * 16; i < m->len; i++) {
        m->bytes[i] ^=
            (uint8_t) "Charlie is the d"[i % 16]; /* tails of other than 2, 4, 8 bytes */
    }
}

static const char vector_plain[] =
    "0402190248000000010621000000000041424344454647484a4b4c4d4e50515253543131000000000000000000"
    "00"
    "000000000000040203040102030405060708010000000000000000000000000000000000000000000000";
static const char vector_wire[] =
    "6e4c9d8c40d140ca3d2da82dc0e6cadcba9ac93c0dc4a5ee796a0c2814a04fbc6e2e8d8c40d040ca384d2d5f40"
    "d4"
    "cbd84e0e9d8a44a1104a2d6e280c00e48af86e2e8d8c40d040ca2d6d280c40e4cbd8206c726168656943";

static void
published_vector_is_descrambled(void **state)
{
    (void)state;
    struct probe_message wire = probe_hex(vector_wire), plain = probe_hex(vector_plain);
    uint8_t out[PROBE_MAX];
    assert_int_equal(wire.len, 88);
    cw_tutk_descramble(cw_bytes(wire.bytes, wire.len), out);
    assert_memory_equal(out, plain.bytes, plain.len);
    assert_int_equal(cw_tutk_peek(cw_bytes(wire.bytes, wire.len)), 0x04021902);
    assert_int_equal(cw_tutk_peek(cw_bytes(wire.bytes, 15)), 0);
    uint32_t seed = 71;
    for (unsigned i = 0; i < 1000; i++) {
        uint8_t block[16];
        probe_noise(block, sizeof(block), &seed);
        cw_tutk_descramble(cw_bytes(block, 16), out);
        uint32_t first =
            (uint32_t)out[0] << 24 | (uint32_t)out[1] << 16 | (uint32_t)out[2] << 8 | out[3];
        assert_int_equal(cw_tutk_peek(cw_bytes(block, 16)), first);
    }
    struct probe_message zeros = probe_hex("6e2e8d8c40d040ca2d6d280c40e4cad8");
    cw_tutk_descramble(cw_bytes(zeros.bytes, 16), out);
    for (unsigned i = 0; i < 16; i++) {
        assert_int_equal(out[i], 0);
    }
}

static void
published_search_says_whom_it_looks_for(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex(vector_wire);
    assert_true(probe_matches(&cw_wire_tutk, &m, &out));
    assert_string_equal(out.identity.uid, "ABCDEFGHJKLMNPQRST11");
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
    assert_int_equal(out.sender, CW_WIRE_FROM_VIEWER);
    assert_int_equal(out.phase, CW_WIRE_PHASE_LAN_SEARCH);
    assert_false(out.is_camera_fact || out.is_enough);
    assert_int_equal(probe_truncations(&cw_wire_tutk, &m), 0);
}

/* Heads of the table of wire prefixes; the rest of the datagram was not captured. */
static void
published_heads_are_known(void **state)
{
    (void)state;

    static const struct {
        const char *head;
        uint32_t size;
        unsigned phase;
    } rows[] = {
        {"6e4c9d8c40d140ca3d2da82d00e7cada", 68, CW_WIRE_PHASE_LAN_SEARCH},
        {"6e4c9d8c40d140ca2d2de82dc0e6cadc", 88, CW_WIRE_PHASE_LAN_SEARCH},
        {"4e6d9d8c40d140ca3d2da82d00e6cada", 52, CW_WIRE_PHASE_PUNCH},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct probe_message m = probe_hex(rows[i].head);
        struct cw_wire_input in = probe_udp(&m);
        struct cw_wire_match out;
        in.wire_len = rows[i].size;
        assert_true(probe_test(&cw_wire_tutk, &in, &out));
        assert_int_equal(out.phase, rows[i].phase);
        assert_false(out.has_identity);
        in.wire_len++;
        assert_false(probe_test(&cw_wire_tutk, &in, &out));
    }
}

static struct probe_message
message(const char *type, size_t size)
{
    struct probe_message m = probe_hex("04021902 00000000"), t = probe_hex(type);
    probe_add(&m, t.bytes, 3);
    probe_add_zeros(&m, size - 11);
    probe_put_le16(&m, 4, (unsigned)size - 16);
    return m;
}

static void
prefixes_of_the_table_come_out(void **state)
{
    (void)state;

    static const struct {
        const char *type, *prefix;
        size_t size;
        unsigned sender;
    } rows[] = {
        {"020612", "4e4f8dac40d040ca", 200, CW_WIRE_FROM_DEVICE},
        {"071018", "ee2f8cec40d140ca", 54, CW_WIRE_FROM_UNKNOWN},
        {"140224", "2f0c8dcc40d040ca", 48, CW_WIRE_FROM_VIEWER},
        {"040824", "2eac8dcc40d040ca", 544, CW_WIRE_FROM_VIEWER},
        {"010343", "5e0a9d8c40d140ca", 100, CW_WIRE_FROM_SERVER},
        {"030343", "5e0a9dac40d040ca", 48, CW_WIRE_FROM_SERVER},
        {"280412", "4c6f8d0c40d040ca", 24, CW_WIRE_FROM_DEVICE},
        {"040114", "3e2f8dcc40d040ca", 60, CW_WIRE_FROM_DEVICE},
        {"060141", "7e2a9dec40d040ca", 60, CW_WIRE_FROM_SERVER},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct probe_message m = message(rows[i].type, rows[i].size);
        struct probe_message prefix = probe_hex(rows[i].prefix);
        memcpy(m.bytes + 16, "ABCDEFGHJKLMNPQRST11", rows[i].size >= 36 ? 20 : 0);
        scramble(&m);
        struct cw_wire_match out;
        /* 40 d0|d1: that bit is of the length, which is not published for all */
        struct probe_message head = m;
        head.bytes[5] = prefix.bytes[5] = 0xd0;
        assert_memory_equal(head.bytes, prefix.bytes, 8);
        assert_true(probe_matches(&cw_wire_tutk, &m, &out));
        assert_int_equal(out.sender, rows[i].sender);
        assert_int_equal(out.is_camera_fact, rows[i].sender == CW_WIRE_FROM_DEVICE);
    }
}

static void
device_candidates_are_introduced(void **state)
{
    (void)state;
    struct probe_message m = message("010343", 80);
    struct probe_message lan = probe_hex("0200 1f90 c0a8000a"),
                         wan = probe_hex("0200 1f91 c6336407");
    memcpy(m.bytes + 16, "ABCDEFGHJKLMNPQRST11", 20);
    memcpy(m.bytes + 36, lan.bytes, 8);
    memcpy(m.bytes + 52, wan.bytes, 8);
    scramble(&m);
    struct cw_wire_match out;
    char text[CW_ADDR_TEXT_MAX];
    assert_true(probe_matches(&cw_wire_tutk, &m, &out));
    assert_int_equal(out.n_candidates, 2);
    assert_string_equal(cw_addr_format(&out.candidate[1].addr, text), "198.51.100.7");
    assert_int_equal(out.candidate[1].port, 8081);
    assert_int_equal(probe_truncations(&cw_wire_tutk, &m), 0);
}

static void
answer_of_a_device_is_its_own(void **state)
{
    (void)state;
    struct probe_message m = message("020612", 200);
    memcpy(m.bytes + 16, "ABCDEFGHJKLMNPQRST11", 20);
    scramble(&m);
    struct cw_wire_match out;
    assert_true(probe_matches(&cw_wire_tutk, &m, &out));
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_SELF);
    assert_true(out.identity.is_surveillance);
    struct probe_message other = m;
    other.bytes[56] ^= 1;
    const struct probe_step once[] = {{&m, 0}, {&m, 0}}, two[] = {{&m, 0}, {&other, 0}};
    assert_false(probe_confirms(&cw_wire_tutk, once, 2));
    assert_true(probe_confirms(&cw_wire_tutk, two, 2));
}

/* Magic, version, mode, length and zero right; type and all else noise. */
static void
noise_is_refused(void **state)
{
    (void)state;
    uint32_t seed = 3;
    unsigned hits = 0;
    for (unsigned i = 0; i < 100000; i++) {
        struct probe_message m = {.len = 16 + 4 * (probe_random(&seed) % 60)};
        probe_noise(m.bytes, m.len, &seed);
        probe_put_be16(&m, 0, 0x0402);
        m.bytes[2] = 0x19;
        m.bytes[3] = 0x0a;
        m.bytes[11] = 0;
        probe_put_le16(&m, 4, (unsigned)m.len - 16);
        scramble(&m);
        struct cw_wire_match out;
        hits += probe_matches(&cw_wire_tutk, &m, &out);
    }
    assert_true(hits <= 2); /* 33 types of 2^24 */
}

static void
cc51_by_its_three_commands(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        probe_hex("51cc0000 0210 2800 0000 0000 0000 0000 0102030405060708 00080304");
    probe_add_zeros(&m, 52 - m.len);
    assert_true(probe_matches(&cw_wire_cc51, &m, &out));
    assert_int_equal(out.phase, CW_WIRE_PHASE_LAN_SEARCH);
    assert_string_equal(out.brand_hint, "Wyze");
    assert_false(out.has_identity);
    assert_int_equal(probe_truncations(&cw_wire_cc51, &m), 0);
    struct probe_message alive = m;
    alive.len = 48;
    probe_put_le16(&alive, 4, 0x1202);
    probe_put_le16(&alive, 6, 0x24);
    const struct probe_step two[] = {{&m, 0}, {&alive, 0}};
    assert_true(probe_confirms(&cw_wire_cc51, two, 2));
    assert_false(probe_confirms(&cw_wire_cc51, two, 1));
    probe_put_le16(&m, 8, 0x1234);
    assert_false(probe_matches(&cw_wire_cc51, &m, &out));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vector_is_descrambled),
        cmocka_unit_test(published_search_says_whom_it_looks_for),
        cmocka_unit_test(published_heads_are_known),
        cmocka_unit_test(prefixes_of_the_table_come_out),
        cmocka_unit_test(device_candidates_are_introduced),
        cmocka_unit_test(answer_of_a_device_is_its_own),
        cmocka_unit_test(noise_is_refused),
        cmocka_unit_test(cc51_by_its_three_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
