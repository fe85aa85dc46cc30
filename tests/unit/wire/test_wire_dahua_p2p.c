/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_dahua_p2p;
extern const struct cw_wire_signature cw_wire_dahua_p2pdev;

#define WSSE(user)                                                                             \
    "Authorization: WSSE profile=\"UsernameToken\"\r\nX-WSSE: UsernameToken Username=\"" user  \
    "\", PasswordDigest=\"d1gestd1gest=\", Nonce=\"-1218616977\", "                            \
    "Created=\"2021-02-26T23:38:32Z\"\r\n\r\n"

static const char online[] =
    "DHGET /online/p2psrv/SERIAL00PJ00001 HTTP/1.1\r\nCSeq: -785307200\r\n" WSSE(
        "SERIAL00PJ00001");
static const char online_answer[] =
    "HTTP/1.1 200 OK\r\nDate: 2021-02-26T23:38:32Z\r\nCSeq: -785307200\r\nContent-Type: \r\n"
    "Content-Length: 65\r\n\r\n<body><DS>192.0.2.1:8802</DS><US>192.0.2.2:8803</US></body>";
static const char heartbeat[] = "GET /heartbeat/device/SERIAL00PJ00001 HTTP/1.1\r\n\r\n";
static const char heartbeat_answer[] = "HTTP/1.1 200 OK\r\nCSeq: 0\r\n\r\n";

static struct cw_wire_input
up(const char *text, uint16_t port)
{
    return wire_message(CW_WIRE_UDP, cw_bytes_text(text), 40377, port);
}

static struct cw_wire_input
down(const char *text, uint16_t port)
{
    struct cw_wire_input in = wire_message(CW_WIRE_UDP, cw_bytes_text(text), port, 40377);
    in.direction = 1;
    return in;
}

static void
test_device_lookup(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_dahua_p2p, up(online, 8800), &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_DEVICE);
    assert_int_equal(m.role, CAMWATCH_ROLE_RENDEZVOUS);
    assert_true(m.is_camera_fact);
    assert_int_equal(m.identity.origin, CAMWATCH_ORIGIN_SELF);
    assert_string_equal(m.identity.serial, "SERIAL00PJ00001");
    assert_never_kept(&m, "d1gest");
    assert_never_kept(&m, "1218616977");
    assert_alone(&cw_wire_dahua_p2p, up(online, 8800), true);
}

static void
test_viewer_lookup(void **unused)
{
    (void)unused;
    static const char text[] =
        "DHPOST /device/SERIAL00PJ00001/p2p-channel HTTP/1.1\r\nCSeq: 7\r\n" WSSE("P2PClient");
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_dahua_p2p, up(text, 8800), &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_VIEWER);
    assert_int_equal(m.phase, CW_WIRE_PHASE_RENDEZVOUS);
    assert_false(m.is_camera_fact);
    assert_int_equal(m.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
    assert_string_equal(m.identity.serial, "SERIAL00PJ00001");
}

static void
test_relay(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = up("NFGET /relay/agent HTTP/1.1\r\nCSeq: 7\r\n\r\n", 8900);
    assert_true(wire_try(&cw_wire_dahua_p2p, in, &m));
    assert_int_equal(m.phase, CW_WIRE_PHASE_RELAY);
    assert_int_equal(m.role, CAMWATCH_ROLE_RELAY);
    assert_int_equal(m.sender, CW_WIRE_FROM_UNKNOWN);
    assert_alone(&cw_wire_dahua_p2p, in, true);
}

static void
test_answer(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_dahua_p2p, down(online_answer, 8800), &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_SERVER);
    assert_int_equal(m.token, 0u - 785307200u);
    assert_int_equal(m.n_candidates, 2);
    assert_addr(&m.candidate[0].addr, "192.0.2.1");
    assert_int_equal(m.candidate[1].port, 8803);
    assert_alone(&cw_wire_dahua_p2p, down(online_answer, 8800), false);
    static const char challenge[] =
        "HTTP/1.1 401 Unauthorized\r\nCSeq: 5\r\n"
        "WWW-Authenticate: WSSE realm=\"huashi\", profile=\"UsernameToken\"\r\n\r\n";
    assert_alone(&cw_wire_dahua_p2p, down(challenge, 8800), true);
}

static void
test_heartbeat_needs_its_answer(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_dahua_p2p, up(heartbeat, 8802), &m));
    assert_int_equal(m.phase, CW_WIRE_PHASE_KEEPALIVE);
    assert_true(m.is_camera_fact);
    assert_string_equal(m.identity.serial, "SERIAL00PJ00001");
    assert_alone(&cw_wire_dahua_p2p, up(heartbeat, 8802), false);
    assert_both_ways(&cw_wire_dahua_p2p, up(heartbeat, 8802), down(heartbeat_answer, 8802));
}

