/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts of devices that are present: which record they belong to, and what that tells.
 */
#define _GNU_SOURCE
#include "inventory/merge.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

/* What was known before a merge, to tell what it changed. */
struct before {
    char brand_name[48];
    cw_label brand, maker;
    uint8_t kind, band;
};

/* ---- one device or two ---- */

/* The one that was told, or the older, goes on. */
static bool
goes_on(const struct cw_inv_device *a, const struct cw_inv_device *b)
{
    bool a_is_side = a->class == CW_CLASS_SIDE, b_is_side = b->class == CW_CLASS_SIDE;
    if (a_is_side != b_is_side) {
        return b_is_side;
    }
    if ((a->n_macs > 0) != (b->n_macs > 0)) {
        return a->n_macs > 0;
    }
    return a->is_announced != b->is_announced ? a->is_announced : a->first_ns <= b->first_ns;
}

static struct cw_inv_device *
join(struct cw_inventory *inv, struct cw_inv_device *a, struct cw_inv_device *b,
     struct cw_inventory_change *out)
{
    struct cw_inv_device *into = goes_on(a, b) ? a : b;
    struct cw_inv_device *from = into == a ? b : a;
    if (from->is_announced) {
        cw_text_set(out->former_id, sizeof(out->former_id), from->id);
    }
    cw_store_merge(inv, into, from);
    cw_device_weigh(into);
    return into;
}

/* Records that turn out to be one through the keys of this sight. */
static struct cw_inv_device *
join_others(struct cw_inventory *inv, struct cw_inv_device *device,
            const struct cw_sight *sight, struct cw_inventory_change *out)
{
    for (unsigned via = 0; via < CW_N_KEYS; via++) {
        struct cw_inv_device *other = cw_store_find(inv, sight->keys[via]);
        if (!other || other == device) {
            continue;
        }
        if (cw_sight_may_join(device, other, via)) {
            device = join(inv, device, other, out);
        } else if (via != CW_KEY_ADDR) {
            inv->conflicts++;
        }
    }
    return device;
}

/* ---- taking facts ---- */

static struct cw_inv_device *
new_present(struct cw_inventory *inv, const struct cw_sight *sight, enum cw_key_kind via)
{
    const char *key = sight->keys[via];
    struct cw_inv_device *device = key[0] ? cw_store_new(inv, CW_CLASS_ORDINARY, key) : NULL;
    if (device) {
        device->first_ns = device->last_ns = sight->record->head.time_ns;
        device->scope = CAMWATCH_SCOPE_LOCAL;
    }
    if (device && sight->record->is_behind) {
        char router[CW_KEY_TEXT_MAX];
        device->scope = CAMWATCH_SCOPE_BEHIND;
        cw_merge_set_behind(device, cw_key_mac(&sight->record->behind, router));
    }
    return device;
}

static struct cw_inv_device *
make_present(struct cw_inventory *inv, const struct cw_sight *sight)
{
    if (sight->keys[CW_KEY_MAC][0]) {
        return new_present(inv, sight, CW_KEY_MAC);
    }
    struct cw_inv_device *device = new_present(inv, sight, CW_KEY_SERIAL);
    device = device ? device : new_present(inv, sight, CW_KEY_ADDR);
    return device ? device
                  : cw_store_find(inv, sight->keys[CW_KEY_ADDR]); /* two claims there */
}

/* Somebody spoke of it before; now it is here itself. Addresses and evidence were claims. */
static void
promote(struct cw_inventory *inv, struct cw_inv_device *device, int64_t time_ns)
{
    for (unsigned i = 0; i < device->n_pieces; i++) {
        free(device->pieces[i].seen);
    }
    free(device->pieces);
    device->pieces = NULL;
    device->n_pieces = device->n_addrs = 0;
    device->scope = CAMWATCH_SCOPE_LOCAL;
    device->first_ns = device->last_ns = time_ns;
    cw_store_reclass(inv, device, CW_CLASS_ORDINARY);
    cw_device_weigh(device);
}

void
cw_merge_take_addr(struct cw_inventory *inv, struct cw_inv_device *device,
                   const struct cw_addr *addr, uint16_t vlan, uint32_t segment,
                   struct cw_inventory_change *out)
{
    struct cw_addr dropped, former;
    cw_device_add_addr(device, addr, &dropped, &former);
    if (!cw_addr_is_none(&dropped)) {
        char key[CW_KEY_TEXT_MAX];
        cw_store_unname(inv, device, cw_key_addr(inv, vlan, segment, &dropped, key));
    }
    if (!cw_addr_is_none(&former) && !cw_addr_is_linklocal(&former) &&
        !cw_addr_is_linklocal(addr)) {
        char was[CW_ADDR_TEXT_MAX], now[CW_ADDR_TEXT_MAX], text[2 * CW_ADDR_TEXT_MAX + 16];
        (void)snprintf(text, sizeof(text), "address %s -> %s", cw_addr_format(&former, was),
                       cw_addr_format(addr, now));
        cw_merge_append(out->text, sizeof(out->text), text);
    }
}

static unsigned
id_rank(const char *id)
{
    return strncmp(id, "mac:", 4) == 0 ? 3 : strncmp(id, "sn:", 3) == 0 ? 2 : 1;
}

