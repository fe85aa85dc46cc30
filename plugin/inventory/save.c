/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "inventory/state.h"

static void
put_u8(struct cw_out *out, unsigned value)
{
    cw_out_number(out, value, 1);
}

static void
put_time(struct cw_out *out, int64_t value)
{
    cw_out_number(out, (uint64_t)value, 8);
}

/* How many keys of a device, its id apart, go into the file: no more than it may have when it is
 * read. */
struct room {
    unsigned lasting, passing;
};

/* By its MACs and by what it was called a device is met again; addresses and UIDs come and go. */
static unsigned *
room_for(struct room *room, const struct cw_key *key)
{
    bool is_lasting = key->is_former_id || strncmp(key->text, "mac:", 4) == 0;
    return is_lasting ? &room->lasting : &room->passing;
}

static struct room
make_room(const struct cw_inv_device *device)
{
    enum { MOST = CW_STORE_KEYS - 1 };
    struct room all = {0};
    for (const struct cw_key *key = device->keys; key; key = key->sibling) {
        *room_for(&all, key) += key->text != device->id;
    }
    unsigned lasting = all.lasting < MOST ? all.lasting : MOST;
    unsigned left = MOST - lasting;
    return (struct room){.lasting = lasting,
                         .passing = all.passing < left ? all.passing : left};
}

/* The id, then the other keys, the latest first. */
static void
put_keys(struct cw_out *out, const struct cw_inv_device *device)
{
    struct room room = make_room(device);
    cw_out_text(out, device->id);
    put_u8(out, room.lasting + room.passing);
    for (const struct cw_key *key = device->keys; key; key = key->sibling) {
        unsigned *left = room_for(&room, key);
        if (key->text != device->id && *left > 0) {
            (*left)--;
            put_u8(out, key->is_former_id);
            cw_out_text(out, key->text);
        }
    }
}

static void
put_facts(struct cw_out *out, const struct cw_inv_device *device)
{
    for (unsigned i = 0; i < CW_N_FACTS; i++) {
        const struct cw_fact *fact = &device->facts[i];
        cw_out_text(out, fact->value);
        cw_out_text(out, fact->previous);
        put_time(out, fact->time_ns);
        put_u8(out, fact->origin);
    }
    put_u8(out, device->n_other_serials);
    for (unsigned i = 0; i < device->n_other_serials; i++) {
        cw_out_text(out, device->other_serials[i]);
    }
}

static void
put_piece(struct cw_out *out, const struct cw_labels *labels, const struct cw_piece *piece)
{
    const uint8_t small[] = {piece->kind,      piece->points,         piece->subject,
                             piece->side,      piece->origin,         piece->role,
                             piece->path,      piece->device_kind,    piece->is_surveillance,
                             piece->is_shared, piece->is_maker_likely};
    const cw_label names[] = {piece->vendor, piece->platform, piece->brand,
                              piece->maker,  piece->rule,     piece->file};
    cw_out_put(out, small, sizeof(small));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        cw_out_text(out, cw_labels_text(labels, names[i]));
    }
    cw_out_number(out, piece->frame, 8);
    put_time(out, piece->time_ns);
    cw_out_text(out, piece->seen);
}

static void
put_destination(struct cw_out *out, const struct cw_destination *at)
{
    cw_out_put(out, at->addr.b, sizeof(at->addr.b));
    cw_out_text(out, at->name);
    cw_out_number(out, at->bytes, 8);
    put_time(out, at->first_ns);
    put_time(out, at->last_ns);
    cw_out_number(out, at->port, 2);
    put_u8(out, at->proto);
}

static void
put_lists(struct cw_out *out, const struct cw_labels *labels,
          const struct cw_inv_device *device)
{
    put_u8(out, device->n_addrs);
    cw_out_put(out, device->addrs, device->n_addrs * sizeof(device->addrs[0]));
    put_u8(out, device->n_macs);
    cw_out_put(out, device->macs, device->n_macs * sizeof(device->macs[0]));
    put_u8(out, device->n_pieces);
    for (unsigned i = 0; i < device->n_pieces; i++) {
        put_piece(out, labels, &device->pieces[i]);
    }
    put_u8(out, device->n_destinations);
    for (unsigned i = 0; i < device->n_destinations; i++) {
        put_destination(out, &device->destinations[i]);
    }
}

static void
put_device(struct cw_out *out, const struct cw_labels *labels,
           const struct cw_inv_device *device)
{
    const uint8_t small[] = {device->class,     device->scope,      device->self_kind,
                             device->is_viewer, device->is_gateway, device->is_announced};
    put_keys(out, device);
    cw_out_put(out, small, sizeof(small));
    cw_out_text(out, device->behind);
    put_time(out, device->first_ns);
    put_time(out, device->last_ns);
    cw_out_number(out, device->bytes, 8);
    cw_out_number(out, device->bytes_explained, 8);
    cw_out_number(out, device->n_more_destinations, 4);
    cw_out_number(out, device->interface, 4);
    cw_out_number(out, device->segment, 4);
    cw_out_number(out, device->vlan, 2);
    put_facts(out, device);
    put_lists(out, labels, device);
}

int
cw_inventory_save(const struct cw_inventory *inv, const char *path,
                  struct camwatch_error *error)
{
    struct cw_out out = {0};
    uint32_t count = 0;
    for (unsigned i = 0; i < CW_N_CLASSES; i++) {
        count += inv->ages[i].count;
    }
    put_time(&out, inv->seeing_since_ns);
    cw_out_number(&out, count, 4);
    for (unsigned i = 0; i < CW_N_CLASSES; i++) {
        for (struct cw_inv_device *at = inv->ages[i].oldest; at; at = at->newer) {
            put_device(&out, inv->labels, at);
        }
    }
    int status = cw_statefile_write(&cw_inventory_file, path, &out, error);
    free(out.bytes);
    return status;
}
