/* SPDX-License-Identifier: Apache-2.0
 *
 * SNMP answers, BER by hand (RFC 1157 4, RFC 3416 3, X.690 8): what is read of them, and that a
 * device is not made of a maker's name alone.
 */
#include <stdio.h>

#include "wire_message.h"

extern const struct cw_wire_signature cw_wire_snmp_identity;

static uint8_t bytes[256];

static struct cw_wire_input
answer(const char *hex)
{
    struct cw_bytes b = wire_hex(hex, bytes, sizeof(bytes));
    return wire_message(CW_WIRE_UDP, b, 161, 40000);
}

/* version 1, "public", response 1122, no error; sysDescr.0 = "Hikvision DS-2CD2043G2 V5", sysObjectID.0 =
 * 1.3.6.1.4.1.39165.1 */
#define CAMERA                                                                                 \
    "30 5a 02 01 01 04 06 70 75 62 6c 69 63 a2 4d 02 02 11 22 02 01 00 02 01 00 30 41"         \
    "30 25 06 08 2b 06 01 02 01 01 01 00 04 19 48 69 6b 76 69 73 69 6f 6e 20 44 53 2d 32 43"   \
    "44 32 30 34 33 47 32 20 56 35"                                                            \
    "30 18 06 08 2b 06 01 02 01 01 02 00 06 0c 2b 06 01 04 01 82 b1 7d 01 01 01 01"

static void
a_camera_says_what_it_is(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    assert_true(wire_try(&cw_wire_snmp_identity, answer(CAMERA), &m));
    assert_string_equal(m.identity.maker, "Hangzhou Hikvision Digital Technology");
    assert_string_equal(m.identity.brand, "Hikvision");
    assert_string_equal(m.identity.model, "DS-2CD2043G2");
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_CAMERA);
    assert_true(m.is_camera_fact && m.is_evidence);
    assert_int_equal(m.sender, CW_WIRE_FROM_DEVICE);
    assert_int_equal(m.identity.origin, CAMWATCH_ORIGIN_SELF);
    assert_null(m.vendor); /* who asks is no service of the maker */
    assert_never_kept(&m, "public");
    assert_alone(&cw_wire_snmp_identity, answer(CAMERA), true);
    assert_int_equal(wire_each_prefix(&cw_wire_snmp_identity, answer(CAMERA)), 0);
}

/* The last arc of the object of sysObjectID: 50001 is the recorders', 39166 is another's. */
static void
numbers_of_makers(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    static const char head[] =
        "30 35 02 01 00 04 06 70 75 62 6c 69 63 a2 28 02 02 11 22 02 01 00 02"
        "01 00 30 1c 30 1a 06 08 2b 06 01 02 01 01 02 00 06 0e 2b 06 01 04 01";
    char hex[512];
    (void)snprintf(hex, sizeof(hex), "%s 83 86 51 01 01 01 01 01 01", head);
    assert_true(wire_try(&cw_wire_snmp_identity, answer(hex), &m));
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_RECORDER);
    assert_true(m.is_camera_fact);
    (void)snprintf(hex, sizeof(hex), "%s bd aa 31 01 01 01 01 01 01", head);
    assert_true(wire_try(&cw_wire_snmp_identity, answer(hex), &m));
    assert_string_equal(m.identity.maker, "Zhejiang Dahua Technology");
    assert_false(m.is_camera_fact || m.is_evidence); /* it may be a switch */
    (void)snprintf(hex, sizeof(hex), "%s 82 b1 7e 01 01 01 01 01 01", head);
    assert_false(wire_try(&cw_wire_snmp_identity, answer(hex), &m));
}

static void
what_is_no_answer(void **unused)
{
    (void)unused;
    struct cw_wire_match m;
    struct cw_wire_input in = answer(CAMERA);
    in.src_port = 40000;
    in.dst_port = 161;
    assert_false(wire_try(&cw_wire_snmp_identity, in, &m));

    static const struct {
        size_t at;
        uint8_t value;
    } faults[] = {
        {1, 0x59},  /* the message is longer than it says */
        {1, 0x84},  /* a length of four bytes */
        {4, 3},     /* SNMPv3 */
        {13, 0xa0}, /* a question */
        {21, 2},    /* noSuchName */
        {28, 0x7f}, /* a binding that is longer than the list */
    };

    for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
        in = answer(CAMERA);
        bytes[faults[i].at] = faults[i].value;
        assert_false(wire_try(&cw_wire_snmp_identity, in, &m));
    }
}

static void
shape(uint8_t *b, size_t n)
{
    b[0] = 0x30;
    b[1] = (uint8_t)(n - 2);
}

static void
chance_never_matches(void **unused)
{
    (void)unused;
    wire_no_random_match(&cw_wire_snmp_identity, answer(CAMERA), 40, 127, shape);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_camera_says_what_it_is),
        cmocka_unit_test(numbers_of_makers),
        cmocka_unit_test(what_is_no_answer),
        cmocka_unit_test(chance_never_matches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
