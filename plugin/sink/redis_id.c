/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/redis_id.h"

#include <inttypes.h>
#include <stdio.h>

int
cw_redis_id_compare(struct cw_redis_id a, struct cw_redis_id b)
{
    if (a.ms != b.ms) {
        return a.ms < b.ms ? -1 : 1;
    }
    return (a.seq > b.seq) - (a.seq < b.seq);
}

struct cw_redis_id
cw_redis_id_add(struct cw_redis_id id, uint64_t n)
{
    id.seq += n;
    return id;
}

bool
cw_redis_id_next(struct cw_redis_id last, uint64_t now_ms, uint64_t n, struct cw_redis_id *out)
{
    if (now_ms > last.ms) {
        *out = (struct cw_redis_id){.ms = now_ms};
        return true;
    }
    if (UINT64_MAX - last.seq > n) {
        *out = (struct cw_redis_id){.ms = last.ms, .seq = last.seq + 1};
        return true;
    }
    if (last.ms == UINT64_MAX) {
        return false;
    }
    *out = (struct cw_redis_id){.ms = last.ms + 1};
    return true;
}

const char *
cw_redis_id_format(struct cw_redis_id id, char out[CW_REDIS_STREAM_ID_MAX])
{
    (void)snprintf(out, CW_REDIS_STREAM_ID_MAX, "%" PRIu64 "-%" PRIu64, id.ms, id.seq);
    return out;
}

/* The digits at the front as a number; 0 when there are none or too many. */
static size_t
parse_number(const char *text, size_t len, uint64_t *out)
{
    uint64_t value = 0;
    size_t i = 0;
    for (; i < len && text[i] >= '0' && text[i] <= '9'; i++) {
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) {
            return 0;
        }
        value = value * 10 + digit;
    }
    *out = value;
    return i;
}

bool
cw_redis_id_parse(const char *text, size_t len, struct cw_redis_id *out)
{
    struct cw_redis_id id;
    size_t n = parse_number(text, len, &id.ms);
    if (n == 0 || n == len || text[n] != '-') {
        return false;
    }
    size_t m = parse_number(text + n + 1, len - n - 1, &id.seq);
    if (m == 0 || n + 1 + m != len) {
        return false;
    }
    *out = id;
    return true;
}
