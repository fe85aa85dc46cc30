/* SPDX-License-Identifier: Apache-2.0 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "flow/clock.h"

#define S INT64_C(1000000000)

static void
test_never_goes_back(void **state)
{
    (void)state;
    struct cw_clock c = {0};
    assert_int_equal(cw_clock_advance(&c, 100 * S), 100 * S);
    assert_int_equal(cw_clock_advance(&c, 50 * S), 100 * S);
    assert_int_equal(cw_clock_advance(&c, 101 * S), 101 * S);
    assert_int_equal(cw_clock_set(&c, 90 * S), 101 * S);
}

static void
test_single_jump_is_ignored(void **state)
{
    (void)state;
    struct cw_clock c = {0};
    int64_t year_2106 = INT64_C(4294967295) * S;
    cw_clock_advance(&c, 100 * S);
    assert_int_equal(cw_clock_advance(&c, year_2106), 100 * S);
    assert_int_equal(cw_clock_advance(&c, 101 * S), 101 * S);
    assert_int_equal(cw_clock_advance(&c, year_2106), 101 * S); /* not "the second one" */
    assert_int_equal(cw_clock_advance(&c, 102 * S), 102 * S);
}

static void
test_second_packet_confirms(void **state)
{
    (void)state;
    struct cw_clock c = {0};
    cw_clock_advance(&c, 100 * S);
    assert_int_equal(cw_clock_advance(&c, 500 * S), 100 * S);
    assert_int_equal(cw_clock_advance(&c, 501 * S), 501 * S);
    assert_int_equal(cw_clock_advance(&c, 900 * S), 501 * S);
    assert_int_equal(cw_clock_advance(&c, 899 * S), 899 * S); /* the earlier one of the two */
}

static void
test_sparse_packets_move_it(void **state)
{
    (void)state;
    struct cw_clock c = {0};
    cw_clock_advance(&c, 0);
    for (int64_t t = 300; t <= 3000; t += 300) {
        assert_int_equal(cw_clock_advance(&c, t * S), (t - 300) * S);
    }
}

static void
test_extremes(void **state)
{
    (void)state;
    struct cw_clock c = {0};
    assert_int_equal(cw_clock_advance(&c, INT64_MIN), INT64_MIN);
    assert_int_equal(cw_clock_advance(&c, INT64_MAX), INT64_MIN);
    assert_int_equal(cw_clock_advance(&c, INT64_MAX), INT64_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_never_goes_back),
        cmocka_unit_test(test_single_jump_is_ignored),
        cmocka_unit_test(test_second_packet_confirms),
        cmocka_unit_test(test_sparse_packets_move_it),
        cmocka_unit_test(test_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
