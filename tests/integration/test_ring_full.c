/* SPDX-License-Identifier: Apache-2.0
 *
 * Live, a ring that nobody empties drops records and counts them. What they would have told is told by the
 * next one: the bytes since the last event still sum up to the total.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "one_flow.h"

enum { PACKETS = 120 };

/* One a second, each way in turn. */
static void
feed(struct one_flow *f, unsigned number)
{
    one_flow_packet(f, (INT64_C(1772442131) + number) * INT64_C(1000000000), number & 1);
}

static void
bytes_of_dropped_records_are_told_later(void **state)
{
    (void)state;
    struct one_flow f = {0};
    one_flow_open(&f);
    for (unsigned i = 0; i < PACKETS; i++) {
        feed(&f, i);
    }
    struct camwatch_monitor_stats stats = {.size = sizeof(stats)};
    camwatch_monitor_get_stats(f.monitor, &stats);
    assert_true(stats.drops[CAMWATCH_DROP_RING_FULL] > 0);
    one_flow_drain(&f);
    for (unsigned i = PACKETS; i < PACKETS + 3; i++) {
        feed(&f, i);
        one_flow_drain(&f);
    }
    one_flow_close(&f);
    assert_true(f.n > 2);
    assert_int_equal(f.last.kind, CAMWATCH_EVENT_FLOW_END);
    assert_int_equal(f.last.packets[0] + f.last.packets[1], PACKETS + 3);
    assert_int_equal(f.deltas[0], f.last.bytes[0]);
    assert_int_equal(f.deltas[1], f.last.bytes[1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_of_dropped_records_are_told_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
