/* SPDX-License-Identifier: Apache-2.0
 *
 * Text out of untrusted bytes: ASCII searches that never run past the end, and copies into fixed
 * arrays. Nothing allocates; all searches are O(haystack) but for long needles.
 */
#ifndef CW_BASE_TEXT_H
#define CW_BASE_TEXT_H

#include "base/bytes.h"

/** First place of needle in hay, or -1. */
ptrdiff_t cw_text_find(struct cw_bytes hay, struct cw_bytes needle);

/** The same without regard to ASCII case. */
ptrdiff_t cw_text_find_nocase(struct cw_bytes hay, struct cw_bytes needle);

/** Equal without regard to ASCII case. */
bool cw_text_equal_nocase(struct cw_bytes a, struct cw_bytes b);

/** What stands between open and the next close, borrowed; empty where either is missing. */
struct cw_bytes cw_text_between(struct cw_bytes in, const char *open, const char *close);

/** Without blanks, CR, LF and NUL at both ends. */
struct cw_bytes cw_text_trim(struct cw_bytes in);

/** The value of "Name: value" among CRLF or LF lines, trimmed, borrowed; name without the colon,
 *  any case; empty where missing. Stops at the first empty line. */
struct cw_bytes cw_text_header(struct cw_bytes lines, const char *name);

/** All bytes are printable ASCII (0x20..0x7e), and there is at least one. */
bool cw_text_is_printable(struct cw_bytes in);

/** All bytes are ASCII letters or digits, and there is at least one. */
bool cw_text_is_alnum(struct cw_bytes in);

/** All bytes are ASCII digits, and there is at least one. */
bool cw_text_is_digits(struct cw_bytes in);

/** Strict decimal number of 1..10 digits up to max. False leaves out alone. */
bool cw_text_number(struct cw_bytes in, uint32_t max, uint32_t *out);

/** Bytes of the well-formed UTF-8 character at the front (RFC 3629 4); 0 where there is none. */
size_t cw_text_utf8_length(struct cw_bytes in);

/**
 * Copy into a fixed array as a C string: control characters and broken UTF-8 become '?', blanks at
 * the ends go, and a copy cut for length ends on a whole character. An empty input gives "".
 */
void cw_text_copy(char *out, size_t size, struct cw_bytes in);

/** cw_text_copy for a NUL-terminated source; NULL gives "". */
void cw_text_set(char *out, size_t size, const char *in);

/** ASCII lower case in place. */
void cw_text_lower(char *text);

#endif
