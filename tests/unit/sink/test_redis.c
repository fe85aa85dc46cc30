/* SPDX-License-Identifier: Apache-2.0
 *
 * The sink against a server of its own. Skipped where there is no redis-server.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <hiredis.h>

#include "redis_server.h"
#include "samples.h"
#include "sink/redis.h"
#include "sink/redis_tls.h"

#define PASSWORD "hunter2-very-secret"
#define FLOWS    "camwatch:{site1}:flows"

struct fixture {
    struct redis_server server;
    struct camwatch_event *event;
    struct cw_event_context context;
    struct camwatch_redis_settings settings;
    struct cw_sink sink;
    struct camwatch_error error;
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    if (!f) {
        return -1;
    }
    redis_server_start(&f->server);
    (void)unsetenv("CAMWATCH_REDIS_PASSWORD");
    f->event = cw_event_new();
    f->context = sample_context(false);
    camwatch_redis_settings_default(&f->settings);
    f->settings.url = f->server.url;
    f->settings.sensor = "site1";
    f->settings.timeout_ms = 1000;
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
open_sink(struct fixture *f)
{
    int status = cw_redis_open(&f->settings, &f->sink, &f->error);
    if (status != CAMWATCH_OK) {
        print_error("%s\n", f->error.text);
    }
    assert_int_equal(status, CAMWATCH_OK);
}

static void
emit_flow(struct fixture *f)
{
    struct cw_record_flow flow = sample_flow();
    cw_event_from_flow(f->event, &flow, &f->context);
    cw_event_finish(f->event, &f->context);
    f->sink.ops->emit(f->sink.self, f->event);
}

static void
emit_alert(struct fixture *f)
{
    struct cw_record_alert alert = sample_alert();
    cw_event_from_alert(f->event, &alert, &f->context);
    cw_event_finish(f->event, &f->context);
    f->sink.ops->emit(f->sink.self, f->event);
}

static void
emit_flows(struct fixture *f, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        emit_flow(f);
    }
}

/* Flush, and give the sender half a second. */
static int
flush(struct fixture *f)
{
    int status = CAMWATCH_EAGAIN;
    for (int i = 0; i < 50 && status != CAMWATCH_OK; i++) {
        const struct timespec t = {.tv_nsec = 10000000};
        status = f->sink.ops->flush(f->sink.self);
        if (status != CAMWATCH_OK) {
            (void)nanosleep(&t, NULL);
        }
    }
    return status;
}

static void
close_sink(struct fixture *f)
{
    f->sink.ops->close(f->sink.self);
}

static struct camwatch_sink_account
get_account(const struct fixture *f)
{
    struct camwatch_sink_account a = {.size = sizeof(a)};
    f->sink.ops->account(f->sink.self, &a);
    assert_int_equal(a.given, a.delivered + a.refused + a.lost + a.pending);
    return a;
}

static struct cw_redis_stats
get_stats(const struct fixture *f)
{
    struct cw_redis_stats stats;
    cw_redis_get_stats(f->sink.self, &stats);
    return stats;
}

/* Flush until everything is out, for at most ten seconds. */
static void
flush_until_done(struct fixture *f)
{
    for (int i = 0; i < 20 && flush(f) != CAMWATCH_OK; i++) {
    }
    assert_int_equal(get_account(f).pending, 0);
}

/* Among the notices there is one of this name. */
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

static const char *
find_value(const redisReply *fields, const char *name)
{
    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        if (strcmp(fields->element[i]->str, name) == 0) {
            return fields->element[i + 1]->str;
        }
    }
    return NULL;
}

/* The stream holds the live ids 1..n of this boot, in order, each once. */
static void
assert_ids(const struct fixture *f, unsigned n)
{
    redisReply *entries = redis_server_ask(&f->server, "XRANGE " FLOWS " - +");
    assert_int_equal(entries->elements, n);
    for (unsigned i = 0; i < n; i++) {
        char expected[32];
        (void)snprintf(expected, sizeof(expected), "b7c1-F%06u", i + 1);
        assert_string_equal(find_value(entries->element[i]->element[1], "event.id"), expected);
    }
    freeReplyObject(entries);
}

