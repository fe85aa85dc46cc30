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

#include "json.h"

static char *written;
static size_t written_len;

static struct cw_json
begin(void)
{
    written = NULL;
    return (struct cw_json){.out = open_memstream(&written, &written_len)};
}

static void
assert_written(struct cw_json *json, const char *expected)
{
    assert_int_equal(fclose(json->out), 0);
    assert_string_equal(written, expected);
    free(written);
}

static void
test_nesting_and_commas(void **state)
{
    (void)state;
    struct cw_json json = begin();
    cw_json_begin(&json, NULL, '{');
    cw_json_begin(&json, "a", '[');
    cw_json_end(&json, ']');
    cw_json_begin(&json, "b", '[');
    cw_json_number(&json, NULL, UINT64_MAX);
    cw_json_bool(&json, NULL, true);
    cw_json_end(&json, ']');
    cw_json_text_if(&json, "c", "");
    cw_json_number_if(&json, "d", 0);
    cw_json_time(&json, "e", INT64_C(1614382660123456789));
    cw_json_end(&json, '}');
    assert_written(&json, "{\"a\": [],\n\"b\": [18446744073709551615,\ntrue],\n"
                          "\"e\": \"2021-02-26T23:37:40.123Z\"}");
}

/* Nothing in a text can end the string, the script element or the character. */
static void
test_texts_cannot_break_out(void **state)
{
    (void)state;
    struct cw_json json = begin();
    cw_json_text(&json, NULL, "</script>&\"\\\n\x7f");
    cw_json_text(&json, NULL, "\xc3\xa4\xff\xe2\x82");
    assert_written(&json, "\"\\u003c/script\\u003e\\u0026\\u0022\\u005c\\u000a\\u007f\",\n"
                          "\"\xc3\xa4\\ufffd\\ufffd\\ufffd\"");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nesting_and_commas),
        cmocka_unit_test(test_texts_cannot_break_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
