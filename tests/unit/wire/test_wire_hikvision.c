/* SPDX-License-Identifier: Apache-2.0
 *
 * Hikvision: SADP without IP, the SDK port, EHome.
 */
#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_hikvision_sadp_ether;
extern const struct cw_wire_signature cw_wire_hikvision_sdk;
extern const struct cw_wire_signature cw_wire_hikvision_isup;

static uint8_t buffer[512];

static const struct cw_mac device = {{0x44, 0x19, 0xb6, 0x00, 0x53, 0x01}};

static struct cw_wire_input
ether(void)
{
    struct cw_bytes b = wire_hex("21 01 01 f6 00 00 00 07 06 04 04 00 12 34 44 19 b6 00 53 01 "
                                 "c0 00 02 40 ff ff ff ff ff ff 00 00 00 00 ff ff ff 00",
                                 buffer, sizeof(buffer));
    return (struct cw_wire_input){.bytes = b,
                                  .wire_len = (uint32_t)b.len,
                                  .transport = CW_WIRE_ETHER,
                                  .ethertype = 0x8033,
                                  .src_mac = device};
}

static void
test_sadp_ether(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_result result;
    struct cw_wire_input in = ether();
    assert_true(wire_try(&cw_wire_hikvision_sadp_ether, in, &m));
    assert_true(m.is_camera_fact);
    assert_mac(&m.identity.mac, "44-19-B6-00-53-01");
    assert_addr(&m.identity.addr, "192.0.2.64");
    assert_true(cw_wire_inspect(NULL, &in, &result));
    assert_true(result.is_confirmed);
    assert_int_equal(wire_each_prefix(&cw_wire_hikvision_sadp_ether, in), 0);
    buffer[3] = 0x42; /* sent by a search tool */
    assert_true(wire_try(&cw_wire_hikvision_sadp_ether, in, &m));
    assert_false(m.is_camera_fact);
    in = ether();
    in.src_mac.b[5] ^= 1; /* speaks of another MAC than the frame's */
    assert_false(wire_try(&cw_wire_hikvision_sadp_ether, in, &m));
    in = ether();
    in.ethertype = 0x8034;
    assert_false(cw_wire_inspect(NULL, &in, &result));
}

static void
shape_ether(uint8_t *bytes, size_t len)
{
    (void)len;
    memcpy(bytes, "\x21\x01\x01\xf6", 4);
    memcpy(bytes + 8, "\x06\x04", 2);
}

static void
test_random_ether(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_hikvision_sadp_ether, ether(), 38, 100, shape_ether);
}

static struct cw_wire_input
sdk(const char *hex, uint8_t *out, bool is_answer)
{
    return wire_message(CW_WIRE_TCP, wire_hex(hex, out, 400), is_answer ? 8000 : 50000,
                        is_answer ? 50000 : 8000);
}

/* Published in protocols_seed_vendors.md 2.3. */
static const char control[] = "00 00 00 20 63 00 00 00 bb d8 83 cc 00 11 10 50 "
                              "03 00 12 ac 71 f8 72 b7 00 00 00 00 00 00 00 00";
static const char refusal[] = "00 00 00 10 00 00 00 1e 00 00 00 1e 00 00 00 00";

/* The log-in with its user name and public key; 0xe0 bytes. */
static struct cw_wire_input
login(uint8_t *out)
{
    struct cw_wire_input in =
        sdk("00 00 00 e0 5a 00 00 00 00 00 00 00 00 01 00 00 05 01 3d 4b 00 00 00 01 "
            "38 02 00 c0 00 00 00 00 00 00 6f 00",
            out, false);
    memset(out + 36, 0, 0xe0 - 36);
    memcpy(out + 36, "joeuser", 7);
    memcpy(out + 84, "\x30\x81\x89\x02\x81\x81", 6);
    in.bytes.len = 0xe0;
    in.wire_len = 0xe0;
    return in;
}

