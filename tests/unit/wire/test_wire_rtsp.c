/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_rtsp;

static struct cw_wire_input
up(const char *text)
{
    return wire_message(CW_WIRE_TCP, cw_bytes_text(text), 50000, 554);
}

static struct cw_wire_input
down(const char *text)
{
    return wire_message(CW_WIRE_TCP, cw_bytes_text(text), 554, 50000);
}

/* RFC 2326 10.2: the protocol, and no camera. */
static void
test_plain(void **unused)
{
    (void)unused;
    static const char ask[] =
        "DESCRIBE rtsp://media.example.com/twister RTSP/1.0\r\nCSeq: 312\r\n\r\n";
    static const char answer[] =
        "RTSP/1.0 200 OK\r\nCSeq: 312\r\nServer: PhonyServer/1.0\r\n\r\n";
    struct cw_wire_match m;
    assert_false(cw_wire_rtsp.proves_device);
    assert_true(wire_try(&cw_wire_rtsp, up(ask), &m));
    assert_null(m.vendor);
    assert_true(wire_try(&cw_wire_rtsp, down(answer), &m));
    assert_null(m.vendor);
    assert_false(m.is_camera_fact);
    assert_false(m.has_identity);
    assert_alone(&cw_wire_rtsp, up(ask), false);
    assert_both_ways(&cw_wire_rtsp, up(ask), down(answer));
    assert_int_equal(wire_each_prefix(&cw_wire_rtsp, up(ask)),
                     strlen(ask) - strlen("CSeq: 312\r\n\r\n"));
}

static void
test_answer_to_another_request(void **unused)
{
    (void)unused;
    struct cw_wire_state state = {0};
    bool confirmed;
    wire_inspect(&state, up("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"), &confirmed);
    struct cw_wire_input in = down("RTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\n");
    in.direction = 1;
    assert_non_null(wire_inspect(&state, in, &confirmed));
    assert_false(confirmed);
}

/* A path asked for names nobody; one that the server accepted does. */
static void
test_url_forms(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_rtsp,
                         up("DESCRIBE rtsp://192.0.2.8/Streaming/Channels/101 RTSP/1.0\r\n"
                            "CSeq: 2\r\n\r\n"),
                         &m));
    assert_null(m.vendor);
    assert_true(wire_try(&cw_wire_rtsp,
                         up("PLAY rtsp://192.0.2.8/cam/realmonitor?channel=1&subtype=0 "
                            "RTSP/1.0\r\nCSeq: 5\r\n\r\n"),
                         &m));
    assert_string_equal(m.vendor, "Dahua group");
    assert_false(m.is_camera_fact);
    assert_true(wire_try(
        &cw_wire_rtsp,
        down("RTSP/1.0 200 OK\r\nCSeq: 5\r\nRTP-Info: url=rtsp://192.0.2.8:554/unicast/"
             "c296/s0/live/forward/track1\r\n\r\n"),
        &m));
    assert_string_equal(m.vendor, "Uniview");
    assert_true(m.is_camera_fact);
}

/* Session descriptions as devices write them, and as others write them that pass streams on. */
static void
test_descriptions(void **unused)
{
    (void)unused;

    static const struct {
        const char *sdp, *vendor;
    } rows[] = {
        {"s=Media Server\r\nt=0 0\r\na=control:*\r\na=packetization-supported:DH\r\n"
         "a=rtppayload-supported:DH\r\n",
         "Dahua group"},
        {"s=VCP IPC Realtime stream\r\nm=video 0 RTP/AVP 108\r\n"
         "a=control:rtsp://192.0.2.8/media/video1/video\r\n",
         "Uniview"},
        {"s=Session streamed by \"preview\"\r\nt=0 0\r\n"
         "a=tool:BC Streaming Media v202210012022.10.01\r\n",
         "Reolink"},
        {"s=VCP IPC Realtime stream\r\na=tool:libavformat "
         "58.76.100\r\na=control:streamid=0\r\n",
         NULL},
        {"s=Session streamed by \"testOnDemandRTSPServer\"\r\n"
         "a=tool:LIVE555 Streaming Media v2020.01.01\r\n",
         NULL},
        {"s=Media Server\r\na=packetization-supported:H264\r\na=rtppayload-supported:DH\r\n",
         NULL},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char text[512];
        (void)snprintf(text, sizeof(text),
                       "RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Type: application/sdp\r\n\r\n"
                       "v=0\r\no=- 1001 1 IN IP4 192.0.2.8\r\n%s",
                       rows[i].sdp);
        struct cw_wire_match m;
        assert_true(wire_try(&cw_wire_rtsp, down(text), &m));
        assert_int_equal(m.is_camera_fact, rows[i].vendor != NULL);
        assert_true(m.vendor == rows[i].vendor || strcmp(m.vendor, rows[i].vendor) == 0);
        (void)wire_each_prefix(&cw_wire_rtsp, down(text));
    }
    struct cw_wire_match m;
    assert_true(
        wire_try(&cw_wire_rtsp,
                 down("RTSP/1.0 404 Not Found\r\nCSeq: 3\r\n\r\nv=0\r\ns=Media Server\r\n"
                      "a=packetization-supported:DH\r\na=rtppayload-supported:DH\r\n"),
                 &m));
    assert_null(m.vendor);
}

