/* SPDX-License-Identifier: Apache-2.0
 *
 * Every count is checked; a wrong one fails the cursor.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/text.h"
#include "inventory/state.h"

enum { MAX_STATE_KEYS = 64 };

#define MAX_STATE (1024u * 1024 * 1024)

static int64_t
get_time(struct cw_cursor *in)
{
    return (int64_t)cw_cursor_be64(in);
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

static const char *
check_header(struct cw_bytes file)
{
    struct cw_cursor in = cw_cursor(file);
    struct cw_bytes start = cw_cursor_take(&in, sizeof(CW_STATE_MAGIC));
    uint32_t version = cw_cursor_be32(&in);
    uint64_t len = cw_cursor_be64(&in);
    uint64_t sum = cw_cursor_be64(&in);
    if (!cw_cursor_ok(&in)) {
        return "is cut short";
    }
    if (!cw_bytes_equal(start, cw_bytes(CW_STATE_MAGIC, sizeof(CW_STATE_MAGIC)))) {
        return "is no inventory of camwatch";
    }
    if (version != CW_STATE_VERSION) {
        return "was written by another version of camwatch";
    }
    struct cw_bytes rest = cw_cursor_rest(&in);
    if (len != rest.len) {
        return len > rest.len ? "is cut short" : "has bytes after its end";
    }
    return sum == cw_hash(cw_state_key, rest.ptr, rest.len) ? NULL : "fails its checksum";
}

static const char *
decode(struct cw_inventory *inv, struct cw_bytes file)
{
    const char *wrong = check_header(file);
    struct names *names = wrong ? NULL : malloc(sizeof(*names));
    if (!names) {
        return wrong ? wrong : "does not fit into memory";
    }
    struct cw_cursor in = cw_cursor(cw_bytes_from(file, CW_STATE_HEADER));
    inv->seeing_since_ns = get_time(&in);
    uint32_t count = cw_cursor_be32(&in);
    bool ok = true;
    for (uint32_t i = 0; ok && i < count; i++) {
        ok = get_device(&in, inv, names);
    }
    free(names);
    return ok && cw_cursor_ok(&in) && cw_cursor_left(&in) == 0 ? NULL
                                                               : "has a record that is wrong";
}

static int
read_file(const char *path, uint8_t **out, size_t *len, struct camwatch_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0) {
        return cw_state_fail(error, CAMWATCH_EIO, path, "cannot be read", strerror(errno));
    }
    bool fits = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= MAX_STATE;
    uint8_t *bytes = fits ? malloc((size_t)info.st_size + 1) : NULL;
    size_t have = 0;
    ssize_t n = 1;
    while (bytes && n > 0 && have < (size_t)info.st_size) {
        n = read(fd, bytes + have, (size_t)info.st_size - have);
        have += n > 0 ? (size_t)n : 0;
    }
    const char *why = !fits    ? "no regular file below 1 GiB"
                      : !bytes ? "out of memory"
                               : strerror(errno);
    (void)close(fd);
    if (!bytes || n < 0) {
        free(bytes);
        return cw_state_fail(error, CAMWATCH_EIO, path, "cannot be read", why);
    }
    *out = bytes;
    *len = have;
    return CAMWATCH_OK;
}

static int
set_aside(const char *path, const char *wrong, struct camwatch_error *error)
{
    char bad[4096];
    (void)snprintf(bad, sizeof(bad), "%s.bad", path);
    bool is_moved = rename(path, bad) == 0;
    (void)snprintf(
        error->text, sizeof(error->text),
        "%.200s: %s; starting with an empty inventory, devices will be new again; %s%.200s",
        path, wrong, is_moved ? "the file is kept as " : "it cannot be moved aside to ", bad);
    return CAMWATCH_ECORRUPT;
}

int
cw_inventory_load(struct cw_inventory *inv, const char *path, struct camwatch_error *error)
{
    uint8_t *bytes;
    size_t len;
    error->text[0] = '\0';
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        return CAMWATCH_OK;
    }
    int status = read_file(path, &bytes, &len, error);
    if (status != CAMWATCH_OK) {
        return status;
    }
    const char *wrong = decode(inv, cw_bytes(bytes, len));
    free(bytes);
    if (!wrong) {
        return CAMWATCH_OK;
    }
    cw_store_clear(inv);
    inv->seeing_since_ns = 0;
    return set_aside(path, wrong, error);
}
