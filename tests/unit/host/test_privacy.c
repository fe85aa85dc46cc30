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

#include "privacy.h"

static void
assert_truncated(const char *address, const char *expected)
{
    char out[64];
    cw_privacy_truncate(address, out);
    assert_string_equal(out, expected);
}

static void
test_addresses_become_networks(void **state)
{
    (void)state;
    assert_truncated("192.0.2.77", "192.0.2.0/24");
    assert_truncated("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48");
    assert_truncated("fe80::1", "fe80::/48");
    assert_truncated("00-00-5E-00-53-01", "00-00-5E-xx-xx-xx");
    assert_truncated("a host name", "a host name");
}

/* Only where it stands by itself, in any text. */
static void
test_addresses_are_replaced_as_a_whole(void **state)
{
    struct cw_mask *mask = cw_mask_new(true, true);
    (void)state;
    cw_mask_replace(mask, "192.0.2.7", "192.0.2.0/24");
    cw_mask_replace(mask, "fe80::1", "fe80::/48");
    cw_mask_replace(mask, "192.0.2.7", "the first call counts");
    assert_string_equal(cw_mask_show(mask, "to 192.0.2.7:443, 192.0.2.7."),
                        "to 192.0.2.0/24:443, 192.0.2.0/24.");
    assert_string_equal(cw_mask_show(mask, "192.0.2.70 10.192.0.2.7 192.0.2.7.9 1192.0.2.7"),
                        "192.0.2.70 10.192.0.2.7 192.0.2.7.9 1192.0.2.7");
    assert_string_equal(cw_mask_show(mask, "[fe80::1]:80 fe80::1:2 fe80::12"),
                        "[fe80::/48]:80 fe80::1:2 fe80::12");
    cw_mask_free(mask);
}

static void
test_ids_are_told_apart_by_their_hash(void **state)
{
    static const struct cw_hash_key key = {{1}};
    struct cw_mask *mask = cw_mask_new(false, true);
    char first[64], lower[64];
    (void)state;
    cw_mask_add(mask, "ABCDE-0001");
    cw_mask_add(mask, "ABCDE-0002");
    cw_mask_set_key(mask, &key);
    (void)snprintf(first, sizeof(first), "%s", cw_mask_id(mask, "ABCDE-0001"));
    (void)snprintf(lower, sizeof(lower), "%s", cw_mask_show(mask, "abcde-0001"));
    assert_memory_equal(first, "ABCD…#", strlen("ABCD…#"));
    assert_int_equal(strlen(first), strlen("ABCD…#12345678"));
    assert_string_equal(first + 4, lower + 4); /* the same id in another case */
    assert_string_not_equal(first, cw_mask_id(mask, "ABCDE-0002"));
    assert_null(strstr(cw_mask_show(mask, "sn:MAKER:ABCDE-0001"), "0001"));
    cw_mask_free(mask);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_become_networks),
        cmocka_unit_test(test_addresses_are_replaced_as_a_whole),
        cmocka_unit_test(test_ids_are_told_apart_by_their_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
