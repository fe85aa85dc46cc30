/* SPDX-License-Identifier: Apache-2.0
 *
 * What a device says of itself over SNMP when somebody asks it: system description, object
 * identifier, and the first lines of its maker's own table (RFC 1157 4, RFC 3416 3, RFC 3418 2).
 * Answers are read, never asked for; community names are passed over. A description that names no
 * maker of cameras says nothing.
 *
 * Enterprise numbers: 39165 and 50001 are Hikvision's (cameras; recorders), 1004849 is the one that
 * Dahua's devices use.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/brand_words.h"
#include "wire/camera_words.h"
#include "wire/dahua_words.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"

enum {
    PORT = 161,
    INTEGER = 0x02,
    OCTETS = 0x04,
    OBJECT = 0x06,
    SEQUENCE = 0x30,
    RESPONSE = 0xa2,
    BINDINGS_MOST = 32,
};

#define SYSTEM     "\x2b\x06\x01\x02\x01\x01" /* 1.3.6.1.2.1.1 */
#define ENTERPRISE "\x2b\x06\x01\x04\x01"     /* 1.3.6.1.4.1 */

struct enterprise {
    struct cw_bytes number; /* BER of the arc */
    const char *maker;
    uint8_t kind; /* of the devices that use it; UNKNOWN: several */
};

#define NUMBER(b)                                                                              \
    {                                                                                          \
        (const uint8_t *)(b), sizeof(b) - 1                                                    \
    }

static const struct enterprise enterprises[] = {
    {NUMBER("\x82\xb1\x7d"), CW_HIKVISION_MAKER, CAMWATCH_KIND_UNKNOWN},
    {NUMBER("\x83\x86\x51"), CW_HIKVISION_MAKER, CAMWATCH_KIND_RECORDER},
    {NUMBER("\xbd\xaa\x31"), CW_DAHUA_MAKER, CAMWATCH_KIND_UNKNOWN},
};

/* Take one value of a kind (X.690 8.1, lengths of up to two bytes). False: malformed, or another
 * kind. */
static bool
take(struct cw_cursor *c, uint8_t kind, struct cw_bytes *value)
{
    uint8_t tag = cw_cursor_u8(c), length = cw_cursor_u8(c);
    size_t n = length;
    if (length == 0x81) {
        n = cw_cursor_u8(c);
    } else if (length == 0x82) {
        n = cw_cursor_be16(c);
    } else if (length > 0x7f) {
        return false;
    }
    *value = cw_cursor_take(c, n);
    return cw_cursor_ok(c) && tag == kind;
}

/* The variable bindings of a response without error that fills its datagram. */
static bool
open_response(const struct cw_wire_input *in, struct cw_bytes *bindings)
{
    struct cw_cursor all = cw_cursor(in->bytes), c;
    struct cw_bytes message, version, community, pdu, id, status, index;
    if (in->src_port != PORT || in->bytes.len != in->wire_len ||
        !take(&all, SEQUENCE, &message) || cw_cursor_left(&all) != 0) {
        return false;
    }
    c = cw_cursor(message);
    if (!take(&c, INTEGER, &version) || version.len != 1 || version.ptr[0] > 1 ||
        !take(&c, OCTETS, &community) || !take(&c, RESPONSE, &pdu)) {
        return false;
    }
    c = cw_cursor(pdu);
    return take(&c, INTEGER, &id) && take(&c, INTEGER, &status) && status.len == 1 &&
           status.ptr[0] == 0 && take(&c, INTEGER, &index) && take(&c, SEQUENCE, bindings);
}

static const struct enterprise *
find_enterprise(struct cw_bytes object, struct cw_bytes *rest)
{
    if (!CW_STARTS(object, ENTERPRISE)) {
        return NULL;
    }
    object = cw_bytes_from(object, sizeof(ENTERPRISE) - 1);
    for (size_t i = 0; i < sizeof(enterprises) / sizeof(*enterprises); i++) {
        struct cw_bytes number = enterprises[i].number;
        if (cw_bytes_starts(object, number.ptr, number.len)) {
            *rest = cw_bytes_from(object, number.len);
            return &enterprises[i];
        }
    }
    return NULL;
}

