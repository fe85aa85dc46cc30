/* SPDX-License-Identifier: Apache-2.0
 *
 * PPPP in clear over UDP: CS2 Network, iLnkP2P and Yi, and every brand on top.
 *
 * The UID names whom a message speaks of. It is the sender's own only in the types that a
 * device alone sends; a phone sends the camera's UID too (corrections.md 4). DSK, keys and
 * tokens that follow the DID in some types are never read.
 */
#include "wire/pppp.h"

#include <stdio.h>

#include "base/cursor.h"
#include "base/text.h"
#include "wire/p2p.h"

enum { HEADER = 4, NONE = -1, LAN_PORT = 32108, DEV_LGN_CRC = 0x12, PUNCH_PKT = 0x41 };

enum {
    DRW = 0xd0,
    DRW_ACK = 0xd1,
    LIST_ACK = 0x69,
    RLY_PORT_ACK = 0x73,
    DRW_MARK = 0xd1,
    DRW_CHANNELS = 8,
    FULL_FRAGMENT = 1000
};

enum { DID_SIZE = 20, DID_PREFIX = 8, SOCKADDR_SIZE = 8 };

struct form {
    uint8_t type, step, phase, sender;
    uint16_t least, most;
    int8_t did, addr;
    const char *detail;
};

static const struct form forms[] = {
#define PPPP(t, l, m, s, d, a, p, f, w)                                                        \
    {.type = (t),                                                                              \
     .least = (l),                                                                             \
     .most = (m),                                                                              \
     .step = (s),                                                                              \
     .did = (d),                                                                               \
     .addr = (a),                                                                              \
     .phase = CW_WIRE_PHASE_##p,                                                               \
     .sender = CW_WIRE_FROM_##f,                                                               \
     .detail = (w)},
#include "wire/pppp_types.def"
#undef PPPP
};

struct hint {
    const char *text;
    const char *name;
    enum cw_pppp_word kind;
};

static const struct hint prefixes[] = {
#define PREFIX(t, k, n) {t, n, CW_PPPP_##k},
#include "wire/pppp_brands.def"
#undef PREFIX
};

static const struct hint apps[] = {
#define APP(t, k, n) {t, n, CW_PPPP_##k},
#include "wire/pppp_brands.def"
#undef APP
};

static const struct form *
find_form(unsigned type, uint32_t size)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        const struct form *f = &forms[i];
        if (f->type == type && size >= f->least && size <= f->most &&
            (size - f->least) % f->step == 0) {
            return f;
        }
    }
    return NULL;
}

bool
cw_pppp_is_form(unsigned type, uint32_t size)
{
    return find_form(type, size) != NULL;
}

/* Letters (and digits, in a prefix) up to the first NUL, then only NULs. */
static bool
read_label(struct cw_bytes field, size_t least, bool digits, struct cw_bytes *out)
{
    size_t n = 0;
    while (n < field.len && field.ptr[n] != 0) {
        uint8_t c = field.ptr[n];
        if (!((c >= 'A' && c <= 'Z') || (digits && c >= '0' && c <= '9'))) {
            return false;
        }
        n++;
    }
    for (size_t i = n; i < field.len; i++) {
        if (field.ptr[i] != 0) {
            return false;
        }
    }
    *out = cw_bytes_head(field, n);
    return n >= least;
}

static const struct hint *
find_prefix(struct cw_bytes prefix)
{
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
        if (cw_bytes_starts(prefix, prefixes[i].text, strlen(prefixes[i].text))) {
            return &prefixes[i];
        }
    }
    return NULL;
}

/* A brand that somebody else's UID stands for is claimed; one's own is a hint for people. */
static void
note_prefix(struct cw_bytes prefix, struct cw_wire_match *out)
{
    const struct hint *hint = find_prefix(prefix);
    out->brand_hint = hint ? hint->name : NULL;
    if (hint && hint->kind == CW_PPPP_BRAND &&
        out->identity.origin == CAMWATCH_ORIGIN_CLAIMED) {
        cw_text_set(out->identity.brand, sizeof(out->identity.brand), hint->name);
    }
}

/* Prefix[8], number BE32, check code[8]; printed PREFIX-000000-CODE. */
static bool
read_did(struct cw_bytes did, struct cw_wire_match *out)
{
    struct cw_bytes prefix, code;
    if (did.len != DID_SIZE || !read_label(cw_bytes_head(did, DID_PREFIX), 1, true, &prefix) ||
        !read_label(cw_bytes_from(did, DID_PREFIX + 4), 4, false, &code)) {
        return false;
    }
    char text[32];
    int n = snprintf(text, sizeof(text), "%.*s-%06u-%.*s", (int)prefix.len,
                     (const char *)prefix.ptr, (unsigned)cw_be32_at(did, DID_PREFIX),
                     (int)code.len, (const char *)code.ptr);
    if (n < 0 || (size_t)n >= sizeof(text) || !cw_p2p_uid(out, cw_bytes(text, (size_t)n))) {
        return false;
    }
    note_prefix(prefix, out);
    out->is_enough = true;
    out->is_weak = false;
    return true;
}

