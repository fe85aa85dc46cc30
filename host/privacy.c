/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "privacy.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 64, MAC_LEN = 17, MAC_MAKER = 8, IP4_KEPT = 3, IP6_KEPT = 6 };

struct hider {
    struct cw_mask *mask;
    enum cw_viewers viewers;
    const struct cw_hash_key *key;
};

const char *
cw_viewers_text(enum cw_viewers viewers)
{
    static const char *const texts[] = {
#define CW_X(s, t, h) t,
        CW_VIEWERS(CW_X)
#undef CW_X
    };
    return viewers < CW_N_VIEWERS ? texts[viewers] : "";
}

struct cw_mask *
cw_privacy_mask(const struct cw_roster *roster, bool reveals, bool is_utf8)
{
    size_t n;
    const struct camwatch_device *devices = cw_roster_devices(roster, &n);
    struct cw_mask *mask = cw_mask_new(reveals, is_utf8);
    for (size_t i = 0; i < n; i++) {
        cw_mask_add(mask, devices[i].serial);
        cw_mask_add(mask, devices[i].uid);
    }
    return mask;
}

void
cw_privacy_truncate(const char *address, char out[64])
{
    uint8_t bytes[16];
    char text[INET6_ADDRSTRLEN] = "";
    if (inet_pton(AF_INET, address, bytes) == 1) {
        memset(bytes + IP4_KEPT, 0, 4 - IP4_KEPT);
        (void)inet_ntop(AF_INET, bytes, text, sizeof(text));
        (void)snprintf(out, TEXT_MAX, "%s/24", text);
    } else if (inet_pton(AF_INET6, address, bytes) == 1) {
        memset(bytes + IP6_KEPT, 0, 16 - IP6_KEPT);
        (void)inet_ntop(AF_INET6, bytes, text, sizeof(text));
        (void)snprintf(out, TEXT_MAX, "%s/48", text);
    } else if (strlen(address) == MAC_LEN && address[2] == '-') {
        (void)snprintf(out, TEXT_MAX, "%.*s-xx-xx-xx", MAC_MAKER, address);
    } else {
        (void)snprintf(out, TEXT_MAX, "%s", address);
    }
}

static void
hide(struct hider *hider, const char *address)
{
    char shown[TEXT_MAX];
    if (address[0] == '\0') {
        return;
    }
    if (hider->viewers == CW_VIEWERS_HASH) {
        (void)snprintf(shown, sizeof(shown), "viewer#%08x",
                       (unsigned)cw_keyed_hash(hider->key, address, strlen(address)));
    } else {
        cw_privacy_truncate(address, shown);
    }
    cw_mask_replace(hider->mask, address, shown);
}

static bool
is_person(const struct camwatch_device *device)
{
    return device->is_viewer && !device->is_surveillance && !device->is_gateway;
}

static void
hide_devices(struct hider *hider, const struct cw_roster *roster)
{
    size_t n;
    const struct camwatch_device *devices = cw_roster_devices(roster, &n);
    for (size_t i = 0; i < n; i++) {
        for (size_t a = 0; is_person(&devices[i]) && a < devices[i].n_addresses; a++) {
            hide(hider, devices[i].addresses[a]);
        }
        if (is_person(&devices[i])) {
            hide(hider, devices[i].mac);
        }
    }
}

static void
hide_peers(struct hider *hider, const struct cw_roster *roster, const struct cw_tally *tally)
{
    static const enum camwatch_path direct = CAMWATCH_PATH_P2P_DIRECT;
    size_t n;
    const struct cw_destination *rows = cw_tally_rows(tally, &n);
    for (size_t i = 0; i < n; i++) {
        const struct cw_destination *row = &rows[i];
        if (strcmp(row->path, camwatch_path_text(direct)) == 0) {
            hide(hider, row->ip);
        }
        if (strcmp(row->side, camwatch_side_text(CAMWATCH_SIDE_VIEWER)) == 0 &&
            !cw_roster_owner(roster, row)) {
            hide(hider, row->local_ip);
            hide(hider, row->local_mac);
        }
    }
}

void
cw_privacy_hide(struct cw_mask *mask, const struct cw_roster *roster,
                const struct cw_tally *tally, enum cw_viewers viewers,
                const struct cw_hash_key *key)
{
    struct hider hider = {.mask = mask, .viewers = viewers, .key = key};
    if (viewers != CW_VIEWERS_FULL) {
        hide_devices(&hider, roster);
        hide_peers(&hider, roster, tally);
    }
}
