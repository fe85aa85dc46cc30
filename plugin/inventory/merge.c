/* SPDX-License-Identifier: Apache-2.0
 *
 * Which record a fact belongs to, and what that tells.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "inventory/destinations.h"
#include "inventory/store.h"

/* Keys of what a record is about, the strongest first; "" where it says nothing. */
enum key_kind { KEY_MAC, KEY_SERIAL, KEY_SAID_MAC, KEY_UID, KEY_ADDR, N_KEYS };

struct sight {
    const struct cw_record_device *record;
    char keys[N_KEYS][CW_KEY_TEXT_MAX];
};

/* What was known before a merge, to tell what it changed. */
struct before {
    cw_label brand, maker;
    uint8_t kind, band;
};

static const char *
first_said(const char *a, const char *b, const char *c, const char *d)
{
    return a[0] ? a : b[0] ? b : c[0] ? c : d;
}

/* A serial is unique at its maker only. Placeholders are refused by the parsers; short ones here. */
static void
add_serial_key(struct sight *sight)
{
    const struct cw_identity *id = &sight->record->identity;
    const struct cw_record_verdict *v = &sight->record->device;
    const char *maker = first_said(v->maker, id->maker, v->brand, id->brand);
    if (sight->record->has_identity && maker[0] && strlen(id->serial) >= 4) {
        cw_key_serial(maker, id->serial, sight->keys[KEY_SERIAL]);
    }
}

static bool
is_unicast(const struct cw_mac *mac)
{
    return !cw_mac_is_none(mac) && !cw_mac_is_group(mac);
}

static bool
is_gateway_mac(const struct cw_inventory *inv, const char *key)
{
    const struct cw_inv_device *owner = cw_store_find(inv, key);
    return owner && owner->is_gateway;
}

static struct sight
look(const struct cw_inventory *inv, const struct cw_record_device *record)
{
    struct sight sight = {.record = record};
    const struct cw_identity *id = &record->identity;
    if (is_unicast(&record->mac) && !record->is_gateway) {
        cw_key_mac(&record->mac, sight.keys[KEY_MAC]);
        if (is_gateway_mac(inv, sight.keys[KEY_MAC])) {
            sight.keys[KEY_MAC][0] = '\0';
        }
    }
    add_serial_key(&sight);
    if (record->has_identity && is_unicast(&id->mac) && !cw_mac_equal(&id->mac, &record->mac)) {
        cw_key_mac(&id->mac, sight.keys[KEY_SAID_MAC]);
    }
    if (record->has_identity && strlen(id->uid) >= 8) {
        cw_key_uid(id->uid, sight.keys[KEY_UID]);
    }
    if (cw_device_is_usable_addr(&record->addr)) {
        cw_key_addr(inv, record->vlan, record->segment, &record->addr, sight.keys[KEY_ADDR]);
    }
    return sight;
}

/* ---- one device or two ---- */

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
is_same(const struct cw_inv_device *device, const struct sight *sight, enum key_kind via)
{
    const char *serial = sight->record->has_identity ? sight->record->identity.serial : "";
    bool has_mac = sight->keys[KEY_MAC][0] != '\0';
    bool has_room = !has_mac || device->n_macs < CW_DEVICE_MACS ||
                    cw_device_has_mac(device, &sight->record->mac);
    if (device->is_gateway || device->scope == CAMWATCH_SCOPE_REMOTE) {
        return false;
    }
    switch (via) {
    case KEY_MAC:
        return true;
    case KEY_SERIAL:
        return has_room;
    case KEY_SAID_MAC:
    case KEY_UID:
        return has_room && !serials_differ(device, serial);
    case KEY_ADDR: /* an address moves on: it joins only what has no better name */
        return device->class != CW_CLASS_SIDE && device->class != CW_CLASS_GONE &&
               (!has_mac || device->n_macs == 0) && !serials_differ(device, serial);
    case N_KEYS:
        break;
    }
    return false;
}

static struct cw_inv_device *
find_same(struct cw_inventory *inv, const struct sight *sight)
{
    for (unsigned via = 0; via < N_KEYS; via++) {
        struct cw_inv_device *device = cw_store_find(inv, sight->keys[via]);
        if (device && is_same(device, sight, via)) {
            return device;
        }
    }
    return NULL;
}