static void
test_sdk_login(void **unused)
{
    (void)unused;
    uint8_t answer[400];
    struct cw_wire_match m;
    struct cw_wire_input in = login(buffer);
    assert_true(wire_try(&cw_wire_hikvision_sdk, in, &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_VIEWER);
    assert_never_kept(&m, "joeuser");
    assert_false(m.has_identity);
    assert_alone(&cw_wire_hikvision_sdk, in, false);
    assert_both_ways(&cw_wire_hikvision_sdk, in, sdk(refusal, answer, true));
    (void)wire_each_prefix(&cw_wire_hikvision_sdk, in);
    assert_both_ways(&cw_wire_hikvision_sdk, sdk(control, buffer, false),
                     sdk(refusal, answer, true));
}

static void
test_sdk_serial(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in =
        sdk("00 00 00 50 00 00 00 01 00 00 00 01 00 00 00 00 bb d8 83 cc", buffer, true);
    memset(buffer + 20, 0, 60);
    memcpy(buffer + 20, "DS-7616NI0000000000CCRR000000001", 32);
    in.bytes.len = in.wire_len = 0x50;
    assert_true(wire_try(&cw_wire_hikvision_sdk, in, &m));
    assert_true(m.is_camera_fact);
    assert_string_equal(m.identity.serial, "DS-7616NI0000000000CCRR000000001");
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_RECORDER);
    memset(buffer + 20, 0x80, 60);
    assert_true(wire_try(&cw_wire_hikvision_sdk, in, &m));
    assert_string_equal(m.identity.serial, "");
}

static void
test_sdk_near_misses(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = sdk(control, buffer, false);
    in.dst_port = 9000; /* a control header is too weak on another port */
    assert_false(wire_try(&cw_wire_hikvision_sdk, in, &m));
    in = sdk(refusal, buffer, true);
    in.src_port = 9000;
    assert_false(wire_try(&cw_wire_hikvision_sdk, in, &m));
    in = sdk(refusal, buffer, true);
    buffer[3] = 0x0f;
    assert_false(wire_try(&cw_wire_hikvision_sdk, in, &m));
    buffer[3] = 0x11;
    assert_false(wire_try(&cw_wire_hikvision_sdk, in, &m));
}

static void
shape_sdk(uint8_t *bytes, size_t len)
{
    bytes[0] = bytes[1] = 0;
    bytes[2] = (uint8_t)(len >> 8);
    bytes[3] = (uint8_t)len;
}

static void
test_random_sdk(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_hikvision_sdk, sdk(control, buffer, false), 16, 300,
                         shape_sdk);
    wire_no_random_match(&cw_wire_hikvision_sdk, sdk(refusal, buffer, true), 16, 300,
                         shape_sdk);
}

static const char registration[] =
    "<?xml version=\"1.0\" "
    "encoding=\"GB2312\"?>\r\n<PPVSPMessage><Version>4.0</Version><Sequence>1"
    "</Sequence><CommandType>REQUEST</CommandType><Method>REGISTER</Method><Command>REGISTER</"
    "Command>"
    "<Params><SerialNumber>DS-2CD0000000AAWR000000001</SerialNumber><DeviceID>gate1</DeviceID>"
    "<FirmwareVersion>V5.4.5</FirmwareVersion><LocalIP>192.0.2.64</LocalIP></Params></"
    "PPVSPMessage>";

static void
test_ehome(void **unused)
{
    (void)unused;
    static const char answer[] =
        "<?xml version=\"1.0\" "
        "encoding=\"GB2312\"?><PPVSPMessage><CommandType>RESPONSE</CommandType>"
        "<WhichCommand>REGISTER</WhichCommand><Status>200</Status></PPVSPMessage>";
    struct cw_wire_match m;
    struct cw_wire_input in = wire_message(CW_WIRE_UDP, TEXT_BYTES(registration), 50000, 7660);
    assert_true(wire_try(&cw_wire_hikvision_isup, in, &m));
    assert_true(m.is_camera_fact);
    assert_string_equal(m.identity.serial, "DS-2CD0000000AAWR000000001");
    assert_string_equal(m.identity.name, "gate1");
    assert_string_equal(m.identity.firmware, "V5.4.5");
    assert_addr(&m.identity.addr, "192.0.2.64");
    assert_alone(&cw_wire_hikvision_isup, in, true);
    assert_int_equal(wire_each_prefix(&cw_wire_hikvision_isup, in),
                     strstr(registration, "<Version>") - registration);
    in.bytes = TEXT_BYTES(answer);
    assert_true(wire_try(&cw_wire_hikvision_isup, in, &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_SERVER);
    assert_false(m.is_camera_fact);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sadp_ether),      cmocka_unit_test(test_random_ether),
        cmocka_unit_test(test_sdk_login),       cmocka_unit_test(test_sdk_serial),
        cmocka_unit_test(test_sdk_near_misses), cmocka_unit_test(test_random_sdk),
        cmocka_unit_test(test_ehome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