static void
assert_entry(const redisReply *entry, const struct camwatch_event *event)
{
    const redisReply *fields = entry->element[1];
    size_t at = 0;
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        const struct camwatch_field_info *info = camwatch_field_info(i);
        if (!(info->streams & 1u << camwatch_event_get_stream(event))) {
            continue;
        }
        assert_true(at + 1 < fields->elements);
        assert_string_equal(fields->element[at]->str, info->name);
        assert_string_equal(fields->element[at + 1]->str, camwatch_event_text(event, i));
        at += 2;
    }
    assert_int_equal(fields->elements, at);
}

static void
an_entry_has_all_fields_of_its_stream_in_order(void **state)
{
    struct fixture *f = *state;
    struct cw_record_flow flow = sample_flow();
    struct cw_record_stats stats = sample_stats();
    struct cw_record_alert alert = sample_alert();
    struct camwatch_device device = sample_device();
    device.name = "say \"cheese\"\r\n$3\r\nfoo\xff";
    open_sink(f);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        switch (i) {
        case CAMWATCH_STREAM_FLOWS:
            cw_event_from_flow(f->event, &flow, &f->context);
            break;
        case CAMWATCH_STREAM_STATS:
            cw_event_from_stats(f->event, &stats, &f->context);
            break;
        case CAMWATCH_STREAM_ALERTS:
            cw_event_from_alert(f->event, &alert, &f->context);
            break;
        default:
            cw_event_from_device(f->event, CAMWATCH_EVENT_DEVICE_NEW, SAMPLE_TIME_NS, &device,
                                 "", &f->context);
        }
        cw_event_finish(f->event, &f->context);
        f->sink.ops->emit(f->sink.self, f->event);
        assert_int_equal(flush(f), CAMWATCH_OK);
        redisReply *entries = redis_server_ask(&f->server, "XRANGE camwatch:{site1}:%s - +",
                                               camwatch_stream_text(i));
        assert_int_equal(entries->elements, 1);
        assert_entry(entries->element[0], f->event);
        freeReplyObject(entries);
    }
    assert_int_equal(get_account(f).delivered, 4);
    assert_int_equal(get_stats(f).state_failed, 0);
    close_sink(f);
}

static void
state_keys_tell_the_present(void **state)
{
    struct fixture *f = *state;
    struct cw_record_stats stats = sample_stats();
    struct camwatch_device device = sample_device();
    open_sink(f);
    cw_event_from_device(f->event, CAMWATCH_EVENT_DEVICE_NEW, SAMPLE_TIME_NS, &device, "",
                         &f->context);
    f->sink.ops->emit(f->sink.self, f->event);
    cw_event_from_stats(f->event, &stats, &f->context);
    f->sink.ops->emit(f->sink.self, f->event);
    close_sink(f);
    redisReply *reply = redis_server_ask(
        &f->server, "HGET camwatch:{site1}:device:mac:00-00-5E-00-53-01 camwatch.device.brand");
    assert_string_equal(reply->str, "Example Vision");
    freeReplyObject(reply);
    reply = redis_server_ask(&f->server, "ZSCORE camwatch:{site1}:index mac:00-00-5E-00-53-01");
    assert_string_equal(reply->str, "1700000000123");
    freeReplyObject(reply);
    long long ttl = redis_server_tell(&f->server, "TTL camwatch:{site1}:sensor");
    assert_true(ttl > 0 && ttl <= 60);
}

