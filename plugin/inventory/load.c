/* SPDX-License-Identifier: Apache-2.0
 *
 * Every count is checked; a wrong one fails the cursor.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "base/cursor.h"
#include "base/text.h"
#include "base/time.h"
#include "inventory/state.h"

enum { MAX_STATE_KEYS = 64 };

static int64_t
get_time(struct cw_cursor *in)
{
    return cw_time_bounded((int64_t)cw_cursor_be64(in));
}

static void
get_text(struct cw_cursor *in, char *out, size_t size)
{
    struct cw_bytes text = cw_cursor_take(in, cw_cursor_be16(in));
    cw_text_copy(out, size, text);
}

/** Given, NULL for "". */
static char *
get_copy(struct cw_cursor *in)
{
    char text[512];
    get_text(in, text, sizeof(text));
    return text[0] ? strdup(text) : NULL;
}

static unsigned
get_count(struct cw_cursor *in, unsigned max)
{
    unsigned n = cw_cursor_u8(in);
    if (n > max) {
        in->failed = true;
        return 0;
    }
    return n;
}

static cw_label
get_label(struct cw_cursor *in, struct cw_labels *labels)
{
    char text[512];
    get_text(in, text, sizeof(text));
    return cw_labels_intern(labels, text);
}

struct names { /* the keys of a record, until it is in the store */
    unsigned n;
    bool is_former[MAX_STATE_KEYS];
    char id[CW_KEY_TEXT_MAX];
    char text[MAX_STATE_KEYS][CW_KEY_TEXT_MAX];
};

static void
get_keys(struct cw_cursor *in, struct names *names)
{
    get_text(in, names->id, sizeof(names->id));
    names->n = get_count(in, MAX_STATE_KEYS);
    for (unsigned i = 0; i < names->n; i++) {
        names->is_former[i] = cw_cursor_u8(in) != 0;
        get_text(in, names->text[i], sizeof(names->text[i]));
    }
}

static void
get_facts(struct cw_cursor *in, struct cw_inv_device *device)
{
    for (unsigned i = 0; i < CW_N_FACTS; i++) {
        struct cw_fact *fact = &device->facts[i];
        fact->value = get_copy(in);
        fact->previous = get_copy(in);
        fact->time_ns = get_time(in);
        fact->origin = cw_cursor_u8(in);
    }
    unsigned n = get_count(in, CW_DEVICE_SERIALS);
    for (unsigned i = 0; i < n; i++) {
        char *serial = get_copy(in);
        if (serial) {
            device->other_serials[device->n_other_serials++] = serial;
        }
    }
}

static struct cw_piece
get_piece(struct cw_cursor *in, struct cw_labels *labels)
{
    struct cw_piece piece = {0};
    uint8_t *small[] = {&piece.kind,      &piece.points,         &piece.subject,
                        &piece.side,      &piece.origin,         &piece.role,
                        &piece.path,      &piece.device_kind,    &piece.is_surveillance,
                        &piece.is_shared, &piece.is_maker_likely};
    cw_label *names[] = {&piece.vendor, &piece.platform, &piece.brand,
                         &piece.maker,  &piece.rule,     &piece.file};
    for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
        *small[i] = cw_cursor_u8(in);
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        *names[i] = get_label(in, labels);
    }
    piece.frame = cw_cursor_be64(in);
    piece.time_ns = get_time(in);
    piece.seen = get_copy(in);
    in->failed |= piece.kind >= CAMWATCH_N_EVIDENCE_KINDS || piece.points > 99;
    return piece;
}

static void
get_pieces(struct cw_cursor *in, struct cw_labels *labels, struct cw_inv_device *device)
{
    unsigned n = get_count(in, CW_DEVICE_PIECES);
    device->pieces = n ? calloc(n, sizeof(*device->pieces)) : NULL;
    in->failed |= n > 0 && !device->pieces;
    for (unsigned i = 0; i < n && cw_cursor_ok(in); i++) {
        device->pieces[i] = get_piece(in, labels);
        device->n_pieces++;
    }
}

static void
get_addr(struct cw_cursor *in, struct cw_addr *addr)
{
    struct cw_bytes bytes = cw_cursor_take(in, sizeof(addr->b));
    if (bytes.len == sizeof(addr->b)) {
        memcpy(addr->b, bytes.ptr, sizeof(addr->b));
    }
}

