/* SPDX-License-Identifier: Apache-2.0
 *
 * Options of a command as one table: parsing, help, errors with a suggestion and completion
 * come from its rows.
 */
#ifndef HOST_OPTION_H
#define HOST_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "camwatch/status.h"

/** Texts in the order given; borrowed from argv. NULL-ended. */
struct cw_texts {
    const char **items;
    size_t n;
};

/**
 * Set one option.
 *
 * @param field   the setting, settings + the row's offset
 * @param values  the option's arguments, borrowed from argv: as many as the row takes
 * @return false: error->text says what is wrong and what is allowed
 */
typedef bool (*cw_option_set_fn)(void *field, char *const *values,
                                 struct camwatch_error *error);

struct cw_option {
    const char
        *name; /* "json": --json; NULL ends the table, or is a heading when help is set */
    const char *argument; /* "FILE"; two arguments are two words; NULL: a switch */
    const char *help;
    cw_option_set_fn set;
    size_t offset; /* of the setting */
};

#define CW_OPTION_HEADING(text)                                                                \
    {                                                                                          \
        .help = (text)                                                                         \
    }
#define CW_OPTION_END                                                                          \
    {                                                                                          \
        .help = NULL                                                                           \
    }

/* Setters for the usual kinds of settings. */
bool cw_set_true(void *field, char *const *values, struct camwatch_error *error);  /* bool */
bool cw_set_false(void *field, char *const *values, struct camwatch_error *error); /* bool */
bool cw_set_text(void *field, char *const *values,
                 struct camwatch_error *error); /* const char * */
bool cw_set_pair(void *field, char *const *values,
                 struct camwatch_error *error); /* const char *[2] */
bool cw_add_text(void *field, char *const *values,
                 struct camwatch_error *error); /* struct cw_texts */
bool cw_set_number(void *field, char *const *values,
                   struct camwatch_error *error); /* uint32_t */
bool cw_set_bytes(void *field, char *const *values,
                  struct camwatch_error *error); /* uint64_t: 64M */

/**
 * Read a command line.
 *
 * @param argv      behind the command's name, NULL-ended; "--" ends the options, "-" is an
 * operand
 * @param settings  receives options
 * @param operands  receives what is no option; give back with cw_texts_free
 * @return false: error->text says what is wrong
 */
bool cw_options_read(const struct cw_option *table, char *const *argv, void *settings,
                     struct cw_texts *operands, struct camwatch_error *error);

/** In lines of the terminal's width, or of 98 columns. */
void cw_options_help(const struct cw_option *table, FILE *out);

/** The same for text below the options. @param text  paragraphs of up to 1,023 bytes, a line each */
void cw_help_more(const char *text, FILE *out);

/** Append; aborts for lack of memory. */
void cw_texts_add(struct cw_texts *texts, const char *text);
void cw_texts_free(struct cw_texts *texts);

/** The one of names nearest to text, if near enough to be meant; else NULL. names is NULL-
 *  ended. */
const char *cw_nearest(const char *text, const char *const *names);

#endif
