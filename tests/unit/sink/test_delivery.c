/* SPDX-License-Identifier: Apache-2.0
 *
 * What the sink promises when things go wrong, against a server of its own: the lease, the spool
 * over restarts, clocks and foreign writers, roll-backs, and what is refused first.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <hiredis.h>

#include "redis_server.h"
#include "samples.h"
#include "sink/redis.h"
#include "sink/redis_id.h"
#include "sink_account.h"

#define FLOWS  "camwatch:{site1}:flows"
#define NOW_MS INT64_C(1800000000000)

struct fixture {
    struct redis_server server;
    struct camwatch_event *event;
    struct cw_event_context context;
    struct camwatch_redis_settings settings;
    char spool[96];
    _Atomic int64_t clock_ms; /* read by the sender's thread too */
    struct cw_sink sink;
    struct camwatch_error error;
};

static int64_t
read_clock(void *user)
{
    const struct fixture *f = user;
    return f->clock_ms;
}

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    if (!f) {
        return -1;
    }
    redis_server_start(&f->server);
    (void)unsetenv("CAMWATCH_REDIS_PASSWORD");
    (void)snprintf(f->spool, sizeof(f->spool), "%s/spool", f->server.folder);
    f->event = cw_event_new();
    f->context = sample_context(false);
    f->clock_ms = NOW_MS;
    camwatch_redis_settings_default(&f->settings);
    f->settings.url = f->server.url;
    f->settings.sensor = "site1";
    f->settings.boot_id = "b7c1";
    f->settings.timeout_ms = 1000;
    f->settings.lease_ms = 1500;
    f->settings.clock_ms = read_clock;
    f->settings.clock_user = f;
    *state = f;
    return f->event ? 0 : -1;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    redis_server_remove(&f->server);
    cw_event_free(f->event);
    free(f);
    return 0;
}

static void
sleep_ms(long ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)nanosleep(&t, NULL);
}

static void
open_sink(struct fixture *f)
{
    int status = cw_redis_open(&f->settings, &f->sink, &f->error);
    assert_string_equal(f->error.text, "");
    assert_int_equal(status, CAMWATCH_OK);
}

static void
close_sink(struct fixture *f)
{
    f->sink.ops->close(f->sink.self);
}

static void
emit(struct fixture *f)
{
    cw_event_finish(f->event, &f->context);
    f->sink.ops->emit(f->sink.self, f->event);
}

static void
emit_flows(struct fixture *f, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct cw_record_flow flow = sample_flow();
        cw_event_from_flow(f->event, &flow, &f->context);
        emit(f);
    }
}

static void
emit_alert(struct fixture *f)
{
    struct cw_record_alert alert = sample_alert();
    cw_event_from_alert(f->event, &alert, &f->context);
    emit(f);
}

static void
emit_stats(struct fixture *f)
{
    struct cw_record_stats stats = sample_stats();
    cw_event_from_stats(f->event, &stats, &f->context);
    emit(f);
}

static struct cw_redis_stats
get_stats(const struct fixture *f)
{
    struct cw_redis_stats stats;
    cw_redis_get_stats(f->sink.self, &stats);
    return stats;
}

/* Until nothing waits, for at most eight seconds. */
static void
drain(struct fixture *f)
{
    for (int i = 0; i < 800 && f->sink.ops->flush(f->sink.self) != CAMWATCH_OK; i++) {
        sleep_ms(10);
    }
    struct camwatch_sink_account a = sink_account(&f->sink);
    if (a.pending > 0) {
        fail_msg("%llu wait: %s", (unsigned long long)a.pending, a.last_error);
    }
}

/* Until the server has said so, for at most twenty seconds. */
static void
await_error(struct fixture *f, enum cw_redis_error error)
{
    for (int i = 0; i < 2000 && get_stats(f).errors[error] == 0; i++) {
        sleep_ms(10);
    }
    assert_true(get_stats(f).errors[error] > 0);
}

static void
assert_notice(struct fixture *f, const char *name)
{
    struct camwatch_sink_notice notice;
    while (f->sink.ops->notice(f->sink.self, &notice)) {
        if (strcmp(notice.name, name) == 0) {
            return;
        }
    }
    fail_msg("no notice %s", name);
}

/* The stream holds the events 1..n of this boot, in order, each once. */
static void
assert_ids(const struct fixture *f, unsigned n)
{
    redisReply *entries = redis_server_ask(&f->server, "XRANGE " FLOWS " - +");
    unsigned found = 0;
    for (size_t i = 0; i < entries->elements; i++) {
        const redisReply *fields = entries->element[i]->element[1];
        char expected[32];
        if (fields->elements < 20) {
            continue; /* another writer's */
        }
        (void)snprintf(expected, sizeof(expected), "b7c1-F%06u", ++found);
        assert_string_equal(fields->element[7]->str, expected);
    }
    assert_int_equal(found, n);
    freeReplyObject(entries);
}

