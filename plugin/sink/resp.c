/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/resp.h"

#include <string.h>

#define COUNT_MAX 24 /* mark, 20 digits, end of line */

static void
put(struct cw_resp *out, const char *bytes, size_t len)
{
    if (out->is_full || len > out->size - out->used) {
        out->is_full = true;
        return;
    }
    memcpy(out->bytes + out->used, bytes, len);
    out->used += len;
}

/* "$12\r\n" at the end of room; returns its length. printf would be half of the sink's work. */
static size_t
write_count(char room[COUNT_MAX], char mark, size_t n)
{
    char *at = room + COUNT_MAX;
    *--at = '\n';
    *--at = '\r';
    do {
        *--at = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    *--at = mark;
    return (size_t)(room + COUNT_MAX - at);
}

static void
put_count(struct cw_resp *out, char mark, size_t n)
{
    char room[COUNT_MAX];
    size_t len = write_count(room, mark, n);
    put(out, room + COUNT_MAX - len, len);
}

void
cw_resp_command(struct cw_resp *out, size_t n_words)
{
    put_count(out, '*', n_words);
}

void
cw_resp_bytes(struct cw_resp *out, const char *bytes, size_t len)
{
    put_count(out, '$', len);
    put(out, bytes, len);
    put(out, "\r\n", 2);
}

void
cw_resp_word(struct cw_resp *out, const char *word)
{
    cw_resp_bytes(out, word, strlen(word));
}

void
cw_resp_raw(struct cw_resp *out, const char *bytes, size_t len)
{
    put(out, bytes, len);
}