static void
a_device_that_goes_on_by_another_id_leaves_nothing_behind(void **state)
{
    struct fixture *f = *state;
    struct camwatch_device device = sample_device();
    device.id = "ip:default:0:192.0.2.10";
    open_sink(f);
    cw_event_from_device(f->event, CAMWATCH_EVENT_DEVICE_NEW, SAMPLE_TIME_NS, &device, "",
                         &f->context);
    f->sink.ops->emit(f->sink.self, f->event);
    close_sink(f); /* the state keys follow behind the streams */
    assert_int_equal(
        redis_server_tell(&f->server, "EXISTS camwatch:{site1}:device:%s", device.id), 1);
    open_sink(f);
    struct camwatch_device now = sample_device();
    cw_event_from_device(f->event, CAMWATCH_EVENT_DEVICE_CHANGED, SAMPLE_TIME_NS, &now, "",
                         &f->context);
    cw_event_set_former_id(f->event, device.id);
    f->sink.ops->emit(f->sink.self, f->event);
    close_sink(f);
    assert_int_equal(
        redis_server_tell(&f->server, "EXISTS camwatch:{site1}:device:%s", device.id), 0);
    assert_int_equal(redis_server_tell(&f->server, "ZCARD camwatch:{site1}:index"), 1);
    assert_int_equal(
        redis_server_tell(&f->server, "EXISTS camwatch:{site1}:device:%s", now.id), 1);
}

static void
streams_stay_bounded(void **state)
{
    struct fixture *f = *state;
    f->settings.maxlen[CAMWATCH_STREAM_FLOWS] = 100;
    open_sink(f);
    emit_flows(f, 3000);
    flush_until_done(f);
    long long n = redis_server_tell(&f->server, "XLEN " FLOWS);
    assert_true(n >= 100 && n < 400); /* '~': whole nodes go */
    assert_int_equal(get_account(f).delivered, 3000);
    close_sink(f);
}

static int64_t
get_clock(void *user)
{
    return *(const int64_t *)user;
}

static long long
await_number(struct fixture *f, const char *question, long long wanted)
{
    long long n = redis_server_tell(&f->server, question);
    for (int i = 0; i < 300 && n != wanted; i++) {
        const struct timespec t = {.tv_nsec = 10000000};
        (void)nanosleep(&t, NULL);
        n = redis_server_tell(&f->server, question);
    }
    return n;
}

static void
what_is_too_old_goes(void **state)
{
    struct fixture *f = *state;
    int64_t clock_ms = INT64_C(1772442000000);
    f->settings.clock_ms = get_clock;
    f->settings.clock_user = &clock_ms;
    open_sink(f);
    emit_flows(f, 250);
    emit_alert(f);
    flush_until_done(f);
    close_sink(f);
    clock_ms += 601000;
    f->settings.max_age_s[CAMWATCH_STREAM_FLOWS] = 600;
    open_sink(f); /* writes nothing there: age does not wait for new entries */
    assert_int_equal(await_number(f, "XLEN " FLOWS, 0), 0);
    for (int i = 0; i < 2000 && get_stats(f).trimmed == 0; i++) { /* counted behind the reply */
        (void)usleep(10000);
    }
    assert_int_equal(get_stats(f).trimmed, 250);
    emit_flows(f, 10);
    flush_until_done(f);
    assert_int_equal(redis_server_tell(&f->server, "XLEN " FLOWS), 10);
    assert_int_equal(redis_server_tell(&f->server, "XLEN camwatch:{site1}:alerts"), 1);
    assert_int_equal(get_stats(f).gone + get_stats(f).foreign + get_stats(f).rolled_back, 0);
    assert_int_equal(get_account(f).delivered, 10);
    close_sink(f);
}

static void
a_list_has_the_json_of_the_newest(void **state)
{
    struct fixture *f = *state;
    f->settings.list = "list";
    f->settings.list_max = 100;
    open_sink(f);
    emit_flows(f, 250);
    flush_until_done(f);
    assert_int_equal(redis_server_tell(&f->server, "LLEN camwatch:{site1}:list"), 100);
    size_t len;
    const char *json = camwatch_event_json(f->event, &len);
    redisReply *last = redis_server_ask(&f->server, "LINDEX camwatch:{site1}:list -1");
    assert_int_equal(last->len, len);
    assert_memory_equal(last->str, json, len);
    freeReplyObject(last);
    redisReply *entries = redis_server_ask(&f->server, "XRANGE " FLOWS " - + COUNT 1");
    const redisReply *fields = entries->element[0]->element[1];
    assert_string_not_equal(fields->element[fields->elements - 2]->str, "json");
    freeReplyObject(entries);
    close_sink(f);
    f->settings.with_json = true; /* in both */
    open_sink(f);
    emit_flow(f);
    flush_until_done(f);
    entries = redis_server_ask(&f->server, "XREVRANGE " FLOWS " + - COUNT 1");
    fields = entries->element[0]->element[1];
    assert_string_equal(fields->element[fields->elements - 2]->str, "json");
    freeReplyObject(entries);
    close_sink(f);
}