/* ID of the i-th entry of flows. */
static struct cw_redis_id
id_at(const struct fixture *f, unsigned i)
{
    redisReply *entries = redis_server_ask(&f->server, "XRANGE " FLOWS " - +");
    struct cw_redis_id id;
    assert_true(i < entries->elements);
    const redisReply *text = entries->element[i]->element[0];
    assert_true(cw_redis_id_parse(text->str, text->len, &id));
    freeReplyObject(entries);
    return id;
}

/* ---- IDs ---- */

static void
ids_follow_the_clock_and_never_go_back(void **state)
{
    struct fixture *f = *state;
    open_sink(f);
    static const int64_t steps[] = {0, 500, -3600000, 1000};
    for (size_t i = 0; i < 4; i++) {
        f->clock_ms = NOW_MS + steps[i];
        emit_flows(f, 1);
        drain(f);
    }
    assert_int_equal(id_at(f, 0).ms, NOW_MS);
    assert_int_equal(id_at(f, 1).ms, NOW_MS + 500);
    assert_int_equal(id_at(f, 2).ms, NOW_MS + 500);
    assert_int_equal(id_at(f, 2).seq, 1);
    assert_int_equal(id_at(f, 3).ms, NOW_MS + 1000);
    close_sink(f);
}

static void
a_last_id_in_the_future_is_gone_on_from(void **state)
{
    struct fixture *f = *state;
    (void)redis_server_tell(&f->server, "DEL " FLOWS);
    freeReplyObject(redis_server_ask(&f->server, "XADD " FLOWS " 9999999999999-5 a b"));
    open_sink(f);
    emit_flows(f, 3);
    drain(f);
    assert_int_equal(id_at(f, 1).ms, INT64_C(9999999999999));
    assert_int_equal(id_at(f, 1).seq, 6);
    assert_int_equal(get_stats(f).foreign, 0); /* it was there before us */
    close_sink(f);
}

static void
a_stream_without_ids_left_waits_for_the_operator(void **state)
{
    struct fixture *f = *state;
    freeReplyObject(redis_server_ask(
        &f->server, "XADD " FLOWS " 18446744073709551615-18446744073709551615 a b"));
    open_sink(f);
    emit_flows(f, 3);
    emit_alert(f);
    await_error(f, CW_REDIS_ERROR_ID_EXHAUSTED);
    for (int i = 0; i < 2000 && sink_account(&f->sink).delivered == 0; i++) {
        sleep_ms(10);
    }
    assert_int_equal(sink_account(&f->sink).pending, 3);
    assert_int_equal(sink_account(&f->sink).delivered, 1);
    (void)redis_server_tell(&f->server, "DEL " FLOWS);
    drain(f);
    assert_ids(f, 3);
    close_sink(f);
}

static void
a_foreign_writer_is_noticed_and_gone_above(void **state)
{
    struct fixture *f = *state;
    open_sink(f);
    emit_flows(f, 2);
    drain(f);
    freeReplyObject(redis_server_ask(&f->server, "XADD " FLOWS " 1900000000000-0 a b"));
    emit_flows(f, 2);
    drain(f);
    assert_ids(f, 4);
    assert_true(id_at(f, 3).ms >= INT64_C(1900000000000));
    assert_int_equal(get_stats(f).foreign, 1);
    assert_notice(f, "redis-foreign-writer");
    close_sink(f);
}

/* ---- the server forgets ---- */

/* Take the last n entries away as a replica that lagged would: they were never there. */
static void
roll_back(const struct fixture *f, unsigned n)
{
    redisReply *last =
        redis_server_ask(&f->server, "XREVRANGE " FLOWS " + - COUNT %d", (int)n + 1);
    redisReply *info = redis_server_ask(&f->server, "XLEN " FLOWS);
    assert_int_equal(last->elements, n + 1);
    freeReplyObject(redis_server_ask(
        &f->server, "EVAL %s 1 " FLOWS " %u",
        "for _, e in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', ARGV[1])) do "
        "redis.call('XDEL', KEYS[1], e[1]) end",
        n));
    (void)redis_server_tell(&f->server,
                            "XSETID " FLOWS " %s ENTRIESADDED %lld MAXDELETEDID 0-0",
                            last->element[n]->element[0]->str, info->integer - n);
    freeReplyObject(last);
    freeReplyObject(info);
}