static void
test_answer_of_another_request(void **unused)
{
    (void)unused;
    struct cw_wire_state state = {0};
    bool confirmed;
    wire_inspect(&state, up(heartbeat, 8802), &confirmed);
    assert_non_null(
        wire_inspect(&state, down("HTTP/1.1 200 OK\r\nCSeq: 9\r\n\r\n", 8802), &confirmed));
    assert_false(confirmed);
}

/* SSDP and RTSP answers, plain HTTP requests and unfinished lines are none of it. */
static void
test_near_misses(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nST: upnp:rootdevice\r\n\r\n",
        "RTSP/1.0 200 OK\r\nCSeq: 0\r\n\r\n",
        "GET /index.html HTTP/1.1\r\nCSeq: 1\r\n\r\n",
        "GET /heartbeat/device/00000000000 HTTP/1.1\r\n\r\n",
        "GET /heartbeat/device/short HTTP/1.1\r\n\r\n",
        "DHGET /online/p2psrv/SERIAL00PJ00001 HTTP/1.1",
        "DHGET online HTTP/1.1\r\n\r\n\r\n",
    };
    struct cw_wire_match m;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        assert_false(wire_try(&cw_wire_dahua_p2p, up(texts[i], 8800), &m));
    }
}

/* A cut header gives no user, and so no side. */
static void
test_truncations(void **unused)
{
    (void)unused;
    assert_int_equal(wire_each_prefix(&cw_wire_dahua_p2p, up(online, 8800)),
                     strlen("DHGET /online/p2psrv/SERIAL00PJ00001 HTTP/1.1\r\n"));
    (void)wire_each_prefix(&cw_wire_dahua_p2p, down(online_answer, 8800));
    struct cw_wire_match m;
    struct cw_wire_input in = up(online, 8800);
    in.bytes.len = (size_t)(strstr(online, "PasswordDigest") - online);
    assert_true(wire_try(&cw_wire_dahua_p2p, in, &m));
    assert_false(m.is_camera_fact);
    assert_int_equal(m.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
}

static void
shape(uint8_t *bytes, size_t len)
{
    memcpy(bytes, "DHGET /", 7);
    bytes[len - 1] = '\n';
}

static void
test_random(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_dahua_p2p, up("", 8800), 20, 300, shape);
}

static const char update[] =
    "GET /p2pdev/update?auth=s3cret&devid=SERIAL00PJ00001&variable=s3cret&server=dhp2p&"
    "manufacturer=Amcrest HTTP/1.1\r\nHost: 192.0.2.1\r\nX-DahuaDeviceAuth: "
    "mac=\"9c:8e:cd:00:53:01\", response=\"s3cret\"\r\n\r\n";

static void
test_directory_update(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = wire_message(CW_WIRE_TCP, TEXT_BYTES(update), 50000, 12366);
    assert_true(wire_try(&cw_wire_dahua_p2pdev, in, &m));
    assert_true(m.is_camera_fact);
    assert_string_equal(m.identity.serial, "SERIAL00PJ00001");
    assert_string_equal(m.identity.brand, "Amcrest");
    assert_mac(&m.identity.mac, "9C-8E-CD-00-53-01");
    assert_never_kept(&m, "s3cret");
    assert_alone(&cw_wire_dahua_p2pdev, in, true);
    (void)wire_each_prefix(&cw_wire_dahua_p2pdev, in);
}

static void
test_directory_challenge(void **unused)
{
    (void)unused;
    static const char text[] = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: DahuaDeviceAuth "
                               "nonce=\"s3cret\", domain=\"dahuap2p.com\"\r\n\r\n";
    struct cw_wire_match m;
    struct cw_wire_input in = wire_message(CW_WIRE_TCP, TEXT_BYTES(text), 12366, 50000);
    assert_true(wire_try(&cw_wire_dahua_p2pdev, in, &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_SERVER);
    assert_false(m.is_camera_fact);
    in.bytes = TEXT_BYTES("GET /p2pdev/update?x=1 HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n");
    assert_false(wire_try(&cw_wire_dahua_p2pdev, in, &m));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_device_lookup),
        cmocka_unit_test(test_viewer_lookup),
        cmocka_unit_test(test_relay),
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_heartbeat_needs_its_answer),
        cmocka_unit_test(test_answer_of_another_request),
        cmocka_unit_test(test_near_misses),
        cmocka_unit_test(test_truncations),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_directory_update),
        cmocka_unit_test(test_directory_challenge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
