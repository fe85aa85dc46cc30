/* SPDX-License-Identifier: Apache-2.0
 *
 * WS-Discovery of ONVIF and Uniview, and the ONVIF device service.
 */
#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_onvif_discovery;
extern const struct cw_wire_signature cw_wire_onvif_service;
extern const struct cw_wire_signature cw_wire_uniview_probe;

#define ENVELOPE(action, body)                                                                 \
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope "                                   \
    "xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "                                     \
    "xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><s:Header><a:Action>"         \
    "http://schemas.xmlsoap.org/ws/2005/04/discovery/" action                                  \
    "</a:Action></s:Header><s:Body>" body "</s:Body></s:Envelope>"
#define SCOPE "onvif://www.onvif.org/"

/* The shape of the Amcrest camera's Hello (corrections.md 8). */
static const char hello[] = ENVELOPE(
    "Hello",
    "<d:Hello><a:EndpointReference><a:Address>uuid:00000000-bd61-43d0-b368-51c395f21e53"
    "</a:Address></a:EndpointReference><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>"
    "<d:Scopes>" SCOPE "location/country/china " SCOPE "name/Amcrest " SCOPE
    "hardware/IPM-723W " SCOPE "Profile/Streaming " SCOPE "extension/unique_identifier "
    "</d:Scopes><d:XAddrs>http://192.0.2.128/onvif/device_service</d:XAddrs></d:Hello>");

static struct cw_wire_input
udp(const char *text)
{
    return wire_message(CW_WIRE_UDP, cw_bytes_text(text), 3702, 3702);
}

static void
test_hello(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_onvif_discovery, udp(hello), &m));
    assert_true(m.is_camera_fact);
    assert_int_equal(m.identity.origin, CAMWATCH_ORIGIN_SELF);
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_CAMERA);
    assert_string_equal(m.identity.brand, "Amcrest");
    assert_string_equal(m.identity.maker, ""); /* an OEM brand proves no maker */
    assert_string_equal(m.identity.model, "IPM-723W");
    assert_addr(&m.identity.addr, "192.0.2.128");
    assert_true(cw_mac_is_none(&m.identity.mac)); /* a random UUID ends with no MAC */
    assert_alone(&cw_wire_onvif_discovery, udp(hello), true);
    (void)wire_each_prefix(&cw_wire_onvif_discovery, udp(hello));
}

static void
test_hikvision_scopes(void **unused)
{
    (void)unused;
    static const char text[] = ENVELOPE(
        "ProbeMatches", "<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>" SCOPE
                        "name/HIKVISION%20DS-7608NI-I2 " SCOPE "hardware/DS-7608NI-I2 " SCOPE
                        "MAC/44:19:b6:00:53:01</d:Scopes>");
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_onvif_discovery, udp(text), &m));
    assert_string_equal(m.identity.brand, "Hikvision");
    assert_string_equal(m.identity.maker, "Hangzhou Hikvision Digital Technology");
    assert_string_equal(m.vendor, "Hikvision group");
    assert_string_equal(m.identity.name, "HIKVISION DS-7608NI-I2");
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_RECORDER);
    assert_mac(&m.identity.mac, "44-19-B6-00-53-01");
}

static const char printer[] =
    ENVELOPE("ProbeMatches", "<d:Types>wprt:PrintDeviceType</d:Types><d:Scopes></d:Scopes>"
                             "<d:XAddrs>http://192.0.2.9:5357/printer</d:XAddrs>");
static const char broken_percent[] =
    ENVELOPE("Hello", "<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>" SCOPE
                      "name/a%2 " SCOPE "hardware/%zz%</d:Scopes>");

/* Printers and computers use WS-Discovery; a page about ONVIF is no discovery. */
static void
test_near_misses(void **unused)
{
    (void)unused;
    static const char windows[] = ENVELOPE("Probe", "<d:Types>wsdp:Device</d:Types>");
    static const char page[] =
        "<html><body>NetworkVideoTransmitter <Types>NetworkVideoTransmitter</Types> "
        "onvif://www.onvif.org/name/Dahua                                                      "
        "    "
        "                                                                                      "
        "    ";
    struct cw_wire_match m;
    assert_false(wire_try(&cw_wire_onvif_discovery, udp(printer), &m));
    assert_false(wire_try(&cw_wire_onvif_discovery, udp(windows), &m));
    assert_false(wire_try(&cw_wire_onvif_discovery, udp(page), &m));
    assert_true(wire_try(&cw_wire_onvif_discovery, udp(broken_percent), &m));
    assert_string_equal(m.identity.name, "a%2");
    assert_string_equal(m.identity.model, "%zz%");
}

static void
test_search_is_no_camera(void **unused)
{
    (void)unused;
    static const char text[] =
        ENVELOPE("Probe", "<d:Types>dn:NetworkVideoTransmitter</d:Types>");
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_onvif_discovery, udp(text), &m));
    assert_false(m.is_camera_fact);
    assert_false(m.has_identity);
    assert_alone(&cw_wire_onvif_discovery, udp(text), false);
}

