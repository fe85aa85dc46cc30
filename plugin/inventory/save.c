/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "inventory/state.h"

struct out {
    uint8_t *bytes;
    size_t len, room;
    bool failed; /* no memory */
};

static void
put(struct out *out, const void *bytes, size_t len)
{
    if (!out->failed && out->len + len > out->room) {
        size_t room = 2 * out->room + len + 4096;
        uint8_t *more = realloc(out->bytes, room);
        out->failed = !more;
        out->bytes = more ? more : out->bytes;
        out->room = more ? room : out->room;
    }
    if (!out->failed && len > 0) {
        memcpy(out->bytes + out->len, bytes, len);
        out->len += len;
    }
}

static void
put_number(struct out *out, uint64_t value, unsigned size)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> 8 * (size - 1 - i));
    }
    put(out, bytes, size);
}

static void
put_u8(struct out *out, unsigned value)
{
    put_number(out, value, 1);
}

static void
put_time(struct out *out, int64_t value)
{
    put_number(out, (uint64_t)value, 8);
}

static void
put_text(struct out *out, const char *text)
{
    size_t len = text ? strlen(text) : 0;
    len = len > UINT16_MAX ? UINT16_MAX : len;
    put_number(out, len, 2);
    put(out, text, len);
}

/* The id, then the other keys. */
static void
put_keys(struct out *out, const struct cw_inv_device *device)
{
    unsigned n = 0;
    for (const struct cw_key *key = device->keys; key; key = key->sibling) {
        n += key->text != device->id;
    }
    put_text(out, device->id);
    put_u8(out, n);
    for (const struct cw_key *key = device->keys; key; key = key->sibling) {
        if (key->text != device->id) {
            put_u8(out, key->is_former_id);
            put_text(out, key->text);
        }
    }
}

static void
put_facts(struct out *out, const struct cw_inv_device *device)
{
    for (unsigned i = 0; i < CW_N_FACTS; i++) {
        const struct cw_fact *fact = &device->facts[i];
        put_text(out, fact->value);
        put_text(out, fact->previous);
        put_time(out, fact->time_ns);
        put_u8(out, fact->origin);
    }
    put_u8(out, device->n_other_serials);
    for (unsigned i = 0; i < device->n_other_serials; i++) {
        put_text(out, device->other_serials[i]);
    }
}

static void
put_piece(struct out *out, const struct cw_labels *labels, const struct cw_piece *piece)
{
    const uint8_t small[] = {piece->kind,      piece->points,         piece->subject,
                             piece->side,      piece->origin,         piece->role,
                             piece->path,      piece->device_kind,    piece->is_surveillance,
                             piece->is_shared, piece->is_maker_likely};
    const cw_label names[] = {piece->vendor, piece->platform, piece->brand,
                              piece->maker,  piece->rule,     piece->file};
    put(out, small, sizeof(small));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        put_text(out, cw_labels_text(labels, names[i]));
    }
    put_number(out, piece->frame, 8);
    put_time(out, piece->time_ns);
    put_text(out, piece->seen);
}

static void
put_destination(struct out *out, const struct cw_destination *at)
{
    put(out, at->addr.b, sizeof(at->addr.b));
    put_text(out, at->name);
    put_number(out, at->bytes, 8);
    put_time(out, at->first_ns);
    put_time(out, at->last_ns);
    put_number(out, at->port, 2);
    put_u8(out, at->proto);
}

static void
put_lists(struct out *out, const struct cw_labels *labels, const struct cw_inv_device *device)
{
    put_u8(out, device->n_addrs);
    put(out, device->addrs, device->n_addrs * sizeof(device->addrs[0]));
    put_u8(out, device->n_macs);
    put(out, device->macs, device->n_macs * sizeof(device->macs[0]));
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
put_device(struct out *out, const struct cw_labels *labels, const struct cw_inv_device *device)
{
    const uint8_t small[] = {device->class,     device->scope,      device->self_kind,
                             device->is_viewer, device->is_gateway, device->is_announced};
    put_keys(out, device);
    put(out, small, sizeof(small));
    put_text(out, device->behind);
    put_time(out, device->first_ns);
    put_time(out, device->last_ns);
    put_number(out, device->bytes, 8);
    put_number(out, device->bytes_explained, 8);
    put_number(out, device->n_more_destinations, 4);
    put_number(out, device->interface, 4);
    put_number(out, device->segment, 4);
    put_number(out, device->vlan, 2);
    put_facts(out, device);
    put_lists(out, labels, device);
}

static struct out
encode(const struct cw_inventory *inv)
{
    struct out out = {0};
    uint32_t count = 0;
    for (unsigned i = 0; i < CW_N_CLASSES; i++) {
        count += inv->ages[i].count;
    }
    put(&out, CW_STATE_MAGIC, sizeof(CW_STATE_MAGIC));
    put_number(&out, CW_STATE_VERSION, 4);
    put_number(&out, 0, 8); /* length and checksum, when they are known */
    put_number(&out, 0, 8);
    put_time(&out, inv->seeing_since_ns);
    put_number(&out, count, 4);
    for (unsigned i = 0; i < CW_N_CLASSES; i++) {
        for (struct cw_inv_device *at = inv->ages[i].oldest; at; at = at->newer) {
            put_device(&out, inv->labels, at);
        }
    }
    if (!out.failed) {
        struct out head = {.bytes = out.bytes, .len = 12, .room = CW_STATE_HEADER};
        put_number(&head, out.len - CW_STATE_HEADER, 8);
        put_number(
            &head,
            cw_hash(cw_state_key, out.bytes + CW_STATE_HEADER, out.len - CW_STATE_HEADER), 8);
    }
    return out;
}

static bool
write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

static void
sync_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    (void)snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path + 1) : 1,
                   slash ? path : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
}

static bool
write_file(const char *path, const struct out *out)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return false;
    }
    bool ok = write_all(fd, out->bytes, out->len) && fsync(fd) == 0;
    int saved = errno;
    ok = close(fd) == 0 && ok;
    errno = ok ? 0 : saved ? saved : EIO;
    return ok;
}

int
cw_inventory_save(const struct cw_inventory *inv, const char *path,
                  struct camwatch_error *error)
{
    char temporary[4096];
    error->text[0] = '\0';
    int n = snprintf(temporary, sizeof(temporary), "%s.new", path);
    if (n < 0 || (size_t)n >= sizeof(temporary)) {
        return cw_state_fail(error, CAMWATCH_EIO, path, "cannot be saved",
                             "the path is too long");
    }
    struct out out = encode(inv);
    if (out.failed) {
        free(out.bytes);
        return cw_state_fail(error, CAMWATCH_ENOMEM, path, "cannot be saved", "out of memory");
    }
    bool ok = write_file(temporary, &out) && rename(temporary, path) == 0;
    int why = errno;
    free(out.bytes);
    if (!ok) {
        (void)unlink(temporary);
        return cw_state_fail(error, CAMWATCH_EIO, path, "cannot be saved, the old file stays",
                             strerror(why));
    }
    sync_folder(path);
    return CAMWATCH_OK;
}