static void
what_a_server_lost_is_sent_again(void **state)
{
    struct fixture *f = *state;
    open_sink(f);
    for (unsigned i = 0; i < 5; i++) { /* five batches */
        emit_flows(f, 2);
        drain(f);
    }
    roll_back(f, 4); /* the last two of them */
    emit_flows(f, 1);
    drain(f);
    assert_ids(f, 11);
    assert_int_equal(get_stats(f).rolled_back, 1);
    assert_int_equal(get_stats(f).replayed, 4);
    assert_int_equal(get_stats(f).lost_after_ack, 0);
    assert_int_equal(sink_account(&f->sink).delivered, 11);
    assert_notice(f, "redis-rolled-back");
    close_sink(f);
}

static void
what_cannot_be_sent_again_is_counted(void **state)
{
    struct fixture *f = *state;
    redis_server_tell(&f->server,
                      "CONFIG SET appendfsync no"); /* all of it within ten seconds */
    open_sink(f);
    for (unsigned i = 0; i < 400; i++) { /* more batches than the tail remembers */
        emit_flows(f, 1);
        drain(f);
    }
    roll_back(f, 399);
    emit_flows(f, 1);
    drain(f);
    struct cw_redis_stats stats = get_stats(f);
    struct camwatch_sink_account a = sink_account(&f->sink);
    /* the tail has at most 384 batches, and of a slow machine fewer: none is older than 10 s */
    assert_true(stats.replayed > 0 && stats.replayed <= 384);
    assert_int_equal(stats.replayed + stats.lost_after_ack, 399);
    assert_int_equal(a.lost_after_ack, stats.lost_after_ack);
    assert_int_equal(a.delivered, 401 - stats.lost_after_ack);
    assert_int_equal(redis_server_tell(&f->server, "XLEN " FLOWS), 401 - stats.lost_after_ack);
    close_sink(f);
}

/* ---- the batch behind the one under way ---- */

#define BACKLOG 1000u

/* A sink without a server, and so many events that batch follows batch when it comes. */
static void
open_backlog(struct fixture *f)
{
    redis_server_kill(&f->server);
    open_sink(f);
    emit_flows(f, BACKLOG);
}

static void
a_backlog_is_sent_once_whatever_is_cut(void **state)
{
    struct fixture *f = *state;

    static const enum redis_proxy_cut cuts[] = {REDIS_PROXY_PASS, REDIS_PROXY_LOSE_REQUEST,
                                                REDIS_PROXY_LOSE_REPLY, REDIS_PROXY_STALL,
                                                REDIS_PROXY_GARBLE};
    struct redis_proxy *proxy = redis_proxy_start(&f->server);
    f->settings.url = redis_proxy_url(proxy);
    for (unsigned i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
        open_backlog(f);
        redis_proxy_cut(proxy, cuts[i]);
        redis_server_start(&f->server);
        drain(f);
        assert_ids(f, (i + 1) * BACKLOG);
        assert_true(get_stats(f).ahead > 0);
        assert_int_equal(sink_account(&f->sink).delivered, BACKLOG);
        close_sink(f);
    }
    redis_proxy_stop(proxy);
}

/* The server's memory ends in the middle of it. */
static void
refuse_midway(struct fixture *f, bool may_discard)
{
    open_backlog(f);
    redis_server_start(&f->server);
    if (!may_discard) {
        freeReplyObject(redis_server_ask(&f->server, "ACL SETUSER default -discard"));
    }
    freeReplyObject(redis_server_ask(&f->server, "CONFIG SET maxmemory 2500000"));
    await_error(f, CW_REDIS_ERROR_OOM);
    assert_true(sink_account(&f->sink).pending > 0);
    freeReplyObject(redis_server_ask(&f->server, "CONFIG SET maxmemory 0"));
    drain(f);
    assert_ids(f, BACKLOG);
    assert_int_equal(get_stats(f).lost_after_ack, 0);
    close_sink(f);
}

static void
a_backlog_that_is_refused_midway_keeps_its_order(void **state)
{
    refuse_midway(*state, true);
}

static void
so_it_does_without_the_right_to_discard(void **state)
{
    refuse_midway(*state, false);
}

/* ---- the lease ---- */