static const char uniview[] =
    ENVELOPE("ProbeMatches",
             "<tns:UniviewProbeMatches xmlns:tns=\"http://www.uniview.com/Ver10/Device/wsdl\">"
             "<a:EndpointReference><a:Address>urn:uuid:00010010-0001-1020-8000-48ea63005301"
             "</a:Address></a:EndpointReference><d:Scopes>" SCOPE
             "version/IPC_Q1201-B0000 " SCOPE "serial/210235C00000000001 " SCOPE
             "macaddr/48ea63005301 " SCOPE "hardware/IPC322 " SCOPE "name/IPC322 " SCOPE
             "manufacturer/UNIVIEW " SCOPE "type/IPC</d:Scopes></tns:UniviewProbeMatches>");

static void
test_uniview(void **unused)
{
    (void)unused;
    static const char search[] =
        ENVELOPE("Probe", "<tns:UniviewProbe><d:Types>dn:NetworkVideoTransmitter</d:Types>");
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_uniview_probe, udp(uniview), &m));
    assert_true(m.is_camera_fact);
    assert_string_equal(m.identity.serial, "210235C00000000001");
    assert_string_equal(m.identity.firmware, "IPC_Q1201-B0000");
    assert_string_equal(m.identity.brand, "Uniview");
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_CAMERA);
    assert_mac(&m.identity.mac, "48-EA-63-00-53-01");
    assert_alone(&cw_wire_uniview_probe, udp(uniview), true);
    (void)wire_each_prefix(&cw_wire_uniview_probe, udp(uniview));
    assert_true(wire_try(&cw_wire_uniview_probe, udp(search), &m));
    assert_false(m.is_camera_fact);
}

/* OEM units write manufacturer/NONE: the maker is told by how they write, the brand is not. */
static void
test_uniview_oem(void **unused)
{
    (void)unused;
    static const char text[] =
        ENVELOPE("ProbeMatches", "<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>" SCOPE
                                 "version/B1 " SCOPE "serial/210235C00000000002 " SCOPE
                                 "macaddr/e4f14c005301 " SCOPE "manufacturer/NONE</d:Scopes>");
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_onvif_discovery, udp(text), &m));
    assert_string_equal(m.identity.brand, "");
    assert_string_equal(m.identity.maker, "Zhejiang Uniview Technologies");
    assert_string_equal(m.vendor, "Uniview");
}

static void
shape(uint8_t *bytes, size_t len)
{
    (void)len;
    memcpy(bytes, "<?xml <s:Envelope /ws/2005/04/discovery", 39);
}

static void
test_random(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_onvif_discovery, udp(""), 200, 900, shape);
    wire_no_random_match(&cw_wire_uniview_probe, udp(""), 200, 900, shape);
}

static const char ask[] =
    "POST /onvif/device_service HTTP/1.1\r\nHost: 192.0.2.8\r\n\r\n<Envelope>"
    "<Username>joe</Username><Password>s3cret</Password></Envelope>";
static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; charset=utf-8\r\n\r\n<s:Envelope "
    "xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\"><tds:GetDeviceInformationResponse>"
    "<tds:Manufacturer>Dahua</tds:Manufacturer><tds:Model>DH-IPC-HDBW1230E</tds:Model>"
    "<tds:FirmwareVersion>2.800</tds:FirmwareVersion><tds:SerialNumber>7J0000BPAZ00001"
    "</tds:SerialNumber></tds:GetDeviceInformationResponse></s:Envelope>";

static void
test_service(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input up = wire_message(CW_WIRE_TCP, TEXT_BYTES(ask), 50000, 80);
    struct cw_wire_input down = wire_message(CW_WIRE_TCP, TEXT_BYTES(answer), 80, 50000);
    assert_true(wire_try(&cw_wire_onvif_service, up, &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_VIEWER);
    assert_false(m.has_identity);
    assert_alone(&cw_wire_onvif_service, up, false);
    assert_true(wire_try(&cw_wire_onvif_service, down, &m));
    assert_true(m.is_camera_fact);
    assert_string_equal(m.identity.brand, "Dahua");
    assert_string_equal(m.identity.model, "DH-IPC-HDBW1230E");
    assert_string_equal(m.identity.serial, "7J0000BPAZ00001");
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_CAMERA);
    assert_alone(&cw_wire_onvif_service, down, true);
    (void)wire_each_prefix(&cw_wire_onvif_service, down);
    down.bytes = TEXT_BYTES("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Envelope "
                            "http://www.onvif.org/ver10/device/wsdl</p>");
    assert_false(wire_try(&cw_wire_onvif_service, down, &m));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hello),       cmocka_unit_test(test_hikvision_scopes),
        cmocka_unit_test(test_near_misses), cmocka_unit_test(test_search_is_no_camera),
        cmocka_unit_test(test_uniview),     cmocka_unit_test(test_uniview_oem),
        cmocka_unit_test(test_random),      cmocka_unit_test(test_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
