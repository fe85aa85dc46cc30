/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_http_marks;

static struct cw_wire_input
up(const char *text)
{
    return wire_message(CW_WIRE_TCP, cw_bytes_text(text), 50000, 80);
}

static struct cw_wire_input
down(const char *text)
{
    return wire_message(CW_WIRE_TCP, cw_bytes_text(text), 80, 50000);
}

static const char not_found[] = "HTTP/1.1 404 Not Found\r\nServer: nginx\r\n\r\n";

/* A scanner asks anybody; only an answer shows a device. */
static void
test_requests_prove_nothing(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "POST /RPC2_Login HTTP/1.1\r\nHost: "
        "192.0.2.8\r\n\r\n{\"params\":{\"userName\":\"joe\"}}",
        "GET /cgi-bin/magicBox.cgi?action=getSystemInfo HTTP/1.1\r\nHost: 192.0.2.8\r\n\r\n",
        "GET /ISAPI/System/deviceInfo HTTP/1.1\r\nHost: 192.0.2.8\r\n\r\n",
        "GET /LAPI/V1.0/System/DeviceInfo HTTP/1.1\r\nHost: 192.0.2.8\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct cw_wire_match m;
        struct cw_wire_state state = {0};
        struct cw_wire_input answer = down(not_found);
        bool confirmed;
        answer.direction = 1;
        assert_true(wire_try(&cw_wire_http_marks, up(texts[i]), &m));
        assert_int_equal(m.sender, CW_WIRE_FROM_VIEWER);
        assert_false(m.is_camera_fact);
        assert_false(m.has_identity);
        assert_ptr_equal(wire_inspect(&state, up(texts[i]), &confirmed), &cw_wire_http_marks);
        assert_false(confirmed);
        assert_null(wire_inspect(&state, answer, &confirmed));
        assert_ptr_equal(wire_inspect(&state, up(texts[i]), &confirmed), &cw_wire_http_marks);
        assert_false(confirmed);
    }
}

static void
test_banners(void **unused)
{
    (void)unused;
    static const char *const servers[] = {"App-webs/", "Hikvision-Webs", "DNVRS-Webs",
                                          "DVRDVS-Webs"};
    for (size_t i = 0; i < sizeof(servers) / sizeof(*servers); i++) {
        char text[128] = "HTTP/1.1 200 OK\r\nServer: ";
        struct cw_wire_match m;
        strcat(strcat(text, servers[i]), "\r\n\r\n");
        assert_true(wire_try(&cw_wire_http_marks, down(text), &m));
        assert_true(m.is_camera_fact);
        assert_string_equal(m.vendor, "Hikvision group");
        assert_alone(&cw_wire_http_marks, down(text), true);
    }
}

static void
test_isapi_answer(void **unused)
{
    (void)unused;
    static const char text[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n<?xml "
        "version=\"1.0\"?>\n<DeviceInfo "
        "version=\"2.0\" xmlns=\"http://www.hikvision.com/ver20/XMLSchema\">\n<deviceName>Gate"
        "</deviceName>\n<model>DS-2CD2142FWD-I</"
        "model>\n<serialNumber>DS-2CD0000000AAWR000000001"
        "</serialNumber>\n<macAddress>44:19:b6:00:53:01</macAddress>\n<firmwareVersion>V5.4.5"
        "</firmwareVersion>\n</DeviceInfo>\n";
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_http_marks, down(text), &m));
    assert_string_equal(m.identity.model, "DS-2CD2142FWD-I");
    assert_string_equal(m.identity.serial, "DS-2CD0000000AAWR000000001");
    assert_string_equal(m.identity.firmware, "V5.4.5");
    assert_string_equal(m.identity.name, "Gate");
    assert_string_equal(m.identity.maker, "Hangzhou Hikvision Digital Technology");
    assert_mac(&m.identity.mac, "44-19-B6-00-53-01");
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_CAMERA);
    assert_alone(&cw_wire_http_marks, down(text), true);
    (void)wire_each_prefix(&cw_wire_http_marks, down(text));
}