static void
a_list_that_cannot_be_keeps_no_event_from_its_stream(void **state)
{
    struct fixture *f = *state;
    (void)redis_server_tell(&f->server, "SET camwatch:{site1}:list x");
    f->settings.list = "list";
    open_sink(f);
    emit_flows(f, 20);
    flush_until_done(f);
    assert_int_equal(get_account(f).delivered, 20);
    assert_int_equal(get_stats(f).list_failed, 20);
    assert_non_null(strstr(get_account(f).last_error, ":list"));
    close_sink(f);
    f->settings.list = "owner";
    assert_int_equal(cw_redis_open(&f->settings, &f->sink, &f->error), CAMWATCH_EINVAL);
}

static void
a_full_server_is_waited_for(void **state)
{
    struct fixture *f = *state;
    open_sink(f);
    (void)redis_server_tell(&f->server, "CONFIG SET maxmemory 1000");
    emit_flows(f, 10);
    assert_int_equal(flush(f), CAMWATCH_EAGAIN);
    struct camwatch_sink_account a = get_account(f);
    assert_int_equal(a.pending, 10);
    assert_non_null(strstr(a.last_error, "OOM"));
    assert_true(get_stats(f).errors[CW_REDIS_ERROR_OOM] > 0);
    (void)redis_server_tell(&f->server, "CONFIG SET maxmemory 0");
    flush_until_done(f);
    assert_ids(f, 10);
    close_sink(f);
}

static void
a_full_server_is_not_waited_for_without_end(void **state)
{
    struct fixture *f = *state;
    f->settings.wait = true;
    f->settings.wait_ms = 300;
    open_sink(f);
    (void)redis_server_tell(&f->server, "CONFIG SET maxmemory 1000");
    emit_flows(f, 10);
    assert_int_equal(flush(f), CAMWATCH_EAGAIN);
    assert_int_equal(get_account(f).pending, 10);
    close_sink(f);
}

static void
a_user_without_the_right_is_told_so(void **state)
{
    struct fixture *f = *state;
    char url[160];
    (void)redis_server_tell(&f->server, "ACL SETUSER prod on >" PASSWORD " ~* +@all -xadd");
    (void)snprintf(url, sizeof(url), "unix://prod@%s", f->server.socket);
    f->settings.url = url;
    (void)setenv("CAMWATCH_REDIS_PASSWORD", PASSWORD, 1);
    open_sink(f);
    emit_flows(f, 5);
    assert_int_equal(flush(f), CAMWATCH_EAGAIN);
    struct camwatch_sink_account a = get_account(f);
    assert_int_equal(a.pending, 5);
    assert_non_null(strstr(a.last_error, "NOPERM"));
    assert_true(get_stats(f).errors[CW_REDIS_ERROR_NOPERM] > 0);
    (void)redis_server_tell(&f->server, "ACL SETUSER prod +xadd"); /* mended: nothing is lost */
    flush_until_done(f);
    assert_ids(f, 5);
    close_sink(f);
}

static void
a_key_of_another_type_is_refused(void **state)
{
    struct fixture *f = *state;
    open_sink(f);
    emit_flows(f, 2);
    assert_int_equal(flush(f), CAMWATCH_OK);
    (void)redis_server_tell(&f->server, "DEL " FLOWS);
    (void)redis_server_tell(&f->server, "SET " FLOWS " x");
    emit_flows(f, 3);
    emit_alert(f); /* other streams go on */
    assert_int_equal(flush(f), CAMWATCH_EAGAIN);
    struct camwatch_sink_account a = get_account(f);
    assert_int_equal(a.delivered, 3);
    assert_int_equal(a.pending, 3);
    assert_non_null(strstr(a.last_error, FLOWS));
    assert_true(get_stats(f).errors[CW_REDIS_ERROR_WRONGTYPE] > 0);
    close_sink(f);
    assert_int_equal(cw_redis_open(&f->settings, &f->sink, &f->error), CAMWATCH_EREFUSED);
    assert_non_null(strstr(f->error.text, "WRONGTYPE"));
}

