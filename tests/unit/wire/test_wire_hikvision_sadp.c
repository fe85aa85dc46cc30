/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_hikvision_sadp;

static const char answer[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\r\n<ProbeMatch><Uuid>13A888A9-F1B1-4020-AE9F-"
    "05607682D23B</Uuid>\r\n<Types>inquiry</Types>\r\n<DeviceType>138</DeviceType>\r\n"
    "<DeviceDescription>DS-2CD2142FWD-I</DeviceDescription>\r\n<DeviceSN>DS-2CD2142FWD-I2015"
    "0101AAWR500000001</DeviceSN>\r\n<CommandPort>8000</CommandPort>\r\n<HttpPort>80</"
    "HttpPort>\r\n"
    "<MAC>44-19-b6-00-53-01</MAC>\r\n<IPv4Address>192.0.2.64</"
    "IPv4Address>\r\n<SoftwareVersion>V5.4.5"
    "build 170124</SoftwareVersion>\r\n<Encrypt>true</Encrypt><Salt>s3cret</Salt></ProbeMatch>";

static struct cw_wire_input
udp(struct cw_bytes bytes)
{
    return wire_message(CW_WIRE_UDP, bytes, 37020, 37020);
}

static void
test_answer(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_hikvision_sadp, udp(TEXT_BYTES(answer)), &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_DEVICE);
    assert_true(m.is_camera_fact);
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_CAMERA);
    assert_string_equal(m.identity.model, "DS-2CD2142FWD-I");
    assert_string_equal(m.identity.serial, "DS-2CD2142FWD-I20150101AAWR500000001");
    assert_string_equal(m.identity.firmware, "V5.4.5build 170124");
    assert_mac(&m.identity.mac, "44-19-B6-00-53-01");
    assert_addr(&m.identity.addr, "192.0.2.64");
    assert_never_kept(&m, "s3cret");
    assert_alone(&cw_wire_hikvision_sadp, udp(TEXT_BYTES(answer)), true);
}

static void
test_search(void **unused)
{
    (void)unused;
    static const char text[] =
        "<?xml version=\"1.0\" "
        "encoding=\"utf-8\"?><Probe><Uuid>13A888A9-F1B1-4020-AE9F-05607682D23B"
        "</Uuid><Types>inquiry</Types></Probe>";
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_hikvision_sadp, udp(TEXT_BYTES(text)), &m));
    assert_false(m.is_camera_fact);
    assert_false(m.has_identity);
    assert_alone(&cw_wire_hikvision_sadp, udp(TEXT_BYTES(text)), true);
}

/* A network switch of the vendor answers too; WS-Discovery uses the same group. */
static void
test_near_misses(void **unused)
{
    (void)unused;
    static const char switch_answer[] =
        "<ProbeMatch><Uuid>1</Uuid><Types>inquiry</Types><DeviceDescription>DS-3E0318P-E/M"
        "</DeviceDescription></ProbeMatch>";
    static const char soap[] =
        "<?xml "
        "version=\"1.0\"?><Envelope><Body><Probe><Uuid>1</Uuid><Types>inquiry</Types></Probe>"
        "</Body></Envelope>";
    static const char other[] =
        "<?xml version=\"1.0\"?><html><Probe><Types></Types></Probe></html>     ";
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_hikvision_sadp, udp(TEXT_BYTES(switch_answer)), &m));
    assert_false(m.is_camera_fact);
    assert_false(wire_try(&cw_wire_hikvision_sadp, udp(TEXT_BYTES(soap)), &m));
    assert_false(wire_try(&cw_wire_hikvision_sadp, udp(TEXT_BYTES(other)), &m));
}

/* Every cut is safe; a cut value is no value. */
static void
test_truncations(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = udp(TEXT_BYTES(answer));
    (void)wire_each_prefix(&cw_wire_hikvision_sadp, in);
    in.bytes.len = (size_t)(strstr(answer, "AAWR") - answer);
    assert_true(wire_try(&cw_wire_hikvision_sadp, in, &m));
    assert_string_equal(m.identity.model, "DS-2CD2142FWD-I");
    assert_string_equal(m.identity.serial, "");
}

static void
shape(uint8_t *bytes, size_t len)
{
    (void)len;
    memcpy(bytes, "<ProbeMatch>", 12);
}

static void
test_random(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_hikvision_sadp, udp(cw_bytes("", 0)), 60, 600, shape);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer),      cmocka_unit_test(test_search),
        cmocka_unit_test(test_near_misses), cmocka_unit_test(test_truncations),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
