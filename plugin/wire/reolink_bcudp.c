/* SPDX-License-Identifier: Apache-2.0
 *
 * Reolink's UDP transport (BcUDP): signalling datagrams 3A with a CRC over XML that is XORed
 * with a stream anybody can make, acknowledgements 20 and data 10 (protocols_p2p.md 4).
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/crc32.h"
#include "wire/p2p.h"

enum { HEADER = 20, ACK_HEADER = 28, XML_MOST = 640 };

enum { SIGNAL = 0x3a, SIGNAL_OLD = 0x31, ACK = 0x20, DATA = 0x10 };

static void
decipher(uint32_t seed, struct cw_bytes in, uint8_t *out)
{
    static const uint32_t words[8] = {0x1f2d3c4b, 0x5a6c7f8d, 0x38172e4b, 0x8271635a,
                                      0x863f1a2b, 0xa5c6f7d8, 0x8371e1b4, 0x17f2d3a5};
    for (size_t i = 0; i < in.len; i++) {
        uint32_t word = words[i / 4 % 8] + seed;
        out[i] = in.ptr[i] ^ (uint8_t)(word >> (8 * (i % 4)));
    }
}

struct verb {
    const char *ends; /* of the tag, after "X2Y_" */
    uint8_t phase;
    const char *detail;
};

/* The first that fits; sender and far end come from the letters before. */
static const struct verb verbs[] = {
    {"HB", CW_WIRE_PHASE_KEEPALIVE, "keep-alive"},
    {"DISC", CW_WIRE_PHASE_DIRECT, "disconnect"},
    {"Q", CW_WIRE_PHASE_LOOKUP, "look-up"},
    {"Q_R", CW_WIRE_PHASE_LOOKUP, "look-up answer"},
    {"S", CW_WIRE_PHASE_LAN_SEARCH, "LAN search"},
    {"C", CW_WIRE_PHASE_RENDEZVOUS, "connect"},
    {"C_R", CW_WIRE_PHASE_RENDEZVOUS, "connect answer"},
    {"CFM", CW_WIRE_PHASE_DIRECT, "path confirmed"},
    {"T", CW_WIRE_PHASE_PUNCH, "path test"},
    {"A", CW_WIRE_PHASE_PUNCH, "path accepted"},
};

static uint8_t
sender_of(uint8_t letter)
{
    return letter == 'D'   ? CW_WIRE_FROM_DEVICE
           : letter == 'C' ? CW_WIRE_FROM_VIEWER
                           : CW_WIRE_FROM_SERVER;
}

/* A server introduces; between client and device the same words open the way. */
static uint8_t
phase_of(const struct verb *verb, struct cw_bytes tag)
{
    bool has_server = sender_of(tag.ptr[0]) == CW_WIRE_FROM_SERVER ||
                      sender_of(tag.ptr[2]) == CW_WIRE_FROM_SERVER;
    if (verb->phase == CW_WIRE_PHASE_PUNCH && has_server) {
        return CW_WIRE_PHASE_RENDEZVOUS;
    }
    if (verb->phase == CW_WIRE_PHASE_RENDEZVOUS && !has_server) {
        return CW_WIRE_PHASE_DIRECT;
    }
    return verb->phase;
}

/* "C2D_HB": who, to whom, what. */
static bool
read_tag(struct cw_bytes tag, struct cw_wire_match *out)
{
    if (tag.len < 5 || !memchr("CDMR", tag.ptr[0], 4) || tag.ptr[1] != '2' ||
        !memchr("CDMR", tag.ptr[2], 4) || tag.ptr[3] != '_') {
        return false;
    }
    struct cw_bytes end = cw_bytes_from(tag, 4);
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
        if (cw_bytes_equal(end, cw_bytes_text(verbs[i].ends))) {
            cw_p2p_describe(out, phase_of(&verbs[i], tag), sender_of(tag.ptr[0]),
                            verbs[i].detail);
            return true;
        }
    }
    cw_p2p_describe(out, CW_WIRE_PHASE_NONE, sender_of(tag.ptr[0]), "signalling");
    return true;
}

static void
read_endpoint(struct cw_bytes xml, const char *open, const char *close, enum camwatch_path path,
              struct cw_wire_match *out)
{
    struct cw_bytes at = cw_text_between(xml, open, close);
    char text[CW_ADDR_TEXT_MAX];
    struct cw_addr addr;
    uint32_t port;
    cw_text_copy(text, sizeof(text), cw_text_between(at, "<ip>", "</ip>"));
    if (cw_addr_parse(text, &addr) &&
        cw_text_number(cw_text_between(at, "<port>", "</port>"), 65535, &port)) {
        cw_p2p_server(out, &addr, (uint16_t)port, path);
    }
}

