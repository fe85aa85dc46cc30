/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/resp.h"

#include <string.h>

#define COUNT_MAX 24 /* mark, 20 digits, end of line */

static bool
has_room(struct cw_resp *out, size_t len)
{
    out->is_full = out->is_full || len > out->size - out->used;
    return !out->is_full;
}

/* "$12\r\n"; returns its length. printf would be half of the sink's work, and most counts have two digits. */
static size_t
write_count(char room[COUNT_MAX], char mark, size_t n)
{
    char digits[COUNT_MAX];
    size_t n_digits = 0, len = 0;
    do {
        digits[n_digits++] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    room[len++] = mark;
    while (n_digits > 0) {
        room[len++] = digits[--n_digits];
    }
    room[len++] = '\r';
    room[len++] = '\n';
    return len;
}

void
cw_resp_command(struct cw_resp *out, size_t n_words)
{
    char room[COUNT_MAX];
    cw_resp_raw(out, room, write_count(room, '*', n_words));
}

void
cw_resp_bytes(struct cw_resp *out, const char *bytes, size_t len)
{
    char room[COUNT_MAX];
    size_t n = write_count(room, '$', len);
    if (len > out->size || !has_room(out, n + len + 2)) {
        out->is_full = true;
        return;
    }
    char *at = out->bytes + out->used;
    memcpy(at, room, n);
    memcpy(at + n, bytes, len);
    memcpy(at + n + len, "\r\n", 2);
    out->used += n + len + 2;
}

void
cw_resp_word(struct cw_resp *out, const char *word)
{
    cw_resp_bytes(out, word, strlen(word));
}

void
cw_resp_raw(struct cw_resp *out, const char *bytes, size_t len)
{
    if (has_room(out, len)) {
        memcpy(out->bytes + out->used, bytes, len);
        out->used += len;
    }
}