static void
a_second_publisher_is_refused_and_told_of_the_first(void **state)
{
    struct fixture *f = *state;
    open_sink(f);
    struct camwatch_redis_settings second = f->settings;
    struct cw_sink sink;
    second.boot_id = "other";
    assert_int_equal(cw_redis_open(&second, &sink, &f->error), CAMWATCH_EBUSY);
    assert_non_null(strstr(f->error.text, "b7c1@"));
    f->error.text[0] = '\0';
    close_sink(f); /* gives the lease back */
    assert_int_equal(redis_server_tell(&f->server, "EXISTS camwatch:{site1}:owner"), 0);
    assert_int_equal(cw_redis_open(&second, &sink, &f->error), CAMWATCH_OK);
    sink.ops->close(sink.self);
}

static void
the_lease_of_a_dead_process_runs_out(void **state)
{
    struct fixture *f = *state;
    freeReplyObject(
        redis_server_ask(&f->server, "SET camwatch:{site1}:owner dead@host:1 PX 1000"));
    open_sink(f);
    emit_flows(f, 1);
    drain(f);
    close_sink(f);
}

static void
who_lost_the_lease_cannot_write(void **state)
{
    struct fixture *f = *state;
    open_sink(f);
    emit_flows(f, 2);
    drain(f);
    freeReplyObject(
        redis_server_ask(&f->server, "SET camwatch:{site1}:owner thief@host:1 PX 1500"));
    emit_flows(f, 3);
    (void)f->sink.ops->flush(f->sink.self);
    sleep_ms(700);
    assert_int_equal(redis_server_tell(&f->server, "XLEN " FLOWS), 2);
    assert_int_equal(sink_account(&f->sink).pending, 3);
    assert_notice(f, "redis-owner");
    drain(f); /* the thief never renews */
    assert_ids(f, 5);
    close_sink(f);
}

static void
an_idle_publisher_keeps_its_lease(void **state)
{
    struct fixture *f = *state;
    open_sink(f);
    for (int i = 0; i < 12; i++) {
        sleep_ms(200);
        assert_true(redis_server_tell(&f->server, "PTTL camwatch:{site1}:owner") > 300);
    }
    close_sink(f);
}

/* ---- the spool over restarts ---- */

static void
the_spool_outlives_a_restart_while_the_server_is_away(void **state)
{
    struct fixture *f = *state;
    f->settings.spool_folder = f->spool;
    open_sink(f);
    emit_flows(f, 2);
    drain(f);
    redis_server_kill(&f->server);
    emit_flows(f, 300);
    close_sink(f);
    open_sink(f); /* the server is still away */
    assert_int_equal(get_stats(f).recovered, 300);
    emit_flows(f, 300);
    close_sink(f);
    redis_server_start(&f->server);
    open_sink(f);
    emit_flows(f, 1);
    drain(f);
    assert_ids(f, 603);
    close_sink(f);
    open_sink(f);
    assert_int_equal(get_stats(f).recovered, 0);
    close_sink(f);
}

enum { ROUNDS = 5, ROUND_LEAST = 100 };

/* Emits until it is killed; tells when it has emitted enough to be worth it. */
static void
emit_in_child(struct fixture *f, int tell)
{
    if (cw_redis_open(&f->settings, &f->sink, &f->error) != CAMWATCH_OK) {
        (void)fprintf(stderr, "%s\n", f->error.text);
        _exit(1);
    }
    struct cw_redis_stats stats;
    cw_redis_get_stats(f->sink.self, &stats);
    f->context.sequence[CAMWATCH_STREAM_FLOWS] = stats.appended[CAMWATCH_STREAM_FLOWS];
    emit_flows(f, ROUND_LEAST);
    (void)!write(tell, "x", 1);
    for (;;) {
        emit_flows(f, 1);
    }
}

static void
a_killed_publisher_costs_nothing_that_was_written(void **state)
{
    struct fixture *f = *state;
    f->settings.spool_folder = f->spool;
    f->settings.fsync = CAMWATCH_FSYNC_NONE;
    for (unsigned round = 0; round < ROUNDS; round++) {
        int ready[2];
        char byte;
        assert_int_equal(pipe(ready), 0);
        pid_t child = fork();
        if (child == 0) {
            emit_in_child(f, ready[1]);
        }
        (void)close(ready[1]);
        assert_int_equal(read(ready[0], &byte, 1), 1);
        (void)close(ready[0]);
        sleep_ms(20 + 40 * round);
        assert_int_equal(kill(child, SIGKILL), 0);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
    }
    open_sink(f);
    drain(f);
    struct cw_redis_stats stats = get_stats(f);
    assert_int_equal(stats.damaged, 0);
    assert_int_equal(stats.foreign + stats.gone + stats.rolled_back, 0);
    assert_true(stats.appended[CAMWATCH_STREAM_FLOWS] > 0);
    assert_ids(f, (unsigned)stats.appended[CAMWATCH_STREAM_FLOWS]);
    close_sink(f);
}

