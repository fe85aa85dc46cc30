/* SPDX-License-Identifier: Apache-2.0
 *
 * Whatever answers in place of a server: the sink neither crashes nor hangs nor takes memory, and what it
 * was given waits.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fake_redis.h"
#include "samples.h"
#include "sink/redis.h"
#include "sink/redis_batch.h"
#include "sink/redis_link.h"
#include "sink/redis_proof.h"
#include "sink/resp_scan.h"

#define KIB_MOST                                                                               \
    (96 * 1024) /* that the process may grow by: buffers of a sink, and one large reply */

static double
now_s(void)
{
    return (double)cw_redis_link_now() * 1e-9;
}

static long
resident_kib(void)
{
    long pages = 0, all;
    FILE *file = fopen("/proc/self/statm", "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &all, &pages), 2);
    (void)fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* ---- the look at bytes before they are parsed ---- */

static void
assert_scan(const char *bytes, size_t len, enum cw_resp_end expected)
{
    struct cw_resp_scan whole = {0}, step = {0};
    enum cw_resp_end end = CW_RESP_PART;
    assert_int_equal(cw_resp_scan(&whole, bytes, len), expected);
    for (size_t n = 0; n <= len && end == CW_RESP_PART; n++) { /* as if each byte came alone */
        char *copy = malloc(n + 1);
        assert_non_null(copy);
        char *at_end = copy + 1; /* one byte over is seen */
        memcpy(at_end, bytes, n);
        end = cw_resp_scan(&step, at_end, n);
        free(copy);
        assert_true(end != CW_RESP_WHOLE || n == len);
    }
    assert_int_equal(end, expected);
}

#define SCAN(text, expected) assert_scan(text, sizeof(text) - 1, expected)

static void
only_whole_replies_are_parsed(void **state)
{
    (void)state;
    SCAN("+OK\r\n", CW_RESP_WHOLE);
    SCAN("-ERR no\r\n", CW_RESP_WHOLE);
    SCAN(":-12\r\n", CW_RESP_WHOLE);
    SCAN("$-1\r\n", CW_RESP_WHOLE);
    SCAN("$0\r\n\r\n", CW_RESP_WHOLE);
    SCAN("$5\r\na\r\nbc\r\n", CW_RESP_WHOLE);
    SCAN("*0\r\n", CW_RESP_WHOLE);
    SCAN("*-1\r\n", CW_RESP_WHOLE);
    SCAN("*3\r\n:1\r\n*2\r\n$1\r\nx\r\n*0\r\n+y\r\n", CW_RESP_WHOLE);
    SCAN("*2\r\n:1\r\n", CW_RESP_PART);
    SCAN("$10\r\nabc", CW_RESP_PART);
    SCAN("HTTP/1.1 400 Bad Request\r\n", CW_RESP_WRONG);
    SCAN("$-2\r\n", CW_RESP_WRONG);
    SCAN("$1a\r\n", CW_RESP_WRONG);
    SCAN("$1000000000\r\n", CW_RESP_WRONG);
    SCAN("*99999999\r\n", CW_RESP_WRONG);
    SCAN("*18446744073709551615\r\n", CW_RESP_WRONG);
    SCAN("$\r\n", CW_RESP_WRONG);
    SCAN("\r\n", CW_RESP_WRONG);
    SCAN("+a\rb\n", CW_RESP_WRONG);
    SCAN("%1\r\n", CW_RESP_WRONG); /* RESP3, which nobody asked for */
    SCAN("*2\r\n*100000\r\n*100000\r\n", CW_RESP_WRONG);
}

static void
a_line_without_end_is_none(void **state)
{
    (void)state;
    char *bytes = malloc(CW_RESP_LINE_MAX + 1);
    struct cw_resp_scan scan = {0};
    assert_non_null(bytes);
    memset(bytes, '+', CW_RESP_LINE_MAX + 1);
    assert_int_equal(cw_resp_scan(&scan, bytes, CW_RESP_LINE_MAX - 1), CW_RESP_PART);
    assert_int_equal(cw_resp_scan(&scan, bytes, CW_RESP_LINE_MAX + 1), CW_RESP_WRONG);
    free(bytes);
}

/* ---- a connection that ends after each byte ---- */

#define TOKEN "us"
/* To a batch of two, to the proof after it and to the claim of the lease: what a good server says. */
static const char GOOD[] =
    "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n$3\r\n1-1\r\n$3\r\n1-2\r\n+OK\r\n$2\r\nus\r\n"
    "+OK\r\n$2\r\nus\r\n*4\r\n$17\r\nlast-generated-id\r\n$3\r\n1-2\r\n$13\r\n"
    "entries-added\r\n:2\r\n"
    "+OK\r\n$2\r\nus\r\n+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n";

static struct redisContext *
link_to(const char *bytes, size_t len, int *other)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(write(ends[1], bytes, len), len);
    assert_int_equal(shutdown(ends[1], SHUT_WR), 0);
    struct redisContext *link = redisConnectFd(ends[0]);
    assert_non_null(link);
    link->flags |= REDIS_BLOCK;
    *other = ends[1];
    return link;
}

static void
a_cut_at_each_byte_is_a_cut(void **state)
{
    (void)state;
    static const char payload[] = "$1\r\nf\r\n$1\r\nv\r\n";
    static const size_t batch_end =
        sizeof("+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n$3\r\n1-1\r\n$3\r\n1-2") + 1;
    char *buffer = malloc(CW_REDIS_BATCH_ROOM);
    struct cw_spool_record records[2];
    assert_non_null(buffer);
    for (unsigned i = 0; i < 2; i++) {
        records[i] = (struct cw_spool_record){
            .n_words = 2, .len = sizeof(payload) - 1, .payload = payload};
    }
    for (size_t len = 0; len < sizeof(GOOD); len++) {
        struct cw_redis_load load = {.key = "key", .records = records, .n = 2, .first = {1, 1}};
        struct cw_redis_owner owner = {.key = "owner", .token = TOKEN, .lease_ms = 1000};
        struct cw_redis_batch batch;
        struct cw_redis_proof proof = {.end = CW_REDIS_PROOF_CUT};
        enum cw_redis_claim claim = CW_REDIS_CLAIM_CUT;
        enum cw_redis_error error;
        char text[120];
        int other;
        struct redisContext *link = link_to(GOOD, len, &other);
        cw_redis_batch_run(link, &load, &owner, false, 0, buffer, &batch);
        assert_int_equal(batch.end, len < batch_end ? CW_REDIS_BATCH_CUT : CW_REDIS_BATCH_DONE);
        assert_int_equal(batch.delivered, len < batch_end ? 0 : 2);
        if (batch.is_armed) {
            cw_redis_prove(link, &owner, "key", &proof);
        }
        if (proof.end == CW_REDIS_PROOF_FOUND) {
            claim = cw_redis_owner_claim(link, &owner, 0, NULL, &error, text);
        }
        assert_int_equal(claim,
                         len < sizeof(GOOD) - 1 ? CW_REDIS_CLAIM_CUT : CW_REDIS_CLAIM_OURS);
        cw_redis_link_close(&link);
        (void)close(other);
    }
    free(buffer);
}

/* ---- the whole sink ---- */

struct fixture {
    char spool[64];
    struct camwatch_event *event;
    struct cw_event_context context;
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    if (!f) {
        return -1;
    }
    strcpy(f->spool, "/tmp/camwatch-hostile-XXXXXX");
    f->event = cw_event_new();
    f->context = sample_context(false);
    *state = f;
    return mkdtemp(f->spool) && f->event ? 0 : -1;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf %s", f->spool);
    int status = system(command);
    cw_event_free(f->event);
    free(f);
    return status;
}

/* A sink with a spool against such a server, for a while. */
static void
meet(struct fixture *f, const struct fake_answer *answers, size_t n, enum fake_manner manner)
{
    struct camwatch_redis_settings settings;
    struct camwatch_error error = {""};
    struct camwatch_sink_account a = {.size = sizeof(a)};
    struct cw_sink sink;
    struct fake_redis *fake = fake_redis_start(answers, n, manner);
    long before = resident_kib();
    double begin = now_s();
    camwatch_redis_settings_default(&settings);
    settings.url = fake_redis_url(fake);
    settings.sensor = "site1";
    settings.timeout_ms = 200;
    settings.lease_ms = 300;
    settings.spool_folder = f->spool;
    int status = cw_redis_open(&settings, &sink, &error);
    if (status == CAMWATCH_OK) {
        struct cw_record_flow flow = sample_flow();
        cw_event_from_flow(f->event, &flow, &f->context);
        cw_event_finish(f->event, &f->context);
        sink.ops->emit(sink.self, f->event);
        (void)sink.ops->flush(sink.self);
        (void)usleep(300000);
        sink.ops->account(sink.self, &a);
        assert_int_equal(a.delivered + a.refused, 0);
        assert_int_equal(a.given, a.pending);
        assert_true(a.last_error[0] != '\0');
        sink.ops->close(sink.self);
    } else {
        assert_true(error.text[0] != '\0');
    }
    assert_true(fake_redis_connections(fake) > 0);
    assert_true(resident_kib() - before < KIB_MOST);
    assert_true(now_s() - begin < 30);
    fake_redis_stop(fake);
}

#define A(text)                                                                                \
    {                                                                                          \
        .bytes = text, .len = sizeof(text) - 1                                                 \
    }
#define PONG   A("+PONG\r\n")
#define MASTER A("*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n")
#define MEET(f, manner, ...)                                                                   \
    do {                                                                                       \
        static const struct fake_answer answers[] = {__VA_ARGS__};                             \
        meet(f, answers, sizeof(answers) / sizeof(*answers), manner);                          \
    } while (0)

static void
garbage_and_wrong_types(void **state)
{
    struct fixture *f = *state;
    MEET(f, FAKE_WHOLE, A("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n"));
    MEET(f, FAKE_WHOLE, A("\0\0\0\0\377\377\377\377"));
    MEET(f, FAKE_WHOLE, A(":1\r\n"));
    MEET(f, FAKE_WHOLE, PONG, A("*3\r\n:1\r\n:2\r\n:3\r\n"));
    MEET(f, FAKE_WHOLE, PONG, MASTER, A("*0\r\n"));
    MEET(f, FAKE_WHOLE, PONG, MASTER, A("$-1\r\n"));
    MEET(f, FAKE_WHOLE, PONG, MASTER, A("+OK\r\n"));
    MEET(f, FAKE_WHOLE, PONG, MASTER, A("-MOVED 1 \r\n"));
    MEET(f, FAKE_WHOLE, PONG, MASTER, A("-MOVED 99999999999999999999 :::::0\r\n"));
    MEET(f, FAKE_WHOLE, A("-LOADING x\r\n"));
    MEET(f, FAKE_WHOLE, A("-\r\n"));
}

static void
huge_announcements(void **state)
{
    struct fixture *f = *state;
    MEET(f, FAKE_WHOLE, A("$2000000000\r\n"));
    MEET(f, FAKE_WHOLE, A("*2000000000\r\n"));
    MEET(f, FAKE_WHOLE, A("*9223372036854775807\r\n"));
    MEET(f, FAKE_WHOLE, PONG, A("*131072\r\n*131072\r\n*131072\r\n*131072\r\n*131072\r\n"));
    MEET(f, FAKE_WHOLE, PONG, MASTER, A("*2000000000\r\n"));
    MEET(f, FAKE_WHOLE, PONG,
         A("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"));
}

static void
endless_and_slow(void **state)
{
    struct fixture *f = *state;
    MEET(f, FAKE_ENDLESS, A("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    MEET(f, FAKE_ENDLESS, A("*1\r\n"));
    MEET(f, FAKE_ENDLESS, A("*100000\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n"));
    MEET(f, FAKE_ENDLESS, A("+PONG\r\n+PONG\r\n+PONG\r\n+PONG\r\n"));
    MEET(f, FAKE_ENDLESS,
         A("$8000000\r\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    MEET(f, FAKE_DRIP,
         A("$1000\r\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    MEET(f, FAKE_HALF, PONG, MASTER);
    MEET(f, FAKE_CUT, PONG, MASTER);
    MEET(f, FAKE_SILENT, PONG);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_whole_replies_are_parsed),
        cmocka_unit_test(a_line_without_end_is_none),
        cmocka_unit_test(a_cut_at_each_byte_is_a_cut),
        CASE(garbage_and_wrong_types),
        CASE(huge_announcements),
        CASE(endless_and_slow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
