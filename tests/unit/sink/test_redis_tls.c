/* SPDX-License-Identifier: Apache-2.0
 *
 * The sink over TLS, against a server of its own with certificates of its own. Skipped where the build
 * has no TLS, or there is no redis-server with it.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "samples.h"
#include "sink/redis.h"
#include "sink/redis_tls.h"

#define SKIPPED 77

struct fixture {
    char folder[64], url[64], ca[96], other_ca[96], cert[96], key[96];
    unsigned port, plain_port;
    pid_t pid;
    struct camwatch_redis_settings settings;
    struct cw_sink sink;
    struct camwatch_error error;
};

/* Two authorities; the first signs the server's certificate, of localhost and 127.0.0.1. */
static const char MAKE_CERTIFICATES[] =
    "cd '%s' && exec >/dev/null 2>&1\n"
    "for n in ca other; do\n"
    "    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$n -keyout $n.key -out "
    "$n.pem ||\n"
    "        exit 1\n"
    "done\n"
    "echo subjectAltName=DNS:localhost,DNS:redis.example,IP:127.0.0.1 >ext\n"
    "openssl req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr "
    "&&\n"
    "    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \\\n"
    "        -extfile ext -out server.pem\n";

static void
sleep_ms(long ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)nanosleep(&t, NULL);
}

static void
run_server(const struct fixture *f, const char *auth_clients)
{
    char tls_port[8], port[8], cert[96], key[96];
    (void)snprintf(tls_port, sizeof(tls_port), "%u", f->port);
    (void)snprintf(port, sizeof(port), "%u", f->plain_port);
    (void)snprintf(cert, sizeof(cert), "%s/server.pem", f->folder);
    (void)snprintf(key, sizeof(key), "%s/server.key", f->folder);
    (void)!freopen("/dev/null", "w", stdout);
    (void)!freopen("/dev/null", "w", stderr);
    (void)execlp("redis-server", "redis-server", "--port", port, "--bind", "127.0.0.1",
                 "--tls-port", tls_port, "--tls-cert-file", cert, "--tls-key-file", key,
                 "--tls-ca-cert-file", f->ca, "--tls-auth-clients", auth_clients, "--dir",
                 f->folder, "--save", "", (char *)NULL);
    _exit(127);
}

static int
open_sink(struct fixture *f)
{
    f->error.text[0] = '\0';
    return cw_redis_open(&f->settings, &f->sink, &f->error);
}

/* False when it does not come up: a redis-server without TLS. */
static bool
start_server(struct fixture *f, const char *auth_clients)
{
    f->pid = fork();
    if (f->pid == 0) {
        run_server(f, auth_clients);
    }
    for (int i = 0; i < 250 && waitpid(f->pid, NULL, WNOHANG) == 0; i++) {
        char command[96];
        (void)snprintf(command, sizeof(command), "redis-cli -p %u ping >/dev/null 2>&1",
                       f->plain_port);
        if (system(command) == 0) {
            return true;
        }
        sleep_ms(20);
    }
    return false;
}

static void
stop_server(struct fixture *f)
{
    (void)kill(f->pid, SIGKILL);
    (void)waitpid(f->pid, NULL, 0);
}

static int
setup(void **state)
{
    static struct fixture fixture;
    struct fixture *f = *state = &fixture;
    char command[1200];
    *f = (struct fixture){.folder = "/tmp/camwatch-tls-XXXXXX",
                          .port = 10000 + (unsigned)getpid() % 10000 * 2};
    f->plain_port = f->port + 1;
    if (!mkdtemp(f->folder)) {
        return -1;
    }
    (void)snprintf(command, sizeof(command), MAKE_CERTIFICATES, f->folder);
    (void)snprintf(f->ca, sizeof(f->ca), "%s/ca.pem", f->folder);
    (void)snprintf(f->other_ca, sizeof(f->other_ca), "%s/other.pem", f->folder);
    (void)snprintf(f->cert, sizeof(f->cert), "%s/server.pem", f->folder);
    (void)snprintf(f->key, sizeof(f->key), "%s/server.key", f->folder);
    if (system(command) != 0 || !start_server(f, "no")) {
        return -1;
    }
    (void)unsetenv("CAMWATCH_REDIS_PASSWORD");
    camwatch_redis_settings_default(&f->settings);
    (void)snprintf(f->url, sizeof(f->url), "rediss://localhost:%u", f->port);
    f->settings.url = f->url;
    f->settings.tls_ca = f->ca;
    f->settings.sensor = "site1";
    f->settings.timeout_ms = 2000;
    f->settings.wait = true;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    char command[128];
    stop_server(f);
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", f->folder);
    return system(command);
}

