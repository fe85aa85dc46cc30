/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a sensor's events as one of a consumer group, each at least once, and says what the group has
 * missed. Several with one GROUP and different names share the work; who takes over a name, or the place of
 * one that died, gets what that one had not acknowledged. Holes in the numbers are seen by a consumer that
 * is alone in its group: of several none sees all.
 *
 *   cc consumer.c $(pkg-config --cflags --libs hiredis) -o consumer
 *   ./consumer 127.0.0.1:6379 SENSOR GROUP NAME     or a path for a UNIX socket
 *
 * CAMWATCH_REDIS_USER and CAMWATCH_REDIS_PASSWORD sign it in. Ends when nothing came for five seconds if
 * CONSUMER_ONCE is set, else never. Streams and fields: docs/redis.md and docs/events.md.
 */
#include <hiredis.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_STREAMS 2
#define IDLE_MS   "60000" /* a consumer that was silent for so long is taken for dead */

struct stream {
    const char *name;
    char key[160];
    char boot[32]; /* of the latest event.id */
    unsigned long long number;
    unsigned long long read, gaps;
    bool is_shared; /* with other consumers of the group */
};

struct consumer {
    redisContext *redis;
    const char *group, *name;
    struct stream streams[N_STREAMS];
};

static redisReply *
ask(struct consumer *c, int n, const char **words)
{
    redisReply *reply = redisCommandArgv(c->redis, n, words, NULL);
    if (!reply) {
        fprintf(stderr, "Redis: %s\n", c->redis->errstr);
        exit(1);
    }
    if (reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "BUSYGROUP", 9) != 0) {
        fprintf(stderr, "%s: %s\n", words[0], reply->str);
        exit(1);
    }
    return reply;
}

#define ASK(c, ...)                                                                            \
    ask(c, (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)),                      \
        (const char *[]){__VA_ARGS__})

static const char *
field(const redisReply *fields, const char *name)
{
    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        const redisReply *value = fields->element[i + 1];
        if (strcmp(fields->element[i]->str, name) == 0 && value->type == REDIS_REPLY_STRING) {
            return value->str;
        }
    }
    return "";
}

/* event.id is BOOT-FNUMBER: one boot's numbers of a stream have no holes. */
static void
look_for_gap(struct stream *stream, const char *id)
{
    const char *dash = strchr(id, '-');
    size_t len = dash ? (size_t)(dash - id) : 0;
    if (len == 0 || len >= sizeof(stream->boot) || strlen(dash) < 3) {
        return; /* of a replay: a hash, no number */
    }
    unsigned long long number = strtoull(dash + 2, NULL, 10);
    bool is_same_boot = strncmp(stream->boot, id, len) == 0 && stream->boot[len] == '\0';
    if (is_same_boot && !stream->is_shared && number > stream->number + 1) {
        printf("gap %s: %llu events missing before %s\n", stream->name,
               number - stream->number - 1, id);
        stream->gaps += number - stream->number - 1;
    }
    if (!is_same_boot || number > stream->number) {
        memcpy(stream->boot, id, len);
        stream->boot[len] = '\0';
        stream->number = number;
    }
}

/* This is where an event is used; it is acknowledged afterwards. */
static void
use_entry(struct consumer *c, struct stream *stream, const redisReply *entry)
{
    const char *id = entry->element[0]->str;
    const redisReply *fields = entry->element[1];
    if (fields->type == REDIS_REPLY_ARRAY) { /* else it was trimmed while it was pending */
        look_for_gap(stream, field(fields, "event.id"));
        printf("%s %s %s\n", stream->name, field(fields, "@timestamp"),
               field(fields, "message"));
        stream->read++;
    }
    freeReplyObject(ASK(c, "XACK", stream->key, c->group, id));
}

static size_t
use_entries(struct consumer *c, struct stream *stream, const redisReply *entries)
{
    for (size_t i = 0; i < entries->elements; i++) {
        use_entry(c, stream, entries->element[i]);
    }
    return entries->elements;
}

