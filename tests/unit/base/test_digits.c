/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/addr.h"
#include "base/digits.h"
#include "base/text.h"

static const uint64_t numbers[] = {
    0, 9, 10, 99, 100, 65535, 4294967295, 10000000000, INT64_MAX, UINT64_MAX,
};

/* The C library says what is right. */
static void
test_as_printf_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        char expected[32], text[32];
        (void)snprintf(expected, sizeof(expected), "%" PRIu64, numbers[i]);
        *cw_digits_decimal(text, numbers[i]) = '\0';
        assert_string_equal(text, expected);
        (void)snprintf(expected, sizeof(expected), "%016" PRIx64, numbers[i]);
        *cw_digits_hex(text, numbers[i], 16) = '\0';
        assert_string_equal(text, expected);
    }
}

static void
test_padded(void **state)
{
    (void)state;
    char text[16];
    *cw_digits_padded(text, 7, 2) = '\0';
    assert_string_equal(text, "07");
    *cw_digits_padded(text, 2026, 4) = '\0';
    assert_string_equal(text, "2026");
    *cw_digits_padded(text, 12345, 3) = '\0';
    assert_string_equal(text, "345");
}

static void
test_addresses(void **state)
{
    (void)state;
    char text[CW_ADDR_TEXT_MAX], mac_text[CW_MAC_TEXT_MAX];
    struct cw_addr addr = cw_addr_v4((const uint8_t[]){192, 0, 2, 255});
    assert_string_equal(cw_addr_format(&addr, text), "192.0.2.255");
    addr = cw_addr_v4((const uint8_t[]){255, 255, 255, 255});
    assert_string_equal(cw_addr_format(&addr, text), "255.255.255.255");
    struct cw_mac mac = {{0x00, 0x00, 0x5e, 0x00, 0x53, 0xaf}};
    assert_string_equal(cw_mac_format(&mac, mac_text), "00-00-5E-00-53-AF");
}

/* Text that is plain as far as the room goes, and text that stops being plain. */
static void
test_copy(void **state)
{
    (void)state;

    static const struct {
        const char *in;
        size_t size;
        const char *out;
    } rows[] = {
        {"plain", 16, "plain"},
        {"plain", 6, "plain"},
        {"plain", 5, "plai"},
        {"plain", 1, ""},
        {"a\x01"
         "b",
         16, "a?b"},
        {"ab\xc3\xa9", 16, "ab\xc3\xa9"},
        {"ab\xc3\xa9", 4, "ab"},
        {"ab\xff"
         "c",
         16, "ab?c"},
        {" trim \n", 16, "trim"},
        {"", 4, ""},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char out[16];
        cw_text_set(out, rows[i].size, rows[i].in);
        assert_string_equal(out, rows[i].out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_printf_does),
        cmocka_unit_test(test_padded),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
