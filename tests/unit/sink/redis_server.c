/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "redis_server.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <hiredis.h>

#include "unix_stream.h"

static void
sleep_ms(long ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)nanosleep(&t, NULL);
}

bool
redis_server_exists(void)
{
    return system("command -v redis-server >/dev/null 2>&1") == 0;
}

static void
run_server(const struct redis_server *server)
{
    int null = open("/dev/null", O_RDWR);
    (void)dup2(null, STDOUT_FILENO);
    (void)dup2(null, STDERR_FILENO);
    (void)execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", server->socket,
                 "--dir", server->folder, "--save", "", "--appendonly", "yes", "--appendfsync",
                 "always", (char *)NULL);
    _exit(127);
}

static bool
answers(const struct redis_server *server)
{
    redisContext *c = redisConnectUnix(server->socket);
    redisReply *reply = c && !c->err ? redisCommand(c, "PING") : NULL;
    bool is_ready =
        reply && (reply->type == REDIS_REPLY_STATUS || strstr(reply->str, "NOAUTH"));
    if (reply) {
        freeReplyObject(reply);
    }
    if (c) {
        redisFree(c);
    }
    return is_ready;
}

void
redis_server_start(struct redis_server *server)
{
    if (!server->folder[0]) {
        strcpy(server->folder, "/tmp/camwatch-redis-XXXXXX");
        char *made = mkdtemp(server->folder);
        assert(made);
        (void)made;
        (void)snprintf(server->socket, sizeof(server->socket), "%s/redis.sock", server->folder);
        (void)snprintf(server->url, sizeof(server->url), "unix://%s", server->socket);
    }
    server->pid = fork();
    if (server->pid == 0) {
        run_server(server);
    }
    for (int i = 0; i < 500 && !answers(server); i++) {
        sleep_ms(20);
    }
}

void
redis_server_kill(struct redis_server *server)
{
    if (server->pid > 0) {
        (void)kill(server->pid, SIGKILL);
        (void)waitpid(server->pid, NULL, 0);
        server->pid = 0;
    }
}

void
redis_server_remove(struct redis_server *server)
{
    char command[128];
    redis_server_kill(server);
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", server->folder);
    if (system(command) != 0) {
        (void)fprintf(stderr, "%s stays behind\n", server->folder);
    }
    server->folder[0] = '\0';
}

static redisReply *
ask(const struct redis_server *server, const char *format, va_list args)
{
    redisContext *c = redisConnectUnix(server->socket);
    assert(c && !c->err);
    redisReply *reply = redisvCommand(c, format, args);
    redisFree(c);
    assert(reply);
    return reply;
}

redisReply *
redis_server_ask(const struct redis_server *server, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    redisReply *reply = ask(server, format, args);
    va_end(args);
    return reply;
}

long long
redis_server_tell(const struct redis_server *server, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    redisReply *reply = ask(server, format, args);
    va_end(args);
    if (reply->type == REDIS_REPLY_ERROR) {
        (void)fprintf(stderr, "%s: %s\n", format, reply->str);
        abort();
    }
    long long number = reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
    freeReplyObject(reply);
    return number;
}

struct redis_proxy {
    pthread_t thread;
    int listener;
    atomic_int cut;
    atomic_bool is_over;
    bool is_garbling; /* the next reply; the proxy's thread */
    char server[96], socket[96], url[128];
};

