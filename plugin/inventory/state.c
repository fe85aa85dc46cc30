/* SPDX-License-Identifier: Apache-2.0
 *
 * The inventory between runs. All numbers big-endian:
 *
 *   "CWINVEN\n" | version 32 | length of the rest 64 | SipHash-1-3 of the rest 64 | the rest:
 *   start of seeing 64 | number of records 32 | records, class by class, the oldest first
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/text.h"
#include "inventory/store.h"

enum { VERSION = 1, HEADER = 28, MAX_STATE_KEYS = 64 };

#define MAX_STATE (1024u * 1024 * 1024)

static const char magic[8] = {'C', 'W', 'I', 'N', 'V', 'E', 'N', '\n'};
static const struct cw_hash_key checksum_key = {0x63616d7761746368, 0x696e76656e746f72};

/* ---- writing ---- */

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
    const uint8_t small[] = {piece->kind,     piece->points,      piece->subject,
                             piece->side,     piece->origin,      piece->role,
                             piece->path,     piece->device_kind, piece->is_surveillance,
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
    put(&out, magic, sizeof(magic));
    put_number(&out, VERSION, 4);
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
        struct out head = {.bytes = out.bytes, .len = 12, .room = HEADER};
        put_number(&head, out.len - HEADER, 8);
        put_number(&head, cw_hash(checksum_key, out.bytes + HEADER, out.len - HEADER), 8);
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

static int
fail(struct camwatch_error *error, int status, const char *path, const char *what,
     const char *why)
{
    (void)snprintf(error->text, sizeof(error->text), "%s: %s: %s", path, what, why);
    return status;
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
        return fail(error, CAMWATCH_EIO, path, "cannot be saved", "the path is too long");
    }
    struct out out = encode(inv);
    if (out.failed) {
        free(out.bytes);
        return fail(error, CAMWATCH_ENOMEM, path, "cannot be saved", "out of memory");
    }
    bool ok = write_file(temporary, &out) && rename(temporary, path) == 0;
    int why = errno;
    free(out.bytes);
    if (!ok) {
        (void)unlink(temporary);
        return fail(error, CAMWATCH_EIO, path, "cannot be saved, the old file stays",
                    strerror(why));
    }
    sync_folder(path);
    return CAMWATCH_OK;
}

/* ---- reading: every count is checked, a wrong one fails the cursor ---- */

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
    uint8_t *small[] = {&piece.kind,     &piece.points,      &piece.subject,
                        &piece.side,     &piece.origin,      &piece.role,
                        &piece.path,     &piece.device_kind, &piece.is_surveillance,
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
    struct cw_bytes start = cw_cursor_take(&in, sizeof(magic));
    uint32_t version = cw_cursor_be32(&in);
    uint64_t len = cw_cursor_be64(&in);
    uint64_t sum = cw_cursor_be64(&in);
    if (!cw_cursor_ok(&in)) {
        return "is cut short";
    }
    if (!cw_bytes_equal(start, cw_bytes(magic, sizeof(magic)))) {
        return "is no inventory of camwatch";
    }
    if (version != VERSION) {
        return "was written by another version of camwatch";
    }
    struct cw_bytes rest = cw_cursor_rest(&in);
    if (len != rest.len) {
        return len > rest.len ? "is cut short" : "has bytes after its end";
    }
    return sum == cw_hash(checksum_key, rest.ptr, rest.len) ? NULL : "fails its checksum";
}

static const char *
decode(struct cw_inventory *inv, struct cw_bytes file)
{
    const char *wrong = check_header(file);
    struct names *names = wrong ? NULL : malloc(sizeof(*names));
    if (!names) {
        return wrong ? wrong : "does not fit into memory";
    }
    struct cw_cursor in = cw_cursor(cw_bytes_from(file, HEADER));
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
        return fail(error, CAMWATCH_EIO, path, "cannot be read", strerror(errno));
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
        return fail(error, CAMWATCH_EIO, path, "cannot be read", why);
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