/* mac: before sn: before ip: (design.md 6). */
static void
better_id(struct cw_inventory *inv, struct cw_inv_device *device, const struct cw_sight *sight,
          struct cw_inventory_change *out)
{
    static const uint8_t id_keys[] = {CW_KEY_MAC, CW_KEY_SERIAL};
    for (size_t i = 0; i < sizeof(id_keys); i++) {
        const char *key = sight->keys[id_keys[i]];
        if (key[0] && id_rank(key) > id_rank(device->id) && cw_store_find(inv, key) == device) {
            if (device->is_announced) {
                cw_text_set(out->former_id, sizeof(out->former_id), device->id);
            }
            cw_store_rename(inv, device, key);
        }
    }
}

/* ---- telling ---- */

static struct before
remember(const struct cw_inventory *inv, const struct cw_inv_device *device)
{
    struct before before = {.brand = device->brand,
                            .maker = device->maker,
                            .kind = device->kind,
                            .band = device->band};
    cw_text_set(before.brand_name, sizeof(before.brand_name),
                cw_device_named(device, inv->labels, device->brand, CW_FACT_BRAND));
    return before;
}

/* A second brand: a box that was relabelled, or another than its first signs said. Two sources that
 * disagree in turn are told once. */
static bool
is_rebranded(struct cw_inventory *inv, struct cw_inv_device *device,
             const struct before *before, struct cw_inventory_change *out)
{
    const char *now = cw_device_named(device, inv->labels, device->brand, CW_FACT_BRAND);
    const char *former = cw_labels_text(inv->labels, device->former_brand);
    if (!before->brand_name[0] || strcmp(before->brand_name, now) == 0) {
        return false;
    }
    bool was_told = now[0] && strcmp(former, now) == 0;
    device->former_brand = cw_labels_intern_foreign(inv->labels, before->brand_name);
    if (!was_told) {
        char text[128];
        (void)snprintf(text, sizeof(text), now[0] ? "brand %s -> %s" : "brand %s is in doubt%s",
                       before->brand_name, now);
        cw_merge_append(out->text, sizeof(out->text), text);
    }
    return now[0] && !was_told;
}

static bool
is_surer(const struct before *before, const struct cw_inv_device *now)
{
    return (now->brand && !before->brand) || (now->maker && now->maker != before->maker) ||
           (now->kind && now->kind != before->kind) || now->band > before->band;
}

static void
tell(struct cw_inventory *inv, struct cw_inv_device *device, const struct before *before,
     struct cw_inventory_change *out)
{
    cw_merge_seen_again(device, out);
    cw_store_reclass(inv, device,
                     device->is_surveillance ? CW_CLASS_SURVEILLANCE : CW_CLASS_ORDINARY);
    out->device = device;
    if (!device->is_announced) {
        out->what = device->is_surveillance ? CW_INVENTORY_NEW : 0;
        device->is_announced = device->is_surveillance;
        out->text[0] = '\0';
        return;
    }
    if (is_rebranded(inv, device, before, out) || is_surer(before, device)) {
        out->what |= CW_INVENTORY_IDENTIFIED;
    }
    if (out->former_id[0]) {
        cw_merge_append(out->text, sizeof(out->text), "known until now as ");
        size_t len = strlen(out->text);
        cw_text_set(out->text + len, sizeof(out->text) - len, out->former_id);
    }
    if (out->text[0]) {
        out->what |= CW_INVENTORY_CHANGED;
    }
}

/* ---- records ---- */

static void
merge_present(struct cw_inventory *inv, const struct cw_sight *sight,
              struct cw_inventory_change *out)
{
    const struct cw_record_device *record = sight->record;
    struct cw_inv_device *device = cw_sight_find(inv, sight);
    device = device ? device : make_present(inv, sight);
    if (!device || device->is_gateway) {
        return;
    }
    if (device->class == CW_CLASS_SIDE) {
        promote(inv, device, record->head.time_ns);
    }
    if (sight->keys[CW_KEY_MAC][0]) { /* first of all: it decides what may join */
        (void)cw_device_add_mac(device, &record->mac);
    }
    struct before before = remember(inv, device);
    device = join_others(inv, device, sight, out);
    cw_merge_take_sight(device, record);
    if (sight->keys[CW_KEY_ADDR][0]) {
        cw_merge_take_addr(inv, device, &record->addr, record->vlan, record->segment, out);
    }
    if (record->has_identity) {
        (void)cw_device_learn(device, &record->identity, CAMWATCH_ORIGIN_SELF,
                              record->head.time_ns, out->text, sizeof(out->text));
    }
    cw_sight_take_keys(inv, device, sight);
    better_id(inv, device, sight, out);
    cw_device_add_evidence(device, inv->labels, record, cw_merge_capture(inv, record), false);
    cw_device_weigh(device);
    tell(inv, device, &before, out);
}

static bool
is_claim(const struct cw_record_device *record)
{
    return record->scope == CAMWATCH_SCOPE_BEHIND ||
           (record->has_identity && record->identity.origin == CAMWATCH_ORIGIN_CLAIMED);
}

void
cw_inventory_merge_device(struct cw_inventory *inv, const struct cw_record_device *record,
                          struct cw_inventory_change *out)
{
    *out = (struct cw_inventory_change){0};
    if (record->scope == CAMWATCH_SCOPE_REMOTE) {
        cw_merge_remote(inv, record, out);
        return;
    }
    if (record->is_gateway && cw_device_is_usable_mac(&record->mac)) {
        cw_merge_gateway(inv, record, out);
        if (out->what || !cw_merge_has_other_facts(record)) {
            return;
        }
    }
    struct cw_sight sight = cw_sight_of(inv, record);
    if (is_claim(record)) {
        cw_merge_claim(inv, &sight, out);
    } else {
        merge_present(inv, &sight, out);
    }
}
