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

#include "redact.h"

static void
assert_url(const char *url, const char *expected)
{
    struct cw_buffer out = {.text = NULL};
    cw_redact_url(url, &out);
    assert_string_equal(cw_buffer_text(&out), expected);
    cw_buffer_free(&out);
}

static void
test_urls_lose_their_secrets(void **state)
{
    (void)state;
    assert_url("redis://user:secret@host:6379/0", "redis://user:…@host:6379/0");
    assert_url("redis://:secret@host", "redis://:…@host");
    assert_url("rediss://token@host", "rediss://…@host");
    assert_url("redis://user:a@b:c@host/1", "redis://user:…@host/1");
    assert_url("https://host/path?token=abc", "https://host/path?…");
    assert_url("https://host#key", "https://host#…");
    assert_url("redis://host/a@b", "redis://host/a@b");
    assert_url("unix:///run/redis.sock?db=1", "unix:///run/redis.sock?…");
    assert_url("FILE.pcap", "FILE.pcap");
    assert_url("redis://", "redis://");
    assert_url("redis://user:", "redis://user:");
    assert_url("", "");
}

static void
test_a_command_is_one_line_for_a_shell(void **state)
{
    char *argv[] = {(char[]){"--redis=redis://u:secret@h"}, (char[]){"two words"},
                    (char[]){"it's"}, (char[]){""}, NULL};
    struct cw_buffer out = {.text = NULL};
    (void)state;
    cw_redact_command("camwatch replay", argv, &out);
    assert_string_equal(cw_buffer_text(&out),
                        "camwatch replay --redis=redis://u:…@h 'two words' 'it'\\''s' ''");
    cw_buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls_lose_their_secrets),
        cmocka_unit_test(test_a_command_is_one_line_for_a_shell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
