/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters of several shards: told once a deadline, whole over a restart, never waiting for the dead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "publish/totals.h"

static struct cw_record_stats
report(uint8_t shard, int64_t time_ns, uint64_t run, uint64_t packets)
{
    return (struct cw_record_stats){
        .head = {.shard = shard, .time_ns = time_ns},
        .run = run,
        .packets = packets,
        .flows = 5,
        .drops[CAMWATCH_DROP_L4_OTHER] = packets / 10,
    };
}

static bool
add(struct cw_totals *totals, struct cw_record_stats one, struct cw_record_stats *sum)
{
    return cw_totals_add(totals, &one, sum);
}

static void
test_one_shard_is_told_as_it_is(void **state)
{
    struct cw_totals *totals = cw_totals_new(1);
    struct cw_record_stats sum;
    (void)state;
    assert_true(add(totals, report(0, 10, 0, 100), &sum));
    assert_int_equal(sum.packets, 100);
    assert_true(add(totals, report(0, 20, 0, 150), &sum));
    assert_int_equal(sum.packets, 150);
    assert_int_equal(sum.head.time_ns, 20);
    assert_true(add(totals, report(0, 20, 0, 160), &sum));
    assert_false(cw_totals_rest(totals, &sum));
    cw_totals_free(totals);
}

static void
test_shards_are_summed_once_a_deadline(void **state)
{
    struct cw_totals *totals = cw_totals_new(2);
    struct cw_record_stats sum;
    (void)state;
    assert_false(add(totals, report(0, 10, 1, 100), &sum));
    assert_true(add(totals, report(1, 10, 2, 50), &sum));
    assert_int_equal(sum.packets, 150);
    assert_int_equal(sum.flows, 10);
    assert_int_equal(sum.drops[CAMWATCH_DROP_L4_OTHER], 15);
    assert_false(add(totals, report(1, 20, 2, 60), &sum));
    assert_true(cw_totals_rest(totals, &sum));
    assert_int_equal(sum.packets, 160);
    assert_false(cw_totals_rest(totals, &sum));
    cw_totals_free(totals);
}

static void
test_restart_keeps_what_was_counted(void **state)
{
    struct cw_totals *totals = cw_totals_new(2);
    struct cw_record_stats sum;
    (void)state;
    assert_false(add(totals, report(0, 10, 1, 100), &sum));
    assert_true(add(totals, report(1, 10, 2, 50), &sum));
    assert_false(add(totals, report(0, 20, 3, 700), &sum));
    assert_true(add(totals, report(1, 20, 2, 55), &sum));
    assert_int_equal(sum.packets, 855);
    assert_int_equal(sum.flows, 10);
    cw_totals_free(totals);
}

static void
test_dead_shard_is_not_waited_for(void **state)
{
    struct cw_totals *totals = cw_totals_new(2);
    struct cw_record_stats sum;
    (void)state;
    assert_false(add(totals, report(0, 10, 1, 100), &sum));
    assert_true(add(totals, report(0, 20, 1, 110), &sum));
    assert_int_equal(sum.packets, 110);
    cw_totals_free(totals);
}

static void
test_unknown_shard_stays_in_bounds(void **state)
{
    struct cw_totals *totals = cw_totals_new(1);
    struct cw_record_stats sum;
    (void)state;
    assert_true(add(totals, report(255, 10, 1, 100), &sum));
    assert_int_equal(sum.packets, 100);
    cw_totals_free(totals);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_shard_is_told_as_it_is),
        cmocka_unit_test(test_shards_are_summed_once_a_deadline),
        cmocka_unit_test(test_restart_keeps_what_was_counted),
        cmocka_unit_test(test_dead_shard_is_not_waited_for),
        cmocka_unit_test(test_unknown_shard_stays_in_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