static bool
read_xml(struct cw_bytes xml, struct cw_wire_match *out)
{
    struct cw_bytes inner = cw_bytes_from(xml, 5);
    if (!CW_STARTS(xml, "<P2P>") || !read_tag(cw_text_between(inner, "<", ">"), out)) {
        return false;
    }
    struct cw_bytes uid = cw_text_between(xml, "<uid>", "</uid>");
    if (cw_text_is_alnum(uid)) {
        (void)cw_p2p_uid(out, uid);
    }
    if (out->sender == CW_WIRE_FROM_SERVER) {
        read_endpoint(xml, "<dmap>", "</dmap>", CAMWATCH_PATH_NONE, out);
        read_endpoint(xml, "<dev>", "</dev>", CAMWATCH_PATH_NONE, out);
        read_endpoint(xml, "<relay>", "</relay>", CAMWATCH_PATH_RELAY, out);
        read_endpoint(xml, "<reg>", "</reg>", CAMWATCH_PATH_CLOUD, out);
    }
    if (cw_bytes_equal(cw_text_between(xml, "<conn>", "</conn>"), cw_bytes_text("relay"))) {
        out->phase = CW_WIRE_PHASE_RELAY;
        out->role = CAMWATCH_ROLE_RELAY;
    }
    return true;
}

static bool
read_signal(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes payload = cw_bytes_from(in->bytes, HEADER);
    bool is_whole = in->bytes.len == in->wire_len;
    if (cw_le32_at(in->bytes, 4) + (uint64_t)HEADER != in->wire_len ||
        cw_le32_at(in->bytes, 8) != 1 ||
        (is_whole && cw_crc32(0, payload) != cw_le32_at(in->bytes, 16))) {
        return false;
    }
    uint8_t xml[XML_MOST];
    struct cw_bytes head = cw_bytes_head(payload, sizeof(xml));
    decipher(cw_le32_at(in->bytes, 12), head, xml);
    if (!read_xml(cw_bytes(xml, head.len), out)) {
        return false;
    }
    out->is_enough = is_whole;
    out->is_camera_fact = out->sender == CW_WIRE_FROM_DEVICE;
    out->identity.is_surveillance = out->has_identity && out->is_camera_fact;
    return true;
}

static bool
read_data(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    bool is_data = in->wire_len > HEADER && cw_le32_at(in->bytes, 8) == 0 &&
                   cw_le32_at(in->bytes, 16) + (uint64_t)HEADER == in->wire_len;
    cw_p2p_describe(out, CW_WIRE_PHASE_DIRECT, CW_WIRE_FROM_UNKNOWN, "session data");
    return is_data;
}

static bool
read_ack(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    uint32_t group = cw_le32_at(in->bytes, 12);
    bool is_ack = in->bytes.len >= ACK_HEADER && cw_le32_at(in->bytes, 8) == 0 &&
                  (group == 0 || group == 0xffffffff) &&
                  cw_le32_at(in->bytes, 24) + (uint64_t)ACK_HEADER == in->wire_len;
    cw_p2p_describe(out, CW_WIRE_PHASE_DIRECT, CW_WIRE_FROM_UNKNOWN,
                    "session data acknowledged");
    return is_ack;
}

static bool
test_reolink_bcudp(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    uint8_t kind = cw_u8_at(in->bytes, 0);
    if (in->bytes.len < HEADER || (cw_be32_at(in->bytes, 0) & 0xffffff) != 0xcf872a) {
        return false;
    }
    out->step = kind;
    switch (kind) {
    case SIGNAL:
    case SIGNAL_OLD:
        return read_signal(in, out);
    case DATA:
        return read_data(in, out);
    case ACK:
        return read_ack(in, out);
    default:
        return false;
    }
}

const struct cw_wire_signature cw_wire_reolink_bcudp = {
    .name = "reolink-bcudp",
    .vendor = "Reolink",
    .platform = "",
    .maker = "Reolink Innovation",
    .brand = "Reolink",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_TWO,
    .proves_device = true,
    .least = HEADER,
    .bits = 64,
    .ports = {2015, 2018, 9999, 58200, 58100},
    .first = "\x3a\x31\x20\x10",
    .n_first = 4,
    .phases = CW_WIRE_TELLS(LOOKUP) | CW_WIRE_TELLS(RENDEZVOUS) | CW_WIRE_TELLS(LAN_SEARCH) |
              CW_WIRE_TELLS(PUNCH) | CW_WIRE_TELLS(DIRECT) | CW_WIRE_TELLS(RELAY) |
              CW_WIRE_TELLS(KEEPALIVE),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER) | CW_WIRE_SENT_BY(SERVER),
    .source = "protocols_p2p.md 4",
    .test = test_reolink_bcudp,
};
