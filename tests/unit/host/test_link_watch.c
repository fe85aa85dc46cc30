/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link_watch.h"

static uint64_t
rise(struct cw_link_seen *seen, uint32_t dropped, uint32_t missed, uint32_t fifo)
{
    return cw_link_rise(seen, (const uint32_t[CW_LINK_COUNTERS]){dropped, missed, fifo});
}

static void
test_only_what_rises_counts(void **state)
{
    struct cw_link_seen seen = {.is_known = false};
    (void)state;
    assert_int_equal(rise(&seen, 1000, 7, 0), 0); /* from before our time */
    assert_int_equal(rise(&seen, 1000, 7, 0), 0);
    assert_int_equal(rise(&seen, 1005, 8, 2), 8);
    assert_int_equal(rise(&seen, 1005, 8, 2), 0);
}

static void
test_counters_that_run_over(void **state)
{
    struct cw_link_seen seen = {.is_known = false};
    (void)state;
    assert_int_equal(rise(&seen, UINT32_MAX - 4, 0, 0), 0);
    assert_int_equal(rise(&seen, 5, 0, 0), 10);
}

static void
test_interface_that_came_back(void **state)
{
    struct cw_link_seen seen = {.is_known = false};
    (void)state;
    assert_int_equal(rise(&seen, 5000, 100, 0), 0);
    assert_int_equal(rise(&seen, 3, 0, 0), 3);
    assert_int_equal(rise(&seen, 4, 0, 1), 2);
}

/* The loopback interface is there in any namespace. */
static void
test_kernel_is_asked(void **state)
{
    struct cw_link_watch watch = {.drops = 0};
    const char *names[] = {"lo", "none-such0"};
    struct cw_texts interfaces = {.items = names, .n = 2};
    (void)state;
    cw_link_watch_look(&watch, &interfaces);
    assert_false(watch.links[1].is_known);
    assert_true(watch.links[0].is_known);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_what_rises_counts),
        cmocka_unit_test(test_counters_that_run_over),
        cmocka_unit_test(test_interface_that_came_back),
        cmocka_unit_test(test_kernel_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