/* A device pushes its alarm to a server: the sender of the request is the device. */
static void
test_pushed_alarm(void **unused)
{
    (void)unused;
    static const char text[] =
        "POST /alarm HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n<EventNotificationAlert "
        "version=\"2.0\" "
        "xmlns=\"http://www.isapi.org/ver20/XMLSchema\"><ipAddress>192.0.2.64</ipAddress>"
        "<macAddress>44:19:b6:00:53:01</macAddress></EventNotificationAlert>";
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_http_marks, up(text), &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_DEVICE);
    assert_true(m.is_camera_fact);
    assert_mac(&m.identity.mac, "44-19-B6-00-53-01");
    assert_string_equal(m.identity.maker, ""); /* others use this name space */
    assert_alone(&cw_wire_http_marks, up(text), true);
}

static void
test_dahua_answers(void **unused)
{
    (void)unused;
    static const char ask[] =
        "GET /cgi-bin/magicBox.cgi?action=getSystemInfo HTTP/1.1\r\nHost: 192.0.2.8\r\n\r\n";
    static const char lines[] = "HTTP/1.1 200 OK\r\n\r\ndeviceType=31\r\nprocessor=ST7108\r\n"
                                "serialNumber=7J0000BPAZ00001\r\nupdateSerial=DHI-NVR4108\r\n";
    static const char challenge[] =
        "HTTP/1.1 200 "
        "OK\r\n\r\n{\"id\":1,\"params\":{\"encryption\":\"Default\",\"random\":\"s3cret\","
        "\"realm\":\"Login to 0123456789abcdef0123456789abcdef\"},\"result\":false}";
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_http_marks, down(lines), &m));
    assert_string_equal(m.identity.serial, "7J0000BPAZ00001");
    assert_string_equal(m.identity.model, "DHI-NVR4108");
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_RECORDER);
    assert_alone(&cw_wire_http_marks, down(lines), false);
    assert_both_ways(&cw_wire_http_marks, up(ask), down(lines));
    assert_true(wire_try(&cw_wire_http_marks, down(challenge), &m));
    assert_string_equal(m.vendor, "Dahua group");
    assert_never_kept(&m, "s3cret");
    assert_alone(&cw_wire_http_marks, down(challenge), true);
}

static void
test_uniview_answer(void **unused)
{
    (void)unused;
    static const char text[] = "HTTP/1.1 200 OK\r\n\r\n{\"Response\":{\"ResponseURL\":"
                               "\"/LAPI/V1.0/System/DeviceInfo\",\"ResponseCode\":0}}";
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_http_marks, down(text), &m));
    assert_string_equal(m.vendor, "Uniview");
}

/* LAPI's device information, and what a camera of Xiongmai's posts to its cloud. */
static void
test_documents_say_who_it_is(void **unused)
{
    (void)unused;
    static const char lapi[] =
        "HTTP/1.1 200 OK\r\n\r\n{\"Response\":{\"ResponseURL\":"
        "\"/LAPI/V1.0/System/DeviceInfo\",\"Data\":{\"DeviceName\":\"Dock\","
        "\"DeviceModel\":\"NVR301-08\",\"SerialNumber\":\"210235TEST0000000001\","
        "\"FirmwareVersion\":\"NVR-B3601\"}}}";
    static const char post[] =
        "POST / HTTP/1.1\r\nHost: pub-cfg.secu100.net:8086\r\n\r\n{\"CfgProtocol\":{\"Body\":{"
        "\"SerialNumber\":\"0a1b2c3d4e5f6071\",\"AuthCode\":\"s3cret\",\"ProductID\":\"P1\","
        "\"OtherInfo\":\"V4.02.R11\"}}}";
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_http_marks, down(lapi), &m));
    assert_string_equal(m.identity.model, "NVR301-08");
    assert_string_equal(m.identity.serial, "210235TEST0000000001");
    assert_string_equal(m.identity.firmware, "NVR-B3601");
    assert_string_equal(m.identity.name, "Dock");
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_RECORDER);
    assert_true(wire_try(&cw_wire_http_marks, up(post), &m));
    assert_int_equal(m.phase, CW_WIRE_PHASE_REGISTRATION);
    assert_int_equal(m.sender, CW_WIRE_FROM_DEVICE);
    assert_string_equal(m.platform, "Xiongmai XMeye");
    assert_string_equal(m.identity.serial, "0a1b2c3d4e5f6071");
    assert_string_equal(m.identity.firmware, "V4.02.R11");
    assert_never_kept(&m, "s3cret");
    assert_alone(&cw_wire_http_marks, up(post), true);
    (void)wire_each_prefix(&cw_wire_http_marks, up(post));
    (void)wire_each_prefix(&cw_wire_http_marks, down(lapi));
}