static void
get_ends(struct cw_cursor *in, struct cw_inv_device *device)
{
    device->n_addrs = (uint8_t)get_count(in, CW_DEVICE_ADDRS);
    for (unsigned i = 0; i < device->n_addrs; i++) {
        get_addr(in, &device->addrs[i]);
    }
    device->n_macs = (uint8_t)get_count(in, CW_DEVICE_MACS);
    for (unsigned i = 0; i < device->n_macs; i++) {
        struct cw_bytes bytes = cw_cursor_take(in, sizeof(device->macs[i].b));
        if (bytes.len == sizeof(device->macs[i].b)) {
            memcpy(device->macs[i].b, bytes.ptr, bytes.len);
        }
    }
}

static void
get_destinations(struct cw_cursor *in, struct cw_inv_device *device)
{
    unsigned n = get_count(in, CW_DEVICE_DESTINATIONS);
    device->destinations =
        n ? calloc(CW_DEVICE_DESTINATIONS, sizeof(*device->destinations)) : NULL;
    in->failed |= n > 0 && !device->destinations;
    for (unsigned i = 0; i < n && cw_cursor_ok(in); i++) {
        struct cw_destination *at = &device->destinations[device->n_destinations++];
        get_addr(in, &at->addr);
        at->name = get_copy(in);
        at->bytes = cw_cursor_be64(in);
        at->first_ns = get_time(in);
        at->last_ns = get_time(in);
        at->port = cw_cursor_be16(in);
        at->proto = cw_cursor_u8(in);
        at->is_told = true;
    }
}

static void
get_small(struct cw_cursor *in, struct cw_inv_device *device)
{
    device->class = cw_cursor_u8(in);
    device->scope = cw_cursor_u8(in);
    device->self_kind = cw_cursor_u8(in);
    device->is_viewer = cw_cursor_u8(in) != 0;
    device->is_gateway = cw_cursor_u8(in) != 0;
    device->is_announced = cw_cursor_u8(in) != 0;
    device->behind = get_copy(in);
    device->first_ns = get_time(in);
    device->last_ns = get_time(in);
    device->bytes = cw_cursor_be64(in);
    device->bytes_explained = cw_cursor_be64(in);
    device->n_more_destinations = cw_cursor_be32(in);
    device->interface = cw_cursor_be32(in);
    device->segment = cw_cursor_be32(in);
    device->vlan = cw_cursor_be16(in);
    in->failed |= device->class >= CW_N_CLASSES || device->scope >= CAMWATCH_N_SCOPES ||
                  device->self_kind >= CAMWATCH_N_DEVICE_KINDS;
}

static bool
adopt(struct cw_inventory *inv, struct cw_inv_device *device, const struct names *names)
{
    if (!cw_store_adopt(inv, device, device->class, names->id)) {
        return false;
    }
    for (unsigned i = names->n; i-- > 0;) { /* each goes in front: keep the order */
        if (cw_store_name(inv, device, names->text[i])) {
            cw_index_find(&inv->index, names->text[i])->is_former_id = names->is_former[i];
        }
    }
    cw_device_weigh(device);
    return true;
}

/* False only where the bytes are wrong; a record that finds no room is counted by the store. */
static bool
get_device(struct cw_cursor *in, struct cw_inventory *inv, struct names *names)
{
    struct cw_inv_device *device = cw_device_new();
    if (!device) {
        return false;
    }
    get_keys(in, names);
    get_small(in, device);
    get_facts(in, device);
    get_ends(in, device);
    get_pieces(in, inv->labels, device);
    get_destinations(in, device);
    if (!cw_cursor_ok(in) || !names->id[0]) {
        cw_device_free(device);
        return false;
    }
    if (!adopt(inv, device, names)) {
        cw_device_free(device);
    }
    return true;
}

static bool
decode(struct cw_inventory *inv, struct cw_bytes rest)
{
    struct names *names = malloc(sizeof(*names));
    struct cw_cursor in = cw_cursor(rest);
    inv->seeing_since_ns = get_time(&in);
    uint32_t count = cw_cursor_be32(&in);
    bool ok = names != NULL;
    for (uint32_t i = 0; ok && i < count; i++) {
        ok = get_device(&in, inv, names);
    }
    free(names);
    return ok && cw_cursor_ok(&in) && cw_cursor_left(&in) == 0;
}

int
cw_inventory_load(struct cw_inventory *inv, const char *path, struct camwatch_error *error)
{
    uint8_t *block;
    struct cw_bytes rest;
    int status = cw_statefile_read(&cw_inventory_file, path, &block, &rest, error);
    if (status != CAMWATCH_OK || !block) {
        return status;
    }
    bool ok = decode(inv, rest);
    free(block);
    if (ok) {
        return CAMWATCH_OK;
    }
    cw_store_clear(inv);
    inv->seeing_since_ns = 0;
    return cw_statefile_set_aside(&cw_inventory_file, path, "has a record that is wrong",
                                  error);
}
