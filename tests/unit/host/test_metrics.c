/* SPDX-License-Identifier: Apache-2.0
 *
 * The page of counters between processes, and where --metrics may listen.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "metrics_listen.h"
#include "metrics_page.h"

enum { TEXT = 4000, READS = 2000, SECONDS = 20 };

static void
test_page_hands_over(void **state)
{
    char out[64];
    struct cw_metrics_page *page = cw_metrics_page_new();
    (void)state;
    assert_non_null(page);
    assert_int_equal(cw_metrics_page_get(page, out, sizeof(out)), 0);
    cw_metrics_page_put(page, "one", 3);
    assert_int_equal(cw_metrics_page_get(page, out, sizeof(out)), 3);
    assert_memory_equal(out, "one", 3);
    cw_metrics_page_put(page, "eleven text", 11);
    assert_int_equal(cw_metrics_page_get(page, out, sizeof(out)), 11);
    assert_memory_equal(out, "eleven text", 11);
    assert_int_equal(cw_metrics_page_get(page, out, 10), 0); /* no room for it */
    cw_metrics_page_set_restarts(page, 7);
    assert_int_equal(cw_metrics_page_restarts(page), 7);
    cw_metrics_page_free(page);
}

static void
test_page_leaves_out_what_is_too_long(void **state)
{
    static char text[CW_METRICS_PAGE_TEXT + 1], out[CW_METRICS_PAGE_TEXT];
    struct cw_metrics_page *page = cw_metrics_page_new();
    (void)state;
    memset(text, 'x', sizeof(text));
    cw_metrics_page_put(page, text, sizeof(text) - 1);
    assert_int_equal(cw_metrics_page_get(page, out, sizeof(out)), sizeof(text) - 1);
    cw_metrics_page_put(page, "short", 5);
    cw_metrics_page_put(page, text, sizeof(text));
    assert_int_equal(cw_metrics_page_get(page, out, sizeof(out)), 5);
    cw_metrics_page_free(page);
}

static void
write_for_ever(struct cw_metrics_page *page)
{
    char text[TEXT];
    for (unsigned i = 0;; i++) {
        memset(text, 'a' + (int)(i % 26), sizeof(text));
        cw_metrics_page_put(page, text, sizeof(text) - i % 8);
        (void)usleep(i % 8 == 0); /* a reader needs a moment that is still */
    }
}

/* Another process writes all the time, and is killed amidst. */
static void
test_page_is_never_torn(void **state)
{
    char out[TEXT];
    unsigned seen = 0, letters = 0;
    struct cw_metrics_page *page = cw_metrics_page_new();
    (void)state;
    pid_t writer = fork();
    assert_true(writer >= 0);
    if (writer == 0) {
        write_for_ever(page);
    }
    const time_t end = time(NULL) + SECONDS;
    while (seen < READS && time(NULL) < end) {
        size_t len = cw_metrics_page_get(page, out, sizeof(out));
        for (size_t at = 1; at < len; at++) {
            assert_int_equal(out[at], out[0]);
        }
        seen += len > 0;
        letters |= len > 0 ? 1u << (out[0] - 'a') : 0;
    }
    assert_int_equal(kill(writer, SIGKILL), 0);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    assert_int_equal(seen, READS);
    assert_true(__builtin_popcount(letters) > 1);
    cw_metrics_page_put(page, "anew", 4);
    assert_int_equal(cw_metrics_page_get(page, out, sizeof(out)), 4);
    cw_metrics_page_free(page);
}

static void
test_protected_page_cannot_be_written(void **state)
{
    int status = 0;
    struct cw_metrics_page *page = cw_metrics_page_new();
    (void)state;
    cw_metrics_page_put(page, "text", 4);
    pid_t reader = fork();
    assert_true(reader >= 0);
    if (reader == 0) {
        char out[8];
        bool is_good =
            cw_metrics_page_protect(page) && cw_metrics_page_get(page, out, sizeof(out)) == 4;
        (void)signal(SIGSEGV, SIG_DFL);
        if (is_good) {
            cw_metrics_page_put(page, "x", 1);
        }
        _exit(1);
    }
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    cw_metrics_page_free(page);
}

static void
test_where_to_listen(void **state)
{
    static const char *const good[] = {"9478",          "127.0.0.1:9478", "localhost:1",
                                       "0.0.0.0:65535", "[::1]:9478",     "[::]:80"};
    static const char *const bad[] = {
        "",          "0",    "65536", ":9478", "127.0.0.1", "host:9478",  "::1:9478",
        "[::1:9478", "[]:1", "9478x", "-1",    "+80",       "1.2.3.4: 80"};
    struct camwatch_error error;
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(cw_metrics_listen_check(good[i], &error));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (cw_metrics_listen_check(bad[i], &error)) {
            fail_msg("'%s' is taken", bad[i]);
        }
        assert_non_null(strstr(error.text, "--metrics"));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_hands_over),
        cmocka_unit_test(test_page_leaves_out_what_is_too_long),
        cmocka_unit_test(test_page_is_never_torn),
        cmocka_unit_test(test_protected_page_cannot_be_written),
        cmocka_unit_test(test_where_to_listen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