static void
a_lost_reply_is_proved_and_not_repeated(void **state)
{
    struct fixture *f = *state;
    struct redis_proxy *proxy = redis_proxy_start(&f->server);
    f->settings.url = redis_proxy_url(proxy);
    open_sink(f);
    emit_flows(f, 3);
    assert_int_equal(flush(f), CAMWATCH_OK);
    redis_proxy_cut(proxy, REDIS_PROXY_LOSE_REPLY);
    emit_flows(f, 4);
    flush_until_done(f);
    emit_flows(f, 2);
    flush_until_done(f);
    assert_ids(f, 9);
    assert_int_equal(get_account(f).delivered, 9);
    assert_int_equal(get_stats(f).cuts, 1);
    assert_int_equal(get_stats(f).proved, 4);
    assert_int_equal(get_stats(f).connects, 2);
    close_sink(f);
    redis_proxy_stop(proxy);
}

static void
a_lost_request_is_proved_and_sent_again(void **state)
{
    struct fixture *f = *state;
    struct redis_proxy *proxy = redis_proxy_start(&f->server);
    f->settings.url = redis_proxy_url(proxy);
    open_sink(f);
    for (unsigned round = 0; round < 2; round++) { /* the first on an empty stream */
        redis_proxy_cut(proxy, REDIS_PROXY_LOSE_REQUEST);
        emit_flows(f, 4);
        flush_until_done(f);
        assert_ids(f, 4 * (round + 1));
    }
    assert_int_equal(get_stats(f).cuts, 2);
    assert_int_equal(get_stats(f).proved, 0);
    close_sink(f);
    redis_proxy_stop(proxy);
}

static void
a_server_that_forgot_is_never_called_delivered(void **state)
{
    struct fixture *f = *state;
    struct redis_proxy *proxy = redis_proxy_start(&f->server);
    f->settings.url = redis_proxy_url(proxy);
    open_sink(f);
    emit_flows(f, 3);
    assert_int_equal(flush(f), CAMWATCH_OK);
    redis_proxy_cut(proxy, REDIS_PROXY_FORGET); /* EXEC, FLUSHALL, cut */
    emit_flows(f, 4);
    flush_until_done(f);
    assert_int_equal(get_stats(f).gone, 1);
    assert_int_equal(get_stats(f).replayed, 3);
    assert_int_equal(get_stats(f).proved, 0);
    assert_ids(f, 7); /* what was acknowledged is sent again, before what is new */
    assert_int_equal(get_account(f).delivered, 7);
    assert_notice(f, "redis-stream-gone");
    close_sink(f);
    redis_proxy_stop(proxy);
}

static void *
kill_and_restart(void *arg)
{
    struct redis_server *server = arg;
    const struct timespec t = {.tv_nsec = 150000000};
    for (int i = 0; i < 2; i++) {
        (void)nanosleep(&t, NULL);
        redis_server_kill(server);
        (void)nanosleep(&t, NULL);
        redis_server_start(server);
    }
    return NULL;
}

/* Killed twice in mid-traffic: with a server that keeps what it acknowledged, each event is there
   once. */
