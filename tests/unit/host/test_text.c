/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <locale.h>

#include "text.h"

static void
assert_shown(const char *text, bool is_utf8, const char *expected)
{
    struct cw_buffer out = {.text = NULL};
    cw_buffer_show(&out, text, is_utf8);
    assert_string_equal(cw_buffer_text(&out), expected);
    cw_buffer_free(&out);
}

static void
test_texts_from_the_wire_are_harmless(void **state)
{
    (void)state;
    assert_shown("Front door", true, "Front door");
    assert_shown("a\033[31mb\r\n\t\x7f", true, "a\\x1b[31mb\\x0d\\x0a\\x09\\x7f");
    assert_shown("caf\xc3\xa9 \xe6\x91\x84", true, "caf\xc3\xa9 \xe6\x91\x84");
    assert_shown("caf\xc3\xa9", false, "caf<U+00E9>");
    assert_shown("x\xe2\x80\xaegpj.exe", true, "x<U+202E>gpj.exe"); /* right-to-left override */
    assert_shown("\xe2\x81\xa6\xe2\x81\xa9", true, "<U+2066><U+2069>"); /* isolates */
    assert_shown("a\xe2\x80\x8b"
                 "b\xef\xbb\xbf",
                 true, "a<U+200B>b<U+FEFF>"); /* no width */
    assert_shown("\xc2\x9b"
                 "31m",
                 true, "<U+009B>31m"); /* CSI in one character */
}

static void
test_what_is_no_utf8_is_shown_as_bytes(void **state)
{
    (void)state;
    assert_shown("\xc3", true, "\\xc3");                            /* cut */
    assert_shown("\xe2\x80", true, "\\xe2\\x80");                   /* cut */
    assert_shown("\xc0\xaf", true, "\\xc0\\xaf");                   /* longer than needed */
    assert_shown("\xed\xa0\x80", true, "\\xed\\xa0\\x80");          /* surrogate */
    assert_shown("\xf5\x80\x80\x80", true, "\\xf5\\x80\\x80\\x80"); /* beyond U+10FFFF */
    assert_shown("\x80\xff", true, "\\x80\\xff");
}

static void
test_columns(void **state)
{
    (void)state;
    assert_int_equal(cw_text_columns("", SIZE_MAX), 0);
    assert_int_equal(cw_text_columns("caf\xc3\xa9", SIZE_MAX), 4);
    assert_int_equal(cw_text_columns("cafe\xcc\x81", SIZE_MAX), 4); /* combining */
    assert_int_equal(cw_text_columns("\xe6\x91\x84\xe5\x83\x8f", SIZE_MAX),
                     4); /* two wide ones */
    assert_int_equal(cw_text_columns("abc", 2), 2);
    assert_int_equal(cw_text_fit("\xe6\x91\x84\xe5\x83\x8f", 3), 3); /* no half character */
    assert_int_equal(cw_text_fit("abc", 2), 2);
    assert_int_equal(cw_text_fit("abc", 9), 3);
}

static void
test_numbers(void **state)
{
    (void)state;
    char out[CW_NUMBER_MAX];
    assert_string_equal(cw_show_count(0, out), "0");
    assert_string_equal(cw_show_count(999, out), "999");
    assert_string_equal(cw_show_count(1000, out), "1,000");
    assert_string_equal(cw_show_count(UINT64_MAX, out), "18,446,744,073,709,551,615");
    assert_string_equal(cw_show_bytes(999, out), "999 B");
    assert_string_equal(cw_show_bytes(1000, out), "1.0 kB");
    assert_string_equal(cw_show_bytes(9960, out), "10 kB");
    assert_string_equal(cw_show_bytes(999600, out), "1.0 MB");
    assert_string_equal(cw_show_bytes(UINT64_MAX, out), "18 EB");
    assert_string_equal(cw_show_span(1500000000, out), "1.5 s");
    assert_string_equal(cw_show_span(INT64_C(75000000000), out), "1 min 15 s");
    assert_string_equal(cw_show_span(INT64_C(7260000000000), out), "2 h 1 min");
    assert_string_equal(cw_show_span(INT64_MAX, out), "106751 days");
    assert_string_equal(cw_show_time(INT64_C(1700000000123456789), out), "2023-11-14 22:13:20");
    (void)cw_show_time(INT64_MAX, out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_from_the_wire_are_harmless),
        cmocka_unit_test(test_what_is_no_utf8_is_shown_as_bytes),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_numbers),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
