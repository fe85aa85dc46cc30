/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/resp.h"

#include <stdio.h>
#include <string.h>

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

static void
put_count(struct cw_resp *out, char mark, size_t n)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%c%zu\r\n", mark, n);
    put(out, text, (size_t)len);
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
