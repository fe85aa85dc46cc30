/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "wire/dahua_words.h"
#include "wire_message.h"

#include <stdio.h>

extern const struct cw_wire_signature cw_wire_dahua_dhip;

/* Header of protocols_seed_vendors.md 1.3 before a JSON text; extra bytes lie outside the
 * length. */
static struct cw_bytes
dhip(uint8_t *out, const char *json, size_t extra)
{
    size_t n = strlen(json);
    memset(out, 0, 32);
    memcpy(out, "\x20\0\0\0DHIP", 8);
    out[16] = out[24] = (uint8_t)n;
    out[17] = out[25] = (uint8_t)(n >> 8);
    memcpy(out + 32, json, n);
    memset(out + 32 + n, 0, extra);
    return cw_bytes(out, 32 + n + extra);
}

static const char answer[] =
    "{\"mac\":\"A0:BD:1D:00:53:01\",\"method\":\"client.notifyDevInfo\",\"params\":{"
    "\"deviceInfo\":{"
    "\"AlarmInputChannels\":2,\"DeviceClass\":\"VTO\",\"DeviceType\":\"DHI-VTO2202F-P-S2\","
    "\"HttpPort\":80,\"IPv4Address\":{\"DefaultGateway\":\"192.0.2.1\",\"DhcpEnable\":true,"
    "\"IPAddress\":\"192.0.2.110\",\"SubnetMask\":\"255.255.255.0\"},\"IPv6Address\":{"
    "\"IPAddress\":\"2001:db8::9/64\"},\"MachineName\":\"7J0000BPAZ00001\",\"Manufacturer\":"
    "\"Dahua\",\"Port\":37777,\"SerialNo\":\"7J0000BPAZ00001\",\"Vendor\":\"General\","
    "\"Version\":"
    "\"4.600.0000000.0.R\"}}}\n";

static struct cw_wire_input
udp(struct cw_bytes bytes)
{
    return wire_message(CW_WIRE_UDP, bytes, 37810, 37810);
}

static void
test_answer(void **unused)
{
    (void)unused;
    uint8_t buffer[1024];
    struct cw_wire_match m;
    struct cw_wire_input in = udp(dhip(buffer, answer, 0));
    assert_true(wire_try(&cw_wire_dahua_dhip, in, &m));
    assert_int_equal(m.phase, CW_WIRE_PHASE_LAN_SEARCH);
    assert_int_equal(m.sender, CW_WIRE_FROM_DEVICE);
    assert_true(m.is_camera_fact);
    assert_int_equal(m.identity.origin, CAMWATCH_ORIGIN_SELF);
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_DOORBELL);
    assert_string_equal(m.identity.model, "DHI-VTO2202F-P-S2");
    assert_string_equal(m.identity.serial, "7J0000BPAZ00001");
    assert_string_equal(m.identity.firmware, "4.600.0000000.0.R");
    assert_string_equal(m.identity.brand, "Dahua");
    assert_mac(&m.identity.mac, "A0-BD-1D-00-53-01");
    assert_addr(&m.identity.addr, "192.0.2.110");
    assert_string_equal(m.detail, "DHDiscover answer");
    assert_alone(&cw_wire_dahua_dhip, in, true);
}

/* One more NUL outside of the length occurs (corrections.md 2); two do not. */
static void
test_tails(void **unused)
{
    (void)unused;
    uint8_t buffer[1024];
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_dahua_dhip, udp(dhip(buffer, answer, 1)), &m));
    assert_string_equal(m.identity.serial, "7J0000BPAZ00001");
    assert_false(wire_try(&cw_wire_dahua_dhip, udp(dhip(buffer, answer, 2)), &m));
    assert_false(wire_try(&cw_wire_dahua_dhip,
                          udp(cw_bytes_head(dhip(buffer, answer, 0), sizeof(answer) - 1 + 30)),
                          &m));
}

static void
check_kind(const char *class, unsigned kind, bool is_fact)
{
    char json[160];
    uint8_t buffer[256];
    struct cw_wire_match m;
    (void)snprintf(json, sizeof(json),
                   "{\"method\":\"client.notifyDevInfo\",\"params\":{\"deviceInfo\":{"
                   "\"DeviceClass\":\"%s\"}}}",
                   class);
    assert_true(wire_try(&cw_wire_dahua_dhip, udp(dhip(buffer, json, 0)), &m));
    assert_int_equal(m.identity.kind, kind);
    assert_int_equal(m.is_camera_fact, is_fact);
}

static void
test_kinds(void **unused)
{
    (void)unused;
    check_kind("IPC", CAMWATCH_KIND_CAMERA, true);
    check_kind("SD", CAMWATCH_KIND_CAMERA, true);
    check_kind("NVR", CAMWATCH_KIND_RECORDER, true);
    check_kind("HCVR", CAMWATCH_KIND_RECORDER, true);
    check_kind("AXVR", CAMWATCH_KIND_RECORDER, true);
    check_kind("EVS", CAMWATCH_KIND_RECORDER, true);
    check_kind("VTH", CAMWATCH_KIND_INTERCOM, false);
    check_kind("ARC", CAMWATCH_KIND_ALARM_PANEL, false);
    check_kind("PC-NVR", CAMWATCH_KIND_VMS_CLIENT, false);
    check_kind("DDNX", CAMWATCH_KIND_UNKNOWN, false);
    check_kind("WHO", CAMWATCH_KIND_UNKNOWN, true);
}

