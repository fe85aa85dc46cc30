/* SPDX-License-Identifier: Apache-2.0 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "flow/account.h"
#include "flow_packets.h"

enum { S = CW_TCP_SYN, A = CW_TCP_ACK, F = CW_TCP_FIN, R = CW_TCP_RST, END = 0xff };

struct step {
    uint8_t direction;
    uint8_t flags;
};

struct story {
    const char *name;
    struct step steps[8];
    unsigned outcome;
    unsigned end;
};

static const struct story stories[] = {
    {"syn", {{0, S}, {END, 0}}, CAMWATCH_OUTCOME_ATTEMPTED, CW_FLOW_END_NONE},
    {"syn repeated", {{0, S}, {0, S}, {0, S}, {END, 0}}, CAMWATCH_OUTCOME_ATTEMPTED, 0},
    {"refused", {{0, S}, {1, R | A}, {END, 0}}, CAMWATCH_OUTCOME_REFUSED, CW_FLOW_END_RESET},
    {"handshake", {{0, S}, {1, S | A}, {0, A}, {END, 0}}, CAMWATCH_OUTCOME_ESTABLISHED, 0},
    {"answer only", {{1, S | A}, {1, A}, {END, 0}}, CAMWATCH_OUTCOME_ESTABLISHED, 0},
    {"opener only", {{0, S}, {0, A}, {0, A}, {END, 0}}, CAMWATCH_OUTCOME_UNKNOWN, 0},
    {"mid-stream, one way", {{0, A}, {0, A}, {END, 0}}, CAMWATCH_OUTCOME_UNKNOWN, 0},
    {"mid-stream", {{0, A}, {1, A}, {END, 0}}, CAMWATCH_OUTCOME_ESTABLISHED, 0},
    {"half closed",
     {{0, S}, {1, S | A}, {0, F | A}, {1, A}, {END, 0}},
     CAMWATCH_OUTCOME_ESTABLISHED,
     CW_FLOW_END_NONE},
    {"closed",
     {{0, S}, {1, S | A}, {0, F | A}, {1, F | A}, {END, 0}},
     CAMWATCH_OUTCOME_ESTABLISHED,
     CW_FLOW_END_CLOSED},
    {"reset",
     {{0, S}, {1, S | A}, {0, A}, {1, R}, {END, 0}},
     CAMWATCH_OUTCOME_ESTABLISHED,
     CW_FLOW_END_RESET},
    {"gave up", {{0, S}, {0, R}, {END, 0}}, CAMWATCH_OUTCOME_ATTEMPTED, CW_FLOW_END_RESET},
};

static void
test_tcp_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(stories) / sizeof(*stories); i++) {
        struct cw_flow f = {.key.proto = CW_PROTO_TCP};
        struct sample s;
        sample_make(&s, CW_PROTO_TCP, 1, 40000, 2, 80);
        for (const struct step *step = stories[i].steps; step->direction != END; step++) {
            s.packet.tcp_flags = step->flags;
            cw_flow_account(&f, &s.packet, step->direction);
        }
        if (f.outcome != stories[i].outcome || f.end != stories[i].end) {
            fail_msg("%s: outcome %u, end %u", stories[i].name, f.outcome, f.end);
        }
    }
}

static void
test_udp(void **state)
{
    (void)state;
    struct cw_flow f = {0};
    struct sample s;
    sample_make(&s, CW_PROTO_UDP, 0x0a000001, 40000, 0x08080808, 53);
    cw_flow_account(&f, &s.packet, 0);
    assert_int_equal(f.outcome, CAMWATCH_OUTCOME_ATTEMPTED);
    cw_flow_refuse(&f);
    assert_int_equal(f.outcome, CAMWATCH_OUTCOME_REFUSED);
    cw_flow_account(&f, &s.packet, 1);
    assert_int_equal(f.outcome, CAMWATCH_OUTCOME_ESTABLISHED);
    cw_flow_refuse(&f);
    assert_int_equal(f.outcome, CAMWATCH_OUTCOME_ESTABLISHED);
}

static void
test_group_is_unknown(void **state)
{
    (void)state;
    struct cw_flow f = {0};
    struct sample s;
    sample_make(&s, CW_PROTO_UDP, 0x0a000001, 40000, 0xeffffffa, 1900);
    cw_flow_account(&f, &s.packet, 0);
    assert_int_equal(f.outcome, CAMWATCH_OUTCOME_UNKNOWN);
}

static void
test_counts(void **state)
{
    (void)state;
    struct cw_flow f = {.first_ns = 5 * SECOND, .last_ns = 5 * SECOND};
    struct sample s;
    sample_make(&s, CW_PROTO_UDP, 1, 2, 3, 4);
    s.frame.time_ns = 7 * SECOND;
    s.packet.wire_len = 70000; /* above 64 KB */
    cw_flow_account(&f, &s.packet, 0);
    s.frame.time_ns = 6 * SECOND;
    cw_flow_account(&f, &s.packet, 1);
    assert_int_equal(f.bytes[0], 70000);
    assert_int_equal(f.packets[1], 1);
    assert_int_equal(f.last_ns, 7 * SECOND);
    s.frame.time_ns = INT64_C(4294967295) * SECOND;
    cw_flow_account(&f, &s.packet, 1);
    s.frame.time_ns = 8 * SECOND;
    cw_flow_account(&f, &s.packet, 1);
    assert_int_equal(f.last_ns, 8 * SECOND);
}

static void
test_who_opened(void **state)
{
    (void)state;
    struct sample s;
    sample_make(&s, CW_PROTO_TCP, 1, 40000, 2, 50000);
    s.packet.tcp_flags = CW_TCP_SYN;
    assert_true(cw_flow_sender_opened(&s.packet));
    s.packet.tcp_flags = CW_TCP_SYN | CW_TCP_ACK;
    assert_false(cw_flow_sender_opened(&s.packet));

    static const struct {
        uint16_t src, dst;
        bool sender;
    } rows[] = {{40000, 554, true},   {554, 40000, false},   {53, 53, true},
                {40000, 40001, true}, {37777, 50000, false}, {32100, 12345, false},
                {0, 0, true},         {8000, 80, true}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        sample_make(&s, CW_PROTO_UDP, 1, rows[i].src, 2, rows[i].dst);
        assert_int_equal(cw_flow_sender_opened(&s.packet), rows[i].sender);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tcp_stories),      cmocka_unit_test(test_udp),
        cmocka_unit_test(test_group_is_unknown), cmocka_unit_test(test_counts),
        cmocka_unit_test(test_who_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
