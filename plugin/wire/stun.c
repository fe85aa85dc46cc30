/* SPDX-License-Identifier: Apache-2.0
 *
 * STUN and TURN (RFC 8489, RFC 8656). Everybody uses them: a binding says nothing, an
 * allocation says that media will pass through a relay and where, never whose (protocols_p2p.md
 * 8a).
 *
 * Two signatures, for a binding that goes both ways must not confirm an allocation that does
 * not.
 */
#include "base/cursor.h"
#include "wire/p2p.h"

enum { HEADER = 20, COOKIE = 0x2112a442, ATTRIBUTES_MOST = 32, CLASS_MASK = 0x0110 };

enum { REQUEST = 0x0000, SUCCESS = 0x0100, ALLOCATE = 0x003, REFRESH = 0x004, PERMIT = 0x008 };

enum { BIND_CHANNEL = 0x009, XOR_PEER = 0x0012, XOR_RELAYED = 0x0016, FAMILY_V4 = 1 };

/* Type with both top bits clear, length in whole words that fills the datagram, the magic
 * cookie. */
static bool
is_message(const struct cw_wire_input *in)
{
    uint32_t length = cw_be16_at(in->bytes, 2);
    bool fits = in->transport == CW_WIRE_UDP ? length + HEADER == in->wire_len
                                             : length + HEADER <= in->wire_len;
    return in->bytes.len >= HEADER && cw_u8_at(in->bytes, 0) < 0x40 && length % 4 == 0 &&
           fits && cw_be32_at(in->bytes, 4) == (uint32_t)COOKIE;
}

/* Never 0, so that an answer pairs with its request only. */
static uint32_t
transaction(struct cw_bytes in)
{
    uint32_t mixed = cw_be32_at(in, 8) ^ cw_be32_at(in, 12) * 3 ^ cw_be32_at(in, 16) * 5;
    return mixed == 0 ? 1 : mixed;
}

/* The requests and successes that make and use a relay. */
static bool
is_relay_message(uint16_t type)
{
    unsigned kind = type & CLASS_MASK, method = type & ~(unsigned)CLASS_MASK;
    bool is_method =
        method == ALLOCATE || method == REFRESH || method == PERMIT || method == BIND_CHANNEL;
    return (kind == REQUEST || kind == SUCCESS) && is_method;
}

static bool
test_stun(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    if (is_relay_message(cw_be16_at(in->bytes, 0)) || !is_message(in)) {
        return false;
    }
    cw_p2p_describe(out, CW_WIRE_PHASE_NONE, CW_WIRE_FROM_UNKNOWN, "STUN message");
    out->is_evidence = false;
    out->token = transaction(in->bytes);
    return true;
}

/* XOR-ADDRESS: 0, family, port and address XORed with the cookie (RFC 8489 14.2). IPv4 only. */
static void
read_address(struct cw_bytes value, struct cw_wire_match *out)
{
    if (value.len != 8 || cw_u8_at(value, 1) != FAMILY_V4) {
        return;
    }
    uint32_t plain = cw_be32_at(value, 4) ^ (uint32_t)COOKIE;
    const uint8_t ip[4] = {(uint8_t)(plain >> 24), (uint8_t)(plain >> 16),
                           (uint8_t)(plain >> 8), (uint8_t)plain};
    struct cw_addr addr = cw_addr_v4(ip);
    cw_p2p_candidate(out, &addr, (uint16_t)(cw_be16_at(value, 2) ^ (COOKIE >> 16)));
}

static void
read_attributes(struct cw_bytes in, struct cw_wire_match *out)
{
    struct cw_cursor c = cw_cursor(cw_bytes_head(cw_bytes_from(in, HEADER), cw_be16_at(in, 2)));
    for (unsigned i = 0; i < ATTRIBUTES_MOST && cw_cursor_left(&c) >= 4; i++) {
        uint16_t type = cw_cursor_be16(&c), length = cw_cursor_be16(&c);
        struct cw_bytes value = cw_cursor_take(&c, length);
        cw_cursor_skip(&c, (4u - length % 4u) % 4u);
        if (type == XOR_PEER || type == XOR_RELAYED) {
            read_address(value, out);
        }
    }
}

static bool
test_turn(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    uint16_t type = cw_be16_at(in->bytes, 0);
    if (!is_relay_message(type) || !is_message(in)) {
        return false;
    }
    unsigned method = type & ~(unsigned)CLASS_MASK;
    bool is_answer = (type & CLASS_MASK) == SUCCESS;
    cw_p2p_describe(out, CW_WIRE_PHASE_RELAY,
                    is_answer ? CW_WIRE_FROM_SERVER : CW_WIRE_FROM_UNKNOWN,
                    method != ALLOCATE ? "TURN relay in use"
                    : is_answer        ? "TURN relay allocated"
                                       : "TURN relay asked for");
    out->token = transaction(in->bytes);
    out->step = (uint8_t)method;
    read_attributes(in->bytes, out);
    return true;
}

const struct cw_wire_signature cw_wire_stun = {
    .name = "stun",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_UDP | CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .least = HEADER,
    .bits = 52,
    .ports = {3478, 5349},
    .source = "RFC 8489 5, protocols_p2p.md 8a",
    .test = test_stun,
};

const struct cw_wire_signature cw_wire_turn = {
    .name = "turn",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_UDP | CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .least = HEADER,
    .bits = 62,
    .ports = {3478, 5349},
    .first = "\x00\x01",
    .n_first = 2,
    .phases = CW_WIRE_TELLS(RELAY),
    .senders = CW_WIRE_SENT_BY(SERVER),
    .source = "RFC 8656, corrections.md (classes)",
    .test = test_turn,
};