/* One read and one write. False when the connection is to end. */
static bool
pass(struct redis_proxy *proxy, int from, int to, bool is_request)
{
    static char bytes[4 * 1024 * 1024];
    ssize_t n = read(from, bytes, sizeof(bytes));
    if (n <= 0) {
        return false;
    }
    bool has_exec = is_request && memmem(bytes, (size_t)n, "EXEC", 4);
    if (has_exec && atomic_load(&proxy->cut) == REDIS_PROXY_LOSE_REQUEST) {
        atomic_store(&proxy->cut, REDIS_PROXY_PASS);
        return false;
    }
    if (!is_request && proxy->is_garbling) {
        proxy->is_garbling = false;
        memset(bytes, 'x', (size_t)n < 16 ? (size_t)n : 16);
    }
    for (ssize_t at = 0; at < n;) {
        ssize_t written = write(to, bytes + at, (size_t)(n - at));
        if (written <= 0) {
            return false;
        }
        at += written;
    }
    if (has_exec && atomic_load(&proxy->cut) == REDIS_PROXY_LOSE_REPLY) {
        atomic_store(&proxy->cut, REDIS_PROXY_PASS);
        sleep_ms(200); /* the server has run it by then; its reply is thrown away */
        return false;
    }
    if (has_exec && atomic_load(&proxy->cut) == REDIS_PROXY_STALL) {
        atomic_store(&proxy->cut, REDIS_PROXY_PASS);
        sleep_ms(1000);
        return false;
    }
    if (has_exec && atomic_load(&proxy->cut) == REDIS_PROXY_GARBLE) {
        atomic_store(&proxy->cut, REDIS_PROXY_PASS);
        proxy->is_garbling = true;
    }
    if (has_exec && atomic_load(&proxy->cut) == REDIS_PROXY_FORGET) {
        atomic_store(&proxy->cut, REDIS_PROXY_PASS);
        sleep_ms(200);
        (void)!write(to, "FLUSHALL\r\n", 10);
        sleep_ms(100);
        return false;
    }
    return true;
}

static void
serve(struct redis_proxy *proxy, int client)
{
    int server = unix_stream_connect(proxy->server);
    bool is_open = server >= 0;
    while (is_open && !atomic_load(&proxy->is_over)) {
        struct pollfd fds[2] = {{.fd = client, .events = POLLIN},
                                {.fd = server, .events = POLLIN}};
        if (poll(fds, 2, 50) <= 0) {
            continue;
        }
        is_open = (!fds[0].revents || pass(proxy, client, server, true)) &&
                  (!fds[1].revents || pass(proxy, server, client, false));
    }
    if (server >= 0) {
        (void)close(server);
    }
    (void)close(client);
}

static void *
run_proxy(void *arg)
{
    struct redis_proxy *proxy = arg;
    while (!atomic_load(&proxy->is_over)) {
        struct pollfd fd = {.fd = proxy->listener, .events = POLLIN};
        if (poll(&fd, 1, 50) > 0) {
            int client = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
            if (client >= 0) {
                serve(proxy, client);
            }
        }
    }
    return NULL;
}

struct redis_proxy *
redis_proxy_start(const struct redis_server *server)
{
    struct redis_proxy *proxy = calloc(1, sizeof(*proxy));
    assert(proxy);
    (void)signal(SIGPIPE,
                 SIG_DFL); /* the sink must not need it ignored; the proxy's peers are alive */
    (void)snprintf(proxy->server, sizeof(proxy->server), "%s", server->socket);
    (void)snprintf(proxy->socket, sizeof(proxy->socket), "%s/proxy.sock", server->folder);
    (void)snprintf(proxy->url, sizeof(proxy->url), "unix://%s", proxy->socket);
    proxy->listener = unix_stream_listen(proxy->socket);
    assert(proxy->listener >= 0);
    int status = pthread_create(&proxy->thread, NULL, run_proxy, proxy);
    assert(status == 0);
    (void)status;
    return proxy;
}

const char *
redis_proxy_url(const struct redis_proxy *proxy)
{
    return proxy->url;
}

void
redis_proxy_cut(struct redis_proxy *proxy, enum redis_proxy_cut cut)
{
    atomic_store(&proxy->cut, cut);
}

void
redis_proxy_stop(struct redis_proxy *proxy)
{
    atomic_store(&proxy->is_over, true);
    (void)pthread_join(proxy->thread, NULL);
    (void)close(proxy->listener);
    free(proxy);
}