static void
a_second_process_cannot_have_the_spool(void **state)
{
    struct fixture *f = *state;
    struct cw_sink sink;
    f->settings.spool_folder = f->spool;
    open_sink(f);
    assert_int_equal(cw_redis_open(&f->settings, &sink, &f->error), CAMWATCH_EBUSY);
    assert_non_null(strstr(f->error.text, "spool"));
    close_sink(f);
}

/* ---- what is refused, and what goes first ---- */

static void
a_full_spool_refuses_stats_first_and_alerts_last(void **state)
{
    struct fixture *f = *state;
    f->settings.spool_bytes = 2 << 20;
    open_sink(f);
    drain(f);
    redis_server_kill(&f->server);
    emit_flows(f, 2000);
    uint64_t lost = sink_account(&f->sink).lost;
    assert_true(lost > 0);
    for (int i = 0; i < 3; i++) {
        emit_stats(f);
    }
    assert_int_equal(sink_account(&f->sink).lost, lost + 3);
    for (int i = 0; i < 50; i++) {
        emit_alert(f);
    }
    assert_int_equal(sink_account(&f->sink).lost, lost + 3);
    assert_int_equal(sink_account(&f->sink).spool_full, lost + 3);
    assert_notice(f, "spool-high");
    redis_server_start(&f->server);
    drain(f);
    assert_int_equal(redis_server_tell(&f->server, "XLEN camwatch:{site1}:alerts"), 50);
    close_sink(f);
}

static void
alerts_go_first(void **state)
{
    struct fixture *f = *state;
    open_sink(f);
    redis_server_kill(&f->server);
    emit_flows(f, 2000);
    emit_alert(f);
    f->clock_ms = NOW_MS;
    redis_server_start(&f->server);
    for (int i = 0; i < 800; i++) {
        long long alerts = redis_server_tell(&f->server, "XLEN camwatch:{site1}:alerts");
        long long flows = redis_server_tell(&f->server, "XLEN " FLOWS);
        if (flows > 0) {
            assert_int_equal(alerts, 1);
            break;
        }
        sleep_ms(5);
    }
    drain(f);
    assert_ids(f, 2000);
    close_sink(f);
}

/* ---- between us and the server ---- */

static void
a_line_that_stalls_or_garbles_costs_nothing(void **state)
{
    struct fixture *f = *state;
    struct redis_proxy *proxy = redis_proxy_start(&f->server);
    f->settings.url = redis_proxy_url(proxy);
    f->settings.timeout_ms = 300;
    open_sink(f);

    static const enum redis_proxy_cut cuts[] = {REDIS_PROXY_STALL, REDIS_PROXY_GARBLE,
                                                REDIS_PROXY_LOSE_REPLY, REDIS_PROXY_GARBLE,
                                                REDIS_PROXY_LOSE_REQUEST};

    for (unsigned i = 0; i < 5; i++) {
        emit_flows(f, 10);
        redis_proxy_cut(proxy, cuts[i]);
        emit_flows(f, 10);
        drain(f);
    }
    assert_ids(f, 100);
    assert_true(get_stats(f).cuts >= 4);
    close_sink(f);
    redis_proxy_stop(proxy);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(ids_follow_the_clock_and_never_go_back),
        CASE(a_last_id_in_the_future_is_gone_on_from),
        CASE(a_stream_without_ids_left_waits_for_the_operator),
        CASE(a_foreign_writer_is_noticed_and_gone_above),
        CASE(what_a_server_lost_is_sent_again),
        CASE(what_cannot_be_sent_again_is_counted),
        CASE(a_backlog_is_sent_once_whatever_is_cut),
        CASE(a_backlog_that_is_refused_midway_keeps_its_order),
        CASE(so_it_does_without_the_right_to_discard),
        CASE(a_second_publisher_is_refused_and_told_of_the_first),
        CASE(the_lease_of_a_dead_process_runs_out),
        CASE(who_lost_the_lease_cannot_write),
        CASE(an_idle_publisher_keeps_its_lease),
        CASE(the_spool_outlives_a_restart_while_the_server_is_away),
        CASE(a_killed_publisher_costs_nothing_that_was_written),
        CASE(a_second_process_cannot_have_the_spool),
        CASE(a_full_spool_refuses_stats_first_and_alerts_last),
        CASE(alerts_go_first),
        CASE(a_line_that_stalls_or_garbles_costs_nothing),
    };
    if (!redis_server_exists()) {
        (void)fprintf(stderr, "skipped: no redis-server on this machine\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
