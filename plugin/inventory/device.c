/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inventory/device.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "inventory/destinations.h"

struct cw_inv_device *
cw_device_new(void)
{
    return calloc(1, sizeof(struct cw_inv_device));
}

static void
free_facts(struct cw_inv_device *device)
{
    for (unsigned i = 0; i < CW_N_FACTS; i++) {
        free(device->facts[i].value);
        free(device->facts[i].previous);
    }
    for (unsigned i = 0; i < device->n_other_serials; i++) {
        free(device->other_serials[i]);
    }
}

void
cw_device_free(struct cw_inv_device *device)
{
    if (!device) {
        return;
    }
    assert(!device->keys);
    free_facts(device);
    for (unsigned i = 0; i < device->n_pieces; i++) {
        free(device->pieces[i].seen);
    }
    free(device->pieces);
    cw_destinations_clear(device);
    free(device->behind);
    free(device);
}

const char *
cw_device_fact(const struct cw_inv_device *device, enum cw_fact_field field)
{
    const char *value = device->facts[field].value;
    return value ? value : "";
}

bool
cw_device_has_mac(const struct cw_inv_device *device, const struct cw_mac *mac)
{
    for (unsigned i = 0; i < device->n_macs; i++) {
        if (cw_mac_equal(&device->macs[i], mac)) {
            return true;
        }
    }
    return false;
}

const char *
cw_device_named(const struct cw_inv_device *device, const struct cw_labels *labels,
                cw_label proven, enum cw_fact_field fact)
{
    return proven ? cw_labels_text(labels, proven) : cw_device_fact(device, fact);
}

bool
cw_device_add_mac(struct cw_inv_device *device, const struct cw_mac *mac)
{
    if (cw_device_has_mac(device, mac)) {
        return true;
    }
    if (device->n_macs == CW_DEVICE_MACS) {
        return false;
    }
    device->macs[device->n_macs++] = *mac;
    return true;
}

bool
cw_device_is_usable_addr(const struct cw_addr *addr)
{
    static const struct cw_addr any4 = {.b = {[10] = 0xff, [11] = 0xff}};
    return !cw_addr_is_none(addr) && !cw_addr_equal(addr, &any4) && !cw_addr_is_group(addr);
}

static struct cw_addr
latest_v4(const struct cw_inv_device *device)
{
    for (unsigned i = 0; i < device->n_addrs; i++) {
        if (cw_addr_is_v4(&device->addrs[i])) {
            return device->addrs[i];
        }
    }
    return (struct cw_addr){0};
}

void
cw_device_add_addr(struct cw_inv_device *device, const struct cw_addr *addr,
                   struct cw_addr *dropped, struct cw_addr *former)
{
    *dropped = *former = (struct cw_addr){0};
    unsigned at = 0;
    while (at < device->n_addrs && !cw_addr_equal(&device->addrs[at], addr)) {
        at++;
    }
    if (at == device->n_addrs) {
        *former = cw_addr_is_v4(addr) ? latest_v4(device) : (struct cw_addr){0};
        if (device->n_addrs == CW_DEVICE_ADDRS) {
            *dropped = device->addrs[--at];
        } else {
            device->n_addrs++;
        }
    }
    memmove(&device->addrs[1], &device->addrs[0], at * sizeof(device->addrs[0]));
    device->addrs[0] = *addr;
}

/* Two serials behind one MAC are two claims: both stay. */
static void
keep_serial(struct cw_inv_device *device, const char *serial)
{
    for (unsigned i = 0; i < device->n_other_serials; i++) {
        if (strcmp(device->other_serials[i], serial) == 0) {
            return;
        }
    }
    char *copy = device->n_other_serials < CW_DEVICE_SERIALS ? strdup(serial) : NULL;
    if (copy) {
        device->other_serials[device->n_other_serials++] = copy;
    }
}

static void
append_change(char *text, size_t size, const char *what, enum cw_fact_field field,
              const struct cw_fact *fact)
{
    size_t len = strlen(text);
    const char *sep = len ? "; " : "";
    if (field == CW_FACT_SERIAL) { /* a serial can open a camera: never in a text */
        (void)snprintf(text + len, size - len, "%sa second serial behind the same MAC", sep);
        return;
    }
    (void)snprintf(text + len, size - len, "%s%s %s -> %s", sep, what, fact->previous,
                   fact->value);
}

static bool
may_replace(const struct cw_fact *fact, const char *value, unsigned origin, int64_t time_ns)
{
    if (value[0] == '\0' || (fact->value && strcasecmp(fact->value, value) == 0)) {
        return false;
    }
    if (!fact->value ||
        (origin == CAMWATCH_ORIGIN_SELF && fact->origin != CAMWATCH_ORIGIN_SELF)) {
        return true;
    }
    bool is_weaker = origin != CAMWATCH_ORIGIN_SELF && fact->origin == CAMWATCH_ORIGIN_SELF;
    return !is_weaker && time_ns >= fact->time_ns;
}

/* Returns true when a value gave way to one that was not there just before it. */
static bool
replace(struct cw_fact *fact, const char *value, unsigned origin, int64_t time_ns)
{
    char *copy = strdup(value);
    if (!copy) {
        return false;
    }
    bool is_change = fact->value && fact->origin == origin &&
                     (!fact->previous || strcmp(fact->previous, value) != 0);
    free(fact->previous);
    fact->previous = fact->value;
    fact->value = copy;
    fact->origin = (uint8_t)origin;
    fact->time_ns = time_ns;
    return is_change;
}

