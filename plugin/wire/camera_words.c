/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/camera_words.h"

#include "base/text.h"
#include "camwatch/terms.h"

struct word {
    const char *text;
    uint8_t length;
    uint8_t kind;
};

static const struct word words[] = {
#define CAMERA_WORD(t, k) {t, sizeof(t) - 1, CAMWATCH_KIND_##k},
#include "wire/camera_words.def"
#undef CAMERA_WORD
};

enum { N_WORDS = sizeof(words) / sizeof(*words) };

static bool
is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* D-Link: DCS-, three or four digits, L or LH or LW (capture dlink-dcs935l-setup). Without
 * the letter it may be a data-centre switch of another maker. */
static size_t
dlink_length(struct cw_bytes at)
{
    size_t n = 4;
    while (n < at.len && n < 8 && is_digit(at.ptr[n])) {
        n++;
    }
    if (n < 7 || n >= at.len || (at.ptr[n] | 0x20) != 'l') {
        return 0;
    }
    n++;
    return n < at.len && memchr("hHwW", at.ptr[n], 4) ? n + 1 : n;
}

struct cw_bytes
cw_camera_model(struct cw_bytes text)
{
    ptrdiff_t at = cw_text_find_nocase(text, cw_bytes_text("DCS-"));
    if (at < 0) {
        return cw_bytes(NULL, 0);
    }
    struct cw_bytes model = cw_bytes_from(text, (size_t)at);
    return cw_bytes_head(model, dlink_length(model));
}

/* The first of the words before most that stands at the start of text; most: none does. */
static size_t
word_at(struct cw_bytes text, size_t most)
{
    size_t i = 0;
    for (; i < most; i++) {
        struct cw_bytes word = cw_bytes(words[i].text, words[i].length);
        if ((text.ptr[0] | 0x20) == (word.ptr[0] | 0x20) &&
            cw_text_equal_nocase(cw_bytes_head(text, word.len), word)) {
            break;
        }
    }
    return i;
}

/* A bit for each letter, in either case, that a word begins with. */
static uint32_t
first_letters(void)
{
    uint32_t letters = 0;
    for (size_t i = 0; i < N_WORDS; i++) {
        letters |= 1u << (words[i].text[0] & 31);
    }
    return letters;
}

uint8_t
cw_camera_kind(struct cw_bytes text)
{
    uint32_t letters = first_letters();
    size_t found = N_WORDS;
    for (size_t i = 0; i < text.len; i++) {
        if (letters & 1u << (text.ptr[i] & 31)) {
            found = word_at(cw_bytes_from(text, i), found);
        }
    }
    if (found < N_WORDS) {
        return words[found].kind;
    }
    return cw_camera_model(text).len > 0 ? CAMWATCH_KIND_CAMERA : CAMWATCH_KIND_UNKNOWN;
}
