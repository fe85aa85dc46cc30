/* SPDX-License-Identifier: Apache-2.0 */
#include "server/stream_id.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"

/* 1..20 digits that fit 64 bits. */
static bool
parse_number(struct cw_bytes text, uint64_t *out)
{
    uint64_t value = 0;
    if (!cw_text_is_digits(text) || text.len > 20) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        uint64_t digit = text.ptr[i] - (uint64_t)'0';
        if (value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool
cw_stream_id_parse(struct cw_bytes text, struct cw_stream_id *out)
{
    struct cw_stream_id id = {.seq = 0};
    ptrdiff_t dash = cw_text_find(text, cw_bytes_text("-"));
    struct cw_bytes ms = cw_bytes_head(text, dash < 0 ? text.len : (size_t)dash);
    if (!parse_number(ms, &id.ms) ||
        (dash >= 0 && !parse_number(cw_bytes_from(text, (size_t)dash + 1), &id.seq))) {
        return false;
    }
    *out = id;
    return true;
}

const char *
cw_stream_id_text(struct cw_stream_id id, char out[CW_STREAM_ID_MAX])
{
    (void)snprintf(out, CW_STREAM_ID_MAX, "%" PRIu64 "-%" PRIu64, id.ms, id.seq);
    return out;
}

int
cw_stream_id_compare(struct cw_stream_id a, struct cw_stream_id b)
{
    if (a.ms != b.ms) {
        return a.ms < b.ms ? -1 : 1;
    }
    return a.seq == b.seq ? 0 : (a.seq < b.seq ? -1 : 1);
}

struct cw_stream_id
cw_stream_id_next(struct cw_stream_id id)
{
    if (id.seq < UINT64_MAX) {
        id.seq++;
    } else if (id.ms < UINT64_MAX) {
        id = (struct cw_stream_id){.ms = id.ms + 1};
    }
    return id;
}

struct cw_stream_id
cw_stream_id_previous(struct cw_stream_id id)
{
    if (id.seq > 0) {
        id.seq--;
    } else if (id.ms > 0) {
        id = (struct cw_stream_id){.ms = id.ms - 1, .seq = UINT64_MAX};
    }
    return id;
}

bool
cw_place_parse(struct cw_bytes text, struct cw_place *out)
{
    struct cw_place place;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        bool is_last = i + 1 == CAMWATCH_N_STREAMS;
        ptrdiff_t end = cw_text_find(text, cw_bytes_text("_"));
        if (is_last != (end < 0)) {
            return false;
        }
        size_t len = is_last ? text.len : (size_t)end;
        if (!cw_stream_id_parse(cw_bytes_head(text, len), &place.ids[i])) {
            return false;
        }
        text = cw_bytes_from(text, len + 1);
    }
    *out = place;
    return true;
}

const char *
cw_place_text(const struct cw_place *place, char out[CW_PLACE_MAX])
{
    size_t used = 0;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        char id[CW_STREAM_ID_MAX];
        int n = snprintf(out + used, CW_PLACE_MAX - used, "%s%s", i > 0 ? "_" : "",
                         cw_stream_id_text(place->ids[i], id));
        used += (size_t)n;
    }
    return out;
}
