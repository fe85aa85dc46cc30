/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "samples.h"
#include "sink/syslog.h"
#include "sink/syslog_line.h"
#include "sink_account.h"

struct fixture {
    char folder[64], path[96], url[128];
    struct camwatch_event *event;
    struct cw_event_context context;
    struct cw_sink sink;
    struct camwatch_error error;
    int server;
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    if (!f) {
        return -1;
    }
    strcpy(f->folder, "/tmp/camwatch-syslog-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    (void)snprintf(f->path, sizeof(f->path), "%s/log", f->folder);
    f->event = cw_event_new();
    f->context = sample_context(false);
    f->server = -1;
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    if (f->sink.ops) {
        f->sink.ops->close(f->sink.self);
    }
    (void)close(f->server);
    (void)unlink(f->path);
    (void)rmdir(f->folder);
    cw_event_free(f->event);
    free(f);
    return 0;
}

static void
make_alert(struct fixture *f, const char *reason)
{
    struct cw_record_alert alert = {
        .head.time_ns = SAMPLE_TIME_NS, .severity = 3, .name = "span-silent"};
    cw_text_set(alert.reason, sizeof(alert.reason), reason);
    cw_event_from_alert(f->event, &alert, &f->context);
    cw_event_finish(f->event, &f->context);
}

static void
emit_alert(struct fixture *f, const char *reason)
{
    make_alert(f, reason);
    f->sink.ops->emit(f->sink.self, f->event);
}

static int
open_sink(struct fixture *f, const char *url)
{
    struct camwatch_syslog_settings settings;
    camwatch_syslog_settings_default(&settings);
    settings.url = url;
    return cw_syslog_open(&settings, &f->sink, &f->error);
}

/* A datagram server on a UNIX socket, as /dev/log is. */
static void
serve_unix(struct fixture *f)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, f->path);
    (void)unlink(f->path);
    f->server = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(f->server, (struct sockaddr *)&address, sizeof(address)), 0);
    (void)snprintf(f->url, sizeof(f->url), "unix://%s", f->path);
}

static unsigned
serve_inet(struct fixture *f, int type)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    f->server = socket(AF_INET, type, 0);
    assert_int_equal(bind(f->server, (struct sockaddr *)&address, len), 0);
    assert_true(type != SOCK_STREAM || listen(f->server, 4) == 0);
    assert_int_equal(getsockname(f->server, (struct sockaddr *)&address, &len), 0);
    return ntohs(address.sin_port);
}

static void
a_message_is_what_rfc_5424_says(void **state)
{
    struct fixture *f = *state;
    static const char expected[] =
        "<131>1 2023-11-14T22:13:20.123456Z site1 camwatch - sensor-alert [camwatch@32473 "
        "event.id=\"";
    char line[CW_SYSLOG_LINE_MAX + 1];
    make_alert(f, "no frame for 60 s");
    line[cw_syslog_line(f->event, 16, line)] = '\0'; /* local0.err: 16 * 8 + 3 */
    assert_memory_equal(line, expected, sizeof(expected) - 1);
    assert_non_null(
        strstr(line, " rule.id=\"span-silent\"] \xEF\xBB\xBFSensor: no frame for 60 s"));
}

static void
what_would_end_a_value_is_escaped(void **state)
{
    struct fixture *f = *state;
    char line[CW_SYSLOG_LINE_MAX + 1];
    struct cw_record_alert alert = {.head.time_ns = SAMPLE_TIME_NS, .severity = 1};
    strcpy(alert.name, "a]b\"c\\d\n");
    strcpy(alert.reason, "two\nlines");
    cw_event_from_alert(f->event, &alert, &f->context);
    cw_event_finish(f->event, &f->context);
    line[cw_syslog_line(f->event, 0, line)] = '\0';
    assert_non_null(strstr(line, "rule.id=\"a\\]b\\\"c\\\\d"));
    assert_null(strchr(line, '\n'));
}

static void
alerts_go_to_a_socket_and_nothing_else_does(void **state)
{
    struct fixture *f = *state;
    char got[CW_SYSLOG_LINE_MAX];
    serve_unix(f);
    assert_int_equal(open_sink(f, f->url), CAMWATCH_OK);
    struct cw_record_flow flow = sample_flow();
    cw_event_from_flow(f->event, &flow, &f->context);
    cw_event_finish(f->event, &f->context);
    f->sink.ops->emit(f->sink.self, f->event);
    assert_int_equal(sink_account(&f->sink).given, 0);
    emit_alert(f, "one");
    assert_int_equal(sink_account(&f->sink).delivered, 1);
    ssize_t n = recv(f->server, got, sizeof(got), 0);
    assert_true(n > 0);
    assert_memory_equal(got, "<131>1 ", 7);
    assert_int_equal(recv(f->server, got, sizeof(got), 0), -1);
}