/* In DEV_LGN_CRC the first six bytes are XORed with a constant (captures xiaomi-y2-setup,
 * frames 144 and 241: the same camera in type 12 and in type 41). What does not become a DID
 * stays unread. */
static bool
read_masked_did(struct cw_bytes did, struct cw_wire_match *out)
{
    static const uint8_t mask[6] = {0xcc, 0x2a, 0xf2, 0xa4, 0xb0, 0x28};
    uint8_t plain[DID_SIZE];
    if (did.len != DID_SIZE) {
        return false;
    }
    memcpy(plain, did.ptr, sizeof(plain));
    for (size_t i = 0; i < sizeof(mask); i++) {
        plain[i] ^= mask[i];
    }
    return read_did(cw_bytes(plain, sizeof(plain)), out);
}

/* sockaddr_in as the library writes it: family 2, port and IPv4 reversed. */
static bool
read_sockaddr(struct cw_bytes at, struct cw_addr *addr, uint16_t *port)
{
    if (at.len < SOCKADDR_SIZE || cw_be16_at(at, 0) != 2) {
        return false;
    }
    const uint8_t ip[4] = {at.ptr[7], at.ptr[6], at.ptr[5], at.ptr[4]};
    *addr = cw_addr_v4(ip);
    *port = cw_le16_at(at, 2);
    return cw_be32_at(at, 4) != 0; /* a device that has no address yet says 0.0.0.0 */
}

static bool
starts_with_address(struct cw_bytes payload)
{
    struct cw_addr addr;
    uint16_t port;
    return read_sockaddr(payload, &addr, &port);
}

static void
read_address(const struct form *form, struct cw_bytes payload, struct cw_wire_match *out)
{
    struct cw_addr addr;
    uint16_t port;
    if (!read_sockaddr(cw_bytes_from(payload, (size_t)form->addr), &addr, &port)) {
        return;
    }
    if (form->sender == CW_WIRE_FROM_DEVICE) {
        out->identity.addr = addr; /* its own address on its network */
    } else {
        cw_p2p_candidate(out, &addr, port);
    }
}

static void
read_relay_list(struct cw_bytes payload, struct cw_wire_match *out)
{
    for (size_t at = 4; at + SOCKADDR_SIZE <= payload.len && at <= 4 + 16 * 3; at += 16) {
        struct cw_addr addr;
        uint16_t port;
        if (read_sockaddr(cw_bytes_from(payload, at), &addr, &port)) {
            cw_p2p_server(out, &addr, port, CAMWATCH_PATH_RELAY);
        }
    }
}

/* DRW and DRW_ACK carry a mark and a channel; an ACK also the number of its indexes. */
static bool
is_session_data(unsigned type, uint32_t size, struct cw_bytes payload)
{
    if (type != DRW && type != DRW_ACK) {
        return true;
    }
    if (cw_u8_at(payload, 0) != DRW_MARK || cw_u8_at(payload, 1) >= DRW_CHANNELS) {
        return false;
    }
    return type == DRW || size == 4 + 2u * cw_be16_at(payload, 2);
}

/* Channels 1 and 2 carry pictures from the camera, in fragments of about 1,030 bytes; what an app
 * sends is small (capture xiaomi-y2-speak_local: 166 messages, none over 208 bytes). */
static bool
is_video(struct cw_bytes payload, uint32_t size)
{
    uint8_t channel = cw_u8_at(payload, 1);
    return (channel == 1 || channel == 2) && size >= FULL_FRAGMENT;
}

static void
read_app(struct cw_bytes data, struct cw_wire_match *out)
{
    for (size_t i = 0; i < sizeof(apps) / sizeof(*apps); i++) {
        if (cw_bytes_starts(data, apps[i].text, 4)) {
            bool is_media = apps[i].kind == CW_PPPP_NOBODY;
            out->brand_hint = is_media ? NULL : apps[i].name;
            out->phase = is_media ? (uint8_t)CW_WIRE_PHASE_MEDIA : out->phase;
            return;
        }
    }
}

static void
read_session_data(struct cw_bytes payload, uint32_t size, struct cw_wire_match *out)
{
    read_app(cw_bytes_from(payload, 4), out);
    if (is_video(payload, size)) {
        out->phase = CW_WIRE_PHASE_MEDIA;
        out->sender = CW_WIRE_FROM_DEVICE;
        out->is_camera_fact = true;
    }
}

