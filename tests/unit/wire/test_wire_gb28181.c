/* SPDX-License-Identifier: Apache-2.0
 *
 * GB/T 28181, and the program stream in RTP that it carries.
 */
#include <stdio.h>

#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_gb28181;
extern const struct cw_wire_signature cw_wire_ps_rtp;

#define CAMERA "34020000001320000001"

static const char registration[] =
    "REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\nVia: SIP/2.0/UDP "
    "192.0.2.64:5060\r\n"
    "From: <sip:" CAMERA "@3402000000>;tag=1\r\nTo: <sip:" CAMERA "@3402000000>\r\n"
    "Authorization: Digest username=\"joe\", response=\"s3cret\"\r\nCSeq: 7 REGISTER\r\n\r\n";
static const char challenge[] = "SIP/2.0 401 Unauthorized\r\nFrom: <sip:" CAMERA
                                "@3402000000>;tag=1\r\nCSeq: 7 REGISTER\r\n\r\n";

static struct cw_wire_input
udp(const char *text)
{
    return wire_message(CW_WIRE_UDP, cw_bytes_text(text), 5060, 5060);
}

static void
test_registration(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_gb28181, udp(registration), &m));
    assert_true(m.is_camera_fact);
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_CAMERA);
    assert_string_equal(m.identity.uid, CAMERA);
    assert_never_kept(&m, "s3cret");
    assert_never_kept(&m, "joe");
    assert_alone(&cw_wire_gb28181, udp(registration), false);
    assert_both_ways(&cw_wire_gb28181, udp(registration), udp(challenge));
    (void)wire_each_prefix(&cw_wire_gb28181, udp(registration));
}

/* What a registration says of itself: a brand's own word, or a group's form of it. */
static void
test_agents(void **unused)
{
    (void)unused;

    static const struct {
        const char *agent, *vendor, *brand;
    } rows[] = {
        {"SIP UAS V3.0.0.675168", "Dahua group", ""},
        {"DH SIP UAS V1.0", "Dahua group", ""},
        {"Embedded Net DVR/NVR/DVS", "Hikvision group", ""},
        {"Hikvision", "Hikvision group", "Hikvision"},
        {"IP Camera", NULL, ""},
        {"My SIP UAS V3.0", NULL, ""},
        {"Hikvisionary/1.0", NULL, ""},
        {"", NULL, ""},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char text[512];
        (void)snprintf(
            text, sizeof(text),
            "REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\nFrom: <sip:" CAMERA
            "@3402000000>;tag=1\r\nCSeq: 7 REGISTER\r\nUser-Agent: %s\r\n\r\n",
            rows[i].agent);
        struct cw_wire_match m;
        assert_true(wire_try(&cw_wire_gb28181, udp(text), &m));
        assert_true(m.is_vendor_senders);
        assert_true(m.vendor == rows[i].vendor || strcmp(m.vendor, rows[i].vendor) == 0);
        assert_string_equal(m.identity.brand, rows[i].brand);
        (void)wire_each_prefix(&cw_wire_gb28181, udp(text));
    }
}

/* A platform of a maker that registers with another one is no device of it. */
static void
test_agent_of_platform(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_gb28181,
                         udp("REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\nFrom: "
                             "<sip:34020000002000000002@3402000000>;tag=1\r\nUser-Agent: "
                             "Hikvision\r\nCSeq: 7 REGISTER\r\n\r\n"),
                         &m));
    assert_null(m.vendor);
    assert_false(m.has_identity);
}

/* Type digits 200: a platform registers with the one above it. */
static void
test_platform(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_true(
        wire_try(&cw_wire_gb28181,
                 udp("REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\nFrom: "
                     "<sip:34020000002000000002@3402000000>;tag=1\r\nCSeq: 7 REGISTER\r\n\r\n"),
                 &m));
    assert_false(m.is_camera_fact);
    assert_false(m.has_identity);
}

static void
test_manscdp(void **unused)
{
    (void)unused;
    static const char text[] =
        "MESSAGE sip:34020000002000000001@3402000000 SIP/2.0\r\nFrom: "
        "<sip:34020000001180000001@"
        "3402000000>;tag=1\r\nCSeq: 20 MESSAGE\r\nContent-Type: Application/MANSCDP+xml\r\n\r\n"
        "<?xml "
        "version=\"1.0\"?>\r\n<Response>\r\n<CmdType>DeviceInfo</CmdType>\r\n<SN>1</SN>\r\n"
        "<DeviceID>34020000001180000001</DeviceID>\r\n<DeviceName>Hall</"
        "DeviceName>\r\n<Manufacturer>"
        "HIKVISION</Manufacturer>\r\n<Model>DS-7916N-R4</Model>\r\n<Firmware>V4.72.107</"
        "Firmware>\r\n"
        "</Response>\r\n";
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_gb28181, udp(text), &m));
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_RECORDER);
    assert_string_equal(m.identity.brand, "Hikvision");
    assert_string_equal(m.identity.model, "DS-7916N-R4");
    assert_string_equal(m.identity.firmware, "V4.72.107");
    assert_string_equal(m.identity.name, "Hall");
    assert_alone(&cw_wire_gb28181, udp(text), true);
}

