/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "one_flow.h"

enum { FRAME = 14 + 20 + 8 + 100 };

void
one_flow_open(struct one_flow *f)
{
    struct camwatch_monitor_settings settings;
    struct camwatch_error error;
    assert_int_equal(camwatch_rules_load(ONE_FLOW_RULES, NULL, NULL, &f->rules), CAMWATCH_OK);
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

void
one_flow_packet(struct one_flow *f, int64_t time_ns, unsigned direction)
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
    struct camwatch_frame frame = {.time_ns = time_ns,
                                   .bytes = bytes,
                                   .captured = FRAME,
                                   .wire_len = FRAME,
                                   .link_type = 1};
    camwatch_monitor_feed(f->monitor, &frame);
}

void
one_flow_drain(struct one_flow *f)
{
    union cw_record_any record;
    while (cw_ring_peek(f->ring, &record)) {
        if (record.head.type == CW_RECORD_FLOW) {
            f->deltas[0] += record.flow.delta[0];
            f->deltas[1] += record.flow.delta[1];
            f->last = record.flow;
            f->n++;
            f->n_updates += record.flow.kind == CAMWATCH_EVENT_FLOW_UPDATE;
        }
        cw_ring_release(f->ring);
    }
}

void
one_flow_close(struct one_flow *f)
{
    camwatch_monitor_finish(f->monitor);
    one_flow_drain(f);
    camwatch_monitor_close(&f->monitor);
    cw_ring_free(f->ring);
    camwatch_rules_free(f->rules);
}