static void
a_killed_server_costs_nothing_in_wait_mode(void **state)
{
    struct fixture *f = *state;
    pthread_t killer;
    f->settings.wait = true;
    f->settings.wait_ms = 20000;
    open_sink(f);
    assert_int_equal(pthread_create(&killer, NULL, kill_and_restart, &f->server), 0);
    unsigned n = 0;
    const struct timespec t = {.tv_nsec = 1000000};
    for (; n < 400; n++) {
        emit_flow(f);
        if (n % 3 == 0) {
            assert_int_equal(flush(f), CAMWATCH_OK);
        }
        (void)nanosleep(&t, NULL);
    }
    assert_int_equal(pthread_join(killer, NULL), 0);
    assert_int_equal(flush(f), CAMWATCH_OK);
    struct camwatch_sink_account a = get_account(f);
    assert_int_equal(a.delivered, n);
    assert_int_equal(a.lost + a.refused + a.pending, 0);
    assert_true(get_stats(f).connects >= 2);
    assert_int_equal(get_stats(f).gone + get_stats(f).rolled_back, 0);
    assert_ids(f, n);
    close_sink(f);
}

static void
a_server_that_is_away_never_blocks_live(void **state)
{
    struct fixture *f = *state;
    f->settings.spool_bytes = 4 << 20;
    open_sink(f);
    emit_flows(f, 1);
    assert_int_equal(flush(f), CAMWATCH_OK);
    redis_server_kill(&f->server);
    emit_flows(f, 5000); /* more than the spool may hold */
    assert_int_equal(flush(f), CAMWATCH_EAGAIN);
    struct camwatch_sink_account a = get_account(f);
    assert_int_equal(a.delivered, 1);
    assert_true(a.pending > 500);
    assert_true(a.lost > 1000);
    redis_server_start(&f->server);
    flush_until_done(f);
    assert_int_equal(redis_server_tell(&f->server, "XLEN " FLOWS), 1 + a.pending);
    close_sink(f);
}

static void
no_message_holds_the_password(void **state)
{
    struct fixture *f = *state;
    char file[128], url[160];
    (void)snprintf(file, sizeof(file), "%s/password", f->server.folder);
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    (void)fputs(PASSWORD "\n", out);
    (void)fclose(out);

    f->settings.password_file = file; /* a server without one refuses it too */
    assert_int_equal(cw_redis_open(&f->settings, &f->sink, &f->error), CAMWATCH_EREFUSED);
    assert_null(strstr(f->error.text, PASSWORD));

    (void)redis_server_tell(&f->server, "CONFIG SET requirepass other");
    assert_int_equal(cw_redis_open(&f->settings, &f->sink, &f->error), CAMWATCH_EREFUSED);
    assert_non_null(strstr(f->error.text, "WRONGPASS"));
    assert_null(strstr(f->error.text, PASSWORD));

    f->settings.password_file = NULL;
    assert_int_equal(cw_redis_open(&f->settings, &f->sink, &f->error), CAMWATCH_EREFUSED);
    assert_non_null(strstr(f->error.text, "NOAUTH"));

    (void)snprintf(url, sizeof(url), "redis://user:%s@127.0.0.1", PASSWORD);
    f->settings.url = url;
    assert_int_equal(cw_redis_open(&f->settings, &f->sink, &f->error), CAMWATCH_EINVAL);
    assert_null(strstr(f->error.text, PASSWORD));

    f->settings.url = "redis://203.0.113.1";
    f->settings.password_file = file;
    assert_int_equal(cw_redis_open(&f->settings, &f->sink, &f->error), CAMWATCH_EINVAL);
    assert_non_null(strstr(f->error.text, "--insecure-redis"));
    assert_null(strstr(f->error.text, PASSWORD));
}

static void
the_right_password_opens(void **state)
{
    struct fixture *f = *state;
    (void)setenv("CAMWATCH_REDIS_PASSWORD", PASSWORD, 1);
    (void)redis_server_tell(&f->server, "CONFIG SET requirepass " PASSWORD);
    open_sink(f);
    emit_flows(f, 1);
    assert_int_equal(flush(f), CAMWATCH_OK);
    close_sink(f);
}

