/* SPDX-License-Identifier: Apache-2.0
 *
 * Media in frames of TCP: '$' with two kinds of length (protocols_seed_vendors.md 2.3, 2.5), and RTP behind
 * a length (RFC 4571 2). None of them names anybody.
 */
#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_hikvision_media, cw_wire_ps_rtp_tcp;

static uint8_t bytes[256];

static struct cw_wire_input
from_port(unsigned port, const char *hex)
{
    return wire_message(CW_WIRE_TCP, wire_hex(hex, bytes, sizeof(bytes)), (uint16_t)port,
                        40000);
}

/* Three segments that differ within their first 16 octets. */
static void
three_segments_are_media(void **unused)
{
    (void)unused;
    static const char *const segments[] = {
        "24 01 14 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10",
        "24 01 14 00 11 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10",
        "24 01 08 00 21 02 03 04 24 01 0c 00 21 02 03 04 05 06 07 08",
    };
    struct cw_wire_state state = {0};
    bool confirmed;
    for (size_t i = 0; i < 3; i++) {
        struct cw_wire_input in = from_port(8000, segments[i]);
        assert_ptr_equal(wire_inspect(&state, in, &confirmed), &cw_wire_hikvision_media);
        assert_int_equal(confirmed, i == 2);
        in = from_port(8000, segments[i]);
        (void)wire_each_prefix(&cw_wire_hikvision_media, in);
    }
    assert_string_equal(cw_wire_hikvision_media.vendor, "");
    assert_false(cw_wire_hikvision_media.proves_device);
}

/* Sound between two pictures; three frames of a channel in a row are enough. */
static void
frames_of_one_channel_count(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in =
        from_port(8000, "24 01 08 00 01 02 03 04 24 02 05 00 09 24 01 06 00 01 02");
    assert_true(wire_try(&cw_wire_hikvision_media, in, &m));
    assert_false(m.is_enough);
    in = from_port(8000, "24 01 08 00 01 02 03 04 24 01 05 00 09 24 01 06 00 01 02");
    assert_true(wire_try(&cw_wire_hikvision_media, in, &m));
    assert_true(m.is_enough);
}

static void
lengths_have_to_fit(void **unused)
{
    (void)unused;

    static const struct {
        unsigned port;
        bool matches;
        const char *hex;
    } rows[] = {
        {8000, true, "24 01 10 00 01 02 03 04 05 06 07 08 09 0a 0b 0c"},
        {8000, false, "24 01 00 10 01 02 03 04 05 06 07 08 09 0a 0b 0c"}, /* big-endian */
        {8000, false, "24 01 11 00 01 02 03 04 05 06 07 08 09 0a 0b 0c"}, /* goes on, alone */
        {8000, false, "24 01 0f 00 01 02 03 04 05 06 07 08 09 0a 0b 0c"}, /* no '$' behind it */
        {8000, false, "24 01 04 00 24 01 04 00 24 01 04 00 24 01 04 00"}, /* empty */
        {8001, false, "24 01 10 00 01 02 03 04 05 06 07 08 09 0a 0b 0c"},
        {9020, true, "24 00 00 0c 80 60 00 01 00 00 00 01 00 00 00 07"},
        {9020, false, "24 00 00 0c 00 60 00 01 00 00 00 01 00 00 00 07"}, /* no RTP */
        {9020, false, "24 00 00 08 80 60 00 01 00 00 00 01 00 00 00 07"}, /* too short for it */
        {9020, false, "24 00 0c 00 80 60 00 01 00 00 00 01 00 00 00 07"}, /* little-endian */
    };
    struct cw_wire_match m;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct cw_wire_input in = from_port(rows[i].port, rows[i].hex);
        assert_int_equal(wire_try(&cw_wire_hikvision_media, in, &m), rows[i].matches);
    }
}

#define PACK "00 00 01 ba 44 00 04 00 04 01 00 00 03 f8"

static void
program_stream_over_tcp(void **unused)
{
    (void)unused;
    static const char chain[] = "00 1a 80 60 00 01 00 00 0e 10 05 f5 e1 01 " PACK
                                "00 0d 80 60 00 02 00 00 0e 10 05 f5 e1 01 aa"
                                "00 20 80 60 00 03 00 00 0e 10 05 f5 e1 01 bb";
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_ps_rtp_tcp, from_port(15060, chain), &m));
    assert_true(m.is_enough);
    assert_int_equal(m.phase, CW_WIRE_PHASE_MEDIA);
    struct cw_wire_input in = from_port(15060, chain);
    assert_int_equal(wire_each_prefix(&cw_wire_ps_rtp_tcp, in),
                     28); /* the first packet alone */
    in.bytes.len = in.wire_len = 28;
    assert_true(wire_try(&cw_wire_ps_rtp_tcp, in, &m));
    assert_false(m.is_enough);
    assert_false(cw_wire_ps_rtp_tcp.proves_device);
    static const size_t faults[] = {1,  2,  3,  14,
                                    18, 31, 33, 40}; /* length, RTP, PS, what follows */
    for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
        in = from_port(15060, chain);
        bytes[faults[i]] ^= 0x0c;
        assert_false(wire_try(&cw_wire_ps_rtp_tcp, in, &m));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_segments_are_media),
        cmocka_unit_test(frames_of_one_channel_count),
        cmocka_unit_test(lengths_have_to_fit),
        cmocka_unit_test(program_stream_over_tcp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