/* A catalogue speaks of other devices: nothing of it is the sender's. */
static void
test_query_names_no_sender(void **unused)
{
    (void)unused;
    static const char text[] =
        "MESSAGE sip:" CAMERA
        "@192.0.2.64 SIP/2.0\r\nFrom: <sip:34020000002000000001@3402000000>;tag=1"
        "\r\nCSeq: 20 MESSAGE\r\nContent-Type: Application/MANSCDP+xml\r\n\r\n<?xml "
        "version=\"1.0\"?>"
        "<Query><CmdType>DeviceInfo</CmdType><DeviceID>" CAMERA "</DeviceID></Query>";
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_gb28181, udp(text), &m));
    assert_false(m.is_camera_fact);
    assert_false(m.has_identity);
}

static void
test_invite(void **unused)
{
    (void)unused;
    static const char text[] =
        "INVITE sip:" CAMERA
        "@192.0.2.64 SIP/2.0\r\nFrom: <sip:34020000002000000001@3402000000>;tag=1"
        "\r\nCSeq: 20 INVITE\r\nContent-Type: Application/SDP\r\n\r\nv=0\r\ns=Play\r\n"
        "m=video 6000 RTP/AVP 96\r\na=rtpmap:96 PS/90000\r\ny=0100000001\r\n";
    assert_alone(&cw_wire_gb28181, udp(text), true);
}

/* Telephones have digits for users too, but not 18 or 20 of them. */
static void
test_ordinary_sip(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "REGISTER sip:example.com SIP/2.0\r\nFrom: "
        "<sip:004930123456@example.com>;tag=1\r\nCSeq: 1 "
        "REGISTER\r\n\r\n",
        "INVITE sip:bob@example.com SIP/2.0\r\nFrom: <sip:alice@example.com>;tag=1\r\nCSeq: 1 "
        "INVITE\r\n\r\nv=0\r\ny=0100000001\r\n",
        "SIP/2.0 200 OK\r\nFrom: <sip:alice@example.com>;tag=1\r\nCSeq: 1 REGISTER\r\n\r\n",
        "INVITE sip:" CAMERA "@192.0.2.64 SIP/2.0\r\nFrom: <sip:" CAMERA
        "@x>\r\nCSeq: 20 INVITE\r\n\r\n"
        "v=0\r\ny=01000\r\n",
    };
    struct cw_wire_match m;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        assert_false(wire_try(&cw_wire_gb28181, udp(texts[i]), &m));
    }
}

static uint8_t rtp[64];

/* RFC 3550 5.1 before ISO/IEC 13818-1 2.5.3.3; sequence number differs. */
static struct cw_wire_input
program_stream(const char *sequence)
{
    (void)wire_hex(
        "80 60 00 01 00 00 0e 10 05 f5 e1 01 00 00 01 ba 44 00 04 00 04 01 00 00 03 f8", rtp,
        sizeof(rtp));
    (void)wire_hex(sequence, rtp + 2, 3);
    return wire_message(CW_WIRE_UDP, cw_bytes(rtp, 26), 15060, 6000);
}

static void
test_program_stream(void **unused)
{
    (void)unused;
    struct cw_wire_state state = {0};
    bool confirmed;
    assert_false(cw_wire_ps_rtp.proves_device);
    assert_string_equal(cw_wire_ps_rtp.vendor, "");
    static const char *const sequence[] = {"00 01", "00 01", "00 02", "00 03"};
    static const bool expected[] = {false, false, false, true}; /* a repeat does not count */
    for (size_t i = 0; i < 4; i++) {
        assert_ptr_equal(wire_inspect(&state, program_stream(sequence[i]), &confirmed),
                         &cw_wire_ps_rtp);
        assert_int_equal(confirmed, expected[i]);
    }
    assert_int_equal(wire_each_prefix(&cw_wire_ps_rtp, program_stream("00 01")), 0);
    struct cw_wire_match m;
    struct cw_wire_input in = program_stream("00 01");
    rtp[16] = 0x21; /* MPEG-1 */
    assert_false(wire_try(&cw_wire_ps_rtp, in, &m));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agents),         cmocka_unit_test(test_agent_of_platform),
        cmocka_unit_test(test_registration),   cmocka_unit_test(test_platform),
        cmocka_unit_test(test_manscdp),        cmocka_unit_test(test_query_names_no_sender),
        cmocka_unit_test(test_invite),         cmocka_unit_test(test_ordinary_sip),
        cmocka_unit_test(test_program_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