/* The short answers of magicBox.cgi count after their question alone. */
static void
test_magic_lines(void **unused)
{
    (void)unused;
    static const char ask[] =
        "GET /cgi-bin/magicBox.cgi?action=getSerialNo HTTP/1.1\r\nHost: x\r\n\r\n";
    static const char head[] = "HTTP/1.1 200 OK\r\n\r\n";

    static const struct {
        const char *body, *model, *serial, *firmware;
    } rows[] = {
        {"type=IPC-HFW1431S\r\n", "IPC-HFW1431S", "", ""},
        {"sn=6L0A1B2PAG00042\r\n", "", "6L0A1B2PAG00042", ""},
        {"version=2.800.0000004.0.R,build:2020-01-02\r\n", "", "", "2.800.0000004.0.R"},
    };

    static const char *const others[] = {"type=text\r\n", "sn=1\r\n", "version=1.2.3\r\n",
                                         "sn=6L0A1B2PAG00042", "sn=6L0A1B2PAG00042\r\nx=1\r\n"};
    struct cw_wire_match m;
    char text[256];
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        (void)snprintf(text, sizeof(text), "%s%s", head, rows[i].body);
        assert_true(wire_try(&cw_wire_http_marks, down(text), &m));
        assert_string_equal(m.identity.model, rows[i].model);
        assert_string_equal(m.identity.serial, rows[i].serial);
        assert_string_equal(m.identity.firmware, rows[i].firmware);
        assert_alone(&cw_wire_http_marks, down(text), false);
        assert_both_ways(&cw_wire_http_marks, up(ask), down(text));
        (void)wire_each_prefix(&cw_wire_http_marks, down(text));
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        (void)snprintf(text, sizeof(text), "%s%s", head, others[i]);
        assert_false(wire_try(&cw_wire_http_marks, down(text), &m));
    }
}

/* XML-RPC's usual path, and realms that only sound alike. */
static void
test_near_misses(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_false(
        wire_try(&cw_wire_http_marks, up("POST /RPC2 HTTP/1.1\r\nHost: x\r\n\r\n"), &m));
    assert_false(
        wire_try(&cw_wire_http_marks,
                 down("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"Login to "
                      "my router\"\r\n\r\n"),
                 &m));
    assert_false(wire_try(&cw_wire_http_marks,
                          down("HTTP/1.1 200 OK\r\nServer: Webs\r\n\r\nApp-webs/ magicBox.cgi"),
                          &m));
    assert_false(
        wire_try(&cw_wire_http_marks, down("HTTP/1.1 200 OK\r\nServer: App-webs/"), &m));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests_prove_nothing),
        cmocka_unit_test(test_banners),
        cmocka_unit_test(test_isapi_answer),
        cmocka_unit_test(test_pushed_alarm),
        cmocka_unit_test(test_dahua_answers),
        cmocka_unit_test(test_uniview_answer),
        cmocka_unit_test(test_documents_say_who_it_is),
        cmocka_unit_test(test_magic_lines),
        cmocka_unit_test(test_near_misses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
