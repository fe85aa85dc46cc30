/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON into a stream, piece by piece. It may stand inside HTML: <, > and & are escaped.
 */
#ifndef HOST_JSON_H
#define HOST_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** Zeroed but for out before the first call. */
struct cw_json {
    FILE *out; /* borrowed; ask ferror() when all is written */
    bool has_item;
    bool is_one_line; /* no line feed inside: one object a line */
};

/* Every call takes a key (a plain name; NULL inside an array and at the top). */

/** @param bracket '{' or '['; ended with its counterpart. */
void cw_json_begin(struct cw_json *json, const char *key, char bracket);
void cw_json_end(struct cw_json *json, char bracket);

/** Bytes that are no UTF-8 become U+FFFD. */
void cw_json_text(struct cw_json *json, const char *key, const char *text);
void cw_json_number(struct cw_json *json, const char *key, uint64_t number);
void cw_json_bool(struct cw_json *json, const char *key, bool value);
/** RFC 3339, UTC, milliseconds. */
void cw_json_time(struct cw_json *json, const char *key, int64_t ns);

/** Left out when there is nothing to say: "" and 0 mean "not known" here. */
void cw_json_text_if(struct cw_json *json, const char *key, const char *text);
void cw_json_number_if(struct cw_json *json, const char *key, uint64_t number);

#endif
