/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inventory/merge.h"

const char *
cw_merge_first_said(const char *a, const char *b, const char *c, const char *d)
{
    return a[0] ? a : b[0] ? b : c[0] ? c : d;
}

/* A serial is unique at its maker only. Placeholders are refused by the parsers; short ones
 * here. */
static void
add_serial_key(struct cw_sight *sight)
{
    const struct cw_identity *id = &sight->record->identity;
    const struct cw_record_verdict *v = &sight->record->device;
    const char *proven = sight->record->n_evidence ? sight->record->names[0].maker : "";
    const char *maker = cw_merge_first_said(v->maker, id->maker, proven, "");
    maker = cw_merge_first_said(maker, v->brand, id->brand, "");
    if (sight->record->has_identity && maker[0] && strlen(id->serial) >= 4) {
        cw_key_serial(maker, id->serial, sight->keys[CW_KEY_SERIAL]);
    }
}

static bool
is_gateway_mac(const struct cw_inventory *inv, const char *key)
{
    const struct cw_inv_device *owner = cw_store_find(inv, key);
    return owner && owner->is_gateway;
}

struct cw_sight
cw_sight_of(const struct cw_inventory *inv, const struct cw_record_device *record)
{
    struct cw_sight sight = {.record = record};
    const struct cw_identity *id = &record->identity;
    if (cw_device_is_usable_mac(&record->mac) && !record->is_gateway) {
        cw_key_mac(&record->mac, sight.keys[CW_KEY_MAC]);
        if (is_gateway_mac(inv, sight.keys[CW_KEY_MAC])) {
            sight.keys[CW_KEY_MAC][0] = '\0';
        }
    }
    add_serial_key(&sight);
    if (record->has_identity && cw_device_is_usable_mac(&id->mac) &&
        !cw_mac_equal(&id->mac, &record->mac)) {
        cw_key_mac(&id->mac, sight.keys[CW_KEY_SAID_MAC]);
    }
    if (record->has_identity && strlen(id->uid) >= 8) {
        cw_key_uid(id->uid, sight.keys[CW_KEY_UID]);
    }
    if (cw_device_is_usable_addr(&record->addr)) {
        (record->is_behind ? cw_key_behind : cw_key_addr)(
            inv, record->vlan, record->segment, &record->addr, sight.keys[CW_KEY_ADDR]);
    }
    return sight;
}

static bool
knows_serial(const struct cw_inv_device *device, const char *serial)
{
    for (unsigned i = 0; i < device->n_other_serials; i++) {
        if (strcmp(device->other_serials[i], serial) == 0) {
            return true;
        }
    }
    return strcmp(cw_device_fact(device, CW_FACT_SERIAL), serial) == 0;
}

static bool
serials_differ(const struct cw_inv_device *device, const char *serial)
{
    const struct cw_fact *own = &device->facts[CW_FACT_SERIAL];
    return own->value && own->origin == CAMWATCH_ORIGIN_SELF && serial[0] &&
           !knows_serial(device, serial);
}

/* May the device that a key names be the one that the record is about? */
static bool
is_same(const struct cw_inv_device *device, const struct cw_sight *sight, enum cw_key_kind via)
{
    const char *serial = sight->record->has_identity ? sight->record->identity.serial : "";
    bool has_mac = sight->keys[CW_KEY_MAC][0] != '\0';
    bool has_room = !has_mac || device->n_macs < CW_DEVICE_MACS ||
                    cw_device_has_mac(device, &sight->record->mac);
    if (device->is_gateway || device->scope == CAMWATCH_SCOPE_REMOTE) {
        return false;
    }
    switch (via) {
    case CW_KEY_MAC:
        return true;
    case CW_KEY_SERIAL:
        return has_room;
    case CW_KEY_SAID_MAC:
    case CW_KEY_UID:
        return has_room && !serials_differ(device, serial);
    case CW_KEY_ADDR: /* an address moves on: it joins only what has no better name */
        return device->class != CW_CLASS_SIDE && device->class != CW_CLASS_GONE &&
               (!has_mac || device->n_macs == 0) && !serials_differ(device, serial);
    case CW_N_KEYS:
        break;
    }
    return false;
}

struct cw_inv_device *
cw_sight_find(struct cw_inventory *inv, const struct cw_sight *sight)
{
    for (unsigned via = 0; via < CW_N_KEYS; via++) {
        struct cw_inv_device *device = cw_store_find(inv, sight->keys[via]);
        if (device && is_same(device, sight, via)) {
            return device;
        }
    }
    return NULL;
}

bool
cw_sight_may_join(const struct cw_inv_device *a, const struct cw_inv_device *b,
                  enum cw_key_kind via)
{
    bool is_by_addr = via == CW_KEY_ADDR;
    if (a->is_gateway || b->is_gateway || a->n_macs + b->n_macs > CW_DEVICE_MACS) {
        return false;
    }
    if (is_by_addr && ((a->n_macs && b->n_macs) || b->class == CW_CLASS_SIDE)) {
        return false;
    }
    const struct cw_fact *serial = &b->facts[CW_FACT_SERIAL];
    bool b_says = serial->value && serial->origin == CAMWATCH_ORIGIN_SELF;
    return !b_says || !serials_differ(a, serial->value);
}

/* Names of the device itself are never taken from another; an address belongs to who had it
 * last. */
void
cw_sight_take_keys(struct cw_inventory *inv, struct cw_inv_device *device,
                   const struct cw_sight *sight)
{
    for (unsigned via = 0; via < CW_N_KEYS; via++) {
        const char *key = sight->keys[via];
        const struct cw_inv_device *owner = cw_store_find(inv, key);
        if (key[0] && (!owner || owner == device || via == CW_KEY_ADDR)) {
            (void)cw_store_name(inv, device, key);
        }
    }
}
