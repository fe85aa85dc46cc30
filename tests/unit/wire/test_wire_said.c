/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses as Xiongmai writes them (protocols_p2p.md 3), of which none is read past its end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/said.h"

/* Out of memory that ends where the text does; "" where it says nothing. */
static void
assert_says(const char *text, size_t len, const char *want)
{
    uint8_t *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    struct cw_addr addr = {{0}};
    char got[CW_ADDR_TEXT_MAX] = "";
    cw_said_addr_hex(&addr, cw_bytes(copy, len));
    if (!cw_addr_is_none(&addr)) {
        cw_addr_format(&addr, got);
    }
    assert_string_equal(got, want);
    free(copy);
}

static void
an_address_is_a_little_endian_number_or_dotted(void **state)
{
    (void)state;

    static const struct {
        const char *text, *addr;
    } cases[] = {
        {"0x0A01A8C0", "192.168.1.10"},
        {"0x0a01a8c0", "192.168.1.10"},
        {"0x330200C0", "192.0.2.51"},
        {"192.0.2.52", "192.0.2.52"}, /* as long as the number */
        {"192.0.2.5", "192.0.2.5"},
        {"2001:db8::7", "2001:db8::7"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_says(cases[i].text, strlen(cases[i].text), cases[i].addr);
    }
}

static void
what_is_no_address_says_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",           "0x00000000",       "0xFFFFFF00", "0.0.0.0",    "0x0A01A8", "0x0A01A8C0C",
        "0x0A01A8G0", "0x0A01A8\x10\x11", "0X0A01A8C0", "x00A01A8C0",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_says(texts[i], strlen(texts[i]), "");
    }
}

static void
a_number_cut_at_any_length_says_nothing(void **state)
{
    (void)state;
    static const char text[] = "0x0A01A8C0";
    for (size_t len = 0; len < sizeof(text) - 1; len++) {
        assert_says(text, len, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_a_little_endian_number_or_dotted),
        cmocka_unit_test(what_is_no_address_says_nothing),
        cmocka_unit_test(a_number_cut_at_any_length_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
