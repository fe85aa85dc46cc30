/* SPDX-License-Identifier: Apache-2.0
 *
 * The side table: what one device says of another, and what is remote.
 */
#define _GNU_SOURCE
#include "inventory/merge.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

static struct cw_inv_device *
find_speaker(const struct cw_inventory *inv, const struct cw_record_device *record)
{
    char key[CW_KEY_TEXT_MAX];
    if (cw_device_is_usable_mac(&record->behind)) {
        struct cw_inv_device *speaker = cw_store_find(inv, cw_key_mac(&record->behind, key));
        if (speaker) {
            return speaker;
        }
    }
    cw_key_addr(inv, record->vlan, record->segment, &record->behind_addr, key);
    return cw_device_is_usable_addr(&record->behind_addr) ? cw_store_find(inv, key) : NULL;
}

/* An id for what has neither serial nor MAC: who speaks of it, and what it calls it. */
static const char *
make_claim_id(const char *speaker, const struct cw_record_device *record,
              char out[CW_KEY_TEXT_MAX])
{
    char addr[CW_ADDR_TEXT_MAX];
    const struct cw_identity *id = &record->identity;
    const char *what = cw_device_is_usable_addr(&record->addr)
                           ? cw_addr_format(&record->addr, addr)
                           : cw_merge_first_said(id->uid, id->name, "", "");
    if (!what[0]) {
        return NULL;
    }
    (void)snprintf(out, CW_KEY_TEXT_MAX, "behind:%.80s:%s", speaker, what);
    return out;
}

static struct cw_inv_device *
find_claimed(struct cw_inventory *inv, const struct cw_sight *sight,
             const struct cw_inv_device *speaker)
{
    static const uint8_t by[] = {CW_KEY_SERIAL, CW_KEY_SAID_MAC, CW_KEY_UID};
    for (size_t i = 0; i < sizeof(by); i++) {
        struct cw_inv_device *device = cw_store_find(inv, sight->keys[by[i]]);
        if (device && device != speaker && !device->is_gateway) {
            return device;
        }
    }
    return NULL;
}

static struct cw_inv_device *
make_claimed(struct cw_inventory *inv, const struct cw_sight *sight, const char *speaker)
{
    char key[CW_KEY_TEXT_MAX];
    const char *id =
        cw_merge_first_said(sight->keys[CW_KEY_SERIAL], sight->keys[CW_KEY_SAID_MAC], "", "");
    id = id[0] ? id : make_claim_id(speaker, sight->record, key);
    struct cw_inv_device *device = id ? cw_store_find(inv, id) : NULL;
    if (!id || device) {
        return device && device->class == CW_CLASS_SIDE ? device : NULL;
    }
    device = cw_store_new(inv, CW_CLASS_SIDE, id);
    if (device) {
        device->first_ns = sight->record->head.time_ns;
        device->scope = CAMWATCH_SCOPE_BEHIND;
    }
    return device;
}

void
cw_merge_set_behind(struct cw_inv_device *device, const char *speaker)
{
    char *copy =
        device->behind && strcmp(device->behind, speaker) == 0 ? NULL : strdup(speaker);
    if (copy) {
        free(device->behind);
        device->behind = copy;
    }
}

/* What one device says of another. Facts fill gaps of a device that is present; else they go to the
 * side table. A claimed address is no key (192.168.1.108 stood 156 times in one capture). */
void
cw_merge_claim(struct cw_inventory *inv, struct cw_sight *sight,
               struct cw_inventory_change *out)
{
    const struct cw_record_device *record = sight->record;
    char who[CW_KEY_TEXT_MAX] = ""; /* a copy: the speaker may give way to what it speaks of */
    const struct cw_inv_device *speaker = find_speaker(inv, record);
    if (speaker) {
        cw_text_set(who, sizeof(who), speaker->id);
    } else if (cw_device_is_usable_mac(&record->behind)) {
        (void)cw_key_mac(&record->behind, who);
    }
    if (cw_device_is_usable_mac(&record->identity.mac)) { /* also where it equals the frame's */
        cw_key_mac(&record->identity.mac, sight->keys[CW_KEY_SAID_MAC]);
    }
    struct cw_inv_device *device = find_claimed(inv, sight, speaker);
    device = device ? device : make_claimed(inv, sight, who);
    if (!device) {
        return;
    }
    cw_merge_set_behind(device, who);
    char ignored[sizeof(out->text)] = "";
    (void)cw_device_learn(device, &record->identity, CAMWATCH_ORIGIN_CLAIMED,
                          record->head.time_ns, ignored, sizeof(ignored));
    out->device = device;
    if (device->class != CW_CLASS_SIDE) {
        cw_device_weigh(device);
        return;
    }
    struct cw_addr dropped, former;
    if (cw_device_is_usable_addr(&record->addr)) {
        cw_device_add_addr(device, &record->addr, &dropped, &former);
    }
    sight->keys[CW_KEY_MAC][0] = sight->keys[CW_KEY_ADDR][0] = '\0';
    cw_sight_take_keys(inv, device, sight);
    cw_merge_take_sight(device, record);
    cw_device_add_evidence(device, inv->labels, record, cw_merge_capture(inv, record), true);
    cw_device_weigh(device);
    cw_store_reclass(inv, device, CW_CLASS_SIDE);
}

/* Outside the watched networks: kept apart under its address, meets no device that is present. */
void
cw_merge_remote(struct cw_inventory *inv, const struct cw_record_device *record,
                struct cw_inventory_change *out)
{
    char key[CW_KEY_TEXT_MAX], ignored[sizeof(out->text)] = "";
    if (!cw_device_is_usable_addr(&record->addr)) {
        return;
    }
    struct cw_inv_device *device = cw_store_find(inv, cw_key_remote(inv, &record->addr, key));
    if (!device) {
        device = cw_store_new(inv, CW_CLASS_SIDE, key);
        if (!device) {
            return;
        }
        device->first_ns = record->head.time_ns;
        device->scope = CAMWATCH_SCOPE_REMOTE;
    }
    struct cw_addr dropped, former;
    cw_device_add_addr(device, &record->addr, &dropped, &former);
    if (record->has_identity) {
        (void)cw_device_learn(device, &record->identity, record->identity.origin,
                              record->head.time_ns, ignored, sizeof(ignored));
    }
    cw_merge_take_sight(device, record);
    cw_device_add_evidence(device, inv->labels, record, cw_merge_capture(inv, record), true);
    cw_device_weigh(device);
    cw_store_reclass(inv, device, CW_CLASS_SIDE);
    out->device = device;
}
