/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum {
    MESSAGE_MAX = 1536,
    WORD_MAX = 64, /* longer words get no suggestion */
    NEAR = 2,      /* typing errors that still count as near */
};

void
cw_rules_error(struct cw_rules_log *log, struct cw_rules_place at, const char *format, ...)
{
    char text[MESSAGE_MAX];
    int used = snprintf(text, sizeof(text), "%s:%u: ", at.file, (unsigned)at.line);
    log->errors++;
    if (log->report == NULL || used < 0 || (size_t)used >= sizeof(text)) {
        return;
    }
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text + used, sizeof(text) - (size_t)used, format, args);
    va_end(args);
    log->report(log->user, true, text);
}

const char *
cw_rules_quote(const char *text, char out[CW_RULES_QUOTE_MAX])
{
    cw_text_set(out, CW_RULES_QUOTE_MAX, text);
    return out;
}

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Levenshtein distance; both words are shorter than WORD_MAX. */
static unsigned
distance(const char *a, const char *b)
{
    unsigned row[WORD_MAX];
    unsigned n = (unsigned)strlen(b);
    for (unsigned j = 0; j <= n; j++) {
        row[j] = j;
    }
    for (unsigned i = 1; a[i - 1] != '\0'; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= n; j++) {
            unsigned change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least(change, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

const char *
cw_rules_hint(const char *written, const char *const *candidates, size_t n,
              char out[CW_RULES_HINT_MAX])
{
    unsigned best = NEAR + 1;
    const char *nearest = NULL;
    out[0] = '\0';
    if (strlen(written) >= WORD_MAX) {
        return out;
    }
    for (size_t i = 0; i < n; i++) {
        const char *word = candidates[i];
        if (word == NULL || strlen(word) >= WORD_MAX || strlen(word) <= NEAR) {
            continue;
        }
        unsigned d = distance(written, word);
        if (d < best) {
            best = d;
            nearest = word;
        }
    }
    if (nearest != NULL) {
        (void)snprintf(out, CW_RULES_HINT_MAX, "; did you mean \"%s\"?", nearest);
    }
    return out;
}