static bool
may_join(const struct cw_inv_device *a, const struct cw_inv_device *b, enum key_kind via)
{
    bool is_by_addr = via == KEY_ADDR;
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
join_others(struct cw_inventory *inv, struct cw_inv_device *device, const struct sight *sight,
            struct cw_inventory_change *out)
{
    for (unsigned via = 0; via < N_KEYS; via++) {
        struct cw_inv_device *other = cw_store_find(inv, sight->keys[via]);
        if (!other || other == device) {
            continue;
        }
        if (may_join(device, other, via)) {
            device = join(inv, device, other, out);
        } else if (via != KEY_ADDR) {
            inv->conflicts++;
        }
    }
    return device;
}

/* ---- taking facts ---- */

static struct cw_inv_device *
new_present(struct cw_inventory *inv, const struct sight *sight, enum key_kind via)
{
    const char *key = sight->keys[via];
    struct cw_inv_device *device = key[0] ? cw_store_new(inv, CW_CLASS_ORDINARY, key) : NULL;
    if (device) {
        device->first_ns = device->last_ns = sight->record->head.time_ns;
        device->scope = CAMWATCH_SCOPE_LOCAL;
    }
    return device;
}

static struct cw_inv_device *
make_present(struct cw_inventory *inv, const struct sight *sight)
{
    if (sight->keys[KEY_MAC][0]) {
        return new_present(inv, sight, KEY_MAC);
    }
    struct cw_inv_device *device = new_present(inv, sight, KEY_SERIAL);
    device = device ? device : new_present(inv, sight, KEY_ADDR);
    return device ? device : cw_store_find(inv, sight->keys[KEY_ADDR]); /* two claims there */
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

static void
append_text(char *text, size_t size, const char *more)
{
    size_t len = strlen(text);
    (void)snprintf(text + len, size - len, "%s%s", len ? "; " : "", more);
}

static void
take_addr(struct cw_inventory *inv, struct cw_inv_device *device, const struct sight *sight,
          struct cw_inventory_change *out)
{
    const struct cw_record_device *record = sight->record;
    if (!sight->keys[KEY_ADDR][0]) {
        return;
    }
    struct cw_addr dropped, former;
    cw_device_add_addr(device, &record->addr, &dropped, &former);
    if (!cw_addr_is_none(&dropped)) {
        char key[CW_KEY_TEXT_MAX];
        cw_store_unname(inv, device,
                        cw_key_addr(inv, record->vlan, record->segment, &dropped, key));
    }
    if (!cw_addr_is_none(&former) && !cw_addr_is_linklocal(&former) &&
        !cw_addr_is_linklocal(&record->addr)) {
        char was[CW_ADDR_TEXT_MAX], now[CW_ADDR_TEXT_MAX], text[2 * CW_ADDR_TEXT_MAX + 16];
        (void)snprintf(text, sizeof(text), "address %s -> %s", cw_addr_format(&former, was),
                       cw_addr_format(&record->addr, now));
        append_text(out->text, sizeof(out->text), text);
    }
}

/* Names of the device itself are never taken from another; an address belongs to who had it last. */
static void
take_keys(struct cw_inventory *inv, struct cw_inv_device *device, const struct sight *sight)
{
    for (unsigned via = 0; via < N_KEYS; via++) {
        const char *key = sight->keys[via];
        const struct cw_inv_device *owner = cw_store_find(inv, key);
        if (key[0] && (!owner || owner == device || via == KEY_ADDR)) {
            (void)cw_store_name(inv, device, key);
        }
    }
}

static unsigned
id_rank(const char *id)
{
    return strncmp(id, "mac:", 4) == 0 ? 3 : strncmp(id, "sn:", 3) == 0 ? 2 : 1;
}

/* mac: before sn: before ip: (design.md 6). */
static void
better_id(struct cw_inventory *inv, struct cw_inv_device *device, const struct sight *sight,
          struct cw_inventory_change *out)
{
    static const uint8_t id_keys[] = {KEY_MAC, KEY_SERIAL};
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

static const char *
capture_name(const struct cw_inventory *inv, const struct cw_record_device *record)
{
    const char *const *files = inv->settings.capture_files;
    uint32_t file = record->n_evidence ? record->evidence[0].file : 0;
    for (uint32_t i = 0; files && file > 0 && files[i]; i++) {
        if (i == file - 1) {
            return files[i];
        }
    }
    return "";
}

static void
take_sight(struct cw_inv_device *device, const struct cw_record_device *record)
{
    int64_t now = record->head.time_ns;
    device->last_ns = now > device->last_ns ? now : device->last_ns;
    device->first_ns = now < device->first_ns ? now : device->first_ns;
    device->is_viewer |= record->is_viewer != 0;
    device->vlan = record->vlan;
    device->interface = record->interface;
    device->segment = record->segment;
}

/* ---- telling ---- */

static struct before
remember(const struct cw_inv_device *device)
{
    return (struct before){.brand = device->brand,
                           .maker = device->maker,
                           .kind = device->kind,
                           .band = device->band};
}

static bool
is_surer(const struct before *before, const struct cw_inv_device *now)
{
    return (now->brand && now->brand != before->brand) ||
           (now->maker && now->maker != before->maker) ||
           (now->kind && now->kind != before->kind) || now->band > before->band;
}

static void
tell_seen_again(struct cw_inv_device *device, struct cw_inventory_change *out)
{
    if (device->class == CW_CLASS_GONE) {
        append_text(out->text, sizeof(out->text), "seen again");
    }
}

static void
tell(struct cw_inventory *inv, struct cw_inv_device *device, const struct before *before,
     struct cw_inventory_change *out)
{
    tell_seen_again(device, out);
    cw_store_reclass(inv, device,
                     device->is_surveillance ? CW_CLASS_SURVEILLANCE : CW_CLASS_ORDINARY);
    out->device = device;
    if (!device->is_announced) {
        out->what = device->is_surveillance ? CW_INVENTORY_NEW : 0;
        device->is_announced = device->is_surveillance;
        out->text[0] = '\0';
        return;
    }
    if (is_surer(before, device)) {
        out->what |= CW_INVENTORY_IDENTIFIED;
    }
    if (out->former_id[0]) {
        append_text(out->text, sizeof(out->text), "known until now as ");
        size_t len = strlen(out->text);
        cw_text_set(out->text + len, sizeof(out->text) - len, out->former_id);
    }
    if (out->text[0]) {
        out->what |= CW_INVENTORY_CHANGED;
    }
}

/* ---- the sorts of records ---- */

static void
merge_present(struct cw_inventory *inv, const struct sight *sight,
              struct cw_inventory_change *out)
{
    const struct cw_record_device *record = sight->record;
    struct cw_inv_device *device = find_same(inv, sight);
    device = device ? device : make_present(inv, sight);
    if (!device || device->is_gateway) {
        return;
    }
    if (device->class == CW_CLASS_SIDE) {
        promote(inv, device, record->head.time_ns);
    }
    if (sight->keys[KEY_MAC][0]) { /* first of all: it decides what may join */
        (void)cw_device_add_mac(device, &record->mac);
    }
    struct before before = remember(device);
    device = join_others(inv, device, sight, out);
    take_sight(device, record);
    take_addr(inv, device, sight, out);
    if (record->has_identity) {
        (void)cw_device_learn(device, &record->identity, CAMWATCH_ORIGIN_SELF,
                              record->head.time_ns, out->text, sizeof(out->text));
    }
    take_keys(inv, device, sight);
    better_id(inv, device, sight, out);
    cw_device_add_evidence(device, inv->labels, record, capture_name(inv, record), false);
    cw_device_weigh(device);
    tell(inv, device, &before, out);
}

static bool
has_other_facts(const struct cw_record_device *record)
{
    for (size_t i = 0; i < record->n_evidence && i < CW_RECORD_EVIDENCE; i++) {
        unsigned kind = record->evidence[i].kind;
        bool is_mac =
            kind == CAMWATCH_EVIDENCE_MAC_CAMERA || kind == CAMWATCH_EVIDENCE_MAC_GENERAL;
        if (!is_mac && (record->evidence[i].subject & CW_SUBJECT_DEVICE)) {
            return true;
        }
    }
    return record->has_identity;
}

/* Its MAC carries what others send: nothing that was learnt under it is its own. */
static void
mark_gateway(struct cw_inventory *inv, const struct cw_record_device *record,
             struct cw_inventory_change *out)
{
    char key[CW_KEY_TEXT_MAX], addr_key[CW_KEY_TEXT_MAX];
    struct cw_inv_device *device = cw_store_find(inv, cw_key_mac(&record->mac, key));
    bool is_known = device != NULL;
    device = device ? device : cw_store_new(inv, CW_CLASS_ORDINARY, key);
    if (!device || device->is_gateway) {
        return;
    }
    for (unsigned i = 0; i < device->n_addrs; i++) {
        cw_store_unname(
            inv, device,
            cw_key_addr(inv, device->vlan, device->segment, &device->addrs[i], addr_key));
    }
    device->n_addrs = 0;
    device->is_gateway = true;
    device->scope = CAMWATCH_SCOPE_LOCAL;
    device->first_ns = is_known ? device->first_ns : record->head.time_ns;
    device->last_ns = record->head.time_ns;
    cw_device_drop_mac_evidence(device);
    cw_device_weigh(device);
    cw_store_reclass(inv, device, CW_CLASS_ORDINARY);
    (void)cw_device_add_mac(device, &record->mac);
    if (device->is_announced) {
        out->device = device;
        out->what = CW_INVENTORY_CHANGED;
        cw_text_set(out->text, sizeof(out->text),
                    "is a gateway: what was seen there is not its own");
    }
}

static struct cw_inv_device *
find_speaker(const struct cw_inventory *inv, const struct cw_record_device *record)
{
    char key[CW_KEY_TEXT_MAX];
    if (is_unicast(&record->behind)) {
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
                           : first_said(id->uid, id->name, "", "");
    if (!what[0]) {
        return NULL;
    }
    (void)snprintf(out, CW_KEY_TEXT_MAX, "behind:%.80s:%s", speaker, what);
    return out;
}

static struct cw_inv_device *
find_claimed(struct cw_inventory *inv, const struct sight *sight,
             const struct cw_inv_device *speaker)
{
    static const uint8_t by[] = {KEY_SERIAL, KEY_SAID_MAC, KEY_UID};
    for (size_t i = 0; i < sizeof(by); i++) {
        struct cw_inv_device *device = cw_store_find(inv, sight->keys[by[i]]);
        if (device && device != speaker && !device->is_gateway) {
            return device;
        }
    }
    return NULL;
}

static struct cw_inv_device *
make_claimed(struct cw_inventory *inv, const struct sight *sight, const char *speaker)
{
    char key[CW_KEY_TEXT_MAX];
    const char *id = first_said(sight->keys[KEY_SERIAL], sight->keys[KEY_SAID_MAC], "", "");
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

static void
set_behind(struct cw_inv_device *device, const char *speaker)
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
static void
merge_claim(struct cw_inventory *inv, struct sight *sight, struct cw_inventory_change *out)
{
    const struct cw_record_device *record = sight->record;
    char speaker_key[CW_KEY_TEXT_MAX];
    const struct cw_inv_device *speaker = find_speaker(inv, record);
    const char *who = speaker                       ? speaker->id
                      : is_unicast(&record->behind) ? cw_key_mac(&record->behind, speaker_key)
                                                    : "";
    if (is_unicast(&record->identity.mac)) { /* also where it equals the frame's */
        cw_key_mac(&record->identity.mac, sight->keys[KEY_SAID_MAC]);
    }
    struct cw_inv_device *device = find_claimed(inv, sight, speaker);
    device = device ? device : make_claimed(inv, sight, who);
    if (!device) {
        return;
    }
    set_behind(device, who);
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
    sight->keys[KEY_MAC][0] = sight->keys[KEY_ADDR][0] = '\0';
    take_keys(inv, device, sight);
    take_sight(device, record);
    cw_device_add_evidence(device, inv->labels, record, capture_name(inv, record), true);
    cw_device_weigh(device);
    cw_store_reclass(inv, device, CW_CLASS_SIDE);
}

/* Outside the watched networks: kept apart under its address, meets no device that is present. */
static void
merge_remote(struct cw_inventory *inv, const struct cw_record_device *record,
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
    take_sight(device, record);
    cw_device_add_evidence(device, inv->labels, record, capture_name(inv, record), true);
    cw_device_weigh(device);
    cw_store_reclass(inv, device, CW_CLASS_SIDE);
    out->device = device;
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
        merge_remote(inv, record, out);
        return;
    }
    if (record->is_gateway && is_unicast(&record->mac)) {
        mark_gateway(inv, record, out);
        if (out->what || !has_other_facts(record)) {
            return;
        }
    }
    struct sight sight = look(inv, record);
    if (is_claim(record)) {
        merge_claim(inv, &sight, out);
    } else {
        merge_present(inv, &sight, out);
    }
}

/* ---- flows ---- */

static struct cw_inv_device *
find_local(const struct cw_inventory *inv, const struct cw_record_flow *flow)
{
    char key[CW_KEY_TEXT_MAX];
    const struct cw_addr *local = flow->local_is_destination ? &flow->dst : &flow->src;
    struct cw_inv_device *device = is_unicast(&flow->local_mac)
                                       ? cw_store_find(inv, cw_key_mac(&flow->local_mac, key))
                                       : NULL;
    if (!device || device->is_gateway) {
        device = cw_store_find(inv, cw_key_addr(inv, flow->vlan, flow->segment, local, key));
    }
    return device && device->class != CW_CLASS_SIDE && !device->is_gateway ? device : NULL;
}

void
cw_inventory_merge_flow(struct cw_inventory *inv, const struct cw_record_flow *flow,
                        struct cw_inventory_change *out)
{
    *out = (struct cw_inventory_change){0};
    struct cw_inv_device *device = flow->has_local ? find_local(inv, flow) : NULL;
    if (!device) {
        return;
    }
    device->last_ns = flow->last_ns > device->last_ns ? flow->last_ns : device->last_ns;
    out->device = device;
    if (!device->is_surveillance) {
        cw_store_reclass(inv, device, CW_CLASS_ORDINARY);
        return;
    }
    if (cw_destinations_merge(device, flow)) {
        out->what |= CW_INVENTORY_DESTINATION;
    }
    tell_seen_again(device, out);
    cw_store_reclass(inv, device, CW_CLASS_SURVEILLANCE);
    out->what |= out->text[0] ? CW_INVENTORY_CHANGED : 0;
}

/* ---- time ---- */

static void
forget_old(struct cw_inventory *inv, enum cw_device_class class, int64_t before_ns)
{
    struct cw_inv_device *device = inv->ages[class].oldest;
    while (device && device->last_ns < before_ns) {
        struct cw_inv_device *newer = device->newer;
        cw_store_delete(inv, device);
        device = newer;
    }
}

static void
tell_gone(struct cw_inventory *inv, int64_t before_ns, cw_inventory_change_fn tell_it,
          void *user)
{
    struct cw_inv_device *device = inv->ages[CW_CLASS_SURVEILLANCE].oldest;
    while (device && device->last_ns < before_ns) {
        struct cw_inv_device *newer = device->newer;
        cw_store_reclass(inv, device, CW_CLASS_GONE);
        struct cw_inventory_change change = {.what = CW_INVENTORY_GONE, .device = device};
        tell_it(user, &change);
        device = newer;
    }
}

void
cw_inventory_tick(struct cw_inventory *inv, int64_t now_ns, bool is_blind,
                  cw_inventory_change_fn tell_it, void *user)
{
    if (is_blind || inv->seeing_since_ns == 0) {
        inv->seeing_since_ns = now_ns;
    }
    if (now_ns - inv->seeing_since_ns >= inv->settings.gone_after_ns) {
        tell_gone(inv, now_ns - inv->settings.gone_after_ns, tell_it, user);
    }
    if (inv->settings.retention_ns > 0 && !is_blind) {
        int64_t before_ns = now_ns - inv->settings.retention_ns;
        forget_old(inv, CW_CLASS_GONE, before_ns);
        forget_old(inv, CW_CLASS_ORDINARY, before_ns);
        forget_old(inv, CW_CLASS_SIDE, before_ns);
    }
}