static void
note_maker(struct cw_identity *id, const char *maker, uint8_t kind)
{
    cw_text_set(id->maker, sizeof(id->maker), maker);
    id->kind = id->kind ? id->kind : kind;
}

/* "Hikvision DS-2CD7A26G0/P ...": the maker stands first; the model where it is one of its own. */
static void
read_description(struct cw_bytes text, struct cw_identity *id)
{
    const struct cw_brand *brand = cw_brand_find(text);
    if (!brand) {
        return;
    }
    cw_text_set(id->brand, sizeof(id->brand), brand->brand);
    note_maker(id, brand->maker, cw_camera_kind(text));
    ptrdiff_t at = cw_text_find(text, cw_bytes_text("DS-"));
    struct cw_bytes model = cw_bytes_from(text, at < 0 ? text.len : (size_t)at);
    const uint8_t *end = model.len ? memchr(model.ptr, ' ', model.len) : NULL;
    CW_SAID(id->model, end ? cw_bytes_head(model, (size_t)(end - model.ptr)) : model);
}

/* .1.N.0 of Hikvision's cameras: model, name, firmware, MAC. */
static void
read_own_line(struct cw_bytes line, struct cw_bytes value, struct cw_identity *id)
{
    if (line.len != 3 || line.ptr[0] != 1 || line.ptr[2] != 0) {
        return;
    }
    switch (line.ptr[1]) {
    case 1:
        CW_SAID(id->model, value);
        break;
    case 3:
        CW_SAID(id->firmware, value);
        break;
    case 4:
        cw_said_mac(&id->mac, value);
        break;
    default:
        break;
    }
}

static void
read_binding(struct cw_bytes binding, struct cw_identity *id)
{
    struct cw_cursor c = cw_cursor(binding);
    struct cw_bytes name, value, rest;
    if (!take(&c, OBJECT, &name)) {
        return;
    }
    bool is_text = cw_u8_at(cw_cursor_rest(&c), 0) == OCTETS;
    const struct enterprise *own = find_enterprise(name, &rest);
    if (!take(&c, is_text ? OCTETS : OBJECT, &value)) {
        return;
    }
    if (own && is_text && own == &enterprises[0]) {
        note_maker(id, own->maker, own->kind);
        read_own_line(rest, value, id);
    } else if (is_text && CW_STARTS(name, SYSTEM "\x01\x00")) {
        read_description(value, id);
    } else if (!is_text && CW_STARTS(name, SYSTEM "\x02\x00")) {
        own = find_enterprise(value, &rest);
        if (own) {
            note_maker(id, own->maker, own->kind);
        }
    }
}

/* Makers of cameras make switches too: the model, or the word for the kind, has to say what it
 * is. */
static void
judge_kind(struct cw_wire_match *m)
{
    struct cw_identity *id = &m->identity;
    uint8_t kind = CAMWATCH_KIND_UNKNOWN;
    bool is_known = cw_hikvision_model(cw_bytes_text(id->model), &kind);
    id->kind = kind ? kind : id->kind;
    id->is_surveillance = id->kind != CAMWATCH_KIND_UNKNOWN && is_known;
    m->is_camera_fact = m->is_evidence = id->is_surveillance;
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes bindings, binding;
    if (!open_response(in, &bindings)) {
        return false;
    }
    struct cw_cursor c = cw_cursor(bindings);
    for (unsigned i = 0; i < BINDINGS_MOST && take(&c, SEQUENCE, &binding); i++) {
        read_binding(binding, &out->identity);
    }
    if (!out->identity.maker[0] && !out->identity.brand[0]) {
        return false;
    }
    cw_said_message(out, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_DEVICE, "SNMP system description");
    out->role = CAMWATCH_ROLE_CONTROL;
    out->has_identity = true;
    out->identity.origin = CAMWATCH_ORIGIN_SELF;
    judge_kind(out);
    return true;
}

const struct cw_wire_signature cw_wire_snmp_identity = {
    .name = "snmp-identity",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_ONE,
    .least = 40,
    .bits = 128,
    .ports = {PORT},
    .first = "\x30",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(CONTROL),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source = "RFC 1157 4, RFC 3416 3, RFC 3418 2; IANA private enterprise numbers",
    .test = test,
};
