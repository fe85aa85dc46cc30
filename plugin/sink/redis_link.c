/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/redis_link.h"

#include <hiredis.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "sink/redis_tls.h"
#include "sink/resp.h"
#include "sink/resp_scan.h"
#include "sink/sigpipe.h"

#define PASSWORD_VARIABLE "CAMWATCH_REDIS_PASSWORD"
#define SENTINEL_VARIABLE "CAMWATCH_SENTINEL_PASSWORD"
#define TLS_ALERT         0x15 /* content type, RFC 8446 5.1 */
#define COMMAND_MAX       4096
#define SEND_BYTES        (1024 * 1024)
#define NS_PER_S          INT64_C(1000000000)
#define REPLY_NS          (10 * NS_PER_S) /* for one that comes in drops: each is in time for itself */

static int
fail(struct camwatch_error *error, int status, const char *where, const char *what,
     const char *help)
{
    (void)snprintf(error->text, sizeof(error->text), "Redis at %.200s: %.160s%s%.120s", where,
                   what, *help ? ": " : "", help);
    return status;
}

/* The first line of a file, without its end. */
static int
read_password(const char *path, char out[CW_REDIS_PASSWORD_MAX], struct camwatch_error *error)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        (void)snprintf(error->text, sizeof(error->text),
                       "%.300s: cannot read the password of Redis: %s", path, strerror(errno));
        return CAMWATCH_EINVAL;
    }
    char *line = fgets(out, CW_REDIS_PASSWORD_MAX, file);
    bool is_whole = line && (strchr(out, '\n') || feof(file));
    (void)fclose(file);
    if (!is_whole || strcspn(out, "\r\n") == 0) {
        explicit_bzero(out, CW_REDIS_PASSWORD_MAX);
        (void)snprintf(error->text, sizeof(error->text),
                       "%.300s: the first line must hold the password, at most %d bytes", path,
                       CW_REDIS_PASSWORD_MAX - 2);
        return CAMWATCH_EINVAL;
    }
    out[strcspn(out, "\r\n")] = '\0';
    return CAMWATCH_OK;
}

static int
take_variable(const char *variable, char out[CW_REDIS_PASSWORD_MAX],
              struct camwatch_error *error)
{
    const char *value = getenv(variable);
    if (value && strlen(value) >= CW_REDIS_PASSWORD_MAX) {
        (void)snprintf(error->text, sizeof(error->text), "%s: longer than %d bytes", variable,
                       CW_REDIS_PASSWORD_MAX - 1);
        return CAMWATCH_EINVAL;
    }
    (void)snprintf(out, CW_REDIS_PASSWORD_MAX, "%s", value ? value : "");
    return CAMWATCH_OK;
}

int
cw_redis_sentinel_password(char out[CW_REDIS_PASSWORD_MAX], struct camwatch_error *error)
{
    return take_variable(SENTINEL_VARIABLE, out, error);
}

static int
find_password(const struct camwatch_redis_settings *settings, struct cw_redis_target *target,
              struct camwatch_error *error)
{
    return settings->password_file
               ? read_password(settings->password_file, target->password, error)
               : take_variable(PASSWORD_VARIABLE, target->password, error);
}

/* What URL and password together do not allow; NULL when nothing. */
static const char *
find_conflict(const struct camwatch_redis_settings *settings,
              const struct cw_redis_target *target)
{
    const struct cw_redis_address *address = &target->address;
    if (address->user[0] && !target->password[0]) {
        return "the URL names a user, but there is no password: give a password file or "
               "set " PASSWORD_VARIABLE;
    }
    if (target->password[0] && !settings->allow_plaintext_password &&
        !cw_redis_address_is_private(address)) {
        return "a password would cross the network in clear: use rediss://, a UNIX socket or a "
               "tunnel to localhost, or allow it with --insecure-redis";
    }
    return NULL;
}

int
cw_redis_target_init(const struct camwatch_redis_settings *settings,
                     struct cw_redis_target *out, struct camwatch_error *error)
{
    struct cw_redis_target target = {
        .address = out->address,
        .tls = out->tls,
        .timeout_ms = settings->timeout_ms ? settings->timeout_ms : 2000,
        .allows_plaintext = settings->allow_plaintext_password,
    };
    int status = find_password(settings, &target, error);
    const char *conflict = status == CAMWATCH_OK ? find_conflict(settings, &target) : NULL;
    if (conflict) {
        status = fail(error, CAMWATCH_EINVAL, target.address.shown, conflict, "");
    }
    if (status == CAMWATCH_OK) {
        *out = target;
    }
    cw_redis_target_wipe(&target);
    return status;
}