static void
test_placeholders(void **unused)
{
    (void)unused;
    static const char json[] = "{\"mac\":\"00:00:00:00:00:00\",\"method\":\"client."
                               "notifyDevInfo\",\"params\":{\"deviceInfo\":"
                               "{\"SerialNo\":\"000000000000\",\"DeviceType\":\"N/"
                               "A\",\"Vendor\":\"Private\",\"MachineName\":"
                               "\"FFFFFFFF\"}}}";
    uint8_t buffer[512];
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_dahua_dhip, udp(dhip(buffer, json, 0)), &m));
    assert_string_equal(m.identity.serial, "");
    assert_string_equal(m.identity.model, "");
    assert_string_equal(m.identity.brand, "");
    assert_string_equal(m.identity.name, "");
    assert_true(cw_mac_is_none(&m.identity.mac));
}

/* A key inside a string is not a key. */
static void
test_key_in_string(void **unused)
{
    (void)unused;
    static const char json[] =
        "{\"method\":\"client.notifyDevInfo\",\"params\":{\"deviceInfo\":{"
        "\"MachineName\":\"x\\\",\\\"SerialNo\\\":\\\"EVIL\\\"\"}}}";
    uint8_t buffer[512];
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_dahua_dhip, udp(dhip(buffer, json, 0)), &m));
    assert_string_equal(m.identity.serial, "");
}

static void
test_rpc_over_tcp(void **unused)
{
    (void)unused;
    uint8_t buffer[512];
    struct cw_wire_match m;
    static const char login[] = "{\"id\":1,\"method\":\"global.login\",\"params\":{"
                                "\"userName\":\"joe\",\"password\":\"s3cret\"}}";
    struct cw_wire_input in = wire_message(CW_WIRE_TCP, dhip(buffer, login, 0), 50000, 5000);
    assert_true(wire_try(&cw_wire_dahua_dhip, in, &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_VIEWER);
    assert_false(m.is_camera_fact);
    assert_never_kept(&m, "joe");
    assert_never_kept(&m, "s3cret");
    static const char reply[] =
        "{\"id\":2,\"params\":{\"sn\":\"7J0000BPAZ00001\"},\"result\":true}";
    in = wire_message(CW_WIRE_TCP, dhip(buffer, reply, 0), 5000, 50000);
    assert_true(wire_try(&cw_wire_dahua_dhip, in, &m));
    assert_true(m.is_camera_fact);
    assert_string_equal(m.identity.serial, "7J0000BPAZ00001");
}

static void
test_hostile_lengths(void **unused)
{
    (void)unused;
    uint8_t buffer[1024];
    struct cw_wire_match m;
    struct cw_wire_input in = udp(dhip(buffer, answer, 0));
    static const size_t fields[] = {0, 4, 16, 19, 20, 24, 27, 28};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        (void)dhip(buffer, answer, 0);
        buffer[fields[i]] ^= 0x7f;
        assert_false(wire_try(&cw_wire_dahua_dhip, in, &m));
    }
    (void)dhip(buffer, answer, 0);
    assert_int_equal(wire_each_prefix(&cw_wire_dahua_dhip, in), 0);
    in.transport = CW_WIRE_TCP;
    assert_int_equal(wire_each_prefix(&cw_wire_dahua_dhip, in), 33);
}

static void
shape(uint8_t *bytes, size_t len)
{
    bytes[0] = 0x20;
    bytes[1] = bytes[2] = bytes[3] = 0;
    bytes[16] = bytes[24] = (uint8_t)(len - 32);
    bytes[17] = bytes[25] = (uint8_t)((len - 32) >> 8);
    bytes[18] = bytes[19] = bytes[26] = bytes[27] = 0;
}

static void
test_random(void **unused)
{
    (void)unused;
    struct cw_wire_input in = udp(cw_bytes("", 0));
    wire_no_random_match(&cw_wire_dahua_dhip, in, 33, 600, shape);
}

/* vendors.md 3 and 5: marks of brands, each between digits and dots. */
static void
test_marks_of_brands(void **state)
{
    static const struct {
        const char *firmware, *model, *serial, *brand;
    } rows[] = {
        {"2.420.00LR002.0", "IPC-X", "ND012345678", "Lorex"},
        {"2.520.AC02.15.R", "IP2M-841", "ND012345678", "Amcrest"},
        {"2.800.0000000.1.R", "LNB8005-C", "ND012345678", "Lorex"},
        {"2.800.0000000.1.R", "LNE8964AB", "ND012345678", "Lorex"},
        {"2.800.0000000.1.R", "N841A81", "ND012345678", "Lorex"},
        {"2.800.0000000.1.R", "IP8M", "AMR012345678", "Amcrest"},
        {"2.800.LRX1.1.R", "LNBX005", "XAMR1", ""},
        {"2.800.0LR.1.R", "LNE89", "6L0A1B2PAG00042", ""},
        {"LR", "IPC-HFW1431S", "", ""},
        {"", "", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct cw_identity id = {0};
        cw_text_set(id.firmware, sizeof(id.firmware), rows[i].firmware);
        cw_text_set(id.model, sizeof(id.model), rows[i].model);
        cw_text_set(id.serial, sizeof(id.serial), rows[i].serial);
        cw_dahua_mark(&id);
        assert_string_equal(id.brand, rows[i].brand);
    }
    struct cw_identity known = {.brand = "Imou", .firmware = "2.420.00LR002.0"};
    cw_dahua_mark(&known);
    assert_string_equal(known.brand, "Imou");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks_of_brands), cmocka_unit_test(test_answer),
        cmocka_unit_test(test_tails),           cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_placeholders),    cmocka_unit_test(test_key_in_string),
        cmocka_unit_test(test_rpc_over_tcp),    cmocka_unit_test(test_hostile_lengths),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
