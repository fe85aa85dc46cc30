/* SPDX-License-Identifier: Apache-2.0
 *
 * What the Redis sink needs no server for: URLs, error classes, commands, the queue.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "sink/redis_error.h"
#include "sink/redis_keys.h"
#include "sink/redis_queue.h"
#include "sink/redis_url.h"

static void
urls_are_taken_apart(void **state)
{
    (void)state;

    static const struct {
        const char *url, *host, *path, *user, *shown;
        uint16_t port;
        uint32_t db;
        bool is_private;
    } cases[] = {
        {"redis://localhost", "localhost", "", "", "localhost:6379", 6379, 0, true},
        {"redis://127.8.9.1:7000/3", "127.8.9.1", "", "", "127.8.9.1:7000", 7000, 3, true},
        {"redis://prod@r.example.com/", "r.example.com", "", "prod", "r.example.com:6379", 6379,
         0, false},
        {"redis://[2001:db8::1]:7001/12", "2001:db8::1", "", "", "[2001:db8::1]:7001", 7001, 12,
         false},
        {"redis://[::1]", "::1", "", "", "[::1]:6379", 6379, 0, true},
        {"redis://192.0.2.1", "192.0.2.1", "", "", "192.0.2.1:6379", 6379, 0, false},
        {"unix:///run/redis.sock", "", "/run/redis.sock", "", "/run/redis.sock", 0, 0, true},
        {"unix://prod@/run/r.sock?db=2", "", "/run/r.sock", "prod", "/run/r.sock", 0, 2, true},
        {"rediss://r.example.com", "r.example.com", "", "", "r.example.com:6379", 6379, 0,
         true},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct cw_redis_address a;
        struct camwatch_error error;
        assert_int_equal(cw_redis_url_parse(cases[i].url, &a, &error), CAMWATCH_OK);
        assert_string_equal(a.host, cases[i].host);
        assert_string_equal(a.path, cases[i].path);
        assert_string_equal(a.user, cases[i].user);
        assert_string_equal(a.shown, cases[i].shown);
        assert_int_equal(a.port, cases[i].port);
        assert_int_equal(a.db, cases[i].db);
        assert_int_equal(cw_redis_address_is_private(&a), cases[i].is_private);
    }
}

static void
bad_urls_are_refused_without_being_repeated(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "",
        "http://secret",
        "redis:/secret",
        "redis://",
        "redis://:6379",
        "redis://secret:0",
        "redis://secret:65536",
        "redis://secret:",
        "redis://secret:63x",
        "redis://secret/x",
        "redis://secret/99999999999",
        "redis://user:secret@host",
        "redis://:secret@host",
        "redis://user:sec@re/t@host",
        "redis://[::1",
        "redis://[::1]secret",
        "redis://[]",
        "redis://se cret",
        "redis://@secret",
        "unix://secret.sock",
        "unix:///secret?x=1",
        "unix:///secret?db=x",
        "unix://",
    };
    for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
        struct cw_redis_address a;
        struct camwatch_error error = {{0}};
        assert_int_equal(cw_redis_url_parse(urls[i], &a, &error), CAMWATCH_EINVAL);
        assert_true(error.text[0] != '\0');
        assert_null(strstr(error.text, "secret"));
    }
}

static void
errors_have_their_class_and_reaction(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        enum cw_redis_error error;
        enum cw_redis_reaction reaction;
    } cases[] = {
        {"OOM command not allowed when used memory > 'maxmemory'.", CW_REDIS_ERROR_OOM,
         CW_REDIS_RETRY},
        {"READONLY You can't write against a read only replica.", CW_REDIS_ERROR_READONLY,
         CW_REDIS_RECONNECT},
        {"LOADING Redis is loading the dataset in memory", CW_REDIS_ERROR_LOADING,
         CW_REDIS_RETRY},
        {"NOAUTH Authentication required.", CW_REDIS_ERROR_NOAUTH, CW_REDIS_RECONNECT},
        {"WRONGPASS invalid username-password pair or user is disabled.",
         CW_REDIS_ERROR_WRONGPASS, CW_REDIS_RECONNECT},
        {"NOPERM this user has no permissions to run the 'ping' command", CW_REDIS_ERROR_NOPERM,
         CW_REDIS_REFUSE},
        {"WRONGTYPE Operation against a key holding the wrong kind of value",
         CW_REDIS_ERROR_WRONGTYPE, CW_REDIS_REFUSE},
        {"MISCONF Redis is configured to save RDB snapshots, but", CW_REDIS_ERROR_MISCONF,
         CW_REDIS_RETRY},
        {"NOREPLICAS Not enough good replicas to write.", CW_REDIS_ERROR_NOREPLICAS,
         CW_REDIS_RETRY},
        {"MOVED 3999 127.0.0.1:6381", CW_REDIS_ERROR_MOVED, CW_REDIS_RECONNECT},
        {"ASK 3999 127.0.0.1:6381", CW_REDIS_ERROR_ASK, CW_REDIS_RETRY},
        {"CLUSTERDOWN Hash slot not served", CW_REDIS_ERROR_CLUSTERDOWN, CW_REDIS_RETRY},
        {"EXECABORT Transaction discarded because of previous errors.",
         CW_REDIS_ERROR_EXECABORT, CW_REDIS_RETRY},
        {"ERR max number of clients reached", CW_REDIS_ERROR_MAX_CLIENTS, CW_REDIS_RECONNECT},
        {"ERR The stream has exhausted the last possible ID, unable to add more items",
         CW_REDIS_ERROR_ID_EXHAUSTED, CW_REDIS_REFUSE},
        {"ERR syntax error", CW_REDIS_ERROR_OTHER, CW_REDIS_REFUSE},
        {"OOMPH", CW_REDIS_ERROR_OTHER, CW_REDIS_REFUSE},
        {"", CW_REDIS_ERROR_OTHER, CW_REDIS_REFUSE},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        enum cw_redis_error error = cw_redis_error_class(cases[i].text, strlen(cases[i].text));
        assert_int_equal(error, cases[i].error);
        assert_int_equal(cw_redis_error_reaction(error), cases[i].reaction);
        assert_true(cw_redis_error_help(error)[0] != '\0');
    }
}

static void
words_carry_their_lengths(void **state)
{
    (void)state;
    char bytes[64];
    struct cw_resp out = {.bytes = bytes, .size = sizeof(bytes)};
    cw_resp_command(&out, 2);
    cw_resp_word(&out, "GET");
    cw_resp_bytes(&out, "a\r\n\0b", 5);
    static const char expected[] = "*2\r\n$3\r\nGET\r\n$5\r\na\r\n\0b\r\n";
    assert_int_equal(out.used, sizeof(expected) - 1);
    assert_memory_equal(bytes, expected, out.used);
    for (size_t size = 0; size < out.used; size++) {
        struct cw_resp small = {.bytes = bytes, .size = size};
        cw_resp_command(&small, 2);
        cw_resp_word(&small, "GET");
        cw_resp_bytes(&small, "a\r\n\0b", 5);
        assert_true(small.is_full);
        assert_true(small.used <= size);
    }
}

static void
sensor_names_cannot_break_keys(void **state)
{
    (void)state;
    char key[CW_REDIS_KEY_MAX];
    assert_true(cw_redis_sensor_is_good("replay-office.pcap-20231114T221320"));
    assert_string_equal(cw_redis_key("site1", "flows", key), "camwatch:{site1}:flows");
    static const char *const bad[] = {"", "a b", "a}b", "{", "a:b", "a\n", "\xc3\x9c"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_false(cw_redis_sensor_is_good(bad[i]));
    }
}

static bool
add_number(struct cw_redis_queue *queue, unsigned number, size_t len)
{
    static char bytes[300000];
    char id[16];
    struct cw_resp room = cw_redis_queue_room(queue);
    memset(bytes, (int)('a' + number % 26), len);
    (void)snprintf(id, sizeof(id), "%u", number);
    cw_resp_bytes(&room, bytes, len);
    return cw_redis_queue_add(queue, &room, id);
}

static void
the_queue_keeps_order_and_bounds(void **state)
{
    (void)state;
    struct cw_redis_queue queue;
    const char *bytes;
    size_t len;
    assert_true(cw_redis_queue_init(&queue));
    unsigned in = 0, out = 0;
    for (unsigned round = 0; round < 400; round++) { /* many times its size in all */
        while (in - out < 20 && add_number(&queue, in, 1000 + in % 7 * 40000)) {
            in++;
        }
        uint32_t n = cw_redis_queue_batch(&queue, 7, 500000, &bytes, &len);
        assert_true(n >= 1 && n <= 7);
        assert_true(len <= 500000 || n == 1);
        for (uint32_t i = 0; i < n; i++) {
            char id[16];
            (void)snprintf(id, sizeof(id), "%u", out + i);
            assert_string_equal(cw_redis_queue_id(&queue, i), id);
        }
        assert_int_equal(bytes[0], '$');
        assert_int_equal(memchr(bytes, '\n', 20) ? ((const char *)memchr(bytes, '\n', 20))[1]
                                                 : 0,
                         'a' + out % 26);
        cw_redis_queue_drop(&queue, n, NULL);
        out += n;
    }
    while (add_number(&queue, in, 1000)) {
        in++;
    }
    assert_true(queue.n <= CW_REDIS_QUEUE_EVENTS);
    cw_redis_queue_fini(&queue);
}