void
cw_redis_target_wipe(struct cw_redis_target *target)
{
    explicit_bzero(target->password, sizeof(target->password));
}

/* A batch fits into it, so that writing one does not wait until the server has read most of it: by default
 * a UNIX socket takes 208 KB. The system's bound (net.core.wmem_max) may allow less. TCP's grows by itself. */
static void
widen(int fd)
{
    int bytes = SEND_BYTES;
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

static redisContext *
connect_to(const struct cw_redis_target *target)
{
    const struct cw_redis_address *a = &target->address;
    const struct timeval timeout = {.tv_sec = (time_t)(target->timeout_ms / 1000),
                                    .tv_usec = (suseconds_t)(target->timeout_ms % 1000 * 1000)};
    redisContext *link = a->path[0] ? redisConnectUnixWithTimeout(a->path, timeout)
                                    : redisConnectWithTimeout(a->host, a->port, timeout);
    if (!link || link->err) {
        return link;
    }
    (void)redisSetTimeout(link, timeout);
    if (!a->path[0]) {
        (void)redisEnableKeepAlive(link);
    } else {
        widen(link->fd);
    }
    return link;
}

int64_t
cw_redis_link_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static bool
give_up(redisContext *link, int error, const char *why)
{
    if (!link->err) {
        link->err = error;
        (void)snprintf(link->errstr, sizeof(link->errstr), "%s", why);
    }
    return false;
}

static bool
send_all(redisContext *link, int64_t until_ns)
{
    int is_done = 0;
    while (!is_done) {
        if (redisBufferWrite(link, &is_done) != REDIS_OK) {
            return false;
        }
        if (!is_done && cw_redis_link_now() > until_ns) {
            return give_up(link, REDIS_ERR_IO, "the server takes nothing");
        }
    }
    return true;
}

bool
cw_redis_link_flush(struct redisContext *link)
{
    struct cw_sigpipe guard;
    cw_sigpipe_hold(&guard);
    bool is_sent = !link->err && send_all(link, cw_redis_link_now() + REPLY_NS);
    cw_sigpipe_release(&guard);
    return is_sent;
}

/* What the reader's buffer holds of the next reply. */
static enum cw_resp_end
look(const redisContext *link, struct cw_resp_scan *scan)
{
    const redisReader *reader = link->reader;
    return cw_resp_scan(scan, reader->buf + reader->pos, reader->len - reader->pos);
}

/* Wait until a whole reply is in the reader's buffer, which then is parsed without surprises. */
static bool
await_reply(redisContext *link, struct cw_resp_scan *scan, int64_t until_ns)
{
    enum cw_resp_end end;
    while ((end = look(link, scan)) == CW_RESP_PART) {
        if (cw_redis_link_now() > until_ns) {
            return give_up(link, REDIS_ERR_IO, "its reply does not come to an end");
        }
        if (redisBufferRead(link) != REDIS_OK) {
            return false;
        }
    }
    return end == CW_RESP_WHOLE ||
           give_up(link, REDIS_ERR_PROTOCOL, "what it says is no reply of Redis");
}

/* Send what is buffered and read until a whole reply is there. */
static bool
talk(redisContext *link, struct cw_resp_scan *scan, int64_t until_ns)
{
    struct cw_sigpipe guard;
    cw_sigpipe_hold(&guard);
    bool is_there = send_all(link, until_ns) && await_reply(link, scan, until_ns);
    cw_sigpipe_release(&guard);
    return is_there;
}

/* Most replies to a batch came together: for those behind the first one no system call is made. */
struct redisReply *
cw_redis_link_reply_until(struct redisContext *link, int64_t until_ns)
{
    struct cw_resp_scan scan = {0};
    void *reply = NULL;
    if (link->err) {
        return NULL;
    }
    bool is_there = (sdslen(link->obuf) == 0 && look(link, &scan) == CW_RESP_WHOLE) ||
                    talk(link, &scan, until_ns);
    return is_there && redisGetReplyFromReader(link, &reply) == REDIS_OK ? reply : NULL;
}

struct redisReply *
cw_redis_link_reply(struct redisContext *link)
{
    return cw_redis_link_reply_until(link, cw_redis_link_now() + REPLY_NS);
}

void
cw_redis_reply_free(struct redisReply *reply)
{
    if (reply) {
        freeReplyObject(reply);
    }
}

bool
cw_redis_link_send(struct redisContext *link, const char *bytes, size_t len)
{
    return redisAppendFormattedCommand(link, bytes, len) == REDIS_OK;
}

struct redisReply *
cw_redis_link_ask(struct redisContext *link, const char *const *words, size_t n)
{
    char bytes[COMMAND_MAX];
    struct cw_resp command = {.bytes = bytes, .size = sizeof(bytes)};
    cw_resp_command(&command, n);
    for (size_t i = 0; i < n; i++) {
        cw_resp_word(&command, words[i]);
    }
    bool is_sent = !command.is_full && cw_redis_link_send(link, bytes, command.used);
    explicit_bzero(bytes, sizeof(bytes)); /* AUTH passes here */
    return is_sent ? cw_redis_link_reply(link) : NULL;
}

const char *
cw_redis_link_error(const struct redisContext *link)
{
    return link->err ? link->errstr : "no answer";
}

/* A server that hangs up at once may want what the other did not bring. */
static const char *
suspect_tls(const redisContext *link, const struct cw_redis_target *target)
{
    const redisReader *reader = link->reader;
    bool is_alert = reader->len > reader->pos && reader->buf[reader->pos] == TLS_ALERT;
    bool is_closed = link->err == REDIS_ERR_EOF || link->err == REDIS_ERR_IO;
    if (target->address.use_tls) {
        return is_closed ? "does it want a certificate of ours (--redis-cert)?" : "";
    }
    bool is_reset =
        link->err == REDIS_ERR_IO && strcmp(link->errstr, strerror(ECONNRESET)) == 0;
    bool may_want = is_alert || is_reset || link->err == REDIS_ERR_EOF;
    return may_want && !target->address.path[0] ? "does that port want TLS (rediss://)?" : "";
}

/* Ask for something that must be answered with anything but an error. The server's own words are
 * shown only where show says so. */
static int
demand(redisContext *link, const struct cw_redis_target *target, const char *const *words,
       size_t n, bool show, enum cw_redis_error *refused, struct camwatch_error *error)
{
    redisReply *reply = cw_redis_link_ask(link, words, n);
    if (!reply) {
        return fail(error, CAMWATCH_EIO, target->address.shown, cw_redis_link_error(link),
                    suspect_tls(link, target));
    }
    int status = CAMWATCH_OK;
    if (reply->type == REDIS_REPLY_ERROR) {
        enum cw_redis_error class = cw_redis_error_class(reply->str, reply->len);
        char what[200];
        (void)snprintf(what, sizeof(what), "%s refused (%.120s)", words[0],
                       show ? reply->str : cw_redis_error_name(class));
        status = fail(error, CAMWATCH_EREFUSED, target->address.shown, what,
                      cw_redis_error_help(class));
        if (refused) {
            *refused = class;
        }
    }
    cw_redis_reply_free(reply);
    return status;
}

static int
log_in(redisContext *link, const struct cw_redis_target *target, enum cw_redis_error *refused,
       struct camwatch_error *error)
{
    const struct cw_redis_address *a = &target->address;
    if (!target->password[0]) {
        return CAMWATCH_OK;
    }
    const char *const with_user[] = {"AUTH", a->user, target->password};
    const char *const without[] = {"AUTH", target->password};
    return a->user[0] ? demand(link, target, with_user, 3, false, refused, error)
                      : demand(link, target, without, 2, false, refused, error);
}

static int
greet(redisContext *link, const struct cw_redis_target *target, enum cw_redis_error *refused,
      struct camwatch_error *error)
{
    char db[16];
    (void)snprintf(db, sizeof(db), "%u", target->address.db);
    const char *const select[] = {"SELECT", db};
    const char *const ping[] = {"PING"};
    int status = log_in(link, target, refused, error);
    if (status == CAMWATCH_OK && target->address.db != 0) {
        status = demand(link, target, select, 2, true, refused, error);
    }
    if (status == CAMWATCH_OK) {
        status = demand(link, target, ping, 1, true, refused, error);
    }
    return status;
}

int
cw_redis_link_open(const struct cw_redis_target *target, struct redisContext **out,
                   enum cw_redis_error *refused, struct camwatch_error *error)
{
    redisContext *link = connect_to(target);
    if (!link) {
        return fail(error, CAMWATCH_ENOMEM, target->address.shown, "out of memory", "");
    }
    int status;
    char why[200];
    if (link->err) {
        status = fail(error, CAMWATCH_EIO, target->address.shown, link->errstr,
                      "is the server running, and does it listen there?");
    } else if (target->address.use_tls &&
               !cw_redis_tls_start(target->tls, link, target->address.host, why, sizeof(why))) {
        status = fail(error, CAMWATCH_EIO, target->address.shown, why, "");
    } else {
        status = greet(link, target, refused, error);
    }
    if (status != CAMWATCH_OK) {
        redisFree(link);
        return status;
    }
    *out = link;
    return CAMWATCH_OK;
}

void
cw_redis_link_close(struct redisContext **link)
{
    if (*link) {
        redisFree(*link);
        *link = NULL;
    }
}
