/* SPDX-License-Identifier: Apache-2.0
 *
 * What the Redis sink needs no server for: URLs, error classes, commands, IDs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "sink/redis_error.h"
#include "sink/redis_id.h"
#include "sink/redis_keys.h"
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
         CW_REDIS_HOLD},
        {"WRONGTYPE Operation against a key holding the wrong kind of value",
         CW_REDIS_ERROR_WRONGTYPE, CW_REDIS_HOLD},
        {"MISCONF Redis is configured to save RDB snapshots, but", CW_REDIS_ERROR_MISCONF,
         CW_REDIS_RETRY},
        {"NOREPLICAS Not enough good replicas to write.", CW_REDIS_ERROR_NOREPLICAS,
         CW_REDIS_RETRY},
        {"MOVED 3999 127.0.0.1:6381", CW_REDIS_ERROR_MOVED, CW_REDIS_RECONNECT},
        {"ASK 3999 127.0.0.1:6381", CW_REDIS_ERROR_ASK, CW_REDIS_RECONNECT},
        {"CLUSTERDOWN Hash slot not served", CW_REDIS_ERROR_CLUSTERDOWN, CW_REDIS_RETRY},
        {"EXECABORT Transaction discarded because of previous errors.",
         CW_REDIS_ERROR_EXECABORT, CW_REDIS_RETRY},
        {"ERR max number of clients reached", CW_REDIS_ERROR_MAX_CLIENTS, CW_REDIS_RECONNECT},
        {"ERR The stream has exhausted the last possible ID, unable to add more items",
         CW_REDIS_ERROR_ID_EXHAUSTED, CW_REDIS_HOLD},
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

static void
seeds_are_taken_apart(void **state)
{
    (void)state;
    struct cw_redis_seeds seeds;
    struct camwatch_error error;
    assert_int_equal(
        cw_redis_url_parse_all("redis://prod@192.0.2.1,192.0.2.2:7000,[2001:db8::1]/", &seeds,
                               &error),
        CAMWATCH_OK);
    assert_int_equal(seeds.n, 3);
    assert_string_equal(seeds.list[0].shown, "192.0.2.1:6379");
    assert_string_equal(seeds.list[1].shown, "192.0.2.2:7000");
    assert_string_equal(seeds.list[2].shown, "[2001:db8::1]:6379");
    assert_string_equal(seeds.list[2].user, "prod");
    assert_string_equal(seeds.master, "");
    assert_int_equal(cw_redis_url_parse_all(
                         "sentinel://s1.example.com,[2001:db8::2],s3:7/m?db=4", &seeds, &error),
                     CAMWATCH_OK);
    assert_int_equal(seeds.n, 3);
    assert_string_equal(seeds.master, "m");
    assert_string_equal(seeds.list[0].shown, "s1.example.com:26379");
    assert_string_equal(seeds.list[1].shown, "[2001:db8::2]:26379");
    assert_int_equal(seeds.list[2].port, 7);
    assert_int_equal(seeds.list[2].db, 4);
    assert_int_equal(cw_redis_url_parse_all("unix:///run/redis.sock?db=2", &seeds, &error),
                     CAMWATCH_OK);
    assert_int_equal(seeds.n, 1);
    assert_string_equal(seeds.list[0].path, "/run/redis.sock");
    static const char *const bad[] = {"sentinel://secret", "sentinel:///secret",
                                      "sentinel://a/",     "redis://a,:1",
                                      "redis://a,,b",      "redis://a,b,c,d,e,f,g,h,secret"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_int_equal(cw_redis_url_parse_all(bad[i], &seeds, &error), CAMWATCH_EINVAL);
        assert_null(strstr(error.text, "secret"));
    }
}

static struct cw_redis_id
id_of(const char *text)
{
    struct cw_redis_id id = {7, 7};
    assert_true(cw_redis_id_parse(text, strlen(text), &id));
    return id;
}

static void
assert_next(const char *last, uint64_t now_ms, uint64_t n, const char *expected)
{
    struct cw_redis_id id;
    char text[CW_REDIS_STREAM_ID_MAX];
    assert_true(cw_redis_id_next(id_of(last), now_ms, n, &id));
    assert_string_equal(cw_redis_id_format(id, text), expected);
    assert_true(cw_redis_id_compare(id, id_of(last)) > 0);
}

static void
ids_only_go_up(void **state)
{
    (void)state;
    struct cw_redis_id id;
    assert_next("0-0", 1700000000123, 5, "1700000000123-0");
    assert_next("1700000000123-4", 1700000000123, 5, "1700000000123-5");
    assert_next("1700000000123-4", 1700000000124, 5, "1700000000124-0");
    assert_next("1700000000123-4", 1600000000000, 5, "1700000000123-5"); /* set back */
    assert_next("9999999999999-1", 1700000000123, 5, "9999999999999-2"); /* in the future */
    assert_next("5-18446744073709551615", 0, 1, "6-0");
    assert_next("5-18446744073709551600", 0, 16, "6-0");
    assert_next("18446744073709551615-7", 3, 9, "18446744073709551615-8");
    assert_false(
        cw_redis_id_next(id_of("18446744073709551615-18446744073709551615"), 3, 1, &id));
    assert_true(cw_redis_id_compare(id_of("5-9"), id_of("6-0")) < 0);
    assert_true(cw_redis_id_compare(id_of("5-9"), id_of("5-9")) == 0);
    static const char *const bad[] = {
        "", "5", "5-", "-5", "5-x", "5-6 ", "18446744073709551616-0"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_false(cw_redis_id_parse(bad[i], strlen(bad[i]), &id));
    }
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
        cmocka_unit_test(seeds_are_taken_apart),
        cmocka_unit_test(ids_only_go_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
