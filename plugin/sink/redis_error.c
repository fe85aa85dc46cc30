/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/redis_error.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    const char *prefix, *help;
    enum cw_redis_reaction reaction;
} ROWS[CW_N_REDIS_ERRORS] = {

#define ROW(s, p, r, h)                                                                        \
    [CW_REDIS_ERROR_##s] = {.prefix = p, .help = h, .reaction = CW_REDIS_##r},
    CW_REDIS_ERRORS(ROW)
#undef ROW
};

enum cw_redis_error
cw_redis_error_class(const char *text, size_t len)
{
    for (unsigned i = 0; i < CW_N_REDIS_ERRORS; i++) {
        size_t n = strlen(ROWS[i].prefix);
        bool is_whole_word = n == len || (n < len && text[n] == ' ') || n == 0;
        bool is_sentence = strchr(ROWS[i].prefix, ' ');
        if (n <= len && memcmp(text, ROWS[i].prefix, n) == 0 &&
            (is_whole_word || is_sentence)) {
            return i;
        }
    }
    return CW_REDIS_ERROR_OTHER;
}

enum cw_redis_reaction
cw_redis_error_reaction(enum cw_redis_error error)
{
    return ROWS[error].reaction;
}

const char *
cw_redis_error_name(enum cw_redis_error error)
{
    return *ROWS[error].prefix ? ROWS[error].prefix : "other";
}

const char *
cw_redis_error_help(enum cw_redis_error error)
{
    return ROWS[error].help;
}
