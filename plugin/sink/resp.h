/* SPDX-License-Identifier: Apache-2.0
 *
 * Redis commands as bytes (RESP2, https://redis.io/docs/reference/protocol-spec): arrays of
 * strings with their lengths in front, so that any byte may stand in a value.
 */
#ifndef CW_SINK_RESP_H
#define CW_SINK_RESP_H

#include <stdbool.h>
#include <stddef.h>

/* A buffer of fixed size. A write that does not fit sets is_full, and nothing more is written. */
struct cw_resp {
    char *bytes; /* borrowed */
    size_t size, used;
    bool is_full;
};

/** "*N": a command of n words follows. */
void cw_resp_command(struct cw_resp *out, size_t n_words);

/** One word of it. */
void cw_resp_word(struct cw_resp *out, const char *word);
void cw_resp_bytes(struct cw_resp *out, const char *bytes, size_t len);

/** Words that are encoded already. */
void cw_resp_raw(struct cw_resp *out, const char *bytes, size_t len);

#endif
