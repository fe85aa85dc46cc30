/* SPDX-License-Identifier: Apache-2.0
 *
 * Multicast DNS answers (RFC 6762): the service instances and host names that a device
 * announces of itself. Names are read of PTR and SRV records, texts of TXT records; compression
 * pointers only go back (RFC 1035 4.1.4); records, texts and jumps are bounded.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/camera_words.h"
#include "wire/lan_identity.h"
#include "wire/said.h"

enum {
    PORT = 5353,
    HEADER = 12,
    RECORDS_MOST = 24,
    JUMPS_MOST = 8,
    LABELS_MOST = 32,
    TEXTS_MOST = 16
};

enum { TYPE_PTR = 12, TYPE_TXT = 16, TYPE_SRV = 33, SRV_TARGET = 6, NAME_MAX_TEXT = 256 };

struct name {
    char text[NAME_MAX_TEXT];
    size_t len;
};

static bool
add_label(struct name *name, struct cw_bytes label)
{
    if (name->len + label.len + 2 > sizeof(name->text)) {
        return false;
    }
    if (name->len > 0) {
        name->text[name->len++] = '.';
    }
    memcpy(name->text + name->len, label.ptr, label.len);
    name->len += label.len;
    return true;
}

/* Read the name at offset; gives the offset behind it, or 0. */
static size_t
read_name(struct cw_bytes all, size_t at, struct name *out)
{
    size_t behind = 0;
    unsigned jumps = 0;
    out->len = 0;
    for (unsigned labels = 0; labels < LABELS_MOST && at < all.len; labels++) {
        uint8_t n = all.ptr[at];
        if (n == 0) {
            return behind ? behind : at + 1;
        }
        if (n >= 0xc0) {
            size_t to = cw_be16_at(all, at) & 0x3fffu;
            behind = behind ? behind : at + 2;
            if (to >= at || ++jumps > JUMPS_MOST) {
                return 0;
            }
            at = to;
            continue;
        }
        struct cw_bytes label = cw_bytes_head(cw_bytes_from(all, at + 1), n);
        if (n > 63 || label.len != n || !add_label(out, label)) {
            return 0;
        }
        at += 1u + n;
    }
    return 0;
}

static struct cw_bytes
text_of(const struct name *name)
{
    return cw_bytes(name->text, name->len);
}

/* "D-Link DCS-935L Configuration Utility (2)._http._tcp.local": what stands before the
 * service. */
static void
read_instance(const struct name *name, struct cw_wire_match *out)
{
    struct cw_bytes text = text_of(name);
    ptrdiff_t at = cw_text_find(text, cw_bytes_text("._"));
    cw_lan_identity_weigh(out, text);
    if (at > 0 && !out->identity.name[0] && text.ptr[0] != '_') {
        CW_SAID(out->identity.name, cw_bytes_head(text, (size_t)at));
    }
}

static void
read_record(struct cw_bytes all, size_t data, unsigned type, const struct name *owner,
            struct cw_wire_match *out)
{
    struct name target;
    read_instance(owner, out);
    if (type == TYPE_PTR && read_name(all, data, &target)) {
        read_instance(&target, out);
    }
    if (type == TYPE_SRV && read_name(all, data + SRV_TARGET, &target)) {
        cw_lan_identity_weigh(out, text_of(&target));
    }
}

/* "IC-3115W Network Camera": a model is a first word with a digit, and one word more of it tells a
 * camera. */
static void
read_model(struct cw_bytes text, struct cw_wire_match *out)
{
    const uint8_t *blank = text.len > 0 ? memchr(text.ptr, ' ', text.len) : NULL;
    size_t n = blank ? (size_t)(blank - text.ptr) : 0;
    bool has_digit = false;
    for (size_t i = 0; i < n; i++) {
        if (text.ptr[i] != '-' && !cw_text_is_alnum(cw_bytes(text.ptr + i, 1))) {
            return;
        }
        has_digit |= cw_text_is_digits(cw_bytes(text.ptr + i, 1));
    }
    if (has_digit && cw_camera_kind(cw_bytes_from(text, n)) != CAMWATCH_KIND_UNKNOWN) {
        CW_SAID(out->identity.model, cw_bytes_head(text, n));
    }
}

/* Character strings with a length of one octet each, RFC 1035 3.3.14. */
static void
read_texts(struct cw_bytes data, struct cw_wire_match *out)
{
    struct cw_cursor c = cw_cursor(data);
    for (unsigned i = 0; i < TEXTS_MOST && cw_cursor_left(&c) > 0; i++) {
        struct cw_bytes text = cw_cursor_take(&c, cw_cursor_u8(&c));
        cw_lan_identity_weigh(out, text);
        if (!out->identity.model[0]) {
            read_model(text, out);
        }
    }
}

/* Type, class, TTL, length; gives the offset behind the record, or 0. */
static size_t
walk_record(struct cw_bytes all, size_t at, struct cw_wire_match *out)
{
    struct name owner;
    at = read_name(all, at, &owner);
    struct cw_cursor c = cw_cursor(cw_bytes_from(all, at));
    unsigned type = cw_cursor_be16(&c);
    cw_cursor_skip(&c, 6);
    size_t length = cw_cursor_be16(&c);
    cw_cursor_skip(&c, length);
    if (at == 0 || !cw_cursor_ok(&c)) {
        return 0;
    }
    if (type == TYPE_PTR || type == TYPE_SRV) {
        read_record(all, at + 10, type, &owner, out);
    } else if (type == TYPE_TXT) {
        read_texts(cw_bytes_head(cw_bytes_from(all, at + 10), length), out);
    }
    return at + 10 + length;
}

static bool
test_mdns(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes all = in->bytes;
    uint16_t flags = cw_be16_at(all, 2), questions = cw_be16_at(all, 4);
    unsigned records = cw_be16_at(all, 6) + cw_be16_at(all, 8) + (unsigned)cw_be16_at(all, 10);
    bool is_answer = (flags & 0xf800) == 0x8000 && (flags & 0x0f) == 0;
    if (in->src_port != PORT || !is_answer || questions != 0 || cw_be16_at(all, 6) == 0) {
        return false;
    }
    cw_lan_identity_begin(out, "mDNS answer");
    size_t at = HEADER;
    for (unsigned i = 0; i < records && i < RECORDS_MOST && at != 0; i++) {
        at = walk_record(all, at, out);
    }
    return cw_lan_identity_end(out);
}

const struct cw_wire_signature cw_wire_mdns = {
    .name = "mdns-identity",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_ONE,
    .least = HEADER + 12,
    .bits = 60,
    .ports = {PORT},
    .phases = CW_WIRE_TELLS(LAN_SEARCH),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source =
        "RFC 6762 18, RFC 6763 4 and 6, captures dlink-dcs935l-setup and edimax-ic3115w-setup",
    .test = test_mdns,
};
