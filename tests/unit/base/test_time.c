/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"

static void
times_stay_in_their_span(void **state)
{
    (void)state;
    assert_true(cw_time_bounded(INT64_MIN) == 0 && cw_time_bounded(-1) == 0);
    assert_true(cw_time_bounded(0) == 0 && cw_time_bounded(1700000000) == 1700000000);
    assert_true(cw_time_bounded(CW_TIME_MAX) == CW_TIME_MAX);
    assert_true(cw_time_bounded(INT64_MAX) == CW_TIME_MAX);
}

static void
seconds_of_a_file_may_be_anything(void **state)
{
    (void)state;
    assert_true(cw_time_of(1700000000, 123456789) == INT64_C(1700000000123456789));
    assert_true(cw_time_of(INT64_MIN, 0) == 0 && cw_time_of(-1, 999999999) == 0);
    assert_true(cw_time_of(INT64_MAX, INT64_MAX) == CW_TIME_MAX);
    assert_true(cw_time_of(UINT32_MAX, 0) == INT64_C(4294967295000000000));
    assert_true(cw_time_of(0, INT64_MIN) >= 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_stay_in_their_span),
        cmocka_unit_test(seconds_of_a_file_may_be_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
