/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/brand_words.h"

#include "base/text.h"
#include "wire/dahua_words.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"
#include "wire/tiandy_words.h"
#include "wire/uniview_words.h"

/* Names seen in ONVIF scopes and manufacturer fields (vendors.md 1 to 5,
 * protocols_seed_vendors.md 7). An OEM brand proves no maker. */
static const struct cw_brand brands[] = {
    {"Dahua", "Dahua", CW_DAHUA_MAKER, CW_DAHUA_GROUP},
    {"Zhejiang Dahua", "Dahua", CW_DAHUA_MAKER, CW_DAHUA_GROUP},
    {"Amcrest", "Amcrest", "", CW_DAHUA_GROUP},
    {"Imou", "Imou", "", CW_DAHUA_GROUP},
    {"Lorex", "Lorex", "", ""},
    {"Hikvision", "Hikvision", CW_HIKVISION_MAKER, CW_HIKVISION_GROUP},
    {"Hangzhou Hikvision", "Hikvision", CW_HIKVISION_MAKER, CW_HIKVISION_GROUP},
    {"EZVIZ", "EZVIZ", "", CW_HIKVISION_GROUP},
    {"HiLook", "HiLook", CW_HIKVISION_MAKER, CW_HIKVISION_GROUP},
    {"HiWatch", "HiWatch", CW_HIKVISION_MAKER, CW_HIKVISION_GROUP},
    {"Uniview", "Uniview", CW_UNIVIEW_MAKER, CW_UNIVIEW_VENDOR},
    {"Tiandy", "Tiandy", CW_TIANDY_MAKER, CW_TIANDY_VENDOR},
    {"Reolink", "Reolink", "", ""},
    {"Axis", "Axis", "", ""},
    {"Microseven", "Microseven", "", ""},
};

static bool
starts_word(struct cw_bytes text, struct cw_bytes word)
{
    if (!cw_text_equal_nocase(cw_bytes_head(text, word.len), word)) {
        return false;
    }
    return text.len == word.len || !cw_text_is_alnum(cw_bytes(text.ptr + word.len, 1));
}

const struct cw_brand *
cw_brand_find(struct cw_bytes text)
{
    text = cw_text_trim(text);
    for (size_t i = 0; i < sizeof(brands) / sizeof(*brands); i++) {
        if (starts_word(text, cw_bytes_text(brands[i].word))) {
            return &brands[i];
        }
    }
    return NULL;
}

const struct cw_brand *
cw_brand_all(size_t *n)
{
    *n = sizeof(brands) / sizeof(*brands);
    return brands;
}

void
cw_brand_note(struct cw_wire_match *m, const struct cw_brand *brand)
{
    if (!brand) {
        return;
    }
    cw_text_set(m->identity.brand, sizeof(m->identity.brand), brand->brand);
    cw_text_set(m->identity.maker, sizeof(m->identity.maker), brand->maker);
    m->vendor = brand->vendor[0] ? brand->vendor : m->vendor;
}

uint8_t
cw_brand_model_kind(struct cw_bytes model)
{
    static const struct {
        const char *word;
        uint8_t kind;
    } rows[] = {
        {"NVR", CAMWATCH_KIND_RECORDER},  {"DVR", CAMWATCH_KIND_RECORDER},
        {"XVR", CAMWATCH_KIND_RECORDER},  {"HCVR", CAMWATCH_KIND_RECORDER},
        {"VTO", CAMWATCH_KIND_DOORBELL},  {"IPC", CAMWATCH_KIND_CAMERA},
        {"Camera", CAMWATCH_KIND_CAMERA},
    };

    uint8_t kind;
    (void)cw_hikvision_model(model, &kind);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows) && kind == CAMWATCH_KIND_UNKNOWN; i++) {
        if (cw_text_find_nocase(model, cw_bytes_text(rows[i].word)) >= 0) {
            kind = rows[i].kind;
        }
    }
    return kind;
}