static void
deliver(struct fixture *f, unsigned n)
{
    struct cw_event_context context = sample_context(false);
    struct camwatch_event *event = cw_event_new();
    struct camwatch_sink_account account = {.size = sizeof(account)};
    struct cw_record_flow flow = sample_flow();
    assert_non_null(event);
    assert_int_equal(open_sink(f), CAMWATCH_OK);
    for (unsigned i = 0; i < n; i++) {
        cw_event_from_flow(event, &flow, &context);
        cw_event_finish(event, &context);
        f->sink.ops->emit(f->sink.self, event);
    }
    assert_int_equal(f->sink.ops->flush(f->sink.self), CAMWATCH_OK);
    f->sink.ops->account(f->sink.self, &account);
    assert_int_equal(account.delivered, n);
    f->sink.ops->close(f->sink.self);
    cw_event_free(event);
}

/* Asked in clear, at the other port. */
static unsigned
count_entries(const struct fixture *f)
{
    char command[128], line[32] = "";
    (void)snprintf(command, sizeof(command), "redis-cli -p %u xlen 'camwatch:{site1}:flows'",
                   f->plain_port);
    FILE *out = popen(command, "r");
    assert_non_null(out);
    (void)!fgets(line, sizeof(line), out);
    (void)pclose(out);
    return (unsigned)strtoul(line, NULL, 10);
}

static void
assert_refused(struct fixture *f, int status, const char *word)
{
    assert_int_equal(open_sink(f), status);
    if (!strstr(f->error.text, word)) {
        fail_msg("\"%s\" says nothing of \"%s\"", f->error.text, word);
    }
}

static void
what_the_authority_signed_is_delivered_to(void **state)
{
    struct fixture *f = *state;
    deliver(f, 3000);
    assert_int_equal(count_entries(f), 3000);
    (void)snprintf(f->url, sizeof(f->url), "rediss://127.0.0.1:%u", f->port);
    deliver(f, 10); /* an address of the certificate */
    f->settings.tls_name = "redis.example";
    deliver(f, 10); /* another name of it */
}

static void
another_authority_is_refused(void **state)
{
    struct fixture *f = *state;
    f->settings.tls_ca = f->other_ca;
    assert_refused(f, CAMWATCH_EIO, "certificate");
    f->settings.tls_ca = NULL; /* the system's do not know it either */
    assert_refused(f, CAMWATCH_EIO, "certificate");
    assert_int_equal(count_entries(f), 0);
}

static void
another_name_is_refused(void **state)
{
    struct fixture *f = *state;
    f->settings.tls_name = "elsewhere.example";
    assert_refused(f, CAMWATCH_EIO, "mismatch");
    f->settings.tls_name = "127.0.0.2";
    assert_refused(f, CAMWATCH_EIO, "mismatch");
    assert_int_equal(count_entries(f), 0);
}

static void
tls_and_clear_do_not_meet(void **state)
{
    struct fixture *f = *state;
    (void)snprintf(f->url, sizeof(f->url), "rediss://localhost:%u", f->plain_port);
    assert_refused(f, CAMWATCH_EIO, "no TLS");
    (void)snprintf(f->url, sizeof(f->url), "redis://localhost:%u", f->port);
    f->settings.tls_ca = NULL;
    assert_refused(f, CAMWATCH_EIO, "rediss://");
}

static void
a_server_may_want_our_certificate(void **state)
{
    struct fixture *f = *state;
    stop_server(f);
    assert_true(start_server(f, "yes"));
    assert_refused(f, CAMWATCH_EIO, "--redis-cert");
    f->settings.tls_cert = f->cert;
    assert_refused(f, CAMWATCH_EINVAL, "key");
    f->settings.tls_key = f->ca; /* no key */
    assert_refused(f, CAMWATCH_EINVAL, f->ca);
    f->settings.tls_key = f->key;
    deliver(f, 10);
    assert_int_equal(count_entries(f), 10);
}

static void
check_speaks_tls_too(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(camwatch_redis_check(&f->settings, NULL, NULL, &f->error), CAMWATCH_OK);
    f->settings.tls_ca = "/nonexistent.pem";
    assert_refused(f, CAMWATCH_EINVAL, "/nonexistent.pem");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_the_authority_signed_is_delivered_to, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(another_authority_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(another_name_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(tls_and_clear_do_not_meet, setup, teardown),
        cmocka_unit_test_setup_teardown(a_server_may_want_our_certificate, setup, teardown),
        cmocka_unit_test_setup_teardown(check_speaks_tls_too, setup, teardown),
    };
    if (!cw_redis_tls_is_built()) {
        (void)fputs("skipped: this build has no TLS for Redis\n", stderr);
        return SKIPPED;
    }
    if (system("command -v openssl >/dev/null && command -v redis-cli >/dev/null && "
               "ldd \"$(command -v redis-server)\" 2>/dev/null | grep -q libssl") != 0) {
        (void)fputs("skipped: no redis-server with TLS, or no openssl\n", stderr);
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
