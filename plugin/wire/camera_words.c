/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/camera_words.h"

#include "base/text.h"
#include "camwatch/terms.h"

struct word {
    const char *text;
    uint8_t kind;
};

static const struct word words[] = {
#define CAMERA_WORD(t, k) {t, CAMWATCH_KIND_##k},
#include "wire/camera_words.def"
#undef CAMERA_WORD
};

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

uint8_t
cw_camera_kind(struct cw_bytes text)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (cw_text_find_nocase(text, cw_bytes_text(words[i].text)) >= 0) {
            return words[i].kind;
        }
    }
    return cw_camera_model(text).len > 0 ? CAMWATCH_KIND_CAMERA : CAMWATCH_KIND_UNKNOWN;
}
