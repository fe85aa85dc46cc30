/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON (RFC 8259) into a text that grows up to a bound. Commas are put where they belong. Every
 * string is of unknown origin: control characters, what ends a line in JavaScript and '<' '>'
 * '&' are escaped, and bytes that are no UTF-8 become U+FFFD, so that no reader acts on them.
 */
#ifndef SERVER_BODY_H
#define SERVER_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* Zeroed memory with max set is the empty text. */
struct cw_body {
    char *text;       /* owned; not NUL-terminated; NULL while nothing was written */
    size_t len, room; /* bytes written and allocated */
    size_t max;       /* the bound */
    bool is_full;     /* something did not fit, or memory is out: the text is not to be used */
    bool wants_comma;
};

/** '{' or '['; each needs its cw_body_close. */
void cw_body_open(struct cw_body *json, char bracket);
void cw_body_close(struct cw_body *json, char bracket);

/** The name of the value that follows. */
void cw_body_key(struct cw_body *json, const char *name);
void cw_body_key_bytes(struct cw_body *json, struct cw_bytes name);

void cw_body_string(struct cw_body *json, struct cw_bytes value);
void cw_body_text(struct cw_body *json, const char *value);
void cw_body_number(struct cw_body *json, uint64_t value);
void cw_body_bool(struct cw_body *json, bool value);
void cw_body_null(struct cw_body *json);

/** Bytes as they are: a value that is JSON already. */
void cw_body_value(struct cw_body *json, struct cw_bytes value);

/** Bytes as they are, without a comma: what surrounds JSON. */
void cw_body_raw(struct cw_body *json, const void *bytes, size_t len);

/** Empty again; the memory is kept. */
void cw_body_reset(struct cw_body *json);

/** Give the memory back. */
void cw_body_free(struct cw_body *json);

#endif