static void
test_banner_and_realm(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_true(
        wire_try(&cw_wire_rtsp,
                 down("RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="
                      "\"Login to 7J0000BPAZ00001\", nonce=\"s3cret\"\r\n\r\n"),
                 &m));
    assert_true(m.is_camera_fact);
    assert_string_equal(m.vendor, "Dahua group");
    assert_string_equal(m.identity.serial, "7J0000BPAZ00001");
    assert_string_equal(m.identity.maker, "Zhejiang Dahua Technology");
    assert_never_kept(&m, "s3cret");
    assert_true(
        wire_try(&cw_wire_rtsp,
                 down("RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="
                      "\"4419b6005301\", nonce=\"s3cret\"\r\n\r\n"),
                 &m));
    assert_false(m.is_camera_fact); /* a MAC, of whatever device */
    assert_null(m.vendor);
    assert_mac(&m.identity.mac, "44-19-B6-00-53-01");
    assert_int_equal(m.identity.origin, CAMWATCH_ORIGIN_SELF);
}

/* Frames before the PLAY answer (corrections.md 7); frames alone say nothing. */
static void
test_interleaved(void **unused)
{
    (void)unused;
    static const char text[] = "$\0\0\4abcd$\1\0\2xyRTSP/1.0 200 OK\r\nCSeq: 9\r\n\r\n";
    struct cw_wire_match m;
    struct cw_wire_input in = wire_message(CW_WIRE_TCP, TEXT_BYTES(text), 554, 50000);
    assert_true(wire_try(&cw_wire_rtsp, in, &m));
    assert_int_equal(m.token, 9);
    (void)wire_each_prefix(&cw_wire_rtsp, in);
    in.bytes.len = 14;
    assert_false(wire_try(&cw_wire_rtsp, in, &m));
}

static void
test_clients(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_rtsp,
                         up("OPTIONS rtsp://192.0.2.8/ RTSP/1.0\r\nCSeq: 1\r\n"
                            "User-Agent: NKPlayer-1.00.00.081112\r\n\r\n"),
                         &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_VIEWER);
    assert_null(m.vendor);
}

static void
test_near_misses(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "HTTP/1.1 200 OK\r\nCSeq: 2\r\n\r\n",
        "OPTIONS sip:bob@example.com SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n",
        "GET rtsp://192.0.2.8/ RTSP/1.0\r\nCSeq: 1\r\n\r\n",
        "RTSP/1.0 20 OK\r\nCSeq: 2\r\n\r\n",
        "RTSP/1.0 200 OK",
        "DESCRIBE  RTSP/1.0\r\nCSeq: 2\r\n\r\n",
    };
    struct cw_wire_match m;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        assert_false(wire_try(&cw_wire_rtsp, up(texts[i]), &m));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),       cmocka_unit_test(test_answer_to_another_request),
        cmocka_unit_test(test_url_forms),   cmocka_unit_test(test_banner_and_realm),
        cmocka_unit_test(test_interleaved), cmocka_unit_test(test_clients),
        cmocka_unit_test(test_near_misses), cmocka_unit_test(test_descriptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
