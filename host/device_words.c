/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices and evidence in words.
 */
#define _GNU_SOURCE
#include <string.h>

#include "report.h"

void
cw_device_title(const struct camwatch_device *device, struct cw_buffer *out)
{
    const char *kind = camwatch_device_kind_text(device->kind);
    const char *brand = device->brand[0] != '\0' ? device->brand : "";
    const char *what = device->kind == CAMWATCH_KIND_UNKNOWN ? "device" : kind;
    cw_buffer_print(out, "%s%s%s%s%s", brand, brand[0] != '\0' ? " " : "", what,
                    device->model[0] != '\0' ? " " : "", device->model);
}

const char *
cw_device_address(const struct camwatch_device *device)
{
    for (size_t i = 0; i < device->n_addresses; i++) {
        if (!strchr(device->addresses[i], ':')) {
            return device->addresses[i];
        }
    }
    return device->n_addresses > 0 ? device->addresses[0] : "";
}

const char *
cw_evidence_word(const char *kind)
{
    static const struct {
        enum camwatch_evidence_kind kind;
        const char *word;
    } words[] = {
        {CAMWATCH_EVIDENCE_IDENTITY, "says so itself"},
        {CAMWATCH_EVIDENCE_SIGNATURE, "wire signature"},
        {CAMWATCH_EVIDENCE_NAME, "names only devices ask for"},
        {CAMWATCH_EVIDENCE_NAME_SERVICE, "names of its services"},
        {CAMWATCH_EVIDENCE_NAME_DNS_OWN, "its own DNS answers"},
        {CAMWATCH_EVIDENCE_LINEAGE, "sessions out of a rendezvous"},
        {CAMWATCH_EVIDENCE_MAC_CAMERA, "MAC of a camera maker"},
        {CAMWATCH_EVIDENCE_NAME_DNS_OTHER, "others' DNS answers"},
        {CAMWATCH_EVIDENCE_SERVER_ADDRESS, "published server addresses"},
        {CAMWATCH_EVIDENCE_SIGNATURE_WEAK, "weak wire signature"},
        {CAMWATCH_EVIDENCE_MAC_GENERAL, "MAC of a general maker"},
        {CAMWATCH_EVIDENCE_PORT, "port"},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(camwatch_evidence_kind_text(words[i].kind), kind) == 0) {
            return words[i].word;
        }
    }
    return kind;
}

enum cw_style
cw_band_style(unsigned band)
{
    switch (band) {
    case CAMWATCH_BAND_CONFIRMED:
        return CW_STYLE_BAD;
    case CAMWATCH_BAND_LIKELY:
        return CW_STYLE_WARN;
    default:
        return CW_STYLE_DIM;
    }
}

bool
cw_listing_counts(const struct camwatch_listing *listing)
{
    return strcmp(listing->status, "verified") == 0;
}

static bool
is_ban(const struct camwatch_listing *listing)
{
    return strcmp(listing->kind, "purchase-ban") == 0 ||
           strcmp(listing->kind, "authorisation-ban") == 0;
}

bool
cw_device_is_banned(const struct camwatch_device *device)
{
    for (size_t i = 0; i < device->n_listings; i++) {
        if (cw_listing_counts(&device->listings[i]) && is_ban(&device->listings[i])) {
            return true;
        }
    }
    return false;
}

bool
cw_device_is_listed(const struct camwatch_device *device)
{
    for (size_t i = 0; i < device->n_listings; i++) {
        if (cw_listing_counts(&device->listings[i])) {
            return true;
        }
    }
    return false;
}