static void
a_server_that_is_away_is_waited_for_and_the_queue_is_bounded(void **state)
{
    struct fixture *f = *state;
    (void)snprintf(f->url, sizeof(f->url), "unix://%s", f->path);
    assert_int_equal(open_sink(f, f->url), CAMWATCH_OK);
    for (unsigned i = 0; i < 300; i++) {
        emit_alert(f, "one");
    }
    assert_int_equal(sink_account(&f->sink).pending, 256);
    assert_int_equal(sink_account(&f->sink).lost, 44);
    assert_non_null(strstr(sink_account(&f->sink).last_error, f->path));
    assert_int_equal(f->sink.ops->flush(f->sink.self), CAMWATCH_EAGAIN);
    serve_unix(f);
    char got[CW_SYSLOG_LINE_MAX];
    for (unsigned i = 0; i < 1000 && sink_account(&f->sink).pending > 0; i++) {
        (void)f->sink.ops->flush(f->sink.self);
        while (recv(f->server, got, sizeof(got), 0) > 0) {
        }
        (void)usleep(10000);
    }
    assert_int_equal(sink_account(&f->sink).delivered, 256);
    assert_string_equal(sink_account(&f->sink).last_error, "");
}

static void
udp_sends_one_datagram_a_message(void **state)
{
    struct fixture *f = *state;
    char url[64], got[CW_SYSLOG_LINE_MAX];
    (void)snprintf(url, sizeof(url), "udp://127.0.0.1:%u", serve_inet(f, SOCK_DGRAM));
    assert_int_equal(open_sink(f, url), CAMWATCH_OK);
    emit_alert(f, "one");
    emit_alert(f, "two");
    for (unsigned i = 0; i < 2; i++) {
        ssize_t n = recv(f->server, got, sizeof(got) - 1, 0);
        assert_true(n > 0);
        got[n] = '\0';
        assert_non_null(strstr(got, i == 0 ? "Sensor: one" : "Sensor: two"));
    }
}

/* Read one message with its length before it. */
static void
read_framed(int fd, const char *wanted)
{
    char digits[8], text[CW_SYSLOG_LINE_MAX + 1];
    size_t used = 0, len;
    while (used < sizeof(digits) && recv(fd, &digits[used], 1, 0) == 1 && digits[used] != ' ') {
        used++;
    }
    assert_true(used > 0 && used < sizeof(digits));
    digits[used] = '\0';
    len = strtoul(digits, NULL, 10);
    assert_int_equal(recv(fd, text, len, MSG_WAITALL), (ssize_t)len);
    text[len] = '\0';
    assert_memory_equal(text, "<131>1 ", 7);
    assert_non_null(strstr(text, wanted));
}

static void
flush_until_sent(struct fixture *f)
{
    for (unsigned i = 0; i < 1000 && f->sink.ops->flush(f->sink.self) != CAMWATCH_OK; i++) {
        (void)usleep(10000);
    }
    assert_int_equal(sink_account(&f->sink).pending, 0);
}

static void
tcp_counts_octets_and_comes_back(void **state)
{
    struct fixture *f = *state;
    char url[64];
    (void)snprintf(url, sizeof(url), "tcp://127.0.0.1:%u", serve_inet(f, SOCK_STREAM));
    assert_int_equal(open_sink(f, url), CAMWATCH_OK);
    emit_alert(f, "one");
    emit_alert(f, "two");
    flush_until_sent(f);
    int peer = accept(f->server, NULL, NULL);
    read_framed(peer, "Sensor: one");
    read_framed(peer, "Sensor: two");
    (void)close(peer);
    struct pollfd wait = {.fd = -1};
    (void)poll(&wait, 1, 50); /* the FIN is on its way */
    emit_alert(f, "three");
    flush_until_sent(f);
    peer = accept(f->server, NULL, NULL);
    read_framed(peer, "Sensor: three");
    (void)close(peer);
}

static void
other_urls_are_explained(void **state)
{
    struct fixture *f = *state;
    static const char *const urls[] = {
        "",         "dev/log",        "unix://dev/log",  "tcp://",
        "udp://h:", "tcp://[::1:514", "udp://a:1234567", "udp://a:b:c"};
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        assert_int_equal(open_sink(f, urls[i]), CAMWATCH_EINVAL);
        assert_non_null(strstr(f->error.text, "udp://HOST[:514]"));
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_message_is_what_rfc_5424_says),
        CASE(what_would_end_a_value_is_escaped),
        CASE(alerts_go_to_a_socket_and_nothing_else_does),
        CASE(a_server_that_is_away_is_waited_for_and_the_queue_is_bounded),
        CASE(udp_sends_one_datagram_a_message),
        CASE(tcp_counts_octets_and_comes_back),
        CASE(other_urls_are_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
