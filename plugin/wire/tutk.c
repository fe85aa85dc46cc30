/* SPDX-License-Identifier: Apache-2.0
 *
 * ThroughTek Kalay (TUTK IOTC) over UDP. Sixteen bytes are de-scrambled to tell it; a known
 * message type lets the rest of the head be read. Keys and session tokens that stand behind the
 * UID are never looked at.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/p2p.h"
#include "wire/tutk_cipher.h"

enum { MAGIC = 0x0402, HEADER = 16, MOST = 160, CONTROL = 0x02, DATA = 0x0a, DATA_DTLS = 0x0b };

enum { UID_SIZE = 20, RECORDS = 36, RECORD_SIZE = 16, RENDEZVOUS_PORT = 3478 };

enum { MASTER_ANSWER = 0x081083, DEVICE_CANDIDATES = 0x010343 };

struct message {
    uint32_t type;
    uint16_t least, most;
    uint8_t uid, phase, sender;
    const char *detail;
};

static const struct message messages[] = {
#define TUTK(a, b, c, l, m, u, p, s, d)                                                        \
    {.type = (a) << 16 | (b) << 8 | (c),                                                       \
     .least = (l),                                                                             \
     .most = (m),                                                                              \
     .uid = (u),                                                                               \
     .phase = CW_WIRE_PHASE_##p,                                                               \
     .sender = CW_WIRE_FROM_##s,                                                               \
     .detail = (d)},
#include "wire/tutk_types.def"
#undef TUTK
};

static const struct message *
find_message(uint32_t type, uint32_t size)
{
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
        const struct message *m = &messages[i];
        if (m->type == type && size >= m->least && (m->most == 0 || size <= m->most)) {
            return m;
        }
    }
    return NULL;
}

static bool
is_header(struct cw_bytes plain, uint32_t size)
{
    uint8_t version = cw_u8_at(plain, 2), mode = cw_u8_at(plain, 3);
    bool is_mode = mode == CONTROL || mode == DATA || mode == DATA_DTLS;
    if (cw_be16_at(plain, 0) != MAGIC || version < 0x10 || version > 0x1f || !is_mode) {
        return false;
    }
    return cw_le16_at(plain, 4) + (uint32_t)HEADER == size && cw_u8_at(plain, 11) == 0 &&
           (mode != CONTROL || cw_be32_at(plain, 12) == 0);
}

/* Family, 0, port BE16, IPv4. */
static bool
read_record(struct cw_bytes at, enum camwatch_path path, struct cw_wire_match *out)
{
    if (at.len < 8 || cw_be16_at(at, 0) != 0x0200) {
        return false;
    }
    struct cw_addr addr = cw_addr_v4(at.ptr + 4);
    cw_p2p_server(out, &addr, cw_be16_at(at, 2), path);
    return true;
}

static void
read_records(uint32_t type, struct cw_bytes plain, struct cw_wire_match *out)
{
    if (type == DEVICE_CANDIDATES) {
        size_t at = RECORDS;
        while (read_record(cw_bytes_from(plain, at), CAMWATCH_PATH_NONE, out)) {
            at += RECORD_SIZE;
        }
    }
    /* Where the list of the master begins is not published: its servers stand out by family
     * and port. */
    for (size_t at = HEADER; type == MASTER_ANSWER && at + 8 <= plain.len; at += 4) {
        if (cw_be16_at(plain, at + 2) == RENDEZVOUS_PORT) {
            (void)read_record(cw_bytes_from(plain, at), CAMWATCH_PATH_CLOUD, out);
        }
    }
}

/* What may be de-scrambled of a message: whole blocks of a cut one, 64 bytes of a DTLS one. */
static struct cw_bytes
readable(const struct cw_wire_input *in, unsigned mode)
{
    struct cw_bytes head = cw_bytes_head(in->bytes, mode == DATA_DTLS ? 64 : MOST);
    if (head.len < in->wire_len) {
        head.len -= head.len % CW_TUTK_BLOCK;
    }
    return head;
}

static bool
read_uid(const struct message *m, struct cw_bytes plain, struct cw_wire_match *out)
{
    struct cw_bytes uid = cw_bytes_head(cw_bytes_from(plain, m->uid), UID_SIZE);
    if (m->uid == 0 || uid.len < UID_SIZE) {
        return true; /* none, or cut off */
    }
    return cw_text_is_alnum(uid) && cw_p2p_uid(out, uid);
}

static bool
test_tutk(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    uint8_t bytes[MOST];
    if (in->bytes.len < HEADER || cw_tutk_peek(in->bytes) >> 16 != MAGIC) {
        return false;
    }
    cw_tutk_descramble(cw_bytes_head(in->bytes, HEADER), bytes);
    struct cw_bytes plain = cw_bytes(bytes, HEADER);
    if (!is_header(plain, in->wire_len)) {
        return false;
    }
    uint32_t type = cw_be32_at(plain, 8) >> 8;
    const struct message *m = find_message(type, in->wire_len);
    if (!m) {
        return false;
    }
    struct cw_bytes head = readable(in, bytes[3]);
    cw_tutk_descramble(head, bytes);
    plain.len = head.len;
    cw_p2p_describe(out, m->phase, m->sender, m->detail);
    out->step = (uint8_t)(m - messages);
    out->is_camera_fact = m->sender == CW_WIRE_FROM_DEVICE;
    out->needs_both = m->phase == CW_WIRE_PHASE_RELAY; /* corrections.md, classes */
    if (!read_uid(m, plain, out)) {
        return false;
    }
    out->identity.is_surveillance = out->has_identity && out->is_camera_fact;
    read_records(type, plain, out);
    return true;
}

const struct cw_wire_signature cw_wire_tutk = {
    .name = "tutk",
    .vendor = "",
    .platform = "TUTK Kalay",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_TWO,
    .proves_device = true,
    .kind = CAMWATCH_KIND_CAMERA,
    .least = HEADER,
    .bits = 60,
    .ports = {32761, 10240, 3478, 10001},
    .phases = CW_WIRE_TELLS(LOOKUP) | CW_WIRE_TELLS(REGISTRATION) | CW_WIRE_TELLS(RENDEZVOUS) |
              CW_WIRE_TELLS(LAN_SEARCH) | CW_WIRE_TELLS(PUNCH) | CW_WIRE_TELLS(DIRECT) |
              CW_WIRE_TELLS(RELAY) | CW_WIRE_TELLS(KEEPALIVE),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER) | CW_WIRE_SENT_BY(SERVER),
    .source = "protocols_p2p.md 1",
    .test = test_tutk,
};
