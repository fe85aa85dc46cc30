/* SPDX-License-Identifier: Apache-2.0
 *
 * What live and replay have in common in their options for Redis.
 */
#ifndef HOST_REDIS_OPTION_H
#define HOST_REDIS_OPTION_H

#include "camwatch/publisher.h"

/* Setters for rows at the whole struct camwatch_redis_settings. */
bool cw_set_redis_maxlen(void *field, char *const *values,
                         struct camwatch_error *error); /* flows=500000,alerts=1000 */
bool cw_set_redis_age(void *field, char *const *values,
                      struct camwatch_error *error); /* 86400, or flows=86400,alerts=604800 */

/** Something was set that makes sense with a URL only. */
bool cw_redis_has_more(const struct camwatch_redis_settings *settings);

/* clang-format off */
/* Options of who connects. AT() is of the table that they stand in, whose settings have a member, with these
 * names in it. */
#define CW_REDIS_LOGIN_OPTIONS(member) \
    {"redis-password-file", "FILE", \
     "password of Redis; else CAMWATCH_REDIS_PASSWORD in the environment", cw_set_text, \
     AT(member.password_file)}, \
    {"insecure-redis", NULL, "send a password in clear over a network", cw_set_true, \
     AT(member.allow_plaintext_password)}, \
    {"redis-ca", "FILE", "certificates that rediss:// trusts, PEM; default: the system's", \
     cw_set_text, AT(member.tls_ca)}, \
    {"redis-cert", "FILE", "certificate of ours, PEM, where the server wants one", cw_set_text, \
     AT(member.tls_cert)}, \
    {"redis-key", "FILE", "key of --redis-cert, PEM", cw_set_text, AT(member.tls_key)}, \
    {"redis-name", "NAME", "whom the server's certificate must be of; default: the URL's host", \
     cw_set_text, AT(member.tls_name)}

/* Options that live and replay have alike, of a member redis. */
#define CW_REDIS_OPTIONS \
    CW_REDIS_LOGIN_OPTIONS(redis), \
    {"redis-maxlen", "STREAM=N,...", \
     "entries that a stream keeps; default flows=1000000,alerts=100000,devices=100000,stats=100000", \
     cw_set_redis_maxlen, AT(redis)}, \
    {"redis-max-age", "SECONDS|STREAM=SECONDS,...", \
     "entries of a stream that are older go; default 0, none; Redis 6.2 or later", cw_set_redis_age, \
     AT(redis)}, \
    {"redis-json", NULL, "a last field json with the whole event in every entry", cw_set_true, \
     AT(redis.with_json)}, \
    {"redis-list", "NAME", "the JSON of each event also into the list camwatch:{SENSOR}:NAME", \
     cw_set_text, AT(redis.list)}, \
    {"redis-list-max", "N", "the newest that the list keeps; default 100000", cw_set_bytes, \
     AT(redis.list_max)}
/* clang-format on */

#endif
