/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/dahua_words.h"

#include "base/text.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum how { EXACT, PREFIX, CONTAINS };

struct class_row {
    const char *word;
    enum how how;
    uint8_t kind;
    bool is_surveillance;
};

/* In order: the first row that fits decides. */
static const struct class_row classes[] = {
    {"PC-NVR", PREFIX, CAMWATCH_KIND_VMS_CLIENT, false},
    {"VTH", PREFIX, CAMWATCH_KIND_INTERCOM, false},
    {"ARC", PREFIX, CAMWATCH_KIND_ALARM_PANEL, false},
    {"DDN", PREFIX, CAMWATCH_KIND_UNKNOWN, false},
    {"VTO", PREFIX, CAMWATCH_KIND_DOORBELL, true},
    {"IPC", PREFIX, CAMWATCH_KIND_CAMERA, true},
    {"ITC", PREFIX, CAMWATCH_KIND_CAMERA, true},
    {"SD", EXACT, CAMWATCH_KIND_CAMERA, true},
    {"HCVR", PREFIX, CAMWATCH_KIND_RECORDER, true},
    {"MHDX", PREFIX, CAMWATCH_KIND_RECORDER, true},
    {"HDCVI", PREFIX, CAMWATCH_KIND_RECORDER, true},
    {"HDVR", PREFIX, CAMWATCH_KIND_RECORDER, true},
    {"NVR", PREFIX, CAMWATCH_KIND_RECORDER, true},
    {"DVR", PREFIX, CAMWATCH_KIND_RECORDER, true},
    {"EVS", PREFIX, CAMWATCH_KIND_RECORDER, true},
    {"XVR", CONTAINS, CAMWATCH_KIND_RECORDER, true},
};

static bool
row_fits(const struct class_row *row, struct cw_bytes text)
{
    struct cw_bytes word = cw_bytes_text(row->word);
    switch (row->how) {
    case EXACT:
        return cw_text_equal_nocase(text, word);
    case PREFIX:
        return cw_text_equal_nocase(cw_bytes_head(text, word.len), word);
    case CONTAINS:
        return cw_text_find_nocase(text, word) >= 0;
    }
    return false;
}

bool
cw_dahua_class(struct cw_bytes device_class, uint8_t *kind)
{
    struct cw_bytes text = cw_text_trim(device_class);
    for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
        if (row_fits(&classes[i], text)) {
            *kind = classes[i].kind;
            return classes[i].is_surveillance;
        }
    }
    *kind = CAMWATCH_KIND_UNKNOWN;
    return true;
}

void
cw_dahua_brand(char *out, size_t size, struct cw_bytes vendor)
{
    static const char *const no_brands[] = {"Private", "General", "Customer", "Group",
                                            "AC",      "HW",      "OEM",      "Default"};
    vendor = cw_text_trim(vendor);
    for (size_t i = 0; i < sizeof(no_brands) / sizeof(*no_brands); i++) {
        if (cw_text_equal_nocase(vendor, cw_bytes_text(no_brands[i]))) {
            return;
        }
    }
    if (cw_text_find_nocase(vendor, cw_bytes_text("dahua")) >= 0) {
        vendor = cw_bytes_text("Dahua");
    } else if (cw_text_equal_nocase(vendor, cw_bytes_text("LR"))) {
        vendor = cw_bytes_text("Lorex"); /* vendors.md 3, marks in firmware and serial */
    }
    cw_said_text(out, size, vendor);
}

/* Digits, the mark, digits: a part of a version number. */
static bool
is_marked(struct cw_bytes part, const char *mark)
{
    ptrdiff_t at = cw_text_find(part, cw_bytes_text(mark));
    if (at < 0) {
        return false;
    }
    struct cw_bytes front = cw_bytes_head(part, (size_t)at);
    struct cw_bytes back = cw_bytes_from(part, (size_t)at + strlen(mark));
    return (front.len == 0 || cw_text_is_digits(front)) && cw_text_is_digits(back);
}

static const char *
brand_of_version(struct cw_bytes version)
{
    while (version.len > 0) {
        const uint8_t *dot = memchr(version.ptr, '.', version.len);
        size_t n = dot ? (size_t)(dot - version.ptr) : version.len;
        struct cw_bytes part = cw_bytes_head(version, n);
        if (is_marked(part, "LR")) {
            return "Lorex";
        }
        if (is_marked(part, "AC")) {
            return "Amcrest";
        }
        version = cw_bytes_from(version, n + 1);
    }
    return "";
}

static bool
is_lorex_model(struct cw_bytes model)
{
    static const char *const whole[] = {"E891AB", "N841A8"};
    static const char *const series[] = {"LNB", "LNE"};
    for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
        if (cw_bytes_starts(model, whole[i], strlen(whole[i]))) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof(series) / sizeof(*series); i++) {
        struct cw_bytes number = cw_bytes_head(cw_bytes_from(model, strlen(series[i])), 4);
        if (cw_bytes_starts(model, series[i], strlen(series[i])) && number.len == 4 &&
            cw_text_is_digits(number)) {
            return true;
        }
    }
    return false;
}

void
cw_dahua_mark(struct cw_identity *id)
{
    if (id->brand[0]) {
        return;
    }
    const char *brand = brand_of_version(cw_bytes_text(id->firmware));
    struct cw_bytes serial = cw_bytes_text(id->serial);
    if (!brand[0] && is_lorex_model(cw_bytes_text(id->model))) {
        brand = "Lorex";
    }
    if (!brand[0] && CW_STARTS(serial, "AMR")) {
        brand = "Amcrest";
    }
    cw_text_set(id->brand, sizeof(id->brand), brand);
}
