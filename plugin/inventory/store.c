/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inventory/store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

#define HOUR_NS (3600 * INT64_C(1000000000))

struct cw_inventory *
cw_inventory_new(const struct cw_inventory_settings *settings)
{
    struct cw_inventory *inv = calloc(1, sizeof(*inv));
    if (!inv) {
        return NULL;
    }
    inv->settings = *settings;
    inv->settings.max_devices = settings->max_devices ? settings->max_devices : 65536;
    inv->settings.max_side = settings->max_side ? settings->max_side : 1024;
    inv->settings.gone_after_ns =
        settings->gone_after_ns ? settings->gone_after_ns : 24 * HOUR_NS;
    cw_text_set(inv->site, sizeof(inv->site), settings->site ? settings->site : "default");
    inv->settings.site = inv->site;
    inv->labels = cw_labels_new();
    bool has_index = cw_index_init(&inv->index, settings->hash_key);
    if (!inv->labels || !has_index) {
        cw_inventory_free(inv);
        return NULL;
    }
    return inv;
}

void
cw_inventory_free(struct cw_inventory *inv)
{
    if (!inv) {
        return;
    }
    cw_store_clear(inv);
    cw_index_clear(&inv->index);
    cw_labels_free(inv->labels);
    free(inv);
}

static void
age_unlink(struct cw_age_list *list, struct cw_inv_device *device)
{
    if (device->older) {
        device->older->newer = device->newer;
    } else {
        list->oldest = device->newer;
    }
    if (device->newer) {
        device->newer->older = device->older;
    } else {
        list->newest = device->older;
    }
    list->count--;
}

static void
age_append(struct cw_age_list *list, struct cw_inv_device *device)
{
    device->older = list->newest;
    device->newer = NULL;
    if (list->newest) {
        list->newest->newer = device;
    } else {
        list->oldest = device;
    }
    list->newest = device;
    list->count++;
}

void
cw_store_reclass(struct cw_inventory *inv, struct cw_inv_device *device,
                 enum cw_device_class class)
{
    age_unlink(&inv->ages[device->class], device);
    device->class = (uint8_t) class;
    age_append(&inv->ages[class], device);
}

void
cw_store_delete(struct cw_inventory *inv, struct cw_inv_device *device)
{
    while (device->keys) {
        cw_index_remove(&inv->index, &device->keys, device->keys);
    }
    age_unlink(&inv->ages[device->class], device);
    cw_device_free(device);
}

void
cw_store_clear(struct cw_inventory *inv)
{
    for (unsigned i = 0; i < CW_N_CLASSES; i++) {
        while (inv->ages[i].oldest) {
            cw_store_delete(inv, inv->ages[i].oldest);
        }
    }
}

static struct cw_inv_device *
least_valuable(const struct cw_inventory *inv)
{
    struct cw_inv_device *ordinary = inv->ages[CW_CLASS_ORDINARY].oldest;
    return ordinary ? ordinary : inv->ages[CW_CLASS_GONE].oldest;
}

/* The oldest claim goes for a claim; the oldest ordinary or gone device for a device. */
static bool
make_room(struct cw_inventory *inv, enum cw_device_class class)
{
    const struct cw_age_list *ages = inv->ages;
    bool is_side = class == CW_CLASS_SIDE;
    uint32_t present = ages[CW_CLASS_ORDINARY].count + ages[CW_CLASS_GONE].count +
                       ages[CW_CLASS_SURVEILLANCE].count;
    uint32_t count = is_side ? ages[CW_CLASS_SIDE].count : present;
    if (count < (is_side ? inv->settings.max_side : inv->settings.max_devices)) {
        return true;
    }
    struct cw_inv_device *victim = is_side ? ages[CW_CLASS_SIDE].oldest : least_valuable(inv);
    if (!victim) {
        inv->refused++;
        return false;
    }
    inv->evicted++;
    cw_store_delete(inv, victim);
    return true;
}

struct cw_inv_device *
cw_store_find(const struct cw_inventory *inv, const char *text)
{
    const struct cw_key *key = text[0] ? cw_index_find(&inv->index, text) : NULL;
    return key ? key->owner : NULL;
}

static unsigned
count_keys(const struct cw_inv_device *device)
{
    unsigned n = 0;
    for (const struct cw_key *key = device->keys; key; key = key->sibling) {
        n++;
    }
    return n;
}

bool
cw_store_name(struct cw_inventory *inv, struct cw_inv_device *device, const char *text)
{
    struct cw_key *key = cw_index_find(&inv->index, text);
    if (!key && count_keys(device) >= CW_STORE_KEYS) {
        return false;
    }
    if (!key) {
        return cw_index_add(&inv->index, device, &device->keys, text) != NULL;
    }
    if (key->owner == device) {
        return true;
    }
    if (key->owner->id == key->text) {
        return false;
    }
    cw_index_move(key, &key->owner->keys, &device->keys, device);
    return true;
}

