/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a person reads: its width, whether it shows colours and UTF-8.
 */
#ifndef HOST_TERM_H
#define HOST_TERM_H

#include <stdbool.h>
#include <stdio.h>

enum cw_style {
    CW_STYLE_PLAIN,
    CW_STYLE_BOLD,
    CW_STYLE_DIM,
    CW_STYLE_GOOD,
    CW_STYLE_WARN,
    CW_STYLE_BAD,
    CW_STYLE_NAME,
};

struct cw_term {
    FILE *out; /* borrowed */
    bool is_terminal, has_colour, is_utf8;
    unsigned width;
};

/** Look at a stream. NO_COLOR (set and not empty), TERM=dumb or no_colour turn colours off. */
struct cw_term cw_term_of(FILE *out, bool no_colour);

/** "" without colours. Static storage. */
const char *cw_style_on(const struct cw_term *term, enum cw_style style);
const char *cw_style_off(const struct cw_term *term, enum cw_style style);

/** Write a shown text in lines of the terminal's width, broken at spaces, each behind an
 *  indent. */
void cw_term_wrap(const struct cw_term *term, unsigned indent, enum cw_style style,
                  const char *text);

/** The same behind what stands on the line already, which takes up the indent. */
void cw_term_wrap_behind(const struct cw_term *term, unsigned indent, enum cw_style style,
                         const char *text);

/** For sentences: broken for a person at a terminal, one line each for a program that searches them. */
struct cw_term cw_term_for_lines(const struct cw_term *term);

/** The UTF-8 form where it can be shown, else the other. */
const char *cw_term_sign(const struct cw_term *term, const char *utf8, const char *ascii);

#endif
