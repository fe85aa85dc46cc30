/* SPDX-License-Identifier: Apache-2.0
 *
 * Digests published with the Secure Hash Standard (FIPS 180 examples, RFC 3174 7.3).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/sha1.h"

static void
assert_digest(struct cw_bytes message, const char *expected)
{
    uint8_t digest[CW_SHA1_LEN];
    char text[2 * CW_SHA1_LEN + 1];
    cw_sha1(message, digest);
    for (size_t i = 0; i < sizeof(digest); i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    assert_string_equal(text, expected);
}

static void
gives_the_published_digests(void **state)
{
    (void)state;
    assert_digest(cw_bytes(NULL, 0), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert_digest(cw_bytes_text("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_digest(cw_bytes_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                  "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    assert_digest(
        cw_bytes_text("0123456701234567012345670123456701234567012345670123456701234567"),
        "e0c094e867ef46c350ef54a7f59dd60bed92ae83");
}

static void
digests_a_million_letters(void **state)
{
    (void)state;
    uint8_t *letters = malloc(1000000);
    assert_non_null(letters);
    memset(letters, 'a', 1000000);
    assert_digest(cw_bytes(letters, 1000000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    free(letters);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_published_digests),
        cmocka_unit_test(digests_a_million_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
