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

#include "mask.h"

static void
test_ids_are_cut_wherever_they_stand(void **state)
{
    (void)state;
    struct cw_mask *mask = cw_mask_new(false, true);
    cw_mask_add(mask, "ABCD-123456-XYZ");
    cw_mask_add(mask, "ABCD-1");
    assert_string_equal(cw_mask_show(mask, "p2p of abcd-123456-xyz, and ABCD-1."),
                        "p2p of abcd…, and ABCD….");
    assert_string_equal(cw_mask_show(mask, "ABCD-123456-XYZ"), "ABCD…");
    assert_string_equal(cw_mask_show(mask, "ABCD-"), "ABCD-");
    assert_string_equal(cw_mask_show(mask, ""), "");
    assert_string_equal(cw_mask_id(mask, "0123456789"), "0123…");
    assert_string_equal(cw_mask_id(mask, "0123"), "0123");
    cw_mask_free(mask);
}

static void
test_short_ids_are_no_pattern(void **state)
{
    (void)state;
    struct cw_mask *mask = cw_mask_new(false, false);
    cw_mask_add(mask, "");
    cw_mask_add(mask, "camer");
    assert_string_equal(cw_mask_show(mask, "a camera"), "a camera");
    assert_string_equal(cw_mask_id(mask, "0123456789"), "0123...");
    cw_mask_free(mask);
}

static void
test_nothing_is_cut_when_told_so(void **state)
{
    (void)state;
    struct cw_mask *mask = cw_mask_new(true, true);
    cw_mask_add(mask, "SERIAL-0001");
    assert_string_equal(cw_mask_show(mask, "SERIAL-0001"), "SERIAL-0001");
    assert_string_equal(cw_mask_id(mask, "SERIAL-0001\033[2J"), "SERIAL-0001\\x1b[2J");
    cw_mask_free(mask);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_are_cut_wherever_they_stand),
        cmocka_unit_test(test_short_ids_are_no_pattern),
        cmocka_unit_test(test_nothing_is_cut_when_told_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
