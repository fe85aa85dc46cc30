/* SPDX-License-Identifier: Apache-2.0
 *
 * The host's clock when the machine's is set.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"

#define S 1000000000LL

static void
test_follows_the_wall(void **state)
{
    struct cw_forward_clock clock = {0};
    (void)state;
    assert_int_equal(cw_clock_forward(&clock, 1000 * S, 10 * S), 1000 * S);
    assert_int_equal(cw_clock_forward(&clock, 1001 * S, 11 * S), 1001 * S);
    assert_int_equal(cw_clock_forward(&clock, 5000 * S, 12 * S), 5000 * S); /* set forward */
}

static void
test_never_goes_back(void **state)
{
    struct cw_forward_clock clock = {0};
    (void)state;
    (void)cw_clock_forward(&clock, 1000 * S, 10 * S);
    assert_int_equal(cw_clock_forward(&clock, 991 * S, 11 * S), 1000 * S + S / 2);
    assert_int_equal(cw_clock_forward(&clock, 1001 * S, 21 * S), 1005 * S + S / 2);
    assert_int_equal(cw_clock_forward(&clock, 1011 * S, 31 * S), 1011 * S); /* agree again */
}

/* A machine that starts in 2106 and learns the time then. */
static void
test_set_back_for_good(void **state)
{
    struct cw_forward_clock clock = {0};
    int64_t last = cw_clock_forward(&clock, 4294967295 * S, 1 * S);
    (void)state;
    for (int64_t second = 1; second < 1000; second++) {
        int64_t now = cw_clock_forward(&clock, (1800000000 + second) * S, (1 + second) * S);
        assert_int_equal(now, last + S / 2);
        last = now;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_follows_the_wall),
        cmocka_unit_test(test_never_goes_back),
        cmocka_unit_test(test_set_back_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
