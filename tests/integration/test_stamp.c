/* SPDX-License-Identifier: Apache-2.0
 *
 * One packet with a wild stamp changes nothing but its own: its flow is told on, and its activity is judged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "one_flow.h"

static const int64_t MS = 1000000, START = INT64_C(1772442131);

static void
feed(struct one_flow *f, int64_t ms)
{
    one_flow_packet(f, (START * 1000 + ms) * MS, 0);
}

/* 14 kB a second one way, more than what streaming begins with (12.5 kB). */
static void
feed_span(struct one_flow *f, int64_t from_ms, int64_t to_ms)
{
    for (int64_t ms = from_ms; ms < to_ms; ms += 10) {
        feed(f, ms);
        one_flow_drain(f);
    }
}

static const int64_t TEN_DAYS_MS = INT64_C(10) * 24 * 3600 * 1000;

static void
updates_and_activity_go_on_after_a_wild_stamp(void **state)
{
    (void)state;
    struct one_flow f = {0};
    one_flow_open(&f);
    feed_span(&f, 0, 3000);
    unsigned before = f.n_updates;
    feed(&f, TEN_DAYS_MS);
    one_flow_drain(&f);
    feed_span(&f, 3000, 15000);
    assert_true(f.n_updates >= before + 10);
    assert_int_equal(f.last.activity, CAMWATCH_ACTIVITY_STREAMING);
    assert_in_range(f.last.head.time_ns, (START + 13) * 1000 * MS, (START + 15) * 1000 * MS);
    one_flow_close(&f);
}

/* The first stamp of the flow is the wild one; another flow's packets set the clock before. */
static void
a_flow_that_begins_with_a_wild_stamp_is_told_on(void **state)
{
    (void)state;
    struct one_flow f = {0};
    one_flow_open(&f);
    camwatch_monitor_pass(f.monitor, START * 1000 * MS);
    feed(&f, TEN_DAYS_MS);
    feed_span(&f, 10, 15000);
    assert_true(f.n_updates >= 10);
    assert_int_equal(f.last.activity, CAMWATCH_ACTIVITY_STREAMING);
    one_flow_close(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(updates_and_activity_go_on_after_a_wild_stamp),
        cmocka_unit_test(a_flow_that_begins_with_a_wild_stamp_is_told_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
