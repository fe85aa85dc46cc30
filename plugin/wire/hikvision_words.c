/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/hikvision_words.h"

#include "base/text.h"

struct model_row {
    const char *prefix;
    uint8_t kind;
    bool is_surveillance;
};

static const struct model_row models[] = {
    {"DS-2", CAMWATCH_KIND_CAMERA, true},         {"iDS-2", CAMWATCH_KIND_CAMERA, true},
    {"DS-3", CAMWATCH_KIND_UNKNOWN, false},       {"DS-6", CAMWATCH_KIND_ENCODER, true},
    {"DS-7", CAMWATCH_KIND_RECORDER, true},       {"DS-8", CAMWATCH_KIND_RECORDER, true},
    {"DS-9", CAMWATCH_KIND_RECORDER, true},       {"iDS-7", CAMWATCH_KIND_RECORDER, true},
    {"iDS-9", CAMWATCH_KIND_RECORDER, true},      {"DS-KH", CAMWATCH_KIND_INTERCOM, false},
    {"DS-KV", CAMWATCH_KIND_DOORBELL, true},      {"DS-KD", CAMWATCH_KIND_DOORBELL, true},
    {"DS-K", CAMWATCH_KIND_ACCESS_CONTROL, true}, {"DS-PW", CAMWATCH_KIND_ALARM_PANEL, false},
    {"DS-PHA", CAMWATCH_KIND_ALARM_PANEL, false},
};

bool
cw_hikvision_model(struct cw_bytes model, uint8_t *kind)
{
    model = cw_text_trim(model);
    *kind = CAMWATCH_KIND_UNKNOWN;
    for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++) {
        struct cw_bytes prefix = cw_bytes_text(models[i].prefix);
        if (cw_text_equal_nocase(cw_bytes_head(model, prefix.len), prefix)) {
            *kind = models[i].kind;
            return models[i].is_surveillance;
        }
    }
    return true;
}
