/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_dahua_discovery;

#define MODEL "IPC-HDW1320"
#define LINES "Name:Front\r\nDevice:IPC-HDW1320\r\nSerialNo:7J0000BPAZ00001\r\n"

static uint8_t buffer[512];

/* protocols_seed_vendors.md 1.2: 120 bytes, MAC and model, lines. */
static struct cw_bytes
reply(void)
{
    size_t head = 17 + strlen(MODEL), tail = strlen(LINES);
    memset(buffer, 0, 120);
    buffer[0] = 0xb3;
    buffer[2] = (uint8_t)head;
    buffer[4] = 0x58;
    buffer[16] = 2;
    buffer[20] = (uint8_t)tail;
    memcpy(buffer + 40, MODEL, strlen(MODEL));
    memcpy(buffer + 56, "\xc0\x00\x02\x6c", 4);
    memcpy(buffer + 120, "a0:bd:1d:00:53:01" MODEL, head);
    memcpy(buffer + 120 + head, LINES, tail);
    return cw_bytes(buffer, 120 + head + tail);
}

static struct cw_wire_input
udp(struct cw_bytes bytes)
{
    return wire_message(CW_WIRE_UDP, bytes, 5050, 50000);
}

static void
test_reply(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = udp(reply());
    assert_true(wire_try(&cw_wire_dahua_discovery, in, &m));
    assert_true(m.is_camera_fact);
    assert_mac(&m.identity.mac, "A0-BD-1D-00-53-01");
    assert_string_equal(m.identity.model, MODEL);
    assert_string_equal(m.identity.serial, "7J0000BPAZ00001");
    assert_string_equal(m.identity.name, "Front");
    assert_addr(&m.identity.addr, "192.0.2.108");
    assert_alone(&cw_wire_dahua_discovery, in, true);
}

static void
test_request(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = udp(wire_hex("a3 01 00 01 00 00 00 00 00 00 00 00 00 00 00 00 "
                                           "02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
                                           buffer, sizeof(buffer)));
    assert_true(wire_try(&cw_wire_dahua_discovery, in, &m));
    assert_false(m.is_camera_fact);
    assert_false(m.has_identity);
    for (size_t i = 0; i < 32; i++) {
        buffer[i] ^= 0x40;
        assert_false(wire_try(&cw_wire_dahua_discovery, in, &m));
        buffer[i] ^= 0x40;
    }
}

/* Its length is what proves it. */
static void
test_lengths(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = udp(reply());
    assert_int_equal(wire_each_prefix(&cw_wire_dahua_discovery, in), 0);
    in.bytes.len = 130; /* cut by the snap length: the lengths hold, the rest is unknown */
    assert_true(wire_try(&cw_wire_dahua_discovery, in, &m));
    assert_true(cw_mac_is_none(&m.identity.mac));
    assert_string_equal(m.identity.serial, "");
    static const size_t fields[] = {0, 1, 2, 3, 4, 8, 15, 16, 20, 21};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        in = udp(reply());
        buffer[fields[i]] ^= 1;
        assert_false(wire_try(&cw_wire_dahua_discovery, in, &m));
    }
}

static void
shape(uint8_t *bytes, size_t len)
{
    bytes[0] = 0xb3;
    bytes[1] = bytes[3] = bytes[21] = 0;
    bytes[2] = (uint8_t)((len - 120) / 2);
    bytes[20] = (uint8_t)(len - 120 - bytes[2]);
}

static void
test_random(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_dahua_discovery, udp(cw_bytes("", 0)), 120, 400, shape);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reply),
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
