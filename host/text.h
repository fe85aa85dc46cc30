/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts for a terminal: what came from the wire is made harmless, columns are counted as they
 * are shown, numbers are written for people.
 */
#ifndef HOST_TEXT_H
#define HOST_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A text that grows. Zeroed memory is the empty text. */
struct cw_buffer {
    char *text; /* NUL-terminated; NULL while nothing was added */
    size_t len, room;
};

/** Aborts for lack of memory. */
void cw_buffer_add(struct cw_buffer *buffer, const char *text, size_t len);
void cw_buffer_print(struct cw_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/** "" while empty; borrowed until the next call. */
const char *cw_buffer_text(const struct cw_buffer *buffer);
void cw_buffer_free(struct cw_buffer *buffer);

/**
 * Add a text of unknown origin so that no terminal acts on it: control characters, bytes that
 * are no UTF-8, marks that reorder or hide text (bidi, zero width) are written as \xNN or
 * <U+NNNN>.
 *
 * @param is_utf8  the terminal shows UTF-8; else every character beyond ASCII is written as
 * <U+NNNN>
 */
void cw_buffer_show(struct cw_buffer *buffer, const char *text, bool is_utf8);

/** Length in bytes of the one character of UTF-8 that begins here; 0 where none does. Not at the
 *  end. */
size_t cw_text_character(const char *text);

/** Columns that the first len bytes (SIZE_MAX: all) of a shown text take: UTF-8; East Asian
 *  wide characters count two, combining ones none. */
size_t cw_text_columns(const char *text, size_t len);

/** Length in bytes of the longest start of a shown text that fits in columns. */
size_t cw_text_fit(const char *text, size_t columns);

enum { CW_NUMBER_MAX = 32 };

/* Numbers for people, into out, which is returned: "12,345" · "1.2 MB" · "1 h 12 min". */
const char *cw_show_count(uint64_t count, char out[CW_NUMBER_MAX]);
const char *cw_show_bytes(uint64_t bytes, char out[CW_NUMBER_MAX]);
const char *cw_show_span(int64_t ns, char out[CW_NUMBER_MAX]);
/** "2021-02-26 23:37:40" UTC. */
const char *cw_show_time(int64_t ns, char out[CW_NUMBER_MAX]);

#endif