static bool
learn_fact(struct cw_inv_device *device, enum cw_fact_field field, const char *value,
           unsigned origin, int64_t time_ns)
{
    struct cw_fact *fact = &device->facts[field];
    if (!may_replace(fact, value, origin, time_ns)) {
        bool is_same = fact->value && strcasecmp(fact->value, value) == 0;
        if (is_same && origin == CAMWATCH_ORIGIN_SELF) {
            fact->origin = CAMWATCH_ORIGIN_SELF;
        }
        if (is_same && time_ns > fact->time_ns) {
            fact->time_ns = time_ns;
        }
        return false;
    }
    bool is_change = replace(fact, value, origin, time_ns);
    if (field == CW_FACT_SERIAL && fact->previous && fact->origin == origin) {
        keep_serial(device, fact->previous);
    }
    return is_change;
}

/* "Camera" is what many protocols say of everything; a recorder that says so stays one. */
static void
learn_kind(struct cw_inv_device *device, unsigned kind)
{
    if (kind == CAMWATCH_KIND_UNKNOWN ||
        (kind == CAMWATCH_KIND_CAMERA && device->self_kind != CAMWATCH_KIND_UNKNOWN)) {
        return;
    }
    device->self_kind = (uint8_t)kind;
}

bool
cw_device_learn(struct cw_inv_device *device, const struct cw_identity *identity,
                unsigned origin, int64_t time_ns, char *text, size_t size)
{
    bool is_told = false;
#define CW_X(s, m, t, c)                                                                       \
    if (learn_fact(device, CW_FACT_##s, identity->m, origin, time_ns) && (c)) {                \
        append_change(text, size, t, CW_FACT_##s, &device->facts[CW_FACT_##s]);                \
        is_told = true;                                                                        \
    }
    CW_FACTS(CW_X)
#undef CW_X
    if (origin == CAMWATCH_ORIGIN_SELF || device->self_kind == CAMWATCH_KIND_UNKNOWN) {
        learn_kind(device, identity->kind);
    }
    return is_told;
}

/* Oldest first, so that the latest ends in front. */
static void
absorb_addrs(struct cw_inv_device *into, const struct cw_inv_device *from)
{
    struct cw_addr mine[CW_DEVICE_ADDRS];
    unsigned n = into->n_addrs;
    memcpy(mine, into->addrs, sizeof(mine));
    bool is_from_newer = from->last_ns > into->last_ns;
    struct cw_addr ignored, former;
    for (unsigned i = from->n_addrs; i-- > 0;) {
        cw_device_add_addr(into, &from->addrs[i], &ignored, &former);
    }
    for (unsigned i = n; !is_from_newer && i-- > 0;) {
        cw_device_add_addr(into, &mine[i], &ignored, &former);
    }
}

static void
absorb_facts(struct cw_inv_device *into, const struct cw_inv_device *from)
{
    for (unsigned i = 0; i < CW_N_FACTS; i++) {
        const struct cw_fact *fact = &from->facts[i];
        if (fact->value) {
            learn_fact(into, i, fact->value, fact->origin, fact->time_ns);
        }
    }
    for (unsigned i = 0; i < from->n_other_serials; i++) {
        keep_serial(into, from->other_serials[i]);
    }
    learn_kind(into, from->self_kind);
}

/* Pieces of the other that are better than the worst here; both lists have the best first. */
static void
absorb_pieces(struct cw_inv_device *into, struct cw_inv_device *from)
{
    struct cw_piece *both = calloc((size_t)into->n_pieces + from->n_pieces + 1, sizeof(*both));
    if (!both) {
        return;
    }
    unsigned a = 0, b = 0, n = 0;
    while (a < into->n_pieces || b < from->n_pieces) {
        bool takes_a = b == from->n_pieces ||
                       (a < into->n_pieces && into->pieces[a].points >= from->pieces[b].points);
        struct cw_piece *piece = takes_a ? &into->pieces[a++] : &from->pieces[b++];
        if (n < CW_DEVICE_PIECES) {
            both[n++] = *piece;
        } else {
            free(piece->seen);
        }
    }
    free(into->pieces);
    into->pieces = both;
    into->n_pieces = (uint8_t)n;
    from->n_pieces = 0;
}

void
cw_device_absorb(struct cw_inv_device *into, struct cw_inv_device *from)
{
    absorb_addrs(into, from);
    absorb_facts(into, from);
    if (from->class != CW_CLASS_SIDE) {
        absorb_pieces(into, from);
    }
    cw_destinations_absorb(into, from);
    for (unsigned i = 0; i < from->n_macs; i++) {
        (void)cw_device_add_mac(into, &from->macs[i]);
    }
    if (!into->behind) {
        into->behind = from->behind;
        from->behind = NULL;
    }
    bool is_present = from->class != CW_CLASS_SIDE;
    if (is_present && from->first_ns < into->first_ns) {
        into->first_ns = from->first_ns;
    }
    if (is_present && from->last_ns > into->last_ns) {
        into->last_ns = from->last_ns;
    }
    into->is_viewer |= is_present && from->is_viewer;
    into->is_announced |= from->is_announced;
}
