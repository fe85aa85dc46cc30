/* SPDX-License-Identifier: Apache-2.0
 *
 * One packet with a wild stamp changes nothing but its own: its flow is told on, and its activity is judged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "camwatch/monitor.h"
#include "event/ring.h"

enum { FRAME = 14 + 20 + 8 + 100 };

static const int64_t MS = 1000000, START = INT64_C(1772442131);

struct fixture {
    struct camwatch_rules *rules;
    struct camwatch_ring *ring;
    struct camwatch_monitor *monitor;
    struct cw_record_flow last;
    unsigned n_updates;
};

/* Ethernet, IPv4, UDP between two documentation addresses. */
static void
feed(struct fixture *f, int64_t ms)
{
    uint8_t bytes[FRAME] = {0x00, 0x00,       0x5e, 0x00, 0x53, 0x02, 0x00, 0x00,
                            0x5e, 0x00,       0x53, 0x01, 0x08, 0x00, 0x45, 0,
                            0,    FRAME - 14, 0,    0,    0,    0,    64,   17};
    static const uint8_t ends[2][4] = {{192, 168, 0, 1}, {198, 51, 100, 7}};
    static const uint8_t ports[2][2] = {{0xc3, 0x50}, {0xc3, 0x51}};
    memcpy(bytes + 26, ends[0], 4);
    memcpy(bytes + 30, ends[1], 4);
    memcpy(bytes + 34, ports[0], 2);
    memcpy(bytes + 36, ports[1], 2);
    bytes[39] = FRAME - 34;
    struct camwatch_frame frame = {.time_ns = (START * 1000 + ms) * MS,
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
            f->last = record.flow;
            f->n_updates += record.flow.kind == CAMWATCH_EVENT_FLOW_UPDATE;
        }
        cw_ring_release(f->ring);
    }
}

static void
open_all(struct fixture *f)
{
    struct camwatch_monitor_settings settings;
    struct camwatch_error error;
    assert_int_equal(camwatch_rules_load(STAMP_RULES, NULL, NULL, &f->rules), CAMWATCH_OK);
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
close_all(struct fixture *f)
{
    camwatch_monitor_finish(f->monitor);
    drain(f);
    camwatch_monitor_close(&f->monitor);
    cw_ring_free(f->ring);
    camwatch_rules_free(f->rules);
}

/* 14 kB a second one way, more than what streaming begins with (12.5 kB). */
static void
feed_span(struct fixture *f, int64_t from_ms, int64_t to_ms)
{
    for (int64_t ms = from_ms; ms < to_ms; ms += 10) {
        feed(f, ms);
        drain(f);
    }
}

static const int64_t TEN_DAYS_MS = INT64_C(10) * 24 * 3600 * 1000;

static void
updates_and_activity_go_on_after_a_wild_stamp(void **state)
{
    (void)state;
    struct fixture f = {0};
    open_all(&f);
    feed_span(&f, 0, 3000);
    unsigned before = f.n_updates;
    feed(&f, TEN_DAYS_MS);
    drain(&f);
    feed_span(&f, 3000, 15000);
    assert_true(f.n_updates >= before + 10);
    assert_int_equal(f.last.activity, CAMWATCH_ACTIVITY_STREAMING);
    assert_in_range(f.last.head.time_ns, (START + 13) * 1000 * MS, (START + 15) * 1000 * MS);
    close_all(&f);
}

/* The first stamp of the flow is the wild one; another flow's packets set the clock before. */
static void
a_flow_that_begins_with_a_wild_stamp_is_told_on(void **state)
{
    (void)state;
    struct fixture f = {0};
    open_all(&f);
    camwatch_monitor_pass(f.monitor, START * 1000 * MS);
    feed(&f, TEN_DAYS_MS);
    feed_span(&f, 10, 15000);
    assert_true(f.n_updates >= 10);
    assert_int_equal(f.last.activity, CAMWATCH_ACTIVITY_STREAMING);
    close_all(&f);
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
