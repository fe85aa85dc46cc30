/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_tiandy_nvs;

static uint8_t buffer[256];

/* protocols_seed_vendors.md 4.1 */
static struct cw_bytes
command(const char *text, uint8_t *out)
{
    size_t n = strlen(text);
    memset(out, 0, 20);
    memcpy(out, "\xf1\xf5\xea\xf5\x01\x00", 6);
    out[6] = (uint8_t)(n + 20);
    out[16] = (uint8_t)n;
    memcpy(out + 20, text, n);
    return cw_bytes(out, n + 20);
}

static struct cw_wire_input
tcp(struct cw_bytes bytes)
{
    return wire_message(CW_WIRE_TCP, bytes, 50000, 3001);
}

static const char log_in[] =
    "192.0.2.1\tIP\tUSER\tLOGON\tam9l\tczNjcmV0\t\t1\tUTF-8\t805306367\t1\n\n\n";
static const char failed[] = "192.0.2.64\tIP\tUSER\tLOGONFAILED\t1\n\n\n";

static void
test_commands(void **unused)
{
    (void)unused;
    uint8_t answer[256];
    struct cw_wire_match m;
    struct cw_wire_input in = tcp(command(log_in, buffer));
    assert_true(wire_try(&cw_wire_tiandy_nvs, in, &m));
    assert_int_equal(m.sender, CW_WIRE_FROM_VIEWER);
    assert_false(m.has_identity);
    assert_never_kept(&m, "am9l");
    assert_never_kept(&m, "czNjcmV0");
    assert_alone(&cw_wire_tiandy_nvs, in, false);
    struct cw_bytes back = command(failed, answer);
    answer[18] = answer[16]; /* devices keep their length in 16 bits */
    answer[16] = 0;
    assert_both_ways(&cw_wire_tiandy_nvs, in, tcp(back));
    assert_true(wire_try(&cw_wire_tiandy_nvs, tcp(back), &m));
    assert_true(m.is_camera_fact);
    (void)wire_each_prefix(&cw_wire_tiandy_nvs, in);
}

static void
test_media(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = tcp(
        wire_hex("f1 f5 ea f9 01 00 00 00 40 02 00 c0 00 00 40 00 00 00 00 00 4e 56 53 00 01",
                 buffer, sizeof(buffer)));
    assert_true(wire_try(&cw_wire_tiandy_nvs, in, &m));
    assert_int_equal(m.phase, CW_WIRE_PHASE_MEDIA);
    assert_true(m.is_camera_fact);
    buffer[23] = 1;
    assert_false(wire_try(&cw_wire_tiandy_nvs, in, &m));
}

static void
test_hostile(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_false(wire_try(&cw_wire_tiandy_nvs, tcp(command("no fields here", buffer)), &m));
    struct cw_wire_input in = tcp(command(log_in, buffer));
    buffer[6]++;
    assert_false(wire_try(&cw_wire_tiandy_nvs, in, &m));
    in = tcp(command(log_in, buffer));
    buffer[25] = 0x01;
    assert_false(wire_try(&cw_wire_tiandy_nvs, in, &m));
    in = tcp(command(log_in, buffer));
    buffer[6] = 19; /* total shorter than the header */
    buffer[16] = buffer[17] = buffer[18] = buffer[19] = 0xff;
    assert_false(wire_try(&cw_wire_tiandy_nvs, in, &m));
}

static void
shape(uint8_t *bytes, size_t len)
{
    memcpy(bytes, "\xf1\xf5\xea\xf5", 4);
    bytes[6] = (uint8_t)len;
    bytes[7] = (uint8_t)(len >> 8);
    bytes[16] = bytes[18] = (uint8_t)(len - 20);
    bytes[17] = bytes[19] = (uint8_t)((len - 20) >> 8);
}

static void
test_random(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_tiandy_nvs, tcp(cw_bytes("", 0)), 60, 300, shape);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_media),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
