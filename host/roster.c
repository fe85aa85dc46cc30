/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "roster.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

enum { KEY_MAX = 128 };

struct cw_roster {
    struct cw_store *texts, *index;
    struct camwatch_device *devices;
    size_t n, room, n_surveillance;
};

static const char **
text_fields(struct camwatch_device *d, size_t i)
{
    const char **fields[] = {&d->id,         &d->brand,      &d->maker,  &d->owner,
                             &d->model,      &d->serial,     &d->uid,    &d->name,
                             &d->mac,        &d->firmware,   &d->behind, &d->asset_name,
                             &d->asset_site, &d->asset_maker};
    return i < sizeof(fields) / sizeof(fields[0]) ? fields[i] : NULL;
}

static const char *
copy(struct cw_roster *roster, const char *text)
{
    return cw_store_text(roster->texts, text ? text : "");
}

static void
copy_evidence(struct cw_roster *roster, struct camwatch_device *device)
{
    struct camwatch_device_evidence *own = calloc(device->n_evidence + 1, sizeof(*own));
    if (!own) {
        abort();
    }
    for (size_t i = 0; i < device->n_evidence; i++) {
        own[i] = device->evidence[i];
        own[i].kind = copy(roster, own[i].kind);
        own[i].rule = copy(roster, own[i].rule);
        own[i].seen = copy(roster, own[i].seen);
        own[i].file = copy(roster, own[i].file);
    }
    device->evidence = own;
}

static void
copy_listings(struct camwatch_device *device)
{
    struct camwatch_listing *own = calloc(device->n_listings + 1, sizeof(*own));
    if (!own) {
        abort();
    }
    if (device->n_listings > 0) { /* their texts belong to the rules, which live longer */
        memcpy(own, device->listings, device->n_listings * sizeof(*own));
    }
    device->listings = own;
}

static void
add(void *user, const struct camwatch_device *device)
{
    struct cw_roster *roster = user;
    if (roster->n == roster->room) {
        roster->room = roster->room * 2 + 16;
        roster->devices = reallocarray(roster->devices, roster->room, sizeof(*roster->devices));
        if (!roster->devices) {
            abort();
        }
    }
    struct camwatch_device *own = &roster->devices[roster->n++];
    *own = *device;
    for (size_t i = 0; text_fields(own, i); i++) {
        *text_fields(own, i) = copy(roster, *text_fields(own, i));
    }
    for (size_t i = 0; i < own->n_addresses; i++) {
        own->addresses[i] = copy(roster, own->addresses[i]);
    }
    copy_evidence(roster, own);
    copy_listings(own);
    roster->n_surveillance += own->is_surveillance;
}

static int
surest_first(const void *left, const void *right)
{
    const struct camwatch_device *a = left, *b = right;
    if (a->is_surveillance != b->is_surveillance) {
        return a->is_surveillance ? -1 : 1;
    }
    if (a->confidence != b->confidence) {
        return a->confidence > b->confidence ? -1 : 1;
    }
    return strcmp(a->id, b->id);
}

static void
index_device(struct cw_roster *roster, size_t at)
{
    const struct camwatch_device *device = &roster->devices[at];
    const char *keys[CAMWATCH_DEVICE_ADDRESSES + 2] = {device->id, device->mac};
    memcpy(keys + 2, device->addresses, device->n_addresses * sizeof(keys[0]));
    for (size_t i = 0; i < device->n_addresses + 2; i++) {
        if (keys[i][0] != '\0' && cw_store_find(roster->index, keys[i]) == (size_t)-1) {
            cw_store_set(roster->index, keys[i], at); /* the surest has it */
        }
    }
}

struct cw_roster *
cw_roster_new(const struct camwatch_publisher *publisher)
{
    struct cw_roster *roster = calloc(1, sizeof(*roster));
    if (!roster) {
        abort();
    }
    roster->texts = cw_store_new();
    roster->index = cw_store_new();
    camwatch_publisher_devices(publisher, add, roster);
    if (roster->n > 0) {
        qsort(roster->devices, roster->n, sizeof(*roster->devices), surest_first);
    }
    for (size_t i = 0; i < roster->n; i++) {
        index_device(roster, i);
    }
    return roster;
}

void
cw_roster_free(struct cw_roster *roster)
{
    for (size_t i = 0; i < roster->n; i++) {
        free((void *)(uintptr_t)roster->devices[i].evidence);
        free((void *)(uintptr_t)roster->devices[i].listings);
    }
    free(roster->devices);
    cw_store_free(roster->texts);
    cw_store_free(roster->index);
    free(roster);
}

const struct camwatch_device *
cw_roster_devices(const struct cw_roster *roster, size_t *n)
{
    *n = roster->n;
    return roster->devices;
}

size_t
cw_roster_surveillance(const struct cw_roster *roster)
{
    return roster->n_surveillance;
}

const struct camwatch_device *
cw_roster_owner(const struct cw_roster *roster, const struct cw_destination *row)
{
    const char *keys[] = {row->device_id, row->local_mac, row->local_ip};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        size_t at = keys[i][0] != '\0' ? cw_store_find(roster->index, keys[i]) : (size_t)-1;
        if (at != (size_t)-1) {
            return roster->devices[at].is_surveillance ? &roster->devices[at] : NULL;
        }
    }
    return NULL;
}

/* Lower case, and nothing but digits and letters where that is what tells MACs apart. */
static void
fold(const char *text, bool is_mac, char out[KEY_MAX])
{
    size_t n = 0;
    for (; *text != '\0' && n < KEY_MAX - 1; text++) {
        if (!is_mac || isalnum((unsigned char)*text)) {
            out[n++] = (char)tolower((unsigned char)*text);
        }
    }
    out[n] = '\0';
}

/* 2 the same, 1 begins so, 0 neither. */
static unsigned
compare(const char *text, const char *what, bool is_mac)
{
    char a[KEY_MAX], b[KEY_MAX];
    fold(text, is_mac, a);
    fold(what, is_mac, b);
    if (b[0] == '\0' || strncmp(a, b, strlen(b)) != 0) {
        return 0;
    }
    return a[strlen(b)] == '\0' ? 2 : 1;
}

static unsigned
compare_device(const struct camwatch_device *device, const char *what)
{
    unsigned best = compare(device->id, what, false);
    unsigned others[] = {compare(device->mac, what, true), compare(device->name, what, false),
                         compare(device->asset_name, what, false)};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        best = others[i] > best ? others[i] : best;
    }
    for (size_t i = 0; i < device->n_addresses; i++) {
        unsigned one = compare(device->addresses[i], what, false);
        best = one > best ? one : best;
    }
    return best;
}

size_t
cw_roster_match(const struct cw_roster *roster, const char *what,
                const struct camwatch_device **first)
{
    size_t n = 0;
    unsigned best = 1;
    *first = NULL;
    for (size_t i = 0; i < roster->n; i++) {
        unsigned match = compare_device(&roster->devices[i], what);
        if (match < best) {
            continue;
        }
        if (match > best || n == 0) { /* a whole match beats all starts */
            *first = &roster->devices[i];
            n = 0;
        }
        best = match;
        n++;
    }
    return n;
}
