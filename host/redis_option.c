/* SPDX-License-Identifier: Apache-2.0 */
#include "redis_option.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option.h"

#define NUMBER_MAX UINT64_C(1000000000000)

static bool
read_number(const char *text, uint64_t max, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *out <= max;
}

static bool
find_stream(const char *name, size_t len, unsigned *out)
{
    for (*out = 0; *out < CAMWATCH_N_STREAMS; (*out)++) {
        const char *text = camwatch_stream_text(*out);
        if (strlen(text) == len && memcmp(text, name, len) == 0) {
            return true;
        }
    }
    return false;
}

/* "STREAM=N,STREAM=N"; what it does not name stays as it was. */
static bool
read_list(const char *text, uint64_t max, uint64_t *numbers)
{
    while (*text) {
        char number[24];
        unsigned stream;
        size_t len = strcspn(text, ","), name = strcspn(text, "=");
        if (name >= len || !find_stream(text, name, &stream) || len - name > sizeof(number)) {
            return false;
        }
        (void)snprintf(number, sizeof(number), "%.*s", (int)(len - name - 1), text + name + 1);
        if (!read_number(number, max, &numbers[stream])) {
            return false;
        }
        text += len + (text[len] == ',');
    }
    return true;
}

bool
cw_set_redis_maxlen(void *field, char *const *values, struct camwatch_error *error)
{
    struct camwatch_redis_settings *settings = field;
    uint64_t numbers[CAMWATCH_N_STREAMS];
    memcpy(numbers, settings->maxlen, sizeof(numbers));
    bool is_good = *values[0] && read_list(values[0], NUMBER_MAX, numbers);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        is_good = is_good && numbers[i] > 0;
    }
    if (!is_good) {
        (void)snprintf(
            error->text, sizeof(error->text),
            "'%.64s' is not alerts=N,devices=N,flows=N,stats=N or a part of it, N from 1",
            values[0]);
        return false;
    }
    memcpy(settings->maxlen, numbers, sizeof(numbers));
    return true;
}

bool
cw_set_redis_age(void *field, char *const *values, struct camwatch_error *error)
{
    struct camwatch_redis_settings *settings = field;
    uint64_t numbers[CAMWATCH_N_STREAMS], all;
    bool is_for_all = read_number(values[0], UINT32_MAX, &all);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        numbers[i] = is_for_all ? all : settings->max_age_s[i];
    }
    if (!is_for_all && !(*values[0] && read_list(values[0], UINT32_MAX, numbers))) {
        (void)snprintf(
            error->text, sizeof(error->text),
            "'%.64s' is neither seconds nor alerts=S,devices=S,flows=S,stats=S or a part "
            "of it",
            values[0]);
        return false;
    }
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        settings->max_age_s[i] = (uint32_t)numbers[i];
    }
    return true;
}

bool
cw_redis_has_more(const struct camwatch_redis_settings *s)
{
    return s->password_file || s->allow_plaintext_password || s->tls_ca || s->tls_cert ||
           s->tls_key || s->tls_name || s->list || s->with_json;
}
