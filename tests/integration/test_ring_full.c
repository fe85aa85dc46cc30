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

#include "camwatch/monitor.h"
#include "event/ring.h"

enum { FRAME = 14 + 20 + 8 + 100, PACKETS = 120 };

static const int64_t SECOND = INT64_C(1000000000), START = INT64_C(1772442131);

struct fixture {
    struct camwatch_rules *rules;
    struct camwatch_ring *ring;
    struct camwatch_monitor *monitor;
    uint64_t deltas[2];
    struct cw_record_flow last;
    unsigned n;
};

/* Ethernet, IPv4, UDP between two documentation addresses; direction 0 asks. */
static void
feed(struct fixture *f, unsigned number, unsigned direction)
{
    uint8_t bytes[FRAME] = {0x00, 0x00,       0x5e, 0x00, 0x53, 0x02, 0x00, 0x00,
                            0x5e, 0x00,       0x53, 0x01, 0x08, 0x00, 0x45, 0,
                            0,    FRAME - 14, 0,    0,    0,    0,    64,   17};
    static const uint8_t ends[2][4] = {{192, 168, 0, 1}, {198, 51, 100, 7}};
    static const uint8_t ports[2][2] = {{0xc3, 0x50}, {0xc3, 0x51}};
    memcpy(bytes + 26, ends[direction], 4);
    memcpy(bytes + 30, ends[1 - direction], 4);
    memcpy(bytes + 34, ports[direction], 2);
    memcpy(bytes + 36, ports[1 - direction], 2);
    bytes[39] = FRAME - 34;
    struct camwatch_frame frame = {.time_ns = (START + number) * SECOND,
                                   .bytes = bytes,
                                   .captured = FRAME,
                                   .wire_len = FRAME,
                                   .link_type = 1};
    camwatch_monitor_feed(f->monitor, &frame);
}

static void
drain(struct fixture *f)
{
    union cw_record_any record;
    while (cw_ring_peek(f->ring, &record)) {
        if (record.head.type == CW_RECORD_FLOW) {
            f->deltas[0] += record.flow.delta[0];
            f->deltas[1] += record.flow.delta[1];
            f->last = record.flow;
            f->n++;
        }
        cw_ring_release(f->ring);
    }
}

static void
open_all(struct fixture *f)
{
    struct camwatch_monitor_settings settings;
    struct camwatch_error error;
    assert_int_equal(camwatch_rules_load(RING_RULES, NULL, NULL, &f->rules), CAMWATCH_OK);
    f->ring = cw_ring_new(2 * CW_RING_BYTES_MIN);
    assert_non_null(f->ring);
    camwatch_monitor_settings_default(&settings);
    settings.rules = f->rules;
    settings.ring = f->ring;
    settings.use_dpi = false;
    settings.publish_all_flows = true;
    settings.inspect_packets = 1;
    settings.update_s = 1;
    settings.stats_s = 0;
    assert_int_equal(camwatch_monitor_open(&settings, &f->monitor, &error), CAMWATCH_OK);
}

static void
bytes_of_dropped_records_are_told_later(void **state)
{
    (void)state;
    struct fixture f = {0};
    open_all(&f);
    for (unsigned i = 0; i < PACKETS; i++) {
        feed(&f, i, i & 1);
    }
    struct camwatch_monitor_stats stats = {.size = sizeof(stats)};
    camwatch_monitor_get_stats(f.monitor, &stats);
    assert_true(stats.drops[CAMWATCH_DROP_RING_FULL] > 0);
    drain(&f);
    for (unsigned i = PACKETS; i < PACKETS + 3; i++) {
        feed(&f, i, i & 1);
        drain(&f);
    }
    camwatch_monitor_finish(f.monitor);
    drain(&f);
    assert_true(f.n > 2);
    assert_int_equal(f.last.kind, CAMWATCH_EVENT_FLOW_END);
    assert_int_equal(f.last.packets[0] + f.last.packets[1], PACKETS + 3);
    assert_int_equal(f.deltas[0], f.last.bytes[0]);
    assert_int_equal(f.deltas[1], f.last.bytes[1]);
    camwatch_monitor_close(&f.monitor);
    cw_ring_free(f.ring);
    camwatch_rules_free(f.rules);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_of_dropped_records_are_told_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