bool
cw_store_adopt(struct cw_inventory *inv, struct cw_inv_device *device,
               enum cw_device_class class, const char *id)
{
    if (!make_room(inv, class)) {
        return false;
    }
    device->class = (uint8_t) class;
    age_append(&inv->ages[class], device);
    if (!cw_store_name(inv, device, id)) {
        age_unlink(&inv->ages[class], device);
        return false;
    }
    device->id = cw_index_find(&inv->index, id)->text;
    return true;
}

struct cw_inv_device *
cw_store_new(struct cw_inventory *inv, enum cw_device_class class, const char *id)
{
    struct cw_inv_device *device = cw_device_new();
    if (device && !cw_store_adopt(inv, device, class, id)) {
        cw_device_free(device);
        return NULL;
    }
    return device;
}

void
cw_store_unname(struct cw_inventory *inv, struct cw_inv_device *device, const char *text)
{
    struct cw_key *key = cw_index_find(&inv->index, text);
    if (key && key->owner == device && device->id != key->text && !key->is_former_id) {
        cw_index_remove(&inv->index, &device->keys, key);
    }
}

void
cw_store_rename(struct cw_inventory *inv, struct cw_inv_device *device, const char *id)
{
    struct cw_key *old = cw_index_find(&inv->index, device->id);
    struct cw_key *key = cw_index_find(&inv->index, id);
    assert(old && key && key->owner == device);
    old->is_former_id |= device->is_announced;
    device->id = key->text;
}

void
cw_store_merge(struct cw_inventory *inv, struct cw_inv_device *into, struct cw_inv_device *from)
{
    for (struct cw_key *key = from->keys; key; key = key->sibling) {
        key->is_former_id |= from->is_announced && key->text == from->id;
    }
    while (from->keys) {
        cw_index_move(from->keys, &from->keys, &into->keys, into);
    }
    cw_device_absorb(into, from);
    age_unlink(&inv->ages[from->class], from);
    cw_device_free(from);
}

const char *
cw_key_mac(const struct cw_mac *mac, char out[CW_KEY_TEXT_MAX])
{
    char text[CW_MAC_TEXT_MAX];
    (void)snprintf(out, CW_KEY_TEXT_MAX, "mac:%s", cw_mac_format(mac, text));
    return out;
}

const char *
cw_key_serial(const char *maker, const char *serial, char out[CW_KEY_TEXT_MAX])
{
    (void)snprintf(out, CW_KEY_TEXT_MAX, "sn:%.64s:%.64s", maker, serial);
    return out;
}

const char *
cw_key_uid(const char *uid, char out[CW_KEY_TEXT_MAX])
{
    (void)snprintf(out, CW_KEY_TEXT_MAX, "uid:%.64s", uid);
    return out;
}

static uint32_t
number_of(const struct cw_inventory *inv, uint16_t vlan, uint32_t segment)
{
    return inv->settings.segment_by == CW_SEGMENT_BY_VLAN     ? vlan
           : inv->settings.segment_by == CW_SEGMENT_BY_TUNNEL ? segment
                                                              : 0;
}

const char *
cw_key_addr(const struct cw_inventory *inv, uint16_t vlan, uint32_t segment,
            const struct cw_addr *addr, char out[CW_KEY_TEXT_MAX])
{
    char text[CW_ADDR_TEXT_MAX];
    (void)snprintf(out, CW_KEY_TEXT_MAX, "ip:%s:%u:%s", inv->site,
                   number_of(inv, vlan, segment), cw_addr_format(addr, text));
    return out;
}

const char *
cw_key_behind(const struct cw_inventory *inv, uint16_t vlan, uint32_t segment,
              const struct cw_addr *addr, char out[CW_KEY_TEXT_MAX])
{
    char text[CW_ADDR_TEXT_MAX];
    (void)snprintf(out, CW_KEY_TEXT_MAX, "ip:%s:%u:behind:%s", inv->site,
                   number_of(inv, vlan, segment), cw_addr_format(addr, text));
    return out;
}

const char *
cw_key_remote(const struct cw_inventory *inv, const struct cw_addr *addr,
              char out[CW_KEY_TEXT_MAX])
{
    char text[CW_ADDR_TEXT_MAX];
    (void)snprintf(out, CW_KEY_TEXT_MAX, "ip:%s:remote:%s", inv->site,
                   cw_addr_format(addr, text));
    return out;
}