static void
the_queue_keeps_what_it_is_told_to(void **state)
{
    (void)state;
    struct cw_redis_queue queue;
    const char *bytes;
    size_t len;
    assert_true(cw_redis_queue_init(&queue));
    for (unsigned i = 0; i < 6; i++) {
        assert_true(add_number(&queue, i, i + 1));
    }
    const bool keep[4] = {false, true, false, true};
    cw_redis_queue_drop(&queue, 4, keep);
    assert_int_equal(queue.n, 4);
    static const char *const left[] = {"1", "3", "4", "5"};
    for (uint32_t i = 0; i < 4; i++) {
        assert_string_equal(cw_redis_queue_id(&queue, i), left[i]);
    }
    static const char expected[] = "$2\r\nbb\r\n$4\r\ndddd\r\n$5\r\neeeee\r\n$6\r\nffffff\r\n";
    assert_int_equal(cw_redis_queue_batch(&queue, 9, 9999, &bytes, &len), 4);
    assert_int_equal(len, sizeof(expected) - 1);
    assert_memory_equal(bytes, expected, len);
    cw_redis_queue_fini(&queue);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_taken_apart),
        cmocka_unit_test(bad_urls_are_refused_without_being_repeated),
        cmocka_unit_test(errors_have_their_class_and_reaction),
        cmocka_unit_test(words_carry_their_lengths),
        cmocka_unit_test(sensor_names_cannot_break_keys),
        cmocka_unit_test(the_queue_keeps_order_and_bounds),
        cmocka_unit_test(the_queue_keeps_what_it_is_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