/* What this name had not acknowledged (from "0"), or what is new (">"). */
static size_t
read_some(struct consumer *c, const char *from)
{
    size_t n = 0;
    redisReply *reply =
        ASK(c, "XREADGROUP", "GROUP", c->group, c->name, "COUNT", "200", "BLOCK", "5000",
            "STREAMS", c->streams[0].key, c->streams[1].key, from, from);
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++) {
        const redisReply *part = reply->element[i];
        struct stream *stream =
            &c->streams[strcmp(part->element[0]->str, c->streams[0].key) != 0];
        n += use_entries(c, stream, part->element[1]);
    }
    freeReplyObject(reply);
    return n;
}

/* Entries of consumers that died. */
static void
take_over(struct consumer *c, struct stream *stream)
{
    redisReply *reply =
        ASK(c, "XAUTOCLAIM", stream->key, c->group, c->name, IDLE_MS, "0", "COUNT", "200");
    if (reply->elements >= 2) {
        (void)use_entries(c, stream, reply->element[1]);
    }
    freeReplyObject(reply);
}

/* A number among the facts of a group; -1 where the server does not know it. */
static long long
fact(const redisReply *group, const char *name)
{
    for (size_t i = 0; i + 1 < group->elements; i += 2) {
        const redisReply *value = group->element[i + 1];
        if (strcmp(group->element[i]->str, name) == 0 && value->type == REDIS_REPLY_INTEGER) {
            return value->integer;
        }
    }
    return -1;
}

/* Redis 7 knows how far the group is behind; what it lacks and the stream has no longer was trimmed. */
static void
look_at_group(struct consumer *c, struct stream *stream)
{
    redisReply *groups = ASK(c, "XINFO", "GROUPS", stream->key);
    redisReply *length = ASK(c, "XLEN", stream->key);
    for (size_t i = 0; i < groups->elements; i++) {
        const redisReply *group = groups->element[i];
        if (strcmp(field(group, "name"), c->group) != 0) {
            continue;
        }
        stream->is_shared = fact(group, "consumers") > 1;
        if (fact(group, "lag") > length->integer) {
            printf("trimmed %s: %lld events were removed before this group read them\n",
                   stream->name, fact(group, "lag") - length->integer);
        }
    }
    freeReplyObject(groups);
    freeReplyObject(length);
}

static redisContext *
connect_to(const char *where)
{
    char host[256];
    const char *colon = strrchr(where, ':');
    (void)snprintf(host, sizeof(host), "%.*s", colon ? (int)(colon - where) : 255, where);
    redisContext *redis = where[0] == '/' ? redisConnectUnix(where)
                                          : redisConnect(host, colon ? atoi(colon + 1) : 6379);
    if (!redis || redis->err) {
        fprintf(stderr, "%s: %s\n", where, redis ? redis->errstr : "no memory");
        exit(1);
    }
    return redis;
}

static void
sign_in(struct consumer *c)
{
    const char *user = getenv("CAMWATCH_REDIS_USER");
    const char *password = getenv("CAMWATCH_REDIS_PASSWORD");
    if (password) {
        freeReplyObject(ASK(c, "AUTH", user ? user : "default", password));
    }
}

int
main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: consumer HOST:PORT|/SOCKET SENSOR GROUP NAME\n");
        return 2;
    }
    struct consumer c = {.redis = connect_to(argv[1]),
                         .group = argv[3],
                         .name = argv[4],
                         .streams = {{.name = "alerts"}, {.name = "flows"}}};
    sign_in(&c);
    for (int i = 0; i < N_STREAMS; i++) {
        struct stream *s = &c.streams[i];
        (void)snprintf(s->key, sizeof(s->key), "camwatch:{%.96s}:%s", argv[2], s->name);
        freeReplyObject(ASK(&c, "XGROUP", "CREATE", s->key, c.group, "0", "MKSTREAM"));
        look_at_group(&c, s);
    }
    while (read_some(&c, "0") > 0) { /* left over from before */
    }
    do {
        for (int i = 0; i < N_STREAMS; i++) {
            take_over(&c, &c.streams[i]);
        }
    } while (read_some(&c, ">") > 0 || !getenv("CONSUMER_ONCE"));
    for (int i = 0; i < N_STREAMS; i++) {
        printf("%s: %llu read, %llu missing\n", c.streams[i].name, c.streams[i].read,
               c.streams[i].gaps);
    }
    redisFree(c.redis);
    return 0;
}