static void
a_bad_sensor_name_or_server_is_explained(void **state)
{
    struct fixture *f = *state;
    f->settings.sensor = "a}b";
    assert_int_equal(cw_redis_open(&f->settings, &f->sink, &f->error), CAMWATCH_EINVAL);
    f->settings.sensor = "site1";
    f->settings.wait = true;
    f->settings.url = "rediss://127.0.0.1";
    assert_int_equal(cw_redis_open(&f->settings, &f->sink, &f->error),
                     cw_redis_tls_is_built() ? CAMWATCH_EIO : CAMWATCH_EUNSUPPORTED);
    f->settings.url = "redis://127.0.0.1";
    f->settings.tls_ca = "/dev/null";
    assert_int_equal(cw_redis_open(&f->settings, &f->sink, &f->error), CAMWATCH_EINVAL);
    assert_non_null(strstr(f->error.text, "rediss://"));
    f->settings.tls_ca = NULL;
    f->settings.url = "unix:///nonexistent.sock";
    assert_int_equal(cw_redis_open(&f->settings, &f->sink, &f->error), CAMWATCH_EIO);
    assert_non_null(strstr(f->error.text, "/nonexistent.sock"));
}

struct findings {
    unsigned n_errors, n_notes;
    char all[2048];
};

static void
collect(void *user, bool is_error, const char *text)
{
    struct findings *found = user;
    found->n_errors += is_error;
    found->n_notes += !is_error;
    size_t used = strlen(found->all);
    (void)snprintf(found->all + used, sizeof(found->all) - used, "%s\n", text);
}

static void
check_finds_what_is_wrong(void **state)
{
    struct fixture *f = *state;
    struct findings good = {0}, bad = {0};
    char url[160];
    assert_int_equal(camwatch_redis_check(&f->settings, collect, &good, &f->error),
                     CAMWATCH_OK);
    assert_int_equal(good.n_errors, 0);
    assert_non_null(strstr(good.all, "has all rights"));
    assert_int_equal(redis_server_tell(&f->server, "DBSIZE"), 0); /* it wrote nothing */

    (void)redis_server_tell(&f->server, "CONFIG SET maxmemory-policy allkeys-lru");
    (void)redis_server_tell(&f->server, "SET camwatch:{site1}:alerts x");
    (void)redis_server_tell(&f->server, "ACL SETUSER prod on >" PASSWORD " ~* +@all -xadd");
    (void)snprintf(url, sizeof(url), "unix://prod@%s", f->server.socket);
    f->settings.url = url;
    (void)setenv("CAMWATCH_REDIS_PASSWORD", PASSWORD, 1);
    assert_int_equal(camwatch_redis_check(&f->settings, collect, &bad, &f->error),
                     CAMWATCH_EREFUSED);
    assert_int_equal(bad.n_errors, 3);
    assert_non_null(strstr(bad.all, "allkeys-lru"));
    assert_non_null(strstr(bad.all, "XADD: "));
    assert_non_null(strstr(bad.all, ":alerts holds a string"));
    assert_null(strstr(bad.all, PASSWORD));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_entry_has_all_fields_of_its_stream_in_order),
        CASE(state_keys_tell_the_present),
        CASE(a_device_that_goes_on_by_another_id_leaves_nothing_behind),
        CASE(streams_stay_bounded),
        CASE(what_is_too_old_goes),
        CASE(a_list_has_the_json_of_the_newest),
        CASE(a_list_that_cannot_be_keeps_no_event_from_its_stream),
        CASE(a_full_server_is_waited_for),
        CASE(a_full_server_is_not_waited_for_without_end),
        CASE(a_user_without_the_right_is_told_so),
        CASE(a_key_of_another_type_is_refused),
        CASE(a_lost_reply_is_proved_and_not_repeated),
        CASE(a_lost_request_is_proved_and_sent_again),
        CASE(a_server_that_forgot_is_never_called_delivered),
        CASE(a_killed_server_costs_nothing_in_wait_mode),
        CASE(a_server_that_is_away_never_blocks_live),
        CASE(no_message_holds_the_password),
        CASE(the_right_password_opens),
        CASE(a_bad_sensor_name_or_server_is_explained),
        CASE(check_finds_what_is_wrong),
    };
    if (!redis_server_exists()) {
        (void)fprintf(stderr, "skipped: no redis-server on this machine\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