static bool
read_who(const struct form *form, struct cw_bytes payload, struct cw_wire_match *out)
{
    if (form->did == NONE) {
        return true;
    }
    struct cw_bytes did = cw_bytes_head(cw_bytes_from(payload, (size_t)form->did), DID_SIZE);
    bool is_read = form->type == DEV_LGN_CRC ? read_masked_did(did, out) : read_did(did, out);
    if (!is_read) {
        return form->type == DEV_LGN_CRC;
    }
    if (out->sender == CW_WIRE_FROM_DEVICE) {
        out->identity.is_surveillance = true;
    }
    return true;
}

bool
cw_pppp_read(struct cw_bytes msg, uint32_t size, uint16_t src_port, struct cw_wire_match *out)
{
    uint32_t declared = cw_be16_at(msg, 2);
    if (msg.len < HEADER || cw_u8_at(msg, 0) != 0xf1 || declared + HEADER != size) {
        return false;
    }
    unsigned type = cw_u8_at(msg, 1);
    const struct form *form = find_form(type, declared);
    struct cw_bytes payload = cw_bytes_head(cw_bytes_from(msg, HEADER), declared);
    if (!form || !is_session_data(type, declared, payload)) {
        return false;
    }
    struct cw_wire_match found = *out;
    bool is_answer = type == PUNCH_PKT && src_port == LAN_PORT;
    cw_p2p_describe(&found, form->phase, is_answer ? CW_WIRE_FROM_DEVICE : form->sender,
                    form->detail);
    found.step = (uint8_t)type;
    found.is_weak = type != DRW && type != DRW_ACK && !starts_with_address(payload);
    found.is_camera_fact = found.sender == CW_WIRE_FROM_DEVICE;
    if (!read_who(form, payload, &found)) {
        return false;
    }
    if (form->addr != NONE) {
        read_address(form, payload, &found);
    }
    if (type == LIST_ACK) {
        read_relay_list(payload, &found);
    }
    if (type == DRW) {
        read_session_data(payload, declared, &found);
    }
    *out = found;
    return true;
}

/* iLnk's own, under first bytes of their own: a device that sleeps and is woken, and an empty
 * message. No source says who sends which; the DID tells whom they speak of (protocols_p2p.md
 * 2). */
static bool
read_ilnk(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    static const uint8_t sleep_types[] = {0x00, 0x01, 0x02, 0x04, 0x06};
    unsigned first = cw_u8_at(in->bytes, 0), type = cw_u8_at(in->bytes, 1);
    uint32_t size = cw_be16_at(in->bytes, 2);
    if (in->bytes.len < HEADER || size + HEADER != in->wire_len) {
        return false;
    }
    struct cw_wire_match found = *out;
    cw_p2p_describe(&found, CW_WIRE_PHASE_KEEPALIVE, CW_WIRE_FROM_UNKNOWN,
                    first == 0xa1 ? "sleep or wake" : "empty message");
    found.step = (uint8_t)first;
    found.is_weak = true;
    bool is_known = first == 0xa1 ? size == DID_SIZE &&
                                        memchr(sleep_types, (int)type, sizeof(sleep_types)) &&
                                        read_did(cw_bytes_from(in->bytes, HEADER), &found)
                                  : first == 0xf2 && type == 0x10 && size == 0;
    if (is_known) {
        *out = found;
    }
    return is_known;
}

static bool
test_pppp(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    if (cw_u8_at(in->bytes, 0) != 0xf1) {
        return read_ilnk(in, out);
    }
    if (!cw_pppp_read(in->bytes, in->wire_len, in->src_port, out)) {
        return false;
    }
    if (out->step == RLY_PORT_ACK) { /* magic, then the port of the relay at the same address */
        cw_p2p_server(out, &in->src, cw_be16_at(in->bytes, HEADER + 4), CAMWATCH_PATH_RELAY);
    }
    return true;
}

const struct cw_wire_signature cw_wire_pppp = {
    .name = "pppp",
    .vendor = "",
    .platform = CW_PPPP_NAME,
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_TWO,
    .proves_device = true,
    .kind = CAMWATCH_KIND_CAMERA,
    .least = HEADER,
    .bits = 30,
    .ports = {32100, 32108},
    .first = "\xf1\xa1\xf2",
    .n_first = 3,
    .phases = CW_WIRE_TELLS(LOOKUP) | CW_WIRE_TELLS(REGISTRATION) | CW_WIRE_TELLS(RENDEZVOUS) |
              CW_WIRE_TELLS(LAN_SEARCH) | CW_WIRE_TELLS(PUNCH) | CW_WIRE_TELLS(DIRECT) |
              CW_WIRE_TELLS(RELAY) | CW_WIRE_TELLS(KEEPALIVE) | CW_WIRE_TELLS(MEDIA),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER) | CW_WIRE_SENT_BY(SERVER),
    .source = "protocols_p2p.md 2, corrections.md 4",
    .test = test_pppp,
};
