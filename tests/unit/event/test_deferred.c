/* SPDX-License-Identifier: Apache-2.0
 *
 * Events that wait for another thread to give them to the sinks: the same ones, byte for byte and in the
 * same order, none before its note, and what a sink has to say is heard to the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "event/ring.h"
#include "samples.h"

#include "camwatch/publisher.h"

enum { ROUNDS = 4, CAMERAS = 3, ROOM = 256 * 1024 };

static const int64_t MINUTE = INT64_C(60000000000);

/* A sink that keeps what it is given, and has one thing to say once it is asked to. */
struct keeper {
    char lines[ROOM];
    size_t used;
    unsigned n, n_alerts;
    bool has_notice;
};

static void
emit(void *self, const struct camwatch_event *event)
{
    struct keeper *k = self;
    size_t len;
    const char *json = camwatch_event_json(event, &len);
    assert_true(k->used + len < ROOM);
    memcpy(k->lines + k->used, json, len);
    k->used += len;
    k->n++;
    k->n_alerts += camwatch_event_get_kind(event) == CAMWATCH_EVENT_SENSOR_ALERT;
}

static void
account(void *self, struct camwatch_sink_account *out)
{
    const struct keeper *k = self;
    out->given = out->delivered = k->n;
    out->refused = out->lost = out->pending = out->spool_full = 0;
}

static bool
notice(void *self, struct camwatch_sink_notice *out)
{
    struct keeper *k = self;
    bool has_notice = k->has_notice;
    assert_int_equal(out->size, sizeof(*out));
    k->has_notice = false;
    out->severity = 2;
    (void)snprintf(out->name, sizeof(out->name), "keeper-says");
    (void)snprintf(out->reason, sizeof(out->reason), "enough");
    return has_notice;
}

static const struct camwatch_sink_ops ops = {.size = sizeof(ops),
                                             .name = "keeper",
                                             .emit = emit,
                                             .account = account,
                                             .notice = notice};

struct fixture {
    struct camwatch_rules *rules;
    struct camwatch_publisher *publisher;
    struct keeper keeper;
};

static void
open_publisher(struct fixture *f, bool defers_sinks)
{
    struct camwatch_publisher_settings settings;
    struct camwatch_error error;
    memset(f, 0, sizeof(*f));
    assert_int_equal(camwatch_rules_load(DEFERRED_RULES, NULL, NULL, &f->rules), CAMWATCH_OK);
    camwatch_publisher_settings_default(&settings);
    settings.rules = f->rules;
    settings.is_replay = true;
    settings.defers_sinks = defers_sinks;
    assert_int_equal(camwatch_publisher_open(&settings, &f->publisher, &error), CAMWATCH_OK);
    assert_int_equal(camwatch_publisher_add_sink(f->publisher, &ops, &f->keeper), CAMWATCH_OK);
}

static void
close_publisher(struct fixture *f)
{
    assert_int_equal(camwatch_publisher_finish(f->publisher), CAMWATCH_OK);
    struct camwatch_publisher_account sum = {.size = sizeof(sum)};
    camwatch_publisher_get_account(f->publisher, &sum);
    assert_int_equal(sum.events, f->keeper.n);
    camwatch_publisher_close(&f->publisher);
    camwatch_rules_free(f->rules);
}

static int64_t
push_round(struct fixture *f, unsigned round)
{
    int64_t now = SAMPLE_TIME_NS + round * MINUTE;
    for (unsigned i = 0; i < CAMERAS; i++) {
        struct cw_record_device camera = sample_camera(now);
        camera.addr.b[15] = camera.mac.b[5] = (uint8_t)(round * CAMERAS + i);
        assert_true(cw_ring_push(camwatch_publisher_ring(f->publisher), &camera.head));
    }
    return now;
}

static void
the_same_events_in_the_same_order(void **state)
{
    (void)state;
    static struct fixture direct, deferred;
    open_publisher(&direct, false);
    open_publisher(&deferred, true);
    unsigned told = 0; /* at the end of the round before */
    for (unsigned round = 0; round < ROUNDS; round++) {
        int64_t now = push_round(&deferred, round);
        unsigned before = deferred.keeper.n;
        camwatch_publisher_note(deferred.publisher);
        assert_int_equal(camwatch_publisher_run_noted(deferred.publisher), CAMERAS);
        assert_int_equal(deferred.keeper.n, before);
        camwatch_publisher_deliver(deferred.publisher);
        assert_int_equal(deferred.keeper.n, told);
        camwatch_publisher_tick(deferred.publisher, now);

        (void)push_round(&direct, round);
        (void)camwatch_publisher_run(direct.publisher);
        camwatch_publisher_tick(direct.publisher, now);
        assert_true(direct.keeper.n >= told + CAMERAS);
        told = direct.keeper.n;
    }
    close_publisher(&direct);
    close_publisher(&deferred);
    assert_int_equal(deferred.keeper.n, direct.keeper.n);
    assert_int_equal(deferred.keeper.used, direct.keeper.used);
    assert_memory_equal(deferred.keeper.lines, direct.keeper.lines, direct.keeper.used);
}

/* It is asked at a tick; there may be no note between the last tick and the end. */
static void
what_a_sink_says_last_is_heard(void **state)
{
    (void)state;
    static struct fixture f;
    for (unsigned defers = 0; defers < 2; defers++) {
        open_publisher(&f, defers != 0);
        int64_t now = push_round(&f, 0);
        f.keeper.has_notice = true;
        camwatch_publisher_note(f.publisher);
        (void)camwatch_publisher_run_noted(f.publisher);
        camwatch_publisher_tick(f.publisher, now);
        close_publisher(&f);
        assert_int_equal(f.keeper.n_alerts, 1);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_events_in_the_same_order),
        cmocka_unit_test(what_a_sink_says_last_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
